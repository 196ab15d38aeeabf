"""`pcloud sweep`: what has fallen due is worked off, and told to whom it concerns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pcloud_cli.context import Context
from pcloud_cli.errors import ExitCode, Locked, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

if TYPE_CHECKING:
    from pcloud_cli.services.acting import Desk
    from pcloud_cli.services.sweep.run import Outcome

app = Noun(N_("The sweep (到期扫描): what has fallen due is worked off and told."))

DONE = (
    Column("kind", N_("What falls due")),
    Column("done", N_("What was done")),
    Column("count", N_("How many"), right=True),
)
TOLD = (
    Column("to", N_("Who is told")),
    Column("what", N_("Of what")),
    Column("names", N_("Which")),
)
NEXT = (
    Column("kind", N_("What falls due")),
    Column("overdue_since", N_("Overdue since")),
    Column("next_due", N_("Next due")),
)


@app.verb(
    "run",
    writes=True,
    examples="pcloud sweep run\npcloud sweep run --quiet\npcloud sweep run --watch\n"
    "pcloud sweep run --at '2026-03-02 08:00' --dry-run",
)
def run_(
    run: Context,
    at: Annotated[
        str | None, typer.Option("--at", help=N_("With --dry-run: what a sweep would do then."))
    ] = None,
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help=N_("Stay, and sweep whenever something is due."))
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help=N_("Say nothing where all is well."))
    ] = False,
) -> None:
    """Work off everything that is due, and note who is to hear of it. Run it every minute.

    Doing it again changes nothing. One sweeps at a time: a second one ends with 75, without a
    word if it is --quiet. With --watch it sleeps until the next moment at which something is due,
    and sees within five seconds what is added meanwhile; SIGTERM ends it with 0.
    """
    from pcloud_cli.services import acting

    if watch and (at is not None or run.flags.dry_run):
        raise UsageProblem(_("--watch sweeps as time goes by: it takes no --at and no --dry-run."))
    if at is not None and not run.flags.dry_run:
        raise UsageProblem(
            _("A sweep is of the present moment; another one can only be replayed."),
            hint=_("Give --dry-run with --at: it shows what would be done, and changes nothing."),
        )
    with acting.at_desk(run) as desk:
        if run.flags.dry_run:
            _replay(run, desk, at, quiet=quiet)
            return
        try:
            _sweep(run, desk, watch=watch, quiet=quiet)
        except Locked:
            if not quiet:
                raise
            raise typer.Exit(ExitCode.LOCKED) from None


@app.verb("show", examples="pcloud sweep show\npcloud sweep show -o json")
def show(run: Context) -> None:
    """Show what is due next, by kind, and since when something is overdue."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.sweep import kinds
    from pcloud_cli.services.sweep import run as sweeping

    with acting.as_caller(run) as (actor, work):
        rows = sweeping.upcoming(actor, work)
    if run.out.format in ("table", "csv"):
        rows = [{**row, "kind": _(kinds.KINDS[row["kind"]].title)} for row in rows]
    run.out.rows(rows, NEXT)


def _sweep(run: Context, desk: Desk, *, watch: bool, quiet: bool) -> None:
    from pcloud_cli.interrupts import ending_when_asked
    from pcloud_cli.services.sweep import last
    from pcloud_cli.services.sweep import run as sweeping

    show, mark = _silent if quiet else _teller(run), last.Mark(desk.engine, run.clock)

    def tell(outcome: Outcome) -> None:
        mark.done()
        show(outcome)

    if not sweeping.is_anything_due(desk.open):
        if not watch:
            tell(sweeping.Outcome())
            return
        mark.done()
    with sweeping.alone(desk.engine, run.clock, mark) as still, ending_when_asked(run) as stop:
        if watch:
            sweeping.watch(desk.open, run.clock, wait=stop.wait, swept=tell, still=still)
        else:
            tell(sweeping.sweep(desk.open, run.clock, still=still, stopped=lambda: stop.asked))


def _replay(run: Context, desk: Desk, at: str | None, *, quiet: bool) -> None:
    from pcloud_cli.moments import parse_moment
    from pcloud_cli.services.sweep import run as sweeping

    now, zone = run.clock.now(), run.settings.text("zone")
    moment = now if at is None else parse_moment(at, now=now, zone=zone, option="--at")
    with desk.open(write=True) as (actor, work):
        outcome = sweeping.replay(actor, work, moment)
    if quiet:
        return
    told = outcome.told
    if run.out.format in ("table", "csv"):
        nobody = _("nobody holds that role: the fallback channel")
        told = [{**row, "to": row["to"] or nobody, "what": _(row["what"])} for row in told]
    if run.out.format == "table":
        _teller(run)(outcome)
        if told:
            run.out.line("")
            run.out.rows(told, TOLD)
    else:
        rows = [*_spoken(run, outcome), *({"kind": "told", **row} for row in told)]
        run.out.rows(rows, (*DONE, *TOLD))


def _silent(_outcome: Outcome) -> None:
    """Say nothing."""


def _teller(run: Context) -> Callable[[Outcome], None]:
    """Return what shows an outcome: of each kind what was done, and how often."""

    def tell(outcome: Outcome) -> None:
        run.out.rows(_spoken(run, outcome), DONE, empty=_("Nothing has fallen due."))

    return tell


def _spoken(run: Context, outcome: Outcome) -> list[dict[str, Any]]:
    from pcloud_cli.services.sweep.kinds import KINDS

    rows = outcome.rows()
    if run.out.format not in ("table", "csv"):
        return rows
    return [
        {
            **row,
            "kind": _(KINDS[row["kind"]].title),
            "done": _(KINDS[row["kind"]].words[row["done"]]),
        }
        for row in rows
    ]
