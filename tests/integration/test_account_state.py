"""What an account opens depends on its end, a stop and the time of its first password (2.1.1)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.models.account import Account
from pcloud_cli.models.login import LoginEvent
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.mac import row_mac
from pcloud_cli.security.passwords import Cost
from pcloud_cli.services import account, login, rights
from pcloud_cli.services.account_state import state
from pcloud_cli.services.actor import bootstrap, nobody

CHEAP = Cost(memory=1024, passes=1, lanes=1)
OWN = "Correct-horse-1"
Open = Callable[[], AbstractContextManager[Work]]


@pytest.fixture
def first(opened: Open) -> str:
    """The first password of KF001."""
    with opened() as work:
        made = account.create(bootstrap(), work, staff_number="KF001", name="王小明", cost=CHEAP)
    assert made.password is not None
    return made.password


def _log_in(opened: Open, password: str) -> login.Login | None:
    with opened() as work:
        return login.log_in(nobody(), work, number="KF001", password=password, cost=CHEAP)


def _own(opened: Open, first: str) -> login.Login:
    made = _log_in(opened, first)
    assert made is not None
    with opened() as work:
        actor = login.resolve(work, made.token)
        own = account.change_password(actor, work, old=first, new=OWN, cost=CHEAP)
    assert own is not None
    return own


def _set(opened: Open, **columns: Any) -> None:
    with opened() as work:
        row = account.find(work, "KF001")
        for name, value in columns.items():
            setattr(row, name, value)
        rights.seal_account(work, row)


def _state(opened: Open) -> str:
    with opened() as work:
        return state(account.find(work, "KF001"), work.now())


def test_a_first_password_opens_nothing_after_its_hours(
    opened: Open, first: str, clock: FixedClock
) -> None:
    clock.advance(timedelta(hours=71, minutes=59))
    kept = _log_in(opened, first)
    assert kept is not None
    assert kept.restricted
    clock.advance(timedelta(minutes=1))
    assert _log_in(opened, first) is None
    assert _state(opened) == "expired"
    with opened() as work:
        actor = login.resolve(work, kept.token)
        assert account.change_password(actor, work, old=first, new=OWN, cost=CHEAP) is None
    with opened() as work:
        outcomes = set(work.session.scalars(select(LoginEvent.outcome)))
        assert outcomes == {"ok", "expired"}
        told = work.session.scalars(
            select(TrailEvent.detail).where(TrailEvent.action == "login.failed")
        ).all()
        assert len(told) == 2
        assert all("account reset-password" in detail for detail in told)
        assert work.session.scalar(select(Account.failed_count)) == 0


def test_a_password_of_ones_own_has_no_such_end(
    opened: Open, first: str, clock: FixedClock
) -> None:
    _own(opened, first)
    clock.advance(timedelta(days=30))
    assert _log_in(opened, OWN) is not None


def test_an_account_ends_at_its_moment_with_its_logins(
    opened: Open, first: str, clock: FixedClock
) -> None:
    own = _own(opened, first)
    _set(opened, ends_at=clock.now() + timedelta(hours=1))
    clock.advance(timedelta(minutes=59))
    with opened() as work:
        assert login.resolve(work, own.token).staff_number == "KF001"
    clock.advance(timedelta(minutes=1))
    with opened() as work:
        assert login.resolve(work, own.token).kind == "nobody"
    assert _log_in(opened, OWN) is None
    assert _state(opened) == "ended"


def test_a_suspended_account_opens_nothing_until_it_is_resumed(
    opened: Open, first: str, clock: FixedClock
) -> None:
    own = _own(opened, first)
    _set(opened, suspended_at=clock.now(), suspended_why="调查中")
    with opened() as work:
        assert login.resolve(work, own.token).kind == "nobody"
    assert _log_in(opened, OWN) is None
    assert _state(opened) == "suspended"
    _set(opened, suspended_at=None, suspended_why=None)
    assert _log_in(opened, OWN) is not None


def test_who_registered_an_account_cannot_be_changed_by_hand(opened: Open, first: str) -> None:
    with opened() as work:
        found = account.find(work, "KF001")
        other = account.create(bootstrap(), work, staff_number="XZ009", name="某人", cost=CHEAP)
        assert rights.account_holds(nobody(), work, found)
        found.created_by = other.id
        assert not rights.account_holds(nobody(), work, found)
        rights.seal_account(work, found)
        assert rights.account_holds(nobody(), work, found)
        found.created_by = None
        assert not rights.account_holds(nobody(), work, found)


def test_an_account_sealed_before_that_was_covered_still_holds(opened: Open, first: str) -> None:
    with opened() as work:
        other = account.create(bootstrap(), work, staff_number="XZ009", name="某人", cost=CHEAP)
        found = account.find(work, "KF001")
        found.created_by = other.id
        found.mac = row_mac(work.keys, "account", rights._account(found))
        assert rights.account_holds(nobody(), work, found)
        rights.seal_account(work, found)
        found.created_by = None
        assert not rights.account_holds(nobody(), work, found), "an older MAC was made of a newer"


@pytest.mark.parametrize(
    "forged",
    [
        {"ends_at": None},
        {"suspended_at": None},
        {"community_id": b"\x01" * 16},
        {"employer": None},
        {"suspended_why": "别的原因"},
    ],
)
def test_whoever_lifts_an_end_or_a_stop_in_the_database_makes_the_account_worthless(
    opened: Open, first: str, clock: FixedClock, forged: dict[str, Any]
) -> None:
    _set(
        opened,
        ends_at=clock.now() + timedelta(days=1),
        suspended_at=clock.now(),
        suspended_why="调查中",
        employer="安捷电梯",
    )
    with opened() as work:
        work.session.execute(update(Account).values(**forged))
    assert _log_in(opened, first) is None
    with opened() as work:
        assert (
            work.session.scalar(select(LoginEvent.outcome).order_by(LoginEvent.id.desc()).limit(1))
            == "tampered"
        )
