"""Loading many workbooks in one go: a batch each, a summary, a list of what failed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pcloud_cli import defects
from pcloud_cli.commands.imports import headers as import_headers
from pcloud_cli.commands.imports import lists as import_lists
from pcloud_cli.commands.imports.asking import Book, prepared
from pcloud_cli.commands.imports.columns import COMPARED, FAULTS
from pcloud_cli.commands.imports.order import Order, reading_of
from pcloud_cli.commands.imports.progress import Watch, watching
from pcloud_cli.context import Context
from pcloud_cli.errors import (
    ConfigProblem,
    ExitCode,
    NotAllowed,
    NotFound,
    PcloudError,
    UsageProblem,
)
from pcloud_cli.i18n import N_, _
from pcloud_cli.interrupts import heed
from pcloud_cli.output.columns import Column
from pcloud_cli.services import acting, words
from pcloud_cli.services.imports import load as loading

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("file", N_("File")),
    Column("number", N_("Batch"), right=True),
    *COMPARED,
    *FAULTS,
    Column("seconds", N_("Seconds"), right=True),
    Column("result", N_("Result"), prose=True),
    Column("hint", N_("What to do"), prose=True),
)
_TOTALS = ("rows", "new", "changed", "unchanged", "conflicts", "errors", "warnings")
_SHOWN_IF_ANY = frozenset({"changed", "unchanged", "conflicts", "hint", "result"})
_FOR_ALL = (ConfigProblem, NotAllowed, NotFound, UsageProblem)
"""What is no matter of one file: it would stop every other in the same way."""
_FOR_ALL_CODES = frozenset({"disk_full", "damaged"})


@dataclass
class _Outcome:
    """What became of the files so far: a record each, and what ended the run early."""

    records: list[dict[str, Any]] = field(default_factory=list)
    stopped: PcloudError | None = None
    interrupted: bool = False

    @property
    def loaded(self) -> list[dict[str, Any]]:
        """Records of files that are a batch, whether of this run or of an earlier one."""
        return [each for each in self.records if each["error"] is None]


def load(
    run: Context, names: Sequence[str], order: Order, failed: Path, *, password_stdin: bool
) -> int:
    """Load the workbooks `names` one after the other and print what became of each.

    One that fails does not stop the others; what would fail for all of them does, and so does
    Ctrl-C. What is not loaded then is listed in the folder `failed`. Return the exit code.
    """
    paths = [Path(name) for name in names]
    outcome = _Outcome()
    with acting.at_desk(run) as desk, watching(run, paths) as watch:
        known = {**order.known, **order.given}
        files = prepared(run, paths, known, order.given, watch, password_stdin=password_stdin)
        kept: dict[str, str] = {}
        try:
            for place, file in enumerate(files):
                watch.begin(place, file.name)
                heed(run)
                record = _loaded(run, desk, file, order, watch, outcome)
                outcome.records.append(record)
                watch.end(_line(record), notable=record["error"] is not None)
                if outcome.stopped is not None:
                    break
                settled = {**order.given, **file.answers}
                if record["error"] is None and not settled.items() <= kept.items():
                    import_headers.keep(run, order.developer, settled)
                    kept |= settled
        except KeyboardInterrupt:
            outcome.interrupted = True
    if outcome.stopped is not None and len(outcome.records) == 1:
        raise outcome.stopped
    return _told(run, files, outcome, order, failed)


def _loaded(
    run: Context,
    desk: acting.Desk,
    file: Book,
    order: Order,
    watch: Watch,
    outcome: _Outcome,
) -> dict[str, Any]:
    """Load one file; return its record. What stops all files is noted in `outcome`."""
    mapping = {**order.known, **order.given, **file.answers}
    started = run.clock.now()
    error: PcloudError | None = None
    batch: dict[str, Any] = {}
    try:
        reading = watch.following(reading_of(run, file.path, order, mapping, file.password))
        with closing(reading):
            batch = loading.load(
                desk.open,
                file.path,
                name=import_lists.called(file.path.name),
                reference=order.place,
                options=order.options(run, mapping),
                password=file.password,
                reading=reading,
            )
    except PcloudError as problem:
        heed(run)
        error = problem
        if isinstance(problem, _FOR_ALL) or problem.code in _FOR_ALL_CODES:
            outcome.stopped = problem
    except Exception as problem:
        heed(run)
        error = defects.reported(problem, run)
    dry = run.flags.dry_run and not batch.get("already")
    return {
        "file": file.name,
        "id": None if dry else batch.get("id"),
        "number": None if dry else batch.get("number"),
        "state": None if dry else batch.get("state"),
        "already": bool(batch.get("already")),
        **{total: batch.get(total) for total in _TOTALS},
        "seconds": max(round((run.clock.now() - started).total_seconds(), 1), 0.0),
        "error": _as_json(error),
    }


def _as_json(error: PcloudError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {"code": error.code, "message": error.message, "hint": error.hint}


def _result(record: dict[str, Any]) -> str:
    """Return in words what became of a file; nothing where it was simply loaded."""
    if record["error"] is not None:
        return str(record["error"]["message"])
    if record["already"]:
        return _("batch {number} already ({state}); nothing was changed").format(
            number=record["number"], state=words.word(record["state"], words.BATCH_STATES)
        )
    return ""


def _line(record: dict[str, Any]) -> str:
    """Return the one line that a file gets where no table is looked at."""
    said = _result(record)
    if record["error"] is not None:
        return _("not loaded: {reason}").format(reason=said)
    if said:
        return said
    number = record["number"]
    parts = [] if number is None else [_("batch {number}").format(number=number)]
    parts += [
        _("rows {count}").format(count=record["rows"]),
        _("kept out {count}").format(count=record["errors"]),
        _("{seconds} s").format(seconds=record["seconds"]),
    ]
    return _(", ").join(parts)


def _told(
    run: Context, files: Sequence[Book], outcome: _Outcome, order: Order, failed: Path
) -> int:
    """Print the summary, write the list of what is left, and return the exit code."""
    records, out = outcome.records, run.out
    left = _left(files, outcome)
    path = None
    if left and not run.flags.dry_run:
        # first of all: whoever reads the rest may have gone
        path = import_lists.keep_failed(run, failed, left, len(files), order.again())
    if not out.structured(records):
        if out.format == "ids":
            out.rows((each for each in outcome.loaded if each["id"] is not None), COLUMNS)
        else:
            _table(run, records)
    _counted(run, outcome, len(files), len(left))
    if path is not None:
        again = import_lists.again(path, order.again())
        out.note(_("Listed with the reasons in {path}").format(path=import_lists.called(path)))
        out.note(_("Load them again: {command}").format(command=again))
    if outcome.interrupted:
        out.note(_("Interrupted; what was loaded stays."))
        return ExitCode.INTERRUPTED
    if outcome.stopped is not None:
        out.error(outcome.stopped)
        return outcome.stopped.exit_code
    if not outcome.loaded:
        return ExitCode.FAILED
    if left or any(each["errors"] for each in records):
        return ExitCode.SOME_FAILED
    return ExitCode.DONE


def _table(run: Context, records: list[dict[str, Any]]) -> None:
    rows = [
        {**each, "result": _result(each), "hint": (each["error"] or {}).get("hint")}
        for each in records
    ]
    empty = set()
    if run.out.format == "table":
        empty = {name for name in _SHOWN_IF_ANY if not any(row[name] for row in rows)}
    run.out.rows(rows, [column for column in COLUMNS if column.name not in empty])


def _counted(run: Context, outcome: _Outcome, total: int, left: int) -> None:
    """Say how many were loaded, which batches want a look, and what comes next."""
    out = run.out
    fresh = [each for each in outcome.loaded if not each["already"]]
    said = _("Workbooks: {total}; loaded: {loaded}; already there: {already}; not loaded: {left}")
    already = len(outcome.loaded) - len(fresh)
    out.note(said.format(total=total, loaded=len(fresh), already=already, left=left))
    if run.flags.dry_run or not fresh:
        return
    short = [str(each["number"]) for each in fresh if each["errors"]]
    if short:
        out.note(
            _("Rows were kept out of batches {numbers}; see: pcloud import show {first} --problems")
            .format(numbers=", ".join(short), first=short[0])
        )  # fmt: skip
    numbers = " ".join(str(each["number"]) for each in fresh)
    out.note(
        _("Somebody else checks and approves them: pcloud import approve {numbers}").format(
            numbers=numbers
        )
    )


def _left(files: Sequence[Book], outcome: _Outcome) -> list[import_lists.Left]:
    """Return what is to be loaded another time, each with its reason."""
    left = []
    for place, file in enumerate(files):
        if place >= len(outcome.records):
            began = outcome.interrupted and place == len(outcome.records)
            reason = _("It was interrupted.") if began else _("Its turn did not come.")
        elif (error := outcome.records[place]["error"]) is not None:
            reason = " ".join(filter(None, (error["message"], error["hint"])))
        else:
            continue
        left.append(import_lists.Left(file.path, reason))
    return left
