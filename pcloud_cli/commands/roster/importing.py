"""`pcloud roster import`: a roster (排班表) from a workbook or a CSV file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pcloud_cli.context import Context
from pcloud_cli.errors import ExitCode, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Number"), right=True),
    Column("community", N_("Community")),
    Column("file", N_("File")),
    Column("first_day", N_("First day")),
    Column("last_day", N_("Last day")),
    Column("made_by", N_("Entered by")),
    Column("made_at", N_("Entered at")),
)
DONE = (
    *(column for column in COLUMNS if column.name not in ("id", "made_by", "made_at")),
    Column("people", N_("People"), right=True),
    Column("new", N_("Shifts new"), right=True),
    Column("retaken", N_("Shifts taken up again"), right=True),
    Column("cancelled", N_("Shifts cancelled"), right=True),
    Column("unchanged", N_("Shifts unchanged"), right=True),
)
_FOR_PROGRAMS = (Column("id", N_("Id")), Column("already", N_("There already")))
WRONG = (
    Column("sheet", N_("Sheet")),
    Column("place", N_("Cell")),
    Column("problem", N_("Problem"), prose=True),
)


@verbs.verb(
    "import",
    writes=True,
    examples="pcloud roster import 12月排班表.xlsx -c CH\n"
    "pcloud roster import 12月排班表.xlsx -c CH --dry-run\n"
    "pcloud roster import - --name roster.csv -c CH --month 2026-12 < roster.csv",
)
def import_(
    run: Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help=N_("The workbook or CSV; - reads standard input."))
    ],
    *,
    community: Annotated[
        str, typer.Option("--community", "-c", help=N_("Code or name of the community."))
    ],
    month: Annotated[
        str | None,
        typer.Option("--month", help=N_("Month of its first day, e.g. 2026-12, if it says none.")),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help=N_("What to call the file, with standard input."))
    ] = None,
) -> int:
    """Take in a roster: a row a person and a column a day, or a list of shifts.

    What the words of its cells (白, 夜, 早, 休 …) mean is policy (`pcloud policy show roster`), or
    stands below the roster itself (早班 8:00-16:00). Every wrong cell is listed, and nothing is
    taken in with one (exit 6). The days it names become as it says; the same file again changes
    nothing.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services.roster import entering

    first = _month(month)
    source = run.stdin.fileno() if file == "-" else Path(file)
    called = name or (_("standard input") if isinstance(source, int) else source.name)
    with acting.as_caller(run, write=True) as (actor, work):
        found = entering.enter(actor, work, source, community=community, name=called, month=first)
    for word, (begin, end) in found.legend.items():
        run.out.note(
            _("As the file itself says, {word} is {begin}–{end}.").format(
                word=word, begin=_clock(begin), end=_clock(end)
            )
        )
    if found.record is None:
        run.out.rows([each._asdict() for each in found.wrong], WRONG)
        run.out.note(_("Nothing was taken in; correct these cells and import it again."))
        return ExitCode.SOME_FAILED
    if found.record["already"]:
        run.out.note(_("It is in the roster already; nothing was changed."))
    columns = DONE if run.out.format == "table" else (*_FOR_PROGRAMS, *DONE)
    run.out.record(found.record, columns)
    return ExitCode.DONE


@verbs.verb("imports", examples="pcloud roster imports\npcloud roster imports -c CH -o json")
def imports(
    run: Context,
    community: Annotated[
        str | None, typer.Option("--community", "-c", help=N_("Only this community."))
    ] = None,
) -> None:
    """List the rosters that were taken in, newest first."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.roster import entering

    with acting.as_caller(run) as (actor, work):
        rows = entering.imports(actor, work, community=community)
    run.out.rows(rows, COLUMNS)


def _month(text: str | None) -> date | None:
    if text is None:
        return None
    from pcloud_cli.sheets.roster_days import month_of

    found = month_of([f"{text}月"])
    if found is None:
        raise UsageProblem(
            _("{name} cannot be {value}.").format(name="--month", value=repr(text)),
            hint=_("Write it like 2026-12."),
        )
    return found


def _clock(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours % 24:02}:{rest:02}"
