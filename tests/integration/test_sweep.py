"""What has fallen due is worked off once, told once, and leaves its next moment (2.3.2)."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, select, update

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Failed, NotAllowed
from pcloud_cli.models.account import Account, LoginSession
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.outbox import OutboxMessage
from pcloud_cli.models.role import RoleGrant
from pcloud_cli.models.sweep import Alert, Breach
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.services import account, first_password, outbox_about, sessions
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.sessions import Terms
from pcloud_cli.services.sweep import last
from pcloud_cli.services.sweep import run as sweeping
from pcloud_cli.services.sweep.declare import Taken
from pcloud_cli.services.sweep.kinds import KINDS
from tests.integration.conftest import CHEAP
from tests.integration.office import CHECKER, MAKER, Office
from tests.integration.sweeping import SWEEPER, Swept
from tests.integration.workbooks import row

LEAD = "KF003"


@pytest.fixture
def swept(office: Office, hire: Callable[..., Actor]) -> Swept:
    """An office with two leads, whose own first passwords are no matter."""
    hire(LEAD, "customer_service_lead")
    hire(SWEEPER, "sweeper", kind="service")
    office.execute(update(Account).values(due_at=None))
    return Swept(office)


def told(swept: Swept) -> dict[str | None, list[Any]]:
    return dict(swept.messages())


def test_what_waits_for_its_second_check_is_told_to_who_may_check_it_and_then_to_its_maker(
    swept: Swept,
) -> None:
    swept.office.load([row(1)])
    swept.after(hours=23)
    assert swept.sweep() == {}
    swept.after(hours=1)
    assert swept.sweep() == {("approval", "told"): 1, ("alert", "messages"): 2}
    assert told(swept) == {each: [["workbooks to approve", 1, ["1"]]] for each in (CHECKER, LEAD)}
    assert swept.sweep() == {}
    swept.after(hours=48)
    assert swept.sweep() == {("approval", "told"): 1, ("alert", "messages"): 3}
    assert told(swept)[MAKER] == [["workbooks to approve", 1, ["1"]]]
    swept.after(days=100)
    assert swept.sweep() == {}
    assert swept.breaches() == [("approval", "check", 1), ("approval", "check", 2)]


def test_what_was_decided_in_time_is_told_to_nobody(swept: Swept) -> None:
    batch = swept.office.load([row(1)])
    swept.office.approve(batch)
    swept.office.apply(batch)
    swept.after(days=30)
    assert (swept.sweep(), swept.breaches()) == ({}, [])


def test_an_approved_workbook_that_lies_there_is_told_by_its_number(swept: Swept) -> None:
    batch = swept.office.load([row(1)])
    swept.office.approve(batch)
    swept.after(hours=24)
    assert swept.sweep() == {("import", "told"): 1, ("alert", "messages"): 2}
    word = ["approved workbooks to apply", 1, [str(batch["number"])]]
    assert told(swept) == {CHECKER: [word], LEAD: [word]}


def test_a_sweep_that_was_away_tells_each_person_once_of_everything(swept: Swept) -> None:
    for number in range(1, 8):
        swept.office.load([row(number)], name=f"{number}.xlsx")
    swept.after(days=14)
    assert swept.sweep() == {("approval", "told"): 14, ("alert", "messages"): 3}
    assert told(swept) == {
        each: [["workbooks to approve", 7, list("12345")]] for each in (MAKER, CHECKER, LEAD)
    }
    assert swept.office.count(Alert) == 0
    abouts = {about for (about,) in swept.office.rows(select(OutboxMessage.about))}
    named = [{"kind": "import", "number": number} for number in range(1, 6)]
    assert [outbox_about.read(about) for about in abouts] == [named], "those that it calls by name"


def test_where_nobody_may_approve_the_fallback_channel_hears_of_it(
    swept: Swept, hire: Callable[..., Actor]
) -> None:
    swept.office.load([row(1)])
    swept.office.execute(update(RoleGrant).values(revoked_at=swept.office.clock.now()))
    hire("CRON2", "sweeper", kind="service")
    swept.after(hours=24)
    sweeping.sweep(partial(swept.office.open, "CRON2"), swept.office.clock)
    assert told(swept) == {None: [["workbooks to approve", 1, ["1"]]]}


def test_a_first_password_never_changed_is_told_to_who_registered_its_holder_each_time(
    swept: Swept, hire: Callable[..., Actor]
) -> None:
    hire("XZ001", "administration")
    swept.office.execute(update(Account).values(due_at=None))
    with swept.office.open("XZ001", write=True) as (actor, work):
        account.create(actor, work, staff_number="WX001", name="某人", cost=CHEAP)
    swept.after(hours=71)
    assert swept.sweep() == {}
    swept.after(hours=1)
    assert swept.sweep() == {("first_password", "told"): 1, ("alert", "messages"): 1}
    assert {about for (about,) in swept.office.rows(select(OutboxMessage.about))} == {None}
    assert told(swept) == {"XZ001": [["first passwords that were never changed", 1, ["WX001"]]]}
    # another first password is another occasion
    with swept.office.open("XZ001", write=True) as (_actor, work):
        holder = account.find(work, "WX001")
        first_password.put(work, holder, random=os.urandom, cost=CHEAP)
    swept.after(hours=72)
    assert swept.sweep() == {("first_password", "told"): 1, ("alert", "messages"): 1}


def test_a_first_password_of_somebody_gone_is_told_to_nobody(
    swept: Swept, hire: Callable[..., Actor]
) -> None:
    hire("WX001", None)
    disabled = update(Account).values(disabled_at=swept.office.clock.now())
    swept.office.execute(disabled.where(Account.staff_number == "WX001"))
    swept.after(hours=72)
    assert (swept.sweep(), swept.breaches()) == ({}, [])


def _login(swept: Swept, number: str, **terms: Any) -> bytes:
    until = swept.office.clock.now() + timedelta(hours=12)
    with swept.office.open(number, write=True) as (_actor, work):
        found = account.find(work, number)
        _token, made = sessions.open_on(work, found, Terms(until, **terms), random=os.urandom)
        return made.id


def test_a_login_that_ended_by_time_is_noted_once_and_one_that_was_ended_never(
    swept: Swept,
) -> None:
    first, second = _login(swept, MAKER), _login(swept, CHECKER)
    with swept.office.open(CHECKER, write=True) as (_actor, work):
        sessions.close(work, work.session.get_one(LoginSession, second))
    swept.after(hours=12)
    assert swept.sweep() == {("session", "noted"): 1}
    swept.after(hours=12)
    assert swept.sweep() == {}
    query = select(TrailEvent.object_id).where(TrailEvent.action == "login.expired")
    assert swept.office.rows(query) == [(first,)]


def test_a_login_that_is_used_is_looked_at_again_when_it_may_be_idle(swept: Swept) -> None:
    used = _login(swept, MAKER, idle_minutes=60)
    swept.after(minutes=30)
    seen = update(LoginSession).values(last_seen_at=swept.office.clock.now())
    swept.office.execute(seen.where(LoginSession.id == used))
    swept.after(minutes=30)
    now = swept.office.clock.now()
    assert swept.upcoming()["session"][0] == now
    assert swept.sweep() == {}
    assert swept.upcoming()["session"] == (None, now + timedelta(minutes=30))
    swept.after(minutes=30)
    assert swept.sweep() == {("session", "noted"): 1}


def test_a_grant_that_ended_is_noted_once(swept: Swept, hire: Callable[..., Actor]) -> None:
    end = swept.office.clock.now() + timedelta(days=2)
    hire("WX001", "maintenance", until=end)
    swept.office.execute(update(Account).values(due_at=None))
    assert swept.upcoming()["grant"] == (None, end)
    swept.after(days=3)
    assert swept.sweep() == {("grant", "noted"): 1}
    assert swept.sweep() == {}
    assert swept.office.actions().count("role.expired") == 1


def test_a_replay_says_what_a_sweep_then_does_and_changes_nothing(
    swept: Swept, hire: Callable[..., Actor]
) -> None:
    for number in range(1, 4):
        batch = swept.office.load([row(number)], name=f"{number}.xlsx")
    swept.office.approve(batch)
    hire("WX001", "maintenance", until=swept.office.clock.now() + timedelta(days=1))
    _login(swept, MAKER, idle_minutes=60)
    begun = swept.office.clock.now()
    for hours in (1, 24, 47, 72, 100, 1000):
        before = swept.content()
        at = begun + timedelta(hours=hours)
        said = swept.replay(at)
        assert swept.content() == before
        swept.office.clock.moment = at
        assert swept.sweep() == said
        assert swept.replay(at) == {}


def test_a_sweep_a_minute_and_one_after_a_week_find_the_same_late(swept: Swept) -> None:
    swept.office.load([row(1)])
    for _hour in range(0, 7 * 24, 3):
        swept.after(hours=3)
        swept.sweep()
    late = select(Breach.level, Breach.due_at).order_by(Breach.level)
    loaded = swept.office.rows(select(Approval.made_at))[0][0]
    expected = [(1, loaded + timedelta(hours=24)), (2, loaded + timedelta(hours=72))]
    assert [tuple(each) for each in swept.office.rows(late)] == expected


def test_what_a_sweep_was_stopped_in_is_done_once_by_the_next(
    swept: Swept, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        swept.office.load([row(number)], name=f"{number}.xlsx")
    swept.after(hours=24)
    monkeypatch.setattr(sweeping, "_PART", 2)
    begun = 0

    def stopped() -> bool:
        nonlocal begun
        begun += 1
        return begun > 2

    first = sweeping.sweep(swept.opened, swept.office.clock, stopped=stopped)
    assert 0 < first.done["approval", "told"] < 5
    assert swept.messages() == []
    second = swept.sweep()
    assert first.done["approval", "told"] + second["approval", "told"] == 5
    assert told(swept)[LEAD] == [["workbooks to approve", 5, list("12345")]]


def test_a_kind_that_fails_keeps_no_other_from_its_turn(swept: Swept) -> None:
    swept.office.load([row(1)])
    swept.after(hours=24)

    def broken(actor: Actor, work: Work, until: datetime, limit: int) -> Taken:
        raise Failed("broken")

    kinds = {"broken": replace(KINDS["approval"], take=broken), **KINDS}
    with pytest.raises(Failed, match="broken"):
        sweeping.sweep(swept.opened, swept.office.clock, kinds=kinds)
    assert set(told(swept)) == {CHECKER, LEAD}


def test_only_who_may_sweep_sweeps_or_looks(swept: Swept) -> None:
    opened = partial(swept.office.open, MAKER)
    with pytest.raises(NotAllowed):
        sweeping.sweep(opened, swept.office.clock)
    with pytest.raises(NotAllowed), opened() as (actor, work):
        sweeping.upcoming(actor, work)


def test_a_watch_sleeps_until_something_is_due_and_sees_what_is_added_earlier(
    swept: Swept,
) -> None:
    clock, slept = swept.office.clock, list[float]()
    swept.office.load([row(1)])
    end = clock.now() + timedelta(hours=24)
    clock.moment = end - timedelta(seconds=7)
    done: list[tuple[datetime, Any]] = []

    def wait(seconds: float) -> bool:
        slept.append(seconds)
        clock.advance(timedelta(seconds=seconds))
        if len(done) == 1 and not added:
            added.append(_login(swept, MAKER))
            soon = update(LoginSession).values(due_at=clock.now(), expires_at=clock.now())
            swept.office.execute(soon.where(LoginSession.id == added[0]))
        return len(done) == 2

    added: list[bytes] = []
    sweeping.watch(
        swept.opened,
        clock,
        wait=wait,
        swept=lambda outcome: done.append((clock.now(), outcome.done)),
    )
    assert done[0] == (end, {("approval", "told"): 1, ("alert", "messages"): 2})
    assert done[1][1] == {("session", "noted"): 1}
    assert max(slept) <= sweeping.POLL.total_seconds()


@pytest.mark.parametrize("name", KINDS)
def test_no_kind_reads_a_table_through(swept: Swept, name: str) -> None:
    said: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        said.append((statement, values))

    event.listen(swept.office.engine, "before_cursor_execute", note)
    now = swept.office.clock.now()
    with swept.opened(write=True) as (actor, work):
        said.clear()
        KINDS[name].next_due(work)
        KINDS[name].next_due(work, now)
        KINDS[name].take(actor, work, now, 10)
        asked = list(said)
        event.remove(swept.office.engine, "before_cursor_execute", note)
        assert asked
        for statement, values in asked:
            plan = _plan(work, statement, values)
            assert "_due" in plan, plan
            # SQLite calls a walk along an index, of which one row is wanted, a scan too
            walks = [line for line in plan.splitlines() if "SCAN " in line or "Seq Scan" in line]
            assert all("_due" in line for line in walks), plan


def _plan(work: Work, statement: str, values: Any) -> str:
    connection = work.session.connection()
    if connection.dialect.name == "postgresql":
        # an empty table is read through whatever there is, unless that is forbidden
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", values).all()
        return "\n".join(str(each[0]) for each in rows)
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    return "\n".join(str(each[3]) for each in rows)


def test_a_sweep_notes_its_moment_at_its_end_or_once_a_minute_while_it_is_at_work(
    swept: Swept,
) -> None:
    engine, clock = swept.office.engine, swept.office.clock
    mark = last.Mark(engine, clock)
    mark.at_work()
    assert last.swept_at(engine) is None, "it may fail yet"
    clock.advance(timedelta(minutes=1))
    mark.at_work()
    first = last.swept_at(engine)
    assert first == clock.now()
    clock.advance(timedelta(seconds=59))
    mark.done()
    assert last.swept_at(engine) == first, "a watch writes no more often than a minute"
    last.Mark(engine, clock).done()
    assert last.swept_at(engine) == clock.now()
    clock.advance(timedelta(minutes=-10))
    last.Mark(engine, clock).done()
    assert last.swept_at(engine) != clock.now(), "a clock set back does not make it earlier"
