"""Leaving and moving: what ends when, what begins, and what stays (2.1.1, 2.1.2)."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, UsageProblem
from pcloud_cli.models.account import Account, LoginSession
from pcloud_cli.models.community import Community
from pcloud_cli.models.role import RoleGrant
from pcloud_cli.security.passwords import Cost
from pcloud_cli.services import account, account_leaving, account_moving, permission, sessions
from pcloud_cli.services.account_moving import Post
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.role_scope import Wanted
from pcloud_cli.services.sessions import Terms

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]


@pytest.fixture
def administration(hire: Hire) -> Actor:
    return hire("XZ001", "administration")


@pytest.fixture
def admin(hire: Hire) -> Actor:
    return hire("SA001", "system_admin")


def _log_in(opened: Open, number: str) -> str:
    with opened() as work:
        terms = Terms(until=work.now() + timedelta(days=30), restricted=False)
        return sessions.open_on(work, account.find(work, number), terms, random=os.urandom)[0]


def _kind(opened: Open, token: str) -> str:
    with opened() as work:
        return sessions.resolve(work, token).kind


def _may(opened: Open, actor: Actor, name: str, **place: bytes) -> bool:
    with opened() as work:
        actor.grants = None
        return permission.allowed(actor, work, name, **place)


def _community(opened: Open, code: str) -> bytes:
    with opened() as work:
        place = Community(id=work.ids(), code=code, name=f"{code}小区", created_at=work.now())
        work.session.add(place)
        return place.id


def test_who_leaves_now_has_neither_logins_nor_roles(
    opened: Open, hire: Hire, administration: Actor
) -> None:
    clerk = hire("KF001", "customer_service", "night_duty")
    token = _log_in(opened, "KF001")
    with opened() as work:
        done = account_leaving.leave(administration, work, "kf001", at=None, reason="离职")
    assert (done["sessions"], done["grants"], done["already"]) == (1, 2, False)
    assert _kind(opened, token) == "nobody"
    assert not _may(opened, clerk, "owner.find")
    with opened() as work:
        again = account_leaving.leave(administration, work, "KF001", at=None, reason="离职")
        assert (again["already"], again["grants"]) == (True, 0)
        assert work.session.scalar(select(Account.name).where(Account.staff_number == "KF001"))


def test_an_end_that_lies_ahead_comes_by_itself_or_is_taken_back(
    opened: Open, hire: Hire, administration: Actor, clock: FixedClock
) -> None:
    clerk = hire("KF001", "customer_service")
    token = _log_in(opened, "KF001")
    at = clock.now() + timedelta(days=3)
    with opened() as work:
        account_leaving.leave(administration, work, "KF001", at=at, reason="合同到期")
    assert _kind(opened, token) == "person"
    assert _may(opened, clerk, "owner.find")
    with opened() as work:
        account_leaving.stay(administration, work, "KF001", reason="续签")
        account_leaving.leave(administration, work, "KF001", at=at, reason="合同到期")
    clock.moment = at
    assert _kind(opened, token) == "nobody"
    with opened() as work, pytest.raises(Conflict):
        account_leaving.stay(administration, work, "KF001", reason="续签")
    with opened() as work:
        assert work.session.scalars(select(LoginSession)).one().revoked_at is None
        assert account.list_all(administration, work)[0]["state"] == "ended"


def test_whom_another_firm_lends_stays_for_another_contract_only(
    opened: Open, administration: Actor, clock: FixedClock
) -> None:
    end = clock.now() + timedelta(days=3)
    _community(opened, "CH")
    with opened() as work:
        account.create(
            administration,
            work,
            staff_number="WB001",
            name="某人",
            community="CH",
            employer="外包公司",
            ends_at=end,
            cost=Cost(memory=1024, passes=1, lanes=1),
        )
    with pytest.raises(Conflict) as caught, opened() as work:
        account_leaving.stay(administration, work, "WB001", reason="续签")
    assert caught.value.code == "contract"
    later = end + timedelta(days=90)
    with opened() as work:
        done = account_leaving.leave(administration, work, "WB001", at=later, reason="续签")
    assert done["ends_at"] == later


def test_nobody_ends_themselves_and_the_last_administrator_stays(
    opened: Open, hire: Hire, administration: Actor, admin: Actor
) -> None:
    with opened() as work, pytest.raises(NotAllowed):
        account_leaving.leave(administration, work, "XZ001", at=None, reason="离职")
    with opened() as work, pytest.raises(Conflict):
        account_leaving.leave(administration, work, "SA001", at=None, reason="离职")
    with opened() as work, pytest.raises(NotAllowed):
        account_leaving.leave(admin, work, "XZ001", at=None, reason="离职")
    with opened() as work, pytest.raises(UsageProblem):
        account_leaving.leave(administration, work, "SA001", at=None, reason=" ")


def test_a_move_swaps_roles_at_its_moment_in_one_act(
    opened: Open, hire: Hire, admin: Actor, clock: FixedClock
) -> None:
    clerk = hire("KF001", "customer_service")
    here = _community(opened, "CH")
    at = clock.now() + timedelta(days=2)
    post = Post([("维修", Wanted(community="CH"))], at=at)
    with opened() as work:
        done = account_moving.move(admin, work, "KF001", post, reason="轮岗")
    assert done["ended"] == ["customer_service"]
    assert _may(opened, clerk, "owner.find")
    clock.moment = at - timedelta(seconds=1)
    assert _may(opened, clerk, "owner.find")
    clock.moment = at
    assert not _may(opened, clerk, "owner.find")
    assert _may(opened, clerk, "house.read", community_id=here)
    assert not _may(opened, clerk, "house.read", community_id=b"x" * 16)


@pytest.mark.parametrize("field", ["department", "position", "community"])
def test_the_register_never_runs_ahead_of_the_roles(
    opened: Open, hire: Hire, admin: Actor, clock: FixedClock, field: str
) -> None:
    clerk = hire("KF001", "customer_service")
    here = _community(opened, "CH")
    at = clock.now() + timedelta(days=2)
    only: dict[str, Any] = {field: "CH"}
    ahead = Post([("维修", Wanted(community="CH"))], at=at, **only)
    with pytest.raises(UsageProblem, match="at once"), opened() as work:
        account_moving.move(admin, work, "KF001", ahead, reason="轮岗")
    assert _may(opened, clerk, "owner.find")
    with opened() as work:
        post = Post([("维修", Wanted(community="CH"))], at=at)
        account_moving.move(admin, work, "KF001", post, reason="轮岗")
    clock.moment = at
    with opened() as work:
        done = account_moving.move(admin, work, "KF001", replace(ahead, at=None), reason="轮岗")
        assert [each["new"] for each in done["given"]] == [False]
        row = account.find(work, "KF001")
        assert [row.department, row.position, row.community_id].count(None) == 2
        assert row.community_id in (None, here)


def test_who_is_lent_gets_the_former_role_back(
    opened: Open, hire: Hire, admin: Actor, clock: FixedClock
) -> None:
    clerk = hire("WX001", "night_duty")
    _community(opened, "CH")
    until = clock.now() + timedelta(days=30)
    post = Post([("maintenance", Wanted(community="CH"))], until=until)
    with opened() as work:
        account_moving.move(admin, work, "WX001", post, reason="借调")
    assert not _may(opened, clerk, "owner.find")
    clock.moment = until
    assert _may(opened, clerk, "owner.find")
    with opened() as work:
        rows = work.session.scalars(
            select(RoleGrant).where(RoleGrant.account_id == clerk.account_id)
        ).all()
        assert len(rows) == 3


def test_a_role_that_stays_is_not_touched(opened: Open, hire: Hire, admin: Actor) -> None:
    hire("KF001", "customer_service", "night_duty")
    post = Post([("客服", Wanted()), ("maintenance", Wanted())])
    with opened() as work:
        done = account_moving.move(admin, work, "KF001", post, reason="轮岗")
    assert done["ended"] == ["night_duty"]
    assert [each["new"] for each in done["given"]] == [False, True]


def test_nobody_moves_themselves_and_a_move_that_is_refused_leaves_all_as_it_was(
    opened: Open, hire: Hire, admin: Actor
) -> None:
    clerk = hire("KF001", "customer_service")
    with opened() as work, pytest.raises(NotAllowed):
        account_moving.move(admin, work, "SA001", Post([("客服", Wanted())]), reason="轮岗")
    united = Post([("administration", Wanted()), ("system_admin", Wanted())])
    with pytest.raises(Conflict), opened() as work:
        account_moving.move(admin, work, "KF001", united, reason="轮岗")
    assert _may(opened, clerk, "owner.find")
    with opened() as work, pytest.raises(NotAllowed):
        account_moving.move(clerk, work, "SA001", united, reason="轮岗")
