"""The scripts a newcomer runs: what they refuse, what they leave, what they clean up."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.inside import postgres, quickstart
from tests.dropped_root import run_as_nobody, run_without_root_powers

PROJECT = Path(__file__).resolve().parents[2]

_RUNNER = """
import subprocess, sys
from scripts.inside import postgres
run = postgres.Run()
run.open()
child = subprocess.Popen(
    [sys.executable, "-c", "import time; time.sleep(600)", f"{run.folder}/run/data"],
    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
)
print(run.folder, run.record, child.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TMPDIR", "/tmp")


class Runner:
    """A run of the tests in a process of its own, with a stand-in for its server."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _RUNNER],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        folder, record, pid = self.process.stdout.readline().split()
        self.folder, self.record, self.server = Path(folder), Path(record), int(pid)

    def kill(self) -> None:
        """End it as the kernel's killer of processes would."""
        self.process.kill()
        self.process.communicate()

    def server_lives(self) -> bool:
        """Whether the stand-in still runs."""
        try:
            state = Path(f"/proc/{self.server}/stat").read_text(encoding="ascii").split()[2]
        except OSError:
            return False
        return state != "Z"

    def end(self) -> None:
        """Leave nothing of this test behind."""
        self.kill()
        if self.server_lives():
            os.kill(self.server, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def runner() -> Iterator[Runner]:
    """Give a living run."""
    made = Runner()
    yield made
    made.end()


def test_next_run_cleans_up_after_a_killed_one(runner: Runner) -> None:
    """Server, folder and record of a run that was killed are gone after the next begins."""
    runner.kill()
    assert runner.server_lives()
    said: list[str] = []
    postgres.clean_up_after_killed_runs(said.append)
    assert not runner.server_lives()
    assert not runner.folder.exists()
    assert not runner.record.exists()
    assert str(runner.folder) in said[0]


def test_living_run_is_left_alone(runner: Runner) -> None:
    """Two runs at once do not end each other's server."""
    postgres.clean_up_after_killed_runs(lambda _text: None)
    assert runner.server_lives()
    assert runner.folder.exists()
    assert runner.record.exists()


def test_record_that_names_another_folder_removes_nothing(tmp_path: Path) -> None:
    """A record is believed only where the folder bears our name."""
    precious = tmp_path / "precious"
    precious.mkdir()
    record = postgres.state_folder() / "run-0.json"
    record.write_text(json.dumps({"folder": str(precious)}), encoding="utf-8")
    postgres.clean_up_after_killed_runs(lambda _text: None)
    assert precious.is_dir()


def _tests(**variables: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != "PCLOUD_TEST_POSTGRES"}
    env.pop("CI", None)
    return subprocess.run(
        [sys.executable, "-m", "scripts.inside.run_tests", "--version"],
        cwd=PROJECT,
        env={**env, "PCLOUD_TEST_POSTGRES_BIN": "/nonexistent", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_postgresql_it_says_so_and_goes_on() -> None:
    """Nobody takes half a run for a whole one."""
    done = _tests()
    assert done.returncode == 0
    assert "NO POSTGRESQL COULD BE BROUGHT UP" in done.stderr
    assert "pytest" in done.stdout + done.stderr


def test_without_postgresql_ci_fails() -> None:
    """With CI=true that is a failure, and no test runs."""
    done = _tests(CI="true")
    assert done.returncode == 1
    assert "CI=true" in done.stderr


def test_missing_python_is_said_clearly(tmp_path: Path) -> None:
    """A machine without Python 3.11 learns what it lacks."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "basename", "mkdir", "flock", "cat"):
        found = shutil.which(name)
        if found:
            (tools / name).symlink_to(found)
    env = {"PATH": str(tools), "HOME": str(tmp_path), "PCLOUD_VENV": str(tmp_path / "none")}
    bash = shutil.which("bash")
    assert bash is not None
    call = [bash, str(PROJECT / "scripts" / "make_sample"), "--help"]
    done = subprocess.run(call, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no Python 3.11 or newer was found" in done.stderr


def test_quickstart_refuses_a_folder_that_is_not_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It starts afresh only where it was before."""
    (tmp_path / "letter.txt").write_text("keep me", encoding="utf-8")
    assert quickstart.main([str(tmp_path)]) == 1
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "keep me"
    assert "not made by quickstart" in capsys.readouterr().err


def test_locks_name_no_index_and_pin_by_hash() -> None:
    """A lock works with whatever index a machine is set up with, and takes no other file."""
    for lock in PROJECT.glob("requirements*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock.name
        pins = [line for line in text.splitlines() if line and line[0] not in " #"]
        assert pins, lock.name
        assert all("==" in line and line.endswith("\\") for line in pins), lock.name


def test_dev_lock_holds_the_runtime_lock() -> None:
    """Tests run on the versions that users get."""

    def pins(name: str) -> set[str]:
        text = (PROJECT / name).read_text(encoding="utf-8")
        return {line for line in text.splitlines() if "==" in line and line[0] not in " #"}

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_modes_bind_a_command_without_roots_powers(tmp_path: Path) -> None:
    """Tests about file permissions mean something when root runs them."""
    secret = tmp_path / "secret"
    secret.write_text("x", encoding="utf-8")
    secret.chmod(0o000)
    assert run_without_root_powers(["cat", str(secret)]).returncode != 0
    secret.chmod(0o600)
    assert run_without_root_powers(["cat", str(secret)]).stdout == "x"


def test_nobody_is_not_root() -> None:
    """The other way of dropping root gives another user."""
    assert run_as_nobody(["id", "-u"]).stdout.strip() != "0"
