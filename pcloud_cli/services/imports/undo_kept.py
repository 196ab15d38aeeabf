# ruff: noqa: S608 - the statements are put together from names of our own tables and columns only
"""What stays when a batch is taken back, and why: statements that list it in `import_kept`.

The first reason that is found for a thing is the one that is kept.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Table

from pcloud_cli.models.registry import metadata
from pcloud_cli.services.imports.statements import BEFORE_HOUSE, BEFORE_OWNER
from pcloud_cli.services.imports.undo_statements import (
    MINE,
    PHONES,
    Brought,
    differ,
    either,
    ends,
    field_of,
    is_edited,
    is_kept,
    is_made,
    pointing,
)

_KEEP = "INSERT INTO import_kept (batch_id, kind, target_id, reason, detail) "
_ONCE = " ON CONFLICT DO NOTHING"
_COMPARED = {"remark": "remark_index", "id_number": "id_number_index"}


class Reference(NamedTuple):
    """That rows of `table` point at a house or an owner by `column`.

    `foreign` is the condition that such a row ``x`` is none of the batch's own.
    """

    table: str
    column: str
    foreign: str


# a list of the foreign phones is cheaper than a look-up each
_FOREIGN = {
    ("owner_phone", "owner_id"): "x.id IN (SELECT p.id FROM import_row r CROSS JOIN owner_phone p "
    f"WHERE {MINE} AND r.owner_action = 'insert' AND p.community_id = :community "
    f"AND p.owner_id = r.owner_id EXCEPT SELECT * FROM ({PHONES}) mine)",
    # the first occupancy of a house has the house's id
    ("occupancy", "house_id"): "(x.id <> x.house_id OR x.until IS NOT NULL)",
}
TELLING = ("house_alias",)
"""Tables that say better what happened than that a version is another one."""


def references(side: str) -> list[Reference]:
    """Return everything in the schema that points at the table `side` (``house``, ``owner``).

    It follows from the foreign keys, so that a table that is added later is looked at too.
    """
    return [
        Reference(table.name, column, _foreign(table, column))
        for table in sorted(metadata.tables.values(), key=lambda table: table.name)
        for column in pointing(table, side)
    ]


def _foreign(table: Table, column: str) -> str:
    known = _FOREIGN.get((table.name, column))
    if known is not None:
        return known
    return "(x.batch_id IS NULL OR x.batch_id <> :batch)" if "batch_id" in table.c else "1 = 1"


USED_BY = {
    "ownership": "bound",
    "occupancy": "use_changed",
    "owner_phone": "phone",
    "tenant": "people",
    "family_member": "people",
    "emergency_contact": "people",
    "agent": "people",
    "guardian": "people",
    "vehicle": "vehicle",
    "parking_right": "parking",
}
"""Why a house or an owner stays that a row of the table points at; ``used`` for other tables."""


def kept_as_changed(side: str) -> str:
    """Keep what the batch made and staff edited, or another batch wrote over, since."""
    return (
        f"{_KEEP}SELECT :batch, '{side}', h.id, CASE WHEN h.batch_id = :batch THEN 'edited' "
        "ELSE 'by_import' END, CASE WHEN h.batch_id <> :batch THEN (SELECT CAST(o.number AS TEXT) "
        "FROM import_batch o WHERE o.id = h.batch_id) END "
        f"FROM import_row r CROSS JOIN {side} h "
        f"WHERE {MINE} AND r.{side}_action = 'insert' AND h.id = r.{side}_id "
        f"AND (h.version <> h.import_version OR h.batch_id IS NULL OR h.batch_id <> :batch){_ONCE}"
    )


def is_foreign(one: Reference) -> str:
    """Say whether the community has any row that points there and is none of the batch's."""
    if one.table == "owner_phone":
        # a phone says nothing of its batch: as many as were brought are those that were brought
        return (
            "SELECT (SELECT count(*) FROM owner_phone x WHERE x.community_id = :community) "
            f"<> (SELECT count(*) FROM ({PHONES}) mine)"
        )
    return (
        f"SELECT EXISTS (SELECT 1 FROM {one.table} x WHERE x.community_id = :community "
        f"AND x.{one.column} IS NOT NULL AND {one.foreign})"
    )


