"""What each peer needs: a clock that prints, and a database as durable as ours.

The scripts here run by themselves, in the environment of the peers: `SCRIPT WORKBOOK DATABASE`.
"""

import json
import resource
import sqlite3
import sys
import time
from types import TracebackType


class Clock:
    """Measures its block; prints seconds and the peak memory of the process as JSON.

    The seconds are those of a clock on the wall, or of the processor (`processor`) for work that
    waits for nothing: what else the machine does then matters little.
    """

    def __init__(self, *, processor: bool = False) -> None:
        self._now = time.process_time if processor else time.perf_counter

    def __enter__(self) -> None:
        self._started = self._now()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        seconds = self._now() - self._started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if kind is None:
            unit = 2**20 if sys.platform == "darwin" else 2**10
            print(json.dumps({"seconds": seconds, "peak_mib": peak / unit}))


def durable(path: str) -> sqlite3.Connection:
    """Return a connection whose commits survive a power cut, as ours do."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection
