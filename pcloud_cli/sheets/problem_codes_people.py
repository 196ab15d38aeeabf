"""The part of the registry of problems that is about people: ID numbers, phones, names, shares."""

from __future__ import annotations

from pcloud_cli.i18n import N_

Entry = tuple[str, str, str]
"""Severity, message and hint of a problem."""

IDS: dict[str, Entry] = {
    "id_checksum": (
        "warning",
        N_("The ID number's check character is wrong: at least one character is mistyped."),
        N_("Compare it with the document and type it again."),
    ),
    "id_birth": (
        "warning",
        N_("The ID number holds a date of birth that does not exist."),
        N_("Compare it with the document and type it again."),
    ),
    "id_length": (
        "warning",
        N_("The ID number has {length} characters instead of 18 or 15."),
        N_("Compare it with the document and type it again."),
    ),
    "id_format": (
        "warning",
        N_("This is no ID number of any known kind."),
        N_("Say in the column 证件类型 which document it is, or correct the number."),
    ),
    "id_damaged": (
        "warning",
        N_("The ID number was stored as a number, so its last digits are lost."),
        N_("Ask for it again and type it into a cell formatted as text; it cannot be restored."),
    ),
    "id_placeholder": (
        "warning",
        N_("A placeholder stands in the ID cell."),
        N_("Ask the owner for the ID number; until then it counts as missing."),
    ),
    "id_shared": (
        "warning",
        N_("{count} different people have this ID number, so it counts as missing."),
        N_("Ask for the right number of each of them."),
    ),
    "id_masked": (
        "warning",
        N_("The sender has hidden part of the ID number."),
        N_("Ask for the whole number over a safe channel."),
    ),
    "id_repaired": (
        "info",
        N_("The ID number was cleaned of blanks, signs or full-width characters."),
        N_("Nothing needs to be done."),
    ),
    "id_division": (
        "warning",
        N_("The ID number begins with a county code that is not known; it was kept."),
        N_("Compare it with the document."),
    ),
    "id_division_young": (
        "warning",
        N_("The county code of the ID number is younger than its owner; it was kept."),
        N_("Real numbers can be like this; compare it with the document."),
    ),
    "id_division_foreign": (
        "warning",
        N_("The number looks like a permanent-residence card of 2023, but names no province."),
        N_("Compare it with the document and type it again."),
    ),
    "id_type_unknown": (
        "warning",
        N_("This kind of document is not known."),
        N_("Use 身份证, 护照, 港澳居民来往内地通行证, 居住证, 统一社会信用代码 or the like."),
    ),
    "id_type_mismatch": (
        "warning",
        N_("The number belongs to another kind of document than the list says."),
        N_("Check the kind of ID; the number itself is valid and was kept."),
    ),
    "uscc_checksum": (
        "warning",
        N_("This is no valid unified social credit code."),
        N_("Compare it with the business licence; the letters I, O, S, V and Z never occur."),
    ),
    "uscc_legacy": (
        "warning",
        N_("This is a company code from before 2015; it was kept."),
        N_("Ask the company for its unified social credit code of 18 characters."),
    ),
    "minor_under_18": (
        "info",
        N_("The owner is under 18: a guardian acts."),
        N_("Record the guardian."),
    ),
    "minor_under_14": (
        "info",
        N_("The owner is under 14: a guardian acts, and consents to the use of personal data."),
        N_("Record the guardian and the guardian's consent."),
    ),
}

