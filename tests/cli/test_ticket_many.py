"""Sixteen processes at the same tickets: no step is lost, none is done twice (2.3.2)."""

from __future__ import annotations

from tests.cli.processes import Launcher
from tests.cli.program import Answer, Program
from tests.cli.tickets import DESK, TECHNICIAN, must_hold, one, submitted

_MANY, _TICKETS = 16, 4
_PATIENCE = 300
_ROUNDS = (
    (DESK, "accept"),
    (DESK, f"assign --to {TECHNICIAN}"),
    (TECHNICIAN, "take"),
)


def _at_once(
    program: Program, processes: Launcher, numbers: list[int], words: str, by: str
) -> list[Answer]:
    verb, *options = words.split()
    running = [
        processes.start(
            program,
            "ticket",
            verb,
            str(numbers[turn % len(numbers)]),
            *options,
            by=by,
            patience=_PATIENCE,
        )
        for turn in range(_MANY)
    ]
    return [each.answer() for each in running]


def test_of_many_who_do_the_same_step_at_one_moment_one_does_it(
    site: Program, processes: Launcher
) -> None:
    done = site.run("technician", "set", TECHNICIAN, "--limit", "20", by="R-MAINTENANCE-LEAD")
    assert done.code == 0, done.err
    numbers = [submitted(site) for _ in range(_TICKETS)]
    for by, words in _ROUNDS:
        ended = [each.code for each in _at_once(site, processes, numbers, words, by)]
        assert sorted(ended) == [0] * _TICKETS + [5] * (_MANY - _TICKETS)
        must_hold(site)
    for number in numbers:
        timeline = one(site, number)["timeline"]
        assert [each["step"] for each in timeline] == [
            "submit",
            *(words.split()[0] for _by, words in _ROUNDS),
        ]


def test_tickets_entered_at_one_moment_have_numbers_of_their_own(
    site: Program, processes: Launcher
) -> None:
    running = [
        processes.start(
            site,
            *("ticket", "submit", "-c", "CH", "--public", f"{turn}号路灯", "--content", "不亮"),
            by=DESK,
            patience=_PATIENCE,
        )
        for turn in range(_MANY)
    ]
    ended = [each.answer() for each in running]
    assert [each.code for each in ended] == [0] * _MANY, [each.err for each in ended]
    listed = site.run("ticket", "list", "-o", "json", by=DESK).data
    assert len({each["number"] for each in listed}) == _MANY
    must_hold(site)
