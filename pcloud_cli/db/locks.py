"""What a process holds only as long as it lives: its turn, its claim, its own name.

Nothing of it has to be given back, so nothing is left behind by a process that was killed. On
PostgreSQL turns and claims are advisory locks that end with the transaction, however it ends; on
SQLite whoever writes is alone already. What is held over many transactions (`alone`) is there a
lock of a connection of its own, here a row that names a process, worth nothing once that is dead.
"""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from pcloud_cli.clock import Clock
from pcloud_cli.db.engine import writer
from pcloud_cli.db.types import moment_text
from pcloud_cli.errors import Locked, PcloudError

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_STATE, _STARTED = 0, 19  # of /proc/PID/stat, counted after the command's name
_SILENCE = timedelta(minutes=10)
"""After which a process of another machine that holds something counts as dead."""
_SAY_EVERY = timedelta(minutes=1)


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


@contextmanager
def alone(
    engine: Engine, name: str, clock: Clock, taken: Callable[[], Locked]
) -> Iterator[Callable[[], None]]:
    """Have what is called `name` while the block runs, whatever transactions it makes.

    Raises `taken()` where another process has it. The function that is given says that this one is
    still at work; it is to be called between the transactions, and raises where it was lost.
    """
    if engine.dialect.name == "postgresql":
        with _alone_on_server(engine, name, taken) as still_there:
            yield still_there
        return
    holder, said = own_name(), clock.now()
    with writer(engine).begin() as connection:
        _take(connection, name, holder, said, taken)

    def still() -> None:
        nonlocal said
        now = clock.now()
        if now - said < _SAY_EVERY:
            return
        said = now
        statement = text("UPDATE process_claim SET seen_at = :now WHERE name = :n AND holder = :h")
        with writer(engine).begin() as connection:
            values = {"now": moment_text(now), "n": name, "h": holder}
            if connection.execute(statement, values).rowcount != 1:
                raise taken()

    try:
        yield still
    finally:
        # where this fails, the process is soon dead, and its row worth nothing
        with suppress(PcloudError), writer(engine).begin() as connection:
            gone = text("DELETE FROM process_claim WHERE name = :name AND holder = :holder")
            connection.execute(gone, {"name": name, "holder": holder})


@contextmanager
def _alone_on_server(
    engine: Engine, name: str, taken: Callable[[], Locked]
) -> Iterator[Callable[[], None]]:
    # a connection of its own, and no transaction: what is held for days keeps no vacuum waiting
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.detach()
        query = text("SELECT pg_try_advisory_lock(:lock)")
        if not connection.scalar(query, {"lock": _number(name)}):
            raise taken()
        yield lambda: connection.execute(text("SELECT 1")).close()


def _take(
    connection: Connection, name: str, holder: str, now: datetime, taken: Callable[[], Locked]
) -> None:
    query = text("SELECT holder, seen_at FROM process_claim WHERE name = :name")
    found = connection.execute(query, {"name": name}).one_or_none()
    if found is not None and found[0] != holder:
        living = lives(found[0])
        seen = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
        if living or (living is None and now - seen < _SILENCE):
            raise taken()
    connection.execute(
        text(
            "INSERT INTO process_claim (name, holder, seen_at) VALUES (:name, :holder, :now) "
            "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, seen_at = excluded.seen_at"
        ),
        {"name": name, "holder": holder, "now": moment_text(now)},
    )


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
