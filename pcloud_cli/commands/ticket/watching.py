"""`pcloud ticket watch`: a board of what is open, drawn anew every few seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pcloud_cli.commands.ticket.columns import spoken
from pcloud_cli.commands.ticket.timeline import span
from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

if TYPE_CHECKING:
    from rich.console import Group

    from pcloud_cli.services.acting import Desk
    from pcloud_cli.services.ticket.board import Board
    from pcloud_cli.services.ticket.listing import Wanted

verbs = Verbs()

BOARD = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Ticket number"), right=True),
    Column("urgency", N_("Urgency")),
    Column("proposed", N_("Sounds like"), detail=True),
    Column("state", N_("State")),
    Column("place", N_("Place")),
    Column("fault_type", N_("Fault type")),
    Column("handler", N_("With")),
    Column("deadline_at", N_("Due by")),
    Column("late", N_("Late"), detail=True),
    Column("left_seconds", N_("Seconds left"), detail=True),
    Column("left", N_("Time left")),
)
_AROUND = 4
"""Lines of the screen that are no tickets: two of the titles, the count, what is left out."""


@verbs.verb(
    "watch",
    examples="pcloud ticket watch\npcloud ticket watch -c CH --every 10\n"
    "pcloud ticket watch --mine --once",
)
def watch(
    run: Context,
    *,
    community: Annotated[
        str | None, typer.Option("--community", "-c", help=N_("Community, by code or name."))
    ] = None,
    mine: Annotated[bool, typer.Option("--mine", help=N_("Only those that you have."))] = False,
    unassigned: Annotated[
        bool, typer.Option("--unassigned", help=N_("Only open ones that nobody has."))
    ] = False,
    every: Annotated[
        int, typer.Option("--every", min=1, max=3600, help=N_("Seconds between two looks."))
    ] = 5,
    once: Annotated[
        bool, typer.Option("--once", help=N_("Print the board once, and end."))
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=10_000, help=N_("Show so many at most."))
    ] = 200,
) -> None:
    """Watch the open tickets on a terminal, by what is due first; late ones are marked.

    Ctrl-C ends it with 130, SIGTERM with 0. With --once it is printed like any list.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services.ticket import board
    from pcloud_cli.services.ticket.listing import Wanted

    wanted = Wanted(community=community, mine=mine, unassigned=unassigned)
    if not once:
        _must_have_terminal(run)
    with acting.at_desk(run) as desk:
        if not once:
            _stay(run, desk, wanted, every=every, limit=limit)
            return
        with desk.open() as (actor, work):
            seen = board.look(actor, work, wanted, limit=limit)
    run.out.rows([_line(run, row) for row in seen.rows], BOARD)
    run.out.note(_counts(seen))


def _must_have_terminal(run: Context) -> None:
    if not run.stdout.isatty() or run.env.get("TERM") == "dumb" or run.out.format != "table":
        raise UsageProblem(
            _("The board is drawn for people, on a terminal."),
            hint=_("Give --once: it is printed then, in any format."),
        )


def _stay(run: Context, desk: Desk, wanted: Wanted, *, every: int, limit: int) -> None:
    from rich.console import Console
    from rich.live import Live

    from pcloud_cli.interrupts import ending_when_asked
    from pcloud_cli.services.ticket import board

    console = Console(
        file=run.stdout,
        force_terminal=True,
        no_color="NO_COLOR" in run.env,
        highlight=False,
        markup=False,
        _environ=run.env,
    )

    def look() -> Group:
        room = max(1, min(limit, console.height - _AROUND))
        with desk.open() as (actor, work):
            return _drawn(run, board.look(actor, work, wanted, limit=room))

    run.looks_on = True
    with ending_when_asked(run) as stop:
        first = look()  # who may not is told so on their own screen
        with Live(
            first,
            console=console,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        ) as live:
            live.refresh()
            while not stop.wait(every):
                live.update(look(), refresh=True)


def _drawn(run: Context, seen: Board) -> Group:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from pcloud_cli.output.values import for_terminal, shown

    columns = [column for column in BOARD if not column.detail]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            Text(_(column.title)),
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="ellipsis",
        )
    for row in seen.rows:
        urgent = row["urgency"] == "urgent" or _may_be_urgent(row)
        style = "bold red" if row["late"] else "yellow" if urgent else ""
        line = _line(run, row)
        zone = row["zone"]
        table.add_row(*(Text(shown(line.get(each.name), zone)) for each in columns), style=style)
    at = seen.at.astimezone(_zone(run)).strftime("%H:%M:%S")
    parts: list[Any] = [Text(f"{at}  {for_terminal(_counts(seen))}", style="bold"), table]
    if seen.open > len(seen.rows):
        parts.append(Text(_("… and {count} more").format(count=seen.open - len(seen.rows))))
    return Group(*parts)


def _may_be_urgent(row: dict[str, Any]) -> bool:
    return row["proposed"] is not None and row["state"] == "submitted"


def _zone(run: Context) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(run.settings.text("zone"))


def _line(run: Context, row: dict[str, Any]) -> dict[str, Any]:
    left = row["left_seconds"]
    text = _("late by {time}").format(time=span(-left)) if row["late"] else span(max(left, 0))
    return {**spoken(run, row), "left": text}


def _counts(seen: Board) -> str:
    return _("Open: {open}, late: {late}").format(open=seen.open, late=seen.late)
