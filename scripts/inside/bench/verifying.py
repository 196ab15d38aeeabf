"""Verifying the trail, beside nothing but the SHA-256 that it cannot do without.

The floor hashes the very bytes of the same events, which lie ready in memory: both passes of the
HMAC, one after the other. Ours is `pcloud audit verify` as a process, from start to end. Neither
waits for anything, so seconds are those of the processor.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pcloud_cli.context import Context
from pcloud_cli.db import trail
from pcloud_cli.db.engine import reader, writer
from pcloud_cli.db.trail import Stamped, TrailEntry
from pcloud_cli.security.canonical import pack
from pcloud_cli.services import acting
from scripts.inside.bench.installation import Installation, sqlite_databases
from scripts.inside.bench.process import run
from scripts.inside.bench.table import Result

EVENTS_A_ROW = 10
_PART = 20_000
_ACTIONS = ("owner.show", "owner.find", "house.show", "login", "import.show")


def measure(given: argparse.Namespace, folder: Path) -> list[Result]:
    """Measure verifying a trail of ten times `given.rows` events."""
    events = given.rows * EVENTS_A_ROW
    floor = Result(f"floor: SHA-256 of {events:,} events", note="both passes of the HMAC, one core")
    ours = Result("pcloud audit verify", floor=floor, budget=6.0)
    short = Result("of that, a command that does nothing (whoami)", floor=floor)
    floor.floor = floor
    place = folder / "trail"
    place.mkdir(exist_ok=True)
    target = Installation(place, *sqlite_databases(place)).fresh(0)
    env = target.environment("security")
    empty = Context(env=env, stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO())
    with acting.at_desk(empty) as desk:
        _fill(desk, events)
        bodies = _bodies(desk)
        for _unused in range(given.runs):
            floor.seconds.append(_hashed(bodies))
            bodies = _bodies(desk)
    program = [sys.executable, "-m", "pcloud_cli"]
    for _unused in range(given.runs):
        begun = _children_seconds()
        ran = run([*program, "audit", "verify"], env=env, watch=True)
        ours.seconds.append(_children_seconds() - begun)
        ours.peak(ran.peak_mib)
        begun = _children_seconds()
        run([*program, "whoami"], env=env)
        short.seconds.append(_children_seconds() - begun)
    return [floor, ours, short]


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _fill(desk: acting.Desk, events: int) -> None:
    ids = desk._run.ids
    actors = ids.take(20)
    for begin in range(0, events, _PART):
        count = min(_PART, events - begin)
        with writer(desk.engine).begin() as connection:
            trail.append(
                connection,
                desk.keys,
                [
                    Stamped(
                        TrailEntry(
                            "person",
                            actors[number % 20],
                            _ACTIONS[number % len(_ACTIONS)],
                            "owner",
                            subject,
                            actors[0],
                            None,
                            {"count": 1, "digest": hashlib.sha256(subject).hexdigest()},
                        ),
                        desk._run.clock.now(),
                        "pcloud@counter3 sudo:wang",
                    )
                    for number, subject in enumerate(ids.take(count))
                ],
            )


def _bodies(desk: acting.Desk) -> Iterator[list[bytes]]:
    with reader(desk.engine).connect() as connection:
        for chunk in trail.event_rows(connection):
            yield [pack((row[12],)) + pack(row[:12]) for row in chunk]


def _hashed(parts: Iterator[list[bytes]]) -> float:
    """Hash the bodies and return the seconds that the hashing alone took."""
    sha256, seconds = hashlib.sha256, 0.0
    inner, outer = bytes(64), bytes(64)
    for bodies in parts:
        begun = time.process_time()
        for body in bodies:
            sha256(outer + sha256(inner + body).digest()).digest()
        seconds += time.process_time() - begun
    return seconds
