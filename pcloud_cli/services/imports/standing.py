"""What stands here of the houses and owners that staged rows speak of, to be shown beside them.

Before a batch is applied that is what lives now; afterwards it is what the batch wrote over, kept
in `import_before_…`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.house import House
from pcloud_cli.models.imports import (
    BatchState,
    ImportBatch,
    ImportBeforeHouse,
    ImportBeforeOwner,
    ImportRow,
)
from pcloud_cli.models.owner import Owner, OwnerPhone, Ownership
from pcloud_cli.security.mask import mask_id, mask_phone
from pcloud_cli.services import places
from pcloud_cli.services.imports.statements import BEFORE_HOUSE, BEFORE_OWNER

_LIVE = (BatchState.APPLIED.value, BatchState.UNDONE.value)


class Held(NamedTuple):
    """An owner of a house here, and his share of it, None where he has none of his own."""

    owner: Owner
    kind: str
    share: tuple[int, int] | None


class Standing:
    """What stands here, looked up once for a chunk of `rows` of `batch`.

    Houses and owners are mappings of the columns that an import may write, and `edited_fields`.
    `clear` shows private values in full.
    """

    def __init__(
        self, work: Work, batch: ImportBatch, rows: Sequence[ImportRow], *, clear: bool = False
    ) -> None:
        self._work = work
        self._clear = clear
        session, community = work.session, batch.community_id
        house_ids = {row.house_id for row in rows}
        owner_ids = {row.owner_id for row in rows if row.owner_id is not None}
        self.houses: dict[bytes, dict[str, Any]] = {}
        self.owners: dict[bytes, dict[str, Any]] = {}
        living = session.scalars(
            select(House).where(House.community_id == community, House.id.in_(house_ids))
        )
        self.addresses: dict[bytes, str] = {}
        for house in living:
            self.addresses[house.id] = places.address(house)
            self.houses[house.id] = _columns(house, BEFORE_HOUSE, house.edited_fields)
        people = session.scalars(
            select(Owner).where(Owner.community_id == community, Owner.id.in_(owner_ids))
        )
        for owner in people:
            self.owners[owner.id] = _columns(owner, BEFORE_OWNER, owner.edited_fields)
        if batch.state in _LIVE:
            self._put_back(batch, house_ids, owner_ids)
        self.held = self._held(community, house_ids)
        self._phones = self._phones_of(community, owner_ids)
        numbers = {row.id_number_index for row in rows if row.problems == "number_of_another"}
        self.by_number = {
            (owner.id_type, owner.id_number_index): owner
            for owner in session.scalars(
                select(Owner).where(
                    Owner.community_id == community, Owner.id_number_index.in_(numbers)
                )
            )
        }

    def _put_back(self, batch: ImportBatch, house_ids: set[bytes], owner_ids: set[bytes]) -> None:
        """Let what the batch wrote over stand in place of what lives now."""
        session = self._work.session
        was = ImportBeforeHouse
        for found in session.scalars(
            select(was).where(was.batch_id == batch.id, was.house_id.in_(house_ids))
        ):
            edited = self.houses.get(found.house_id, {}).get("edited_fields")
            self.houses[found.house_id] = _columns(found, BEFORE_HOUSE, edited)
        were = ImportBeforeOwner
        for one in session.scalars(
            select(were).where(were.batch_id == batch.id, were.owner_id.in_(owner_ids))
        ):
            edited = self.owners.get(one.owner_id, {}).get("edited_fields")
            self.owners[one.owner_id] = _columns(one, BEFORE_OWNER, edited)

    def _held(self, community: bytes, house_ids: set[bytes]) -> dict[bytes, list[Held]]:
        found: dict[bytes, list[Held]] = defaultdict(list)
        query = (
            select(Ownership, Owner)
            .join(Owner, Owner.id == Ownership.owner_id)
            .where(
                Ownership.community_id == community,
                Ownership.house_id.in_(house_ids),
                Ownership.until.is_(None),
            )
            .order_by(Ownership.id)
        )
        for own, owner in self._work.session.execute(query):
            part, whole = own.share_numerator, own.share_denominator
            share = (part, whole) if part and whole else None
            found[own.house_id].append(Held(owner, own.kind, share))
        return found

    def _phones_of(self, community: bytes, owner_ids: set[bytes]) -> dict[bytes, list[OwnerPhone]]:
        found: dict[bytes, list[OwnerPhone]] = defaultdict(list)
        query = select(OwnerPhone).where(
            OwnerPhone.community_id == community, OwnerPhone.owner_id.in_(owner_ids)
        )
        for phone in self._work.session.scalars(query.order_by(OwnerPhone.position, OwnerPhone.id)):
            found[phone.owner_id].append(phone)
        return found

    def phones(self, owner_id: bytes, *, but: bytes | None = None) -> str:
        """Return the phones of an owner, but for the one that the row itself brought."""
        return "、".join(
            self.phone(phone.id, phone.number_sealed)
            for phone in self._phones.get(owner_id, ())
            if phone.id != but
        )

    def has_phone(self, owner_id: bytes, phone_id: bytes, sealed: bytes) -> bool:
        """Return whether an owner has the phone here that is `sealed` for `phone_id`."""
        opened = self._work.keys.open
        given = opened("owner_phone", "number_sealed", phone_id, sealed)
        return any(
            opened("owner_phone", "number_sealed", phone.id, phone.number_sealed) == given
            for phone in self._phones.get(owner_id, ())
        )

    def number(self, owner_id: bytes, sealed: bytes | None) -> str:
        """Return an ID number, masked unless in clear; ``''`` for none."""
        return self._opened("owner", "id_number_sealed", owner_id, sealed, mask_id)

    def phone(self, phone_id: bytes, sealed: bytes | None) -> str:
        """Return a phone number, masked unless in clear; ``''`` for none."""
        return self._opened("owner_phone", "number_sealed", phone_id, sealed, mask_phone)

    def remark(self, house_id: bytes, sealed: bytes | None) -> str:
        """Return the first sign of a remark and its length, or all of it in clear."""
        return self._opened("house", "remark_sealed", house_id, sealed, _remark)

    def person(self, name: str | None, owner_id: bytes, sealed: bytes | None) -> str:
        """Return a person as name and ID number."""
        return " ".join(filter(None, (name, self.number(owner_id, sealed))))

    def _opened(
        self, table: str, column: str, row_id: bytes, sealed: bytes | None, mask: Any
    ) -> str:
        if sealed is None:
            return ""
        text = self._work.keys.open(table, column, row_id, sealed)
        return text if self._clear else str(mask(text))


def _remark(text: str) -> str:
    return f"{text[0]}** ({len(text)})"


def _columns(row: Any, names: Sequence[str], edited: str | None) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in names}
    return {**found, "edited_fields": edited}
