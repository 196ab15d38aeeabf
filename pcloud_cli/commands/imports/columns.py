"""Columns that several of the import's tables have: what was counted, what is wrong where."""

from __future__ import annotations

from pcloud_cli.i18n import N_
from pcloud_cli.output.columns import Column

COMPARED = (
    Column("rows", N_("Rows"), right=True),
    Column("new", N_("New"), right=True),
    Column("changed", N_("Changed"), right=True),
    Column("unchanged", N_("Unchanged"), right=True),
    Column("conflicts", N_("Conflicts"), right=True),
)
FAULTS = (
    Column("errors", N_("Errors"), right=True),
    Column("warnings", N_("Warnings"), right=True),
)
CELL = (
    Column("sheet", N_("Sheet")),
    Column("row", N_("Row"), right=True),
    Column("column", N_("Column")),
    Column("severity", N_("Severity")),
)
PROBLEM = (
    Column("value", N_("Value")),
    Column("message", N_("Problem"), prose=True),
    Column("hint", N_("What to do"), prose=True),
)
