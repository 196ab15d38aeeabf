"""Made-up people and companies, with numbers that pass their check digits (GB 11643, GB 32100).

Names, birthdays and serial numbers are drawn at random; nobody is meant by them.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

_DIVISIONS = (
    "110105 110108 120101 130102 140102 150102 210102 220104 230103 310104 310112 320106 330106 "
    "340104 350203 360102 370102 410105 420106 430104 440104 440102 450103 460100 510103 510101 "
    "520102 530102 540102 610113 620102 630104 640104 650102"
).split()
_MONTHS = [f"{month:02d}" for month in range(1, 13)]
_PREFIXES = (
    "130 131 132 133 134 135 136 137 138 139 145 147 149 150 151 152 153 155 156 157 158 159 166 "
    "171 172 173 175 176 177 178 180 181 182 183 185 186 187 188 189 191 193 195 198 199"
).split()
_SURNAMES = (
    *(
        "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    ),
    *("欧阳", "司马", "诸葛", "上官", "慕容"),
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华文建国志红梅玉兰春秀云峰雪晨宇浩轩子涵梓萱思琪若曦嘉怡"
    "俊凯博鑫雨桐诗婷佳欣泽楷书豪清妍乐瑶"
)
_RARE = "喆堃翀䶮燚淼犇曌龑𬀩"
_MINORITY_GIVEN = ("阿依古丽", "古丽娜尔", "买买提", "热合曼", "迪丽拜尔", "央金", "扎西", "尼玛")
_MINORITY_LAST = ("艾山", "吐尔逊", "卡德尔", "肉孜", "多吉", "卓玛", "次仁", "帕尔哈提")
_TOWNS = ("云州", "江陵", "海宁", "南溪", "北川", "明州", "青溪", "临湖")
_TRADES = ("商贸", "置业", "餐饮管理", "信息技术", "建材", "物流", "文化传播", "医药连锁")
_WEIGHTS_ID = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ALPHABET_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS_USCC = tuple(3**place % 31 for place in range(17))


class Person(NamedTuple):
    """A made-up owner, as a list shows one: texts, and `id_type` as the list words it."""

    name: str
    sex: str
    id_type: str
    id_number: str
    phone: str


def check_character(first_17: str) -> str:
    """Return the 18th character of a resident's ID number (GB 11643: mod 11, weights 2^(18-i))."""
    total = 0
    for digit, weight in zip(first_17, _WEIGHTS_ID, strict=True):
        total += int(digit) * weight
    return "10X98765432"[total % 11]


def check_character_uscc(first_17: str) -> str:
    """Return the 18th character of a unified social credit code (GB 32100: mod 31, weights 3^i)."""
    total = sum(
        _ALPHABET_USCC.index(sign) * weight
        for sign, weight in zip(first_17, _WEIGHTS_USCC, strict=True)
    )
    return _ALPHABET_USCC[-total % 31]


class People:
    """Draws people and companies from `rng`."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._below = rng.randrange
        self._divisions = _DIVISIONS

    def _pick(self, items: tuple[str, ...] | list[str] | str) -> str:
        return items[int(self._rng.random() * len(items))]

    def person(self) -> Person:
        """Return a person with a resident's ID card."""
        male = self._rng.random() < 0.5
        return Person(
            self.name(),
            "男" if male else "女",
            "身份证",
            self.resident_id(male=male),
            self.mobile(),
        )

    def name(self) -> str:
        """Return a name: mostly two or three characters, some with a ·, a few with a rare one."""
        dice = self._rng.random()
        if dice < 0.02:
            return f"{self._pick(_MINORITY_GIVEN)}·{self._pick(_MINORITY_LAST)}"
        if dice < 0.024:
            return self._pick(_SURNAMES) + self._pick(_RARE)
        if dice < 0.22:
            return self._pick(_SURNAMES) + self._pick(_GIVEN)
        return self._pick(_SURNAMES) + self._pick(_GIVEN) + self._pick(_GIVEN)

    def mobile(self) -> str:
        """Return a mobile number of 11 digits."""
        return f"{self._pick(_PREFIXES)}{int(self._rng.random() * 1e8):08d}"

    def landline(self) -> str:
        """Return a landline number with its area code."""
        area = self._pick(("571", "731", "755", "25", "28"))
        return f"0{area}-{self._below(20_000_000, 90_000_000)}"

    def resident_id(self, *, male: bool, cross: bool = False) -> str:
        """Return an 18-character ID number; one that ends in X where `cross`."""
        while True:
            first = self._seventeen(male)
            check = check_character(first)
            if not cross or check == "X":
                return first + check

    def resident_id_15(self, *, male: bool) -> str:
        """Return an ID number of the form before 1999: 15 digits, year in two, no check."""
        first = self._seventeen(male)
        return f"{first[:6]}{self._below(35, 80)}{first[10:17]}"

    def _seventeen(self, male: bool) -> str:
        draw = self._rng.random
        year = 1940 + int((draw() + draw()) * 33)  # few very young or old: 1940 to 2005
        serial = int(draw() * 499) * 2 + (1 if male else 2)
        return (
            f"{self._pick(self._divisions)}{year}{self._pick(_MONTHS)}"
            f"{1 + int(draw() * 28):02d}{serial:03d}"
        )

    def company(self) -> Person:
        """Return a company with its unified social credit code."""
        first = f"91{self._pick(self._divisions)}MA{self._below(10**6, 10**7)}"
        own = self._pick(_GIVEN) + self._pick(_GIVEN)
        name = f"{self._pick(_TOWNS)}{own}{self._pick(_TRADES)}有限公司"
        code = first + check_character_uscc(first)
        return Person(name, "", "统一社会信用代码", code, self.mobile())

    def visitor(self) -> Person:
        """Return a person with a passport or a permit of Hong Kong."""
        sex = self._pick(("男", "女"))
        if self._rng.random() < 0.5:
            number = f"H{self._below(10**7, 10**8)}"
            return Person(self.name(), sex, "港澳居民来往内地通行证", number, self.mobile())
        name = f"{self._pick(('John', 'Anna', 'Maria', 'David'))} {self._pick(('Miller', 'Rossi'))}"
        return Person(name, sex, "护照", f"E{self._below(10**7, 10**8)}", self.mobile())
