"""The steps of the guide, in order: who types what, and which of it is drawn."""

from __future__ import annotations

from typing import NamedTuple

CLERK, LEAD = "KF001", "KF002"


class Step(NamedTuple):
    """One call: the line as it is typed, by whom, and what is typed when it asks. `hidden` steps
    lead from one picture to the next."""

    line: str
    by: str = ""
    typed: str = ""
    hidden: bool = False


class Scene(NamedTuple):
    """One picture: its file's name (``''``: none is drawn), its title in each language, its
    calls."""

    name: str
    title: dict[str, str]
    steps: tuple[Step, ...]


SCENES = (
    Scene(
        "check",
        {"en": "Checking a workbook", "zh": "检查业主清册"},
        (Step("pcloud import check 7号楼.xlsx"),),
    ),
    Scene(
        "parse",
        {"en": "How addresses are understood", "zh": "看房屋地址怎样理解"},
        (Step("pcloud house parse 一期3#-2-301 A座12层1201 '3栋2单元301、302' 3-301 3月1日"),),
    ),
    Scene(
        "ask",
        {"en": "A header that is asked about", "zh": "不确定的表头会提问"},
        (
            Step(
                "pcloud import load 一期.xlsx -c HP --developer 云州置业", CLERK, "2\n2\n1\n1\n1\n"
            ),
        ),
    ),
    Scene(
        "profile",
        {"en": "What a developer's headers mean", "zh": "记住开发商的表头"},
        (Step("pcloud import profile show 云州置业", CLERK),),
    ),
    Scene(
        "load",
        {"en": "Loading", "zh": "导入"},
        (
            Step(
                "pcloud import load 7号楼.xlsx -c HP --developer 湖畔置业"
                " --handover-note 移交单2026-03",
                CLERK,
                "\n\n",
            ),
            Step("pcloud import errors 2 --source 7号楼.xlsx --out 7号楼-请改.xlsx", CLERK),
        ),
    ),
    Scene(
        "approve",
        {"en": "The second person looks, approves and applies", "zh": "第二人复核、审批、生效"},
        (
            Step("pcloud import show 2", LEAD),
            Step("pcloud import approve 2 --reason 抽查无误 --yes", LEAD),
            Step("pcloud import apply 2", LEAD),
        ),
    ),
    Scene(
        "again",
        {"en": "The mended list, compared with what is there", "zh": "改好的清册与现有数据比对"},
        (
            Step("pcloud import load 7号楼-改.xlsx -c HP --developer 湖畔置业", CLERK, "\n\n"),
            Step("pcloud import show 3", LEAD),
        ),
    ),
    Scene(
        "",
        {},
        (
            Step("pcloud import approve 1 --yes", LEAD),
            Step("pcloud import apply 1", LEAD),
            Step("pcloud import approve 3 --yes", LEAD),
            Step("pcloud import apply 3", LEAD),
        ),
    ),
    Scene(
        "missing",
        {"en": "What is still missing of owners", "zh": "业主待补资料"},
        (Step("pcloud owner missing list -c HP", CLERK),),
    ),
    Scene(
        "renumber",
        {"en": "Old and new house numbers", "zh": "新旧房号对照"},
        (Step("pcloud house renumber --map 对照表.xlsx -c HP", CLERK),),
    ),
    Scene(
        "report",
        {"en": "The report", "zh": "业主构成报表"},
        (Step("pcloud report show owners -c HP", LEAD),),
    ),
)
