"""Tenants, family, agents and what is missing of owners, brought in by a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from pcloud_cli.errors import NotFound, SomeFailed, UsageProblem
from pcloud_cli.models.house import House
from pcloud_cli.models.imports import ImportBatch, ImportRow
from pcloud_cli.models.owner import Owner, OwnerPhone, Ownership
from pcloud_cli.models.resident import Agent, FamilyMember, Tenant
from pcloud_cli.services import owner_missing
from pcloud_cli.services.imports import load as loading
from pcloud_cli.services.imports import profile
from pcloud_cli.services.imports.options import LoadOptions
from tests.integration.office import CHECKER, MAKER, Office
from tests.integration.workbooks import HEADERS, number, phone, row, write


def nobody_chooses(question: str, choices: Sequence[tuple[str, str]], *, option: str) -> str:
    """Fail: the community was named."""
    raise AssertionError(f"asked {question} for {option}")


def test_tenant_agent_and_family_become_rows_of_their_own_sealed(office: Office) -> None:
    headers = (*HEADERS, "租户姓名", "租户电话", "租户身份证号", "代理人", "代理人电话", "家庭成员")
    more = [
        "王五",
        phone(71),
        number(71),
        "赵六",
        phone(72),
        f"周小云|{phone(73)}|{number(73)}|妻子",
    ]
    office.bring_in([[*row(1), *more]], headers=headers)
    opened = office.keyring.field_cipher().open
    ((id_, name, called, sealed),) = office.rows(
        select(Tenant.id, Tenant.name_sealed, Tenant.phone_sealed, Tenant.id_number_sealed)
    )
    assert opened("tenant", "name_sealed", id_, name) == "王五"
    assert opened("tenant", "phone_sealed", id_, called) == phone(71)
    assert opened("tenant", "id_number_sealed", id_, sealed) == number(71)
    ((id_, name, called),) = office.rows(select(Agent.id, Agent.name_sealed, Agent.phone_sealed))
    assert opened("agent", "name_sealed", id_, name) == "赵六"
    assert opened("agent", "phone_sealed", id_, called) == phone(72)
    ((id_, name, relation, month),) = office.rows(
        select(
            FamilyMember.id,
            FamilyMember.name_sealed,
            FamilyMember.relation,
            FamilyMember.birth_month,
        )
    )
    assert opened("family_member", "name_sealed", id_, name) == "周小云"
    assert (relation, month) == ("妻子", f"{number(73)[6:10]}-{number(73)[10:12]}")


def test_people_in_rows_of_their_own_belong_to_the_house_above(office: Office) -> None:
    headers = (*HEADERS, "业主类型")
    rows = [
        [*row(1), "业主"],
        [*row(1, name="王五", id="", phone=phone(71)), "租户"],
        [*row(1, name="周小云", id="", phone=""), "家属"],
    ]
    office.bring_in(rows, headers=headers)
    assert (office.count(House), office.count(Owner)) == (1, 1)
    assert office.rows(select(Tenant.house_id)) == office.rows(select(House.id))
    assert office.rows(select(FamilyMember.owner_id)) == office.rows(select(Owner.id))


def test_a_list_sent_again_brings_nobody_twice(office: Office) -> None:
    headers = (*HEADERS, "租户姓名", "家庭成员")
    for name in ("a.xlsx", "b.xlsx"):
        rows = [[*row(1), "王五", "周小云"], [*row(2 + len(name)), "", ""]]
        office.bring_in(
            [*rows, [*row(20 if name == "a.xlsx" else 21), "", ""]], headers=headers, name=name
        )
    assert (office.count(Tenant), office.count(FamilyMember)) == (1, 1)


def test_co_owners_in_columns_and_in_one_cell_own_the_house_together(office: Office) -> None:
    headers = (*HEADERS, "共有人姓名", "共有人证件号码")
    office.bring_in(
        [
            [*row(1), "李小四", number(50)],
            [*row(2, name="张小三、李小五", id=f"{number(51)}、{number(52)}", phone=""), "", ""],
        ],
        headers=headers,
    )
    assert {kind for _name, kind in office.owners("101") + office.owners("102")} == {"joint"}
    assert len(office.owners("101")) == len(office.owners("102")) == 2


def listed(office: Office) -> list[tuple[Any, ...]]:
    with office.open(CHECKER) as (actor, work):
        rows, total = owner_missing.list_all(actor, work, community="CH", choose=nobody_chooses)
    assert total == len(rows)
    return [(each["house"], each["owner"], each["missing"], each["why"]) for each in rows]


def test_what_came_missing_masked_or_damaged_stands_in_the_list_with_why(office: Office) -> None:
    headers = (*HEADERS, "房屋状态")
    office.bring_in(
        [
            [*row(1), "自住"],
            [*row(2, id="待补", phone="138****1234"), "自住"],
            [*row(3, id=1.10101199003079e17, phone="12"), "空置"],
            [*row(4, name="", id="", phone=""), "已售未交"],
            [*row(5, name="", id="", phone=""), "未售"],
        ],
        headers=headers,
    )
    name2, name3 = "钱小丙", "钱小丁"
    assert listed(office) == [
        ("1栋1单元102", name2, "id_number", "missing"),
        ("1栋1单元102", name2, "phone", "masked"),
        ("1栋1单元103", name3, "id_number", "damaged"),
        ("1栋1单元103", name3, "phone", "invalid"),
        ("1栋1单元104", None, "owner", "unknown"),
    ]


def test_what_a_later_list_brings_leaves_the_list(office: Office) -> None:
    office.bring_in([row(1, phone="无")])
    assert [each[2:] for each in listed(office)] == [("phone", "missing")]
    office.bring_in([row(1)], name="later.xlsx")
    assert listed(office) == []


def load(office: Office, path: Path, **options: Any) -> dict[str, Any]:
    return loading.load(
        lambda *, write=False: office.open(MAKER, write=write),
        path,
        name=path.name,
        reference="CH",
        options=LoadOptions(**options),
    )


def test_strict_keeps_rows_with_bad_personal_fields_out(office: Office) -> None:
    path = write(
        office.folder / "strict.xlsx",
        [row(1), row(2, id=number(2)[:-1] + "?"), row(3, phone="138****1234"), row(4, id="")],
    )
    done = load(office, path, strict=True)
    assert (done["rows"], done["new"], done["errors"]) == (4, 1, 3)
    assert [name for (name,) in office.rows(select(ImportRow.room))] == ["101"]


def test_all_or_nothing_refuses_the_whole_file(office: Office) -> None:
    path = write(office.folder / "whole.xlsx", [row(1), row(2, building="", unit="", room="?")])
    with pytest.raises(SomeFailed, match="1 row"):
        load(office, path, all_or_nothing=True)
    assert office.count(ImportRow) == 0
    assert office.rows(select(ImportBatch.state)) == [("failed",)]
    assert load(office, path)["errors"] == 1


def test_what_headers_mean_is_kept_for_a_developer_under_any_spelling(office: Office) -> None:
    with office.open(MAKER, write=True) as (actor, work):
        profile.remember(actor, work, "湖畔 置业", {"房屋类型": "house_kind"})
        profile.remember(actor, work, "湖畔置业", {"档案袋": ""})
    with office.open(MAKER) as (actor, work):
        known = {"房屋类型": "house_kind", "档案袋": ""}
        assert profile.mapping_of(actor, work, "湖畔置业 ") == known
        assert profile.mapping_of(actor, work, "别家") == {}
        (record,) = profile.list_all(actor, work)
        assert record["headers"] == 2
    with office.open(MAKER, write=True) as (actor, work), pytest.raises(UsageProblem):
        profile.remember(actor, work, "湖畔置业", {"房屋类型": "colour"})
    with office.open(MAKER, write=True) as (actor, work):
        profile.forget(actor, work, "湖畔置业")
    with office.open(MAKER) as (actor, work), pytest.raises(NotFound):
        profile.show(actor, work, "湖畔置业")
    assert office.rows(select(func.count()).select_from(ImportBatch)) == [(0,)]


@pytest.mark.parametrize("numbered", [1, 2])
def test_a_person_with_and_without_an_id_number_in_one_list_is_one_owner(
    office: Office,
    numbered: int,
) -> None:
    same = {"name": "王小明", "phone": phone(7)}
    done = office.bring_in(
        [
            row(1, **same, id=number(5) if numbered == 1 else None),
            row(2, **same, id=number(5) if numbered == 2 else None),
            row(3, name="王小明", phone=phone(8), id=None),
        ]
    )
    assert done["skipped"] == 0
    query = (
        select(House.room, Owner.id, Owner.id_status, Owner.id_type, Owner.birth_month)
        .join(Ownership, Ownership.house_id == House.id)
        .join(Owner, Owner.id == Ownership.owner_id)
        .order_by(House.room)
    )
    first, second, third = office.rows(query)
    assert first[1:] == second[1:]
    assert (first.id_status, first.id_type) == ("present", "resident_id")
    assert first.birth_month is not None
    assert (third.id_status, third.id == first.id) == ("missing", False)
    assert office.count(Owner) == 2
    assert office.count(OwnerPhone) == 2


def test_people_of_one_name_and_phone_with_numbers_of_their_own_stay_apart(
    office: Office,
) -> None:
    same = {"name": "王小明", "phone": phone(7)}
    office.bring_in(
        [row(1, **same, id=number(5)), row(2, **same, id=number(6)), row(3, **same, id=None)]
    )
    query = select(House.room, Ownership.owner_id).join(House, House.id == Ownership.house_id)
    owners = dict(office.rows(query.order_by(House.room)))
    assert owners["101"] == owners["103"] != owners["102"]
