"""What the second person is shown of a list: both sides, all conflicts, a sample (2.3.1, 3.1.1)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from pcloud_cli.errors import Conflict, NotAllowed
from pcloud_cli.models.house import House
from pcloud_cli.models.imports import ImportAbsent, ImportSource
from pcloud_cli.models.owner import Owner, Ownership
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.services.imports import batches, shown
from pcloud_cli.services.imports.options import LoadOptions
from tests.integration.office import CHECKER, MAKER, Office
from tests.integration.test_import_against import TYPED, edit_house, edit_owner
from tests.integration.workbooks import HEADERS, number, phone, row, write

OTHER = {"name": "孙大山", "id": number(60), "phone": phone(60)}


def show(office: Office, batch: dict[str, Any], *, by: str = CHECKER, **more: Any) -> Any:
    """Return what is shown of a batch."""
    with office.open(by) as (actor, work):
        return shown.show(actor, work, str(batch["number"]), **more)


def changes(office: Office, batch: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return what a batch changes: row, field, before, after."""
    with office.open(CHECKER) as (actor, work):
        found = shown.all_changes(actor, work, str(batch["number"]))
    return [tuple(each[name] for name in ("row", "field", "before", "after")) for each in found]


def sampled(office: Office, rows: list[list[Any]], *, name: str = "list.xlsx") -> dict[str, Any]:
    """Load a workbook with a seed for its sample."""
    path = write(office.folder / name, rows)
    return office.load_file(path, options=LoadOptions(sample="5eed"))


def test_sampled_rows_stand_beside_their_cells_in_the_workbook(office: Office) -> None:
    batch = sampled(office, [row(1, phone=f"+86 {phone(1)}", area="89.53㎡"), row(2, room=None)])
    first, second = show(office, batch)["sample"]
    assert (first["sheet"], first["row"]) == ("业主", 2)
    cells = {
        cell["field"]: (cell["column"], cell["header"], cell["text"]) for cell in first["cells"]
    }
    assert cells["area"] == ("D", "建筑面积", "89.53㎡")
    assert cells["owner_name"] == ("E", "业主姓名", "钱小乙")
    assert cells["id_number"][2] == f"{number(1)[:3]}*************{number(1)[-2:]}"
    assert phone(1) not in cells["phone"][2]
    assert cells["phone"][2].startswith("+86 ")
    (made,) = first["understood"]
    assert (made["owner"], made["room"]) == ("钱小乙", "101")
    assert made["phone"] == f"{phone(1)[:3]}****{phone(1)[-4:]}"
    assert second["understood"] == []
    assert [each["code"] for each in second["problems"]] == ["house_no_room"]


def test_the_cells_are_sealed_while_they_lie_here(office: Office) -> None:
    sampled(office, [row(1)])
    id_, sealed = office.rows(select(ImportSource.id, ImportSource.cells_sealed))[0]
    assert phone(1).encode() not in sealed
    assert "钱小乙".encode() not in sealed
    cells = office.keyring.field_cipher().open("import_source", "cells_sealed", id_, sealed)
    assert ["G", "联系电话", "phone", phone(1)] in json.loads(cells)


def test_ten_rows_of_a_long_list_are_sampled(office: Office) -> None:
    batch = sampled(office, [row(n) for n in range(1, 60)])
    found = show(office, batch)["sample"]
    assert len(found) == 10
    for each in found:
        assert each["understood"][0]["room"] == str(99 + each["row"])


def test_private_values_are_shown_in_full_to_who_may_for_a_purpose_that_is_kept(
    office: Office,
) -> None:
    batch = sampled(office, [row(1)])
    found = show(office, batch, reveal="抽查")["sample"][0]
    assert found["understood"][0]["id_number"] == number(1)
    assert {cell["text"] for cell in found["cells"]} >= {number(1), phone(1)}
    reasons = office.rows(select(TrailEvent.reason).where(TrailEvent.action == "import.reveal"))
    assert [each[0] for each in reasons] == ["抽查"]
    with pytest.raises(NotAllowed):
        show(office, batch, by=MAKER, reveal="好奇")
    office.approve(batch)
    office.apply(batch)
    with pytest.raises(Conflict, match="checked already"):
        show(office, batch, reveal="抽查")


def test_a_load_that_fails_leaves_no_cells_behind(office: Office) -> None:
    path = write(office.folder / "list.xlsx", [row(1), row(2, room=None)])
    with pytest.raises(Exception, match="cannot be loaded"):
        office.load_file(path, options=LoadOptions(sample="5eed", all_or_nothing=True))
    assert office.count(ImportSource) == 0


