"""The understood row: what the reading child hands over for one owner of one house (3.1.1).

One `Row` is one owner of one workbook row; a house without an owner is a row with owner_no 0.
Plain values only: they cross the pipe as JSON and go to the database as parameters.
"""

from __future__ import annotations

from typing import NamedTuple

OK = "ok"
ERROR = "error"
REPEATED = "repeated"
TENANT, FAMILY, AGENT = "tenant", "family", "agent"
_BETWEEN = "\x1f"


class Row(NamedTuple):
    """One owner of one house as the reader understood it. Positions are fixed.

    `sheet` counts from 0 in the order of the sheets that were read, `row` is the number that the
    spreadsheet shows, `owner_no` is 0 for a house without owner and 1, 2, … for its owners.
    `status` is ``ok``; ``error`` where the house cannot be identified, and the row is not to be
    imported; ``repeated`` where an earlier row said the same house and owner: it adds nothing.
    `others` are tenants, family and agents (`Other`, packed); `family` and `tenant` hold
    only what could not be parted into people. Areas are decimal text in m², dates ISO text,
    everything else canonical text.
    """

    sheet: int
    row: int
    owner_no: int
    status: str
    house_key: str | None
    section: str | None
    building: str | None
    unit: str | None
    floor: str | None
    room: str | None
    house_kind: str | None
    house_type: str | None
    house_status: str | None
    forecast_gross: str | None
    forecast_net: str | None
    forecast_shared: str | None
    surveyed_gross: str | None
    surveyed_net: str | None
    surveyed_shared: str | None
    handover_planned: str | None
    handover_contract: str | None
    handover_date: str | None
    remark: str | None
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
    emergency_name: str | None
    emergency_phone: str | None
    plate: str | None
    parking: str | None
    family: str | None
    tenant: str | None
    others: list[str] | None


WIDTH = len(Row._fields)
INTEGERS = frozenset({"sheet", "row", "owner_no", "share_numerator", "share_denominator"})
LISTS = frozenset({"more_phones", "others"})
REQUIRED = frozenset({"sheet", "row", "owner_no", "status"})


class Other(NamedTuple):
    """Somebody of a household beside its owners; every field but kind and name may be ``''``.

    `kind` is TENANT, FAMILY or AGENT; `birth` is an ISO date, `relation` as it was written.
    """

    kind: str
    name: str
    phone: str = ""
    id_number: str = ""
    birth: str = ""
    sex: str = ""
    relation: str = ""

    def packed(self) -> str:
        """Return it as one text, as it crosses the pipe from the reading child."""
        return _BETWEEN.join(self)


def unpacked(text: str) -> Other:
    """Return what `Other.packed` gave. Raises ValueError for anything else."""
    pieces = text.split(_BETWEEN)
    if len(pieces) != len(Other._fields) or pieces[0] not in (TENANT, FAMILY, AGENT):
        raise ValueError(len(pieces))
    return Other(*pieces)
