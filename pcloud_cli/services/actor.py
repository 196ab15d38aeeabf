"""Who acts: a person, a service account, the bootstrap, the system itself, or nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

PERSON = "person"
SERVICE = "service"
SYSTEM = "system"


@dataclass(frozen=True)
class Grant:
    """A role in a scope that an actor holds now; its MAC was checked when it was loaded.

    `scope_id` is the region's, community's or building's id, None where `scope_kind` is ``all``;
    `places` are the communities of the region.
    """

    id: bytes
    role: str
    permissions: frozenset[str]
    scope_kind: str
    scope_id: bytes | None
    expires_at: datetime | None
    places: frozenset[bytes] = frozenset()


@dataclass(frozen=True)
class TokenScope:
    """What a token gives at most of what its account may; None: no less than that.

    `permissions` are names, `communities` ids.
    """

    permissions: frozenset[str] | None
    communities: frozenset[bytes] | None


@dataclass
class Actor:
    """Who acts. `restricted` marks a login that may only change its first password (2.1.1).

    With `wants_factor` it may only set up the second factor instead, which policy asks for.
    `seen_at` is when its session was last known to be used, `scope` what a token gives at most.
    `lapsed` marks a nobody who came with a token that is no longer worth anything.
    `grants` is filled by `services.permission` when first asked for, for one unit of work; `used`
    holds each grant and the permission of it that was asked for and found.
    """

    kind: str
    account_id: bytes | None = None
    staff_number: str | None = None
    name: str | None = None
    session_id: bytes | None = None
    expires_at: datetime | None = None
    restricted: bool = False
    wants_factor: bool = False
    seen_at: datetime | None = None
    scope: TokenScope | None = None
    lapsed: bool = False
    grants: list[Grant] | None = field(default=None, repr=False, compare=False)
    used: set[tuple[bytes, str]] = field(default_factory=set, repr=False, compare=False)


def nobody() -> Actor:
    """Return the actor of a command that is run without a login."""
    return Actor("nobody")


def bootstrap() -> Actor:
    """Return the actor that sets up an installation: it makes the first accounts and grants."""
    return Actor("bootstrap")


def system() -> Actor:
    """Return the actor of what policy has done by itself, by no person's decision."""
    return Actor(SYSTEM)