PHONES: dict[str, Entry] = {
    "phone_invalid": (
        "warning",
        N_("This is no valid phone number."),
        N_("Ask for it again: 11 digits, or the area code and the number."),
    ),
    "phone_damaged": (
        "warning",
        N_("The phone number was stored as a number, so its leading zero is lost."),
        N_("Type it again into a cell formatted as text."),
    ),
    "phone_placeholder": (
        "warning",
        N_("A placeholder stands in the phone cell."),
        N_("Ask the owner for the number; until then it counts as missing."),
    ),
    "phone_masked": (
        "warning",
        N_("The sender has hidden part of the phone number."),
        N_("Ask for the whole number over a safe channel."),
    ),
    "phone_repaired": (
        "info",
        N_("The phone number was cleaned of blanks, signs or the country code."),
        N_("Nothing needs to be done."),
    ),
    "phone_no_area": (
        "info",
        N_("A landline number without area code was kept as it is."),
        N_("Add the area code when you can."),
    ),
    "phone_shared": (
        "warning",
        N_("{count} different people have this phone number."),
        N_("Check that it is not the developer's own or a placeholder."),
    ),
    "several_phones": (
        "warning",
        N_("The cell holds several phone numbers, or a name beside one."),
        N_("Put one number in a cell, or part them with 、."),
    ),
}

PEOPLE: dict[str, Entry] = {
    "several_people": (
        "warning",
        N_("The cell names several people who could not be matched for certain."),
        N_("Give each person a row of their own, with ID number and phone."),
    ),
    "owner_number_unknown": (
        "warning",
        N_("Nobody has this number on the sheet of owners ({sheet})."),
        N_("Correct the number, or add the owner there; the house is brought in without one."),
    ),
    "owner_number_shared": (
        "warning",
        N_("Several owners have this number on the sheet of owners ({sheet})."),
        N_("Give each owner a number; the house is brought in without one."),
    ),
    "name_missing": (
        "warning",
        N_("The owner has no name."),
        N_("Fill in the name; without it no owner is recorded."),
    ),
    "name_suspicious": (
        "warning",
        N_("The name holds signs that no name has; it was kept."),
        N_("Compare it with the document; a character that could not be typed may be missing."),
    ),
    "name_incomplete": (
        "warning",
        N_("This is a form of address and no full name; it was kept."),
        N_("Ask for the full name as in the document."),
    ),
    "name_formula": (
        "warning",
        N_("The name looks like a formula; it was kept as mere text."),
        N_("Check where the workbook comes from, and correct the name."),
    ),
    "name_placeholder": (
        "warning",
        N_("A placeholder stands instead of a name."),
        N_("Fill in the name, or leave the cell empty when the house is unsold."),
    ),
    "name_developer": (
        "info",
        N_("The house is still the developer's; no owner was recorded."),
        N_("Nothing needs to be done."),
    ),
    "name_repaired": (
        "info",
        N_("The name was cleaned: blanks, dots or look-alike characters."),
        N_("Nothing needs to be done."),
    ),
    "other_nameless": (
        "warning",
        N_("A number stands here, but no name beside it says whose it is; it was kept as text."),
        N_("Add the name of the person it belongs to."),
    ),
    "id_missing": (
        "warning",
        N_("The ID number is missing."),
        N_("Ask the owner for it; without --strict the row comes in without it."),
    ),
    "phone_missing": (
        "warning",
        N_("The phone number is missing."),
        N_("Ask the owner for it; without --strict the row comes in without it."),
    ),
    "sex_unreadable": (
        "warning",
        N_("The sex cannot be read."),
        N_("Write 男 or 女."),
    ),
    "sex_mismatch": (
        "warning",
        N_("The sex differs from what the ID number says; the ID number was followed."),
        N_("Check both."),
    ),
    "birth_mismatch": (
        "warning",
        N_("The date of birth differs from what the ID number says; the ID number was followed."),
        N_("Check both."),
    ),
    "owner_type_unknown": (
        "warning",
        N_("This owner type is not known."),
        N_("Use 业主, 共有人, 租户, 家属, 个人 or 公司."),
    ),
    "owner_type_mismatch": (
        "warning",
        N_("The owner type does not fit the name or the ID number."),
        N_("Check whether the owner is a person or a company."),
    ),
    "share_unreadable": (
        "warning",
        N_("The share cannot be read."),
        N_("Write it like 1/2 or 50%, or 共同共有."),
    ),
    "share_sum": (
        "warning",
        N_("The shares of this house add up to {sum}, not to one."),
        N_("Correct the shares of its owners."),
    ),
}
