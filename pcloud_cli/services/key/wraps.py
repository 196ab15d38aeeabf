"""Wrapping the keys of stored files anew with the key in use; the files themselves stay."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, bindparam, select, update

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Failed
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.key.fields import Key, Part, behind, names_another, rows_at_once


def part(_actor: Actor, work: Work, after: Key | None, *, table: Table, name: str) -> Part:
    """Wrap the next keys in the column `name` anew, those behind the key `after`."""
    size, cipher = rows_at_once(), work.keys.file_cipher()
    (own,) = table.primary_key.columns
    column: Any = table.c[name]
    query = (
        select(own, column)
        .where(names_another(column, cipher.key_id, at=2), behind([own], after))
        .order_by(own)
        .limit(size)
        .with_for_update()
    )
    found = work.session.execute(query).all()
    changed, stuck = [], 0
    for row_id, wrapped in found:
        try:
            key = work.keys.file_key(table.name, name, row_id, wrapped)
        except Failed:
            stuck += 1
            continue
        anew = cipher.seal(table.name, name, row_id, key.hex())
        changed.append({"row": row_id, "anew": anew})
    if changed:
        statement = update(table).where(own == bindparam("row")).values({name: bindparam("anew")})
        work.session.connection().execute(statement, changed)
    return Part(len(changed), stuck, (found[-1][0],) if len(found) == size else None)
