"""What policy says of repair tickets: limits, escalation, working time, words that tell (3.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from pcloud_cli.i18n import N_, _
from pcloud_cli.services.policy_rules import switch, texts, whole
from pcloud_cli.services.ticket.calendar import hours, own_day


class UrgentKind(NamedTuple):
    """One kind of emergency: its name, minutes until somebody is there, words that tell of it."""

    name: str
    minutes: int
    words: tuple[str, ...]


_URGENT = re.compile(r"\s*([^:：]{1,20})[:：]\s*(\d{1,3})\s*[:：]\s*(\S.*)")


def urgent_kind(text: str) -> UrgentKind | None:
    """Return the kind of emergency that ``name: minutes: word word …`` says, None for nonsense."""
    found = _URGENT.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= 240:
        return None
    return UrgentKind(found[1].strip(), int(found[2]), tuple(found[3].split()))


def _urgent_shape(text: str) -> str | None:
    if urgent_kind(text) is not None:
        return None
    return _("each must be like name: minutes: words, with 1 to 240 minutes")


def fault_words(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Return code and words of ``code: word word …``, None for nonsense."""
    code, _mark, words = text.replace("：", ":").partition(":")
    return (code.strip(), tuple(words.split())) if code.strip() and words.split() else None


def _fault_shape(text: str) -> str | None:
    return None if fault_words(text) is not None else _("each must be like code: words")


WORKING_CLOCKS = ("arrive", "complete", "confirm")
"""The limits that may count working time; accepting and assigning never wait (3.2.2)."""


def _hours_shape(text: str) -> str | None:
    return None if hours(text) is not None else _("each must be like 09:00-18:00, within one day")


def _day_shape(text: str) -> str | None:
    return None if own_day(text) is not None else _("each must be like 2026-02-20: off, or on")


