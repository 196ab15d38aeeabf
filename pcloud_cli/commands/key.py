"""`pcloud key`: the master key's file, and the data keys it opens."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Create and check the master key."))

COLUMNS = (
    Column("key", N_("Data key"), right=True),
    Column("purpose", N_("Purpose")),
    Column("state", N_("State")),
    Column("opens", N_("Opens")),
    Column("values", N_("Values"), right=True),
    Column("age_days", N_("Age in days"), right=True),
    Column("created_at", N_("Created")),
    Column("retired_at", N_("Retired")),
)

REWRAPPED = (
    Column("checksum", N_("Checksum")),
    Column("file", N_("Key file")),
    Column("copy", N_("Copy")),
    Column("kept", N_("Former file")),
)
ROTATED = (
    Column("key", N_("Data key"), right=True),
    Column("purpose", N_("Purpose")),
    Column("state", N_("State")),
    Column("anew", N_("Made anew"), right=True),
    Column("left", N_("Left"), right=True),
    Column("stuck", N_("Not opened"), right=True),
    Column("created_at", N_("Created")),
)


class Purpose(StrEnum):
    """What a data key is for."""

    FIELD = "field"
    INDEX = "index"
    TRAIL = "trail"
    MAC = "mac"
    SIGN = "sign"
    FILE = "file"


@app.verb("create", examples="pcloud key create /etc/pcloud/master.key")
def create(
    run: Context,
    path: Annotated[str, typer.Argument(help=N_("File to be made; it must not exist yet."))],
) -> None:
    """Make a new master key in a file that only its owner can read.

    For an installation to come: name the file to `pcloud init`. It opens no database that was
    set up with another key.
    """
    from pcloud_cli.security.master_key import new_master_key, write_key_file

    write_key_file(Path(path).absolute(), new_master_key(run.random))
    run.out.line(str(Path(path).absolute()))
    run.out.note(
        _("Put a copy where neither this machine nor its backups are: without the key all is lost.")
    )


@app.verb("status", examples="pcloud key status\npcloud key status -o json")
def status(run: Context) -> None:
    """Show every data key, how many values name it, and whether the master key opens it.

    A retired key that nothing names any more may be dropped (`key drop`).
    """
    from pcloud_cli.services import acting, words
    from pcloud_cli.services.key import status as keys

    with acting.as_caller(run) as (actor, work):
        rows = keys.status(actor, work)
    run.out.note(
        _("The master key comes from {origin}.").format(origin=acting.master_key(run).origin)
    )
    run.out.rows(words.for_output(run.out, rows, keys.SPOKEN), COLUMNS)


@app.verb("rotate", writes=True, examples="pcloud key rotate field\npcloud key rotate mac")
def rotate(
    run: Context,
    purpose: Annotated[Purpose, typer.Argument(help=N_("Which of the data keys."))],
    another: Annotated[
        bool,
        typer.Option("--another", help=N_("Take a new key even if the last change is unfinished.")),
    ] = False,
) -> None:
    """Put a new data key in use and make everything anew with it, while others work.

    Ended before its end, whatever ended it, run again it goes on where it was. The old key stays
    until it is dropped. Events of the trail keep the key they were made with.
    """
    from pcloud_cli.output.progress import counted
    from pcloud_cli.services import acting, words
    from pcloud_cli.services.key import rotate as rotating
    from pcloud_cli.services.key import status as keys

    with (
        acting.at_desk(run) as desk,
        counted(run.stderr, run.env, _("made anew")) as progress,
    ):
        row = rotating.rotate(desk.open, purpose.value, another=another, progress=progress)
    if row["continued"]:
        run.out.note(
            _("An earlier change to key {key} was brought to its end.").format(key=row["key"])
        )
    (shown,) = words.for_output(run.out, [row], keys.SPOKEN)
    run.out.record(shown, ROTATED)
    rotating.must_be_through(row)


@app.verb(
    "rewrap",
    before_asking=refusal.unless("key.rotate"),
    writes=True,
    examples="pcloud key rewrap --copy /mnt/usb/pcloud.key\n"
    "pcloud key rewrap --file /etc/pcloud/next.key --copy none",
)
def rewrap(
    run: Context,
    copy: Annotated[
        str | None,
        typer.Option("--copy", help=N_("Where a copy of the new key goes; none for no copy.")),
    ] = None,
    file: Annotated[
        str | None,
        typer.Option(
            "--file", help=N_("File for the new key, where the present one comes from no file.")
        ),
    ] = None,
) -> None:
    """Change the master key: make a new one and wrap all data keys with it, while others work.

    The new key takes the place of the key file; the old one stays beside it, and its copies are
    to be kept as long as backups of its time. Ended half-way, run it again: neither is ever lost.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services.key import master

    path = acting.key_file(run)
    if path is None and file is None:
        raise UsageProblem(
            _("The master key comes from {origin}, which cannot be written to.").format(
                origin=acting.master_key(run).origin
            ),
            hint=_("Name a file for the new one with --file, and put it there afterwards."),
        )
    copy = copy or run.ask(
        _("File for a copy of the key, on another disk (none: no copy)"), option="--copy"
    )
    with acting.at_desk(run) as desk:
        done = master.change(
            desk.open,
            acting.master_key(run).key,
            path or Path(file or "").absolute(),
            in_place=path is not None,
            copy=None if copy == "none" else Path(copy).absolute(),
            random=run.random,
        )
    if done is None:
        run.out.note(_("All data keys would be wrapped with a new master key."))
        return
    if done.finished:
        run.out.note(_("An earlier change of the master key was brought to its end."))
    run.out.record(
        {
            "checksum": done.checksum,
            "file": str(done.file),
            "copy": str(done.copy) if done.copy else None,
            "kept": str(done.kept) if done.kept else None,
        },
        REWRAPPED,
    )
    if path is None:
        run.out.note(_("Put the new key where the old one comes from; the data needs it now."))
    run.out.note(_("Keep the copies of the old key as long as backups of its time: they need it."))


@app.verb(
    "drop",
    before_asking=refusal.unless("key.rotate"),
    writes=True,
    examples="pcloud key drop 1 --yes",
)
def drop(
    run: Context,
    number: Annotated[int, typer.Argument(metavar="KEY", help=N_("Number of the data key."))],
) -> None:
    """Remove a retired data key for good, where nothing names it any more.

    What a backup holds still opens: a backup has the data keys of its time.
    """
    from pcloud_cli.services import acting, words
    from pcloud_cli.services.key import drop as dropping
    from pcloud_cli.services.key import status as keys

    run.confirm(_("Remove data key {key} for good?").format(key=number))
    with acting.as_caller(run, write=True) as (actor, work):
        row = dropping.drop(actor, work, number)
    (shown,) = words.for_output(run.out, [row], keys.SPOKEN)
    run.out.record(shown, COLUMNS)
