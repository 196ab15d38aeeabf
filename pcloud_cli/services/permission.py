"""Whether an actor may, and why (2.1.2, 2.3.3): deny by default, a role in a scope allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, NoReturn

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotAllowed
from pcloud_cli.i18n import N_, _, language
from pcloud_cli.models.approval import Approval, ApprovalState
from pcloud_cli.models.role import Role, RoleGrant, RolePermission, ScopeKind
from pcloud_cli.security.permissions import PERMISSIONS, ROLES
from pcloud_cli.services import rights, trail
from pcloud_cli.services.actor import Actor, Grant
from pcloud_cli.services.permission_places import at_home, narrowed, region_places

BOOTSTRAP = frozenset({"account.create", "role.grant"})
"""What the bootstrap may: make the first two accounts and give them their roles."""

WHY = {
    "held": N_("allowed by this grant"),
    "pending": N_("waits for the security administrator"),
    "rejected": N_("rejected by the security administrator"),
    "later": N_("begins later"),
    "revoked": N_("revoked"),
    "expired": N_("expired"),
    "tampered": N_("changed outside the program, so worth nothing"),
    "without": N_("the role does not hold it"),
    "elsewhere": N_("granted for another place"),
}
"""Why a grant does or does not allow something, by code, translated where printed."""

SCOPES = {
    ScopeKind.ALL: N_("everywhere"),
    ScopeKind.REGION: N_("one region"),
    ScopeKind.COMMUNITY: N_("one community"),
    ScopeKind.BUILDING: N_("one building"),
}
"""How far a grant reaches, by code, translated where printed."""


@dataclass(frozen=True)
class Reach:
    """How far a permission reaches: everywhere, or in some communities and buildings."""

    everywhere: bool
    communities: frozenset[bytes]
    buildings: frozenset[bytes]


class Reason(NamedTuple):
    """One grant looked at by `explain`, and a code of `WHY`."""

    grant_id: bytes
    role: str
    scope_kind: str
    scope_id: bytes | None
    why: str


def require(
    actor: Actor,
    work: Work,
    permission: str,
    *,
    community_id: bytes | None = None,
    building_id: bytes | None = None,
) -> None:
    """Return where `actor` holds `permission` in that place; without one, for the installation.

    Otherwise leaves evidence and raises NotAllowed, naming the permission and who has it.
    """
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    if actor.kind == "bootstrap" and permission in BOOTSTRAP:
        return
    found = [
        grant.id
        for grant in _live(actor, work)
        if permission in grant.permissions and _covers(grant, community_id, building_id)
    ]
    if not found:
        refuse(actor, work, permission, community_id=community_id)
    actor.used.update((grant_id, permission) for grant_id in found)


def require_somewhere(actor: Actor, work: Work, permission: str) -> None:
    """Return where `actor` holds `permission` in any place; else as `require`.

    Whoever calls it shows only what `reach` or `allowed` then lets through.
    """
    if actor.kind == "bootstrap" and permission in BOOTSTRAP:
        return
    found = [grant.id for grant in _live(actor, work) if permission in grant.permissions]
    if not found:
        refuse(actor, work, permission)
    actor.used.update((grant_id, permission) for grant_id in found)


def require_one_somewhere(actor: Actor, work: Work, permissions: Sequence[str]) -> None:
    """Return where `actor` holds one of `permissions` in any place; else as `require` of the first.

    It is no use of the permission: nothing was done with it yet.
    """
    if actor.kind == "bootstrap" and BOOTSTRAP.intersection(permissions):
        return
    held = {name for grant in _live(actor, work) for name in grant.permissions}
    if not held.intersection(permissions):
        refuse(actor, work, permissions[0])


def allowed(
    actor: Actor,
    work: Work,
    permission: str,
    *,
    community_id: bytes | None = None,
    building_id: bytes | None = None,
) -> bool:
    """Return whether `actor` holds `permission` in that place. Leaves no evidence."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    if actor.kind == "bootstrap":
        return permission in BOOTSTRAP
    return any(
        permission in grant.permissions and _covers(grant, community_id, building_id)
        for grant in _live(actor, work)
    )


