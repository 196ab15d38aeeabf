"""What belongs to an owner (关联信息, 3.1.2): people and vehicles, masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.owner import Owner
from pcloud_cli.models.resident import Agent, EmergencyContact, FamilyMember, Guardian, Tenant
from pcloud_cli.models.vehicle import ParkingKind, ParkingRight, Vehicle
from pcloud_cli.security.mask import mask_name, mask_phone, mask_plate
from pcloud_cli.services.reading import sealed_text
from pcloud_cli.services.words import Words

ROLES: Words = {
    "family": N_("family member"),
    "emergency": N_("emergency contact"),
    "agent": N_("agent"),
    "guardian": N_("guardian"),
    "tenant": N_("tenant"),
}
PARKING: Words = {
    ParkingKind.TITLE: N_("owned"),
    ParkingKind.USE: N_("right of use"),
    ParkingKind.CIVIL_DEFENCE: N_("civil defence"),
    ParkingKind.RENT: N_("rented"),
}

_OF_OWNER: tuple[tuple[str, type[FamilyMember | EmergencyContact | Agent | Guardian]], ...] = (
    ("family", FamilyMember),
    ("emergency", EmergencyContact),
    ("agent", Agent),
    ("guardian", Guardian),
)


def of_owner(work: Work, owner: Owner, houses: Sequence[bytes]) -> dict[str, Any]:
    """Return ``people``, ``vehicles`` and ``parking`` of `owner`; tenants are those of `houses`.

    Names, phones and plates are masked. Evidence is the caller's.
    """
    here = owner.community_id
    people = []
    for role, model in _OF_OWNER:
        rows = work.session.scalars(
            select(model)
            .where(model.community_id == here, model.owner_id == owner.id)
            .order_by(model.id)
        )
        people += [_person(work, role, row) for row in rows]
    tenants = work.session.scalars(
        select(Tenant)
        .where(Tenant.community_id == here, Tenant.house_id.in_(houses))
        .order_by(Tenant.id)
    )
    people += [_person(work, "tenant", row) for row in tenants]
    vehicles = work.session.scalars(
        select(Vehicle)
        .where(
            Vehicle.community_id == here,
            or_(Vehicle.owner_id == owner.id, Vehicle.house_id.in_(houses)),
        )
        .order_by(Vehicle.id)
    )
    rights = work.session.scalars(
        select(ParkingRight)
        .where(
            ParkingRight.community_id == here,
            or_(ParkingRight.owner_id == owner.id, ParkingRight.house_id.in_(houses)),
        )
        .order_by(ParkingRight.space)
    )
    return {
        "people": people,
        "vehicles": [
            sealed_text(work, "vehicle", "plate_sealed", row.id, row.plate_sealed, mask=mask_plate)
            for row in vehicles
        ],
        "parking": [
            {"space": row.space, "kind": row.kind, "since": row.since, "until": row.until}
            for row in rights
        ],
    }


def _person(work: Work, role: str, row: Any) -> dict[str, Any]:
    table = row.__tablename__
    return {
        "role": role,
        "name": sealed_text(work, table, "name_sealed", row.id, row.name_sealed, mask=mask_name),
        "relation": getattr(row, "relation", None),
        "phone": sealed_text(
            work, table, "phone_sealed", row.id, row.phone_sealed, mask=mask_phone
        ),
    }
