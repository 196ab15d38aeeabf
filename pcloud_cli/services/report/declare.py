"""What declares a report: a name, a question, a permission, and tables with their queries.

A new report is a module with one `Report`, entered in `registry.REPORTS`. Its queries
count and add in the database; what they return is as small as what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.chart import ChartKind
from pcloud_cli.output.columns import Column, Columns
from pcloud_cli.output.workbook import Kind
from pcloud_cli.services.sight import Sight

COUNTED: tuple[Column, ...] = (
    Column("key", N_("Key"), detail=True),
    Column("label", N_("Label")),
    Column("count", N_("Count"), right=True),
    Column("share", N_("Share"), right=True),
)
"""The columns of a table of counts; `key` is the stable code behind the translated label."""

UNKNOWN = "unknown"
_STEP = Decimal("0.0001")


@dataclass(frozen=True)
class Scope:
    """What a report is asked about: what lies within `sight`, as it is on the day `today`.

    `since` and `until` (not including) are aware moments that bound what happened, None for open.
    """

    sight: Sight
    today: date
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Section:
    """One table of a report. `query` returns its rows, with the names of `columns`."""

    code: str
    title: str
    query: Callable[[Work, Scope], Sequence[dict[str, Any]]]
    chart: ChartKind = ChartKind.BAR
    columns: Columns = COUNTED
    label: str = "label"
    value: str = "count"
    share: str | None = "share"
    kinds: Mapping[str, Kind] = field(default_factory=lambda: {"share": Kind.SHARE})


@dataclass(frozen=True)
class Report:
    """A report: `title` and `question` are message ids, `clause` is what it answers to."""

    name: str
    title: str
    question: str
    clause: str
    permission: str
    sections: tuple[Section, ...]


def counted(
    pairs: Iterable[tuple[str | None, int]],
    words: Mapping[str, str],
    *,
    always: Iterable[str] = (),
) -> list[dict[str, Any]]:
    """Return rows (key, label, count, share) of `pairs` (code, count), in the order of `words`.

    `words` translates codes; those of `always` appear even when nobody has them, others only
    when somebody does. No code is `UNKNOWN`, which comes last. Codes without a word are their
    own label and follow, the most frequent first.
    """
    counts: dict[str, int] = dict.fromkeys(always, 0)
    for code, count in pairs:
        counts[code or UNKNOWN] = counts.get(code or UNKNOWN, 0) + count
    total = sum(counts.values())
    places = {code: place for place, code in enumerate(words)}
    known = sorted((code for code in counts if code in places), key=places.__getitem__)
    free = sorted(
        (code for code in counts if code not in places and code != UNKNOWN),
        key=lambda code: (-counts[code], code),
    )
    last = [UNKNOWN] if UNKNOWN in counts and UNKNOWN not in places else []
    return [
        {
            "key": code,
            "label": _label(code, words),
            "count": counts[code],
            "share": (Decimal(counts[code]) / total).quantize(_STEP) if total else Decimal(0),
        }
        for code in [*known, *free, *last]
    ]


def _label(code: str, words: Mapping[str, str]) -> str:
    if code in words:
        return _(words[code])
    return _("unknown") if code == UNKNOWN else code
