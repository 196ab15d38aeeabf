"""The second check of what was entered, which no ticket waits for (2.3.1).

Who enters a repair reads it back to the caller. Somebody else checks it: who accepts it, where that
is another person, else the technician on site.
"""

from __future__ import annotations

import unicodedata

from sqlalchemy import ColumnElement, exists, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.ticket import Channel, Ticket, TicketState
from pcloud_cli.models.ticket_entry import CheckKind, TicketCheck
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import finding

LONGEST = 2000
"""Characters of a content at most."""

READ_TO = (Channel.PHONE, Channel.COUNTER)
"""Channels in which somebody says it and somebody else writes it down."""


def content(text: str) -> str:
    """Return what is broken as it is kept; UsageProblem where that is nothing, or too much."""
    found = unicodedata.normalize("NFC", text).strip()
    if not found:
        raise UsageProblem(_("What is broken?"), hint=_("Give --content."))
    if len(found) > LONGEST:
        raise UsageProblem(
            _("The content has {count} characters; {most} are the most.").format(
                count=len(found), most=LONGEST
            ),
            hint=_("Say it shorter; photos can be attached."),
        )
    return found


def record(actor: Actor, work: Work, ticket: Ticket, how: CheckKind) -> bool:
    """Keep that `actor` checked the entry of `ticket`; say whether it had not been so before."""
    query = select(TicketCheck.id).where(
        TicketCheck.ticket_id == ticket.id, TicketCheck.how == how.value
    )
    if work.session.scalar(query) is not None:
        return False
    work.session.add(
        TicketCheck(
            id=work.ids(),
            community_id=ticket.community_id,
            ticket_id=ticket.id,
            how=how.value,
            by_id=actor.account_id,
            at=work.now(),
        )
    )
    return True


def second(work: Work, tickets: list[bytes]) -> dict[bytes, dict[str, object]]:
    """Return by ticket who checked its entry and how, and whether it was read back.

    Of a ticket that two checked, the one on site stands there: they saw it.
    """
    query = (
        select(TicketCheck.ticket_id, TicketCheck.how, TicketCheck.at, Account.staff_number)
        .outerjoin(Account, Account.id == TicketCheck.by_id)
        .where(TicketCheck.ticket_id.in_(tickets))
        .order_by(TicketCheck.at, TicketCheck.id)
    )
    found: dict[bytes, dict[str, object]] = {}
    for ticket_id, how, at, by in work.session.execute(query):
        row = found.setdefault(ticket_id, {})
        if how == CheckKind.READ_BACK:
            row["read_back"] = True
        else:
            row.update(checked_by=by, checked_how=how, checked_at=at)
    return found


def unchecked() -> ColumnElement[bool]:
    """Return the condition on `Ticket` that nobody but who entered it has checked it."""
    checked = exists().where(
        TicketCheck.ticket_id == Ticket.id, TicketCheck.how != CheckKind.READ_BACK.value
    )
    gone = (TicketState.REJECTED, TicketState.CANCELLED, TicketState.LINKED)
    return ~checked & Ticket.state.not_in([state.value for state in gone])


def wanted(actor: Actor, work: Work, reference: str) -> bool:
    """Say whether the entry of a ticket still waits for a second check that `actor` may do."""
    ticket = finding.one(actor, work, reference)
    if ticket.entered_by == actor.account_id:
        return False
    found = select(Ticket.id).where(Ticket.id == ticket.id, unchecked())
    return work.session.scalar(found) is not None
