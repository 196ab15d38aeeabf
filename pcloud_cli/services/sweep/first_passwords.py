"""First passwords that nobody changed within their hours (2.1.1): told, once for each of them.

To whoever registered the account, if they still work here, and else to those of administration
who may give a new one. An account that has been closed meanwhile is no matter.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from pcloud_cli.db.types import moment_text
from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.account import FIRST_DUE, Account, AccountKind
from pcloud_cli.services.account_state import in_work, why_closed
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.holders import who_may
from pcloud_cli.services.sweep import breaches
from pcloud_cli.services.sweep.breaches import Late
from pcloud_cli.services.sweep.declare import Kind, Taken, due, earliest

NAME = "first_password"
_WORD = N_("first passwords that were never changed")


def _next_due(work: Work, after: datetime | None = None) -> datetime | None:
    return earliest(work, Account.due_at, FIRST_DUE, after)


def _take(actor: Actor, work: Work, until: datetime, limit: int) -> Taken:
    query = due(select(Account).where(FIRST_DUE), Account.due_at, Account.id, until, limit)
    found = work.session.scalars(query).all()
    if not found:
        return Taken()
    makers = _in_work(work, {row.created_by for row in found if row.created_by})
    late = [
        Late(
            subject_id=row.id,
            # each first password that is given is an occasion of its own
            step=f"change {moment_text(row.due_at)}",
            level=1,
            due_at=row.due_at,
            object_type="account",
            community_id=row.community_id,
            to=_to(work, row, makers),
            word=_WORD,
            name=row.staff_number,
        )
        for row in found
        if row.due_at is not None and why_closed(row, until) is None
    ]
    told = breaches.record(actor, work, NAME, late, until)
    work.session.execute(update(Account), [{"id": row.id, "due_at": None} for row in found])
    return Taken(len(found), {"told": len(told)})


def _to(work: Work, row: Account, makers: set[bytes]) -> tuple[bytes | None, ...]:
    if row.created_by in makers:
        return (row.created_by,)
    return tuple(who_may(work, "account.reset")) or (None,)


def _in_work(work: Work, account_ids: set[bytes]) -> set[bytes]:
    query = select(Account.id).where(
        Account.id.in_(account_ids),
        Account.kind == AccountKind.PERSON.value,
        *in_work(work.now()),
    )
    return set(work.session.scalars(query)) if account_ids else set()


KIND = Kind(N_("first passwords that end unchanged"), _next_due, _take, {"told": N_("told of")})
"""Every first password whose hours are over."""
