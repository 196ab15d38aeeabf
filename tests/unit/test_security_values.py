"""Blind indexes and their canonical forms, masks, passwords, shipped roles."""

from __future__ import annotations

import os
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.errors import UsageProblem
from pcloud_cli.security.blind_index import (
    BlindIndex,
    canonical_id_number,
    canonical_phone,
)
from pcloud_cli.security.mask import mask_id, mask_name, mask_phone, mask_plate
from pcloud_cli.security.passwords import (
    Cost,
    first_password,
    hash_password,
    needs_rehash,
    require_strong,
    verify_password,
    weaknesses,
)
from pcloud_cli.security.permissions import APART, PERMISSIONS, ROLES

CHEAP = Cost(memory=1024, passes=1, lanes=1)
INDEX = BlindIndex(2, bytes(range(32)))


@given(st.binary(min_size=32, max_size=32), st.sampled_from(["phone", "plate"]), st.text("0123"))
def test_a_blind_index_is_a_keyed_digest_with_its_version(key: bytes, kind: str, text: str) -> None:
    wanted = blake2b(f"{kind}\0{text}".encode(), key=key, digest_size=16).digest()
    assert BlindIndex(513, key).of(kind, text) == b"\x02\x01" + wanted


@given(st.text("0123456789", max_size=12), st.text("0123456789", max_size=12))
def test_equal_values_and_only_they_share_an_index(one: str, two: str) -> None:
    make = INDEX.maker("phone")
    assert (make(one) == make(two)) == (one == two)
    assert make(one) != INDEX.of("plate", one)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("11010119900307001x", "11010119900307001X"),
        (" 1101 0119900307001Ｘ", "11010119900307001X"),
        ("110105491231002", "11010519491231002X"),  # the example of GB 11643
        ("110105499931002", "110105499931002"),
        ("e12345678", "E12345678"),
    ],
)
def test_id_numbers_are_indexed_in_one_form(text: str, canonical: str) -> None:
    assert canonical_id_number(text) == canonical


@given(st.text("0123456789xX ", max_size=20))
def test_canonical_id_numbers_stay_as_they_are(text: str) -> None:
    once = canonical_id_number(text)
    assert canonical_id_number(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "13800001234",
        "+86 138-0000-1234",
        "8613800001234",
        "0086 13800001234",
        "１３８００００１２３４",
    ],
)
def test_phones_are_indexed_in_one_form(text: str) -> None:
    assert canonical_phone(text) == "13800001234"


def test_a_landline_keeps_its_area_code() -> None:
    assert canonical_phone("010-62340000") == "01062340000"


@given(st.text("0123456789X", max_size=20))
def test_masks_never_show_more_than_half_and_a_bit(text: str) -> None:
    for mask in (mask_phone, mask_id, mask_plate):
        shown = [char for char in mask(text) if char != "*"]
        assert len(shown) <= max(0, min(7, len(text) - 3))


def test_masks_look_as_people_know_them() -> None:
    assert mask_phone("13812341234") == "138****1234"
    assert mask_id("110101199003070012") == "110*************12"
    assert mask_name("欧阳小明") == "欧**"
    assert mask_plate("京A12345") == "京A***45"


@pytest.mark.parametrize(
    ("password", "lacking"),
    [
        ("Aa1!aa", "at least 8 characters"),
        ("aa11!!aa", "an upper-case letter"),
        ("AA11!!AA", "a lower-case letter"),
        ("AAaa!!aa", "a digit"),
        ("AAaa1122", "a special character"),
        ("AAaa1122 ", "a special character"),
        ("Xx1!G1001", "no staff number in it"),
        ("Aa1!" * 100, "at most 256 characters"),
    ],
)
def test_a_weak_password_is_told_what_it_lacks(password: str, lacking: str) -> None:
    assert weaknesses(password, staff_number="g1001") == [lacking]
    with pytest.raises(UsageProblem) as caught:
        require_strong(password, staff_number="g1001")
    assert lacking in str(caught.value.hint)
    assert password not in str(caught.value) + str(caught.value.hint)


def test_first_passwords_are_strong_and_differ() -> None:
    made = {first_password(os.urandom) for _count in range(200)}
    assert len(made) == 200
    assert not any(weaknesses(password) for password in made)
    assert not set("".join(made)) & set("IlO01")


def test_a_hash_knows_its_password_and_no_other() -> None:
    stored = hash_password("Correct-1 horse", CHEAP)
    assert verify_password(stored, "Correct-1 horse")
    assert not verify_password(stored, "correct-1 horse")
    assert not verify_password("no hash", "Correct-1 horse")
    assert needs_rehash(stored)
    assert not needs_rehash(stored, CHEAP)


def test_the_standard_cost_is_that_of_the_rfc() -> None:
    assert hash_password("Correct-1 horse").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_shipped_roles_hold_known_permissions_only() -> None:
    for role in ROLES.values():
        assert role.permissions <= PERMISSIONS.keys(), role.code


def test_no_shipped_role_unites_what_must_be_apart() -> None:
    for role in ROLES.values():
        for one, two in (*APART, ("import.load", "import.approve")):
            assert not {one, two} <= role.permissions, role.code


def test_the_system_administrator_sees_no_owner_data() -> None:
    held = ROLES["system_admin"].permissions
    assert not {
        name for name in held if name.startswith(("owner.", "import.", "report.", "house."))
    }


def test_the_auditor_changes_nothing() -> None:
    verbs = {name.rpartition(".")[2] for name in ROLES["auditor"].permissions}
    assert verbs <= {"read", "list", "status", "verify", "export"}
