"""What policy can say, section by section: shipped values, and how far each may go (2.1.1, 2.1.3).

A section is a frozen dataclass whose fields carry their rule: policy may ask for more than the
regulation does, never for less. To add a section, write its dataclass and name it in `SECTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from pcloud_cli.i18n import N_, _
from pcloud_cli.security.permissions import ROLES

_LONGEST = 100
_META = "rule"

T = TypeVar("T")


@dataclass(frozen=True)
class Rule:
    """What one value means, and which values it may take; `meaning` is a msgid."""

    meaning: str
    kind: type
    least: int | None = None
    most: int | None = None
    words: Callable[[], Collection[str]] | None = None

    def problem(self, value: Any) -> str | None:
        """Return why `value` cannot be, None where it can."""
        if self.kind is tuple:
            return self._listed(value)
        if self.kind is bool:
            return None if isinstance(value, bool) else _("it must be true or false")
        if isinstance(value, bool) or not isinstance(value, int):
            return _("it must be a number")
        if self.least is not None and value < self.least:
            return _("it must be at least {least}").format(least=self.least)
        if self.most is not None and value > self.most:
            return _("it must be at most {most}").format(most=self.most)
        return None

    def _listed(self, value: Any) -> str | None:
        if not isinstance(value, (list, tuple)) or not all(
            isinstance(one, str) and one.strip() and len(one) <= _LONGEST for one in value
        ):
            return _("it must be a list of texts")
        if len(value) > _LONGEST:
            return _("it has too many entries")
        known = self.words() if self.words is not None else value
        unknown = next((one for one in value if one not in known), None)
        if unknown is not None:
            return _("it knows no {value}; choose of: {choices}").format(
                value=unknown, choices=", ".join(known)
            )
        return None

    def limits(self) -> str | None:
        """Return in words how far the value may go, None where it may be anything."""
        if self.words is not None:
            return ", ".join(self.words())
        if self.least is not None and self.most is not None:
            return _("{least} to {most}").format(least=self.least, most=self.most)
        return None


def whole(default: int, meaning: str, *, least: int, most: int) -> Any:
    """Declare a whole number from `least` to `most`."""
    return field(default=default, metadata={_META: Rule(meaning, int, least, most)})


def switch(default: bool, meaning: str) -> Any:
    """Declare a yes or no."""
    return field(default=default, metadata={_META: Rule(meaning, bool)})


def texts(
    default: tuple[str, ...],
    meaning: str,
    words: Callable[[], Collection[str]] | None = None,
) -> Any:
    """Declare a list of texts, of `words` alone where these are given."""
    return field(default=default, metadata={_META: Rule(meaning, tuple, words=words)})


@dataclass(frozen=True)
class AccountPolicy:
    """Accounts and their passwords."""

    password_min_length: int = whole(8, N_("fewest characters of a password"), least=8, most=64)
    password_history: int = whole(
        5, N_("how many former passwords cannot be taken again"), least=5, most=24
    )
    first_password_hours: int = whole(72, N_("hours until a first password ends"), least=1, most=72)
    screen_secret: bool = switch(
        True, N_("whether a first password may be shown on the screen, as a recorded exception")
    )


ANOMALIES = ("burst", "new_host", "new_os_user", "two_places", "odd_hour", "dormant")
"""The rules that find an abnormal login (2.1.3)."""


@dataclass(frozen=True)
class LoginPolicy:
    """Logins, how long they last, and which are abnormal."""

    session_hours: int = whole(12, N_("hours until a login ends"), least=1, most=24)
    session_idle_minutes: int = whole(120, N_("idle minutes until a login ends"), least=5, most=720)
    shared_idle_minutes: int = whole(
        10, N_("idle minutes until a login at a shared computer ends"), least=1, most=10
    )
    free_tries: int = whole(
        5, N_("failed logins until an account is locked for a while"), least=1, most=10
    )
    longest_lock_minutes: int = whole(
        60, N_("minutes that the longest such lock lasts"), least=15, most=1440
    )
    dormant_days: int = whole(
        90, N_("days without a login that make an account dormant"), least=7, most=365
    )
    rules: tuple[str, ...] = texts(
        ANOMALIES, N_("rules that report an abnormal login"), lambda: ANOMALIES
    )
    shared_hosts: tuple[str, ...] = texts(
        (), N_("registered shared computers, by host name or address")
    )
    night_from: int = whole(20, N_("hour at which the rostered night begins"), least=0, most=23)
    night_until: int = whole(8, N_("hour at which the rostered night ends"), least=0, most=23)
    second_factor_roles: tuple[str, ...] = texts(
        (), N_("roles whose holders need a second factor"), lambda: ROLES
    )


CONTACT_FIELDS = ("phones", "mailing_address", "emergency", "handler_name", "handler_phone")
"""The fields of an owner that customer service may change within limits (2.1.2)."""


@dataclass(frozen=True)
class OwnerPolicy:
    """What customer service may change of an owner."""

    contact_fields: tuple[str, ...] = texts(
        CONTACT_FIELDS,
        N_("fields of an owner that customer service may change; the others need more"),
        lambda: CONTACT_FIELDS,
    )


SECTIONS: Mapping[str, type[Any]] = {
    "account": AccountPolicy,
    "login": LoginPolicy,
    "owner": OwnerPolicy,
}
"""Every section by the name that files and commands use."""


def name_of(section: type[Any]) -> str:
    """Return the name of a section's class."""
    return next(name for name, known in SECTIONS.items() if known is section)


def rules(section: type[Any]) -> dict[str, Rule]:
    """Return the rule of each value of a section, in order."""
    return {one.name: one.metadata[_META] for one in fields(section)}


def content(values: Any) -> dict[str, Any]:
    """Return a section's values as plain JSON."""
    named = {one.name: getattr(values, one.name) for one in fields(values)}
    return {key: list(one) if isinstance(one, tuple) else one for key, one in named.items()}


def made(section: type[T], given: Mapping[str, Any]) -> T:
    """Return a section of the values `given`; what is not given, or cannot be, is as shipped.

    A version kept from an older program may lack values, or say what can no longer be.
    """
    known = rules(section)
    values = {
        key: tuple(one) if isinstance(one, list) else one
        for key, one in given.items()
        if key in known and known[key].problem(one) is None
    }
    return section(**values)
