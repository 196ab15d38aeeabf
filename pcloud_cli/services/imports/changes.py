"""What a batch would change, field by field: what stands here beside what the list says (3.1.1).

The second person is shown each change before it happens, and each conflict with the decisions that
it leaves open (2.3.1). Private values are masked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.house import AREA_COLUMNS, HANDOVER_COLUMNS
from pcloud_cli.models.imports import ImportBatch, ImportRow, RowAction, RowStatus
from pcloud_cli.services.imports.decisions import POSSIBLE, plain_area
from pcloud_cli.services.imports.standing import Held, Standing
from pcloud_cli.sheets.house_ref import HouseRef, house_text

_CHUNK = 500
_EDITED = "field_edited"
_UPDATE = RowAction.UPDATE.value
_HOUSE = (
    ("floor", "floor"),
    ("house_type", "house_type"),
    ("state", "house_state"),
    *((name, name) for name in AREA_COLUMNS),
    *((name, name) for name in HANDOVER_COLUMNS),
)
"""The fields of a house that a row may say otherwise: here, and in the staged row."""

Change = dict[str, Any]
_Pair = tuple[str, str, str, bool]
"""Field, what stands here, what the list says, whether staff wrote what stands here."""


def changes(
    work: Work, batch: ImportBatch, *, limit: int | None = None, clear: bool = False
) -> list[Change]:
    """Return what applying the batch changes, or changed, of what was here, in file order.

    Records of sheet, row, house, owner, field, before and after, at most `limit` of them. Houses
    and owners that are new are not among them, nor what is left out.
    """
    return list(islice(_changes(work, batch, clear=clear), limit))


def _changes(work: Work, batch: ImportBatch, *, clear: bool) -> Iterator[Change]:
    row = ImportRow
    wanted = row.status.in_((RowStatus.CHANGED.value, RowStatus.CONFLICT.value))
    after = 0
    while True:
        query = select(row).where(row.batch_id == batch.id, row.seq > after, wanted)
        rows = work.session.scalars(query.order_by(row.seq).limit(_CHUNK)).all()
        standing = Standing(work, batch, rows, clear=clear)
        for each in rows:
            if each.outcome is not None:
                continue
            for field, here, there, edited in _of_row(each, standing):
                if not edited:
                    yield {**_place(each), "field": field, "before": here, "after": there}
        if len(rows) < _CHUNK:
            return
        after = rows[-1].seq


def conflicts(
    work: Work, batch: ImportBatch, rows: Sequence[ImportRow], *, clear: bool = False
) -> list[Change]:
    """Return the staged `rows` that are conflicts, or were left out, as records.

    `field`, `before` and `after` say what is at odds, `why` names the reason, `decisions` what
    people may decide. A row may give several records, one for each field.
    """
    standing = Standing(work, batch, rows, clear=clear)
    found: list[Change] = []
    for row in rows:
        why = row.outcome or row.problems
        open_ = list(POSSIBLE.get(why or "", ()))
        for field, here, there in _at_odds(row, standing):
            said = {"field": field, "before": here, "after": there}
            found.append({**_place(row), **said, "why": why, "decisions": open_})
    return found


def left_out(work: Work, batch: ImportBatch) -> list[Change]:
    """Return the rows that applying left out because others were faster, with the reason."""
    if not batch.skipped:
        return []
    row = ImportRow
    query = select(row).where(row.batch_id == batch.id, row.outcome.is_not(None)).order_by(row.seq)
    return [{**_place(each), "why": each.outcome} for each in work.session.scalars(query)]


def _at_odds(row: ImportRow, standing: Standing) -> Iterable[tuple[str, str, str]]:
    if row.outcome is not None:
        return [("", "", "")]
    if row.problems == _EDITED:
        return [pair[:3] for pair in _of_row(row, standing) if pair[3]]
    if row.owner_id is None:
        return [("address", "", address(row))]
    theirs = standing.person(row.owner_name, row.owner_id, row.id_number_sealed)
    held = standing.held.get(row.house_id, [])
    if row.problems == "number_of_another":
        known = standing.by_number.get((row.id_type, row.id_number_index))
        ours = standing.person(known.name, known.id, known.id_number_sealed) if known else ""
        return [("id_number", ours, theirs)]
    if row.problems == "share_differs":
        mine = [each for each in held if each.owner.name_key == row.owner_name_key]
        share = (row.share_numerator or 0, row.share_denominator or 0)
        return [("share", _shares(mine[:1], standing), _share(share))]
    if row.problems == "house_resembles":
        return [("address", standing.addresses.get(row.house_id, ""), address(row))]
    if row.problems == "house_name_shared":
        return [("address", "", address(row))]
    return [("owner", _shares(held, standing, named=True), theirs)]


def _of_row(row: ImportRow, standing: Standing) -> Iterator[_Pair]:
    """Yield what `row` says otherwise than what stands here, and is applied or at odds."""
    edited_row = row.problems == _EDITED
    if row.problems and not edited_row:
        return
    house = standing.houses.get(row.house_id)
    if house is not None and (row.house_action == _UPDATE or edited_row):
        yield from _house_pairs(row, house, standing)
    if row.owner_id is None or (row.house_version is None and row.owner_version is None):
        return
    owner = standing.owners.get(row.owner_id)
    if owner is not None and row.owner_version is not None:
        yield from _owner_pairs(row, owner, standing)
    if row.ownership_id is not None and row.house_version is not None:
        yield "owner", "", row.owner_name or "", False


def _house_pairs(row: ImportRow, house: dict[str, Any], standing: Standing) -> Iterator[_Pair]:
    edited = house["edited_fields"] or ""
    for name, staged in _HOUSE:
        here, there = house[name], getattr(row, staged)
        if there is None or (here is not None and str(here) == there):
            continue
        at_odds = f",{name}," in edited
        if at_odds or row.house_action == _UPDATE:
            area = name in AREA_COLUMNS
            yield name, _text(here, area=area), _text(there, area=area), at_odds
    if row.remark_index is not None and row.remark_index != house["remark_index"]:
        here = standing.remark(row.house_id, house["remark_sealed"])
        there = standing.remark(row.house_id, row.remark_sealed)
        yield "remark", here, there, ",remark," in edited


def _owner_pairs(row: ImportRow, owner: dict[str, Any], standing: Standing) -> Iterator[_Pair]:
    assert row.owner_id is not None  # noqa: S101 - the caller looked
    edited = owner["edited_fields"] or ""
    pairs = []
    if row.id_number_index is not None and owner["id_number_index"] is None:
        pairs.append(("id_number", "", standing.number(row.owner_id, row.id_number_sealed)))
    for name, there in (
        ("sex", row.sex),
        ("birth_month", row.birth_month),
        ("number", row.owner_number),
    ):
        here = owner[name]
        told = name != "number" and here is not None and owner["id_number_index"] is not None
        if there not in (None, here) and not told:
            pairs.append((name, _shown(name, here), _shown(name, there)))
    for name, before, after in pairs:
        at_odds = f",{name}," in edited
        if at_odds or row.owner_action == _UPDATE:
            yield name, before, after, at_odds
    if row.phone_id is not None and row.phone_sealed is not None:
        at_odds = row.phone_index is None
        if at_odds and (
            ",phones," not in edited
            or standing.has_phone(row.owner_id, row.phone_id, row.phone_sealed)
        ):
            return
        here = standing.phones(row.owner_id, but=row.phone_id)
        there = standing.phone(row.phone_id, row.phone_sealed)
        if not at_odds:
            there = "、".join(filter(None, (here, there)))  # a further one, not in its place
        yield "phones", here, there, at_odds


def _shown(name: str, value: str | None) -> str:
    """Return a field of an owner; of a birth no more than its year."""
    return f"{value[:5]}**" if value and name == "birth_month" else value or ""


def _place(row: ImportRow) -> Change:
    return {
        "sheet": row.sheet,
        "row": row.row_no,
        "house": address(row),
        "owner": row.owner_name,
    }


def address(row: ImportRow) -> str:
    """Return the house of a staged row as people write it."""
    section = f"{row.section}期" if row.section.isdecimal() else row.section
    return house_text(HouseRef(section, row.building, row.unit, "", row.room, row.house_kind))


def _text(value: Any, *, area: bool) -> str:
    if value is None:
        return ""
    return plain_area(str(value)) if area else str(value)


def _shares(held: Sequence[Held], standing: Standing, *, named: bool = False) -> str:
    said = []
    for each in held:
        owner = each.owner
        name = standing.person(owner.name, owner.id, owner.id_number_sealed) if named else ""
        share = _share(each.share) if each.share else "" if named else each.kind
        said.append(" ".join(filter(None, (name, share))))
    return "、".join(said)


def _share(share: tuple[int, int]) -> str:
    return f"{share[0]}/{share[1]}"