def test_changed_fields_show_before_and_after_masked_and_still_do_when_applied(
    office: Office,
) -> None:
    headers = (*TYPED, "备注")
    office.bring_in(
        [[*row(1), "三室", "已售未交", "旧备注"], [*row(2, id=None), None, None, None]],
        headers=headers,
    )
    again = [
        [*row(1, area=91.2, phone=phone(9)), "四室", "空置", "新备注一"],
        [*row(2), None, None, None],
    ]
    batch = office.load(again, headers=headers, name="again.xlsx")
    wanted = [
        (2, "house_type", "三室", "四室"),
        (2, "state", "sold", "vacant"),
        (2, "surveyed_gross", "89.53", "91.2"),
        (2, "remark", "旧** (3)", "新** (4)"),
        (2, "phones", "139****0001", "139****0001、139****0009"),
        (3, "id_number", "", f"{number(2)[:3]}*************{number(2)[-2:]}"),
        (3, "sex", "", "female" if int(number(2)[16]) % 2 == 0 else "male"),
        (3, "birth_month", "", f"{number(2)[6:10]}-**"),
    ]
    assert changes(office, batch) == wanted
    assert [each["field"] for each in show(office, batch)["changes"]] == [
        each[1] for each in wanted
    ]
    office.approve(batch)
    office.apply(batch)
    assert changes(office, batch) == wanted


def test_a_list_that_says_nothing_new_shows_no_change(office: Office) -> None:
    office.bring_in([row(1), row(2)])
    batch = office.load([row(2), row(1)], name="again.xlsx")
    found = show(office, batch)
    assert (batch["unchanged"], found["changes"], found["conflict_rows"]) == (2, [], [])


def test_a_new_owner_of_a_house_without_one_is_a_change(office: Office) -> None:
    office.bring_in([[*row(1, name=None, id=None, phone=None), None, "未售"]], headers=TYPED)
    batch = office.load([row(1)], name="again.xlsx")
    assert changes(office, batch) == [(2, "owner", "", "钱小乙")]


def test_every_conflict_shows_both_sides_and_what_may_be_decided(office: Office) -> None:
    office.bring_in(
        [[*row(1), "三室", None], *([*row(n), None, None] for n in (2, 3))], headers=TYPED
    )
    edit_house(office, "101", house_type="三室两厅")
    edit_owner(office, "钱小丁", ["phones"])
    batch = office.load(
        [
            [*row(1, area=95), "四室", None],
            [*row(2, **OTHER), None, None],
            [*row(3, phone=phone(33)), None, None],
        ],
        headers=TYPED,
        name="again.xlsx",
    )
    found = {each["row"]: each for each in show(office, batch)["conflict_rows"]}
    assert {at: each["why"] for at, each in found.items()} == {
        2: "field_edited",
        3: "owner_differs",
        4: "field_edited",
    }
    sides = {at: (each["field"], each["before"], each["after"]) for at, each in found.items()}
    assert sides[2] == ("house_type", "三室两厅", "四室")
    assert sides[3][0] == "owner"
    assert sides[3][1].startswith("钱小丙 1")
    assert sides[3][2].startswith("孙大山 1")
    assert number(60) not in sides[3][2]
    assert sides[4] == ("phones", "139****0003", "139****0033")
    assert found[2]["decisions"] == ["ours", "theirs"]
    assert found[3]["decisions"] == ["returned", "exchanged", "renamed", "mistyped"]
    # what is at odds is no change; the area beside it is
    assert changes(office, batch) == [(2, "surveyed_gross", "89.53", "95")]
    office.approve(batch)
    done = office.apply(batch)
    assert (done["phones"], done["houses_changed"]) == (0, 1)


def test_another_share_shows_both_shares(office: Office) -> None:
    headers = (*HEADERS, "产权份额")
    office.bring_in([[*row(1), "60%"], [*row(1, **OTHER), "40%"]], headers=headers)
    batch = office.load(
        [[*row(1), "60%"], [*row(1, **OTHER), "50%"]], headers=headers, name="b.xlsx"
    )
    (found,) = show(office, batch)["conflict_rows"]
    assert (found["row"], found["before"], found["after"]) == (3, "2/5", "1/2")


def test_a_number_of_somebody_else_shows_both_people(office: Office) -> None:
    office.bring_in([row(1)])
    batch = office.load([row(2, name="孙大山", id=number(1))], name="b.xlsx")
    (found,) = show(office, batch)["conflict_rows"]
    assert found["field"] == "id_number"
    assert (found["before"].split()[0], found["after"].split()[0]) == ("钱小乙", "孙大山")


def absent(office: Office, batch: dict[str, Any]) -> list[str]:
    """Return the rooms of the houses that a batch does not name."""
    with office.open(CHECKER) as (actor, work):
        return [each["room"] for each in shown.absent_houses(actor, work, str(batch["number"]))]


def test_houses_that_a_list_sent_again_does_not_name_are_listed_and_stay(office: Office) -> None:
    office.bring_in([row(1), row(2), row(3)])
    batch = office.load([row(1), row(2, area=99), row(4)], name="again.xlsx")
    assert (batch["absent"], absent(office, batch)) == (1, ["103"])
    (found,) = show(office, batch)["absent_houses"]
    assert (found["building"], found["room"], found["owned"]) == ("1", "103", True)
    office.approve(batch)
    office.apply(batch)
    assert office.count(House) == 4
    assert office.rows(select(func.count(Ownership.until)))[0][0] == 0
    assert absent(office, batch) == ["103"]  # what the checker saw stays readable


