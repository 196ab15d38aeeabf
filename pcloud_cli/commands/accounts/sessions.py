"""`pcloud account sessions` and `logins`: who is logged in, from where, and who tried."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun, Verbs

verbs = Verbs()
app = Noun(N_("Logins in force: list them, end one."))

COLUMNS = (
    Column("id", N_("Id")),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("kind", N_("Kind")),
    Column("from", N_("From")),
    Column("created_at", N_("Logged in at")),
    Column("last_seen_at", N_("Last used")),
    Column("expires_at", N_("Ends")),
    Column("idle_minutes", N_("Idle minutes allowed"), right=True, detail=True),
    Column("this", N_("This one")),
)
ENDED = (
    Column("id", N_("Id")),
    Column("staff_number", N_("Staff number")),
    Column("already", N_("Had ended before")),
)
LOGINS = (
    Column("id", N_("Id"), detail=True),
    Column("at", N_("When")),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("outcome", N_("Outcome")),
    Column("host", N_("Host")),
    Column("os_user", N_("System user")),
    Column("terminal", N_("Terminal")),
    Column("ssh", N_("SSH address")),
)

Whose = Annotated[
    str | None,
    typer.Argument(metavar="STAFF_NUMBER", help=N_("Whose; without it your own.")),
]
Everybody = Annotated[bool, typer.Option("--all", help=N_("Of everybody."))]


@app.verb(
    "list",
    examples="pcloud account sessions list\npcloud account sessions list KF001\n"
    "pcloud account sessions list --all -o json",
)
def list_(run: Context, staff_number: Whose = None, everybody: Everybody = False) -> None:
    """List the logins in force: your own, somebody's, or everybody's."""
    from pcloud_cli.services import account, acting, sessions, words

    with acting.as_caller(run) as (actor, work):
        whose = account.whose(actor, work, staff_number, everybody=everybody, need="login.read")
        rows = sessions.list_live(actor, work, account_id=whose)
    run.out.rows(words.for_output(run.out, rows, {"kind": sessions.KINDS}), COLUMNS)


@app.verb(
    "end",
    writes=True,
    examples="pcloud account sessions end 0198c0de-0000-7000-8000-000000000000\n"
    "pcloud account sessions end 0198c0de-0000-7000-8000-000000000000 --reason 人已离岗",
)
def end(
    run: Context,
    session: Annotated[str, typer.Argument(metavar="ID", help=N_("Id of the login."))],
    reason: Annotated[str | None, typer.Option("--reason", help=N_("Why."))] = None,
) -> None:
    """End a login now: one of your own, or with the permission somebody else's."""
    from pcloud_cli.services import acting, sessions

    with acting.as_caller(run, write=True) as (actor, work):
        done = sessions.end(actor, work, session, reason=reason)
    run.out.record(done, ENDED)


@verbs.verb(
    "logins",
    examples="pcloud account logins\npcloud account logins KF001 --since 2026-03-01\n"
    "pcloud account logins --all --failed",
)
def logins(
    run: Context,
    staff_number: Whose = None,
    everybody: Everybody = False,
    since: Annotated[
        str | None, typer.Option("--since", help=N_("Only from this day or moment on."))
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help=N_("Only those in vain."))] = False,
) -> None:
    """List attempts to log in, newest first, with host, system user, terminal and SSH address."""
    from pcloud_cli.moments import parse_moment
    from pcloud_cli.services import account, acting, login_events, words

    begin = None
    if since is not None:
        zone = run.settings.text("zone")
        begin = parse_moment(since, now=run.clock.now(), zone=zone, option="--since")
    with acting.as_caller(run) as (actor, work):
        whose = account.whose(actor, work, staff_number, everybody=everybody, need="login.read")
        rows = login_events.list_all(actor, work, account_id=whose, since=begin, failed=failed)
    spoken = {"outcome": login_events.OUTCOMES}
    run.out.rows(
        words.for_output(run.out, rows, spoken), LOGINS, empty=_("Nobody tried to log in.")
    )
