"""The limited change of an owner: which fields, in which communities, checked by a second person
(2.1.2, 2.3.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.models.community import Community
from pcloud_cli.models.owner import Owner
from pcloud_cli.services import owner, owner_change, owner_fields, policy, role
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy_sections import OwnerPolicy
from tests.integration.office import CHECKER, MAKER, Office
from tests.integration.workbooks import number, phone, row

NEW = "13900000777"
LEAD = "KF003"


@pytest.fixture
def counter(office: Office, hire: Callable[..., Actor]) -> Office:
    """An office with two owners, whose checker is one of two leads."""
    hire(LEAD, "customer_service_lead")
    office.bring_in([row(1), row(2)])
    return office


def enter(office: Office, by: str = MAKER, whom: str = "钱小乙", **wanted: Any) -> dict[str, Any]:
    with office.open(by, write=True) as (actor, work):
        return owner_change.enter(actor, work, whom, wanted, reason="到柜台", community="CH")


def approve(office: Office, made: dict[str, Any], by: str = CHECKER, **more: Any) -> Any:
    with office.open(by, write=True) as (actor, work):
        return owner_change.approve(actor, work, str(made["number"]), **more)


def present(office: Office, field: str, whom: str = "钱小乙") -> Any:
    with office.open(MAKER) as (_actor, work):
        found = work.session.scalars(select(Owner).where(Owner.name == whom)).one()
        return owner_fields.present(work, found, field)


def test_a_change_holds_once_somebody_else_has_checked_it(counter: Office) -> None:
    made = enter(counter, phones=[NEW, "020-62340000"])
    assert (made["state"], made["fields"]) == ("pending", ["phones"])
    assert present(counter, "phones") == [phone(1)]
    done = approve(counter, made)
    assert (done["state"], done["made_by"], done["decided_by"]) == ("applied", MAKER, CHECKER)
    assert present(counter, "phones") == [NEW, "02062340000"]
    with counter.open(MAKER) as (actor, work):
        assert owner.find(actor, work, phone=NEW)[1] == 1
        assert owner.find(actor, work, phone=phone(1))[1] == 0


def test_nobody_checks_their_own_entry_lead_or_not(counter: Office) -> None:
    made = enter(counter, LEAD, phones=[NEW])
    with pytest.raises(NotAllowed) as refused:
        approve(counter, made, LEAD)
    assert refused.value.code == "own_entry"
    assert present(counter, "phones") == [phone(1)]
    approve(counter, made)


def test_customer_service_cannot_approve_at_all(
    counter: Office, hire: Callable[..., Actor]
) -> None:
    hire("KF009", "customer_service")
    made = enter(counter, phones=[NEW])
    with pytest.raises(NotAllowed) as refused:
        approve(counter, made, "KF009")
    assert "owner.approve" in refused.value.message


@pytest.mark.parametrize(
    ("field", "given"),
    [("name", "钱小丁"), ("id_number", number(9)), ("sex", "女"), ("number", "YZ-9")],
)
def test_who_an_owner_is_needs_a_permission_that_customer_service_lacks(
    counter: Office, field: str, given: str
) -> None:
    before = present(counter, field)
    with pytest.raises(NotAllowed) as refused:
        enter(counter, phones=[NEW], **{field: given})
    assert "owner.change_identity" in refused.value.message
    assert counter.rows(text("SELECT count(*) FROM owner_change"))[0][0] == 0
    made = enter(counter, LEAD, **{field: given})
    assert present(counter, field) == before
    approve(counter, made)
    whom = given if field == "name" else "钱小乙"
    after = present(counter, field, whom)
    assert (
        after
        == {
            "name": "钱小丁",
            "id_number": {"type": "resident_id", "number": number(9)},
            "sex": "female",
            "number": "YZ-9",
        }[field]
    )


def test_every_field_is_in_one_group_and_can_be_read(counter: Office) -> None:
    groups = {
        field: owner_fields.permission_of(OwnerPolicy(), field) for field in owner_fields.FIELDS
    }
    assert {field for field, group in groups.items() if group == owner_fields.CONTACT} == {
        "phones",
        "mailing_address",
        "emergency",
        "handler_name",
        "handler_phone",
    }
    for field in owner_fields.FIELDS:
        present(counter, field)


def test_policy_can_take_a_field_away_from_customer_service(
    counter: Office, hire: Callable[..., Actor]
) -> None:
    hire("XT001", "system_admin")
    hire("AQ001", "security_admin")
    with counter.open("XT001", write=True) as (actor, work):
        proposed = policy.propose(
            actor, work, {"owner": {"contact_fields": ["emergency"]}}, reason="收紧"
        )
    assert proposed is not None
    with counter.open("AQ001", write=True) as (actor, work):
        policy.approve(actor, work, str(proposed["number"]))
    with pytest.raises(NotAllowed) as refused:
        enter(counter, phones=[NEW])
    assert "owner.change_identity" in refused.value.message
    enter(counter, emergency={"name": "李小红", "phone": NEW})


def test_a_grant_in_another_community_changes_nobody_here(
    counter: Office, hire: Callable[..., Actor]
) -> None:
    hire("KF010", None)
    hire("XT002", "system_admin")
    counter.execute(
        insert(Community).values(
            id=counter.ids(),
            code="CG",
            name="晨光里",
            zone="Asia/Shanghai",
            created_at=counter.clock.now(),
        )
    )
    with counter.open("XT002", write=True) as (actor, work):
        role.grant(
            actor,
            work,
            staff_number="KF010",
            role="customer_service",
            reason="试",
            community="CG",
        )
    with pytest.raises(NotAllowed):
        enter(counter, "KF010", phones=[NEW])
    with counter.open("KF010", write=True) as (actor, work), pytest.raises(NotFound):
        owner_change.enter(actor, work, "钱小乙", {"phones": [NEW]}, reason="试")
    made = enter(counter, phones=[NEW])
    with counter.open("KF010") as (actor, work):
        assert owner_change.list_all(actor, work, limit=10) == []
        with pytest.raises(NotAllowed):
            owner_change.show(actor, work, str(made["number"]))


def test_what_is_shown_is_masked_and_bound_to_the_approval(counter: Office) -> None:
    one = enter(counter, phones=[NEW], mailing_address="示例市示例区示例路12号3栋101")
    with counter.open(CHECKER) as (actor, work):
        found, seen = owner_change.to_check(actor, work, str(one["number"]))
    assert found["lines"] == [
        {"field": "mailing_address", "before": None, "after": "示例市示例区***"},
        {"field": "phones", "before": ["139****0001"], "after": ["139****0777"]},
    ]
    other = enter(counter, whom="钱小丙", phones=[phone(8)])
    with pytest.raises(Conflict) as refused:
        approve(counter, other, seen=seen)
    assert refused.value.code == "content_changed"
    approve(counter, one, seen=seen)
    assert present(counter, "mailing_address") == "示例市示例区示例路12号3栋101"


def test_an_owner_changed_meanwhile_is_not_written_over(counter: Office) -> None:
    made = enter(counter, phones=[NEW])
    with counter.open(MAKER, write=True) as (_actor, work):
        found = work.session.scalars(select(Owner).where(Owner.name == "钱小乙")).one()
        owner_fields.write(work, found, "phones", [phone(5)])
    with pytest.raises(Conflict) as refused:
        approve(counter, made)
    assert refused.value.code == "overtaken"
    assert present(counter, "phones") == [phone(5)]


def test_one_change_of_an_owner_waits_at_a_time(counter: Office) -> None:
    made = enter(counter, phones=[NEW])
    with pytest.raises(Conflict) as refused:
        enter(counter, LEAD, sex="女")
    assert refused.value.code == "pending"
    with counter.open(MAKER, write=True) as (actor, work):
        assert owner_change.withdraw(actor, work, str(made["number"]))["state"] == "withdrawn"
    with pytest.raises(Conflict):
        approve(counter, made)
    enter(counter, LEAD, sex="女")


def test_only_its_maker_withdraws_a_change_and_only_a_checker_rejects_it(counter: Office) -> None:
    made = enter(counter, phones=[NEW])
    with counter.open(LEAD, write=True) as (actor, work), pytest.raises(NotAllowed):
        owner_change.withdraw(actor, work, str(made["number"]))
    with counter.open(MAKER, write=True) as (actor, work), pytest.raises(NotAllowed):
        owner_change.reject(actor, work, str(made["number"]), reason="不")
    with counter.open(LEAD, write=True) as (actor, work):
        done = owner_change.reject(actor, work, str(made["number"]), reason="号码不符")
    assert (done["state"], done["decision"]) == ("rejected", "号码不符")
    assert present(counter, "phones") == [phone(1)]


@pytest.mark.parametrize(
    "forged",
    [
        "fields = ',mailing_address,'",
        "made_by = (SELECT id FROM account WHERE staff_number = 'KF003')",
        "owner_id = (SELECT id FROM owner WHERE name = '钱小丙')",
        "reason = '局长说的'",
    ],
)
def test_a_change_altered_in_the_database_is_worth_nothing(counter: Office, forged: str) -> None:
    made = enter(counter, phones=[NEW])
    counter.execute(text(f"UPDATE owner_change SET {forged}"))
    with pytest.raises(Conflict) as refused:
        approve(counter, made)
    assert refused.value.code == "tampered"
    assert present(counter, "phones") == [phone(1)]
    assert "row.tampered" in counter.actions()


def test_a_decided_change_cannot_be_opened_again_by_hand(counter: Office) -> None:
    made = enter(counter, phones=[NEW])
    approve(counter, made)
    back = enter(counter, phones=[phone(1)])
    approve(counter, back)
    counter.execute(text("UPDATE owner_change SET state = 'pending' WHERE number = 1"))
    with pytest.raises(Conflict):
        approve(counter, made)
    assert present(counter, "phones") == [phone(1)]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("phones", ["12"]),
        ("phones", ["139****0001"]),
        ("mailing_address", " "),
        ("mailing_address", "甲" * 201),
        ("mailing_address", "甲\n乙"),
        ("handler_phone", NEW),
        ("emergency", {"name": "李小红"}),
        ("id_number", "110101199003070010"),
        ("sex", "也许"),
    ],
)
def test_what_cannot_be_is_refused_without_repeating_it(
    counter: Office, field: str, given: Any
) -> None:
    with pytest.raises(UsageProblem) as refused:
        enter(counter, LEAD, **{field: given})
    if field in ("phones", "id_number"):
        told = refused.value.message + (refused.value.hint or "")
        assert (given[0] if field == "phones" else given) not in told


def test_the_same_once_more_is_said_and_makes_no_entry(counter: Office) -> None:
    with pytest.raises(Conflict) as refused:
        enter(counter, phones=[phone(1)])
    assert refused.value.code == "unchanged"
    assert counter.rows(text("SELECT count(*) FROM owner_change"))[0][0] == 0


def test_an_emergency_contact_is_changed_in_place_and_another_added(counter: Office) -> None:
    first = {"name": "李小红", "phone": NEW, "relation": "配偶"}
    approve(counter, enter(counter, emergency=first))
    approve(counter, enter(counter, emergency={"name": "钱大海", "phone": phone(6)}))
    approve(counter, enter(counter, emergency={"name": "李小红", "phone": phone(7)}))
    assert present(counter, "emergency") == [
        {"name": "李小红", "phone": phone(7), "relation": "配偶"},
        {"name": "钱大海", "phone": phone(6), "relation": None},
    ]


def test_a_companys_handler_is_its_contact(counter: Office) -> None:
    counter.bring_in([row(3, name="翠湖商贸有限公司", id="")], name="company.xlsx")
    company = "翠湖商贸有限公司"
    made = enter(counter, whom=company, handler_name="周小海", handler_phone=NEW)
    approve(counter, made)
    assert present(counter, "handler_phone", company) == NEW
    with counter.open(MAKER) as (actor, work):
        found = owner.show(actor, work, company, community="CH")
    assert (found["handler_name"], found["handler_phone"]) == ("周**", "139****0777")


def test_a_later_list_does_not_write_over_what_staff_changed(counter: Office) -> None:
    approve(counter, enter(counter, phones=[NEW]))
    batch = counter.load([row(1, phone=phone(55)), row(2)], name="again.xlsx")
    counter.approve(batch)
    counter.apply(batch)
    assert present(counter, "phones") == [NEW]


def test_the_trail_names_fields_and_digests_but_no_value(counter: Office) -> None:
    approve(counter, enter(counter, phones=[NEW], mailing_address="示例路12号"))
    found = counter.rows(
        text("SELECT action, detail, reason FROM trail_event WHERE action LIKE 'owner.change%'")
    )
    told = " ".join(str(part) for each in found for part in each)
    assert {each[0] for each in found} == {
        "owner.change",
        "owner.change.enter",
        "owner.change.applied",
    }
    for secret in (NEW, phone(1), "示例路", "钱小乙"):
        assert secret not in told
    sealed = counter.rows(text("SELECT before_sealed, after_sealed FROM owner_change"))
    assert all(NEW.encode() not in bytes(part) for each in sealed for part in each)
