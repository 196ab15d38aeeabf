"""A season's hires from a list: found wrong in one pass, checked by a second person (2.1.1)."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, Failed, NotAllowed
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Community
from pcloud_cli.models.hires import Hires, HiresRow
from pcloud_cli.models.outbox import OutboxMessage
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.passwords import Cost, verify_password
from pcloud_cli.services import account, hires
from pcloud_cli.services.actor import Actor

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]
CHEAP = Cost(memory=8, passes=1, lanes=1)
HEADERS = (
    "工号",
    "姓名（必填）",
    "部门",
    "岗位",
    "手机号码",
    "小区",
    "外包单位",
    "合同到期",
    "备注",
)
GOOD = [
    ("WX101", "赵一一", "维修部", "维修工", "13812340001", "CH", None, None, "夜班"),
    (1002, "钱二二", "维修部", None, 13812340002, "CH", "安居劳务", "2027/6/30", None),
    ("wx103", "孙三三", None, None, None, None, None, None, None),
]


@pytest.fixture
def maker(hire: Hire) -> Actor:
    return hire("XZ001", "administration")


@pytest.fixture
def checker(hire: Hire) -> Actor:
    return hire("XZ002", "administration")


@pytest.fixture
def community(opened: Open) -> bytes:
    with opened() as work:
        place = Community(id=work.ids(), code="CH", name="翠湖花园", created_at=work.now())
        work.session.add(place)
        return place.id


def _book(path: Path, rows: list[tuple[Any, ...]]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [("二〇二六年秋季入职名单",), (), HEADERS, *rows]:
        sheet.append(row)
    book.save(path)
    return path


def _enter(opened: Open, actor: Actor, path: Path) -> hires.Entered:
    with opened() as work:
        return hires.propose(actor, work, path, name=path.name, zone="Asia/Shanghai")


def _approve(opened: Open, actor: Actor, number: int = 1) -> dict[str, Any]:
    with opened() as work:
        count = hires.may_decide(actor, work, str(number))
    secrets = list(hires.first_secrets(count, os.urandom, CHEAP))
    with opened() as work:
        return hires.approve(actor, work, str(number), secrets=secrets, reason=None)


def test_a_list_becomes_accounts_when_a_second_person_approves(
    opened: Open, maker: Actor, checker: Actor, community: bytes, tmp_path: Path
) -> None:
    entered = _enter(opened, maker, _book(tmp_path / "hires.xlsx", GOOD))
    assert entered.record is not None
    assert (entered.record["people"], entered.unused) == (3, ["备注"])
    with opened() as work:
        assert work.session.scalar(select(func.count()).select_from(Account)) == 2
        shown = hires.show(checker, work, "1")
        assert [each["contact"] for each in shown] == ["138****0001", "138****0002", None]
    done = _approve(opened, checker)
    assert (done["state"], done["sent"], done["by_hand"]) == ("applied", 2, ["WX103"])
    with opened() as work:
        one, two = account.find(work, "WX101"), account.find(work, "1002")
        assert (one.community_id, one.created_by) == (community, maker.account_id)
        assert (two.employer, two.password_state) == ("安居劳务", "first")
        assert two.ends_at is not None
        assert two.ends_at.isoformat() == "2027-06-30T16:00:00+00:00"
        assert work.session.scalar(select(func.count()).select_from(OutboxMessage)) == 2
        states = {each["staff_number"]: each["state"] for each in account.list_all(maker, work)}
        assert {states[number] for number in ("WX101", "1002", "WX103")} == {"first"}


def test_a_first_password_opens_the_account_it_was_made_for(
    opened: Open, maker: Actor, checker: Actor, community: bytes, tmp_path: Path
) -> None:
    _enter(opened, maker, _book(tmp_path / "hires.xlsx", GOOD[2:]))
    (secret,) = hires.first_secrets(1, os.urandom, CHEAP)
    with opened() as work:
        hires.approve(checker, work, "1", secrets=[secret], reason=None)
        stored = account.find(work, "WX103").password_hash
        assert stored is not None
        assert verify_password(stored, secret.password)


def test_every_wrong_cell_is_found_in_one_pass_and_nothing_is_entered(
    opened: Open, maker: Actor, checker: Actor, tmp_path: Path
) -> None:
    rows = [
        ("XZ002", "李四四", None, None, "13812340001", None, None, None, None),
        ("工 号", None, None, None, "电话不详", "NO", "安居劳务", None, None),
        ("WX105", "周五五", None, None, None, None, "安居劳务", "明年", None),
        ("wx105", "吴六六", None, None, None, None, None, "2020-01-31", None),
        (None, "郑七七", None, None, None, None, None, None, None),
    ]
    found = _enter(opened, maker, _book(tmp_path / "hires.xlsx", rows))
    assert found.record is None
    assert {(each.row, each.field) for each in found.wrong} == {
        (4, "staff_number"),
        (5, "staff_number"), (5, "name"), (5, "contact"), (5, "community"), (5, "ends_at"),
        (6, "ends_at"), (6, "community"),
        (7, "staff_number"), (7, "ends_at"),
        (8, "staff_number"),
    }  # fmt: skip
    with opened() as work:
        assert work.session.scalar(select(func.count()).select_from(HiresRow)) == 0


def test_the_same_file_again_is_the_list_that_is_there_and_a_rejected_one_is_none(
    opened: Open, maker: Actor, checker: Actor, community: bytes, tmp_path: Path
) -> None:
    book = _book(tmp_path / "hires.xlsx", GOOD)
    _enter(opened, maker, book)
    again = _enter(opened, maker, book)
    assert again.record is not None
    assert (again.record["number"], again.record["already"]) == (1, True)
    with opened() as work:
        assert hires.reject(checker, work, "1", reason="部门写错")["state"] == "rejected"
    third = _enter(opened, maker, book)
    assert third.record is not None
    assert (third.record["number"], third.record["already"]) == (2, False)


def test_nobody_approves_their_own_list_and_changed_rows_are_not_approved(
    opened: Open, maker: Actor, checker: Actor, community: bytes, tmp_path: Path
) -> None:
    _enter(opened, maker, _book(tmp_path / "hires.xlsx", GOOD))
    with pytest.raises(NotAllowed):
        _approve(opened, maker)
    with opened() as work:
        row = work.session.scalars(select(HiresRow).where(HiresRow.seq == 1)).one()
        row.staff_number = "EVIL1"
    with pytest.raises(Conflict):
        _approve(opened, checker)
    with opened() as work:
        assert work.session.scalar(select(func.count()).select_from(Account)) == 2


def test_a_list_given_to_another_maker_by_hand_is_not_approved(
    opened: Open, maker: Actor, checker: Actor, community: bytes, tmp_path: Path
) -> None:
    _enter(opened, maker, _book(tmp_path / "hires.xlsx", GOOD))
    with opened() as work:
        work.session.scalars(select(Hires)).one().made_by = checker.account_id or b""
    with pytest.raises(Conflict) as refused:
        _approve(opened, checker)
    assert refused.value.code == "tampered"


def test_a_number_given_meanwhile_stops_the_whole_list(
    opened: Open, hire: Hire, maker: Actor, checker: Actor, community: bytes, tmp_path: Path
) -> None:
    _enter(opened, maker, _book(tmp_path / "hires.xlsx", GOOD))
    hire("WX101", None)
    with pytest.raises(Conflict):
        _approve(opened, checker)
    with opened() as work:
        assert work.session.scalar(select(func.count()).select_from(Account)) == 3


def test_a_list_without_staff_is_refused(opened: Open, maker: Actor, tmp_path: Path) -> None:
    with pytest.raises(Failed):
        _enter(opened, maker, _book(tmp_path / "empty.xlsx", []))
    other = tmp_path / "houses.csv"
    other.write_text("楼栋,房号\n1栋,301\n")
    with pytest.raises(Failed):
        _enter(opened, maker, other)


def test_no_contact_stands_in_clear_and_none_in_the_trail(
    opened: Open, maker: Actor, checker: Actor, community: bytes, tmp_path: Path
) -> None:
    _enter(opened, maker, _book(tmp_path / "hires.xlsx", GOOD))
    _approve(opened, checker)
    with opened() as work:
        sealed = work.session.scalars(select(HiresRow.contact_sealed)).all()
        assert not any(b"13812340001" in (each or b"") for each in sealed)
        said = " ".join(work.session.scalars(select(TrailEvent.detail)))
        assert "1381234" not in said
        assert "赵一一" not in said
