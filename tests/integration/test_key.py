"""Putting new data keys in use while the installation runs, and dropping old ones."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, LargeBinary, insert, select, update

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, Locked, NotAllowed, NotFound, UsageProblem
from pcloud_cli.models.account import Account
from pcloud_cli.models.house import House
from pcloud_cli.models.imports import ImportBatch, ImportRow
from pcloud_cli.models.installation import DataKey
from pcloud_cli.models.owner import Owner, OwnerPhone
from pcloud_cli.models.registry import metadata
from pcloud_cli.models.resident import Tenant
from pcloud_cli.security.keys import KeyRing, KeyRow
from pcloud_cli.security.passwords import Cost
from pcloud_cli.services import audit, hires, owner, permission
from pcloud_cli.services.actor import Actor, nobody
from pcloud_cli.services.imports import leftovers
from pcloud_cli.services.key import drop, macs, places, rotate, status
from tests.integration.office import CHECKER, MAKER, Office
from tests.integration.undoing import SECOND, living, undone
from tests.integration.workbooks import HEADERS, number, phone, row, write

Hire = Callable[..., Actor]
MASTER = bytes(range(32))
_MORE = (*HEADERS, "车牌号", "备注", "租户", "紧急联系人")
_BROUGHT = [
    [*row(n), f"京A{n:05d}", f"备注 139000000{n:02d}", f"租户{n}", "孙大山"] for n in range(1, 6)
]


@pytest.fixture
def keyring(engine: Engine, clock: FixedClock) -> KeyRing:
    """A key ring whose rows are in the database, as after setup."""
    rows = KeyRing.create(MASTER, random.Random(7).randbytes, clock.now())
    with engine.begin() as connection:
        connection.execute(insert(DataKey), [each._asdict() for each in rows])
    return KeyRing(MASTER, rows)


@pytest.fixture
def admin(pair: Office, hire: Hire) -> Callable[..., AbstractContextManager[tuple[Actor, Work]]]:
    """Open units of work of the system administrator, as a command of the program does."""
    hire("SA001", "system_admin")

    @contextmanager
    def unit(*, write: bool = False, dry_run: bool = False) -> Iterator[tuple[Actor, Work]]:
        with pair.open("SA001", write=write, dry_run=dry_run) as (actor, work):
            yield actor, work

    return unit


def _named(work: Work, purpose: str) -> dict[int, int]:
    return dict(status.counts(work, purpose))


def _rotated(admin: Any, purpose: str, **more: Any) -> dict[str, Any]:
    done = rotate.rotate(admin, purpose, **more)
    assert (done["left"], done["stuck"]) == (0, 0), done
    with admin() as (_actor, work):
        assert set(_named(work, purpose)) <= {done["key"]} or purpose in rotate.LASTING
    return done


def _as_the_next_command(office: Office) -> None:
    """Take the keys that the database holds now."""
    query = select(DataKey.id, DataKey.purpose, DataKey.wrapped, DataKey.state)
    office.keyring = KeyRing(MASTER, [KeyRow(*each) for each in office.rows(query)])


def _found(office: Office, n: int) -> list[str]:
    with office.open(CHECKER, write=True) as (actor, work):
        by_phone, _more = owner.find(actor, work, phone=phone(n), community="CH")
        by_number, _more = owner.find(actor, work, id_number=number(n), community="CH")
    assert [each["id"] for each in by_phone] == [each["id"] for each in by_number]
    return [each["name"] for each in by_phone]


def test_every_column_of_bytes_says_by_its_name_what_it_holds() -> None:
    known = (places.SEALED, places.INDEX, places.MAC, *places.DIGESTS)
    unnamed = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if places.is_bytes(column) and not column.name.endswith(known)
    ]
    assert unnamed == [], "a new key would forget it: name it after services/key/places.py"


def test_every_sealed_column_and_every_index_can_be_made_anew() -> None:
    for one in places.all_places():
        for name, bound in one.sealed.items():
            assert name in one.table.c
            if one.name != "import_related":
                home = metadata.tables[bound.table]
                assert bound.column in home.c, f"{one.name}.{name}"
                id_type = one.table.c[bound.id].type
                assert isinstance(id_type, LargeBinary)
                assert id_type.length == 16
        for name in one.indexes:
            assert places.index_kind(one.name, name), f"{one.name}.{name}"
            assert places.sealed_beside(name) in one.sealed, f"{one.name}.{name}"


def test_every_row_with_a_mac_can_be_made_anew() -> None:
    tables = {table.name for table, _column in places.columns_of("mac")}
    assert tables == {model.__tablename__ for model in macs.COVERED}, "add it to key.macs.COVERED"


@pytest.mark.parametrize("purpose", ["field", "index", "mac", "trail", "sign"])
def test_everything_is_made_anew_and_means_what_it_meant(
    pair: Office, admin: Any, purpose: str
) -> None:
    first = pair.bring_in(_BROUGHT, headers=_MORE)
    pending = pair.load([row(7), row(8)], name="next.xlsx")
    with admin() as (_actor, work):
        before = _named(work, purpose)
    done = _rotated(admin, purpose)
    assert (done["key"], done["continued"]) == (7, False)
    assert done["anew"] == (0 if purpose in rotate.LASTING else sum(before.values()))
    if purpose not in rotate.LASTING:
        assert done["anew"] > 10 or purpose == "mac"
    assert _found(pair, 2) == ["钱小丙"]
    with pair.open(SECOND) as (actor, work):
        assert permission.allowed(actor, work, "import.approve")
    pair.approve(pending)
    pair.apply(pending)
    assert _found(pair, 8) == ["钱小壬"]
    same = pair.load([row(2), row(8)], name="again.xlsx")
    assert (same["unchanged"], same["new"]) == (2, 0)
    undone(pair, pending)
    undone(pair, first)
    assert pair.count(Owner) == pair.count(House) == pair.count(Tenant) == 0
    with admin() as (actor, work):
        assert audit.verify(actor, work).ok
        states = {
            each["key"]: (each["state"], each["opens"]) for each in status.status(actor, work)
        }
    assert states.pop(7) == ("active", True)
    assert sorted(states.values()) == [("active", True)] * 5 + [("retired", True)]


@pytest.mark.parametrize("purpose", ["field", "index"])
def test_a_list_taken_back_after_a_change_of_key_leaves_what_was_before(
    pair: Office, admin: Any, purpose: str
) -> None:
    states = (*HEADERS, "房屋状态", "备注")
    pair.bring_in([[*row(1), "空置", "先"], [*row(2), "空置", "先"]], headers=states)
    before = living(pair)
    second = pair.bring_in(
        [[*row(1), "自住", "后"], [*row(2), "空置", "后"]], headers=states, name="second.xlsx"
    )
    _rotated(admin, purpose)
    undone(pair, second)
    after = living(pair)
    for name in before.keys() - {"data_key"}:
        assert len(after[name]) == len(before[name]), name
    with pair.open(CHECKER, write=True) as (_actor, work):
        remarks = {
            work.keys.open("house", "remark_sealed", id_, sealed)
            for id_, sealed in pair.rows(select(House.id, House.remark_sealed))
        }
    assert remarks == {"先"}
    assert [state for (state,) in pair.rows(select(House.state))] == ["vacant"] * 2
    assert pair.load([[*row(1), "空置", "先"]], headers=states, name="3.xlsx")["unchanged"] == 1


def test_a_list_of_hires_that_waits_keeps_its_approval(
    pair: Office, admin: Any, hire: Hire, tmp_path: Path
) -> None:
    hire("XZ001", "administration")
    hire("XZ002", "administration")
    people = [["WX101", "赵一一", "13812340001"], ["WX102", "钱二二", "13812340002"]]
    book = write(tmp_path / "hires.xlsx", people, ("工号", "姓名", "手机号码"))
    with pair.open("XZ001", write=True) as (actor, work):
        hires.propose(actor, work, book, name="hires.xlsx", zone="Asia/Shanghai")
    _rotated(admin, "field")
    with pair.open("XZ002", write=True) as (actor, work):
        count = hires.may_decide(actor, work, "1")
        secrets = list(hires.first_secrets(count, os.urandom, Cost(memory=8, passes=1, lanes=1)))
        hires.approve(actor, work, "1", secrets=secrets, reason=None)
    sealed = select(Account.id, Account.contact_sealed).where(Account.staff_number == "WX102")
    ((id_, blob),) = pair.rows(sealed)
    with admin() as (_actor, work):
        opened = work.keys.open("account", "contact_sealed", id_, blob)
    assert opened == "13812340002"


class _Killed(Exception):
    """Stands for whatever ends a program."""


@pytest.mark.parametrize("purpose", ["field", "index", "mac"])
def test_ended_after_any_part_it_goes_on_with_the_same_key(
    pair: Office, admin: Any, monkeypatch: pytest.MonkeyPatch, purpose: str
) -> None:
    monkeypatch.setattr("pcloud_cli.services.key.fields._PART", 2)
    pair.bring_in(_BROUGHT, headers=_MORE)
    times = 0

    def kill(_done: int, _all: int) -> None:
        nonlocal times
        times += 1
        if times % 2:
            raise _Killed

    ended = 0
    while True:
        try:
            rotate.rotate(admin, purpose, progress=kill)
        except _Killed:
            ended += 1
            assert _found(pair, 2) == ["钱小丙"]
        else:
            break
        assert ended < 50
        with admin() as (_actor, work):
            still = _named(work, purpose)
        if set(still) == {7}:
            break
    else:
        raise AssertionError
    assert ended >= 1
    with admin() as (actor, work):
        assert set(_named(work, purpose)) == {7}
        assert [each["key"] for each in status.status(actor, work)] == [1, 2, 3, 4, 5, 6, 7]


def test_a_load_that_began_before_ends_with_its_own_key_and_the_next_change_takes_it_along(
    pair: Office, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the load is another process's
    monkeypatch.setattr(leftovers, "runs", lambda _work, _batch: True)
    pair.bring_in(_BROUGHT, headers=_MORE)
    told: list[Any] = []
    ring = pair.keyring
    older = KeyRing(MASTER, ring.rows())

    def between(_rows: int) -> None:
        if not told:
            pair.keyring = KeyRing(MASTER, older.rows())
            told.extend(rotate.rotate(admin, purpose) for purpose in ("field", "index"))
            pair.keyring = older

    pair.keyring = older
    batch = pair.load([row(n) for n in (2, 21, 22)], name="during.xlsx", progress=between)
    assert all(each["left"] == 0 for each in told)
    with pytest.raises(Locked):
        rotate.must_be_through({"left": 1, "stuck": 0})
    with admin() as (_actor, _work):
        rows = [
            KeyRow(*each)
            for each in pair.rows(
                select(DataKey.id, DataKey.purpose, DataKey.wrapped, DataKey.state)
            )
        ]
        pair.keyring = KeyRing(MASTER, rows)
    pair.approve(batch)
    with pytest.raises(Locked, match="search key"):
        pair.apply(batch)
    assert _rotated(admin, "field")["continued"]
    assert _rotated(admin, "index")["continued"]
    pair.apply(batch)
    assert pair.count(Owner) == 7, "the one who was there is not there twice"
    assert _found(pair, 21)
    assert _found(pair, 2) == ["钱小丙"]


def test_while_a_workbook_is_loaded_its_rows_are_left_and_that_is_said(
    pair: Office, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = pair.load([row(1)])
    pair.execute(update(ImportBatch).values(state="loading"))
    monkeypatch.setattr(leftovers, "runs", lambda _work, _batch: True)
    done = rotate.rotate(admin, "field")
    assert (done["left"] > 0, done["stuck"]) == (True, 0)
    with pytest.raises(Locked, match="being loaded"):
        rotate.must_be_through(done)
    pair.execute(update(ImportBatch).values(state="pending"))
    assert _rotated(admin, "field")["continued"]
    pair.approve(batch)
    pair.apply(batch)


def test_both_keys_are_searched_and_matched_while_the_search_key_is_changed(
    pair: Office, admin: Any
) -> None:
    pair.bring_in(_BROUGHT, headers=_MORE)
    with admin(write=True) as (actor, work):
        rotate._begin(actor, work, "index", False)
    _as_the_next_command(pair)
    assert _found(pair, 3) == ["钱小丁"]
    same = pair.load(_BROUGHT[::-1], headers=_MORE, name="same.xlsx")
    assert (same["unchanged"], same["changed"], same["new"]) == (5, 0, 0)
    moved = pair.load([row(40, id=number(2), name="钱小丙", phone=phone(2))], name="moved.xlsx")
    pair.approve(moved)
    with pytest.raises(Locked, match="search key"):
        pair.apply(moved)
    _rotated(admin, "index")
    pair.apply(moved)
    assert (pair.count(Owner), pair.count(OwnerPhone)) == (5, 5)


def test_staged_rows_that_somebody_changed_are_not_made_good(pair: Office, admin: Any) -> None:
    batch = pair.load([row(1), row(2)])
    pair.approve(batch)
    pair.execute(update(ImportRow).where(ImportRow.seq == 2).values(owner_name="孙大山"))
    done = rotate.rotate(admin, "field")
    assert done["stuck"] > 0
    assert "row.tampered" in pair.actions()
    with pytest.raises(Conflict, match="no longer what was shown"):
        pair.apply(batch)


def test_a_forged_row_gets_no_new_mac(pair: Office, admin: Any) -> None:
    pair.execute(update(Account).where(Account.staff_number == MAKER).values(kind="service"))
    done = rotate.rotate(admin, "mac")
    assert done["stuck"] == 1
    assert "row.tampered" in pair.actions()
    with admin() as (_actor, work):
        assert _named(work, "mac")[4] == 1


def test_a_value_that_does_not_open_is_left_and_counted(pair: Office, admin: Any) -> None:
    pair.bring_in(_BROUGHT, headers=_MORE)
    first, second = [each[0] for each in pair.rows(select(Owner.id_number_sealed).limit(2))]
    pair.execute(
        update(Owner).where(Owner.id_number_sealed == first).values(id_number_sealed=second)
    )
    for purpose in ("field", "index"):
        done = rotate.rotate(admin, purpose)
        assert done["stuck"] == 1
    again = rotate.rotate(admin, "field")
    assert (again["continued"], again["anew"], again["stuck"]) == (True, 0, 1)
    another = rotate.rotate(admin, "field", another=True)
    assert (another["continued"], another["stuck"]) == (False, 1)


def test_only_a_rested_key_that_nothing_names_is_dropped(
    pair: Office, admin: Any, clock: FixedClock
) -> None:
    pair.bring_in(_BROUGHT, headers=_MORE)

    def dropped(key: int) -> dict[str, Any]:
        with admin(write=True) as (actor, work):
            return drop.drop(actor, work, key)

    with pytest.raises(Conflict, match="in use"):
        dropped(1)
    with pytest.raises(NotFound):
        dropped(19)
    with admin(write=True) as (actor, work):
        rotate._begin(actor, work, "field", False)
    with pytest.raises(Conflict, match="still name"):
        dropped(1)
    _rotated(admin, "field")
    with pytest.raises(Conflict, match="less than a day"):
        dropped(1)
    clock.advance(timedelta(days=1))
    assert dropped(1)["key"] == 1
    _rotated(admin, "trail")
    clock.advance(timedelta(days=2))
    with pytest.raises(Conflict, match="still name"):
        dropped(3)
    with admin() as (actor, work):
        assert {each["key"] for each in status.status(actor, work)} == {2, 3, 4, 5, 6, 7, 8}
    assert _found(pair, 2) == ["钱小丙"]
    assert "key.drop" in pair.actions()


def test_a_dry_run_makes_no_key(pair: Office, admin: Any) -> None:
    pair.bring_in(_BROUGHT, headers=_MORE)

    def dry(*, write: bool = False) -> AbstractContextManager[tuple[Actor, Work]]:
        return admin(write=write, dry_run=True)  # type: ignore[no-any-return]

    assert rotate.rotate(dry, "field")["key"] == 7
    assert pair.count(DataKey) == 6
    assert _rotated(admin, "field")["key"] == 7


def test_only_who_may_rotates_and_looks(pair: Office, hire: Hire) -> None:
    auditor, clerk = hire("SJ001", "auditor"), hire("KF011", "customer_service_lead")
    with pair.open(MAKER, write=True) as (_maker, work):
        assert len(status.status(auditor, work)) == 6
        for actor in (clerk, nobody()):
            with pytest.raises(NotAllowed):
                status.status(actor, work)
        for actor in (auditor, clerk, nobody()):
            with pytest.raises(NotAllowed):
                drop.drop(actor, work, 1)
    for who in (MAKER, CHECKER):
        with pytest.raises(NotAllowed):
            rotate.rotate(lambda *, write=False, who=who: pair.open(who, write=write), "field")
    assert pair.count(DataKey) == 6


def test_a_purpose_that_there_is_none_of_is_refused(admin: Any) -> None:
    with pytest.raises(UsageProblem):
        rotate.rotate(admin, "everything")
