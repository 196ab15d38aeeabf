"""People of another employer (外包) may do nothing outside the community they are lent to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotAllowed
from pcloud_cli.models.community import Community
from pcloud_cli.services import account, account_moving, permission, rights, role
from pcloud_cli.services.account_moving import Post
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.role_scope import Wanted

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]
HERE, THERE = b"H" * 16, b"T" * 16


@pytest.fixture
def lent(opened: Open, hire: Hire) -> Callable[[str | None], Actor]:
    """Register WX001, who holds maintenance everywhere, as lent by an employer to HERE."""
    hire("WX001", "maintenance")
    with opened() as work:
        for id_, code, name in ((HERE, "CH", "翠湖花园"), (THERE, "YX", "远香里")):
            work.session.add(
                Community(id=id_, code=code, name=name, zone="Asia/Shanghai", created_at=work.now())
            )

    def register(employer: str | None) -> Actor:
        with opened() as work:
            row = account.find(work, "WX001")
            row.employer, row.community_id = employer, HERE
            rights.seal_account(work, row)
            return Actor(row.kind, row.id, row.staff_number, row.name)

    return register


def test_a_grant_everywhere_reaches_no_further_than_where_they_are_lent_to(
    opened: Open, lent: Callable[[str | None], Actor]
) -> None:
    actor = lent("晨光维保")
    with opened() as work:
        permission.require(actor, work, "house.read", community_id=HERE)
        assert permission.reach(actor, work, "house.read") == permission.Reach(
            False, frozenset([HERE]), frozenset()
        )
        for place in (THERE, None):
            with pytest.raises(NotAllowed):
                permission.require(actor, work, "house.read", community_id=place)


def test_a_grant_for_another_community_gives_them_nothing(
    opened: Open, hire: Hire, lent: Callable[[str | None], Actor]
) -> None:
    admin = hire("AD001", "system_admin")
    actor = lent("晨光维保")
    with opened() as work:
        for row in role.grants(admin, work, staff_number="WX001"):
            role.revoke(admin, work, row["id"], reason="test")
        made, same = (
            role.grant(
                admin, work, staff_number="WX001", role="maintenance", community="YX", reason="test"
            )
            for _time in range(2)
        )
        assert (made["idle"], same["new"], same["idle"]) == (True, False, True)
        assert permission.granted_permissions(actor, work) == []


@pytest.mark.parametrize(("registered", "idle"), [(None, True), ("YX", False)])
def test_a_move_says_whether_its_roles_reach_them_where_they_are_lent_to_by_then(
    opened: Open,
    hire: Hire,
    lent: Callable[[str | None], Actor],
    registered: str | None,
    idle: bool,
) -> None:
    admin = hire("AD001", "system_admin")
    actor = lent("晨光维保")
    post = Post([("maintenance", Wanted(community="YX"))], community=registered)
    with opened() as work:
        done = account_moving.move(admin, work, "WX001", post, reason="借调")
    assert [each["idle"] for each in done["given"]] == [idle]
    with opened() as work:
        assert permission.allowed(actor, work, "house.read", community_id=THERE) is not idle


@pytest.mark.parametrize("employer", ["晨光维保", None])
def test_a_grant_that_reaches_them_is_not_called_idle(
    opened: Open, hire: Hire, lent: Callable[[str | None], Actor], employer: str | None
) -> None:
    admin = hire("AD001", "system_admin")
    lent(employer)
    with opened() as work:
        for place in ("CH", None) if employer else ("YX", None):
            made = role.grant(
                admin, work, staff_number="WX001", role="night_duty", community=place, reason="test"
            )
            assert not made["idle"]


def test_explaining_says_that_it_is_another_place(
    opened: Open, hire: Hire, lent: Callable[[str | None], Actor]
) -> None:
    auditor = hire("SJ001", "auditor")
    lent("晨光维保")
    with opened() as work:
        here = role.explain(auditor, work, "WX001", "house.read", community="CH")
        there = role.explain(auditor, work, "WX001", "house.read", community="YX")
    assert (here.allowed, [each.why for each in here.reasons]) == (True, ["held"])
    assert (there.allowed, [each.why for each in there.reasons]) == (False, ["elsewhere"])


def test_our_own_people_work_wherever_their_grants_say(
    opened: Open, lent: Callable[[str | None], Actor]
) -> None:
    actor = lent(None)
    with opened() as work:
        for place in (HERE, THERE, None):
            assert permission.allowed(actor, work, "house.read", community_id=place)
