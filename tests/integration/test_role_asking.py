"""A sensitive grant waits for somebody else's yes, and the yes holds for exactly it (2.1.2)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed
from pcloud_cli.models.account import Account
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.outbox import OutboxMessage
from pcloud_cli.models.role import RoleGrant
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.permissions import ROLES, is_sensitive
from pcloud_cli.services import permission, rights, role
from pcloud_cli.services.actor import Actor

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]


@pytest.fixture
def admin(hire: Hire) -> Actor:
    """A system administrator."""
    return hire("SA001", "system_admin")


@pytest.fixture
def guard(hire: Hire) -> Actor:
    """The security administrator."""
    return hire("AQ001", "security_admin")


@pytest.fixture
def lead(hire: Hire) -> Actor:
    """Somebody who is to become a lead."""
    return hire("KF002", None)


def _ask(work: Work, actor: Actor, number: str = "KF002", **more: Any) -> dict[str, Any]:
    options = {"role": "customer_service_lead", "reason": "new post", **more}
    return role.grant(actor, work, staff_number=number, **options)


def _actions(work: Work) -> list[str]:
    return list(work.session.scalars(select(TrailEvent.action).order_by(TrailEvent.seq)))


def test_which_roles_are_sensitive_follows_from_what_they_permit() -> None:
    assert {code for code, each in ROLES.items() if is_sensitive(each.permissions)} == {
        "system_admin",
        "security_admin",
        "auditor",
        "customer_service_lead",
    }


def test_a_sensitive_grant_is_worth_nothing_until_somebody_else_confirmed_it(
    opened: Open, admin: Actor, guard: Actor, lead: Actor
) -> None:
    with opened() as work:
        made = _ask(work, admin)
        assert (made["state"], made["new"]) == ("pending", True)
        assert _ask(work, admin)["new"] is False
    with opened() as work:
        assert not permission.allowed(lead, work, "owner.reveal")
        assert [each["id"] for each in role.pending(guard, work)] == [made["id"]]
        shown = role.shown(guard, work, made["id"])
        assert "owner.reveal" in shown["permissions"]
        done = role.approve(guard, work, made["id"], expected_hash=shown["content_hash"])
        assert (done["state"], done["confirmed_by"]) == ("held", "AQ001")
        assert role.approve(guard, work, made["id"])["already"]
    with opened() as work:
        lead.grants = None
        assert permission.allowed(lead, work, "owner.reveal")
        assert role.pending(guard, work) == []
        assert {"role.ask", "approval.propose", "approval.approved", "role.approve"} <= set(
            _actions(work)
        )
        assert "role_pending" in work.session.scalars(select(OutboxMessage.template)).all()


def test_what_is_not_sensitive_needs_no_second_person(
    opened: Open, admin: Actor, lead: Actor
) -> None:
    with opened() as work:
        made = _ask(work, admin, role="customer_service")
        assert made["state"] == "held"
        assert permission.allowed(lead, work, "owner.find")


def test_a_rejected_grant_never_comes_into_force_and_its_giver_reads_why(
    opened: Open, admin: Actor, guard: Actor, lead: Actor
) -> None:
    with opened() as work:
        made = _ask(work, admin)
        done = role.reject(guard, work, made["id"], reason="no such post")
        assert done["state"] == "rejected"
        assert role.reject(guard, work, made["id"], reason="again")["already"]
    with opened() as work:
        with pytest.raises(Conflict):
            role.approve(guard, work, made["id"])
        assert not permission.allowed(lead, work, "owner.reveal")
        again = _ask(work, admin)
        assert (again["new"], again["state"]) == (True, "pending")


def test_who_gave_gets_or_registered_cannot_confirm(
    opened: Open, hire: Hire, admin: Actor, guard: Actor, lead: Actor, engine: Engine
) -> None:
    registered = hire("AQ002", "security_admin")
    with opened() as work:
        row = work.session.get_one(Account, lead.account_id)
        row.created_by = registered.account_id
        rights.seal_account(work, row)
        made = _ask(work, admin)
        own = _ask(work, admin, "AQ001", role="customer_service_lead")
    for actor, grant in ((registered, made), (guard, own), (admin, made), (lead, made)):
        with pytest.raises(NotAllowed), opened() as work:
            role.approve(actor, work, grant["id"])
    with opened() as work:
        assert _actions(work).count("role.own_approval") == 2
        assert role.approve(guard, work, made["id"])["state"] == "held"


def test_nobody_grants_to_whom_they_registered(opened: Open, admin: Actor, lead: Actor) -> None:
    with opened() as work:
        row = work.session.get_one(Account, lead.account_id)
        row.created_by = admin.account_id
        rights.seal_account(work, row)
    with pytest.raises(NotAllowed) as caught, opened() as work:
        _ask(work, admin, role="maintenance")
    assert caught.value.code == "own_registration"
    with opened() as work:
        assert "role.own_registration" in _actions(work)
        assert not permission.allowed(lead, work, "house.read")


def test_a_yes_by_hand_in_the_database_is_none(
    opened: Open, admin: Actor, guard: Actor, lead: Actor, engine: Engine, clock: FixedClock
) -> None:
    with opened() as work:
        made = _ask(work, admin)
    for values in (
        {"confirmed_at": clock.now(), "confirmed_by": guard.account_id},
        {"approval_id": None, "confirmed_at": None, "confirmed_by": None},
    ):
        with engine.begin() as connection:
            connection.execute(update(RoleGrant).values(**values).where(RoleGrant.id == made["id"]))
        with opened() as work:
            lead.grants = None
            assert not permission.allowed(lead, work, "owner.reveal")
    with opened() as work:
        assert "row.tampered" in _actions(work)


def test_the_yes_holds_for_what_was_shown_only(
    opened: Open, admin: Actor, guard: Actor, lead: Actor
) -> None:
    with opened() as work:
        made = _ask(work, admin)
    with pytest.raises(Conflict) as caught, opened() as work:
        role.approve(guard, work, made["id"], expected_hash="00" * 32)
    assert caught.value.code == "content_changed"
    with opened() as work:
        row = work.session.get_one(RoleGrant, made["id"])
        row.expires_at = work.now() + timedelta(days=900)
        rights.seal_grant(work, row, "customer_service_lead")
    with pytest.raises(Conflict) as caught, opened() as work:
        role.approve(guard, work, made["id"])
    assert caught.value.code == "content_changed"


def test_what_waits_counts_for_what_must_be_apart(
    opened: Open, hire: Hire, admin: Actor, guard: Actor
) -> None:
    hire("SJ001", None)
    with opened() as work:
        _ask(work, admin, "SJ001", role="auditor")
    with pytest.raises(Conflict) as caught, opened() as work:
        _ask(work, admin, "SJ001", role="system_admin")
    assert caught.value.code == "apart"
    with pytest.raises(Conflict), opened() as work:
        _ask(work, admin, "SJ001", role="system_admin", starts=work.now() + timedelta(days=9))


def test_a_grant_that_waits_can_be_revoked_and_its_question_goes_with_it(
    opened: Open, admin: Actor, guard: Actor, lead: Actor
) -> None:
    with opened() as work:
        made = _ask(work, admin)
        assert role.revoke(admin, work, made["id"], reason="mistake")["state"] == "revoked"
        assert role.pending(guard, work) == []
        assert work.session.scalars(select(Approval.state)).all() == ["withdrawn"]
    with pytest.raises(Conflict), opened() as work:
        role.approve(guard, work, made["id"])


def test_a_grant_begins_with_its_day(
    opened: Open, admin: Actor, lead: Actor, clock: FixedClock
) -> None:
    with opened() as work:
        start = work.now() + timedelta(days=3)
        made = _ask(work, admin, role="finance", starts=start, until=start + timedelta(days=1))
        assert made["state"] == "later"
        assert not permission.allowed(lead, work, "report.owners")
    clock.advance(timedelta(days=3))
    with opened() as work:
        lead.grants = None
        assert permission.allowed(lead, work, "report.owners")
    clock.advance(timedelta(days=1))
    with opened() as work:
        lead.grants = None
        assert not permission.allowed(lead, work, "report.owners")


def test_the_first_security_administrator_needs_no_yes_and_is_told_loudly(
    opened: Open, hire: Hire, admin: Actor
) -> None:
    hire("AQ001", None)
    hire("AQ002", None)
    with pytest.raises(Conflict) as caught, opened() as work:
        _ask(work, admin, "AQ001", role="security_admin", until=work.now() + timedelta(days=9))
    assert caught.value.code == "first_security_admin"
    with opened() as work:
        made = _ask(work, admin, "AQ001", role="security_admin")
        assert (made["state"], made["first"]) == ("held", True)
        second = _ask(work, admin, "AQ002", role="security_admin")
        assert second["state"] == "pending"
    with opened() as work:
        assert _actions(work).count("role.first_security_admin") == 1
        templates = work.session.scalars(select(OutboxMessage.template)).all()
        assert templates.count("first_security_admin") == 1


def test_a_lost_security_administrator_does_not_make_another_the_first(
    opened: Open, hire: Hire, admin: Actor, guard: Actor, engine: Engine, clock: FixedClock
) -> None:
    hire("AQ002", None)
    with engine.begin() as connection:
        connection.execute(
            update(Account).values(disabled_at=clock.now()).where(Account.id == guard.account_id)
        )
    with opened() as work:
        assert _ask(work, admin, "AQ002", role="security_admin")["state"] == "pending"


def test_of_two_first_security_administrators_at_once_one_waits(
    opened: Open, hire: Hire, admin: Actor
) -> None:
    second = hire("SA002", "system_admin")
    hire("AQ001", None)
    hire("AQ002", None)
    start, states = threading.Barrier(2), []

    def give(actor: Actor, number: str) -> None:
        start.wait()
        with opened() as work:
            states.append(_ask(work, actor, number, role="security_admin")["state"])

    both = [
        threading.Thread(target=give, args=(admin, "AQ001")),
        threading.Thread(target=give, args=(second, "AQ002")),
    ]
    for each in both:
        each.start()
    for each in both:
        each.join(300)
    assert sorted(states) == ["held", "pending"]
