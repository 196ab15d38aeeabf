"""What a process holds only as long as it lives: its turn, its claim, its own name.

Nothing of it has to be given back, so nothing is left behind by a process that was killed. On
PostgreSQL turns and claims are advisory locks that end with the transaction, however it ends; on
SQLite whoever writes is alone already.
"""

from __future__ import annotations

import hashlib
import os
import socket
from contextlib import suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_STATE, _STARTED = 0, 19  # of /proc/PID/stat, counted after the command's name


def wait_turn(session: Session, name: str) -> None:
    """Return once no other transaction has the turn called `name`; keep it until this one ends.

    Raises Locked where another keeps it for longer than a writer waits.
    """
    if _on_server(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _number(name)})


def claim(session: Session, name: str) -> bool:
    """Take what is called `name` until the transaction of `session` ends; False if another has it.

    Always True on SQLite, where no lock outlives a transaction: there `lives` has to tell.
    """
    if not _on_server(session):
        return True
    query = text("SELECT pg_try_advisory_xact_lock(:lock)")
    return bool(session.scalar(query, {"lock": _number(name)}))


def is_claimed(session: Session, name: str) -> bool:
    """Return whether somebody has what is called `name`; never so on SQLite."""
    if not _on_server(session):
        return False
    query = text(
        "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
        "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
        "AND d.datname = current_database() "
        "AND (CAST(l.classid AS BIGINT) << 32 | CAST(l.objid AS BIGINT)) = :lock)"
    )
    return bool(session.scalar(query, {"lock": _number(name)}))


def own_name() -> str:
    """Return what this process is called: machine, number and start, so that it is meant alone."""
    return _name(os.getpid())


def lives(name: str) -> bool | None:
    """Return whether the process of `own_name` runs; None where it is of another machine."""
    host, _blank, rest = name.partition(" ")
    number = rest.partition(" ")[0]
    if host != socket.gethostname() or not number.isdecimal():
        return None
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, so it is there
    except OverflowError:
        return False
    # the number may be another's by now; and a process that has ended may wait to be reaped
    return _name(int(number)) == name and _stat(int(number), _STATE) != "Z"


def _name(process: int) -> str:
    boot = ""
    with suppress(OSError):
        boot = _BOOT.read_text(encoding="ascii").strip()
    return f"{socket.gethostname()} {process} {boot}/{_stat(process, _STARTED)}"


def _stat(process: int, field: int) -> str:
    """Return a field of /proc/PID/stat, "" where there is no such thing."""
    with suppress(OSError, IndexError):
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        return told.rpartition(")")[2].split()[field]  # the command's name may hold anything
    return ""


def _on_server(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _number(name: str) -> int:
    digest = hashlib.sha256(b"pcloud " + name.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
