"""Comparing understood rows with what is there: same house, same person, what would change.

A house is its canonical key, else another name that it has (旧房号, 销售房号). An owner is ID type
and number; else name and phone; else the name within that house; else new. A shared phone never
makes one person of two (3.1.1). What staff edited themselves no import overwrites, and another
owner on an owned house is for people to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pcloud_cli.services.imports.live import HOUSE_FACTS, Live, LiveHouse, LiveOwner, Number
from pcloud_cli.services.imports.met import Met
from pcloud_cli.services.imports.verdict import (
    CHANGED,
    CONFLICT,
    FIELD_EDITED,
    INSERT,
    NEW,
    NONE,
    UNCHANGED,
    UPDATE,
    Incoming,
    Verdict,
    blocked,
)

_HOUSE_NAMES = (*HOUSE_FACTS, "remark")
_new = tuple.__new__  # a third of the time of the class's own constructor


class Comparison:
    """Compares the rows of one file, chunk by chunk, remembering what the file itself brings."""

    def __init__(self, live: Live, new_id: Callable[[], bytes], *, as_new: bool = False) -> None:
        """`as_new` takes a house for new though one here differs in section or kind only."""
        self.live = live
        self._new_id = new_id
        self._met = Met()
        self._live_owners: dict[bytes, int] = {}  # the numbers in `_met` of owners that are there
        self._added_phones: set[tuple[bytes, bytes]] = set()  # to owners that are there
        self._updated: set[bytes] = set()
        self._ours: list[str] = []  # the fields that staff wrote, met in the row being judged
        self._told: set[tuple[bytes, str]] = set()
        self._called: dict[str, list[LiveHouse]] = {}
        self._as_new = as_new
        self._resembling: dict[str, LiveHouse] = {}
        self._houses: dict[str, LiveHouse] = {}
        self._owners: dict[bytes, list[LiveOwner]] = {}
        self._numbers: dict[Number, LiveOwner] = {}
        self._phones: dict[tuple[str, bytes], LiveOwner] = {}
        self._phones_of: dict[bytes, set[bytes]] = {}
        self.filled: set[bytes] = set()
        """Owners whom an earlier row brings without an ID number, and a later one gives his."""

    def prepare(self, chunk: list[Incoming]) -> None:
        """Look up what `chunk` may meet. Call before `judge` for each of its rows."""
        live = self.live
        if live.empty:
            return
        keys = {row.house_key for row in chunk}
        self._houses = live.houses(keys)
        self._called = live.houses_called(keys - self._houses.keys())
        by_name = {key: found[0] for key, found in self._called.items() if len(found) == 1}
        self._houses |= by_name
        live.aliased.update(by_name)
        if not self._as_new:
            self._resembling = live.resembling(
                keys - self._houses.keys() - {key for key, found in self._called.items() if found}
            )
        self._owners = live.owners_of([house.id for house in self._houses.values()])
        self._numbers = live.owners_by_number({r.number_index for r in chunk if r.number_index})
        self._phones = live.owners_by_phone({r.phone_index for r in chunk if r.phone_index})
        met = {owner.id for owners in self._owners.values() for owner in owners}
        met |= {owner.id for owner in (*self._numbers.values(), *self._phones.values())}
        self._phones_of = live.phones_of(met)

    def judge_all(self, rows: Iterable[Incoming]) -> list[Verdict]:
        """Return what becomes of each of the `rows` of a chunk that was prepared."""
        return [*map(self.judge, rows)] if not self.live.empty else self._judge_first(rows)

    def _judge_first(self, rows: Iterable[Incoming]) -> list[Verdict]:
        """Do what `judge` does, for a community in which there is nothing yet: most rows ever
        loaded are of this kind, and need none of its questions."""
        met, new_id = self._met, self._new_id
        house_of, person_of = met.houses.get, met.people.get
        found: list[Verdict] = []
        add = found.append
        for row in rows:
            key, _fields, _remark, name, number, phone, _sex, _own, kind, _share, _birth = row
            place = hash(key)
            house = house_of(place)
            if house:
                house_id, action, bound = met.house_id(house), NONE, False
            else:
                house_id, action, bound = new_id(), INSERT, True
                house = met.add_house(place, house_id)
            if name is None:
                add(
                    _new(
                        Verdict,
                        (NEW, house_id, action, None, None, NONE, None, False, False, None, ()),
                    )
                )
                continue
            named = hash((name, phone)) if phone else 0
            person = hash((kind, number)) if number else named
            owner = person_of(person) if person else 0
            if number and owner and not met.is_called(owner, name):
                verdict = blocked("number_of_another", house_id, None, new_id())
                add(verdict._replace(house_action=action))
                continue
            known = person_of(named) if named and number else 0
            if not owner and known and met.fill(known):
                owner = known
                self.filled.add(met.owner_id(owner))
            elif not owner and not number and not bound:
                owner = met.owner_called(name, house)
            if owner:
                owner_id, owner_action = met.owner_id(owner), NONE
                binds = bound or not met.owns(owner, house)
            else:
                owner_id, owner_action, binds = new_id(), INSERT, True
                owner = met.add_owner(owner_id, name, without_number=not number)
            if person:
                met.people.put(person, owner)
                if number and named and not known:
                    met.people.put(named, owner)
            if binds:
                met.bind(house, owner)
            adds = phone is not None and met.add_phone(owner, phone)
            status = NEW if binds or adds or owner_action == INSERT else UNCHANGED
            add(_new(Verdict, (status, house_id, action, None, owner_id, owner_action, None, adds,
                               binds, None, ())))  # fmt: skip
        return found

    def judge(self, row: Incoming) -> Verdict:
        """Return what becomes of `row`."""
        house = self._houses.get(row.house_key)
        if house is None:
            verdict = self._unknown_house(row)
        else:
            action = self._house_change(row, house)
            present = self._owners.get(house.id, [])
            verdict = self._with_owner(row, house.id, action, house.version, present)
        if self._ours:
            if verdict.conflict is None:
                verdict = verdict._replace(
                    status=CONFLICT, conflict=FIELD_EDITED, fields=tuple(self._ours)
                )
            self._ours = []
        return verdict

    def _unknown_house(self, row: Incoming) -> Verdict:
        if len(self._called.get(row.house_key, ())) > 1:
            verdict = blocked("house_name_shared", self._new_id(), None, self._new_id())
            return verdict._replace(fields=("address",))
        like = self._resembling.get(row.house_key)
        if like is not None:
            return blocked("house_resembles", like.id, like.version, self._new_id())._replace(
                fields=("address",)
            )
        place = hash(row.house_key)
        house = self._met.houses.get(place)
        if house:
            return self._with_owner(row, self._met.house_id(house), NONE, None, [], house)
        house_id = self._new_id()
        house = self._met.add_house(place, house_id)
        return self._with_owner(row, house_id, INSERT, None, [], house)

    def _house_change(self, row: Incoming, house: LiveHouse) -> str:
        """Return whether `row` says otherwise of the house than stands there."""
        pairs = zip(
            _HOUSE_NAMES,
            (*row.house_fields, row.remark_index),
            (*house.fields, house.remark_index),
            strict=True,
        )
        differing = [name for name, given, there in pairs if given is not None and given != there]
        free = self._free(house.id, house.edited, differing)
        if not free or house.id in self._updated:
            return NONE
        self._updated.add(house.id)
        return UPDATE

    def _free(self, id_: bytes, edited: str | None, differing: list[str]) -> list[str]:
        """Return the `differing` fields without those that staff wrote, which are noted once."""
        if not edited:
            return differing
        for name in differing:
            if f",{name}," in edited and (id_, name) not in self._told:
                self._told.add((id_, name))
                self._ours.append(name)
        return [name for name in differing if f",{name}," not in edited]

    def _with_owner(
        self,
        row: Incoming,
        house_id: bytes,
        house_action: str,
        version: int | None,
        present: list[LiveOwner],
        house: int = 0,
    ) -> Verdict:
        base = NEW if version is None else CHANGED if house_action == UPDATE else UNCHANGED
        if row.name_key is None:
            return Verdict(base, house_id, house_action, version, None, NONE, None, False, False)
        if not present:
            house = house or self._number_of_house(house_id)
            return self._binding(row, house, house_id, house_action, version)
        same = _same_person(row, present)
        if isinstance(same, str):
            if house_action == UPDATE:
                self._updated.discard(house_id)  # another row of the house may bring it
            return blocked(same, house_id, version, self._new_id())
        action, adds_phone = self._owner_change(row, same)
        status = CHANGED if action == UPDATE or adds_phone else base
        return Verdict(
            status,
            house_id,
            house_action,
            version,
            same.id,
            action,
            same.version,
            adds_phone,
            False,
        )

    def _binding(
        self, row: Incoming, house: int, house_id: bytes, house_action: str, version: int | None
    ) -> Verdict:
        """A house that nobody owns yet: find the person, or make one, and bind them."""
        if self._number_of_another(row):
            # the house is brought; whose it is, people decide
            verdict = blocked("number_of_another", house_id, version, self._new_id())
            return verdict._replace(house_action=house_action)
        assert row.name_key is not None  # noqa: S101 - the caller looked
        met = self._met
        status = NEW if version is None else CHANGED
        known = self._known_owner(row)
        owner_version = None
        if known is not None:
            owner_id, owner_version = known.id, known.version
            action, adds = self._owner_change(row, known)
            owner = self._number_of_owner(known)
            if adds:
                met.add_phone(owner, row.phone_index)
        else:
            owner = self._owner_of_file(row, house)
            action = NONE if owner else INSERT
            if owner:
                owner_id = met.owner_id(owner)
            else:
                owner_id = self._new_id()
                owner = met.add_owner(owner_id, row.name_key, without_number=not row.number_index)
            adds = row.phone_index is not None and met.add_phone(owner, row.phone_index)
        person, named = _person(row), _named(row)
        if person:
            met.people.put(person, owner)
        if named and not met.people.get(named):
            met.people.put(named, owner)
        binds = not met.owns(owner, house)
        if binds:
            met.bind(house, owner)
        if not binds and action == NONE and house_action == NONE and not adds:
            status = UNCHANGED
        return Verdict(
            status, house_id, house_action, version, owner_id, action, owner_version, adds, binds
        )

    def _number_of_house(self, house_id: bytes) -> int:
        """Return the number in what was met of a house that is there already."""
        key = hash(house_id)
        return self._met.houses.get(key) or self._met.add_house(key, house_id)

    def _number_of_owner(self, owner: LiveOwner) -> int:
        number = self._live_owners.get(owner.id)
        if number is None:
            number = self._live_owners[owner.id] = self._met.add_owner(owner.id, owner.name_key)
        return number

    def _number_of_another(self, row: Incoming) -> bool:
        """Return whether the ID number of `row` is known, here or in the file, by another name."""
        if row.number_index is None:
            return False
        known = self._numbers.get((row.id_type, row.number_index))
        own = self._met.people.get(_person(row))
        name = row.name_key or ""
        return (known is not None and known.name_key != name) or (
            own > 0 and not self._met.is_called(own, name)
        )

    def _known_owner(self, row: Incoming) -> LiveOwner | None:
        if row.number_index:
            known = self._numbers.get((row.id_type, row.number_index))
            if known is not None:
                return known
        if row.phone_index and row.name_key:
            known = self._phones.get((row.name_key, row.phone_index))
            if known is not None and (not row.number_index or known.id_number_index is None):
                return known
        return None

    def _owner_of_file(self, row: Incoming, house: int) -> int:
        """Return the number of the owner whom the file named before, 0 if it did not."""
        met = self._met
        person = _person(row)
        owner = met.people.get(person) if person else 0
        if not owner and row.number_index and (named := _named(row)):
            known = met.people.get(named)
            if known and met.fill(known):
                self.filled.add(met.owner_id(known))
                return known
        if owner or row.number_index:
            return owner
        return met.owner_called(row.name_key or "", house)

    def _owner_change(self, row: Incoming, owner: LiveOwner) -> tuple[str, bool]:
        differing = []
        if row.number_index is not None and owner.id_number_index is None:
            differing.append("id_number")
        # once there is a number, it tells both
        told = owner.id_number_index is not None
        if row.sex is not None and row.sex != owner.sex and not (told and owner.sex):
            differing.append("sex")
        if row.birth_month not in (None, owner.birth_month) and not told:
            differing.append("birth_month")
        if row.owner_number is not None and row.owner_number != owner.number:
            differing.append("number")
        action = NONE
        if self._free(owner.id, owner.edited, differing) and owner.id not in self._updated:
            action = UPDATE
            self._updated.add(owner.id)
        adds = (
            row.phone_index is not None
            and row.phone_index not in self._phones_of.get(owner.id, ())
            and (owner.id, row.phone_index) not in self._added_phones
            and bool(self._free(owner.id, owner.edited, ["phones"]))
        )
        if adds and row.phone_index is not None:
            self._added_phones.add((owner.id, row.phone_index))
        return action, adds


def _person(row: Incoming) -> int:
    """Return the hash of what tells a person of the file from others, 0 where nothing does.

    His ID number, else name and phone; else nobody but the house he owns knows him.
    """
    return hash((row.id_type, row.number_index)) if row.number_index else _named(row)


def _named(row: Incoming) -> int:
    return hash((row.name_key, row.phone_index)) if row.phone_index else 0


def _same_person(row: Incoming, present: list[LiveOwner]) -> LiveOwner | str:
    """Return which of the `present` owners `row` tells of, or why that needs a decision."""
    named = [owner for owner in present if owner.name_key == row.name_key]
    if row.number_index:
        number = (row.id_type, row.number_index)
        for owner in present:
            if (owner.id_type, owner.id_number_index) == number:
                return _shared(row, owner) if owner in named else "owner_renamed"
        for owner in named:
            # a number where none was is filled in; another number is another person
            if owner.id_number_index is None:
                return _shared(row, owner)
        return "owner_number_differs" if named else "owner_differs"
    return _shared(row, named[0]) if named else "owner_differs"


def _shared(row: Incoming, owner: LiveOwner) -> LiveOwner | str:
    """Return `owner`, unless the file gives him another share of the house than he has here."""
    if row.share is None:
        return owner
    if owner.share is None:
        return "share_differs"  # he owns jointly here
    (part, whole), (ours, of) = row.share, owner.share
    return owner if part * of == ours * whole else "share_differs"
