"""What stands below a header speaks for its meaning, or for what to ask (3.1.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pcloud_cli.sheets.cells import Cell
from pcloud_cli.sheets.characters import is_blank
from pcloud_cli.sheets.house_facts import house_text
from pcloud_cli.sheets.identity import judge_id
from pcloud_cli.sheets.phone import judge_phone
from pcloud_cli.sheets.values import (
    judge_house_kind,
    judge_house_status,
    judge_owner_type,
    judge_sex,
)

_LAYOUT_SIGNS = "室厅房卫户型"


def _share(texts: Sequence[str], known: Callable[[str], bool]) -> float:
    return sum(map(known, texts)) / len(texts)


def likely_fields(values: Sequence[Cell]) -> tuple[str, ...]:
    """Return the field whose values a column without a header holds, to be asked about."""
    texts = [house_text(value) for value in values if not is_blank(house_text(value))]
    if len(texts) < 2:
        return ()
    tests: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("id_number", lambda text: judge_id(text).status == "present"),
        ("phone", lambda text: judge_phone(text).status == "present"),
        ("sex", lambda text: bool(judge_sex(text).value)),
        ("house_status", lambda text: bool(judge_house_status(text).value)),
        ("house_kind", lambda text: bool(judge_house_kind(text).value)),
    )
    return next(((field,) for field, known in tests if _share(texts, known) >= 0.8), ())


def decide_header(candidates: tuple[str, ...], values: Sequence[Cell]) -> str | None:
    """Return which of `candidates` the `values` below a header speak for, None if none."""
    texts = [house_text(value) for value in values if not is_blank(house_text(value))]
    if not texts:
        return None
    if set(candidates) == {"house_kind", "house_type"}:
        if _share(texts, lambda text: bool(judge_house_kind(text).value)) >= 0.6:
            return "house_kind"
        layouts = _share(texts, lambda text: any(sign in text for sign in _LAYOUT_SIGNS))
        return "house_type" if layouts >= 0.5 else None
    if set(candidates) == {"owner_type", "family"}:
        known = _share(texts, lambda text: bool(judge_owner_type(text).value))
        return "owner_type" if known >= 0.8 else None
    if candidates == ("house_status",):
        known = _share(texts, lambda text: bool(judge_house_status(text).value))
        return "house_status" if known >= 0.8 else None
    return None
