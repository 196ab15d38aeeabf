"""What stays when a batch is taken back: what others touched since, with its reason (2.3.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from pcloud_cli.models.community import Building
from pcloud_cli.models.house import AliasKind, House, HouseAlias, Occupancy
from pcloud_cli.models.imports import (
    ImportBatch,
)
from pcloud_cli.models.owner import Owner, OwnerPhone, Ownership
from pcloud_cli.models.resident import Tenant
from pcloud_cli.models.vehicle import ParkingRight, Vehicle
from pcloud_cli.services import house_renumbering
from pcloud_cli.services.house import alias_key
from tests.integration.office import CHECKER, MAKER, Office
from tests.integration.test_import_against import TYPED, edit_house, edit_owner
from tests.integration.undoing import agree, ask, kept, living, rooms, undone
from tests.integration.workbooks import HEADERS, phone, row, write

WIDE = (*HEADERS, "紧急联系人", "紧急联系电话", "车牌号", "车位号", "租户姓名")


def test_what_staff_edited_since_is_kept_and_listed(pair: Office) -> None:
    batch = pair.bring_in([[*row(at), "三室", None] for at in (1, 2, 3)], headers=TYPED)
    edit_house(pair, "101", house_type="三室两厅")
    edit_owner(pair, "钱小丙", ["number"], number="V-7")
    asked = ask(pair, batch)
    assert kept(asked) == [
        ("house", "1栋1单元101", None, "edited", None),
        ("owner", None, "钱小丙", "edited", None),
    ]
    assert [each["row"] for each in asked["kept_rows"]] == [2, 3]
    done = agree(pair, batch)
    assert kept(done) == kept(asked)
    assert rooms(pair) == ["101"]
    assert pair.rows(select(Owner.name, Owner.number)) == [("钱小丙", "V-7")]
    assert pair.count(OwnerPhone) == 1  # his own
    assert pair.count(Ownership) == 0
    assert pair.rows(select(Building.name)) == [("1",)]
    assert pair.rows(select(ImportBatch.state, ImportBatch.kept)) == [("undone", 2)]


def test_where_house_and_owner_stay_so_does_what_binds_them(pair: Office) -> None:
    batch = pair.bring_in([[*row(at), "三室", None] for at in (1, 2)], headers=TYPED)
    edit_house(pair, "101", house_type="三室两厅")
    edit_owner(pair, "钱小乙", ["number"], number="V-7")
    done = undone(pair, batch)
    assert ("ownership", "1栋1单元101", "钱小乙", "with_kept", None) in kept(done)
    assert pair.owners("101") == [("钱小乙", "sole")]
    assert rooms(pair) == ["101"]


def test_an_owner_whom_another_batch_bound_stays_without_the_house(pair: Office) -> None:
    first = pair.bring_in([row(1), row(2)])
    pair.bring_in([row(1, room="901")], name="other.xlsx")  # the same person, another house
    done = undone(pair, first)
    assert kept(done) == [("owner", None, "钱小乙", "bound", "2")]
    assert rooms(pair) == ["901"]
    assert pair.owners("901") == [("钱小乙", "sole")]


def test_a_house_that_another_batch_bound_or_wrote_over_stays(pair: Office) -> None:
    lone = row(1, name=None, id=None, phone=None)
    first = pair.bring_in([lone, row(2), row(3)])
    pair.bring_in([row(1), row(2, area=99)], name="second.xlsx")
    done = undone(pair, first)
    assert kept(done) == [
        ("house", "1栋1单元101", None, "bound", "2"),
        ("house", "1栋1单元102", None, "by_import", "2"),
    ]
    assert rooms(pair) == ["101", "102"]
    assert pair.owners("101") == [("钱小乙", "sole")]


def test_batches_taken_back_last_first_leave_nothing(pair: Office) -> None:
    empty = living(pair)
    first = pair.bring_in([[*row(1), "三室", "已售未交"], [*row(2), None, None]], headers=TYPED)
    after_first = living(pair)
    second = pair.bring_in(
        [[*row(1, area=91, phone=phone(99)), "四室", "空置"], [*row(7), None, None]],
        headers=TYPED,
        name="second.xlsx",
    )
    done = undone(pair, second)
    assert (done["houses_back"], done["houses"], done["phones"], done["kept"]) == (1, 1, 2, 0)
    assert living(pair) == after_first
    assert undone(pair, first)["kept"] == 0
    assert living(pair) == empty


def test_fields_go_back_but_for_those_that_staff_wrote_since(pair: Office) -> None:
    pair.bring_in([[*row(1), "三室", None]], headers=TYPED)
    area = pair.rows(select(House.surveyed_gross, House.forecast_gross))[0]
    second = pair.bring_in([[*row(1, area=91), "四室", None]], headers=TYPED, name="second.xlsx")
    edit_house(pair, "101", house_type="四室两厅")
    done = undone(pair, second)
    assert kept(done) == [("house_fields", "1栋1单元101", None, "field_edited", "house_type")]
    assert pair.rows(select(House.house_type, House.edited_fields)) == [
        ("四室两厅", ",house_type,")
    ]
    assert pair.rows(select(House.surveyed_gross, House.forecast_gross))[0] == area


def test_an_edit_made_before_the_batch_is_still_an_edit_afterwards(pair: Office) -> None:
    first = pair.bring_in([[*row(1), "三室", None]], headers=TYPED)
    edit_house(pair, "101", house_type="三室两厅")
    second = pair.bring_in([row(1, area=91)], name="second.xlsx")
    assert undone(pair, second)["kept"] == 0
    assert kept(undone(pair, first)) == [("house", "1栋1单元101", None, "edited", None)]


def test_an_owners_filled_in_fields_are_emptied_again(pair: Office) -> None:
    pair.bring_in([row(1, id=None), row(2)])
    before = living(pair)
    second = pair.bring_in([row(1), row(2, phone=phone(90))], name="second.xlsx")
    assert pair.rows(select(Owner.id_status).where(Owner.name == "钱小乙")) == [("present",)]
    done = undone(pair, second)
    assert (done["owners_back"], done["phones"]) == (1, 1)
    assert living(pair) == before


def test_phones_that_staff_looked_after_since_stay(pair: Office) -> None:
    pair.bring_in([row(1)])
    second = pair.bring_in([row(1, phone=phone(90))], name="second.xlsx")
    edit_owner(pair, "钱小乙", ["phones"])
    assert kept(undone(pair, second)) == [("owner_phone", None, "钱小乙", "edited", None)]
    assert pair.count(OwnerPhone) == 2


def test_a_state_goes_back_with_its_occupancy(pair: Office) -> None:
    pair.bring_in([[*row(1), None, "已售未交"]], headers=TYPED)
    for at, state in enumerate(("空置", "已售未交", "装修")):
        # another area, or the last list might be the very file that was loaded first
        cells = [*row(1, area=90 + at), None, state]
        last = pair.bring_in([cells], headers=TYPED, name=f"{at}.xlsx")
    undone(pair, last)
    day = date(2026, 3, 1)
    assert pair.rows(select(House.state)) == [("sold",)]
    found = pair.rows(select(Occupancy.state, Occupancy.since, Occupancy.until))
    wanted = [("sold", day, None), ("sold", day, day), ("vacant", day, day)]
    assert sorted(map(tuple, found), key=repr) == sorted(wanted, key=repr)


@pytest.mark.parametrize(
    ("what", "reason"),
    [("alias", "named"), ("tenant", "people"), ("vehicle", "vehicle"), ("parking", "parking")],
)
def test_a_house_that_others_came_to_use_stays(pair: Office, what: str, reason: str) -> None:
    batch = pair.bring_in([row(1), row(2)])
    with pair.open(CHECKER, write=True) as (_actor, work):
        house = work.session.scalars(select(House).where(House.room == "101")).one()
        own: dict[str, Any] = {
            "id": work.ids(),
            "community_id": house.community_id,
            "house_id": house.id,
        }
        made: dict[str, Callable[[], Any]] = {
            "alias": lambda: HouseAlias(
                **own, kind=AliasKind.SALES.value, text="A-1", canonical=alias_key("A-1")
            ),
            "tenant": lambda: Tenant(**own, name_sealed=b"x", created_at=work.now()),
            "vehicle": lambda: Vehicle(
                **own, plate_sealed=b"x", plate_index=b"y", created_at=work.now()
            ),
            "parking": lambda: ParkingRight(**own, space="B1-9", created_at=work.now()),
        }
        work.session.add(made[what]())
    assert kept(undone(pair, batch)) == [("house", "1栋1单元101", None, reason, None)]
    assert rooms(pair) == ["101"]


def test_a_renumbered_house_stays_under_its_new_number(pair: Office) -> None:
    batch = pair.bring_in([row(1), row(2)])
    path = write(pair.folder / "map.xlsx", [["1-1-101", "7-2-901"]], ("旧房号", "新房号"))
    with pair.open(MAKER, write=True) as (actor, work):
        made = house_renumbering.propose(actor, work, path, name=path.name, community="CH")
    with pair.open(CHECKER, write=True) as (actor, work):
        house_renumbering.approve(actor, work, str(made["number"]), reason=None)
    done = undone(pair, batch)
    assert kept(done) == [("house", "7栋2单元901", None, "renumbered", None)]
    assert [each[0] for each in pair.rows(select(Building.name))] == ["7"]


def test_a_binding_that_was_ended_since_stays_with_both_its_ends(pair: Office) -> None:
    batch = pair.bring_in([row(1), row(2)])
    with pair.open(CHECKER, write=True) as (_actor, work):
        house = work.session.scalars(select(House).where(House.room == "101")).one()
        bound = work.session.scalars(select(Ownership).where(Ownership.house_id == house.id)).one()
        bound.until = work.now().date()
    done = undone(pair, batch)
    assert [(kind, reason) for kind, _house, _owner, reason, _detail in kept(done)] == [
        ("house", "with_kept"),
        ("owner", "with_kept"),
        ("ownership", "edited"),
    ]
    assert pair.count(Ownership) == 1
