"""What a second person decides on behaves the same, whatever noun it is (2.3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from pcloud_cli.models.account import Account
from pcloud_cli.models.role import Role, RoleGrant, ScopeKind
from pcloud_cli.services import rights
from tests.cli.counter_hall import Hall, open_hall
from tests.cli.dialogue import ADMIN, HR, HR_CHECKER, LEAD, SECURITY
from tests.cli.program import Program


@dataclass(frozen=True)
class Checked:
    """One noun with an entry 1 that waits: who made it, and who may check it."""

    words: str
    maker: str
    checker: str
    role: str
    """A role that may check it."""
    again: int = 5
    """What rejecting it once more ends with: a conflict, or nothing to do."""


CHECKED = (
    Checked("account hires", HR, HR_CHECKER, "project_manager"),
    Checked("house renumbering", "KF001", LEAD, "customer_service_lead", again=0),
    Checked("owner", "KF001", LEAD, "customer_service_lead"),
    Checked("policy", ADMIN, SECURITY, "security_admin"),
)
_each = pytest.mark.parametrize("checked", CHECKED, ids=lambda each: each.words)


@pytest.fixture(scope="module")
def opened(founded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """The company, to be copied."""
    return open_hall(founded_home, tmp_path_factory.mktemp("hall") / "home")


@pytest.fixture
def hall(opened: Hall, tmp_path: Path) -> Hall:
    """The company of one test."""
    return opened.copy(tmp_path / "home")


def _may_check_too(program: Program, checked: Checked) -> None:
    """Give its maker the checker's role, so that only having made it stands against."""
    with program.desk() as desk, desk.open(write=True) as (_nobody, work):
        maker = work.session.scalars(
            select(Account).where(Account.staff_number == checked.maker)
        ).one()
        role = work.session.scalars(select(Role).where(Role.code == checked.role)).one()
        grant = RoleGrant(
            id=work.ids(),
            account_id=maker.id,
            role_id=role.id,
            scope_kind=ScopeKind.ALL.value,
            granted_at=work.now(),
            reason="test",
        )
        rights.seal_grant(work, grant, role.code)
        work.session.add(grant)


@_each
def test_who_may_not_is_refused_before_a_question(hall: Hall, checked: Checked) -> None:
    for verb in ("approve", "reject"):
        answer = hall.program.run(*checked.words.split(), verb, "1", by="NO001", terminal=True)
        assert answer.code == 4, (verb, answer)
        assert answer.out == ""
        assert "Why" not in answer.err
        assert "[y/N]" not in answer.err


@_each
def test_its_maker_is_refused_before_a_question(hall: Hall, checked: Checked) -> None:
    _may_check_too(hall.program, checked)
    for verb in ("approve", "reject"):
        answer = hall.program.run(
            *checked.words.split(), verb, "1", by=checked.maker, terminal=True
        )
        assert answer.code == 4, (verb, answer)
        assert "their own entry" in answer.err
        assert "[y/N]" not in answer.err
        assert "Why" not in answer.err


@_each
def test_what_was_rejected_stays_so(hall: Hall, checked: Checked) -> None:
    words = checked.words.split()
    done = hall.program.run(*words, "reject", "1", "--reason", "不符", by=checked.checker)
    assert done.code == 0, done
    again = hall.program.run(*words, "reject", "1", "--reason", "不符", by=checked.checker)
    assert again.code == checked.again, again
    other = hall.program.run(*words, "approve", "1", "--yes", "-o", "json", by=checked.checker)
    assert other.code == 5, other
    assert other.error["code"] == "decided"


@_each
def test_an_unknown_number_is_said_before_a_question(hall: Hall, checked: Checked) -> None:
    for verb in ("approve", "reject"):
        answer = hall.program.run(
            *checked.words.split(), verb, "99", by=checked.checker, terminal=True
        )
        assert answer.code == 3, (verb, answer)
        assert "[y/N]" not in answer.err
        assert "Why" not in answer.err


@_each
def test_a_dry_run_decides_nothing(hall: Hall, checked: Checked) -> None:
    words = checked.words.split()
    for verb in (["approve", "1", "--yes"], ["reject", "1", "--reason", "试"]):
        dry = hall.program.run(*words, *verb, "--dry-run", by=checked.checker)
        assert dry.code == 0, dry
    done = hall.program.run(*words, "approve", "1", "--yes", by=checked.checker)
    assert done.code == 0, done
