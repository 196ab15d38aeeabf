"""What policy can say, section by section: shipped values, and how far each may go (2.1.1, 2.1.3).

A section is a frozen dataclass whose fields carry their rule: policy may ask for more than the
regulation does, never for less. To add a section, write its dataclass and name it in `SECTIONS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from pcloud_cli.i18n import N_
from pcloud_cli.security.permissions import ROLES
from pcloud_cli.services.policy_roster import RosterPolicy
from pcloud_cli.services.policy_rules import META, Rule, switch, texts, whole
from pcloud_cli.services.policy_ticket import TicketPolicy
from pcloud_cli.services.policy_warranty import WarrantyPolicy

T = TypeVar("T")


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


@dataclass(frozen=True)
class SweepPolicy:
    """How long what waits for somebody may lie before they are told."""

    approval_hours: int = whole(
        24, N_("hours until who may approve is told of what waits"), least=1, most=168
    )
    apply_hours: int = whole(
        24, N_("hours until who may apply is told of an approved workbook"), least=1, most=168
    )
    again_hours: int = whole(
        48, N_("further hours until they are told once more"), least=1, most=336
    )


@dataclass(frozen=True)
class NoticePolicy:
    """When owners may be written to, and of what; when customer service hears whom to call."""

    quiet_from: int = whole(
        21, N_("hour from which owners get no routine message"), least=18, most=21
    )
    quiet_until: int = whole(
        8, N_("hour until which owners get no routine message"), least=8, most=12
    )
    tell_reporters: bool = switch(
        True, N_("whether who reports a repair is told of its progress by SMS")
    )
    call_back_hour: int = whole(
        9, N_("hour at which customer service is told whom to call back"), least=0, most=23
    )


@dataclass(frozen=True)
class AttachmentPolicy:
    """How large attachments may be, and how many one thing may have (3.2.1)."""

    photo_megabytes: int = whole(20, N_("megabytes that a photo may have"), least=1, most=100)
    video_megabytes: int = whole(200, N_("megabytes that a video may have"), least=1, most=2000)
    document_megabytes: int = whole(20, N_("megabytes that a PDF may have"), least=1, most=200)
    most_photos: int = whole(30, N_("how many photos one thing may have"), least=1, most=500)
    most_videos: int = whole(5, N_("how many videos one thing may have"), least=1, most=50)
    most_documents: int = whole(10, N_("how many PDFs one thing may have"), least=1, most=100)


SECTIONS: Mapping[str, type[Any]] = {
    "account": AccountPolicy,
    "login": LoginPolicy,
    "owner": OwnerPolicy,
    "roster": RosterPolicy,
    "ticket": TicketPolicy,
    "sweep": SweepPolicy,
    "attachment": AttachmentPolicy,
    "warranty": WarrantyPolicy,
    "notice": NoticePolicy,
}
"""Every section by the name that files and commands use."""


def name_of(section: type[Any]) -> str:
    """Return the name of a section's class."""
    return next(name for name, known in SECTIONS.items() if known is section)


def rules(section: type[Any]) -> dict[str, Rule]:
    """Return the rule of each value of a section, in order."""
    return {one.name: one.metadata[META] for one in fields(section)}


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
