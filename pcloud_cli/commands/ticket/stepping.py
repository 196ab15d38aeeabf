"""One step on one ticket or several: each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pcloud_cli import several
from pcloud_cli.commands.ticket import besides
from pcloud_cli.commands.ticket.columns import TICKET, sounds_urgent, spoken
from pcloud_cli.context import Context
from pcloud_cli.errors import ExitCode, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column

if TYPE_CHECKING:
    from pcloud_cli.services.ticket.steps import Given

Number = Annotated[str, typer.Argument(metavar="NUMBER", help=N_("Number of the ticket."))]
Numbers = Annotated[
    list[str],
    typer.Argument(metavar="NUMBER", help=N_("Numbers of tickets; - reads standard input.")),
]
Reason = Annotated[str | None, typer.Option("--reason", help=N_("Why; it stands in the history."))]
Fault = Annotated[
    str | None, typer.Option("--fault", help=N_("What kind of fault it is, by code or name."))
]
ForFirm = Annotated[
    bool,
    typer.Option("--for-firm", help=N_("Entered for the maintenance firm that has the ticket.")),
]
Note = Annotated[str | None, typer.Option("--note", help=N_("What was found or done."))]

Photos = Annotated[
    list[str] | None,
    typer.Option("--photo", metavar="FILE", help=N_("A photo or paper of it; give it for each.")),
]

_RESULT = (
    Column("result", N_("Result"), prose=True),
    Column("hint", N_("What to do"), prose=True),
)


def moment(
    run: Context, text: str | None, option: str, *, zone: str | None = None
) -> datetime | None:
    """Return the moment that `text` says in `zone`, else that of the settings; None for none."""
    if text is None:
        return None
    from pcloud_cli.moments import parse_moment

    zone = zone or run.settings.text("zone")
    return parse_moment(text, now=run.clock.now(), zone=zone, option=option)


def zone_of(run: Context, number: str) -> str | None:
    """Return the time zone where the ticket is; None for none, and for ``-``, not read yet."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.ticket import finding

    if number == "-":
        return None
    with acting.as_caller(run) as (_actor, work):
        return finding.zone(work, number)


def named(run: Context, numbers: Sequence[str]) -> list[str]:
    """Return the `numbers` given, ``-`` those on standard input; UsageProblem for none."""
    nothing = UsageProblem(
        _("Standard input names no ticket."),
        hint=_("`pcloud ticket list` shows the numbers."),
    )
    return several.wanted(run, numbers, nothing)


def step(
    run: Context,
    numbers: Sequence[str],
    code: str,
    given: Given,
    *,
    after: Callable[[dict[str, Any]], None] | None = None,
    also: Sequence[str] = (),
) -> int:
    """Do the step `code` on every ticket named and print what became of each.

    `after` is called with the record of each ticket that the step was done on. `also` names columns
    that are shown of several tickets too, where else they are of one alone.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services.ticket import steps

    found, noted = named(run, numbers), besides.Noted()
    with acting.at_desk(run) as desk:

        def act(number: str) -> dict[str, Any]:
            with desk.open(write=True) as (actor, work):
                return noted.keep(work, steps.move(actor, work, number, code, given), code)

        if len(found) == 1:
            record = act(found[0])
            run.out.record(spoken(run, record), _shown())
            done, ended = [record], int(ExitCode.DONE)
        else:
            results = several.each(run, found, act, _named)
            _tell(run, results, found, also)
            done = [each for each in results.records if not each["error"]]
            ended = several.ended(results)
    for record in done:
        if code == "accept":
            sounds_urgent(run, record)
        noted.tell(run, record)
        if after is not None:
            after(record)
    return ended


def step_with_photos(
    run: Context, number: str, code: str, given: Given, photos: Sequence[str], stage: str
) -> int:
    """Attach `photos` at `stage` and do the step `code` of one ticket: both or neither."""
    from pcloud_cli.commands import attaching
    from pcloud_cli.services.ticket import steps

    noted = besides.Noted()
    found = attaching.along(
        run,
        number,
        photos,
        stage,
        lambda actor, work: noted.keep(work, steps.move(actor, work, number, code, given), code),
    )
    run.out.record(spoken(run, found), _shown())
    noted.tell(run, found)
    return ExitCode.DONE


def _shown() -> tuple[Column, ...]:
    return tuple(column for column in TICKET if column.name != "id")


def _named(reference: str) -> dict[str, Any]:
    text = reference.strip().lstrip("#")
    return {"number": int(text) if text.isdecimal() else text, "state": None}


def _tell(
    run: Context, results: several.Results, references: Sequence[str], also: Sequence[str]
) -> None:
    if not run.out.structured(results.records):
        rows = [
            {
                **spoken(run, record),
                "result": (record["error"] or {}).get("message"),
                "hint": (record["error"] or {}).get("hint"),
            }
            for record in results.records
        ]
        if run.out.format == "ids":
            rows = [row for row in rows if row.get("id") is not None]
        shown = [each._replace(detail=each.detail and each.name not in also) for each in TICKET]
        columns = [*shown, *(_RESULT if results.failed else ())]
        run.out.rows(rows, columns)
    if rest := references[len(results.records) :]:
        run.out.note(_("Not come to: {numbers}").format(numbers=" ".join(rest)))
