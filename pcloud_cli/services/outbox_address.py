"""Reading the mobile and the mail address out of an account's contact."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

_MAIL = re.compile(r"[^\s@<>,;，；、]+@[^\s@<>,;，；、]+\.[^\s@<>,;，；、]+")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86|0086)?(1[3-9]\d{9})(?!\d)")
_SPELT = re.compile(r"(?<!\d)(?:(?:\+?86|0086)[ \-·]?)?1[3-9](?:[ \-·]?\d){9}(?!\d)")
_ALONE = re.compile(r"[\s,，;；、]*[,，;；、](?=\s*$|[\s]*[,，;；、])|^[\s,，;；、]+")
_BETWEEN = re.compile(r"(?<=\d)[ \-·](?=\d)")


class Address(NamedTuple):
    """Where one person is reached: a mainland mobile of eleven digits, a mail address."""

    mobile: str | None
    mail: str | None


def read_address(contact: str) -> Address:
    """Return the first mobile and the first mail address in a contact as people write it.

    >>> read_address("手机 +86 139-0000-0001，wang@example.com")
    Address(mobile='13900000001', mail='wang@example.com')
    """
    text = unicodedata.normalize("NFKC", contact)
    mail = _MAIL.search(text)
    rest = text.replace(mail.group(), " ") if mail else text
    mobile = _MOBILE.search(_BETWEEN.sub("", rest))
    return Address(mobile.group(1) if mobile else None, mail.group() if mail else None)


def with_mobile(contact: str, mobile: str | None) -> str:
    """Return a contact with its mobile replaced, added or, for None, taken out; the rest stays.

    >>> with_mobile("手机 139 0000 0001，分机 801", "13900000002")
    '手机 13900000002，分机 801'
    """
    return _put(contact, _mobile_span, mobile)


def with_mail(contact: str, mail: str | None) -> str:
    """Return a contact with its mail address replaced, added or, for None, taken out.

    >>> with_mail("13900000001，wang@example.com", None)
    '13900000001'
    """
    return _put(contact, _mail_span, mail)


def _mobile_span(text: str) -> tuple[int, int] | None:
    start, end = _mail_span(text) or (0, 0)
    spans = (found.span() for found in _SPELT.finditer(text))
    return next((each for each in spans if each[1] <= start or each[0] >= end), None)


def _mail_span(text: str) -> tuple[int, int] | None:
    found = _MAIL.search(text)
    return found.span() if found else None


def _put(contact: str, find: Callable[[str], tuple[int, int] | None], new: str | None) -> str:
    text = contact.strip()
    # digits of full width are found in the compatible form only, which costs the rest its own
    span = find(text)
    if span is None:
        compatible = unicodedata.normalize("NFKC", text)
        span = find(compatible)
        text = text if span is None else compatible
    if span is None:
        return "，".join(part for part in (text, new) if part)
    rest = _ALONE.sub("", f"{text[: span[0]]}{new or ''}{text[span[1] :]}").strip()
    return rest if new else _put(rest, find, None)  # a second one would come into its place
