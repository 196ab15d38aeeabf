"""Engines, transactions, bulk rows and the model's constraints, on both databases."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from pcloud_cli.db import engine as engines
from pcloud_cli.db import failures
from pcloud_cli.db.bulk import insert_rows
from pcloud_cli.db.engine import make_engine, reader, sqlite_path, writer
from pcloud_cli.errors import ConfigProblem, ExitCode, Locked, PcloudError
from pcloud_cli.models.community import Community
from pcloud_cli.models.house import House, HouseKind
from pcloud_cli.models.imports import ImportProblem, ImportRelated
from pcloud_cli.models.owner import Owner, Ownership
from pcloud_cli.models.trail import TrailHead

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def community(number: int = 1) -> Community:
    return Community(
        id=bytes([number]) * 16, code=f"c{number}", name=f"Garden {number}", created_at=NOW
    )


def house(number: int = 1, at: int = 1, **other: object) -> House:
    given = {"kind": HouseKind.RESIDENCE, "version": 1, **other}
    return House(
        id=bytes([100 + number]) * 16,
        community_id=bytes([at]) * 16,
        room=str(number),
        key=f"1/1/{number}",
        created_at=NOW,
        updated_at=NOW,
        **given,
    )


def owner(number: int = 1, at: int = 1) -> Owner:
    return Owner(
        id=bytes([200 + number]) * 16,
        community_id=bytes([at]) * 16,
        kind="person",
        name="张三",
        name_key="张三",
        created_at=NOW,
        updated_at=NOW,
    )


def test_values_come_back_as_they_went_in(engine: Engine) -> None:
    with Session(writer(engine)) as session:
        area = Decimal("88.5000")
        session.add_all(
            [
                house(forecast_gross=area, handover_date=date(2026, 5, 1)),
                community(),
                Ownership(
                    id=b"o" * 16,
                    community_id=b"\1" * 16,
                    house_id=house().id,
                    owner_id=owner().id,
                    kind="sole",
                    created_at=NOW,
                ),
                owner(),
            ]
        )
        session.commit()
    with Session(reader(engine)) as session:
        found = session.scalars(select(House)).one()
        assert (found.id, found.created_at) == (bytes([101]) * 16, NOW)
        assert (str(found.forecast_gross), found.handover_date) == ("88.5000", date(2026, 5, 1))
        assert found.kind == "residence"
        assert session.scalar(select(func.sum(House.forecast_gross))) == area


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: [house(kind="castle")],
        lambda: [house(state="haunted")],
        lambda: [house(forecast_gross=Decimal(-1))],
        lambda: [house(), house()],
        lambda: [house(at=9)],
        lambda: [house(building_id=b"x" * 16)],
    ],
    ids=["kind", "state", "area", "key", "community", "building"],
)
def test_the_database_refuses_what_the_model_forbids(
    engine: Engine, wrong: Callable[[], list[object]]
) -> None:
    rows = wrong()
    for number, row in enumerate(rows):
        row.id = bytes([50 + number]) * 16  # type: ignore[attr-defined]
    with Session(writer(engine)) as session:
        session.add_all([community(), *rows])
        with pytest.raises(IntegrityError):
            session.flush()


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 2), (3, 2), (1, None), (None, 2)])
def test_a_share_is_a_proper_fraction(
    engine: Engine, numerator: int | None, denominator: int | None
) -> None:
    with Session(writer(engine)) as session:
        session.add_all([community(), house(), owner()])
        session.add(
            Ownership(
                id=b"o" * 16,
                community_id=b"\1" * 16,
                house_id=house().id,
                owner_id=owner().id,
                kind="shares",
                share_numerator=numerator,
                share_denominator=denominator,
                created_at=NOW,
            )
        )
        with pytest.raises(IntegrityError):
            session.flush()


def test_nobody_owns_a_house_of_another_community(engine: Engine) -> None:
    with Session(writer(engine)) as session:
        session.add_all([community(1), community(2), house(at=1), owner(at=2)])
        session.add(
            Ownership(
                id=b"o" * 16,
                community_id=b"\1" * 16,
                house_id=house().id,
                owner_id=owner().id,
                kind="sole",
                created_at=NOW,
            )
        )
        with pytest.raises(IntegrityError):
            session.flush()


def test_bulk_rows_arrive_in_the_callers_transaction(engine: Engine) -> None:
    columns = ("batch_id", "seq", "row_seq", "kind", "target_id", "extra", "digest", "position")
    rows = [
        (b"b" * 16, n, n, "phone", bytes([n % 256]) * 16, "京A·\t'\"\\N" if n % 2 else None, b"", 7)
        for n in range(5001)
    ]
    with Session(writer(engine)) as session:
        assert insert_rows(session, ImportRelated, columns, iter(rows)) == 5001
        found = session.scalars(select(ImportRelated).where(ImportRelated.seq == 4999)).one()
        assert (found.extra, found.digest, found.position) == ("京A·\t'\"\\N", b"", 7)
        assert session.scalar(select(func.count()).select_from(ImportRelated)) == 5001
        session.rollback()
        assert session.scalar(select(func.count()).select_from(ImportRelated)) == 0


def test_bulk_values_of_all_lengths_come_back_as_they_were(engine: Engine) -> None:
    columns = ("batch_id", "seq", "row_seq", "kind", "target_id", "extra", "digest", "position")
    texts = ["", "'", "汉" * 5000, None, "a" * 4095, "b" * 4096, "x", "x"]
    rows = [
        (b"b" * 16, at, at * -1, "phone", bytes([at]) * 16, text, bytes(size), number)
        for at, (text, size, number) in enumerate(
            zip(texts, (0, 1, 4095, 4096, 70_000, 2, 3, 4), (None, 0, -1, 2**31 - 1, 5, 5, 5, 6),
                strict=True), 1)
    ]  # fmt: skip
    with Session(writer(engine)) as session:
        insert_rows(session, ImportRelated, columns, rows)
        insert_rows(session, ImportRelated, columns, [(b"c" * 16, *row[1:]) for row in rows[:1]])
        wanted = [getattr(ImportRelated, name) for name in columns]
        found = session.execute(select(*wanted).order_by("batch_id", "seq")).all()
        assert [tuple(row) for row in found] == [*rows, (b"c" * 16, *rows[0][1:])]


def test_bulk_rows_follow_what_the_session_still_holds(engine: Engine) -> None:
    with Session(writer(engine)) as session:
        session.add(community())
        columns = ("batch_id", "seq", "sheet", "row_no", "code", "severity")
        assert insert_rows(session, ImportProblem, columns, [(b"b", 1, "S", 2, "x", "error")]) == 1
        assert insert_rows(session, ImportProblem, columns, []) == 0
        assert not session.new


def test_bulk_rows_obey_constraints(engine: Engine) -> None:
    columns = ("batch_id", "seq", "row_seq", "kind", "target_id", "digest")
    with writer(engine).connect() as connection, pytest.raises(Exception, match=r"(?i)check"):
        insert_rows(
            connection, ImportRelated, columns, [(b"b" * 16, 1, 1, "ghost", b"t" * 16, b"")]
        )


def test_a_reader_cannot_write(engine: Engine) -> None:
    with reader(engine).connect() as connection, pytest.raises(PcloudError):
        connection.execute(update(TrailHead).values(seq=5))
    with writer(engine).begin() as connection:
        connection.execute(update(TrailHead).values(seq=0))


def test_a_reader_sees_one_snapshot(engine: Engine) -> None:
    count = select(func.count()).select_from(Community)
    with Session(reader(engine)) as reading:
        assert reading.scalar(count) == 0
        with Session(writer(engine)) as writing:
            writing.add(community())
            writing.commit()
        assert reading.scalar(count) == 0
    with Session(reader(engine)) as reading:
        assert reading.scalar(count) == 1


def test_a_writer_that_waits_too_long_is_told_locked(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.05)
    engine = make_engine(database_url)
    lock = update(TrailHead).values(seq=0)
    with writer(engine).connect() as first:
        first.execute(lock)
        with pytest.raises(Locked) as caught, writer(engine).connect() as second:
            second.execute(lock)
    engine.dispose()
    assert caught.value.exit_code is ExitCode.LOCKED
    assert caught.value.hint


def test_a_database_without_tables_is_said_to_need_an_upgrade(
    empty_database_url: str, database_kind: str
) -> None:
    if database_kind == "sqlite":
        Path(empty_database_url.removeprefix("sqlite:///")).touch()
    engine = make_engine(empty_database_url)
    with pytest.raises(ConfigProblem, match="form") as caught, engine.connect() as connection:
        connection.execute(select(House))
    engine.dispose()
    assert caught.value.code == "not_at_head"
    assert "pcloud db upgrade" in (caught.value.hint or "")


def test_a_missing_sqlite_file_is_an_error_and_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    engine = make_engine(f"sqlite:///{path}")
    with pytest.raises(ConfigProblem, match=r"no database .*none\.db"):
        engine.connect()
    assert not path.exists()


def test_a_missing_folder_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match="no folder"):
        make_engine(f"sqlite:///{tmp_path}/none/pcloud.db")


def test_a_file_that_is_no_database_is_said_so_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear neighbours, " * 200)
    engine = make_engine(f"sqlite:///{path}")
    with pytest.raises(ConfigProblem, match="not a database"):
        engine.connect()
    engine.dispose()
    assert path.read_text().startswith("Dear neighbours")


def test_a_full_database_is_said_so(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "pcloud.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = make_engine(f"sqlite:///{path}")
    with writer(engine).connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        statement = "INSERT INTO role (id, code, name, name_zh, shipped) VALUES (?, ?, '', '', 0)"
        rows = [(bytes([number]) * 16, "x" * 4000 + str(number)) for number in range(100)]
        with pytest.raises(PcloudError, match="disk is full"):
            connection.exec_driver_sql(statement, rows)
    engine.dispose()


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "sqlite://", "mysql://root:geheim@host/db", "postgresql://u:geheim@h:port/d"],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(ConfigProblem) as caught:
        make_engine(address)
    assert "geheim" not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server_that_does_not_answer_is_said_so_without_the_password(scheme: str) -> None:
    engine = make_engine(f"{scheme}://pcloud:geheim@127.0.0.1:1/pcloud")
    with pytest.raises(ConfigProblem, match=r"pcloud @ 127\.0\.0\.1 cannot be reached") as caught:
        engine.connect()
    assert "geheim" not in f"{caught.value.message}{caught.value.hint}{caught.value!r}"
    assert "geheim" not in repr(caught.value.__cause__)


def test_errors_never_show_the_parameters(engine: Engine) -> None:
    with Session(writer(engine)) as session:
        session.add_all([community(), house(kind="geheim")])
        with pytest.raises(SQLAlchemyError) as caught:
            session.flush()
        assert "[SQL parameters hidden" in str(caught.value)


def test_the_place_of_a_database_shows_no_secret() -> None:
    url = engines.database_url("postgresql://pcloud:geheim@/houses?host=/run/pg&password=geheim")
    assert failures.where(url) == "houses @ /run/pg"


def test_sqlite_is_set_up_to_keep_what_it_confirmed(engine: Engine) -> None:
    if sqlite_path(engine) is None:
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW timezone").scalar() == "UTC"
            assert connection.exec_driver_sql("SHOW application_name").scalar() == "pcloud"
        return
    wanted = {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2, "busy_timeout": 15000}
    with engine.connect() as connection:
        for name, value in wanted.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value


def test_a_new_sqlite_database_is_its_owners_alone(tmp_path: Path) -> None:
    from pcloud_cli.db import migrate

    before = os.umask(0)
    try:
        engine = make_engine(f"sqlite:///{tmp_path}/new.db")
        migrate.upgrade(engine)
        with writer(engine).begin() as connection:
            connection.execute(update(TrailHead).values(seq=0))
            files = sorted(tmp_path.iterdir())
            assert [file.name for file in files] == ["new.db", "new.db-shm", "new.db-wal"]
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    finally:
        os.umask(before)
        engine.dispose()
