"""Doing the same with several batches: each on its own, a result each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pcloud_cli import several
from pcloud_cli.commands.imports.batches import RESULTS
from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.several import Results, ended

__all__ = ["each", "ended", "tell", "wanted"]

_RESULT = (
    Column("result", N_("Result"), prose=True),
    Column("hint", N_("What to do"), prose=True),
)


def wanted(run: Context, given: Sequence[str]) -> list[str]:
    """Return the batches that are `given`, by number or id, ``-`` those on standard input."""
    nothing = UsageProblem(
        _("Standard input names no batch."),
        hint=_("`pcloud import list` shows the numbers."),
    )
    return several.wanted(run, given, nothing)


def each(run: Context, references: Sequence[str], act: Callable[[str], dict[str, Any]]) -> Results:
    """Call `act` for each of the batches `references`, as `several.each` does."""
    return several.each(run, references, act, _named)


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
