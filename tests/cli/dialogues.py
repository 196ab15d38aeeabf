"""How each question of the program is answered at a terminal."""

from __future__ import annotations

from tests.cli.dialogue import (
    _AGREED,
    _REASON,
    _REJECTED,
    _WHY,
    ADMIN,
    LEAD,
    LEAD2,
    LOCKED,
    Dialogue,
    Step,
)
from tests.cli.dialogues_rights import RIGHTS
from tests.cli.dialogues_tickets import TICKETS

DIALOGUES: tuple[Dialogue, ...] = (
    *RIGHTS,
    *TICKETS,
    Dialogue(
        "init",
        (
            Step("init.init: choose Language / 语言", "Language", "2"),
            Step("init._asked: ask question", "Database URL", ""),
            Step("init._asked: ask question", "master key", ""),
            Step("init._asked: ask question", "copy of the key", "none"),
        ),
        by=None,
        says="These passwords are shown once",
        fresh=True,
    ),
    Dialogue(
        "community create",
        (
            Step("community.create: ask Name of the community", "Name of", "示例苑"),
            Step("community.create: ask Short code", "Short code", "SL"),
        ),
        by=ADMIN,
        says="示例苑",
    ),
    Dialogue(
        "house list",
        (Step("house.list_: choose, by the service", "Which community", "CH"),),
        says="1栋",
    ),
    Dialogue(
        "house show 1-1-101",
        (Step("house.show: choose, by the service", "Which community", "CH"),),
        says="101",
    ),
    Dialogue(
        "house renumber",
        (
            Step(
                "house.renumber: ask Workbook with the old and new numbers",
                "Workbook",
                "{home}/map2.xlsx",
            ),
            Step("house.renumber: ask Community, by code or name", "Community", "CH"),
        ),
        says="approve 2",
    ),
    Dialogue(
        "house renumbering approve 1",
        (Step(_AGREED, "new numbers?", "y"),),
        by=LEAD,
        says="applied",
    ),
    Dialogue(
        "house renumbering reject 1",
        (Step(_REJECTED, "Why", "写反"),),
        by=LEAD,
        says="rejected",
    ),
    Dialogue(
        "import approve 2",
        (
            Step(
                "imports.decisions._approved: confirm Approve batch {number}?",
                "Approve batch 2?",
                "y",
            ),
        ),
        by=LEAD,
        says="apply 2",
    ),
    Dialogue(
        "import reject 2",
        (Step("imports.decisions.reject: " + _WHY, "Why", "重报"),),
        by=LEAD,
        says="rejected",
    ),
    Dialogue(
        "import load {home}/open.xlsx",
        (
            Step("imports.load.load: ask Community, by code or name", "Community", "CH"),
            Step("imports.headers.asked: choose question", "房屋类型", "2"),
        ),
        says="approve",
    ),
    Dialogue(
        "import check {home}/locked.xlsx",
        (Step("imports.password.of: secret Password of {file}", "Password of", LOCKED),),
    ),
    Dialogue(
        "import profile set 湖畔置业",
        (Step("imports.profile.set_: ask HEADER=FIELD", "HEADER=FIELD", "档案柜="),),
    ),
    Dialogue(
        "import profile forget 湖畔置业",
        (
            Step(
                "imports.profile.forget: confirm Forget the headers of {developer}?",
                "[y/N]",
                "y",
            ),
        ),
    ),
    Dialogue(
        "import undo 3",
        (Step("imports.undo.undo: " + _WHY, "Why", "导错"),),
        by=LEAD,
        says="--undo",
    ),
    Dialogue(
        "import check {home}/wrong.xlsx --errors {home}/there.xlsx",
        (
            Step(
                "imports.errors._ask_before_writing_over: confirm"
                " {path} is there already. Write over it?",
                "Write over it?",
                "y",
            ),
        ),
        says="rows to mend",
        code=6,
    ),
    Dialogue(
        "import approve 1 --undo",
        (Step("imports.undo.approve: confirm Take batch {number} back?", "back?", "y"),),
        by=LEAD2,
        says="taken back",
    ),
    Dialogue(
        "outbox drop {message}",
        (Step("outbox.drop: " + _REASON, "Reason", "已当面告知"),),
        by=ADMIN,
        says="dropped",
    ),
    Dialogue(
        "owner find",
        (
            Step("owner._ask_whom: choose Find an owner by", "Find an owner by", "1"),
            Step("owner._ask_whom: ask titles[by]", "Name", "钱小丁"),
        ),
        says="钱小丁",
    ),
    Dialogue(
        "owner find --phone -",
        (Step("owner._number: ask question", "Phone", "13900000003"),),
        says="钱小丁",
    ),
    Dialogue(
        "owner list",
        (Step("owner.list_: choose, by the service", "Which community", "1"),),
        says="翠湖花园|钱小丁|Nothing",
    ),
    Dialogue(
        "owner change 钱小丙 -c CH",
        (
            Step("owner_change._asked: choose What is to be changed?", "changed?", "3"),
            Step("owner_change._asked: ask Name", "Name", "周小云"),
            Step("owner_change._one: ask question", "Phone", "13900000333"),
            Step("owner_change.change: " + _REASON, "Reason", "到柜台"),
        ),
        says="waiting for approval",
    ),
    Dialogue(
        "owner approve 1",
        (Step(_AGREED, "Is this right?", "y"),),
        by=LEAD,
        says="139\\*\\*\\*\\*0888",
    ),
    Dialogue(
        "owner reject 1",
        (Step(_REJECTED, "Why", "不符"),),
        by=LEAD,
        says="rejected",
    ),
    Dialogue(
        "attachment remove 1",
        (
            Step("attachment.remove: " + _WHY, "Why", "传错"),
            Step(
                "attachment.remove: confirm Remove attachment {number} for good?",
                "for good?",
                "y",
            ),
        ),
        says="传错",
    ),
    Dialogue(
        "owner missing list",
        (Step("owner_missing.list_: choose, by the service", "Which community", "CH"),),
    ),
    Dialogue(
        "owner missing export",
        (
            Step("owner_missing.export: ask File to write", "File", "{home}/missing.xlsx"),
            Step("owner_missing.export: choose, by the service", "Which community", "CH"),
        ),
    ),
    Dialogue(
        "report export owners -c CH",
        (Step("report.export: ask File to write", "File", "{home}/owners.csv"),),
        by=LEAD,
    ),
)
