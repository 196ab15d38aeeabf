"""The words of headers: the patterns by which a column's meaning is known (3.1.1)."""

from __future__ import annotations

import re
from typing import NamedTuple

SURE, LIKELY, FALLBACK = 1, 2, 3


class Meaning(NamedTuple):
    """What one header was understood as.

    Exactly one of `field`, `candidates` and `reason` speaks: `field` with its `rank` (SURE,
    LIKELY, FALLBACK: used only where no better column has the field), `candidates` where values
    or a person must decide, `reason` (a key of REASONS) where the column is not read. `basis` is
    ``forecast``, ``surveyed`` or ``''`` for an area. `whose` is ``''`` for what is the owner's or
    the house's, else a key of WHOSE.
    """

    field: str = ""
    rank: int = SURE
    basis: str = ""
    candidates: tuple[str, ...] = ()
    reason: str = ""
    whose: str = ""


WHOSE: dict[str, str] = {
    "co_owner": "共有人|共同共有人|共有产权人|产权共有人|房屋共有人|共同权益人|共同买受人|共有权人|"
    "房屋共有权人|共有业主|共同所有人|共有者|联名业主|联名人",
    "tenant": "租户|租客|承租人|承租方|租赁人",
    "family": "家属|家庭成员|家庭人员|同住人|同住人员|配偶",
    "agent": "代理人|委托代理人|受托人|代办人",
}
"""Who else than the owner a datum may belong to, and the words that say so in a header."""
WHOSE_FIELDS: dict[str, frozenset[str]] = {
    "co_owner": frozenset({"owner_name", "sex", "birth", "id_type", "id_number", "phone"}),
    "tenant": frozenset({"tenant", "id_number", "phone"}),
    "family": frozenset({"family", "sex", "id_number", "phone"}),
    "agent": frozenset({"owner_name", "phone"}),
}
"""What is kept of each of them; a name stands in `owner_name`, `tenant` or `family`."""


OWNER = (
    "(?:业主本人|业主、住户|业主|房屋产权人|产权人|产权所有人|房屋所有权人|所有权人|房屋所有人|"
    "所有人|房主|户主|客户|住户|居民|不动产权利人|权利人|"
    "买受人|购买人|购房人|购房者|购房客户|签约人|签约客户|认购人|承购人|买方|本人|个人|登记|用户|房东|所属|"
    "房屋业主|产权所有者)"
)
OTHER = (
    "(?:租户|租客|承租人|承租方|租赁人|家属|家庭成员|家庭人员|成员|共有人|共同权益人|共同共有人|"
    "房屋共有人|共有产权人|产权共有人|共同买受人|共有权人|房屋共有权人|共有业主|共同所有人|共有者|联名业主|联名人|"
    "代理人|委托代理人|代办人|委托人|受托人|监护人|"
    "经办人|法人|法人代表|法定代表人|销售员|楼管|登记人|填表人|审核人|配偶|子女|物业|管家|置业顾问|销售|开发商|出租人|使用人|同住人)"
)
EMERGENCY = "(?:紧急|应急)(?:联系|联络)?(?:人)?"
PERSON_ITEMS: tuple[tuple[str, str], ...] = (
    (r"(?:姓名|名称|名字|全名|名)", "owner_name"),
    (r"性别", "sex"),
    (r"(?:出生日期|出生年月|出生年月日|生日)", "birth"),
    (r"(?:证件类型|证件种类|证件名称|证件类别|证照类型)", "id_type"),
    (
        r"(?:有效)?(?:公民)?(?:身份证|身份证件|身份证明|证件|护照|证照)(?:/护照|/证件)?"
        r"(?:号码|号|编号|信息|/护照)?"
        r"|(?:港澳|台湾|港澳台)?(?:居民)?(?:来往内地|来往大陆)?通行证(?:号码?)?"
        r"|(?:回乡证|台胞证|军官证|居住证)(?:号码?)?"
        r"|公民身份号码",
        "id_number",
    ),
    (
        r"(?:(?:联系|联络|移动|固定|家庭|办公|登记|常用|住宅|单位|手提|本机)?"
        r"(?:电话|手机|固话|座机|宅电)|(?:联系|联络|移动)(?:方式|号码))"
        r"(?:号码|号)?[一二三四1-9]?",
        "phone",
    ),
    (r"(?:编号|编码|代码|卡号)", "owner_number"),
    (r"(?:类型|性质|类别)", "owner_type"),
)
ITEM = "|".join(pattern for pattern, _field in PERSON_ITEMS)
BARE_ITEMS = frozenset({"owner_name", "sex", "birth", "id_type", "id_number", "phone"})


