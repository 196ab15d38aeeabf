"""Text measured and folded in terminal columns, where a Chinese character takes two."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TextIO

_WORDS = re.compile(r"\s+|\S+")
_FIRST_WIDE, _LAST_WIDE = "⺀", "\uffff"  # a class of them would take a pattern 4 ms to compile
_CLOSING = "，。；：、）」”！？》】"


def terminal_width(stream: TextIO, env: Mapping[str, str] | None = None) -> int | None:
    """Return how many columns the terminal behind `stream` has; None where there is none.

    `COLUMNS` of `env`, a positive number, goes before what the terminal says.
    """
    if not stream.isatty():
        return None
    columns = (env or {}).get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=8192)  # the cells of a column are often alike
def width_of(text: str) -> int:
    """Return how many terminal columns `text` takes.

    >>> width_of("3栋301")
    6
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def wrapped(text: str, width: int, indent: int = 0) -> Iterator[str]:
    """Give the lines of `text`, each indented and at most `width` columns wide with its indent.

    It is broken at spaces and beside Chinese characters; a longer word stands on its own line.

    >>> list(wrapped("one two three", 9, 1))
    [' one two', ' three']
    >>> list(wrapped("楼栋不明。", 8))
    ['楼栋不', '明。']
    """
    room = width - indent
    line: list[str] = []
    used = 0
    for found in _pieces(text):
        piece = found
        if line and used + width_of(piece) > room:
            # a sign that closes takes what it follows along to the next line
            taken = [line.pop()] if piece in _CLOSING and len(line) > 1 else []
            yield " " * indent + "".join(line).rstrip()
            piece = piece if taken else piece.lstrip()
            line = [part.lstrip() for part in taken]
            used = sum(map(width_of, line))
        line.append(piece)
        used += width_of(piece)
    last = "".join(line).rstrip()
    if last:
        yield " " * indent + last


def _pieces(text: str) -> Iterator[str]:
    """Give what is not broken: words, spaces between them, and each Chinese character alone."""
    for word in _WORDS.findall(text):
        if word.isascii():
            yield word
            continue
        begun = 0
        for place, char in enumerate(word):
            if _FIRST_WIDE <= char <= _LAST_WIDE:
                if begun < place:
                    yield word[begun:place]
                yield char
                begun = place + 1
        if begun < len(word):
            yield word[begun:]
