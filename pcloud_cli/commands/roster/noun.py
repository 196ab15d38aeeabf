"""`pcloud roster`: who is on shift when, and when nobody is (3.2.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pcloud_cli.commands.roster import handing, importing, swapping
from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.moments import parse_moment
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

if TYPE_CHECKING:
    from pcloud_cli.db.work import Work
    from pcloud_cli.services.actor import Actor

app = Noun(N_("The roster (排班表): who is on shift, swaps (替班), hand-over (交接班)."))

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("community", N_("Community")),
    Column("day", N_("Day")),
    Column("word", N_("Shift")),
    Column("kind", N_("Kind")),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("begins_at", N_("Begins")),
    Column("ends_at", N_("Over at")),
    Column("instead_of", N_("Instead of")),
)
GAPS = (
    Column("community", N_("Community")),
    Column("since", N_("Begins")),
    Column("until", N_("Over at")),
    Column("lack", N_("What is missing")),
    Column("skill", N_("Skill")),
)
_WEEK = timedelta(days=7)

Where = Annotated[
    str | None, typer.Option("--community", "-c", help=N_("Only this community; code or name."))
]
From = Annotated[str | None, typer.Option("--from", help=N_("First day or moment."))]
Until = Annotated[str | None, typer.Option("--until", help=N_("Last day, or until before when."))]


@app.verb(
    "list",
    examples="pcloud roster list -c CH\npcloud roster list -c CH --at '今天 22:00'\n"
    "pcloud roster list -c CH --from 2026-12-01 --until 2026-12-31\npcloud roster list --mine",
)
def list_(
    run: Context,
    *,
    community: Where = None,
    at: Annotated[
        str | None, typer.Option("--at", help=N_("Who is on shift at this moment, not now."))
    ] = None,
    from_: From = None,
    until: Until = None,
    mine: Annotated[
        bool, typer.Option("--mine", help=N_("Your own shifts, from now on if no time is said."))
    ] = False,
) -> None:
    """Show who is on shift now or at a moment; with --from or --until the roster of these days.

    On a terminal the days of one community are a grid, a line a day and a column a person. Other
    formats have a row a shift.
    """
    from pcloud_cli.services import acting, words
    from pcloud_cli.services.roster import looking
    from pcloud_cli.services.roster.shifts import KINDS

    if at is not None and (from_ is not None or until is not None):
        raise UsageProblem(
            _("--at and --from or --until do not go together."), hint=_("Leave one out.")
        )
    with acting.as_caller(run) as (actor, work):
        zone = _zone(run, actor, work, community, own=mine)
        span = at is None and (from_ is not None or until is not None or mine)
        begin, end = (
            _times(run, zone, from_, until, far=mine)
            if span
            else (
                _moment(run, zone, at) if at else work.now(),
                None,
            )
        )
        rows = looking.shifts(actor, work, begin=begin, end=end, community=community, own=mine)
    one = len({row["community"] for row in rows}) == 1
    if run.out.format == "table" and span and not mine and one:
        _grid(run, rows)
        return
    empty = _("Nobody is rostered for this time.")
    run.out.rows(words.for_output(run.out, rows, {"kind": KINDS}), COLUMNS, empty=empty)


@app.verb(
    "gaps",
    examples="pcloud roster gaps -c CH\n"
    "pcloud roster gaps -c CH --from 2026-12-01 --until 2026-12-31\n"
    "pcloud roster gaps -c CH --skill 电梯",
)
def gaps(
    run: Context,
    *,
    community: Annotated[
        str, typer.Option("--community", "-c", help=N_("Code or name of the community."))
    ],
    from_: From = None,
    until: Until = None,
    skill: Annotated[
        list[str] | None,
        typer.Option("--skill", help=N_("A skill that must be there; give it for each.")),
    ] = None,
) -> None:
    """Show the times when nobody, or too few, are on shift, or a skill is missing.

    The coming week where no time is said. How many and which skills must always be there is policy
    (`pcloud policy show roster`).
    """
    from pcloud_cli.services import acting, fault_type, words
    from pcloud_cli.services.roster import looking

    with acting.as_caller(run) as (actor, work):
        zone = _zone(run, actor, work, community)
        begin, end = _times(run, zone, from_, until)
        rows = looking.gaps(actor, work, community, begin=begin, end=end, skills=skill)
        skills = fault_type.skills(work)
    spoken = {"lack": looking.GAPS, "skill": skills}
    run.out.rows(words.for_output(run.out, rows, spoken), GAPS, empty=_("No gap in this time."))


def _zone(
    run: Context, actor: Actor, work: Work, community: str | None, *, own: bool = False
) -> str:
    """Return the zone in which times are read and shown: the community's."""
    from pcloud_cli.services.roster import looking

    zone = looking.zone_of(actor, work, community, own=own) or run.settings.text("zone")
    run.out.zone = zone
    return zone


def _moment(run: Context, zone: str, text: str, *, end_of_day: bool = False) -> datetime:
    option = _("the time")
    return parse_moment(text, now=run.clock.now(), zone=zone, option=option, end_of_day=end_of_day)


def _times(
    run: Context, zone: str, from_: str | None, until: str | None, *, far: bool = False
) -> tuple[datetime, datetime]:
    """Return the time that is asked about: a week (with `far` two months) where nothing says."""
    now = run.clock.now()
    begin = _moment(run, zone, from_) if from_ else now
    if until:
        return begin, _moment(run, zone, until, end_of_day=True)
    return begin, begin + (9 * _WEEK if far else _WEEK)


def _grid(run: Context, rows: list[dict[str, Any]]) -> None:
    """Print shifts as a line a day and a column a person."""
    names = [row["name"] for row in {row["staff_number"]: row for row in rows}.values()]
    people: dict[str | None, str] = {}
    for row in rows:
        twice = names.count(row["name"]) > 1
        called = f"{row['name']} {row['staff_number']}" if twice else row["name"]
        people.setdefault(row["staff_number"], called if row["name"] else _("(nobody)"))
    lines: dict[Any, dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault(row["day"], {"day": _day(row["day"])})
        key = str(row["staff_number"])
        line[key] = f"{line[key]}/{row['word']}" if key in line else row["word"]
    ordered = sorted(people, key=lambda number: (number is None, number or ""))
    columns = [Column("day", N_("Day"))]
    columns += [Column(str(number), people[number]) for number in ordered]
    run.out.rows([lines[day] for day in sorted(lines)], columns)


def _day(day: Any) -> str:
    week = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return f"{day:%m-%d} {week[day.weekday()]}"


app.take(importing.verbs)
app.take(swapping.verbs)
app.take(handing.verbs)
