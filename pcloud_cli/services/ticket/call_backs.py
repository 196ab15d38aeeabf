"""Whom customer service calls back each day (回访), counted for a community: never who they are.

A community has its moment from the first ticket on that is completed, or rejected; the sweep takes
it there, and sets the next.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from pcloud_cli.db.work import Work
from pcloud_cli.models.community import Community
from pcloud_cli.models.ticket import Ticket
from pcloud_cli.models.ticket_entry import CallBacks
from pcloud_cli.services import policy
from pcloud_cli.services.policy_sections import NoticePolicy
from pcloud_cli.services.ticket import callback, callers_told
from pcloud_cli.services.ticket.steps import Change


class Waiting(NamedTuple):
    """How many tickets are to be called back about, and how many joined callers to be told."""

    back: int
    callers: int


def begin(change: Change) -> None:
    """Let the community of a ticket that ends have its moment, if it has none yet."""
    work, community_id = change.work, change.ticket.community_id
    statement: Any
    if work.session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as on_server

        statement = on_server(CallBacks)
    else:
        from sqlalchemy.dialects.sqlite import insert as in_file

        statement = in_file(CallBacks)
    zone = work.session.get_one(Community, community_id).zone
    row = {"community_id": community_id, "due_at": after(work, zone, work.now())}
    work.session.execute(
        statement.values(row).on_conflict_do_nothing(index_elements=["community_id"])
    )


def after(work: Work, zone: str, moment: datetime) -> datetime:
    """Return when the next list is due in `zone` after `moment`, in UTC."""
    hour = time(policy.current(work, NoticePolicy).call_back_hour)
    day = moment.astimezone(ZoneInfo(zone)).date()
    due = datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)
    if due > moment:
        return due
    return datetime.combine(day + timedelta(days=1), hour, ZoneInfo(zone)).astimezone(UTC)


def waiting(work: Work, community_id: bytes) -> Waiting:
    """Count who waits to be called in a community; each by an index."""
    here = select(func.count()).select_from(Ticket).where(Ticket.community_id == community_id)
    return Waiting(
        work.session.scalar(here.where(callback.waiting())) or 0,
        work.session.scalar(here.where(callers_told.to_tell())) or 0,
    )
