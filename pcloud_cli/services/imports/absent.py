"""Houses that are here and that a list does not name: listed for people, never ended (3.1.1).

A list answers for the buildings that it names, and for the houses of the lists that it is sent in
place of. What else the community has is not its matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, insert, literal, or_, select, tuple_

from pcloud_cli.db.types import Id
from pcloud_cli.db.work import Work
from pcloud_cli.models.house import House
from pcloud_cli.models.imports import ImportAbsent, ImportRow
from pcloud_cli.models.owner import Ownership

_PART = 500


def note(work: Work, batch_id: bytes, community_id: bytes, kept_out: Iterable[str]) -> int:
    """Note the houses that the staged batch does not name; return how many they are.

    `kept_out` are keys of houses that it does name, in rows which are not staged.
    """
    row, session = ImportRow, work.session
    mine = row.batch_id == batch_id
    buildings = select(row.section, row.building).where(mine, row.building != "").distinct()
    lists = (
        select(House.batch_id)
        .join(row, row.house_id == House.id)
        .where(mine, House.community_id == community_id, House.batch_id.is_not(None))
        .distinct()
    )
    answered_for = select(House.id).where(
        House.community_id == community_id,
        or_(
            tuple_(House.section_name, House.building_name).in_(buildings),
            House.batch_id.in_(lists),
        ),
    )
    named = select(row.house_id).where(mine)
    missing = answered_for.except_(named).subquery()
    session.execute(
        insert(ImportAbsent).from_select(
            ["batch_id", "house_id"], select(literal(batch_id, Id()), missing.c.id)
        )
    )
    for keys in _parts(kept_out):
        there = select(House.id).where(House.community_id == community_id, House.key.in_(keys))
        session.execute(
            delete(ImportAbsent)
            .where(ImportAbsent.batch_id == batch_id, ImportAbsent.house_id.in_(there))
            .execution_options(synchronize_session=False)
        )
    return session.scalar(select(func.count()).where(ImportAbsent.batch_id == batch_id)) or 0


def houses(
    work: Work, batch_id: bytes, community_id: bytes, *, limit: int | None = None
) -> list[dict[str, Any]]:
    """Return the houses noted for a batch as records, by address, at most `limit` of them.

    `owned` says whether somebody owns the house; one that is gone since is not among them.
    """
    owned = (
        select(Ownership.id)
        .where(
            Ownership.community_id == community_id,
            Ownership.house_id == House.id,
            Ownership.until.is_(None),
        )
        .exists()
    )
    query = (
        select(
            House.section_name,
            House.building_name,
            House.unit_name,
            House.room,
            House.kind,
            House.state,
            owned,
        )
        .join(ImportAbsent, ImportAbsent.house_id == House.id)
        .where(ImportAbsent.batch_id == batch_id, House.community_id == community_id)
        .order_by(House.section_name, House.building_name, House.unit_name, House.room)
        .limit(limit)
    )
    names = ("section", "building", "unit", "room", "house_kind", "house_state", "owned")
    return [dict(zip(names, found, strict=True)) for found in work.session.execute(query)]


def _parts(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while part := list(islice(rest, _PART)):
        yield part
