"""Passwords of staff (2.1.1): the strong rule, the first password, and Argon2id (RFC 9106)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 8
LONGEST = 256
_PLAIN = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"  # no I l 1, no O 0


@dataclass(frozen=True)
class Cost:
    """What one hash costs: memory in KiB, passes over it, lanes."""

    memory: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


STANDARD = Cost()
"""The second recommended option of RFC 9106, section 4."""


def hash_password(password: str, cost: Cost = STANDARD) -> str:
    """Return the Argon2id hash of `password` in its usual text form, salt within."""
    return _hasher(cost).hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Return whether `password` is the one that `stored` was made of."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher(STANDARD).verify(stored, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str, cost: Cost = STANDARD) -> bool:
    """Return whether `stored` was made at another cost than the one in force."""
    return _hasher(cost).check_needs_rehash(stored)


def weaknesses(password: str, *, staff_number: str = "", least: int = SHORTEST) -> list[str]:
    """Return what a strong password (2.1.1) still lacks in `password`; [] if strong.

    It has at least `least` characters, and never fewer than the regulation demands.
    """
    least = max(least, SHORTEST)
    rules = (
        (len(password) >= least, _("at least {least} characters").format(least=least)),
        (len(password) <= LONGEST, _("at most 256 characters")),
        (any(char.isupper() for char in password), _("an upper-case letter")),
        (any(char.islower() for char in password), _("a lower-case letter")),
        (any(char.isdecimal() for char in password), _("a digit")),
        (any(_special(char) for char in password), _("a special character")),
        (
            len(staff_number) < 3 or staff_number.casefold() not in password.casefold(),
            _("no staff number in it"),
        ),
    )
    return [wanted for holds, wanted in rules if not holds]


def require_strong(password: str, *, staff_number: str = "", least: int = SHORTEST) -> None:
    """Raise UsageProblem naming what `password` lacks (2.1.1); return where it is strong."""
    missing = weaknesses(password, staff_number=staff_number, least=least)
    if missing:
        raise UsageProblem(
            _("The password is not strong enough."),
            hint=_("It also needs: {missing}.").format(missing=_(", ").join(missing)),
            code="weak_password",
        )


def first_password(random: Callable[[int], bytes]) -> str:
    """Return a random first password: three groups of four, no letters that look alike.

    About 70 bits from `random`, a source fit for secrets; strong by the rule itself.
    """
    while True:
        text = _letters(random, 12)
        password = f"{text[:4]}-{text[4:8]}-{text[8:]}"
        if not weaknesses(password):
            return password


def _letters(random: Callable[[int], bytes], count: int) -> str:
    top = 256 - 256 % len(_PLAIN)  # bytes above would favour the first letters
    chosen: list[str] = []
    while len(chosen) < count:
        chosen.extend(_PLAIN[byte % len(_PLAIN)] for byte in random(2 * count) if byte < top)
    return "".join(chosen[:count])


def _special(char: str) -> bool:
    return char.isprintable() and not char.isspace() and not char.isalnum()


def _hasher(cost: Cost) -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(
        time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes, hash_len=32
    )
