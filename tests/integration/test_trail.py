"""The trail: the database refuses to change it, and verifying finds every change made anyway."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from pcloud_cli.clock import FixedClock
from pcloud_cli.db import trail
from pcloud_cli.db.engine import reader, writer
from pcloud_cli.db.trail import TrailEntry, VerifyResult
from pcloud_cli.db.verify import row_hasher
from pcloud_cli.db.work import Work, unit_of_work
from pcloud_cli.errors import Failed, NotAllowed
from pcloud_cli.ids import IdSource
from pcloud_cli.models.community import Community
from pcloud_cli.models.trail import EVENT_COLUMNS, TrailEvent, TrailHead
from pcloud_cli.security.chain import GENESIS, event_hash
from pcloud_cli.security.keys import KeyRing
from tests.integration.tampering import tamper

Begin = Callable[..., AbstractContextManager[Work]]
ACTOR, HOUSE, PLACE = b"a" * 16, b"h" * 16, b"p" * 16


def entry(action: str = "owner.reveal", **other: object) -> TrailEntry:
    given = {"reason": "核对电话", "detail": {"fields": ["phone"], "b": 1}, **other}
    return TrailEntry("person", ACTOR, action, "owner", HOUSE, PLACE, **given)  # type: ignore[arg-type]


@pytest.fixture
def begin(engine: Engine, clock: FixedClock, ids: IdSource, keyring: KeyRing) -> Begin:
    """Begin a unit of work on the test's database."""

    def begin(*, write: bool = True, dry_run: bool = False) -> AbstractContextManager[Work]:
        return unit_of_work(
            engine,
            clock=clock,
            ids=ids,
            keys=keyring,
            origin="pcloud@host",
            write=write,
            dry_run=dry_run,
        )

    return begin


@pytest.fixture
def filled(engine: Engine, begin: Begin) -> Engine:
    """A trail of five events."""
    for number in range(5):
        with begin() as work:
            work.record(entry(f"step.{number}", detail={"n": number}))
    return engine


def verified(
    engine: Engine, keyring: KeyRing, checkpoint: tuple[int, bytes] | None = None
) -> VerifyResult:
    with reader(engine).connect() as connection:
        return trail.verify(connection, keyring, checkpoint=checkpoint)


def found(result: VerifyResult) -> list[tuple[int, str]]:
    return [(problem.seq, problem.code) for problem in result.problems]


def actions(engine: Engine) -> list[str]:
    with Session(reader(engine)) as session:
        return list(session.scalars(select(TrailEvent.action).order_by(TrailEvent.seq)))


def test_an_untouched_trail_verifies(filled: Engine, keyring: KeyRing) -> None:
    result = verified(filled, keyring)
    assert (result.ok, result.events, result.seq) == (True, 5, 5)
    assert verified(filled, keyring, (result.seq, result.hash)).ok
    with reader(filled).connect() as connection:
        assert trail.checkpoint(connection) == (result.seq, result.hash)


def test_an_empty_trail_verifies(engine: Engine, keyring: KeyRing) -> None:
    result = verified(engine, keyring, (0, GENESIS))
    assert (result.ok, result.events, result.hash) == (True, 0, GENESIS)


def test_an_event_says_who_when_where_what_and_why(filled: Engine) -> None:
    with Session(reader(filled)) as session:
        event = session.get_one(TrailEvent, 3)
    assert event.at == "2026-03-01T08:00:00.000000+00:00"
    assert (event.actor_id, event.origin, event.action) == (ACTOR, "pcloud@host", "step.2")
    assert (event.object_id, event.community_id, event.reason) == (HOUSE, PLACE, "核对电话")
    assert event.detail == '{"n":2}'


@pytest.mark.parametrize(
    "change",
    [
        update(TrailEvent).values(reason="nothing"),
        update(TrailEvent).where(TrailEvent.seq == 99).values(reason="nothing"),
        delete(TrailEvent).where(TrailEvent.seq == 5),
    ],
    ids=["update", "update-none", "delete"],
)
def test_the_database_refuses_to_change_or_delete_an_event(
    filled: Engine, keyring: KeyRing, change: object, request: pytest.FixtureRequest
) -> None:
    if "update-none" in request.node.name and filled.dialect.name == "sqlite":
        with writer(filled).begin() as connection:
            assert connection.execute(change).rowcount == 0  # type: ignore[call-overload]
        return
    with pytest.raises(DBAPIError, match="never"), writer(filled).begin() as connection:
        connection.execute(change)  # type: ignore[call-overload]
    assert verified(filled, keyring).events == 5


