"""Showing a batch to the second person: what would be, beside what is and what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pcloud_cli.commands.imports.columns import CELL, COMPARED, FAULTS, PROBLEM
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column, Columns

_TOTALS = (
    *COMPARED,
    Column("absent", N_("Not named"), right=True, detail=True),
    *FAULTS,
)
BATCHES = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Batch"), right=True),
    Column("state", N_("State")),
    Column("community", N_("Community")),
    Column("file", N_("File")),
    *_TOTALS,
    Column("loaded_by", N_("Loaded by")),
    Column("loaded_at", N_("Loaded at")),
    Column("developer", N_("Developer"), detail=True),
    Column("handover_note", N_("Hand-over list"), detail=True),
    Column("applied_at", N_("Applied at"), detail=True),
    Column("skipped", N_("Skipped"), detail=True),
    Column("undone_at", N_("Taken back at"), detail=True),
    Column("kept", N_("Kept"), detail=True),
)
PROBLEMS = (*CELL, Column("code", N_("Code"), detail=True), *PROBLEM)
_ROW = (
    Column("sheet", N_("Sheet")),
    Column("row", N_("Row"), right=True),
    Column("house", N_("House")),
    Column("owner", N_("Owner")),
    Column("field", N_("Field")),
)
CHANGES = (
    *_ROW,
    Column("before", N_("Before")),
    Column("after", N_("After")),
)
CONFLICTS = (
    *_ROW,
    Column("before", N_("Here")),
    Column("after", N_("In the list")),
    Column("why", N_("Why"), prose=True),
    Column("decisions", N_("To decide"), prose=True),
)
ABSENT = (
    Column("section", N_("Section")),
    Column("building", N_("Building")),
    Column("unit", N_("Unit")),
    Column("room", N_("Room")),
    Column("house_kind", N_("House kind")),
    Column("house_state", N_("House state")),
    Column("owned", N_("Owned")),
)
_FEW_LEFT_OUT = 50
SAMPLE = (
    Column("sheet", N_("Sheet")),
    Column("row", N_("Row"), right=True),
    Column("house", N_("House")),
    Column("status", N_("Status")),
    Column("column", N_("Column")),
    Column("header", N_("Header")),
    Column("text", N_("In the file")),
    Column("understood", N_("Understood as")),
)


def show(
    run: Context, batch: str, *, problems: bool, changes: bool, absent: bool, reveal: str | None
) -> None:
    """Show a batch, or one whole list of it."""
    from pcloud_cli.services import acting, words
    from pcloud_cli.services.imports import batches, shown

    rows: Iterable[Mapping[str, Any]]
    columns: Columns
    spoken: Mapping[str, words.Words]
    with acting.as_caller(run) as (actor, work):
        if problems:
            rows = list(batches.problems(actor, work, batch))
            columns, spoken = PROBLEMS, {"severity": words.SEVERITIES}
        elif changes:
            rows = shown.all_changes(actor, work, batch, reveal=reveal)
            columns, spoken = CHANGES, {}
        elif absent:
            rows = shown.absent_houses(actor, work, batch)
            columns = ABSENT
            spoken = {"house_kind": words.HOUSE_KINDS, "house_state": words.OCCUPANCY}
        else:
            record = shown.show(actor, work, batch, reveal=reveal)
            columns = ()
    if not columns:
        written(run, record)
        if record["undo"] == "pending":
            run.out.note(
                _("Somebody asked to take it back: pcloud import show {number} --undo").format(
                    number=record["number"]
                )
            )
        return
    if changes and run.out.format in ("table", "csv"):
        rows = _said(rows)
    run.out.rows(words.for_output(run.out, rows, spoken), columns)


def before_deciding(run: Context, batch: str) -> None:
    """Show a batch to who is about to decide on it; refuse who may not."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import batches, shown

    with acting.as_caller(run) as (actor, work):
        batches.may_decide(actor, work, batch)
        record = shown.show(actor, work, batch)
    if run.may_ask:
        written(run, record)


def written(run: Context, shown: dict[str, Any]) -> None:
    """Write the record of a batch, for people in parts that have headings."""
    from pcloud_cli.services import words
    from pcloud_cli.services.imports.shown import FEW

    out = run.out
    if out.structured(shown):
        return
    out.record({**shown, "state": words.word(shown["state"], words.BATCH_STATES)}, BATCHES)
    _sheets(run, shown["sheets"])
    number = shown["number"]
    _part(run, _("Conflicts, and rows left out:"), _said(shown["conflict_rows"]), CONFLICTS)
    _part(run, _("What would change here:"), _said(shown["changes"]), CHANGES)
    if len(shown["changes"]) == FEW:
        out.note(_("All of them: pcloud import show {number} --changes").format(number=number))
    spoken = {"house_kind": words.HOUSE_KINDS, "house_state": words.OCCUPANCY}
    _part(
        run,
        _("Houses here that the list does not name; nothing is done with them:"),
        words.spoken(shown["absent_houses"], spoken),
        ABSENT,
    )
    if (shown["absent"] or 0) > len(shown["absent_houses"]):
        out.note(
            _("{count} in all: pcloud import show {number} --absent").format(
                count=shown["absent"], number=number
            )
        )
    _part(run, _("Sampled rows, as the file has them and as understood:"), _sample(shown), SAMPLE)


