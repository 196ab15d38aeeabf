"""Who is told of something: everybody who holds it there, in a building too, and nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pcloud_cli.models.community import Building, Community
from pcloud_cli.services import holders
from pcloud_cli.services.roster import duty
from tests.integration.crew import Crew, Open


@pytest.fixture
def crew(opened: Open) -> Crew:
    made = Crew(opened)
    made.found()
    return made


def test_who_holds_it_for_one_building_is_told_of_that_building_alone(crew: Crew) -> None:
    whole = crew.hire("WX001", "maintenance_lead").account_id
    part = crew.hire("WX002", "maintenance_lead", building="1栋").account_id
    crew.hire("WX003", "maintenance_lead", community="YG")
    with crew.opened() as work:
        place = crew.place("CH")
        mine = (Building.community_id == place, Building.name == "1栋")
        here = work.session.scalars(select(Building.id).where(*mine)).one()
        other = Building(id=work.ids(), community_id=place, name="2栋")
        work.session.add(other)
        work.session.flush()

        def told(building: bytes | None) -> set[tuple[bytes, ...]]:
            return {
                tuple(holders.who_may(work, "ticket.assign", place, building)),
                tuple(holders.who_holds(work, "maintenance_lead", place, building)),
                tuple(
                    sorted(
                        one.account_id
                        for one in duty.supervisors(work, place, work.now(), building)
                    )
                ),
            }

        assert told(here) == {tuple(sorted(filter(None, (whole, part))))}
        assert told(other.id) == told(None) == {(whole,)}
        elsewhere = work.session.scalars(select(Community.id).where(Community.code == "YG")).one()
        assert part not in holders.who_may(work, "ticket.assign", elsewhere)
