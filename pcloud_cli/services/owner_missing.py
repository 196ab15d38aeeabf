"""The 待补 list: houses whose owner lacks an ID number or a phone, or whose owner nobody knows.

Nobody loses a house over a phone number (3.1.1): what arrived missing, damaged, masked or wrong
stays empty, and stands here until it is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, exists, select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.base import Mark
from pcloud_cli.models.house import House, OccupancyState
from pcloud_cli.models.owner import Owner, OwnerPhone, Ownership
from pcloud_cli.services import owner_records, places, reading, sight
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.sight import Choose, Sight, open_on
from pcloud_cli.services.words import Words

MISSING: Words = {
    "owner": N_("owner"),
    "id_number": N_("ID number"),
    "phone": N_("phone"),
}
"""What may be missing."""

UNKNOWN = "unknown"
WHY: Words = {
    Mark.MISSING: N_("missing"),
    Mark.DAMAGED: N_("damaged"),
    Mark.MASKED: N_("masked at source"),
    Mark.INVALID: N_("invalid"),
    UNKNOWN: N_("sold, but no owner is known"),
}
"""Why it is missing."""

_HOUSE = (House.id.label("house_id"), *places.ADDRESS)


def list_all(
    actor: Actor,
    work: Work,
    *,
    community: str | None,
    choose: Choose,
    building: str | None = None,
    unit: str | None = None,
    limit: int | None = None,
    action: str = "owner.missing",
) -> tuple[list[dict[str, Any]], int]:
    """Return what is missing of the owners of a community, house by house, and how much in all.

    One record for each missing datum, with why, and what else is known of the owner, masked. The
    reading is evidence in the trail, as `action`. Raises NotFound for an unknown place.
    """
    seen = sight.of_one(actor, work, "owner.read", community, choose)
    here = and_(seen.houses(), places.filtered(work, seen, building, unit))
    found = sorted(
        (*_of_owners(work, seen, here), *_without_owner(work, seen, here)),
        key=lambda each: (places.order(each[0]), each[1], each[0].house_id),
    )
    rows = found if limit is None else found[:limit]
    owners = [(row.community_id, row.id) for row, what, _why in rows if what != "owner"]
    reading.witnessed(
        actor,
        work,
        action,
        (owner_id for _community, owner_id in owners),
        community_id=seen.one.id if seen.one else None,
    )
    phones = reading.phones(work, owners)
    return [_record(work, row, what, why, phones) for row, what, why in rows], len(found)


def _of_owners(work: Work, seen: Sight, here: Any) -> Iterator[tuple[Any, str, str]]:
    called = exists().where(
        OwnerPhone.community_id == Owner.community_id, OwnerPhone.owner_id == Owner.id
    )
    query = (
        owner_records.held(seen.today(work))
        .add_columns(Owner.phone_status, called.label("called"))
        .where(here, (Owner.id_status != Mark.PRESENT.value) | ~called)
    )
    for row in work.session.execute(query):
        if row.id_status != Mark.PRESENT:
            yield row, "id_number", row.id_status
        if not row.called:
            given = row.phone_status
            yield row, "phone", Mark.MISSING.value if given == Mark.PRESENT else given


def _without_owner(work: Work, seen: Sight, here: Any) -> Iterator[tuple[Any, str, str]]:
    owned = exists().where(
        Ownership.community_id == House.community_id,
        Ownership.house_id == House.id,
        open_on(seen.today(work)),
    )
    query = select(*_HOUSE).where(
        here, House.state.is_not(None), House.state != OccupancyState.UNSOLD.value, ~owned
    )
    for row in work.session.execute(query):
        yield row, "owner", UNKNOWN


def _record(
    work: Work, row: Any, what: str, why: str, phones: dict[bytes, list[str]]
) -> dict[str, Any]:
    known = what != "owner"
    return {
        "house": places.address(row),
        "house_id": row.house_id,
        "section": row.section_name or None,
        "building": row.building_name or None,
        "unit": row.unit_name if row.unit_name not in ("", "0") else None,
        "room": row.room or None,
        "owner": row.name if known else None,
        "owner_id": row.id if known else None,
        "missing": what,
        "why": why,
        "phones": phones.get(row.id, []) if known else [],
        "id_number": reading.id_number(work, row) if known else None,
    }
