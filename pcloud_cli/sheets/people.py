"""The people of one row: each owner with ID number, phones and share, nobody with another's.

Several people in one cell are parted only where names, ID numbers and phones match one to one;
what cannot be matched is listed and attached to nobody (3.1.1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pcloud_cli.sheets.cells import Cell
from pcloud_cli.sheets.characters import is_blank, seen
from pcloud_cli.sheets.identity import IdJudgement, judge_id, minor_code
from pcloud_cli.sheets.matching import (
    NO_ID,
    NO_SHARE,
    Note,
    listed,
    matched_ids,
    matched_phones,
    matched_shares,
    own_id,
)
from pcloud_cli.sheets.measures import Share, birth_agrees, judge_birth, judge_share
from pcloud_cli.sheets.names import NameJudgement, judge_name, split_names
from pcloud_cli.sheets.phone import PhoneEntry, PhoneJudgement, judge_phone, split_phones
from pcloud_cli.sheets.row import AGENT, FAMILY, TENANT, Other
from pcloud_cli.sheets.values import judge_id_type, judge_owner_type, judge_sex

_COMPANY_IDS = frozenset({"uscc"})
_YOUNG = "2000"  # who was born later may be a minor, or not born yet
_AGENT = re.compile(
    r"([^(（:：]+)[(（](?:委托)?(?:代理人|受托人|被委托人|代办人)[:： ]?([^)）:：]+)[)）]"
)


class Cells(NamedTuple):
    """The cells of a row that speak of people; ``""`` where the table has no such column."""

    phones: tuple[Cell, ...]
    name: Cell
    kind: Cell
    number: Cell
    sex: Cell
    birth: Cell
    id_type: Cell
    id_number: Cell
    share: Cell


class Person(NamedTuple):
    """One owner of a row, in the order of `Row` from owner_kind to share_denominator."""

    owner_kind: str | None
    owner_name: str | None
    owner_name_key: str | None
    owner_number: str | None
    sex: str | None
    birth: str | None
    id_type: str | None
    id_number: str | None
    id_status: str | None
    phone: str | None
    phone_status: str | None
    more_phones: list[str] | None
    ownership_kind: str | None
    share_numerator: int | None
    share_denominator: int | None


NOBODY = Person(*(None,) * 15)
"""What stands in a row of a house without owner."""


class Household(NamedTuple):
    """What a row says of people: its owners, and others whom its own cells name."""

    owners: Sequence[Person]
    others: Sequence[Other] = ()


class Places(NamedTuple):
    """Where in a row the cells stand that speak of people, in the order of `Cells`."""

    phones: tuple[int, ...]
    name: int
    kind: int
    number: int
    sex: int
    birth: int
    id_type: int
    id_number: int
    share: int


_new = tuple.__new__  # a named tuple made without its constructor, which takes four times as long


class Judge:
    """Judges the people of rows.

    `shared` are values that many people share, with how many; `today` is an ISO date or ``''``;
    `document` is what the header of the ID column says that it holds (护照号码), in its words.
    """

    def __init__(
        self, places: Places, shared: Mapping[Cell, int], today: str, document: str = ""
    ) -> None:
        self._places = places
        self._shared = shared
        self._today = today
        self._document = document

    def household(self, row: Sequence[Cell], note: Note, *, wanted: bool) -> Household:
        """Return who owns the house of a row. `wanted`: an owner is missing if nobody is named."""
        at = self._places
        name = row[at.name]
        if (
            type(name) is str
            and len(at.phones) == 1
            and row[at.kind] == row[at.birth] == row[at.share] == row[at.id_type] == ""
            and type(row[at.number]) is str
        ):
            quick = self._quick(name, row, note)
            if quick is not None:
                return quick
        cells = Cells(tuple(row[place] for place in at.phones), *(row[p] for p in at[1:]))
        return self.careful(cells, note, wanted=wanted)

    def _quick(self, name: str, row: Sequence[Cell], note: Note) -> Household | None:
        """Return the household of a row in which nothing calls for a second look, else None."""
        phones_at, _, _, number_at, sex_at, _, _, id_at, _ = self._places
        judged = judge_name(name)
        if judged.code or not judged.name:
            return None
        number = row[phones_at[0]]
        identity = judge_id(id_cell := row[id_at])  # type: ignore[arg-type]
        phone = judge_phone(number)
        if (
            identity.code
            or phone.code
            or identity.status != "present"
            or phone.status != "present"
            or number in self._shared
            or id_cell in self._shared
            or identity.id_type in _COMPANY_IDS
            or (self._today and identity.birth > _YOUNG)
        ):
            return None
        sex = identity.sex
        if (cell := row[sex_at]) != "":
            sex = _agreed_sex(cell, sex, note)
        person = _new(
            Person,
            (
                judged.kind,
                judged.name,
                judged.name_key,
                row[number_at] or None,
                sex or None,
                identity.birth or None,
                identity.id_type,
                identity.canonical,
                "present",
                phone.canonical,
                "present",
                None,
                "sole",
                None,
                None,
            ),
        )
        return _new(Household, ((person,), ()))

    def careful(self, cells: Cells, note: Note, *, wanted: bool) -> Household:
        """Return the household that `cells` tell of, looking at each of them."""
        name = cells.name if type(cells.name) is str else _text(cells.name)
        judged = judge_name(name)
        acted = _AGENT.fullmatch(name) if judged.several else None
        agents: tuple[Other, ...] = ()
        if acted and (agent := judge_name(acted[2])).name and not agent.several:
            judged, agents = judge_name(acted[1]), (Other(AGENT, agent.name),)
        if judged.code and not judged.several:
            note(judged.code, "owner_name", name)
        role = self._role(cells.kind, note) if cells.kind != "" else ""
        if not judged.name:
            self._nobody(cells, judged, note, wanted=wanted)
            return Household(())
        if judged.several:
            return Household(self._several(name, cells, note))
        if role in ("tenant", "family", "agent", "developer"):
            return self._other(role, judged.name, cells, note)
        return Household((self._one(judged, role, cells, note),), agents)

    def _role(self, cell: Cell, note: Note) -> str:
        value = judge_owner_type(_text(cell))
        if value.code:
            note(value.code, "owner_type", cell)
        return value.value

    def _nobody(self, cells: Cells, judged: NameJudgement, note: Note, *, wanted: bool) -> None:
        """Say that nobody is named, where a name is wanted or other cells speak of somebody."""
        if judged.code:
            return
        others = [cells.id_number, *cells.phones]
        if wanted or any(cell != "" and not is_blank(_text(cell)) for cell in others):
            note("name_missing", "owner_name", "")

    def _other(self, role: str, name: str, cells: Cells, note: Note) -> Household:
        """A row about somebody who is no owner: never taken for one."""
        if role not in (TENANT, FAMILY):
            # whose agent it is, the row does not say
            text = " ".join((name, *(_text(phone) for phone in cells.phones))).strip()
            note("owner_type_mismatch", "owner_type", cells.kind)
            note("several_people", "owner_name", text)
            return Household(())
        identity = self._identity(cells.id_number, cells.id_type, note)
        phones, _status = self._phones(cells.phones, name, note)
        phone = phones[0] if phones else ""
        birth, sex = identity.birth, identity.sex
        return Household((), (Other(role, name, phone, identity.canonical, birth, sex),))

    def _one(self, judged: NameJudgement, role: str, cells: Cells, note: Note) -> Person:
        identity = self._identity(cells.id_number, cells.id_type, note, judged)
        phones, status = self._phones(cells.phones, judged.name, note)
        share = NO_SHARE
        if cells.share != "":
            share = judge_share(_number_cell(cells.share))
            if share.code:
                note(share.code, "share", cells.share)
        kind = judged.kind
        if role == "company" or _of_a_company(identity, cells.id_type):
            if role == "person":
                note("owner_type_mismatch", "owner_type", cells.kind)
            kind = "company"
        return self._person(judged, kind, cells, identity, phones, status, share, note)

    def _person(
        self,
        judged: NameJudgement,
        kind: str,
        cells: Cells,
        identity: IdJudgement,
        phones: list[str],
        phone_status: str,
        share: Share,
        note: Note,
    ) -> Person:
        sex, birth = identity.sex, identity.birth
        if cells.sex != "":
            sex = _agreed_sex(cells.sex, sex, note)
        if cells.birth != "":
            birth = _agreed_birth(cells.birth, birth, note)
        if birth and self._today and kind == "person":
            code = minor_code(birth, self._today)
            if code:
                note(code, "id_number" if identity.birth else "birth", "")
        number = cells.number if type(cells.number) is str else _text(cells.number)
        return Person(
            kind,
            judged.name,
            judged.name_key,
            number.strip() or None,
            sex or None,
            birth or None,
            identity.id_type or None,
            identity.canonical or None,
            identity.status,
            phones[0] if phones else None,
            phone_status,
            phones[1:] or None,
            share.kind or "sole",
            share.numerator or None,
            share.denominator or None,
        )

    def _identity(
        self, cell: Cell, declared: Cell, note: Note, owner: NameJudgement | None = None
    ) -> IdJudgement:
        if declared != "" and type(declared) is str:
            kind = judge_id_type(declared)
            if kind.code:
                note(kind.code, "id_type", declared)
            identity = judge_id(_id_cell(cell), today=self._today)
            if identity.status != "present" or identity.id_type != kind.value:
                identity = judge_id(_id_cell(cell), declared, today=self._today)
        else:
            identity = judge_id(_id_cell(cell), today=self._today)
            if self._document and identity.status == "invalid":
                identity = judge_id(_id_cell(cell), self._document, today=self._today)
        if identity.canonical and cell in self._shared:
            note("id_shared", "id_number", cell, {"count": str(self._shared[cell])})
            return NO_ID
        if owner is not None:
            identity = own_id(owner, cell, identity, note)
        if identity.code:
            note(identity.code, "id_number", cell, identity.params)
        return identity

    def _phones(self, cells: Sequence[Cell], name: str, note: Note) -> tuple[list[str], str]:
        """Return the numbers that are the person's own, and the status of the first cell."""
        found: list[str] = []
        status = "missing"
        for position, cell in enumerate(cells):
            if cell == "":
                continue
            key = f"phone_{position + 1}" if position else "phone"
            first = judge_phone(cell)
            entries = [PhoneEntry("", first)]
            if first.code == "several_phones":
                entries = split_phones(_number_cell(cell))
            if first.canonical and cell in self._shared:
                note("phone_shared", key, cell, {"count": str(self._shared[cell])})
                continue
            own = [entry.judgement for entry in entries if entry.name in ("", name)]
            if len(own) < len(entries):
                note("several_people", key, cell)
            judged = self._own_phones(own, key, cell, note)
            found.extend(number for number in judged if number not in found)
            if status in ("missing", "") and own and not found:
                status = own[0].status
        return found, "present" if found else status

    def _own_phones(
        self, entries: Sequence[PhoneJudgement], key: str, cell: Cell, note: Note
    ) -> list[str]:
        codes = dict.fromkeys(entry.code for entry in entries if entry.code)
        for code in codes:
            note(code, key, cell)
        return [entry.canonical for entry in entries if entry.canonical]

    def _several(self, text: str, cells: Cells, note: Note) -> list[Person]:
        """Return the people that a name cell lists, each with what is certainly theirs."""
        names = [judge_name(name) for name in split_names(text)]
        names = [name for name in names if name.name and not name.several]
        if len(names) < 2 or len({name.name_key for name in names}) < len(names):
            note("several_people", "owner_name", text)
            return []
        ids = matched_ids(names, cells.id_number, note)
        keyed = [("phone" if at == 1 else f"phone_{at}", c) for at, c in enumerate(cells.phones, 1)]
        phones = matched_phones(names, keyed, note)
        shares = matched_shares(len(names), cells.share, note)
        sexes = listed(cells.sex, len(names)) or [""] * len(names)
        births = listed(cells.birth, len(names)) or [""] * len(names)
        people: list[Person] = []
        for at, name in enumerate(names):
            own = cells._replace(sex=sexes[at], birth=births[at], number="")
            numbers = list(dict.fromkeys(p.canonical for p in phones[at] if p.canonical))
            status = "present" if numbers else phones[at][0].status if phones[at] else "missing"
            people.append(
                self._person(name, name.kind, own, ids[at], numbers, status, shares[at], note)
            )
        return people


