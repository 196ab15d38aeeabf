"""Every command on a real database, by whoever may not: it shows no data and changes nothing.

Three of them: nobody, somebody logged in who holds nothing, and somebody who holds every role
there is but, in all of these, the one permission that the command needs (2.1.2). No call runs dry.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, delete, select

from pcloud_cli.app import ABOUT_ONESELF, OPEN_TO_NOBODY
from pcloud_cli.models.account import Account
from pcloud_cli.models.role import Role, RoleGrant, RolePermission, ScopeKind
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.permissions import PERMISSIONS
from pcloud_cli.services import rights
from tests.cli.commands import COMMANDS, LOGIN, SAMPLES, Sample, words_of
from tests.cli.program import Answer, Program
from tests.integration.workbooks import number, phone, row, write

_GUARDED = [
    (path, sample)
    for path, samples in SAMPLES.items()
    for sample in samples
    if sample.permission is not None
]
_EVIDENCE = ("trail_", "login_event")
_SEEN = "last_seen_at"
"""When a login was last used: the one thing that a refused call may note beside its evidence."""
_PRIVATE = ("翠湖花园", "钱小丁", "钱小满", number(1), phone(1), "13900000888", "示例路12号")


@pytest.fixture
def company(site: Program) -> Program:
    """A company in which of everything that commands show or decide there is one."""
    live = write(site.home / "live.xlsx", [row(1), row(2), row(3)])
    write(site.home / "book.xlsx", [row(4), row(5)])
    _done(site, "KF001", "import", "load", str(live), "-c", "CH")
    _done(site, "KF002", "import", "approve", "1", "--yes")
    _done(site, "KF002", "import", "apply", "1")
    _done(site, "KF001", "import", "load", str(site.home / "book.xlsx"), "-c", "CH")
    changed = ["--phone", "13900000888", "--mailing-address", "示例路12号"]
    _done(site, "KF001", "owner", "change", "钱小丁", "-c", "CH", *changed, "--reason", "试")
    policy = site.home / "policy.toml"
    policy.write_text("[login]\nsession_hours = 8\n")
    _done(site, "R-SYSTEM-ADMIN", "policy", "apply", "-f", str(policy), "--reason", "试")
    _every_role(site, "R-AUDITOR")
    return site


def _done(program: Program, by: str, *words: str) -> None:
    answer = program.run(*words, by=by)
    assert answer.code == 0, (words, answer.err)


def _every_role(program: Program, number: str) -> None:
    """Give somebody every role there is, past the rules of who may hold what."""
    with program.desk() as desk, desk.open(write=True) as (_nobody, work):
        who = select(Account).where(Account.staff_number == number)
        account = work.session.scalars(who).one()
        for role in work.session.scalars(select(Role)).all():
            grant = RoleGrant(
                id=work.ids(),
                account_id=account.id,
                role_id=role.id,
                scope_kind=ScopeKind.ALL.value,
                granted_at=work.now(),
                reason="test",
            )
            rights.seal_grant(work, grant, role.code)
            work.session.add(grant)


@contextmanager
def _taken_from_all_roles(program: Program, names: tuple[str, ...]) -> Iterator[None]:
    with program.desk() as desk:
        with desk.open(write=True) as (_nobody, work):
            held = [
                (one.role_id, one.permission)
                for one in work.session.scalars(
                    select(RolePermission).where(RolePermission.permission.in_(names))
                )
            ]
            assert held, f"no role holds {names}"
            work.session.execute(delete(RolePermission).where(RolePermission.permission.in_(names)))
        yield
        with desk.open(write=True) as (_nobody, work):
            work.session.add_all(
                RolePermission(role_id=role_id, permission=name) for role_id, name in held
            )


def _content(program: Program) -> dict[str, list[str]]:
    """Return every row of every table but the evidence."""
    with program.desk() as desk:
        engine = create_engine(desk.engine.url)
    tables = MetaData()
    tables.reflect(engine)
    found = {}
    with engine.connect() as connection:
        for table in tables.sorted_tables:
            if not table.name.startswith(_EVIDENCE):
                columns = [column for column in table.columns if column.name != _SEEN]
                found[table.name] = sorted(map(repr, connection.execute(select(*columns))))
    engine.dispose()
    assert len(found["owner"]) == 3
    return found


def _events(program: Program) -> list[str]:
    with program.desk() as desk, desk.open() as (_nobody, work):
        return list(work.session.scalars(select(TrailEvent.action).order_by(TrailEvent.seq)))


def _call(program: Program, path: str, sample: Sample, out: Path, by: str | None) -> Answer:
    words = words_of(path, sample, book=program.home / "book.xlsx", out=out)
    answer = program.run(*words, "-o", "json", stdin=sample.stdin, by=by)
    assert answer.code == 4, (path, sample.arguments, answer)
    assert answer.out == "", (path, sample.arguments)
    told = answer.err.replace(sample.arguments, "")
    assert not [private for private in _PRIVATE if private in told], (path, answer.err)
    return answer


def test_without_its_permission_no_command_shows_or_changes_anything(
    company: Program, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    before, seen = _content(company), len(_events(company))
    for path, sample in _GUARDED:
        answer = _call(company, path, sample, out, None)
        assert answer.error["code"] == "not_logged_in", (path, answer)
    guarded = [(path, one) for path, one in _GUARDED if one.permission != LOGIN]
    for path, sample in guarded:
        answer = _call(company, path, sample, out, "NO001")
        assert answer.error["code"] == "not_allowed", (path, answer)
        assert str(sample.permission) in answer.error["message"], (path, answer)
    assert _content(company) == before
    assert set(_events(company)[seen:]) == {"permission.refused"}
    assert not list(out.iterdir())


def test_all_roles_without_the_one_permission_open_no_command_that_needs_it(
    company: Program, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    needed: dict[tuple[str, ...], list[tuple[str, Sample]]] = {}
    for path, sample in _GUARDED:
        if sample.permission != LOGIN:
            names = (str(sample.permission), *sample.or_else)
            needed.setdefault(names, []).append((path, sample))
    assert company.run("owner", "list", "-c", "CH", by="R-AUDITOR").code == 0
    before = _content(company)
    for names, calls in needed.items():
        seen = len(_events(company))
        with _taken_from_all_roles(company, names):
            for path, sample in calls:
                answer = _call(company, path, sample, out, "R-AUDITOR")
                assert answer.error["code"] == "not_allowed", (path, names, answer)
                assert names[0] in answer.error["message"], (path, answer)
        assert set(_events(company)[seen:]) <= {"permission.refused"}, names
    assert _content(company) == before
    assert not list(out.iterdir())


def test_every_command_names_what_it_needs() -> None:
    for path in COMMANDS:
        assert SAMPLES.get(path), f"{path}: no sample call says which permission it needs"
        for sample in SAMPLES[path]:
            assert sample.permission in (None, LOGIN, *PERMISSIONS), (path, sample)


def test_what_a_login_alone_opens_stands_in_one_list() -> None:
    assert set(ABOUT_ONESELF) == {path for path, one in _GUARDED if one.permission == LOGIN}
    assert all(ABOUT_ONESELF.values())
    assert not set(ABOUT_ONESELF) & set(OPEN_TO_NOBODY)


def test_every_permission_is_needed_by_some_command_or_waits_for_its_own() -> None:
    used = {name for _path, one in _GUARDED for name in (one.permission, *one.or_else)}
    assert set(PERMISSIONS) - used <= {"owner.reveal", "role.approve"}
