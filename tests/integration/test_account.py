"""Registering staff and service accounts (2.1.1)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.models.account import Account
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.passwords import Cost
from pcloud_cli.security.permissions import ROLES
from pcloud_cli.services import account, login, permission
from pcloud_cli.services.actor import Actor, bootstrap, nobody

CHEAP = Cost(memory=1024, passes=1, lanes=1)
Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]


def test_administration_registers_a_new_hire_with_a_first_password(
    opened: Open, hire: Hire
) -> None:
    clerk = hire("XZ001", "administration")
    with opened() as work:
        made = account.create(
            clerk,
            work,
            staff_number=" kf００7 ",
            name=" 王小明 ",
            department="客服部",
            position="客服",
            contact="13800001234",
            cost=CHEAP,
        )
        assert (made.staff_number, made.name, made.kind) == ("KF007", "王小明", "person")
        assert made.password is not None
        assert made.token is None
    with opened() as work:
        row = account.find(work, "kf007")
        assert row.contact_sealed is not None
        assert b"13800001234" not in row.contact_sealed
        sealed = row.contact_sealed
        assert work.keys.open("account", "contact_sealed", row.id, sealed) == "13800001234"
        assert made.password not in str(row.password_hash)
        event = work.session.scalars(
            select(TrailEvent)
            .where(TrailEvent.action == "account.create")
            .order_by(-TrailEvent.seq)
        ).first()
        assert event is not None
        assert (event.actor_id, event.object_id) == (clerk.account_id, row.id)
        assert "王小明" not in event.detail
        assert "1380000" not in event.detail


def test_nobody_else_registers_anybody(opened: Open, hire: Hire) -> None:
    others = [hire(f"AA{n}", code) for n, code in enumerate(ROLES) if code != "administration"]
    with opened() as work:
        for actor in (*others, nobody()):
            with pytest.raises(NotAllowed):
                account.create(actor, work, staff_number="KF007", name="王小明", cost=CHEAP)
        with pytest.raises(NotFound):
            account.find(work, "KF007")


def test_a_staff_number_belongs_to_one_person_and_looks_like_one(opened: Open, hire: Hire) -> None:
    clerk = hire("XZ001", "administration")
    with pytest.raises(Conflict), opened() as work:
        account.create(clerk, work, staff_number="xz001", name="李四", cost=CHEAP)
    with opened() as work:
        for bad in ("", "-1", "a b", "x" * 33, "王"):
            with pytest.raises(UsageProblem):
                account.create(clerk, work, staff_number=bad, name="李四", cost=CHEAP)
        with pytest.raises(UsageProblem):
            account.create(clerk, work, staff_number="KF008", name="  ", cost=CHEAP)


def test_a_service_account_has_a_token_and_no_password(opened: Open) -> None:
    with opened() as work:
        made = account.create(
            bootstrap(), work, staff_number="CRON1", name="报表", kind="service", cost=CHEAP
        )
        assert made.password is None
        assert made.token is not None
    with opened() as work:
        actor = login.resolve(work, made.token)
        assert (actor.kind, actor.staff_number) == ("service", "CRON1")
        for password in ("", "Correct-horse-1"):
            assert (
                login.log_in(nobody(), work, number="CRON1", password=password, cost=CHEAP) is None
            )
    with pytest.raises(NotAllowed), opened() as work:
        account.change_password(actor, work, old="", new="Correct-horse-1", cost=CHEAP)


def test_a_new_account_may_do_nothing(opened: Open, hire: Hire) -> None:
    fresh = hire("KF001", None)
    with opened() as work:
        assert permission.granted_permissions(fresh, work) == []


def test_the_list_shows_states_to_those_who_may_see_it(opened: Open, hire: Hire) -> None:
    clerk = hire("XZ001", "administration")
    with opened() as work:
        account.create(clerk, work, staff_number="KF001", name="王小明", cost=CHEAP)
        for _count in range(5):
            login.log_in(nobody(), work, number="XZ001", password="no", cost=CHEAP)
    with opened() as work:
        rows = account.list_all(clerk, work)
        assert [(row["staff_number"], row["state"]) for row in rows] == [
            ("KF001", "first"),
            ("XZ001", "locked"),
        ]
        assert not {"password_hash", "contact", "contact_sealed"} & rows[0].keys()
    outsider = hire("WX001", "maintenance")
    with pytest.raises(NotAllowed), opened() as work:
        account.list_all(outsider, work)


def test_the_password_needs_the_old_one_and_must_differ(opened: Open, hire: Hire) -> None:
    clerk = hire("XZ001", "administration")
    with opened() as work:
        made = account.change_password(clerk, work, old="wrong", new="Correct-horse-1", cost=CHEAP)
        assert made is None
    with opened() as work:
        count = select(Account.failed_count).where(Account.staff_number == "XZ001")
        assert work.session.scalar(count) == 1
    with pytest.raises(UsageProblem), opened() as work:
        account.change_password(
            clerk, work, old="Correct-horse-1", new="Correct-horse-1", cost=CHEAP
        )
    with pytest.raises(NotAllowed), opened() as work:
        account.change_password(nobody(), work, old="a", new="Correct-horse-1", cost=CHEAP)
