"""No sequence of commands skips a step or loses a clock (2.3.2): against a model of its own.

The model here is written from the regulation's flow and not from the program's table: for each
state which steps may be done, and where they lead.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import PcloudError
from pcloud_cli.models.ticket import Ticket, TicketBreach, TicketStep
from pcloud_cli.services import sight
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import steps, submit
from tests.integration.crew import Crew

_HAD = {"assigned", "taken", "on_site"}
_ENDED = {"confirmed", "closed", "rejected", "cancelled", "linked"}
_OPEN = {"submitted", "accepted", "assigned", "taken", "on_site", "paused", "completed"}

FLOW: dict[str, tuple[set[str], str | None]] = {
    "accept": ({"submitted"}, "accepted"),
    "reject": ({"submitted"}, "rejected"),
    "assign": ({"accepted"}, "assigned"),
    "reassign": (_HAD, "assigned"),
    "take": ({"assigned"}, "taken"),
    "return": (_HAD, "accepted"),
    "appoint": ({"accepted", "assigned", "taken"}, None),
    "arrive": ({"taken"}, "on_site"),
    "no_access": ({"taken", "on_site"}, "taken"),
    "progress": ({"taken", "on_site"}, None),
    "pause": ({"accepted", "assigned", "taken", "on_site"}, "paused"),
    "resume": ({"paused"}, "as before"),
    "complete": ({"on_site"}, "completed"),
    "confirm": ({"completed"}, "confirmed"),
    "reopen": ({"completed", "confirmed", "closed"}, "accepted"),
    "cancel": ({"submitted", "accepted", "assigned", "taken", "paused"}, "cancelled"),
    "urge": (_OPEN, None),
}
"""From which states each step may be done, and to which it leads (None: it stays)."""

_CLOCKS = {
    "submitted": "accept",
    "accepted": "assign",
    "assigned": "take",
    "taken": "arrive",
    "on_site": "complete",
    "paused": "resume",
    "completed": "confirm",
}
"""Which clock runs in which state."""

_PEOPLE = ("desk", "lead", "first", "second", "auditor")


class _Machine(RuleBasedStateMachine):
    """Anybody does any step on any of a few tickets at any time."""

    opened: Callable[[], AbstractContextManager[Work]]
    clock: FixedClock
    people: dict[str, Actor]

    def __init__(self) -> None:
        super().__init__()
        self.states: dict[int, str] = {}
        self.before_pause: dict[int, str] = {}
        with self.opened() as work:
            for table in (TicketBreach, TicketStep, Ticket):
                work.session.execute(delete(table))

    @rule(urgent=st.sampled_from([None, "", "水浸"]))
    def submit(self, urgent: str | None) -> None:
        if len(self.states) >= 3:
            return
        call = submit.Call(content="漏水", public="车库", urgent=urgent)
        with self.opened() as work:
            desk = _fresh(self.people["desk"])
            seen = sight.of(desk, work, "ticket.submit", "CH")
            made = submit.submitted(desk, work, call, seen)
        # an emergency is accepted at once; nobody is on shift here, so nobody gets it
        self.states[made["number"]] = "submitted" if urgent is None else "accepted"

    @rule(minutes=st.integers(0, 60 * 30))
    def wait(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule(
        code=st.sampled_from(sorted(FLOW)),
        who=st.sampled_from(_PEOPLE),
        which=st.integers(0, 2),
        to=st.sampled_from(["WX001", "WX002", "KF001"]),
        score=st.integers(0, 6),
        hours=st.integers(-2, 40),
    )
    def step(self, code: str, who: str, which: int, to: str, score: int, hours: int) -> None:
        if which >= len(self.states):
            return
        number = sorted(self.states)[which]
        before = self.states[number]
        now = self.clock.now()
        given = steps.Given(
            reason="试",
            note="试",
            handler=to,
            begins=now + timedelta(hours=hours - 1),
            until=now + timedelta(hours=hours),
            kind="nobody_in",
            score=score,
            source="app",
        )
        kept = self._row(number)
        try:
            with self.opened() as work:
                done = steps.move(_fresh(self.people[who]), work, str(number), code, given)
        except PcloudError:
            assert self._row(number) == kept
            return
        sources, target = FLOW[code]
        assert before in sources, f"{code} in {before}"
        if code == "pause":
            self.before_pause[number] = before
        after = self.before_pause[number] if target == "as before" else target or before
        assert done["state"] == after
        self.states[number] = after

    @invariant()
    def every_ticket_is_where_the_model_says_with_the_clock_of_its_state(self) -> None:
        if not self.states:
            return
        with self.opened() as work:
            for ticket in work.session.scalars(select(Ticket)):
                state = self.states[ticket.number]
                assert ticket.state == state
                assert ticket.clock == _CLOCKS.get(state)
                assert (ticket.due_at is not None) == (state in _OPEN)
                if ticket.due_at is not None:
                    assert ticket.clock_began_at is not None
                    assert ticket.deadline_at is not None
                    assert ticket.clock_began_at <= ticket.due_at
                assert (ticket.handler_id is not None) or state not in _HAD
                _history_holds(work, ticket)

    def _row(self, number: int) -> tuple[Any, ...]:
        with self.opened() as work:
            ticket = work.session.scalars(select(Ticket).where(Ticket.number == number)).one()
            row = {key: value for key, value in vars(ticket).items() if not key.startswith("_")}
            return tuple(sorted(row.items(), key=lambda item: item[0]))


def _history_holds(work: Work, ticket: Ticket) -> None:
    """Fail unless the steps follow each other without a gap and each is one of the flow."""
    query = select(TicketStep).where(TicketStep.ticket_id == ticket.id)
    rows = list(work.session.scalars(query.order_by(TicketStep.position)))
    assert [row.position for row in rows] == list(range(1, ticket.version + 1))
    assert rows[0].step == "submit"
    for former, row in pairwise(rows):
        assert row.from_state == former.to_state
        assert row.from_state in FLOW[row.step][0]
        assert former.at <= row.at
    assert rows[-1].to_state == ticket.state


def _fresh(actor: Actor) -> Actor:
    """Return the actor as a new command has it: nothing of theirs was looked up yet."""
    return Actor(kind=actor.kind, account_id=actor.account_id)


def test_no_sequence_of_steps_skips_one_or_loses_a_clock(
    opened: Callable[[], AbstractContextManager[Work]], clock: FixedClock
) -> None:
    crew = Crew(opened)
    crew.found()
    machine: Any = type(
        "Machine",
        (_Machine,),
        {
            "opened": staticmethod(opened),
            "clock": clock,
            "people": {
                "desk": crew.hire("KF001", "customer_service"),
                "lead": crew.hire("WX000", "maintenance_lead"),
                "first": crew.hire("WX001", "maintenance"),
                "second": crew.hire("WX002", "maintenance"),
                "auditor": crew.hire("SJ001", "auditor", community=None),
            },
        },
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
