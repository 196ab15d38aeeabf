"""A PostgreSQL server of our own, for the length of one run of the tests.

It listens only on a Unix socket in a temporary folder (on 127.0.0.1, with a password, where the
socket's path would be too long), does not wait for the disk, and never runs as root: root copies
the binaries to where `nobody` may read them and lets `nobody` run them, adding no user. Where there
is room, its databases lie in memory: each test has a copy of one, some thousand small files, which
a disk takes ten times as long to make. So do the tests' own folders, whose databases wait for the
disk at every commit.

What a run leaves behind when it is killed, the next run finds by its record in the state folder.
The record is locked as long as its run lives, so that two runs do not end each other's server.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from scripts.inside.postgres_binaries import Binaries, candidates

_PREFIX = "pcloud-test-"
_SOCKET_PATH_LIMIT = 100  # 107 bytes on Linux, 103 on macOS
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_USER = "pcloud"
_MEMORY = Path("/dev/shm")
_MEMORY_FREE = 3 << 30  # bytes; a run takes some hundred MiB
_SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "max_wal_size": "256MB",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


class NoServer(Exception):
    """A server could not be brought up from these binaries; says why."""


# --- the state folder and what killed runs left --------------------------------------------------


def state_folder() -> Path:
    """Return the folder of the records, made if need be; open to this user alone."""
    base = os.environ.get("XDG_STATE_HOME", "")
    home = os.environ.get("HOME", "")
    if not base.startswith("/") and home.startswith("/"):
        base = f"{home}/.local/state"
    if base.startswith("/"):
        with suppress(OSError):
            folder = Path(base, "pcloud-test")
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if os.access(folder, os.W_OK):
                return folder
    folder = Path(tempfile.gettempdir(), f"pcloud-test-state-{os.getuid()}")
    folder.mkdir(exist_ok=True, mode=0o700)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise NoServer(f"{folder} belongs to somebody else")
    return folder


def clean_up_after_killed_runs(say: Callable[[str], None]) -> None:
    """End the servers and remove the folders of runs that no longer live."""
    try:
        records = sorted(state_folder().glob("run-*.json"))
    except NoServer:
        return
    for record in records:
        with suppress(OSError), record.open("r+", encoding="utf-8") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue  # its run lives
            try:
                folder = Path(json.load(stream)["folder"])
            except (ValueError, KeyError, TypeError):
                record.unlink(missing_ok=True)
                continue
            if _is_ours(folder):
                say(f"Cleaning up after a run that was killed: {folder}")
                _end_processes_of(folder)
                shutil.rmtree(folder, ignore_errors=True)
            if _is_ours(_in_memory(folder)):
                shutil.rmtree(_in_memory(folder), ignore_errors=True)
            if not folder.exists():
                record.unlink(missing_ok=True)


def _in_memory(folder: Path) -> Path:
    """Return where the databases of the run with that folder lie, if they are in memory."""
    return _MEMORY / folder.name


def _has_room_in_memory() -> bool:
    try:
        free = shutil.disk_usage(_MEMORY).free
        told = Path("/proc/meminfo").read_text(encoding="ascii")
        available = int(told.partition("MemAvailable:")[2].split(None, 1)[0]) << 10
    except (OSError, ValueError, IndexError):
        return False
    return min(free, available) > _MEMORY_FREE and os.access(_MEMORY, os.W_OK | os.X_OK)


def _is_ours(folder: Path) -> bool:
    return folder.name.startswith(_PREFIX) and not folder.is_symlink() and folder.is_dir()


def _end_processes_of(folder: Path) -> None:
    """End the processes whose command line names `folder`; its random name makes them ours."""
    mine = [pid for pid in _all_processes() if str(folder) in _command_line(pid)]
    for number in (signal.SIGINT, signal.SIGKILL):
        for pid in mine:
            # the number may have passed to another process since
            if str(folder) in _command_line(pid):
                with suppress(OSError):
                    os.kill(pid, number)
        end = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < end:
            mine = [pid for pid in mine if str(folder) in _command_line(pid)]
            if not mine:
                return
            time.sleep(0.05)


def _all_processes() -> Iterable[int]:
    done = subprocess.run(["ps", "-A", "-o", "pid="], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return [int(word) for word in done.stdout.split() if int(word) != os.getpid()]
    return [
        int(path.name) for path in Path("/proc").glob("[0-9]*") if path.name != str(os.getpid())
    ]


def _command_line(pid: int) -> str:
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        if Path("/proc/self").exists():
            return ""
    call = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
    return subprocess.run(call, capture_output=True, text=True, check=False).stdout


# --- one server ----------------------------------------------------------------------------------


class Run:
    """The temporary folder of one run, recorded before it is made; `close` removes everything."""

    def __init__(self) -> None:
        base = _reachable_base()
        token = secrets.token_hex(6)
        self.folder = base / f"{_PREFIX}{token}"
        self.record = state_folder() / f"run-{token}.json"
        self._stream: IO[str] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Write the record, lock it, make the folder."""
        self._stream = self.record.open("x", encoding="utf-8")
        fcntl.flock(self._stream, fcntl.LOCK_EX)
        json.dump({"folder": str(self.folder)}, self._stream)
        self._stream.flush()
        self.folder.mkdir(mode=0o755)
        self.folder.chmod(0o755)

    def close(self) -> None:
        """Stop the server, remove folder and record. May be called twice."""
        self._stop()
        _end_processes_of(self.folder)  # a signal may have come before the server had a name here
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(_in_memory(self.folder), ignore_errors=True)
        if not self.folder.exists():
            self.record.unlink(missing_ok=True)
        if self._stream is not None:
            self._stream.close()

    def start(self, binaries: Binaries) -> str:
        """Bring up a server from `binaries`; return its URL. NoServer where it does not start."""
        area = self.folder / f"pg-{secrets.token_hex(2)}"
        area.mkdir(mode=0o755)
        owner = _server_user()
        bindir = binaries.bindir
        if binaries.root is not None and owner is not None:
            shutil.copytree(
                binaries.root, area / "pg", ignore=shutil.ignore_patterns("include", "*.a")
            )
            _open_for_all(area / "pg")
            bindir = area / "pg" / binaries.bindir.relative_to(binaries.root)
        home = area / "run"
        home.mkdir(mode=0o700)
        if owner is not None:
            os.chown(home, owner.pw_uid, owner.pw_gid)
        port, password = 5432, secrets.token_urlsafe(16)
        by_socket = len(str(home / f".s.PGSQL.{port}").encode()) < _SOCKET_PATH_LIMIT
        if not by_socket:
            port = _free_port()
        place = self.in_memory(area.name) or home
        if owner is not None:
            os.chown(place, owner.pw_uid, owner.pw_gid)
        data = place / "data"
        self._initialise(bindir, home, data, password, owner, by_socket=by_socket)
        options = dict(_SETTINGS, port=str(port))
        options["unix_socket_directories"] = str(home) if by_socket else ""
        options["listen_addresses"] = "" if by_socket else "127.0.0.1"
        call = [str(bindir / "postgres"), "-D", str(data)]
        for name, value in options.items():
            call += ["-c", f"{name}={value}"]
        with (area / "server.log").open("wb") as log:
            # a session of its own: the terminal's ctrl-C must reach the tests before the server
            self._server = subprocess.Popen(
                call, stdout=log, stderr=log, stdin=subprocess.DEVNULL, **_as_user(owner, home)
            )
        if by_socket:
            url = f"postgresql+psycopg://{_USER}@/postgres?host={home}&port={port}"
        else:
            url = f"postgresql+psycopg://{_USER}:{password}@127.0.0.1:{port}/postgres"
        self._wait_until_it_answers(url, area / "server.log")
        return url

    def in_memory(self, name: str) -> Path | None:
        """Make a folder of this run in memory, None where there is no room for one."""
        if not _has_room_in_memory():
            return None
        base = _in_memory(self.folder)
        base.mkdir(mode=0o755, exist_ok=True)
        base.chmod(0o755)
        place = base / name
        place.mkdir(mode=0o700)
        return place

    def _initialise(
        self,
        bindir: Path,
        home: Path,
        data: Path,
        password: str,
        owner: pwd.struct_passwd | None,
        *,
        by_socket: bool,
    ) -> None:
        call = [str(bindir / "initdb"), "-D", str(data), "-U", _USER, "-E", "UTF8"]
        call += ["--locale=C", "--no-sync"]
        if by_socket:
            call += ["--auth=trust"]  # the socket's folder is 0700
        else:
            secret = home / "password"
            secret.touch(mode=0o600)
            secret.write_text(password, encoding="utf-8")
            if owner is not None:
                os.chown(secret, owner.pw_uid, owner.pw_gid)
            call += ["--auth=scram-sha-256", f"--pwfile={secret}"]
        try:
            done = subprocess.run(
                call, capture_output=True, text=True, check=False, **_as_user(owner, home)
            )
        except OSError as error:
            raise NoServer(str(error)) from None
        if done.returncode:
            raise NoServer((done.stderr or done.stdout).strip()[-500:] or "initdb failed")

    def _wait_until_it_answers(self, url: str, log: Path) -> None:
        import psycopg

        server = self._server
        assert server is not None
        plain = url.replace("+psycopg", "")
        end = time.monotonic() + _START_SECONDS
        pause = 0.02
        while server.poll() is None and time.monotonic() < end:
            try:
                psycopg.connect(plain, connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(pause)
                pause = min(pause * 1.5, 0.5)
            else:
                return
        self._stop()
        raise NoServer(log.read_text(encoding="utf-8", errors="replace")[-1000:].strip())

    def _stop(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if server.poll() is not None:
                return
            with suppress(OSError):
                server.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                server.wait(_STOP_SECONDS / 2)
                return


def _server_user() -> pwd.struct_passwd | None:
    """Return whom the server runs as: `nobody` where we are root, None for ourselves."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as_user(owner: pwd.struct_passwd | None, home: Path) -> dict[str, Any]:
    environment = {"PATH": os.defpath, "HOME": str(home), "LC_ALL": "C", "TZ": "UTC"}
    given: dict[str, Any] = {"env": environment, "cwd": str(home), "start_new_session": True}
    if owner is not None:
        given.update(user=owner.pw_uid, group=owner.pw_gid, extra_groups=[])
    return given


def _reachable_base() -> Path:
    """Return a folder for temporary things that the server's user can reach too."""
    for name in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        base = Path(name).resolve()
        if os.geteuid() != 0 or all(part.stat().st_mode & 0o001 for part in (base, *base.parents)):
            return base
    raise NoServer("no temporary folder that the user nobody may enter")


def _open_for_all(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- what the tests' runner calls ----------------------------------------------------------------


class Served(NamedTuple):
    """A PostgreSQL for the tests, and a folder.

    `url` is None where no server could be brought up; `memory` is a folder in memory that is gone
    afterwards, None where there is no room for one.
    """

    url: str | None
    memory: Path | None


@contextmanager
def server(project: Path, say: Callable[[str], None]) -> Iterator[Served]:
    """Yield a PostgreSQL for the tests.

    `PCLOUD_TEST_POSTGRES` names one that runs already, which is then used as it is.
    """
    given = os.environ.get("PCLOUD_TEST_POSTGRES")
    clean_up_after_killed_runs(say)
    run = Run()
    try:
        run.open()
        if given:
            say("PostgreSQL: the one that PCLOUD_TEST_POSTGRES names.")
        yield Served(given or _start_any(run, project, say), run.in_memory("tests"))
    finally:
        run.close()


def _start_any(run: Run, project: Path, say: Callable[[str], None]) -> str | None:
    for found in candidates(project):
        if isinstance(found, str):
            say(f"PostgreSQL: the pinned wheel is not to be had: {found}")
            continue
        before = time.monotonic()
        try:
            url = run.start(found)
        except (NoServer, OSError) as error:
            say(f"PostgreSQL: {found.origin}, did not start: {error}")
            continue
        say(f"PostgreSQL: {found.origin}; up in {time.monotonic() - before:.1f} s.")
        return url
    return None
