# ruff: noqa: S608 - the statements are put together from names of our own tables and columns only
"""What taking a batch back runs, as sets: what the batch brought, and how it goes.

What applying made, or wrote over, is known from the staged rows without an outcome, from the
former values that applying kept, and from `batch_id`. `CROSS JOIN` keeps SQLite from looking for
a staged row where it has no index; what PostgreSQL makes of it is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Table

from pcloud_cli.models.registry import metadata
from pcloud_cli.services.imports.statements import BEFORE_HOUSE, BEFORE_OWNER

MINE = "r.batch_id = :batch AND r.outcome IS NULL"
# PostgreSQL then looks a row up by its key: of tables filled just now it knows no size, and would
# go through all of them again for each row
_EACH = "LIMIT 1 OFFSET 0"


class Brought(NamedTuple):
    """One kind of what a batch brings along: `table`, and how its rows ``t`` are found.

    `related` is its kind among `import_related`, empty for what the rows themselves bring.
    `edited` is the condition that somebody changed ``t`` since.
    """

    table: str
    related: str
    edited: str

    @property
    def found(self) -> str:
        """The FROM that finds its rows ``t``, without those of rows that were left out."""
        if not self.related:
            return (
                f"FROM import_row r CROSS JOIN {self.table} t "
                f"WHERE {MINE} AND t.id = r.{self.table}_id"
            )
        return (
            f"FROM import_related s CROSS JOIN import_row r CROSS JOIN {self.table} t "
            f"WHERE s.batch_id = :batch AND s.kind = '{self.related}' AND r.seq = s.row_seq "
            f"AND {MINE} AND t.id = s.target_id"
        )


def differ(one: str, other: str) -> str:
    """Return the condition that two values are not the same, NULL being a value like others."""
    return f"({one} <> {other} OR ({one} IS NULL) <> ({other} IS NULL))"


def either(*conditions: str) -> str:
    """Return the condition that one of them is true."""
    return " OR ".join(conditions)


BROUGHT = (
    Brought(
        "ownership",
        "",
        either(
            "t.since IS NOT NULL",
            "t.until IS NOT NULL",
            "t.kind <> r.ownership_kind",
            differ("t.share_numerator", "r.share_numerator"),
            differ("t.share_denominator", "r.share_denominator"),
        ),
    ),
    Brought("emergency_contact", "emergency", differ("t.phone_index", "s.phone_index")),
    Brought(
        "family_member",
        "family",
        either(
            *(differ(f"t.{name}", f"s.{name}") for name in ("phone_index", "relation", "sex")),
            differ("t.birth_month", "s.birth_month"),
            differ("t.house_id", "s.house_id"),
        ),
    ),
    Brought(
        "agent",
        "agent",
        either(
            "t.since IS NOT NULL",
            "t.until IS NOT NULL",
            "t.scope IS NOT NULL",
            differ("t.phone_index", "s.phone_index"),
        ),
    ),
    Brought(
        "vehicle",
        "vehicle",
        either(
            "t.plate_index <> s.extra_index",
            differ("t.owner_id", "s.owner_id"),
            differ("t.house_id", "s.house_id"),
        ),
    ),
    Brought(
        "tenant",
        "tenant",
        either(
            "t.since IS NOT NULL",
            "t.until IS NOT NULL",
            differ("t.phone_index", "s.phone_index"),
            differ("t.id_number_index", "s.extra_index"),
        ),
    ),
    Brought(
        "parking_right",
        "parking",
        either(
            "t.since IS NOT NULL",
            "t.until IS NOT NULL",
            "t.kind IS NOT NULL",
            "t.space <> s.extra",
            differ("t.owner_id", "s.owner_id"),
            differ("t.house_id", "s.house_id"),
        ),
    ),
)
"""What hangs between houses and owners; an owner's phones belong to the owner himself."""


def ends(what: Brought) -> list[str]:
    """Return what a kind belongs to: houses, owners, or both."""
    columns = metadata.tables[what.table].c
    return [side for side in ("house", "owner") if f"{side}_id" in columns]


PHONES = (
    "SELECT r.phone_id FROM import_row r "
    f"WHERE {MINE} AND r.phone_index IS NOT NULL "
    "UNION ALL SELECT s.target_id FROM import_related s CROSS JOIN import_row r "
    f"WHERE s.batch_id = :batch AND s.kind = 'phone' AND r.seq = s.row_seq AND {MINE}"
)
"""The ids of the phones that the batch brought."""


