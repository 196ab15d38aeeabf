"""`pcloud account anomalies`, `acknowledge` and `report-compromise` (2.1.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Number"), right=True),
    Column("at", N_("When")),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("rule", N_("What was found")),
    Column("host", N_("Host")),
    Column("os_user", N_("System user")),
    Column("terminal", N_("Terminal"), detail=True),
    Column("ssh", N_("SSH address")),
    Column("detail", N_("Details"), detail=True),
    Column("acknowledged_at", N_("Acknowledged at")),
    Column("acknowledged_by", N_("Acknowledged by")),
    Column("reason", N_("Reason")),
)
REPORTED = (
    Column("number", N_("Number"), right=True),
    Column("staff_number", N_("Staff number")),
    Column("sessions_ended", N_("Logins ended"), right=True),
    Column("already", N_("Was locked already")),
)


@verbs.verb(
    "anomalies",
    examples="pcloud account anomalies\npcloud account anomalies KF001 --all -o csv",
)
def anomalies(
    run: Context,
    staff_number: Annotated[
        str | None, typer.Argument(metavar="STAFF_NUMBER", help=N_("Whose; else everybody's."))
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help=N_("Those that were acknowledged too."))
    ] = False,
) -> None:
    """List abnormal logins that nobody has acknowledged yet, newest first."""
    from pcloud_cli.services import account, acting, anomaly, words
    from pcloud_cli.services.login_rules import RULES

    with acting.as_caller(run) as (actor, work):
        whose = account.whose(
            actor, work, staff_number, everybody=not staff_number, need="login.read"
        )
        rows = anomaly.list_all(actor, work, account_id=whose, everything=everything)
    run.out.rows(_told(run, words.for_output(run.out, rows, {"rule": RULES})), COLUMNS)


@verbs.verb(
    "acknowledge",
    before_asking=refusal.unless("login.acknowledge"),
    writes=True,
    examples="pcloud account acknowledge 3 --reason 新配电脑，已当面核实",
)
def acknowledge(
    run: Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=N_("Number of the anomaly."))],
    reason: Annotated[str | None, typer.Option("--reason", help=N_("What was found out."))] = None,
) -> None:
    """Acknowledge an abnormal login of somebody else, after looking into it."""
    from pcloud_cli.services import acting, anomaly, words
    from pcloud_cli.services.login_rules import RULES

    why = reason or run.ask(_("What was found out"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        done = anomaly.acknowledge(actor, work, number, reason=why)
    (shown,) = _told(run, words.for_output(run.out, [done], {"rule": RULES}))
    run.out.record(shown, COLUMNS)
    if done["already"]:
        run.out.note(_("It was acknowledged before; nothing was changed."))


@verbs.verb(
    "report-compromise",
    writes=True,
    examples="pcloud account report-compromise\n"
    "pcloud account report-compromise KF001 --reason 手机丢失 --yes",
)
def report_compromise(
    run: Context,
    staff_number: Annotated[
        str | None,
        typer.Argument(metavar="STAFF_NUMBER", help=N_("Whose account; without it your own.")),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("What happened."))] = None,
) -> None:
    """Report that somebody else may know a password: the account is locked at once.

    All its logins end and the administrators are told. Only `pcloud account unlock` opens it
    again.
    """
    from pcloud_cli.services import account, acting, anomaly

    if not run.flags.yes:
        with acting.as_caller(run) as (actor, work):
            account.named(actor, work, staff_number, need="login.end")
    run.confirm(
        _("Lock account {number} at once?").format(number=staff_number)
        if staff_number
        else _("Lock your own account at once?")
    )
    with acting.as_caller(run, write=True) as (actor, work):
        found = account.named(actor, work, staff_number, need="login.end")
        done = anomaly.report_compromise(actor, work, found, reason=reason)
    run.out.record(done, REPORTED)
    if not run.flags.dry_run:
        run.out.note(_("The account is locked and the administrators are told."))


def _told(run: Context, rows: Iterator[Any]) -> Iterator[dict[str, Any]]:
    """Yield rows with their details as text, where people read them."""
    for row in rows:
        shown = dict(row)
        if run.out.format in ("table", "csv"):
            shown["detail"] = ", ".join(f"{k}: {v}" for k, v in row["detail"].items())
        yield shown
