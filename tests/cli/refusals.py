"""What is named where a question finds no terminal."""

from __future__ import annotations

from tests.cli.dialogue import (
    _A,
    _AGREED,
    _CHANGES,
    _H,
    _JOIN,
    _MASTER,
    _R,
    _REASON,
    _REJECTED,
    _WHY,
    ADMIN,
    HR,
    HR_CHECKER,
    LEAD,
    LEAD2,
    SECURITY,
    Refusal,
)
from tests.cli.dialogues_tickets import (
    ACCEPTED,
    ASSIGNED,
    COMPLETED,
    NEW,
    ON_SITE,
    QUOTED,
    TAKEN,
    URGENT,
)

TECHNICIAN = "R-MAINTENANCE"

REFUSALS: dict[str, Refusal | tuple[Refusal, ...]] = {
    "login.login: ask Staff number": Refusal("login", "STAFF_NUMBER", None),
    "login.switch: ask Staff number": Refusal("switch", "STAFF_NUMBER", None),
    "login._enter: secret Password": Refusal("login KF001", "--password-stdin", None),
    _A + "noun.passwd: secret Old password": Refusal("account passwd", "--password-stdin"),
    _R + "ask Staff number": Refusal("account create", "STAFF_NUMBER", HR),
    _R + "ask Name": Refusal("account create NEW02", "NAME", HR),
    _R + "ask Last day of the contract": Refusal(
        "account create NEW02 孙小新 --employer 安捷电梯 -c CH", "--ends-at", HR
    ),
    _R + "ask Community, by code or name": Refusal(
        "account create NEW02 孙小新 --employer 安捷电梯", "--community", HR
    ),
    _H + "choose How is the first password handed over?": Refusal(
        "account create NEW02 孙小新", "--slip", HR
    ),
    _H + "ask Why is it shown on the screen": Refusal(
        "account create NEW02 孙小新 --show", "--reason", HR
    ),
    _A + "lifecycle.reset_password: " + _WHY: Refusal(
        "account reset-password KF001 --show", "--reason", HR
    ),
    _A + "lifecycle.suspend: " + _WHY: Refusal("account suspend KF001", "--reason", HR),
    _A + "lifecycle.resume: " + _WHY: Refusal("account resume KF001", "--reason", HR),
    _A + "lifecycle.unlock: " + _WHY: Refusal("account unlock BAD01", "--reason", HR),
    _AGREED: (
        Refusal("account hires approve 1", "--yes", HR_CHECKER),
        Refusal("house renumbering approve 1", "--yes", LEAD),
        Refusal("owner approve 1", "--yes", LEAD),
        Refusal("policy approve 1", "--yes", SECURITY),
    ),
    _REJECTED: (
        Refusal("account hires reject 1", "--reason", HR_CHECKER),
        Refusal("house renumbering reject 1", "--reason", LEAD),
        Refusal("owner reject 1", "--reason", LEAD),
        Refusal("policy reject 1", "--reason", SECURITY),
    ),
    _A + "leaving.leave: " + _WHY: Refusal("account leave GR001", "--reason", HR),
    _A + "leaving.leave: confirm End the account {number} now?": Refusal(
        "account leave GR001 --reason 离职", "--yes", HR
    ),
    _A + "moving.move: ask Role of the new post": Refusal(
        "account move NO001 --reason 轮岗", "--role", ADMIN
    ),
    _A + "moving.move: " + _WHY: Refusal(
        "account move NO001 --role maintenance@CH", "--reason", ADMIN
    ),
    _A + "contact.contact: " + _WHY: Refusal("account contact KF001 --clear mail", "--reason", HR),
    _A + "contact._new: ask question": Refusal("account contact KF001", "--phone", HR),
    _A + "anomalies.acknowledge: ask What was found out": Refusal(
        "account acknowledge 1", "--reason", SECURITY
    ),
    _A + "anomalies.report_compromise: "
    "confirm Lock your own account at once? | Lock account {number} at once?": Refusal(
        "account report-compromise", "--yes"
    ),
    _A + "second_factor._password: secret Password": Refusal(
        "account second-factor enable", "--password-stdin"
    ),
    _A + "second_factor.disable: ask Why": Refusal(
        "account second-factor disable TF001", "--reason", ADMIN
    ),
    _A + "token.create: ask What the token is for": Refusal(
        "account token create CRON01", "--name", HR
    ),
    _A + "token.revoke: " + _WHY: Refusal("account token revoke {token}", "--reason", HR),
    "community.create: ask Name of the community": Refusal("community create", "NAME", ADMIN),
    "community.create: ask Short code": Refusal("community create 示例苑", "--code", ADMIN),
    "house.list_: choose, by the service": Refusal("house list", "--community"),
    "house.show: choose, by the service": Refusal("house show 1-1-101", "--community"),
    "house.renumber: ask Workbook with the old and new numbers": Refusal(
        "house renumber -c CH", "--map"
    ),
    "house.renumber: ask Community, by code or name": Refusal(
        "house renumber --map {home}/map2.xlsx", "--community"
    ),
    "imports.decisions._approved: confirm Approve batch {number}?": Refusal(
        "import approve 2", "--yes", LEAD
    ),
    "imports.decisions.approve: confirm Approve {count} batches?": Refusal(
        "import approve 2 3", "--yes", LEAD
    ),
    "imports.decisions.reject: " + _WHY: Refusal("import reject 2", "--reason", LEAD),
    "imports.load.load: ask Community, by code or name": Refusal(
        "import load {home}/open.xlsx", "--community"
    ),
    "imports.profile.set_: ask HEADER=FIELD": Refusal("import profile set 湖畔置业", "--map"),
    "imports.profile.forget: confirm Forget the headers of {developer}?": Refusal(
        "import profile forget 湖畔置业", "--yes"
    ),
    "imports.undo.undo: " + _WHY: Refusal("import undo 3", "--reason", LEAD),
    "imports.errors._ask_before_writing_over: confirm {path} is there already. Write over it?": (
        Refusal("import check {home}/wrong.xlsx --errors {home}/there.xlsx", "--yes"),
    ),
    "imports.undo.approve: confirm Take batch {number} back?": Refusal(
        "import approve 1 --undo", "--yes", LEAD2
    ),
    "key.rewrap: ask File for a copy of the key, on another disk (none: no copy)": Refusal(
        "key rewrap", "--copy", ADMIN
    ),
    _MASTER: Refusal("recover key", "--key-stdin", None),
    "key.drop: confirm Remove data key {key} for good?": Refusal("key drop 1", "--yes", ADMIN),
    "outbox.drop: " + _REASON: Refusal("outbox drop {message}", "--reason", ADMIN),
    "owner._ask_whom: choose Find an owner by": Refusal("owner find", "--phone"),
    "owner.list_: choose, by the service": Refusal("owner list", "--community"),
    "owner_change._asked: choose What is to be changed?": Refusal(
        "owner change 钱小丙 -c CH --reason 试", "--mailing-address"
    ),
    "owner_change.change: " + _REASON: Refusal(
        "owner change 钱小丙 -c CH --phone 13900000333", "--reason"
    ),
    "attachment.remove: " + _WHY: Refusal("attachment remove 1", "--reason"),
    "attachment.remove: confirm Remove attachment {number} for good?": Refusal(
        "attachment remove 1 --reason 传错", "--yes"
    ),
    "owner_missing.list_: choose, by the service": Refusal("owner missing list", "--community"),
    "owner_missing.export: ask File to write": Refusal("owner missing export -c CH", "--out"),
    "owner_missing.export: choose, by the service": Refusal(
        "owner missing export --out {home}/missing.xlsx", "--community"
    ),
    "policy.apply: ask File of policy": Refusal("policy apply --reason 试", "--file", ADMIN),
    "policy.apply: " + _REASON: Refusal("policy apply -f {home}/policy2.toml", "--reason", ADMIN),
    "policy.diff: ask File of policy": Refusal("policy diff", "--file", ADMIN),
    "region.create: ask Name of the region": Refusal("region create --code HX", "NAME", ADMIN),
    "region.create: ask Short code": Refusal("region create 城西", "--code", ADMIN),
    "region.create: " + _REASON: Refusal("region create 城西 --code HX", "--reason", ADMIN),
    "region.add: " + _REASON: Refusal("region add HD CH", "--reason", ADMIN),
    "region.remove: " + _REASON: Refusal("region remove HD CH", "--reason", ADMIN),
    "region.approve: " + _JOIN: Refusal("region approve HD CG", "--yes", SECURITY),
    "region.reject: " + _WHY: Refusal("region reject HD CG", "--reason", SECURITY),
    "role.asking.approve: confirm Confirm this grant?": Refusal(
        "role approve {asked}", "--yes", SECURITY
    ),
    "role.asking.reject: " + _WHY: Refusal("role reject {asked}", "--reason", SECURITY),
    "report.export: ask File to write": Refusal("report export owners", "--out", LEAD),
    "role.files.apply: ask File of roles": Refusal("role apply", "--file", ADMIN),
    "role.files._agree: " + _REASON: Refusal("role apply -f {home}/roles.yaml", "--reason", ADMIN),
    "role.files._agree: " + _CHANGES: Refusal(
        "role apply -f {home}/roles.yaml --reason 试", "--yes", ADMIN
    ),
    "role.unused.unused: " + _REASON: Refusal("role unused --revoke", "--reason", ADMIN),
    "role.unused.unused: confirm Revoke {count} grants?": Refusal(
        "role unused --revoke --reason 试", "--yes", ADMIN
    ),
    "ticket.submitting.submit: choose, by the service": Refusal(
        "ticket submit --public 车库 --content 灯不亮", "--community"
    ),
    "ticket.ending.reject: " + _WHY: Refusal(f"ticket reject {NEW}", "--reason"),
    "ticket.ending.cancel: " + _WHY: Refusal(f"ticket cancel {NEW}", "--reason"),
    "ticket.ending.link: ask Number of the ticket that goes on": Refusal(
        f"ticket link {NEW}", "--to"
    ),
    "ticket.ending.reopen: " + _WHY: Refusal(f"ticket reopen {COMPLETED}", "--reason"),
    "ticket.ending.confirm: choose Score": Refusal(f"ticket confirm {COMPLETED}", "--score"),
    "ticket.ending.confirm: choose How is it known": Refusal(
        f"ticket confirm {COMPLETED} --score 5", "--source"
    ),
    "ticket.ending.callback: choose Was somebody reached?": Refusal(
        f"ticket callback {COMPLETED}", "--reached"
    ),
    "ticket.quoting.quote: choose How is it known": Refusal(
        f"ticket quote {QUOTED} --agreed", "--source"
    ),
    "ticket.assigning.assign: ask Staff number of the technician": Refusal(
        f"ticket assign {ACCEPTED}", "--to"
    ),
    "ticket.handling.urgent: " + _WHY: Refusal(f"ticket urgent {URGENT} --off", "--reason"),
    "ticket.handling.reassign: ask Staff number of the technician": Refusal(
        f"ticket reassign {ASSIGNED}", "--to"
    ),
    "ticket.handling.reassign: " + _WHY: Refusal(
        f"ticket reassign {ASSIGNED} --to R-CONTRACTOR-MAINTENANCE", "--reason"
    ),
    "ticket.handling.return_: " + _WHY: Refusal(
        f"ticket return {ASSIGNED}", "--reason", TECHNICIAN
    ),
    "ticket.handling.appoint: ask From when": Refusal(f"ticket appoint {TAKEN}", "--from"),
    "ticket.handling.appoint: ask Until when": Refusal(
        f"ticket appoint {TAKEN} --from 明天", "--until"
    ),
    "ticket.handling.no_access: choose Why": Refusal(
        f"ticket no-access {TAKEN}", "--kind", TECHNICIAN
    ),
    "ticket.handling.progress: ask What was found or done": Refusal(
        f"ticket progress {ON_SITE}", "--note", TECHNICIAN
    ),
    "ticket.handling.complete: ask What was found or done": Refusal(
        f"ticket complete {ON_SITE}", "--note", TECHNICIAN
    ),
    "ticket.handling.pause: " + _WHY: Refusal(f"ticket pause {ON_SITE}", "--reason", TECHNICIAN),
    "ticket.handling.pause: ask Until when": Refusal(
        f"ticket pause {ON_SITE} --reason 试", "--until", TECHNICIAN
    ),
    "role.granting.grant: ask Staff number": Refusal("role grant", "STAFF_NUMBER", ADMIN),
    "role.granting.grant: choose Which role?": Refusal("role grant NO001", "ROLE", ADMIN),
    "role.granting.grant: " + _REASON: Refusal("role grant NO001 maintenance", "--reason", ADMIN),
    "role.granting.revoke: " + _REASON: Refusal("role revoke {grant}", "--reason", ADMIN),
}

