"""An office that repairs: tickets at their stages, and what a sweep makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from pcloud_cli.models.account import Account
from pcloud_cli.models.sweep import Alert
from pcloud_cli.models.ticket import Ticket, TicketBreach, TicketStep
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import steps
from pcloud_cli.services.ticket import submit as submitting
from pcloud_cli.services.ticket.steps import Given
from pcloud_cli.services.ticket.submit import Call
from tests.integration.office import CHECKER, MAKER, Office
from tests.integration.sweeping import SWEEPER, Swept

DESK, DESK_LEAD = MAKER, CHECKER
LEAD, TECHNICIAN, MANAGER = "WX009", "WX001", "PM001"


@dataclass
class Repairs(Swept):
    """An office, its technicians and leads, and somebody who sweeps."""

    def submit(self, **more: Any) -> int:
        """Return the number of a new ticket of a public place."""
        call = Call(**{"content": "灯不亮", "public": "地下车库", **more})
        with self.office.open(DESK, write=True) as (actor, work):
            made = submitting.submit(actor, work, call, community="CH", choose=_no_choice)
        number: int = made["number"]
        return number

    def step(self, number: int, code: str, by: str = DESK, **given: Any) -> None:
        """Do a step of a ticket."""
        with self.office.open(by, write=True) as (actor, work):
            steps.move(actor, work, str(number), code, Given(**given))

    def upto(self, code: str, **more: Any) -> int:
        """Return the number of a new ticket that has come through its steps up to `code`."""
        number = self.submit(**more)
        for step, by, given in (
            ("accept", DESK, {}),
            ("assign", DESK, {"handler": TECHNICIAN}),
            ("take", TECHNICIAN, {}),
            ("arrive", TECHNICIAN, {}),
            ("complete", TECHNICIAN, {"note": "已修好"}),
        ):
            self.step(number, step, by, **given)
            if step == code:
                break
        return number

    def ticket(self, number: int) -> dict[str, Any]:
        """Return a ticket's row."""
        table = Ticket.__table__
        query = select(*table.columns).where(table.c.number == number)
        return dict(self.office.rows(query)[0]._mapping)

    def late(self) -> list[tuple[int, str, int]]:
        """Return every breach: the ticket's number, the clock, the level."""
        query = select(Ticket.number, TicketBreach.clock, TicketBreach.level).join(
            Ticket, Ticket.id == TicketBreach.ticket_id
        )
        found = [tuple(row) for row in self.office.rows(query)]
        return sorted(found)

    def told(self) -> dict[str | None, list[list[Any]]]:
        """Return of each person (None: the fallback channel) the messages that they got."""
        found: dict[str | None, list[list[Any]]] = {}
        for number, listed in self.messages():
            found.setdefault(number, []).append(listed)
        return found

    def content(self) -> list[Any]:
        """Return everything that a sweep may change, to be compared."""
        ticket, breach, step = Ticket.__table__.c, TicketBreach.__table__.c, TicketStep.__table__.c
        tables = (
            select(ticket.number, ticket.state, ticket.clock, ticket.due_at, ticket.level),
            select(breach.ticket_id, breach.clock_step, breach.level, breach.due_at),
            select(step.ticket_id, step.position, step.step, step.at),
            select(Alert.account_id, Alert.word, Alert.name),
        )
        own = [sorted(map(repr, self.office.rows(query))) for query in tables]
        return [*own, *super().content()]


def founded(office: Office, hire: Callable[..., Actor]) -> Repairs:
    """Return an office with everybody who is needed, whose own first passwords are no matter."""
    hire(LEAD, "maintenance_lead")
    hire(TECHNICIAN, "maintenance")
    hire(MANAGER, "project_manager")
    hire(SWEEPER, "sweeper", kind="service")
    office.execute(update(Account).values(due_at=None))
    return Repairs(office)


def minutes(number: float) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=number)


def at(moment: datetime) -> str:
    """Return a moment as messages of a failing test show it."""
    return moment.isoformat()


def _no_choice(*_args: Any, **_kwargs: Any) -> Any:
    raise AssertionError("nothing is to be chosen")
