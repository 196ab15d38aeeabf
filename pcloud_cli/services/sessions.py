"""Login sessions and the tokens that open them: made, resolved, seen, listed, ended (2.1.1).

A token is 32 random bytes that only its holder has; the database keeps their SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import SQLAlchemyError

from pcloud_cli.context import Context
from pcloud_cli.db.engine import BUSY_SECONDS, writer
from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotFound, PcloudError
from pcloud_cli.i18n import N_, _
from pcloud_cli.ids import parse_id
from pcloud_cli.models.account import Account, LoginSession, PasswordState
from pcloud_cli.security.session_store import SessionStore
from pcloud_cli.services import permission, rights, trail
from pcloud_cli.services.account_state import why_closed
from pcloud_cli.services.actor import SERVICE, Actor, TokenScope, nobody

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was last used."""

KINDS = {
    "login": N_("login"),
    "shared": N_("at a shared computer"),
    "token": N_("token of a service"),
}
"""What kind of session it is, by code, translated where printed."""

_TOKEN_BYTES = 32
_SOON_MILLISECONDS = 100


@dataclass(frozen=True)
class Terms:
    """On which terms a session is opened.

    It ends at `until`, or after `idle_minutes` without a command; where `terminal` is the digest
    of a terminal, it opens nowhere else. `label` and `scope` (JSON) belong to service tokens.
    """

    until: datetime
    restricted: bool = False
    idle_minutes: int | None = None
    terminal: bytes | None = None
    label: str | None = None
    scope: str | None = None


def open_session(
    work: Work,
    account: Account,
    *,
    restricted: bool,
    until: datetime,
    random: Callable[[int], bytes],
) -> tuple[str, LoginSession]:
    """Return a new token for `account` and the session it opens until `until`."""
    return open_on(work, account, Terms(until, restricted), random=random)


def open_on(
    work: Work, account: Account, terms: Terms, *, random: Callable[[int], bytes]
) -> tuple[str, LoginSession]:
    """Return a new token for `account` and the session it opens on `terms`."""
    raw = random(_TOKEN_BYTES)
    session = LoginSession(
        id=work.ids(),
        account_id=account.id,
        token_hash=hashlib.sha256(raw).digest(),
        restricted=terms.restricted,
        created_at=work.now(),
        expires_at=terms.until,
        last_seen_at=work.now(),
        origin=work.origin,
        idle_minutes=terms.idle_minutes,
        terminal_digest=terms.terminal,
        label=terms.label,
        scope=terms.scope,
    )
    rights.seal_session(work, session)
    work.session.add(session)
    work.session.flush()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode(), session


def resolve(work: Work, token: str, *, terminal: bytes | None = None) -> Actor:
    """Return the actor whose session `token` opens at `terminal`; a lapsed nobody for none.

    Sessions and accounts whose rows were changed outside the program open nothing and leave
    evidence.
    """
    lapsed = nobody()
    lapsed.lapsed = True
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return lapsed
    row = work.session.execute(
        select(LoginSession, Account)
        .join(Account, Account.id == LoginSession.account_id)
        .where(LoginSession.token_hash == hashlib.sha256(raw).digest())
    ).one_or_none()
    if row is None:
        return lapsed
    session, account = row
    whole = rights.session_holds(lapsed, work, session) and rights.account_holds(
        lapsed, work, account
    )
    if not whole or not is_live(session, work.now()) or why_closed(account, work.now()):
        return lapsed
    if session.terminal_digest is not None and session.terminal_digest != terminal:
        trail.witnessed(
            lapsed,
            work,
            "login.elsewhere",
            object_type="login_session",
            object_id=session.id,
        )
        return lapsed
    actor = person(account)
    actor.session_id = session.id
    actor.expires_at = session.expires_at
    actor.restricted = session.restricted
    actor.wants_factor = session.restricted and account.password_state != PasswordState.FIRST
    actor.seen_at = session.last_seen_at
    actor.scope = scope_of(session)
    return actor


def store(run: Context) -> SessionStore:
    """Return where the login to the database of `run` is kept."""
    settings = run.settings
    return SessionStore(
        run.env,
        run.folders.state,
        settings.database_url(),
        settings.text("session_store"),
        terminal=run.terminal.identity if run.terminal else None,
    )


def caller(run: Context, work: Work) -> Actor:
    """Return who runs this command: the holder of the kept login, or nobody."""
    kept = store(run).load()
    if kept is None:
        return nobody()
    return resolve(work, kept.token, terminal=run.terminal.identity if run.terminal else None)


def person(account: Account) -> Actor:
    """Return `account` as an actor, without a session."""
    return Actor(account.kind, account.id, account.staff_number, account.name)


