"""Two people at the same work at the same moment: one does it, the other is told."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli import whole
from tests.cli.processes import Launcher, Running, wait_until
from tests.cli.program import Answer, Program
from tests.integration.workbooks import row, write

_MAKER, _COLLEAGUE = "KF001", "R-CUSTOMER-SERVICE"
_CHECKER, _OTHER = "KF002", "R-CUSTOMER-SERVICE-LEAD"
_MANY = 3_000
_BY_COMMAND = {
    "approve": ("--yes",),
    "apply": (),
}


def _loaded(program: Program, processes: Launcher, book: Path, *, approved: bool = True) -> str:
    """Load a workbook, and approve it; return the batch's number."""
    told = processes.run(program, "import", "load", book, "-c", "CH", "-o", "json", by=_MAKER)
    assert told.code == 0, told.err
    number = str(told.data["number"])
    if approved:
        assert processes.run(program, "import", "approve", number, "--yes", by=_CHECKER).code == 0
    return number


def _stopped_while_writing(program: Program, running: Running) -> bool:
    """Stop a process in the middle of its transaction; return whether it was met there."""
    wait_until(lambda: not running.runs or whole.is_writing(program), "it writes")
    running.freeze()
    if running.runs and whole.is_writing(program):
        return True
    running.thaw()
    return False


def _both(program: Program, processes: Launcher, verb: str, number: str) -> tuple[Answer, Answer]:
    """Let two people decide on a batch, the second while the first is in the middle of it."""
    words = ("import", verb, number, *_BY_COMMAND[verb], "-o", "json")
    first = processes.start(program, *words, by=_CHECKER)
    met = _stopped_while_writing(program, first)
    second = processes.start(program, *words, by=_OTHER)
    if met:
        first.thaw()
    return first.answer(), second.answer()


def test_of_two_who_approve_and_apply_at_once_one_does_it_and_the_other_is_told(
    site: Program, processes: Launcher
) -> None:
    book = whole.write_csv(site.home / "list.csv", 2_000)
    number = _loaded(site, processes, book, approved=False)
    for verb, note in (("approve", "approved before"), ("apply", "applied before")):
        told = _both(site, processes, verb, number)
        assert [each.code for each in told] == [0, 0], told
        assert sorted(each.data["already"] for each in told) == [False, True]
        for each in told:
            assert (note in each.err) == each.data["already"]
    found = whole.live(site)
    assert (found["house"], found["owner"], found["ownership"]) == (2_000, 2_000, 2_000)
    actions = [
        each["action"] for each in site.run("audit", "list", "-o", "json", by="R-AUDITOR").data
    ]
    assert (actions.count("import.approve"), actions.count("import.apply")) == (1, 1)
    whole.must_hold(site)


def test_who_loads_a_file_that_somebody_is_loading_is_told_to_wait(
    site: Program, processes: Launcher
) -> None:
    book = whole.write_csv(site.home / "list.csv", _MANY)
    words = ("import", "load", str(book), "-c", "CH", "-o", "json")
    first = processes.start(site, *words, by=_MAKER)
    wait_until(lambda: whole.states(site) == ["loading"], "it is being loaded")
    first.freeze()
    writing = whole.is_writing(site)
    # behind sudo is another person: what runs is told by the process and not by the name
    second = processes.run(site, *words, by=_COLLEAGUE, variables={"SUDO_USER": "qian"})
    other = whole.write_csv(site.home / "other.csv", 3, first=30_001)
    meanwhile = (
        processes.run(site, "import", "load", other, "-c", "CH", by=_COLLEAGUE)
        if not writing
        else None
    )
    shown = [each["state"] for each in site.run("import", "list", "-o", "json", by=_MAKER).data]
    first.thaw()
    assert (second.code, second.error["code"]) == (75, "locked")
    # stopped in the middle of writing, it lets nobody so far as to see the batch
    assert writing or "1" in second.error["message"]
    assert meanwhile is None or meanwhile.code == 0
    assert "loading" in shown
    done = first.answer()
    assert (done.code, done.data["new"], done.data["already"]) == (0, _MANY, False)
    again = processes.run(site, *words, by=_COLLEAGUE)
    assert (again.code, again.data["already"]) == (0, True)
    assert set(whole.states(site)) == {"pending"}
    assert whole.stray_rows(site) == 0
    whole.must_hold(site)


def test_two_who_begin_to_load_the_same_file_at_once_load_it_once(
    site: Program, processes: Launcher
) -> None:
    for attempt in range(4):
        book = whole.write_csv(site.home / f"{attempt}.csv", 40, first=1 + 40 * attempt)
        words = ("import", "load", str(book), "-c", "CH", "-o", "json")
        both = [processes.start(site, *words, by=who) for who in (_MAKER, _COLLEAGUE)]
        told = [each.answer() for each in both]
        done = [each for each in told if each.code == 0]
        assert [each.data["already"] for each in done].count(False) == 1, told
        for each in told:
            if each.code:
                assert (each.code, each.error["code"]) == (75, "locked")
        assert whole.states(site).count("pending") == attempt + 1
    assert set(whole.states(site)) == {"pending"}
    whole.must_hold(site)


def test_two_lists_with_the_same_houses_and_people_applied_at_once_make_each_once(
    site: Program, processes: Launcher
) -> None:
    rows = [row(n) for n in range(1, 400)]
    numbers = [
        _loaded(site, processes, write(site.home / f"{count}.xlsx", rows[: len(rows) - count]))
        for count in range(2)
    ]
    both = [
        processes.start(site, "import", "apply", number, "-o", "json", by=who)
        for number, who in zip(numbers, (_CHECKER, _OTHER), strict=True)
    ]
    told = [each.answer() for each in both]
    assert sorted(each.code for each in told) == [0, 6], told
    second = next(each for each in told if each.code == 6)
    assert second.data["skipped"] >= 398
    found = whole.live(site)
    assert [found[table] for table in ("house", "owner", "owner_phone", "ownership")] == [399] * 4
    assert len(set(whole.rows(site))) == 399
    whole.must_hold(site)


def test_who_waits_too_long_for_another_is_told_to_come_back(
    site: Program, processes: Launcher
) -> None:
    number = _loaded(site, processes, whole.write_csv(site.home / "list.csv", 5))
    with whole.held(site):
        told = processes.run(site, "import", "apply", number, "-o", "json", by=_CHECKER, patience=1)
    assert (told.code, told.error["code"]) == (75, "locked")
    assert (told.out, json.loads(told.err.splitlines()[-1])["error"]["hint"] != "") == ("", True)
    assert processes.run(site, "import", "apply", number, by=_CHECKER).code == 0
