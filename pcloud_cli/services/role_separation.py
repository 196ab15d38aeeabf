"""What one person must not hold together, and who must remain: administrators and auditor (2.1.2).

Both are asked about an account before a change; both lock what they look at, so that of two
changes at the same moment the second sees the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import combinations

from sqlalchemy import ColumnElement, or_, select

from pcloud_cli.db.locks import wait_turn
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import N_, _, language
from pcloud_cli.models.account import Account, AccountKind
from pcloud_cli.models.role import Role, RoleGrant, RolePermission, ScopeKind
from pcloud_cli.security.permissions import APART, PERMISSIONS, ROLES, THREE
from pcloud_cli.services import permission, rights
from pcloud_cli.services.account_state import in_work
from pcloud_cli.services.actor import Actor, nobody

_TURN = "administrators"
_LAST = {
    False: N_("This is the last {role}; without one nobody could be granted anything."),
    True: N_("This is the last {role}; without one nobody would read the trail."),
}


def refuse_union(actor: Actor, work: Work, account_id: bytes, codes: Iterable[str]) -> None:
    """Return where the account may hold the roles `codes` beside all that it holds or will hold.

    Grants that wait for confirmation or begin later count, wherever they reach; ended ones do
    not. Locks the account until the end of the work. Raises Conflict where two of the three
    administrators (三员分立) or two permissions that must be apart would come together.
    """
    lock_account(work, account_id)
    roles = set(codes)
    for row, code in standing(work, account_id):
        if rights.grant_holds(actor, work, row, code):
            roles.add(code)
    refuse_roles(work, roles)


def refuse_roles(work: Work, codes: Iterable[str]) -> None:
    """Return where one account may hold all the roles `codes`; else raise Conflict."""
    roles = sorted(set(codes))
    for one, two in combinations([code for code in THREE if code in roles], 2):
        raise _apart(_role(one), _role(two))
    held: dict[str, str] = {}
    for code in roles:
        for name in _permissions(work, code):
            held.setdefault(name, code)
    for one, two in APART:
        if one in held and two in held:
            raise _apart(_(PERMISSIONS[one]), _(PERMISSIONS[two]))


def lock_account(work: Work, account_id: bytes) -> None:
    """Lock an account's row until the end of the work: its grants are given one after the other."""
    work.session.execute(select(Account.id).where(Account.id == account_id).with_for_update()).one()


def standing(work: Work, account_id: bytes) -> list[tuple[RoleGrant, str]]:
    """Return the grants of an account, with their role's code, that have not ended.

    Read anew from the database, since the account is locked.
    """
    query = (
        select(RoleGrant, Role.code)
        .join(Role, Role.id == RoleGrant.role_id)
        .where(RoleGrant.account_id == account_id, *_unended(work.now()))
        .order_by(RoleGrant.id)
        .execution_options(populate_existing=True)
    )
    return [(row, code) for row, code in work.session.execute(query)]


def refuse_last_administrator(
    work: Work, account_id: bytes, *, roles: Iterable[str] = THREE
) -> None:
    """Return where the account may lose `roles`, its work or its login; else raise Conflict.

    It may where it is neither administrator nor auditor, or where another person remains who
    holds the same role everywhere, without an end, and can log in. Call it before the change.
    """
    take_turn(work)
    actor = nobody()
    for code in roles:
        holders = lasting_holders(actor, work, code)
        if account_id in holders and len(holders) == 1:
            raise Conflict(
                _(_LAST[code == "auditor"]).format(role=_role(code)),
                hint=_("Grant the role to a second person first, everywhere and without an end."),
                code="last_administrator",
            )


def take_turn(work: Work) -> None:
    """Wait until nobody else changes who the administrators are, until the end of the work."""
    wait_turn(work.session, _TURN)


def lasting_holders(actor: Actor, work: Work, code: str) -> set[bytes]:
    """Return the accounts of people who hold the role `code` everywhere, now and without an end.

    An account that is stopped, locked after a report, or has an end of its own is none of them,
    nor is who waits for confirmation or begins later.
    """
    query = (
        select(RoleGrant, Account)
        .join(Role, Role.id == RoleGrant.role_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            Role.code == code,
            RoleGrant.scope_kind == ScopeKind.ALL.value,
            RoleGrant.expires_at.is_(None),
            RoleGrant.revoked_at.is_(None),
            *in_work(work.now()),
            Account.ends_at.is_(None),
            Account.compromised_at.is_(None),
            Account.kind == AccountKind.PERSON.value,
        )
        .execution_options(populate_existing=True)
    )
    return {
        account.id
        for row, account in work.session.execute(query).all()
        if permission.state(actor, work, row, code) == "held"
        and rights.account_holds(actor, work, account)
    }


def _unended(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        RoleGrant.revoked_at.is_(None),
        or_(RoleGrant.expires_at.is_(None), RoleGrant.expires_at > now),
    )


def _permissions(work: Work, code: str) -> frozenset[str]:
    stored = work.session.scalars(
        select(RolePermission.permission)
        .join(Role, Role.id == RolePermission.role_id)
        .where(Role.code == code)
    )
    return permission.role_permissions(code, set(stored))


def _apart(one: str, two: str) -> Conflict:
    return Conflict(
        _("One account must not hold both {one} and {two}.").format(one=one, two=two),
        hint=_("Grant the role to somebody else, or revoke the other one first."),
        code="apart",
    )


def _role(code: str) -> str:
    role = ROLES[code]
    return role.name_zh if language() == "zh" else role.name
