"""What is attached to a repair ticket: photos of the fault, the closed door, the work done (3.2.1).

Who enters, accepts or confirms tickets there may add to one that is open, and so may the one who
has it. Whoever may see the ticket, and attachments, sees them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.attachment import Attachment
from pcloud_cli.models.ticket import Ticket
from pcloud_cli.services import permission
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.attachment.subject import Kind, Subject
from pcloud_cli.services.ticket import finding

NAME = "ticket"
_MAY_ADD = ("ticket.submit", "ticket.accept", "ticket.confirm")


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


def _find(actor: Actor, work: Work, reference: str) -> Subject:
    return _subject(finding.one(actor, work, reference))


def _of(work: Work, community_id: bytes, subject_id: bytes) -> Subject | None:
    ticket = _ticket(work, community_id, subject_id)
    return None if ticket is None else _subject(ticket)


def _may_read(actor: Actor, work: Work, subject: Subject) -> None:
    if not _has(actor, _ticket(work, subject.community_id, subject.id)):
        _require(actor, work, finding.READ, subject)


def _may_add(actor: Actor, work: Work, subject: Subject) -> None:
    ticket = _ticket(work, subject.community_id, subject.id, lock=work.write)
    if not _has(actor, ticket) and not any(
        permission.allowed(
            actor,
            work,
            each,
            community_id=subject.community_id,
            building_id=subject.building_id,
        )
        for each in _MAY_ADD
    ):
        _require(actor, work, _MAY_ADD[0], subject)
    if ticket is None or ticket.due_at is None:
        raise Conflict(
            _("Ticket {number} has ended; what is attached to it stays as it is.").format(
                number=subject.name
            ),
            code="ended",
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
        "progress": N_("work under way"),
        "complete": N_("work done"),
        "confirm": N_("confirmation"),
    },
    find=_find,
    of=_of,
    may_read=_may_read,
    may_add=_may_add,
)
