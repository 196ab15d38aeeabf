"""What a file itself brought so far: its houses, its people, who owns what; some 150 bytes a row.

People and houses are numbers from 1; what they are found by is kept as hashes (`sheets.slots`).
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable

from pcloud_cli.sheets.slots import Slots

_ID = 16


class Met:
    """The houses and people met in one file. 0 stands for none of them."""

    def __init__(self) -> None:
        self.houses = Slots()
        """Hash of a house's key, or of its id where it is there already → its number."""
        self.people = Slots()
        """Hash of what tells a person apart → the number of the owner."""
        self._house_ids = bytearray(_ID)
        self._owner_ids = bytearray(_ID)
        self._names = array("q", (0,))
        # chains: the last link of each house or owner, and of each link the one before it
        self._last_binding = array("I", (0,))
        self._bound_owner = array("I", (0,))
        self._binding_before = array("I", (0,))
        self._phone = array("q", (0,))  # of each owner the first one
        self._more_phones: dict[int, set[int]] = {}
        self._open = bytearray(1)  # 1 for an owner whom the file brought without an ID number

    def add_house(self, key: int, id_: bytes) -> int:
        """Take note of a house by the hash it will be looked up by; return its number."""
        number = len(self._last_binding)
        self._house_ids += id_
        self._last_binding.append(0)
        self.houses.put(key, number)
        return number

    def house_id(self, house: int) -> bytes:
        """Return the id of a house."""
        return bytes(self._house_ids[_ID * house : _ID * house + _ID])

    def add_owner(self, id_: bytes, name_key: str, *, without_number: bool = False) -> int:
        """Take note of an owner, one `without_number` being new and known by name alone so far;
        return the number."""
        number = len(self._names)
        self._owner_ids += id_
        self._names.append(hash(name_key))
        self._phone.append(0)
        self._open.append(without_number)
        return number

    def fill(self, owner: int) -> bool:
        """Return whether `owner` was one without an ID number; from now on he has one."""
        was, self._open[owner] = self._open[owner], 0
        return bool(was)

    def owner_id(self, owner: int) -> bytes:
        """Return the id of an owner."""
        return bytes(self._owner_ids[_ID * owner : _ID * owner + _ID])

    def is_called(self, owner: int, name_key: str) -> bool:
        """Return whether that is the owner's name."""
        return self._names[owner] == hash(name_key)

    def bind(self, house: int, owner: int) -> None:
        """Take note that `owner` owns `house`."""
        self._bound_owner.append(owner)
        self._binding_before.append(self._last_binding[house])
        self._last_binding[house] = len(self._bound_owner) - 1

    def owns(self, owner: int, house: int) -> bool:
        """Return whether `owner` was bound to `house`."""
        at = self._last_binding[house]
        while at:
            if self._bound_owner[at] == owner:
                return True
            at = self._binding_before[at]
        return False

    def owner_called(self, name_key: str, house: int) -> int:
        """Return the owner of `house` with that name, the last one bound of several."""
        name = hash(name_key)
        at = self._last_binding[house]
        while at:
            owner = self._bound_owner[at]
            if self._names[owner] == name:
                return owner
            at = self._binding_before[at]
        return 0

    def add_phone(self, owner: int, phone: Hashable) -> bool:
        """Take note of a phone of `owner`; return whether it is a new one."""
        wanted = hash(phone)
        first = self._phone[owner]
        if not first:
            self._phone[owner] = wanted
            return True
        if first == wanted:
            return False
        more = self._more_phones.setdefault(owner, set())
        if wanted in more:
            return False
        more.add(wanted)
        return True
