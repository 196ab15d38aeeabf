"""Sealing staged rows of imports anew, and what their approvals are bound to (2.3.1).

An approval binds the root over the digests of all that is staged, and a digest covers
ciphertext. So whoever seals it anew first proves that what lies there is what the root was made
over, and then binds the approval to the new root: the same content, spelt with another key. The
trail names both roots.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, select, update

from pcloud_cli.db.work import Work
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.house import Occupancy
from pcloud_cli.models.imports import BatchState, ImportBatch, ImportRelated, ImportRow, RowAction
from pcloud_cli.models.installation import KeyPurpose
from pcloud_cli.security.mac import check_row_mac
from pcloud_cli.services import approval, rights, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports.staged import (
    RELATED_CONTENT,
    ROW_CONTENT,
    Digests,
    digest,
    row_digest,
)
from pcloud_cli.services.key import places
from pcloud_cli.services.key.fields import Anew, Key, Part, names_another
from pcloud_cli.services.key.indexes import Reindexed

_LEAST, _SHARE = 2_000, 20
"""Rows in one transaction: at least so many, and at least this part of a batch, because every
one of them reads the digests of the whole batch."""

_ID = 16
_Row = dict[str, Any]


def open_batches(work: Work) -> Sequence[bytes]:
    """Return the batches whose staged rows can be made anew: all but those being loaded."""
    query = select(ImportBatch.id).where(ImportBatch.state != BatchState.LOADING)
    return work.session.scalars(query.order_by(ImportBatch.number)).all()


def of_community(work: Work, community_id: bytes | None) -> Sequence[bytes]:
    """Return those of `open_batches` that belong to the community."""
    mine = select(ImportBatch.id).where(ImportBatch.community_id == community_id)
    mine = mine.where(ImportBatch.state != BatchState.LOADING).order_by(ImportBatch.number)
    return [] if community_id is None else work.session.scalars(mine).all()


def part(actor: Actor, work: Work, _after: Key | None, *, batch_id: bytes, purpose: str) -> Part:
    """Make the next staged rows of a batch anew for `purpose`, field or index.

    `after` of the answer says only whether there are more: what is done is not found again.
    Where what lies there is not what was staged, or its approval does not hold, nothing is done,
    and evidence is left: a new root would make it good.
    """
    query = select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update()
    batch = work.session.scalars(query).one()
    if batch.state == BatchState.LOADING:
        return Part()
    old = {model: _old(work, model, purpose) for model in _CONTENT}
    if not any(_rows(work, model, batch_id, old[model], 1) for model in _CONTENT):
        return Part()
    stored = _stored(work, batch_id)
    size = max(_LEAST, stored.count // _SHARE)
    found = {model: _rows(work, model, batch_id, old[model], size) for model in _CONTENT}
    remade = _Remade(work, purpose)
    bound = work.session.get(Approval, batch.approval_id) if batch.approval_id else None
    if not _proved(work, batch, bound, stored, found):
        rights.tampered(actor, work, "import_batch", batch_id)
        return Part(0, sum(remade.count(model, row) for model in found for row in found[model]))
    for model, rows in found.items():
        _write(work, model, rows, remade, stored)
    _move_occupancies(work, batch, found[ImportRow])
    before, batch.merkle_root = batch.merkle_root, stored.root()
    if bound is not None:
        approval.rebind(actor, work, bound, batch.merkle_root)
    trail.changed(
        actor,
        work,
        "key.reseal",
        object_type="import_batch",
        object_id=batch_id,
        community_id=batch.community_id,
        detail={
            "purpose": purpose,
            "former_root": (before or b"").hex(),
            "merkle_root": batch.merkle_root.hex(),
            "values": remade.anew,
        },
    )
    more = remade.anew > 0 and any(len(rows) == size for rows in found.values())
    return Part(remade.anew, remade.stuck, (batch_id,) if more else None)


_CONTENT: dict[type[Any], tuple[str, ...]] = {
    ImportRow: ROW_CONTENT,
    ImportRelated: RELATED_CONTENT,
}


def _old(work: Work, model: type[Any], purpose: str) -> ColumnElement[bool]:
    """Return whether a row has a value that names another key than the one in use."""
    table = model.__table__
    if purpose == KeyPurpose.FIELD:
        active, at = work.keys.field_cipher().key_id, 2
    else:
        active, at = work.keys.blind_index().version, 1
    names = [name for each, name in places.columns_of(purpose) if each is table]
    return or_(*(names_another(table.c[name], active, at=at) for name in names))


def _rows(
    work: Work, model: type[Any], batch_id: bytes, old: ColumnElement[bool], limit: int
) -> list[_Row]:
    table, names = model.__table__, (*_CONTENT[model], "digest")
    query = select(*(table.c[name] for name in names)).where(table.c.batch_id == batch_id, old)
    found = work.session.execute(query.order_by(table.c.seq).limit(limit)).all()
    return [dict(zip(names, row, strict=True)) for row in found]


def _stored(work: Work, batch_id: bytes) -> Digests:
    """Return the digests of all that is staged, as they are stored."""
    found = Digests()
    for model, kept in ((ImportRow, found.rows), (ImportRelated, found.related)):
        query = select(model.digest).where(model.batch_id == batch_id)
        for one in work.session.scalars(query.order_by(model.seq)):
            kept.extend(one)
    return found


def _proved(
    work: Work,
    batch: ImportBatch,
    bound: Approval | None,
    stored: Digests,
    found: dict[type[Any], list[_Row]],
) -> bool:
    """Return whether `found` is what was staged, and what the approval is bound to."""
    if batch.merkle_root is None or stored.root() != batch.merkle_root:
        return False
    if bound is not None:
        holds = check_row_mac(work.keys, "approval", approval.covered(bound), bound.mac)
        if not holds or bound.content_hash != batch.merkle_root:
            return False
    return all(
        _digest(model, row) == row["digest"] for model, rows in found.items() for row in rows
    )


def _digest(model: type[Any], row: _Row) -> bytes:
    content = tuple(row[name] for name in _CONTENT[model])
    return row_digest(content) if model is ImportRow else digest(content)


class _Remade:
    """Makes the values of staged rows anew."""

    def __init__(self, work: Work, purpose: str) -> None:
        self.purpose = purpose
        self.fields = Anew(work)
        self.indexes = Reindexed(work)
        self.anew = 0

    @property
    def stuck(self) -> int:
        """How many values do not open."""
        return self.fields.stuck + self.indexes.stuck

    def count(self, model: type[Any], row: _Row) -> int:
        """Return how many values of `row` there are of the purpose."""
        names = [name for each, name in places.columns_of(self.purpose) if each is model.__table__]
        return sum(row[name] is not None for name in names)

    def row(self, model: type[Any], row: _Row) -> None:
        """Put what is made anew in place."""
        table = model.__tablename__
        for each, name in places.columns_of(self.purpose):
            if each is not model.__table__ or row[name] is None:
                continue
            sealed = name if self.purpose == KeyPurpose.FIELD else places.sealed_beside(name)
            bound = self._bound(table, sealed, row)
            if self.purpose == KeyPurpose.FIELD:
                fresh = self.fields.seal(bound.table, bound.column, row[bound.id], row[name])
            else:
                kind = places.index_kind(table, name, row.get("kind"))
                text = None
                if row[sealed] is not None:
                    text = self.fields.open(bound.table, bound.column, row[bound.id], row[sealed])
                fresh = self.indexes.of(kind, row[name], text)
            if fresh is not None:
                row[name] = fresh
                self.anew += 1

    def _bound(self, table: str, column: str, row: _Row) -> places.Bound:
        if table == "import_related":
            return places.Bound(*places.related(row["kind"], column), "target_id")
        return places.bound(table, column)


def _write(
    work: Work, model: type[Any], rows: list[_Row], remade: _Remade, stored: Digests
) -> None:
    """Make `rows` anew, here and in the database, and note their digests in `stored`."""
    if not rows:
        return
    table = model.__table__
    names = [name for each, name in places.columns_of(remade.purpose) if each is table]
    kept = stored.rows if model is ImportRow else stored.related
    changed = []
    for row in rows:
        remade.row(model, row)
        row["was"], row["digest"] = row["digest"], _digest(model, row)
        start = (row["seq"] - 1) * len(row["digest"])
        kept[start : start + len(row["digest"])] = row["digest"]
        values = {f"v_{name}": row[name] for name in (*names, "digest")}
        changed.append({"of": row["batch_id"], "at": row["seq"]} | values)
    statement = (
        update(table)
        .where(and_(table.c.batch_id == bindparam("of"), table.c.seq == bindparam("at")))
        .values({name: bindparam(f"v_{name}") for name in (*names, "digest")})
    )
    work.session.connection().execute(statement, changed)


def _move_occupancies(work: Work, batch: ImportBatch, rows: list[_Row]) -> None:
    """Give the occupancies that the batch began the ids that its rows' digests say now."""
    if batch.state != BatchState.APPLIED:
        return
    moved = [
        {"old": row["was"][:_ID], "new": row["digest"][:_ID], "house": row["house_id"]}
        for row in rows
        if row["house_action"] == RowAction.UPDATE and row["house_state"] is not None
    ]
    if moved:
        table: Any = Occupancy.__table__
        statement = (
            update(table)
            .where(table.c.id == bindparam("old"), table.c.house_id == bindparam("house"))
            .values(id=bindparam("new"))
        )
        work.session.connection().execute(statement, moved)
