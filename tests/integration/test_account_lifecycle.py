"""Suspending, resuming, unlocking, new first passwords, and how they are handed over (2.1.1)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Community
from pcloud_cli.models.outbox import OutboxMessage
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.passwords import Cost
from pcloud_cli.services import (
    account,
    account_leaving,
    account_lifecycle,
    account_moving,
    anomaly,
    login,
    rights,
    role,
    second_factor,
)
from pcloud_cli.services.actor import Actor, bootstrap, nobody
from pcloud_cli.services.first_password import Handing
from pcloud_cli.services.role_scope import Wanted
from tests.integration.tampering import tamper

CHEAP = Cost(memory=1024, passes=1, lanes=1)
OWN = "Correct-horse-1"
Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]


@pytest.fixture
def clerk(opened: Open, hire: Hire) -> Actor:
    """Somebody of administration, beside two communities with a person in each."""
    actor = hire("XZ001", "administration")
    with opened() as work:
        for code, name in (("CH", "翠湖花园"), ("XY", "小园")):
            work.session.add(
                Community(
                    id=work.ids(), code=code, name=name, zone="Asia/Shanghai", created_at=work.now()
                )
            )
        work.session.flush()
        for number, place in (("WX001", "CH"), ("WX002", "XY")):
            account.create(
                actor, work, staff_number=number, name="某人", community=place, cost=CHEAP
            )
    return actor


def _own_password(opened: Open, number: str, first: str) -> login.Login:
    with opened() as work:
        made = login.log_in(nobody(), work, number=number, password=first, cost=CHEAP)
        assert made is not None
    with opened() as work:
        actor = login.resolve(work, made.token)
        own = account.change_password(actor, work, old=first, new=OWN, cost=CHEAP)
    assert own is not None
    return own


def _new(opened: Open, clerk: Actor, number: str, contact: str | None = None) -> login.Login:
    with opened() as work:
        made = account.create(
            clerk, work, staff_number=number, name="某人", contact=contact, cost=CHEAP
        )
    assert made.password
    return _own_password(opened, number, made.password)


def _reset(opened: Open, actor: Actor, number: str, handing: Handing) -> account.Created:
    with opened() as work:
        return account_lifecycle.reset_password(
            actor, work, number, reason="忘记", handing=handing, cost=CHEAP
        )


def _events(opened: Open, action: str) -> list[TrailEvent]:
    with opened() as work:
        return list(work.session.scalars(select(TrailEvent).where(TrailEvent.action == action)))


def test_whom_another_firm_lends_has_an_account_until_the_contract_ends(
    opened: Open, clerk: Actor, clock: FixedClock
) -> None:
    end = clock.now() + timedelta(days=30)
    with pytest.raises(UsageProblem, match="contract"), opened() as work:
        account.create(
            clerk, work, staff_number="WB001", name="赵", employer="安捷电梯", cost=CHEAP
        )
    with pytest.raises(UsageProblem, match="community"), opened() as work:
        account.create(
            clerk, work, staff_number="WB001", name="赵", employer="安捷", ends_at=end, cost=CHEAP
        )
    with pytest.raises(UsageProblem, match="ended"), opened() as work:
        account.create(
            clerk, work, staff_number="WB001", name="赵", ends_at=clock.now(), cost=CHEAP
        )
    with opened() as work:
        made = account.create(
            clerk,
            work,
            staff_number="WB001",
            name="赵",
            community="CH",
            employer="安捷电梯",
            ends_at=end,
            cost=CHEAP,
        )
    assert made.password
    _own_password(opened, "WB001", made.password)
    clock.advance(timedelta(days=30))
    with opened() as work:
        assert login.log_in(nobody(), work, number="WB001", password=OWN, cost=CHEAP) is None
        (row,) = account.list_all(clerk, work, in_state="ended")
        assert (row["staff_number"], row["employer"]) == ("WB001", "安捷电梯")


def test_a_first_password_that_is_sent_is_shown_to_nobody_else(opened: Open, clerk: Actor) -> None:
    with opened() as work:
        made = account.create(
            clerk,
            work,
            staff_number="KF001",
            name="某人",
            contact="13900000001",
            handing=Handing("send"),
            cost=CHEAP,
        )
        assert made.password is None
        queued = work.session.scalars(select(OutboxMessage)).one()
        assert queued.template == "first_password"
    with pytest.raises(Conflict), opened() as work:
        account.create(
            clerk, work, staff_number="KF002", name="某人", handing=Handing("send"), cost=CHEAP
        )
    with opened() as work, pytest.raises(NotFound):
        account.find(work, "KF002")


def test_on_the_screen_it_is_an_exception_with_a_reason_in_the_trail(
    opened: Open, clerk: Actor
) -> None:
    with pytest.raises(UsageProblem, match="reason"), opened() as work:
        account.create(
            clerk, work, staff_number="KF001", name="某人", handing=Handing("screen"), cost=CHEAP
        )
    with opened() as work:
        made = account.create(
            clerk,
            work,
            staff_number="KF001",
            name="某人",
            handing=Handing("screen", "没有手机"),
            cost=CHEAP,
        )
    (event,) = _events(opened, "account.secret_shown")
    assert (event.object_id, event.reason, event.actor_id) == (
        made.id,
        "没有手机",
        clerk.account_id,
    )


def test_a_suspended_account_is_shut_at_once_and_resumed(opened: Open, clerk: Actor) -> None:
    own = _new(opened, clerk, "KF001")
    with opened() as work:
        done = account_lifecycle.suspend(clerk, work, "KF001", reason="调查")
        assert (done["state"], done["already"], done["sessions_ended"]) == ("suspended", False, 1)
    with opened() as work:
        assert login.resolve(work, own.token).kind == "nobody"
        assert login.log_in(nobody(), work, number="KF001", password=OWN, cost=CHEAP) is None
        assert account_lifecycle.suspend(clerk, work, "KF001", reason="再")["already"]
        shown = account.show(clerk, work, "KF001")
        assert (shown["suspended_by"], shown["suspended_why"]) == ("XZ001", "调查")
    assert len(_events(opened, "account.suspend")) == 1
    with opened() as work:
        assert account_lifecycle.resume(clerk, work, "KF001", reason="清楚了")["state"] == "active"
    with opened() as work:
        assert login.resolve(work, own.token).kind == "nobody", "what ended stays ended"
        assert login.log_in(nobody(), work, number="KF001", password=OWN, cost=CHEAP) is not None


@pytest.mark.parametrize("code", ["customer_service_lead", "maintenance_lead", "project_manager"])
def test_a_supervisor_stops_people_of_the_own_community_only(
    opened: Open, hire: Hire, clerk: Actor, code: str
) -> None:
    boss = hire("ZG001", None)
    with opened() as work:
        role.grant(
            bootstrap(), work, staff_number="ZG001", role=code, reason="任命", community="CH"
        )
    with opened() as work:
        assert [each["staff_number"] for each in account.list_all(boss, work)] == ["WX001"]
        account_lifecycle.suspend(boss, work, "WX001", reason="旷工")
    for number in ("WX002", "XZ001"):
        with pytest.raises(NotAllowed), opened() as work:
            account_lifecycle.suspend(boss, work, number, reason="旷工")
        with pytest.raises(NotAllowed), opened() as work:
            account.show(boss, work, number)
    for number in ("WX001", "WX002"):
        with pytest.raises(NotAllowed), opened() as work:
            _ = account_lifecycle.unlock(boss, work, number, reason="x")
    with opened() as work:
        account_lifecycle.resume(boss, work, "WX001", reason="回岗")
        account_lifecycle.suspend(clerk, work, "WX001", reason="行政")
    with pytest.raises(NotAllowed), opened() as work:
        account_lifecycle.resume(boss, work, "WX001", reason="回岗")


@pytest.mark.parametrize("above", ["auditor", "system_admin", "administration", "project_manager"])
def test_a_supervisor_stops_neither_who_watches_nor_who_directs_them(
    opened: Open, hire: Hire, clerk: Actor, above: str
) -> None:
    boss = hire("ZG001", None)
    if above in ("system_admin", "auditor"):
        hire("SA001", above)  # so that it is not the last one who is stopped
    with opened() as work:
        role.grant(
            bootstrap(), work, staff_number="ZG001", role="客服主管", reason="任命", community="CH"
        )
        role.grant(bootstrap(), work, staff_number="WX001", role=above, reason="任命")
    with pytest.raises(NotAllowed) as caught, opened() as work:
        account_lifecycle.suspend(boss, work, "WX001", reason="旷工")
    assert caught.value.code == "above"
    with opened() as work:
        done = account_lifecycle.suspend(clerk, work, "WX001", reason="administration may")
    assert done["state"] == "suspended"


def test_a_supervisor_stops_another_of_the_same_places(
    opened: Open, hire: Hire, clerk: Actor
) -> None:
    boss = hire("ZG001", None)
    with opened() as work:
        for number, code in (("ZG001", "项目经理"), ("WX001", "客服主管")):
            role.grant(
                bootstrap(), work, staff_number=number, role=code, reason="任命", community="CH"
            )
    with opened() as work:
        done = account_lifecycle.suspend(boss, work, "WX001", reason="旷工")
    assert done["state"] == "suspended"


def test_nobody_stops_or_opens_their_own_account_nor_the_last_administrator(
    opened: Open, hire: Hire, clerk: Actor
) -> None:
    for act in (account_lifecycle.suspend, account_lifecycle.resume, account_lifecycle.unlock):
        with pytest.raises(NotAllowed), opened() as work:
            act(clerk, work, "XZ001", reason="自己")
    with pytest.raises(NotAllowed):
        _reset(opened, clerk, "XZ001", Handing())
    hire("SA001", "system_admin")
    with pytest.raises(Conflict, match="last"), opened() as work:
        account_lifecycle.suspend(clerk, work, "SA001", reason="调查")
    hire("SA002", "system_admin")
    with opened() as work:
        account_lifecycle.suspend(clerk, work, "SA001", reason="调查")
    with pytest.raises(Conflict, match="last"), opened() as work:
        account_lifecycle.suspend(clerk, work, "SA002", reason="a suspended one does not count")


def test_unlocking_forgets_failures(opened: Open, clerk: Actor) -> None:
    _new(opened, clerk, "KF001")
    with opened() as work:
        for _count in range(5):
            login.log_in(nobody(), work, number="KF001", password="no", cost=CHEAP)
    with opened() as work:
        done, made = account_lifecycle.unlock(clerk, work, "KF001", reason="本人来电")
        assert (done["state"], done["already"], made) == ("active", False, None)
    with opened() as work:
        assert login.log_in(nobody(), work, number="KF001", password=OWN, cost=CHEAP) is not None
        assert account_lifecycle.unlock(clerk, work, "KF001", reason="再")[0]["already"]
    assert len(_events(opened, "account.unlock")) == 1


def test_a_reported_account_opens_with_a_new_first_password_only(
    opened: Open, clerk: Actor
) -> None:
    _new(opened, clerk, "KF001")
    with opened() as work:
        holder = account.find(work, "KF001")
        anomaly.report_compromise(login.person(holder), work, holder)
    with pytest.raises(Conflict, match="compromised"):
        _reset(opened, clerk, "KF001", Handing())
    with pytest.raises(UsageProblem), opened() as work:
        account_lifecycle.unlock(clerk, work, "KF001", reason="查清")
    with opened() as work:
        _done, made = account_lifecycle.unlock(
            clerk, work, "KF001", reason="查清", handing=Handing("slip"), cost=CHEAP
        )
    assert made is not None
    assert made.password
    with opened() as work:
        assert login.log_in(nobody(), work, number="KF001", password=OWN, cost=CHEAP) is None
        entered = login.log_in(nobody(), work, number="KF001", password=made.password, cost=CHEAP)
        assert entered is not None
        assert entered.restricted


def test_a_new_first_password_ends_the_old_one_and_its_logins(
    opened: Open, clerk: Actor, clock: FixedClock
) -> None:
    own = _new(opened, clerk, "KF001", contact="13900000001")
    made = _reset(opened, clerk, "KF001", Handing("slip"))
    assert made.password
    with opened() as work:
        assert login.resolve(work, own.token).kind == "nobody"
        assert login.log_in(nobody(), work, number="KF001", password=OWN, cost=CHEAP) is None
        entered = login.log_in(nobody(), work, number="KF001", password=made.password, cost=CHEAP)
        assert entered is not None
        assert entered.first_until == clock.now() + timedelta(hours=72)
    with pytest.raises(UsageProblem, match="last"):
        _own_password(opened, "KF001", made.password)
    assert _reset(opened, clerk, "KF001", Handing("send")).password is None
    with opened() as work:
        assert work.session.scalars(select(OutboxMessage.template)).all() == ["password_reset"]
    details = [event.detail for event in _events(opened, "account.reset_password")]
    assert len(details) == 2
    assert not any(made.password in detail or "1390000" in detail for detail in details)


def test_administration_never_holds_the_password_of_an_administrator_in_work(
    opened: Open, hire: Hire, clerk: Actor
) -> None:
    _new(opened, clerk, "SA001", contact="13900000002")
    with opened() as work:
        role.seed(work)
        role.grant(bootstrap(), work, staff_number="SA001", role="system_admin", reason="任命")
    for handing in (Handing("slip"), Handing("screen", "急")):
        with pytest.raises(Conflict, match="administrator"):
            _reset(opened, clerk, "SA001", handing)
    with opened() as work:
        assert login.log_in(nobody(), work, number="SA001", password=OWN, cost=CHEAP) is not None
    assert _reset(opened, clerk, "SA001", Handing("send")).password is None


def test_nor_that_of_who_becomes_one_later(
    opened: Open, hire: Hire, clerk: Actor, clock: FixedClock
) -> None:
    _new(opened, clerk, "SA001", contact="13900000002")
    with opened() as work:
        role.grant(
            bootstrap(),
            work,
            staff_number="SA001",
            role="system_admin",
            reason="任命",
            starts=clock.now() + timedelta(days=1),
        )
    with pytest.raises(Conflict) as caught:
        _reset(opened, clerk, "SA001", Handing("slip"))
    assert caught.value.code == "administrator"


@pytest.mark.parametrize("change", ["leave", "stay", "move", "report", "second factor"])
def test_no_change_makes_a_row_true_that_was_forged_in_the_database(
    opened: Open, hire: Hire, clerk: Actor, engine: Engine, clock: FixedClock, change: str
) -> None:
    admin = hire("SA001", "system_admin")
    ahead = clock.now() + timedelta(days=9)
    with opened() as work:
        account_leaving.leave(clerk, work, "WX001", at=ahead, reason="离职")
    tamper(engine, "UPDATE account SET employer = 'forged' WHERE staff_number = 'WX001'")

    def act(work: Work) -> None:
        if change == "leave":
            account_leaving.leave(clerk, work, "WX001", at=None, reason="离职")
        elif change == "stay":
            account_leaving.stay(clerk, work, "WX001", reason="续签")
        elif change == "move":
            post = account_moving.Post([("维修", Wanted(community="CH"))])
            account_moving.move(admin, work, "WX001", post, reason="轮岗")
        elif change == "report":
            anomaly.report_compromise(clerk, work, account.find(work, "WX001"), reason="泄露")
        else:
            second_factor.take_off(admin, work, account.find(work, "WX001"), reason="丢失")

    with pytest.raises(Conflict) as caught, opened() as work:
        act(work)
    assert caught.value.code == "tampered"
    assert _events(opened, "row.tampered")
    with opened() as work:
        assert not rights.account_holds(nobody(), work, account.find(work, "WX001"))


def test_accounts_are_found_by_community_department_and_state(opened: Open, clerk: Actor) -> None:
    with opened() as work:
        account.create(
            clerk, work, staff_number="CW001", name="某人", department="财务部", cost=CHEAP
        )

    def found(**wanted: str) -> list[str]:
        with opened() as work:
            return [row["staff_number"] for row in account.list_all(clerk, work, **wanted)]

    assert found(community="CH") == ["WX001"]
    assert found(community="小园") == ["WX002"]
    assert found(department=" 财务部 ") == ["CW001"]
    assert found(in_state="first") == ["CW001", "WX001", "WX002", "XZ001"]
    assert found(in_state="locked") == []


def test_one_account_is_shown_masked_and_the_reading_is_an_event(
    opened: Open, hire: Hire, clerk: Actor
) -> None:
    _new(opened, clerk, "KF001", contact="13900000001 wang@example.com")
    with opened() as work:
        shown = account.show(clerk, work, "KF001")
        assert (shown["mobile"], shown["mail"]) == ("139****0001", "w***@example.com")
    assert len(_events(opened, "account.show")) == 1
    outsider = hire("CW001", "finance")
    with pytest.raises(NotAllowed), opened() as work:
        account.show(outsider, work, "KF001")
    with pytest.raises(NotAllowed), opened() as work:
        account.show(outsider, work, "NO999")
    with opened() as work:
        assert account.show(outsider, work, "CW001")["staff_number"] == "CW001"
        assert work.session.scalar(select(func.count()).select_from(Account)) == 5
