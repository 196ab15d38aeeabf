"""What staff wrote themselves, so that no import writes over it (2.3.1, 3.1.1).

Whatever service edits a house or an owner calls `note` with the names of the fields. An import
that says otherwise of such a field is then a conflict for people to decide; where it agrees,
nothing happens. Who edited and when stands in the trail.
"""

from __future__ import annotations

from collections.abc import Iterable

from pcloud_cli.db.work import Work
from pcloud_cli.models.house import AREA_COLUMNS, HANDOVER_COLUMNS, House
from pcloud_cli.models.owner import Owner

HOUSE = ("floor", "house_type", "state", *AREA_COLUMNS, *HANDOVER_COLUMNS, "remark")
"""The fields of a house that an import may say something of."""

OWNER = ("sex", "number", "id_number", "birth_month", "phones")
"""The same of an owner; ``phones`` stands for all of them together."""


def note(work: Work, edited: House | Owner, fields: Iterable[str]) -> None:
    """Note that staff wrote `fields` of `edited`; its version goes up by one.

    Call it once an edit, after changing the row, in the same unit of work. ValueError for a
    field that is in neither list.
    """
    known = HOUSE if isinstance(edited, House) else OWNER
    names = set(fields)
    if not names <= set(known):
        raise ValueError(names - set(known))
    edited.edited_fields = packed(noted(edited.edited_fields) | names)
    edited.version += 1
    edited.updated_at = work.now()


def noted(text: str | None) -> frozenset[str]:
    """Return the names in an `edited_fields`."""
    return frozenset(name for name in (text or "").split(",") if name)


def packed(names: Iterable[str]) -> str | None:
    """Return names as `edited_fields` keeps them, a comma on each side; None for none."""
    listed = sorted(names)
    return f",{','.join(listed)}," if listed else None
