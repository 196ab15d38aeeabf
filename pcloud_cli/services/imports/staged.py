"""The shape of staged rows: the columns, in the order that tuples carry them to the driver."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from marshal import dumps
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    bindparam,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import Session

from pcloud_cli.db.bulk import read_rows
from pcloud_cli.models.imports import ImportProblem, ImportRelated, ImportRow, RowAction
from pcloud_cli.security.chain import merkle_root
from pcloud_cli.sheets.problems import Problem

_CHUNK = 1000  # rows read at once
_PART = 500  # keys in one IN (…)
_LEAF = 1000  # digests in one leaf of the tree
_DIGEST = 32
_PACKING = 2


def _names(model: type[Any]) -> tuple[str, ...]:
    return tuple(column.name for column in model.__table__.columns)


ROW_COLUMNS = _names(ImportRow)
RELATED_COLUMNS = _names(ImportRelated)
PROBLEM_COLUMNS = _names(ImportProblem)

#: What the digest covers: everything staged but the digest itself and what applying notes down.
_LATER = ("handover_planned", "handover_contract")
ROW_CONTENT = (
    *(name for name in ROW_COLUMNS if name not in ("digest", "outcome", *_LATER)),
    *_LATER,
)
_NONE_LATER = (None,) * len(_LATER)
RELATED_CONTENT = tuple(name for name in RELATED_COLUMNS if name != "digest")


class Digests:
    """The digests of all that is staged, and the root over them that an approval binds (2.3.1).

    The root is the Merkle root (RFC 6962) of two: that of the rows and that of what they bring
    along. A leaf of these is a chunk of a thousand digests in the order of `seq`, so that a
    thousand rows cost the tree one step. 32 bytes a row are kept until the end, because a row
    may still change its owner (`own_jointly`, `fill_numbers`).
    """

    def __init__(self) -> None:
        self.rows = bytearray()
        self.related = bytearray()

    @property
    def count(self) -> int:
        """How many rows, and things brought along, there are."""
        return (len(self.rows) + len(self.related)) // _DIGEST

    def replace_row(self, seq: int, new: bytes) -> None:
        """Put `new` in place of the digest of the row `seq`, which counts from 1."""
        self.rows[(seq - 1) * _DIGEST : seq * _DIGEST] = new

    def root(self) -> bytes:
        """Return the 32-byte root."""
        return merkle_root(merkle_root(_leaves(part)) for part in (self.rows, self.related))


def _leaves(digests: bytearray) -> Iterator[bytes]:
    step = _LEAF * _DIGEST
    return (bytes(digests[at : at + step]) for at in range(0, len(digests), step))


def digest(content: tuple[Any, ...]) -> bytes:
    """Return SHA-256 over a staged row's content: a tuple of text, bytes, whole numbers and None.

    It is packed by `marshal` in its version 2, the form without references and shortcuts: one
    spelling for equal values, another one for any other, at a tenth of the cost of packing it by
    hand. A test holds its bytes, in case a Python should ever spell it another way.
    """
    return sha256(dumps(content, _PACKING)).digest()


def row_digest(content: tuple[Any, ...]) -> bytes:
    """Return the digest of a staged row, whose content is in the order of `ROW_CONTENT`.

    Columns that came later count only where they say something, so that what was staged and
    approved before they came keeps its digest.
    """
    later = -len(_LATER)
    return digest(content[:later] if content[later:] == _NONE_LATER else content)


def row_digests(content: Sequence[Sequence[Any]]) -> list[bytes]:
    """Return the digests of many rows, which are given by column."""
    later = -len(_LATER)
    if any(any(column) for column in content[later:]):
        return [*map(row_digest, zip(*content, strict=True))]
    return [*map(digest, zip(*content[:later], strict=True))]


def staged_root(target: Session | Connection, batch_id: bytes) -> bytes:
    """Return the root over the staged content as it lies there now, computed anew."""
    found = Digests()
    for row in _stream(target, ImportRow, ROW_CONTENT, batch_id):
        found.rows += row_digest(row)
    for one in _stream(target, ImportRelated, RELATED_CONTENT, batch_id):
        found.related += digest(one)
    return found.root()


def _stream(
    target: Session | Connection, model: type[Any], columns: Sequence[str], batch_id: bytes
) -> Iterator[tuple[Any, ...]]:
    """Yield plain tuples of the batch by seq, a chunk at a time by key and not by offset."""
    table = model.__table__
    chosen = [table.c[name] for name in columns]
    seq_at = list(columns).index("seq")
    query = (
        select(*chosen)
        .where(table.c.batch_id == bindparam("batch"), table.c.seq > bindparam("after"))
        .order_by(table.c.seq)
        .limit(literal_column(str(_CHUNK), Integer))
    )
    after = 0
    while True:
        rows = read_rows(target, query, {"batch": batch_id, "after": after})
        yield from rows
        if len(rows) < _CHUNK:
            return
        after = rows[-1][seq_at]


def problem_tuple(batch_id: bytes, seq: int, problem: Problem) -> tuple[Any, ...]:
    """Return the tuple of `import_problem` for a problem whose value is already masked."""
    return (
        batch_id,
        seq,
        problem.sheet,
        problem.row,
        problem.column or None,
        problem.field or None,
        problem.code,
        problem.severity,
        problem.value or None,
        json.dumps(problem.params, ensure_ascii=False, sort_keys=True) if problem.params else None,
    )


def own_jointly(
    session: Session, batch_id: bytes, house_keys: Sequence[str], digests: Digests
) -> None:
    """Make joint owners of the sole owners staged for `house_keys`, in `digests` too.

    The reader learns of a second owner only when it meets one, perhaps far below the first.
    """
    table = ImportRow.__table__
    for start in range(0, len(house_keys), _PART):
        part = house_keys[start : start + _PART]
        wanted = and_(table.c.house_key.in_(part), table.c.ownership_kind == "sole")
        for row in _found(session, batch_id, wanted):
            _rewrite(session, batch_id, row, {"ownership_kind": "joint"}, digests)


def fill_numbers(
    session: Session,
    batch_id: bytes,
    numbers: Mapping[bytes, Mapping[str, Any]],
    digests: Digests,
) -> None:
    """Give owners that are staged without an ID number the one that a later row told, in
    `digests` too. `numbers` are values of `NUMBER_COLUMNS` by the owner's id; sex and month of
    birth count where the earlier row had none."""
    table = ImportRow.__table__
    ids = list(numbers)
    for start in range(0, len(ids), _PART):
        part = ids[start : start + _PART]
        wanted = and_(table.c.owner_id.in_(part), table.c.owner_action == RowAction.INSERT)
        for row in _found(session, batch_id, wanted):
            told = dict(numbers[row["owner_id"]])
            for name in ("sex", "birth_month"):
                told[name] = row[name] or told[name]
            _rewrite(session, batch_id, row, told, digests)


NUMBER_COLUMNS = (
    "sex", "birth_month", "id_type", "id_number_sealed", "id_number_index", "id_status",
)  # fmt: skip


def _found(session: Session, batch_id: bytes, wanted: ColumnElement[bool]) -> list[dict[str, Any]]:
    table = ImportRow.__table__
    columns = [table.c[name] for name in ROW_CONTENT]
    rows = session.execute(select(*columns).where(table.c.batch_id == batch_id, wanted)).all()
    return [dict(zip(ROW_CONTENT, row, strict=True)) for row in rows]


def _rewrite(
    session: Session,
    batch_id: bytes,
    row: dict[str, Any],
    values: Mapping[str, Any],
    digests: Digests,
) -> None:
    """Change `values` of a staged row, and its digest."""
    new = row_digest(tuple((row | dict(values)).values()))
    digests.replace_row(row["seq"], new)
    session.execute(
        update(ImportRow)
        .where(ImportRow.batch_id == batch_id, ImportRow.seq == row["seq"])
        .values(**values, digest=new)
        .execution_options(synchronize_session=False)
    )
