"""Why a whole workbook cannot be taken: one clear sentence each, and what to do (3.1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcloud_cli.errors import Failed
from pcloud_cli.i18n import N_, _

_SAVE_AGAIN = N_("Open it in Excel or WPS, save it as .xlsx and send that file.")
_ASK_SENDER = N_("Ask the sender for a fresh copy of the original workbook.")

REFUSALS: dict[str, tuple[str, str]] = {
    "no_file": (N_("There is no such file."), N_("Check the name and the folder.")),
    "cannot_open": (
        N_("The file cannot be opened: {reason}."),
        N_("Check the file's permissions, and whether another program holds it."),
    ),
    "not_a_file": (
        N_("This is a folder or a device, not a file."),
        N_("Name a workbook: .xlsx, .xls, .xlsb, .ods or .csv."),
    ),
    "pipe_unsupported": (
        N_("This system cannot read a workbook from a pipe."),
        N_("Name a file instead."),
    ),
    "file_too_large": (
        N_("The file has {size} MB; at most {limit} MB are read."),
        N_("Split the workbook, or remove pictures and unused sheets."),
    ),
    "file_changed": (
        N_("The file changed while it was read."),
        N_("Wait until nobody writes to it, then run the command again."),
    ),
    "empty_file": (N_("The file is empty."), _ASK_SENDER),
    "not_a_workbook": (
        N_("This is no workbook but {kind}."),
        N_("Name a workbook: .xlsx, .xls, .xlsb, .ods or .csv."),
    ),
    "encrypted": (
        N_("The workbook is protected by a password, so it cannot be read."),
        N_("Give the password with --password-stdin, or send the workbook without protection."),
    ),
    "wrong_password": (
        N_("The password does not open the workbook."),
        N_("Ask the sender for the password; capital and small letters differ."),
    ),
    "encrypted_ods": (
        N_("The workbook is an OpenDocument file protected by a password, so it cannot be read."),
        N_("Open it with the password, remove the protection, save it and send that file."),
    ),
    "unknown_encryption": (
        N_("The workbook is encrypted in a way that only its own program can undo."),
        N_("Open it there, remove the protection, save it as .xlsx and send that file."),
    ),
    "entities": (
        N_("The workbook holds XML declarations of its own, as real workbooks never do."),
        N_("It was not opened. If the sender is known, ask for a plain copy of the list."),
    ),
    "truncated": (
        N_("The workbook is cut off or damaged: its table of contents is missing."),
        _ASK_SENDER,
    ),
    "broken_zip": (N_("The workbook is damaged: its container cannot be read."), _ASK_SENDER),
    "too_many_parts": (
        N_("The workbook has {parts} inner parts; at most {limit} are read."),
        _SAVE_AGAIN,
    ),
    "zip_bomb": (
        N_("The workbook unpacks to {ratio} times its size, as real workbooks never do."),
        N_("It was not opened. If the sender is known, ask for a plain copy of the list."),
    ),
    "too_large_unpacked": (
        N_("Unpacked, the workbook is larger than the allowed size."),
        N_("Split the workbook, or remove pictures and unused sheets."),
    ),
    "lying_count": (
        N_("The workbook claims {count} texts, more than it can hold."),
        N_("It was not opened. If the sender is known, ask for a plain copy of the list."),
    ),
    "far_corner": (
        N_("A sheet of the workbook has {cells} cells: something stands far outside the list."),
        N_("Copy the list itself into a new workbook and send that file."),
    ),
    "unreadable": (N_("The workbook is damaged and cannot be read."), _SAVE_AGAIN),
    "out_of_memory": (
        N_("Reading the workbook took more memory than it is allowed to take."),
        N_("Copy the list itself into a new workbook, or split it, and send that file."),
    ),
    "too_slow": (
        N_("Reading the workbook took longer than it is allowed to take."),
        N_("Copy the list itself into a new workbook, or split it, and send that file."),
    ),
    "reader_crashed": (
        N_("The workbook made the reading process fail; nothing was taken from it."),
        _SAVE_AGAIN,
    ),
    "open_quote": (
        N_(
            "In row {count} of the text file a quotation mark opens and does not close where the"
            " cell ends; rows below it would be lost."
        ),
        N_('Look for a single " in that row and remove it, or save the list as .xlsx.'),
    ),
    "long_cell": (
        N_(
            "A cell of the text file has more than {limit} characters: a quotation mark is not"
            " closed, or this is no list."
        ),
        N_('Look for a single " in the list and remove it, or save the list as .xlsx.'),
    ),
    "double_parts": (
        N_(
            "The workbook holds two parts of one name, so that programs would show different lists."
        ),
        N_("It was not opened. If the sender is known, ask for a plain copy of the list."),
    ),
    "no_rows": (
        N_("No row of houses or owners was understood in this file."),
        N_(
            "Look at the sheets and headers listed: a header row needs a column for the room or"
            " the house address. Name headers with --map HEADER=FIELD."
        ),
    ),
    "no_rows_damaged": (
        N_("No row of houses or owners was understood in this file: a sheet of it is damaged."),
        N_("Ask the sender for the file again."),
    ),
    "no_rows_below": (
        N_("No row of houses or owners stands below the headers of this file."),
        N_("Is it the right file, and was it filled in?"),
    ),
}
"""Code → message and hint, both still to be translated."""

_KINDS = {
    "pdf": N_("a PDF document"),
    "image": N_("a picture"),
    "archive": N_("an archive of other files"),
    "document": N_("a text document or a presentation"),
    "markup": N_("a web page or XML text"),
    "old_xls": N_("a sheet of a spreadsheet older than Excel 97"),
    "unknown": N_("something else"),
}

_SAME_CODE = dict.fromkeys(("no_rows_below", "no_rows_damaged"), "no_rows")
"""What programs need not tell apart, though people are told what to do."""

_SAVED_AGAIN = frozenset({"markup", "old_xls"})
"""The kinds that spreadsheet programs open, and can save as a workbook."""


def refusal(code: str, params: Mapping[str, Any]) -> Failed:
    """Return the error for `code`; `params` may come from the child and is not trusted."""
    if code not in REFUSALS:
        code, params = "reader_crashed", {}
    message, hint = REFUSALS[code]
    fill: dict[str, int | str] = {
        name: int(params[name])
        for name in ("size", "limit", "parts", "ratio", "count", "cells")
        if isinstance(params.get(name), int)
    }
    fill["kind"] = _(_KINDS.get(str(params.get("kind")), _KINDS["unknown"]))
    fill["reason"] = str(params.get("reason", ""))[:200]
    try:
        text = _(message).format(**fill)
    except KeyError:
        return refusal("reader_crashed", {})
    if params.get("kind") in _SAVED_AGAIN:
        hint = _SAVE_AGAIN
    return Failed(text, hint=_(hint), code=_SAME_CODE.get(code, code))
