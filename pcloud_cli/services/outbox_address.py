"""Reading the mobile and the mail address out of an account's contact."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_MAIL = re.compile(r"[^\s@<>,;，；、]+@[^\s@<>,;，；、]+\.[^\s@<>,;，；、]+")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86|0086)?(1[3-9]\d{9})(?!\d)")
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