def _of_a_company(identity: IdJudgement, declared: Cell) -> bool:
    """Return whether a number makes a company of its owner: one that is valid, or that the list
    calls a company's. A mistyped one does not."""
    if identity.id_type not in _COMPANY_IDS:
        return False
    return identity.status == "present" or judge_id_type(_text(declared)).value in _COMPANY_IDS


def _agreed_sex(cell: Cell, known: str, note: Note) -> str:
    value = judge_sex(_text(cell))
    if value.code:
        note(value.code, "sex", cell)
    if known and value.value and value.value != known:
        note("sex_mismatch", "sex", cell)
    return known or value.value


def _agreed_birth(cell: Cell, known: str, note: Note) -> str:
    value = judge_birth(cell)  # type: ignore[arg-type]
    if value.code:
        note(value.code, "birth", cell)
    elif not birth_agrees(known, value.value):
        note("birth_mismatch", "birth", cell)
    return known or value.value


def _id_cell(cell: Cell) -> str | int | float:
    return cell if isinstance(cell, str | int | float) else str(cell)


_number_cell = _id_cell


def _text(cell: Cell) -> str:
    """Return a cell as text: a whole number without its ``.0``, a date as ISO text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def kept_text(cell: Cell) -> str | None:
    """Return free text as it is kept, None where the cell says nothing."""
    text = cell.strip() if isinstance(cell, str) else _text(cell)
    return None if not text or is_blank(text) else seen(text)
