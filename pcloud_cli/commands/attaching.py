"""Attaching files to a thing, as `pcloud attachment add` and the verbs of nouns do it (3.2.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column

if TYPE_CHECKING:
    from pcloud_cli.db.work import Work
    from pcloud_cli.services.actor import Actor

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Attachment"), right=True),
    Column("subject_kind", N_("Attached to")),
    Column("subject", N_("Which")),
    Column("stage", N_("Stage")),
    Column("kind", N_("Kind")),
    Column("media_type", N_("Media type"), detail=True),
    Column("size", N_("Bytes"), right=True),
    Column("name", N_("Name of the file")),
    Column("added_by", N_("Added by")),
    Column("added_at", N_("Added at")),
)


def attach(
    run: Context,
    kind: str,
    which: str,
    files: Sequence[str],
    *,
    stage: str | None,
    name: str | None,
) -> None:
    """Attach `files`, ``-`` being standard input, to the thing that `kind` and `which` name.

    All of them are attached, or none; prints the attachments, those already there too.
    """
    if list(files).count("-") > 1 or (name is not None and list(files) != ["-"]):
        raise UsageProblem(
            _("Standard input holds one file, and --name is for that one alone."),
            hint=_("Attach the others in a call of their own."),
        )
    with _attached(run, kind, which, files, stage, name) as (_actor, _work, made):
        pass
    already = [row for row in made if row["already"]]
    run.out.rows(spoken(run, made), COLUMNS)
    for row in already:
        run.out.note(
            _("This file is attachment {number} already; nothing was changed.").format(
                number=row["number"]
            )
        )


def along(
    run: Context,
    which: str,
    photos: Sequence[str],
    stage: str,
    act: Callable[[Actor, Work], dict[str, Any]],
) -> dict[str, Any]:
    """Attach `photos` to the ticket `which` at `stage`, then `act`: both in one transaction.

    Returns what `act` does; where it raises, nothing is attached.
    """
    from pcloud_cli.services import acting

    if not photos:
        with acting.as_caller(run, write=True) as (actor, work):
            return act(actor, work)
    with _attached(run, "ticket", which, photos, stage, None) as (actor, work, _made):
        return act(actor, work)


@contextmanager
def _attached(
    run: Context, kind: str, which: str, files: Sequence[str], stage: str | None, name: str | None
) -> Iterator[tuple[Actor, Work, list[dict[str, Any]]]]:
    """Give the transaction in which `files` are attached, and what was made."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.attachment import adding, staging

    with acting.at_desk(run) as desk:
        with desk.open() as (actor, work):
            limits = adding.may_add(actor, work, kind, which, stage)
        sources = [
            staging.Source(run.stdin.buffer, name)
            if each == "-"
            else staging.Source(Path(each), Path(each).name)
            for each in files
        ]
        with (
            staging.staged(run.vault, sources, limits, run.random) as taken,
            desk.open(write=True) as (actor, work),
        ):
            made = adding.add(actor, work, run.vault, kind, which, taken, stage=stage)
            yield actor, work, made


def spoken(run: Context, rows: list[dict[str, Any]]) -> Any:
    """Return attachments as people read them: codes in words, unless the format is structured."""
    from pcloud_cli.services import words
    from pcloud_cli.services.attachment import record, subjects

    said = {"kind": record.KINDS, "stage": subjects.stages(), "subject_kind": subjects.titles()}
    return words.for_output(run.out, rows, said)