def is_live(session: LoginSession, now: datetime) -> bool:
    """Return whether `session` is neither ended nor over, nor unused for too long."""
    if session.revoked_at is not None or now >= session.expires_at:
        return False
    if session.idle_minutes is None:
        return True
    seen = session.last_seen_at or session.created_at
    return now < seen + timedelta(minutes=session.idle_minutes)


def end_all(work: Work, account_id: bytes, *, keep: bytes | None = None) -> int:
    """End every session of an account, but `keep`; return how many there were."""
    found = work.session.scalars(
        select(LoginSession).where(
            LoginSession.account_id == account_id, LoginSession.revoked_at.is_(None)
        )
    ).all()
    ending = [session for session in found if session.id != keep]
    for session in ending:
        close(work, session)
    return len(ending)


def end_own(actor: Actor, work: Work) -> None:
    """End the session that `actor` came with, if it has not ended."""
    session = work.session.get(LoginSession, actor.session_id) if actor.session_id else None
    if session is not None and session.revoked_at is None:
        close(work, session)


def close(work: Work, session: LoginSession) -> None:
    """End one session now."""
    session.revoked_at = work.now()
    rights.seal_session(work, session)


def list_live(actor: Actor, work: Work, *, account_id: bytes | None) -> list[dict[str, Any]]:
    """Return the sessions in force of an account, of all with None; newest first.

    One's own need a login only, others' ``login.read``.
    """
    permission.require_login(actor, work)
    if account_id != actor.account_id:
        permission.require(actor, work, "login.read")
    now = work.now()
    query = (
        select(LoginSession, Account)
        .join(Account, Account.id == LoginSession.account_id)
        .where(LoginSession.revoked_at.is_(None), LoginSession.expires_at > now)
        .order_by(LoginSession.created_at.desc(), LoginSession.id.desc())
    )
    if account_id is not None:
        query = query.where(LoginSession.account_id == account_id)
    return [
        {
            "id": session.id,
            "staff_number": account.staff_number,
            "name": account.name,
            "kind": _kind(session, account),
            "from": session.origin,
            "created_at": session.created_at,
            "last_seen_at": session.last_seen_at,
            "expires_at": session.expires_at,
            "idle_minutes": session.idle_minutes,
            "this": session.id == actor.session_id,
        }
        for session, account in work.session.execute(query)
        if is_live(session, now)
    ]


def end(actor: Actor, work: Work, reference: str, *, reason: str | None = None) -> dict[str, Any]:
    """End the session `reference` (an id): one's own, or another's with ``login.end``.

    Return whose it was and whether it had ended before. Raises NotFound.
    """
    permission.require_login(actor, work)
    session = work.session.get(LoginSession, parse_id(reference))
    if session is None or session.account_id != actor.account_id:
        # whoever may not end others' does not learn whether there is such a session
        permission.require(actor, work, "login.end")
    if session is None:
        raise NotFound(
            _("There is no such login."), hint=_("`pcloud account sessions list` shows all.")
        )
    account = work.session.get_one(Account, session.account_id)
    already = not is_live(session, work.now())
    if not already:
        close(work, session)
        trail.changed(
            actor,
            work,
            "login.end",
            object_type="login_session",
            object_id=session.id,
            reason=reason,
            detail={"account": account.id.hex()},
        )
    return {"id": session.id, "staff_number": account.staff_number, "already": already}


def seen(engine: Engine, actor: Actor, now: datetime) -> None:
    """Note that the session of `actor` was used, at most once a minute, in a write of its own.

    It neither waits for other writers nor fails a command: without it the session merely seems
    unused for a minute longer.
    """
    if actor.session_id is None or (actor.seen_at and now < actor.seen_at + SEEN_EVERY):
        return
    statement = (
        update(LoginSession)
        .where(LoginSession.id == actor.session_id, LoginSession.last_seen_at < now)
        .values(last_seen_at=now)
    )
    with suppress(SQLAlchemyError, PcloudError), impatient(engine) as connection:
        connection.execute(statement)
        actor.seen_at = now


@contextmanager
def impatient(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that writes now or not at all."""
    with writer(engine).connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_SOON_MILLISECONDS}")
                yield connection
            return
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA busy_timeout = {_SOON_MILLISECONDS}")
        try:
            with connection.begin():
                yield connection
        finally:
            driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def scope_of(session: LoginSession) -> TokenScope | None:
    """Return what a token gives at most, None where it gives all that its account may."""
    if session.scope is None:
        return None
    kept: dict[str, list[str]] = json.loads(session.scope)
    names, places = kept.get("permissions"), kept.get("communities")
    return TokenScope(
        permissions=None if names is None else frozenset(names),
        communities=None if places is None else frozenset(map(bytes.fromhex, places)),
    )


def _kind(session: LoginSession, account: Account) -> str:
    if account.kind == SERVICE:
        return "token"
    return "login" if session.terminal_digest is None else "shared"
