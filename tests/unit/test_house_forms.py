"""One house in the many forms that people write it in: other signs, other marks, other scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.sheets.house import (
    HouseRef,
    Refusal,
    house_key,
    parse_house,
    parse_place,
)
from pcloud_cli.sheets.house_columns import house_from_columns, usual_floor


def pieces(text: str) -> tuple[str, ...] | str:
    """Return section, building, unit, floor, room of `text`, or the code of its refusal."""
    house = parse_house(text)
    if isinstance(house, Refusal):
        return house.code
    assert isinstance(house, HouseRef)
    return house[:5]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5、6栋1单元101", "house_unclear"),
        ("5和6栋1单元101", "house_unclear"),
        ("1+1栋1单元101", "house_unclear"),
        ("=1+1栋1单元101", "house_unclear"),
        ("@2栋1单元101", "house_unclear"),
        ("云杉苑、7栋1单元101", ("", "7", "1", "", "101")),
        ("2期，7栋1单元101", ("2期", "7", "1", "", "101")),
        ("云杉路5号/7栋1单元101", ("", "7", "1", "", "101")),
        ("7棟2單元1103", ("", "7", "2", "", "1103")),
        ("四期7號樓2單元1103室", ("4期", "7", "2", "", "1103")),
        ("C座9樓902室", ("", "C", "", "9", "902")),
        ("第7栋第2单元1103", ("", "7", "2", "", "1103")),
        ("第七幢第二单元1103室", ("", "7", "2", "", "1103")),
        ("Ⅲ期7栋2单元1103", ("3期", "7", "2", "", "1103")),
        ("二期云杉苑7栋2单元1103", ("2期", "7", "2", "", "1103")),
        ("IV期7栋1103", ("4期", "7", "", "", "1103")),
        ("云杉苑（四期）7栋1103", ("4期", "7", "", "", "1103")),
        ("云杉苑四期（北区）7栋1103", ("4期北区", "7", "", "", "1103")),
        ("7_2_1103", ("", "7", "2", "", "1103")),
        ("7/2/1103", ("", "7", "2", "", "1103")),
        ("7.2.1103", ("", "7", "2", "", "1103")),
        ("7，2，1103", ("", "7", "2", "", "1103")),
        ("7 2 1103", ("", "7", "2", "", "1103")),
        ("#7楼1103", ("", "7", "", "", "1103")),
        ("#7-1103", ("", "7", "", "", "1103")),
        ("7#2#1103", ("", "7", "2", "", "1103")),
        ("云杉苑7#楼2#单元1103", ("", "7", "2", "", "1103")),
        ("7栋/2单元/1103", ("", "7", "2", "", "1103")),
        ("云杉苑·7栋·2单元·1103", ("", "7", "2", "", "1103")),
        ("7栋|2单元|1103室", ("", "7", "2", "", "1103")),
        ("7栋_2单元_1103", ("", "7", "2", "", "1103")),
        ("7-2单元-1103", ("", "7", "2", "", "1103")),
        ("7-2单元1103", ("", "7", "2", "", "1103")),
        ("7幢2-11-1103", ("", "7", "2", "11", "1103")),
        ("7栋2梯1103", ("", "7", "2", "", "1103")),
        ("7栋2单元1103复式", ("", "7", "2", "", "1103")),
        ("7栋2单元1103室（顶跃）", ("", "7", "2", "", "1103")),
        ("7栋2单元1103.0", ("", "7", "2", "", "1103")),
        ("7栋2单元1103-B", ("", "7", "2", "", "1103-B")),
        ("7乙栋1103", ("", "7乙", "", "", "1103")),
        ("C座11F1103", ("", "C", "", "11", "1103")),
        ("7号楼首层103", ("", "7", "", "1", "103")),
        ("7栋2单元11层东户", ("", "7", "2", "11", "东户")),
        ("C座11层B室", ("", "C", "", "11", "B")),
        ("C座11楼B单位", ("", "C", "", "11", "B")),
        ("云杉里北一区7号楼2单元1103", ("北1区", "7", "2", "", "1103")),
        ("云杉里南一区7号楼2单元1103", ("南1区", "7", "2", "", "1103")),
        ("7栋-2单元-11层-1103", ("", "7", "2", "11", "1103")),
        ("7栋-2层15号", ("", "7", "", "-2", "15")),
        ("Block 7, Unit 2, Room 1103", ("", "7", "2", "", "1103")),
        ("Spruce Court, Tower C, Flat 1103", ("", "C", "", "", "1103")),
    ],
)
def test_other_forms_of_writing_name_the_same_house(text: str, expected: tuple[str, ...]) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize(
    ("text", "kind", "unit", "room"),
    [
        ("7栋商业103", "shop", "0", "103"),
        ("7栋店铺3号", "shop", "0", "3"),
        ("7栋3号商铺", "shop", "0", "3"),
        ("7栋103门面（沿街）", "shop", "0", "103"),
        ("7栋沿街商铺103", "shop", "0", "103"),
        ("7栋2单元地下储藏室12", "storage", "2", "12"),
        ("7栋写字楼1103室", "office", "", "1103"),
        ("7栋公寓1103", "residence", "", "1103"),
    ],
)
def test_the_word_before_a_room_says_its_kind(text: str, kind: str, unit: str, room: str) -> None:
    house = parse_house(text)
    assert isinstance(house, HouseRef)
    assert (house.house_kind, house.unit, house.room) == (kind, unit, room)


@pytest.mark.parametrize(
    "text",
    [
        "7栋2单元-1层103",  # -1层, or floor 1 behind a dash
        "7栋2单元3-1",
        "7-2-3-1",  # floor 3 flat 1, or part 1 of room 3
        "7-2-3-301",  # phase 7, or building 7
        "地下一层7-2-01",
        "下叠7栋103",
        "7栋2单元1103上",
        "7栋2单元1103室（四期）",
        "7栋2单元1103（北区）",
        "7、2、1103",
        "7/2/2019",
        "云杉苑7栋裙楼103",
    ],
)
def test_a_form_that_could_be_another_house_is_refused(text: str) -> None:
    assert isinstance(pieces(text), str)


def test_a_refusal_for_want_of_a_room_keeps_what_is_certain() -> None:
    refused = parse_house("云杉苑四期7栋2单元")
    assert refused == Refusal("house_no_room", {"section": "4期", "building": "7", "unit": "2"})


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("", "7#", "2#", "", "1103", "", ""), ("", "7", "2", "", "1103")),
        (("", "7棟", "2單元", "", "1103", "", ""), ("", "7", "2", "", "1103")),
        (("（四期）", "7栋", "2", "", "1103", "", ""), ("4期", "7", "2", "", "1103")),
        (("", "7栋（北区）", "2", "", "1103", "", ""), ("北区", "7", "2", "", "1103")),
        (("", "", "", "", "1103", "云杉苑7栋2单元1103", ""), ("", "7", "2", "", "1103")),
        (("", "", "", "", "1103", "云杉苑7栋2单元", ""), ("", "7", "2", "", "1103")),
        (("", "7", "2", "11/18", "1103", "", ""), ("", "7", "2", "11", "1103")),
        (("", "7", "2", "共18层", "1103", "", ""), ("", "7", "2", "", "1103")),
        (("", "7", "2", "", "#1103", "", ""), ("", "7", "2", "", "1103")),
        (("", "7", "2", "", "1103跃层", "", ""), ("", "7", "2", "", "1103")),
        (("", "C座", "", "11", "B户", "", ""), ("", "C", "", "11", "B")),
    ],
)
def test_cells_in_other_forms_name_the_same_house(
    cells: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    house = house_from_columns(*cells)
    assert isinstance(house, HouseRef)
    assert house[:5] == expected


def test_an_address_beside_a_room_must_agree_with_it() -> None:
    house = house_from_columns("", "", "", "", "1103", "云杉苑7栋2单元1104", "")
    assert house == Refusal("house_contradiction", {"piece": "address"})


def test_rooms_that_only_a_side_names_differ_by_floor() -> None:
    upper, lower = parse_house("7栋2单元11层东户"), parse_house("7栋2单元10层东户")
    assert isinstance(upper, HouseRef)
    assert isinstance(lower, HouseRef)
    assert house_key(upper) != house_key(lower)
    assert house_key(upper) == house_key(upper._replace(room="东"))


def test_of_a_floor_among_so_many_the_first_counts() -> None:
    assert [usual_floor(text) for text in ("3/18", "3层/共18层", "共18层")] == ["3", "3", ""]


_BUILDINGS = st.one_of(st.integers(1, 199).map(str), st.sampled_from(["A", "C", "K5", "12A", "甲"]))
_FORMS = (
    "{b}栋{u}单元{r}",
    "第{b}幢第{u}单元{r}室",
    "{b}號樓{u}單元{r}室",
    "{b}#楼{u}#单元{r}",
    "{b}栋/{u}单元/{r}",
    "{b}栋·{u}单元·{r}",
    "{b}栋-{u}单元-{r}",
    "{b} 座 {u} 门 {r} 房",
    "{b}栋{u}单元{f}层{r}",
    "{b}幢{u}单元{f}F{r}复式",
)


@given(
    section=st.sampled_from(["", "2期", "北区", "A区"]),
    building=_BUILDINGS,
    unit=st.integers(1, 9),
    floor=st.integers(1, 33),
    flat=st.integers(1, 12),
    form=st.sampled_from(_FORMS),
)
def test_every_form_of_a_house_comes_back_as_that_house(
    section: str, building: str, unit: int, floor: int, flat: int, form: str
) -> None:
    if form.startswith("第") and not building.isdigit():
        return
    room = f"{floor}{flat:02d}"
    between = " " if section and building[0].isascii() and building[0].isalpha() else ""
    text = f"{section}{between}{form.format(b=building, u=unit, f=floor, r=room)}"
    house = parse_house(text)
    assert isinstance(house, HouseRef), text
    assert (house.section, house.building, house.unit, house.room) == (
        section,
        building,
        str(unit),
        room,
    )


@given(
    building=st.integers(1, 99), unit=st.integers(1, 9), room=st.integers(101, 3312),
    sign=st.sampled_from("/._| ,-"),
)  # fmt: skip
def test_three_numbers_are_one_house_or_a_damaged_date(
    building: int, unit: int, room: int, sign: str
) -> None:
    house = parse_house(f"{building}{sign}{unit}{sign}{room}")
    if isinstance(house, HouseRef):
        assert (house.building, house.unit, house.room) == (str(building), str(unit), str(room))
    else:
        assert isinstance(house, Refusal)
        assert 1900 <= room <= 2099


@pytest.mark.parametrize("kind", ["车位", "地下车库", "人防车位"])
def test_a_row_about_a_parking_space_is_no_house(kind: str) -> None:
    house = house_from_columns("", "7", "", "", "101", "", kind)
    assert house == Refusal("house_parking", {})


@pytest.mark.parametrize("text", ["(1期)" * 3000, "3栋" * 5000, "十" * 9000 + "X", "1-" * 9000])
def test_no_cell_is_so_long_that_it_is_read_piece_by_piece(text: str) -> None:
    for cells in (
        ("", text, "1", "", "101", "", ""),
        ("", "3", text, "", "101", "", ""),
        ("", "3", "1", "", text, "", ""),
    ):
        assert house_from_columns(*cells) == Refusal("house_unclear", {})
    assert isinstance(parse_house(text), Refusal)
    assert isinstance(parse_place(text), Refusal)


@pytest.mark.parametrize("text", ["12号商铺", "云杉商城12号店铺", "12号铺面（沿街）"])
def test_the_number_of_a_shop_is_no_building(text: str) -> None:
    found = parse_house(text)
    assert isinstance(found, Refusal)
    assert found.code == "house_no_building"


def test_a_shop_of_a_building_that_is_called_by_its_lane_is_one() -> None:
    assert pieces("31弄22号商铺") == ("", "22", "0", "", "商铺")