_STAFF = (
    "置业顾问|销售员?|管家|楼管|客服|登记人|填表人|审核人|法定代表人|法人代表|法人|监护人|委托人"
)
_OTHER_NUMBERS = "预售|网签|曾用|备案|推广|施工|公安|派出所|销售|合同|测绘|图纸"
"""Who else numbers houses: such a number need not be the one that the house has now."""
NUMBERED_OWNER = re.compile(
    r"第?(?P<before>[一二三四1-4甲乙丙丁])?(?P<other>主|其他|其它|次|另一)?"
    r"(?P<who>业主|产权人|权利人|买受人|购房人|房主|所有权人)(?P<after>[一二三四1-4甲乙丙丁])?(?P<item>.*)"
)
"""One of several owners who are counted: 业主2, 第二产权人身份证号, 其他业主."""


def _field(name: str, rank: int = SURE) -> Meaning:
    return Meaning(field=name, rank=rank)


def _ask(*candidates: str) -> Meaning:
    return Meaning(candidates=candidates)


def _not(reason: str) -> Meaning:
    return Meaning(reason=reason)


AREA_BASIS = (
    ("forecast", re.compile("预测|预售|预估|暂测|暂定")),
    ("surveyed", re.compile("实测|实际|产权|登记|竣工|产证|不动产证|房产证")),
)