def test_the_database_refuses_to_replace_or_truncate(filled: Engine, keyring: KeyRing) -> None:
    statement = (
        "INSERT OR REPLACE INTO trail_event SELECT * FROM trail_event WHERE seq = 2"
        if filled.dialect.name == "sqlite"
        else "TRUNCATE trail_event"
    )
    with pytest.raises(DBAPIError, match="never"), writer(filled).begin() as connection:
        connection.execute(text(statement))
    assert verified(filled, keyring).ok


BYTES_COLUMNS = {"actor_id", "object_id", "community_id", "prev_hash", "hash"}
NUMBER_COLUMNS = {"seq", "key_id"}


@pytest.mark.parametrize("column", [*EVENT_COLUMNS, "prev_hash", "hash"])
def test_a_change_of_any_column_is_found(filled: Engine, keyring: KeyRing, column: str) -> None:
    if column in NUMBER_COLUMNS:
        value = f"{column} + 100"
    elif column in BYTES_COLUMNS:
        value = "X'" + "00" * 16 + "'" if filled.dialect.name == "sqlite" else r"'\x0011'"
    else:
        value = f"{column} || ' '"
    tamper(filled, f"UPDATE trail_event SET {column} = {value} WHERE seq = 3")
    result = verified(filled, keyring)
    assert not result.ok
    assert {seq for seq, _code in found(result)} <= {3, 4, 5, 103}


@pytest.mark.parametrize("column", ["actor_id", "object_id", "community_id", "reason"])
def test_taking_a_value_away_is_found(filled: Engine, keyring: KeyRing, column: str) -> None:
    tamper(filled, f"UPDATE trail_event SET {column} = NULL WHERE seq = 3")
    assert found(verified(filled, keyring)) == [(3, "content")]


def test_moving_content_between_columns_is_found(filled: Engine, keyring: KeyRing) -> None:
    tamper(
        filled,
        "UPDATE trail_event SET object_id = community_id, community_id = object_id WHERE seq = 3",
    )
    assert found(verified(filled, keyring)) == [(3, "content")]


def test_a_removed_event_is_found(filled: Engine, keyring: KeyRing) -> None:
    tamper(filled, "DELETE FROM trail_event WHERE seq = 3")
    assert found(verified(filled, keyring)) == [(4, "gap")]


def test_renumbering_after_a_removal_is_found(filled: Engine, keyring: KeyRing) -> None:
    tamper(
        filled,
        "DELETE FROM trail_event WHERE seq = 3",
        "UPDATE trail_event SET seq = 3 WHERE seq = 4",
        "UPDATE trail_event SET seq = 4 WHERE seq = 5",
    )
    codes = found(verified(filled, keyring))
    assert (3, "link") in codes
    assert (3, "content") in codes


def test_a_cut_tail_shows_at_the_head(filled: Engine, keyring: KeyRing) -> None:
    tamper(filled, "DELETE FROM trail_event WHERE seq > 3")
    assert found(verified(filled, keyring)) == [(3, "head")]


def test_a_cut_tail_with_its_head_put_right_shows_at_a_checkpoint(
    filled: Engine, keyring: KeyRing
) -> None:
    before = verified(filled, keyring)
    tamper(
        filled,
        "DELETE FROM trail_event WHERE seq > 3",
        "UPDATE trail_head SET seq = 3, hash = (SELECT hash FROM trail_event WHERE seq = 3)",
    )
    assert verified(filled, keyring).ok
    assert found(verified(filled, keyring, (before.seq, before.hash))) == [(3, "cut")]


def test_a_tail_grown_anew_shows_at_a_checkpoint(
    filled: Engine, keyring: KeyRing, begin: Begin
) -> None:
    before = verified(filled, keyring)
    tamper(
        filled,
        "DELETE FROM trail_event WHERE seq > 3",
        "UPDATE trail_head SET seq = 3, hash = (SELECT hash FROM trail_event WHERE seq = 3)",
    )
    for _ in range(3):
        with begin() as work:
            work.record(entry("another.past"))
    assert found(verified(filled, keyring, (before.seq, before.hash))) == [(5, "checkpoint")]


def test_a_forged_event_without_the_key_is_found(filled: Engine, keyring: KeyRing) -> None:
    with Session(reader(filled)) as session:
        last = session.get_one(TrailEvent, 5)
        content = (6, *(getattr(last, name) for name in EVENT_COLUMNS[1:]))
        previous = last.hash
    digest = event_hash(b"guess" * 8, previous, content)
    with writer(filled).begin() as connection:
        row = dict(zip(EVENT_COLUMNS, content, strict=True))
        connection.execute(insert(TrailEvent), {**row, "prev_hash": previous, "hash": digest})
        connection.execute(update(TrailHead).values(seq=6, hash=digest))
    assert found(verified(filled, keyring)) == [(6, "content")]


