"""The rows of a batch that can be staged, by column, and what comparing needs of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import compress
from typing import Any

from pcloud_cli.models.house import AREA_COLUMNS
from pcloud_cli.services.imports.live import HOUSE_FACTS, Share
from pcloud_cli.services.imports.verdict import Incoming
from pcloud_cli.sheets.messages import Rows
from pcloud_cli.sheets.row import OK, Row

_STATUS = Row._fields.index("status")
_BRINGS = Row._fields.index("emergency_name")
_ROW_NAME = {"state": "house_status"}
"""Where a field of a house has another name in a `Row`."""


class Usable:
    """The rows of a batch that can be staged, by column: `said` by the reader under the names of
    `Row`, `fields` of the house in the order of `HOUSE_FACTS`, blind `indexes` of private ones."""

    def __init__(self, rows: Rows, indexed: Callable[[dict[str, Sequence[Any]]], Any]) -> None:
        columns = rows.columns
        ok = [status == OK for status in columns[_STATUS]]
        if not all(ok):
            columns = [list(compress(column, ok)) for column in columns]
        self.said: dict[str, Sequence[Any]] = dict(zip(Row._fields, columns, strict=True))
        self._columns = columns
        self.indexes: dict[str, list[bytes | None]] = indexed(self.said)
        self.fields: list[Sequence[Any]] = [
            [*map(_area, column)] if name in AREA_COLUMNS else or_else(column, None)
            for name, column in (
                (name, self.said[_ROW_NAME.get(name, name)]) for name in HOUSE_FACTS
            )
        ]

    def incoming(self) -> list[Incoming]:
        """Return what comparing needs of each row."""
        said = self.said
        return [
            *map(
                Incoming._make,
                zip(
                    said["house_key"],
                    zip(*self.fields, strict=True),
                    self.indexes["remark"],
                    or_else(said["owner_name_key"], None),
                    self.indexes["id_number"],
                    self.indexes["phone"],
                    or_else(said["sex"], None),
                    or_else(said["owner_number"], None),
                    or_else(said["id_type"], None),
                    map(_share, said["share_numerator"], said["share_denominator"]),
                    [birth[:7] if birth else None for birth in said["birth"]],
                    strict=True,
                ),
            )
        ]

    def bringing(self) -> Iterator[int]:
        """Yield the places of rows that bring more than house, owner and one phone."""
        more = [column for column in self._columns[_BRINGS:] if any(column)]
        more += [column for column in (self.said["more_phones"],) if any(column)]
        for at, given in enumerate(zip(*more, strict=True)):
            if any(given):
                yield at

    def row(self, at: int) -> Row:
        """Return one row as the reader understood it."""
        return Row._make(column[at] for column in self._columns)


def or_else(column: Sequence[Any], otherwise: str | None) -> Sequence[Any]:
    """Return a column with `otherwise` in place of what is empty."""
    return column if all(column) else [value or otherwise for value in column]


def where(ids: Sequence[bytes | str | None], column: Sequence[Any]) -> list[Any]:
    """Return the values of those rows that have an id, or whatever else `ids` hold."""
    return [None if id_ is None else value for id_, value in zip(ids, column, strict=True)]


def _share(numerator: int | None, denominator: int | None) -> Share | None:
    return (numerator, denominator) if numerator and denominator else None


@lru_cache(maxsize=4096)  # the flats of a building have few areas
def _area(text: str | None) -> str | None:
    """Return an area's text with the four decimals that the live column gives back."""
    if text is None:
        return None
    whole, _point, part = text.partition(".")
    return f"{whole}.{part:0<4}"
