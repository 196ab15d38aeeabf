"""Lost keys and lost administrators: what the master key and its copy bring back, and what not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from pcloud_cli.security.master_key import checksum, read_key_file
from tests.cli import whole
from tests.cli.processes import Launcher
from tests.cli.program import Program
from tests.conftest import Postgres
from tests.integration.workbooks import phone

_ADMIN, _MAKER, _CHECKER = "R-SYSTEM-ADMIN", "KF001", "KF002"
_GUARD, _AUDITOR = "R-SECURITY-ADMIN", "R-AUDITOR"


def _key(program: Program) -> Path:
    return program.config.parent / "master.key"


def _brought_in(program: Program) -> None:
    """Bring owners in."""
    book = whole.write_csv(program.home / "list.csv", 20)
    for words, by in (
        (["import", "load", str(book), "-c", "CH"], _MAKER),
        (["import", "approve", "1", "--yes"], _CHECKER),
        (["import", "apply", "1"], _CHECKER),
    ):
        done = program.run(*words, by=by)
        assert done.code == 0, done.err


def _must_be_found(program: Program) -> None:
    """Fail unless an owner is found by phone, and the trail proves whole."""
    told = program.run(
        "owner", "find", "--phone", "-", "-c", "CH", "-o", "json", stdin=phone(7), by=_CHECKER
    )
    assert (told.code, len(told.data)) == (0, 1), told.err
    whole.must_hold(program)


def _rewrapped(program: Program, *more: str) -> dict[str, str]:
    told = program.run("key", "rewrap", "--copy", "none", "-o", "json", *more, by=_ADMIN)
    assert told.code == 0, told.err
    found: dict[str, str] = told.data[0] if isinstance(told.data, list) else told.data
    return found


def _backup(program: Program, path: Path, request: pytest.FixtureRequest) -> Callable[[], None]:
    """Take a backup and return what restores it: the file, or a database made of the copy."""
    if "PCLOUD_DATABASE" not in program.variables:
        with sqlite3.connect(program.database) as live, sqlite3.connect(path) as copy:
            live.backup(copy)
        live.close()
        copy.close()

        def restore() -> None:
            for each in program.database.parent.glob("pcloud.db*"):
                each.unlink()
            shutil.copyfile(path, program.database)

        return restore
    server: Postgres = request.getfixturevalue("postgres")
    name = whole.value(program, "SELECT current_database()")
    made = server.create(template=name)
    request.addfinalizer(lambda: server.drop(made))
    return lambda: program.variables.update(PCLOUD_DATABASE=server.url(made))


def test_a_changed_master_key_takes_the_place_of_the_old_one_which_stays_beside_it(
    site: Program,
) -> None:
    _brought_in(site)
    path = _key(site)
    old = read_key_file(path)
    copy = site.home / "usb" / "next.key"
    told = site.run("key", "rewrap", "--copy", str(copy), "-o", "json", by=_ADMIN)
    assert told.code == 0, told.err
    new = read_key_file(path)
    assert new != old
    assert read_key_file(copy) == new
    kept = path.with_name(f"master.key.old-{checksum(old)}")
    assert read_key_file(kept) == old
    assert [each.stat().st_mode & 0o777 for each in (path, copy, kept)] == [0o600] * 3
    assert not path.with_name("master.key.new").exists()
    _must_be_found(site)
    shutil.copyfile(kept, path)
    refused = site.run("whoami", "-o", "json", by=_ADMIN)
    assert (refused.code, refused.error["code"]) == (78, "key_wrong")
    assert checksum(new) in refused.error["message"]
    assert checksum(old) in refused.error["message"]


def test_without_a_terminal_the_copy_must_be_named(office: Program) -> None:
    refused = office.run("key", "rewrap", "-o", "json", by=_ADMIN)
    assert (refused.code, "--copy" in refused.error["hint"]) == (2, True)
    dry = office.run("key", "rewrap", "--copy", "none", "--dry-run", by=_ADMIN)
    assert dry.code == 0
    assert len(list(_key(office).parent.glob("master.key*"))) == 1


def test_a_key_from_elsewhere_is_changed_into_a_file_to_be_put_there(office: Program) -> None:
    path = _key(office)
    words = " ".join(path.read_text().split())
    path.rename(office.home / "away")
    elsewhere = {"PCLOUD_KEY": words}
    refused = office.run(
        "key", "rewrap", "--copy", "none", "-o", "json", by=_ADMIN, variables=elsewhere
    )
    assert (refused.code, "--file" in refused.error["hint"]) == (2, True)
    made = office.home / "made.key"
    told = office.run(
        "key", "rewrap", "--copy", "none", "--file", made, by=_ADMIN, variables=elsewhere
    )
    assert told.code == 0, told.err
    assert office.run("whoami", by=_ADMIN, variables=elsewhere).code == 78
    now = {"PCLOUD_KEY": " ".join(made.read_text().split())}
    assert office.run("whoami", by=_ADMIN, variables=now).code == 0


def test_a_restored_backup_opens_with_the_copy_of_its_time(
    site: Program, request: pytest.FixtureRequest
) -> None:
    _brought_in(site)
    copy = _key(site).read_text()
    restore = _backup(site, site.home / "backup.db", request)
    for purpose in ("field", "index", "mac", "trail"):
        told = site.run("key", "rotate", purpose, by=_ADMIN)
        assert told.code == 0, told.err
    _rewrapped(site)
    _must_be_found(site)
    restore()
    refused = site.run("whoami", "-o", "json", by=_ADMIN)
    assert (refused.code, refused.error["code"]) == (78, "key_wrong")
    assert "recover key" in refused.error["hint"]
    told = site.run("recover", "key", "--key-stdin", stdin=copy)
    assert told.code == 0, told.err
    _must_be_found(site)
    again = site.run("recover", "key", "--key-stdin", stdin=copy)
    assert (again.code, "already" in again.err) == (0, True)


def test_a_lost_or_broken_key_file_comes_back_from_its_copy_and_from_no_other(
    office: Program,
) -> None:
    path = _key(office)
    copy = path.read_text()
    other = office.run("key", "create", office.home / "other.key")
    assert other.code == 0
    wrong = (office.home / "other.key").read_text()
    path.unlink()
    for bad in (wrong, copy[:-3], "", "nonsense\n"):
        refused = office.run("recover", "key", "--key-stdin", "-o", "json", stdin=bad)
        assert refused.code == 78, refused
        assert not path.exists()
    assert office.run("recover", "key", "--key-stdin", stdin=copy).code == 0
    assert office.run("whoami", by=_ADMIN).code == 0
    path.write_text("broken")
    assert office.run("whoami", by=_ADMIN).code == 78
    told = office.run("recover", "key", "--key-stdin", "-o", "json", stdin=" ".join(copy.split()))
    assert told.code == 0, told.err
    assert path.with_name("master.key.old-broken").read_text() == "broken"
    assert path.stat().st_mode & 0o777 == 0o600
    assert office.run("whoami", by=_ADMIN).code == 0


@pytest.mark.parametrize("way", ["reopened", "made"])
def test_with_the_master_key_an_administrator_comes_back_and_everybody_hears_of_it(
    site: Program, way: str
) -> None:
    number = "S001" if way == "reopened" else "S777"
    words = ["recover", "administrator", number, "--reason", "都丢了", "--key-stdin", "--yes"]
    if way == "made":
        missing = site.run(*words, "-o", "json", stdin=_key(site).read_text())
        assert (missing.code, "--name" in missing.error["hint"]) == (3, True)
        words += ["--name", "孙大山"]
    told = site.run(*words, "-o", "json", stdin=_key(site).read_text())
    assert told.code == 0, told.err
    row = told.data[0] if isinstance(told.data, list) else told.data
    logged = site.run("login", number, "--password-stdin", stdin=row["first_password"] + "\n")
    assert logged.code == 0, logged.err
    assert "pcloud recover acknowledge" in logged.err
    doctor = site.run("doctor")
    assert "pcloud recover acknowledge" in doctor.out
    assert (
        whole.value(site, "SELECT count(*) FROM outbox_message WHERE template = 'recovered'") == 4
    )
    events = site.run("audit", "list", "-o", "json", by=_AUDITOR).data
    assert "recovery.administrator" in [each["action"] for each in events]
    listed = site.run("recover", "list", "-o", "json", by=_AUDITOR).data
    assert [(each["staff_number"], each["acknowledged"]) for each in listed] == [(number, False)]
    for who in (_ADMIN, _AUDITOR):
        assert site.run("recover", "acknowledge", "--reason", "x", by=who).code == 4
    done = site.run("recover", "acknowledge", "--reason", "查过了", by=_GUARD)
    assert done.code == 0, done.err
    assert site.run("recover", "list", "-o", "json", by=_GUARD).data[0]["acknowledged"] is True
    assert "recover acknowledge" not in site.run("doctor").out
    whole.must_hold(site)


def test_an_acknowledgement_written_by_hand_counts_for_nothing(site: Program) -> None:
    words = ["recover", "administrator", "S001", "--reason", "都丢了", "--key-stdin", "--yes"]
    assert site.run(*words, stdin=_key(site).read_text()).code == 0
    columns = "at, actor_kind, actor_id, origin, object_type, object_id, community_id, reason"
    same = f"{columns}, detail, key_id, prev_hash, hash"
    whole.tampered(
        site,
        f"INSERT INTO trail_event (seq, action, {same})"
        f" SELECT seq + 1000, 'recovery.acknowledge', {same} FROM trail_event"
        " WHERE action = 'recovery.administrator'",
    )
    listed = site.run("recover", "list", "-o", "json", by=_GUARD).data
    assert [each["acknowledged"] for each in listed] == [False]
    assert "recover acknowledge" in site.run("doctor").out


def test_the_key_must_be_given_by_who_calls(office: Program) -> None:
    words = ("recover", "administrator", "S001", "--reason", "x", "-o", "json")
    refused = office.run(*words)
    assert (refused.code, "--key-stdin" in refused.error["hint"]) == (2, True)
    office.run("key", "create", office.home / "other.key")
    wrong = (office.home / "other.key").read_text()
    refused = office.run(*words, "--key-stdin", "--yes", stdin=wrong)
    assert (refused.code, refused.error["code"]) == (78, "key_wrong")
    assert office.run("recover", "list", "-o", "json", by=_GUARD).data == []


def test_a_recovery_unites_nothing_that_must_be_apart(office: Program) -> None:
    words = ("recover", "administrator", _AUDITOR, "--reason", "x", "--key-stdin", "--yes")
    refused = office.run(*words, "-o", "json", stdin=_key(office).read_text())
    assert refused.code == 5, refused
    assert office.run("whoami", by=_AUDITOR).code == 0
    lost = (*words[:2], "S888", "--name", "李明", "--role", "security_admin", *words[3:])
    assert office.run(*lost, stdin=_key(office).read_text()).code == 0


def test_a_change_of_the_master_key_killed_anywhere_loses_neither(
    site: Program, processes: Launcher
) -> None:
    _brought_in(site)
    copies = site.home / "copies"
    old = read_key_file(_key(site))
    words = ("key", "rewrap", "--copy", str(copies / "next.key"))
    for part in range(4):
        running = processes.start(site, *words, by=_ADMIN)
        # each time a little later in its course
        for _look in range(part * 40):
            if not running.runs or (_key(site).with_name("master.key.new").exists() and part < 2):
                break
        running.kill()
        _must_be_found(site)
    told = processes.run(site, *words, "-o", "json", by=_ADMIN)
    assert told.code in (0, 5), told.err  # 5: it was through, and the copy's name is taken
    kept = {checksum(read_key_file(each)) for each in _key(site).parent.glob("master.key*")}
    assert checksum(old) in kept
    assert read_key_file(copies / "next.key")
    assert not _key(site).with_name("master.key.new").exists() or told.code == 5
    _must_be_found(site)
