"""Passwords that are tried first: known by how they are made, not by a list of them.

They are put together of a common word, often with signs for letters, a year, a row of keys, a
sign again and again. Whatever of a password remains beside such parts is what makes it hard to
guess: where that is too little, it is common.
"""

from __future__ import annotations

_WORDS = """
password passwd pass pwd secret login logon admin administrator root user guest test testing
welcome hello letmein master manager system server service default changeme change temp
temporary office company property cloud pcloud happy lucky money love iloveyou baby angel
dragon monkey tiger sunshine princess shadow superman batman football flower summer winter
spring autumn january february march april june july august september october november
december monday tuesday wednesday thursday friday saturday sunday china beijing shanghai
guangzhou shenzhen hangzhou chengdu nanjing wuhan woaini woaiwojia nihao wuye wuyefei xiaoqu
kefu weixiu caiwu xingzheng guanli guanliyuan mima denglu yonghu gongsi zhongguo pingan
jixiang facai fafafa yezhu huayuan baoan ceshi xitong 520 521 1314 5201314 168 110 119 abc qaz
asd zxc wsx
"""
_BASES = frozenset(_WORDS.split())
"""What people at an office write first, in English, in pinyin and in digits."""
_LONGEST_BASE = max(map(len, _BASES))
_LEET = {
    "@": "a", "4": "a", "3": "e", "1": "il", "!": "i", "|": "il", "0": "o", "$": "s", "5": "s",
    "7": "t", "+": "t", "9": "g", "8": "b", "2": "z",
}  # fmt: skip
_SHIFTED = str.maketrans('!@#$%^&*()_+{}:"<>?|~', "1234567890-=[];',./\\`")
_ROWS = ("1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./")
_COLUMNS = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/")
_ORDER = ("abcdefghijklmnopqrstuvwxyz", "0123456789")
_WALKS = tuple(way for row in (*_ROWS, *_COLUMNS, *_ORDER) for way in (row, row[::-1]))
_SHORTEST_WALK = 3
_LONGEST_PART = 16
_ENOUGH = 4
"""So many signs beside the common parts make a password one's own."""


def is_common(password: str) -> bool:
    """Return whether `password` is one that is tried first.

    >>> is_common("P@ssw0rd2026!"), is_common("1qaz@WSX"), is_common("Quiet-lake-27")
    (True, True, False)
    """
    text = password.casefold()
    if _repeats(text):
        return True
    return _own_signs(text) < _ENOUGH


def _own_signs(text: str) -> int:
    """Return how many signs of `text` remain beside its common parts, at least."""
    fewest = [0]
    for end in range(1, len(text) + 1):
        best = fewest[end - 1] + 1
        for start in range(max(0, end - _LONGEST_PART), end - 1):
            if fewest[start] < best and _is_part(text[start:end]):
                best = fewest[start]
        fewest.append(best)
    return fewest[-1]


def _is_part(part: str) -> bool:
    return (
        len(set(part)) == 1
        or _is_walk(part)
        or _is_year(part)
        or (len(part) <= _LONGEST_BASE and any(_reads(part, base) for base in _BASES))
    )


def _is_walk(part: str) -> bool:
    if len(part) < _SHORTEST_WALK:
        return False
    pressed = part.translate(_SHIFTED)
    return any(pressed in way for way in _WALKS)


def _is_year(part: str) -> bool:
    """Return whether `part` is a year, or a day with its year."""
    if not (part.isascii() and part.isdecimal() and part[:2] in ("19", "20")):
        return False
    return len(part) == 4 or (
        len(part) in (6, 8) and 1 <= int(part[4:6]) <= 12 and int(part[6:] or 1) <= 31
    )


def _reads(part: str, base: str) -> bool:
    """Return whether `part` is `base`, perhaps with other signs for some letters."""
    return len(part) == len(base) and all(
        sign == letter or letter in _LEET.get(sign, "")
        for sign, letter in zip(part, base, strict=True)
    )


def _repeats(text: str) -> bool:
    """Return whether `text` is one short piece again and again."""
    return any(
        len(text) >= 2 * size and text == (text[:size] * (len(text) // size + 1))[: len(text)]
        for size in range(1, 5)
    )
