"""What people may decide where a list and the books disagree, and what its fields are called.

An import decides none of this: it names the choices, and the change itself is made, by hand and
checked twice, where owners are changed (2.3.1).
"""

from __future__ import annotations

from collections.abc import Mapping

from pcloud_cli.i18n import N_, _
from pcloud_cli.sheets.fields import FIELD_TITLES

DECISIONS: Mapping[str, str] = {
    "returned": N_("house given back (退房)"),
    "exchanged": N_("house exchanged (换房)"),
    "renamed": N_("name changed (更名)"),
    "mistyped": N_("typed wrongly (录错)"),
    "ours": N_("what stands here holds"),
    "theirs": N_("the developer's list holds"),
    "same_house": N_("the same house"),
    "new_house": N_("another house"),
}
"""Each possible decision by its code."""

_OWNER = ("returned", "exchanged", "renamed", "mistyped")
POSSIBLE: Mapping[str, tuple[str, ...]] = {
    "owner_differs": _OWNER,
    "owner_renamed": ("renamed", "mistyped"),
    "owner_number_differs": ("mistyped", "returned", "exchanged"),
    "number_of_another": ("renamed", "mistyped"),
    "share_differs": ("ours", "theirs", "mistyped"),
    "house_name_shared": ("mistyped",),
    "house_resembles": ("same_house", "new_house"),
    "field_edited": ("ours", "theirs"),
}
"""Which decisions each conflict leaves open."""

FIELD_OF: Mapping[str, str] = {
    "state": "house_status",
    "forecast_gross": "area",
    "forecast_net": "net_area",
    "forecast_shared": "shared_area",
    "surveyed_gross": "area",
    "surveyed_net": "net_area",
    "surveyed_shared": "shared_area",
    "number": "owner_number",
    "phones": "phone",
    "birth_month": "birth",
    "owner": "owner_name",
}
"""Which field of a workbook a column of ours answers to, where their names differ."""

_WHICH: Mapping[str, str] = {
    "forecast": N_("{field} (forecast)"),
    "surveyed": N_("{field} (surveyed)"),
}


def title(column: str) -> str:
    """Return what people call a column of ours: ``surveyed_gross`` is 建筑面积（实测）."""
    field = FIELD_OF.get(column, column)
    text = _(FIELD_TITLES.get(field, field))
    which = _WHICH.get(column.partition("_")[0])
    return _(which).format(field=text) if which else text


def area(column: str, value: str) -> str:
    """Return an area without closing zeros, with which kind of measure it is."""
    short = plain_area(value)
    which = _WHICH.get(column.partition("_")[0])
    return _(which).format(field=short) if which else short


def plain_area(value: str) -> str:
    """Return an area's text without closing zeros: ``88.5`` for ``88.5000``."""
    return value.rstrip("0").rstrip(".") if "." in value else value
