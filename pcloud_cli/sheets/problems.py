"""A problem of a cell: how severe it is, what it says, and what to do about it (3.1.1)."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from typing import NamedTuple

from pcloud_cli.i18n import _
from pcloud_cli.security.mask import mask_id, mask_name, mask_phone, mask_plate
from pcloud_cli.sheets.fields import FIELD_TITLES, PRIVATE_FIELDS
from pcloud_cli.sheets.problem_codes import CODES, FALLBACK, PIECES


class Problem(NamedTuple):
    """One problem of one cell.

    `sheet`, `row` (as the spreadsheet numbers it) and `column` (its letters) say where; `field`
    is one of `fields.FIELDS` or ``''``; `value` is what stands in the cell, masked where it is
    private; `params` fill the message and hold nothing private.
    """

    sheet: str
    row: int
    column: str
    field: str
    code: str
    severity: str
    value: str
    params: dict[str, str]


_MASKS: Mapping[str, Callable[[str], str]] = {
    "id_number": mask_id,
    "phone": mask_phone,
    "emergency_phone": mask_phone,
    "plate": mask_plate,
    "owner_name": mask_name,
    "emergency_name": mask_name,
}

_WORDED = frozenset({"owner_name", "emergency_name", "plate"})
"""Fields whose masks expect Chinese; in the others it is a name beside the number."""

MAX_SHOWN = 60
"""Characters of a cell that a problem shows."""


def problem(
    sheet: str,
    row: int,
    column: str,
    field: str,
    code: str,
    value: object = "",
    params: Mapping[str, str] | None = None,
    *,
    strict: bool = False,
) -> Problem:
    """Make a Problem: severity from its code, `value` masked as `field` asks.

    `strict` makes every warning about a personal field an error (``--strict``).
    """
    severity = CODES.get(code, FALLBACK)[0]
    if strict and severity == "warning" and field in PERSONAL_FIELDS:
        severity = "error"
    # a placeholder is nobody's datum, and seeing it tells what to look for
    open_ = code in PLACEHOLDERS or code == "header_ambiguous"  # a header is no datum
    shown = str(value)[:MAX_SHOWN] if open_ else shown_value(field, value)
    return Problem(sheet, row, column, field, code, severity, shown, dict(params or {}))


PLACEHOLDERS = frozenset({"id_placeholder", "phone_placeholder", "name_placeholder"})
"""The codes whose value is shown as it stands."""


PERSONAL_FIELDS: frozenset[str] = PRIVATE_FIELDS | {"id_type", "sex", "share", "owner_type"}
"""The fields whose warnings ``--strict`` makes errors."""


def shown_value(field: str, value: object) -> str:
    """Return a cell's value as a problem may show it: masked where `field` is private, short."""
    text = "" if value is None else str(value)
    if text and field in PRIVATE_FIELDS and not _harmless(text):
        mask = _MASKS.get(field, _hidden) if text.isascii() or field in _WORDED else _hidden
        text = mask(text.strip() or text)
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def _harmless(text: str) -> bool:
    """Say whether `text` is a mere sign or a word for nothing, which is no private datum."""
    return len(text) <= 2 and not any(sign.isdigit() for sign in text) and not text.isalpha()


def _hidden(text: str) -> str:
    return f"{text[0]}**" if len(text) > 1 else "*"


class _Params(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def message(of: Problem) -> str:
    """Return what `of` says, in the user's language."""
    return _filled(CODES.get(of.code, FALLBACK)[1], of)


def hint(of: Problem) -> str:
    """Return what to do about `of`, in the user's language."""
    return _filled(CODES.get(of.code, FALLBACK)[2], of)


def _filled(template: str, of: Problem) -> str:
    params = _Params({name: _translated(name, value) for name, value in of.params.items()})
    params.setdefault("field", _(FIELD_TITLES.get(of.field, of.field)))
    params.setdefault("code", of.code)
    return string.Formatter().vformat(_(template), (), params)


def _translated(name: str, value: str) -> str:
    """Return a parameter as it is printed: names of pieces and fields are translated."""
    if name in ("piece", "field"):
        return _(PIECES.get(value) or FIELD_TITLES.get(value, value))
    return str(value)
