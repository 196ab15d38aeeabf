"""`pcloud account leave`: the account of somebody who leaves ends, now or at a moment ahead."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.moments import parse_moment
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("ends_at", N_("Ends")),
    Column("sessions", N_("Logins ended")),
    Column("grants", N_("Roles revoked")),
    Column("given_back", N_("Work given back")),
)
OPEN = (
    Column("kind", N_("In hand")),
    Column("name", N_("Which")),
    Column("since", N_("Since")),
)


@verbs.verb(
    "leave",
    before_asking=refusal.unless("account.leave"),
    writes=True,
    examples="pcloud account leave WX007 --reason 离职\n"
    "pcloud account leave WX007 --at '2026-12-31 18:00' --reason 合同到期\n"
    "pcloud account leave WX007 --cancel --reason 续签",
)
def leave(
    run: Context,
    staff_number: Annotated[str, typer.Argument(help=N_("Staff number of who leaves."))],
    *,
    at: Annotated[
        str | None, typer.Option("--at", help=N_("When: a last day or a moment, now by default."))
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("Why; kept in the trail."))] = (
        None
    ),
    cancel: Annotated[
        bool, typer.Option("--cancel", help=N_("Take an end that lies ahead back."))
    ] = False,
) -> None:
    """End the account of somebody who leaves: its logins and its roles with it.

    With a moment ahead all that happens by itself at that moment. What the person had in hand goes
    back to the queue, what they did stays in the books.
    """
    from pcloud_cli.services import account_leaving, acting

    if cancel and at is not None:
        raise UsageProblem(_("--cancel and --at do not go together."), hint=_("Leave one out."))
    moment = None
    if at:
        zone = run.settings.text("zone")
        now = run.clock.now()
        moment = parse_moment(at, now=now, zone=zone, option="--at", end_of_day=True)
    why = reason or run.ask(_("Why"), option="--reason")
    if moment is None and not cancel:
        run.confirm(_("End the account {number} now?").format(number=staff_number))
    with acting.as_caller(run, write=True) as (actor, work):
        if cancel:
            done = account_leaving.stay(actor, work, staff_number, reason=why)
        else:
            done = account_leaving.leave(actor, work, staff_number, at=moment, reason=why)
    _told(run, done)


def _told(run: Context, done: dict[str, Any]) -> None:
    from pcloud_cli.services import open_work, words

    if run.out.structured(done):
        return
    run.out.record(done, COLUMNS)
    if done["already"]:
        run.out.note(_("The account has ended already; nothing was changed."))
    if done["open"]:
        kinds = {name: kind.title for name, kind in open_work.KINDS.items()}
        run.out.line("")
        run.out.rows(words.for_output(run.out, done["open"], {"kind": kinds}), OPEN)
