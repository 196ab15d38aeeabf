"""Houses in their natural order, and one house by any spelling (3.1.1)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.ids import id_text
from pcloud_cli.services import house
from tests.integration.people import Town, community, staff


def nobody_chooses(question: str, choices: Sequence[tuple[str, str]], *, option: str) -> str:
    """Fail: the community was named or is the only one."""
    raise AssertionError(f"asked {question} for {option}")


@pytest.fixture
def town(work: Work) -> Town:
    """A community with houses whose numbers sort badly as text."""
    made = Town(work, community(work))
    for building, unit, room in (
        ("10", "1", "301"),
        ("2", "1", "1201"),
        ("2", "1", "301"),
        ("2", "2", "101"),
    ):
        made.house(building, unit, room, area="89.5", house_type="三室两厅")
    made.house("2", "0", "105", kind="shop", state="vacant")
    return made


def addresses(
    work: Work,
    building: str | None = None,
    unit: str | None = None,
    kind: str | None = None,
    state: str | None = None,
) -> list[str]:
    rows, _total = house.list_all(
        staff(work),
        work,
        community="CH",
        choose=nobody_chooses,
        building=building,
        unit=unit,
        kind=kind,
        state=state,
    )
    return [row["address"] for row in rows]


def test_houses_stand_in_the_order_of_their_numbers(work: Work, town: Town) -> None:
    assert addresses(work) == [
        "2栋商铺105",
        "2栋1单元301",
        "2栋1单元1201",
        "2栋2单元101",
        "10栋1单元301",
    ]


@pytest.mark.parametrize("spelling", ["2", "2栋", "二号楼", "２幢", "02"])
def test_a_building_is_found_in_any_spelling(work: Work, town: Town, spelling: str) -> None:
    assert len(addresses(work, building=spelling)) == 4


def test_a_limit_takes_the_first_and_counts_all(work: Work, town: Town) -> None:
    rows, total = house.list_all(staff(work), work, community="CH", choose=nobody_chooses, limit=1)
    assert ([row["address"] for row in rows], total) == (["2栋商铺105"], 5)


def test_unit_kind_and_use_narrow_the_list(work: Work, town: Town) -> None:
    assert addresses(work, building="2", unit="2单元") == ["2栋2单元101"]
    assert addresses(work, building="2栋2单元") == ["2栋2单元101"]
    assert addresses(work, kind="商铺") == addresses(work, kind="shop") == ["2栋商铺105"]
    assert addresses(work, state="空置") == ["2栋商铺105"]


def test_an_unknown_building_names_those_there_are(work: Work, town: Town) -> None:
    with pytest.raises(NotFound) as caught:
        addresses(work, building="7")
    assert "2栋" in (caught.value.hint or "")


def test_an_unknown_kind_names_the_choices(work: Work, town: Town) -> None:
    with pytest.raises(UsageProblem) as caught:
        addresses(work, kind="castle")
    assert "residence" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "spelling",
    ["2栋1单元301", "二号楼一单元301室", "2-1-301", "２栋１单元３０１", "翠湖花园2栋1单元301"],
)
def test_a_house_is_shown_by_any_spelling(work: Work, town: Town, spelling: str) -> None:
    found = house.show(staff(work), work, spelling, community="CH", choose=nobody_chooses)
    assert found["address"] == "2栋1单元301"
    assert str(found["surveyed_gross"]) == "89.50"


def test_an_address_without_its_unit_is_found_where_only_one_fits(work: Work, town: Town) -> None:
    found = house.show(staff(work), work, "2栋1201", community="CH", choose=nobody_chooses)
    assert found["address"] == "2栋1单元1201"


def test_an_address_that_fits_several_houses_lists_them(work: Work, town: Town) -> None:
    town.house("2", "2", "301")
    with pytest.raises(Conflict) as caught:
        house.show(staff(work), work, "2栋301", community="CH", choose=nobody_chooses)
    assert "2栋1单元301" in caught.value.message
    assert "2栋2单元301" in caught.value.message


def test_a_section_left_out_is_found_where_only_one_fits(work: Work, town: Town) -> None:
    town.house("8", "1", "501", section="一期")
    found = house.show(staff(work), work, "8栋1单元501", community="CH", choose=nobody_chooses)
    assert found["address"] == "一期8栋1单元501"
    town.house("8", "1", "501", section="二期")
    with pytest.raises(Conflict):
        house.show(staff(work), work, "8栋1单元501", community="CH", choose=nobody_chooses)
    found = house.show(staff(work), work, "2期8栋1单元501", community="CH", choose=nobody_chooses)
    assert found["section"] == "二期"


def test_a_shop_is_found_as_it_is_listed_and_without_its_floor_where_only_one_fits(
    work: Work, town: Town
) -> None:
    town.house("5", "0", "01", floor="1", kind="shop")
    assert addresses(work, building="5") == ["5栋1层商铺01"]
    for spelling in ("5栋1层商铺01", "5栋商铺1"):
        found = house.show(staff(work), work, spelling, community="CH", choose=nobody_chooses)
        assert found["address"] == "5栋1层商铺01"
    town.house("5", "0", "01", floor="2", kind="shop")
    with pytest.raises(Conflict):
        house.show(staff(work), work, "5栋商铺1", community="CH", choose=nobody_chooses)


def test_another_name_of_a_house_leads_to_it(work: Work, town: Town) -> None:
    made = town.house("6", "1", "1801")
    town.alias(made, "sales", "A座18F01")
    found = house.show(staff(work), work, "a座 18f01", community="CH", choose=nobody_chooses)
    assert found["id"] == made.id
    assert [name["kind"] for name in found["aliases"]] == ["sales"]


def test_its_id_leads_to_a_house(work: Work, town: Town) -> None:
    made = town.house("6", "1", "1801")
    found = house.show(staff(work), work, id_text(made.id), community="CH", choose=nobody_chooses)
    assert found["address"] == "6栋1单元1801"


@pytest.mark.parametrize("text", ["hello", "2栋1单元301、302"])
def test_what_names_no_one_house_is_a_wrong_call(work: Work, town: Town, text: str) -> None:
    with pytest.raises(UsageProblem):
        house.show(staff(work), work, text, community="CH", choose=nobody_chooses)


def test_a_house_that_is_not_there_is_not_found(work: Work, town: Town) -> None:
    with pytest.raises(NotFound):
        house.show(staff(work), work, "2栋1单元999", community="CH", choose=nobody_chooses)


def test_owners_of_a_house_are_masked_and_kept_from_maintenance(work: Work, town: Town) -> None:
    made = town.house("6", "1", "1801")
    town.owner("王小明", houses=[made], phones=["13800001234"])
    found = house.show(staff(work), work, "6-1-1801", community="CH", choose=nobody_chooses)
    assert [owner["phones"] for owner in found["owners"]] == [["138****1234"]]
    other = staff(work, "maintenance")
    found = house.show(other, work, "6-1-1801", community="CH", choose=nobody_chooses)
    assert found["owners"] is None


def test_a_grant_for_one_building_shows_only_its_houses(work: Work, town: Town) -> None:
    other = Town(work, community(work, "SJ", "松江苑"))
    other.house("1", "1", "101")
    actor = staff(work, "maintenance", kind="building", place=town.building("10").id)
    rows, _total = house.list_all(actor, work, community=None, choose=nobody_chooses)
    assert [row["address"] for row in rows] == ["10栋1单元301"]
    with pytest.raises(NotFound):
        house.show(actor, work, "2栋1单元301", community="CH", choose=nobody_chooses)
    with pytest.raises(NotAllowed):
        house.list_all(actor, work, community="SJ", choose=nobody_chooses)


def test_the_community_is_asked_for_where_several_are_seen(work: Work, town: Town) -> None:
    Town(work, community(work, "SJ", "松江苑")).house("1", "1", "101")
    asked: list[tuple[str, str]] = []

    def choose(question: str, choices: Sequence[tuple[str, str]], *, option: str) -> str:
        asked.extend(choices)
        return "SJ"

    rows, _total = house.list_all(staff(work), work, community=None, choose=choose)
    assert asked == [("CH", "翠湖花园"), ("SJ", "松江苑")]
    assert [row["address"] for row in rows] == ["1栋1单元101"]


def test_without_a_grant_no_house_is_seen(work: Work, town: Town) -> None:
    with pytest.raises(NotAllowed):
        house.list_all(staff(work, "management"), work, community="CH", choose=nobody_chooses)
