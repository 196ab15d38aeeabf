"""What is abnormal about a login, who is told, and a compromise reported (2.1.3)."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, UsageProblem
from pcloud_cli.models.account import Account
from pcloud_cli.models.login import LoginEvent
from pcloud_cli.models.outbox import OutboxMessage
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.place import Place
from pcloud_cli.security.passwords import Cost, hash_password
from pcloud_cli.services import (
    account,
    account_lifecycle,
    anomaly,
    login,
    login_events,
    login_rules,
    rights,
)
from pcloud_cli.services.actor import Actor, nobody
from pcloud_cli.services.first_password import Handing
from pcloud_cli.services.policy_sections import LoginPolicy

CHEAP = Cost(memory=1024, passes=1, lanes=1)
PASSWORD = "Correct-horse-1"
DESK = Place("desk-1", "wang", "pts/1", None, "Asia/Shanghai")
HOME = Place("server", "wang", "pts/9", "203.0.113.7", "Asia/Shanghai")

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]


@pytest.fixture
def clerk(opened: Open, hire: Hire) -> Actor:
    """KF001 of customer service with a password of her own; S001 and S002 administer."""
    hire("S001", "system_admin")
    hire("S002", "security_admin")
    made = hire("KF001", "customer_service")
    with opened() as work:
        row = account.find(work, "KF001")
        row.password_hash = hash_password(PASSWORD, CHEAP)
        row.password_state = "set"
        rights.seal_account(work, row)
    return made


def _enter(
    opened: Open, place: Place = DESK, *, password: str = PASSWORD, actor: Actor | None = None
) -> login.Result:
    with opened() as work:
        tried = login.Attempt("KF001", password, place=place)
        return login.attempt(actor or nobody(), work, tried, random=os.urandom, cost=CHEAP)


def _leave(opened: Open, result: login.Result) -> None:
    assert result.login is not None
    with opened() as work:
        login.log_out(login.resolve(work, result.login.token), work)


def _found(opened: Open, admin: str = "S001") -> list[str]:
    with opened() as work:
        actor = login.person(account.find(work, admin))
        return [row["rule"] for row in reversed(anomaly.list_all(actor, work))]


def _policy(monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    """Put a policy in force; how it comes to be is tested with policy."""
    policy = replace(LoginPolicy(), **values)  # type: ignore[arg-type]
    monkeypatch.setattr(login, "policy_of", lambda _work, _section: policy)


def test_every_attempt_is_an_event_with_its_place(opened: Open, clerk: Actor) -> None:
    _enter(opened, HOME, password="Wrong-horse-1")
    _leave(opened, _enter(opened, HOME))
    with opened() as work:
        login.attempt(nobody(), work, login.Attempt("KF999", "x", place=DESK), cost=CHEAP)
    with opened() as work:
        events = work.session.scalars(select(LoginEvent).order_by(LoginEvent.id)).all()
        own = login_events.list_all(clerk, work, account_id=clerk.account_id)
        assert [event.outcome for event in events] == ["wrong_password", "ok", "unknown"]
        assert [(e.host, e.os_user, e.terminal, e.ssh) for e in events[:2]] == [
            ("server", "wang", "pts/9", "203.0.113.7")
        ] * 2
        assert events[1].session_id is not None
        assert events[2].account_id is None
        assert events[2].attempted is not None
        assert [row["outcome"] for row in own] == ["ok", "wrong_password"]
        with pytest.raises(NotAllowed):
            login_events.list_all(clerk, work, account_id=None)


def test_a_failed_attempt_is_kept_when_the_work_after_it_fails(opened: Open, clerk: Actor) -> None:
    result = _enter(opened, password="Wrong-horse-1")
    assert result.login is None
    with opened() as work:
        assert work.session.scalar(select(LoginEvent.outcome)) == "wrong_password"
        trail = work.session.scalars(select(TrailEvent.action)).all()
        assert "login.failed" in trail


def test_the_next_login_tells_of_the_last_and_of_failures_since(
    opened: Open, clerk: Actor, clock: FixedClock
) -> None:
    _leave(opened, _enter(opened))
    clock.advance(timedelta(hours=1))
    _enter(opened, password="Wrong-horse-1")
    _enter(opened, password="Wrong-horse-2")
    clock.advance(timedelta(minutes=1))
    again = _enter(opened).login
    assert again is not None
    assert again.failed == 2
    assert again.before is not None
    assert again.before[1] == "wang@desk-1 pts/1"


def test_the_first_login_and_the_usual_place_are_no_anomaly(opened: Open, clerk: Actor) -> None:
    for _day in range(3):
        _leave(opened, _enter(opened))
    assert _found(opened) == []


def test_a_new_host_and_a_new_system_user_are(opened: Open, clerk: Actor) -> None:
    _leave(opened, _enter(opened))
    _leave(opened, _enter(opened, HOME))
    assert _found(opened) == ["new_host"]
    _leave(opened, _enter(opened, replace(DESK, os_user="guest")))
    assert _found(opened) == ["new_host", "new_os_user"]
    _leave(opened, _enter(opened, HOME))
    assert len(_found(opened)) == 2, "what is known is not reported again"


def test_a_registered_shared_host_is_none(
    opened: Open, clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _policy(monkeypatch, shared_hosts=("counter",))
    _enter(opened)
    _enter(opened, Place("counter", "front", "pts/2"))
    assert _found(opened) == []


def test_two_places_at_once_are_one_and_one_after_the_other_are_not(
    opened: Open, clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _policy(monkeypatch, rules=("two_places",))
    _leave(opened, _enter(opened))
    _leave(opened, _enter(opened, HOME))
    assert _found(opened) == []
    _enter(opened)
    _enter(opened, replace(DESK, terminal="pts/5"))
    assert _found(opened) == [], "a second window on the same computer"
    _enter(opened, HOME)
    assert _found(opened) == ["two_places"]


def test_a_dormant_account_that_wakes_is_reported(
    opened: Open, clerk: Actor, clock: FixedClock
) -> None:
    _leave(opened, _enter(opened))
    clock.advance(timedelta(days=89))
    _leave(opened, _enter(opened))
    assert _found(opened) == []
    clock.advance(timedelta(days=90))
    _leave(opened, _enter(opened))
    assert _found(opened) == ["dormant"]


def test_an_hour_never_worked_is_reported_once_there_are_habits(
    opened: Open, clerk: Actor, clock: FixedClock
) -> None:
    for _day in range(10):
        _leave(opened, _enter(opened))  # at 16:00 in Shanghai
        clock.advance(timedelta(days=1))
    _leave(opened, _enter(opened))
    clock.advance(timedelta(hours=1))
    _leave(opened, _enter(opened))
    assert _found(opened) == [], "an hour beside the usual one"
    clock.advance(timedelta(hours=9))
    _leave(opened, _enter(opened))  # at 02:00
    assert _found(opened) == ["odd_hour"]


def test_whoever_is_rostered_for_the_night_may_begin_at_night_but_not_at_noon(
    opened: Open, clerk: Actor, hire: Hire, clock: FixedClock
) -> None:
    with opened() as work:
        from pcloud_cli.services import role
        from pcloud_cli.services.actor import bootstrap

        role.grant(bootstrap(), work, staff_number="KF001", role="night_duty", reason="roster")
    for _day in range(10):
        _leave(opened, _enter(opened))
        clock.advance(timedelta(days=1))
    clock.advance(timedelta(hours=10))
    _leave(opened, _enter(opened))  # at 02:00
    assert _found(opened) == []
    clock.advance(timedelta(hours=10))
    _leave(opened, _enter(opened))  # at noon
    assert _found(opened) == ["odd_hour"]


def test_a_burst_of_failures_is_reported_once_and_locks_for_longer_and_longer(
    opened: Open, clerk: Actor, clock: FixedClock
) -> None:
    locks = []
    for _failure in range(8):
        _enter(opened, password="Wrong-horse-1")
        with opened() as work:
            until = account.find(work, "KF001").locked_until
        if until is not None:
            locks.append((until - clock.now()) // timedelta(minutes=1))
            clock.moment = until
    assert locks == [1, 2, 4, 8]
    assert _found(opened) == ["burst"]


def test_a_rule_that_policy_switched_off_reports_nothing(
    opened: Open, clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _policy(monkeypatch, rules=())
    _leave(opened, _enter(opened))
    _leave(opened, _enter(opened, HOME))
    assert _found(opened) == []


def test_an_anomaly_reaches_both_kinds_of_administrator_through_the_outbox(
    opened: Open, clerk: Actor
) -> None:
    _leave(opened, _enter(opened))
    _leave(opened, _enter(opened, HOME))
    with opened() as work:
        messages = work.session.scalars(select(OutboxMessage)).all()
        assert [message.template for message in messages] == ["anomaly"] * len(login_rules.TOLD)
        assert "login.anomaly" in work.session.scalars(select(TrailEvent.action)).all()


def test_acknowledging_needs_a_reason_and_somebody_else(
    opened: Open, clerk: Actor, hire: Hire
) -> None:
    _leave(opened, _enter(opened))
    _leave(opened, _enter(opened, HOME))
    with opened() as work:
        admin = login.person(account.find(work, "S001"))
        with pytest.raises(UsageProblem):
            anomaly.acknowledge(admin, work, 1, reason=" ")
        with pytest.raises(NotAllowed):
            anomaly.acknowledge(clerk, work, 1, reason="mine")
        done = anomaly.acknowledge(admin, work, 1, reason="新电脑")
        assert (done["already"], done["reason"]) == (False, "新电脑")
        assert anomaly.acknowledge(admin, work, 1, reason="again")["already"]
    assert _found(opened) == []
    with opened() as work:
        admin = login.person(account.find(work, "S001"))
        (row,) = anomaly.list_all(admin, work, everything=True)
        assert (row["acknowledged_by"], row["reason"]) == ("S001", "新电脑")


def test_nobody_acknowledges_an_anomaly_of_their_own(opened: Open, clerk: Actor) -> None:
    with opened() as work:
        admin = login.person(account.find(work, "S001"))
        anomaly.report_compromise(admin, work, account.find(work, "S001"))
        with pytest.raises(NotAllowed, match="own account"):
            anomaly.acknowledge(admin, work, 1, reason="it was me")


def test_a_reported_compromise_locks_at_once_ends_all_and_tells(
    opened: Open, clerk: Actor, hire: Hire
) -> None:
    made = _enter(opened).login
    assert made is not None
    with opened() as work:
        actor = login.resolve(work, made.token)
        done = anomaly.report_compromise(actor, work, account.find(work, "KF001"))
        assert (done["sessions_ended"], done["already"]) == (1, False)
    with opened() as work:
        assert login.resolve(work, made.token).kind == "nobody"
    assert _enter(opened).outcome == "compromised"
    assert _found(opened) == ["compromised"]
    with opened() as work:
        templates = work.session.scalars(select(OutboxMessage.template)).all()
        assert templates == ["compromised"] * len(login_rules.TOLD)
        admin = login.person(account.find(work, "S001"))
        assert anomaly.report_compromise(admin, work, account.find(work, "KF001"))["already"]
    office = hire("A001", "administration")
    with opened() as work:
        _row, renewed = account_lifecycle.unlock(
            office, work, "KF001", reason="已核实", handing=Handing(), cost=CHEAP
        )
    assert renewed is not None
    assert renewed.password is not None
    assert _enter(opened).login is None, "the password that others may know opens nothing"
    assert _enter(opened, password=renewed.password).login is not None


def test_only_ones_own_account_or_with_permission_another(opened: Open, clerk: Actor) -> None:
    with pytest.raises(NotAllowed), opened() as work:
        anomaly.report_compromise(clerk, work, account.find(work, "S001"))


def test_a_lock_lifted_by_a_hand_in_the_database_opens_nothing(opened: Open, clerk: Actor) -> None:
    with opened() as work:
        anomaly.report_compromise(clerk, work, account.find(work, "KF001"))
    with opened() as work:
        work.session.execute(
            Account.__table__.update()  # type: ignore[attr-defined]
            .where(Account.staff_number == "KF001")
            .values(compromised_at=None)
        )
    assert _enter(opened).outcome == "tampered"


def test_a_service_does_not_report_itself(opened: Open, clerk: Actor, hire: Hire) -> None:
    service = hire("CRON01", "sweeper", kind="service")
    with pytest.raises(Conflict), opened() as work:
        anomaly.report_compromise(service, work, account.find(work, "CRON01"))
