"""What an import's approval is bound to: every staged field, in one lasting spelling."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.services.imports.staged import ROW_CONTENT, Digests, digest, row_digest, row_digests

CONTENT = (b"\x01" * 16, 7, "业主", "", None, b"", 2**40)
FIELDS = st.none() | st.integers() | st.text() | st.binary()


def test_the_packing_that_is_digested_is_spelt_as_ever() -> None:
    spelt = (
        b"(\x07\x00\x00\x00"
        b"s\x10\x00\x00\x00" + b"\x01" * 16 + b"i\x07\x00\x00\x00"
        b"u\x06\x00\x00\x00\xe4\xb8\x9a\xe4\xb8\xbb"
        b"u\x00\x00\x00\x00"
        b"N"
        b"s\x00\x00\x00\x00"
        b"l\x03\x00\x00\x00\x00\x00\x00\x00\x00\x04"
    )
    assert digest(CONTENT) == hashlib.sha256(spelt).digest()


@given(st.lists(FIELDS).map(tuple), st.lists(FIELDS).map(tuple))
def test_contents_have_one_digest_only_if_they_are_one(
    one: tuple[object, ...], other: tuple[object, ...]
) -> None:
    assert (digest(one) == digest(other)) == (one == other)


def test_the_same_text_made_in_another_way_has_the_same_digest() -> None:
    text = "name"
    assert digest((text, text)) == digest(("".join(["na", "me"]), "".join(["nam", "e"])))


@pytest.mark.parametrize("count", [1, 999, 1000, 1001, 2500])
def test_the_root_changes_with_any_row_and_any_related(count: int) -> None:
    def root(rows: list[int], related: list[int]) -> bytes:
        found = Digests()
        for each in rows:
            found.rows += digest((each,))
        for each in related:
            found.related += digest((each,))
        assert found.count == len(rows) + len(related)
        return found.root()

    rows = list(range(count))
    seen = {
        root(rows, [1]),
        root(rows, []),
        root(rows[:-1], [1]),
        root([*rows[:-1], -1], [1]),
        root([-1, *rows[1:]], [2]),
        root([], rows),
    }
    assert len(seen) == 6


def test_a_replaced_row_has_the_root_as_if_it_had_always_been_so() -> None:
    changed, always = Digests(), Digests()
    for number in range(1, 2100):
        changed.rows += digest((number,))
        always.rows += digest(("new",) if number == 1500 else (number,))
    changed.replace_row(1500, digest(("new",)))
    assert changed.root() == always.root()


def test_columns_that_came_later_count_only_where_they_say_something() -> None:
    width = len(ROW_CONTENT)
    bare: tuple[object, ...] = (*range(width - 2), None, None)
    planned = (*bare[:-2], "2026-06-30", None)
    agreed = (*bare[:-2], None, "2026-06-30")
    assert row_digest(bare) == digest(bare[:-2])
    assert len({row_digest(each) for each in (bare, planned, agreed)}) == 3
    for rows in ([bare, bare], [bare, planned, agreed]):
        columns = [*zip(*rows, strict=True)]
        assert row_digests(columns) == [row_digest(each) for each in rows]