def pointing(table: Table, target: str) -> Iterator[str]:
    """Yield the columns by which `table` points at the table `target`."""
    for constraint in table.foreign_key_constraints:
        if constraint.referred_table.name == target:
            yield next(
                element.parent.name
                for element in constraint.elements
                if element.column.name == "id"
            )


def is_kept(kind: str, target: str) -> str:
    """Return the condition that `target` is listed as kept."""
    return (
        "EXISTS (SELECT 1 FROM import_kept j WHERE j.batch_id = :batch "
        f"AND j.kind = '{kind}' AND j.target_id = {target} {_EACH})"
    )


def is_made(side: str, target: str) -> str:
    """Return the condition that the batch made the house or owner `target`, and wrote it last."""
    return (
        f"EXISTS (SELECT 1 FROM {side} m WHERE m.id = {target} AND m.batch_id = :batch "
        f"AND NOT EXISTS (SELECT 1 FROM import_before_{side} w WHERE w.batch_id = :batch "
        f"AND w.{side}_id = m.id {_EACH}) AND NOT {is_kept(f'{side}_fields', 'm.id')})"
    )


# fields that were there before

_FIELD_OF = {
    "remark_sealed": "remark",
    "remark_index": "remark",
    "id_type": "id_number",
    "id_number_sealed": "id_number",
    "id_number_index": "id_number",
    "id_status": "id_number",
}


def field_of(column: str) -> str:
    """Return the field, as `services.edited` names it, that a column belongs to."""
    return _FIELD_OF.get(column, column)


def is_edited(side: str, field: str) -> str:
    """Return the condition that staff wrote the field; a renumbered house has its new floor."""
    said = f"{side}.edited_fields LIKE '%,{field},%'"
    if field != "floor":
        return said
    return (
        f"({said} OR ({side}.version <> {side}.import_version AND EXISTS (SELECT 1 "
        f"FROM house_alias a WHERE a.community_id = {side}.community_id "
        f"AND a.house_id = {side}.id AND a.kind = 'former')))"
    )


# what goes

_STATE_BACK = (
    "FROM import_row r CROSS JOIN import_before_house b CROSS JOIN house h CROSS JOIN occupancy o "
    f"WHERE {MINE} AND r.house_action = 'update' AND r.house_state IS NOT NULL "
    "AND b.batch_id = :batch AND b.house_id = r.house_id AND h.id = r.house_id "
    "AND h.batch_id = :batch AND (h.edited_fields IS NULL OR h.edited_fields NOT LIKE '%,state,%') "
    "AND o.id = substr(r.digest, 1, 16) AND o.until IS NULL"
)


def _back(side: str) -> str:
    """Put the former values of a table back, but for what staff wrote since."""
    columns = BEFORE_HOUSE if side == "house" else BEFORE_OWNER
    values = ", ".join(
        f"{name} = CASE WHEN {is_edited(side, field_of(name))} THEN {side}.{name} ELSE b.{name} END"
        for name in columns
    )
    return (
        f"UPDATE {side} SET {values}, batch_id = b.was_batch_id, version = {side}.version + 1, "
        f"import_version = CASE WHEN {side}.version = {side}.import_version "
        f"AND b.was_version = b.was_import_version THEN {side}.version + 1 "
        "ELSE b.was_import_version END, updated_at = {now} "
        f"FROM import_before_{side} b WHERE b.batch_id = :batch AND b.{side}_id = {side}.id "
        f"AND {side}.batch_id = :batch"
    )


def _going(side: str) -> str:
    return (
        f"SELECT r.{side}_id FROM import_row r WHERE {MINE} AND r.{side}_action = 'insert' "
        f"AND NOT {is_kept(side, f'r.{side}_id')}"
    )


def brought(kinds: Sequence[str]) -> list[Brought]:
    """Return what the batch may have brought, where its related things are of `kinds`."""
    return [what for what in BROUGHT if what.related in ("", *kinds)]


def brought_going(what: Brought) -> str:
    """The ids of one kind of what the batch brought along, without what is kept."""
    kept = is_kept(what.table, "t.id")
    return f"SELECT t.id {what.found} AND NOT {kept}"


