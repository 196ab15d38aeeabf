"""Stopping an account and setting it going again: suspend, resume, unlock, a new password (2.1.1).

Administration does so everywhere; a supervisor stops people of the own community.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account, AccountKind, PasswordState
from pcloud_cli.models.role import ScopeKind
from pcloud_cli.security.passwords import STANDARD, Cost
from pcloud_cli.security.permissions import THREE
from pcloud_cli.services import account as accounts
from pcloud_cli.services import (
    account_state,
    credentials,
    first_password,
    open_work,
    outbox,
    password_history,
    permission,
    rights,
    sessions,
    trail,
)
from pcloud_cli.services.account import Created
from pcloud_cli.services.actor import Actor, Grant, nobody
from pcloud_cli.services.first_password import Handing
from pcloud_cli.services.permission_places import building_community
from pcloud_cli.services.role_separation import refuse_last_administrator, standing


def suspend(actor: Actor, work: Work, number: str, *, reason: str) -> dict[str, Any]:
    """Stop an account at once and end its logins; done twice, it changes nothing.

    What it has in hand goes back to the queue, and does not come back by itself on resuming.
    Needs ``account.suspend`` where the account belongs. Raises NotAllowed for one's own, and where
    a supervisor would stop an administrator or a superior; Conflict for the last administrator's.
    """
    why = _reason(reason)
    account = _chosen(actor, work, number, "account.suspend")
    _not_own(actor, account, _("Nobody suspends themselves."))
    _not_above(actor, work, account)
    refuse_last_administrator(work, account.id)
    already = account.suspended_at is not None
    ended = given_back = 0
    if not already:
        account.suspended_at = work.now()
        account.suspended_by = actor.account_id
        account.suspended_why = why
        rights.seal_account(work, account)
        if account.kind == AccountKind.PERSON:  # a service goes on with its token when resumed
            ended = sessions.end_all(work, account.id)
        work.session.flush()
        given_back = open_work.give_back(actor, work, account.id)
        detail = {"sessions_ended": ended, "given_back": given_back}
        _told(actor, work, account, "account.suspend", why, detail)
    return _done(work, account) | {
        "sessions_ended": ended,
        "given_back": given_back,
        "already": already,
    }


def resume(actor: Actor, work: Work, number: str, *, reason: str) -> dict[str, Any]:
    """Let a suspended account be used again; done twice, it changes nothing.

    A supervisor lifts only what they imposed; administration lifts all.
    """
    why = _reason(reason)
    account = _chosen(actor, work, number, "account.suspend")
    _not_own(actor, account, _("Nobody resumes their own account."))
    already = account.suspended_at is None
    if not already:
        if account.suspended_by != actor.account_id:
            permission.require(actor, work, "account.suspend")
        account.suspended_at = account.suspended_by = account.suspended_why = None
        rights.seal_account(work, account)
        _told(actor, work, account, "account.resume", why, {})
    return _done(work, account) | {"already": already}


def unlock(
    actor: Actor,
    work: Work,
    number: str,
    *,
    reason: str,
    handing: Handing | None = None,
    random: Callable[[int], bytes] = os.urandom,
    cost: Cost = STANDARD,
) -> tuple[dict[str, Any], Created | None]:
    """Forget an account's failed attempts, and open one that was reported as compromised.

    Others may know the password of the latter, so it gets a new first one, handed over as
    `handing` says; it is returned beside the account. Raises UsageProblem where `handing` lacks.
    """
    why = _reason(reason)
    account = _chosen(actor, work, number, "account.reset")
    _not_own(actor, account, _("Nobody unlocks their own account."))
    reported = account.compromised_at is not None
    already = not reported and account.locked_until is None and account.failed_count == 0
    made = None
    if reported:
        if handing is None:
            raise UsageProblem(
                _("Others may know this account's password, so it gets a new first one."),
                hint=_("Give --send, --slip FILE, or --show with --reason."),
            )
        account.compromised_at = None
        made = _renewed(actor, work, account, handing, random=random, cost=cost)
    if not already:
        credentials.forget_failures(account)
        rights.seal_account(work, account)
        detail = {"reported": reported} | ({"way": handing.way} if reported and handing else {})
        _told(actor, work, account, "account.unlock", why, detail)
    return _done(work, account) | {"already": already}, made


def reset_password(
    actor: Actor,
    work: Work,
    number: str,
    *,
    reason: str,
    handing: Handing,
    random: Callable[[int], bytes] = os.urandom,
    cost: Cost = STANDARD,
) -> Created:
    """Give an account a new first password and end its logins; the old one opens nothing more.

    The password is in the result where `handing` does not send it. Raises NotAllowed for one's
    own, Conflict for a service, an account that ended or that was reported as compromised.
    """
    why = _reason(reason)
    account = _chosen(actor, work, number, "account.reset")
    _not_own(actor, account, _("Nobody resets their own password."))
    if account.kind != AccountKind.PERSON:
        raise Conflict(
            _("{number} is a service and has no password.").format(number=account.staff_number),
            hint=_("Its tokens: `pcloud account token list`."),
        )
    closed = account_state.why_closed(account, work.now())
    if closed == "compromised":
        raise Conflict(
            _("The account was reported as compromised."),
            hint=_("Look into it, then open it with `pcloud account unlock`."),
        )
    if closed in ("disabled", "ended"):
        raise Conflict(_("The account has ended."))
    made = _renewed(actor, work, account, handing, random=random, cost=cost)
    credentials.forget_failures(account)
    rights.seal_account(work, account)
    ended = sessions.end_all(work, account.id)
    detail = {"way": handing.way, "sessions_ended": ended}
    _told(actor, work, account, "account.reset_password", why, detail)
    return made


@dataclass(frozen=True)
class Prospect:
    """What a command must know before it asks how a new first password is handed over."""

    reachable: bool
    reported: bool


def prospect(actor: Actor, work: Work, number: str) -> Prospect:
    """Return whether an account can be sent a password and whether it was reported.

    Needs ``account.reset``; changes nothing.
    """
    account = _chosen(actor, work, number, "account.reset", lock=False)
    return Prospect(outbox.reachable(work, account.id), account.compromised_at is not None)


def _renewed(
    actor: Actor,
    work: Work,
    account: Account,
    handing: Handing,
    *,
    random: Callable[[int], bytes],
    cost: Cost,
) -> Created:
    """Give `account` a new first password and hand it over."""
    _not_by_hand(work, account, handing)
    password_history.keep(work, account)
    password = first_password.put(work, account, random=random, cost=cost)
    shown = first_password.hand_over(
        actor, work, account, password, handing, template="password_reset"
    )
    return Created(
        account.id,
        account.staff_number,
        account.name,
        account.kind,
        shown,
        None,
        None,
        first_until=account.first_password_until,
        way=handing.way,
    )


def _not_by_hand(work: Work, account: Account, handing: Handing) -> None:
    """Raise Conflict where administration would hold the password of an administrator's account.

    Whoever registers staff could otherwise take the right to grant. As long as the holder has
    never set a password of their own there is nothing to take that registering did not give.
    """
    if handing.way == "send" or account.password_state == PasswordState.FIRST:
        return
    if _is_one_of_three(work, account):
        raise Conflict(
            _("A new password of an administrator or auditor goes to their own mobile or mail."),
            hint=_("Give --send. Without a contact, those who hold the master key must help."),
            code="administrator",
        )


def _not_above(actor: Actor, work: Work, account: Account) -> None:
    """Raise NotAllowed where a supervisor would stop who watches or directs them.

    Those are administrators and auditors, and whoever supervises places that `actor` does not.
    """
    reach = permission.reach(actor, work, "account.suspend")
    if reach.everywhere:
        return
    above = _is_one_of_three(work, account)
    for grant in permission.grants_of(nobody(), work, account.id):
        places = _places(work, grant)
        within = bool(places) and places <= reach.communities
        above = above or ("account.suspend" in grant.permissions and not within)
    if above:
        raise NotAllowed(
            _("A supervisor suspends neither administrators and auditors nor superiors."),
            hint=_("Ask administration, which may suspend everybody."),
            code="above",
        )


def _places(work: Work, grant: Grant) -> frozenset[bytes]:
    """Return the communities that a grant reaches into; none stands for everywhere."""
    place = grant.scope_id
    if place is not None and grant.scope_kind == ScopeKind.BUILDING:
        place = building_community(work, place)
    return grant.places if place is None or grant.places else frozenset([place])


def _is_one_of_three(work: Work, account: Account) -> bool:
    """Return whether the account is an administrator's or auditor's, if only from later on."""
    return any(code in THREE for _row, code in standing(work, account.id))


def _chosen(actor: Actor, work: Work, number: str, need: str, *, lock: bool = True) -> Account:
    """Return the account `number` where `actor` holds `need`, locked for a change.

    Who holds it nowhere does not learn whether there is such an account.
    """
    permission.require_somewhere(actor, work, need)
    account = accounts.find(work, number)
    permission.require(actor, work, need, community_id=account.community_id)
    if not lock:
        return account
    query = select(Account).where(Account.id == account.id).with_for_update()
    locked = work.session.scalars(query.execution_options(populate_existing=True)).one()
    rights.require_account(actor, work, locked)
    return locked


def _not_own(actor: Actor, account: Account, message: str) -> None:
    if account.id == actor.account_id:
        raise NotAllowed(message, hint=_("Ask a colleague of administration."), code="own")


def _reason(text: str) -> str:
    if not text.strip():
        raise UsageProblem(_("This needs a reason."), hint=_("Give --reason."))
    return text.strip()


def _told(
    actor: Actor, work: Work, account: Account, action: str, why: str, detail: dict[str, Any]
) -> None:
    trail.changed(
        actor,
        work,
        action,
        object_type="account",
        object_id=account.id,
        community_id=account.community_id,
        reason=why,
        detail=detail,
    )


def _done(work: Work, account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "staff_number": account.staff_number,
        "name": account.name,
        "state": account_state.state(account, work.now()),
    }
