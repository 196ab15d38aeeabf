"""A list against what is there: edits of our staff, other owners, other names (3.1.1, 2.3.1)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from pcloud_cli.models.house import AliasKind, House, HouseAlias, Occupancy
from pcloud_cli.models.owner import Owner, OwnerPhone, Ownership
from pcloud_cli.services import edited
from pcloud_cli.services.house import alias_key
from pcloud_cli.services.imports import batches, shown
from pcloud_cli.services.imports.live import spellings
from pcloud_cli.services.imports.options import LoadOptions
from tests.integration.office import CHECKER, Office
from tests.integration.workbooks import HEADERS, number, phone, row

TYPED = (*HEADERS, "户型", "房屋状态")


def edit_house(office: Office, number: str, **values: Any) -> None:
    """Do as a service does that lets staff change a house."""
    with office.open(CHECKER, write=True) as (_actor, work):
        house = work.session.scalars(select(House).where(House.room == number)).one()
        for name, value in values.items():
            setattr(house, name, value)
        edited.note(work, house, values)


def edit_owner(office: Office, name: str, fields: Sequence[str], **values: Any) -> None:
    """Do as a service does that lets staff change an owner."""
    with office.open(CHECKER, write=True) as (_actor, work):
        owner = work.session.scalars(select(Owner).where(Owner.name == name)).one()
        for column, value in values.items():
            setattr(owner, column, value)
        edited.note(work, owner, fields)


def problem_codes(office: Office, batch: dict[str, Any]) -> list[tuple[int, str, str]]:
    """Return row, field and code of every problem of a batch."""
    with office.open(CHECKER) as (actor, work):
        found = batches.problems(actor, work, str(batch["number"]))
        return [(each["row"], each["field"], each["code"]) for each in found]


def test_a_field_that_staff_edited_is_a_conflict_and_not_overwritten(office: Office) -> None:
    office.bring_in([[*row(1), "三室", None], [*row(2), "三室", None]], headers=TYPED)
    edit_house(office, "101", house_type="三室两厅")
    batch = office.load(
        [[*row(1, area=91), "三室一厅", None], [*row(2), "三室一厅", None]],
        headers=TYPED,
        name="again.xlsx",
    )
    assert (batch["conflicts"], batch["changed"]) == (1, 1)
    assert problem_codes(office, batch) == [(2, "house_type", "field_edited")]
    office.approve(batch)
    done = office.apply(batch)
    assert (done["skipped"], done["houses_changed"]) == (0, 2)
    found = office.rows(
        select(House.house_type, House.forecast_gross, House.surveyed_gross).order_by(House.room)
    )
    assert [each[0] for each in found] == ["三室两厅", "三室一厅"]
    assert Decimal("91.0000") in found[0]  # what nobody edited is brought


def test_a_list_that_agrees_with_the_edit_is_no_conflict(office: Office) -> None:
    office.bring_in([[*row(1), "三室", None]], headers=TYPED)
    edit_house(office, "101", house_type="三室两厅")
    same = [*row(1), "三室两厅", None]
    batch = office.load([same], headers=TYPED, name="again.xlsx")
    assert (batch["unchanged"], batch["conflicts"]) == (1, 0)


def test_a_phone_that_staff_took_away_does_not_come_back_with_the_next_list(
    office: Office,
) -> None:
    office.bring_in([row(1)])
    with office.open(CHECKER, write=True) as (_actor, work):
        for each in work.session.scalars(select(OwnerPhone)):
            work.session.delete(each)
    edit_owner(office, "钱小乙", ["phones"])
    batch = office.load([row(1, area=91)], name="again.xlsx")
    assert (batch["conflicts"], problem_codes(office, batch)) == (1, [(2, "phone", "field_edited")])
    office.approve(batch)
    assert office.apply(batch)["phones"] == 0


def test_only_fields_that_an_import_knows_can_be_noted_as_edited(office: Office) -> None:
    office.bring_in([row(1)])
    with pytest.raises(ValueError, match="room"):
        edit_house(office, "101", room="102")


def test_another_share_than_the_books_have_is_for_people_to_decide(office: Office) -> None:
    headers = (*HEADERS, "产权份额")
    other = {"name": "孙大山", "id": number(60), "phone": phone(60)}
    office.bring_in([[*row(1), "60%"], [*row(1, **other), "40%"]], headers=headers)
    assert [kind for _name, kind in office.owners("101")] == ["shares", "shares"]
    batch = office.load(
        [[*row(1), "3/5"], [*row(1, **other), "50%"]], headers=headers, name="again.xlsx"
    )
    assert (batch["unchanged"], batch["conflicts"]) == (1, 1)
    assert (3, "owner_name", "share_differs") in problem_codes(office, batch)
    office.approve(batch)
    office.apply(batch)
    shares = office.rows(select(Ownership.share_numerator, Ownership.share_denominator))
    assert {Decimal(a) / Decimal(b) for a, b in shares} == {Decimal("0.6"), Decimal("0.4")}


def test_an_import_never_ends_an_ownership(office: Office) -> None:
    office.bring_in([row(1), row(2)])
    office.bring_in(
        [
            [*row(1, name=None, id=None, phone=None), None, "未售"],
            [*row(2, name="孙大山", id=number(60), phone=phone(60)), None, None],
        ],
        headers=TYPED,
        name="again.xlsx",
    )
    assert [each[0] for each in office.rows(select(Ownership.until))] == [None, None]
    assert office.owners("101") == [("钱小乙", "sole")]
    assert office.owners("102") == [("钱小丙", "sole")]


def test_a_new_state_ends_the_old_occupancy_and_begins_its_own(office: Office) -> None:
    office.bring_in([[*row(1), None, "已售未交"]], headers=TYPED)
    office.bring_in([[*row(1), None, "空置"]], headers=TYPED, name="again.xlsx")
    found = office.rows(
        select(Occupancy.state, Occupancy.since, Occupancy.until).order_by(Occupancy.state)
    )
    day = date(2026, 3, 1)
    assert [tuple(each) for each in found] == [("sold", day, day), ("vacant", day, None)]


def call_it(office: Office, room: str, name: str) -> None:
    """Give a house another name."""
    with office.open(CHECKER, write=True) as (_actor, work):
        house = work.session.scalars(select(House).where(House.room == room)).one()
        work.session.add(
            HouseAlias(
                id=work.ids(),
                community_id=house.community_id,
                house_id=house.id,
                kind=AliasKind.FORMER.value,
                text=name,
                canonical=alias_key(name),
            )
        )


@pytest.mark.parametrize("name", ["9栋1单元909", "9-1-909"])
def test_a_house_is_found_by_another_name_that_it_has(office: Office, name: str) -> None:
    office.bring_in([row(1), row(2)])
    call_it(office, "101", name)
    batch = office.load([row(1, building="9栋", room="909", area=91), row(2)], name="again.xlsx")
    assert (batch["changed"], batch["unchanged"], batch["new"]) == (1, 1, 0)
    office.approve(batch)
    office.apply(batch)
    assert office.count(House) == 2
    assert office.rows(select(House.room, House.version).where(House.version == 2)) == [("101", 2)]


def test_a_name_that_two_houses_have_had_is_for_people_to_decide(office: Office) -> None:
    office.bring_in([row(1), row(2)])
    for room in ("101", "102"):
        call_it(office, room, "9栋1单元909")
    batch = office.load([row(3, building="9栋", room="909")], name="again.xlsx")
    assert (batch["conflicts"], batch["new"]) == (1, 0)
    assert problem_codes(office, batch) == [(2, "address", "house_name_shared")]
    office.approve(batch)
    office.apply(batch)
    assert office.count(House) == 2


def test_a_key_is_spelt_as_people_write_it() -> None:
    assert {"1栋2单元301", "1-2-301"} <= set(spellings("|1|2|301|residence"))
    assert {"2期3栋2单元301", "2-3-2-301"} <= set(spellings("2|3|2|301|residence"))


def test_a_number_that_comes_later_is_filled_in_by_name_and_phone(office: Office) -> None:
    office.bring_in([row(1, id=None)])
    batch = office.load([row(2, name="钱小乙", id=number(1), phone=phone(1))], name="second.xlsx")
    office.approve(batch)
    done = office.apply(batch)
    assert (done["owners"], done["owners_changed"], done["ownerships"]) == (0, 1, 1)
    assert office.rows(select(Owner.id_status)) == [("present",)]


@pytest.mark.parametrize("lists", [1, 2])
def test_a_number_of_somebody_of_another_name_binds_nobody(office: Office, lists: int) -> None:
    rows = [row(1), row(2, name="孙大山", id=number(1), phone=phone(60))]
    if lists == 2:
        office.bring_in(rows[:1], name="first.xlsx")
    batch = office.load(rows[lists - 1 :], name="second.xlsx")
    assert batch["conflicts"] == 1
    office.approve(batch)
    office.apply(batch)
    assert office.count(House) == 2
    assert (office.owners("101"), office.owners("102")) == ([("钱小乙", "sole")], [])


def test_an_owner_is_told_by_kind_and_number_of_the_document(office: Office) -> None:
    office.bring_in([row(1)])
    office.execute(update(Owner).values(id_type="other"))
    done = office.bring_in([row(2, name="钱小乙", id=number(1), phone=None)], name="second.xlsx")
    assert done["owners"] == 1


_FAMILIES = [
    row(1),
    row(1, name="孙大山", id=number(60), phone=phone(60)),  # co-owners
    row(2, name="钱小乙", id=number(1), phone=phone(1)),  # a second house
    row(3, id=None),
    row(4, id=None, phone=phone(3), name="钱小丁"),  # the same person by name and phone
    row(5, phone=phone(6)),  # a phone that two share
    row(6),
    row(7, id=None, phone=None),
    row(8, name=None, id=None, phone=None),
]


@pytest.mark.parametrize("seed", range(4))
def test_the_same_content_in_any_order_of_rows_changes_nothing(office: Office, seed: int) -> None:
    shuffled = random.Random(seed)
    rows = list(_FAMILIES)
    shuffled.shuffle(rows)
    done = office.bring_in(rows)
    assert (done["houses"], done["owners"]) == (8, 6)
    for again in range(2):
        shuffled.shuffle(rows)
        batch = office.load(rows, name=f"again{again}.xlsx")
        counts = {name: batch[name] for name in ("new", "changed", "unchanged", "conflicts")}
        assert counts == {"new": 0, "changed": 0, "unchanged": 9, "conflicts": 0}


@pytest.mark.parametrize(
    ("first", "then", "here"),
    [
        (("分期", "一期"), ("备注", None), "1期1栋1单元101"),
        (("备注", None), ("分期", "一期"), "1栋1单元101"),
        (("业态", "商铺"), ("备注", None), "1栋1单元商铺101"),
        (("备注", None), ("业态", "商铺"), "1栋1单元101"),
    ],
)
def test_a_house_that_differs_in_section_or_kind_only_is_asked_about(
    office: Office, first: tuple[str, Any], then: tuple[str, Any], here: str
) -> None:
    office.bring_in([[*row(1), first[1]]], headers=(*HEADERS, first[0]))
    batch = office.load([[*row(1), then[1]], [*row(2), then[1]]], headers=(*HEADERS, then[0]))
    assert (batch["conflicts"], batch["new"]) == (1, 1)
    assert problem_codes(office, batch) == [(2, "address", "house_resembles")]
    with office.open(CHECKER, write=True) as (actor, work):
        (told,) = shown.show(actor, work, str(batch["number"]))["conflict_rows"]
    assert (told["before"], told["decisions"]) == (here, ["same_house", "new_house"])
    office.approve(batch)
    office.apply(batch)
    assert office.count(House) == 2


def test_houses_of_another_section_or_storage_rooms_are_other_houses(office: Office) -> None:
    headers = (*HEADERS, "分期", "业态")
    office.bring_in([[*row(1), "一期", "住宅"]], headers=headers)
    batch = office.load(
        [[*row(1), "二期", "住宅"], [*row(1), "一期", "储藏室"]], headers=headers, name="more.xlsx"
    )
    assert (batch["conflicts"], batch["new"]) == (0, 2)


def test_what_somebody_calls_new_is_new(office: Office) -> None:
    office.bring_in([[*row(1), "一期"]], headers=(*HEADERS, "分期"))
    batch = office.load([row(1)], name="more.xlsx", options=LoadOptions(as_new=True))
    assert (batch["conflicts"], batch["new"]) == (0, 1)
    again = office.load([row(1)], name="more.xlsx", options=LoadOptions())
    assert (again["already"], again["conflicts"]) == (False, 1)
