"""The law of taking back: applied and taken back is as if it had never been applied.

Lists come from a seed: the same houses and people in ever other combinations, so that houses are
made, changed and bound, fields filled in, and conflicts met.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import func, select

from pcloud_cli.errors import PcloudError
from pcloud_cli.models.house import House
from pcloud_cli.models.imports import ImportBatch
from pcloud_cli.models.owner import Owner, OwnerPhone, Ownership
from tests.integration.office import Office
from tests.integration.undoing import agree, ask, kept, living, undone
from tests.integration.workbooks import HEADERS, number, phone, row

_COLUMNS = (
    *HEADERS,
    "户型",
    "房屋状态",
    "性别",
    "紧急联系人",
    "紧急联系电话",
    "车牌号",
    "车位号",
    "租户姓名",
)
_BATCHES = 5


def a_list(chance: random.Random) -> list[list[Any]]:
    """Return rows of a list: houses of few, people of few, each with something or without."""

    def some(*values: Any) -> Any:
        return chance.choice([None, None, *values])

    rows = []
    for at in chance.sample(range(1, 9), chance.randint(3, 7)):
        person = chance.choice([at, at, at, chance.randint(1, 8)])
        nobody = chance.random() < 0.15
        known: dict[str, Any] = {
            "building": f"{1 + at % 2}栋",
            "room": f"{100 + at}",
            "area": chance.choice([89.5, 91, 102.25]),
            "name": row(person)[4],
            "id": some(number(person), number(person), number(person)),
            "phone": some(phone(person), phone(person), phone(person + 50)),
        }
        if nobody:
            known |= {"name": None, "id": None, "phone": None}
        rows.append(
            [
                *row(at, **known),
                some("三室", "四室"),
                some("已售未交", "空置", "装修"),
                some("女", "男"),
                *(some("周小云"), some(phone(70))),
                some("京A12345"),
                some("B1-023"),
                some("吴小租"),
            ]
        )
    return rows


def brought_in(office: Office, chance: random.Random, name: str) -> dict[str, Any] | None:
    """Bring a list in; None where nothing of it was new."""
    return office.bring_in(a_list(chance), headers=_COLUMNS, name=f"{name}.xlsx")


@pytest.mark.parametrize("seed", range(4))
def test_last_first_every_batch_leaves_what_was_before_it(pair: Office, seed: int) -> None:
    chance = random.Random(seed)
    stack = []
    for at in range(_BATCHES):
        before = living(pair)
        stack.append((brought_in(pair, chance, str(at)), before))
    for batch, before in reversed(stack):
        assert batch is not None
        done = undone(pair, batch)
        assert kept(done) == []
        assert living(pair) == before
    assert pair.count(House) == pair.count(Owner) == pair.count(OwnerPhone) == 0


@pytest.mark.parametrize("seed", range(4))
def test_in_any_order_what_stays_is_used_and_listed(pair: Office, seed: int) -> None:
    chance = random.Random(100 + seed)
    batches = [brought_in(pair, chance, str(at)) for at in range(_BATCHES)]
    chance.shuffle(batches)
    for batch in batches:
        assert batch is not None
        asked = ask(pair, batch)
        there = {each[0] for each in pair.rows(select(House.id))}
        people = {each[0] for each in pair.rows(select(Owner.id))}
        done = agree(pair, batch)
        assert kept(done) == kept(asked)
        for name in ("houses", "owners", "ownerships", "phones", "people", "houses_back"):
            assert done[name] == asked[name]
        assert len(there) - pair.count(House) == done["houses"]
        assert len(people) - pair.count(Owner) == done["owners"]
        for each in done["kept_rows"]:
            if each["kind"] in ("house", "owner"):
                assert each["id"] in there | people
                assert each["reason"] != "edited"  # nobody edited anything
    assert {each[0] for each in pair.rows(select(ImportBatch.state))} == {"undone"}
    last = pair.rows(select(func.count()).select_from(Ownership).where(Ownership.until.is_(None)))
    assert last[0][0] <= pair.count(House) * pair.count(Owner)


def test_what_is_loaded_after_it_was_taken_back_comes_out_the_same(pair: Office) -> None:
    chance = random.Random(77)
    rows = a_list(chance)
    first = pair.bring_in(rows, headers=_COLUMNS)
    bound = pair.rows(select(House.key, House.surveyed_gross, House.state).order_by(House.key))
    undone(pair, first)
    again = pair.load_file(pair.folder / "list.xlsx")
    pair.approve(again)
    try:
        done = pair.apply(again)
    except PcloudError as error:  # pragma: no cover - says what went wrong
        raise AssertionError(error.message) from error
    assert done["houses"] == first["houses"]
    query = select(House.key, House.surveyed_gross, House.state).order_by(House.key)
    assert pair.rows(query) == bound
