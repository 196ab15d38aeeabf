"""Permission is denied by default, refusals leave evidence, and tampering gives no rights."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, select, text, update

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotAllowed
from pcloud_cli.models.account import Account
from pcloud_cli.models.role import Role, RoleGrant
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.permissions import PERMISSIONS, ROLES
from pcloud_cli.services import permission, role
from pcloud_cli.services.actor import Actor, bootstrap, nobody

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]


def _tampered(work: Work) -> list[str]:
    return list(
        work.session.scalars(
            select(TrailEvent.object_type).where(TrailEvent.action == "row.tampered")
        )
    )


def test_nobody_and_people_without_a_role_may_nothing(opened: Open, hire: Hire) -> None:
    for actor in (nobody(), hire("KF001", None)):
        with opened() as work:
            for name in PERMISSIONS:
                with pytest.raises(NotAllowed):
                    permission.require(actor, work, name)
                with pytest.raises(NotAllowed):
                    permission.require_somewhere(actor, work, name)


def test_the_bootstrap_may_set_up_and_nothing_else(opened: Open) -> None:
    with opened() as work:
        held = {name for name in PERMISSIONS if permission.allowed(bootstrap(), work, name)}
    assert held == {"account.create", "role.grant"}


def test_each_role_may_exactly_what_it_ships_with(opened: Open, hire: Hire) -> None:
    people = {code: hire(f"AA{number}", code) for number, code in enumerate(ROLES)}
    with opened() as work:
        for code, actor in people.items():
            held = {name for name in PERMISSIONS if permission.allowed(actor, work, name)}
            assert held == ROLES[code].permissions
            assert permission.granted_permissions(actor, work) == sorted(held)


def test_a_refusal_is_in_the_trail_though_the_work_rolled_back(opened: Open, hire: Hire) -> None:
    actor = hire("KF001", "customer_service")
    with pytest.raises(NotAllowed) as caught, opened() as work:
        permission.require(actor, work, "import.approve")
    assert "import.approve" in caught.value.message
    assert "Customer service lead" in str(caught.value.hint)
    with opened() as work:
        event = work.session.scalars(select(TrailEvent).order_by(-TrailEvent.seq)).first()
        assert event is not None
        assert event.action == "permission.refused"
        assert event.actor_id == actor.account_id
        assert event.detail == '{"permission":"import.approve"}'


def test_an_unknown_permission_is_a_defect_and_not_a_refusal(opened: Open, hire: Hire) -> None:
    actor = hire("SA001", "system_admin")
    with pytest.raises(KeyError), opened() as work:
        permission.allowed(actor, work, "owner.everything")


def test_a_grant_changed_by_hand_gives_no_right_and_leaves_evidence(
    opened: Open, hire: Hire, engine: Engine, clock: FixedClock
) -> None:
    changes = (
        "role_id = (SELECT id FROM role WHERE code = 'system_admin')",
        "expires_at = NULL",
        "reason = 'forged'",
        "granted_by = account_id",
    )
    until = clock.now() + timedelta(days=1)
    for number, change in enumerate(changes):
        actor = hire(f"KF{number}", "customer_service", until=until)
        with engine.begin() as connection:
            statement = f"UPDATE role_grant SET {change} WHERE account_id = :whose"
            connection.execute(text(statement), {"whose": actor.account_id})
        with opened() as work:
            assert permission.granted_permissions(actor, work) == [], change
        with opened() as work:
            assert _tampered(work) == ["role_grant"] * (number + 1)


def test_a_grant_copied_to_somebody_else_gives_no_right(
    opened: Open, hire: Hire, engine: Engine
) -> None:
    hire("SA001", "system_admin")
    clerk = hire("KF001", None)
    with engine.begin() as connection:
        connection.execute(update(RoleGrant).values(account_id=clerk.account_id))
    with opened() as work:
        assert permission.granted_permissions(clerk, work) == []


def test_a_revoked_grant_does_not_come_back_by_hand(
    opened: Open, hire: Hire, engine: Engine
) -> None:
    admin, clerk = hire("SA001", "system_admin"), hire("KF001", "customer_service")
    with opened() as work:
        (grant,) = permission.grants_of(admin, work, clerk.account_id or b"")
        role.revoke(admin, work, grant.id, reason="left")
    with engine.begin() as connection:
        connection.execute(update(RoleGrant).values(revoked_at=None, revoked_by=None))
    with opened() as work:
        assert permission.granted_permissions(clerk, work) == []


def test_swapping_the_codes_of_two_roles_turns_no_grant_into_another(
    opened: Open, hire: Hire, engine: Engine
) -> None:
    clerk = hire("KF001", "customer_service")
    with engine.begin() as connection:
        for old, new in (
            ("system_admin", "aside"),
            ("customer_service", "system_admin"),
            ("aside", "customer_service"),
        ):
            connection.execute(update(Role).where(Role.code == old).values(code=new))
    with opened() as work:
        assert permission.granted_permissions(clerk, work) == []


def test_explain_says_for_every_grant_why(opened: Open, hire: Hire, clock: FixedClock) -> None:
    admin = hire("SA001", "system_admin")
    clerk = hire("KF001", "finance", until=clock.now() + timedelta(hours=1))
    with opened() as work:
        for code in ("maintenance", "customer_service", "customer_service_lead"):
            made = role.grant(admin, work, staff_number="KF001", role=code, reason="test")
            if code == "customer_service_lead":
                role.revoke(admin, work, made["id"], reason="test")
    clock.advance(timedelta(hours=2))
    with opened() as work:
        assert role.explain(admin, work, "KF001", "owner.read").allowed
        found = permission.explain(admin, work, clerk.account_id or b"", "owner.read")
        assert [(reason.role, reason.why) for reason in found] == [
            ("finance", "expired"),
            ("maintenance", "without"),
            ("customer_service", "held"),
            ("customer_service_lead", "revoked"),
        ]
    with pytest.raises(NotAllowed), opened() as work:
        permission.explain(clerk, work, clerk.account_id or b"", "owner.read")


def test_an_account_that_is_gone_has_no_rights(opened: Open, hire: Hire, engine: Engine) -> None:
    clerk = hire("KF001", None)
    with engine.begin() as connection:
        connection.execute(delete(Account).where(Account.id == clerk.account_id))
    with opened() as work:
        assert permission.granted_permissions(clerk, work) == []
