"""Judging the rows of one table: whose house each is, and who owns it (3.1.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from itertools import islice
from typing import TYPE_CHECKING

from pcloud_cli.sheets.address import Pair
from pcloud_cli.sheets.carried import Carrier, merged_places, shared_with
from pcloud_cli.sheets.cells import Cell, Merge, SheetCells
from pcloud_cli.sheets.characters import seen
from pcloud_cli.sheets.co_owners import CoOwnerReader
from pcloud_cli.sheets.fields import HANDOVERS, HOUSE_FIELDS
from pcloud_cli.sheets.header_rows import is_other_header
from pcloud_cli.sheets.headers import named_document
from pcloud_cli.sheets.house import address_prefix
from pcloud_cli.sheets.house_columns import house_from_columns
from pcloud_cli.sheets.house_facts import RELATED, FactReader, Facts, Related, house_text
from pcloud_cli.sheets.house_ref import HouseRef, Refusal, house_key
from pcloud_cli.sheets.ordinary_rows import OrdinaryHouse, OrdinaryRows
from pcloud_cli.sheets.other_rows import (
    BLANK,
    GROUP,
    HEADING,
    NOTE,
    TOTAL,
    is_sum,
    is_total,
    what_else,
)
from pcloud_cli.sheets.others import OtherReader, agents_named
from pcloud_cli.sheets.people import NOBODY, Judge, Person, Places
from pcloud_cli.sheets.problems import problem
from pcloud_cli.sheets.row import AGENT, ERROR, OK, REPEATED, WIDTH
from pcloud_cli.sheets.shared_values import shared_values
from pcloud_cli.sheets.table import Table, letters
from pcloud_cli.sheets.values import judge_house_kind

if TYPE_CHECKING:
    from pcloud_cli.sheets.understand import Understanding

_TELLING = ("building", "address", "owner_name", "id_number", "phone")
_PEOPLE_FIELDS = (
    "owner_name",
    "owner_type",
    "owner_number",
    "sex",
    "birth",
    "id_type",
    "id_number",
    "share",
)
_OTHER_FIELDS = ("phone", "house_type", "house_status", *HANDOVERS, "remark")
_NOBODY_AT_ALL = (NOBODY,)
_NO_RELATED: Related = (None, None, None, None, None, None)
_SAID = {TOTAL: "total_row", NOTE: "note_row", GROUP: "group_row"}
_SHORTEST_PREFIXED = 5  # characters of an address that names more than building, unit and room
_NOBODYS = frozenset({"several_people", "other_nameless"})
"""Problems of cells that are given to nobody, and kept as text with the house."""


class SheetReader:
    """The columns of one table, looked up once, and the judging of its rows."""

    def __init__(
        self,
        target: Understanding,
        index: int,
        sheet: SheetCells,
        table: Table,
        broken: set[tuple[int, int]],
        merges: Sequence[Merge] = (),
    ) -> None:
        self._target = target
        self._index = index
        self._sheet = sheet.name
        self._first_column = sheet.first_column
        self._columns = table.columns
        self.own = tuple(column.place for column in table.columns)
        self._block, self._blocks = table.block, table.blocks
        self._headings = [
            (column.place, {row[at] for row in table.headings})
            for at, column in enumerate(table.columns)
        ]
        self._titles = table.titles
        self._letters = {column.key: column.letter for column in table.columns}
        self._fields = {column.key: column.field for column in table.columns}
        self.width = width = max(column.place for column in table.columns) + 1
        by_key = {column.key: column.place for column in table.columns}
        # a column that is not there reads the blank cell that is put behind every row
        self.places = {
            field: by_key.get(field, width)
            for field in (*HOUSE_FIELDS, *_PEOPLE_FIELDS, *_OTHER_FIELDS, *RELATED)
        }
        self._house_at = [self.places[field] for field in HOUSE_FIELDS]
        self.heading_words = {text for texts in table.headings for text in texts if text != ""}
        self.merged = merged_places(table, merges)
        self.ended = False
        self._carrier = Carrier(table, self.merged)
        self._grouped = bool(table.grouped)
        self._buildings = ""
        self._pair = _pair(table)
        self._has_owners = "owner_name" in self._fields
        self._number = 0
        self._broken: dict[int, set[int]] = {}
        for row, column in broken:
            self._broken.setdefault(row, set()).add(column - 1 - sheet.first_column)
        self.phone_places = phones = tuple(
            column.place for column in table.columns if column.field == "phone" and not column.whose
        )
        places = Places(phones, *(self.places[field] for field in _PEOPLE_FIELDS))
        self.shared = self._shared(sheet, table, places)
        document = next(
            (named_document(c.header) for c in table.columns if c.key == "id_number"), ""
        )
        self._judge = Judge(places, self.shared, target.today, document)
        self._co_owners = CoOwnerReader(table.columns, self._judge, self.note)
        self._others = OtherReader(table.columns, self.note)
        self._headers_of = {column.key: column.header for column in table.columns}
        self._kept: list[str] = []
        self._wrong = False
        self._facts = FactReader(table, self.places, self.note)
        self.areas = self._facts.areas

    def _shared(self, sheet: SheetCells, table: Table, places: Places) -> dict[Cell, int]:
        columns = [at for at in (places.id_number, *places.phones) if at < self.width]
        if not self._has_owners or not columns:
            return {}
        stream = sheet.stream
        if stream is not None:
            written = stream.written((places.name, *columns))
            found = shared_values(written, 0, range(1, 1 + len(columns)), b"")
            return {stream.meaning(value): count for value, count in found.items()}
        rows = islice(sheet.rows(), table.first_row - 1, None)
        return shared_values(rows, places.name, columns, "")

    def _add(
        self, row: int, letter: str, field: str, code: str, value: object, params: dict[str, str]
    ) -> None:
        shown = house_text(value) if isinstance(value, float) else value
        found = problem(
            self._sheet, row, letter, field, code, shown, params, strict=self._target.strict
        )
        self._wrong = self._wrong or found.severity == "error"
        self._target.problems.append(found)

    def note(
        self, code: str, key: str, value: object = "", params: dict[str, str] | None = None
    ) -> None:
        """Add a problem of the present row, at the column that has `key`."""
        letter, field = self._letters.get(key, ""), self._fields.get(key, key)
        self._add(self._number, letter, field, code, value, params or {})
        if code in _NOBODYS:
            text = f"{self._headers_of.get(key, key)}: {seen(house_text(value))}"  # type: ignore[arg-type]
            self._kept.append(" ".join(text.split()))

    def ordinary(self) -> OrdinaryRows | None:
        """Return what judges the ordinary rows of this table by the batch, None where its rows
        lean on each other or tell of more people than one."""
        leaning = self.merged or self._grouped or self._carrier.context
        more = self._co_owners.any or self._others.any or len(self._facts.plates) > 1
        if leaning or more or len(self.phone_places) != 1 or "room" not in self._fields:
            return None
        return OrdinaryRows(self, self._index, self._target.today, strict=self._target.strict)

    def passed(self, given: Sequence[Cell]) -> None:
        """Remember an ordinary row, on which the next one may lean. It is not a short one."""
        self._carrier.last = given

    def owned(self, number: int, given: Sequence[Cell], house: OrdinaryHouse) -> None:
        """Judge the people of a row whose house is an ordinary one."""
        self._number = number
        self._kept.clear()
        self._wrong = False
        self._carrier.last = given
        cells = [*given, ""] if len(given) == self.width else self._padded(given)
        self._with_people(number, [house.ref], house.facts, cells)

    @property
    def leans(self) -> bool:
        """Whether rows take their building from a row above them by now."""
        return bool(self._carrier.context)

    @property
    def odd_rows(self) -> Set[int]:
        """The numbers of the rows that hold the error of a formula."""
        return self._broken.keys()

    def row(self, number: int, given: Sequence[Cell]) -> bool:
        """Judge one raw row; return whether it held data."""
        if number not in self._broken:
            return self._judged(number, given)
        problems = self._target.problems
        before = len(problems)
        if self._judged(number, given):
            return True
        # a formula in a total or a heading is nobody's to mend
        problems[before:] = [each for each in problems[before:] if each.code != "formula_error"]
        return False

    def _judged(self, number: int, given: Sequence[Cell]) -> bool:
        width = self.width
        cells = [*given, ""] if len(given) == width else self._padded(given)
        self._number = number
        self._kept.clear()
        self._wrong = False
        if self._broken and number in self._broken:
            self._blank_errors(cells, self._broken[number])
        texts = [
            cell if type(cell) is str else house_text(cell)
            for cell in [cells[place] for place in self._house_at]
        ]
        room = texts[4] or texts[5]
        carrier = self._carrier
        if not room:
            if not self._is_data(cells, given):
                return False
            texts = self._texts(cells)
        elif room in self.heading_words and self._is_heading(cells):
            return False
        if self._grouped:
            carrier.fill(cells)
            texts = self._texts(cells)
        section, building, unit, floor, room, address, kind = texts
        if building != self._buildings:
            if is_total(building):
                return self._leave(TOTAL, given)
            self._buildings = building
        if carrier.context:
            section, building, unit = shared_with(carrier.context, section, building, unit)
        house = house_from_columns(
            section, building, unit, floor, room, address, kind, pair=self._pair
        )
        if isinstance(house, Refusal):
            return self._refuse(number, house, texts, given)
        carrier.last = cells
        if kind and (judged := judge_house_kind(kind)).code:
            self.note(judged.code, "house_kind", kind)
        if len(address or room) > _SHORTEST_PREFIXED:
            self._look_for_other_place(house, address, room)
        self._understood(number, house, cells)
        return True

    def _look_for_other_place(
        self, house: HouseRef | list[HouseRef], address: str, room: str
    ) -> None:
        """Say where a house of the same key came before with another road or estate."""
        text = address or room
        prefix = address_prefix(text, self._pair)
        if not prefix:
            return
        for ref in [house] if isinstance(house, HouseRef) else house:
            other = self._target.places.other(house_key(ref), prefix)
            if other:
                self.note(
                    "house_other_place", "address" if address else "room", text, {"other": other}
                )

    def _texts(self, cells: Sequence[Cell]) -> list[str]:
        return [
            cell if type(cell) is str else house_text(cell)
            for cell in [cells[place] for place in self._house_at]
        ]

    def _padded(self, given: Sequence[Cell]) -> list[Cell]:
        cells = list(given[: self.width])
        return [*cells, *[""] * (self.width + 1 - len(cells))]

    def _blank_errors(self, cells: list[Cell], broken: set[int]) -> None:
        for column in self._columns:
            if column.place in broken:
                cells[column.place] = ""
                self.note("formula_error", column.key)

    def _is_data(self, cells: list[Cell], given: Sequence[Cell]) -> bool:
        """Return whether a row without a room still speaks of a house or a person; one more
        owner of the house above is given that house."""
        if self._is_heading(cells):
            return False
        carrier = self._carrier
        own = [place for place in self.own if cells[place] != ""]
        texts = [text for cell in given if (text := house_text(cell).strip())]
        if not own:
            kind = BLANK if not texts else TOTAL if is_sum(texts) else what_else(texts) or NOTE
            if self._blocks > 1 and (self._block > 1 or not what_else(texts)):
                kind = BLANK  # it is the row of a list beside this one
            inside = given[: self.width] if kind in (TOTAL, NOTE) and not is_sum(texts) else ()
            return self._leave(kind, inside)
        if kind := what_else(texts):
            long = len(texts) == 1 and carrier.begins_group(texts[0], own[0])
            return self._leave(GROUP if long else kind, given)
        if carrier.continues(cells, given):
            carrier.carry(cells)
            self.note("house_carried", "room")
            return True
        if len(texts) == 1 and (texts[0] in self._titles or carrier.begins_group(texts[0], own[0])):
            return self._leave(GROUP, given)
        if any(cells[self.places[field]] != "" for field in _TELLING):
            return True
        return self._leave(TOTAL if is_sum(texts) else NOTE, given)

    def _is_heading(self, cells: Sequence[Cell]) -> bool:
        """Return whether a row repeats the header, as printed lists do on every page."""
        said = False
        for place, words in self._headings:
            if cells[place] != "":
                if cells[place] not in words:
                    return False
                said = True
        return said and not self._leave(HEADING, ())

    def _leave(self, kind: str, given: Sequence[Cell]) -> bool:
        """Count a row that is no data, say what it is where `given` is told, return False."""
        self._target.left_out[kind] += 1
        if kind != HEADING:
            self._carrier.last = None
        code = _SAID.get(kind)
        if code and any(cell != "" for cell in given):
            place = next(at for at, cell in enumerate(given) if cell != "")
            letter = letters(self._first_column + place)
            self._add(self._number, letter, "remark", code, house_text(given[place]), {})
        return False

    def _understood(
        self, number: int, house: HouseRef | list[HouseRef], cells: Sequence[Cell]
    ) -> None:
        refs = [house] if isinstance(house, HouseRef) else house
        facts = self._facts.facts(cells, one=len(refs) == 1)
        self._with_people(number, refs, facts, cells)

    def _with_people(
        self, number: int, refs: Sequence[HouseRef], facts: Facts, cells: Sequence[Cell]
    ) -> None:
        """Add what a row says of its `refs` (houses) and of the people it names."""
        wanted = self._has_owners and facts[1] != "unsold"
        household = self._judge.household(cells, self.note, wanted=wanted)
        if self._co_owners.any:
            household = self._co_owners.added(cells, household)
        owners = household.owners
        related = self._facts.related(cells)
        others = list(household.others)
        if self._others.any or related[4] or related[5]:
            more, tenant, family = self._others.read(cells, related[5], related[4])
            if len(owners) != 1 and any(other.kind == AGENT for other in more):
                self.note("several_people", "agent_name", agents_named(more))
                more = [other for other in more if other.kind != AGENT]
            others += more
            related = (*related[:4], family, tenant)
        if self._target.strict and owners:
            self._missing(owners[0])
        if self._kept:
            facts = (*facts[:-1], "; ".join(filter(None, (facts[-1], *self._kept))))
        packed = [other.packed() for other in others] or None
        self._emit(number, refs, facts, owners or _NOBODY_AT_ALL, related, packed)

    def _missing(self, owner: Person) -> None:
        """With ``--strict``, say that a field is missing that the table has a column for."""
        if owner.id_status == "missing" and "id_number" in self._fields and not self._wrong:
            self.note("id_missing", "id_number")
        if owner.phone_status == "missing" and "phone" in self._fields and not self._wrong:
            self.note("phone_missing", "phone")

    def _emit(
        self,
        number: int,
        refs: Sequence[HouseRef],
        facts: Facts,
        owners: Sequence[Person],
        related: Related,
        others: list[str] | None,
    ) -> None:
        """Add a row for each owner of each house, and look whether the house came before.

        What belongs to the household goes with its first owner, to the first house.
        """
        target = self._target
        target.error_rows += self._wrong
        owner_no = 0
        for ref in refs:
            section, building, unit, floor, room, kind = ref
            key = house_key(ref)
            for person in owners:
                owned = person is not NOBODY
                owner_no += owned
                status = ERROR if self._wrong else OK
                if not self._wrong:
                    met = target.seen.meet(key, number, person[2] or "", facts[2:8])
                    if met.differs and owner_no <= 1:
                        other = {"other": str(met.differs)}
                        self.note("house_area_differs", self.areas[0][2], "", other)
                    if met.row and not met.joint and (owned or not others):
                        self.note("house_twice", "room", room, {"other": str(met.row)})
                        status = REPEATED
                    elif met.joint:
                        if met.second:
                            target.meant_jointly(key)
                        if person.ownership_kind == "sole" and not person.share_numerator:
                            person = person._replace(ownership_kind="joint")  # noqa: PLW2901
                target.rows.append(
                    (self._index, number, owner_no if owned else 0, status, key, section, building,
                     unit, floor or None, room, kind or "residence", *facts, *person, *related,
                     others)
                )  # fmt: skip
                related, others = _NO_RELATED, None

    def _refuse(
        self, number: int, refusal: Refusal, texts: Sequence[str], given: Sequence[Cell]
    ) -> bool:
        """Keep a row out whose house cannot be told, with what its cells say; unless it turns out
        to be no data. Return whether it is."""
        words = [text for cell in given if (text := house_text(cell).strip())]
        if kind := what_else(words):
            return self._leave(kind, given)
        if is_other_header(words):
            self.ended = True
            return False
        self._carrier.last = None
        shown = " ".join(text for text in texts if text)
        key = "room" if "room" in self._fields else "address"
        self.note(refusal.code, key, shown, refusal.params)
        self._target.error_rows += 1
        head = (self._index, number, 0, ERROR, None, *[text or None for text in texts[:5]])
        self._target.rows.append((*head, *(None,) * (WIDTH - len(head))))
        return True


def _pair(table: Table) -> Pair:
    """Return what a bare ``2-301`` means in the room column, as its header tells."""
    header = next((c.header for c in table.columns if c.field == "room"), "")
    if "单元" in header:
        return "unit"
    return "building" if re.search("[楼栋幢座]", header) else ""
