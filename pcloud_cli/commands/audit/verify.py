"""`pcloud audit verify`: recomputing the trail, or an export of it, with the keys."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.commands.audit.options import events_counted, lines_of, paper_text
from pcloud_cli.context import Context
from pcloud_cli.errors import Failed, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

COLUMNS = (
    Column("ok", N_("Whole")),
    Column("events", N_("Events"), right=True),
    Column("seq", N_("Last number"), right=True),
    Column("hash", N_("Hash")),
    Column("checkpoint", N_("Checkpoint")),
    Column("problem_count", N_("Faults"), right=True),
    Column("problems", N_("Found")),
)
EXPORT_COLUMNS = (
    Column("ok", N_("Whole")),
    Column("events", N_("Events"), right=True),
    Column("first", N_("First number"), right=True),
    Column("last", N_("Last number"), right=True),
    Column("fault", N_("Fault")),
    Column("seq", N_("At event"), right=True),
)


@verbs.verb(
    "verify",
    examples="pcloud audit verify\npcloud audit verify --checkpoint checkpoint.json\n"
    "pcloud audit verify --export trail.jsonl",
)
def verify(
    run: Context,
    checkpoint: Annotated[
        str | None,
        typer.Option("--checkpoint", help=N_("File of a checkpoint kept elsewhere, - for stdin.")),
    ] = None,
    export: Annotated[
        str | None,
        typer.Option(
            "--export", help=N_("Verify this exported file instead of the trail, - for stdin.")
        ),
    ] = None,
) -> None:
    """Recompute the whole trail: every content, every link, every number.

    A checkpoint that was kept elsewhere also shows whether the newest events were cut off. Its
    signature must be of a key of this installation; one of an older version has none, which is
    said.
    """
    if export is not None:
        if checkpoint is not None:
            raise UsageProblem(_("Give either --checkpoint or --export."))
        _verify_export(run, export)
        return
    from pcloud_cli.db.trail import PROBLEMS
    from pcloud_cli.services import acting, audit, audit_papers

    kept = audit_papers.read_checkpoint(paper_text(run, checkpoint)) if checkpoint else None
    with events_counted(run) as told, acting.as_caller(run) as (actor, work):
        result = audit.verify(actor, work, checkpoint=kept, progress=told)
    people = run.out.format in ("table", "csv", "tsv")
    found = [
        f"{problem.seq}: {_(PROBLEMS[problem.code]).rstrip('.。')}"
        if people
        else {"seq": problem.seq, "code": problem.code, "message": _(PROBLEMS[problem.code])}
        for problem in result.problems
    ]
    run.out.record(
        {
            "ok": result.ok,
            "events": result.events,
            "seq": result.seq,
            "hash": result.hash.hex(),
            "checkpoint": None if kept is None else kept.seq,
            "problem_count": result.problem_count,
            "problems": found,
        },
        COLUMNS,
    )
    if kept is not None and kept.paper is None:
        run.out.note(
            _(
                "This checkpoint is of an older version and not signed: whoever could write the"
                " file could have made it. `pcloud audit checkpoint` writes a signed one."
            )
        )
    if not result.ok:
        first = min(result.problems, key=lambda problem: problem.seq)
        raise Failed(
            _("The trail is not whole: {count} problems, the first at event {seq}: {what}").format(
                count=result.problem_count, seq=first.seq, what=_(PROBLEMS[first.code])
            ),
            hint=_("Keep the database as it is, and tell auditor and security administrator."),
            code="trail_broken",
        )


def _verify_export(run: Context, name: str) -> None:
    from pcloud_cli.services import acting, audit_export

    with (
        lines_of(run, name) as file,
        events_counted(run) as told,
        acting.as_caller(run) as (actor, work),
    ):
        judged = audit_export.verify(actor, work, file, told)
    said_of_export(run, judged)


def said_of_export(run: Context, judged: object) -> None:
    """Say what was found of an export (`audit_export.Judged`); raise Failed where not all holds."""
    from pcloud_cli.services import audit_export

    assert isinstance(judged, audit_export.Judged)  # noqa: S101 - imported late: help stays light
    fault = judged.fault
    run.out.record(
        {
            "ok": fault is None,
            "events": judged.events,
            "first": judged.first,
            "last": judged.last,
            "fault": fault,
            "seq": judged.seq or None,
        },
        EXPORT_COLUMNS,
    )
    if fault is None:
        return
    what = _(audit_export.FAULTS[fault])
    if judged.seq:
        what = _("At event {seq}: {what}").format(seq=judged.seq, what=what)
    raise Failed(
        what,
        hint=_("Ask for the file anew, and tell the auditor."),
        code="export_broken",
    )
