"""What is said of how a sheet's lists lie and whose each column is, beside field and header
(3.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pcloud_cli.sheets.hidden import Hidden
from pcloud_cli.sheets.table import Column, Table, letters

_OWNERS = frozenset(
    {"owner_name", "owner_number", "owner_type", "share", "sex", "birth", "id_type", "id_number",
     "phone"}
)  # fmt: skip
_OTHERS = {
    "tenant": "tenant",
    "family": "family",
    "emergency_name": "emergency",
    "emergency_phone": "emergency",
}

_DATES = {
    "handover_planned": "planned",
    "handover_contract": "contract",
    "handover_date": "actual",
}


def details_of(
    tables: Sequence[Table], first_column: int, last_row: int, hidden: Hidden
) -> dict[str, Any]:
    """Return the details of a sheet, as JSON: ``header_rows`` (all of them); ``whose`` and
    ``which``, by the keys of its columns; and where they apply ``last_row`` (where the reader
    tells), ``blocks`` (lists side by side), ``shared`` (section, building or unit that all rows
    share) with ``shared_from`` (``title``, ``sheet``), ``group_columns`` (blank cells there mean
    what stands above), ``hidden_columns``, and ``mapped`` (headers of the mapping that stand here,
    as `plain_header` gives them)."""
    table = tables[0]
    details: dict[str, Any] = {
        "header_rows": list(table.header_rows),
        "whose": {c.key: who for c in table.columns if (who := _whose(c))},
        "which": {c.key: which for c in table.columns if (which := _which(c))},
    }
    if last_row:
        details["last_row"] = last_row
    if table.blocks > 1:
        details["blocks"] = table.blocks
    if table.defaults:
        details |= {"shared": table.defaults, "shared_from": table.context}
    if table.grouped:
        details["group_columns"] = [c.header for c in table.columns if c.place in table.grouped]
    columns = [letters(number - 1) for number in sorted(hidden.columns) if number > first_column]
    if columns:
        details["hidden_columns"] = columns[:100]
    if table.mapped:
        details["mapped"] = sorted(table.mapped)
    return details


def _whose(column: Column) -> str:
    """Return whose a column is: ``owner``, ``co_owner``, ``tenant``, ``family``, ``agent``,
    ``emergency``; ``''`` for what is the house's."""
    if column.whose:
        return column.whose
    return "owner" if column.field in _OWNERS else _OTHERS.get(column.field, "")


def _which(column: Column) -> str:
    """Return which of several a column is: an area ``forecast``, ``surveyed`` or ``unstated``
    (taken for surveyed), a hand-over ``planned``, ``contract`` or ``actual``; ``''`` where there is
    but one."""
    if column.field in ("area", "net_area", "shared_area"):
        return column.basis or "unstated"
    return _DATES.get(column.field, "")
