"""The registry of problems: code → severity, message, hint; the texts are for the catalogue.

``error`` keeps the row out: its house cannot be told. ``warning`` leaves a field empty or asks for
a look. ``info`` says what was cleaned.
"""

from __future__ import annotations

from pcloud_cli.i18n import N_
from pcloud_cli.sheets.problem_codes_people import IDS, PEOPLE, PHONES, Entry

PIECES: dict[str, str] = {
    "address": N_("house address"),
    "house_kind": N_("house kind"),
}

FALLBACK: Entry = (
    "warning",
    N_("Something is wrong here ({code})."),
    N_("Look at the cell in the developer's workbook."),
)

_HOUSES: dict[str, Entry] = {
    "house_missing": (
        "error",
        N_("The row names no house."),
        N_("Fill in building, unit and room, or the house address."),
    ),
    "house_unclear": (
        "error",
        N_("Which house this is cannot be told for certain."),
        N_("Write it like 3栋2单元301, or give building, unit and room columns of their own."),
    ),
    "house_no_building": (
        "error",
        N_("The building is missing."),
        N_("Add the building, in a column or before the room (3栋301)."),
    ),
    "house_no_room": (
        "error",
        N_("The room is missing."),
        N_("Add the room number."),
    ),
    "house_date_damage": (
        "error",
        N_("The spreadsheet turned the house number into a date."),
        N_("Format the column as text, type the number again (1-2, not a date), and load again."),
    ),
    "house_number_damage": (
        "error",
        N_("The spreadsheet wrote the house number as a calculated number or an error."),
        N_("Format the column as text and type the number again."),
    ),
    "house_contradiction": (
        "error",
        N_("The cells of this row name two different houses (see: {piece})."),
        N_("Correct the cell that is wrong; nothing was chosen."),
    ),
    "house_other_place": (
        "error",
        N_("The list has the same building and room at another place too ({other})."),
        N_("Tell the places apart in a column of their own (期, 区), or send a list for each."),
    ),
    "house_parking": (
        "error",
        N_("This is a parking space and no house."),
        N_("Put it in the column of parking spaces, in the row of the owner's house."),
    ),
    "house_twice": (
        "warning",
        N_("The same house stands in row {other} too."),
        N_("Check that both rows are meant; co-owners may have a row each."),
    ),
    "house_area_differs": (
        "warning",
        N_("Row {other} gives the same house another area; that one counts."),
        N_("Correct the row that is wrong."),
    ),
    "house_by_alias": (
        "info",
        N_("The house has another number now; it was found by this one."),
        N_("Ask the developer to use the new number."),
    ),
    "house_kind_unknown": (
        "warning",
        N_("This house kind is not known."),
        N_("Use 住宅, 商铺, 办公, 储藏室, 别墅 or 其他."),
    ),
    "house_status_unknown": (
        "warning",
        N_("This house status is not known."),
        N_("Use 未售, 已售未交, 空置, 装修, 自住 or 出租."),
    ),
}

_DECISIONS: dict[str, Entry] = {
    "owner_differs": (
        "warning",
        N_("The house belongs to somebody else here; the row was not taken."),
        N_("Find out what happened: sold on, house exchanged, name changed, or typed wrongly."),
    ),
    "owner_renamed": (
        "warning",
        N_("The ID number belongs to another name here; the row was not taken."),
        N_("Compare with the document: a changed name, or a wrong number."),
    ),
    "owner_number_differs": (
        "warning",
        N_("The owner has another ID number here; the row was not taken."),
        N_("Compare with the document: another person of that name, or a wrong number."),
    ),
    "number_of_another": (
        "warning",
        N_("The ID number belongs to somebody of another name; the house came without its owner."),
        N_("Compare with the document: a changed name, or a wrong number."),
    ),
    "share_differs": (
        "warning",
        N_("The owner has another share of the house here; the row was not taken."),
        N_("Compare with the contract; a share is changed by hand, never by a list."),
    ),
    "house_name_shared": (
        "warning",
        N_("Several houses are, or were, called this; the row was not taken."),
        N_("Write the present number of the house, with building and unit."),
    ),
    "house_resembles": (
        "warning",
        N_("A house here differs from this one in section or kind only; the row was not taken."),
        N_(
            "The same house: complete the list, or renumber the house here. Another one: load with"
            " --as-new."
        ),
    ),
    "field_edited": (
        "warning",
        N_("Our staff changed this field ({field}) themselves; it was not overwritten."),
        N_("Find out which is right, and tell the developer, or change it by hand."),
    ),
}

