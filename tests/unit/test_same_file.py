"""When a file that is loaded once more is the same batch, and when it would bring more."""

from __future__ import annotations

import json

import pytest

from pcloud_cli.models.imports import ImportBatch
from pcloud_cli.services.imports.options import LoadOptions
from pcloud_cli.services.imports.same import brings_the_same


def _batch(
    mapping: dict[str, str], *, state: str = "applied", strict: bool = False, skipped: int = 0
) -> ImportBatch:
    sheets = [
        {
            "columns": {"room": "房号", "owner_name": "姓名", "owner_name_2": "姓名"},
            "unused": [["档案 袋（份）", "unknown"], ["", "no_header"]],
        }
    ]
    return ImportBatch(
        state=state,
        skipped=skipped,
        options=json.dumps({"mapping": mapping, "strict": strict}),
        sheets=json.dumps(sheets, ensure_ascii=False),
    )


@pytest.mark.parametrize(
    ("before", "now"),
    [({}, {}), ({}, {"房屋类型": "house_type"}), ({"车位": "parking"}, {"户型": "house_type"})],
)
def test_headers_that_the_file_has_not_make_no_difference(
    before: dict[str, str], now: dict[str, str]
) -> None:
    assert brings_the_same(_batch(before), LoadOptions(mapping=now))


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({}, {"档案袋": "remark"}),
        ({}, {"房 号": "address"}),
        ({}, {"姓名2": "co_owner_name"}),
        ({}, {"D": "phone"}),
        ({"姓名": "owner_name"}, {"姓名": ""}),
        ({"姓名": ""}, {}),
    ],
)
def test_headers_of_the_file_settled_otherwise_bring_more(
    before: dict[str, str], now: dict[str, str]
) -> None:
    assert not brings_the_same(_batch(before), LoadOptions(mapping=now))


def test_other_rules_and_rows_left_out_bring_more() -> None:
    assert not brings_the_same(_batch({}), LoadOptions(strict=True))
    assert not brings_the_same(_batch({}, skipped=2), LoadOptions())
    assert brings_the_same(_batch({}, strict=True), LoadOptions(strict=True))
    assert not brings_the_same(_batch({}), LoadOptions(as_new=True))


@pytest.mark.parametrize("state", ["loading", "failed", "rejected", "undone"])
def test_a_batch_that_came_to_nothing_is_no_batch(state: str) -> None:
    assert not brings_the_same(_batch({}, state=state), LoadOptions())
