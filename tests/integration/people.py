"""Made-up communities, houses and owners for tests, sealed as the program seals them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from pcloud_cli.db.work import Work
from pcloud_cli.ids import id_text
from pcloud_cli.models.base import Mark
from pcloud_cli.models.community import Building, Community, Unit
from pcloud_cli.models.house import House, HouseAlias
from pcloud_cli.models.owner import IdType, Owner, OwnerKind, OwnerPhone, Ownership, OwnershipKind
from pcloud_cli.security.blind_index import canonical_id_number, canonical_phone
from pcloud_cli.security.permissions import ROLES
from pcloud_cli.services.actor import Actor, Grant
from pcloud_cli.services.house import alias_key
from pcloud_cli.services.owner import name_key
from pcloud_cli.sheets.house import HouseRef, house_key

T = TypeVar("T")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(birth: date, sequence: int = 1, division: str = "110101") -> str:
    """Return a made-up resident ID number whose check digit is right (GB 11643-1999)."""
    body = f"{division}{birth:%Y%m%d}{sequence:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def staff(
    work: Work, role: str = "customer_service", *, kind: str = "all", place: bytes | None = None
) -> Actor:
    """Return an actor with one shipped role in one scope, as permission would have loaded it."""
    grant = Grant(work.ids(), role, ROLES[role].permissions, kind, place, None)
    return Actor(
        "person", account_id=work.ids(), staff_number="KF001", name="钱小满", grants=[grant]
    )


def community(work: Work, code: str = "CH", name: str = "翠湖花园") -> Community:
    """Insert a community."""
    made = Community(
        id=work.ids(), code=code, name=name, zone="Asia/Shanghai", created_at=work.now()
    )
    work.session.add(made)
    work.session.flush()
    return made


@dataclass
class Town:
    """Fills one community with houses and owners."""

    work: Work
    community: Community

    def building(self, name: str, section: str = "") -> Building:
        """Insert a building, or return the one there is."""
        found = (
            self.work.session.query(Building)
            .filter_by(community_id=self.community.id, section_name=section, name=name)
            .one_or_none()
        )
        return found or self._add(
            Building(
                id=self.work.ids(), community_id=self.community.id, section_name=section, name=name
            )
        )

    def house(
        self,
        building: str,
        unit: str,
        room: str,
        *,
        section: str = "",
        floor: str | None = None,
        kind: str = "residence",
        house_type: str | None = None,
        state: str | None = None,
        area: str | None = None,
    ) -> House:
        """Insert a house with its building and unit."""
        block = self.building(building, section)
        door = None
        if unit not in ("", "0"):
            door = (
                self.work.session.query(Unit)
                .filter_by(community_id=self.community.id, building_id=block.id, name=unit)
                .one_or_none()
            )
            door = door or self._add(
                Unit(
                    id=self.work.ids(),
                    community_id=self.community.id,
                    building_id=block.id,
                    name=unit,
                )
            )
        ref = HouseRef(section, building, unit, floor or "", room, kind)
        return self._add(
            House(
                id=self.work.ids(),
                community_id=self.community.id,
                building_id=block.id,
                unit_id=None if door is None else door.id,
                section_name=section,
                building_name=building,
                unit_name=unit,
                floor=floor,
                room=room,
                kind=kind,
                key=house_key(ref),
                house_type=house_type,
                state=state,
                surveyed_gross=None if area is None else Decimal(area),
                created_at=self.work.now(),
                updated_at=self.work.now(),
            )
        )

    def alias(self, house: House, kind: str, text: str) -> HouseAlias:
        """Give a house another name."""
        return self._add(
            HouseAlias(
                id=self.work.ids(),
                community_id=self.community.id,
                house_id=house.id,
                kind=kind,
                text=text,
                canonical=alias_key(text),
            )
        )

    def owner(
        self,
        name: str,
        *,
        houses: Sequence[House] = (),
        birth: date | None = None,
        sequence: int = 1,
        sex: str | None = None,
        phones: Sequence[str] = (),
        kind: str = OwnerKind.PERSON,
        id_status: str | None = None,
        number: str | None = None,
        until: date | None = None,
    ) -> Owner:
        """Insert an owner of `houses`; with `birth` a person gets an ID number of that day."""
        work, owner_id = self.work, self.work.ids()
        text = None if birth is None else id_number(birth, sequence)
        cipher, index = work.keys.field_cipher(), work.keys.blind_index()
        owner = self._add(
            Owner(
                id=owner_id,
                community_id=self.community.id,
                kind=kind,
                name=name,
                name_key=name_key(name),
                sex=sex,
                birth_month=None if birth is None else f"{birth:%Y-%m}",
                id_type=None if text is None else IdType.RESIDENT_ID,
                id_number_sealed=None
                if text is None
                else cipher.seal("owner", "id_number_sealed", owner_id, text),
                id_number_index=None
                if text is None
                else index.of("id_number", canonical_id_number(text)),
                id_status=id_status or (Mark.PRESENT if text else Mark.MISSING),
                number=number,
                created_at=work.now(),
                updated_at=work.now(),
            )
        )
        for position, phone in enumerate(phones):
            phone_id = work.ids()
            self._add(
                OwnerPhone(
                    id=phone_id,
                    community_id=self.community.id,
                    owner_id=owner.id,
                    position=position,
                    number_sealed=cipher.seal("owner_phone", "number_sealed", phone_id, phone),
                    number_index=index.of("phone", canonical_phone(phone)),
                )
            )
        for house in houses:
            self._add(
                Ownership(
                    id=work.ids(),
                    community_id=self.community.id,
                    house_id=house.id,
                    owner_id=owner.id,
                    kind=OwnershipKind.SOLE,
                    until=until,
                    created_at=work.now(),
                )
            )
        return owner

    def _add(self, row: T) -> T:
        self.work.session.add(row)
        self.work.session.flush()
        return row


def named(value: bytes | None) -> str:
    """Return the text of an id that must be there."""
    assert value is not None
    return id_text(value)
