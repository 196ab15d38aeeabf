"""The disk is full: a sentence, nothing half-done, and with some room the next run works.

On SQLite the database lies on a small file system of its own, mounted where this test alone sees
it; where nothing may be mounted, a bound on the size of files stands in for it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from pcloud_cli.db.engine import make_engine, writer
from tests.cli import whole
from tests.cli.processes import Launcher
from tests.cli.program import Answer, Program
from tests.conftest import KINDS

_MAKER, _CHECKER = "KF001", "KF002"
_MANY = 3_000
_KIB = 1024
_UNSHARE = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
_MOUNT = (
    'cp -a "$1" "$1.was" && mount -t tmpfs -o size=64m none "$1" && cp -a "$1.was/." "$1" '
    '&& rm -r "$1.was" && shift && exec "$@"'
)


class SmallDisk:
    """The folder of a program's database on a file system of its own, and what starts it there."""

    def __init__(self, program: Program, folder: Path) -> None:
        self._folder = program.database.parent
        inside = [*_UNSHARE, "sh", "-c", _MOUNT, "sh", str(self._folder)]
        self.processes = Launcher(folder, inside=inside)
        # unshare and the shell become the launcher; this is how others see its files
        self._there = Path(f"/proc/{self.processes.pid}/root{self._folder}")

    def leave(self, free: int) -> None:
        """Fill the file system until `free` bytes are left."""
        ballast = self._there / "ballast"
        ballast.unlink(missing_ok=True)
        found = os.statvfs(self._there)
        with ballast.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, found.f_bavail * found.f_frsize - free)

    def make_room(self) -> None:
        """Take the ballast away."""
        (self._there / "ballast").unlink(missing_ok=True)

    def bring_out(self) -> None:
        """Copy what lies there to where the test looks."""
        for path in self._folder.iterdir():
            path.unlink()
        for path in self._there.iterdir():
            if path.name != "ballast":
                shutil.copy(path, self._folder / path.name)


@pytest.fixture
def disk(office: Program, tmp_path: Path) -> Iterator[SmallDisk]:
    """A small disk, where this machine lets one be mounted."""
    trial = [*_UNSHARE, "mount", "-t", "tmpfs", "none", str(tmp_path)]
    try:
        allowed = subprocess.run(trial, capture_output=True, check=False).returncode == 0
    except OSError:
        allowed = False
    if not allowed:
        pytest.skip("nothing may be mounted here")
    folder = tmp_path / "printed"
    folder.mkdir()
    made = SmallDisk(office, folder)
    yield made
    made.processes.close()


def _must_be_full(told: Answer, *codes: str) -> None:
    assert (told.code, told.out) == (1, ""), told
    (line,) = told.err.splitlines()
    error = json.loads(line)["error"]
    assert error["code"] in codes
    assert error["hint"]


def test_a_load_that_finds_the_disk_full_leaves_nothing_usable_and_works_with_more_room(
    office: Program, disk: SmallDisk
) -> None:
    book = whole.write_csv(office.home / "list.csv", _MANY)
    words = ("import", "load", str(book), "-c", "CH", "-o", "json")
    for free in (64, 512, 1024, 2048):
        disk.leave(free * _KIB)
        _must_be_full(disk.processes.run(office, *words, by=_MAKER), "disk_full", "failed")
        disk.bring_out()
        assert "pending" not in whole.states(office)
        whole.must_hold(office)
    disk.make_room()
    told = disk.processes.run(office, *words, by=_MAKER)
    assert (told.code, told.data["new"], told.data["already"]) == (0, _MANY, False)
    disk.bring_out()
    assert whole.states(office)[-1] == "pending"
    assert set(whole.states(office)[:-1]) <= {"failed"}
    assert whole.stray_rows(office) == 0
    whole.must_hold(office)


