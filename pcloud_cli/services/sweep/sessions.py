"""Logins and tokens that have ended: noted in the trail, once.

That they open nothing is looked at whenever one is used; the sweep only says when they ended. A
login that ends when idle is looked at again later, as long as it is used.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.account import SESSION_DUE, LoginSession
from pcloud_cli.services import trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.sweep.declare import Kind, Taken, due, earliest


def _next_due(work: Work, after: datetime | None = None) -> datetime | None:
    return earliest(work, LoginSession.due_at, SESSION_DUE, after)


def _take(actor: Actor, work: Work, until: datetime, limit: int) -> Taken:
    columns = select(
        LoginSession.id,
        LoginSession.account_id,
        LoginSession.created_at,
        LoginSession.expires_at,
        LoginSession.last_seen_at,
        LoginSession.idle_minutes,
    ).where(SESSION_DUE)
    query = due(columns, LoginSession.due_at, LoginSession.id, until, limit)
    found = work.session.execute(query).all()
    if not found:
        return Taken()
    moves: list[dict[str, object]] = []
    for row in found:
        end = _end(row.expires_at, row.last_seen_at or row.created_at, row.idle_minutes)
        moves.append({"id": row.id, "due_at": end if end > until else None})
        if end <= until:
            trail.changed(
                actor,
                work,
                "login.expired",
                object_type="login_session",
                object_id=row.id,
                detail={"account": row.account_id.hex(), "ended": end.isoformat()},
            )
    work.session.execute(update(LoginSession), moves)
    ended = sum(move["due_at"] is None for move in moves)
    return Taken(len(found), {"noted": ended})


def _end(expires: datetime, seen: datetime, idle_minutes: int | None) -> datetime:
    """Return when a login ends if it is not used any more."""
    return expires if idle_minutes is None else min(expires, seen + timedelta(minutes=idle_minutes))


KIND = Kind(N_("logins and tokens that end"), _next_due, _take, {"noted": N_("ends noted")})
"""Every login and token that nobody ended before its time (2.1.3)."""
