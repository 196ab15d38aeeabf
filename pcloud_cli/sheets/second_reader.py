"""The second reader, for an .xlsx that the first cannot read: openpyxl, row after row.

Slower, and so content with sheets whose few cells lie far apart. Cells come out as the first
reader gives them. Runs in a reading child of its own.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, NamedTuple

from pcloud_cli.sheets.zip_look import Refused

Values = Sequence[Any]

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
"""As many as a sheet of .xlsx can have."""

_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
)
_MIDNIGHT = datetime.time()
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # ECMA-376 part 1, 22.9.2.19 ST_Xstring


class SecondSheet(NamedTuple):
    """One sheet. `rows()` begins anew at each call, with row 1 and column A; the last cells of a
    row may be missing, an empty cell is ``""``. It raises Refused ``far_corner``, ``unreadable``.
    """

    name: str
    hidden: bool
    rows: Callable[[], Iterator[Values]]

    def is_empty(self) -> bool:
        """Return whether no cell holds anything."""
        return not any(value != "" for row in self.rows() for value in row)


def xlsx_sheets(stream: IO[bytes]) -> list[SecondSheet]:
    """Return the sheets of an .xlsx that hold cells. Raises Refused ``unreadable``."""
    import openpyxl

    try:
        stream.seek(0)
        book = openpyxl.load_workbook(
            io.BytesIO(stream.read()), read_only=True, data_only=True, keep_links=False
        )
        sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")]
    except MemoryError:
        raise
    except Exception:  # a damaged part shows itself in any way
        raise Refused("unreadable") from None
    return [SecondSheet(str(s.title), s.sheet_state != "visible", _Rows(s)) for s in sheets]


class _Rows:
    """Reads a sheet of openpyxl anew at every call."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet

    def __call__(self) -> Iterator[Values]:
        self._sheet.reset_dimensions()  # what the sheet claims about its size is not believed
        rows = self._sheet.iter_rows(values_only=True)
        try:
            for number, row in enumerate(rows):
                if number >= MOST_ROWS or len(row) > MOST_COLUMNS:
                    raise Refused("far_corner", cells=number * max(len(row), 1))
                yield [_cell(value) for value in row]
        except (Refused, MemoryError):
            raise
        except Exception:
            raise Refused("unreadable") from None


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if type(value) is str:
        if value in _ERRORS:
            return ""
        return _ESCAPED.sub(_sign, value) if "_x" in value else value
    if type(value) is int:
        return float(value)
    if type(value) is datetime.datetime and value.time() == _MIDNIGHT:
        return value.date()
    return value


def _sign(escaped: re.Match[str]) -> str:
    return chr(int(escaped[1], 16))
