"""What comparing asks of a row, and what it says of it."""

from __future__ import annotations

from typing import NamedTuple

from pcloud_cli.models.imports import RowAction, RowStatus
from pcloud_cli.services.imports.live import Share

INSERT, UPDATE, NONE = RowAction.INSERT.value, RowAction.UPDATE.value, RowAction.NONE.value
NEW, CHANGED, UNCHANGED, CONFLICT = (
    RowStatus.NEW.value,
    RowStatus.CHANGED.value,
    RowStatus.UNCHANGED.value,
    RowStatus.CONFLICT.value,
)


FIELD_EDITED = "field_edited"
"""The conflict that leaves out some fields only; any other one leaves out the row."""


class Incoming(NamedTuple):
    """What comparing needs of one understood row."""

    house_key: str
    house_fields: tuple[str | None, ...]
    remark_index: bytes | None
    name_key: str | None
    number_index: bytes | None
    phone_index: bytes | None
    sex: str | None
    owner_number: str | None
    id_type: str | None
    share: Share | None
    birth_month: str | None


class Verdict(NamedTuple):
    """What becomes of one row: which ids it is for and what applying would do.

    `conflict` names why nothing is done (a problem code), None where there is no conflict; with
    `field_edited` all is done but for the `fields` that staff wrote themselves.
    """

    status: str
    house_id: bytes
    house_action: str
    house_version: int | None
    owner_id: bytes | None
    owner_action: str
    owner_version: int | None
    adds_phone: bool
    binds: bool
    conflict: str | None = None
    fields: tuple[str, ...] = ()


def blocked(conflict: str, house_id: bytes, version: int | None, owner_id: bytes) -> Verdict:
    """Return the verdict of a row of which nothing is applied: people decide.

    What the file says of the owner is sealed for an id of its own, to be shown beside what
    stands here.
    """
    return Verdict(CONFLICT, house_id, NONE, version, owner_id, NONE, None, False, False, conflict)
