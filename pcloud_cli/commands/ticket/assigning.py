"""`pcloud ticket assign`: to somebody, or by the plan over all that wait (3.2.2)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.commands.ticket.columns import TICKET, spoken
from pcloud_cli.commands.ticket.stepping import Fault, Note, named, step
from pcloud_cli.context import Context
from pcloud_cli.errors import ExitCode, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

_PLAN = (
    Column("assigned", N_("Assigned"), detail=True),
    Column("there_at", N_("There at")),
    Column("reason", N_("Why nobody"), prose=True),
)
_WHY = (
    Column("number", N_("Ticket number"), right=True),
    Column("staff_number", N_("Staff number")),
    Column("chosen", N_("Chosen")),
    Column("why_not", N_("Why not this one")),
    Column("late", N_("Later"), right=True),
    Column("place", N_("Distance"), right=True),
    Column("load", N_("Load"), right=True),
    Column("fairness", N_("Fairness"), right=True),
    Column("total", N_("Worse by"), right=True),
)


@verbs.verb(
    "assign",
    before_asking=refusal.unless("ticket.assign"),
    writes=True,
    examples="pcloud ticket assign 10 --to WX001\n"
    "pcloud ticket assign --auto --all -c CH\n"
    "pcloud ticket assign 10 --auto --explain --dry-run",
)
def assign(
    run: Context,
    numbers: Annotated[
        list[str] | None,
        typer.Argument(metavar="NUMBER", help=N_("Numbers of tickets; - reads standard input.")),
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", help=N_("Staff number of the technician."))
    ] = None,
    auto: Annotated[
        bool, typer.Option("--auto", help=N_("Let the plan choose among those on shift."))
    ] = False,
    all_: Annotated[
        bool, typer.Option("--all", help=N_("All that wait to be assigned; with --auto."))
    ] = False,
    community: Annotated[
        str | None, typer.Option("--community", "-c", help=N_("With --all: only this community."))
    ] = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help=N_("Say for each ticket why, person by person.")),
    ] = False,
    fault: Fault = None,
    note: Note = None,
) -> int:
    """Assign accepted tickets to a technician, who is told at once.

    With --auto the plan weighs all of them together: who is on shift and can do it, urgency and
    lateness, the way, who has how much. What nobody can get is reported to the supervisors.
    A maintenance firm gets a ticket by `pcloud ticket responsibility`.
    """
    from pcloud_cli.services.ticket.steps import Given

    if auto and to is not None:
        raise UsageProblem(_("Either somebody or the plan."), hint=_("Give --to or --auto."))
    if auto and fault is not None:
        raise UsageProblem(
            _("The plan goes by the fault types that the tickets have."),
            hint=_("Give --fault with --to."),
        )
    if (all_ or explain) and not auto:
        raise UsageProblem(_("That is of the plan."), hint=_("Give --auto with it."))
    if all_ == bool(numbers):
        raise UsageProblem(
            _("Which tickets?"), hint=_("Give their numbers, or --auto --all for all that wait.")
        )
    if auto:
        return _planned(run, numbers or [], community, explain=explain)
    to = to or run.ask(_("Staff number of the technician"), option="--to")
    return step(run, numbers or [], "assign", Given(handler=to, fault=fault, note=note))


def _planned(run: Context, numbers: list[str], community: str | None, *, explain: bool) -> int:
    from pcloud_cli.services import acting
    from pcloud_cli.services.ticket import assigning

    found = named(run, numbers) if numbers else []
    with acting.as_caller(run, write=True) as (actor, work):
        rows, situation, made = assigning.planned(actor, work, found, community=community)
        why = [
            {"number": row["number"], **line}
            for row in (rows if explain else ())
            for line in assigning.explained(situation, made, row["number"])
        ]
    left = [row for row in rows if not row["assigned"]]
    code = ExitCode.SOME_FAILED if left else ExitCode.DONE
    if run.out.structured([{**row, **({"why": _of(why, row)} if explain else {})} for row in rows]):
        return code
    run.out.rows([_said(run, row) for row in rows], (*TICKET, *_PLAN))
    if explain:
        run.out.line("")
        run.out.rows([_why(line) for line in why], _WHY)
    return code


def _of(why: list[dict[str, Any]], row: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for line in why if line["number"] == row["number"]]


def _said(run: Context, row: dict[str, Any]) -> dict[str, Any]:
    from pcloud_cli.services.ticket.assigning import REASONS
    from pcloud_cli.services.words import word

    return {
        **spoken(run, row),
        "reason": None if row["reason"] is None else word(row["reason"], REASONS),
    }


def _why(line: dict[str, Any]) -> dict[str, Any]:
    from pcloud_cli.services.ticket.assigning import REFUSALS
    from pcloud_cli.services.words import word

    more = line["more"] or {}
    return {
        **line,
        **more,
        "total": sum(more.values()) if more else None,
        "chosen": line["planned"] or None,
        "why_not": None if line["refusal"] is None else word(line["refusal"], REFUSALS),
    }
