"""What is shown of private data by default (2.3.3): enough to recognise, too little to use."""

from __future__ import annotations

import re

_SIGN = r"[^\W_\u4e00-\u9fff]"  # a letter or digit of any width, no Chinese character
_BETWEEN = r"[\s\-\u2010-\u2015\u200b-\u200f－.*×]*"
_RUN = re.compile(f"{_SIGN}(?:{_BETWEEN}{_SIGN})*")
_FEWEST = 5


def mask_phone(text: str) -> str:
    """Return a phone number with its middle hidden.

    >>> mask_phone("13800001234"), mask_phone("62340000")
    ('138****1234', '******00')
    """
    if len(text) >= 11:
        return f"{text[:3]}****{text[-4:]}"
    if len(text) >= 7:
        return "*" * (len(text) - 2) + text[-2:]
    return "****"


def mask_mail(text: str) -> str:
    """Return a mail address with all but its first sign and its host hidden.

    >>> mask_mail("wang@example.com")
    'w***@example.com'
    """
    return f"{text[:1]}***@{text.rpartition('@')[2]}"


def mask_id(text: str) -> str:
    """Return an ID number with all but the first three and last two signs hidden.

    >>> mask_id("110101199003070011"), mask_id("E12345678"), mask_id("123")
    ('110*************11', 'E*******8', '****')
    """
    if len(text) >= 15:
        return f"{text[:3]}{'*' * (len(text) - 5)}{text[-2:]}"
    if len(text) >= 7:
        return f"{text[0]}{'*' * (len(text) - 2)}{text[-1]}"
    return "****"


def mask_name(text: str) -> str:
    """Return the first sign of a name; how long the rest is stays hidden.

    >>> mask_name("王小明"), mask_name("李")
    ('王**', '*')
    """
    return f"{text[0]}**" if len(text) > 1 else "*"


def mask_plate(text: str) -> str:
    """Return a number plate with its middle hidden.

    >>> mask_plate("京A12345"), mask_plate("A12")
    ('京A***45', '****')
    """
    if len(text) >= 7:
        return f"{text[:2]}{'*' * (len(text) - 4)}{text[-2:]}"
    return "****"


def mask_numbers(text: str) -> str:
    """Return `text` with every number in it hidden that could be an ID number or a phone.

    Signs that part it are kept, so that the text can still be compared with a whole one.

    >>> mask_numbers("甲：110101199003070011；乙 138-0000-1234")
    '甲：110*************11；乙 138-****-1234'
    """
    return _RUN.sub(_hidden_run, text)


def _hidden_run(found: re.Match[str]) -> str:
    run = found.group()
    places = [at for at, sign in enumerate(run) if sign.isalnum() or sign == "*"]
    if sum(run[at].isdigit() for at in places) < _FEWEST:
        return run
    length = len(places)
    first, last = (3, 2) if length >= 15 else (3, 4) if length >= 11 else (1, 1)
    if length < 7:
        first = last = 0
    hidden = set(places[first : length - last])
    return "".join("*" if at in hidden else sign for at, sign in enumerate(run))
