"""The words of a house address: what marks a section, a building, a unit, a floor, a room."""

from __future__ import annotations

import re

STEMS = "甲乙丙丁戊己庚辛壬癸"
SIDES = "东西南北中"

BUILDING_STEM = (
    rf"(?:[A-Z]{{0,2}}\d{{1,4}}[A-Z甲乙丙丁]?|[A-Z]{{1,2}}|[{STEMS}]"
    rf"|(?<![\u4e00-\u9fff])[{SIDES}])"
)
UNIT_STEM = rf"(?:\d{{1,2}}[A-Z]?|[A-Z]\d?|[{STEMS}{SIDES}])"
ROOM = r"(?:负|[A-Z]{1,2})?\d{1,5}[A-Z]?(?:\d{2})?"
_ROOM_MARK = r"(?:号房间?|号室|室|户|号|房间?)"
_ALONE = r"(?<![A-Z0-9])(?<![A-Z0-9]-)"

BUILDING = re.compile(
    rf"{_ALONE}({BUILDING_STEM})\s*(号?(?:住宅)?楼栋?(?=\s*-?{UNIT_STEM}(?:单元|门))"
    r"|号(?:住宅)?楼|[号#]?[栋幢座]楼?|#楼?)"
)
"""A building with a mark of its own; a bare 楼 is one only before a unit, else it is a floor."""

NUMBER_BUILDING = re.compile(rf"{_ALONE}({BUILDING_STEM})\s*号(?![院楼栋幢座房室铺地库门线])")
"""A building that is only called 号: so in Shanghai; elsewhere that is the compound."""

ROAD_END = re.compile(r"(?:路|街|道|巷|胡同|条|线)\s*$")
LOT_END = re.compile(r"(?<![路街道巷弄里村\d])\d+号\s*$")
LANE_END = re.compile(r"\d弄\s*$")

_CITY = "[河城市浦港湖海江山关安]"

SECTION_END = re.compile(
    rf"(?:(?:第?[{SIDES}]?(?<![A-Z0-9])(?:\d{{1,3}}|[A-Z])"
    rf"|(?<!^{_CITY})(?<!市{_CITY})(?<!省{_CITY})[{SIDES}]{{1,2}})"
    rf"(?:期|区|组团|地块|标段)|[{SIDES}][苑园院里庭])(?:[\s\-·.,]*)$"
)
"""The section at the end of what stands before the building. 河东区 and its like are
districts of a city where they open the address or follow 市, and no sections."""

PHASE = re.compile(r"(?<![A-Z0-9])(\d{1,2}期)(?!.*\d期)")
"""A phase further ahead of the building."""

DASHED = re.compile(rf"{_ALONE}({BUILDING_STEM})#?-({UNIT_STEM})#?-(?=[^\s-])")
"""Building, unit and what follows, parted by dashes alone."""
PAIR = re.compile(rf"{_ALONE}({BUILDING_STEM})-(?={ROOM})")

