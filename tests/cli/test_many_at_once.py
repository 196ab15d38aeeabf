"""People log in and are granted roles at one moment, thirty processes at a time: none is lost."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from pcloud_cli.models.account import Account, PasswordState
from pcloud_cli.security.passwords import hash_password
from pcloud_cli.services import account, rights
from pcloud_cli.services.actor import bootstrap
from tests.cli import whole
from tests.cli.conftest import CHEAP, PASSWORD
from tests.cli.processes import Launcher, Running
from tests.cli.program import Answer, Program

_MANY = 30
_ADMIN = "R-SYSTEM-ADMIN"
_PATIENCE = 300
"""Seconds that each waits for the others: a busy machine is no reason to fail."""


@pytest.fixture
def people(site: Program) -> list[str]:
    """Thirty people with a password of their own and no role."""
    numbers = [f"ZY{number:03d}" for number in range(_MANY)]
    hashed = hash_password(PASSWORD, CHEAP)
    with site.desk() as desk, desk.open(write=True) as (_nobody, work):
        for number in numbers:
            account.create(bootstrap(), work, staff_number=number, name="孙小众", cost=CHEAP)
            found = work.session.scalars(
                select(Account).where(Account.staff_number == number)
            ).one()
            found.password_hash = hashed
            found.password_state = PasswordState.SET.value
            rights.seal_account(work, found)
    return numbers


def _at_once(running: Sequence[Running]) -> list[Answer]:
    """Let all that were stopped at their start run at one moment; return their answers."""
    for each in running:
        each.thaw()
    return [each.answer() for each in running]


def _stopped(running: Running) -> Running:
    running.freeze()
    return running


def _login(program: Program, processes: Launcher, number: str, password: str = PASSWORD) -> Running:
    own = program.home / "own" / number
    own.mkdir(parents=True, exist_ok=True)
    line = own / "password"
    line.write_text(f"{password}\n")
    words = ("login", number, "--password-stdin", "-o", "json")
    return _stopped(
        processes.start(
            program,
            *words,
            stdin=line,
            variables={"XDG_STATE_HOME": str(own)},
            patience=_PATIENCE,
        )
    )


def _grant(program: Program, processes: Launcher, number: str) -> Running:
    words = ("role", "grant", number, "maintenance", "--reason", "入职", "-o", "json")
    return _stopped(processes.start(program, *words, by=_ADMIN, patience=_PATIENCE))


def _count(program: Program, query: str) -> int:
    found: int = whole.value(program, query)
    return found


def test_logins_and_grants_of_thirty_processes_at_one_moment_all_hold(
    site: Program, processes: Launcher, people: list[str]
) -> None:
    events = "SELECT count(*) FROM trail_event WHERE action = 'role.grant'"
    granted, entered = _count(site, events), _count(site, _ENTERED)
    half = _MANY // 2
    logins: list[Answer] = []
    grants: list[Answer] = []
    for entering, granted_now in ((people[:half], people[half:]), (people[half:], people[:half])):
        running = [_login(site, processes, number) for number in entering]
        running += [_grant(site, processes, number) for number in granted_now]
        ended = _at_once(running)
        assert len(ended) == _MANY
        logins += ended[:half]
        grants += ended[half:]
    answers = [*logins, *grants]
    assert [each.code for each in answers] == [0] * len(answers), [
        each.err for each in answers if each.code
    ]
    assert [each.data["staff_number"] for each in logins] == people
    assert _count(site, events) == granted + _MANY
    assert _count(site, _ENTERED) == entered + _MANY
    held = site.run("role", "grants", "-o", "json", by=_ADMIN).data
    assert sorted(
        each["staff_number"] for each in held if each["staff_number"].startswith("ZY")
    ) == sorted(people)
    for number in people[::5]:
        own = {"XDG_STATE_HOME": str(site.home / "own" / number)}
        who = site.run("whoami", "-o", "json", variables=own)
        assert who.code == 0, who.err
        assert who.data["staff_number"] == number
        assert who.data["roles"] == ["maintenance"]
    proven = site.run("audit", "verify", "-o", "json", by="R-AUDITOR")
    assert proven.code == 0, proven


def test_of_ten_who_grant_the_same_at_one_moment_one_grant_stands(
    site: Program, processes: Launcher, people: list[str]
) -> None:
    answers = _at_once([_grant(site, processes, people[0]) for _each in range(10)])
    assert {each.code for each in answers} <= {0, 5}, answers
    held = site.run("role", "grants", people[0], "-o", "json", by=_ADMIN).data
    assert len(held) == 1
    assert site.run("audit", "verify", "-o", "json", by="R-AUDITOR").code == 0


def test_no_failed_login_of_many_at_one_moment_goes_uncounted(
    site: Program, processes: Launcher, people: list[str]
) -> None:
    tried = _count(site, _FAILED)
    running = [_login(site, processes, people[0], "Wrong#2026x") for _each in range(12)]
    answers = _at_once(running)
    assert {each.code for each in answers} == {4}, answers
    assert _count(site, _FAILED) == tried + len(running)
    right = _at_once([_login(site, processes, people[0])])
    assert right[0].code == 4, "after so many failures it is locked for a while"


_ENTERED = "SELECT count(*) FROM login_event WHERE outcome = 'ok'"
_FAILED = "SELECT count(*) FROM login_event WHERE outcome <> 'ok'"
