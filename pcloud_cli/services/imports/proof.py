"""Proving that what is staged is what was approved, beside the statements that move it (2.3.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

from sqlalchemy.orm import Session

from pcloud_cli.db.engine import reader
from pcloud_cli.errors import ConfigProblem, Failed, Locked
from pcloud_cli.services.imports.staged import staged_root


class Proof:
    """The root over a batch's staged content, computed on a thread and a connection of its own.

    The database works without holding Python up, so hashing beside it costs hardly any time. The
    connection sees what was committed before, and the caller's transaction holds the batch: both
    look at the same rows.
    """

    def __init__(self, session: Session, batch_id: bytes) -> None:
        """Begin at once."""
        self._engine = session.connection().engine
        self._batch = batch_id
        self._root = b""
        self._error: Exception | None = None
        self._thread = Thread(target=self._compute, name="proof", daemon=True)
        self._thread.start()

    def _compute(self) -> None:
        try:
            with reader(self._engine).connect() as connection:
                self._root = staged_root(connection, self._batch)
        except Exception as error:
            self._error = error

    def root(self) -> bytes:
        """Wait for the root and return it. Raises what computing it raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._root


@contextmanager
def proving(prove: Callable[[], None]) -> Iterator[None]:
    """Run `prove` behind the block, also where that failed: content that nobody approved may well
    be why, and what `prove` raises is then what is said.

    Where the database itself failed it cannot be asked anything more, and that is said.
    """
    try:
        yield
    except (Failed, Locked, ConfigProblem):
        raise
    except Exception:
        prove()
        raise
    prove()