UNIT = re.compile(rf"({UNIT_STEM})\s*(?:单元|门|座|梯)")
FLOOR = re.compile(r"((?:负|-|地下)?\d{1,2}[A-Z]?|B\d)(?:层|楼|F(?![A-Z0-9]))")
UNIT_DASH = re.compile(
    r"(\d{1,2}|[A-Z])-(?=\d{3,5}|\d{1,2}[A-Z]\d{2}|(?P<floor>[1-9]\d?)-(?P=floor)\d\d(?!\d))"
)
FLOOR_DASH = re.compile(r"([1-9]\d?)-(?=\1\d\d(?!\d))")
"""A floor that the room after it repeats: ``3-301``."""
DASHED_LEVEL = re.compile(r"\s*-\s*(\d{1,2})层")
DEEPEST = 4
"""No basement has more floors."""
LEVEL_END = re.compile(r"(?:地下|负|-?\d层|车库|上叠|下叠|叠上|叠下|阁楼)\s*$")
"""What stands before a building and makes it no ordinary one."""
SIDE_ROOM = re.compile(
    rf"([{SIDES}左右前后]{{1,2}}[户室套]?)(?:单位|边户|边套|房|号)?|([A-Z])(?:单位|室|户|房|座|号)?"
)
"""A room that only its side or a letter names; it needs a floor."""
BODY = re.compile(rf"({ROOM})(-(?:\d{{1,2}}|[A-Z])(?![0-9A-Z]))?(?:\s*({_ROOM_MARK}))?")
SHOP = re.compile(
    r"(商铺|底商|门面房?|门市房?|店面|店铺|铺位|铺|网点|商网|商服|商业(?:用房|网点)?"
    r"|[沿临]街(?:商铺|门面房?|门市房?)?|(?<![^栋幢楼座号元层 #-])商(?=\d))\s*"
    rf"({ROOM}(?:-\d{{1,2}}(?!\d))?)?号?"
)
_SHOP = r"(?:商铺|底商|门面房?|门市房?|店面|店铺|铺面|铺位|铺|网点|商服|商业)"
SHOP_AFTER = re.compile(rf"({ROOM})[号#]?{_SHOP}(?=$|[\s(])")
SHOP_ALONE = re.compile(rf"\s*{_SHOP}\s*(?:\(.*\))?")
STORAGE = re.compile(
    r"((?:地下)?(?:储藏室|储藏间|储物间|杂物间|储物室)|地下室)\s*" rf"({ROOM})?号?"
)
OFFICE = re.compile(rf"(写字楼|办公[楼室]?)\s*({ROOM})室?")
HOME = re.compile(rf"(住宅|公寓)\s*({ROOM})[室号]?")
WORDED = re.compile(r"(架空层|物业用房|社区用房|会所|幼儿园|门卫室)")
KINDS = (
    (SHOP, "shop"),
    (STORAGE, "storage"),
    (OFFICE, "office"),
    (HOME, "residence"),
    (WORDED, ""),
)
VILLA = re.compile(
    r"(独栋|联排|双拼|叠拼|叠加|叠墅|合院|别墅)(?:别墅)?\s*([A-Z]{0,2}\d{1,3})(?:号|栋|幢|#)?"
    rf"(?:-?({ROOM})(?:室|号)?)?"
)
VILLA_AFTER = re.compile(rf"({BUILDING_STEM})(?:号|栋|幢|#)?(独栋|联排|双拼|叠拼|叠墅|合院|别墅)")

PARKING = re.compile(r"车位|车库|停车位")
NOTE_END = re.compile(r"[(\[【]\s*([^()\[\]【】]{1,8}?)\s*[)\]】]\s*$")
ELSEWHERE = re.compile(r"[期区栋幢]|组团|单元")
"""What a remark in brackets may not hold: it could be another house."""
LAYOUT = re.compile(
    r"^\s*(?:复式|跃层|跃式|错层|大?平层|顶跃|底跃|顶复|底复|楼中楼|LOFT)(?:楼|房)?"
)
"""How a flat is built; no part of its number."""
NOTE = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
METER = re.compile(r"智能水表|水表|电表|燃气表|热量表|暖气表")
SIGNIFICANT = re.compile(
    r"[A-Z0-9]|储|车|阁楼|地下|夹层|商铺|门面|铺|附|之|隔壁|旁|对面|至|到|与|及|和"
)
"""What may not stand in the rest of an address: it could make it another house."""

ROOM_SEPARATORS = re.compile(r"\s*[、,;/&+和及]\s*")
HOUSE_SEPARATORS = re.compile(r"\s*[、,;/&+\n和及]\s*")

_MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC"
DATE_DAMAGE = re.compile(
    rf"(?:(?:19|20)\d\d(?P<part>[-/.])\d{{1,2}}(?P=part)\d{{1,2}}|(?:19|20)\d\d[-/]\d{{1,2}}"
    r"|(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日?|\d{1,2}/\d{1,2}/(?:\d\d){1,2}"
    rf"|\d{{1,2}}[-/ ](?:{_MONTHS})(?:[-/ ]\d{{2,4}})?|(?:{_MONTHS})[-/ ]\d{{1,4}})"
    r"(?:[ T]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?"
)
"""What a spreadsheet makes of ``1-2`` when it takes it for a date."""
NUMBER_DAMAGE = re.compile(r"\d(?:\.\d+)?E\+\d+|\d+\.\d*E\d+|\d+\.\d*[1-9]\d*|#[A-Z/0]+[!?]?|#+")
"""Numbers that a spreadsheet wrote in its own way (``3.01E+02``), and its error values."""

NUMERAL_MARKS = r"\s*(?:期|区|栋|幢|座|号|单元|门|梯|层|楼|室|户|房|组团|地块|标段|#|弄|$)"
"""What stands after a Chinese numeral that counts something."""
