"""Who hears of a ticket that will be late, or is: always somebody, also where nobody has it (3.2).

First who has it and who gave it to them, then the lead of the community, then the project manager.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.account import Account
from pcloud_cli.models.ticket import Ticket, TicketClock, TicketState, TicketStep
from pcloud_cli.services.account_state import in_work
from pcloud_cli.services.holders import who_holds, who_may
from pcloud_cli.services.ticket import clock

_DESK = frozenset({TicketClock.ACCEPT, TicketClock.ASSIGN, TicketClock.CONFIRM})
"""Clocks that customer service answers for; the others are maintenance's."""

_LEADS = ("customer_service_lead", "maintenance_lead")
_MANAGER = "project_manager"


@dataclass
class Circle:
    """The people about some tickets; `there` are those of them who are in work."""

    work: Work
    there: frozenset[bytes]
    _held: dict[tuple[str, bytes, bytes | None], list[bytes]] = field(default_factory=dict)

    def of(self, ticket: Ticket, level: int) -> tuple[bytes | None, ...]:
        """Return who hears of `level` of the ticket's clock; None is the fallback channel."""
        if level >= clock.MANAGER:
            return tuple(self._who(_MANAGER, ticket)) or (None,)
        if level == clock.SUPERVISOR:
            return tuple(self.supervisors(ticket)) or (None,)
        handler = ticket.handler_id if ticket.handler_id in self.there else None
        people = [] if handler is None else [handler]
        people += self.dispatchers(ticket)
        if handler is None and level == clock.BREACH:
            people += self.supervisors(ticket)
        return tuple(dict.fromkeys(people)) or (None,)

    def supervisors(self, ticket: Ticket) -> list[bytes]:
        """Return the leads whose work it is in the ticket's community, else the other leads."""
        desk_first = ticket.clock is None or ticket.clock in _DESK
        for role in _LEADS if desk_first else reversed(_LEADS):
            found = self._who(role, ticket)
            if found:
                return found
        return []

    def asked(self, ticket: Ticket) -> tuple[bytes | None, ...]:
        """Return who is asked after the ticket: who has it, else whoever must see to it now.

        That is the desk of what waits to be accepted or confirmed, and who gave it to a firm. Where
        no technician has it, its supervisors too once it is late or asked after again. None is the
        fallback channel.
        """
        if ticket.state == TicketState.COMPLETED:
            people = self._those("ticket.accept", ticket, ticket.accepted_by)
        elif ticket.handler_id is not None and ticket.handler_id in self.there:
            return (ticket.handler_id,)
        elif ticket.state == TicketState.SUBMITTED:
            people = self._those("ticket.accept", ticket, None)
        elif ticket.promised_at is not None:
            people = self._those("ticket.assign", ticket, self._gave_to_firm(ticket))
        else:
            people = self.dispatchers(ticket)
        late = ticket.deadline_at is not None and ticket.deadline_at < self.work.now()
        if late or ticket.urged > 1:
            people = [*people, *self.supervisors(ticket)]
        return tuple(dict.fromkeys(people)) or (None,)

    def dispatchers(self, ticket: Ticket) -> list[bytes]:
        """Return who accepted the ticket, if they still may dispatch it; else all who may."""
        return self._those("ticket.assign", ticket, ticket.accepted_by)

    def _those(self, permission: str, ticket: Ticket, first: bytes | None) -> list[bytes]:
        """Return `first`, if they hold `permission` where the ticket is; else all who do."""
        may = who_may(self.work, permission, ticket.community_id, ticket.building_id)
        return [each for each in may if each == first] or may

    def _gave_to_firm(self, ticket: Ticket) -> bytes | None:
        query = (
            select(TicketStep.by_id)
            .where(TicketStep.ticket_id == ticket.id, TicketStep.step == "entrust")
            .order_by(TicketStep.position.desc())
        )
        return self.work.session.scalars(query.limit(1)).first()

    def _who(self, role: str, ticket: Ticket) -> list[bytes]:
        asked = (role, ticket.community_id, ticket.building_id)
        if asked not in self._held:
            self._held[asked] = who_holds(self.work, *asked)
        return self._held[asked]


def circle(work: Work, tickets: Iterable[Ticket]) -> Circle:
    """Return the people about `tickets`."""
    having = {each.handler_id for each in tickets if each.handler_id}
    query = select(Account.id).where(Account.id.in_(having), *in_work(work.now()))
    return Circle(work, frozenset(work.session.scalars(query)) if having else frozenset())
