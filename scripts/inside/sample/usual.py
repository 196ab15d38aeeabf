"""The usual workbook: one plain header row, one person a cell, and the usual dirt."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

from scripts.inside.sample.people import People, Person

Cell = str | int | float | date | None

HEADERS = (
    *(
        "分期",
        "楼栋",
        "单元",
        "楼层",
        "房号",
        "房屋类型",
        "户型",
        "建筑面积(㎡)",
        "业主姓名",
        "性别",
    ),
    *("证件类型", "身份证号", "联系电话", "交付日期", "房屋状态", "备注"),
)
_SECTION, _BUILDING, _UNIT, _FLOOR, _ROOM, _KIND, _TYPE, _AREA, _NAME, _SEX = range(10)
_ID_TYPE, _ID, _PHONE, _DATE, _STATE, _REMARK = range(10, 16)

_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_HOUSE_TYPES = (("一室一厅", 52.0), ("两室一厅", 76.5), ("三室两厅", 98.0), ("四室两厅", 128.6))
_STATES = ("已售未交", "自住", "自住", "自住", "空置", "装修", "出租")
_REMARKS = ("钥匙已领", "老人同住", "需回访", "贷款办理中", "委托朋友收房")
_DAY_ONE = date(2021, 3, 1)
_NUMERALS = "零一二三四五六七八九"


class Row(NamedTuple):
    """One row of the sheet: a cell for each of HEADERS, and the codes of what is odd in it."""

    cells: list[Cell]
    oddities: tuple[str, ...]


ODDITIES = {
    "unsold": "unsold house without an owner",
    "company": "owner is a company",
    "visitor": "owner with a passport or a permit",
    "shop": "shop without a unit",
    "co_owner": "a second row for a co-owner of the house above",
    "duplicate": "the row above once more",
    "id_full_width": "ID number in full-width characters",
    "id_spaced": "ID number in groups",
    "id_hyphened": "ID number with hyphens",
    "id_lower_x": "ID number that ends in a small x",
    "id_cyrillic_x": "ID number that ends in a Cyrillic Х",
    "id_15": "ID number of 15 digits",
    "id_checksum": "ID number whose check character is wrong",
    "id_as_number": "ID number stored as a number: its last digits are lost",
    "id_masked": "ID number partly hidden",
    "id_promised": "待补 in place of the ID number",
    "id_slash": "/ in place of the ID number",
    "id_ones": "111111111111111111 in place of the ID number",
    "id_blank": "no ID number",
    "phone_full_width": "phone in full-width digits",
    "phone_spaced": "phone in groups",
    "phone_hyphened": "phone with hyphens",
    "phone_country": "phone with +86",
    "phone_as_number": "phone stored as a number",
    "phone_landline": "landline",
    "phone_two": "two phones in the cell",
    "phone_short": "phone that lacks a digit",
    "phone_masked": "phone partly hidden",
    "phone_placeholder": "18999999999 in place of the phone",
    "phone_slash": "/ in place of the phone",
    "phone_blank": "no phone",
    "name_spaced": "name of two characters padded with a blank",
    "building_spelling": "building spelt another way",
    "room_as_number": "room stored as a number",
    "area_with_unit": "area with its unit in the cell",
    "area_as_text": "area stored as text",
    "date_slashes": "date as text with slashes",
    "date_words": "date as text with 年月日",
    "date_dots": "date as text with dots",
    "date_digits": "date as eight digits",
    "house_no_building": "no building: the house cannot be told",
    "house_no_room": "no room: the house cannot be told",
}
"""Code → what it is; a file's manifest names rows by these codes."""


class _Dice:
    """Draws one of several oddities, or none; each at least once before any comes by chance."""

    def __init__(self, rng: Random, weights: dict[str, int]) -> None:
        self._random = rng.random
        self._names = list(weights)
        self._bounds = [total / 1000 for total in accumulate(weights.values())]
        self._owed = list(weights)
        rng.shuffle(self._owed)

    def roll(self) -> str:
        value = self._random()
        if value >= self._bounds[-1]:
            return ""
        return self._owed.pop() if self._owed else self._names[bisect_right(self._bounds, value)]


_ID_WEIGHTS = {
    "id_full_width": 5, "id_spaced": 6, "id_hyphened": 3, "id_cyrillic_x": 2, "id_15": 4,
    "id_checksum": 4, "id_as_number": 4, "id_masked": 2, "id_promised": 5, "id_slash": 3,
    "id_ones": 1, "id_blank": 6,
}  # fmt: skip
_PHONE_WEIGHTS = {
    "phone_full_width": 4, "phone_spaced": 9, "phone_hyphened": 7, "phone_country": 4,
    "phone_as_number": 8, "phone_landline": 4, "phone_two": 5, "phone_short": 2,
    "phone_masked": 4, "phone_placeholder": 4, "phone_slash": 3, "phone_blank": 9,
}  # fmt: skip
_PLACE_WEIGHTS = {
    "building_spelling": 8, "room_as_number": 20, "area_with_unit": 15, "area_as_text": 10,
    "house_no_building": 1, "house_no_room": 1,
}  # fmt: skip
_DATE_WEIGHTS = {"date_slashes": 60, "date_words": 30, "date_dots": 30, "date_digits": 15}
_AGAIN_WEIGHTS = {"co_owner": 10, "duplicate": 2}


