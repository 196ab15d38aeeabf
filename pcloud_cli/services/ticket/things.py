"""Things that go into a repair, as people write them: ``角阀*2``."""

from __future__ import annotations

import re
import unicodedata

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.security.mask import mask_numbers

_THING = re.compile(r"(.+?)(?:\s*[*×]\s*([\d.]+))?")
_SIGN = re.compile("[*×]")
_PERSON = re.compile(r"\d[\d\- ]{9,}|@")
"""What a phone, an ID number or a mail address looks like, and no thing does."""
_LONGEST = 60


def named(text: str, option: str) -> tuple[str, str]:
    """Return name and quantity of ``角阀*2``, a quantity of one where none is said.

    What looks like a person's number is no name of a thing, and a sign without a number behind it
    no quantity: UsageProblem.
    """
    plain = unicodedata.normalize("NFC", text.replace("＊", "*")).strip()
    found = _THING.fullmatch(plain)
    name = found[1].strip() if found else ""
    uncounted = found is not None and found[2] is None and _SIGN.search(name)
    wrong = uncounted or len(name) > _LONGEST or _PERSON.search(name)
    if wrong or not any(map(str.isalpha, name)):
        raise UsageProblem(
            _("{name} cannot be {value}.").format(name=option, value=repr(mask_numbers(text))),
            hint=_("Write the thing and how many of it, like 角阀*2."),
        )
    return name, (found[2] if found else None) or "1"
