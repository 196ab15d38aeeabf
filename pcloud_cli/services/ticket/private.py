"""What a ticket holds of people: opened in full or masked, never without evidence (2.3.3)."""

from __future__ import annotations

from typing import Any

from pcloud_cli.db.work import Work
from pcloud_cli.models.ticket import Ticket
from pcloud_cli.security.mask import mask_name, mask_numbers, mask_phone


def of(work: Work, ticket: Ticket, *, full: bool) -> dict[str, Any]:
    """Return ``contact``, ``phone`` and ``content``; whoever shows them leaves the evidence."""
    contact = _opened(work, ticket, "contact_sealed")
    phone = _opened(work, ticket, "phone_sealed")
    content = _opened(work, ticket, "content_sealed") or ""
    if full:
        return {"contact": contact, "phone": phone, "content": content}
    return {
        "contact": None if contact is None else mask_name(contact),
        "phone": None if phone is None else mask_phone(phone),
        "content": mask_numbers(content),
    }


def _opened(work: Work, ticket: Ticket, column: str) -> str | None:
    sealed = getattr(ticket, column)
    return None if sealed is None else work.keys.open("ticket", column, ticket.id, sealed)
