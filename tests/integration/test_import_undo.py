"""Taking a whole batch back, by a second person (2.3.1)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from pcloud_cli.db import trail as chain
from pcloud_cli.db.engine import reader
from pcloud_cli.errors import Conflict, NotAllowed, UsageProblem
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.community import Building, Section, Unit
from pcloud_cli.models.house import House
from pcloud_cli.models.imports import (
    ImportBatch,
    ImportBeforeHouse,
    ImportBeforeOwner,
    ImportKept,
    ImportRow,
)
from pcloud_cli.models.resident import EmergencyContact
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.models.vehicle import ParkingRight, Vehicle
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports import undo
from tests.integration.office import CHECKER, MAKER, Office
from tests.integration.test_import_against import TYPED, edit_house
from tests.integration.undoing import SECOND, agree, ask, kept, living, rooms, undone
from tests.integration.workbooks import HEADERS, number, phone, row

WIDE = (*HEADERS, "紧急联系人", "紧急联系电话", "车牌号", "车位号", "租户姓名")


def test_a_batch_is_taken_back_whole_when_a_second_person_approves(pair: Office) -> None:
    before = living(pair)
    extra = ["周小云", phone(70), "京A12345", "B1-023", "吴小租"]
    batch = pair.bring_in([[*row(1), *extra], [*row(2), *[None] * 5]], headers=WIDE)
    assert pair.count(Vehicle) == pair.count(EmergencyContact) == pair.count(ParkingRight) == 1
    asked = ask(pair, batch)
    assert (asked["undo"], asked["houses"], asked["owners"], asked["kept"]) == ("pending", 2, 2, 0)
    assert pair.count(House) == 2
    done = agree(pair, batch)
    assert (done["state"], done["houses"], done["owners"], done["ownerships"]) == (
        "undone",
        2,
        2,
        2,
    )
    assert (done["phones"], done["vehicles"], done["parking_rights"]) == (2, 1, 1)
    assert done["people"] == pair.count(EmergencyContact) + 2
    assert living(pair) == before
    assert (pair.count(Building), pair.count(Unit)) == (0, 0)


def test_the_same_file_loads_and_applies_again_afterwards(pair: Office) -> None:
    batch = pair.bring_in([row(1), row(2)])
    undone(pair, batch)
    again = pair.load_file(pair.folder / "list.xlsx")
    assert (again["already"], again["number"], again["new"]) == (False, 2, 2)
    pair.approve(again)
    assert pair.apply(again)["houses"] == 2
    assert pair.owners("101") == [("钱小乙", "sole")]


def test_nobody_approves_their_own_and_customer_service_may_not_ask(pair: Office) -> None:
    batch = pair.bring_in([row(1)])
    with pytest.raises(NotAllowed):
        ask(pair, batch, by=MAKER)
    ask(pair, batch)
    with pytest.raises(NotAllowed, match="own entry"):
        agree(pair, batch, by=CHECKER)
    with pytest.raises(NotAllowed):
        agree(pair, batch, by=MAKER)
    assert pair.count(House) == 1
    agree(pair, batch)
    assert pair.count(House) == 0


def test_only_what_is_applied_can_be_taken_back_and_only_if_somebody_asked(pair: Office) -> None:
    batch = pair.load([row(1)])
    with pytest.raises(Conflict, match="only an applied one"):
        ask(pair, batch)
    pair.approve(batch)
    pair.apply(batch)
    with pytest.raises(Conflict, match="Nobody has asked"):
        agree(pair, batch)
    assert pair.count(House) == 1


def test_twice_says_so_and_changes_nothing(pair: Office) -> None:
    batch = pair.bring_in([row(1)])
    assert not ask(pair, batch)["already"]
    assert ask(pair, batch)["already"]
    assert pair.rows(select(Approval.state).where(Approval.kind == "import.undo")) == [("pending",)]
    agree(pair, batch)
    again = agree(pair, batch)
    assert (again["already"], again["state"]) == (True, "undone")
    assert ask(pair, batch)["already"]
    with pytest.raises(Conflict):
        pair.apply(batch)


def test_of_two_who_approve_at_once_one_does_it_and_the_other_is_told(
    pair: Office, hire: Callable[..., Actor]
) -> None:
    hire("KF010", "customer_service_lead")
    batch = pair.bring_in([row(at) for at in range(1, 30)])
    ask(pair, batch)
    start = threading.Barrier(2)
    results: list[bool] = []

    def go(who: str) -> None:
        start.wait()
        results.append(agree(pair, batch, by=who)["already"])

    threads = [threading.Thread(target=go, args=(who,)) for who in (SECOND, "KF010")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(results) == [False, True]
    assert pair.count(House) == 0


def test_a_refusal_leaves_all_as_it_is_and_its_reason_is_read(pair: Office) -> None:
    batch = pair.bring_in([row(1)])
    ask(pair, batch)
    with pair.open(SECOND, write=True) as (actor, work), pytest.raises(UsageProblem):
        undo.reject(actor, work, str(batch["number"]), reason=" ")
    with pair.open(SECOND, write=True) as (actor, work):
        undo.reject(actor, work, str(batch["number"]), reason="没有导错")
    with pair.open(CHECKER) as (actor, work):
        shown = undo.show(actor, work, str(batch["number"]))
    assert (shown["undo"], shown["reason"], shown["why"]) == ("rejected", "没有导错", "导错小区")
    with pytest.raises(Conflict, match="Nobody has asked"):
        agree(pair, batch)
    assert pair.count(House) == 1
    undone(pair, batch)
    assert pair.count(House) == 0


def test_who_asked_can_withdraw_the_question(pair: Office) -> None:
    batch = pair.bring_in([row(1)])
    ask(pair, batch)
    with pair.open(CHECKER, write=True) as (actor, work):
        assert undo.withdraw(actor, work, str(batch["number"]))["undo"] == "withdrawn"
    with pytest.raises(Conflict, match="Nobody has asked"):
        agree(pair, batch)


def test_what_changes_between_asking_and_approving_needs_a_new_question(pair: Office) -> None:
    batch = pair.bring_in([[*row(1), "三室", None], [*row(2), None, None]], headers=TYPED)
    ask(pair, batch)
    edit_house(pair, "101", house_type="三室两厅")
    with pytest.raises(Conflict, match="changed or used since"):
        agree(pair, batch)
    assert pair.count(House) == 2
    assert pair.count(ImportKept) == 0
    again = ask(pair, batch)
    assert (again["already"], again["kept"]) == (False, 1)
    states = select(Approval.state).where(Approval.kind == "import.undo").order_by(Approval.id)
    assert pair.rows(states) == [("withdrawn",), ("pending",)]
    agree(pair, batch)
    assert rooms(pair) == ["101"]


def test_staged_rows_or_former_values_changed_by_hand_take_nothing_back(pair: Office) -> None:
    pair.bring_in([row(1)])
    batch = pair.bring_in([row(1, area=91), row(2)], name="second.xlsx")
    ask(pair, batch)
    areas = pair.rows(select(ImportBeforeHouse.surveyed_gross, ImportBeforeHouse.forecast_gross))[0]
    column = "surveyed_gross" if areas[0] is not None else "forecast_gross"
    pair.execute(update(ImportBeforeHouse).values({column: Decimal("12.0000")}))
    with pytest.raises(Conflict, match="changed or used since"):
        agree(pair, batch)
    pair.execute(update(ImportBeforeHouse).values({column: areas[column == "forecast_gross"]}))
    foreign = pair.rows(select(House.id).where(House.room == "101"))[0][0]
    mine = pair.rows(select(House.id).where(House.room == "102"))[0][0]
    pair.execute(update(ImportRow).where(ImportRow.house_id == mine).values(house_id=foreign))
    with pytest.raises(Conflict, match="no longer what was shown"):
        agree(pair, batch)
    assert rooms(pair) == ["101", "102"]


def test_a_list_loaded_before_the_taking_back_leaves_out_what_went(pair: Office) -> None:
    first = pair.bring_in([row(1), row(2)])
    later = pair.load(
        [
            [*row(1, area=95), None],
            [*row(2), None],
            [*row(1, room="901"), None],  # an owner who will be gone
            [*row(5), "B1-7"],
        ],
        headers=(*HEADERS, "车位号"),
        name="later.xlsx",
    )
    pair.approve(later)
    undone(pair, first)
    done = pair.apply(later)
    assert (done["skipped"], rooms(pair)) == (3, ["105"])
    outcomes = pair.rows(select(ImportRow.outcome).where(ImportRow.batch_id == later["id"]))
    assert sorted(each[0] or "" for each in outcomes) == [
        "",
        "house_gone",
        "house_gone",
        "owner_gone",
    ]
    again = pair.load_file(pair.folder / "later.xlsx", by=MAKER)
    assert not again["already"]


def test_a_trial_shows_what_would_go_and_keeps_nothing_of_it(pair: Office) -> None:
    batch = pair.bring_in([row(1)])
    tried = ask(pair, batch, dry_run=True)
    assert (tried["houses"], tried["owners"]) == (1, 1)
    assert pair.rows(select(Approval.id).where(Approval.kind == "import.undo")) == []


def test_a_failure_in_the_middle_leaves_everything(
    pair: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = pair.bring_in([row(1), row(2)])
    ask(pair, batch)
    before = living(pair)

    def fail(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(undo, "_tell", fail)
        with pytest.raises(KeyboardInterrupt):
            agree(pair, batch)
    assert living(pair) == before
    assert pair.rows(select(ImportBatch.state)) == [("applied",)]
    assert agree(pair, batch)["houses"] == 2


def test_the_trail_says_what_went_and_why_without_a_name(pair: Office) -> None:
    batch = pair.bring_in([row(1)])
    undone(pair, batch)
    with reader(pair.engine).connect() as connection:
        assert chain.verify(connection, pair.keyring).ok
    events = pair.rows(
        select(TrailEvent.action, TrailEvent.detail)
        .where(TrailEvent.action.like("import.undo%"))
        .order_by(TrailEvent.seq)
    )
    assert [action for action, _detail in events] == ["import.undo_propose", "import.undo"]
    root = pair.rows(select(ImportBatch.merkle_root))[0][0]
    for _action, detail in events:
        assert root.hex() in detail
        assert '"houses":1' in detail
    details = " ".join(each[0] for each in pair.rows(select(TrailEvent.detail)))
    for secret in (number(1), phone(1), "钱小乙"):
        assert secret not in details


def test_nothing_is_left_of_former_values(pair: Office) -> None:
    pair.bring_in([row(1, id=None)])
    second = pair.bring_in([row(1, area=91)], name="second.xlsx")
    assert (pair.count(ImportBeforeHouse), pair.count(ImportBeforeOwner)) == (1, 1)
    undone(pair, second)
    assert (pair.count(ImportBeforeHouse), pair.count(ImportBeforeOwner)) == (0, 0)


def test_fields_whose_former_values_were_never_kept_are_listed(pair: Office) -> None:
    pair.bring_in([row(1)])
    second = pair.bring_in([row(1, area=91)], name="second.xlsx")
    pair.execute(delete(ImportBeforeHouse))
    assert kept(undone(pair, second)) == [
        ("house_fields", "1栋1单元101", None, "not_recorded", None)
    ]
    assert rooms(pair) == ["101"]


def test_places_that_were_there_or_that_others_use_stay(pair: Office) -> None:
    first = pair.bring_in([row(1), row(2, unit="2单元")])
    second = pair.bring_in([row(3, building="1栋"), row(4, building="2栋")], name="second.xlsx")
    undone(pair, first)
    assert sorted(each[0] for each in pair.rows(select(Building.name))) == ["1", "2"]
    assert pair.count(Unit) == 2
    undone(pair, second)
    assert pair.count(Building) == pair.count(Unit) == pair.count(Section) == 0


def test_the_three_hand_over_dates_come_change_and_go_back_apart(pair: Office) -> None:
    headers = (*HEADERS, "计划交房日期", "合同交付日期", "实际交付日期")

    def dates() -> tuple[Any, ...]:
        (found,) = pair.rows(
            select(House.handover_planned, House.handover_contract, House.handover_date)
        )
        return tuple(each and each.isoformat() for each in found)

    pair.bring_in([[*row(1), "2026-06-30", "2026/12/31", None]], headers=headers)
    assert dates() == ("2026-06-30", "2026-12-31", None)
    batch = pair.load(
        [[*row(1), "2026-09-30", None, "2026-10-05"]], headers=headers, name="again.xlsx"
    )
    assert batch["changed"] == 1
    pair.approve(batch)
    pair.apply(batch)
    assert dates() == ("2026-09-30", "2026-12-31", "2026-10-05")
    undone(pair, batch)
    assert dates() == ("2026-06-30", "2026-12-31", None)
