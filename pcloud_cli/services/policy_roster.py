"""What policy says of the roster: its words, and how many must be on shift (3.2.2)."""

from __future__ import annotations

from dataclasses import dataclass

from pcloud_cli.i18n import N_, _
from pcloud_cli.services.policy_rules import texts, whole
from pcloud_cli.sheets.roster_words import ShiftWord, plain, shift_word


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
