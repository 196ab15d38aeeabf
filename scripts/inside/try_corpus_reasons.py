"""Files of a corpus where what happens is not what its index expects, and why that is right."""

from __future__ import annotations

_NO_DATE = "holds no date at all; it is listed for its 1904 calendar, and its cells are read"
_COLOUR = "a number format that names a colour makes no date; both readers say so"
_KNOWN_TO_ALL = (
    "encrypted with the password that spreadsheet programs try by themselves: opened as they do"
)
_LOCKED_LAYOUT = "only its layout is locked, nothing is encrypted; any program reads its cells"
_NO_MACRO = "holds no macro; its values are read, hidden sheets named as such"
_TRIMMED = (
    "blanks at the edges without xml:space: dropped by the first reader, as Excel does, kept by"
    " the second"
)

REASONS: dict[str, str] = {
    "dates/poi__sheetProtection_not_protected.xlsx": _NO_DATE,
    "dates/poi__workbookProtection_workbook_windows_protected.xlsx": _NO_DATE,
    "dates/poi__workbookProtection_worksheet_protected.xlsx": _NO_DATE,
    "dates/readxl__testthat_sheets_color-date-lowercase-xlsx.xlsx": _COLOUR,
    "dates/readxl__testthat_sheets_missing-values-xlsx.xlsx": _NO_DATE,
    "dates/readxl__testthat_sheets_utf8-sheet-names.xls": _NO_DATE,
    "dates/readxl__testthat_sheets_utf8-sheet-names.xlsx": _NO_DATE,
    "dates/roo__currency-uk.xlsx": _NO_DATE,
    "dates/roo__currency-us.xlsx": _NO_DATE,
    "encrypted/calamine__issue_385.xls": _KNOWN_TO_ALL,
    "encrypted/phpss__XLS_pwtest.xls": _KNOWN_TO_ALL,
    "encrypted/phpss__XLS_pwtest3.xls": _KNOWN_TO_ALL,
    "encrypted/poi__50833.xls": _KNOWN_TO_ALL,
    "encrypted/poi__58616.xlsx": _KNOWN_TO_ALL,
    "encrypted/poi__workbookProtection-workbook_password-2013.xlsx": _LOCKED_LAYOUT,
    "encrypted/poi__workbookProtection-workbook_password_user_range-2010.xlsx": _LOCKED_LAYOUT,
    "hidden_merged/phpss__XLSX_issue.3654.xlsx": (
        "the second reader does not know one date format; the first, which is asked, does"
    ),
    "hidden_merged/phpss__XLSX_issue.3770.xlsx": _TRIMMED,
    "macro_dde/phpss__XLSX_HiddenMergeCellsTest.xlsx": _NO_MACRO,
    "macro_dde/poi__TwoSheetsOneHidden.xls": _NO_MACRO,
    "macro_dde/roo__hidden_sheets.xlsx": _NO_MACRO,
    "odd_xlsx/calamine__encoded_entities.xlsx": _TRIMMED,
    "odd_xlsx/calamine__whitespace_trim.xlsx": _TRIMMED,
    "odd_xlsx/roo__richtext_example.xlsx": (
        "xml:space stands on the sheet and not on the text: the first reader drops the blank"
        " between two runs; people and houses are compared without blanks"
    ),
}
