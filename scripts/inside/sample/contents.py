"""Lists whose cells are odd: addresses in every spelling, headers with hints, several people in a
cell, every kind of document, house numbers old and new, a list and its second version.

All people are made up. Each kind gives sheets and what a careful reader takes from them.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from scripts.inside.sample.book import Sheet
from scripts.inside.sample.layouts import Home, Laid, homes_of, lines_of
from scripts.inside.sample.people import People, Person, check_character
from scripts.inside.sample.usual import Cell

_PERSON = ["业主姓名", "身份证号", "联系电话"]
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_NUMERALS = "零一二三四五六七八九"
_SPELLINGS: tuple[Callable[[int, str, str], str], ...] = (
    lambda b, u, r: f"{b}栋{u}单元{r}",
    lambda b, u, r: f"{b}#-{u}-{r}",
    lambda b, u, r: f"云州花园{b}号楼{u}单元{int(r[:-2])}层{r}室",
    lambda b, u, r: f"{_NUMERALS[b]}幢{u}单元{r}",
    lambda b, u, r: f"{b}幢{u}单元{r}".translate(_FULL_WIDTH),
    lambda b, u, r: f"云州路7号院{b}楼{u}门{r}",
    lambda b, u, r: f"{b}棟{u}單元{r}室",
    lambda b, u, r: f"{b}/{u}/{r}",
    lambda b, u, r: f"第{b}栋第{u}单元{r}",
    lambda b, u, r: f"{b}栋{u}梯{r}复式",
)
_HINTED = (
    *("序号", "楼栋（必填）", "单元\n号", "房 号*", "预测建筑面积(㎡)", "实测建筑面积（平方米）"),
    *("套内面积/㎡", "业主姓名（必填）", "证件号码\n（身份证）", "联系电话（手机）", "共有人姓名"),
    *("共有人电话", "租户姓名", "租户电话", "紧急联系人", "联系电话", None, "计划交房日期"),
    *("实际交房日期(yyyy-MM-dd)", "户籍地址", "备注"),
)
_REFUSED = ("2024-03-02", "3.01E+02", "3-301", "3栋2单元", "3栋2单元-1层101", "3栋2单元301-303")
"""Addresses that name no house for certain, or are what a spreadsheet made of one."""


def addresses(rng: Random, rows: int) -> Laid:
    """One cell for the house, in ten spellings and turns; two houses in a cell, a shop, a villa,
    both phases of one building, and at the end addresses that must be refused."""
    people = People(rng)
    lines: list[list[Cell]] = [["房屋坐落", *_PERSON]]
    homes: list[Home] = []

    def one(address: str, *places: tuple[str, str, str]) -> None:
        owner = people.person()
        lines.append([address, owner.name, owner.id_number, owner.phone])
        homes.extend(Home(b, f"{u}单元" if u else "", r, 0, [owner]) for b, u, r in places)

    for number in range(rows):
        building, at = 1 + number // 64, number % 64
        unit, room = str(1 + at // 32), f"{1 + at % 32 // 4}{1 + at % 4:02d}"
        spelt = _SPELLINGS[number % len(_SPELLINGS)](min(building, 9), unit, room)
        one(spelt, (str(min(building, 9)), unit, room))
    one("21栋1单元301、302", ("21", "1", "301"), ("21", "1", "302"))
    one("21栋底商5号", ("21", "0", "5"))
    one("独栋18号", ("18", "", ""))
    one("云州路31弄22号501室", ("22", "", "501"))
    one("C座1201", ("C", "", "1201"))
    one("一期23栋1单元12A01", ("23", "1", "12A01"))
    one("云州花园（二期）23栋1单元3A01", ("23", "1", "3A01"))
    one("B1栋101", ("B1", "", "101"))
    for address in _REFUSED:
        one(address)
    return Laid([Sheet("业主信息", lines)], homes, len(_REFUSED))


def headers(rng: Random, rows: int) -> Laid:
    """Headers with units, hints and line ends, a name that comes twice, one that is blank, whose
    and which in the words, and addresses and dates that are not those of the house."""
    people = People(rng)
    homes = [home._replace(owners=home.owners[:1]) for home in homes_of(rng, rows)]
    lines: list[list[Cell]] = [list(_HINTED)]
    for number, home in enumerate(homes, 1):
        owner: list[Cell] = [None] * 3
        if home.owners:
            owner = [home.owners[0].name, home.owners[0].id_number, home.owners[0].phone]
        shared: list[Cell] = [None, None]
        if owner[0] and number % 9 == 0:
            partner = people.person()
            home.owners.append(partner)
            shared = [partner.name, partner.phone]
        let: list[Cell] = [people.name(), people.mobile()] if number % 7 == 0 else [None, None]
        urgent: list[Cell] = [people.name(), people.mobile()] if owner[0] else [None, None]
        place: list[Cell] = [number, f"{home.building}栋", home.unit, home.room]
        areas: list[Cell] = [round(home.area * 0.99, 2), home.area, round(home.area * 0.8, 2)]
        rest: list[Cell] = ["√" if number % 11 == 0 else None, "2024-06-30", "2024-07-15"]
        lines.append(
            [*place, *areas, *owner, *shared, *let, *urgent, *rest, "云州市青溪路8号1-2-3"]
        )
    return Laid([Sheet("业主信息", lines)], homes)


def people(rng: Random, rows: int) -> Laid:
    """Several owners in a cell, parted in every usual way, with their numbers in the same order or
    after their names; agents, relatives and tenants beside them."""
    drawn = People(rng)
    between = ("、", "，", "/", ";", "   ")
    lines: list[list[Cell]] = [["楼栋", "单元", "房号", *_PERSON, "家庭成员", "租户"]]
    homes: list[Home] = []
    for number, home in enumerate(homes_of(rng, rows)):
        owners = [_plain(drawn) for _ in range(1 + number % 3)]
        sign = between[number % len(between)]
        cells: list[Cell]
        if len(owners) > 1 and number % 4 == 0:
            named = [f"{owner.name}：{owner.id_number}" for owner in owners]
            phones = [f"{owner.name}：{owner.phone}" for owner in owners]
            cells = [sign.join(owner.name for owner in owners), "；".join(named), "；".join(phones)]
        else:
            columns = zip(*((p.name, p.id_number, p.phone) for p in owners), strict=True)
            cells = [sign.join(column) for column in columns]
        if len(owners) == 1 and number % 5 == 0:
            cells[0] = f"{cells[0]}（委托代理人：{_plain(drawn).name}）"
        family = f"{_plain(drawn).name}|{drawn.mobile()}||配偶" if number % 6 == 0 else None
        tenant = f"{_plain(drawn).name}|{drawn.mobile()}||" if number % 8 == 0 else None
        lines.append([f"{home.building}栋", home.unit, home.room, *cells, family, tenant])
        homes.append(home._replace(owners=owners))
    return Laid([Sheet("业主信息", lines)], homes)


def _plain(people: People) -> Person:
    """Return a person whose name holds no sign and no rare character."""
    while True:
        person = people.person()
        if len(person.name) < 4 and person.name.isalpha() and max(person.name) < "\u9fff":
            return person


def documents(rng: Random, rows: int) -> Laid:
    """Every kind of document, plate and phone, and everything that is wrong with numbers: cut by
    the spreadsheet, masked, mistyped, repairable, shared by many; a minor among the owners."""
    drawn = People(rng)
    lines: list[list[Cell]] = [["楼栋", "单元", "房号", "业主姓名", "证件类型", "证件号码"]]
    lines[0] += ["联系电话", "车牌号"]
    homes: list[Home] = []
    numbers = _numbers(drawn)
    for number, home in enumerate(homes_of(rng, rows)):
        owner = _plain(drawn)
        kind, cell = numbers[number % len(numbers)]
        phone, plate = _PHONES[number % len(_PHONES)], _PLATES[number % len(_PLATES)]
        lines.append([f"{home.building}栋", home.unit, home.room, owner.name, kind, cell])
        lines[-1] += [drawn.mobile() if phone == "" else phone, plate]
        homes.append(home._replace(owners=[owner]))
    return Laid([Sheet("业主信息", lines)], homes)


def _numbers(people: People) -> list[tuple[str, Cell]]:
    usual = people.resident_id(male=True)
    child = f"11010520180312{122}"
    permit = "810000199003071"
    card = "911124199003071"
    return [
        ("身份证", usual),
        ("身份证", people.resident_id_15(male=False)),
        ("身份证", people.resident_id(male=False, cross=True)[:17] + "×"),
        ("身份证", f"{usual[:6]}-{usual[6:14]}-{usual[14:]}"),
        ("身份证", f"\u200b{people.resident_id(male=True)}"),
        ("身份证", float(people.resident_id(male=True)[:17] + "0")),
        ("身份证", f"{usual[:6]}********{usual[14:]}"),
        ("身份证", f"{usual[:17]}{'0' if usual[17] != '0' else '1'}"),
        ("身份证", child + check_character(child)),
        ("身份证", "待补"),
        ("身份证", "111111111111111111"),
        ("港澳居民来往内地通行证", "H1234567801"),
        ("台湾居民来往大陆通行证", "01234567"),
        ("港澳居民居住证", f"{permit}23{check_character(permit + '23')}"),
        ("外国人永久居留身份证", f"{card}23{check_character(card + '23')}"),
        ("外国人永久居留证", "CAN110590030701"),
        ("护照", "EA1234567"),
        ("军官证", "南字第1234567号"),
        ("统一社会信用代码", people.company().id_number),
    ]


_PHONES: tuple[Cell, ...] = (
    "", "", "", "0571-88886666-801", "4001234567", "+852 9123 4567", "138****1234", "18999999999",
    "1380013800", "", "", "13800138001（本人）", "13800138002/0571-88886666", 13800138003,
    "88886666",
)  # fmt: skip
_PLATES: tuple[Cell, ...] = (
    None, "粤B12345", "粤BD12345", "粤B·D9C12", "粤Z·F023港", "临粤A12345", "A12345", "无",
    "粤Ｂ１２３４６",
)  # fmt: skip


def sent(rng: Random, rows: int) -> Laid:
    """A plain list, of which --kind resent with the same seed is the second version."""
    homes = homes_of(rng, rows)
    return Laid([_listed(homes)], homes)


def resent(rng: Random, rows: int) -> Laid:
    """The list of --kind sent again: areas surveyed anew, a second phone, other owners on some
    houses, some houses missing, some new."""
    homes = homes_of(rng, rows)
    drawn = People(rng)
    again: list[Home] = []
    for number, home in enumerate(homes, 1):
        if number % 13 == 0:
            continue
        if number % 7 == 0:
            home = home._replace(area=round(home.area + 0.5, 2))  # noqa: PLW2901
        if number % 11 == 0 and home.owners:
            home = home._replace(owners=[drawn.person()])  # noqa: PLW2901
        again.append(home)
    again += [Home("99", "1单元", f"{at}01", 88.0, [drawn.person()]) for at in (1, 2, 3)]
    return Laid([_listed(again)], again)


def _listed(homes: list[Home]) -> Sheet:
    lines: list[list[Cell]] = [["楼栋", "单元", "房号", "建筑面积(㎡)", *_PERSON]]
    for home in homes:
        lines += lines_of(home, [f"{home.building}栋", home.unit, home.room, home.area])
    return Sheet("业主信息", lines)


def renumbering(rng: Random, rows: int) -> Laid:
    """Old and new house numbers (新旧房号对照表) for the houses of --kind sent: unit 1 counts from
    the other side now."""
    lines: list[list[Cell]] = [["旧房号", "新房号"]]
    for home in homes_of(rng, rows):
        if home.unit == "1单元":
            old = f"{home.building}栋1单元{home.room}"
            lines.append(
                [old, f"{home.building}栋1单元{home.room[:-2]}{9 - int(home.room[-1]):02d}"]
            )
    return Laid([Sheet("新旧房号对照", lines)], [])


CONTENTS: dict[str, tuple[str, Callable[[Random, int], Laid]]] = {
    "addresses": ("the house in one cell, in every spelling, some to be refused", addresses),
    "headers": ("headers with units, hints, whose and which; repeated and blank ones", headers),
    "people": ("several owners in a cell; agents, relatives, tenants", people),
    "documents": ("every kind of document, phone and plate, right and wrong", documents),
    "sent": ("a plain list, the first version of resent", sent),
    "resent": ("the same list again, with changes, other owners, houses missing and new", resent),
    "renumbering": ("old and new numbers of the houses of sent", renumbering),
}
"""Kind → what it is, and what fills it: a random source and a number of houses."""
