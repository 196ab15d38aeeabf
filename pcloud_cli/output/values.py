"""How single values look in each format, and how text that people wrote is made inert."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from pcloud_cli.i18n import _
from pcloud_cli.ids import id_text

# C0, DEL and C1 controls, and the bidirectional controls of Unicode (UAX 9)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARKED = ("'", *_FORMULA_START)
_MARKED_WITHIN = re.compile(r"\|['=+\-@＝＋－＠]")
_TEXT_OR_NOTHING = frozenset({str, type(None)})


def for_terminal(text: str) -> str:
    """Return `text` with control and bidirectional characters escaped, so that it does nothing."""
    if text.isprintable():
        return text
    return _CONTROLS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def shown(value: Any, zone: str) -> str:
    """Return `value` as a person reads it; moments in `zone`, to the minute."""
    if value is None:
        return ""
    if isinstance(value, str):
        return for_terminal(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bytes):
        return id_text(value) if len(value) == 16 else value.hex()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(item, zone) for item in value)
    return for_terminal(str(value))


def json_value(value: Any) -> Any:
    """Return `value` as JSON holds it: moments ISO 8601 in UTC, ids as text, Decimal a number."""
    if value is None or isinstance(value, (str, int, float)):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return id_text(value) if len(value) == 16 else value.hex()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_value(item) for item in value]
    return str(value)


def csv_cell(value: Any, zone: str) -> str | int | float:
    """Return `value` for a CSV cell; text that a spreadsheet would compute gets a ``'`` before it.

    The reader of this program takes that prefix off again. A phone number that begins with ``+``
    gets it too: no spreadsheet shows it as it is.
    """
    if type(value) is str:  # most cells by far
        return _inert(for_terminal(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    return _inert(shown(value, zone))


def csv_column(values: Sequence[Any], zone: str) -> Sequence[Any]:
    """Return what `csv_cell` returns for each of `values`; an empty cell may be None.

    Most columns hold nothing that calls for a look at each cell, which is seen at once.
    """
    if set(map(type, values)) <= _TEXT_OR_NOTHING:
        whole = f"|{'|'.join(filter(None, values))}"
        if whole.isprintable() and not _MARKED_WITHIN.search(whole):
            return values
    return [csv_cell(value, zone) for value in values]


def tsv_cell(value: Any, zone: str) -> str:
    """Return `value` for a TSV cell: on one line, and as inert as in CSV."""
    text = shown(value, zone)
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return text
    return _inert(" ".join(text.split()))


def _inert(text: str) -> str:
    return "'" + text if text.startswith(_MARKED) else text