def holds(
    actor: Actor,
    work: Work,
    account_id: bytes,
    permission: str,
    *,
    community_id: bytes | None = None,
    building_id: bytes | None = None,
) -> bool:
    """Return whether an account, the actor's or another, holds `permission` in that place now."""
    now = work.now()
    return any(
        permission in grant.permissions
        and _unexpired(grant, now)
        and _covers(grant, community_id, building_id)
        for grant in at_home(work, account_id, grants_of(actor, work, account_id))
    )


def reach(actor: Actor, work: Work, permission: str) -> Reach:
    """Return where `actor` holds `permission`, for the conditions of a query."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    held = [grant for grant in _live(actor, work) if permission in grant.permissions]

    def ids(kind: ScopeKind) -> frozenset[bytes]:
        return frozenset(g.scope_id for g in held if g.scope_kind == kind and g.scope_id)

    regions = (grant.places for grant in held if grant.scope_kind == ScopeKind.REGION)
    return Reach(
        everywhere=any(grant.scope_kind == ScopeKind.ALL for grant in held),
        communities=ids(ScopeKind.COMMUNITY).union(*regions),
        buildings=ids(ScopeKind.BUILDING),
    )


def refuse(
    actor: Actor, work: Work, permission: str, *, community_id: bytes | None = None
) -> NoReturn:
    """Leave evidence of a refusal and raise NotAllowed."""
    trail.witnessed(
        actor,
        work,
        "permission.refused",
        object_type="permission",
        community_id=community_id,
        detail={"permission": permission},
    )
    _refuse_login(actor)
    raise NotAllowed(
        _("You may not do this: {permission} ({meaning}) is not granted to you here.").format(
            permission=permission, meaning=_(PERMISSIONS[permission])
        ),
        hint=_("A system administrator can grant a role that holds it: {roles}.").format(
            roles=_(", ").join(_holders(permission))
        ),
    )


def require_login(actor: Actor, work: Work) -> None:
    """Return where somebody is logged in for good, not just to set a password or second factor.

    Otherwise leaves evidence and raises NotAllowed.
    """
    if actor.account_id is None or actor.restricted:
        trail.witnessed(actor, work, "permission.refused", object_type="login")
    _refuse_login(actor)
    if actor.account_id is None:
        raise not_logged_in(actor)


def _refuse_login(actor: Actor) -> None:
    if actor.kind == "nobody":
        raise not_logged_in(actor)
    if actor.wants_factor:
        raise NotAllowed(
            _("One of your roles needs a second factor; nothing else opens before."),
            hint=_("Run `pcloud account second-factor enable`."),
            code="second_factor_needed",
        )
    if actor.restricted:
        raise NotAllowed(
            _("A first password opens nothing but its own change."),
            hint=_("Run `pcloud account passwd`."),
            code="first_password",
        )


def not_logged_in(actor: Actor) -> NotAllowed:
    """Return the error for a command that needs a login."""
    return NotAllowed(
        _("Your login has ended.") if actor.lapsed else _("Nobody is logged in."),
        hint=_("Run `pcloud login`."),
        code="not_logged_in",
    )


def granted_permissions(actor: Actor, work: Work) -> list[str]:
    """Return the names of all permissions that `actor` holds anywhere, sorted."""
    return sorted({name for grant in _live(actor, work) for name in grant.permissions})


def explain(
    actor: Actor,
    work: Work,
    account_id: bytes,
    permission: str,
    *,
    community_id: bytes | None = None,
    building_id: bytes | None = None,
) -> list[Reason]:
    """Return every grant of an account and why it does or does not allow `permission` there.

    It is allowed where one of them says ``held``. `actor` needs ``role.read``.
    """
    require(actor, work, "role.read", community_id=community_id, building_id=building_id)
    reasons = []
    for row, role, held in _rows(work, account_id):
        grant = _grant(actor, work, row, role, held)
        why = state(actor, work, row, role)
        if why != "held":
            pass
        elif permission not in grant.permissions:
            why = "without"
        elif not any(
            _covers(each, community_id, building_id) for each in at_home(work, account_id, [grant])
        ):
            why = "elsewhere"
        else:
            why = "held"
        reasons.append(Reason(row.id, role, row.scope_kind, row.scope_id, why))
    return reasons


def grants_of(actor: Actor, work: Work, account_id: bytes) -> list[Grant]:
    """Return the grants of an account that are in force: whole, not revoked, not expired.

    Rows changed outside the program give nothing and leave evidence.
    """
    return [
        _grant(actor, work, row, role, held)
        for row, role, held in _rows(work, account_id)
        if state(actor, work, row, role) == "held"
    ]


def is_idle(actor: Actor, work: Work, row: RoleGrant, role: str) -> bool:
    """Return whether a grant reaches no place, since its holder is lent (外包) to another one."""
    return not at_home(work, row.account_id, [_grant(actor, work, row, role, frozenset())])


def state(actor: Actor, work: Work, row: RoleGrant, role: str) -> str:
    """Return how a grant of the role `role` stands now, as a code of `WHY`.

    It is ``held`` where it is whole, confirmed if it had to be, begun, and neither revoked nor
    over. A row changed outside the program leaves evidence.
    """
    now = work.now()
    if not rights.grant_holds(actor, work, row, role):
        return "tampered"
    waits = row.approval_id is not None and row.confirmed_at is None
    if row.revoked_at is not None:
        asked = work.session.get(Approval, row.approval_id) if waits else None
        refused = asked is not None and asked.state == ApprovalState.REJECTED
        return "rejected" if refused else "revoked"
    if row.expires_at is not None and row.expires_at <= now:
        return "expired"
    if waits:
        return "pending"
    return "later" if row.starts_at is not None and now < row.starts_at else "held"


def _live(actor: Actor, work: Work) -> list[Grant]:
    if actor.account_id is None or actor.restricted:
        return []
    if actor.grants is None:
        held = at_home(work, actor.account_id, grants_of(actor, work, actor.account_id))
        actor.grants = held if actor.scope is None else narrowed(work, held, actor.scope)
    now = work.now()
    return [grant for grant in actor.grants if _unexpired(grant, now)]


def _rows(work: Work, account_id: bytes) -> Iterator[tuple[RoleGrant, str, frozenset[str]]]:
    found = work.session.execute(
        select(RoleGrant, Role.code)
        .join(Role, Role.id == RoleGrant.role_id)
        .where(RoleGrant.account_id == account_id)
        .order_by(RoleGrant.granted_at, RoleGrant.id)
    ).all()
    held: dict[bytes, set[str]] = {row.role_id: set() for row, _code in found}
    for role_id, name in work.session.execute(
        select(RolePermission.role_id, RolePermission.permission).where(
            RolePermission.role_id.in_(held)
        )
    ):
        held[role_id].add(name)
    for row, code in found:
        yield row, code, role_permissions(code, held[row.role_id])


def role_permissions(code: str, stored: set[str]) -> frozenset[str]:
    """Return what the role `code` permits: of what is stored, only what the program ships.

    The table says what an installation took away; a line added to it by hand gives nothing.
    """
    shipped = ROLES.get(code)
    return frozenset() if shipped is None else shipped.permissions & stored


def _grant(
    actor: Actor, work: Work, row: RoleGrant, role: str, permissions: frozenset[str]
) -> Grant:
    places: frozenset[bytes] = frozenset()
    if row.scope_kind == ScopeKind.REGION and row.scope_id is not None:
        places = region_places(actor, work, row.scope_id)
    return Grant(row.id, role, permissions, row.scope_kind, row.scope_id, row.expires_at, places)


def _unexpired(grant: Grant, now: datetime) -> bool:
    return grant.expires_at is None or now < grant.expires_at


def _covers(grant: Grant, community_id: bytes | None, building_id: bytes | None) -> bool:
    if grant.scope_kind == ScopeKind.ALL:
        return True
    if grant.scope_kind == ScopeKind.REGION:
        return community_id is not None and community_id in grant.places
    if grant.scope_kind == ScopeKind.COMMUNITY:
        return community_id is not None and grant.scope_id == community_id
    return building_id is not None and grant.scope_id == building_id


def _holders(permission: str) -> list[str]:
    chinese = language() == "zh"
    return [
        role.name_zh if chinese else role.name
        for role in ROLES.values()
        if permission in role.permissions
    ]
