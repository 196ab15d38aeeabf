"""`pcloud import undo`: asked, shown, approved, refused, doubled, killed and crossed."""

from __future__ import annotations

import csv
import io
import random
import threading
import time
from pathlib import Path

from tests.cli import whole
from tests.cli.processes import Launcher, wait_until
from tests.cli.program import Program
from tests.integration.workbooks import row, write

_MAKER = "KF001"
_ASKER, _SECOND = "KF002", "R-CUSTOMER-SERVICE-LEAD"
_FEW = 400
_ROUNDS = 6


def _brought_in(program: Program, book: Path) -> None:
    """Load, approve and apply."""
    told = program.run("import", "load", book, "-c", "CH", "-o", "json", by=_MAKER)
    assert told.code == 0, told.err
    number = str(told.data["number"])
    for words in (("approve", number, "--yes"), ("apply", number)):
        done = program.run("import", *words, by=_ASKER)
        assert done.code == 0, done.err


def test_a_batch_is_asked_about_shown_and_taken_back(office: Program) -> None:
    book = write(office.home / "list.xlsx", [row(1), row(2)])
    _brought_in(office, book)
    tried = office.run("import", "undo", "1", "--dry-run", "-o", "json", by=_ASKER)
    assert (tried.code, tried.data["houses"], tried.data["kept"]) == (0, 2, 0)
    nobody = office.run("import", "approve", "1", "--undo", "--yes", "-o", "json", by=_SECOND)
    assert (nobody.code, nobody.error["code"]) == (5, "not_asked")
    mute = office.run("import", "undo", "1", by=_ASKER)
    assert (mute.code, "--reason" in mute.err) == (2, True)
    asked = office.run("import", "undo", "1", "--reason", "导错小区", by=_ASKER)
    assert asked.code == 0
    assert "Houses to remove" in asked.out
    assert "pcloud import approve 1 --undo" in asked.err
    assert "pcloud import show 1 --undo" in office.run("import", "show", "1", by=_SECOND).err
    shown = office.run("import", "show", "1", "--undo", "-o", "json", by=_SECOND).data
    assert (shown["undo"], shown["why"], shown["state"]) == ("pending", "导错小区", "applied")
    plain = office.run("import", "approve", "1", "--yes", by=_SECOND)
    assert (plain.code, "--undo" in plain.err) == (5, True)
    own = office.run("import", "approve", "1", "--undo", "--yes", "-o", "json", by=_ASKER)
    assert (own.code, own.error["code"]) == (4, "own_entry")
    assert office.run("import", "approve", "1", "--undo", by=_SECOND).code == 2
    done = office.run("import", "approve", "1", "--undo", "--yes", "-o", "json", by=_SECOND)
    assert (done.code, done.data["state"], done.data["owners"]) == (0, "undone", 2)
    assert whole.live(office)["house"] == whole.live(office)["owner"] == 0
    for words, by in ((("approve", "1", "--undo", "--yes"), _SECOND), (("undo", "1"), _ASKER)):
        again = office.run("import", *words, "--reason", "再试", by=by)
        assert (again.code, "taken back before" in again.err) == (0, True)
    listed = office.run("import", "list", "-o", "json", by=_ASKER).data
    assert [each["state"] for each in listed] == ["undone"]
    _brought_in(office, book)
    assert whole.states(office) == ["undone", "applied"]
    assert whole.live(office)["house"] == 2
    whole.must_hold(office)


def test_at_a_terminal_it_is_shown_and_asked_in_the_users_language(office: Program) -> None:
    _brought_in(office, write(office.home / "first.xlsx", [row(1), row(2)]))
    _brought_in(office, write(office.home / "second.xlsx", [row(1, room="901")]))
    chinese = {"PCLOUD_LANG": "zh"}
    asked = office.run(
        "import", "undo", "1", stdin="导错小区\n", by=_ASKER, terminal=True, variables=chinese
    )
    assert asked.code == 0, asked.err
    for text in ("将移除的房屋", "钱小乙", "别的批次或别人绑定了它"):
        assert text in asked.out
    refused = office.run("import", "approve", "1", "--undo", stdin="n\n", by=_SECOND, terminal=True)
    assert refused.code != 0
    assert "Houses to remove" in refused.out
    assert whole.live(office)["house"] == 3
    done = office.run("import", "approve", "1", "--undo", stdin="y\n", by=_SECOND, terminal=True)
    assert done.code == 0, done.err
    assert whole.live(office)["house"] == 1


def test_what_stays_can_be_listed_for_a_spreadsheet(office: Program) -> None:
    _brought_in(office, write(office.home / "first.xlsx", [row(1), row(2)]))
    _brought_in(office, write(office.home / "second.xlsx", [row(1, room="901")]))
    assert office.run("import", "undo", "1", "--reason", "试", by=_ASKER).code == 0
    told = office.run("import", "show", "1", "--undo", "-o", "csv", by=_SECOND)
    (line,) = list(csv.DictReader(io.StringIO(told.out.removeprefix("\ufeff"))))
    assert (line["Owner"], line["Row"], line["Fields or batch"]) == ("钱小乙", "2", "2")
    assert line["What stays"] == "owner"


