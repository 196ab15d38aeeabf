"""`pcloud audit export`: events for others, as JSON lines that prove themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pcloud_cli.commands.audit.options import events_counted, moments
from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.files import replacing
from pcloud_cli.i18n import N_, _
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()


@verbs.verb(
    "export",
    examples="pcloud audit export --out trail.jsonl\n"
    "pcloud audit export --since 2026-03-01 --until 2026-03-31 --out march.jsonl\n"
    "pcloud audit export --from 1 --to 5000 > trail.jsonl",
)
def export(
    run: Context,
    *,
    first: Annotated[
        int | None, typer.Option("--from", min=1, help=N_("Number of the first event."))
    ] = None,
    last: Annotated[
        int | None, typer.Option("--to", min=1, help=N_("Number of the last event."))
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help=N_("From this day or moment."))
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help=N_("Up to this day or moment."))
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", help=N_("Write to this file instead of the screen."))
    ] = None,
) -> None:
    """Write events as JSON lines, without holes, signed at the end.

    `pcloud audit check` judges the file by the public key, `pcloud audit verify --export` by the
    installation's keys as well. The export is itself an event of the trail.
    """
    from pcloud_cli.services import acting, audit_export, audit_papers

    if run.flags.output not in (None, "json", "jsonl"):
        raise UsageProblem(
            _("The trail is exported as JSON lines only."),
            hint=_("Leave -o out; `pcloud audit list -o csv` gives a list for people."),
        )
    start, end = moments(run, since, until)
    with acting.at_desk(run) as desk:
        with desk.open(write=True) as (actor, work):
            wanted = audit_export.begin(actor, work, first=first, last=last, since=start, until=end)
            if work.keys.signer() is None:
                audit_papers.make_key(actor, work)
        with events_counted(run) as told, desk.open() as (actor, work):
            lines = audit_export.lines(actor, work, wanted, told)
            if out is None:
                for line in lines:
                    run.stdout.write(line.decode())
                return
            with replacing(Path(out)) as stream:
                stream.writelines(lines)
    run.out.note(_("Written to {path}.").format(path=out))
