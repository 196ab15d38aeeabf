"""Each morning customer service hears how many are to be called back, and nobody hears it twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, select, update

from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Community
from pcloud_cli.models.outbox import OutboxDelivery, OutboxMessage
from pcloud_cli.models.role import RoleGrant
from pcloud_cli.models.ticket_entry import CallBacks
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.sweep import call_backs
from pcloud_cli.services.ticket import call_backs as counting
from tests.integration.office import Office
from tests.integration.repairs import DESK, TECHNICIAN, Repairs, founded

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def repairs(office: Office, hire: Callable[..., Actor]) -> Repairs:
    """An office that repairs."""
    return founded(office, hire)


def _lists(repairs: Repairs) -> list[tuple[str | None, dict[str, str]]]:
    """Return of every list who got it (None: the fallback channel), and what it says."""
    query = (
        select(OutboxMessage.id, OutboxMessage.values_sealed, Account.staff_number)
        .join(OutboxDelivery, OutboxDelivery.message_id == OutboxMessage.id)
        .outerjoin(Account, Account.id == OutboxDelivery.account_id)
        .where(OutboxMessage.template == "ticket_call_backs")
        .order_by(OutboxMessage.id)
    )
    return [
        (
            number,
            json.loads(
                repairs.office.keyring.open("outbox_message", "values_sealed", message_id, sealed)
            )["values"],
        )
        for message_id, sealed, number in repairs.office.rows(query)
    ]


def _said(back: int, callers: int) -> dict[str, str]:
    return {"community": "翠湖花园", "back": str(back), "callers": str(callers)}


def _next(repairs: Repairs) -> str:
    return f"{repairs.upcoming()['call_backs'][1]:%d %H:%M}"


def test_customer_service_hears_each_morning_how_many_are_to_be_called(repairs: Repairs) -> None:
    assert repairs.upcoming()["call_backs"] == (None, None), "nothing was ever completed"
    main, other = repairs.submit(phone="13800001234"), repairs.submit()
    repairs.step(other, "link", DESK, main=str(main))
    for code, by, given in (
        ("accept", DESK, {}),
        ("assign", DESK, {"handler": TECHNICIAN}),
        ("take", TECHNICIAN, {}),
        ("arrive", TECHNICIAN, {}),
        ("complete", TECHNICIAN, {"note": "已修好"}),
    ):
        repairs.step(main, code, by, **given)
    repairs.upto("complete")
    assert _next(repairs) == "02 01:00", "nine o'clock in Shanghai"
    repairs.after(hours=16.9)
    assert ("call_backs", "lists") not in repairs.sweep()
    repairs.after(hours=0.1)
    assert repairs.sweep()["call_backs", "lists"] == 1
    assert _lists(repairs) == [(DESK, _said(2, 1))]
    assert repairs.sweep() == {}
    assert _next(repairs) == "03 01:00"
    repairs.step(main, "callback", DESK, reached=True, score=5)
    repairs.step(other, "told", DESK)
    repairs.after(hours=24)
    repairs.sweep()
    assert _lists(repairs)[1:] == [(DESK, _said(1, 0))]


def test_where_nobody_is_to_be_called_nobody_is_told(repairs: Repairs) -> None:
    number = repairs.upto("complete")
    repairs.step(number, "callback", DESK, reached=True, score=5)
    repairs.after(hours=17)
    assert repairs.sweep() == {}
    assert (_lists(repairs), _next(repairs)) == ([], "03 01:00")


def test_without_customer_service_the_fallback_channel_hears_the_numbers(
    repairs: Repairs,
) -> None:
    repairs.upto("complete")
    repairs.office.execute(
        update(RoleGrant)
        .where(RoleGrant.account_id.in_(select(Account.id).where(Account.staff_number == DESK)))
        .values(revoked_at=repairs.office.clock.now())
    )
    repairs.after(hours=17)
    repairs.sweep()
    assert _lists(repairs) == [(None, _said(1, 0))]


def test_a_sweep_that_was_away_tells_once(repairs: Repairs) -> None:
    repairs.upto("complete")
    repairs.after(days=5)
    replayed = repairs.replay(repairs.office.clock.now())
    assert replayed == repairs.sweep()
    assert len(_lists(repairs)) == 1
    assert _next(repairs) == "07 01:00"


def test_two_sweeps_at_once_tell_once(repairs: Repairs) -> None:
    repairs.upto("complete")
    repairs.after(hours=17)
    ready, done, failed = threading.Barrier(2), [], []

    def one() -> None:
        try:
            ready.wait()
            done.append(repairs.sweep())
        except Exception as error:
            failed.append(error)

    both = [threading.Thread(target=one) for _each in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert failed == []
    assert len(_lists(repairs)) == 1
    assert sum(each.get(("call_backs", "lists"), 0) for each in done) == 1


def test_a_sweep_that_was_killed_before_its_end_tells_once(repairs: Repairs) -> None:
    repairs.upto("complete")
    repairs.after(hours=17)
    until = repairs.office.clock.now()

    def killed() -> None:
        with repairs.opened(write=True) as (actor, work):
            call_backs.KIND.take(actor, work, until, 500)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    assert _lists(repairs) == []
    repairs.sweep()
    # whoever sets the moment back by hand is not told of the same day again
    repairs.office.execute(update(CallBacks).values(due_at=until - timedelta(hours=1)))
    repairs.sweep()
    assert len(_lists(repairs)) == 1


@pytest.mark.parametrize(
    ("zone", "now", "due"),
    [
        ("Asia/Shanghai", "2026-03-02 09:00", "2026-03-03 09:00"),
        ("Asia/Shanghai", "2026-03-02 08:59", "2026-03-02 09:00"),
        ("Europe/Berlin", "2026-03-28 10:00", "2026-03-29 09:00"),
        ("Europe/Berlin", "2026-10-24 10:00", "2026-10-25 09:00"),
    ],
)
def test_nine_o_clock_is_that_of_the_community_also_where_clocks_change(
    repairs: Repairs, zone: str, now: str, due: str
) -> None:
    moments = [datetime.fromisoformat(each).replace(tzinfo=ZoneInfo(zone)) for each in (now, due)]
    with repairs.opened() as (_actor, work):
        assert counting.after(work, zone, moments[0]) == moments[1]


def test_counting_reads_what_waits_and_never_all_tickets(repairs: Repairs) -> None:
    repairs.upto("complete")
    if repairs.office.engine.dialect.name != "sqlite":
        pytest.skip("a server reads a table of one row through")
    (community,) = repairs.office.rows(select(Community.id))
    asked: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, given: Any, *_more: Any) -> None:
        if statement.startswith("SELECT count"):
            asked.append((statement, given))

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        with repairs.opened() as (_actor, work):
            assert counting.waiting(work, community[0]) == (1, 0)
    finally:
        event.remove(Engine, "before_cursor_execute", keep)
    plans = []
    with repairs.office.engine.connect() as connection:
        for statement, given in asked:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
            plans.append(" / ".join(str(row[-1]) for row in rows))
    assert "ix_ticket_to_call_back" in plans[0]
    assert not [plan for plan in plans if "SCAN" in plan]
