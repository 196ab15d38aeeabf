"""Whatever somebody with all rights on the database does to the trail without the key is found.

They take away triggers and constraints first, then change, remove, put in and reorder events as
they like, chain them anew by the program's own arithmetic with a guessed key, set the head right,
and bring in events that the program itself wrote in another past: they once restored an old state.
Each example lives in a transaction that is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from pcloud_cli.clock import FixedClock
from pcloud_cli.db import trail
from pcloud_cli.db.engine import writer
from pcloud_cli.db.trail import Stamped, TrailEntry
from pcloud_cli.ids import IdSource
from pcloud_cli.models.trail import EVENT_COLUMNS
from pcloud_cli.security.chain import GENESIS, event_hash
from pcloud_cli.security.keys import KeyRing

COLUMNS = (*EVENT_COLUMNS, "prev_hash", "hash")
EVENTS = 8
BLOBS = {"actor_id", "object_id", "community_id", "prev_hash", "hash"}
NUMBERS = {"seq", "key_id"}
GUESS = b"a guess of a key, 32 bytes long.."

State = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]


class Intruder:
    """Somebody at the database: all its events as lists, and the head's rows."""

    def __init__(self, connection: Connection, other_past: list[tuple[Any, ...]]) -> None:
        self._connection = connection
        self._other_past = other_past
        self.sqlite = connection.dialect.name == "sqlite"
        self._open()
        self.rows = [list(row) for row in self._select("trail_event", COLUMNS)]
        self.heads = [list(row) for row in self._select("trail_head", ("seq", "hash"))]

    def _run(self, statement: str, values: tuple[Any, ...] = ()) -> Any:
        return self._connection.exec_driver_sql(statement, values)

    def _select(self, table: str, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
        found = self._run(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {columns[0]}")
        return [tuple(row) for row in found]

    def _open(self) -> None:
        """Take away what guards: make both tables anew without a trigger or a constraint."""
        for table in ("trail_event", "trail_head"):
            self._run(f"CREATE TABLE mine AS SELECT * FROM {table}")
            self._run(f"DROP TABLE {table}")
            self._run(f"ALTER TABLE mine RENAME TO {table}")

    def write(self) -> State:
        """Put what is in the lists in the tables' place; return what then stands there."""
        mark = "?" if self.sqlite else "%s"
        for table, columns, rows in (
            ("trail_event", COLUMNS, self.rows),
            ("trail_head", ("seq", "hash"), self.heads),
        ):
            self._run(f"DELETE FROM {table}")
            marks = ", ".join([mark] * len(columns))
            for row in rows:
                self._run(
                    f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", tuple(row)
                )
        return self.state()

    def state(self) -> State:
        """Return what stands in the tables."""
        return self._select("trail_event", COLUMNS), self._select("trail_head", ("seq", "hash"))

    # --- what an intruder does -------------------------------------------------------------------

    def change(self, data: st.DataObject) -> None:
        """Give a column of an event another value."""
        row = self._row(data)
        at = data.draw(st.integers(0, len(COLUMNS) - 1))
        row[at] = data.draw(self._values(COLUMNS[at]))

    def nudge(self, data: st.DataObject) -> None:
        """Change as little as can be: a bit of bytes, a letter of a text, a number by one."""
        row = self._row(data)
        at = data.draw(st.integers(0, len(COLUMNS) - 1))
        value = row[at]
        if isinstance(value, bytes) and value:
            place = data.draw(st.integers(0, len(value) - 1))
            bit = 1 << data.draw(st.integers(0, 7))
            row[at] = value[:place] + bytes([value[place] ^ bit]) + value[place + 1 :]
        elif isinstance(value, str) and value:
            place = data.draw(st.integers(0, len(value) - 1))
            row[at] = value[:place] + data.draw(st.sampled_from('ab1 "')) + value[place + 1 :]
        elif isinstance(value, int):
            row[at] = value + data.draw(st.sampled_from([-1, 1]))

    def between(self, data: st.DataObject) -> None:
        """Exchange the values of two columns of an event."""
        row = self._row(data)
        kinds = [sorted(BLOBS), sorted(set(COLUMNS) - BLOBS - NUMBERS)]
        one, other = data.draw(
            st.lists(
                st.sampled_from(data.draw(st.sampled_from(kinds))),
                min_size=2,
                max_size=2,
                unique=True,
            )
        )
        a, b = COLUMNS.index(one), COLUMNS.index(other)
        row[a], row[b] = row[b], row[a]

    def remove(self, data: st.DataObject) -> None:
        """Remove an event."""
        if self.rows:
            del self.rows[data.draw(st.integers(0, len(self.rows) - 1))]

    def repeat(self, data: st.DataObject) -> None:
        """Put an event in once more, under its own number or another."""
        row = list(self._row(data))
        if data.draw(st.booleans()):
            row[0] = data.draw(st.integers(-1, EVENTS + 3))
        self.rows.append(row)

    def swap(self, data: st.DataObject) -> None:
        """Exchange the numbers of two events."""
        one, other = self._row(data), self._row(data)
        one[0], other[0] = other[0], one[0]

    def number_anew(self, _data: st.DataObject) -> None:
        """Number all events without a gap, in the order of their numbers."""
        for number, row in enumerate(sorted(self.rows, key=lambda row: str(row[0]).zfill(9)), 1):
            row[0] = number

    def cut(self, data: st.DataObject) -> None:
        """Cut the newest events off."""
        keep = data.draw(st.integers(0, EVENTS))
        self.rows = [row for row in self.rows if isinstance(row[0], int) and row[0] <= keep]

    def head(self, data: st.DataObject) -> None:
        """Set the head to an event that is there, or to anything; or remove or double it."""
        how = data.draw(st.sampled_from(["last", "any", "none", "two"]))
        if how == "last":
            last = max(self.rows, key=lambda row: str(row[0]).zfill(9), default=None)
            self.heads = [[0, GENESIS] if last is None else [last[0], last[13]]]
        elif how == "any":
            number = data.draw(st.integers(0, EVENTS + 2))
            self.heads = [[number, data.draw(st.binary(max_size=32))]]
        elif how == "none":
            self.heads = []
        else:
            self.heads += self.heads[:1]

    def chain(self, data: st.DataObject) -> None:
        """Link and hash anew from some event on, as the program does, but with a guessed key."""
        begin = data.draw(st.integers(0, EVENTS))
        previous = GENESIS
        for place, row in enumerate(self.rows):
            if place >= begin and all(
                isinstance(value, (str, bytes, int, type(None))) for value in row
            ):
                row[12] = previous
                row[13] = event_hash(GUESS, row[12], tuple(row[:12]))
            previous = row[13] if isinstance(row[13], bytes) else GENESIS

    def splice(self, data: st.DataObject) -> None:
        """Put events of the other past in the place of those of their numbers."""
        few = data.draw(st.lists(st.sampled_from(self._other_past), unique=True, min_size=1))
        chosen = {row[0]: row for row in data.draw(st.sampled_from([few, self._other_past]))}
        self.rows = [row for row in self.rows if row[0] not in chosen]
        self.rows += [list(row) for row in chosen.values()]

    def _row(self, data: st.DataObject) -> list[Any]:
        if not self.rows:
            self.rows.append([1, *([None] * (len(COLUMNS) - 1))])
        return self.rows[data.draw(st.integers(0, len(self.rows) - 1))]

    def _values(self, column: str) -> st.SearchStrategy[Any]:
        text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
        number, blob = st.integers(-2, EVENTS + 5), st.binary(max_size=33)
        if self.sqlite:  # a column of SQLite takes anything
            return st.none() | text | number | blob | st.floats(allow_nan=False)
        proper = blob if column in BLOBS else number if column in NUMBERS else text
        return st.none() | proper


DEEDS: tuple[Callable[[Intruder, st.DataObject], None], ...] = (
    Intruder.change,
    Intruder.nudge,
    Intruder.between,
    Intruder.remove,
    Intruder.repeat,
    Intruder.swap,
    Intruder.number_anew,
    Intruder.cut,
    Intruder.head,
    Intruder.chain,
    Intruder.splice,
)
FORK = EVENTS // 2


class Written(NamedTuple):
    """A trail of `EVENTS` events, and the events of another past that begins after `FORK`."""

    engine: Engine
    other_past: list[tuple[Any, ...]]


def _entry(ids: IdSource, number: int) -> TrailEntry:
    return TrailEntry(
        "person" if number % 3 else "nobody",
        ids() if number % 3 else None,
        f"step.{number}",
        "owner",
        ids() if number % 4 else None,
        ids() if number % 2 else None,
        "核对电话" if number % 2 else None,
        {"n": number},
    )


@pytest.fixture
def written(engine: Engine, clock: FixedClock, ids: IdSource, keyring: KeyRing) -> Written:
    """A trail of some events, unlike one another."""

    def write(first: int, last: int) -> None:
        with writer(engine).begin() as connection:
            stamped = [
                Stamped(_entry(ids, n), clock.now(), "pcloud@host") for n in range(first, last)
            ]
            trail.append(connection, keyring, stamped)

    write(0, FORK)
    with writer(engine).connect() as connection, connection.begin() as transaction:
        stamped = [Stamped(_entry(ids, n), clock.now(), "elsewhere") for n in range(FORK, EVENTS)]
        trail.append(connection, keyring, stamped)
        rows = [row for chunk in trail.event_rows(connection) for row in chunk]
        transaction.rollback()
    write(FORK, EVENTS)
    return Written(engine, rows[FORK:])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=250)
@given(data=st.data())
def test_nothing_passes_but_an_earlier_state_and_no_checkpoint_lets_that_pass(
    written: Written, keyring: KeyRing, data: st.DataObject
) -> None:
    with writer(written.engine).connect() as connection, connection.begin() as transaction:
        intruder = Intruder(connection, written.other_past)
        events, heads = before = intruder.state()
        mark = (events[-1][0], events[-1][13])
        assert trail.verify(connection, keyring, checkpoint=mark).ok
        for deed in data.draw(st.lists(st.sampled_from(DEEDS), min_size=1, max_size=4)):
            deed(intruder, data)
        after = intruder.write()
        alone = trail.verify(connection, keyring)
        marked = trail.verify(connection, keyring, checkpoint=mark)
        transaction.rollback()
    # an intruder can only take the trail back to what the program itself made of it at some time
    earlier: list[State] = [
        (past[:count], [(count, past[count - 1][13] if count else GENESIS)])
        for past in (events, [*events[:FORK], *written.other_past])
        for count in range(EVENTS + 1)
    ]
    untouched = after == before
    event(f"untouched: {untouched}, whole without a checkpoint: {alone.ok}")
    assert heads == [mark]
    assert alone.ok == (after in earlier)
    assert marked.ok == untouched
    if not marked.ok:
        assert marked.problems, "the first bad event is named"
        assert all(isinstance(problem.seq, int) for problem in marked.problems)


@pytest.mark.parametrize("deed", ["change", "remove", "insert", "reorder", "cut"])
@pytest.mark.parametrize("seq", range(1, EVENTS + 1))
def test_a_single_deed_at_any_event_is_found_at_it(
    written: Written, keyring: KeyRing, deed: str, seq: int
) -> None:
    with writer(written.engine).connect() as connection, connection.begin() as transaction:
        intruder = Intruder(connection, written.other_past)
        row = intruder.rows[seq - 1]
        last = (EVENTS, intruder.rows[-1][13])
        if deed == "change":
            row[9] = "another reason"
        elif deed == "remove":
            del intruder.rows[seq - 1]
        elif deed == "insert":
            for later in intruder.rows[seq - 1 :]:
                later[0] += 1
            intruder.rows.append([seq, *row[1:]])
        elif deed == "reorder":
            other = intruder.rows[seq % EVENTS]
            row[0], other[0] = other[0], row[0]
        else:
            intruder.rows = intruder.rows[: seq - 1]
        intruder.write()
        result = trail.verify(connection, keyring, checkpoint=last)
        transaction.rollback()
    assert not result.ok
    first = min(problem.seq for problem in result.problems)
    assert first in {seq - 1, seq, seq + 1, 1}, result.problems
