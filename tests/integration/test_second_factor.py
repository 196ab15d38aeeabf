"""One-time codes and recovery codes beside the password (2.1.1)."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import delete, select, update

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, UsageProblem
from pcloud_cli.models.account import Account
from pcloud_cli.models.login import RecoveryCode, SecondFactor
from pcloud_cli.security.passwords import Cost, hash_password
from pcloud_cli.services import account, login, permission, rights, second_factor
from pcloud_cli.services.actor import Actor, nobody
from pcloud_cli.services.policy_sections import LoginPolicy

CHEAP = Cost(memory=1024, passes=1, lanes=1)
PASSWORD = "Correct-horse-1"
STEP = timedelta(seconds=30)

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]


class Phone:
    """The app on somebody's phone."""

    def __init__(self, secret: str, clock: FixedClock) -> None:
        self.secret = secret
        self.clock = clock

    def code(self, *, steps: int = 0) -> str:
        """Return the code it shows, or showed some steps before."""
        return pyotp.TOTP(self.secret).at(self.clock.now() + steps * STEP)


@pytest.fixture
def clerk(opened: Open, hire: Hire) -> Actor:
    """KF001 of customer service with a password of her own; S001 administers."""
    hire("S001", "system_admin")
    made = hire("KF001", "customer_service")
    with opened() as work:
        row = account.find(work, "KF001")
        row.password_hash = hash_password(PASSWORD, CHEAP)
        row.password_state = "set"
        rights.seal_account(work, row)
    return made


@pytest.fixture
def phone(opened: Open, clerk: Actor, clock: FixedClock) -> Phone:
    """Her phone, set up a while ago."""
    made = Phone(second_factor.new_secret(clerk).text, clock)
    with opened() as work:
        second_factor.enable(clerk, work, secret=made.secret, code=made.code(), random=os.urandom)
    clock.advance(timedelta(hours=1))
    return made


def _enter(opened: Open, code: str | None, *, password: str = PASSWORD) -> login.Result:
    with opened() as work:
        tried = login.Attempt("KF001", password, code)
        return login.attempt(nobody(), work, tried, random=os.urandom, cost=CHEAP)


def _codes(opened: Open, clerk: Actor) -> list[str]:
    with opened() as work:
        return second_factor.new_codes(clerk, work, os.urandom)


def test_a_code_of_another_secret_sets_nothing_up(opened: Open, clerk: Actor) -> None:
    secret = second_factor.new_secret(clerk)
    assert secret.uri.startswith("otpauth://totp/pcloud:KF001?")
    other = pyotp.TOTP(pyotp.random_base32())
    with pytest.raises(UsageProblem, match="no code"), opened() as work:
        second_factor.enable(
            clerk, work, secret=secret.text, code=other.at(work.now()), random=os.urandom
        )
    assert _enter(opened, None).login is not None


def test_the_password_alone_opens_nothing_any_more(opened: Open, phone: Phone) -> None:
    asked = _enter(opened, None)
    assert asked.wants_code
    assert asked.login is None
    assert _enter(opened, phone.code()).login is not None


def test_a_wrong_password_is_not_asked_for_a_code(opened: Open, phone: Phone) -> None:
    result = _enter(opened, phone.code(), password="Wrong-horse-1")
    assert (result.outcome, result.wants_code) == ("wrong_password", False)


def test_a_code_opens_once_and_an_older_one_not_after_it(
    opened: Open, phone: Phone, clock: FixedClock
) -> None:
    code = phone.code()
    assert _enter(opened, code).login is not None
    assert _enter(opened, code).outcome == "wrong_code"
    assert _enter(opened, phone.code(steps=-1)).outcome == "wrong_code"
    clock.advance(STEP)
    assert _enter(opened, phone.code()).login is not None


def test_the_code_that_set_it_up_opens_no_login(
    opened: Open, clerk: Actor, clock: FixedClock
) -> None:
    phone = Phone(second_factor.new_secret(clerk).text, clock)
    code = phone.code()
    with opened() as work:
        second_factor.enable(clerk, work, secret=phone.secret, code=code, random=os.urandom)
    assert _enter(opened, code).outcome == "wrong_code"


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off_and_no_more(
    opened: Open, phone: Phone, steps: int, opens: bool
) -> None:
    assert (_enter(opened, phone.code(steps=steps)).login is not None) == opens


def test_wrong_codes_lock_as_wrong_passwords_do_and_the_password_does_not_reset_them(
    opened: Open, phone: Phone
) -> None:
    for _try in range(5):
        assert _enter(opened, None).wants_code
        assert _enter(opened, "000000").outcome == "wrong_code"
    assert _enter(opened, phone.code()).outcome == "locked"


