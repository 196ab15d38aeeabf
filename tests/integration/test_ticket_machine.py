"""No sequence of commands skips a step or loses a clock (2.3.2): against a model of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import select

from pcloud_cli.models.community import Community
from pcloud_cli.services import maintenance_firm
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket.flow import STEPS, SUBMIT
from tests.integration.office import Office
from tests.integration.people import Town
from tests.integration.repairs import LEAD, TECHNICIAN, founded
from tests.integration.ticket_chances import COURSES
from tests.integration.ticket_machine import BOSS, FIRM, Machine
from tests.integration.ticket_model import AUDITOR, FLOW, SECOND, STATES

SEEDS = range(int(os.environ.get("PCLOUD_TEST_MACHINES", "2")))


def test_the_model_knows_every_step_and_every_state() -> None:
    """A step that is added to the program is added to the model, from the regulation's words."""
    assert set(FLOW) == {SUBMIT.code, *STEPS}
    assert {state.value for step in STEPS.values() for state in step.sources} <= STATES


@pytest.fixture
def machine(office: Office, hire: Callable[..., Actor]) -> Any:
    """The machine with an office to work in; what was done is in its `seen`."""
    hire(SECOND, "maintenance")
    hire(AUDITOR, "auditor")
    hire(BOSS, "administration")
    repairs = founded(office, hire)
    with office.open(LEAD, write=True) as (actor, work):
        maintenance_firm.add(actor, work, FIRM)
        Town(work, work.session.scalars(select(Community)).one()).house("1", "1", "101")
    seen: set[str] = set()
    return type("TicketMachine", (Machine,), {"repairs": repairs, "seen": seen})


def test_every_step_is_done_as_the_model_says(machine: Any) -> None:
    for number, course in enumerate(COURSES):
        chance, office = Random(number), machine()
        for _each in range(3):
            office.submit(public=chance.random() < 0.5, urgent=None)
        office.one_takes(course, chance)
        office.every_ticket_is_as_it_is_known()
    office.somebody_comes_on_shift(TECHNICIAN, 12)
    office.submit(public=True, urgent="困人")
    office.every_ticket_is_as_it_is_known()
    office.somebody_is_stopped_or_comes_back(TECHNICIAN)
    office.every_ticket_is_as_it_is_known()
    assert set(FLOW) - machine.seen == set()


def test_no_sequence_of_steps_skips_one_or_loses_a_clock(machine: Any) -> None:
    for each in SEEDS:
        run_state_machine_as_test(
            seed(each)(machine),
            settings=settings(
                max_examples=5,
                stateful_step_count=6,
                deadline=None,
                database=None,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
