"""What is worth saying about a whole sheet or file, though nothing is wrong with it (3.1.1)."""

from __future__ import annotations

from pcloud_cli.i18n import N_, _

NOTES: dict[str, str] = {
    "second_reader": N_(
        "The usual reader could not read this sheet, a second one did; compare some rows."
    ),
    "macros": N_("The workbook holds macros; they were neither run nor taken over."),
    "external_links": N_("The workbook links to other files; no link was followed."),
}
"""Code → text, still to be translated."""


def note(code: str) -> str:
    """Return what `code` says, in the user's language."""
    return _(NOTES[code]) if code in NOTES else code
