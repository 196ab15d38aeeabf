"""Canonical content, the keyed chain and Merkle roots."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.security.canonical import pack
from pcloud_cli.security.chain import (
    GENESIS,
    MerkleBuilder,
    canonical_json,
    event_hash,
    merkle_root,
)

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
FIELDS = st.lists(st.none() | TEXTS | st.binary(max_size=12) | st.integers(), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def _typed(fields: list[Any]) -> list[tuple[type, Any]]:
    return [(type(field), field) for field in fields]


@given(FIELDS, FIELDS)
def test_two_different_sequences_never_pack_alike(one: list[Any], two: list[Any]) -> None:
    assert (pack(one) == pack(two)) == (_typed(one) == _typed(two))


@given(FIELDS, FIELDS)
def test_moving_a_border_between_fields_changes_the_packing(one: list[Any], two: list[Any]) -> None:
    # packing is one long row of fields, so where the border lies must not matter to the bytes
    assert pack(one) + pack(two) == pack([*one, *two])


def test_a_truth_value_is_refused_because_it_has_two_spellings() -> None:
    with pytest.raises(TypeError):
        pack([True])


@given(JSON)
def test_canonical_json_says_the_same_and_says_it_one_way(content: Any) -> None:
    text = canonical_json(content)
    assert json.loads(text) == content
    assert canonical_json(json.loads(text)) == text


def test_canonical_json_ignores_the_order_of_keys_and_keeps_chinese() -> None:
    assert canonical_json({"b": 1, "a": "业主"}) == '{"a":"业主","b":1}'.encode()
    with pytest.raises(ValueError, match="Out of range"):
        canonical_json(float("nan"))


@given(st.binary(min_size=32, max_size=32), FIELDS, FIELDS)
def test_an_event_hash_changes_with_key_predecessor_and_content(
    key: bytes, one: list[Any], two: list[Any]
) -> None:
    first = event_hash(key, GENESIS, tuple(one))
    assert len(first) == 32
    assert event_hash(key, GENESIS, tuple(one)) == first
    assert event_hash(key, first, tuple(one)) != first
    assert event_hash(bytes(b ^ 1 for b in key), GENESIS, tuple(one)) != first
    if _typed(one) != _typed(two):
        assert event_hash(key, GENESIS, tuple(two)) != first


def _by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word: split at the largest power of two below the count."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = _by_definition(leaves[:split]), _by_definition(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@given(st.lists(st.binary(max_size=4), max_size=40))
def test_the_merkle_root_is_that_of_the_standard(leaves: list[bytes]) -> None:
    assert merkle_root(leaves) == _by_definition(leaves)


@given(st.lists(st.binary(max_size=2), min_size=1, max_size=20), st.data())
def test_changing_swapping_or_leaving_out_a_leaf_changes_the_root(
    leaves: list[bytes], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(leaves) - 1))
    root = merkle_root(leaves)
    assert merkle_root(leaves[:at] + leaves[at + 1 :]) != root
    assert merkle_root([*leaves[:at], leaves[at] + b"!", *leaves[at + 1 :]]) != root
    swapped = [leaves[at], *leaves[:at], *leaves[at + 1 :]]
    assert (merkle_root(swapped) == root) == (swapped == leaves)


def test_the_builder_can_be_asked_in_between() -> None:
    builder = MerkleBuilder()
    for count in range(20):
        assert builder.root() == merkle_root([bytes([at]) for at in range(count)])
        builder.add(bytes([count]))
    assert builder.count == 20
