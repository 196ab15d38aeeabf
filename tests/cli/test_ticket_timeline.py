"""The history in `ticket show` says to people what its JSON says to programs."""

from __future__ import annotations

import pytest

from tests.cli.program import Program
from tests.cli.tickets import DESK, LEAD, TECHNICIAN, step, submitted, taken

_WIDE = {"COLUMNS": "240"}


def _shown(program: Program, number: int) -> str:
    return program.run("--lang", "zh", "ticket", "show", str(number), by=DESK, variables=_WIDE).out


def _line(shown: str, *parts: str) -> str:
    """Return the one line in which all of `parts` stand."""
    (found,) = (line for line in shown.splitlines() if all(part in line for part in parts))
    return found


def _appoint(program: Program, number: int, begins: str, until: str) -> None:
    words = ("appoint", str(number), "--from", begins, "--until", until)
    assert program.run("ticket", *words, by=DESK).code == 0


def test_an_appointment_and_its_moving_are_told_apart_with_their_times(site: Program) -> None:
    number = taken(site)
    _appoint(site, number, "2026-03-02 09:00", "2026-03-02 11:00")
    _appoint(site, number, "2026-03-03 14:00", "2026-03-03 16:00")
    first, second = (
        line for line in _shown(site, number).splitlines() if "约" in line and "至" in line
    )
    assert "预约" in first
    assert "2026-03-02 09:00" in first
    assert "改约" in second
    assert "2026-03-03 16:00" in second


def test_until_when_a_pause_runs_is_shown(site: Program) -> None:
    number = taken(site)
    words = ("pause", str(number), "--until", "2026-03-04 09:00", "--reason", "等配件")
    assert site.run("ticket", *words, by=TECHNICIAN).code == 0
    assert "2026-03-04 09:00" in _line(_shown(site, number), "等配件")


def test_what_was_decided_of_the_responsibility_is_shown(site: Program) -> None:
    number = taken(site)
    step(site, number, "responsibility --to 物业 --reason 公区", by=DESK)
    (line,) = (
        line for line in _shown(site, number).splitlines() if "责任" in line and "公区" in line
    )
    assert "物业" in line
    assert site.run("firm", "add", "恒通电梯维保", by=LEAD).code == 0
    words = (
        "--to",
        "第三方维保",
        "--firm",
        "恒通",
        "--promised",
        "2026-03-09 18:00",
        "--reason",
        "合同",
    )
    assert site.run("ticket", "responsibility", str(number), *words, by=DESK).code == 0
    (line,) = (line for line in _shown(site, number).splitlines() if "合同" in line)
    assert "2026-03-09 18:00" in line


@pytest.mark.parametrize(("fault", "says"), [(None, "据内容"), ("wiring", "故障类型")])
def test_that_the_content_chose_the_fault_type_is_shown(
    site: Program, fault: str | None, says: str
) -> None:
    number = submitted(site)
    step(site, number, f"accept --fault {fault}" if fault else "accept", by=DESK)
    (line,) = (
        line for line in _shown(site, number).splitlines() if "故障类型" in line and "KF001" in line
    )
    assert says in line
    assert ("据内容" in line) is (fault is None)
