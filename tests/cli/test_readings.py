"""Reading private data is an event of the trail, with its purpose; so is a refusal (2.3.3).

Every command is called by somebody who may. Wherever something of a person comes out that lies in
the database – a name, a phone or an ID number, masked or in full, on the screen or in a file – the
trail must have got an event of that reading before.
"""

from __future__ import annotations

import json
import random
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pcloud_cli.security.mask import mask_id, mask_phone
from pcloud_cli.security.permissions import ROLES
from tests.cli.commands import SAMPLES, Sample, argv
from tests.cli.program import Answer, Program, copied
from tests.integration.workbooks import number, phone, row, write

LIVING, STAGED, IN_FILE = (1, 2), (3,), (4, 5)
MORE = {
    "import show": [
        Sample("2 --reveal 核对电话", "owner.reveal"),
        Sample("2 --changes", "import.read"),
        Sample("2 --sample 1", "import.read"),
    ],
    "import errors": [Sample("2 --source {home}/next.xlsx --out {out}/e.xlsx", "import.read")],
    "report show": [Sample("owners --sheet 1", "report.owners")],
}
"""Calls beside the samples that come closer to a person's data."""

SHOWN_BY = {"house show", "owner find", "owner list", "owner missing list", "owner show"}
"""Commands of which we know that they show something; the walk must have found it in them."""


@pytest.fixture(scope="module")
def company(staffed: Program, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """An installation with living people, staged people, and a workbook of other people."""
    folder = tmp_path_factory.mktemp("readings")
    program = Program(
        copied(staffed.home, folder / "home"),
        random=random.Random(5).randbytes,
        tokens=staffed.tokens,
    )
    program.clock.moment = staffed.clock.moment
    # one without an ID number, so that there is something to add
    live = write(folder / "live.xlsx", [row(1), row(2, id="")])
    staged = write(program.home / "next.xlsx", [row(each) for each in STAGED])
    for words, by in (
        (["import", "load", str(live), "-c", "CH"], "KF001"),
        (["import", "approve", "1", "--yes"], "KF002"),
        (["import", "apply", "1"], "KF002"),
        (["import", "load", str(staged), "-c", "CH"], "KF001"),
    ):
        done = program.run(*words, by=by)
        assert done.code == 0, done.err
    write(program.home / "book.xlsx", [row(each) for each in IN_FILE])
    return program


def _marks() -> set[str]:
    found = set()
    for each in (*LIVING, *STAGED):
        name = str(row(each)[4])
        found |= {name, phone(each), mask_phone(phone(each)), number(each), mask_id(number(each))}
    return found


def _said(answer: Answer, out: Path) -> str:
    """Return all that came out: on the screen, and in files, workbooks unpacked."""
    parts = [answer.out, answer.err]
    for path in sorted(each for each in out.rglob("*") if each.is_file()):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as book:
                parts += [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
        else:
            parts.append(path.read_text("utf-8", "replace"))
        path.unlink()
    return "\n".join(parts)


def _events(program: Program, after: int = 0) -> list[dict[str, Any]]:
    with sqlite3.connect(program.database) as connection:
        rows = connection.execute(
            "SELECT seq, action, reason, detail, actor_id FROM trail_event"
            " WHERE seq > ? ORDER BY seq",
            (after,),
        ).fetchall()
    connection.close()
    return [
        dict(zip(("seq", "action", "reason", "detail", "who"), each, strict=True)) for each in rows
    ]


def _who(permission: str) -> list[str]:
    """Return who may: somebody of each role that holds it."""
    return [
        "R-" + code.upper().replace("_", "-")
        for code, role in ROLES.items()
        if permission in role.permissions
    ]


def test_whatever_shows_something_of_a_person_is_an_event(company: Program, tmp_path: Path) -> None:
    marks, told_by = _marks(), set()
    for path, samples in SAMPLES.items():
        for sample in [*samples, *MORE.get(path, [])]:
            if sample.permission is None:
                continue
            for by in _who(sample.permission)[:2]:
                before = _events(company)[-1]["seq"]
                book, home = company.home / "book.xlsx", str(company.home)
                words = [
                    each.replace("{home}", home) for each in sample.arguments.split(" ") if each
                ]
                call = argv(
                    path, Sample(" ".join(words), sample.permission), book=book, out=tmp_path
                )
                answer = company.run(*call, stdin=sample.stdin, by=by)
                shown = {mark for mark in marks if mark in _said(answer, tmp_path)}
                if not shown:
                    continue
                told_by.add(path)
                events = [
                    each
                    for each in _events(company, before)
                    if each["action"] not in {"login", "permission.refused"}
                ]
                assert events, (call, shown)
                assert all(each["who"] for each in events)
    assert told_by >= SHOWN_BY, told_by


def test_a_reading_in_full_is_an_event_with_its_purpose(company: Program) -> None:
    before = _events(company)[-1]["seq"]
    told = company.run("import", "show", "2", "--reveal", "核对电话", "-o", "json", by="KF002")
    assert told.code == 0, told.err
    assert phone(STAGED[0]) in told.out
    (event,) = _events(company, before)
    assert (event["action"], event["reason"]) == ("import.reveal", "核对电话")


def test_a_search_leaves_what_was_asked_as_a_digest_only(company: Program) -> None:
    before = _events(company)[-1]["seq"]
    told = company.run("owner", "find", "--phone", "-", stdin=phone(1) + "\n", by="KF002")
    assert told.code == 0, told.err
    (event,) = _events(company, before)
    assert event["action"] == "owner.find"
    assert json.loads(event["detail"])["count"] == 1
    assert phone(1) not in str(event)


def test_a_refusal_is_an_event_that_names_the_permission(company: Program) -> None:
    before = _events(company)[-1]["seq"]
    assert company.run("owner", "list", "-c", "CH", by="R-MAINTENANCE").code == 4
    (event,) = _events(company, before)
    assert event["action"] == "permission.refused"
    assert json.loads(event["detail"])["permission"] == "owner.read"


def test_no_event_holds_anything_of_a_person(company: Program, tmp_path: Path) -> None:
    told = company.run("audit", "export", by="R-AUDITOR")
    assert told.code == 0, told.err
    assert {mark for mark in _marks() if mark in told.out} == set()
