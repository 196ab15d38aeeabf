"""Sampled rows: the cells of the workbook beside what was understood of them (抽查)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.base import Mark
from pcloud_cli.models.house import HANDOVER_COLUMNS
from pcloud_cli.models.imports import (
    ImportBatch,
    ImportProblem,
    ImportRelated,
    ImportRow,
    RelatedKind,
)
from pcloud_cli.security.mask import mask_id, mask_name, mask_phone, mask_plate
from pcloud_cli.services.imports.batches import problem_record
from pcloud_cli.services.imports.changes import address
from pcloud_cli.services.imports.standing import Standing

_Place = tuple[str, int]
_TABLES = {
    RelatedKind.PHONE: ("owner_phone", "number_sealed"),
    RelatedKind.EMERGENCY: ("emergency_contact", "phone_sealed"),
    RelatedKind.FAMILY: ("family_member", "phone_sealed"),
    RelatedKind.TENANT: ("tenant", "phone_sealed"),
    RelatedKind.AGENT: ("agent", "phone_sealed"),
}


def rows(
    work: Work, batch: ImportBatch, places: Sequence[dict[str, Any]], *, clear: bool = False
) -> list[dict[str, Any]]:
    """Return the sampled `places` (sheet, row, cells) with what was understood of each.

    Adds ``understood``, a record for each owner of each house that the row brought, and
    ``problems``; a row that was kept out has none of the former and at least one of the latter.
    """
    wanted = [(place["sheet"], place["row"]) for place in places]
    staged = _staged(work, batch.id, wanted)
    every = [row for found in staged.values() for row in found]
    standing = Standing(work, batch, every, clear=clear)
    more = _brought(work, batch.id, [row.seq for row in every], clear=clear)
    problems = _problems(work, batch.id, wanted)
    return [
        {
            **place,
            "understood": [
                _understood(row, standing, more[row.seq])
                for row in staged[place["sheet"], place["row"]]
            ],
            "problems": problems[place["sheet"], place["row"]],
        }
        for place in places
    ]


def _staged(work: Work, batch_id: bytes, wanted: Sequence[_Place]) -> dict[_Place, list[ImportRow]]:
    found: dict[_Place, list[ImportRow]] = defaultdict(list)
    row = ImportRow
    query = select(row).where(row.batch_id == batch_id, row.row_no.in_({at for _, at in wanted}))
    for each in work.session.scalars(query.order_by(row.seq)):
        if (each.sheet, each.row_no) in wanted:
            found[each.sheet, each.row_no].append(each)
    return found


def _problems(
    work: Work, batch_id: bytes, wanted: Sequence[_Place]
) -> dict[_Place, list[dict[str, Any]]]:
    found: dict[_Place, list[dict[str, Any]]] = defaultdict(list)
    row = ImportProblem
    query = select(row).where(row.batch_id == batch_id, row.row_no.in_({at for _, at in wanted}))
    for each in work.session.scalars(query.order_by(row.seq)):
        found[each.sheet, each.row_no].append(problem_record(each))
    return found


def _brought(
    work: Work, batch_id: bytes, seqs: Sequence[int], *, clear: bool
) -> dict[int, dict[str, list[str]]]:
    """Return by staged row what else it brings, as texts by kind."""
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    one = ImportRelated
    query = select(one).where(one.batch_id == batch_id, one.row_seq.in_(seqs)).order_by(one.seq)
    for each in work.session.scalars(query):
        found[each.row_seq][each.kind].append(_related(work, each, clear=clear))
    return found


def _related(work: Work, one: ImportRelated, *, clear: bool) -> str:
    unseal = work.keys.open
    if one.kind == RelatedKind.PARKING:
        return one.extra or ""
    if one.kind == RelatedKind.VEHICLE:
        plate = unseal("vehicle", "plate_sealed", one.target_id, one.extra_sealed or b"")
        return plate if clear else mask_plate(plate)
    table, column = _TABLES[RelatedKind(one.kind)]
    said = []
    if one.name_sealed:
        name = unseal(table, "name_sealed", one.target_id, one.name_sealed)
        said.append(name if clear or not name else mask_name(name))
    if one.phone_sealed:
        phone = unseal(table, column, one.target_id, one.phone_sealed)
        said.append(phone if clear else mask_phone(phone))
    if one.kind == RelatedKind.TENANT and one.extra_sealed:
        number = unseal(table, "id_number_sealed", one.target_id, one.extra_sealed)
        said.append(number if clear else mask_id(number))
    return " ".join(filter(None, said))


def _understood(row: ImportRow, standing: Standing, more: dict[str, list[str]]) -> dict[str, Any]:
    owner_id, phone_id = row.owner_id, row.phone_id
    number = standing.number(owner_id, row.id_number_sealed) if owner_id else ""
    phone = standing.phone(phone_id, row.phone_sealed) if phone_id else ""
    if owner_id and not phone and row.phone_status == Mark.PRESENT:
        phone = standing.phones(owner_id)  # it has the phone already
    return {
        "status": row.status,
        "why": row.outcome or row.problems,
        "house": address(row),
        "section": row.section,
        "building": row.building,
        "unit": row.unit,
        "floor": row.floor,
        "room": row.room,
        "house_kind": row.house_kind,
        "house_type": row.house_type,
        "house_status": row.house_state,
        "forecast_gross": row.forecast_gross,
        "forecast_net": row.forecast_net,
        "forecast_shared": row.forecast_shared,
        "surveyed_gross": row.surveyed_gross,
        "surveyed_net": row.surveyed_net,
        "surveyed_shared": row.surveyed_shared,
        **{name: getattr(row, name) for name in HANDOVER_COLUMNS},
        "remark": standing.remark(row.house_id, row.remark_sealed) or None,
        "owner": row.owner_name,
        "owner_kind": row.owner_kind,
        "owner_number": row.owner_number,
        "sex": row.sex,
        "birth_month": row.birth_month,
        "id_type": row.id_type,
        "id_number": number or row.id_status,
        "phone": "、".join(filter(None, (phone, *more.get(RelatedKind.PHONE, ()))))
        or row.phone_status,
        "share": f"{row.share_numerator}/{row.share_denominator}" if row.share_numerator else None,
        "ownership": row.ownership_kind,
        **{kind: texts for kind, texts in more.items() if kind != RelatedKind.PHONE},
    }