def test_an_apply_that_finds_the_disk_full_did_nothing_and_works_with_more_room(
    office: Program, disk: SmallDisk
) -> None:
    book = whole.write_csv(office.home / "list.csv", _MANY)
    run = disk.processes.run
    assert run(office, "import", "load", book, "-c", "CH", by=_MAKER).code == 0
    assert run(office, "import", "approve", "1", "--yes", by=_CHECKER).code == 0
    for free in (64, 1024, 2048):
        disk.leave(free * _KIB)
        told = run(office, "import", "apply", "1", "-o", "json", by=_CHECKER)
        _must_be_full(told, "disk_full", "failed")
        disk.bring_out()
        assert (whole.states(office), whole.live(office)["house"]) == (["approved"], 0)
    disk.make_room()
    assert run(office, "import", "apply", "1", by=_CHECKER).code == 0
    disk.bring_out()
    assert whole.live(office)["house"] == _MANY
    whole.must_hold(office)


def test_a_bound_on_the_size_of_files_is_met_like_a_full_disk(
    office: Program, processes: Launcher
) -> None:
    book = whole.write_csv(office.home / "list.csv", _MANY)
    words = ("import", "load", str(book), "-c", "CH", "-o", "json")
    for room in (64, 700):
        bounds = {"RLIMIT_FSIZE": room * _KIB}
        told = processes.run(office, *words, by=_MAKER, bounds=bounds)
        _must_be_full(told, "disk_full", "failed")
        whole.must_hold(office)
    loaded = processes.run(office, *words, by=_MAKER).data
    assert (loaded["new"], whole.stray_rows(office)) == (_MANY, 0)
    number = str(loaded["number"])
    assert processes.run(office, "import", "approve", number, "--yes", by=_CHECKER).code == 0
    bounds = {"RLIMIT_FSIZE": 700 * _KIB}
    told = processes.run(
        office, "import", "apply", number, "-o", "json", by=_CHECKER, bounds=bounds
    )
    _must_be_full(told, "disk_full", "failed")
    assert whole.live(office)["house"] == 0
    assert processes.run(office, "import", "apply", number, by=_CHECKER).code == 0
    assert whole.live(office)["house"] == _MANY
    whole.must_hold(office)


@pytest.mark.parametrize(
    "database_kind", [kind for kind in KINDS if kind != "sqlite"], indirect=True
)
def test_a_server_whose_disk_is_full_is_met_in_the_same_way(
    site: Program, processes: Launcher
) -> None:
    book = whole.write_csv(site.home / "list.csv", _MANY)
    words = ("import", "load", str(book), "-c", "CH", "-o", "json")
    with _full_at(site, "import_row", f"NEW.seq = {_MANY // 2}"):
        _must_be_full(processes.run(site, *words, by=_MAKER), "disk_full")
    assert (whole.states(site), whole.stray_rows(site)) == (["failed"], 0)
    assert processes.run(site, *words, by=_MAKER).data["new"] == _MANY
    assert processes.run(site, "import", "approve", "2", "--yes", by=_CHECKER).code == 0
    with _full_at(site, "ownership", "(SELECT count(*) FROM house) > 0"):
        told = processes.run(site, "import", "apply", "2", "-o", "json", by=_CHECKER)
        _must_be_full(told, "disk_full")
    assert whole.live(site)["house"] == 0
    assert processes.run(site, "import", "apply", "2", by=_CHECKER).code == 0
    assert whole.live(site)["house"] == _MANY
    whole.must_hold(site)


@contextmanager
def _full_at(program: Program, table: str, condition: str) -> Iterator[None]:
    """Let the server say of a row that meets `condition` what it says when its disk is full."""
    _execute(
        program,
        "CREATE FUNCTION say_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION 'could not extend file: No space left on device' "
        "USING ERRCODE = 'disk_full'; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION say_full()",
    )
    yield
    _execute(program, f"DROP TRIGGER full_disk ON {table}", "DROP FUNCTION say_full()")


def _execute(program: Program, *statements: str) -> None:
    engine = make_engine(whole.url(program))
    with writer(engine).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
