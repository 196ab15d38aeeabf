"""The owners report counts in the database what can be counted by hand (3.1.3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotAllowed, NotFound
from pcloud_cli.output.report import FinishedReport
from pcloud_cli.services.report import registry
from pcloud_cli.services.report.declare import counted
from pcloud_cli.services.report.owners import BANDS
from tests.integration.people import Town, community, staff


@pytest.fixture
def town(work: Work) -> Town:
    """Owners of known ages, of one community."""
    made = Town(work, community(work))
    home = made.house("1", "1", "101", house_type="三室两厅", state="occupied")
    made.house("1", "1", "102", house_type="三室两厅")
    made.house("1", "1", "103", house_type="两室一厅", kind="villa")
    shop = made.house("1", "0", "105", kind="shop", state="let")
    made.owner(
        "刚满十四", houses=[home], birth=date(2012, 3, 31), sex="male", phones=["13800000001"]
    )
    made.owner("差一个月", houses=[home], birth=date(2012, 4, 1), sex="female")
    made.owner("三十出头", houses=[home, shop], birth=date(1994, 6, 1), sex="female")
    made.owner("不知年龄", houses=[home], id_status="damaged")
    made.owner("翠湖商贸有限公司", houses=[shop], kind="company", phones=["010-62340000"])
    made.owner("已经卖掉", houses=[home], birth=date(1950, 1, 1), until=date(2025, 1, 1))
    return made


def make(work: Work, role: str = "management", community: str | None = "CH") -> FinishedReport:
    return registry.make(staff(work, role), work, "owners", community=community)


def counts(report: FinishedReport, code: str) -> dict[str, int]:
    (block,) = [block for block in report.blocks if block.code == code]
    return {row["key"]: row["count"] for row in block.rows if row["count"]}


def test_ages_are_counted_in_bands_and_the_unknown_too(work: Work, town: Town) -> None:
    assert counts(make(work), "age") == {"0-13": 1, "14-17": 1, "25-34": 1, "unknown": 1}


def test_every_band_stands_in_the_table_even_when_empty(work: Work, town: Town) -> None:
    (age,) = [block for block in make(work).blocks if block.code == "age"]
    assert [row["key"] for row in age.rows] == [code for code, _first, _text in BANDS] + ["unknown"]
    assert sum(row["share"] for row in age.rows) == 1


def test_companies_stand_apart(work: Work, town: Town) -> None:
    report = make(work)
    assert counts(report, "owner_kind") == {"person": 4, "company": 1}
    assert counts(report, "sex") == {"male": 1, "female": 2, "unknown": 1}
    assert counts(report, "company_number") == {"missing": 1}


def test_what_is_missing_is_counted(work: Work, town: Town) -> None:
    report = make(work)
    assert counts(report, "id_number") == {"present": 3, "damaged": 1}
    assert counts(report, "phone") == {"present": 2, "missing": 3}


def test_houses_are_counted_by_kind_type_and_use(work: Work, town: Town) -> None:
    report = make(work)
    assert counts(report, "house_kind") == {"residence": 2, "villa": 1, "shop": 1}
    assert counts(report, "house_type") == {"三室两厅": 2, "两室一厅": 1, "unknown": 1}
    assert counts(report, "house_state") == {"occupied": 1, "let": 1, "unknown": 2}


def test_all_communities_together_are_the_sum_of_each(work: Work, town: Town) -> None:
    one, whole = make(work), make(work, community=None)
    assert [block.rows for block in whole.blocks] == [block.rows for block in one.blocks]


def test_an_owner_of_two_houses_is_one_owner(work: Work, town: Town) -> None:
    assert sum(counts(make(work), "owner_kind").values()) == 5


def test_a_report_tells_only_of_what_its_reader_may_see(work: Work, town: Town) -> None:
    other = Town(work, community(work, "SJ", "松江苑"))
    other.owner("别处业主", houses=[other.house("1", "1", "101")])
    everything = make(work, community=None)
    assert counts(everything, "owner_kind") == {"person": 5, "company": 1}
    here = staff(work, "management", kind="community", place=other.community.id)
    mine = registry.make(here, work, "owners")
    assert counts(mine, "owner_kind") == {"person": 1}
    assert mine.scope == "松江苑"
    with pytest.raises(NotAllowed):
        registry.make(here, work, "owners", community="CH")


def test_a_report_of_one_building_counts_its_houses_and_owners(work: Work, town: Town) -> None:
    town.owner("另一栋的", houses=[town.house("2", "1", "101")])
    block = staff(work, "management", kind="building", place=town.building("2").id)
    report = registry.make(block, work, "owners")
    assert counts(report, "owner_kind") == {"person": 1}
    assert counts(report, "house_kind") == {"residence": 1}


def test_customer_service_makes_no_report(work: Work, town: Town) -> None:
    with pytest.raises(NotAllowed):
        make(work, "customer_service")
    with pytest.raises(NotAllowed):
        registry.list_all(staff(work, "customer_service"), work)


def test_an_unknown_report_is_not_found(work: Work, town: Town) -> None:
    with pytest.raises(NotFound):
        registry.make(staff(work, "management"), work, "weather")


def test_a_report_of_an_empty_installation_is_zeros(work: Work) -> None:
    assert counts(make(work, community=None), "age") == {}


def test_codes_without_a_word_follow_by_frequency_and_unknown_comes_last() -> None:
    rows = counted([("b", 1), (None, 5), ("a", 1), ("c", 2), ("known", 1)], {"known": "Known"})
    assert [(row["key"], row["count"]) for row in rows] == [
        ("known", 1),
        ("c", 2),
        ("a", 1),
        ("b", 1),
        ("unknown", 5),
    ]
    assert rows[-1]["share"] == Decimal("0.5")
