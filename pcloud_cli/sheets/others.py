"""The people of a row who do not own the house: tenants, family members, agents (3.1.1, 3.1.2).

They stand in columns of their own, or in one cell with phone, number and relation beside the
name (``李四|138…|证件号|妻子；…``). What cannot be parted for certain stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pcloud_cli.sheets.cells import Cell
from pcloud_cli.sheets.characters import is_blank, plain, seen
from pcloud_cli.sheets.identity import judge_id
from pcloud_cli.sheets.names import is_usual, judge_name
from pcloud_cli.sheets.phone import judge_phone
from pcloud_cli.sheets.row import AGENT, FAMILY, TENANT, Other
from pcloud_cli.sheets.values import judge_sex

if TYPE_CHECKING:
    from pcloud_cli.sheets.table import Column

Note = Callable[..., None]
"""note(code, key, value, params): a problem of the row, at the column that has the key."""

_ENTRIES = re.compile(r"[;；\n]+")
_PIECES = re.compile(r"[|｜\s,，:：()（）]+")
_NAMES = re.compile(r"[、,，;；/／\n]+")
_RELATION_WORDS = """
本人 配偶 妻 妻子 夫 丈夫 父 父亲 母 母亲 父母 子 儿子 女 女儿 子女 儿媳 女婿 岳父 岳母 公公 婆婆
祖父 祖母 外祖父 外祖母 爷爷 奶奶 外公 外婆 孙子 孙女 外孙 外孙女 兄 弟 姐 妹 哥哥 弟弟 姐姐 妹妹
兄弟 姐妹 亲属 亲戚 保姆 夫妻 朋友 其他
"""
_RELATIONS = frozenset(_RELATION_WORDS.split())


def people_of_text(kind: str, text: str) -> list[Other]:
    """Return the people that a cell describes; ``[]`` where any piece of it cannot be told.

    Entries are parted by ``；`` or lines, what is said of one by ``|``, blanks or brackets; a
    cell of names alone may part them by ``、`` too.
    """
    entries = [entry.strip() for entry in _ENTRIES.split(seen(text)) if entry.strip()]
    people = [_one(kind, entry) for entry in entries]
    if all(person is not None for person in people):
        return [person for person in people if person is not None]
    names = [part.strip() for part in _NAMES.split(seen(text)) if part.strip()]
    people = [_one(kind, name) for name in names]
    return [p for p in people if p is not None] if all(p is not None for p in people) else []


def _one(kind: str, entry: str) -> Other | None:
    """Return whom one entry describes, None where a piece of it is not understood."""
    name = phone = number = birth = sex = relation = ""
    for piece in _PIECES.split(entry):
        if not piece or is_blank(piece):
            continue
        word = plain(piece)
        if word in _RELATIONS and not relation:
            relation = word
        elif any(sign.isdigit() for sign in word):
            told, identity = judge_phone(word), judge_id(word)
            if identity.status == "present" and not number:
                number, birth, sex = identity.canonical, identity.birth, identity.sex
            elif told.status == "present" and told.kind != "service" and not phone:
                phone = told.canonical
            else:
                return None
        else:
            judged = judge_name(piece)
            if name or judged.code not in ("", "name_repaired") or not is_usual(judged.name):
                return None
            name = judged.name
    return Other(kind, name, phone, number, birth, sex, relation) if name else None


class OtherReader:
    """Reads the columns of tenants, family and agents of one table."""

    def __init__(self, columns: Sequence[Column], note: Note) -> None:
        self._note = note
        self._columns = {
            whose: [column for column in columns if column.whose == whose]
            for whose in (TENANT, FAMILY, AGENT)
        }
        self.any = any(self._columns.values())

    def read(
        self, row: Sequence[Cell], tenant: str | None, family: str | None
    ) -> tuple[list[Other], str | None, str | None]:
        """Return the people of a row, and what of the texts `tenant` and `family` stays text."""
        people: list[Other] = []
        rest: list[str | None] = []
        for kind, text in ((TENANT, tenant), (FAMILY, family)):
            found = people_of_text(kind, text) if text else []
            found = self._completed(kind, row, found, named=bool(text))
            people += found
            rest.append(None if found else text)
        people += self._agents(row)
        return people, rest[0], rest[1]

    def _completed(
        self, kind: str, row: Sequence[Cell], people: list[Other], *, named: bool
    ) -> list[Other]:
        """Add the phone, number and sex that stand in columns of their own."""
        for column in self._columns[kind]:
            cell = row[column.place]
            if cell == "" or (isinstance(cell, str) and is_blank(cell)):
                continue
            if len(people) != 1:
                code = "several_people" if named else "other_nameless"
                self._note(code, column.key, cell)
                continue
            people = [self._with(people[0], column, cell)]
        return people

    def _agents(self, row: Sequence[Cell]) -> list[Other]:
        columns = self._columns[AGENT]
        name = next((c for c in columns if c.field == "owner_name"), None)
        text = row[name.place] if name is not None else ""
        people: list[Other] = []
        if name is not None and isinstance(text, str) and text and not is_blank(text):
            people = people_of_text(AGENT, text)
            if len(people) != 1:
                self._note("several_people", name.key, text)
                people = []
        for column in columns:
            cell = row[column.place]
            if column is name or cell == "" or (isinstance(cell, str) and is_blank(cell)):
                continue
            if not people:
                code = "several_people" if text else "other_nameless"
                self._note(code, column.key, cell)
            else:
                people = [self._with(people[0], column, cell)]
        return people

    def _with(self, person: Other, column: Column, cell: Cell) -> Other:
        value = cell if isinstance(cell, str | int | float) else str(cell)
        if column.field == "phone":
            phone = judge_phone(value)
            if phone.code:
                self._note(phone.code, column.key, cell)
            return person._replace(phone=phone.canonical or person.phone)
        if column.field == "id_number":
            identity = judge_id(value)
            if identity.code:
                self._note(identity.code, column.key, cell, identity.params)
            return person._replace(
                id_number=identity.canonical or person.id_number,
                birth=identity.birth or person.birth,
                sex=identity.sex or person.sex,
            )
        sex = judge_sex(str(value))
        if sex.code:
            self._note(sex.code, column.key, cell)
        return person._replace(sex=person.sex or sex.value)


def agents_named(people: Sequence[Other]) -> str:
    """Return the agents among `people` as one text: name, phone and ID number of each."""
    return "; ".join(" ".join(filter(None, other[1:4])) for other in people if other.kind == AGENT)
