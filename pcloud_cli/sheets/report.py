"""What `import check` says of a file: sheets, columns, totals, problems, and each row (3.1.1).

The file is judged alone: what only a database can tell (new, changed, unchanged, conflicts) is
null. Values are masked unless the caller asked for them in clear.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from pcloud_cli.errors import Failed
from pcloud_cli.i18n import _
from pcloud_cli.security.mask import mask_id, mask_name, mask_phone, mask_plate
from pcloud_cli.sheets import problems as rules
from pcloud_cli.sheets.fields import FIELD_TITLES, HANDOVERS, PRIVATE_FIELDS
from pcloud_cli.sheets.headers import REASONS, plain_header
from pcloud_cli.sheets.limits import Limits
from pcloud_cli.sheets.messages import Done, Message, Problems, Rows, Sheet, Source
from pcloud_cli.sheets.notes import note
from pcloud_cli.sheets.problems import Problem
from pcloud_cli.sheets.read import read_workbook
from pcloud_cli.sheets.row import ERROR, OK, REPEATED, Row, unpacked

_ALONE = {OK: "new", REPEATED: "unchanged", ERROR: "error"}
_WORST = ("unchanged", "new", "changed", "conflict", "error")
_HOUSE = (
    "section", "building", "unit", "floor", "room", "house_kind", "house_type", "house_status",
)  # fmt: skip
_AREA_OF = {"area": "gross", "net_area": "net", "shared_area": "shared"}
_MASKS: dict[str, Callable[[str], str]] = {
    "phone": mask_phone,
    "emergency_phone": mask_phone,
    "id_number": mask_id,
    "plate": mask_plate,
    "birth": lambda text: f"{text[:4]}-**-**" if len(text) >= 8 else "****",
}

Following = Callable[[Generator[Message]], Iterable[Message]]
Compare = Callable[[Rows, dict[int, str]], list[str]]
"""Takes a batch of understood rows and the sheets' names; returns each row's status."""


class CheckResult(NamedTuple):
    """What was found in one file. `error` is the error that ended the reading, or None."""

    file: str
    sha256: str | None
    error: Failed | None
    sheets: list[dict[str, Any]]
    totals: dict[str, int | None]
    problems: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``check -o json`` prints for this file."""
        error = None
        if self.error is not None:
            error = {
                "code": self.error.code,
                "message": self.error.message,
                "hint": self.error.hint,
            }
        return {**self._asdict(), "error": error}


def check_file(
    path: str | Path | int,
    *,
    name: str | None = None,
    mapping: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    today: str = "",
    strict: bool = False,
    password: str | None = None,
    rows: TextIO | None = None,
    clear: bool = False,
    compare: Compare | None = None,
    following: Following = lambda messages: messages,
) -> CheckResult:
    """Read and judge one workbook, opened with `password` where it is encrypted; nothing is
    stored.

    `compare`, where given, tells each row's status against what is there already. `following` is
    given what the reader says, and passes it on. `rows` gets one
    JSON line for each workbook row, as it was understood; with `clear` unmasked, so the caller
    opens it for itself alone. A file that cannot be read gives a result with
    `error`; UsageProblem is raised for a mapping to an unknown field.
    """
    sha256: str | None = None
    error: Failed | None = None
    sheets: dict[int, dict[str, Any]] = {}
    found: list[dict[str, Any]] = []
    totals: dict[str, int | None] = dict.fromkeys(
        ("rows", "new", "changed", "unchanged", "conflicts", "errors", "warnings")
    )
    lines = RowLines(rows, clear=clear)
    try:
        reading = read_workbook(
            path, mapping=mapping, limits=limits, today=today, strict=strict, password=password
        )
        for message in following(reading):
            if isinstance(message, Source):
                sha256 = message.sha256
            elif isinstance(message, Sheet):
                sheets[message.index] = sheet_summary(message)
                lines.sheets[message.index] = message.name
            elif isinstance(message, Problems):
                found.extend(problem_line(each) for each in message.problems)
                lines.problems(message.problems)
            elif isinstance(message, Rows):
                statuses = None if compare is None else compare(message, lines.sheets)
                lines.rows(message.rows, statuses)
            elif isinstance(message, Done):
                totals |= {
                    "rows": message.rows,
                    "errors": message.errors,
                    "warnings": message.warnings,
                }
                for index, count in message.sheet_rows.items():
                    sheets[index]["rows"] = count
                for index, kinds in message.left_out.items():
                    sheets[index]["left_out"] = kinds
    except Failed as failure:
        error = failure
    lines.close()
    shown = name if name is not None else str(path)
    in_order = [sheets[index] for index in sorted(sheets)]
    return CheckResult(shown, sha256, error, in_order, totals, found)


