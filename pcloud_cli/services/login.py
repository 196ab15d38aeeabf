"""Logging in and out (2.1.1, 2.1.3): a staff number and a password become a session's token.

Every attempt is a login event and stands in the trail. A failed one is counted, and after several
of them the account is locked for a while, longer each time; the answer is the same whether the
account is unknown, locked or the password wrong.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from pcloud_cli.context import Context
from pcloud_cli.db.work import Work
from pcloud_cli.models.account import Account, LoginSession, PasswordState
from pcloud_cli.models.login import LoginEvent, LoginOutcome
from pcloud_cli.place import UNKNOWN, Place
from pcloud_cli.security.passwords import STANDARD, Cost
from pcloud_cli.services import (
    credentials,
    login_events,
    login_rules,
    permission,
    second_factor,
    sessions,
    trail,
)
from pcloud_cli.services.actor import Actor, nobody
from pcloud_cli.services.credentials import (
    Looked,
    look,
    refused,
    spelled,
    staff_number,
    try_password,
)
from pcloud_cli.services.policy import current as policy_of
from pcloud_cli.services.policy_sections import LoginPolicy
from pcloud_cli.services.sessions import (
    Terms,
    caller,
    end_all,
    open_session,
    person,
    resolve,
    store,
)

__all__ = [
    "FIRST_SESSION",
    "SESSION",
    "Attempt",
    "Login",
    "Looked",
    "Result",
    "attempt",
    "caller",
    "end_all",
    "freed",
    "log_in",
    "log_out",
    "look",
    "open_session",
    "person",
    "refused",
    "reopened",
    "resolve",
    "staff_number",
    "store",
    "terminal_for",
    "try_password",
    "whoami",
]

SESSION = timedelta(hours=12)
"""How long a login lasts where policy says nothing else: a long shift, and no more."""
FIRST_SESSION = timedelta(minutes=15)
"""How long a restricted login lasts: enough to set a password or a second factor."""


@dataclass(frozen=True)
class Login:
    """A new session: its `token`, shown to nobody, and whose it is.

    `restricted` may only change the first password, or with `wants_factor` only set up a second
    factor. `before` is where and when the account last logged in, `failed` how often in vain
    since, `codes_left` how many recovery codes are left after one was used. Until `first_until` a
    first password may be changed.
    """

    token: str = field(repr=False)
    staff_number: str
    name: str
    restricted: bool
    expires_at: datetime
    wants_factor: bool = False
    shared: bool = False
    before: tuple[datetime, str] | None = None
    failed: int = 0
    codes_left: int | None = None
    first_until: datetime | None = None


@dataclass(frozen=True)
class Attempt:
    """What somebody tries to log in with, and where.

    `terminal` is the digest of the terminal that a shared login is bound to.
    """

    number: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    place: Place = UNKNOWN
    terminal: bytes | None = None
    looked: Looked | None = None


@dataclass(frozen=True)
class Result:
    """How an attempt ended, a code of `LoginOutcome`, and the login that it opened."""

    outcome: str
    login: Login | None

    @property
    def wants_code(self) -> bool:
        """Whether the password was right and a one-time code is still missing."""
        return self.outcome == LoginOutcome.CODE_WANTED


def log_in(
    actor: Actor,
    work: Work,
    *,
    number: str,
    password: str,
    random: Callable[[int], bytes] = os.urandom,
    cost: Cost = STANDARD,
) -> Login | None:
    """Return a new session for staff number `number`, or None where the attempt is refused."""
    tried = Attempt(number, password)
    return attempt(actor, work, tried, random=random, cost=cost).login


def attempt(
    actor: Actor,
    work: Work,
    tried: Attempt,
    *,
    random: Callable[[int], bytes] = os.urandom,
    cost: Cost = STANDARD,
) -> Result:
    """Return what came of an attempt to log in; a session that `actor` came with is ended.

    Only a shared login leaves a session alone that is not bound to the terminal: that one belongs
    to other windows too.

    A result instead of an error, so that a failed attempt is committed and counted; once the
    work is closed the caller raises `refused()`, or asks for the code.
    """
    query = select(Account).where(Account.staff_number == spelled(tried.number)).with_for_update()
    account = work.session.scalar(query)
    policy = policy_of(work, LoginPolicy)
    # whoever tries is not yet anybody: not even the one who was logged in here before
    whoever = nobody()
    by_recovery = False
    outcome = credentials.password_fails(whoever, work, account, tried.password, tried.looked, cost)
    if outcome is None and account is not None and account.second_factor_at is not None:
        if tried.code is None:
            outcome = LoginOutcome.CODE_WANTED
        else:
            left = second_factor.codes_left(work, account.id)
            if not second_factor.check(whoever, work, account, tried.code):
                outcome = LoginOutcome.WRONG_CODE
            by_recovery = second_factor.codes_left(work, account.id) < left
    digest = None if account else _digest(work, tried.number)
    event = login_events.record(
        work, tried.place, account, outcome or LoginOutcome.OK, attempted=digest
    )
    if outcome is not None or account is None:
        return Result(
            credentials.failed(
                whoever, work, account, outcome or LoginOutcome.UNKNOWN, policy, event, digest
            ),
            None,
        )
    credentials.forget_failures(account)
    if tried.terminal is None or _bound(work, actor):
        sessions.end_own(actor, work)
    before = login_events.last_ok(work, account.id, before=event.id)
    made = _opened(work, account, policy, tried.terminal, random=random)
    event.session_id = made[1].id
    trail.changed(
        person(account),
        work,
        "login",
        object_type="login_session",
        object_id=made[1].id,
        detail={"restricted": made[1].restricted, "shared": tried.terminal is not None},
    )
    login_rules.judge(work, account, event, tried.place, policy)
    return Result(
        LoginOutcome.OK,
        _shown(
            account,
            *made,
            before=(before.at, _from(before)) if before else None,
            failed=_failures_since(work, account, before),
            codes_left=second_factor.codes_left(work, account.id) if by_recovery else None,
        ),
    )


def reopened(
    actor: Actor, work: Work, account: Account, *, random: Callable[[int], bytes]
) -> tuple[Login, int]:
    """Return a new session in place of all that `account` has, and how many those were.

    It is bound to the terminal that the actor's own was bound to; `actor` goes on in it.
    """
    own = work.session.get(LoginSession, actor.session_id) if actor.session_id else None
    ended = end_all(work, account.id)
    policy = policy_of(work, LoginPolicy)
    terminal = own.terminal_digest if own else None
    token, session = _opened(work, account, policy, terminal, random=random)
    actor.session_id, actor.expires_at = session.id, session.expires_at
    actor.restricted = session.restricted
    actor.wants_factor = session.restricted
    return _shown(account, token, session), ended


def freed(actor: Actor, work: Work, *, random: Callable[[int], bytes]) -> Login | None:
    """Return a full session for an `actor` whose own waited for the second factor, else None."""
    if not actor.wants_factor or actor.account_id is None:
        return None
    account = work.session.get_one(Account, actor.account_id)
    return reopened(actor, work, account, random=random)[0]


def terminal_for(run: Context, work: Work, asked: bytes | None) -> bytes | None:
    """Return the terminal to bind a login to: where `asked`, and always at a registered host."""
    if asked is not None or run.terminal is None:
        return asked
    policy = policy_of(work, LoginPolicy)
    registered = login_rules.is_shared(run.place.host, run.place.ssh, policy)
    return run.terminal.identity if registered else None


def log_out(actor: Actor, work: Work) -> bool:
    """End the session that `actor` came with; return whether there was one."""
    if actor.session_id is None:
        return False
    session_id = actor.session_id
    sessions.end_own(actor, work)
    trail.changed(actor, work, "logout", object_type="login_session", object_id=session_id)
    return True


def whoami(actor: Actor, work: Work) -> dict[str, Any]:
    """Return who `actor` is: staff number, name, roles, permissions, and the login's terms."""
    if actor.kind == "nobody":
        raise permission.not_logged_in(actor)
    names = permission.granted_permissions(actor, work)
    session = work.session.get(LoginSession, actor.session_id) if actor.session_id else None
    account = work.session.get(Account, actor.account_id) if actor.account_id else None
    with_factor = account is not None and account.second_factor_at is not None
    return {
        "kind": actor.kind,
        "staff_number": actor.staff_number,
        "name": actor.name,
        "roles": sorted({grant.role for grant in actor.grants or ()}),
        "permissions": names,
        "restricted": actor.restricted,
        "expires_at": actor.expires_at,
        "idle_minutes": session.idle_minutes if session else None,
        "shared": session is not None and session.terminal_digest is not None,
        "token": session.label if session else None,
        "second_factor": with_factor,
        "codes_left": (
            second_factor.codes_left(work, account.id) if account and with_factor else None
        ),
        "logged_in_at": session.created_at if session else None,
    }


