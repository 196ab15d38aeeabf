"""Granting and revoking roles (2.1.2): nobody widens their own rights."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, func, select

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.models.community import Building, Community
from pcloud_cli.models.role import Role, RoleGrant, RolePermission
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.permissions import PERMISSIONS, ROLES
from pcloud_cli.services import permission, role
from pcloud_cli.services.actor import Actor, bootstrap, nobody

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]


@pytest.fixture
def admin(hire: Hire) -> Actor:
    """A system administrator."""
    return hire("SA001", "system_admin")


def _grant(work: Work, actor: Actor, number: str, code: str, **more: object) -> dict[str, object]:
    options: dict[str, object] = {"reason": "new post", **more}
    return role.grant(actor, work, staff_number=number, role=code, **options)  # type: ignore[arg-type]


def test_a_system_administrator_grants_a_role_and_its_reason_is_kept(
    opened: Open, hire: Hire, admin: Actor
) -> None:
    clerk = hire("KF001", None)
    with opened() as work:
        made = _grant(work, admin, "KF001", "客服")
        assert (made["role"], made["scope"], made["new"]) == ("customer_service", "all", True)
    with opened() as work:
        clerk.grants = None
        assert permission.allowed(clerk, work, "owner.find")
        assert not permission.allowed(clerk, work, "import.approve")
        event = work.session.scalars(
            select(TrailEvent).where(TrailEvent.action == "role.grant").order_by(-TrailEvent.seq)
        ).first()
        assert event is not None
        assert (event.actor_id, event.object_id, event.reason) == (
            admin.account_id,
            clerk.account_id,
            "new post",
        )


def test_the_same_grant_once_more_changes_nothing(opened: Open, hire: Hire, admin: Actor) -> None:
    hire("KF001", None)
    with opened() as work:
        first = _grant(work, admin, "KF001", "customer_service")
        again = _grant(work, admin, "KF001", "customer_service")
        assert (again["id"], again["new"]) == (first["id"], False)
        later = _grant(
            work, admin, "KF001", "customer_service", until=work.now() + timedelta(days=1)
        )
        assert later["new"]


def test_nobody_grants_to_themselves(opened: Open, admin: Actor) -> None:
    with pytest.raises(NotAllowed, match="themselves"), opened() as work:
        _grant(work, admin, "SA001", "customer_service")
    with opened() as work:
        assert work.session.scalar(
            select(func.count()).where(TrailEvent.action == "role.self_grant")
        )
        admin.grants = None
        assert not permission.allowed(admin, work, "owner.read")


def test_no_other_role_grants_or_revokes(opened: Open, hire: Hire, admin: Actor) -> None:
    hire("KF001", None)
    with opened() as work:
        made = _grant(work, admin, "KF001", "customer_service")
    others = [hire(f"ZZ{n}", code) for n, code in enumerate(ROLES) if code != "system_admin"]
    with opened() as work:
        for actor in (*others, nobody()):
            with pytest.raises(NotAllowed):
                _grant(work, actor, "KF001", "customer_service_lead")
            with pytest.raises(NotAllowed):
                role.revoke(actor, work, made["id"], reason="no")  # type: ignore[arg-type]


def test_who_registers_people_cannot_come_to_grant_roles(
    opened: Open, hire: Hire, admin: Actor
) -> None:
    hire("XZ001", "administration")
    with pytest.raises(Conflict, match="both"), opened() as work:
        _grant(work, admin, "XZ001", "system_admin")


def test_a_grant_ends_with_its_day_and_when_revoked(
    opened: Open, hire: Hire, admin: Actor, clock: FixedClock
) -> None:
    clerk = hire("KF001", None)
    with opened() as work:
        _grant(work, admin, "KF001", "finance", until=clock.now() + timedelta(hours=1))
        kept = _grant(work, admin, "KF001", "maintenance")
        assert permission.allowed(clerk, work, "report.owners")
    clock.advance(timedelta(hours=1))
    with opened() as work:
        assert not permission.allowed(clerk, work, "report.owners")
        assert permission.allowed(clerk, work, "house.read")
        row = role.revoke(admin, work, kept["id"], reason="moved")  # type: ignore[arg-type]
        assert row["state"] == "revoked"
        assert role.revoke(admin, work, kept["id"], reason="moved")["revoked_at"]  # type: ignore[arg-type]
        clerk.grants = None
        assert permission.granted_permissions(clerk, work) == []
        states = [row["state"] for row in role.grants(admin, work, staff_number="KF001")]
        assert states == ["expired", "revoked"]
    with pytest.raises(UsageProblem), opened() as work:
        _grant(work, admin, "KF001", "finance", until=clock.now())


def test_a_grant_for_one_community_or_building_reaches_no_further(
    opened: Open, hire: Hire, admin: Actor
) -> None:
    clerk, keeper = hire("KF001", None), hire("WX001", None)
    with opened() as work:
        places = [
            Community(
                id=work.ids(), code=code, name=code, zone="Asia/Shanghai", created_at=work.now()
            )
            for code in ("CH", "YG")
        ]
        work.session.add_all(places)
        work.session.flush()
        block = Building(id=work.ids(), community_id=places[0].id, section_name="", name="3幢")
        work.session.add(block)
        work.session.flush()
        _grant(work, admin, "KF001", "customer_service", community="ch")
        _grant(work, admin, "WX001", "maintenance", community="CH", building="3幢")
        with pytest.raises(NotFound):
            _grant(work, admin, "WX001", "maintenance", community="CH", building="4幢")
        with pytest.raises(UsageProblem):
            _grant(work, admin, "WX001", "maintenance", building="3幢")
    here, there = places[0].id, places[1].id
    with opened() as work:
        assert permission.allowed(clerk, work, "owner.read", community_id=here)
        assert not permission.allowed(clerk, work, "owner.read", community_id=there)
        assert not permission.allowed(clerk, work, "owner.read")
        assert permission.reach(clerk, work, "owner.read") == permission.Reach(
            False, frozenset({here}), frozenset()
        )
        assert not permission.allowed(keeper, work, "house.read", community_id=here)
        assert permission.allowed(
            keeper, work, "house.read", community_id=here, building_id=block.id
        )
        permission.require_somewhere(keeper, work, "house.read")


def test_who_sees_grants_of_one_community_sees_no_others(
    opened: Open, hire: Hire, admin: Actor
) -> None:
    local = hire("SJ001", None)
    hire("KF001", "finance")
    with opened() as work:
        place = Community(
            id=work.ids(), code="CH", name="CH", zone="Asia/Shanghai", created_at=work.now()
        )
        work.session.add(place)
        work.session.flush()
        _grant(work, bootstrap(), "SJ001", "auditor", community="CH")
        _grant(work, admin, "KF001", "maintenance", community="CH")
    with opened() as work:
        seen = [(row["staff_number"], row["role"]) for row in role.grants(local, work)]
        assert seen == [("SJ001", "auditor"), ("KF001", "maintenance")]
        assert len(role.grants(admin, work)) == 4


def test_seeding_twice_changes_nothing_and_brings_what_is_new(opened: Open, hire: Hire) -> None:
    hire("SA001", "system_admin")
    with opened() as work:
        assert role.seed(work) == 0
        work.session.execute(
            delete(RolePermission).where(RolePermission.permission == "owner.find")
        )
        assert role.seed(work) == sum("owner.find" in r.permissions for r in ROLES.values())
        assert set(work.session.scalars(select(Role.code))) == set(ROLES)


def test_a_permission_added_to_a_role_by_hand_gives_nothing(
    opened: Open, hire: Hire, engine: Engine
) -> None:
    clerk = hire("KF001", "customer_service")
    with engine.begin() as connection:
        for row_id in connection.scalars(select(RoleGrant.role_id)).all():
            connection.execute(
                RolePermission.__table__.insert().values(  # type: ignore[attr-defined]
                    role_id=row_id, permission="role.grant"
                )
            )
    with opened() as work:
        assert not permission.allowed(clerk, work, "role.grant")


def test_roles_are_shown_to_those_who_may_see_them(opened: Open, hire: Hire, admin: Actor) -> None:
    with opened() as work:
        codes = [row["code"] for row in role.list_all(admin, work)]
        assert codes == list(ROLES)
        shown = role.show(admin, work, "行政")
        wanted = sorted(ROLES["administration"].permissions)
        assert shown == [(name, PERMISSIONS[name]) for name in wanted]
        with pytest.raises(NotFound):
            role.show(admin, work, "superuser")
    clerk = hire("KF001", "customer_service")
    for listing in (role.list_all, role.grants):
        with pytest.raises(NotAllowed), opened() as work:
            listing(clerk, work)
