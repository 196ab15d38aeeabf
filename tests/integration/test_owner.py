"""Owners: listed for a unit, found by name, phone or ID number, always masked (3.1.3, 2.3.3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date

import pytest
from sqlalchemy import Engine, select

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work, unit_of_work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.ids import IdSource, id_text
from pcloud_cli.models.resident import EmergencyContact, FamilyMember
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.models.vehicle import Vehicle
from pcloud_cli.security.keys import KeyRing
from pcloud_cli.services import owner
from tests.integration.people import Town, community, id_number, staff

BIRTH = date(1990, 5, 17)
PHONE = "13800001234"


def nobody_chooses(question: str, choices: Sequence[tuple[str, str]], *, option: str) -> str:
    """Fail: the community was named."""
    raise AssertionError(f"asked {question} for {option}")


@pytest.fixture
def town(work: Work) -> Town:
    """Two buildings with four owners."""
    made = Town(work, community(work))
    first, second = made.house("3", "2", "201"), made.house("3", "2", "1001")
    made.owner("王小明", houses=[first], birth=BIRTH, phones=[PHONE, "010-62340000"], sex="male")
    made.owner("欧阳晓红", houses=[second], phones=["13900005678"], number="YZ-007")
    made.owner("李小华", houses=[second], birth=date(2012, 1, 1))
    made.owner("翠湖商贸有限公司", houses=[made.house("5", "1", "101")], kind="company")
    return made


def listed(
    work: Work, building: str | None = None, unit: str | None = None
) -> list[dict[str, object]]:
    rows, _total = owner.list_all(
        staff(work), work, community="CH", choose=nobody_chooses, building=building, unit=unit
    )
    return rows


def names(rows: Sequence[dict[str, object]]) -> list[object]:
    return [row["name"] for row in rows]


def test_the_owners_of_one_unit_are_listed_house_by_house(work: Work, town: Town) -> None:
    rows = listed(work, building="3栋", unit="2单元")
    assert [(row["house"], row["name"]) for row in rows] == [
        ("3栋2单元201", "王小明"),
        ("3栋2单元1001", "李小华"),
        ("3栋2单元1001", "欧阳晓红"),
    ]


def test_private_data_is_masked_and_its_state_is_said(work: Work, town: Town) -> None:
    first = listed(work, building="3")[0]
    number = id_number(BIRTH)
    assert first["phones"] == ["138****1234", "010****0000"]
    assert first["id_number"] == f"110{'*' * 13}{number[-2:]}"
    assert first["id_status"] == "present"
    assert first["minor"] is False
    assert listed(work, building="3")[1]["minor"] is True
    assert listed(work, building="5")[0]["minor"] is None
    assert PHONE not in json.dumps(listed(work), default=str)
    assert number not in json.dumps(listed(work), default=str)


def test_a_limit_opens_no_more_than_it_shows(work: Work, town: Town) -> None:
    rows, total = owner.list_all(staff(work), work, community="CH", choose=nobody_chooses, limit=1)
    assert (len(rows), total) == (1, 4)


def test_former_owners_are_not_listed(work: Work, town: Town) -> None:
    house = town.house("9", "1", "101")
    town.owner("赵旧主", houses=[house], until=date(2026, 3, 1))
    town.owner("钱新主", houses=[house])
    assert names(listed(work, building="9")) == ["钱新主"]


@pytest.mark.parametrize(
    "spelling", [PHONE, "138 0000 1234", "+86 138-0000-1234", "１３８００００１２３４"]
)
def test_a_phone_in_any_spelling_finds_its_owner(work: Work, town: Town, spelling: str) -> None:
    rows, total = owner.find(staff(work), work, phone=spelling)
    assert (names(rows), total) == (["王小明"], 1)
    assert rows[0]["houses"] == ["3栋2单元201"]
    assert rows[0]["community"] == "翠湖花园"


def test_an_id_number_finds_its_owner_also_in_its_old_form(work: Work, town: Town) -> None:
    new = id_number(BIRTH)
    old = new[:6] + new[8:17]
    for number in (new, new.lower(), old):
        assert names(owner.find(staff(work), work, id_number=number)[0]) == ["王小明"]


def test_a_name_finds_from_its_beginning(work: Work, town: Town) -> None:
    assert names(owner.find(staff(work), work, name="欧阳")[0]) == ["欧阳晓红"]
    assert names(owner.find(staff(work), work, name="王 小 明")[0]) == ["王小明"]
    assert names(owner.find(staff(work), work, name="小明")[0]) == []
    assert names(owner.find(staff(work), work, name="%")[0]) == []


def test_all_that_is_given_must_match(work: Work, town: Town) -> None:
    assert names(owner.find(staff(work), work, name="王", phone=PHONE)[0]) == ["王小明"]
    assert names(owner.find(staff(work), work, name="李", phone=PHONE)[0]) == []


def test_a_search_for_nothing_is_a_wrong_call(work: Work, town: Town) -> None:
    with pytest.raises(UsageProblem):
        owner.find(staff(work), work)


def test_a_rotated_index_key_still_finds_what_the_old_one_wrote(
    work: Work, town: Town, keyring: KeyRing
) -> None:
    rows = list(keyring._rows.values())
    work.keys = KeyRing(bytes(range(32)), [*rows, keyring.next_row("index")])
    town.owner("孙新客", houses=[town.house("7", "1", "101")], phones=["13700000001"])
    assert names(owner.find(staff(work), work, phone=PHONE)[0]) == ["王小明"]
    assert names(owner.find(staff(work), work, phone="13700000001")[0]) == ["孙新客"]


def test_one_owner_is_shown_by_id_number_or_whole_name(work: Work, town: Town) -> None:
    house = town.house("3", "2", "999")
    made = town.owner("周全", houses=[house], number="YZ-100", phones=[PHONE])
    for reference in (id_text(made.id), "YZ-100", "周全"):
        found = owner.show(staff(work), work, reference)
        assert found["id"] == made.id
        assert [row["house"] for row in found["houses"]] == ["3栋2单元999"]
    with pytest.raises(NotFound):
        owner.show(staff(work), work, "周")


def test_two_owners_of_one_name_are_not_mixed_up(work: Work, town: Town) -> None:
    town.owner("王小明", houses=[town.house("9", "1", "901")])
    with pytest.raises(Conflict):
        owner.show(staff(work), work, "王小明")


def test_related_people_and_vehicles_are_masked(work: Work, town: Town) -> None:
    made = town.owner("周全", houses=[town.house("3", "2", "999")])
    seal = work.keys.field_cipher().seal
    index = work.keys.blind_index()
    place = {"community_id": town.community.id, "owner_id": made.id}
    for table in (FamilyMember, EmergencyContact):
        row_id = work.ids()
        name = seal(table.__tablename__, "name_sealed", row_id, "周小宝")
        phone = seal(table.__tablename__, "phone_sealed", row_id, PHONE)
        digest = index.of("phone", PHONE)
        work.session.add(
            table(
                id=row_id,
                name_sealed=name,
                phone_sealed=phone,
                phone_index=digest,
                created_at=work.now(),
                **place,
            )
        )
    row_id = work.ids()
    work.session.add(
        Vehicle(
            id=row_id,
            plate_sealed=seal("vehicle", "plate_sealed", row_id, "京A12345"),
            plate_index=index.of("plate", "京A12345"),
            created_at=work.now(),
            **place,
        )
    )
    work.session.flush()
    found = owner.show(staff(work), work, "周全")
    assert [(one["role"], one["name"], one["phone"]) for one in found["people"]] == [
        ("family", "周**", "138****1234"),
        ("emergency", "周**", "138****1234"),
    ]
    assert found["vehicles"] == ["京A***45"]


def test_a_grant_for_a_building_or_community_shows_only_its_owners(work: Work, town: Town) -> None:
    other = Town(work, community(work, "SJ", "松江苑"))
    other.owner("王小明", houses=[other.house("1", "1", "101")], phones=[PHONE])
    everywhere, _total = owner.find(staff(work), work, phone=PHONE)
    assert {row["community"] for row in everywhere} == {"翠湖花园", "松江苑"}
    here = staff(work, kind="community", place=other.community.id)
    assert [row["community"] for row in owner.find(here, work, phone=PHONE)[0]] == ["松江苑"]
    five = staff(work, kind="building", place=town.building("5").id)
    assert owner.find(five, work, phone=PHONE) == ([], 0)
    assert names(owner.find(five, work, name="翠湖")[0]) == ["翠湖商贸有限公司"]
    rows, total = owner.list_all(five, work, community="CH", choose=nobody_chooses)
    assert (names(rows), total) == (["翠湖商贸有限公司"], 1)
    with pytest.raises(NotFound):
        owner.show(five, work, "YZ-007")


def test_maintenance_sees_no_owner(work: Work, town: Town) -> None:
    actor = staff(work, "maintenance")
    with pytest.raises(NotAllowed):
        owner.list_all(actor, work, community="CH", choose=nobody_chooses)
    with pytest.raises(NotAllowed):
        owner.find(actor, work, phone=PHONE)
    with pytest.raises(NotAllowed):
        owner.show(actor, work, "YZ-007")


def test_the_eighteenth_birthday_counts_to_the_day(work: Work, town: Town) -> None:
    house = town.house("4", "1", "101")
    town.owner("今天满", houses=[house], birth=date(2008, 3, 1))
    town.owner("明天满", houses=[house], birth=date(2008, 3, 2))
    minors = {row["name"]: row["minor"] for row in listed(work, building="4")}
    assert minors == {"今天满": False, "明天满": True}


def test_every_reading_leaves_evidence_without_a_personal_value(
    engine: Engine,
    clock: FixedClock,
    ids: IdSource,
    keyring: KeyRing,
) -> None:
    def once(write: bool, act: Callable[[Work], object]) -> None:
        with unit_of_work(
            engine, clock=clock, ids=ids, keys=keyring, origin="test", write=write
        ) as opened:
            act(opened)

    def fill(opened: Work) -> None:
        town = Town(opened, community(opened))
        town.owner("王小明", houses=[town.house("3", "2", "201")], birth=BIRTH, phones=[PHONE])

    once(True, fill)
    once(False, lambda w: owner.find(staff(w), w, phone=PHONE, name="王小明"))
    once(False, lambda w: owner.find(staff(w), w, phone="13000000000"))
    once(False, lambda w: owner.show(staff(w), w, "王小明"))
    once(
        False,
        lambda w: owner.list_all(staff(w), w, community="CH", choose=nobody_chooses),
    )
    with engine.connect() as connection:
        events = connection.execute(
            select(TrailEvent.action, TrailEvent.detail).order_by(TrailEvent.seq)
        ).all()
    assert [event.action for event in events] == [
        "owner.find",
        "owner.find",
        "owner.show",
        "owner.list",
    ]
    assert [json.loads(event.detail)["count"] for event in events] == [1, 0, 1, 1]
    whole = "".join(event.detail for event in events)
    assert PHONE not in whole
    assert "王" not in whole
