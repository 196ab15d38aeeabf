"""Passwords that are tried first are known by how they are made."""

from __future__ import annotations

import os

import pytest

from pcloud_cli.security.common_passwords import is_common
from pcloud_cli.security.passwords import first_password, weaknesses


@pytest.mark.parametrize(
    "password",
    [
        "P@ssw0rd2026!",
        "Passw0rd!",
        "Admin@123",
        "Qwer1234!",
        "1qaz@WSX",
        "!QAZ2wsx",
        "Woaini1314!",
        "Wuye@2026",
        "Abc123!@#",
        "Aa1!Aa1!",
        "Zxcvbnm,1",
        "Test-20260301",
        "AAAaaa111!!!",
        "Welcome2026#",
        "Kefu@12345",
        "Asdf!2345",
        "Beijing-2008",
        "9876Ab#54321",
    ],
)
def test_strong_looking_passwords_of_common_parts_are_common(password: str) -> None:
    assert not weaknesses(password), "four classes alone do not make it hard to guess"
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    ["Correct-horse-1", "Quiet-lake-27", "kT7#vQ2m", "雨落-Teich-42", "Lake#2026x", "x9$Lq7&Wd3"],
)
def test_what_has_enough_of_its_own_is_not(password: str) -> None:
    assert not is_common(password)


def test_random_passwords_are_not_common() -> None:
    assert not any(is_common(first_password(os.urandom)) for _count in range(200))
