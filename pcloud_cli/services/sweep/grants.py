"""Roles that were granted until a day: that they have ended is noted in the trail, once.

That they give nothing any more is looked at whenever one is used. What their holder has in hand and
can no longer do goes back to the queue.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.role import GRANT_DUE, Role, RoleGrant
from pcloud_cli.services import open_work, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.sweep.declare import Kind, Taken, due, earliest


def _next_due(work: Work, after: datetime | None = None) -> datetime | None:
    return earliest(work, RoleGrant.due_at, GRANT_DUE, after)


def _take(actor: Actor, work: Work, until: datetime, limit: int) -> Taken:
    columns = (
        select(RoleGrant.id, RoleGrant.account_id, RoleGrant.due_at, Role.code)
        .join(Role, Role.id == RoleGrant.role_id)
        .where(GRANT_DUE)
    )
    query = due(columns, RoleGrant.due_at, RoleGrant.id, until, limit)
    found = work.session.execute(query).all()
    if not found:
        return Taken()
    for row in found:
        trail.changed(
            actor,
            work,
            "role.expired",
            object_type="role_grant",
            object_id=row.id,
            detail={
                "account": row.account_id.hex(),
                "role": row.code,
                "ended": row.due_at.isoformat(),
            },
        )
    work.session.execute(update(RoleGrant), [{"id": row.id, "due_at": None} for row in found])
    given_back = sum(
        open_work.give_back(actor, work, account_id)
        for account_id in sorted({row.account_id for row in found})
    )
    return Taken(len(found), {"noted": len(found), "given_back": given_back})


KIND = Kind(
    N_("granted roles that end"),
    _next_due,
    _take,
    {"noted": N_("ends noted"), "given_back": N_("given back")},
)
"""Every grant with an end that nobody revoked before (2.1.2)."""
