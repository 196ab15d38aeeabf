"""Which fault type a ticket is of: technicians are found by it (3.2.2)."""

from __future__ import annotations

from pcloud_cli.services import fault_type
from pcloud_cli.services.ticket import hearing
from pcloud_cli.services.ticket.steps import Change

_REST = "other"


def sort(change: Change) -> None:
    """Set the fault type: the one given, else the one that it has, else what the content tells.

    A content that tells of none is of the type for what is left. The step notes what it set, and
    ``fault_by`` where nobody had chosen it. Raises UsageProblem for a type that there is not.
    """
    ticket, work = change.ticket, change.work
    if change.given.fault:
        ticket.fault_type = fault_type.find(work, change.given.fault).code
        change.detail["fault"] = ticket.fault_type
    elif ticket.fault_type is None:
        ticket.fault_type = _told(change)
        change.detail["fault"], change.detail["fault_by"] = ticket.fault_type, "content"


def _told(change: Change) -> str | None:
    ticket, work = change.ticket, change.work
    said = work.keys.open("ticket", "content_sealed", ticket.id, ticket.content_sealed)
    whole = " ".join(filter(None, (said, ticket.urgent_kind, ticket.public_place)))
    found = hearing.fault(work, change.policy, whole)
    if found is None and _REST in dict(fault_type.choices(work)):
        return _REST
    return found
