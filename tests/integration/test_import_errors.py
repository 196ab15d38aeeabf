"""What a batch keeps of its file's problems, for marking them in the file itself (3.1.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from sqlalchemy import update

from pcloud_cli.errors import Conflict, NotAllowed
from pcloud_cli.models.imports import BatchState, ImportBatch
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports import errors
from tests.integration.office import CHECKER, MAKER, Office
from tests.integration.workbooks import HEADERS, row


def test_a_batch_knows_its_file_by_its_hash_and_what_was_wrong_where(office: Office) -> None:
    office.load([row(1), row(2, room=None), row(3, phone="123")])
    with office.open(CHECKER) as (actor, work):
        found = errors.of_batch(actor, work, "1")
    data = (office.folder / "list.xlsx").read_bytes()
    assert (found.number, found.file, found.untold) == (1, "list.xlsx", 0)
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert [sheet["header_row"] for sheet in found.sheets] == [1]
    marked = {(each["row"], each["column"], each["severity"]) for each in found.problems}
    assert (4, "G", "warning") in marked
    assert 3 in {line for line, _column, severity in marked if severity == "error"}
    assert all(len(HEADERS) >= ord(column) - 64 for _row, column, _severity in marked if column)


def test_problems_are_given_only_to_those_who_may_read_imports(
    office: Office,
    hire: Callable[..., Actor],
) -> None:
    hire("WX001", "maintenance")
    office.load([row(1), row(2, room=None)])
    with office.open("WX001") as (actor, work), pytest.raises(NotAllowed):
        errors.of_batch(actor, work, "1")


def test_a_batch_that_was_not_loaded_whole_marks_nothing(office: Office) -> None:
    office.load([row(1), row(2, room=None)])
    office.execute(update(ImportBatch).values(state=BatchState.LOADING.value))
    with office.open(MAKER) as (actor, work), pytest.raises(Conflict):
        errors.of_batch(actor, work, "1")
