"""What policy can say, section by section: shipped values, and how far each may go (2.1.1, 2.1.3).

A section is a frozen dataclass whose fields carry their rule: policy may ask for more than the
regulation does, never for less. To add a section, write its dataclass and name it in `SECTIONS`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, TypeVar

from pcloud_cli.i18n import N_, _
from pcloud_cli.security.permissions import ROLES
from pcloud_cli.services.policy_rules import META, Rule, switch, texts, whole
from pcloud_cli.services.policy_warranty import WarrantyPolicy
from pcloud_cli.services.ticket.calendar import hours, own_day
from pcloud_cli.sheets.roster_words import ShiftWord, plain, shift_word

T = TypeVar("T")


@dataclass(frozen=True)
class AccountPolicy:
    """Accounts and their passwords."""

    password_min_length: int = whole(8, N_("fewest characters of a password"), least=8, most=64)
    password_history: int = whole(
        5, N_("how many former passwords cannot be taken again"), least=5, most=24
    )
    first_password_hours: int = whole(72, N_("hours until a first password ends"), least=1, most=72)
    screen_secret: bool = switch(
        True, N_("whether a first password may be shown on the screen, as a recorded exception")
    )


ANOMALIES = ("burst", "new_host", "new_os_user", "two_places", "odd_hour", "dormant")
"""The rules that find an abnormal login (2.1.3)."""


@dataclass(frozen=True)
class LoginPolicy:
    """Logins, how long they last, and which are abnormal."""

    session_hours: int = whole(12, N_("hours until a login ends"), least=1, most=24)
    session_idle_minutes: int = whole(120, N_("idle minutes until a login ends"), least=5, most=720)
    shared_idle_minutes: int = whole(
        10, N_("idle minutes until a login at a shared computer ends"), least=1, most=10
    )
    free_tries: int = whole(
        5, N_("failed logins until an account is locked for a while"), least=1, most=10
    )
    longest_lock_minutes: int = whole(
        60, N_("minutes that the longest such lock lasts"), least=15, most=1440
    )
    dormant_days: int = whole(
        90, N_("days without a login that make an account dormant"), least=7, most=365
    )
    rules: tuple[str, ...] = texts(
        ANOMALIES, N_("rules that report an abnormal login"), lambda: ANOMALIES
    )
    shared_hosts: tuple[str, ...] = texts(
        (), N_("registered shared computers, by host name or address")
    )
    night_from: int = whole(20, N_("hour at which the rostered night begins"), least=0, most=23)
    night_until: int = whole(8, N_("hour at which the rostered night ends"), least=0, most=23)
    second_factor_roles: tuple[str, ...] = texts(
        (), N_("roles whose holders need a second factor"), lambda: ROLES
    )


CONTACT_FIELDS = ("phones", "mailing_address", "emergency", "handler_name", "handler_phone")
"""The fields of an owner that customer service may change within limits (2.1.2)."""


@dataclass(frozen=True)
class OwnerPolicy:
    """What customer service may change of an owner."""

    contact_fields: tuple[str, ...] = texts(
        CONTACT_FIELDS,
        N_("fields of an owner that customer service may change; the others need more"),
        lambda: CONTACT_FIELDS,
    )


def _shift_shape(text: str) -> str | None:
    if shift_word(text) is not None:
        return None
    return _("each must be like words: day, night or standby: 08:00-20:00")


@dataclass(frozen=True)
class RosterPolicy:
    """The roster: what the words of its cells mean, and how many must be on shift."""

    shifts: tuple[str, ...] = texts(
        (
            "白 白班 日班 D: day: 08:00-20:00",
            "夜 夜班 N: night: 20:00-08:00",
            "早 早班 A: day: 07:00-15:00",
            "中 中班 B: day: 15:00-23:00",
            "晚 晚班 C: night: 23:00-07:00",
            "常 常白 常日 正常 正常班 行政 行政班: day: 08:30-17:30",
            "值 值班 24 24小时: day: 08:00-08:00",
            "备 备班 备勤 听班 待命 S: standby: 18:00-08:00",
        ),
        N_("what a shift's words mean: words, kind, from when until when"),
        shape=_shift_shape,
    )
    rest_words: tuple[str, ...] = texts(
        (
            "休",
            "休息",
            "公休",
            "轮休",
            "补休",
            "调休",
            "假",
            "休假",
            "年假",
            "病假",
            "事假",
            "婚假",
            "产假",
            "丧假",
            "工伤",
            "OFF",
            "R",
            "X",
            "×",
            "/",
            "-",
            "—",
            "－",
            "○",
        ),
        N_("words of a roster that mean no shift"),
    )
    least_on_shift: int = whole(
        1, N_("how many technicians must be on shift at any moment"), least=1, most=50
    )
    skills_always: tuple[str, ...] = texts(
        ("plumbing", "wiring"), N_("skills of which one technician must be on shift at any moment")
    )
    open_limit: int = whole(
        8, N_("open tickets that a technician gets at most, where nothing else is set"),
        least=1, most=100,
    )  # fmt: skip

    def words(self) -> dict[str, ShiftWord]:
        """Return what each word of a cell means, by the word as `roster_words.plain` leaves it."""
        known = (shift_word(text) for text in self.shifts)
        return {plain(word): one for one in known if one is not None for word in one.words}

    def rest(self) -> frozenset[str]:
        """Return the words that mean no shift."""
        return frozenset(plain(word) for word in self.rest_words)


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
            "水浸: 30: 水浸 爆管 跑水 漏水严重 水漫 flood burst",
            "断电: 30: 断电 停电 跳闸起火 漏电 blackout",
            "燃气: 15: 燃气 煤气 天然气泄漏 gas",
            "困人: 30: 困人 被困 关人 trapped",
            "火情: 10: 着火 冒烟 起火 fire smoke",
        ),
        N_("kinds of emergency: name, minutes until somebody is there, words"),
        shape=_urgent_shape,
    )

    fault_words: tuple[str, ...] = texts(
        (
            "plumbing: 水管 爆管 跑水 漏水 滴水 水龙头 角阀 堵塞 下水 马桶 地漏 水表 没水 停水",
            "plumbing: leak drain tap toilet",
            "wiring: 跳闸 没电 停电 断电 插座 开关 电线 电表 灯不亮 漏电 socket power fuse",
            "weak_current: 门禁 对讲 可视 监控 网络 宽带 电视信号 intercom camera",
            "lift: 电梯 困人 轿厢 lift elevator",
            "gas: 燃气 煤气 天然气 gas",
            "waterproofing: 渗水 渗漏 防水 屋面 外墙 发霉 seep",
            "openings: 门锁 门窗 窗户 玻璃 合页 入户门 door window lock",
            "masonry: 墙砖 瓷砖 空鼓 开裂 脱落 墙皮 tile crack",
            "fire: 消防 烟感 喷淋 消火栓 灭火器 sprinkler",
            "hvac: 空调 暖气 地暖 供暖 不热 heating radiator",
            "public: 路灯 道路 绿化 垃圾 围栏 健身器材 道闸 barrier",
        ),
        N_("words that tell of a fault type: its code, words"),
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


@dataclass(frozen=True)
class SweepPolicy:
    """How long what waits for somebody may lie before they are told."""

    approval_hours: int = whole(
        24, N_("hours until who may approve is told of what waits"), least=1, most=168
    )
    apply_hours: int = whole(
        24, N_("hours until who may apply is told of an approved workbook"), least=1, most=168
    )
    again_hours: int = whole(
        48, N_("further hours until they are told once more"), least=1, most=336
    )


@dataclass(frozen=True)
class NoticePolicy:
    """When owners may be written to."""

    quiet_from: int = whole(
        21, N_("hour from which owners get no routine message"), least=18, most=21
    )
    quiet_until: int = whole(
        8, N_("hour until which owners get no routine message"), least=8, most=12
    )


@dataclass(frozen=True)
class AttachmentPolicy:
    """How large attachments may be, and how many one thing may have (3.2.1)."""

    photo_megabytes: int = whole(20, N_("megabytes that a photo may have"), least=1, most=100)
    video_megabytes: int = whole(200, N_("megabytes that a video may have"), least=1, most=2000)
    document_megabytes: int = whole(20, N_("megabytes that a PDF may have"), least=1, most=200)
    most_photos: int = whole(30, N_("how many photos one thing may have"), least=1, most=500)
    most_videos: int = whole(5, N_("how many videos one thing may have"), least=1, most=50)
    most_documents: int = whole(10, N_("how many PDFs one thing may have"), least=1, most=100)


SECTIONS: Mapping[str, type[Any]] = {
    "account": AccountPolicy,
    "login": LoginPolicy,
    "owner": OwnerPolicy,
    "roster": RosterPolicy,
    "ticket": TicketPolicy,
    "sweep": SweepPolicy,
    "attachment": AttachmentPolicy,
    "warranty": WarrantyPolicy,
    "notice": NoticePolicy,
}
"""Every section by the name that files and commands use."""


def name_of(section: type[Any]) -> str:
    """Return the name of a section's class."""
    return next(name for name, known in SECTIONS.items() if known is section)


def rules(section: type[Any]) -> dict[str, Rule]:
    """Return the rule of each value of a section, in order."""
    return {one.name: one.metadata[META] for one in fields(section)}


def content(values: Any) -> dict[str, Any]:
    """Return a section's values as plain JSON."""
    named = {one.name: getattr(values, one.name) for one in fields(values)}
    return {key: list(one) if isinstance(one, tuple) else one for key, one in named.items()}


def made(section: type[T], given: Mapping[str, Any]) -> T:
    """Return a section of the values `given`; what is not given, or cannot be, is as shipped.

    A version kept from an older program may lack values, or say what can no longer be.
    """
    known = rules(section)
    values = {
        key: tuple(one) if isinstance(one, list) else one
        for key, one in given.items()
        if key in known and known[key].problem(one) is None
    }
    return section(**values)
