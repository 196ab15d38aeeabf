"""How long the developer answers for each part of a building (质保), as policy says it.

Shipped are the shortest periods that a developer must grant in China: articles 40 and 41 of the
State Council's regulation on the quality of construction (建设工程质量管理条例, 2000, amended 2019)
and articles 7 and 8 of the ministry's warranty measures (房屋建筑工程质量保修办法, 2000).
A contract may grant longer ones, never shorter. Heating and cooling are warranted for two seasons;
24 months stand for them. Equipment goes by the paper that came with it, and has none here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from pcloud_cli.i18n import N_, _, in_chinese
from pcloud_cli.services.policy_rules import texts

_PERIOD = re.compile(r"([^:]{1,60}):\s*(\d{1,4})")
_MOST = 1200
"""Months: longer than any structure's design life is warranted."""


STATUTORY = {
    "waterproofing": 60,
    "plumbing": 24,
    "wiring": 24,
    "heating": 24,
    "finishing": 24,
}
"""The shortest warranty by part, in months, as the articles above say it."""


class Period(NamedTuple):
    """How many months a part of a building is under warranty; `part` is a code of `PARTS`."""

    part: str
    months: int


def period(text: str) -> Period | None:
    """Return the period that ``part: months`` says, the part by code or name; None for nonsense."""
    from pcloud_cli.services.fault_type import PARTS

    found = _PERIOD.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None or not 1 <= int(found[2]) <= _MOST:
        return None
    wanted = found[1].strip().casefold()
    for code, name in PARTS.items():
        called = (code, name, _(name), in_chinese(name))
        if wanted in {unicodedata.normalize("NFKC", each).casefold() for each in called}:
            return Period(code, int(found[2]))
    return None


def _shape(text: str) -> str | None:
    said = period(text)
    if said is None:
        return _("each must be like part: months, with a part of `pcloud fault-type list`")
    least = STATUTORY.get(said.part, 0)
    if said.months < least:
        return _("{part}: the law asks for {least} months at least").format(
            part=text.partition(":")[0].strip(), least=least
        )
    return None


@dataclass(frozen=True)
class WarrantyPolicy:
    """The developer's warranty: for how long, part by part."""

    periods: tuple[str, ...] = texts(
        (
            "防水: 60",
            "给排水管道: 24",
            "电气管线: 24",
            "供热供冷系统: 24",
            "装修（门窗墙地面）: 24",
        ),
        N_("months that a part is under the developer's warranty, from the hand-over on"),
        shape=_shape,
    )

    def months(self) -> dict[str, int]:
        """Return the months of warranty by part; what policy leaves out is as the law has it."""
        known = (period(text) for text in self.periods)
        return STATUTORY | {one.part: one.months for one in known if one is not None}
