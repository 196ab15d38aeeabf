"""`pcloud account` as a clerk of administration meets it: slips, the screen, questions (2.1.1)."""

from __future__ import annotations

import re
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.program import Program

PASSWORD = re.compile(r"(?<![\w-])\w{4}-\w{4}-\w{4}(?![\w-])")
BY = "R-ADMINISTRATION"


def _new(site: Program, *more: str, number: str = "KF901") -> None:
    made = site.run("account", "create", number, "王小明", *more, by=BY)
    assert made.code == 0, made.err


def test_a_slip_is_for_its_owner_alone_and_opens_the_account(site: Program, tmp_path: Path) -> None:
    for name in ("slip.txt", "slip.html"):
        path = tmp_path / name
        number = f"KF9{len(name)}"
        made = site.run("account", "create", number, "王<小>明", "--slip", str(path), by=BY)
        assert made.code == 0, made.err
        text = path.read_text(encoding="utf-8")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        found = PASSWORD.search(text)
        assert found is not None
        assert found.group() not in made.out + made.err
        assert number in text
        assert ("王<小>明" in text) == (name == "slip.txt"), "inert in HTML"
        done = site.run("login", number, "--password-stdin", stdin=found.group() + "\n", by=None)
        assert done.code == 0, done.err
        assert "nothing at all after 2026-03-04" in done.err


def test_a_dry_run_writes_no_slip_and_a_failed_one_registers_nobody(
    site: Program, tmp_path: Path
) -> None:
    path = tmp_path / "slip.txt"
    _new(site, "--slip", str(path), "--dry-run")
    assert not path.exists()
    missing = tmp_path / "no-such-folder" / "slip.txt"
    failed = site.run("account", "create", "KF901", "王小明", "--slip", str(missing), by=BY)
    assert failed.code == 1
    wrong = site.run("account", "create", "KF901", "王小明", "--slip", "slip.docx", by=BY)
    assert wrong.code == 2
    assert site.run("account", "show", "KF901", by=BY).code == 3


def test_without_a_way_nothing_is_made_and_the_ways_are_named(site: Program) -> None:
    refused = site.run("account", "create", "KF901", "王小明", by=BY)
    assert refused.code == 2
    for option in ("--contact", "--slip", "--show", "--reason"):
        assert option in refused.err
    two = site.run("account", "create", "KF901", "王小明", "--send", "--show", by=BY)
    assert two.code == 2
    unreasoned = site.run("account", "create", "KF901", "王小明", "--show", by=BY)
    assert unreasoned.code == 2
    assert "--reason" in unreasoned.err
    assert site.run("account", "show", "KF901", by=BY).code == 3


def test_on_a_terminal_what_is_missing_is_asked(site: Program, tmp_path: Path) -> None:
    path = tmp_path / "slip.txt"
    answers = f"KF901\n王小明\n客服部\n客服\n\n1\n{path}\n"
    made = site.run("account", "create", stdin=answers, terminal=True, by=BY)
    assert made.code == 0, made.err
    assert PASSWORD.search(path.read_text(encoding="utf-8"))


def test_with_a_mobile_it_is_sent_and_never_shown(site: Program) -> None:
    made = site.run(
        "account", "create", "KF901", "王小明", "--contact", "13900000001", "-o", "json", by=BY
    )
    assert made.code == 0, made.err
    assert made.data["way"] == "send"
    assert made.data["first_password"] is None
    assert not PASSWORD.search(made.out + made.err)
    assert "outbox" in made.err


def test_on_the_screen_only_with_a_reason(site: Program) -> None:
    made = site.run("account", "create", "KF901", "王小明", "--show", "--reason", "没有手机", by=BY)
    assert PASSWORD.search(made.out)
    told = site.run("audit", "list", "-o", "json", by="R-AUDITOR")
    assert told.code == 0, told.err
    shown = [event for event in told.data if event["action"] == "account.secret_shown"]
    assert [event["reason"] for event in shown] == ["没有手机"]


def test_an_employers_account_needs_its_last_day(site: Program, tmp_path: Path) -> None:
    slip = str(tmp_path / "slip.txt")
    lent = ("--employer", "安捷电梯", "--community", "CH")
    given = ("account", "create", "WB901", "赵师傅", *lent, "--slip", slip)
    refused = site.run(*given, by=BY)
    assert refused.code == 2
    assert "--ends-at" in refused.err
    made = site.run(*given, "--ends-at", "2026-03-10", by=BY)
    assert made.code == 0, made.err
    shown = site.run("account", "show", "WB901", "-o", "json", by=BY)
    assert shown.data["employer"] == "安捷电梯"
    assert shown.data["ends_at"].startswith("2026-03-10T16:00")


def test_the_whole_life_of_an_account(site: Program, tmp_path: Path) -> None:
    slip = tmp_path / "slip.txt"
    _new(site, "--slip", str(slip), "-c", "CH", "--department", "客服部")
    found = PASSWORD.search(slip.read_text(encoding="utf-8"))
    assert found is not None
    listed = site.run("account", "list", "-c", "CH", "--department", "客服部", "-o", "json", by=BY)
    assert [each["staff_number"] for each in listed.data] == ["KF901"]
    stopped = site.run("account", "suspend", "KF901", "--reason", "调查", "-o", "json", by=BY)
    assert stopped.data["state"] == "suspended"
    tried = ("login", "KF901", "--password-stdin")
    assert site.run(*tried, stdin=found.group() + "\n", by=None).code == 4
    chosen = site.run("account", "list", "--state", "已暂停使用", "-o", "ids", by=BY)
    assert len(chosen.out.split()) == 1
    assert site.run("account", "resume", "KF901", "--reason", "清楚", by=BY).code == 0
    again = tmp_path / "again.html"
    reset = site.run(
        "account", "reset-password", "KF901", "--reason", "忘记", "--slip", str(again), by=BY
    )
    assert reset.code == 0, reset.err
    assert site.run(*tried, stdin=found.group() + "\n", by=None).code == 4
    site.clock.advance(timedelta(hours=73))
    late = PASSWORD.search(again.read_text(encoding="utf-8"))
    assert late is not None
    answer = site.run(*tried, stdin=late.group() + "\n", by=None)
    assert answer.code == 4
    assert "reset" not in answer.err, "what helps stands in the trail alone"


@pytest.mark.parametrize("verb", ["suspend", "resume", "unlock", "reset-password"])
def test_without_a_terminal_a_missing_reason_is_named(site: Program, verb: str) -> None:
    refused = site.run("account", verb, "KF001", by=BY)
    assert refused.code == 2
    assert "--reason" in refused.err
