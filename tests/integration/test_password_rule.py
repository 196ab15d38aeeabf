"""Which passwords an account may have: policy, its holder, its former ones (2.1.1)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import UsageProblem
from pcloud_cli.models.account import Account, PasswordHistory
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.passwords import Cost
from pcloud_cli.services import account, login, password_history, password_rule
from pcloud_cli.services.actor import Actor, bootstrap, nobody
from pcloud_cli.services.policy_sections import AccountPolicy

CHEAP = Cost(memory=1024, passes=1, lanes=1)
Open = Callable[[], AbstractContextManager[Work]]


@pytest.fixture
def holder(opened: Open) -> tuple[Actor, str]:
    """Liu Wen with the mobile 13900000001, and the first password."""
    with opened() as work:
        made = account.create(
            bootstrap(),
            work,
            staff_number="KF001",
            name="刘文 Vivian",
            contact="13900004567",
            cost=CHEAP,
        )
    assert made.password
    with opened() as work:
        entered = login.log_in(nobody(), work, number="KF001", password=made.password, cost=CHEAP)
        assert entered is not None
    with opened() as work:
        return login.resolve(work, entered.token), made.password


def _change(opened: Open, clock: FixedClock, old: str, new: str) -> login.Login | None:
    clock.advance(timedelta(minutes=1))
    with opened() as work:
        row = account.find(work, "KF001")
        return account.change_password(login.person(row), work, old=old, new=new, cost=CHEAP)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Short-1", "weak_password"),
        ("nothing-upper-1", "weak_password"),
        ("Kf001-is-Me", "weak_password"),
        ("vivian-Lake-27", "personal_password"),
        ("刘文-Lake-27", "personal_password"),
        ("Lake-004567-q", "personal_password"),
        ("P@ssw0rd2026!", "common_password"),
    ],
)
def test_a_password_is_strong_uncommon_and_not_about_its_holder(
    opened: Open, clock: FixedClock, holder: tuple[Actor, str], password: str, code: str
) -> None:
    with pytest.raises(UsageProblem) as refused:
        _change(opened, clock, holder[1], password)
    assert refused.value.code == code
    assert password not in refused.value.message + (refused.value.hint or "")
    with opened() as work:
        stored = work.session.scalar(select(Account.password_state))
        assert stored == "first"


def test_policy_asks_for_more_and_never_for_less(
    opened: Open, holder: tuple[Actor, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened() as work:
        row = account.find(work, "KF001")
        password_rule.require(work, row, "Oak-tre7")
        monkeypatch.setattr(
            password_rule, "policy_of", lambda *_: AccountPolicy(password_min_length=12)
        )
        with pytest.raises(UsageProblem, match="strong"):
            password_rule.require(work, row, "Oak-tre7")
        monkeypatch.setattr(
            password_rule, "policy_of", lambda *_: AccountPolicy(password_min_length=4)
        )
        with pytest.raises(UsageProblem, match="strong"):
            password_rule.require(work, row, "Oa-tre7")


def test_none_of_the_last_five_is_taken_again(
    opened: Open, clock: FixedClock, holder: tuple[Actor, str]
) -> None:
    chosen = [f"Quiet-lake-{number}7" for number in range(7)]
    old = holder[1]
    for new in chosen:
        assert _change(opened, clock, old, new) is not None
        old = new
    for former in (*chosen[1:6], chosen[6]):
        with pytest.raises(UsageProblem):
            _change(opened, clock, chosen[6], former)
    assert _change(opened, clock, chosen[6], chosen[0]) is not None


def test_a_wrong_old_password_says_nothing_of_former_ones(
    opened: Open, clock: FixedClock, holder: tuple[Actor, str]
) -> None:
    _change(opened, clock, holder[1], "Quiet-lake-17")
    _change(opened, clock, "Quiet-lake-17", "Quiet-lake-27")
    assert _change(opened, clock, "Wrong-lake-99", "Quiet-lake-17") is None
    with opened() as work:
        row = login.person(account.find(work, "KF001"))
        assert account.compare_new(row, work, old="Wrong-lake-99", new="x", cost=CHEAP) is None


def test_a_first_password_is_not_kept_and_history_is_as_hard_as_the_password(
    opened: Open, clock: FixedClock, holder: tuple[Actor, str]
) -> None:
    _change(opened, clock, holder[1], "Quiet-lake-17")
    with opened() as work:
        assert work.session.scalar(select(func.count()).select_from(PasswordHistory)) == 0
    _change(opened, clock, "Quiet-lake-17", "Quiet-lake-27")
    with opened() as work:
        kept = work.session.scalars(select(PasswordHistory.password_hash)).all()
        assert len(kept) == 1
        assert kept[0].startswith("$argon2id$")


def test_a_former_password_changed_in_the_database_leaves_evidence(
    opened: Open, clock: FixedClock, holder: tuple[Actor, str]
) -> None:
    _change(opened, clock, holder[1], "Quiet-lake-17")
    _change(opened, clock, "Quiet-lake-17", "Quiet-lake-27")
    with opened() as work:
        work.session.execute(update(PasswordHistory).values(password_hash="$argon2id$none"))
    assert _change(opened, clock, "Quiet-lake-27", "Quiet-lake-17") is not None
    with opened() as work:
        actions = work.session.scalars(
            select(TrailEvent.object_type).where(TrailEvent.action == "row.tampered")
        ).all()
        assert "password_history" in actions


def test_what_was_compared_before_holds_only_for_the_same_password_and_history(
    opened: Open, clock: FixedClock, holder: tuple[Actor, str]
) -> None:
    _change(opened, clock, holder[1], "Quiet-lake-17")
    _change(opened, clock, "Quiet-lake-17", "Quiet-lake-27")
    with opened() as work:
        row = account.find(work, "KF001")
        other = password_history.Compared("Other-lake-37", frozenset(), known=False)
        with pytest.raises(UsageProblem, match="last"):
            account.change_password(
                login.person(row),
                work,
                old="Quiet-lake-27",
                new="Quiet-lake-17",
                cost=CHEAP,
                compared=other,
            )
