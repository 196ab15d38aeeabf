"""`pcloud ticket intake`: lines from the backend of an app, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TextIO

import typer

from pcloud_cli import defects
from pcloud_cli.context import Context
from pcloud_cli.errors import ConfigProblem, ExitCode, PcloudError, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.interrupts import heed
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

if TYPE_CHECKING:
    from pcloud_cli.services.acting import Desk

verbs = Verbs()

_TAKEN = (
    Column("line", N_("Line"), right=True),
    Column("reference", N_("Reference of the app")),
    Column("number", N_("Ticket number"), right=True),
    Column("result", N_("Result")),
    Column("state", N_("State"), detail=True),
    Column("proposed", N_("Sounds like")),
    Column("error", N_("Error"), detail=True),
    Column("problem", N_("Problem"), prose=True),
)
_RESULTS = {"taken": N_("taken over"), "already": N_("taken before"), "failed": N_("failed")}


@dataclass
class _Count:
    taken: int = 0
    failed: int = 0
    interrupted: bool = False
    dry: set[tuple[str, str]] = field(default_factory=set)
    """References that a dry run would have taken."""


@verbs.verb(
    "intake",
    writes=True,
    examples="pcloud ticket intake reports.jsonl --failed failed.jsonl\n"
    "pcloud ticket intake failed.jsonl --failed failed.jsonl\n"
    "app-backend | pcloud ticket intake - -c CH -o jsonl",
)
def intake(
    run: Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help=N_("JSON lines; - reads standard input."))
    ] = "-",
    community: Annotated[
        str | None,
        typer.Option("--community", "-c", help=N_("Community of lines that name none.")),
    ] = None,
    failed: Annotated[
        str | None,
        typer.Option("--failed", help=N_("File for the bad lines, to mend and run again.")),
    ] = None,
) -> int:
    """Take over what owners report, confirm, urge and open again in the app.

    Each line is taken once, however often it comes; a bad one does not stop the others. With -o
    jsonl the answer to each line is written as soon as it is taken.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services.ticket import intake as taking

    with acting.as_caller(run) as (actor, work):
        taking.require(actor, work)
    count = _Count()
    with ExitStack() as stack:
        lines = stack.enter_context(_opened(run, file))
        kept = stack.enter_context(_kept(run, failed))
        desk = stack.enter_context(acting.at_desk(run))
        rows = _each(run, desk, lines, kept, community, count)
        if run.out.format in ("json", "jsonl", "yaml"):
            run.out.rows(rows, _TAKEN[:-1])
        else:
            run.out.rows(({**row, "result": _(_RESULTS[row["result"]])} for row in rows), _TAKEN)
    run.out.note(
        _("{taken} lines taken, {failed} not.").format(taken=count.taken, failed=count.failed)
    )
    if count.failed and failed is None:
        run.out.note(_("Give --failed FILE to have those that failed in a file."))
    if count.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.SOME_FAILED if count.failed else ExitCode.DONE


def _each(
    run: Context,
    desk: Desk,
    lines: TextIO,
    kept: BinaryIO | None,
    community: str | None,
    count: _Count,
) -> Iterator[dict[str, Any]]:
    try:
        for number, text in enumerate(lines, 1):
            plain = text.strip().lstrip("\ufeff")
            if not plain:
                continue
            row = _taken(run, desk, plain, community, count)
            if row["error"] is not None:
                count.failed += 1
                if kept is not None:
                    kept.write(text.rstrip("\r\n").encode("utf-8", "surrogateescape") + b"\n")
            else:
                count.taken += 1
            yield {"line": number, **row}
            run.stdout.flush()
    except KeyboardInterrupt:
        count.interrupted = True


def _taken(
    run: Context, desk: Desk, text: str, community: str | None, count: _Count
) -> dict[str, Any]:
    from pcloud_cli.services.ticket import intake as taking
    from pcloud_cli.services.ticket.intake_line import parse

    heed(run)
    reference = None
    try:
        line = parse(text, now=run.clock.now(), zone=run.settings.text("zone"))
        reference = line.reference
        key = (line.channel, line.reference)
        if key in count.dry:
            return _row(reference, {"already": line.call is not None})
        with desk.open(write=True) as (actor, work):
            found = taking.take(actor, work, line, community=community)
        if run.flags.dry_run:
            count.dry.add(key)
        return _row(reference, found)
    except ConfigProblem:
        raise
    except PcloudError as problem:
        heed(run)
        error = problem
    except Exception as problem:
        heed(run)
        error = defects.reported(problem, run)
    body = {"code": error.code, "message": error.message, "hint": error.hint}
    said = " ".join(each for each in (error.message, error.hint) if each)
    return {**_row(reference, {}), "result": "failed", "error": body, "problem": said}


def _row(reference: str | None, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "reference": reference,
        "number": found.get("number"),
        "state": found.get("state"),
        "proposed": found.get("proposed"),
        "result": "already" if found.get("already") else "taken",
        "error": None,
    }


@contextmanager
def _opened(run: Context, file: str) -> Iterator[TextIO]:
    if file == "-":
        yield run.stdin
        return
    try:
        stream = Path(file).open(encoding="utf-8", errors="surrogateescape")  # noqa: SIM115 - below
    except OSError as error:
        raise UsageProblem(
            _("{path} cannot be read: {reason}.").format(path=file, reason=error.strerror),
            hint=_("Name a file of JSON lines, or - for standard input."),
        ) from None
    with stream:
        yield stream


@contextmanager
def _kept(run: Context, file: str | None) -> Iterator[BinaryIO | None]:
    """Give the file for bad lines: it takes its place whole, at the end; not on a dry run."""
    if file is None or run.flags.dry_run:
        yield None
        return
    from pcloud_cli.files import replacing

    with replacing(Path(file)) as stream:
        yield stream