def kept_as_used(side: str, one: Reference) -> str:
    """Keep what the batch made and a row of another origin points at."""
    reason = f"'{USED_BY.get(one.table, 'used')}'"
    if one.table == "house_alias":
        reason = "CASE WHEN MIN(x.kind) = 'former' THEN 'renumbered' ELSE 'named' END"
    number = join = ""
    if "batch_id" in metadata.tables[one.table].c:
        join = "LEFT JOIN import_batch o ON o.id = x.batch_id "
        number = "CAST(MIN(o.number) AS TEXT)"
    return (
        f"{_KEEP}SELECT :batch, '{side}', x.{one.column}, {reason}, {number or 'NULL'} "
        f"FROM import_row r CROSS JOIN {one.table} x {join}"
        f"WHERE {MINE} AND r.{side}_action = 'insert' AND x.community_id = :community "
        f"AND x.{one.column} = r.{side}_id AND {one.foreign} GROUP BY x.{one.column}{_ONCE}"
    )


def brought_kept_as_edited(what: Brought) -> str:
    """Keep a binding, a person, a vehicle … that was changed or ended since."""
    return (
        f"{_KEEP}SELECT :batch, '{what.table}', t.id, 'edited', NULL {what.found} "
        f"AND ({what.edited}){_ONCE}"
    )


def end_kept_with(what: Brought, side: str) -> str:
    """Keep the house, or the owner, of the batch that something kept belongs to."""
    return (
        f"{_KEEP}SELECT DISTINCT :batch, '{side}', t.{side}_id, 'with_kept', NULL "
        f"FROM import_kept k CROSS JOIN {what.table} t "
        f"WHERE k.batch_id = :batch AND k.kind = '{what.table}' AND t.id = k.target_id "
        f"AND {is_made(side, f't.{side}_id')}{_ONCE}"
    )


def brought_kept_with(what: Brought) -> str:
    """Keep what belongs to a house or an owner that stays, and to nobody who goes."""
    sides = ends(what)
    stays = either(*(is_kept(side, f"t.{side}_id") for side in sides))
    goes = "".join(
        f" AND NOT ({is_made(side, f't.{side}_id')} AND NOT {is_kept(side, f't.{side}_id')})"
        for side in sides
    )
    return (
        f"{_KEEP}SELECT :batch, '{what.table}', t.id, 'with_kept', NULL {what.found} "
        f"AND ({stays}){goes}{_ONCE}"
    )


def fields_kept(side: str) -> list[str]:
    """Keep fields of what was there before: written by another batch since, by staff since, or
    without their former values."""
    columns = BEFORE_HOUSE if side == "house" else BEFORE_OWNER
    pieces = []
    for field in dict.fromkeys(map(field_of, columns)):
        column = _COMPARED.get(field, field)
        changed = f"{is_edited(side, field)} AND {differ(f'{side}.{column}', f'b.{column}')}"
        pieces.append(f"CASE WHEN {changed} THEN '{field},' ELSE '' END")
    before = (
        f"FROM import_before_{side} b CROSS JOIN {side} "
        f"WHERE b.batch_id = :batch AND {side}.id = b.{side}_id"
    )
    return [
        f"{_KEEP}SELECT :batch, '{side}_fields', {side}.id, 'by_import', CAST(o.number AS TEXT) "
        f"FROM import_before_{side} b CROSS JOIN {side} "
        f"LEFT JOIN import_batch o ON o.id = {side}.batch_id "
        f"WHERE b.batch_id = :batch AND {side}.id = b.{side}_id "
        f"AND ({side}.batch_id IS NULL OR {side}.batch_id <> :batch){_ONCE}",
        f"{_KEEP}SELECT :batch, '{side}_fields', q.id, 'field_edited', q.fields "
        f"FROM (SELECT {side}.id AS id, {' || '.join(pieces)} AS fields {before} "
        f"AND {side}.version <> {side}.import_version) q WHERE q.fields <> ''{_ONCE}",
        f"{_KEEP}SELECT :batch, '{side}_fields', {side}.id, 'not_recorded', NULL "
        f"FROM import_row r CROSS JOIN {side} WHERE {MINE} AND r.{side}_action = 'update' "
        f"AND {side}.id = r.{side}_id AND NOT EXISTS (SELECT 1 FROM import_before_{side} b "
        f"WHERE b.batch_id = :batch AND b.{side}_id = r.{side}_id){_ONCE}",
    ]


PHONES_KEPT = (
    f"{_KEEP}SELECT :batch, 'owner_phone', p.id, 'edited', NULL FROM ({PHONES}) q "
    "CROSS JOIN owner_phone p CROSS JOIN owner o "
    "WHERE p.id = q.phone_id AND o.id = p.owner_id AND o.edited_fields LIKE '%,phones,%' "
    f"AND NOT {is_made('owner', 'o.id')}{_ONCE}"
)
"""Keep phones added to owners who were there before, where staff looked after the phones since."""

IS_PHONE_EDITED = (
    "SELECT EXISTS (SELECT 1 FROM owner o WHERE o.community_id = :community "
    "AND o.edited_fields LIKE '%,phones,%')"
)
"""Whether there is any owner whose phones staff looked after."""