def _bound(work: Work, actor: Actor) -> bool:
    own = work.session.get(LoginSession, actor.session_id) if actor.session_id else None
    return own is not None and own.terminal_digest is not None


def _opened(
    work: Work,
    account: Account,
    policy: LoginPolicy,
    terminal: bytes | None,
    *,
    random: Callable[[int], bytes],
) -> tuple[str, LoginSession]:
    restricted = account.password_state == PasswordState.FIRST or (
        account.second_factor_at is None and second_factor.wanted(work, account)
    )
    lasts = FIRST_SESSION if restricted else timedelta(hours=policy.session_hours)
    idle = policy.session_idle_minutes if terminal is None else policy.shared_idle_minutes
    terms = Terms(
        until=work.now() + lasts, restricted=restricted, idle_minutes=idle, terminal=terminal
    )
    return sessions.open_on(work, account, terms, random=random)


def _shown(account: Account, token: str, session: LoginSession, **more: Any) -> Login:
    first = account.password_state == PasswordState.FIRST
    return Login(
        token=token,
        staff_number=account.staff_number,
        name=account.name,
        restricted=session.restricted,
        expires_at=session.expires_at,
        wants_factor=session.restricted and not first,
        shared=session.terminal_digest is not None,
        first_until=account.first_password_until if first else None,
        **more,
    )


def _failures_since(work: Work, account: Account, before: LoginEvent | None) -> int:
    # a password that was right but lacked its code is worth knowing; one's own is just before
    counted = (LoginOutcome.WRONG_PASSWORD.value, LoginOutcome.WRONG_CODE.value)
    query = select(func.count()).where(
        LoginEvent.account_id == account.id, LoginEvent.outcome.in_(counted)
    )
    if before is not None:
        query = query.where(LoginEvent.at > before.at)
    return work.session.scalar(query) or 0


def _from(event: LoginEvent) -> str:
    parts = [f"{event.os_user}@{event.host}", f"ssh:{event.ssh}" if event.ssh else ""]
    return " ".join(part for part in (*parts, event.terminal or "") if part)


def _digest(work: Work, typed: str) -> bytes:
    return work.keys.blind_index().of("staff_number", spelled(typed))
