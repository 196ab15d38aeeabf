"""The day's call-back lists: customer service of a community hears how many wait to be called.

Numbers alone; who they are, `pcloud ticket list --to-call-back` and `pcloud ticket callers` show.
Where nobody waits, nobody is told.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.community import Community
from pcloud_cli.models.ticket_entry import CallBacks
from pcloud_cli.services import outbox
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.sweep.declare import Kind, Taken, due, earliest
from pcloud_cli.services.ticket import call_backs

_ROLE = "customer_service"


def _next_due(work: Work, after: datetime | None = None) -> datetime | None:
    return earliest(work, CallBacks.due_at, None, after)


def _take(actor: Actor, work: Work, until: datetime, limit: int) -> Taken:
    del actor  # that somebody is to call is no event of the trail; calling is
    query = select(CallBacks.community_id, CallBacks.due_at, Community.name, Community.zone).join(
        Community, Community.id == CallBacks.community_id
    )
    found = work.session.execute(
        due(query, CallBacks.due_at, CallBacks.community_id, until, limit)
    ).all()
    if not found:
        return Taken()
    told, rows = 0, []
    for row in found:
        # a sweep that was away tells once, of what waits now
        again = call_backs.after(work, row.zone, until)
        told += _told(work, row.community_id, row.name, again)
        rows.append({"community_id": row.community_id, "due_at": again})
    work.session.execute(update(CallBacks), rows)
    return Taken(len(found), {"lists": told} if told else {})


def _told(work: Work, community_id: bytes, name: str, again: datetime) -> bool:
    """Tell customer service of a community, once until the list is due `again`."""
    back, callers = call_backs.waiting(work, community_id)
    if not back and not callers:
        return False
    outbox.queue(
        work,
        "ticket_call_backs",
        Recipient.role(_ROLE, community_id),
        {"community": name, "back": str(back), "callers": str(callers)},
        community_id=community_id,
        once=f"call_backs {community_id.hex()} {again.isoformat()}",
    )
    return True


KIND = Kind(N_("call-back lists"), _next_due, _take, {"lists": N_("lists told of")})
"""Every community in which a repair was ever completed, once a day."""
