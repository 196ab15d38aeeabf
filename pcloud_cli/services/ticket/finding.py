"""The ticket that is meant: by the number that people read out."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotFound, PcloudError
from pcloud_cli.i18n import _
from pcloud_cli.ids import parse_id
from pcloud_cli.models.community import Community
from pcloud_cli.models.ticket import Ticket
from pcloud_cli.services import permission
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket.number import parse_number

READ = "ticket.read"
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def one(actor: Actor, work: Work, reference: str, *, lock: bool = False) -> Ticket:
    """Return the ticket of number or id `reference`, locked until `work` ends where `lock` is.

    Whoever has it may see it; everybody else needs ``ticket.read`` where it is. Raises UsageProblem
    for a number with a wrong digit, NotFound where there is none, NotAllowed.
    """
    permission.require_somewhere(actor, work, READ)
    query = select(Ticket).where(_meant(reference))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    ticket = work.session.scalar(query)
    if ticket is None:
        raise NotFound(
            _("There is no ticket {number}.").format(number=reference.strip()),
            hint=_("`pcloud ticket list` shows the numbers."),
        )
    if ticket.handler_id != actor.account_id:
        permission.require(
            actor,
            work,
            READ,
            community_id=ticket.community_id,
            building_id=ticket.building_id,
        )
    return ticket


def zone(work: Work, reference: str) -> str | None:
    """Return the time zone of where a ticket is, None for no ticket.

    It is told to nobody: what somebody says of a time is understood by it. Whether they may see
    the ticket is asked by the step that follows.
    """
    try:
        meant = _meant(reference)
    except PcloudError:
        return None
    return work.session.scalar(
        select(Community.zone).join(Ticket, Ticket.community_id == Community.id).where(meant)
    )


def _meant(reference: str) -> ColumnElement[bool]:
    """Return the condition: an id as ``-o ids`` prints it, else a number."""
    if _ID.fullmatch(reference.strip()):
        return Ticket.id == parse_id(reference)
    return Ticket.number == parse_number(reference)
