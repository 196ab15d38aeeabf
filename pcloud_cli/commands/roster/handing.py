"""`pcloud roster hand-over` and `take-over`: from one shift to the next (交接班)."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Number"), right=True),
    Column("community", N_("Community")),
    Column("from", N_("Handed over by")),
    Column("to", N_("To")),
    Column("at", N_("At")),
    Column("has_note", N_("With a note")),
    Column("taken_by", N_("Taken over by")),
    Column("taken_at", N_("Taken over at")),
)
NOTED = (
    *(column for column in COLUMNS if column.name not in ("id", "has_note")),
    Column("note", N_("Note"), prose=True),
)
IN_HAND = (
    Column("kind", N_("In hand")),
    Column("name", N_("Which")),
    Column("since", N_("Since")),
)


@verbs.verb(
    "hand-over",
    writes=True,
    examples="pcloud roster hand-over --note '3栋水泵已复位，早上再看一次'\n"
    "pcloud roster hand-over --to WX002 --note - < note.txt",
)
def hand_over(
    run: Context,
    *,
    to: Annotated[
        str | None,
        typer.Option("--to", help=N_("Staff number of who comes; anybody on shift without.")),
    ] = None,
    note: Annotated[
        str | None,
        typer.Option("--note", help=N_("What the next one must know; - reads standard input.")),
    ] = None,
) -> None:
    """Hand your shift over, with a note for who comes next. The note is kept sealed.

    It says too what you still have in hand. Done again before it is taken over, it replaces the
    note.
    """
    from pcloud_cli.services import acting, open_work, words
    from pcloud_cli.services.roster import handing

    text = run.stdin.read() if note == "-" else note
    with acting.as_caller(run, write=True) as (actor, work):
        done = handing.hand_over(actor, work, to=to, note=text)
    run.out.zone = done["zone"]
    if run.out.structured(done):
        return
    run.out.record(done, NOTED)
    if done["in_hand"]:
        kinds = {name: kind.title for name, kind in open_work.KINDS.items()}
        run.out.line("")
        run.out.rows(words.for_output(run.out, done["in_hand"], {"kind": kinds}), IN_HAND)


@verbs.verb(
    "take-over",
    writes=True,
    examples="pcloud roster take-over\npcloud roster take-over 7",
)
def take_over(
    run: Context,
    number: Annotated[
        str | None,
        typer.Argument(metavar="NUMBER", help=N_("Which one; all that wait for you without.")),
    ] = None,
) -> None:
    """Take over what the last shift left, and read its notes. Who handed over sees it taken."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.roster import handing

    with acting.as_caller(run, write=True) as (actor, work):
        rows = handing.take_over(actor, work, number)
    zones = {row["zone"] for row in rows}
    if len(zones) == 1:
        run.out.zone = zones.pop()
    run.out.rows(rows, NOTED, empty=_("Nothing waits to be taken over."))


@verbs.verb(
    "hand-overs", examples="pcloud roster hand-overs --waiting\npcloud roster hand-overs -c CH"
)
def hand_overs(
    run: Context,
    *,
    community: Annotated[
        str | None, typer.Option("--community", "-c", help=N_("Only this community."))
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help=N_("Only those that nobody has taken."))
    ] = False,
) -> None:
    """List the hand-overs, newest first, without what the notes say."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.roster import handing

    with acting.as_caller(run) as (actor, work):
        rows = handing.list_all(actor, work, community=community, waiting=waiting)
    run.out.rows(rows, COLUMNS)
