"""Every command of the program, found by walking it, and how the tests call each."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import typer

from pcloud_cli.app import app
from pcloud_cli.typer_adapter import Group

LOGIN = "a login"
"""In place of a permission: whoever is logged in may, about themselves."""

_NO_ID = "0198c0de-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Sample:
    """Arguments that a command accepts, and the permission it then needs (None: open to nobody).

    ``{book}`` is a workbook, ``{out}`` a folder to write in.
    """

    arguments: str
    permission: str | None
    stdin: str = ""
    or_else: tuple[str, ...] = ()
    """Permissions that serve as well as the one needed."""


SAMPLES: dict[str, list[Sample]] = {
    "init": [Sample("--no-input", None)],
    "doctor": [Sample("", None)],
    "config show": [Sample("", None)],
    "db current": [Sample("", None)],
    "db upgrade": [Sample("", None)],
    "key create": [Sample("{out}/other.key", None)],
    "key status": [Sample("", "key.status")],
    "key rotate": [Sample("field", "key.rotate"), Sample("index", "key.rotate")],
    "key rewrap": [Sample("--copy none", "key.rotate")],
    "recover key": [Sample("--key-stdin", None, "no key\n")],
    "recover administrator": [Sample("S001 --reason 试 --key-stdin --yes", None, "no key\n")],
    "recover list": [Sample("", "recovery.read")],
    "recover acknowledge": [Sample("--reason 试", "recovery.acknowledge")],
    "key drop": [Sample("1 --yes", "key.rotate")],
    "login": [Sample("NO999 --password-stdin", None, "Nobody#2026\n")],
    "switch": [Sample("NO999 --password-stdin", None, "Nobody#2026\n")],
    "logout": [Sample("", None)],
    "whoami": [Sample("", LOGIN)],
    "account create": [
        Sample("XX001 某人 --slip {out}/slip.txt", "account.create"),
        Sample("XX003 某人 --contact 13900000003", "account.create"),
    ],
    "account show": [Sample("KF001", "account.list")],
    "ticket submit": [Sample("-c CH --public 车库 --content 灯不亮", "ticket.submit")],
    "ticket intake": [Sample("", "ticket.intake")],
    "ticket attach": [Sample("13 {book}", "attachment.add")],
    "ticket list": [Sample("", "ticket.read")],
    "ticket show": [Sample("13", "ticket.read")],
    "ticket accept": [Sample("13", "ticket.accept")],
    "ticket reject": [Sample("13 --reason 试", "ticket.accept")],
    "ticket urgent": [
        Sample("13 --kind 水浸", "ticket.handle", or_else=("ticket.accept", "ticket.assign"))
    ],
    "ticket assign": [Sample("13 --to KF001", "ticket.assign")],
    "ticket reassign": [Sample("13 --to KF001 --reason 试", "ticket.assign")],
    "ticket take": [Sample("13", "ticket.handle")],
    "ticket return": [Sample("13 --reason 试", "ticket.handle")],
    "ticket appoint": [
        Sample(
            "13 --from 明天 --until 后天",
            "ticket.handle",
            or_else=("ticket.accept", "ticket.assign"),
        )
    ],
    "ticket arrive": [Sample("13", "ticket.handle", or_else=("ticket.assign",))],
    "ticket no-access": [
        Sample("13 --kind nobody_in", "ticket.handle", or_else=("ticket.assign",))
    ],
    "ticket progress": [Sample("13 --note 试", "ticket.handle", or_else=("ticket.assign",))],
    "ticket pause": [
        Sample("13 --until 明天 --reason 试", "ticket.handle", or_else=("ticket.assign",))
    ],
    "ticket resume": [Sample("13", "ticket.handle", or_else=("ticket.assign",))],
    "ticket complete": [Sample("13 --note 试", "ticket.handle", or_else=("ticket.assign",))],
    "ticket cancel": [Sample("13 --reason 试", "ticket.accept")],
    "ticket link": [Sample("13 --to 24", "ticket.accept")],
    "ticket confirm": [
        Sample("13 --score 5 --source callback", "ticket.confirm", or_else=("ticket.assign",))
    ],
    "ticket reopen": [Sample("13 --reason 试", "ticket.confirm")],
    "ticket callback": [Sample("13 --not-reached", "ticket.confirm")],
    "ticket watch": [Sample("--once", "ticket.read")],
    "ticket quote": [
        Sample("13", "ticket.read"),
        Sample("13 --item SD01=1", "ticket.handle", or_else=("ticket.accept", "ticket.assign")),
        Sample("13 --agreed --source signature", "ticket.confirm", or_else=("ticket.handle",)),
    ],
    "ticket responsibility": [
        Sample("13", "ticket.read"),
        Sample("13 --to 物业 --reason 试", "ticket.accept", or_else=("ticket.assign",)),
        Sample("13 --to 第三方维保 --firm 恒通 --promised 明天", "ticket.assign"),
    ],
    "ticket callers": [Sample("", "ticket.read")],
    "ticket told": [Sample("13", "ticket.accept", or_else=("ticket.confirm",))],
    "ticket urge": [Sample("13", "ticket.confirm", or_else=("ticket.assign",))],
    "account contact": [Sample("KF001 --phone 13900000123 --reason 试", "account.contact")],
    "account suspend": [Sample("KF001 --reason 试", "account.suspend")],
    "account resume": [Sample("KF001 --reason 试", "account.suspend")],
    "account unlock": [Sample("KF001 --reason 试", "account.reset")],
    "account reset-password": [
        Sample("KF001 --reason 试 --slip {out}/slip.txt", "account.reset"),
    ],
    "account passwd": [Sample("--password-stdin", LOGIN, "Wrong#2026x\nLake#2026y\n")],
    "account logins": [
        Sample("", LOGIN),
        Sample("KF001", "login.read"),
        Sample("--all", "login.read"),
    ],
    "account sessions list": [
        Sample("", LOGIN),
        Sample("KF001", "login.read"),
        Sample("--all", "login.read"),
    ],
    "account sessions end": [Sample(f"{_NO_ID} --reason 试", "login.end")],
    "account anomalies": [Sample("", "login.read"), Sample("KF001 --all", "login.read")],
    "account acknowledge": [Sample("1 --reason 试", "login.acknowledge")],
    "account report-compromise": [
        Sample("KF001 --reason 试 --yes", "login.end"),
        Sample("--yes --dry-run", LOGIN),
    ],
    "account second-factor enable": [
        Sample("--password-stdin", LOGIN, "Wrong#2026x\n123456\n"),
    ],
    "account second-factor disable": [
        Sample("--password-stdin", LOGIN, "Wrong#2026x\n123456\n"),
        Sample("KF001 --reason 试", "account.factor"),
    ],
    "account second-factor codes": [Sample("--password-stdin", LOGIN, "Wrong#2026x\n123456\n")],
    "account token create": [Sample("CRON01 --name 试", "account.token")],
    "account token list": [Sample("", "account.token")],
    "account token revoke": [Sample(f"{_NO_ID} --reason 试", "account.token")],
    "account import": [Sample("{book}", "account.import")],
    "account hires list": [Sample("", "account.list")],
    "account hires show": [Sample("9", "account.list")],
    "account hires approve": [Sample("9 --yes", "account.import_approve")],
    "account hires reject": [Sample("9 --reason 试", "account.import_approve")],
    "account leave": [Sample("KF002 --reason 试 --yes", "account.leave")],
    "account move": [Sample("KF002 --role 客服 --reason 试", "account.move")],
    "account list": [Sample("", "account.list")],
    "role grant": [Sample("NO001 maintenance --reason 试", "role.grant")],
    "role list": [Sample("", "role.read")],
    "role show": [Sample("auditor", "role.read")],
    "role grants": [Sample("", "role.read"), Sample("KF001", "role.read")],
    "role revoke": [Sample(f"{_NO_ID} --reason 试", "role.grant")],
    "role pending": [Sample("", "role.read")],
    "role approve": [Sample(f"{_NO_ID} --yes", "role.approve")],
    "role reject": [Sample(f"{_NO_ID} --reason 试", "role.approve")],
    "role permissions": [Sample("", "role.read")],
    "role unused": [
        Sample("", "role.read"),
        Sample("--days 1 --revoke --yes --reason 试", "role.read"),
    ],
    "role export": [Sample("", "role.read")],
    "role apply": [
        Sample(
            "-f - --yes --reason 试",
            "role.grant",
            "format: pcloud-roles-1\ngrants:\n- {account: NO001, role: finance, reason: 试}\n",
        )
    ],
    "role explain": [Sample("KF001 owner.read", "role.read")],
    "policy show": [Sample("", "policy.read"), Sample("login", "policy.read")],
    "policy list": [Sample("", "policy.read")],
    "policy diff": [Sample("1", "policy.read"), Sample("-f -", "policy.read", "login: {}\n")],
    "policy apply": [
        Sample("-f - --reason 试", "policy.propose", "[login]\nsession_hours = 8\n"),
    ],
    "policy approve": [Sample("1 --yes", "policy.approve"), Sample("9", "policy.approve")],
    "policy reject": [Sample("1 --reason 试", "policy.approve")],
    "policy withdraw": [Sample("1", "policy.propose")],
    "region create": [Sample("某片 --code PQ --reason 试", "role.grant")],
    "region list": [Sample("", "role.read")],
    "region show": [Sample("HD", "role.read")],
    "region add": [Sample("HD CH --reason 试", "role.grant")],
    "region remove": [Sample("HD CH --reason 试", "role.grant")],
    "region approve": [Sample("HD CH --yes", "role.approve")],
    "region reject": [Sample("HD CH --reason 试", "role.approve")],
    "community create": [Sample("晨光里 --code CG", "community.write")],
    "community list": [Sample("", "community.read")],
    "price list": [Sample("", "price.read")],
    "price show": [Sample("", "price.read"), Sample("9", "price.read")],
    "price import": [Sample("{book}", "price.enter")],
    "price approve": [Sample("9 --yes", "price.approve"), Sample("9", "price.approve")],
    "price reject": [Sample("9 --reason 试", "price.approve")],
    "firm list": [Sample("", "firm.read"), Sample("--retired", "firm.read")],
    "firm show": [Sample("恒通", "firm.read")],
    "firm add": [Sample("恒通电梯 --contact 13900000456", "firm.manage")],
    "firm change": [Sample("恒通 --contract 试", "firm.manage")],
    "firm retire": [Sample("恒通", "firm.manage")],
    "fault-type list": [Sample("", "fault_type.read"), Sample("--retired", "fault_type.read")],
    "fault-type add": [Sample("charging 充电桩 --skill 强电", "fault_type.manage")],
    "fault-type change": [Sample("gas --name 天然气", "fault_type.manage")],
    "fault-type retire": [Sample("gas", "fault_type.manage")],
    "technician list": [
        Sample("", "technician.read"),
        Sample("-c CH --skill 强电", "technician.read"),
    ],
    "technician show": [
        Sample("", "technician.own"),
        Sample("R-MAINTENANCE", "technician.read"),
    ],
    "technician set": [Sample("R-MAINTENANCE --skill 强电", "technician.manage")],
    "roster import": [
        Sample("{book} -c CH", "roster.manage"),
        Sample("{book} -c NO", "roster.manage"),
    ],
    "roster imports": [Sample("", "roster.read"), Sample("-c CH", "roster.read")],
    "roster list": [
        Sample("", "roster.read"),
        Sample("-c CH --from 2026-03-01", "roster.read"),
        Sample("--mine", "roster.own"),
    ],
    "roster gaps": [Sample("-c CH", "roster.read")],
    "roster swap": [
        Sample("2026-03-02 --to R-MAINTENANCE --reason 试", "roster.own"),
        Sample("2026-03-02 --of KF001 --to R-MAINTENANCE --reason 试", "roster.manage"),
    ],
    "roster swaps": [Sample("", "roster.read"), Sample("--waiting", "roster.read")],
    "roster agree": [Sample("9", "roster.manage")],
    "roster refuse": [Sample("9 --reason 试", "roster.manage")],
    "roster withdraw": [Sample("9", "roster.own")],
    "roster hand-over": [Sample("", "roster.own"), Sample("--note 试", "roster.own")],
    "roster take-over": [Sample("", "roster.own"), Sample("9", "roster.own")],
    "roster hand-overs": [Sample("", "roster.read")],
    "house list": [Sample("", "house.read"), Sample("--community CH", "house.read")],
    "house show": [Sample("1-1-101 -c CH", "house.read")],
    "house parse": [Sample("1栋2单元301", None)],
    "house renumber": [
        Sample("--map {book} --community CH", "house.renumber"),
        Sample("--map {book} --community NO", "house.renumber"),
    ],
    "house renumbering list": [Sample("", "house.read")],
    "house renumbering show": [Sample("9", "house.read")],
    "house renumbering approve": [Sample("9 --yes", "house.write")],
    "house renumbering reject": [Sample("9 --reason 试", "house.write")],
    "owner list": [Sample("--community CH", "owner.read")],
    "owner find": [
        Sample("--name 钱", "owner.find"),
        Sample("--phone - -c CH", "owner.find", "13900000001\n"),
    ],
    "owner show": [Sample("钱小乙 -c CH", "owner.read")],
    "owner change": [
        Sample("钱小乙 -c CH --phone - --reason 试", "owner.change_contact", "13900000077\n"),
        Sample("钱小乙 -c CH --name 钱小丙 --reason 试", "owner.change_identity"),
        Sample("钱小乙 -c NO --sex 女 --reason 试", "owner.change_identity"),
    ],
    "owner changes": [Sample("", "owner.read"), Sample("--show 9", "owner.read")],
    "owner approve": [Sample("9 --yes", "owner.approve"), Sample("9", "owner.approve")],
    "owner reject": [Sample("9 --reason 试", "owner.approve")],
    "owner withdraw": [Sample("9", "owner.change_contact", or_else=("owner.change_identity",))],
    "owner missing list": [Sample("--community CH", "owner.read")],
    "owner missing export": [Sample("-c CH --out {out}/missing.xlsx", "owner.read")],
    "import template": [Sample("{out}/template.xlsx", None)],
    "import check": [
        Sample("{book}", None),
        Sample("{book} --community CH", "import.check"),
        Sample("{book} --community NO", "import.check"),
        Sample("{book} --developer 湖畔置业", "import.check"),
    ],
    "import load": [
        Sample("{book} --community CH", "import.load"),
        Sample("{book} --community NO", "import.load"),
        Sample("{book} {book} -c CH --failed {out}/failed", "import.load"),
    ],
    "import list": [Sample("", "import.read")],
    "import show": [
        Sample("1", "import.read"),
        Sample("1 --problems", "import.read"),
        Sample("99", "import.read"),
        Sample("1 --undo", "import.read"),
    ],
    "import errors": [
        Sample("1 --source {book} --out {out}/mend.xlsx", "import.read"),
        Sample("99 --source {book} --out {out}/mend.xlsx", "import.read"),
    ],
    "import approve": [
        Sample("1 --yes", "import.approve"),
        Sample("99 --yes", "import.approve"),
        Sample("1 --undo --yes", "import.approve"),
    ],
    "import reject": [
        Sample("1 --reason 试", "import.approve"),
        Sample("1 --undo --reason 试", "import.approve"),
    ],
    "import apply": [Sample("1", "import.apply"), Sample("99", "import.apply")],
    "import undo": [
        Sample("1 --reason 试", "import.apply"),
        Sample("99 --reason 试", "import.apply"),
        Sample("1 --withdraw", "import.apply"),
    ],
    "import profile list": [Sample("", "import.read")],
    "import profile show": [Sample("湖畔置业", "import.read")],
    "import profile set": [Sample("湖畔置业 --map 档案袋=", "import.load")],
    "import profile forget": [Sample("湖畔置业 --yes", "import.load")],
    "attachment add": [
        Sample("owner-change 9 {book}", "attachment.add"),
        Sample("owner-change 1 {book}", "attachment.add"),
    ],
    "attachment list": [Sample("owner-change 9", "attachment.read")],
    "attachment save": [Sample("9 --out {out}/p.jpg", "attachment.read")],
    "attachment remove": [
        Sample("9 --reason 试 --yes", "attachment.remove", or_else=("attachment.add",))
    ],
    "attachment verify": [Sample("", "attachment.keep"), Sample("--quick", "attachment.keep")],
    "attachment collect": [Sample("", "attachment.keep")],
    "report list": [Sample("", "report.owners", or_else=("report.tickets",))],
    "report show": [
        Sample("owners", "report.owners"),
        Sample("owners -c CH", "report.owners"),
        Sample("tickets --since 2026-01-01", "report.tickets"),
    ],
    "report export": [Sample("owners --out {out}/owners.csv", "report.owners")],
    "outbox list": [Sample("", "outbox.read"), Sample("--state all", "outbox.read")],
    "outbox deliver": [Sample("", "outbox.deliver"), Sample("--quiet", "outbox.deliver")],
    "outbox retry": [
        Sample("--all-dead", "outbox.deliver"),
        Sample(_NO_ID, "outbox.deliver"),
        Sample("-", "outbox.deliver", _NO_ID + "\n"),
    ],
    "outbox drop": [Sample(f"{_NO_ID} --reason 试", "outbox.deliver")],
    "audit verify": [Sample("", "audit.verify")],
    "cron list": [Sample("", None)],
    "cron print": [Sample("", None), Sample("--systemd", None)],
    "sweep run": [Sample("", "sweep.run")],
    "sweep show": [Sample("", "sweep.run")],
    "audit list": [Sample("", "audit.read"), Sample("--account KF001", "audit.read")],
    "audit show": [Sample("1", "audit.read")],
    "audit export": [Sample("", "audit.export"), Sample("--out {out}/t.jsonl", "audit.export")],
    "audit public-key": [Sample("", "audit.verify")],
    "boundary list": [Sample("", None)],
    "boundary print": [
        Sample("sudoers", None),
        Sample("authorized-key --name KF009", None, "ssh-ed25519 " + "A" * 68),
    ],
    "audit check": [Sample("{book} --public-key {book}", None)],
    "audit checkpoint": [Sample("", "audit.verify")],
}
"""How each command is called by the tests. A command that is missing here fails them."""


def walk() -> Iterator[tuple[str, Any]]:
    """Yield the path (``import check``) and the command of every command there is."""
    root: Any = typer.main.get_command(app)
    with root.make_context("pcloud", [], resilient_parsing=True) as ctx:
        for noun in root.list_commands(ctx):
            found = root.get_command(ctx, noun)
            yield from _below(noun, found, ctx)


def _below(path: str, command: Any, ctx: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(command, Group):
        yield path, command
        return
    for name in command.list_commands(ctx):
        yield from _below(f"{path} {name}", command.get_command(ctx, name), ctx)


COMMANDS = dict(walk())


def nouns() -> list[str]:
    """Return the names that stand first."""
    return list(dict.fromkeys(path.partition(" ")[0] for path in COMMANDS))


def argv(path: str, sample: Sample, *, book: Any, out: Any) -> list[str]:
    """Return the arguments that call the command at `path`; one that changes runs dry."""
    dry = any(param.name == "dry_run" for param in COMMANDS[path].params)
    words = words_of(path, sample, book=book, out=out)
    return [*words, *(["--dry-run"] if dry else []), "-o", "json"]


def words_of(path: str, sample: Sample, *, book: Any, out: Any) -> list[str]:
    """Return the arguments that call the command at `path` in earnest."""
    words = [word.format(book=book, out=out) for word in shlex.split(sample.arguments)]
    return [*path.split(), *words]