_PHONES_GOING = (
    f"SELECT p.id FROM ({PHONES}) q CROSS JOIN owner_phone p WHERE p.id = q.phone_id "
    f"AND NOT {is_kept('owner_phone', 'p.id')} AND NOT {is_kept('owner', 'p.owner_id')}"
)


def going(kinds: Sequence[str]) -> dict[str, str]:
    """Return what goes, by table, as queries of ids in the order in which it may be deleted.

    `kinds` are those of the related things that the batch brought.
    """
    return {
        **{what.table: brought_going(what) for what in brought(kinds)},
        "owner_phone": _PHONES_GOING,
        "house": _going("house"),
        "owner": _going("owner"),
    }


def backs(sides: Sequence[str]) -> dict[str, str]:
    """Return what puts former values of `sides` back, by name."""
    found = {f"{side}s_back": _back(side) for side in sides}
    return (
        found
        if "house" not in sides
        else {
            # equal stays of one house may differ in nothing but their id: the latest is the last
            "occupancies_reopened": "UPDATE occupancy SET until = NULL WHERE id IN (SELECT ("
            "SELECT p.id FROM occupancy p WHERE p.community_id = :community "
            "AND p.house_id = o.house_id AND p.id <> o.id AND p.until = o.since "
            "AND p.state = b.state "
            f"ORDER BY p.since DESC, p.id DESC LIMIT 1) {_STATE_BACK})",
            "occupancies_undone": f"DELETE FROM occupancy WHERE id IN (SELECT o.id {_STATE_BACK})",
            **found,
        }
    )


UPDATES = (
    "SELECT COALESCE(MAX(CASE WHEN r.house_action = 'update' THEN 1 ELSE 0 END), 0) AS house, "
    "COALESCE(MAX(CASE WHEN r.owner_action = 'update' THEN 1 ELSE 0 END), 0) AS owner "
    f"FROM import_row r WHERE {MINE}"
)
"""Whether the batch wrote over houses, and owners, that were there before."""

KINDS = "SELECT DISTINCT s.kind FROM import_related s WHERE s.batch_id = :batch"
"""What kinds of related things the batch brought."""


def count_back(side: str) -> str:
    """Count what former values would be put back of."""
    return (
        f"SELECT count(*) FROM import_before_{side} b CROSS JOIN {side} h "
        f"WHERE b.batch_id = :batch AND h.id = b.{side}_id AND h.batch_id = :batch"
    )


_PLACES = ("unit", "building", "section")
_EMPTIED = (
    "community_id = :community AND (batch_id = :batch OR batch_id IN (SELECT b.id "
    "FROM import_batch b WHERE b.community_id = :community AND b.state = 'undone'))"
)
COUNT_PLACES = "SELECT " + " + ".join(
    f"(SELECT count(*) FROM {place} WHERE {_EMPTIED})" for place in _PLACES
)
COUNT_HOUSES = "SELECT count(*) FROM house h WHERE h.community_id = :community"


def places() -> dict[str, str]:
    """Return what removes units, buildings and sections that nobody uses any more.

    They are the batch's, or of one that was taken back while this one still used them.
    """
    found = {}
    for place in _PLACES:
        used = [
            f"SELECT DISTINCT x.{column} FROM {table.name} x WHERE x.community_id = :community "
            f"AND x.{column} IS NOT NULL"
            for table in metadata.sorted_tables
            for column in pointing(table, place)
        ]
        used.append("SELECT g.scope_id FROM role_grant g WHERE g.scope_id IS NOT NULL")
        free = " ".join(f"AND id NOT IN ({each})" for each in used)
        found[f"{place}s"] = f"DELETE FROM {place} WHERE {_EMPTIED} {free}"
    return found


def locks() -> list[str]:
    """Return what holds, on PostgreSQL, all that may go: nobody can come to use it meanwhile."""
    return [
        f"SELECT count(*) FROM (SELECT t.id FROM {table} t WHERE t.id IN (SELECT r.{column} "
        f"FROM import_row r WHERE {MINE} AND {wanted}) ORDER BY t.id FOR UPDATE) held"
        for table, column, wanted in (
            ("house", "house_id", "r.house_action <> 'none'"),
            ("owner", "owner_id", "r.owner_action <> 'none'"),
            ("ownership", "ownership_id", "r.ownership_id IS NOT NULL"),
        )
    ]
