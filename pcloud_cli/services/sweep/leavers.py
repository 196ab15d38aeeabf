"""Accounts that end at a moment ahead (2.1.1): when it has come, what they have in hand goes back.

Whoever leaves at once gives it back by leaving; a contract, or a last day, ends by itself. That
such an account opens nothing any more is looked at whenever it is used.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.account import LEAVING_DUE, Account
from pcloud_cli.services import open_work, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.sweep.declare import Kind, Taken, due, earliest


def _next_due(work: Work, after: datetime | None = None) -> datetime | None:
    return earliest(work, Account.leaving_due_at, LEAVING_DUE, after)


def _take(actor: Actor, work: Work, until: datetime, limit: int) -> Taken:
    query = due(
        select(Account).where(LEAVING_DUE), Account.leaving_due_at, Account.id, until, limit
    )
    found = work.session.scalars(query).all()
    given_back = 0
    for row in found:
        count = open_work.give_back(actor, work, row.id)
        given_back += count
        trail.changed(
            actor,
            work,
            "account.ended",
            object_type="account",
            object_id=row.id,
            community_id=row.community_id,
            detail={
                "ended": row.leaving_due_at.isoformat() if row.leaving_due_at else None,
                "given_back": count,
            },
        )
    if found:
        work.session.execute(
            update(Account), [{"id": row.id, "leaving_due_at": None} for row in found]
        )
    return Taken(len(found), {"noted": len(found), "given_back": given_back})


KIND = Kind(
    N_("accounts that end"),
    _next_due,
    _take,
    {"noted": N_("ends noted"), "given_back": N_("given back")},
)
"""Every account whose end has come and was not looked at."""
