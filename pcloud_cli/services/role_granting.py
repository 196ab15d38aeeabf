"""Granting and revoking roles (2.1.2): to somebody else, for a reason, in a scope.

A sensitive role (`security.permissions.SENSITIVE`) is granted with a second person's yes: its
grant is there, and in force once the security administrator has confirmed it. So that there can
be one, the first security administrator of an installation needs no yes; that is told loudly.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account, AccountKind
from pcloud_cli.models.role import Role, RoleGrant, ScopeKind
from pcloud_cli.security.permissions import THREE, is_sensitive
from pcloud_cli.services import account as accounts
from pcloud_cli.services import (
    outbox,
    permission,
    rights,
    role_asking,
    role_records,
    role_scope,
    trail,
)
from pcloud_cli.services.account_state import state
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.role_scope import Scope, Wanted, of_grant, resolve
from pcloud_cli.services.role_separation import (
    lock_account,
    refuse_last_administrator,
    refuse_union,
    take_turn,
)

_FIRST = "security_admin"


def grant(
    actor: Actor,
    work: Work,
    *,
    staff_number: str,
    role: str,
    reason: str,
    community: str | None = None,
    building: str | None = None,
    region: str | None = None,
    starts: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, Any]:
    """Grant a role in a scope and return the grant; the same once more changes nothing.

    The scope is everything, one `region`, one `community` (code or name) or one `building` of
    it; it holds from `starts` (now) until `until` (no end). In the record, ``new`` says whether
    it was not there before, ``state`` whether it waits for confirmation, ``idle`` whether it gives
    nothing, since another firm lends the person to another community. Raises NotAllowed where
    `actor` would grant to itself or to whom it registered, Conflict where the account would come
    to hold what must be apart (2.1.2) or has ended.
    """
    permission.require_somewhere(actor, work, "role.grant")
    scope = resolve(work, Wanted(community, building, region))
    permission.require(actor, work, "role.grant", community_id=scope.community_id)
    account, wanted = accounts.find(work, staff_number), role_records.find(work, role)
    refuse_own(actor, work, account, wanted)
    if not reason.strip():
        raise UsageProblem(_("A grant needs a reason."), hint=_("Give --reason."))
    now = work.now()
    if starts is not None and starts <= now:
        starts = None
    if until is not None and until <= (starts or now):
        raise UsageProblem(_("The grant would have ended already."))
    if state(account, now) in ("disabled", "ended"):
        raise Conflict(_("The account has ended."))
    if scope.kind == ScopeKind.REGION:
        role_scope.wait_for_region(work, scope.id or b"")
    refuse_union(actor, work, account.id, [wanted.code])
    same = _same(actor, work, account, wanted, scope=scope, starts=starts, until=until)
    if same is not None:
        return role_records.record(actor, work, same, wanted) | {
            "new": False,
            "idle": permission.is_idle(actor, work, same, wanted.code),
        }
    row = RoleGrant(
        id=work.ids(),
        account_id=account.id,
        role_id=wanted.id,
        scope_kind=scope.kind.value,
        scope_id=scope.id,
        granted_by=actor.account_id,
        granted_at=now,
        reason=reason.strip(),
        starts_at=starts,
        expires_at=until,
    )
    first = _is_first(actor, work, account, row, wanted)
    waits = _is_sensitive(actor, work, wanted) and not first
    if waits:
        row.approval_id = role_asking.ask(actor, work, row, wanted, scope)
    rights.seal_grant(work, row, wanted.code)
    work.session.add(row)
    work.session.flush()
    _tell(actor, work, "role.ask" if waits else "role.grant", row, wanted, scope)
    if first:
        _tell(actor, work, "role.first_security_admin", row, wanted, scope)
        _say_first(work, row)
    return role_records.record(actor, work, row, wanted) | {
        "new": True,
        "first": first,
        "idle": permission.is_idle(actor, work, row, wanted.code),
    }


def revoke(actor: Actor, work: Work, grant_id: bytes, *, reason: str) -> dict[str, Any]:
    """Revoke a grant from now on and return it; once more changes nothing.

    Raises Conflict where it would take the last administrator away.
    """
    row = work.session.get(RoleGrant, grant_id, with_for_update=True)
    if row is None:
        permission.require(actor, work, "role.grant")
        raise NotFound(
            _("There is no such grant."), hint=_("`pcloud role grants` shows all with -o json.")
        )
    scope = of_grant(work, row.scope_kind, row.scope_id)
    permission.require(actor, work, "role.grant", community_id=scope.community_id)
    role = work.session.get_one(Role, row.role_id)
    if row.revoked_at is None and rights.grant_holds(actor, work, row, role.code):
        if is_lasting_administrator(row, role):
            refuse_last_administrator(work, row.account_id, roles=[role.code])
        end(actor, work, row, role, reason=reason)
    return role_records.record(actor, work, row, role)


def end(actor: Actor, work: Work, row: RoleGrant, role: Role, *, reason: str) -> None:
    """Revoke a grant that stands. Whoever calls it has checked who may, and who must remain."""
    row.revoked_at = work.now()
    row.revoked_by = actor.account_id
    if row.approval_id is not None and row.confirmed_at is None:
        role_asking.lapse(actor, work, row.approval_id)
    rights.seal_grant(work, row, role.code)
    work.session.flush()
    scope = of_grant(work, row.scope_kind, row.scope_id)
    trail.changed(
        actor,
        work,
        "role.revoke",
        object_type="account",
        object_id=row.account_id,
        community_id=scope.community_id,
        reason=reason.strip() or None,
        detail={"grant": row.id.hex(), "role": role.code},
    )


def is_lasting_administrator(row: RoleGrant, role: Role) -> bool:
    """Return whether a grant may be what keeps the last administrator or auditor."""
    return (
        role.code in THREE
        and row.scope_kind == ScopeKind.ALL
        and row.expires_at is None
        and (row.approval_id is None or row.confirmed_at is not None)
    )


def refuse_own(actor: Actor, work: Work, account: Account, role: Role) -> None:
    """Return where `actor` may give to `account`; evidence and NotAllowed where it may not.

    Nobody gives to themselves, nor to somebody whom they registered: who makes an account and
    gives it rights has made an actor alone.
    """
    if actor.account_id is None:
        return
    if account.id == actor.account_id:
        trail.witnessed(actor, work, "role.self_grant", object_type="role", object_id=role.id)
        raise NotAllowed(
            _("Nobody grants a role to themselves."),
            hint=_("Ask another system administrator."),
            code="self_grant",
        )
    if account.created_by == actor.account_id:
        trail.witnessed(
            actor, work, "role.own_registration", object_type="account", object_id=account.id
        )
        raise NotAllowed(
            _("Nobody grants a role to somebody whom they registered themselves."),
            hint=_("Ask another system administrator."),
            code="own_registration",
        )


def _is_sensitive(actor: Actor, work: Work, role: Role) -> bool:
    if actor.kind == "bootstrap":  # setting up, and recovery with the master key: nobody else is
        return False
    return is_sensitive(role_records.permissions(work, role))


def _is_first(actor: Actor, work: Work, account: Account, row: RoleGrant, role: Role) -> bool:
    """Return whether this makes the first security administrator that there ever was.

    Lost ones come back by recovery only: else who grants could wait for, or bring about, the
    loss of who confirms. Conflict where the first would not be a lasting one.
    """
    if role.code != _FIRST or actor.kind == "bootstrap":
        return False
    take_turn(work)
    before = or_(RoleGrant.approval_id.is_(None), RoleGrant.confirmed_at.is_not(None))
    if work.session.scalar(select(exists().where(RoleGrant.role_id == role.id, before))):
        return False
    lasting = row.scope_kind == ScopeKind.ALL and row.expires_at is None and row.starts_at is None
    if not lasting or account.kind != AccountKind.PERSON:
        raise Conflict(
            _("The first security administrator must be a person, everywhere and without an end."),
            hint=_("Leave out --community, --region, --from and --until."),
            code="first_security_admin",
        )
    return True


def _say_first(work: Work, row: RoleGrant) -> None:
    number = work.session.scalar(select(Account.staff_number).where(Account.id == row.account_id))
    outbox.queue(
        work,
        "first_security_admin",
        Recipient.role("system_admin"),
        {"staff_number": number or "", "at": row.granted_at.isoformat()},
        once=f"first_security_admin {row.id.hex()}",
    )


def _same(
    actor: Actor,
    work: Work,
    account: Account,
    role: Role,
    *,
    scope: Scope,
    starts: datetime | None,
    until: datetime | None,
) -> RoleGrant | None:
    lock_account(work, account.id)
    for row in work.session.scalars(
        select(RoleGrant)
        .where(
            RoleGrant.account_id == account.id,
            RoleGrant.role_id == role.id,
            RoleGrant.revoked_at.is_(None),
        )
        .order_by(RoleGrant.id)
        .execution_options(populate_existing=True)
    ).all():
        same = (row.scope_kind, row.scope_id, row.expires_at) == (scope.kind, scope.id, until)
        begun = row.starts_at is None or row.starts_at <= work.now()
        when = row.starts_at == starts or (starts is None and begun)
        stands = permission.state(actor, work, row, role.code) in ("held", "pending", "later")
        if same and when and stands:
            return row
    return None


def _tell(actor: Actor, work: Work, action: str, row: RoleGrant, role: Role, scope: Scope) -> None:
    detail: dict[str, Any] = {
        "grant": row.id.hex(),
        "role": role.code,
        "scope": row.scope_kind,
        "scope_id": row.scope_id.hex() if row.scope_id else None,
        "until": rights.moment(row.expires_at),
    }
    if row.starts_at is not None:
        detail["starts"] = rights.moment(row.starts_at)
    trail.changed(
        actor,
        work,
        action,
        object_type="account",
        object_id=row.account_id,
        community_id=scope.community_id,
        reason=row.reason,
        detail=detail,
    )
