"""Files encrypted as streams: what was written comes back, and nothing else ever does."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.security.cipher import TAG
from pcloud_cli.security.sealed_stream import (
    CHUNK,
    HEADER,
    KEY,
    Broken,
    opened,
    sealed,
    sealed_size,
)

ONE, OTHER = bytes(range(KEY)), bytes(range(1, KEY + 1))
BODY = CHUNK + TAG
_BORDERS = st.builds(
    lambda chunks, beside: max(0, chunks * CHUNK + beside), st.integers(0, 3), st.integers(-2, 2)
)


def _content(size: int) -> bytes:
    return random.Random(1).randbytes(size)


def _sealed(content: bytes, key: bytes = ONE, step: int = 50_000) -> bytes:
    pieces: Iterable[bytes] = (content[at : at + step] for at in range(0, len(content), step))
    return b"".join(sealed(key, pieces))


def _opened(stored: bytes, key: bytes = ONE) -> bytes:
    return b"".join(opened(key, io.BytesIO(stored).read))


@given(_BORDERS | st.integers(0, 3 * CHUNK), st.integers(1, 2 * CHUNK))
def test_any_size_comes_back_however_it_is_handed_over(size: int, step: int) -> None:
    content = _content(size)
    stored = _sealed(content, step=max(step, size // 50 + 1))
    assert len(stored) == sealed_size(size)
    assert _opened(stored) == content


@given(_BORDERS, st.data())
def test_a_file_cut_anywhere_is_refused(size: int, data: st.DataObject) -> None:
    stored = _sealed(_content(size))
    borders = [*range(0, len(stored), BODY), len(HEADER) + BODY]
    at_borders = st.sampled_from([each for each in borders if each < len(stored)])
    cut = data.draw(st.integers(0, len(stored) - 1) | at_borders)
    with pytest.raises(Broken):
        _opened(stored[:cut])


@given(_BORDERS, st.data())
def test_any_flipped_bit_is_refused(size: int, data: st.DataObject) -> None:
    stored = bytearray(_sealed(_content(size)))
    at = data.draw(st.integers(0, len(stored) - 1))
    stored[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Broken):
        _opened(bytes(stored))


@given(st.permutations(range(4)))
def test_chunks_in_another_order_are_refused(order: list[int]) -> None:
    stored = _sealed(_content(4 * CHUNK))
    chunks = [stored[len(HEADER) + BODY * at :][:BODY] for at in range(4)]
    mixed = HEADER + b"".join(chunks[at] for at in order)
    if order == [0, 1, 2, 3]:
        assert _opened(mixed) == _content(4 * CHUNK)
        return
    with pytest.raises(Broken):
        _opened(mixed)


@given(st.integers(0, 2), st.integers(0, 3))
def test_a_chunk_left_out_or_twice_is_refused(gone: int, doubled: int) -> None:
    stored = _sealed(_content(4 * CHUNK - 1))
    chunks = [stored[len(HEADER) + BODY * at :][:BODY] for at in range(4)]
    without = chunks[:gone] + chunks[gone + 1 :]
    twice = chunks[: doubled + 1] + chunks[doubled:]
    for mixed in (without, twice):
        with pytest.raises(Broken):
            _opened(HEADER + b"".join(mixed))


@pytest.mark.parametrize("at", range(3))
def test_a_chunk_of_another_file_is_refused(at: int) -> None:
    mine, others = _sealed(_content(3 * CHUNK)), _sealed(_content(3 * CHUNK), OTHER)
    start = len(HEADER) + BODY * at
    with pytest.raises(Broken):
        _opened(mine[:start] + others[start : start + BODY] + mine[start + BODY :])


@given(st.binary(min_size=1, max_size=40))
def test_what_follows_the_last_chunk_is_refused(more: bytes) -> None:
    for size in (0, 10, CHUNK):
        with pytest.raises(Broken):
            _opened(_sealed(_content(size)) + more)


def test_one_content_has_one_form() -> None:
    stored = _sealed(_content(CHUNK))
    assert len(stored) == len(HEADER) + BODY
    assert stored == _sealed(_content(CHUNK), step=1000)


def test_another_key_opens_nothing_and_an_empty_store_file_neither() -> None:
    for stored, key in ((_sealed(b"x"), OTHER), (b"", ONE), (HEADER, ONE)):
        with pytest.raises(Broken):
            _opened(stored, key)


def test_what_a_network_gives_in_crumbs_is_read_whole() -> None:
    content = _content(2 * CHUNK + 5)
    source = io.BytesIO(_sealed(content))
    assert b"".join(opened(ONE, lambda size: source.read(min(size, 1111)))) == content


def test_each_chunk_is_given_only_once_it_is_proved() -> None:
    stored = bytearray(_sealed(_content(3 * CHUNK)))
    stored[len(HEADER) + BODY + 100] ^= 1
    given_: list[bytes] = []
    reader = opened(ONE, io.BytesIO(bytes(stored)).read)
    with pytest.raises(Broken):
        given_.extend(reader)
    assert b"".join(given_) in (b"", _content(3 * CHUNK)[:CHUNK])
