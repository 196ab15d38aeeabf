"""One house has one key however it is written, and two houses never share one."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pcloud_cli.sheets.house import HouseRef, house_key, parse_house


def key(text: str) -> str:
    ref = parse_house(text)
    assert isinstance(ref, HouseRef)
    return house_key(ref)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("一期三栋101", "1期3栋101"),
        ("3栋2单元0301", "3栋2单元301"),
        ("３栋２单元３０１", "3栋2单元301"),
        ("a座1201", "A座1201"),
        ("03栋02单元301", "3栋2单元301"),
        ("3栋2单元3层301", "3栋2单元301"),
        ("2-0-商铺", "2栋商铺"),
        ("枫林苑6-2-301", "六幢二单元三〇一室"),
    ],
)
def test_one_house_has_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("一期三栋101", "二期三栋101"),
        ("3栋101", "3栋商铺101"),
        ("3栋101", "3栋储藏室101"),
        ("3栋2单元301", "3栋301"),
        ("3栋负101", "3栋101"),
        ("3栋2单元1层02室", "3栋2单元2层02室"),
        ("独栋8号", "联排8号"),
        ("12栋1单元101", "1栋21单元101"),
        ("12A栋101", "12栋101"),
    ],
)
def test_two_houses_have_two_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_a_house_of_unknown_kind_counts_as_a_residence() -> None:
    ref = HouseRef("", "3", "2", "", "301", "")
    assert house_key(ref) == house_key(ref._replace(house_kind="residence"))
    assert house_key(ref) != house_key(ref._replace(house_kind="villa"))


def numbered(text: str) -> tuple[str, ...]:
    return tuple(text)


tokens = st.one_of(
    st.integers(1, 9999).map(str),
    st.text("AB|\\/:;,商业楼p", max_size=4).filter(lambda text: text != "0"),
)


@given(*[st.tuples(tokens, tokens, tokens, tokens.filter(bool))] * 2)
def test_keys_of_different_pieces_differ(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assume(one != other)
    first, second = (
        house_key(HouseRef(part[0], part[1], part[2], "", part[3], "")) for part in (one, other)
    )
    assert first != second
