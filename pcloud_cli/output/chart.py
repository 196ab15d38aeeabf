"""Charts: which kind a table of counts wants, and bars drawn in a terminal.

Numbers stand before the bars, so that a terminal which draws block characters two columns wide
still shows straight columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, TextIO

from rich.cells import cell_len, set_cell_size

from pcloud_cli.i18n import _
from pcloud_cli.output.text import terminal_width
from pcloud_cli.output.values import for_terminal

_BLOCKS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_FULL = "█"
_PLAIN_FULL = "#"
_NARROWEST = 10
_WIDEST = 50
_LABEL_LIMIT = 32
_PIPED_WIDTH = 80


class ChartKind(StrEnum):
    """How a table of counts is drawn in a workbook; a terminal draws bars for all but `NONE`."""

    NONE = "none"
    COLUMN = "column"
    BAR = "bar"
    PIE = "pie"


class Bar(NamedTuple):
    """One bar: what it counts, how many, and which part of the whole (0 to 1) that is."""

    label: str
    value: int | Decimal
    share: Decimal | None = None


def draws_unicode(env: Mapping[str, str]) -> bool:
    """Say whether the terminal that `env` describes shows block characters.

    It does where the locale's character set is UTF-8 and the terminal is not ``dumb``.
    """
    if env.get("TERM") == "dumb":
        return False
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = env.get(name)
        if value:
            return value.lower().replace("-", "").endswith("utf8")
    return False


def width_for(stream: TextIO, env: Mapping[str, str]) -> int:
    """Return how many columns a chart on `stream` may take: the terminal's, 80 where piped."""
    return terminal_width(stream, env) or _PIPED_WIDTH


def bars(items: Sequence[Bar], *, width: int, unicode: bool) -> list[str]:
    """Return one line for each of `items`: label, value, share, bar.

    The longest bar belongs to the largest value; nothing but zero is drawn as no bar. Labels
    wider than 32 columns are cut with an ellipsis. `width` counts terminal columns.
    """
    if not items:
        return []
    labels = [_fitted(for_terminal(item.label), "…" if unicode else "..") for item in items]
    values = [f"{item.value:,}" for item in items]
    shares = ["" if item.share is None else f"{item.share * 100:.1f}%" for item in items]
    left = max(cell_len(label) for label in labels)
    middle = max(len(value) for value in values)
    right = max(len(share) for share in shares)
    fixed = left + 2 + middle + 2 + (right + 2 if right else 0)
    room = min(max(width - fixed - 2, _NARROWEST), _WIDEST)
    largest = max(item.value for item in items)
    lines = []
    for item, label, value, share in zip(items, labels, values, shares, strict=True):
        text = f"  {set_cell_size(label, left)}  {value.rjust(middle)}"
        if right:
            text += f"  {share.rjust(right)}"
        lines.append(f"{text}  {_bar(item.value, largest, room, unicode)}".rstrip())
    return lines


def write_bars(
    stream: TextIO,
    title: str,
    items: Sequence[Bar],
    *,
    env: Mapping[str, str],
    most: int | None = None,
) -> None:
    """Write a title and the bars of `items`; beyond `most` bars the rest becomes one line."""
    shown = list(items) if most is None or len(items) <= most + 1 else list(items[:most])
    stream.write(for_terminal(title) + "\n")
    width = width_for(stream, env)
    for line in bars(shown, width=width, unicode=draws_unicode(env)) or ["  " + _("no data")]:
        stream.write(line + "\n")
    rest = items[len(shown) :]
    if rest:
        total: Any = sum(item.value for item in rest)
        more = _("and {count} more, together {total}").format(count=len(rest), total=total)
        stream.write(f"  {more}\n")


def _bar(value: int | Decimal, largest: int | Decimal, room: int, unicode: bool) -> str:
    if value <= 0 or largest <= 0:
        return ""
    eighths = max(1, int(Decimal(value) * room * 8 / Decimal(largest) + Decimal("0.5")))
    if not unicode:
        return _PLAIN_FULL * max(1, (eighths + 4) // 8)
    whole, part = divmod(eighths, 8)
    return _FULL * whole + _BLOCKS[part]


def _fitted(label: str, cut: str) -> str:
    if cell_len(label) <= _LABEL_LIMIT:
        return label
    return set_cell_size(label, _LABEL_LIMIT - len(cut)).rstrip() + cut