NEVER_ALONE = {
    "ticket.ending.callback: choose How content, 1 to 5?": "asked after the choice",
    "ticket.ending._why: ask question": "left out",
    "ticket.ending._offer: ask question": "the command is named",
    "recover.administrator: confirm Make {number} an administrator, and tell everybody?": "asked "
    "after the master key, which without a terminal comes by standard input; --yes is named then",
    "login._code: secret Code of the app, or a recovery code": "asked after the password, which "
    "without a terminal came by standard input; so does the code",
    "login._first_change: secret New password": "asked only of people; else `account passwd`",
    _A + "noun.passwd: secret New password": "asked after the old one at the same terminal",
    _A + "contact._typed: ask question": "a line of standard input is read",
    _R + "ask Department": "left empty",
    _H + "ask File for the slip (.txt or .html)": "asked after the choice",
    _R + "ask Position": "left empty",
    _R + "ask Mobile or mail": "left empty",
    _A + "second_factor._code: secret question": "asked after the password",
    "imports.headers.asked: choose question": "the header stands among the problems",
    "imports.password.of: secret Password of {file}": "the file is said to need one",
    "init.init: choose Language / 语言": "the locale decides",
    "init._asked: ask question": "the usual value is taken",
    "owner._ask_whom: ask titles[by]": "asked after the choice",
    "owner._number: ask question": "a line of standard input is read",
    "owner_change._asked: ask Name": "asked after the choice",
    **{
        f"ticket.asking.{question}": "without a terminal, the option of place or content is named"
        for question in (
            "filled: choose, by the service",
            "_until: ask question",
            "_place: choose Where is it",
            "_place: ask Which place",
            "_what: choose Who reports it",
            "_what: choose question",
            "_what: choose Fault type",
            "_contact: ask Contact (Enter: none)",
            "_read_back: choose Read back to the caller?",
        )
    },
    **{
        f"ticket.handling._on_site: {question}": "nobody need check the entry on arriving"
        for question in (
            "choose Is it as it was entered?",
            "ask What is really broken",
            "ask Where it really is",
        )
    },
    "owner_change._one: ask question": "a line of standard input is read",
}
"""Questions that nothing without a terminal comes to, and what happens there."""

NO_TERMINAL_ONLY = ("imports.decisions.approve: confirm Approve {count} batches?",)
"""At a terminal each of several batches is asked about by itself."""
