"""Sealed fields open only where they were sealed, and no nonce comes twice."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.errors import Failed
from pcloud_cli.security.cipher import OVERHEAD, FieldCipher, NoncePool, key_id_of

CIPHER = FieldCipher(7, bytes(range(32)))
OTHER_KEY = FieldCipher(7, bytes(32))
OTHER_ID = FieldCipher(8, bytes(range(32)))
IDS = st.binary(min_size=16, max_size=16)
NAMES = st.sampled_from(["owner", "owner_phone", "vehicle"])
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


@given(NAMES, NAMES, IDS, TEXTS)
def test_what_is_sealed_opens_in_its_own_place(
    table: str, column: str, row_id: bytes, text: str
) -> None:
    blob = CIPHER.seal(table, column, row_id, text)
    assert CIPHER.open(table, column, row_id, blob) == text
    assert key_id_of(blob) == 7
    assert len(blob) == OVERHEAD + len(text.encode())


@given(
    st.tuples(NAMES, NAMES, IDS), st.tuples(NAMES, NAMES, IDS), st.text("0123456789", max_size=18)
)
def test_it_opens_in_no_other_place(
    place: tuple[str, str, bytes], other: tuple[str, str, bytes], text: str
) -> None:
    blob = CIPHER.seal(*place, text)
    if place == other:
        assert CIPHER.open(*other, blob) == text
        return
    with pytest.raises(Failed):
        CIPHER.open(*other, blob)


@given(IDS, st.text("0123456789X", min_size=1, max_size=18), st.data())
def test_any_flipped_bit_is_refused(row_id: bytes, text: str, data: st.DataObject) -> None:
    blob = bytearray(CIPHER.seal("owner", "id_number", row_id, text))
    at = data.draw(st.integers(0, len(blob) - 1))
    blob[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Failed):
        CIPHER.open("owner", "id_number", row_id, bytes(blob))


@given(IDS, st.integers(0, OVERHEAD + 5))
def test_a_cut_field_is_refused(row_id: bytes, length: int) -> None:
    blob = CIPHER.seal("owner", "id_number", row_id, "123456")
    with pytest.raises(Failed):
        CIPHER.open("owner", "id_number", row_id, blob[:length])


@pytest.mark.parametrize("stranger", [OTHER_KEY, OTHER_ID])
def test_another_key_does_not_open_it(stranger: FieldCipher) -> None:
    blob = CIPHER.seal("owner", "id_number", bytes(16), "11010119900307001X")
    with pytest.raises(Failed) as caught:
        stranger.open("owner", "id_number", bytes(16), blob)
    assert "11010119900307001X" not in caught.value.message


def test_nonces_are_never_given_twice() -> None:
    seal = CIPHER.sealer("owner", "id_number")
    nonces = {seal(bytes(16), "x")[3:15] for _count in range(5000)}
    assert len(nonces) == 5000


def test_a_forked_child_does_not_repeat_its_parents_nonces() -> None:
    seal = CIPHER.sealer("owner", "id_number")
    seal(bytes(16), "x")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, b"".join(seal(bytes(16), "x")[3:15] for _count in range(100)))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        raw = stream.read()
    os.waitpid(child, 0)
    theirs = {raw[at : at + 12] for at in range(0, len(raw), 12)}
    ours = {seal(bytes(16), "x")[3:15] for _count in range(1000)}
    assert len(theirs) == 100
    assert not ours & theirs


def test_a_pool_hands_out_what_its_source_gives_in_order_and_once() -> None:
    drawn: list[int] = []

    def random(size: int) -> bytes:
        drawn.append(size)
        return os.urandom(size)

    pool = NoncePool(random)
    first = pool.fill()
    rest = [pool.ready.pop() for _count in range(len(pool.ready))]
    assert len({first, *rest}) == len(rest) + 1
    assert drawn == [12 * (len(rest) + 1)]
