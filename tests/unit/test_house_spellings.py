"""Every usual spelling of a house is understood, and what is not certain is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.sheets.house import (
    HouseRef,
    Refusal,
    address_prefix,
    house_key,
    house_text,
    parse_house,
    parse_place,
)
from pcloud_cli.sheets.house_columns import house_from_columns
from pcloud_cli.sheets.problem_codes import CODES


def pieces(text: str) -> tuple[str, ...] | str:
    """Return section, building, unit, room of `text`, or the code of its refusal."""
    house = parse_house(text)
    if isinstance(house, Refusal):
        return house.code
    assert isinstance(house, HouseRef)
    return house.section, house.building, house.unit, house.room


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1栋2单元301", ("", "1", "2", "301")),
        ("7#-1-902", ("", "7", "1", "902")),
        ("B座1503", ("", "B", "", "1503")),
        ("5号楼2单元6层601室", ("", "5", "2", "601")),
        ("２幢３单元４０２", ("", "2", "3", "402")),
        ("云杉里小区 十二幢1单元702", ("", "12", "1", "702")),
        ("云杉里四期二号楼一单元1103室", ("4期", "2", "1", "1103")),
        ("一期三栋二单元三〇一", ("1期", "3", "2", "301")),
        ("云杉家园18区6号楼二单元903室", ("18区", "6", "2", "903")),
        ("云杉城北区9号楼1单元602户", ("北区", "9", "1", "602")),
        ("枫林市城北区9号楼1单元602", ("", "9", "1", "602")),
        ("河东区9号楼1单元602", ("", "9", "1", "602")),
        ("云杉北路二十六号院8楼2门403", ("", "8", "2", "403")),
        ("云杉路31弄6-1102  枫林苑", ("", "6", "", "1102")),
        ("云杉路31弄6号1102室", ("", "6", "", "1102")),
        ("南二十一路9号楼305", ("", "9", "", "305")),
        ("云杉路77号5—1—3", ("", "5", "1", "3")),
        ("【云杉城3-2-1902】", ("", "3", "2", "1902")),
        ("【云杉城K5栋1单元1204】", ("", "K5", "1", "1204")),
        ("4#栋2单元-6 号房", ("", "4", "2", "6")),
        ("2-1-3电表", ("", "2", "1", "3")),
        ("5-1-0203", ("", "5", "1", "0203")),
        ("5-1-4A02", ("", "5", "1", "4A02")),
        ("14A栋1803", ("", "14A", "", "1803")),
        ("云杉商城4号楼商铺", ("", "4", "0", "商铺")),
        ("云杉商城4号楼商铺（西侧停车场旁门口）", "house_unclear"),
        ("云杉商城4号楼商铺（原大门外）", ("", "4", "0", "商铺")),
        ("云杉商城4号楼商铺203-11", ("", "4", "0", "203-11")),
        ("2-0-商铺", ("", "2", "0", "商铺")),
        ("6栋架空层", ("", "6", "", "架空层")),
        ("3栋储藏室12", ("", "3", "", "12")),
        ("3栋负101", ("", "3", "", "-101")),
        ("独栋9号", ("独栋", "9", "", "")),
        ("联排7-2", ("联排", "7", "", "2")),
        ("别墅C6", ("", "C6", "", "")),
        ("3号楼A座1201", ("", "3", "A", "1201")),
        ("甲栋301", ("", "甲", "", "301")),
        ("3栋2单元5层02室", ("", "3", "2", "02")),
        ("3栋2单元301（二手房）", ("", "3", "2", "301")),
    ],
)
def test_a_usual_spelling_is_understood(text: str, expected: tuple[str, ...] | str) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "house_missing"),
        ("／", "house_missing"),
        ("待补", "house_missing"),
        ("云杉小区4号楼2单元8层", "house_no_room"),
        ("二十号楼业主信息", "house_no_room"),
        ("3 栋负二层", "house_no_room"),
        ("1203", "house_no_building"),
        ("9楼901", "house_no_building"),
        ("2-301", "house_unclear"),
        ("云杉路88号1203室", "house_unclear"),
        ("8号2-301", "house_unclear"),
        ("3号A座1201", "house_unclear"),
        ("1-2-3-301", "house_unclear"),
        ("4栋1单元501-503", "house_unclear"),
        ("4栋1单元501、2", "house_unclear"),
        ("4栋1单元501附1", "house_unclear"),
        ("4栋1单元501阁楼", "house_unclear"),
        ("4栋1单元501储藏室", "house_unclear"),
        ("4栋1单元501(502)", "house_unclear"),
        ("4栋1单元-101", "house_unclear"),
        ("4栋1-3", "house_unclear"),
        ("4栋3", "house_unclear"),
        ("A2-2B -> 202", "house_unclear"),
        ("A2-005", "house_unclear"),
        ("4栋1单元501车位", "house_parking"),
        ("Mar-04", "house_date_damage"),
        ("3月4日", "house_date_damage"),
        ("2-Jan", "house_date_damage"),
        ("2023-03-04", "house_date_damage"),
        ("2023/3/4 00:00:00", "house_date_damage"),
        ("4.02E+02", "house_number_damage"),
        ("#REF!", "house_missing"),
    ],
)
def test_what_is_not_certain_is_refused_with_the_reason(text: str, code: str) -> None:
    assert pieces(text) == code
    assert CODES[code][0] == "error"


def test_a_cell_with_several_houses_gives_each() -> None:
    assert parse_house("6栋1单元501、502") == [
        HouseRef("", "6", "1", "", "501", ""),
        HouseRef("", "6", "1", "", "502", ""),
    ]
    assert parse_house("6栋501；7栋602") == [
        HouseRef("", "6", "", "", "501", ""),
        HouseRef("", "7", "", "", "602", ""),
    ]


def test_a_bare_pair_is_understood_once_somebody_says_how() -> None:
    assert parse_house("2-301", pair="building") == HouseRef("", "2", "", "", "301", "")


def test_the_text_before_the_building_can_be_compared() -> None:
    assert address_prefix("云杉路5号枫林苑3栋2单元301") == "云杉路5号枫林苑"
    assert address_prefix("1期3栋301") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("十五号楼业主信息表", ("", "15", "")),
        ("二期6#", ("2期", "6", "")),
        ("6栋2单元业主", ("", "6", "2")),
        ("5号楼、6号楼业主", None),
        ("业主信息表", None),
    ],
)
def test_a_title_names_a_building_or_none(text: str, expected: tuple[str, ...] | None) -> None:
    place = parse_place(text)
    if expected is None:
        assert isinstance(place, Refusal)
    else:
        assert place[:3] == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("", "3", "2", "", "301", "", ""), ("", "3", "2", "", "301", "")),
        (
            ("一期", "三栋", "二单元", "3层", "0301", "", "住宅"),
            ("1期", "3", "2", "3", "0301", "residence"),
        ),
        (("", "3.0", "2.0", "", "301.0", "", ""), ("", "3", "2", "", "301", "")),
        (("", "3栋2单元", "", "", "301", "", ""), ("", "3", "2", "", "301", "")),
        (("", "3", "3-2", "", "301", "", ""), ("", "3", "2", "", "301", "")),
        (("", "3", "", "", "2-301", "", ""), ("", "3", "2", "", "301", "")),
        (("", "3", "", "", "2单元301", "", ""), ("", "3", "2", "", "301", "")),
        (("", "3", "2", "", "3-2-301", "", ""), ("", "3", "2", "", "301", "")),
        (("", "商业区", "", "", "A01", "", ""), ("", "商业区", "", "", "A01", "")),
        (("", "B1", "", "", "101", "", ""), ("", "B1", "", "", "101", "")),
        (("", "3", "", "", "12", "", "商铺"), ("", "3", "0", "", "12", "shop")),
        (("", "8", "", "", "", "", "别墅"), ("", "8", "", "", "", "villa")),
        (("", "", "", "", "", "枫林苑3栋2单元301", ""), ("", "3", "2", "", "301", "")),
        (("", "3", "2", "", "301", "枫林苑3栋2单元301", ""), ("", "3", "2", "", "301", "")),
        (("", "", "", "", "2-301", "", "", "十五号楼"), ("", "15", "2", "", "301", "")),
        (("", "6", "", "", "2-301", "", "", "十五号楼"), ("", "6", "2", "", "301", "")),
        (("", "3", "", "", "东户", "", ""), ("", "3", "", "", "东户", "")),
        (("", "3", "", "", "301-1", "", ""), ("", "3", "", "", "301-1", "")),
        (("", "3", "", "", "3-301", "", ""), "house_unclear"),
        (("", "3", "", "", "301-303", "", ""), "house_unclear"),
        (("", "3", "", "", "301 某人", "", ""), ("", "3", "", "", "301", "")),
        (("", "", "", "", "301", "", ""), "house_no_building"),
        (("", "3", "", "", "", "", ""), "house_no_room"),
        (("", "", "", "", "", "", ""), "house_missing"),
        (("", "3", "2024-01-02 00:00:00", "", "301", "", ""), "house_date_damage"),
        (("", "3", "", "", "3.01E+02", "", ""), "house_number_damage"),
        (("", "3", "", "", "5栋2单元301", "", ""), "house_contradiction"),
        (("二期", "一期3栋", "", "", "301", "", ""), "house_contradiction"),
        (("", "3", "", "", "商铺12", "", "住宅"), "house_contradiction"),
        (("", "3", "2", "", "302", "枫林苑3栋2单元301", ""), "house_contradiction"),
        (("", "4", "2", "", "301", "枫林苑3栋2单元301", ""), "house_contradiction"),
        (("", "3", "2", "", "车位12", "", ""), "house_parking"),
    ],
)
def test_columns_name_a_house_or_are_refused(
    cells: tuple[str, ...], expected: tuple[str, ...] | str
) -> None:
    house = house_from_columns(*cells)
    assert (house.code if isinstance(house, Refusal) else house) == expected


numbers = st.integers(1, 99).map(str)
buildings = st.one_of(numbers, st.sampled_from(["A", "K8", "12A", "B1", "甲"]))
rooms = st.builds(lambda floor, flat: f"{floor}{flat:02d}", st.integers(1, 33), st.integers(1, 12))
refs = st.builds(
    HouseRef,
    st.sampled_from(["", "1期", "2期", "23区", "东区"]),
    buildings,
    st.one_of(st.just(""), st.integers(1, 9).map(str)),
    st.just(""),
    rooms,
    st.just(""),
)
RENDERINGS = [
    house_text,
    lambda ref: f"枫林苑{house_text(ref)}室",
    lambda ref: house_text(ref).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    lambda ref: f" {ref.section}{ref.building}号楼{ref.unit and ref.unit + '单元'}{ref.room} ",
    lambda ref: f"{ref.section}{ref.building}#-{ref.unit and ref.unit + '-'}{ref.room}",
    lambda ref: f"{ref.section}{ref.building}幢 {ref.unit and ref.unit + '单元 '}{ref.room}户",
]


@given(refs, st.sampled_from(RENDERINGS))
def test_a_house_comes_back_from_every_spelling(ref: HouseRef, render) -> None:  # type: ignore[no-untyped-def]
    assert parse_house(render(ref)) == ref


@given(refs)
def test_columns_and_one_cell_agree(ref: HouseRef) -> None:
    cells = (ref.section, ref.building, ref.unit, ref.floor, ref.room)
    from_columns = house_from_columns(*cells, "", "")
    assert isinstance(from_columns, HouseRef)
    assert house_key(from_columns) == house_key(ref)


@given(st.text(), st.sampled_from(["", "building", "unit"]))
def test_no_text_makes_the_understanding_fall(text: str, pair: str) -> None:
    house = parse_house(text, pair=pair)
    if isinstance(house, Refusal):
        assert house.code in CODES
    assert isinstance(parse_place(text), (HouseRef, Refusal))


signs = st.text("0123456789A栋单元号楼室层-#、/ 一二十期.幢负()", max_size=14)


@given(signs)
def test_what_is_understood_always_names_building_and_room(text: str) -> None:
    house = parse_house(text)
    for ref in house if isinstance(house, list) else [house]:
        if isinstance(ref, HouseRef):
            assert ref.building
            assert ref.room or ref.house_kind == "villa"


@given(st.lists(st.one_of(signs, st.text(max_size=6)), min_size=7, max_size=8))
def test_no_cells_make_the_understanding_fall(cells: list[str]) -> None:
    house = house_from_columns(*cells)
    for ref in house if isinstance(house, list) else [house]:
        assert isinstance(ref, (HouseRef, Refusal))
        if isinstance(ref, HouseRef):
            house_key(ref)


@pytest.mark.parametrize(
    ("unit", "room", "kind", "expected"),
    [
        ("", "商01", "商铺", ("1", "0", "01", "shop")),
        ("1单元", "商02", "", ("1", "1", "02", "shop")),
        ("", "办05", "办公", ("1", "", "办05", "office")),
        ("", "储12", "储藏室", ("1", "", "储12", "storage")),
    ],
)
def test_a_room_named_by_a_word_and_a_number_stands_beside_its_building(
    unit: str, room: str, kind: str, expected: tuple[str, ...]
) -> None:
    house = house_from_columns("", "1栋", unit, "", room, "", kind)
    assert isinstance(house, HouseRef)
    assert (house.building, house.unit, house.room, house.house_kind) == expected


def test_an_estate_whose_name_ends_in_shang_is_no_shop() -> None:
    assert pieces("万商1栋2单元301") == ("", "1", "2", "301")


@given(
    st.builds(
        HouseRef,
        st.sampled_from(["", "1期"]),
        buildings,
        st.just("0"),
        st.integers(1, 3).map(str),
        st.sampled_from(["01", "2", "12"]),
        st.sampled_from(["shop", "storage"]),
    )
)
def test_a_shop_whose_number_tells_no_floor_is_shown_so_that_it_is_found(ref: HouseRef) -> None:
    again = parse_house(house_text(ref))
    assert isinstance(again, HouseRef)
    assert house_key(again) == house_key(ref)
