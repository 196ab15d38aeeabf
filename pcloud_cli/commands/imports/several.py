"""Doing the same with several batches: each on its own, a result each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pcloud_cli import defects
from pcloud_cli.commands.imports.batches import RESULTS
from pcloud_cli.context import Context
from pcloud_cli.errors import ConfigProblem, ExitCode, NotAllowed, PcloudError, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.interrupts import heed
from pcloud_cli.output.columns import Column

_RESULT = (
    Column("result", N_("Result"), prose=True),
    Column("hint", N_("What to do"), prose=True),
)


def wanted(run: Context, given: Sequence[str]) -> list[str]:
    """Return the batches that are `given`; ``-`` stands for those on standard input, by number or
    id, between blanks or on lines. Raises UsageProblem where there are none."""
    found: list[str] = []
    for each in given:
        found += run.stdin.read().split() if each == "-" else [each]
    if not found:
        raise UsageProblem(
            _("Standard input names no batch."),
            hint=_("`pcloud import list` shows the numbers."),
        )
    return found


@dataclass
class Results:
    """What was done with each batch, in their order; and whether Ctrl-C ended it early."""

    done: list[dict[str, Any]] = field(default_factory=list)
    failed: list[PcloudError] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    interrupted: bool = False


def each(run: Context, references: Sequence[str], act: Callable[[str], dict[str, Any]]) -> Results:
    """Call `act` for each of `references`; one that fails does not stop the others.

    What it raises of a matter of the installation or the login is raised on, before anything else
    was done. So is the first refusal where all were refused.
    """
    results = Results()
    try:
        for reference in references:
            heed(run)
            error: PcloudError
            try:
                done = act(reference)
            except PcloudError as problem:
                heed(run)
                if isinstance(problem, ConfigProblem) and not results.records:
                    raise
                error = problem
            except Exception as problem:
                heed(run)
                error = defects.reported(problem, run)
            else:
                results.done.append(done)
                results.records.append({**done, "error": None})
                continue
            results.failed.append(error)
            body = {"code": error.code, "message": error.message, "hint": error.hint}
            results.records.append({**_named(reference), "error": body})
            if isinstance(error, ConfigProblem):
                break
    except KeyboardInterrupt:
        results.interrupted = True
    refused = [error for error in results.failed if isinstance(error, NotAllowed)]
    if refused and len(refused) == len(references):
        raise refused[0]
    return results


def tell(run: Context, results: Results, references: Sequence[str]) -> None:
    """Print a result for each batch, and which ones were not come to."""
    from pcloud_cli.services import words

    if not run.out.structured(results.records):
        rows = [
            {
                **record,
                "state": words.word(record["state"], words.BATCH_STATES)
                if record.get("state")
                else None,
                "result": _result(record),
                "hint": (record["error"] or {}).get("hint"),
            }
            for record in results.records
        ]
        if run.out.format == "ids":
            rows = [row for row in rows if row.get("id") is not None]
        columns = [*RESULTS, *_RESULT]
        if run.out.format == "table":
            columns = [c for c in columns if any(row.get(c.name) is not None for row in rows)]
        run.out.rows(rows, columns)
    if rest := references[len(results.records) :]:
        run.out.note(_("Not come to: {numbers}").format(numbers=" ".join(rest)))


def ended(results: Results) -> int:
    """Return the exit code: 6 where some failed; where all did, the one that they share, or 1."""
    if results.interrupted:
        return ExitCode.INTERRUPTED
    if not results.failed:
        return ExitCode.DONE
    if results.done:
        return ExitCode.SOME_FAILED
    codes = {error.exit_code for error in results.failed}
    return codes.pop() if len(codes) == 1 else ExitCode.FAILED


def _named(reference: str) -> dict[str, Any]:
    """Return the record of a batch of which no more is known than how it was named."""
    text = reference.strip().lstrip("#")
    number = int(text) if text.isascii() and text.isdecimal() else None
    given = reference if number is None else None
    return {"id": given, "number": number, "state": None, "already": False}


def _result(record: dict[str, Any]) -> str | None:
    if record["error"] is not None:
        return str(record["error"]["message"])
    return _("It was so before; nothing was changed.") if record.get("already") else None
