"""Renumbering houses: their identity stays, their old numbers stay known, two people agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from pcloud_cli.errors import Conflict, Failed, NotAllowed
from pcloud_cli.models.house import House, HouseAlias
from pcloud_cli.models.imports import ImportProblem
from pcloud_cli.models.owner import Owner
from pcloud_cli.services import house, house_renumbering
from tests.integration.office import CHECKER, MAKER, Office
from tests.integration.workbooks import row, write

HEADERS = ("旧房号", "新房号")


def nobody_chooses(question: str, choices: Sequence[tuple[str, str]], *, option: str) -> str:
    """Fail: the community was named."""
    raise AssertionError(f"asked {question} for {option}")


def entered(
    office: Office,
    rows: Sequence[Sequence[Any]],
    headers: Sequence[str] = HEADERS,
    by: str = MAKER,
) -> dict[str, Any]:
    path = write(office.folder / "map.xlsx", rows, headers)
    with office.open(by, write=True) as (actor, work):
        return house_renumbering.propose(actor, work, path, name=path.name, community="CH")


def approved(office: Office, number: int, by: str = CHECKER) -> dict[str, Any]:
    with office.open(by, write=True) as (actor, work):
        return house_renumbering.approve(actor, work, str(number), reason=None)


def numbers(office: Office) -> dict[bytes, str]:
    return dict(office.rows(select(House.id, House.key)))


def found(office: Office, text: str) -> dict[str, Any]:
    with office.open(CHECKER) as (actor, work):
        return house.show(actor, work, text, community="CH", choose=nobody_chooses)


def test_a_house_keeps_its_identity_and_owners_and_is_found_by_both_numbers(office: Office) -> None:
    office.bring_in([row(1), row(2)])
    before = found(office, "1-1-101")
    made = entered(office, [["1栋1单元101", "5栋2单元901"]])
    assert (made["state"], made["houses"]) == ("pending", 1)
    assert found(office, "1-1-101")["address"] == "1栋1单元101"
    approved(office, made["number"])
    for text in ("5-2-901", "1栋1单元101", "1-1-101"):
        after = found(office, text)
        assert (after["id"], after["address"]) == (before["id"], "5栋2单元901")
        assert [owner["name"] for owner in after["owners"]] == ["钱小乙"]
    ((alias,),) = [[each] for each in after["aliases"]]
    assert (alias["kind"], alias["text"], alias["since"]) == ("former", "1栋1单元101", None)
    assert alias["until"] is not None
    assert found(office, "5-2-901")["building"] == "5"


def test_houses_may_exchange_their_numbers(office: Office) -> None:
    office.bring_in([row(1), row(2)])
    before = numbers(office)
    made = entered(office, [["1-1-101", "1-1-102"], ["1-1-102", "1-1-101"]])
    approved(office, made["number"])
    after = numbers(office)
    assert set(before.values()) == set(after.values())
    assert all(before[id_] != after[id_] for id_ in before)
    assert [owner["name"] for owner in found(office, "1-1-101")["owners"]] == ["钱小丙"]


def test_columns_of_building_unit_and_room_are_read_too(office: Office) -> None:
    office.bring_in([row(1)])
    headers = ("旧楼栋", "旧单元", "旧房号", "新楼栋", "新单元", "新房号")
    made = entered(office, [["1栋", "1单元", "101", "2栋", "3单元", "101"]], headers)
    approved(office, made["number"])
    assert list(numbers(office).values()) == ["|2|3|101|residence"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["1-1-101", "1-1-102"]], "keeps it"),
        ([["1-1-101", "9-1-1"], ["1-1-102", "9-1-1"]], "row 2 too"),
        ([["1-1-101", "9-1-1"], ["1-1-101", "9-1-2"]], "2 too"),
        ([["1-1-777", "9-1-1"]], "no such house"),
        ([["1-1-101", "乱七八糟"]], "cannot be told"),
    ],
)
def test_a_list_that_collides_is_refused_by_row_and_changes_nothing(
    office: Office,
    rows: list[list[str]],
    said: str,
) -> None:
    office.bring_in([row(1), row(2)])
    before = numbers(office)
    with pytest.raises(Conflict, match=said):
        entered(office, rows)
    assert numbers(office) == before
    with office.open(CHECKER) as (actor, work):
        assert house_renumbering.list_all(actor, work) == []


def test_a_list_without_old_and_new_columns_is_refused(office: Office) -> None:
    office.bring_in([row(1)])
    with pytest.raises(Failed, match="no columns"):
        entered(office, [["1栋", "1单元", "101"]], ("楼栋", "单元", "房号"))


def test_nobody_approves_their_own_list_nor_without_the_permission(office: Office) -> None:
    office.bring_in([row(1)])
    made = entered(office, [["1-1-101", "2-1-101"]])
    with pytest.raises(NotAllowed):
        approved(office, made["number"], by=MAKER)
    with pytest.raises(NotAllowed):
        entered(office, [["1-1-101", "2-1-101"]], by=CHECKER)
    assert approved(office, made["number"])["already"] is False
    assert approved(office, made["number"])["already"] is True


def test_a_house_changed_since_keeps_its_number(office: Office) -> None:
    office.bring_in([row(1)])
    made = entered(office, [["1-1-101", "2-1-101"]])
    office.bring_in([row(1, area=91.2)], name="later.xlsx")
    with pytest.raises(Conflict, match="changed"):
        approved(office, made["number"])
    assert list(numbers(office).values()) == ["|1|1|101|residence"]


def test_a_list_sent_again_with_old_numbers_meets_the_renumbered_houses(office: Office) -> None:
    office.bring_in([row(1), row(2)])
    approved(office, entered(office, [["1-1-101", "7-1-101"]])["number"])
    done = office.load([row(1), row(2), row(3)], name="again.xlsx")
    assert (done["new"], done["unchanged"]) == (1, 2)
    told = select(ImportProblem.row_no, ImportProblem.code, ImportProblem.severity)
    assert office.rows(told) == [(2, "house_by_alias", "info")]
    office.approve(done)
    office.apply(done)
    assert (office.count(House), office.count(Owner)) == (3, 3)
    assert office.rows(select(HouseAlias.text)) == [("1栋1单元101",)]
