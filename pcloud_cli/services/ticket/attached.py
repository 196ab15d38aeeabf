"""What is attached to a repair ticket: photos of the fault, the closed door, the work done (3.2.1).

The one who has an open ticket may add at every stage, and whoever assigns there where a firm has
it. Who accepts or confirms tickets there adds what comes from the owner: the fault, an agreed
quote, the confirmation. Who entered it may add the fault. Whoever may see the ticket, and
attachments, sees them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.attachment import Attachment
from pcloud_cli.models.ticket import Ticket, TicketStep
from pcloud_cli.services import permission, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.attachment.subject import Kind, Subject
from pcloud_cli.services.ticket import finding

NAME = "ticket"
_OF_OWNER = ("report", "quote", "confirm")
"""Stages of what comes from the owner; the others show the work."""
_DESK = ("ticket.accept", "ticket.confirm")


def listed(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """Return number, stage and kind of what is attached to a ticket, in order; nothing private."""
    query = (
        select(Attachment.number, Attachment.stage, Attachment.kind)
        .where(
            Attachment.community_id == ticket.community_id,
            Attachment.subject_kind == NAME,
            Attachment.subject_id == ticket.id,
            Attachment.removed_at.is_(None),
        )
        .order_by(Attachment.number)
    )
    return [row._asdict() for row in work.session.execute(query)]


def unused(
    work: Work, ticket: Ticket, stage: str, steps: Sequence[str], since: datetime
) -> list[int]:
    """Return the numbers of what was attached at `stage` since then and proves no step yet.

    What one of the `steps` named in its ``photos`` is used.
    """
    named = select(TicketStep.detail).where(
        TicketStep.ticket_id == ticket.id, TicketStep.step.in_(steps)
    )
    used = {
        number
        for detail in work.session.scalars(named)
        for number in json.loads(detail).get("photos", ())
    }
    query = (
        select(Attachment.number)
        .where(
            Attachment.community_id == ticket.community_id,
            Attachment.subject_kind == NAME,
            Attachment.subject_id == ticket.id,
            Attachment.stage == stage,
            Attachment.removed_at.is_(None),
            Attachment.added_at >= since,
        )
        .order_by(Attachment.number)
    )
    return [number for number in work.session.scalars(query) if number not in used]


def _find(actor: Actor, work: Work, reference: str) -> Subject:
    return _subject(finding.one(actor, work, reference))


def _of(work: Work, community_id: bytes, subject_id: bytes) -> Subject | None:
    ticket = _ticket(work, community_id, subject_id)
    return None if ticket is None else _subject(ticket)


def _may_read(actor: Actor, work: Work, subject: Subject) -> None:
    if not _has(actor, _ticket(work, subject.community_id, subject.id)):
        _require(actor, work, finding.READ, subject)


def _may_add(actor: Actor, work: Work, subject: Subject, stage: str) -> None:
    ticket = _ticket(work, subject.community_id, subject.id, lock=work.write)
    if not _has(actor, ticket) and not any(
        permission.allowed(
            actor,
            work,
            each,
            community_id=subject.community_id,
            building_id=subject.building_id,
        )
        for each in _serving(actor, ticket, stage)
    ):
        _refuse(actor, work, subject, stage)
    if ticket is None or ticket.due_at is None:
        raise Conflict(
            _("Ticket {number} has ended; what is attached to it stays as it is.").format(
                number=subject.name
            ),
            hint=_("`pcloud ticket reopen` opens it again; another matter is a ticket of its own."),
            code="ended",
        )


def _serving(actor: Actor, ticket: Ticket | None, stage: str) -> tuple[str, ...]:
    """Return the permissions one of which lets others than its technician add at `stage`."""
    found: tuple[str, ...] = ()
    if ticket is None or ticket.promised_at is not None:
        found += ("ticket.assign",)
    if stage in _OF_OWNER:
        found += _DESK
    if stage == "quote" or (stage == "confirm" and ticket is not None and ticket.house_id is None):
        found += ("ticket.assign",)
    if stage == "report" and ticket is not None and ticket.entered_by == actor.account_id:
        found += ("ticket.submit",)
    return found


def _refuse(actor: Actor, work: Work, subject: Subject, stage: str) -> None:
    if stage in _OF_OWNER:
        _require(actor, work, _DESK[0], subject)
    trail.witnessed(
        actor,
        work,
        "permission.refused",
        object_type=NAME,
        object_id=subject.id,
        community_id=subject.community_id,
        detail={"permission": "ticket.handle", "stage": stage},
    )
    raise NotAllowed(
        _("What shows the work on ticket {number} is attached by who has it.").format(
            number=subject.name
        ),
        hint=_("Customer service attaches at the stages report, quote and confirm."),
        code="not_handler",
    )


def _has(actor: Actor, ticket: Ticket | None) -> bool:
    return (
        ticket is not None
        and ticket.handler_id is not None
        and ticket.handler_id == actor.account_id
    )


def _require(actor: Actor, work: Work, needed: str, subject: Subject) -> None:
    permission.require(
        actor,
        work,
        needed,
        community_id=subject.community_id,
        building_id=subject.building_id,
    )


def _ticket(
    work: Work, community_id: bytes, subject_id: bytes, *, lock: bool = False
) -> Ticket | None:
    query = select(Ticket).where(Ticket.community_id == community_id, Ticket.id == subject_id)
    return work.session.scalar(query.with_for_update() if lock else query)


def _subject(ticket: Ticket) -> Subject:
    return Subject(NAME, ticket.id, ticket.community_id, str(ticket.number), ticket.building_id)


KIND = Kind(
    title=N_("repair ticket"),
    stages={
        "report": N_("report of the fault"),
        "no-access": N_("nobody in"),
        "quote": N_("quote agreed to"),
        "progress": N_("work under way"),
        "complete": N_("work done"),
        "confirm": N_("confirmation"),
    },
    find=_find,
    of=_of,
    may_read=_may_read,
    may_add=_may_add,
)
