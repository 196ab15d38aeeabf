"""What is there already: the houses, owners and phones that a chunk of rows may meet.

One query a kind and chunk, never one a row; a community without houses is not asked at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from pcloud_cli.models.community import Section
from pcloud_cli.models.house import AREA_COLUMNS, House, HouseAlias
from pcloud_cli.models.owner import Owner, OwnerPhone, Ownership, OwnershipKind
from pcloud_cli.services.house import alias_key
from pcloud_cli.sheets.house_ref import HouseRef, house_key, house_text

HOUSE_FACTS = (
    "floor",
    "house_type",
    "state",
    *AREA_COLUMNS,
    "handover_planned",
    "handover_contract",
    "handover_date",
)
"""What a workbook may say of a house besides its address, by the names of the live columns."""

_T = TypeVar("_T")
Share = tuple[int, int]
Number = tuple[str | None, bytes]
"""An ID number as people are told apart by it: the kind of document, and the blind index."""

_MISTAKEN = frozenset({"residence", "shop", "office", "villa", "other"})
"""The kinds that a list without a column for them may leave unsaid."""

_MANY = 1000  # values in one IN (…); far below every driver's limit


class LiveHouse(NamedTuple):
    """A house as it stands: `fields` by the order of HOUSE_FACTS, as text.

    `edited` are the fields that staff wrote themselves (`services.edited`), None for none.
    """

    id: bytes
    version: int
    fields: tuple[str | None, ...]
    remark_index: bytes | None
    edited: str | None


class LiveOwner(NamedTuple):
    """An owner as it stands, without anything that would have to be opened.

    `share` is that of the house he was looked up by, where he was; None where he owns jointly.
    """

    id: bytes
    version: int
    name_key: str
    id_number_index: bytes | None
    sex: str | None
    number: str | None
    birth_month: str | None
    id_type: str | None
    edited: str | None
    share: Share | None = None


class Live:
    """Looks up what a chunk of rows may meet in one community."""

    def __init__(self, session: Session, community_id: bytes) -> None:
        self._session = session
        self._community = community_id
        self.aliased: set[str] = set()
        """Keys that a house was found by which has another number now."""
        self.spelt: dict[bytes, bytes] = {}
        """Blind indexes of older keys, and those of the same values by the key in use."""
        self.empty = not session.scalar(
            select(exists().where(House.community_id == community_id))
        ) and not session.scalar(select(exists().where(Owner.community_id == community_id)))
        self._aliases = not self.empty and session.scalar(
            select(exists().where(HouseAlias.community_id == community_id))
        )

    def houses(self, keys: Collection[str]) -> dict[str, LiveHouse]:
        """Return the houses of `keys` by key."""
        found = {}
        for part in _parts(keys):
            query = select(House.key, *_HOUSE).where(
                House.community_id == self._community, House.key.in_(part)
            )
            for key, *values in self._session.execute(query):
                found[key] = self._house(values)
        return found

    def houses_called(self, keys: Collection[str]) -> dict[str, list[LiveHouse]]:
        """Return the houses that have, or had, another name which one of `keys` spells.

        Every house of that name, so that the caller sees where a name is not enough.
        """
        found: dict[str, list[LiveHouse]] = defaultdict(list)
        if not self._aliases:
            return found
        spelt: dict[str, set[str]] = defaultdict(set)
        for key in keys:
            for name in spellings(key):
                spelt[name].add(key)
        for part in _parts(spelt):
            query = (
                select(HouseAlias.canonical, *_HOUSE)
                .join(
                    House,
                    (House.community_id == HouseAlias.community_id)
                    & (House.id == HouseAlias.house_id),
                )
                .where(HouseAlias.community_id == self._community, HouseAlias.canonical.in_(part))
            )
            for name, *values in self._session.execute(query):
                house = self._house(values)
                for key in spelt[name]:
                    if house not in found[key]:
                        found[key].append(house)
        return found

    def resembling(self, keys: Iterable[str]) -> dict[str, LiveHouse]:
        """Return for each of `keys` the house whose key differs only where one of the two lists
        may have said nothing: in the section, which one of them lacks, or in the kind.

        Storage rooms are counted beside the flats and have their numbers again.
        """
        meant: dict[str, list[str]] = defaultdict(list)
        for key in keys:
            section, place, kind = key.split("|", 1)[0], *key.split("|", 1)[1].rsplit("|", 1)
            others = self._sections if not section else [""]
            for near in (
                *(f"{other}|{place}|{kind}" for other in others),
                *(
                    f"{section}|{place}|{other}"
                    for other in _MISTAKEN
                    if {kind, other} <= _MISTAKEN
                ),
            ):
                if near != key:
                    meant[near].append(key)
        found: dict[str, LiveHouse] = {}
        for near, house in self.houses(meant).items():
            for key in meant[near]:
                found.setdefault(key, house)
        return found

    @cached_property
    def _sections(self) -> list[str]:
        """The sections of the community, as they stand in keys."""
        names = self._session.scalars(
            select(Section.name).where(Section.community_id == self._community)
        )
        keys = [house_key(HouseRef(name, "1", "", "", "101", "")) for name in names]
        return sorted({key.split("|")[0] for key in keys})

    def owners_of(self, house_ids: Collection[bytes]) -> dict[bytes, list[LiveOwner]]:
        """Return the present owners of `house_ids` by house."""
        found: dict[bytes, list[LiveOwner]] = defaultdict(list)
        for part in _parts(house_ids):
            query = (
                select(
                    Ownership.house_id,
                    Ownership.share_numerator,
                    Ownership.share_denominator,
                    Ownership.kind,
                    *_OWNER,
                )
                .join(Owner, Owner.id == Ownership.owner_id)
                .where(
                    Ownership.community_id == self._community,
                    Ownership.house_id.in_(part),
                    Ownership.until.is_(None),
                )
            )
            for house_id, part_of, whole, kind, *values in self._session.execute(query):
                share = (1, 1) if kind == OwnershipKind.SOLE else None
                if part_of and whole:
                    share = part_of, whole
                found[house_id].append(self._owner(values)._replace(share=share))
        return found

    def owners_by_number(self, indexes: Collection[bytes]) -> dict[Number, LiveOwner]:
        """Return the owners whose ID number has one of the blind `indexes`, by kind and index."""
        found = {}
        for part in _parts(self._in_every_spelling(indexes)):
            query = select(*_OWNER).where(
                Owner.community_id == self._community, Owner.id_number_index.in_(part)
            )
            for values in self._session.execute(query):
                owner = self._owner(values)
                if owner.id_number_index is not None:
                    found[owner.id_type, owner.id_number_index] = owner
        return found

    def owners_by_phone(self, indexes: Collection[bytes]) -> dict[tuple[str, bytes], LiveOwner]:
        """Return the owners who have one of the phones, by (name key, phone index).

        Of several with one name and one phone, the one who has been here longest.
        """
        found: dict[tuple[str, bytes], LiveOwner] = {}
        for part in _parts(self._in_every_spelling(indexes)):
            query = (
                select(OwnerPhone.number_index, *_OWNER)
                .join(Owner, Owner.id == OwnerPhone.owner_id)
                .where(
                    OwnerPhone.community_id == self._community,
                    OwnerPhone.number_index.in_(part),
                )
            )
            for spelt, *values in self._session.execute(query):
                owner, index = self._owner(values), self.spelt.get(spelt, spelt)
                known = found.setdefault((owner.name_key, index), owner)
                if owner.id < known.id:
                    found[owner.name_key, index] = owner
        return found

    def phones_of(self, owner_ids: Collection[bytes]) -> dict[bytes, set[bytes]]:
        """Return the blind indexes of the phones of `owner_ids`."""
        found: dict[bytes, set[bytes]] = defaultdict(set)
        for part in _parts(owner_ids):
            query = select(OwnerPhone.owner_id, OwnerPhone.number_index).where(
                OwnerPhone.community_id == self._community, OwnerPhone.owner_id.in_(part)
            )
            for owner_id, index in self._session.execute(query):
                found[owner_id].add(self.spelt.get(index, index))
        return found

    def _in_every_spelling(self, indexes: Collection[bytes]) -> Collection[bytes]:
        """Return `indexes` and what older keys make of the same values."""
        if not self.spelt:
            return indexes
        return {*indexes, *(old for old, new in self.spelt.items() if new in indexes)}

    def _house(self, values: Sequence[Any]) -> LiveHouse:
        house = _house(values)
        remark = house.remark_index
        return (
            house if remark not in self.spelt else house._replace(remark_index=self.spelt[remark])
        )

    def _owner(self, values: Sequence[Any]) -> LiveOwner:
        owner = LiveOwner(*values)
        number = owner.id_number_index
        return (
            owner
            if number not in self.spelt
            else owner._replace(id_number_index=self.spelt[number])
        )


_OWNER = (
    Owner.id,
    Owner.version,
    Owner.name_key,
    Owner.id_number_index,
    Owner.sex,
    Owner.number,
    Owner.birth_month,
    Owner.id_type,
    Owner.edited_fields,
)
_HOUSE = (
    House.id,
    House.version,
    House.remark_index,
    House.edited_fields,
    *(getattr(House, name) for name in HOUSE_FACTS),
)


def spellings(key: str) -> list[str]:
    """Return how another name may be kept that means the house of `key`.

    Numbers that were renumbered are kept as their key, names that people gave as `house.alias_key`
    has them: ``1栋2单元301``, ``1-2-301``.
    """
    section, building, unit, room, kind = key.split("|")
    room = room.rpartition("\\F")[2]
    section_text = f"{section}期" if section.isdecimal() else section
    ref = HouseRef(section_text, building, unit, "", room, kind)
    short = "-".join(piece for piece in (building, unit, room) if piece)
    names = [house_text(ref), f"{section_text}{short}", "-".join(filter(None, (section, short)))]
    return list(dict.fromkeys([key, *(alias_key(name) for name in names)]))


def _house(values: Sequence[Any]) -> LiveHouse:
    id_, version, remark, edited, *fields = values
    texts = tuple(None if value is None else str(value) for value in fields)
    return LiveHouse(id_, version, texts, remark, edited)


def _parts(values: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(values)
    while part := list(islice(rest, _MANY)):
        yield part
