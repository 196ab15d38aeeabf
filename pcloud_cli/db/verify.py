"""Verifying the trail: every content, every link, every number, and the head (2.3.2).

Plain tuples come from the driver in chunks, and the common shape of an event is packed by hand:
that makes a million events a matter of seconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from pcloud_cli.db.failures import explained
from pcloud_cli.errors import ConfigProblem
from pcloud_cli.i18n import N_
from pcloud_cli.models.trail import EVENT_COLUMNS
from pcloud_cli.security.canonical import pack
from pcloud_cli.security.chain import GENESIS

_CHUNK = 400  # few objects alive at once: the garbage collector has nothing to walk
_MOST_PROBLEMS = 100
_MOST_CACHED = 20_000
_HEAD = "SELECT seq, hash FROM trail_head"

PROBLEMS = {
    "content": N_("The content of this event was changed."),
    "strange": N_("After this event stands something that is no event."),
    "link": N_("This event does not follow the one before it."),
    "gap": N_("Events are missing before this one."),
    "key": N_("This event names a key that does not exist."),
    "head": N_("The head of the trail does not name the last event: events were cut or added."),
    "checkpoint": N_("The event at the checkpoint is another one now."),
    "cut": N_("The trail ends before the checkpoint: its tail was cut off."),
    "signature": N_("The signature of the checkpoint does not hold: the file was changed."),
    "signer": N_("The checkpoint was signed by no key of this installation."),
    "unsigned": N_("The checkpoint is not signed, and at that time this installation signed all."),
}
"""What `verify` may find, by code; the texts are translated where they are printed."""


class TrailKeys(Protocol):
    """What is needed of a key ring here."""

    def trail_key(self, key_id: int | None = None) -> tuple[int, bytes]:
        """Return id and bytes of the trail key `key_id`, or of the newest active one."""


@dataclass(frozen=True)
class TrailProblem:
    """One thing wrong with the trail: at which event, and a code of `PROBLEMS`."""

    seq: int
    code: str


@dataclass(frozen=True)
class VerifyResult:
    """What `verify` found; `seq` and `hash` are the last event's and make a checkpoint.

    `problems` holds the first hundred, `problem_count` counts them all.
    """

    events: int
    seq: int
    hash: bytes
    problems: list[TrailProblem]
    problem_count: int

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return self.problem_count == 0


Progress = Callable[[int, int], None]
"""Is told how many events were looked at, and how many there are, as the head says."""


def verify(
    connection: Connection,
    keys: TrailKeys,
    *,
    checkpoint: tuple[int, bytes] | None = None,
    progress: Progress | None = None,
) -> VerifyResult:
    """Recompute every event's content and link, the numbers, the head, and the `checkpoint`.

    Use a connection of `engine.reader`: head and events must be of one snapshot. Reads in
    chunks; memory does not grow with the trail. Whatever stands in the columns, of whatever type,
    is judged and not trusted: the tables may have been made anew without their constraints.
    """
    return _Verification(keys, checkpoint, progress).run(connection)


class _Verification:
    def __init__(
        self,
        keys: TrailKeys,
        checkpoint: tuple[int, bytes] | None,
        progress: Progress | None,
    ) -> None:
        self._keys = keys
        self._checkpoint = checkpoint
        self._progress = progress
        self._problems: list[TrailProblem] = []
        self._count = 0
        self._hashers: dict[Any, Callable[[tuple[Any, ...]], bytes | None] | None] = {}

    def run(self, connection: Connection) -> VerifyResult:
        # as the driver gives it: what stands there may be anything
        head = [tuple(row) for row in connection.exec_driver_sql(_HEAD)]
        total = head[0][0] if head and type(head[0][0]) is int else 0
        events, seq, last = self._walk(connection, total)
        if head != [(seq, last)]:
            self._found(seq, "head")
        if self._checkpoint is not None and seq < self._checkpoint[0]:
            self._found(seq, "cut")
        whole = last if type(last) is bytes else b""
        return VerifyResult(events, seq, whole, self._problems, self._count)

    def _walk(self, connection: Connection, total: int) -> tuple[int, int, bytes]:
        events, last_seq, last_hash = 0, 0, GENESIS
        marked, marked_hash = self._checkpoint or (-1, b"")
        key_id: Any = None
        hasher: Callable[[tuple[Any, ...]], bytes | None] | None = None
        for chunk in event_rows(connection):
            events += len(chunk)
            if self._progress is not None:
                self._progress(events, total)
            for row in chunk:
                seq, digest = row[0], row[13]
                if seq != last_seq + 1:
                    if type(seq) is not int or type(digest) is not bytes:
                        self._found(last_seq, "strange")
                        continue
                    self._found(seq, "gap")
                elif row[12] != last_hash:
                    self._found(seq, "link")
                if row[11] != key_id:
                    key_id = row[11]
                    hasher = self._hasher(key_id)
                if hasher is None:
                    self._found(seq, "key")
                elif hasher(row) != digest:
                    self._found(seq, "content")
                if seq == marked and digest != marked_hash:
                    self._found(seq, "checkpoint")
                last_seq, last_hash = seq, digest
        return events, last_seq, last_hash

    def _hasher(self, key_id: Any) -> Callable[[tuple[Any, ...]], bytes | None] | None:
        if key_id not in self._hashers:
            try:
                self._hashers[key_id] = row_hasher(*self._keys.trail_key(key_id))
            except ConfigProblem as error:
                if error.code != "key_missing":
                    raise
                self._hashers[key_id] = None
        return self._hashers[key_id]

    def _found(self, seq: int, code: str) -> None:
        self._count += 1
        if len(self._problems) < _MOST_PROBLEMS:
            self._problems.append(TrailProblem(seq, code))


def row_hasher(key_id: int, key: bytes) -> Callable[[tuple[Any, ...]], bytes | None]:
    """Return a function from a row to what `security.chain.event_hash` says of it.

    A row is the hashed columns, `prev_hash`, `hash`. It is the same HMAC over the same packing,
    with what repeats from event to event kept at hand. The row must name `key_id`. None for a
    row that no event ever was.
    """
    sha256 = hashlib.sha256
    block = key.ljust(64, b"\0") if len(key) <= 64 else sha256(key).digest().ljust(64, b"\0")
    inner = bytes(byte ^ 0x36 for byte in block)
    outer = bytes(byte ^ 0x5C for byte in block)
    same: dict[Any, bytes] = {}
    text = [b"s%d:" % length for length in range(4096)]
    number = [b"i%d:" % length for length in range(20)]
    named = pack((key_id,))

    def slowly(row: tuple[Any, ...]) -> bytes | None:
        try:
            body = pack((row[12],)) + pack(row[:12])
        except (TypeError, UnicodeEncodeError):
            return None
        return sha256(outer + sha256(inner + body).digest()).digest()

    def compute(row: tuple[Any, ...]) -> bytes | None:
        seq, at, kind, actor, origin, action, about, subject, place, reason, detail, _, prev, _ = (
            row
        )
        try:
            who = kind, actor, origin, action, about
            known = same.get(who)
            if known is None:
                if len(same) > _MOST_CACHED:
                    same.clear()
                known = same[who] = pack(who)
            then = place, reason
            rest = same.get(then)
            if rest is None:
                rest = same[then] = pack(then)
            if type(subject) is not bytes or len(subject) != 16 or len(prev) != 32:
                return slowly(row)
            count = b"%d" % seq
            moment = at.encode()
            more = detail.encode()
            body = b"".join(
                (
                    inner,
                    b"b32:",
                    prev,
                    number[len(count)],
                    count,
                    text[len(moment)],
                    moment,
                    known,
                    b"b16:",
                    subject,
                    rest,
                    text[len(more)],
                    more,
                    named,
                )
            )
        except (AttributeError, IndexError, TypeError, UnicodeEncodeError):
            return slowly(row)
        return sha256(outer + sha256(body).digest()).digest()

    return compute


def event_rows(
    connection: Connection, first: int | None = None, last: int | None = None
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the events from number `first` to `last` in their order, straight from the driver.

    Lists of plain tuples: `EVENT_COLUMNS`, `prev_hash`, `hash`. Without limits it is all of them,
    whatever stands in the place of their numbers.
    """
    columns = ", ".join((*EVENT_COLUMNS, "prev_hash", "hash"))
    where = "" if first is None or last is None else f"WHERE seq BETWEEN {first:d} AND {last:d}"
    statement = f"SELECT {columns} FROM trail_event {where} ORDER BY seq"  # noqa: S608 - ours
    raw: Any = connection.connection.driver_connection
    with explained(connection.engine):
        if connection.dialect.name == "sqlite":
            cursor = raw.cursor()
        else:
            cursor = raw.cursor("pcloud_trail", binary=True)
        try:
            cursor.execute(statement)
            while chunk := cursor.fetchmany(_CHUNK):
                yield chunk
        finally:
            cursor.close()
