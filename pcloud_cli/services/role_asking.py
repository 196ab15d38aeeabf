"""Sensitive grants: asked for by who grants, confirmed or rejected by somebody else (2.1.2).

The security administrator is shown what the account would come to hold, where and until when, and
says yes to exactly that. Who grants, who gets and who registered the account do not say it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.role import Role, RoleGrant, ScopeKind
from pcloud_cli.security.canonical import canonical_json
from pcloud_cli.services import (
    approval,
    outbox,
    permission,
    rights,
    role_records,
    trail,
)
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.permission_places import region_places
from pcloud_cli.services.role_scope import Scope, of_grant
from pcloud_cli.services.role_separation import refuse_union

KIND = "role.grant"


def ask(actor: Actor, work: Work, row: RoleGrant, role: Role, scope: Scope) -> bytes:
    """Ask for the confirmation of a grant that is not stored yet; return the approval's id."""
    content = _content(actor, work, row, role)
    asked = approval.propose(
        actor,
        work,
        KIND,
        row.id,
        scope.community_id,
        content_hash=_hash(content),
        summary=content,
    )
    outbox.queue(work, "role_pending", Recipient.role("security_admin"), {}, once=row.id.hex())
    return asked.id


def pending(actor: Actor, work: Work) -> list[dict[str, Any]]:
    """Return the grants that wait for confirmation, oldest first."""
    permission.require(actor, work, "role.read")
    query = (
        select(RoleGrant, Role)
        .join(Role, Role.id == RoleGrant.role_id)
        .where(
            RoleGrant.approval_id.is_not(None),
            RoleGrant.confirmed_at.is_(None),
            RoleGrant.revoked_at.is_(None),
        )
        .order_by(RoleGrant.id)
    )
    found = [
        role_records.record(actor, work, row, role) for row, role in work.session.execute(query)
    ]
    return [each for each in found if each["state"] == "pending"]


def shown(actor: Actor, work: Work, grant_id: bytes) -> dict[str, Any]:
    """Return a grant with what it would permit; `content_hash` binds a yes to exactly that."""
    row, role = _found(work, grant_id)
    permission.require(actor, work, "role.read")
    return role_records.record(actor, work, row, role) | {
        "permissions": sorted(role_records.permissions(work, role)),
        "content_hash": _hash(_content(actor, work, row, role)).hex(),
    }


def approve(
    actor: Actor,
    work: Work,
    grant_id: bytes,
    *,
    expected_hash: str | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """Confirm a grant that somebody else gave, and return it; once more changes nothing.

    `expected_hash` is that of `shown`; without it, what there is now is confirmed. Raises
    NotAllowed for who gave it, gets it, or registered the account; Conflict where it changed,
    ended, or would by now unite what must be apart.
    """
    row, role = _to_decide(actor, work, grant_id)
    if row.confirmed_at is not None:
        return role_records.record(actor, work, row, role) | {"already": True}
    _refuse_concerned(actor, work, row)
    state = permission.state(actor, work, row, role.code)
    if state != "pending" or row.approval_id is None:
        raise Conflict(
            _("This grant does not wait for confirmation: {state}.").format(
                state=_(permission.WHY[state])
            ),
            code="not_pending",
        )
    refuse_union(actor, work, row.account_id, [role.code])
    now = _hash(_content(actor, work, row, role))
    wanted = now if expected_hash is None else bytes.fromhex(expected_hash)
    if wanted != now:
        wanted = b""  # what was shown is gone: the machine refuses it in its own words
    approval.approve(actor, work, row.approval_id, expected_hash=wanted, reason=reason)
    row.confirmed_at, row.confirmed_by = work.now(), actor.account_id
    rights.seal_grant(work, row, role.code)
    work.session.flush()
    _tell(actor, work, "role.approve", row, role, reason)
    return role_records.record(actor, work, row, role) | {"already": False}


def reject(actor: Actor, work: Work, grant_id: bytes, *, reason: str) -> dict[str, Any]:
    """Reject a grant with a reason that its giver will read, and return it."""
    row, role = _to_decide(actor, work, grant_id)
    state = permission.state(actor, work, row, role.code)
    if state == "rejected":
        return role_records.record(actor, work, row, role) | {"already": True}
    if state != "pending" or row.approval_id is None:
        raise Conflict(
            _("This grant does not wait for confirmation: {state}.").format(
                state=_(permission.WHY[state])
            ),
            hint=_("A system administrator revokes what is in force: `pcloud role revoke`."),
            code="not_pending",
        )
    asked = approval.get(work, row.approval_id, lock=True)
    approval.reject(actor, work, asked, expected_hash=asked.content_hash, reason=reason)
    row.revoked_at, row.revoked_by = work.now(), actor.account_id
    rights.seal_grant(work, row, role.code)
    work.session.flush()
    _tell(actor, work, "role.reject", row, role, reason)
    return role_records.record(actor, work, row, role) | {"already": False}


def lapse(actor: Actor, work: Work, approval_id: bytes) -> None:
    """Take the question back with its grant."""
    approval.lapse(actor, work, approval_id)


def _found(work: Work, grant_id: bytes, *, lock: bool = False) -> tuple[RoleGrant, Role]:
    row = work.session.get(RoleGrant, grant_id, with_for_update=lock or None)
    if row is None:
        raise NotFound(_("There is no such grant."), hint=_("`pcloud role pending` shows all."))
    return row, work.session.get_one(Role, row.role_id)


def _to_decide(actor: Actor, work: Work, grant_id: bytes) -> tuple[RoleGrant, Role]:
    if work.session.get(RoleGrant, grant_id) is None:
        permission.require(actor, work, "role.approve")
    row, role = _found(work, grant_id, lock=True)
    scope = of_grant(work, row.scope_kind, row.scope_id)
    permission.require(actor, work, "role.approve", community_id=scope.community_id)
    return row, role


def _refuse_concerned(actor: Actor, work: Work, row: RoleGrant) -> None:
    created_by = work.session.scalar(select(Account.created_by).where(Account.id == row.account_id))
    if actor.account_id in (row.account_id, row.granted_by, created_by):
        trail.witnessed(
            actor, work, "role.own_approval", object_type="role_grant", object_id=row.id
        )
        raise NotAllowed(
            _("Nobody confirms a grant that they gave, get, or registered the account for."),
            hint=_("Ask another security administrator."),
            code="own_entry",
        )


def _content(actor: Actor, work: Work, row: RoleGrant, role: Role) -> dict[str, Any]:
    region = row.scope_kind == ScopeKind.REGION and row.scope_id is not None
    places = region_places(actor, work, row.scope_id or b"") if region else frozenset()
    return {
        "grant": row.id.hex(),
        "account": row.account_id.hex(),
        "role": role.code,
        "permissions": sorted(role_records.permissions(work, role)),
        "scope": row.scope_kind,
        "scope_id": row.scope_id.hex() if row.scope_id else None,
        "communities": sorted(place.hex() for place in places),
        "starts": rights.moment(row.starts_at),
        "until": rights.moment(row.expires_at),
        "reason": row.reason,
    }


def _hash(content: dict[str, Any]) -> bytes:
    return hashlib.sha256(canonical_json(content)).digest()


def _tell(
    actor: Actor, work: Work, action: str, row: RoleGrant, role: Role, reason: str | None
) -> None:
    scope = of_grant(work, row.scope_kind, row.scope_id)
    trail.changed(
        actor,
        work,
        action,
        object_type="account",
        object_id=row.account_id,
        community_id=scope.community_id,
        reason=(reason or "").strip() or None,
        detail={"grant": row.id.hex(), "role": role.code},
    )
