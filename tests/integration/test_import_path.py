"""From a developer's workbook to owners bound to houses, on both databases (3.1.1, 3.1.2, 2.3.1).

The files are real workbooks, the reading child is the real one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text

from pcloud_cli.errors import Conflict, Failed, NotAllowed
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.house import House
from pcloud_cli.models.imports import ImportBatch, ImportProblem, ImportRelated, ImportRow
from pcloud_cli.models.owner import Owner, OwnerPhone
from pcloud_cli.models.resident import EmergencyContact
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.models.vehicle import ParkingRight, Vehicle
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports import batches
from pcloud_cli.services.imports import load as loading
from pcloud_cli.services.imports import shown as showing
from tests.integration.office import CHECKER, MAKER, Office
from tests.integration.workbooks import HEADERS, number, phone, row, write


def test_a_loaded_workbook_is_live_only_after_another_person_approved_and_it_was_applied(
    office: Office,
) -> None:
    batch = office.load([row(1), row(2), row(3)])
    assert (batch["state"], batch["rows"], batch["new"]) == ("pending", 3, 3)
    assert office.nothing_live()
    with pytest.raises(Conflict, match="not approved"):
        office.apply(batch)
    office.approve(batch)
    assert office.nothing_live()
    done = office.apply(batch)
    assert (done["houses"], done["owners"], done["phones"], done["ownerships"]) == (3, 3, 3, 3)
    assert (done["skipped"], done["already"]) == (0, False)
    assert office.owners("101") == [("钱小乙", "sole")]
    area = office.rows(select(House.surveyed_gross, House.forecast_gross))[0]
    assert Decimal("89.5300") in area


def test_what_was_sealed_at_loading_opens_in_the_live_row(office: Office) -> None:
    office.bring_in([row(7)])
    cipher = office.keyring.field_cipher()
    owner_id, sealed = office.rows(select(Owner.id, Owner.id_number_sealed))[0]
    assert cipher.open("owner", "id_number_sealed", owner_id, sealed) == number(7)
    phone_id, sealed = office.rows(select(OwnerPhone.id, OwnerPhone.number_sealed))[0]
    assert cipher.open("owner_phone", "number_sealed", phone_id, sealed) == phone(7)


def test_nobody_approves_their_own_load(office: Office, hire: Callable[..., Actor]) -> None:
    hire("KF009", "customer_service", "customer_service_lead")
    batch = office.load([row(1)], by="KF009")
    with pytest.raises(NotAllowed, match="own entry"):
        office.approve(batch, by="KF009")
    with pytest.raises(Conflict, match="not approved"):
        office.apply(batch, by="KF009")
    assert office.approve(batch)["state"] == "approved"


def test_loading_needs_a_permission_that_the_checker_does_not_hold(office: Office) -> None:
    with pytest.raises(NotAllowed):
        office.load([row(1)], by=CHECKER)
    assert office.count(ImportBatch) == 0
    batch = office.load([row(1)])
    office.approve(batch)
    with pytest.raises(NotAllowed):
        office.apply(batch, by=MAKER)
    assert office.nothing_live()


def test_the_same_file_again_changes_nothing_and_says_so(office: Office) -> None:
    rows = [row(1), row(2)]
    first = office.load(rows)
    again = office.load_file(office.folder / "list.xlsx")
    assert (again["already"], again["number"], again["state"]) == (True, 1, "pending")
    office.approve(first)
    office.apply(first)
    again = office.load_file(office.folder / "list.xlsx")
    assert (again["already"], again["state"]) == (True, "applied")
    assert office.count(ImportBatch) == 1
    done = office.apply(first)
    assert done["already"]
    assert office.count(House) == 2


def test_a_file_whose_rows_were_overtaken_loads_again_and_brings_the_rest(office: Office) -> None:
    first = office.load([row(1)], name="first.xlsx")
    second = office.load([row(1, area=99.5), row(2)], name="second.xlsx")
    for batch in (first, second):
        office.approve(batch)
    office.apply(first)
    assert office.apply(second)["skipped"] == 1
    again = office.load_file(office.folder / "second.xlsx")
    assert not again["already"]
    counts = {name: again[name] for name in ("new", "changed", "unchanged", "conflicts")}
    assert counts == {"new": 0, "changed": 1, "unchanged": 1, "conflicts": 0}


def test_a_list_sent_again_counts_what_is_unchanged_and_brings_what_changed(
    office: Office,
) -> None:
    office.bring_in([row(1), row(2), row(3)])
    batch = office.load(
        [row(1), row(2, area=91.2), row(3, phone=phone(33)), row(4)], name="again.xlsx"
    )
    counts = {name: batch[name] for name in ("new", "changed", "unchanged", "conflicts")}
    assert counts == {"new": 1, "changed": 2, "unchanged": 1, "conflicts": 0}
    office.approve(batch)
    done = office.apply(batch)
    assert (done["houses"], done["houses_changed"], done["phones"]) == (1, 1, 2)
    areas = dict(
        tuple(each) for each in office.rows(select(House.room, _area(office)).order_by(House.room))
    )
    assert areas["102"] == Decimal("91.2000")
    assert areas["101"] == areas["103"] == Decimal("89.5300")
    versions = dict(tuple(each) for each in office.rows(select(House.room, House.version)))
    assert versions == {"101": 1, "102": 2, "103": 1, "104": 1}
    phones = office.rows(
        select(func.count())
        .select_from(OwnerPhone)
        .join(Owner, Owner.id == OwnerPhone.owner_id)
        .where(Owner.name == "钱小丁")
    )
    assert phones[0][0] == 2


def _area(office: Office) -> Any:
    surveyed = office.rows(select(func.count(House.surveyed_gross)))[0][0]
    return House.surveyed_gross if surveyed else House.forecast_gross


def test_a_list_sent_again_in_other_spellings_is_unchanged(office: Office) -> None:
    office.bring_in([row(1), row(2)])
    same = [
        row(
            1,
            building="1号楼",
            unit="一单元",
            phone=f"{phone(1)[:3]}-{phone(1)[3:7]}-{phone(1)[7:]}",
        ),
        row(2, building="1", unit="1", area="89.53㎡", id=number(2).lower()),
    ]
    batch = office.load(same, name="other.xlsx")
    assert (batch["unchanged"], batch["changed"], batch["new"]) == (2, 0, 0)


def test_another_owner_of_an_owned_house_is_a_conflict_and_not_applied(office: Office) -> None:
    office.bring_in([row(1), row(2), row(3)])
    batch = office.load(
        [
            row(1, area=99, name="孙大山", id=number(50), phone=phone(50)),
            row(2, area=99, name="孙大山"),  # the number under another name
            row(3, area=99, id=number(51)),  # the name with another number
            row(4),
        ],
        name="again.xlsx",
    )
    assert (batch["conflicts"], batch["new"]) == (3, 1)
    office.approve(batch)
    office.apply(batch)
    assert [office.owners(room) for room in ("101", "102", "103", "104")] == [
        [("钱小乙", "sole")],
        [("钱小丙", "sole")],
        [("钱小丁", "sole")],
        [("钱小戊", "sole")],
    ]
    assert {each[0] for each in office.rows(select(_area(office)))} == {Decimal("89.5300")}
    with office.open(CHECKER) as (actor, work):
        found = list(batches.problems(actor, work, str(batch["number"])))
    codes = [each["code"] for each in found if each["field"] == "owner_name"]
    assert codes == ["owner_differs", "owner_renamed", "owner_number_differs"]
    assert all(each["message"] and each["hint"] for each in found)


def test_rows_that_others_overtook_are_left_out_and_counted(office: Office) -> None:
    first = office.load([row(1), row(2)])
    second = office.load([row(2, area=70), row(3)], name="second.xlsx")
    office.approve(first)
    office.approve(second)
    assert office.apply(first)["skipped"] == 0
    done = office.apply(second)
    assert (done["skipped"], done["houses"], done["ownerships"]) == (1, 1, 1)
    assert office.rows(select(_area(office)).where(House.room == "102"))[0][0] == Decimal("89.5300")
    assert office.owners("103") == [("钱小丁", "sole")]
    outcomes = office.rows(
        select(ImportRow.outcome)
        .join(ImportBatch, ImportBatch.id == ImportRow.batch_id)
        .where(ImportBatch.number == 2)
        .order_by(ImportRow.seq)
    )
    assert [each[0] for each in outcomes] == ["house_exists_now", None]


def test_a_house_changed_since_the_load_is_left_as_it_is(office: Office) -> None:
    office.bring_in([row(1), row(2)])
    batch = office.load([row(1, area=70), row(2, area=71)], name="second.xlsx")
    office.approve(batch)
    office.execute(text("UPDATE house SET version = version + 1, floor = '9' WHERE room = '101'"))
    done = office.apply(batch)
    assert (done["skipped"], done["houses_changed"]) == (1, 1)
    areas = dict(tuple(each) for each in office.rows(select(House.room, _area(office))))
    assert areas == {"101": Decimal("89.5300"), "102": Decimal("71.0000")}


def test_a_person_brought_by_another_batch_meanwhile_is_not_made_twice(office: Office) -> None:
    first = office.load([row(1)])
    second = office.load([row(2, name="钱小乙", id=number(1))], name="second.xlsx")
    office.approve(first)
    office.approve(second)
    office.apply(first)
    assert office.apply(second)["skipped"] == 1
    assert office.count(Owner) == 1


def test_a_dry_run_of_applying_counts_and_leaves_nothing(office: Office) -> None:
    batch = office.load([row(1), row(2)])
    office.approve(batch)
    done = office.apply(batch, dry_run=True)
    assert (done["houses"], done["ownerships"]) == (2, 2)
    assert office.nothing_live()
    assert office.rows(select(ImportBatch.state))[0][0] == "approved"
    assert office.apply(batch)["houses"] == 2


def test_a_dry_run_of_loading_counts_and_leaves_nothing(office: Office) -> None:
    office.bring_in([row(1)])
    path = write(office.folder / "second.xlsx", [row(1, area=70), row(2), row(3, room="")])
    batch = office.load_file(path, dry_run=True)
    assert (batch["new"], batch["changed"], batch["errors"]) == (1, 1, 1)
    assert office.count(ImportBatch) == 1
    assert office.count(Approval) == 1
    assert office.load_file(path)["already"] is False


def test_a_reading_that_fails_midway_leaves_no_row_behind(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(office.folder / "long.xlsx", [row(n) for n in range(1, 60)])
    monkeypatch.setattr(loading, "PART", 10)  # so that parts are committed before it fails
    staged: list[int] = []

    def meanwhile(rows: int) -> None:
        staged.append(office.count(ImportRow))
        if rows:
            os.utime(path, (1, 1))  # somebody saves the file that is being read

    with pytest.raises(Failed) as told:
        office.load_file(path, progress=meanwhile)
    assert told.value.code == "file_changed"
    assert max(staged) == 59
    assert [each[0] for each in office.rows(select(ImportBatch.state))] == ["failed"]
    assert not any(office.count(model) for model in (ImportRow, ImportRelated, ImportProblem))
    assert office.count(Approval) == 0
    batch = office.load_file(path)
    assert (batch["already"], batch["rows"], batch["number"]) == (False, 59, 2)


def test_a_file_that_is_no_workbook_leaves_no_open_batch(office: Office) -> None:
    path = office.folder / "list.xlsx"
    path.write_bytes(b"PK\x03\x04" + b"\0" * 200)
    with pytest.raises(Failed) as told:
        office.load_file(path)
    assert told.value.hint
    states = [each[0] for each in office.rows(select(ImportBatch.state))]
    assert states in ([], ["failed"])


def test_two_rows_of_one_house_make_joint_owners(office: Office) -> None:
    rows = [row(1), row(2), row(1, name="孙大山", id=number(60), phone=phone(60))]
    done = office.bring_in(rows)
    assert (done["houses"], done["owners"], done["ownerships"]) == (2, 3, 3)
    assert office.owners("101") == [("孙大山", "joint"), ("钱小乙", "joint")]
    assert office.owners("102") == [("钱小丙", "sole")]
    batch = office.load([*rows[1:], rows[0]], name="again.xlsx")
    assert (batch["unchanged"], batch["conflicts"]) == (3, 0)


def test_one_person_with_two_houses_is_one_owner(office: Office) -> None:
    done = office.bring_in([row(1), row(2, name="钱小乙", id=number(1), phone=phone(1))])
    assert (done["houses"], done["owners"], done["ownerships"], done["phones"]) == (2, 1, 2, 1)


def test_a_shared_phone_makes_no_one_person_of_two(office: Office) -> None:
    done = office.bring_in([row(1), row(2, phone=phone(1))])
    assert done["owners"] == 2


def test_an_unsold_house_comes_without_owner(office: Office) -> None:
    rows = [[*row(1, name=None, id=None, phone=None), "未售"], [*row(2), "已售未交"]]
    done = office.bring_in(rows, headers=(*HEADERS, "房屋状态"))
    assert (done["houses"], done["owners"], done["ownerships"]) == (2, 1, 1)
    assert office.owners("101") == []
    states = dict(tuple(each) for each in office.rows(select(House.room, House.state)))
    assert states == {"101": "unsold", "102": "sold"}
    sold = office.load([[*row(1), "已售未交"]], name="sold.xlsx", headers=(*HEADERS, "房屋状态"))
    assert sold["changed"] == 1
    office.approve(sold)
    office.apply(sold)
    assert office.owners("101") == [("钱小乙", "sole")]
    assert office.rows(select(House.state).where(House.room == "101"))[0][0] == "sold"


def test_what_stands_beside_the_owner_comes_along(office: Office) -> None:
    headers = (*HEADERS, "紧急联系人", "紧急联系电话", "车牌号", "车位号")
    office.bring_in([[*row(1), "周小云", phone(70), "京A12345", "B1-023"]], headers=headers)
    cipher = office.keyring.field_cipher()
    found = office.rows(
        select(EmergencyContact.id, EmergencyContact.name_sealed, EmergencyContact.phone_sealed)
    )[0]
    assert cipher.open("emergency_contact", "name_sealed", found[0], found[1]) == "周小云"
    assert cipher.open("emergency_contact", "phone_sealed", found[0], found[2]) == phone(70)
    found = office.rows(select(Vehicle.id, Vehicle.plate_sealed))[0]
    assert cipher.open("vehicle", "plate_sealed", found[0], found[1]) == "京A12345"
    assert office.rows(select(ParkingRight.space))[0][0] == "B1-023"


def test_a_rejected_list_can_be_loaded_again_and_its_reason_is_kept(office: Office) -> None:
    batch = office.load([row(1)])
    with office.open(CHECKER, write=True) as (actor, work):
        batches.reject(actor, work, "1", reason="面积与实测不符")
    with pytest.raises(Conflict, match="not approved"):
        office.apply(batch)
    with pytest.raises(Conflict):
        office.approve(batch)
    assert office.rows(select(Approval.reason))[0][0] == "面积与实测不符"
    again = office.load_file(office.folder / "list.xlsx")
    assert (again["already"], again["number"]) == (False, 2)


def test_what_was_done_and_looked_at_stands_in_the_trail_without_a_personal_value(
    office: Office,
) -> None:
    batch = office.load([row(1)])
    with office.open(CHECKER) as (actor, work):
        shown = showing.show(actor, work, str(batch["number"]))
    assert shown["sample"][0]["understood"][0]["id_number"].count("*")
    assert shown["sample"][0]["understood"][0]["phone"].count("*")
    office.approve(batch)
    office.apply(batch)
    actions = office.actions()
    for wanted in ("import.begin", "import.load", "import.show", "import.approve", "import.apply"):
        assert wanted in actions
    details = " ".join(each[0] for each in office.rows(select(TrailEvent.detail)))
    for secret in (number(1), phone(1), "钱小乙"):
        assert secret not in details