def left_out(run: Context, rows: list[dict[str, Any]]) -> None:
    """List on stderr the rows that applying left out, the first of many; structured formats have
    them in their record."""
    from pcloud_cli.output.table import write_table
    from pcloud_cli.output.values import for_terminal
    from pcloud_cli.services import words

    if run.out.format not in ("table", "csv", "tsv", "ids"):
        return
    columns = (*_ROW[:4], Column("why", N_("Why")))
    spoken = words.spoken(rows[:_FEW_LEFT_OUT], {"why": words.ROW_REASONS})
    body = [[for_terminal(str(row[c.name] or "")) for c in columns] for row in spoken]
    write_table(run.stderr, columns, body, plain=True)


def _sheets(run: Context, sheets: list[dict[str, Any]]) -> None:
    from pcloud_cli.sheets.notes import note
    from pcloud_cli.sheets.report import columns_read, reason, sheet_not_read, sheet_read

    for sheet in sheets:
        run.out.line("")
        for code in sheet.get("notes", ()):
            run.out.line(_("Note: {message}").format(message=note(code)))
        if sheet["header_row"] is None:
            why = reason(sheet["reason"], {}) if sheet["reason"] else "-"
            run.out.line(sheet_not_read(sheet["name"], why))
            continue
        run.out.line(sheet_read(sheet["name"], sheet["header_row"], sheet["rows"]))
        run.out.line(columns_read(sheet["columns"]), indent=2)
        if sheet["unused"]:
            unused = ", ".join(header or "-" for header, _reason in sheet["unused"])
            run.out.line(_("not read: {headers}").format(headers=unused), indent=2)


def _part(run: Context, heading: str, rows: Iterable[Mapping[str, Any]], columns: Columns) -> None:
    found = list(rows)
    if found:
        run.out.line("")
        run.out.line(heading)
        run.out.rows(found, columns)


def _said(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield records of fields at odds in the words of people."""
    from pcloud_cli.services import words
    from pcloud_cli.services.imports import decisions

    codes = {
        "state": words.OCCUPANCY,
        "sex": words.SEXES,
        "house_kind": words.HOUSE_KINDS,
        "share": words.OWNERSHIP,
    }
    for row in rows:
        said = dict(row)
        known = codes.get(row["field"], {})
        for side in ("before", "after"):
            said[side] = words.word(row[side], known)
        said["field"] = decisions.title(row["field"]) if row["field"] else ""
        if "why" in row:
            said["why"] = words.word(row["why"] or "", words.ROW_REASONS)
            said["decisions"] = _(", ").join(_(decisions.DECISIONS[d]) for d in row["decisions"])
        yield said


_OF_FIELD: Mapping[str, tuple[str, ...]] = {
    "owner_name": ("owner",),
    "owner_type": ("owner_kind",),
    "birth": ("birth_month",),
    "area": ("forecast_gross", "surveyed_gross"),
    "net_area": ("forecast_net", "surveyed_net"),
    "shared_area": ("forecast_shared", "surveyed_shared"),
    "address": ("section", "building", "unit", "room"),
    "emergency_name": ("emergency",),
    "emergency_phone": ("emergency",),
    "plate": ("vehicle",),
}
"""What of an understood row answers to the cell of a field, where their names differ."""

_AREAS = frozenset({"area", "net_area", "shared_area"})


def _sample(shown: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a record for each cell of the sampled rows, with what was understood of it."""
    from pcloud_cli.services import words

    for row in shown["sample"]:
        statuses = dict.fromkeys(found["status"] for found in row["understood"])
        place = {"sheet": row["sheet"], "row": row["row"]}
        status = _(", ").join(words.word(code, words.ROW_STATUSES) for code in statuses)
        errors = [each["message"] for each in row["problems"] if each["severity"] == "error"]
        if not row["understood"]:
            kept_out = " ".join(errors) or _("said by an earlier row already")
            status = words.word("error", words.ROW_STATUSES) if errors else ""
            place["understood"] = kept_out
        place["status"] = status
        place["house"] = _(", ").join(dict.fromkeys(each["house"] for each in row["understood"]))
        cells = row["cells"] or [{"column": "", "header": "", "field": "", "text": ""}]
        for cell in cells:
            yield {**place, **cell, **_answer(cell["field"], row["understood"])}
            place = dict.fromkeys(place, "")


def _answer(field: str, understood: list[Mapping[str, Any]]) -> dict[str, str]:
    """Return what the rows that a cell gave rise to have of its field, once each."""
    if not understood:
        return {}
    from pcloud_cli.services import words
    from pcloud_cli.services.imports import decisions

    codes = {
        "house_kind": words.HOUSE_KINDS,
        "house_status": words.OCCUPANCY,
        "owner_kind": words.OWNER_KINDS,
        "sex": words.SEXES,
        "id_type": words.ID_TYPES,
        "id_number": words.MARKS,
        "phone": words.MARKS,
    }
    found: dict[str, None] = {}
    for row in understood:
        for name in _OF_FIELD.get(field, (field,)) if field else ("owner",):
            value = row.get(name)
            for each in value if isinstance(value, list) else [value]:
                if each:
                    text = decisions.area(name, each) if field in _AREAS else str(each)
                    found[words.word(text, codes.get(name, {}))] = None
    return {"understood": _(", ").join(found)}
