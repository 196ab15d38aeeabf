"""Regions carry grants to their communities, and nobody widens rights by them alone (2.1.2)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.models.community import Community
from pcloud_cli.models.region import Region, RegionCommunity
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.services import permission, region, role, sight
from pcloud_cli.services.actor import Actor
from tests.integration import people

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]


@pytest.fixture
def admin(hire: Hire) -> Actor:
    """A system administrator."""
    return hire("SA001", "system_admin")


@pytest.fixture
def places(opened: Open, admin: Actor) -> dict[str, bytes]:
    """Three communities, two of them in the region HD."""
    with opened() as work:
        made = {code: people.community(work, code, name).id for code, name in _NAMES.items()}
        region.create(admin, work, code="hd", name="城东片区", places=["CH", "YG"], reason="划片")
    return made


_NAMES = {"CH": "翠湖花园", "YG": "阳光里", "LD": "绿岛"}


def _grant(work: Work, actor: Actor, number: str, code: str, **more: Any) -> dict[str, Any]:
    options: dict[str, Any] = {"reason": "new post", "region": "HD", **more}
    return role.grant(actor, work, staff_number=number, role=code, **options)


def test_a_grant_in_a_region_reaches_its_communities_and_no_others(
    opened: Open, hire: Hire, admin: Actor, places: dict[str, bytes]
) -> None:
    manager = hire("QY001", None)
    with opened() as work:
        made = _grant(work, admin, "QY001", "区域经理")
        assert (made["scope"], made["place"], made["state"]) == ("region", "城东片区", "held")
        with pytest.raises(UsageProblem):
            _grant(work, admin, "QY001", "区域经理", community="CH")
        with pytest.raises(NotFound):
            _grant(work, admin, "QY001", "区域经理", region="XX")
    with opened() as work:
        for code, there in (("CH", True), ("YG", True), ("LD", False)):
            assert (
                permission.allowed(manager, work, "house.read", community_id=places[code]) is there
            )
        assert not permission.allowed(manager, work, "house.read")
        seen = sight.of(manager, work, "house.read")
        assert [place.code for place in seen.places] == ["CH", "YG"]


def test_a_community_that_joins_or_leaves_takes_every_grant_along(
    opened: Open, hire: Hire, admin: Actor, places: dict[str, bytes]
) -> None:
    manager = hire("QY001", None)
    with opened() as work:
        _grant(work, admin, "QY001", "regional_manager")
        joined = region.add(admin, work, "城东片区", "LD", reason="新接")
        assert (joined["state"], joined["new"]) == ("in", True)
        assert not region.add(admin, work, "HD", "LD", reason="新接")["new"]
        assert region.remove(admin, work, "HD", "CH", reason="退出")["state"] == "out"
        region.remove(admin, work, "HD", "CH", reason="退出")
        with pytest.raises(UsageProblem):
            region.add(admin, work, "HD", "CH", reason=" ")
    with opened() as work:
        manager.grants = None
        held = permission.reach(manager, work, "house.read").communities
        assert held == {places["YG"], places["LD"]}
        (row,) = region.list_all(admin, work)
        assert row["communities"] == ["LD", "YG"]
        actions = work.session.scalars(
            select(TrailEvent.action).where(TrailEvent.action.startswith("region."))
        ).all()
        assert sorted(actions) == [
            "region.add", "region.add", "region.add", "region.create", "region.remove"
        ]  # fmt: skip


def test_a_community_joins_sensitive_grants_with_a_second_persons_yes(
    opened: Open, hire: Hire, admin: Actor, places: dict[str, bytes]
) -> None:
    guard, lead = hire("AQ001", "security_admin"), hire("KF002", None)
    with opened() as work:
        made = _grant(work, admin, "KF002", "customer_service_lead")
        role.approve(guard, work, made["id"])
        assert region.add(admin, work, "HD", "LD", reason="新接")["state"] == "pending"
    with opened() as work:
        assert not permission.allowed(lead, work, "owner.reveal", community_id=places["LD"])
        with pytest.raises(NotAllowed):
            region.approve(admin, work, "HD", "LD", reason=None)
        assert region.approve(guard, work, "HD", "LD", reason=None)["state"] == "in"
    with opened() as work:
        lead.grants = None
        assert permission.allowed(lead, work, "owner.reveal", community_id=places["LD"])
        with pytest.raises(Conflict):
            region.approve(guard, work, "HD", "LD", reason=None)


def test_a_region_that_grew_meanwhile_needs_another_yes_for_a_waiting_grant(
    opened: Open, hire: Hire, admin: Actor, places: dict[str, bytes]
) -> None:
    guard = hire("AQ001", "security_admin")
    hire("KF002", None)
    with opened() as work:
        made = _grant(work, admin, "KF002", "customer_service_lead")
        region.remove(admin, work, "HD", "CH", reason="退出")
    with pytest.raises(Conflict) as caught, opened() as work:
        role.approve(guard, work, made["id"])
    assert caught.value.code == "content_changed"


def test_a_rejected_community_stays_out(
    opened: Open, hire: Hire, admin: Actor, places: dict[str, bytes]
) -> None:
    guard = hire("AQ001", "security_admin")
    hire("KF002", None)
    with opened() as work:
        _grant(work, admin, "KF002", "customer_service_lead")
        region.add(admin, work, "HD", "LD", reason="新接")
        assert region.reject(guard, work, "HD", "LD", reason="不属本片")["state"] == "rejected"
        (row,) = region.list_all(admin, work)
        assert row["communities"] == ["CH", "YG"]


def test_nobody_widens_their_own_grant_by_a_region(
    opened: Open, hire: Hire, admin: Actor, places: dict[str, bytes]
) -> None:
    second = hire("SA002", "system_admin")
    with opened() as work:
        _grant(work, second, "SA001", "maintenance")
    with pytest.raises(NotAllowed) as caught, opened() as work:
        region.add(admin, work, "HD", "LD", reason="新接")
    assert caught.value.code == "self_grant"
    with opened() as work:
        assert region.add(second, work, "HD", "LD", reason="新接")["state"] == "in"


def test_a_community_written_in_by_hand_gives_nothing(
    opened: Open, hire: Hire, admin: Actor, places: dict[str, bytes], engine: Engine
) -> None:
    manager = hire("QY001", None)
    with opened() as work:
        _grant(work, admin, "QY001", "regional_manager")
    with engine.begin() as connection:
        connection.execute(
            update(RegionCommunity)
            .values(community_id=places["LD"])
            .where(RegionCommunity.community_id == places["CH"])
        )
    with opened() as work:
        assert permission.reach(manager, work, "house.read").communities == {places["YG"]}
    with engine.begin() as connection:
        connection.execute(update(Region).values(name="城西片区"))
    with opened() as work:
        manager.grants = None
        assert permission.reach(manager, work, "house.read").communities == frozenset()
        with pytest.raises(Conflict):
            region.add(admin, work, "HD", "LD", reason="新接")


def test_only_who_grants_changes_a_region(
    opened: Open, hire: Hire, admin: Actor, places: dict[str, bytes]
) -> None:
    for number, code in (("QY001", "regional_manager"), ("AQ001", "security_admin")):
        actor = hire(number, code)
        for change in (region.add, region.remove):
            with pytest.raises(NotAllowed), opened() as work:
                change(actor, work, "HD", "CH", reason="x")
    with opened() as work:
        assert work.session.scalars(select(Community.code)).all()
        assert region.show(admin, work, "HD")[0]["state"] == "in"
