"""What taking a batch back keeps, for people: which house, whose, from which row, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from pcloud_cli.db.work import Work
from pcloud_cli.models.house import House
from pcloud_cli.models.imports import ImportBatch, ImportKept, ImportRelated, ImportRow
from pcloud_cli.models.owner import Owner
from pcloud_cli.models.registry import metadata
from pcloud_cli.services import places

_T = TypeVar("_T")
_MANY = 500
_FIELDS = "_fields"


class _Place(NamedTuple):
    """Where a staged row stands in the workbook."""

    sheet: str
    row: int


def kept(work: Work, batch: ImportBatch) -> list[dict[str, Any]]:
    """Return what stays as records, in the order of the workbook's rows.

    ``kind`` is its table, with ``_fields`` behind it where only fields stay of what was there
    before; ``detail`` names fields, or the batch that came to use it.
    """
    session = work.session
    found = session.execute(
        select(ImportKept.kind, ImportKept.target_id, ImportKept.reason, ImportKept.detail).where(
            ImportKept.batch_id == batch.id
        )
    ).all()
    if not found:
        return []
    ends = _ends(session, {(kind, target) for kind, target, _reason, _detail in found})
    stand = _places(session, batch.id)
    addresses = _addresses(session, {house for house, _owner in ends.values() if house})
    names = _names(session, {owner for _house, owner in ends.values() if owner})
    records = []
    for kind, target, reason, detail in found:
        house, owner = ends.get((kind, target), (None, None))
        place = stand.get(target) or stand.get(house or b"") or stand.get(owner or b"")
        records.append(
            {
                "kind": kind,
                "id": target,
                "sheet": place.sheet if place else None,
                "row": place.row if place else None,
                "house": addresses.get(house or b""),
                "owner": names.get(owner or b""),
                "reason": reason,
                "detail": (detail or "").strip(",") or None,
            }
        )
    return sorted(records, key=_order)


def _order(record: dict[str, Any]) -> tuple[Any, ...]:
    return record["sheet"] or "", record["row"] or 0, record["kind"], record["id"]


def _ends(
    session: Session, wanted: set[tuple[str, bytes]]
) -> dict[tuple[str, bytes], tuple[bytes | None, bytes | None]]:
    """Return the house and the owner that each thing is, or belongs to."""
    found: dict[tuple[str, bytes], tuple[bytes | None, bytes | None]] = {}
    for kind in {kind for kind, _target in wanted}:
        targets = [target for each, target in wanted if each == kind]
        side = kind.removesuffix(_FIELDS)
        if side in ("house", "owner"):
            for target in targets:
                found[kind, target] = (target, None) if side == "house" else (None, target)
            continue
        table = metadata.tables[kind]
        columns = [table.c[name] for name in ("house_id", "owner_id") if name in table.c]
        for part in _parts(targets):
            for row in session.execute(select(table.c.id, *columns).where(table.c.id.in_(part))):
                named = row._mapping
                found[kind, named["id"]] = named.get("house_id"), named.get("owner_id")
    return found


def _places(session: Session, batch_id: bytes) -> dict[bytes, _Place]:
    """Return where the workbook first speaks of each thing, by its id."""
    row = ImportRow
    columns = (row.seq, row.sheet, row.row_no, row.house_id, row.owner_id, row.ownership_id)
    query = select(*columns, row.phone_id).where(row.batch_id == batch_id).order_by(row.seq)
    found: dict[bytes, _Place] = {}
    rows: dict[int, _Place] = {}
    for seq, sheet, row_no, *ids in session.execute(query):
        place = rows[seq] = _Place(sheet, row_no)
        for each in ids:
            if each is not None:
                found.setdefault(each, place)
    related = select(ImportRelated.target_id, ImportRelated.row_seq)
    for target, seq in session.execute(related.where(ImportRelated.batch_id == batch_id)):
        if seq in rows:
            found[target] = rows[seq]
    return found


def _addresses(session: Session, ids: set[bytes]) -> dict[bytes, str]:
    found = {}
    for part in _parts(ids):
        query = select(House.id, *places.ADDRESS).where(House.id.in_(part))
        found.update({row.id: places.address(row) for row in session.execute(query)})
    return found


def _names(session: Session, ids: set[bytes]) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    for part in _parts(ids):
        query = select(Owner.id, Owner.name).where(Owner.id.in_(part))
        found.update({row.id: row.name for row in session.execute(query)})
    return found


def _parts(values: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(values)
    while part := list(islice(rest, _MANY)):
        yield part
