"""`pcloud audit check`: judging a checkpoint or an export by the public key alone."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import Annotated

import typer

from pcloud_cli.commands.audit.options import lines_of, paper_text
from pcloud_cli.commands.audit.verify import said_of_export
from pcloud_cli.context import Context
from pcloud_cli.errors import Failed
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

COLUMNS = (
    Column("ok", N_("Whole")),
    Column("seq", N_("Last number"), right=True),
    Column("hash", N_("Hash")),
    Column("at", N_("When")),
    Column("key", N_("Signed by key")),
)


@verbs.verb(
    "check",
    examples="pcloud audit check checkpoint.json --public-key pcloud.pem\n"
    "pcloud audit check trail.jsonl --public-key pcloud.pem",
)
def check(
    run: Context,
    file: Annotated[
        str, typer.Argument(help=N_("A checkpoint or an exported trail, - for stdin."))
    ],
    public_key: Annotated[
        str,
        typer.Option("--public-key", help=N_("File of the installation's public key.")),
    ],
) -> None:
    """Judge a checkpoint or an export by the public key alone: no database, no secret, no login.

    It proves that the file is as the installation signed it. What the events say is recomputed
    by `pcloud audit verify`, which needs the installation's keys.
    """
    from pcloud_cli.services import audit_export, audit_papers

    public = audit_papers.read_public_key(paper_text(run, public_key))
    with lines_of(run, file) as lines:
        first = next(iter(lines), b"")
        if b"pcloud-checkpoint" not in first[:200]:
            said_of_export(run, audit_export.judge(chain([first], lines), public))
            return
    mark = audit_papers.read_checkpoint(first.decode("utf-8", "replace"))
    if mark.paper is None:
        raise Failed(
            _("This checkpoint is not signed."),
            hint=_("`pcloud audit checkpoint` writes a signed one."),
            code="not_signed",
        )
    fault = audit_export.signature_fault(mark.paper, public)
    shown = {**mark.paper, "ok": fault is None}
    if run.out.format == "table":  # as a person reads it; other formats keep what was signed
        shown["at"] = datetime.fromisoformat(shown["at"])
    run.out.record(shown, COLUMNS)
    if fault is not None:
        raise Failed(
            _(audit_export.FAULTS[fault]),
            hint=_("Ask for the file anew, and tell the auditor."),
            code="export_broken",
        )
