"""Why a message did not arrive: a code that holds no address, no secret and no text."""

from __future__ import annotations

import re

_UNSAFE = re.compile(r"[^A-Za-z0-9_.\-]")
_MOST = 60


class Undelivered(Exception):
    """A message did not arrive, or it is not known whether it did.

    `code` is a word, or a word, a colon and what the receiver answered, for example
    ``http:403``.
    """

    def __init__(self, word: str, answer: object = None) -> None:
        self.code = word if answer is None else f"{word}:{safe(answer)}"
        super().__init__(self.code)


def safe(answer: object) -> str:
    """Return a receiver's own code fit to be stored and shown: letters, digits, at most 60.

    Digits in a row that could be somebody's number are taken out.
    """
    text = _UNSAFE.sub("", str(answer))[:_MOST]
    return re.sub(r"\d{7,}", "-", text)
