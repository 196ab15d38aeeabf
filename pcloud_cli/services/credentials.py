"""Whether a password or a code opens an account, and what becomes of one that does not (2.1.3).

A failure is counted, and after several the account is locked for a while, longer each time.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotAllowed, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.login import LoginEvent, LoginOutcome
from pcloud_cli.security.passwords import (
    STANDARD,
    Cost,
    hash_password,
    needs_rehash,
    verify_password,
)
from pcloud_cli.services import login_rules, rights, second_factor, trail
from pcloud_cli.services.account_state import first_is_over, why_closed
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy import current as policy_of
from pcloud_cli.services.policy_sections import LoginPolicy

_STAFF_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z._-]{0,31}")
_COUNTED = (LoginOutcome.WRONG_PASSWORD, LoginOutcome.WRONG_CODE)


@dataclass(frozen=True)
class Looked:
    """What was found out about a password before the transaction that writes.

    `stored` is the hash it was held against, None where there was none.
    """

    stored: str | None = field(repr=False)
    right: bool


def staff_number(text: str) -> str:
    """Return a staff number (工号) in its one spelling: NFKC, upper case.

    Raises UsageProblem where it has other signs than letters, digits, ``.``, ``_`` and ``-``.
    """
    number = spelled(text)
    if not _STAFF_NUMBER.fullmatch(number):
        raise UsageProblem(
            _("This is no staff number."),
            hint=_("Use up to 32 letters, digits, dots, dashes or underscores, e.g. KF001."),
        )
    return number


def spelled(text: str) -> str:
    """Return what was typed as a staff number in the spelling of staff numbers."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def look(work: Work, number: str, password: str, *, cost: Cost = STANDARD) -> Looked:
    """Return whether `password` is that of staff number `number`, in as long as for any other.

    Hashing takes a fifth of a second: done before the transaction that writes, it keeps nobody
    waiting. Whether the account may be used at all is judged in `attempt`.
    """
    query = select(Account.password_hash).where(Account.staff_number == spelled(number))
    stored = work.session.scalar(query)
    if stored is None:
        hash_password(password, cost)
        return Looked(None, right=False)
    return Looked(stored, right=verify_password(stored, password))


def prove(actor: Actor, work: Work, password: str, code: str | None) -> bool:
    """Return whether `password`, and `code` where one is given, are those of the actor.

    What a session that was left open must not be enough for asks this first. A failure is counted
    if the work commits.
    """
    query = select(Account).where(Account.id == actor.account_id).with_for_update()
    account = work.session.scalar(query)
    if try_password(actor, work, account, password) or account is None:
        return False
    return code is None or try_code(actor, work, account, code) is None


def refused() -> NotAllowed:
    """Return the one answer to every failed attempt to log in."""
    return NotAllowed(
        _("Staff number or password is wrong, or the account is locked."),
        hint=_(
            "After several failed attempts an account is locked for a while."
            " Administration can help."
        ),
        code="login_failed",
    )


def try_password(
    actor: Actor,
    work: Work,
    account: Account | None,
    password: str,
    *,
    cost: Cost = STANDARD,
) -> str | None:
    """Return why `password` does not open `account`, as a code for the trail; None if it does.

    Takes as long for an account that is unknown or locked. Counts and leaves evidence of a
    failure; the count lasts only if the work commits.
    """
    outcome = password_fails(actor, work, account, password, None, cost)
    if outcome is None:
        if account is not None:
            forget_failures(account)
        return None
    return failed(actor, work, account, outcome, policy_of(work, LoginPolicy), None, None)


def try_code(actor: Actor, work: Work, account: Account, code: str) -> str | None:
    """Return why `code` is none of the second factor of `account`, as `try_password` does."""
    if second_factor.check(actor, work, account, code):
        return None
    policy = policy_of(work, LoginPolicy)
    return failed(actor, work, account, LoginOutcome.WRONG_CODE, policy, None, None)


def password_fails(
    actor: Actor,
    work: Work,
    account: Account | None,
    password: str,
    looked: Looked | None,
    cost: Cost,
) -> LoginOutcome | None:
    """Return why `password` does not open `account`; None if it does."""
    stored = account.password_hash if account else None
    known = looked is not None and looked.stored == stored
    closed = _closed(actor, work, account)
    if closed or account is None or stored is None:
        if not known:
            hash_password(password, cost)  # takes as long as looking at a real one
        return closed or LoginOutcome.NO_PASSWORD
    right = looked.right if looked is not None and known else verify_password(stored, password)
    if not right:
        return LoginOutcome.WRONG_PASSWORD
    if needs_rehash(stored, cost):
        account.password_hash = hash_password(password, cost)
        rights.seal_account(work, account)
    return None


def _closed(actor: Actor, work: Work, account: Account | None) -> LoginOutcome | None:
    if account is None:
        return LoginOutcome.UNKNOWN
    if not rights.account_holds(actor, work, account):
        return LoginOutcome.TAMPERED
    closed = why_closed(account, work.now())
    if closed is not None:
        return LoginOutcome(closed)
    if account.locked_until is not None and work.now() < account.locked_until:
        return LoginOutcome.LOCKED
    return LoginOutcome.EXPIRED if first_is_over(account, work.now()) else None


def failed(
    actor: Actor,
    work: Work,
    account: Account | None,
    outcome: LoginOutcome,
    policy: LoginPolicy,
    event: LoginEvent | None,
    attempted: bytes | None,
) -> str:
    """Count a failure, lock the account where it is one too many, and leave evidence."""
    detail: dict[str, Any] = {"why": outcome.value}
    if account is None:
        # what was typed may be a password in the wrong place: only a keyed digest is kept
        detail["attempted"] = (attempted or b"").hex()
    elif outcome in _COUNTED:
        account.failed_count += 1
        extra = account.failed_count - policy.free_tries
        if extra >= 0:
            longest = timedelta(minutes=policy.longest_lock_minutes)
            account.locked_until = work.now() + min(timedelta(minutes=2 ** min(extra, 20)), longest)
        if extra == 0:
            login_rules.burst(work, account, policy, event=event)
    if outcome == LoginOutcome.EXPIRED:
        # only the trail says what helps: the answer to a failed login is always the same
        detail["helps"] = "account reset-password"
    if account is not None:
        detail["failed_count"] = account.failed_count
    trail.witnessed(
        actor,
        work,
        "login.failed",
        object_type="account",
        object_id=account.id if account else None,
        detail=detail,
    )
    return outcome.value


def forget_failures(account: Account) -> None:
    """Begin counting anew after a success."""
    account.failed_count = 0
    account.locked_until = None
