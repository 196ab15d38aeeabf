"""The header of a table: the row that says most, and the group row above or below it (3.1.1).

A header may stand in two rows: 业主信息 over 姓名 and 电话, 建筑面积 over 预测 and 实测. The upper
one says whose or which, the lower what.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pcloud_cli.sheets.cells import Cell, Merge
from pcloud_cli.sheets.characters import seen
from pcloud_cli.sheets.header_groups import group_meaning, is_group
from pcloud_cli.sheets.header_words import Meaning
from pcloud_cli.sheets.headers import judge_header, mapped_meaning, plain_header

_LONGEST = 200
_LONGEST_GROUP = 24
_LONGEST_HEADER = 30
_HEADER_FIELDS = 3  # told by a row below a list, which then is the header of another one
_DIGIT = re.compile(r"\d")
_HINTS = re.compile(r"必填|选填|可填|填写|文本|格式|下拉|示例|例如|例[:：]|如[:：]|说明|yyyy", re.I)
_EXAMPLE = re.compile(r"[(（【\[]?(?:示?例子?|样例|填写说明|说明)[:：)）】\]]?")


class HeaderCell(NamedTuple):
    """One column's header: `place` in a row's cells, the text as it is shown (``业主信息/姓名``
    where it stands in two rows), what it means, and whether its own words leave open whose it is.
    `settled` where the mapping said what it is."""

    place: int
    header: str
    meaning: Meaning
    plain: str
    grouped: bool
    settled: bool = False


class Header(NamedTuple):
    """Where a header stands: indices of its rows, its cells, and blank places between them.

    `skip` rows below it are hints on how to fill in the table. `met` are the headers of the mapping
    that stand in it.
    """

    rows: tuple[int, ...]
    cells: list[HeaderCell]
    blanks: list[int]
    skip: int
    met: frozenset[str]


def find_header(
    head: Sequence[Sequence[Cell]], settled: Mapping[str, str], merges: Sequence[Merge]
) -> Header | None:
    """Return the header among the rows of `head`, None where no row looks like one.

    `settled` maps plain headers to fields; `merges` count rows and places from 0.
    """
    best = _fullest(head, settled)
    if best is None:
        return None
    rows = [best]
    if best and _groups(head[best - 1], head[best], _on_row(merges, best - 1)):
        rows.insert(0, best - 1)
    elif best + 1 < len(head) and _details(head[best], head[best + 1], _on_row(merges, best)):
        rows.append(best + 1)
    upper = head[rows[0]] if len(rows) > 1 else []
    lower = head[rows[-1]]
    over = _spread(upper, lower, _on_row(merges, rows[0]))
    cells: list[HeaderCell] = []
    blanks: list[int] = []
    seen: dict[str, int] = {}
    met: set[str] = set()
    for place in range(max(len(lower), len(upper))):
        child = _shown(lower[place]) if place < len(lower) else ""
        parent = over.get(place, "")
        if not child and not parent:
            blanks.append(place)
            continue
        cells.append(_cell(place, parent, child, settled, seen, met))
    following = head[rows[-1] + 1 : rows[-1] + 3]
    skip = 0
    while skip < len(following) and _tells_how(following[skip]):
        skip += 1
    return Header(tuple(rows), cells, blanks, skip, frozenset(met))


def _shown(cell: Cell) -> str:
    return " ".join(seen(cell if isinstance(cell, str) else str(cell)).split())


def _cell(
    place: int,
    parent: str,
    child: str,
    settled: Mapping[str, str],
    seen: dict[str, int],
    met: set[str],
) -> HeaderCell:
    """Return the header of one column; `seen` counts how often its words came before, `met` gets
    its names that the mapping knows."""
    grouped = bool(parent and child and parent != child)
    header = f"{parent}/{child}" if grouped else child or parent
    own = plain_header(child or parent)
    plain = plain_header(parent) + own if grouped else own
    seen[own] = seen.get(own, 0) + 1
    numbered = f"{own}{seen[own]}" if seen[own] > 1 else ""
    names = [n for n in (plain_header(header), plain, numbered, own) if n and n in settled]
    met.update(names)
    if names:
        meaning = mapped_meaning(settled[names[0]], header)
        return HeaderCell(place, header, meaning, plain, grouped, settled=True)
    meaning = group_meaning(parent, child) if grouped else judge_header(child or parent)
    return HeaderCell(place, header, meaning, plain, grouped)


def _fullest(head: Sequence[Sequence[Cell]], settled: Mapping[str, str]) -> int | None:
    """Return the index of the row with the most distinct fields, at least two."""
    best, best_score = None, 1.5
    for number, row in enumerate(head):
        fields: set[tuple[str, ...]] = set()
        others = 0
        for cell in row:
            if type(cell) is not str or not cell or len(cell) > _LONGEST:
                continue
            if plain_header(cell) in settled:
                fields.add((settled[plain_header(cell)],))
                continue
            meaning = judge_header(cell)
            if meaning.field:
                fields.add((meaning.field, meaning.basis, meaning.whose))
            elif meaning.candidates:
                fields.add(meaning.candidates)
            elif meaning.reason not in ("unknown", "no_header"):
                others += 1
        score = len(fields) + others / 4
        if score > best_score:
            best, best_score = number, score
    return best


def _on_row(merges: Sequence[Merge], row: int) -> list[Merge]:
    return [merge for merge in merges if merge[0] <= row <= merge[2]]


def _known(text: str) -> bool:
    meaning = judge_header(text)
    return meaning.reason not in ("unknown", "no_header")


def _words(row: Sequence[Cell]) -> dict[int, str] | None:
    """Return the texts of a row that could be part of a header, None where a cell could not."""
    texts: dict[int, str] = {}
    for place, cell in enumerate(row):
        if cell == "" or (isinstance(cell, str) and not cell.strip()):
            continue
        if type(cell) is not str or len(cell) > _LONGEST:
            return None
        if _DIGIT.search(cell) and not _known(cell):
            return None
        texts[place] = cell
    return texts


def _groups(upper: Sequence[Cell], lower: Sequence[Cell], merges: Sequence[Merge]) -> bool:
    """Return whether `upper`, above the fullest row, groups its columns."""
    texts = _words(upper)
    below = [place for place, cell in enumerate(lower) if cell != ""]
    if not texts or any(len(text) > _LONGEST_GROUP for text in texts.values()):
        return False
    if len(texts) == 1:
        (place,) = texts
        whole = any(m[1] <= below[0] and m[3] >= below[-1] for m in merges if m[1] <= place <= m[3])
        return not whole and place > below[0] and is_group(texts[place])
    known = sum(_known(text) or is_group(text) for text in texts.values())
    return known * 10 >= len(texts) * 6


def _details(upper: Sequence[Cell], lower: Sequence[Cell], merges: Sequence[Merge]) -> bool:
    """Return whether `lower`, below the fullest row, says more about its columns."""
    texts = _words(lower)
    if not texts or list(upper) == list(lower):
        return False
    over = _spread(upper, lower, merges)
    known = sum(
        _known(text) or group_meaning(over.get(place, ""), text).reason != "unknown"
        for place, text in texts.items()
    )
    grouped = sum(is_group(over.get(place, "")) for place in texts)
    merged = any(merge[3] > merge[1] for merge in merges)
    enough = 1 if merged or grouped == len(texts) else 2
    return known >= enough and known * 10 >= len(texts) * 6 and (bool(grouped) or merged)


def _spread(
    upper: Sequence[Cell], lower: Sequence[Cell], merges: Sequence[Merge]
) -> dict[int, str]:
    """Return place → the text of the upper row that holds for it.

    Merged cells say how far it reaches; without them it reaches over blank cells as long as
    something stands below.
    """
    if any(merge[3] > merge[1] for merge in merges):
        over = {place: _shown(cell) for place, cell in enumerate(upper) if _shown(cell)}
        for first_row, first, last_row, last in merges:
            text = over.get(first, "")
            for place in range(first, last + 1) if text and first_row <= last_row else ():
                over[place] = text
        return over
    over = {}
    text = ""
    for place in range(max(len(upper), len(lower))):
        own = _shown(upper[place]) if place < len(upper) else ""
        below = _shown(lower[place]) if place < len(lower) else ""
        if own:
            text = own if below else ""
            over[place] = own
        elif below and text:
            over[place] = text
        else:
            text = ""
    return over


def _tells_how(row: Sequence[Cell]) -> bool:
    """Return whether a row below the header tells how to fill in the table."""
    texts = [cell for cell in row if cell != ""]
    if not texts:
        return False
    first = texts[0]
    if isinstance(first, str) and _EXAMPLE.fullmatch(first.strip()):
        return True
    hints = sum(isinstance(text, str) and bool(_HINTS.search(text)) for text in texts)
    return hints * 2 > len(texts)


def is_other_header(texts: Sequence[str]) -> bool:
    """Return whether a row below a list is the header of another one."""
    if any(len(text) > _LONGEST_HEADER or text[0].isdigit() for text in texts):
        return False
    fields = {judge_header(text).field for text in texts} - {""}
    return len(fields) >= _HEADER_FIELDS and len(fields) * 2 >= len(texts)