RULES: tuple[tuple[re.Pattern[str], Meaning], ...] = tuple(
    (re.compile(f"(?:{pattern})"), meaning)
    for pattern, meaning in (
        (r"序号|编号|行号|no|序|id|序列号", _not("row_number")),
        (r".*(?:总和|合计|总计).*", _not("sum")),
        (_STAFF, _not("other_person")),
        (r"错误提示|原行号", _not("our_marks")),
        # where the house is
        (
            r"(?:所属|所在|物业)?(?:小区|园区|楼盘|社区|项目|苑区)(?:名称|名|编号|组)?|"
            r"子区域名称|物业项目",
            _field("community"),
        ),
        (r"物业|物业名称", _field("community", FALLBACK)),
        (
            r"(?:所属|所在|项目|园区)?(?:分期|组团|期数|期别|期次|期|期区|片区|地块|分区|区块|区|苑)"
            r"(?:名称|名|号)?",
            _field("section"),
        ),
        (r"(?:所属|所在)?区域(?:名称)?", _field("section", LIKELY)),
        (
            r"(?:所属|所在|绑定|自然|房屋|小区|物业|座落|坐落|现|新)?"
            r"(?:楼栋|楼宇|楼幢|楼座|栋座|座栋|栋幢|幢座|栋|幢|座|楼|大楼|栋楼|建筑物?)"
            r"(?:栋|幢)?(?:号|编号|名称|名|id|号码|编码|代码)",
            _field("building"),
        ),
        (
            r"(?:所属|所在|绑定|物业|座落|坐落)?(?:楼栋|楼宇|楼幢|楼座|栋|幢|楼|大楼|栋幢|幢栋|栋座)|"
            r"栋编号|(?:楼栋|楼宇)/区域|大厦名称|小区楼栋|楼牌号?",
            _field("building"),
        ),
        (r"座", _ask("building", "unit")),
        (f"(?:{_OTHER_NUMBERS})(?:楼栋|楼|栋|幢)(?:号|编号|名称)?|单体名称", _ask("building")),
        (r"楼栋单元|栋单元|楼单元|单元楼号?", _ask("building", "unit")),
        (
            r"(?:所属|所在|绑定)?单元(?:号|编号|名称|代码|门|/座|/分区|/门|/楼道|/梯)?|单元门牌|门栋号?",
            _field("unit"),
        ),
        (r"门洞号?|梯号?|楼道号?|楼梯号", _ask("unit")),
        (r"门号", _ask("unit", "room")),
        (
            r"(?:房屋|所在|所处|所属|名义|自然|物理|实际|标注)?(?:楼层|层)(?:号|编号)?|所在层数?|层次",
            _field("floor"),
        ),
        (r"(?:房屋)?(?:楼层数|层数)", _ask("floor")),
        (
            r"(?:楼栋?|栋|幢|座)号?[-/—+]?(?:单元|门)号?[-/—+]?(?:楼?层[-/—+]?)?"
            r"(?:房|房间|室|户|房屋)号?(?:\(.*\))?",
            _field("address"),
        ),
        (
            f"(?:{_OTHER_NUMBERS}|旧|原|老)(?:房屋|门牌)?(?:房号|门牌号?码?|室号|房间号|地址)|(?:旧|原|老)(?:房屋)?编号",
            _ask("room"),
        ),
        (r"(?:现|新)(?:房号|房间号|室号|门牌号)", _field("room", LIKELY)),
        (
            r"(?:房|室|户室|房屋室|房间|房屋|商铺|铺|铺位|门牌|房屋门牌|单元房|室内房)(?:号|号码)(?:/(?:房号|"
            r"铺位号|商铺号|室号))?"
            r"|(?:铺位号|商铺号|房号|室号)/(?:房号|铺位号|商铺号|室号)|房间|门牌|铺位|房号室号|室号部位|室",
            _field("room"),
        ),
        (r"(?:楼栋?|栋|幢|座)号?[-/—+]?(?:房|房间|室|户)号?", _field("room", LIKELY)),
        (r"户号|门户号|所属房屋", _field("room", LIKELY)),
        (r"套号|分户号", _ask("room")),
        (
            r"(?:房屋|房间|房产|房源|资源|物业|资产|住房|楼栋|楼|房源房|单元|商铺|铺位|产品)?(?:房号|"
            r"房屋编号|编号|编码|名称|全称|信息|代码)"
            r"|房屋|房源|显示名称|房产",
            _field("room", LIKELY),
        ),
        (
            r"(?:户籍|户口|常住|通讯|通信|联系|邮寄|邮政|身份证|证件|单位|公司|工作|寄件|快递|"
            r"籍贯|送达|业主|客户|住户).*(?:地址|所在地|住址|地)",
            _not("not_a_location"),
        ),
        (
            r"(?:所购)?(?:房屋|房产|物业|产权|产权证|不动产|不动产权证|专有部分|商品房|购房|房间|门牌)?(?:详细|具体)?"
            r"(?:地址|坐落|座落|位置|坐落位置|座落位置|坐落地址)",
            _field("address"),
        ),
        (r"(?:家庭|居住|现居住|现)?(?:住址|地址|住地址)", _field("address", FALLBACK)),
        (r"合同路址|路址", _ask("address")),
        # what the house is
        (
            r"(?:房屋|室内)?(?:户型|房型|户型分类|户型名称|户型编号|户型结构)|几室几厅",
            _field("house_type"),
        ),
        (
            r"(?:物业|房屋|房产|产品|规划|设计|商品房)?(?:业态|业态类型)\d?|产品类型",
            _field("house_kind"),
        ),
        (
            r"(?:物业|房屋|房产|产品|规划|设计|商品房)?(?:用途|性质)\d?",
            _ask("house_kind", "house_type"),
        ),
        (
            r"(?:房屋|物业|对象|房产|住房|建筑|资产)?(?:类型|类别|种类)|交楼类型",
            _ask("house_kind", "house_type"),
        ),
        (
            r"(?:房屋|入住|入伙|交房|收楼|收房|销售|居住|使用|住房|出售|当前|房产|房间|交付|"
            r"物业)?状态"
            r"|(?:收楼|收铺|收房|入住|销售|居住|交付|出售|使用)情况",
            _field("house_status"),
        ),
        (r"房态", _field("house_status")),
        (r"销售方式|装修(?:状态|情况)", _ask("house_status")),
        (
            r"(?:计费|收费|物业费|缴费|合同|花园|赠送|露台|车位|地下室|储藏室|购房|房款|得房)(?:建筑)?面积",
            _ask("area"),
        ),
        (
            r".*(?:公摊|分摊|共有建筑|公用).*面积.*|.*面积(?:公摊|分摊)|(?:预测|实测)?(?:公摊|分摊)",
            _field("shared_area"),
        ),
        (
            r".*(?:套内|室内|实用|使用|净).*面积.*|.*面积套内|(?:预测|实测)?套内(?:建面)?",
            _field("net_area"),
        ),
        (
            r"(?:预测|实测|实际|产权|登记|预售|预估|暂测|暂定|竣工|房屋|房产|住宅|专有部分|专有|"
            r"销售|总|产证|房产证|不动产证|产权证)*(?:(?:建筑)?面积|建面)(?:预测|实测)?",
            _field("area"),
        ),
        # rights
        (
            r".*(?:份额|占比|产权比例|持有比例|所占比例|共有比例|权属比例)|共有权情况|共有情况|"
            r"共有方式|共有类型|所有权比例|共有关系|共有性质",
            _field("share"),
        ),
        (
            r"(?:(?:与|同)(?:业主|户主|产权人|房屋)|关系|家庭|家属|成员)?(?:之间)?的?关系(?:类型)?|是否户主|是否业主|"
            r"(?:人员|身份)(?:类型|类别)|(?:业主|人员)?身份",
            _ask("owner_type", "family"),
        ),
        (f"(?:{WHOSE['co_owner']})[一二三四1-9]?", Meaning("owner_name", whose="co_owner")),
        (WHOSE["agent"], Meaning("owner_name", whose="agent")),
        # who
        (
            r"(?:登记)?(?:房屋所有权人|所有权人|业主|产权人|房屋产权人|房屋所有人|所有人|房主|户主|住户|"
            r"买受人|不动产权利人|权利人|购房人|认购人|客户|房东|购买人|购房客户|签约人|签约客户|承购人|房屋业主|"
            r"产权所有者)|业主信息|所属业主",
            _field("owner_name"),
        ),
        (r"(?:业主|客户)(?:号|id)", _field("owner_number")),
        (r"会员(?:编号|号)", _ask("owner_number")),
        (
            r"(?:收楼|收房|接房|办理|乙|签名)(?:人|方)(?:姓名)?|业主联系人(?:姓名)?",
            _ask("owner_name", "agent_name"),
        ),
        (r"(?:实际)?(?:入住|居住|使用)人(?:姓名)?", _ask("owner_name", "tenant")),
        (r"经办人(?:姓名)?", _ask("agent_name")),
        (f"经办人(?:{PERSON_ITEMS[5][0]})", _ask("agent_phone")),
        (r"男/女", _field("sex", LIKELY)),
        (f"{EMERGENCY}[1一]?(?:姓名|名字)?[1一]?", _field("emergency_name")),
        (f"{EMERGENCY}[1一]?(?:的)?(?:{PERSON_ITEMS[5][0]})", _field("emergency_phone")),
        (r"单位名称|公司名称|企业名称", _ask("owner_name")),
        (
            r"(?:统一)?(?:社会)?信用代码(?:证号?|号)?|营业执照(?:号|号码|编号)?",
            _field("id_number", LIKELY),
        ),
        (r"(?:第一|首要|主要)?联系人1?(?:姓名|名字)?", _ask("owner_name", "emergency_name")),
        (r"(?:第[二三]|备用|其他|其它)联系人|联系人[二三23]", _ask("emergency_name")),
        (
            f"(?:(?:第[一二三]|备用|其他|其它)联系人|备用|其他|其它)(?:{PERSON_ITEMS[5][0]})",
            _ask("phone", "emergency_phone"),
        ),
        (f"联系人(?:{PERSON_ITEMS[5][0]})", _ask("phone", "emergency_phone")),
        (
            r"家庭成员1?|家属1?|家属姓名|家庭成员姓名|家庭成员信息|家庭人员|同住人|同住人员|"
            r"成员信息|家属信息|配偶",
            _field("family"),
        ),
        (
            r"(?:在住|家庭|居住|常住)?(?:成员|住户|人口|人员)(?:数|数量|人数)|家庭人口|"
            r"物品放行授权人",
            _ask("family"),
        ),
        (
            r"租户|租户姓名|租户名称|租客|租客姓名|承租人|承租人姓名|租户信息|承租方|租赁人",
            _field("tenant"),
        ),
        # vehicles and dates
        (
            r"(?:占用|绑定|登记|业主|车辆|机动车)?(?:车牌|车牌号|车牌号码|牌照|牌照号|车辆牌照|车号|号牌|"
            r"号牌号码)[1-4一二三四]?|车辆|车辆号牌|"
            r"车辆信息|车辆车牌",
            _field("plate"),
        ),
        (
            r"(?:产权|固定|使用|绑定|地下|地上|地面|人防|租赁|租用|机动车|业主)?(?:车位|停车位|车库|泊位)"
            r"(?:号|编号|编码|号码|信息)?1?",
            _field("parking"),
        ),
        (
            r"停车场类型|车位类型|停车场编号|(?:储藏|储物)[室间](?:名称|号|编号)?|地下室号?|车位性质",
            _ask("parking"),
        ),
        (
            r"(?:计划|预计|应|拟).*(?:交付|交房|收楼|收房|入住|入伙|交楼).*(?:日期|时间|日)?",
            _field("handover_planned"),
        ),
        (
            r"(?:合同|约定).*(?:交付|交房|收楼|收房|入住|入伙|交楼).*(?:日期|时间|日)?",
            _field("handover_contract"),
        ),
        (
            r"(?:实际|业主|房屋|办理)?(?:交付|交房|收楼|收房|入住|入伙|交楼|接房|领房)(?:的)?(?:日期|"
            r"时间|日)",
            _field("handover_date"),
        ),
        (
            r"登记日期|起始日期|开始日期|交房出租日期|(?:领|领取|交)钥匙(?:日期|时间)|(?:移交|交接)(?:日期|时间)",
            _ask("handover_date"),
        ),
        (r"是否(?:已)?(?:入住|交房|交付|装修|出租|收房|收楼)", _ask("house_status")),
        (r"(?:客户|业主|房屋|其他|房产)?(?:备注|备注信息|备注说明|附注)1?", _field("remark")),
        (r"说明|标签|其他说明|其它说明|特殊说明|其他|其它", _field("remark", FALLBACK)),
    )
)
