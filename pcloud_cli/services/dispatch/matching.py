"""The cheapest way to give each row a column of its own, or to leave it out: exact, in integers.

Shortest augmenting paths with potentials (the Hungarian method): a row is added at a time, and
after each of them the rows so far lie as cheaply as they can. Paths stop at the nearest column
that is free, and rows are sorted, so most of a row is never looked at. What is dearest to leave
comes first: then a row seldom drives out another.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

OUT = -1
"""In place of a column: the row is left out."""


def match(
    rows: Sequence[Sequence[tuple[int, int]]], columns: int, left_out: Sequence[int]
) -> list[int]:
    """Return the column of each row, or `OUT`, so that the sum of costs is the least there is.

    A row lists (cost, column), sorted; costs are not negative; a column that is not listed is not
    for this row. `left_out` is what each row costs without a column. Ties are settled by the order
    of rows and columns alone: the same input gives the same answer everywhere.
    """
    holder = [OUT] * columns
    price = [0] * columns
    worth = [0] * len(rows)
    column_of = [OUT] * len(rows)
    for start in sorted(range(len(rows)), key=lambda row: -left_out[row]):
        reach = [left_out[start]] * columns
        via: dict[int, int] = {}
        seen = {start: 0}
        passed: list[int] = []
        heap: list[tuple[int, int]] = []
        row, so_far = start, 0
        nearest, end, leaver = left_out[start], OUT, start
        while True:
            base = so_far - worth[row]
            if base + left_out[row] < nearest:
                nearest, end, leaver = base + left_out[row], OUT, row
            for cost, column in rows[row]:
                length = base + cost
                if length >= nearest:
                    break
                length -= price[column]
                if length < nearest and length < reach[column]:
                    reach[column], via[column] = length, row
                    if holder[column] == OUT:
                        nearest, end = length, column
                    else:
                        heappush(heap, (length, column))
            so_far, column = _next(heap, reach, nearest)
            if so_far >= nearest:
                break
            passed.append(column)
            row = holder[column]
            seen[row] = so_far
        for column in passed:
            price[column] += reach[column] - nearest
        for row, length in seen.items():
            worth[row] += nearest - length
        if end == OUT:
            end, column_of[leaver] = column_of[leaver], OUT
        _shift(start, end, via, column_of, holder)
    return column_of


def _next(heap: list[tuple[int, int]], reach: list[int], end: int) -> tuple[int, int]:
    """Take the nearest column off the heap, past what was reached more cheaply since."""
    while heap:
        length, column = heappop(heap)
        if length == reach[column]:
            return length, column
    return end, OUT


def _shift(
    start: int,
    column: int,
    via: dict[int, int],
    column_of: list[int],
    holder: list[int],
) -> None:
    """Hand columns on along the path that ends at `column`, back to the row where it began."""
    if column == OUT:
        return
    while True:
        row = via[column]
        before = column_of[row]
        column_of[row], holder[column] = column, row
        if row == start:
            return
        column = before