def test_a_recovery_code_opens_once_however_it_is_typed(
    opened: Open, clerk: Actor, phone: Phone
) -> None:
    codes = _codes(opened, clerk)
    assert len(set(codes)) == second_factor.CODES
    made = _enter(opened, f" {codes[0].lower()} ").login
    assert made is not None
    assert made.codes_left == second_factor.CODES - 1
    assert _enter(opened, codes[0]).outcome == "wrong_code"
    assert _enter(opened, codes[1].replace("-", "")).login is not None


def test_new_recovery_codes_end_the_old_ones_and_none_is_kept_in_clear(
    opened: Open, clerk: Actor, phone: Phone
) -> None:
    old, new = _codes(opened, clerk), _codes(opened, clerk)
    assert _enter(opened, old[0]).outcome == "wrong_code"
    with opened() as work:
        kept = work.session.scalars(select(RecoveryCode.code_hash)).all()
        assert len(kept) == second_factor.CODES
        assert not {code.replace("-", "").encode() for code in new} & set(kept)
        sealed = work.session.scalars(select(SecondFactor.secret_sealed)).one()
        assert phone.secret.encode() not in sealed


def test_taking_the_row_away_in_the_database_opens_nothing(
    opened: Open, clerk: Actor, phone: Phone
) -> None:
    with opened() as work:
        work.session.execute(delete(SecondFactor))
    assert _enter(opened, None).wants_code
    assert _enter(opened, phone.code()).outcome == "wrong_code"
    with opened() as work:
        work.session.execute(
            update(Account).where(Account.id == clerk.account_id).values(second_factor_at=None)
        )
    assert _enter(opened, None).outcome == "tampered"


def test_winding_the_last_step_back_in_the_database_opens_nothing(
    opened: Open, phone: Phone, clock: FixedClock
) -> None:
    assert _enter(opened, phone.code()).login is not None
    with opened() as work:
        work.session.execute(update(SecondFactor).values(last_step=0))
    clock.advance(STEP)
    assert _enter(opened, phone.code()).outcome == "wrong_code"


def test_a_used_recovery_code_made_new_in_the_database_opens_nothing(
    opened: Open, clerk: Actor, phone: Phone
) -> None:
    codes = _codes(opened, clerk)
    assert _enter(opened, codes[0]).login is not None
    with opened() as work:
        work.session.execute(update(RecoveryCode).values(used_at=None))
    assert _enter(opened, codes[0]).outcome == "wrong_code"


def test_it_is_taken_off_by_its_holder_or_when_lost_by_an_administrator(
    opened: Open, clerk: Actor, phone: Phone, clock: FixedClock
) -> None:
    with opened() as work:
        second_factor.disable(clerk, work)
    assert _enter(opened, None).login is not None
    with pytest.raises(Conflict), opened() as work:
        second_factor.disable(clerk, work)
    again = Phone(second_factor.new_secret(clerk).text, clock)
    with opened() as work:
        second_factor.enable(clerk, work, secret=again.secret, code=again.code(), random=os.urandom)
    with opened() as work:
        admin = login.person(account.find(work, "S001"))
        with pytest.raises(NotAllowed):
            second_factor.take_off(clerk, work, account.find(work, "S001"), reason="x")
        with pytest.raises(NotAllowed):
            second_factor.take_off(admin, work, account.find(work, "S001"), reason="x")
        with pytest.raises(UsageProblem):
            second_factor.take_off(admin, work, account.find(work, "KF001"), reason=" ")
        second_factor.take_off(admin, work, account.find(work, "KF001"), reason="手机丢失")
    assert _enter(opened, None).login is not None


def test_where_policy_demands_it_of_a_role_a_login_opens_nothing_before(
    opened: Open, clerk: Actor, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = LoginPolicy(second_factor_roles=("customer_service",))
    for module in (login, second_factor):
        monkeypatch.setattr(module, "policy_of", lambda _work, _section: policy)
    made = _enter(opened, None).login
    assert made is not None
    assert (made.restricted, made.wants_factor) == (True, True)
    with pytest.raises(NotAllowed, match="second factor"), opened() as work:
        permission.require(login.resolve(work, made.token), work, "owner.read")
    phone = Phone(second_factor.new_secret(clerk).text, clock)
    with opened() as work:
        actor = login.resolve(work, made.token)
        second_factor.enable(actor, work, secret=phone.secret, code=phone.code(), random=os.urandom)
        free = login.freed(actor, work, random=os.urandom)
    assert free is not None
    with opened() as work:
        assert login.resolve(work, made.token).kind == "nobody"
        actor = login.resolve(work, free.token)
        permission.require(actor, work, "owner.read")
        with pytest.raises(NotAllowed, match="roles"):
            second_factor.disable(actor, work)