class House(NamedTuple):
    """Where a house stands; `unit` is empty for a shop."""

    section: str
    building: int
    unit: str
    floor: int
    room: str
    shop: bool


def houses() -> Iterator[House]:
    """Yield houses without end: ten buildings a section, each 2 units × 18 floors × 4, 6 shops."""
    building = 0
    while True:
        building += 1
        section = f"{_numeral((building - 1) // 10 + 1)}期"
        for number in range(1, 7):
            yield House(section, building, "", 1, f"商{number:02d}", shop=True)
        for unit in ("1单元", "2单元"):
            for floor in range(1, 19):
                for door in range(1, 5):
                    yield House(section, building, unit, floor, f"{floor}{door:02d}", shop=False)


def _numeral(number: int) -> str:
    """Return `number` (1 to 999) in Chinese."""
    if number >= 100:
        rest = number % 100
        tail = ("零" if rest < 10 else "") + _numeral(rest) if rest else ""
        if 10 <= rest < 20:
            tail = f"一{tail}"
        return f"{_NUMERALS[number // 100]}百{tail}"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_NUMERALS[tens]}十"
    return head + (_NUMERALS[ones] if ones else "")


class Usual:
    """Yields `rows` rows, the same ones for the same `rng`; without dirt where not `dirty`."""

    def __init__(self, rng: Random, rows: int, *, dirty: bool = True) -> None:
        self._rng = rng
        self._rows = rows
        self._dirty = dirty
        self._people = People(rng)
        self._id_dice = _Dice(rng, _ID_WEIGHTS)
        self._phone_dice = _Dice(rng, _PHONE_WEIGHTS)
        self._place_dice = _Dice(rng, _PLACE_WEIGHTS)
        self._date_dice = _Dice(rng, _DATE_WEIGHTS)
        self._again_dice = _Dice(rng, _AGAIN_WEIGHTS)

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows."""
        left = self._rows
        for house in houses():
            for row in self._of_house(house):
                if left == 0:
                    return
                left -= 1
                yield row

    def _of_house(self, house: House) -> Iterator[Row]:
        cells, odd = self._empty(house)
        if self._rng.random() < 0.08:
            cells[_STATE] = "未售"
            yield Row(cells, (*odd, "unsold"))
            return
        place = list(cells)
        own = list(odd)
        cells[_STATE] = _STATES[int(self._rng.random() * len(_STATES))]
        if cells[_STATE] != "已售未交":
            self._hand_over(cells, own)
        if self._rng.random() < 0.03:
            cells[_REMARK] = _REMARKS[int(self._rng.random() * len(_REMARKS))]
        self._owner(cells, own, house)
        if self._dirty:
            self._spoil_place(cells, own)
        yield Row(cells, tuple(own))
        again = self._again_dice.roll() if self._dirty else ""
        unclear = {"house_no_building", "house_no_room"} & set(own)
        if again == "duplicate":
            yield Row(list(cells), (*own, again))
        elif again == "co_owner" and not unclear:
            place[_STATE], place[_DATE] = cells[_STATE], cells[_DATE]
            own = [*odd, again]
            self._write(place, self._people.person())
            self._spoil_person(place, own)
            yield Row(place, tuple(own))

    def _empty(self, house: House) -> tuple[list[Cell], tuple[str, ...]]:
        cells: list[Cell] = [None] * len(HEADERS)
        cells[_SECTION] = house.section
        cells[_BUILDING] = f"{house.building}栋"
        cells[_UNIT] = house.unit or None
        cells[_FLOOR] = house.floor
        cells[_ROOM] = house.room
        cells[_KIND] = "商铺" if house.shop else "住宅"
        if house.shop:
            cells[_AREA] = round(30 + self._rng.random() * 90, 2)
            return cells, ("shop",)
        cells[_TYPE], area = _HOUSE_TYPES[int(house.room[-1]) % len(_HOUSE_TYPES)]
        cells[_AREA] = round(area + self._rng.random() * 4, 2)
        return cells, ()

    def _owner(self, cells: list[Cell], odd: list[str], house: House) -> None:
        dice = self._rng.random()
        if dice < (0.4 if house.shop else 0.01):
            odd.append("company")
            self._write(cells, self._people.company())
        elif dice > 0.99:
            odd.append("visitor")
            self._write(cells, self._people.visitor())
        else:
            self._write(cells, self._people.person())
            if self._dirty:
                self._spoil_person(cells, odd)

    @staticmethod
    def _write(cells: list[Cell], person: Person) -> None:
        cells[_NAME] = person.name
        cells[_SEX] = person.sex or None
        cells[_ID_TYPE] = person.id_type
        cells[_ID] = person.id_number
        cells[_PHONE] = person.phone

    # --- dirt ------------------------------------------------------------------------------------

    def _hand_over(self, cells: list[Cell], odd: list[str]) -> None:
        day = _DAY_ONE + timedelta(days=int(self._rng.random() * 1200))
        cells[_DATE] = day
        code = self._date_dice.roll() if self._dirty else ""
        if code:
            odd.append(code)
            cells[_DATE] = {
                "date_slashes": f"{day.year}/{day.month}/{day.day}",
                "date_words": f"{day.year}年{day.month}月{day.day}日",
                "date_dots": f"{day.year}.{day.month:02d}.{day.day:02d}",
                "date_digits": f"{day:%Y%m%d}",
            }[code]

    def _spoil_person(self, cells: list[Cell], odd: list[str]) -> None:
        number = str(cells[_ID])
        code = self._id_dice.roll()
        if code:
            odd.append(code)
            cells[_ID] = self._spoiled_id(code, number)
        elif number.endswith("X") and self._rng.random() < 0.5:
            odd.append("id_lower_x")
            cells[_ID] = number.lower()
        code = self._phone_dice.roll()
        if code:
            odd.append(code)
            cells[_PHONE] = self._spoiled_phone(code, str(cells[_PHONE]))
        name = str(cells[_NAME])
        if len(name) == 2 and self._rng.random() < 0.05:
            odd.append("name_spaced")
            cells[_NAME] = f"{name[0]} {name[1]}"

    def _spoiled_id(self, code: str, number: str) -> Cell:
        male = int(number[16]) % 2 == 1
        ways: dict[str, Callable[[], Cell]] = {
            "id_full_width": lambda: number.translate(_FULL_WIDTH),
            "id_spaced": lambda: f"{number[:6]} {number[6:14]} {number[14:]}",
            "id_hyphened": lambda: f"{number[:6]}-{number[6:14]}-{number[14:]}",
            "id_cyrillic_x": lambda: self._people.resident_id(male=male, cross=True)[:17] + "Х",
            "id_15": lambda: self._people.resident_id_15(male=male),
            "id_checksum": lambda: number[:17] + ("1" if number[17] == "0" else "0"),
            "id_as_number": lambda: float(number[:17] + "0"),
            "id_masked": lambda: f"{number[:6]}********{number[14:]}",
            "id_promised": lambda: "待补",
            "id_slash": lambda: "/",
            "id_ones": lambda: "1" * 18,
            "id_blank": lambda: None,
        }
        return ways[code]()

    def _spoiled_phone(self, code: str, number: str) -> Cell:
        ways: dict[str, Callable[[], Cell]] = {
            "phone_full_width": lambda: number.translate(_FULL_WIDTH),
            "phone_spaced": lambda: f"{number[:3]} {number[3:7]} {number[7:]}",
            "phone_hyphened": lambda: f"{number[:3]}-{number[3:7]}-{number[7:]}",
            "phone_country": lambda: f"+86 {number}",
            "phone_as_number": lambda: int(number),
            "phone_landline": self._people.landline,
            "phone_two": lambda: f"{number}/{self._people.mobile()}",
            "phone_short": lambda: number[:-1],
            "phone_masked": lambda: f"{number[:3]}****{number[7:]}",
            "phone_placeholder": lambda: "18999999999",
            "phone_slash": lambda: "/",
            "phone_blank": lambda: None,
        }
        return ways[code]()

    def _spoil_place(self, cells: list[Cell], odd: list[str]) -> None:
        code = self._place_dice.roll()
        if not code or (code == "room_as_number" and not str(cells[_ROOM]).isdigit()):
            return
        odd.append(code)
        number = str(cells[_BUILDING])[:-1]
        if code == "building_spelling":
            cells[_BUILDING] = (f"{number}#", f"{number}号楼", f"{number} 栋")[len(odd) % 3]
        elif code == "room_as_number":
            cells[_ROOM] = int(str(cells[_ROOM]))
        elif code == "area_with_unit":
            cells[_AREA] = f"{cells[_AREA]}平米"
        elif code == "area_as_text":
            cells[_AREA] = str(cells[_AREA])
        elif code == "house_no_building":
            cells[_BUILDING] = None
        else:
            cells[_ROOM] = None
