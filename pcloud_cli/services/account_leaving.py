"""Leaving (离职): an account ends at a moment, and with it its sessions and grants (2.1.1).

The moment may lie ahead: it is looked at whenever the account is used, so nothing has to happen
then. What the person did stays in the books under their name.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.role import Role, RoleGrant
from pcloud_cli.services import account as accounts
from pcloud_cli.services import (
    open_work,
    permission,
    rights,
    role,
    role_granting,
    sessions,
    trail,
)
from pcloud_cli.services.actor import Actor


def leave(
    actor: Actor, work: Work, number: str, *, at: datetime | None, reason: str
) -> dict[str, Any]:
    """Let the account of staff number `number` end `at` a moment, or now; return what was done.

    Now: sessions end, grants are revoked, and what the person has in hand goes back to the queue.
    Later: all that holds from the moment on, and ``open`` tells what is in hand today. Raises
    NotAllowed for one's own account, Conflict for the last administrator.
    """
    account = _to_change(actor, work, number)
    if not reason.strip():
        raise UsageProblem(_("Leaving needs a reason."), hint=_("Give --reason."))
    now = work.now()
    if account.ends_at is not None and account.ends_at <= now:
        return _record(work, account, already=True)
    role.refuse_last_administrator(work, account.id)
    account.ends_at = now if at is None or at <= now else at
    rights.seal_account(work, account)
    done = _record(work, account, already=False)
    if account.ends_at <= now:
        done["sessions"] = sessions.end_all(work, account.id)
        done["grants"] = _revoke_all(actor, work, account, reason)
        done["given_back"] = open_work.give_back(actor, work, account.id)
    trail.changed(
        actor,
        work,
        "account.leave",
        object_type="account",
        object_id=account.id,
        community_id=account.community_id,
        reason=reason.strip(),
        detail={
            "ends_at": rights.moment(account.ends_at),
            **{name: done[name] for name in ("sessions", "grants", "given_back")},
        },
    )
    return done


def stay(actor: Actor, work: Work, number: str, *, reason: str) -> dict[str, Any]:
    """Take an end that lies ahead back; Conflict where it has come, or there is none.

    Conflict too for whom another firm lends: their account always ends with a contract.
    """
    account = _to_change(actor, work, number)
    if account.ends_at is None or account.ends_at <= work.now():
        raise Conflict(
            _("No end of this account lies ahead."),
            hint=_("Who left and comes back is registered anew."),
            code="no_end_ahead",
        )
    if account.employer is not None:
        raise Conflict(
            _("Whom another firm lends has an account until the contract ends."),
            hint=_("Where the contract goes on: `pcloud account leave NUMBER --at DAY`."),
            code="contract",
        )
    account.ends_at = None
    rights.seal_account(work, account)
    trail.changed(
        actor,
        work,
        "account.stay",
        object_type="account",
        object_id=account.id,
        community_id=account.community_id,
        reason=reason.strip() or None,
    )
    return _record(work, account, already=False)


def _to_change(actor: Actor, work: Work, number: str) -> Account:
    permission.require(actor, work, "account.leave")
    found = accounts.find(work, number)
    account = work.session.get_one(Account, found.id, with_for_update=True, populate_existing=True)
    if account.id == actor.account_id:
        raise NotAllowed(
            _("Nobody ends their own account."),
            hint=_("Ask a colleague of administration."),
            code="own_account",
        )
    rights.require_account(actor, work, account)
    return account


def _revoke_all(actor: Actor, work: Work, account: Account, reason: str) -> int:
    """Revoke what the account holds, or waits for; return how many grants that were."""
    query = (
        select(RoleGrant, Role)
        .join(Role, Role.id == RoleGrant.role_id)
        .where(RoleGrant.account_id == account.id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )
    count = 0
    for grant, held in work.session.execute(query.with_for_update(of=RoleGrant)).all():
        over = grant.expires_at is not None and grant.expires_at <= work.now()
        if over or not rights.grant_holds(actor, work, grant, held.code):
            continue
        role_granting.end(actor, work, grant, held, reason=reason)
        count += 1
    return count


def _record(work: Work, account: Account, *, already: bool) -> dict[str, Any]:
    return {
        "id": account.id,
        "staff_number": account.staff_number,
        "name": account.name,
        "ends_at": account.ends_at,
        "already": already,
        "sessions": 0,
        "grants": 0,
        "given_back": 0,
        "open": open_work.of(work, account.id),
    }