def header_questions(
    path: str | Path | int, mapping: Mapping[str, str], password: str | None = None
) -> list[tuple[str, list[str]]]:
    """Return the headers of a workbook that `mapping` and the words themselves leave open, each
    with the fields that it may mean. A file that cannot be read has none."""
    asked: dict[str, list[str]] = {}
    try:
        for message in read_workbook(path, mapping=mapping, headers_only=True, password=password):
            if isinstance(message, Problems):
                for each in message.problems:
                    if each.code == "header_ambiguous":
                        fields = each.params.get("candidates", "").split(", ")
                        asked.setdefault(each.params.get("header", ""), fields)
    except Failed:
        return []
    return list(asked.items())


class Headers(NamedTuple):
    """The headers of a workbook as they are shown, and which of those that were looked for stand
    in it."""

    shown: list[str]
    met: set[str]


def headers_met(
    path: str | Path, wanted: Mapping[str, str], password: str | None = None
) -> Headers | None:
    """Return the headers of a workbook, and which headers of the mapping `wanted` are among them;
    None where it cannot be read."""
    shown: dict[str, None] = {}
    met: set[str] = set()
    try:
        for message in read_workbook(path, mapping=wanted, headers_only=True, password=password):
            if isinstance(message, Sheet):
                shown |= dict.fromkeys(message.columns.values())
                shown |= dict.fromkeys(each.header for each in message.unused)
                met |= set(message.details.get("mapped", ()))
    except Failed:
        return None
    return Headers(list(shown), {header for header in wanted if plain_header(header) in met})


def sheet_summary(sheet: Sheet) -> dict[str, Any]:
    """Return what was understood of a sheet, as JSON prints it; `rows` is 0 until it is known."""
    summary: dict[str, Any] = {
        "name": sheet.name,
        "header_row": sheet.header_row,
        "columns": sheet.columns,
        "unused": [
            {"header": each.header, "code": each.reason, "reason": reason(each.reason, each.params)}
            for each in sheet.unused
        ],
        "rows": 0,
        **sheet.details,
    }
    if sheet.hidden:
        summary["hidden"] = True
    if sheet.notes:
        summary["notes"] = [{"code": code, "message": note(code)} for code in sheet.notes]
    if sheet.reason:
        summary["skipped"] = {"code": sheet.reason, "reason": reason(sheet.reason, {})}
    return summary


def sheet_read(name: str, header_row: int, rows: int) -> str:
    """Return in words where the list of a sheet begins; a text file has one without a name."""
    if not name:
        return _("Header in row {row}, {rows} rows").format(row=header_row, rows=rows)
    return _("Sheet {name}: header in row {row}, {rows} rows").format(
        name=name, row=header_row, rows=rows
    )


def sheet_not_read(name: str, why: str) -> str:
    """Return in words that a sheet is not read, and why."""
    if not name:
        return _("Not read: {reason}").format(reason=why)
    return _("Sheet {name} is not read: {reason}").format(name=name, reason=why)


def columns_read(columns: Mapping[str, str]) -> str:
    """Return which header was read as what, in the user's language, on one line."""
    pairs = (
        f"{header} → {_(FIELD_TITLES[field]) if field in FIELD_TITLES else field}"
        for field, header in columns.items()
    )
    return " ".join(", ".join(pairs).split())


def reason(code: str, params: Mapping[str, Any]) -> str:
    """Return in the user's language why a column or sheet is not read."""
    try:
        return _(REASONS[code]).format(**params)
    except KeyError:
        return code


def problem_line(problem: Problem) -> dict[str, Any]:
    """Return one problem as JSON prints it; its value was masked when it was found."""
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "field": problem.field,
        "code": problem.code,
        "severity": problem.severity,
        "value": problem.value,
        "message": rules.message(problem),
        "hint": rules.hint(problem),
    }


def masked(field: str | None, value: str | None) -> str | None:
    """Return `value` as it may be shown for `field`: private fields masked, others whole."""
    if not value or (field or "") not in PRIVATE_FIELDS:
        return value
    return _MASKS.get(field or "", mask_name)(value)


