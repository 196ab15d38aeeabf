"""What each category of a corpus expects, as a check of what happened to a file."""

from __future__ import annotations

from collections.abc import Callable

from pcloud_cli.sheets.messages import Cells

_LOCKED = frozenset({"encrypted", "encrypted_ods", "wrong_password", "unknown_encryption"})
_NOT_READ = frozenset(
    {
        "broken_zip",
        "double_parts",
        "empty_file",
        "entities",
        "far_corner",
        "long_cell",
        "lying_count",
        "not_a_workbook",
        "open_quote",
        "out_of_memory",
        "too_large_unpacked",
        "too_many_parts",
        "too_slow",
        "truncated",
        "unreadable",
        "zip_bomb",
    }
)
"""The clear refusals. That the reader crashed tells nobody anything about the file."""


class Seen:
    """What was seen of one file: its refusal or ``read`` or ``blank``, and its cells by both
    readers."""

    def __init__(
        self, outcome: str, cells: str, sheets: list[Cells], others: list[Cells] | None
    ) -> None:
        self.outcome = outcome
        self.cells = cells
        self.sheets = sheets
        self.others = others

    @property
    def has_cells(self) -> bool:
        """Whether any cell was read."""
        return self.cells == "read"

    @property
    def is_blank(self) -> bool:
        """Whether the file was opened, holds no cell, and that was said to be no success."""
        return self.cells == "blank" and self.outcome == "no_rows"

    @property
    def refused(self) -> bool:
        """Whether one clear sentence refused the file."""
        return self.cells in _NOT_READ | _LOCKED and self.outcome == self.cells

    @property
    def noted(self) -> set[str]:
        """The notes about its sheets."""
        return {note for sheet in self.sheets for note in sheet.notes}

    def difference(self) -> str:
        """Return where the two readers differ, ``""`` where they agree or only one can read."""
        if not self.others:
            return ""
        theirs = {sheet.name: sheet for sheet in self.others}
        for sheet in self.sheets:
            other = theirs.get(sheet.name)
            if other is None:
                if sheet.height:
                    return f"only the first reader sees sheet {sheet.name}"
                continue
            if sheet.height and (sheet.hidden, sheet.broken) != (other.hidden, other.broken):
                return f"the readers differ on what is hidden or broken on sheet {sheet.name}"
            for mine, theirs_ in zip(sheet.sample, other.sample, strict=False):
                if mine != theirs_:
                    return f"the readers differ on sheet {sheet.name}: {mine} or {theirs_}"
            if (sheet.height, sheet.width) != (other.height, other.width):
                return f"the readers differ on the size of sheet {sheet.name}"
        return ""


def _read_or_refused(seen: Seen) -> str:
    if seen.has_cells or seen.is_blank:
        return seen.difference()
    return "" if seen.refused else f"neither read nor refused in a clear sentence: {seen.cells}"


def _read(seen: Seen) -> str:
    """Cells as they are shown: both readers agree, be it that there are none."""
    if seen.has_cells or seen.is_blank:
        return seen.difference()
    return f"no cell was read: {seen.cells}"


def _dates(seen: Seen) -> str:
    kinds = {kind for sheet in seen.sheets for row in sheet.sample for kind, _text in row}
    if not kinds & {"date", "datetime"}:
        return "no date was read"
    return seen.difference()


def _encrypted(seen: Seen) -> str:
    return "" if seen.outcome in _LOCKED else f"not said to be protected: {seen.outcome}"


def _bounded(seen: Seen) -> str:
    if seen.refused or seen.has_cells:
        return ""
    return f"not refused in a clear sentence: {seen.cells}"


def _macros(seen: Seen) -> str:
    if seen.refused or "macros" in seen.noted:
        return seen.difference() if seen.has_cells else ""
    return "macros are not spoken of"


_CHECKS: dict[str, Callable[[Seen], str]] = {
    "broken_xlsx": _read_or_refused,
    "csv": _read,
    "dates": _dates,
    "dos": _bounded,
    "encrypted": _encrypted,
    "hidden_merged": _read,
    "legacy_xls": _read_or_refused,
    "macro_dde": _macros,
    "odd_xlsx": _read,
    "strict_ooxml": _read,
    "wrong_type": _read_or_refused,
    "xxe_smuggling": _read_or_refused,
}


def unmet(
    category: str, outcome: str, cells: str, sheets: list[Cells], others: list[Cells] | None
) -> str:
    """Return in what a file's outcome is not what its category expects, ``""`` where it is."""
    check = _CHECKS.get(category)
    return check(Seen(outcome, cells, sheets, others)) if check else ""
