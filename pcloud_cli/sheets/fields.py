"""The fields of a register: what a column of a developer's workbook can mean (3.1.1, 3.1.2)."""

from __future__ import annotations

from pcloud_cli.i18n import N_

FIELD_TITLES: dict[str, str] = {
    "community": N_("community"),
    "section": N_("section"),
    "building": N_("building"),
    "unit": N_("unit"),
    "floor": N_("floor"),
    "room": N_("room"),
    "address": N_("house address"),
    "house_kind": N_("house kind"),
    "house_type": N_("house type"),
    "house_status": N_("house status"),
    "area": N_("gross area"),
    "net_area": N_("net area"),
    "shared_area": N_("shared area"),
    "owner_name": N_("owner's name"),
    "owner_number": N_("owner number"),
    "owner_type": N_("owner type"),
    "share": N_("share"),
    "sex": N_("sex"),
    "birth": N_("date of birth"),
    "id_type": N_("kind of ID"),
    "id_number": N_("ID number"),
    "phone": N_("phone"),
    "emergency_name": N_("emergency contact"),
    "emergency_phone": N_("emergency contact's phone"),
    "family": N_("family members"),
    "tenant": N_("tenant"),
    "plate": N_("number plate"),
    "parking": N_("parking space"),
    "handover_planned": N_("planned hand-over"),
    "handover_contract": N_("hand-over by contract"),
    "handover_date": N_("hand-over date"),
    "remark": N_("remark"),
}
"""Each field's title, a message to be translated where it is printed."""

FIELDS: tuple[str, ...] = tuple(FIELD_TITLES)
"""All fields, in the order in which they are printed."""

HOUSE_FIELDS = ("section", "building", "unit", "floor", "room", "address", "house_kind")
"""The fields that together tell which house a row is about."""

HANDOVERS = ("handover_planned", "handover_contract", "handover_date")
"""计划, 合同, 实际交付: three dates, none of which stands in for another."""

PRIVATE_FIELDS: frozenset[str] = frozenset(
    {
        "owner_name",
        "birth",
        "id_number",
        "phone",
        "emergency_name",
        "emergency_phone",
        "family",
        "tenant",
        "plate",
        "remark",
    }
)
"""The fields whose values are shown masked, and never stand in a message or a log."""
