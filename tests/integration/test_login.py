"""Logging in and out, first passwords, locks, sessions (2.1.1, 2.1.3)."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotAllowed, UsageProblem
from pcloud_cli.models.account import Account, LoginSession
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.passwords import Cost
from pcloud_cli.services import account, login, permission, role, sessions
from pcloud_cli.services.actor import bootstrap, nobody

CHEAP = Cost(memory=1024, passes=1, lanes=1)
GOOD = "Correct-horse-1"

Open = Callable[[], AbstractContextManager[Work]]


@pytest.fixture
def first(opened: Open) -> str:
    """The first password of KF001, a new hire with the role of customer service."""
    with opened() as work:
        role.seed(work)
        made = account.create(bootstrap(), work, staff_number="kf001", name="王小明", cost=CHEAP)
        role.grant(bootstrap(), work, staff_number="KF001", role="customer_service", reason="new")
    assert made.password is not None
    return made.password


def _log_in(work: Work, password: str, number: str = "KF001") -> login.Login | None:
    return login.log_in(nobody(), work, number=number, password=password, cost=CHEAP)


def _set_own(opened: Open, first: str) -> login.Login:
    with opened() as work:
        restricted = _log_in(work, first)
        assert restricted is not None
        actor = login.resolve(work, restricted.token)
        made = account.change_password(actor, work, old=first, new=GOOD, cost=CHEAP)
    assert made is not None
    return made


def _actions(work: Work) -> list[str]:
    return list(work.session.scalars(select(TrailEvent.action).order_by(TrailEvent.seq)))


def test_a_first_password_opens_nothing_but_its_own_change(opened: Open, first: str) -> None:
    with opened() as work:
        made = _log_in(work, first)
        assert made is not None
        assert made.restricted
    with opened() as work:
        actor = login.resolve(work, made.token)
        assert not permission.allowed(actor, work, "owner.read")
        assert not permission.granted_permissions(actor, work)
    with pytest.raises(NotAllowed, match="first password"), opened() as work:
        permission.require(login.resolve(work, made.token), work, "owner.read")
    own = _set_own(opened, first)
    with opened() as work:
        assert permission.allowed(login.resolve(work, own.token), work, "owner.read")


def test_after_a_change_the_old_password_and_all_other_logins_are_worth_nothing(
    opened: Open, first: str
) -> None:
    own = _set_own(opened, first)
    with opened() as work:
        other = _log_in(work, GOOD)
        assert other is not None
        assert not other.restricted
        actor = login.resolve(work, other.token)
        newest = account.change_password(actor, work, old=GOOD, new="Another-horse-2", cost=CHEAP)
        assert newest is not None
    with opened() as work:
        assert login.resolve(work, own.token).kind == "nobody"
        assert login.resolve(work, other.token).kind == "nobody"
        assert login.resolve(work, newest.token).staff_number == "KF001"
        assert _log_in(work, GOOD) is None


def test_a_weak_password_is_refused_and_changes_nothing(opened: Open, first: str) -> None:
    with opened() as work:
        made = _log_in(work, first)
        assert made is not None
        actor = login.resolve(work, made.token)
        for weak in ("sh-A1", "alllower-1", "NoDigits-!", "Kf001-kf001"):
            with pytest.raises(UsageProblem):
                account.change_password(actor, work, old=first, new=weak, cost=CHEAP)
    with opened() as work:
        assert _log_in(work, first) is not None


def test_wrong_unknown_and_locked_get_the_same_answer_and_leave_evidence(
    opened: Open, first: str
) -> None:
    with opened() as work:
        assert _log_in(work, "Wrong-password-1") is None
        assert _log_in(work, first, number="Nobody-99") is None
        assert _log_in(work, first, number="no such number!") is None
    with opened() as work:
        events = work.session.scalars(
            select(TrailEvent).where(TrailEvent.action == "login.failed").order_by(TrailEvent.seq)
        ).all()
    assert [("wrong_password" in e.detail, "unknown" in e.detail) for e in events] == [
        (True, False),
        (False, True),
        (False, True),
    ]
    everything = "".join(event.detail for event in events)
    assert "Nobody-99" not in everything
    assert "NOBODY-99" not in everything


def test_after_five_failures_the_account_is_locked_for_longer_and_longer(
    opened: Open, first: str, clock: FixedClock
) -> None:
    with opened() as work:
        for _count in range(5):
            assert _log_in(work, "Wrong-password-1") is None
    with opened() as work:
        assert _log_in(work, first) is None, "locked, although the password is right"
    clock.advance(timedelta(minutes=1))
    with opened() as work:
        assert _log_in(work, "Wrong-password-1") is None
    clock.advance(timedelta(minutes=1))
    with opened() as work:
        assert _log_in(work, first) is None, "the second lock lasts two minutes"
    clock.advance(timedelta(minutes=1))
    with opened() as work:
        assert _log_in(work, first) is not None
        assert work.session.scalar(select(Account.failed_count)) == 0


def test_a_login_ends_by_itself_by_logout_and_with_its_account(
    opened: Open, first: str, clock: FixedClock, engine: Engine
) -> None:
    own = _set_own(opened, first)
    with opened() as work:
        actor = login.resolve(work, own.token)
        assert login.log_out(actor, work)
    with opened() as work:
        gone = login.resolve(work, own.token)
        assert (gone.kind, gone.lapsed) == ("nobody", True)
        assert not login.log_out(gone, work)
        again = _log_in(work, GOOD)
        assert again is not None
    for _hour in range(11):
        clock.advance(timedelta(hours=1))
        with opened() as work:
            used = login.resolve(work, again.token)
        sessions.seen(engine, used, clock.now())
    clock.advance(timedelta(hours=1) - timedelta(seconds=1))
    with opened() as work:
        assert login.resolve(work, again.token).staff_number == "KF001"
    clock.advance(timedelta(seconds=1))
    with opened() as work:
        assert login.resolve(work, again.token).kind == "nobody"


def test_a_token_that_is_none_is_nobody(opened: Open) -> None:
    with opened() as work:
        for token in ("", "x", "!!!", "AAAA" * 11, "ä" * 43):
            assert login.resolve(work, token).kind == "nobody"


def test_the_token_is_not_in_the_database(opened: Open, first: str) -> None:
    own = _set_own(opened, first)
    with opened() as work:
        session = work.session.scalars(
            select(LoginSession).where(LoginSession.revoked_at.is_(None))
        ).one()
        assert own.token.encode() not in session.token_hash
        assert len(session.token_hash) == 32


def test_whoever_writes_to_the_database_without_the_key_makes_no_login(
    opened: Open, first: str, engine: Engine
) -> None:
    own = _set_own(opened, first)
    with opened() as work:
        clerk = login.resolve(work, own.token)
    with engine.begin() as connection:
        connection.execute(
            update(LoginSession).values(
                expires_at=clerk.expires_at + timedelta(days=999) if clerk.expires_at else None
            )
        )
    with opened() as work:
        assert login.resolve(work, own.token).kind == "nobody"
    with opened() as work:
        assert "row.tampered" in _actions(work)
        fresh = _log_in(work, GOOD)
        assert fresh is not None
    with engine.begin() as connection:
        copied = connection.scalar(select(Account.password_hash))
        connection.execute(update(Account).values(password_hash=copied, staff_number="KF009"))
    with opened() as work:
        assert login.resolve(work, fresh.token).kind == "nobody"
        assert _log_in(work, GOOD, number="KF009") is None


def test_a_restricted_session_made_free_by_hand_opens_nothing(
    opened: Open, first: str, engine: Engine
) -> None:
    with opened() as work:
        made = _log_in(work, first)
        assert made is not None
    with engine.begin() as connection:
        connection.execute(update(LoginSession).values(restricted=False))
    with opened() as work:
        assert login.resolve(work, made.token).kind == "nobody"


def test_a_hash_made_cheaply_is_made_anew_at_the_standard_cost(opened: Open, first: str) -> None:
    with opened() as work:
        assert login.log_in(nobody(), work, number="KF001", password=first, random=os.urandom)
        stored = work.session.scalar(select(Account.password_hash))
    assert stored is not None
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    with opened() as work:
        assert _log_in(work, first) is not None


def test_logging_in_anew_ends_the_login_before_it(opened: Open, first: str) -> None:
    own = _set_own(opened, first)
    with opened() as work:
        actor = login.resolve(work, own.token)
        assert login.log_in(actor, work, number="KF001", password=GOOD, cost=CHEAP)
    with opened() as work:
        assert login.resolve(work, own.token).kind == "nobody"
