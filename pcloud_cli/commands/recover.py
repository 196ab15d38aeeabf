"""`pcloud recover`: with the master key, when the key file or the last administrator is lost."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("With the master key, when all else is lost."))

ADMINISTRATOR = (
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("role", N_("Role")),
    Column("first_password", N_("First password")),
)
KEY = (Column("file", N_("Key file")), Column("kept", N_("Former file")))
COLUMNS = (
    Column("event", N_("Event"), right=True),
    Column("at", N_("When")),
    Column("staff_number", N_("Account")),
    Column("origin", N_("From")),
    Column("reason", N_("Reason")),
    Column("acknowledged", N_("Acknowledged")),
)

KeyStdin = Annotated[
    bool, typer.Option("--key-stdin", help=N_("Read the master key from standard input."))
]


class Role(StrEnum):
    """The roles that can be recovered."""

    SYSTEM = "system_admin"
    SECURITY = "security_admin"


@app.verb(
    "administrator",
    writes=True,
    examples="pcloud recover administrator S001 --reason 'phone and password lost'\n"
    "pcloud recover administrator S009 --name 李明 --reason … --key-stdin < /mnt/usb/pcloud.key",
)
def administrator(
    run: Context,
    staff_number: Annotated[str, typer.Argument(help=N_("Staff number of the account."))],
    reason: Annotated[str, typer.Option("--reason", help=N_("Why; everybody will read it."))],
    name: Annotated[
        str | None, typer.Option("--name", help=N_("Name, where there is no such account yet."))
    ] = None,
    role: Annotated[
        Role, typer.Option("--role", help=N_("Which administrator is lost."))
    ] = Role.SYSTEM,
    key_stdin: KeyStdin = False,
) -> None:
    """Make or reopen an administrator, for the case that all are lost.

    It needs the master key itself, typed in or piped in by whoever calls. All who watch over the
    installation are told at once, and every login is told until a security administrator has
    acknowledged it. What was open for the account ends: sessions, lock, second factor.
    """
    from pcloud_cli.services import recovery, words
    from pcloud_cli.services import role as roles

    key = _key(run, key_stdin)
    run.confirm(
        _("Make {number} an administrator, and tell everybody?").format(number=staff_number)
    )
    made = recovery.administrator(
        run, key, staff_number=staff_number, name=name, reason=reason, code=role.value
    )
    if made.others:
        run.out.note(
            _("{count} other accounts hold this role; they are told of it.").format(
                count=made.others
            )
        )
    row = {
        "staff_number": made.staff_number,
        "name": made.name,
        "role": made.role,
        "first_password": made.password,
    }
    (shown,) = words.for_output(run.out, [row], {"role": roles.names()})
    run.out.record(shown, ADMINISTRATOR)
    run.out.note(_("The password is shown once and opens nothing but its own change."))


@app.verb(
    "key",
    writes=True,
    examples="pcloud recover key\npcloud recover key --key-stdin < /mnt/usb/pcloud.key",
)
def key(run: Context, key_stdin: KeyStdin = False) -> None:
    """Put the copy of the master key in place, where it opens this database.

    For a lost or broken key file, and for a restored backup, which needs the key of its time.
    What was in the key file is kept beside it. On one line a key is written with its checksum:
    base64, a blank, the word checksum, a blank, and its twelve signs.
    """
    from pcloud_cli.services import recovery

    done = recovery.restore_key(run, _key(run, key_stdin))
    if done.already:
        run.out.note(_("The key file holds this key already; nothing was changed."))
    run.out.record({"file": str(done.file), "kept": str(done.kept) if done.kept else None}, KEY)


@app.verb("list", examples="pcloud recover list\npcloud recover list -o json")
def list_all(run: Context) -> None:
    """List all recoveries of administrators, and whether each was acknowledged."""
    from pcloud_cli.services import acting, recovery

    with acting.as_caller(run) as (actor, work):
        rows = recovery.list_all(actor, work)
    run.out.rows(rows, COLUMNS)


@app.verb(
    "acknowledge",
    writes=True,
    examples="pcloud recover acknowledge --reason 'was ours: both phones were stolen'",
)
def acknowledge(
    run: Context,
    reason: Annotated[str, typer.Option("--reason", help=N_("What came of looking at it."))],
) -> None:
    """Acknowledge all recoveries so far; logins speak of them no more."""
    from pcloud_cli.services import acting, recovery

    with acting.as_caller(run, write=True) as (actor, work):
        count = recovery.acknowledge(actor, work, reason=reason)
    run.out.note(_("{count} recoveries were acknowledged.").format(count=count))


def _key(run: Context, from_stdin: bool) -> str:
    if from_stdin:
        return run.stdin.read(4096)
    return run.secret(_("Master key, on one line with its checksum"), option="--key-stdin")