def test_an_event_naming_an_unknown_key_is_found(filled: Engine, keyring: KeyRing) -> None:
    tamper(filled, "UPDATE trail_event SET key_id = 99 WHERE seq = 2")
    assert found(verified(filled, keyring)) == [(2, "key")]


def test_events_of_a_retired_key_still_verify(
    filled: Engine, clock: FixedClock, ids: IdSource
) -> None:
    master, source = bytes(range(32)), random.Random(7).randbytes
    rows = KeyRing.create(master, source, clock.now())
    newer = KeyRing(master, rows, random=source).next_row("trail")
    old = [row._replace(state="retired") if row.purpose == "trail" else row for row in rows]
    rotated = KeyRing(master, [*old, newer])
    with unit_of_work(filled, clock=clock, ids=ids, keys=rotated, origin="t", write=True) as work:
        work.record(entry())
    with Session(reader(filled)) as session:
        used = list(session.scalars(select(TrailEvent.key_id).distinct()))
    assert len(used) == 2
    assert verified(filled, rotated).ok


def test_a_missing_head_stops_every_change(filled: Engine, begin: Begin) -> None:
    tamper(filled, "DELETE FROM trail_head")
    with pytest.raises(Failed, match="head of the trail"), begin() as work:
        work.record(entry())


def broken_off(
    append: Callable[[TrailEntry], None], event: TrailEntry, error: BaseException
) -> None:
    """Append an event, then fail."""
    append(event)
    raise error


def test_records_go_with_their_work(engine: Engine, begin: Begin) -> None:
    with pytest.raises(ZeroDivisionError), begin() as work:
        broken_off(work.record, entry(), ZeroDivisionError())
    with begin(dry_run=True) as work:
        work.record(entry())
    assert actions(engine) == []


def test_evidence_outlives_rollback_and_dry_run(
    engine: Engine, begin: Begin, keyring: KeyRing
) -> None:
    def change(work: Work) -> None:
        work.session.add(Community(id=PLACE, code="c", name="c", created_at=work.now()))
        work.session.flush()
        work.record(entry("community.create"))

    def refuse(work: Work) -> None:
        change(work)
        broken_off(work.evidence, entry("refused"), NotAllowed("no"))

    with pytest.raises(NotAllowed), begin() as work:
        refuse(work)
    with begin(dry_run=True) as work:
        change(work)
        work.evidence(entry("read.dry"))
    with begin(write=False) as work:
        assert work.session.scalars(select(Community)).all() == []
        work.evidence(entry("read"))
    with pytest.raises(KeyboardInterrupt), begin(write=False) as work:
        broken_off(work.evidence, entry("read.broken_off"), KeyboardInterrupt())
    assert actions(engine) == ["refused", "read.dry", "read", "read.broken_off"]
    assert verified(engine, keyring).ok


def test_evidence_and_records_of_one_work_keep_their_order(engine: Engine, begin: Begin) -> None:
    with begin() as work:
        work.evidence(entry("read"))
        work.record(entry("change"))
        work.evidence(entry("read.again"))
    assert actions(engine) == ["read", "change", "read.again"]


def test_a_work_that_only_reads_records_nothing(begin: Begin) -> None:
    with pytest.raises(RuntimeError, match="evidence"), begin(write=False) as work:
        work.record(entry())


def test_text_that_no_database_could_keep_is_made_storable(
    engine: Engine, begin: Begin, keyring: KeyRing
) -> None:
    with begin() as work:
        work.record(entry(reason="odd \udcff and \0 end", detail={"x": "\0"}))
    assert verified(engine, keyring).ok


def test_numbers_have_no_gap_under_concurrent_writers(
    engine: Engine, begin: Begin, keyring: KeyRing
) -> None:
    failures: list[BaseException] = []

    def write(name: str) -> None:
        try:
            for number in range(10):
                with begin() as work:
                    work.record(entry(f"{name}.{number}"))
                    if number % 3 == 0:
                        work.record(entry(f"{name}.more"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    result = verified(engine, keyring)
    assert (result.ok, result.events) == (True, 42)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
optional_ids = st.none() | st.binary(max_size=20)


@given(
    st.tuples(
        st.integers(1, 2**62),
        texts,
        texts,
        optional_ids,
        texts,
        texts,
        texts,
        optional_ids,
        optional_ids,
        st.none() | texts,
        texts,
        st.just(3),
    ),
    st.binary(min_size=31, max_size=32),
)
def test_the_fast_hash_of_a_row_is_the_hash_of_the_event(
    fields: tuple[str | bytes | int | None, ...], previous: bytes
) -> None:
    key = bytes(range(32))
    wanted = event_hash(key, previous, fields)
    compute = row_hasher(3, key)
    for _once_more_from_what_it_kept in range(2):
        assert compute((*fields, previous, b"")) == wanted