def test_a_refusal_and_a_withdrawal_leave_the_batch_as_it_is(office: Program) -> None:
    _brought_in(office, write(office.home / "list.xlsx", [row(1)]))
    assert office.run("import", "undo", "1", "--reason", "试", by=_ASKER).code == 0
    other = office.run("import", "undo", "1", "--withdraw", "-o", "json", by=_SECOND)
    assert (other.code, other.error["code"]) == (4, "not_maker")
    told = office.run("import", "undo", "1", "--withdraw", "-o", "json", by=_ASKER)
    assert (told.code, told.data["undo"]) == (0, "withdrawn")
    assert office.run("import", "undo", "1", "--reason", "试", by=_ASKER).code == 0
    told = office.run("import", "reject", "1", "--undo", "--reason", "没导错", by=_SECOND)
    assert (told.code, "rejected" in told.out, "没导错" in told.out) == (0, True, True)
    assert whole.states(office) == ["applied"]
    assert whole.live(office)["house"] == 1


def test_a_taking_back_killed_at_any_moment_is_done_whole_when_it_was_run_again(
    site: Program, processes: Launcher
) -> None:
    nothing = whole.live(site)
    book = whole.write_csv(site.home / "list.csv", _FEW)
    _brought_in(site, book)
    everything, before = whole.live(site), whole.files(site)
    chance = random.Random(7)
    killed = 0
    for by, words in (
        (_ASKER, ("import", "undo", "1", "--reason", "试", "-o", "json")),
        (_SECOND, ("import", "approve", "1", "--undo", "--yes", "-o", "json")),
    ):
        begun = time.monotonic()
        assert processes.run(site, *words, "--dry-run", by=by).code == 0
        takes = time.monotonic() - begun
        for part in range(_ROUNDS):
            running = processes.start(site, *words, by=by)
            # a moment like any other: nothing is to depend on it
            threading.Event().wait(takes * (part + chance.random()) / _ROUNDS)
            killed += running.kill()
            assert whole.live(site) in (nothing, everything)
            assert (whole.states(site) == ["undone"]) == (whole.live(site) == nothing)
        assert processes.run(site, *words, by=by).code == 0
    assert killed > 0
    assert (whole.live(site), whole.states(site)) == (nothing, ["undone"])
    whole.must_hold(site)
    assert whole.files(site) == before


def test_two_who_ask_or_approve_at_once_are_told_who_was_faster(
    site: Program, processes: Launcher
) -> None:
    _brought_in(site, whole.write_csv(site.home / "list.csv", 2_000))
    assert site.run("import", "undo", "1", "--reason", "试", by=_ASKER).code == 0
    words = ("import", "approve", "1", "--undo", "--yes", "-o", "json")
    first = processes.start(site, *words, by=_SECOND)
    wait_until(lambda: not first.runs or whole.is_writing(site), "it writes")
    second = processes.start(site, *words, by=_SECOND)
    told = first.answer(), second.answer()
    assert [each.code for each in told] == [0, 0], told
    assert sorted(each.data["already"] for each in told) == [False, True]
    assert whole.live(site)["house"] == 0
    whole.must_hold(site)


def test_a_list_applied_while_another_is_taken_back_leaves_no_half_of_either(
    site: Program, processes: Launcher
) -> None:
    _brought_in(site, whole.write_csv(site.home / "list.csv", 1_500))
    # half of the people of the first list come again, for other houses
    book = write(
        site.home / "again.xlsx",
        [[*cells[:2], f"9{cells[2]}", *cells[3:]] for cells in whole.book_rows(750)],
    )
    told = site.run("import", "load", book, "-c", "CH", "-o", "json", by=_MAKER)
    assert told.code == 0, told.err
    assert site.run("import", "approve", "2", "--yes", by=_ASKER).code == 0
    assert site.run("import", "undo", "1", "--reason", "试", by=_ASKER).code == 0
    undoing = processes.start(
        site, "import", "approve", "1", "--undo", "--yes", "-o", "json", by=_SECOND
    )
    wait_until(lambda: not undoing.runs or whole.is_writing(site), "it writes")
    applying = processes.start(site, "import", "apply", "2", "-o", "json", by=_ASKER)
    undone, applied = undoing.answer(), applying.answer()
    found = whole.live(site)
    if undone.code == 0:  # it was first: who leant on what went is left out
        assert (applied.code, applied.data["skipped"]) == (6, 750), applied
        assert found["house"] == found["ownership"] == 0
    else:  # what was shown is no longer what would be done
        assert (undone.code, undone.error["code"]) == (5, "content_changed")
        assert (applied.code, found["house"]) == (0, 2_250)
    whole.must_hold(site)


def test_who_may_not_ask_is_told_before_being_asked_why(office: Program) -> None:
    _brought_in(office, write(office.home / "list.xlsx", [row(1)]))
    refused = office.run("import", "undo", "1", by="R-AUDITOR", terminal=True)
    assert refused.code == 4
    assert "Why" not in refused.err
    unknown = office.run("import", "undo", "9", by=_ASKER, terminal=True)
    assert unknown.code == 3
