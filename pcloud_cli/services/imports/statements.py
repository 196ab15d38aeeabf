# ruff: noqa: S608 - the statements are put together from names of our own columns only
"""What applying runs: a few statements over a whole batch, by name, that move ciphertext.

Places in braces are filled with what the two databases spell differently: ``{day}`` and
``{as_day}`` around a staged date, ``{now}``, ``{today}``. Staged rows with an outcome are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, text

from pcloud_cli.db.types import moment_text
from pcloud_cli.models.house import AREA_COLUMNS, HANDOVER_COLUMNS

BEFORE_HOUSE = (
    "floor",
    "house_type",
    "state",
    *AREA_COLUMNS,
    *HANDOVER_COLUMNS,
    "remark_sealed",
    "remark_index",
)
"""The columns of a house that an import may write over, and undoing puts back."""

BEFORE_OWNER = (
    "sex",
    "birth_month",
    "birth_sealed",
    "id_type",
    "id_number_sealed",
    "id_number_index",
    "id_status",
    "number",
)
"""The same of an owner."""

_AREAS = ", ".join(AREA_COLUMNS)
_AREA_VALUES = ", ".join(f"CAST(r.{name} AS NUMERIC(12, 4))" for name in AREA_COLUMNS)
_MINE = "r.batch_id = :batch AND r.outcome IS NULL"


def _unless_edited(table: str, field: str, then: str, column: str = "") -> str:
    """Return an assignment that leaves alone what staff wrote (`services.edited`)."""
    name = column or field
    return (
        f"{name} = CASE WHEN {table}.edited_fields LIKE '%,{field},%' "
        f"THEN {table}.{name} ELSE {then} END"
    )


def _day(column: str) -> str:
    """Return the staged date of `column` as its live column takes it."""
    return f"{{day}}r.{column}{{as_day}}"


_HANDOVERS = ", ".join(HANDOVER_COLUMNS)
_HANDOVER_VALUES = ", ".join(map(_day, HANDOVER_COLUMNS))
_NEW_STATE = (
    "r.house_action = 'update' AND r.house_state IS NOT NULL AND EXISTS (SELECT 1 FROM house h "
    "WHERE h.id = r.house_id AND (h.state IS NULL OR h.state <> r.house_state) "
    "AND (h.edited_fields IS NULL OR h.edited_fields NOT LIKE '%,state,%'))"
)
_HOUSE_CHANGES = ", ".join(
    [
        _unless_edited("house", field, f"COALESCE({value}, house.{column})", column)
        for field, column, value in (
            ("floor", "floor", "r.floor"),
            ("house_type", "house_type", "r.house_type"),
            ("state", "state", "r.house_state"),
            *((name, name, _day(name)) for name in HANDOVER_COLUMNS),
            ("remark", "remark_sealed", "r.remark_sealed"),
            ("remark", "remark_index", "r.remark_index"),
            *((name, name, f"CAST(r.{name} AS NUMERIC(12, 4))") for name in AREA_COLUMNS),
        )
    ]
)
_UNKNOWN = "owner.id_number_index IS NULL"
_OWNER_CHANGES = ", ".join(
    [
        _unless_edited(
            "owner", "sex",
            f"CASE WHEN {_UNKNOWN} OR owner.sex IS NULL THEN COALESCE(r.sex, owner.sex) "
            "ELSE owner.sex END",
        ),
        _unless_edited(
            "owner", "birth_month",
            f"CASE WHEN {_UNKNOWN} THEN COALESCE(r.birth_month, owner.birth_month) "
            "ELSE COALESCE(owner.birth_month, r.birth_month) END",
        ),
        _unless_edited(
            "owner", "birth_month",
            f"CASE WHEN {_UNKNOWN} AND r.birth_month IS NOT NULL THEN r.birth_sealed "
            "ELSE owner.birth_sealed END",
            "birth_sealed",
        ),
        _unless_edited("owner", "number", "COALESCE(r.owner_number, owner.number)"),
        *(
            _unless_edited(
                "owner", "id_number", f"CASE WHEN {_UNKNOWN} THEN r.{name} ELSE owner.{name} END",
                name,
            )
            for name in ("id_type", "id_status", "id_number_sealed", "id_number_index")
        ),
    ]
)  # fmt: skip
_BEFORE_HOUSE = ", ".join(BEFORE_HOUSE)
_BEFORE_HOUSE_VALUES = ", ".join(f"house.{name}" for name in BEFORE_HOUSE)
_BEFORE_OWNER = ", ".join(BEFORE_OWNER)
_BEFORE_OWNER_VALUES = ", ".join(f"owner.{name}" for name in BEFORE_OWNER)

STATEMENTS = {
    "houses": f"""
        INSERT INTO house (id, community_id, building_id, unit_id, section_name, building_name,
            unit_name, floor, room, kind, key, house_type, {_AREAS}, state, {_HANDOVERS},
            remark_sealed, remark_index, batch_id, version, created_at, updated_at)
        SELECT r.house_id, :community, b.id, u.id, r.section, r.building, r.unit, r.floor, r.room,
            r.house_kind, r.house_key, r.house_type, {_AREA_VALUES}, r.house_state,
            {_HANDOVER_VALUES}, r.remark_sealed, r.remark_index, :batch, 1, {{now}}, {{now}}
        FROM import_row r
        LEFT JOIN building b ON b.community_id = :community AND b.section_name = r.section
            AND b.name = r.building
        LEFT JOIN unit u ON u.community_id = :community AND u.building_id = b.id
            AND u.name = r.unit
        WHERE {_MINE} AND r.house_action = 'insert'""",
    # the first occupancy of a house takes the house's id: unique in its table, and known already
    "occupancies": f"""
        INSERT INTO occupancy (id, community_id, house_id, state, since)
        SELECT r.house_id, :community, r.house_id, r.house_state, {{today}}
        FROM import_row r
        WHERE {_MINE} AND r.house_action = 'insert' AND r.house_state IS NOT NULL""",
    "houses_before": f"""
        INSERT INTO import_before_house (batch_id, house_id, was_batch_id, was_version,
            was_import_version, {_BEFORE_HOUSE})
        SELECT :batch, house.id, house.batch_id, house.version, house.import_version,
            {_BEFORE_HOUSE_VALUES}
        FROM import_row r JOIN house ON house.id = r.house_id
        WHERE {_MINE} AND r.house_action = 'update'""",
    # an occupancy that a list begins takes the first half of its row's digest as its id
    "occupancies_ended": f"""
        UPDATE occupancy SET until = {{today}}
        FROM import_row r
        WHERE {_MINE} AND {_NEW_STATE} AND occupancy.house_id = r.house_id
            AND occupancy.community_id = :community AND occupancy.until IS NULL""",
    "occupancies_begun": f"""
        INSERT INTO occupancy (id, community_id, house_id, state, since)
        SELECT substr(r.digest, 1, 16), :community, r.house_id, r.house_state, {{today}}
        FROM import_row r WHERE {_MINE} AND {_NEW_STATE}""",
    "houses_changed": f"""
        UPDATE house SET {_HOUSE_CHANGES}, batch_id = :batch, version = house.version + 1,
            import_version = house.version + 1, updated_at = {{now}}
        FROM import_row r
        WHERE {_MINE} AND r.house_action = 'update' AND house.id = r.house_id""",
    "owners": f"""
        INSERT INTO owner (id, community_id, kind, name, name_key, sex, birth_month, birth_sealed,
            id_type, id_number_sealed, id_number_index, id_status, phone_status, number, batch_id,
            version, created_at, updated_at)
        SELECT r.owner_id, :community, r.owner_kind, r.owner_name, r.owner_name_key, r.sex,
            r.birth_month, r.birth_sealed, r.id_type, r.id_number_sealed, r.id_number_index,
            r.id_status, COALESCE(r.phone_status, 'missing'), r.owner_number, :batch, 1, {{now}},
            {{now}}
        FROM import_row r WHERE {_MINE} AND r.owner_action = 'insert'""",
    "owners_before": f"""
        INSERT INTO import_before_owner (batch_id, owner_id, was_batch_id, was_version,
            was_import_version, {_BEFORE_OWNER})
        SELECT :batch, owner.id, owner.batch_id, owner.version, owner.import_version,
            {_BEFORE_OWNER_VALUES}
        FROM import_row r JOIN owner ON owner.id = r.owner_id
        WHERE {_MINE} AND r.owner_action = 'update'""",
    "owners_changed": f"""
        UPDATE owner SET {_OWNER_CHANGES}, batch_id = :batch, version = owner.version + 1,
            import_version = owner.version + 1, updated_at = {{now}}
        FROM import_row r
        WHERE {_MINE} AND r.owner_action = 'update' AND owner.id = r.owner_id""",
    "phones": f"""
        INSERT INTO owner_phone (id, community_id, owner_id, position, number_sealed,
            number_index, status)
        SELECT r.phone_id, :community, r.owner_id, 0, r.phone_sealed, r.phone_index, r.phone_status
        FROM import_row r WHERE {_MINE} AND r.phone_index IS NOT NULL
            AND (r.owner_version IS NULL OR NOT EXISTS (SELECT 1 FROM owner_phone p
                WHERE p.community_id = :community AND p.owner_id = r.owner_id
                AND p.number_index = r.phone_index))""",
    "ownerships": f"""
        INSERT INTO ownership (id, community_id, house_id, owner_id, kind, share_numerator,
            share_denominator, since, batch_id, created_at)
        SELECT r.ownership_id, :community, r.house_id, r.owner_id, r.ownership_kind,
            r.share_numerator, r.share_denominator, NULL, :batch, {{now}}
        FROM import_row r WHERE {_MINE} AND r.ownership_id IS NOT NULL""",
}

OF_KNOWN_HOUSES = ("houses_before", "occupancies_ended", "occupancies_begun", "houses_changed")
"""The statements that find nothing to do where every house is new."""

OF_KNOWN_OWNERS = ("owners_before", "owners_changed")
"""The same where every owner is new."""

_WITH_ROW = (
    "FROM import_related x JOIN import_row r ON r.batch_id = x.batch_id AND r.seq = x.row_seq "
    "WHERE x.batch_id = :batch AND r.outcome IS NULL AND x.kind = "
)
RELATED = {
    "more_phones": (
        "INSERT INTO owner_phone (id, community_id, owner_id, position, number_sealed, "
        "number_index, status) SELECT x.target_id, :community, x.owner_id, x.position, "
        f"x.phone_sealed, x.phone_index, 'present' {_WITH_ROW} 'phone'"
    ),
    "emergency_contacts": (
        "INSERT INTO emergency_contact (id, community_id, owner_id, name_sealed, phone_sealed, "
        "phone_index, batch_id, created_at) SELECT x.target_id, :community, x.owner_id, "
        f"x.name_sealed, x.phone_sealed, x.phone_index, :batch, {{now}} {_WITH_ROW} 'emergency'"
    ),
    "family_members": (
        "INSERT INTO family_member (id, community_id, owner_id, house_id, name_sealed, "
        "phone_sealed, phone_index, relation, sex, birth_month, batch_id, created_at) "
        "SELECT x.target_id, :community, x.owner_id, x.house_id, x.name_sealed, x.phone_sealed, "
        "x.phone_index, x.relation, x.sex, x.birth_month, :batch, {now} "
        f"{_WITH_ROW} 'family' AND x.owner_id IS NOT NULL"
    ),
    # a relative in a row of his own belongs to whom the list names first as owner of the house
    "family_members_apart": (
        "INSERT INTO family_member (id, community_id, owner_id, house_id, name_sealed, "
        "phone_sealed, phone_index, relation, sex, birth_month, batch_id, created_at) "
        "SELECT x.target_id, :community, o.owner_id, x.house_id, x.name_sealed, x.phone_sealed, "
        "x.phone_index, x.relation, x.sex, x.birth_month, :batch, {now} "
        "FROM import_related x JOIN import_row r ON r.batch_id = x.batch_id AND r.seq = x.row_seq "
        "JOIN ownership o ON o.community_id = :community AND o.house_id = x.house_id "
        "AND o.until IS NULL AND NOT EXISTS (SELECT 1 FROM ownership p WHERE p.community_id = "
        ":community AND p.house_id = x.house_id AND p.until IS NULL AND p.id < o.id) "
        "WHERE x.batch_id = :batch AND r.outcome IS NULL AND x.kind = 'family' "
        "AND x.owner_id IS NULL"
    ),
    "agents": (
        "INSERT INTO agent (id, community_id, owner_id, name_sealed, phone_sealed, phone_index, "
        "batch_id, created_at) SELECT x.target_id, :community, x.owner_id, x.name_sealed, "
        f"x.phone_sealed, x.phone_index, :batch, {{now}} {_WITH_ROW} 'agent'"
    ),
    "vehicles": (
        "INSERT INTO vehicle (id, community_id, owner_id, house_id, plate_sealed, plate_index, "
        "batch_id, created_at) SELECT x.target_id, :community, x.owner_id, x.house_id, "
        f"x.extra_sealed, x.extra_index, :batch, {{now}} {_WITH_ROW} 'vehicle'"
    ),
    "tenants": (
        "INSERT INTO tenant (id, community_id, house_id, name_sealed, phone_sealed, phone_index, "
        "id_number_sealed, id_number_index, batch_id, created_at) SELECT x.target_id, :community, "
        "x.house_id, x.name_sealed, x.phone_sealed, x.phone_index, x.extra_sealed, x.extra_index, "
        f":batch, {{now}} {_WITH_ROW} 'tenant'"
    ),
    "parking_rights": (
        "INSERT INTO parking_right (id, community_id, space, owner_id, house_id, batch_id, "
        "created_at) SELECT x.target_id, :community, x.extra, x.owner_id, x.house_id, :batch, "
        f"{{now}} {_WITH_ROW} 'parking'"
    ),
}


def run_each(
    connection: Connection,
    statements: Mapping[str, str],
    batch_id: bytes,
    community_id: bytes,
    now: datetime,
) -> dict[str, int]:
    """Run `statements`, which are some of those above, for a batch as of `now` (aware, UTC);
    return how many rows each wrote."""
    sqlite = connection.dialect.name == "sqlite"
    spelt = {
        "day": "" if sqlite else "CAST(",
        "as_day": "" if sqlite else " AS DATE)",
        "now": ":now" if sqlite else "CAST(:now AS TIMESTAMPTZ)",
        "today": ":today" if sqlite else "CAST(:today AS DATE)",
    }
    values = {
        "batch": batch_id,
        "community": community_id,
        "now": moment_text(now) if sqlite else moment_text(now) + "+00",
        "today": now.date().isoformat(),
    }
    counts = {}
    for name, statement in statements.items():
        said = statement.format(**spelt)
        used = {key: value for key, value in values.items() if f":{key}" in said}
        counts[name] = connection.execute(text(said), used).rowcount
    return counts
