"""Co-owners (共有人) who stand in columns of their own, beside the owner of the row (3.1.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pcloud_cli.sheets.cells import Cell
from pcloud_cli.sheets.headers import counted, plain_header
from pcloud_cli.sheets.matching import Note
from pcloud_cli.sheets.people import Cells, Household, Judge

if TYPE_CHECKING:
    from pcloud_cli.sheets.table import Column

CO_OWNER = "co_owner"
_WORDS = "共同共有 按份共有 单独所有 单独 共有 是 否 有"
_NO_NAMES = frozenset(_WORDS.split())
"""What such a column may say instead of a name."""

_Group = dict[str, "Column"]


class CoOwnerReader:
    """Reads the columns of one table that belong to co-owners: those that are counted (共有人2,
    姓名2, 电话2) by their number, of the others the second column of a field is the second's."""

    def __init__(self, columns: Sequence[Column], judge: Judge, note: Note) -> None:
        self._judge = judge
        self._note = note
        self._groups: list[_Group] = []
        numbers: list[int] = []
        for column in columns:
            if column.whose != CO_OWNER:
                continue
            number = counted(plain_header(column.header))
            free = (
                group
                for group, its in zip(self._groups, numbers, strict=True)
                if its == number and column.field not in group
            )
            group = next(free, None)
            if group is None:
                group = {}
                self._groups.append(group)
                numbers.append(number)
            group[column.field] = column
        self.any = bool(self._groups)

    def added(self, row: Sequence[Cell], first: Household) -> Household:
        """Return the household `first` with the co-owners of `row`, all of them joint owners
        where nothing tells their shares."""
        owners = list(first.owners)
        for group in self._groups:
            found = self._judge.careful(_cells(row, group), self._renamed(group), wanted=False)
            known = {owner.owner_name_key for owner in owners}
            owners += [owner for owner in found.owners if owner.owner_name_key not in known]
        if len(owners) > len(first.owners):
            owners = [
                owner._replace(ownership_kind="joint") if owner.ownership_kind == "sole" else owner
                for owner in owners
            ]
        return first._replace(owners=owners)

    def _renamed(self, group: Mapping[str, Column]) -> Note:
        """Return `note` for cells that stand in other columns than an owner's."""

        def note(code: str, key: str, value: object = "", params: object = None) -> None:
            self._note(code, group[key].key if key in group else key, value, params)

        return note


def _cells(row: Sequence[Cell], group: Mapping[str, Column]) -> Cells:
    def cell(field: str) -> Cell:
        return row[group[field].place] if field in group else ""

    name = cell("owner_name")
    if isinstance(name, str) and name.replace(" ", "") in _NO_NAMES:
        name = ""
    return Cells(
        phones=(cell("phone"),) if "phone" in group else (),
        name=name,
        kind="",
        number="",
        sex=cell("sex"),
        birth=cell("birth"),
        id_type=cell("id_type"),
        id_number=cell("id_number"),
        share="",
    )
