"""Money as people write it and as it is reckoned: Decimal yuan, to the fen, never a float."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _

FEN = Decimal("0.01")
_YUAN = re.compile(r"[¥￥]?\s*(\d{1,9}(?:\.\d{1,2})?)\s*元?")
_QUANTITY = re.compile(r"\d{1,6}(?:\.\d{1,3})?")


def yuan(text: str, option: str) -> Decimal:
    """Return the amount in yuan that `text` says (``35``, ``35.00``, ``¥35``, ``35元``).

    Raises UsageProblem naming `option` for anything else, more than two decimals among it.
    """
    found = _YUAN.fullmatch(unicodedata.normalize("NFKC", text).replace(",", "").strip())
    if found is None:
        raise UsageProblem(
            _("{name} cannot be {value}.").format(name=option, value=repr(text)),
            hint=_("Write an amount in yuan, like 35 or 35.50."),
        )
    return Decimal(found[1]).quantize(FEN)


def quantity(text: str, option: str) -> Decimal:
    """Return how many or how much ``2``, ``0.5`` or ``12.375`` is, more than none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _QUANTITY.fullmatch(plain) or not Decimal(plain):
        raise UsageProblem(
            _("{name} cannot be {value}.").format(name=option, value=repr(text)),
            hint=_("Write a quantity, like 2 or 0.5."),
        )
    return Decimal(plain)


def amount(price: Decimal, count: Decimal) -> Decimal:
    """Return what `count` of something costs at `price` each, rounded half up to the fen."""
    return (price * count).quantize(FEN, ROUND_HALF_UP)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the sum of amounts that are whole fen."""
    return sum(amounts, Decimal(0)).quantize(FEN)


def plain(count: Decimal) -> str:
    """Return a quantity without needless zeros: ``2``, ``0.5``."""
    return f"{count.normalize():f}"