def test_a_list_answers_for_its_own_buildings_and_for_the_lists_that_it_replaces(
    office: Office,
) -> None:
    first = [row(1), row(2), row(3, building="2栋")]
    office.bring_in(first, name="first.xlsx")
    office.bring_in([row(1, building="9栋", **OTHER)], name="of another developer.xlsx")
    again = office.load([row(1)], name="first again.xlsx")
    assert sorted(absent(office, again)) == ["102", "103"]
    other = office.load([row(5, building="7栋")], name="a new building.xlsx")
    assert (other["absent"], absent(office, other)) == (0, [])


def test_the_first_list_of_a_community_lacks_nothing(office: Office) -> None:
    assert office.load([row(1)])["absent"] == 0
    assert office.count(ImportAbsent) == 0


def test_a_house_named_in_a_row_that_is_kept_out_is_not_absent(office: Office) -> None:
    office.bring_in([row(1), row(2)])
    path = write(office.folder / "again.xlsx", [row(1), row(2, id="123")])
    batch = office.load_file(path, options=LoadOptions(strict=True))
    assert (batch["errors"], batch["absent"]) == (1, 0)


def test_a_house_found_by_its_former_number_is_not_absent(office: Office) -> None:
    from tests.integration.test_import_against import call_it

    office.bring_in([row(1), row(2)])
    call_it(office, "101", "1栋1单元909")
    batch = office.load([row(1, room="909"), row(2)], name="again.xlsx")
    assert batch["absent"] == 0


def test_the_problems_of_a_batch_are_still_listed_whole(office: Office) -> None:
    batch = office.load([row(1, room=None), row(2)])
    with office.open(CHECKER) as (actor, work):
        assert [each["row"] for each in batches.problems(actor, work, str(batch["number"]))] == [2]


def test_sex_and_birth_that_a_list_corrects_are_changed_and_shown(office: Office) -> None:
    headers = (*HEADERS, "性别", "出生日期")
    office.bring_in([[*row(1, id=None), "男", None]], headers=headers)
    batch = office.load([[*row(1, id=None), "女", "1990-05-06"]], headers=headers, name="b.xlsx")
    assert changes(office, batch) == [
        (2, "sex", "male", "female"),
        (2, "birth_month", "", "1990-**"),
    ]
    office.approve(batch)
    office.apply(batch)
    id_, sex, month, sealed = office.rows(
        select(Owner.id, Owner.sex, Owner.birth_month, Owner.birth_sealed)
    )[0]
    assert (sex, month) == ("female", "1990-05")
    assert office.keyring.open("owner", "birth_sealed", id_, sealed) == "1990-05-06"


def test_an_id_number_outweighs_the_sex_that_a_list_states(office: Office) -> None:
    headers = (*HEADERS, "性别")
    office.bring_in([row(1)])
    sex = office.rows(select(Owner.sex))[0][0]
    other = "女" if sex == "male" else "男"
    batch = office.load([[*row(1, id=None), other]], headers=headers, name="b.xlsx")
    assert (batch["unchanged"], changes(office, batch)) == (1, [])


def test_shares_that_joint_owners_get_by_a_list_are_for_people_to_decide(office: Office) -> None:
    headers = (*HEADERS, "产权份额")
    office.bring_in([row(1), row(1, **OTHER), row(2)])
    batch = office.load(
        [[*row(1), "1/2"], [*row(1, **OTHER), "1/2"], [*row(2), "100%"]],
        headers=headers,
        name="b.xlsx",
    )
    assert (batch["conflicts"], batch["unchanged"]) == (2, 1)
    found = [(each["before"], each["after"]) for each in show(office, batch)["conflict_rows"]]
    assert found == [("joint", "1/2")] * 2


def test_an_owner_changed_since_the_load_is_not_bound_and_listed(office: Office) -> None:
    office.bring_in([row(1)], name="a.xlsx")
    batch = office.load([row(2, name="钱小乙", id=number(1), phone=phone(1))], name="b.xlsx")
    office.approve(batch)
    edit_owner(office, "钱小乙", ["sex"], sex="male")
    done = office.apply(batch)
    assert (done["skipped"], done["ownerships"]) == (1, 0)
    assert [(each["row"], each["house"], each["why"]) for each in done["left_out"]] == [
        (2, "1栋1单元102", "owner_changed")
    ]
    assert office.apply(batch)["left_out"] == done["left_out"]


def test_one_person_of_two_crossing_lists_is_made_once_by_name_and_phone(office: Office) -> None:
    first = office.load([row(1, id=None)], name="a.xlsx")
    second = office.load([row(2, id=None, name="钱小乙", phone=phone(1)), row(3)], name="b.xlsx")
    for batch in (first, second):
        office.approve(batch)
    assert office.apply(first)["skipped"] == 0
    done = office.apply(second)
    assert (done["skipped"], done["houses"]) == (1, 1)
    again = office.load_file(office.folder / "b.xlsx")
    office.approve(again)
    office.apply(again)
    assert sorted(each[0] for each in office.rows(select(Owner.name))) == ["钱小丁", "钱小乙"]