@dataclass(frozen=True)
class TicketPolicy:
    """Repair tickets: how long each step may take, and who hears of it when it takes longer."""

    enter_minutes: int = whole(
        10, N_("minutes from a call until it must be entered"), least=1, most=10
    )
    accept_minutes: int = whole(
        30, N_("minutes until a ticket must be accepted and assigned"), least=1, most=30
    )
    urgent_accept_minutes: int = whole(
        5, N_("minutes until an urgent ticket must be accepted and assigned"), least=1, most=30
    )
    take_minutes: int = whole(
        30, N_("minutes until the technician must have taken it"), least=5, most=480
    )
    urgent_take_minutes: int = whole(
        5, N_("minutes until the technician must have taken an urgent one"), least=1, most=60
    )
    arrive_minutes: int = whole(
        240, N_("minutes until somebody must be there, without an appointment"), least=15, most=4320
    )
    urgent_arrive_minutes: int = whole(
        30, N_("minutes until somebody must be there, where it is urgent"), least=5, most=240
    )
    complete_hours: int = whole(24, N_("hours until the repair must be done"), least=1, most=720)
    urgent_complete_hours: int = whole(
        8, N_("hours until an urgent repair must be done"), least=1, most=72
    )
    confirm_hours: int = whole(
        72, N_("hours until a silent reporter counts as no longer asked"), least=24, most=720
    )
    pause_days: int = whole(30, N_("days that a ticket may be paused at most"), least=1, most=180)
    reopen_days: int = whole(7, N_("days in which a ticket may be opened again"), least=1, most=90)
    reopen_dissatisfied: bool = switch(
        True, N_("whether a repair rated 1 or 2 is opened again by itself")
    )
    callback_tries: int = whole(
        3, N_("calls at most to ask a reporter how content they are"), least=1, most=10
    )
    warn_percent: int = whole(
        80, N_("percent of a limit after which its handler is warned"), least=10, most=95
    )
    supervisor_percent: int = whole(
        25, N_("percent of a limit beyond it after which the supervisor hears"), least=0, most=100
    )
    manager_percent: int = whole(
        100, N_("percent of a limit beyond it after which the manager hears"), least=1, most=400
    )
    repeat_hours: int = whole(
        24, N_("hours after which what is still late is told again"), least=1, most=168
    )
    working_clocks: tuple[str, ...] = texts(
        (),
        N_("limits of normal tickets that count working time only, not day and night"),
        lambda: WORKING_CLOCKS,
    )
    working_hours: tuple[str, ...] = texts(
        ("09:00-18:00",), N_("working hours of a day, in the community's zone"), shape=_hours_shape
    )
    working_every_day: bool = switch(
        False, N_("whether weekends and public holidays are worked, too")
    )
    working_days: tuple[str, ...] = texts(
        (), N_("days that differ from the public calendar, worked or not"), shape=_day_shape
    )
    urgent_kinds: tuple[str, ...] = texts(
        (
            "水浸: 30: 水浸 水淹 被淹 淹了 爆管 水管+爆 管子+爆 管道+爆 软管+爆 暖气+爆 喷水 "
            "跑水 水漫 发大水 进水 漏水+严重 漏水+很大 漏水+止不住 往楼下漏 漏到楼下 "
            "flood flooded flooding burst",
            "断电: 30: 断电 停电 没电 全黑 漏电 触电 跳闸+推不上 blackout power+cut no+power",
            "燃气: 15: 燃气 煤气 天然气 gas",
            "困人: 30: 困人 被困 困在 关人 关在电梯 电梯+出不来 电梯+夹 反锁+老人 反锁+孩子 "
            "反锁+小孩 反锁+起不来 trapped lift+stuck elevator+stuck",
            "火情: 10: 着火 冒烟 起火 火花 烧焦 焦味 糊味 fire smoke burning sparks",
            "坠物: 30: 坠物 坠落 高空 砸到 砸中 砸伤 砸坏+车 掉+砸 外墙+掉 外墙+脱落 玻璃+掉 "
            "井盖+没 井盖+缺 井盖+丢",
        ),
        N_("kinds of emergency: name, minutes until somebody is there, words; a+b: both"),
        shape=_urgent_shape,
    )

    fault_words: tuple[str, ...] = texts(
        (
            "plumbing: 水管 爆管 跑水 漏水 滴水 水龙头 角阀 管子 堵塞 堵了 下水",
            "plumbing: 反水 马桶 地漏 水表 没水 停水 leak leaking drain tap toilet pipe",
            "wiring: 跳闸 没电 停电 断电 插座 开关 电线 电表 灯+坏 灯+不亮 漏电 socket power fuse",
            "weak_current: 门禁 对讲 可视 监控 网络 宽带 电视信号 intercom camera",
            "lift: 电梯 困人 轿厢 lift elevator",
            "gas: 燃气 煤气 天然气 gas",
            "waterproofing: 渗水 渗漏 防水 屋面 外墙 发霉 天花板+水 楼上+漏 seep",
            "openings: 门锁 门窗 窗户 玻璃 合页 入户门 door window lock",
            "masonry: 墙砖 瓷砖 空鼓 开裂 脱落 墙皮 tile crack",
            "fire: 消防 烟感 喷淋 消火栓 灭火器 sprinkler",
            "hvac: 空调 暖气 地暖 供暖 不热 heating radiator",
            "public: 路灯 路灯+坏 路灯+不亮 井盖 道路 绿化 垃圾 围栏 健身器材 道闸 barrier",
        ),
        N_("words that tell of a fault type: its code, words; a+b: both"),
        shape=_fault_shape,
    )

    def faults(self) -> dict[str, tuple[str, ...]]:
        """Return the words that tell of each fault type, by its code."""
        found = (fault_words(text) for text in self.fault_words)
        words: dict[str, tuple[str, ...]] = {}
        for code, given in (each for each in found if each is not None):
            words[code] = words.get(code, ()) + given
        return words

    def urgent(self) -> dict[str, UrgentKind]:
        """Return the kinds of emergency by name."""
        kinds = (urgent_kind(text) for text in self.urgent_kinds)
        return {kind.name: kind for kind in kinds if kind is not None}
