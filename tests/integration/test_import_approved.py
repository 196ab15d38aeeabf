"""What is applied is what was approved, by one person and once (2.3.1)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select, text, update

from pcloud_cli.errors import Conflict, PcloudError
from pcloud_cli.models.account import Account
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.house import House
from pcloud_cli.models.imports import ImportBatch, ImportRelated, ImportRow
from tests.integration.office import CHECKER, Office
from tests.integration.workbooks import HEADERS, row


def test_staged_content_that_was_changed_after_the_approval_is_not_applied(
    office: Office,
) -> None:
    batch = office.load([row(1), row(2)])
    office.approve(batch)
    office.execute(update(ImportRow).where(ImportRow.seq == 2).values(owner_name="孙大山"))
    with pytest.raises(Conflict, match="no longer what was shown"):
        office.apply(batch)
    assert office.nothing_live()
    assert "approval.stale" in office.actions()


def test_staged_rows_that_were_removed_or_swapped_are_not_applied(office: Office) -> None:
    batch = office.load([row(1), row(2), row(3)])
    office.approve(batch)
    office.execute(text("DELETE FROM import_row WHERE seq = 3"))
    with pytest.raises(Conflict, match="no longer what was shown"):
        office.apply(batch)
    assert office.nothing_live()


def test_rows_beside_the_house_are_part_of_what_was_approved(office: Office) -> None:
    batch = office.load([[*row(1), "京A12345"]], headers=(*HEADERS, "车牌号"))
    office.approve(batch)
    assert office.count(ImportRelated) == 1
    office.execute(update(ImportRelated).values(kind="tenant"))
    with pytest.raises(Conflict, match="no longer what was shown"):
        office.apply(batch)


def test_an_approval_written_into_the_database_is_worth_nothing(office: Office) -> None:
    batch = office.load([row(1)])
    checker = select(Account.id).where(Account.staff_number == CHECKER).scalar_subquery()
    office.execute(
        update(Approval).values(state="approved", checker_id=checker, decided_at=office.clock.now())
    )
    office.execute(update(ImportBatch).values(state="approved"))
    with pytest.raises(Conflict, match="worth nothing"):
        office.apply(batch)
    assert office.nothing_live()
    assert "row.tampered" in office.actions()


def test_an_approval_is_not_lent_to_another_batch(office: Office) -> None:
    good = office.load([row(1)])
    office.approve(good)
    bad = office.load([row(2)], name="other.xlsx")
    approval = office.rows(select(ImportBatch.approval_id).where(ImportBatch.number == 1))[0][0]
    office.execute(
        update(ImportBatch)
        .where(ImportBatch.number == 2)
        .values(state="approved", approval_id=approval)
    )
    with pytest.raises(Conflict):
        office.apply(bad)
    assert office.nothing_live()


def test_of_two_who_apply_at_once_one_applies_and_the_other_is_told(office: Office) -> None:
    batch = office.load([row(n) for n in range(1, 20)])
    office.approve(batch)
    start = threading.Barrier(2)
    results: list[dict[str, Any]] = []
    failures: list[PcloudError] = []

    def apply() -> None:
        start.wait()
        try:
            results.append(office.apply(batch))
        except PcloudError as error:
            failures.append(error)

    people = [threading.Thread(target=apply) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert not failures
    assert sorted(result["already"] for result in results) == [False, True]
    assert office.count(House) == 19
    assert office.actions().count("import.apply") == 1
