"""`pcloud attachment`: photos, videos and papers, encrypted in a store (3.2.1)."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from pcloud_cli.commands import attaching, refusal
from pcloud_cli.context import Context
from pcloud_cli.errors import ExitCode, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Photos, videos and papers (附件), encrypted; attach, fetch, prove."))

REMOVED = (
    *attaching.COLUMNS,
    Column("removed_by", N_("Removed by")),
    Column("removed_at", N_("Removed at")),
    Column("removed_because", N_("Why removed")),
)
VERIFIED = (
    Column("where", N_("Store")),
    Column("attachments", N_("Attachments"), right=True),
    Column("files", N_("Files"), right=True),
    Column("bytes", N_("Bytes"), right=True),
)
PROBLEMS = (
    Column("number", N_("Attachment"), right=True),
    Column("problem", N_("Problem")),
)
COLLECTED = (
    Column("where", N_("Store")),
    Column("removed", N_("Files removed"), right=True),
    Column("bytes", N_("Bytes"), right=True),
    Column("waiting", N_("Unneeded for too short a time"), right=True),
    Column("foreign", N_("Of another installation"), right=True),
)

Subject = Annotated[
    str,
    typer.Argument(
        metavar="KIND", help=N_("What it belongs to: ticket (报修工单), owner-change (业主变更).")
    ),
]
Reference = Annotated[str, typer.Argument(metavar="WHICH", help=N_("Its number."))]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help=N_("Number of the attachment."))]


@app.verb(
    "add",
    writes=True,
    examples="pcloud attachment add ticket 1234 完工.jpg --stage complete\n"
    "pcloud attachment add owner-change 7 结婚证.jpg 申请书.pdf\n"
    "pcloud attachment add owner-change 7 - --stage consent < 授权书.pdf",
)
def add(
    run: Context,
    kind: Subject,
    which: Reference,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE", help=N_("Files; - reads standard input."))
    ],
    stage: Annotated[
        str | None,
        typer.Option("--stage", help=N_("At which point of the work, e.g. complete (完工).")),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help=N_("What to call the file, with standard input."))
    ] = None,
) -> None:
    """Attach photos, videos or PDFs; they are encrypted before they reach a disk.

    What a file is its content says, not its name. All of them are attached, or none. The same file
    again changes nothing. Place and time that a camera wrote into a photo stay in it.
    """
    attaching.attach(run, kind, which, files, stage=stage, name=name)


@app.verb(
    "list",
    examples="pcloud attachment list owner-change 7\n"
    "pcloud attachment list owner-change 7 --removed -o json",
)
def list_(
    run: Context,
    kind: Subject,
    which: Reference,
    removed: Annotated[
        bool, typer.Option("--removed", help=N_("Also what was removed, by whom and why."))
    ] = False,
) -> None:
    """List what is attached to one thing. The reading is recorded in the audit trail."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.attachment import reading

    with acting.as_caller(run) as (actor, work):
        rows = reading.list_all(actor, work, kind, which, removed=removed)
    run.out.rows(attaching.spoken(run, rows), REMOVED if removed else attaching.COLUMNS)


@app.verb(
    "save",
    examples="pcloud attachment save 12 --out 结婚证.jpg\npcloud attachment save 12 > photo.jpg",
)
def save(
    run: Context,
    number: Number,
    out: Annotated[
        str | None,
        typer.Option("--out", help=N_("File to write; without it, standard output.")),
    ] = None,
) -> None:
    """Fetch an attachment: to a file, or to standard output. It is recorded in the audit trail.

    A file appears once all of it has proved to be what was attached. What comes by standard output
    is whole where the program ends with 0.
    """
    from pcloud_cli.files import replacing
    from pcloud_cli.services import acting
    from pcloud_cli.services.attachment import reading

    if out is None and run.stdout.isatty():
        raise UsageProblem(
            _("A photo or a video is nothing to be shown on a terminal."),
            hint=_("Name a file with --out, or send standard output somewhere."),
        )
    with acting.as_caller(run) as (actor, work):
        content = reading.read(actor, work, run.vault, number)
    target = replacing(Path(out)) if out is not None else nullcontext(run.stdout.buffer)
    with target as stream:
        for piece in content.pieces():
            stream.write(piece)
    if out is not None:
        run.out.done(_("Written: {path}").format(path=out))


@app.verb(
    "remove",
    before_asking=refusal.unless("attachment.remove", "attachment.add"),
    writes=True,
    examples="pcloud attachment remove 12 --reason 传错了照片 --yes",
)
def remove(
    run: Context,
    number: Number,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("Why."))] = None,
) -> None:
    """Remove an attachment: nobody can open it any more. That it was there stays recorded.

    One's own may be taken back as long as one might still attach it; others' need a permission.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services.attachment import removing

    why = reason or run.ask(_("Why"), option="--reason")
    run.confirm(_("Remove attachment {number} for good?").format(number=number))
    with acting.as_caller(run, write=True) as (actor, work):
        row = removing.remove(actor, work, number, reason=why)
    (shown,) = attaching.spoken(run, [row])
    run.out.record(shown, REMOVED)


@app.verb("verify", examples="pcloud attachment verify\npcloud attachment verify --quick -o json")
def verify(
    run: Context,
    quick: Annotated[
        bool, typer.Option("--quick", help=N_("Only whether files are there, with their size."))
    ] = False,
) -> int:
    """Prove that the store holds every attachment as it was attached. Exit 6 where it does not."""
    from pcloud_cli.output.progress import counted
    from pcloud_cli.services import acting, words
    from pcloud_cli.services.attachment import upkeep

    with (
        acting.at_desk(run) as desk,
        counted(run.stderr, run.env, _("Attachments")) as progress,
    ):
        found = upkeep.verify(desk.open, run.vault, quick=quick, progress=progress)
    if not run.out.structured(found):
        run.out.record(found, VERIFIED)
        if found["problems"]:
            rows = words.for_output(run.out, found["problems"], {"problem": upkeep.PROBLEMS})
            run.out.rows(rows, PROBLEMS)
    return ExitCode.SOME_FAILED if found["problems"] else ExitCode.DONE


@app.verb(
    "collect",
    writes=True,
    examples="pcloud attachment collect\npcloud attachment collect --days 30 --dry-run",
)
def collect(
    run: Context,
    days: Annotated[
        int,
        typer.Option(
            "--days", min=0, max=3650, help=N_("Only what nothing has needed for so many days.")
        ),
    ] = 7,
) -> None:
    """Clear stored files that no attachment needs: removed ones, and what broken calls left.

    Others may attach meanwhile. The days are for backups: a database of last night still finds the
    files of its time.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services.attachment import upkeep

    with acting.at_desk(run) as desk:
        found = upkeep.collect(desk.open, run.vault, days=days)
    run.out.record(found, COLLECTED)
