"""What the cells of a roster mean: words, times, several shifts, rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.services.policy_roster import RosterPolicy
from pcloud_cli.services.policy_sections import rules
from pcloud_cli.sheets.roster_words import KINDS, kind_of, shift_word, span, understood

POLICY = RosterPolicy()
WORDS, REST = POLICY.words(), POLICY.rest()


def _meant(text: str) -> list[tuple[str, int, int]] | None:
    found = understood(text, WORDS, REST)
    return found if found is None else [(one.kind, one.begin, one.end) for _text, one in found]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("白", [("day", 480, 1200)]),
        ("夜班", [("night", 1200, 1920)]),
        ("夜 班", [("night", 1200, 1920)]),
        ("ｄ", [("day", 480, 1200)]),
        ("早", [("day", 420, 900)]),
        ("晚", [("night", 1380, 1860)]),
        ("早/晚", [("day", 420, 900), ("night", 1380, 1860)]),
        ("早、中", [("day", 420, 900), ("day", 900, 1380)]),
        ("白夜", [("day", 480, 1200), ("night", 1200, 1920)]),
        ("8:30-17:30", [("day", 510, 1050)]),
        ("20：00—次日8：00", [("night", 1200, 1920)]),
        ("16-24", [("day", 960, 1440)]),
        ("8点至20点", [("day", 480, 1200)]),
        ("08:00-08:00", [("day", 480, 1920)]),
        ("休", []),
        ("年假", []),
        ("off", []),
        ("/", []),
        ("", []),
        ("  ", []),
    ],
)
def test_a_cell_means(text: str, meant: list[tuple[str, int, int]]) -> None:
    assert _meant(text) == meant


@pytest.mark.parametrize(
    "text", ["？", "早班换", "25:00-26:00", "8:70-9:00", "早/大", "2", "白x", "班"]
)
def test_what_means_nothing_is_said_to(text: str) -> None:
    assert _meant(text) is None


@given(st.integers(0, 1439), st.integers(0, 1440))
def test_times_written_are_times_read(begin: int, end: int) -> None:
    text = f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"
    found = span(text)
    assert found is not None
    assert found[0] == begin
    assert begin < found[1] <= begin + 1440
    assert (found[1] - end) % 1440 == 0
    assert kind_of(begin) in KINDS


@pytest.mark.parametrize(
    "text", ["白", "白: 日: 08:00-20:00", "白: day: 8", ": day: 8-9", "白 day 8-9"]
)
def test_nonsense_is_no_shift_of_policy(text: str) -> None:
    assert shift_word(text) is None
    assert rules(RosterPolicy)["shifts"].problem([text])


def test_what_is_shipped_is_what_policy_allows() -> None:
    for name, rule in rules(RosterPolicy).items():
        assert rule.problem(getattr(POLICY, name)) is None, name
    assert {one.kind for one in WORDS.values()} == set(KINDS)
    assert not set(WORDS) & REST
