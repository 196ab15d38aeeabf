"""What somebody has in hand, so that nothing lies with a person who has left (2.1.1).

Each kind of work registers itself in `KINDS`: how to find what an account has open, and how to give
it back to the queue. Leaving, moving and being suspended ask here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.approval import Approval, ApprovalState
from pcloud_cli.models.imports import BatchState, ImportBatch
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.roster import leaving
from pcloud_cli.services.ticket import handing_back


@dataclass(frozen=True)
class OpenWork:
    """One thing in somebody's hand: its kind, what people call it, since when it waits."""

    kind: str
    name: str
    since: datetime
    community_id: bytes | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of work: its title (a msgid), how to find it, and how to give it back.

    `release` gives back what an account has open and returns how much that was; None where the work
    waits for whoever may do it, and not for the one who began it.
    """

    title: str
    find: Callable[[Work, bytes], list[OpenWork]]
    release: Callable[[Actor, Work, bytes], int] | None = None


def _approvals(work: Work, account_id: bytes) -> list[OpenWork]:
    query = select(Approval).where(
        Approval.maker_id == account_id, Approval.state == ApprovalState.PENDING.value
    )
    return [
        OpenWork("approval", each.kind, each.made_at, each.community_id)
        for each in work.session.scalars(query.order_by(Approval.id))
    ]


def _imports(work: Work, account_id: bytes) -> list[OpenWork]:
    waiting = (BatchState.LOADING.value, BatchState.APPROVED.value)
    query = select(ImportBatch).where(
        ImportBatch.loaded_by == account_id, ImportBatch.state.in_(waiting)
    )
    return [
        OpenWork("import", str(each.number), each.loaded_at, each.community_id)
        for each in work.session.scalars(query.order_by(ImportBatch.number))
    ]


def _shifts(work: Work, account_id: bytes) -> list[OpenWork]:
    """Return all shifts ahead as one thing: they go or stay together."""
    found = leaving.ahead(work, account_id)
    if not found:
        return []
    days = f"{found[0].day} – {found[-1].day} ({len(found)})"
    places = {shift.community_id for shift in found}
    one = places.pop() if len(places) == 1 else None
    return [OpenWork("shift", days, found[0].begins_at, one)]


def _tickets(work: Work, account_id: bytes) -> list[OpenWork]:
    return [
        OpenWork("ticket", str(each.number), each.submitted_at, each.community_id)
        for each in handing_back.in_hand(work, account_id)
    ]


KINDS: Mapping[str, Kind] = {
    "approval": Kind(N_("entry that waits for its second check"), _approvals),
    "import": Kind(N_("workbook that is not yet applied"), _imports),
    "shift": Kind(N_("shifts of the roster"), _shifts, leaving.give_back),
    "ticket": Kind(N_("repair tickets"), _tickets, handing_back.give_back),
}
"""Every kind of work that somebody may have in hand, by name."""


def of(work: Work, account_id: bytes) -> list[dict[str, Any]]:
    """Return all that an account has in hand as records, by kind, the oldest of each first."""
    return [
        {
            "kind": each.kind,
            "name": each.name,
            "since": each.since,
            "community_id": each.community_id,
        }
        for kind in KINDS.values()
        for each in kind.find(work, account_id)
    ]


def give_back(actor: Actor, work: Work, account_id: bytes) -> int:
    """Give what an account has in hand back to the queue; return how much moved.

    A kind may keep what the account can still work on: who moves to another post keeps the shifts
    of a place where they still go on shift.
    """
    return sum(
        kind.release(actor, work, account_id) for kind in KINDS.values() if kind.release is not None
    )
