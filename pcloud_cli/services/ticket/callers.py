"""Who is calling: the number is known, and so are the house and who they are there (3.2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.ids import id_text
from pcloud_cli.models.house import House
from pcloud_cli.models.owner import Owner, OwnerPhone, Ownership
from pcloud_cli.models.resident import FamilyMember, Tenant
from pcloud_cli.models.ticket import Reporter
from pcloud_cli.security.blind_index import canonical_phone
from pcloud_cli.services import permission, places, reading, sight
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.sight import Sight

NEEDED = "owner.find"
MOST = 9


@dataclass(frozen=True)
class Caller:
    """Somebody whose phone is registered: the house, what they are there, and their name."""

    house: str
    reporter: str
    name: str


def known(actor: Actor, work: Work, community: str, phone: str) -> list[Caller]:
    """Return whose phone that is in the community of code `community`: owners, tenants, family.

    One for each house, at most `MOST`, in the houses' natural order. Somebody who may not find
    owners there gets none. It is a reading of private data, and recorded (2.3.3).
    """
    place = sight.of(actor, work, "ticket.submit", community).places[0]
    if not permission.allowed(actor, work, NEEDED, community_id=place.id):
        return []
    permission.require(actor, work, NEEDED, community_id=place.id)
    seen = sight.of(actor, work, NEEDED, community)
    number = canonical_phone(phone)
    indexes = [each.of("phone", number) for each in work.keys.blind_indexes()]
    found: dict[tuple[bytes, str], tuple[House, Caller]] = {}
    owners: set[bytes] = set()
    for house, reporter, name, owner_id in _all(work, seen, indexes):
        owners |= {owner_id} if owner_id is not None else set()
        found.setdefault(
            (house.id, reporter), (house, Caller(places.address(house), reporter, name))
        )
    reading.witnessed(
        actor,
        work,
        "ticket.caller",
        owners,
        community_id=place.id,
        detail={
            "phone": work.keys.blind_index().of("phone", number).hex(),
            "houses": sorted({id_text(house.id) for house, _caller in found.values()}),
        },
    )
    ordered = sorted(found.values(), key=lambda pair: places.order(pair[0]))
    return [caller for _house, caller in ordered[:MOST]]


def _all(
    work: Work, seen: Sight, indexes: list[bytes]
) -> Iterator[tuple[House, str, str, bytes | None]]:
    today = seen.today(work)
    owned = (
        select(House, Owner)
        .join(Ownership, sight.joined(Ownership, House))
        .join(Owner, Owner.id == Ownership.owner_id)
        .join(OwnerPhone, OwnerPhone.owner_id == Owner.id)
        .where(
            seen.within(OwnerPhone.community_id),
            OwnerPhone.number_index.in_(indexes),
            sight.open_on(today),
        )
    )
    for house, owner in work.session.execute(owned):
        yield house, Reporter.OWNER.value, owner.name, owner.id
    rented = (
        select(House, Tenant)
        .join(House, House.id == Tenant.house_id)
        .where(
            seen.within(Tenant.community_id),
            Tenant.phone_index.in_(indexes),
            or_(Tenant.until.is_(None), Tenant.until > today),
        )
    )
    for house, tenant in work.session.execute(rented):
        yield house, Reporter.TENANT.value, _name(work, "tenant", tenant), None
    family = (
        select(House, FamilyMember)
        .join(House, House.id == FamilyMember.house_id)
        .where(seen.within(FamilyMember.community_id), FamilyMember.phone_index.in_(indexes))
    )
    for house, member in work.session.execute(family):
        name = _name(work, "family_member", member)
        yield house, Reporter.FAMILY.value, name, member.owner_id


def _name(work: Work, table: str, row: Any) -> str:
    return work.keys.open(table, "name_sealed", row.id, row.name_sealed)