class RowLines:
    """Writes how each workbook row was understood, one JSON object a line.

    `sheets` maps a sheet's number to its name. Problems of a row have to come before its rows.
    """

    def __init__(self, out: TextIO | None, *, clear: bool) -> None:
        self._out = out
        self._clear = clear
        self._problems: dict[tuple[str, int | None], list[Problem]] = {}
        self._group: list[Row] = []
        self._statuses: list[str] = []
        self.sheets: dict[int, str] = {}

    def problems(self, problems: list[Problem]) -> None:
        """Keep the problems of rows that come next."""
        if self._out is None:
            return
        for problem in problems:
            self._problems.setdefault((problem.sheet, problem.row), []).append(problem)

    def rows(self, rows: list[tuple[Any, ...]], statuses: list[str] | None = None) -> None:
        """Write the rows of which all owners are there; a row is as bad as its worst owner.

        One that names two houses is written once for each.
        """
        if self._out is None:
            return
        for at, values in enumerate(rows):
            row = Row(*values)
            if self._group and _one_house(self._group[0]) != _one_house(row):
                self._write()
            self._group.append(row)
            self._statuses.append(
                statuses[at] if statuses and row.status != ERROR else _ALONE[row.status]
            )

    def close(self) -> None:
        """Write the last row."""
        if self._group:
            self._write()

    def _write(self) -> None:
        assert self._out is not None  # noqa: S101 - nothing is kept without an output
        first = self._group[0]
        sheet = self.sheets.get(first.sheet, "")
        found = self._problems.get((sheet, first.row), [])
        self._out.write(
            json.dumps(
                {
                    "sheet": sheet,
                    "row": first.row,
                    "status": max(self._statuses, key=_WORST.index),
                    "house": _house(first),
                    "owners": [
                        _owner(row, clear=self._clear) for row in self._group if row.owner_no
                    ],
                    "warnings": [problem.code for problem in found],
                    "related": _related(first, clear=self._clear),
                },
                ensure_ascii=False,
            )
            + "\n"
        )
        self._group.clear()
        self._statuses.clear()


def _one_house(row: Row) -> tuple[Any, ...]:
    """Return what the tuples of one line share: the workbook's row, and its house where the row
    names two (``301、302``)."""
    return (*row[:2], row.section, row.building, row.unit, row.room)


def _house(row: Row) -> dict[str, Any]:
    house: dict[str, Any] = {name: getattr(row, name) for name in _HOUSE}
    for field, kind in _AREA_OF.items():
        forecast, surveyed = getattr(row, f"forecast_{kind}"), getattr(row, f"surveyed_{kind}")
        house[field] = surveyed or forecast
        if forecast:
            house[f"forecast_{field}"] = forecast
    for name in HANDOVERS:
        house[name] = getattr(row, name)
    house["parking"] = row.parking
    return house


def _owner(row: Row, *, clear: bool) -> dict[str, Any]:
    phones = [each for each in (row.phone, *(row.more_phones or ())) if each]
    share = None
    if row.share_numerator and row.share_denominator:
        share = f"{row.share_numerator}/{row.share_denominator}"
    owner: dict[str, Any] = {
        "name": row.owner_name,
        "owner_type": row.owner_kind,
        "owner_number": row.owner_number,
        "id_type": row.id_type,
        "id_number": row.id_number,
        "id_status": row.id_status,
        "phones": phones,
        "phone_status": row.phone_status,
        "sex": row.sex,
        "birth": row.birth,
        "ownership": row.ownership_kind,
        "share": share,
        "emergency_name": row.emergency_name,
        "emergency_phone": row.emergency_phone,
        "plate": row.plate,
    }
    if not clear:
        for field in ("id_number", "birth", "emergency_name", "emergency_phone", "plate"):
            owner[field] = masked(field, owner[field])
        owner["name"] = masked("owner_name", row.owner_name)
        owner["phones"] = [mask_phone(each) for each in phones]
    return owner


def _related(row: Row, *, clear: bool) -> dict[str, Any]:
    related: dict[str, Any] = {name: getattr(row, name) for name in ("family", "tenant", "remark")}
    if not clear:
        related = {name: masked(name, value) for name, value in related.items()}
    people = [unpacked(each)._asdict() for each in row.others or ()]
    return related | {"people": [person if clear else _masked_other(person) for person in people]}


def _masked_other(person: dict[str, str]) -> dict[str, str | None]:
    shown = {field: masked(field, person[field]) for field in ("phone", "id_number", "birth")}
    return {**person, **shown, "name": masked("owner_name", person["name"])}
