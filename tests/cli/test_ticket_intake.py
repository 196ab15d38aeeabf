"""What the backend of an app hands over: each reference once, bad lines kept, the rest taken."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.program import Answer, Program
from tests.cli.tickets import DESK, TECHNICIAN, must_hold, one, step, with_houses

APP = "R-APP-BACKEND"
_SERIAL = itertools.count(1)


def _report(reference: str, **more: Any) -> dict[str, Any]:
    return {
        "reference": reference,
        "community": "CH",
        "public": "地下车库",
        "contact": "王女士",
        "phone": "13800001234",
        "content": "水管漏水",
        "submitted_at": "2026-03-01T15:58:00+08:00",
        **more,
    }


def _lines(*found: Any) -> str:
    return "".join(
        f"{each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)}\n"
        for each in found
    )


def _intake(program: Program, text: str, *words: str, by: str = APP) -> Answer:
    return program.run("ticket", "intake", *words, "-o", "json", stdin=text, by=by)


def _all(program: Program) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program.run("ticket", "list", "-o", "json", by=DESK).data
    return found


def _completed(program: Program, number: int) -> None:
    for by, words in (
        (DESK, "accept"),
        (DESK, f"assign --to {TECHNICIAN}"),
        (TECHNICIAN, "take"),
        (TECHNICIAN, "arrive"),
        (TECHNICIAN, "complete --note 好了"),
    ):
        step(program, number, words, by=by)


def test_a_report_is_taken_once_however_often_it_comes(site: Program) -> None:
    text = _lines(_report("A-1"), _report("A-2", fault_type="给排水", urgent="水浸"))
    first, again = _intake(site, text), _intake(site, text)
    assert (first.code, again.code) == (0, 0), first.err
    assert [each["result"] for each in first.data] == ["taken", "taken"]
    assert [each["result"] for each in again.data] == ["already", "already"]
    assert [each["number"] for each in again.data] == [each["number"] for each in first.data]
    plain, urgent = sorted(_all(site), key=lambda each: int(each["number"]))
    assert (plain["channel"], plain["urgency"], plain["late_entry"]) == ("app", "normal", False)
    assert (urgent["fault_type"], urgent["urgent_kind"]) == ("plumbing", "水浸")
    assert plain["called_at"].startswith("2026-03-01T07:58")
    must_hold(site)


def test_bad_lines_are_told_and_kept_and_the_rest_is_taken(site: Program, tmp_path: Path) -> None:
    kept = tmp_path / "failed.jsonl"
    bad = ['{"reference": ', json.dumps(_report("B-2", room="301"), ensure_ascii=False)]
    text = _lines(_report("B-1"), bad[0], "", bad[1], _report("B-3", phone="123"), _report("B-4"))
    answer = _intake(site, text, "--failed", str(kept))
    assert answer.code == 6
    failed = [each for each in answer.data if each["result"] == "failed"]
    assert [each["line"] for each in failed] == [2, 4, 5]
    assert "room" in failed[1]["error"]["message"]
    assert kept.read_text().splitlines()[:2] == bad
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(_all(site)) == 2
    # mended, and run again into the same file
    kept.write_text(_lines(_report("B-2"), _report("B-3")))
    mended = site.run("ticket", "intake", str(kept), "--failed", str(kept), by=APP)
    assert mended.code == 0, mended.err
    assert kept.read_text() == ""
    assert len(_all(site)) == 4


def test_each_of_many_kinds_of_bad_line_has_its_reason(site: Program) -> None:
    for bad in (
        "[]",
        "null",
        "[" * 5000,
        '{"reference": "C-1", "reference": "C-2"}',
        '{"reference": NaN}',
        "\udcff{}",
        {"content": "没有编号"},
        _report(""),
        _report("C-3", channel="phone"),
        _report("C-3", submitted_at="昨天" * 2),
        _report("C-3", submitted_at="2026-03-02T16:00:00+08:00"),
        _report("C-3", content=" "),
        _report("C-3", content=["漏水"]),
        _report("C-3", urgent=3),
        _report("C-3", fault_type="飞碟"),
        _report("C-3", community="XX"),
        _report("C-3", house="3-2-301", public=None),
        _report("C-3", content="漏" * 70_000),
        {"reference": "C-9", "confirm": {"score": 5}},
        {"reference": "C-9", "confirm": {"score": 6}},
        {"reference": "C-9", "confirm": {"score": True}},
        {"reference": "C-9", "confirm": {"score": 5}, "urge": {}},
        {"reference": "C-9", "confirm": {"stars": 5}},
    ):
        answer = _intake(site, _lines(bad))
        assert answer.code == 6, bad
        (row,) = answer.data
        assert row["error"]["message"], bad
        assert row["error"]["code"] != "defect", bad
    assert _all(site) == []


def test_the_owner_confirms_urges_and_reopens_in_the_app(site: Program) -> None:
    from tests.cli.tickets import with_houses

    with_houses(site)
    house = _report("D-1", house="1-1-1002", public=None)
    assert _intake(site, _lines(house, {"reference": "D-1", "urge": True})).code == 0
    number = _all(site)[0]["number"]
    assert one(site, number)["urged"] == 1
    _completed(site, number)
    confirm = {"reference": "D-1", "confirm": {"score": 2, "note": "还在滴"}, "id": "e1"}
    reopen = {"reference": "D-1", "reopen": {"reason": "还在滴"}, "id": "e2"}
    assert _intake(site, _lines(confirm)).code == 0
    found = one(site, number)
    assert (found["state"], found["score"], found["confirm_source"]) == ("accepted", 2, None)
    # it is open again by its score already: what the owner says beside is not lost
    assert _intake(site, _lines(reopen)).code == 0
    found = one(site, number)
    assert (found["state"], found["urged"]) == ("accepted", 2)
    assert found["timeline"][-1]["note"] == "还在滴"
    for by, words in (
        (DESK, f"assign --to {TECHNICIAN}"),
        (TECHNICIAN, "take"),
        (TECHNICIAN, "arrive"),
        (TECHNICIAN, "complete --note 换新"),
    ):
        step(site, number, words, by=by)
    again = _intake(site, _lines(house, confirm, reopen, {"reference": "D-1", "urge": True}))
    assert [each["result"] for each in again.data] == ["already"] * 4
    assert one(site, number)["state"] == "completed", "what was said before is not said again"
    must_hold(site)


def test_public_work_is_not_confirmed_from_the_app(site: Program) -> None:
    _intake(site, _lines(_report("E-1")))
    number = _all(site)[0]["number"]
    _completed(site, number)
    refused = _intake(site, _lines({"reference": "E-1", "confirm": {"score": 5}}))
    assert (refused.code, refused.data[0]["error"]["code"]) == (6, "public_work")
    assert _intake(site, _lines({"reference": "E-1", "reopen": {"reason": "没修好"}})).code == 0


def test_only_the_backend_speaks_for_the_app(site: Program) -> None:
    for by in (DESK, "R-SYSTEM-ADMIN", TECHNICIAN):
        assert _intake(site, _lines(_report("F-1")), by=by).code == 4
    words = ["-c", "CH", "--public", "车库", "--content", "灯不亮", "--channel", "app"]
    refused = site.run("ticket", "submit", *words, "-o", "json", by=DESK)
    assert (refused.code, refused.error["code"]) == (4, "not_from_app")
    assert site.run("ticket", "list", by=APP).code == 4
    assert _all(site) == []


def test_what_was_urged_on_a_joined_report_reaches_the_one_that_goes_on(site: Program) -> None:
    _intake(site, _lines(_report("G-1"), _report("G-2")))
    main, other = sorted(each["number"] for each in _all(site))
    assert site.run("ticket", "link", str(other), "--to", str(main), by=DESK).code == 0
    assert _intake(site, _lines({"reference": "G-2", "urge": {"note": "还没人来"}})).code == 0
    assert one(site, main)["urged"] == 1


def test_a_dry_run_takes_nothing_and_keeps_nothing(site: Program, tmp_path: Path) -> None:
    kept = tmp_path / "failed.jsonl"
    text = _lines(_report("H-1"), {"reference": "H-1", "urge": {}}, "{")
    answer = _intake(site, text, "--dry-run", "--failed", str(kept))
    assert [each["result"] for each in answer.data] == ["taken", "taken", "failed"]
    assert not kept.exists()
    assert _all(site) == []


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=10), st.integers(1, 4))
def test_any_interleaving_of_repeats_gives_each_reference_once(
    site: Program, order: list[int], runs: int
) -> None:
    season = next(_SERIAL)
    names = [f"{season}-{each}" for each in order]
    before = len(_all(site))
    size = -(-len(names) // runs)
    numbers: dict[str, set[int]] = {}
    taken = 0
    for at in range(0, len(names), size):
        part = _intake(site, _lines(*(_report(name) for name in names[at : at + size])))
        assert part.code == 0, part.err
        for row in part.data:
            numbers.setdefault(row["reference"], set()).add(row["number"])
            taken += row["result"] == "taken"
    assert all(len(found) == 1 for found in numbers.values())
    assert taken == len(set(names)) == len(_all(site)) - before
    must_hold(site)


def _quoted(program: Program, reference: str, material: str = "软管*2=12.5") -> int:
    """Return the number of a ticket of a house from the app that its owner pays, quoted."""
    house = program.run("house", "list", "-o", "json", by=DESK).data[0]["address"]
    line = {"reference": reference, "community": "CH", "house": house, "content": "漏水"}
    number: int = _intake(program, _lines(line)).data[0]["number"]
    for by, words in (
        (DESK, "accept"),
        (DESK, "responsibility --to 有偿 --reason 人为"),
        (DESK, f"assign --to {TECHNICIAN}"),
        (TECHNICIAN, "take"),
        (TECHNICIAN, "arrive"),
        (TECHNICIAN, f"quote --material {material}"),
    ):
        step(program, number, words, by=by)
    return number


def test_an_owner_agrees_to_the_newest_quote_in_the_app_by_its_total(site: Program) -> None:
    with_houses(site)
    number = _quoted(site, "Q-1")
    for body, code in (({}, 6), ({"total": "24.99"}, 6), ({"total": 25, "quote": 2}, 6)):
        assert _intake(site, _lines({"reference": "Q-1", "agree": body})).code == code
    assert one(site, number)["quote"]["agreed_at"] is None
    agreed = _lines({"reference": "Q-1", "agree": {"total": 25.0, "quote": 1}})
    assert _intake(site, agreed).code == 0
    quote = one(site, number)["quote"]
    assert (quote["agreed_source"], quote["agreed_at"] is None) == ("app", False)
    # another quote of the same total: the line that comes again agrees to nothing
    step(site, number, "quote --material 角阀*1=25", by=TECHNICIAN)
    again = _intake(site, agreed)
    assert again.code == 0
    assert one(site, number)["quote"]["agreed_at"] is None
    second = _lines({"reference": "Q-1", "agree": {"total": "25", "quote": 2}})
    assert _intake(site, second).code == 0
    step(site, number, "complete --note 好了 --cost 25", by=TECHNICIAN)
    must_hold(site)
