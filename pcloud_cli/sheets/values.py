"""The small vocabularies of a register: sex, kinds of house, status, owner, ID (3.1.1).

Every function takes a cell and returns a `Value`: the code that is stored, ``''`` where the cell
is empty or unknown, and the code of the problem, ``''`` where there is none.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from pcloud_cli.sheets.characters import is_blank, plain, simplified


class Value(NamedTuple):
    """A judged cell: `value` in its stored form, `code` of the problem, or ``''`` for either."""

    value: str
    code: str = ""


def _table(words: dict[str, str]) -> dict[str, str]:
    return {word.upper(): code for code, line in words.items() for word in line.split()}


_SEX = _table({"male": "男 男性 男士 先生 M MALE", "female": "女 女性 女士 小姐 F FEMALE"})

_HOUSE_KINDS = _table(
    {
        "residence": "住宅 住宅房 成套住宅 非成套住宅 电梯洋房 集体宿舍 宿舍 公租房 廉租房 "
        "保障房 保障性住房 "
        "经济适用房 限价房 人才房 普通住宅 商品住宅 商品房 住房 高层 小高层 高层住宅 小高层住宅 "
        "多层 多层住宅 超高层 洋房 花园洋房 公寓 公寓住宅 住宅公寓 居住 居民 安置房 回迁房 "
        "RESIDENCE RESIDENTIAL",
        "shop": "商铺 临街商铺 商业用途 商业 底商 门面 门面房 门市 店面 店铺 铺位 商业网点 "
        "网点 商服 商业用房 "
        "沿街商铺 商业铺 SHOP RETAIL COMMERCIAL",
        "office": "办公 写字楼 办公楼 办公室 办公用房 商务办公 OFFICE",
        "storage": "储藏室 储藏间 储物间 储藏 地下室 地下储藏室 杂物间 仓库 仓储 STORAGE",
        "villa": "别墅 排屋 叠加 叠加别墅 四合院 独栋 独栋别墅 联排 联排别墅 双拼 双拼别墅 "
        "叠拼 叠拼别墅 叠墅 合院 VILLA",
        "other": "其他 其它 配套 社区用房 配电房 设备用房 公建配套 物业用房 架空层 幼儿园 "
        "会所 OTHER",
    }
)

_HOUSE_STATUS = _table(
    {
        "unsold": "未售 自持 销控 保留 未销售 待售 未出售 在售 自留 UNSOLD",
        "sold": "已售未交 已签约 已网签 已备案 已售 已售未交付 未交付 未交房 未收楼 未收房 "
        "已销售 待交付 未领房 SOLD",
        "vacant": "空置 空置房 空房 空关 已交未住 未入住 已交付未入住 已交房未入住 "
        "已收楼未入住 闲置 "
        "VACANT",
        "decorating": "装修 装修中 在装修 正在装修 DECORATING",
        "occupied": "自住 自用 已入伙 入伙 已入住 入住 居住 在住 业主自住 常住 OCCUPIED",
        "let": "出租 租 出租房 已出租 租住 在租 租赁 LET RENTED",
    }
)

_OWNER_KINDS = _table(
    {
        "person": "个人 主业主 第一业主 自然人 私人 业主 产权人 户主 房主 业主本人 本人 "
        "PERSON INDIVIDUAL",
        "company": "公司 政府 机关 事业单位 企业 单位 法人 机构 非自然人 组织 企业法人 "
        "公司业主 单位业主 COMPANY",
        "co_owner": "共有人 共有权人 次业主 第二业主 共同共有人 共有产权人 产权共有人 CO-OWNER",
        "tenant": "租户 租客 承租人 租赁户 TENANT",
        "family": "家属 丈夫 妻子 夫 妻 儿子 女儿 子 女 父亲 母亲 父 母 祖父 祖母 孙子 孙女 "
        "兄弟 姐妹 亲戚 家庭成员 亲属 配偶 子女 父母 FAMILY",
        "agent": "代理人 委托人 受托人 AGENT",
        "developer": "开发商 建设单位 发展商 开发商自持 DEVELOPER",
    }
)

_ID_TYPES = _table(
    {
        "resident_id": "身份证 临时身份证 居民身份证 二代身份证 二代证 第二代身份证 身份证号 "
        "公民身份证 "
        "大陆身份证 身份证件 RESIDENT_ID IDCARD",
        "hkmt_permit": "港澳通行证 台湾通行证 来往大陆通行证 回乡证 港澳居民来往内地通行证 "
        "台湾居民来往大陆通行证 台胞证 "
        "港澳台通行证 来往内地通行证 港澳居民通行证 HKMT_PERMIT",
        "hkmt_residence": "港澳台居民居住证 港澳居民居住证 台湾居民居住证 居住证 HKMT_RESIDENCE",
        "passport": "护照 外籍护照 外国人护照 中国护照 外国护照 普通护照 PASSPORT",
        "foreign_residence": "外国人永久居留身份证 永居证 外国人永居证 绿卡 外国人永久居留证 "
        "永久居留证 外国人居留证 "
        "永久居留身份证 FOREIGN_RESIDENCE",
        "uscc": "统一社会信用代码 营业执照 社会信用代码 信用代码 组织机构代码 组织机构代码证 "
        "企业代码 USCC",
        "officer": "军官证 士兵证 警官证 文职干部证 军人证 士官证 OFFICER",
        "other": "其他 其它 其他证件 其它证件 台湾身份证 出生证明 出生医学证明 驾照 "
        "港澳身份证 香港身份证 澳门身份证 户口本 户口簿 驾驶证 OTHER",
    }
)


@lru_cache(maxsize=1024)
def _word(text: str) -> str:
    return simplified(plain(text)).upper().replace(" ", "").strip("()（）[]。.:")


def _judged(text: str, table: dict[str, str], code: str) -> Value:
    if not text or is_blank(text):
        return Value("")
    found = table.get(_word(text))
    return Value(found) if found else Value("", code)


@lru_cache(maxsize=1024)
def judge_sex(text: str) -> Value:
    """Return ``male`` or ``female``; else problem ``sex_unreadable``."""
    return _judged(text, _SEX, "sex_unreadable")


@lru_cache(maxsize=1024)
def judge_house_kind(text: str) -> Value:
    """Return ``residence``, ``shop``, ``office``, ``storage``, ``villa`` or ``other``; else "
        "problem
    ``house_kind_unknown``."""
    return _judged(text, _HOUSE_KINDS, "house_kind_unknown")


@lru_cache(maxsize=1024)
def judge_house_status(text: str) -> Value:
    """Return ``unsold``, ``sold``, ``vacant``, ``decorating``, ``occupied`` or ``let``; else
    problem ``house_status_unknown``."""
    return _judged(text, _HOUSE_STATUS, "house_status_unknown")


@lru_cache(maxsize=1024)
def judge_owner_type(text: str) -> Value:
    """Return what the person of the row is: ``person`` or ``company`` (owners), ``co_owner``,
    ``tenant``, ``family``, ``agent`` or ``developer``; else problem ``owner_type_unknown``."""
    return _judged(text, _OWNER_KINDS, "owner_type_unknown")


@lru_cache(maxsize=1024)
def judge_id_type(text: str) -> Value:
    """Return the code of a document (``resident_id``, ``passport``, ``uscc`` …); else problem
    ``id_type_unknown``."""
    return _judged(text, _ID_TYPES, "id_type_unknown")
