"""What `pcloud import check` does: each file judged in turn, and what was found printed."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from pcloud_cli.commands.imports import errors as import_errors
from pcloud_cli.commands.imports import headers as import_headers
from pcloud_cli.commands.imports.asking import Book, prepared
from pcloud_cli.commands.imports.columns import CELL, COMPARED, FAULTS, PROBLEM
from pcloud_cli.commands.imports.lists import STANDARD_INPUT, called
from pcloud_cli.commands.imports.progress import Watch, watching
from pcloud_cli.context import Context
from pcloud_cli.errors import ExitCode, Failed, PcloudError
from pcloud_cli.files import replacing
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.sheets.report import (
    CheckResult,
    Following,
    columns_read,
    sheet_not_read,
    sheet_read,
)

_SHOWN = 50  # problems of a file on a terminal; -o json, jsonl and csv give all
COLUMNS = (Column("file", N_("File")), *CELL, *PROBLEM)
SUMMARY = (
    Column("file", N_("File")),
    *COMPARED,
    *FAULTS,
    Column("result", N_("Result"), prose=True),
)


def check_files(
    run: Context,
    files: list[Path],
    *,
    community: str | None,
    mapping: dict[str, str],
    rows: Path | None,
    clear: bool,
    developer: str | None = None,
    strict: bool = False,
    whole: bool = False,
    errors: Path | None = None,
    only_bad: bool = False,
    password_stdin: bool = False,
) -> int:
    """Check `files` one after the other, print everything found, return the exit code.

    `whole`: any row that cannot be imported counts against its whole file. `errors` is where the
    marked copies go, `only_bad` makes them hold only the rows to mend.

    The file ``-`` is standard input.
    """
    import_errors.refuse(run, files, errors, only_bad=only_bad)
    given = mapping
    if developer is not None:
        mapping = {**import_headers.known(run, developer), **mapping}
    judge = _alone(run, strict) if community is None else _against(run, community, strict)
    with replacing(rows) if rows is not None else nullcontext() as stream:
        lines = io.TextIOWrapper(stream, "utf-8", write_through=True) if stream else None
        results = []
        with watching(run, [_source(run, path)[0] for path in files]) as watch:
            books = prepared(run, files, mapping, given, watch, password_stdin=password_stdin)
            for place, book in enumerate(books):
                watch.begin(place, book.name)
                follow = _following(run, watch, book, given)
                order = _Order(book, {**mapping, **book.answers}, lines, clear, follow)
                result = judge(order)
                results.append(result)
                watch.end(_line(result), notable=result.error is not None)
        if lines is not None:
            lines.detach()
    if not run.out.structured([result.as_json() for result in results]):
        if run.out.format == "table":
            for result in results:
                _tell(run, result, alone=len(results) == 1)
            if len(results) > 1:
                _summary(run, results)
        else:
            found = [{"file": r.file, **problem} for r in results for problem in r.problems]
            run.out.rows(found, COLUMNS)
    if errors is not None:
        passwords = [book.password for book in books]
        import_errors.of_check(run, files, results, passwords, errors, only_bad=only_bad)
    return _ended(run, results, whole)


def _ended(run: Context, results: list[CheckResult], whole: bool) -> int:
    """Say which files cannot be taken at all, and return the exit code."""
    if any(result.error is not None for result in results):
        for result in results:
            if result.error is not None and run.out.format != "table":
                run.out.error(_named(result, result.error, alone=len(results) == 1))
        return ExitCode.FAILED
    if any(result.totals["errors"] for result in results):
        for result in results if whole else ():
            if result.totals["errors"]:
                run.out.note(_("{file} would be refused as a whole.").format(file=result.file))
        return ExitCode.SOME_FAILED
    return ExitCode.DONE


class _Order(NamedTuple):
    """One file to judge: its headers settled by `mapping`, its rows written to `rows`."""

    book: Book
    mapping: dict[str, str]
    rows: TextIO | None
    clear: bool
    following: Following


def _following(run: Context, watch: Watch, book: Book, given: Mapping[str, str]) -> Following:
    if str(book.path) != STANDARD_INPUT:
        return watch.following
    return lambda said: import_headers.watched(run, watch.following(said), given)


Judge = Callable[[_Order], CheckResult]


def _source(run: Context, path: Path) -> tuple[Path | int, str]:
    """Return what to read and what to call it."""
    if str(path) == "-":
        return run.stdin.fileno(), _("standard input")
    return path, called(path)


def _alone(run: Context, strict: bool) -> Judge:
    from pcloud_cli.sheets.report import check_file

    def judge(order: _Order) -> CheckResult:
        source, name = _source(run, order.book.path)
        return check_file(
            source,
            name=name,
            mapping=order.mapping,
            rows=order.rows,
            clear=order.clear,
            today=run.today,
            strict=strict,
            password=order.book.password,
            following=order.following,
        )

    return judge


def _against(run: Context, community: str, strict: bool) -> Judge:
    def judge(order: _Order) -> CheckResult:
        from pcloud_cli.services import acting
        from pcloud_cli.services.imports import check

        source, name = _source(run, order.book.path)
        with acting.as_caller(run) as (actor, work):
            return check.against(
                actor,
                work,
                source,
                name=name,
                reference=community,
                mapping=order.mapping,
                rows=order.rows,
                clear=order.clear,
                today=run.today,
                strict=strict,
                password=order.book.password,
                following=order.following,
            )

    return judge


def _named(result: CheckResult, error: PcloudError, *, alone: bool) -> PcloudError:
    """Return `error` with the name of its file, where files are several."""
    if alone:
        return error
    return Failed(f"{result.file}: {error.message}", hint=error.hint, code=error.code)


def _tell(run: Context, result: CheckResult, *, alone: bool) -> None:
    out = run.out
    out.line(result.file)
    for sheet in result.sheets:
        _tell_sheet(run, sheet)
    if result.error is not None:
        out.error(_named(result, result.error, alone=alone))
        return
    shown = [_worded(problem) for problem in _worst_first(result.problems)[:_SHOWN]]
    if shown:
        out.rows(shown, [column for column in COLUMNS if column.name != "file"])
    rest = len(result.problems) - len(shown)
    if rest > 0:
        out.line(_("… and {count} more; -o csv lists all.").format(count=rest))
    out.line(_counts(result))


def _counts(result: CheckResult) -> str:
    words = {
        "rows": _("rows"),
        "new": _("new"),
        "changed": _("changed"),
        "unchanged": _("unchanged"),
        "conflicts": _("conflicts"),
        "errors": _("errors"),
        "warnings": _("warnings"),
    }
    return _(", ").join(
        _("{what}: {count}").format(what=words[name], count=count)
        for name, count in result.totals.items()
        if count is not None
    )


def _line(result: CheckResult) -> str:
    """Return the one line that a file gets where several are checked and nobody looks on."""
    if result.error is not None:
        return _("not read: {reason}").format(reason=result.error.message)
    return _counts(result)


def _summary(run: Context, results: list[CheckResult]) -> None:
    """Print below what was found in each file a table of them all."""
    rows = [
        {
            "file": result.file,
            **result.totals,
            "result": result.error.message if result.error is not None else None,
        }
        for result in results
    ]
    shown = [column for column in SUMMARY if any(row[column.name] is not None for row in rows)]
    run.out.line("")
    run.out.rows(rows, shown)


def _tell_sheet(run: Context, sheet: dict[str, Any]) -> None:
    out = run.out
    for note in sheet.get("notes", ()):
        out.line(_("Note: {message}").format(message=note["message"]))
    if sheet.get("skipped"):
        out.line(sheet_not_read(sheet["name"], sheet["skipped"]["reason"]))
        return
    out.line(sheet_read(sheet["name"], sheet["header_row"], sheet["rows"]))
    out.line(columns_read(sheet["columns"]), indent=2)
    for unused in sheet["unused"]:
        out.line(
            _("not read: {header} ({reason})").format(
                header=unused["header"] or "-", reason=unused["reason"]
            ),
            indent=2,
        )


def _worst_first(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(problems, key=lambda problem: order.get(problem["severity"], 3))


def _worded(problem: dict[str, Any]) -> dict[str, Any]:
    from pcloud_cli.services import words

    return {**problem, "severity": words.word(problem["severity"], words.SEVERITIES)}