_SHEETS: dict[str, Entry] = {
    "house_carried": (
        "info",
        N_("The row names no house of its own; it was taken for one more owner of the row above."),
        N_("Check that both own that house; otherwise fill in the house."),
    ),
    "total_row": (
        "info",
        N_("The row is a sum and no house; it was not read."),
        N_("Nothing needs to be done."),
    ),
    "note_row": (
        "info",
        N_("The row is a remark and no house; it was not read."),
        N_("Nothing needs to be done, unless it holds something that belongs to a house."),
    ),
    "group_row": (
        "info",
        N_("The row names the building of the rows below it."),
        N_("Nothing needs to be done."),
    ),
    "house_other_list": (
        "error",
        N_("Another list with other headers begins here; from this row on nothing was read."),
        N_("Put it on a sheet of its own and load again."),
    ),
    "hidden_sheet": (
        "warning",
        N_("The sheet is hidden; it was read."),
        N_("Ask whether it is meant to be there; if not, delete the sheet and load again."),
    ),
    "hidden_rows": (
        "warning",
        N_("{count} rows are hidden, or filtered away ({rows}); they were read."),
        N_("Show them and check that they are meant; if not, delete them and load again."),
    ),
    "hidden_columns": (
        "warning",
        N_("Hidden columns were read: {columns}."),
        N_("Show them and check that they are meant; leave one out with --map HEADER=."),
    ),
}

_VALUES: dict[str, Entry] = {
    "header_ambiguous": (
        "warning",
        N_("The header “{header}” can mean: {candidates}; the column was not read."),
        N_("Say which it is with --map “{header}”=FIELD, or leave it out with --map “{header}”=."),
    ),
    "area_unreadable": (
        "warning",
        N_("The area cannot be read."),
        N_("Write square metres in digits, like 89.12."),
    ),
    "area_not_positive": (
        "warning",
        N_("The area is zero or less; it counts as missing."),
        N_("Fill in the area, or leave the cell empty."),
    ),
    "area_too_large": (
        "warning",
        N_("The area is larger than any house's; it was left out."),
        N_("Check the unit (m²) and the decimal point."),
    ),
    "date_unreadable": (
        "warning",
        N_("The date cannot be read."),
        N_("Write year, month and day, like 2024-01-02."),
    ),
    "plate_invalid": (
        "warning",
        N_("This is no valid number plate."),
        N_("Write it whole, with its province, like 粤B12345."),
    ),
    "plate_missing": (
        "info",
        N_("The vehicle has no plate yet."),
        N_("Add the plate when there is one."),
    ),
    "plate_temporary": (
        "info",
        N_("This is a temporary plate."),
        N_("Ask for the final plate later."),
    ),
    "plate_repaired": (
        "info",
        N_("The number plate was cleaned of blanks, dots or full-width characters."),
        N_("Nothing needs to be done."),
    ),
    "formula_error": (
        "warning",
        N_("The cell's formula shows an error or was saved without its value; it counts as empty."),
        N_("Correct the formula and save in Excel or WPS, or type the value."),
    ),
    "too_long": (
        "warning",
        N_("The text is too long for this field; it was left out."),
        N_("Shorten it."),
    ),
}

CODES: dict[str, Entry] = {
    **_HOUSES,
    **IDS,
    **PHONES,
    **PEOPLE,
    **_DECISIONS,
    **_SHEETS,
    **_VALUES,
}
"""Every code with its severity, message and hint."""
