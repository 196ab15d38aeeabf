"""What the marking child is asked for: which cells of which sheets carry which texts (3.1.1).

The texts come ready in the user's language, private values masked; the child only places them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pcloud_cli.sheets.zip_look import column as column_number

SEVERITIES = ("error", "warning")
"""What is marked, the worst first; what was merely cleaned needs no mending."""
ROW_TEXT = 2000
"""Characters of a row's problems, and of a cell's comment."""
BETWEEN = " | "

_OF_SHEETS = frozenset({"hidden_sheet", "hidden_columns", "hidden_rows"})
_LETTERS = re.compile("[A-Za-z]{1,3}")
LOCATING = frozenset({"section", "building", "unit", "room", "address"})
"""The fields that tell which house a row is about."""
_KEPT_AS_TEXT = frozenset({"id_number"})


class Spot(NamedTuple):
    """One problem: `column` from 1, 0 where it concerns the row as a whole. `as_text` makes the
    cell's format text, so that a number typed into it keeps its digits."""

    row: int
    column: int
    severity: str
    text: str
    as_text: bool


class SheetOrder(NamedTuple):
    """The spots of one sheet, in the order of its rows; `header_row` is the last one, 0 where it
    is not known. `locating` are the fields that tell a house, and their headers."""

    name: str
    header_row: int
    spots: list[Spot]
    locating: dict[str, str]


class Heading(NamedTuple):
    """What the reader understood of a sheet: its header's row, and field → header."""

    row: int | None
    columns: Mapping[str, str]


class Words(NamedTuple):
    """The child's own words: the titles of the two columns, and what the comment of the first one
    says (filled with ``rows``), with a line more where rows to mend are hidden (``count``)."""

    problems: str
    source_row: str
    overview: str
    hidden: str


class Order(NamedTuple):
    """What to do: mark everything in place, or write only the rows to mend (`only_bad`).

    `known` are the titles, in every language, of the columns that an earlier marking added.
    """

    only_bad: bool
    words: Words
    known: tuple[list[str], list[str]]
    sheets: list[SheetOrder]


class Rows(NamedTuple):
    """The spots of one sheet by row: the text of a row, and what is said of each cell."""

    texts: dict[int, str]
    cells: dict[int, dict[int, list[Spot]]]
    worst: dict[int, str]


def by_row(spots: Iterable[Spot], letters: Any) -> Rows:
    """Return the spots by row; `letters` names a column for the text of its row."""
    texts: dict[int, list[str]] = {}
    found = Rows({}, {}, {})
    for spot in spots:
        where = f"{letters(spot.column - 1)}: " if spot.column else ""
        texts.setdefault(spot.row, []).append(where + spot.text)
        cells = found.cells.setdefault(spot.row, {})
        if spot.column:
            cells.setdefault(spot.column, []).append(spot)
        worst = found.worst.get(spot.row, SEVERITIES[-1])
        found.worst[spot.row] = min(worst, spot.severity, key=SEVERITIES.index)
    found.texts.update((row, shortened(BETWEEN.join(said))) for row, said in texts.items())
    return found


def shortened(text: str) -> str:
    """Return `text`, cut where it is longer than a cell should show."""
    return text if len(text) <= ROW_TEXT else f"{text[: ROW_TEXT - 1]}…"


def is_marked(problem: Mapping[str, Any]) -> bool:
    """Return whether a problem is one of a row, to be mended there; that something is hidden is one
    of its sheet."""
    return problem["severity"] in SEVERITIES and problem["code"] not in _OF_SHEETS


def sheet_orders(
    problems: Iterable[Mapping[str, Any]], headings: Mapping[str, Heading]
) -> list[SheetOrder]:
    """Return the spots of each sheet from `problems` (as `report.problem_line` gives them).

    `headings` are known by the sheet's name. What needs no mending is left out.
    """
    spots: dict[str, list[Spot]] = {}
    for problem in problems:
        if not is_marked(problem) or not problem["row"] or problem["row"] < 1:
            continue
        letters = problem["column"] or ""
        spot = Spot(
            row=problem["row"],
            column=column_number(letters) if _LETTERS.fullmatch(letters) else 0,
            severity=problem["severity"],
            text=" ".join(f"{problem['message']} {problem['hint']}".split()),
            as_text=problem["field"] in _KEPT_AS_TEXT,
        )
        spots.setdefault(problem["sheet"], []).append(spot)
    orders = []
    for name, found in spots.items():
        heading = headings.get(name, Heading(None, {}))
        locating = {field: header for field, header in heading.columns.items() if field in LOCATING}
        orders.append(
            SheetOrder(
                name,
                heading.row or 0,
                sorted(found, key=lambda spot: spot[:2]),
                locating,
            )
        )
    return orders


def packed(order: Order) -> bytes:
    """Return `order` as it travels; a text that comes again travels once."""
    texts: dict[str, int] = {}
    sheets = [
        [
            name,
            header_row,
            [[*spot[:3], texts.setdefault(spot.text, len(texts)), spot.as_text] for spot in spots],
            locating,
        ]
        for name, header_row, spots, locating in order.sheets
    ]
    wanted = {
        "only_bad": order.only_bad,
        "words": order.words._asdict(),
        "known": order.known,
        "sheets": sheets,
        "texts": list(texts),
    }
    return json.dumps(wanted, ensure_ascii=False).encode("utf-8", "surrogatepass")


def unpacked(data: bytes) -> Order:
    """Return the order that `packed` wrote."""
    wanted = json.loads(data)
    texts = wanted["texts"]
    return Order(
        only_bad=wanted["only_bad"],
        words=Words(**wanted["words"]),
        known=(wanted["known"][0], wanted["known"][1]),
        sheets=[
            SheetOrder(
                name,
                header_row,
                [
                    Spot(row, column, severity, texts[text], as_text)
                    for row, column, severity, text, as_text in spots
                ],
                locating,
            )
            for name, header_row, spots, locating in wanted["sheets"]
        ],
    )
