"""`pcloud account`: staff and service accounts (2.1.1)."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.commands.accounts import (
    anomalies,
    contact,
    hires,
    importing,
    leaving,
    lifecycle,
    moving,
    registering,
    second_factor,
    sessions,
    token,
)
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Register staff and change passwords."))

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("department", N_("Department")),
    Column("position", N_("Position")),
    Column("community", N_("Community")),
    Column("employer", N_("Employer"), detail=True),
    Column("ends_at", N_("Ends at"), detail=True),
    Column("kind", N_("Kind")),
    Column("state", N_("State")),
    Column("created_at", N_("Created")),
)
SHOWN = (
    Column("id", N_("Id"), detail=True),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("department", N_("Department")),
    Column("position", N_("Position")),
    Column("community", N_("Community")),
    Column("employer", N_("Employer")),
    Column("ends_at", N_("Ends at")),
    Column("mobile", N_("Mobile")),
    Column("mail", N_("Mail")),
    Column("kind", N_("Kind")),
    Column("state", N_("State")),
    Column("locked_until", N_("Locked until")),
    Column("first_password_until", N_("First password opens until")),
    Column("suspended_at", N_("Suspended at")),
    Column("suspended_by", N_("Suspended by")),
    Column("suspended_why", N_("Reason")),
    Column("second_factor", N_("Second factor")),
    Column("created_at", N_("Created")),
)


@app.verb(
    "passwd",
    examples='pcloud account passwd\nprintf \'%s\\n%s\\n\' "$OLD" "$NEW" |'
    " pcloud account passwd --password-stdin",
)
def passwd(
    run: Context,
    password_stdin: Annotated[
        bool,
        typer.Option(
            "--password-stdin",
            help=N_("Read the old and then the new password from standard input, a line each."),
        ),
    ] = False,
) -> None:
    """Change your own password. All your other logins end.

    It needs at least 8 characters with upper and lower case, a digit and a special character, and
    is none of your last five, nor one that is easy to guess.
    """
    from pcloud_cli.services import account, acting, login

    with acting.at_desk(run) as desk:
        with desk.open() as (actor, _work):
            account.must_be_person(actor)
        if password_stdin:
            old, new = run.secret_line(), run.secret_line()
        else:
            old = run.secret(_("Old password"), option="--password-stdin")
            new = run.secret(_("New password"), option="--password-stdin", twice=True)
        with desk.open() as (actor, work):
            compared = account.compare_new(actor, work, old=old, new=new)
        with desk.open(write=True) as (actor, work):
            made = account.change_password(
                actor, work, old=old, new=new, random=run.random, compared=compared
            )
    if made is None:
        raise login.refused()
    login.store(run).save(made.token, shared=made.shared)
    run.out.note(_("The password is changed; your other logins have ended."))


@app.verb(
    "list",
    examples="pcloud account list\npcloud account list -c CH --department 客服部\n"
    "pcloud account list --state locked -o csv",
)
def list_(
    run: Context,
    community: Annotated[
        str | None,
        typer.Option("--community", "-c", help=N_("Only who works there; code or name.")),
    ] = None,
    department: Annotated[
        str | None, typer.Option("--department", help=N_("Only this department."))
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", help=N_("Only accounts in this state, e.g. locked."))
    ] = None,
) -> None:
    """List the accounts with their department, position and state."""
    from pcloud_cli.services import account, acting, words

    wanted = words.understood(state, account.STATES, option="--state") if state else None
    with acting.as_caller(run) as (actor, work):
        rows = account.list_all(
            actor, work, community=community, department=department, in_state=wanted
        )
    spoken = {"kind": account.KINDS, "state": account.STATES}
    run.out.rows(words.for_output(run.out, rows, spoken), COLUMNS)


@app.verb("show", examples="pcloud account show KF001\npcloud account show KF001 -o json")
def show(
    run: Context,
    staff_number: Annotated[str, typer.Argument(metavar="STAFF_NUMBER", help=N_("Whose account."))],
) -> None:
    """Show one account: where it belongs, its state and why, until when. Contacts are masked."""
    from pcloud_cli.services import account, acting, words

    with acting.as_caller(run) as (actor, work):
        row = account.show(actor, work, staff_number)
    spoken = {"kind": account.KINDS, "state": account.STATES}
    (shown,) = words.for_output(run.out, [row], spoken)
    run.out.record(shown, SHOWN)


app.take(registering.verbs)
app.take(lifecycle.verbs)
app.take(sessions.verbs)
app.take(anomalies.verbs)
app.take(importing.verbs)
app.take(leaving.verbs)
app.take(moving.verbs)
app.take(contact.verbs)
app.add_typer(hires.app, name="hires")
app.add_typer(sessions.app, name="sessions")
app.add_typer(second_factor.app, name="second-factor")
app.add_typer(token.app, name="token")
