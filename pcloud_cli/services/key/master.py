"""Changing the master key: all data keys are wrapped with a new one, and neither is ever lost.

The new key is on the disk, and its copy, before anything is wrapped with it; the old one stays
beside it, because backups of its time open with it alone. Ended at any point, the next run goes
on: until the new key has taken the old one's place, the program finds it beside that.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, Failed
from pcloud_cli.i18n import _
from pcloud_cli.models.installation import DataKey
from pcloud_cli.reasons import reason_of
from pcloud_cli.security.keys import KeyRing
from pcloud_cli.security.master_key import (
    OLD,
    checksum,
    new_file,
    new_master_key,
    read_key_file,
    write_key_file,
)
from pcloud_cli.services import permission, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.key import turn
from pcloud_cli.services.key.rotate import OpenWork


@dataclass(frozen=True)
class Changed:
    """What was done: checksum of the new master key, its file, its copy, where the old one stays.

    `finished` means that only the end of an earlier change was missing.
    """

    checksum: str
    file: Path
    copy: Path | None
    kept: Path | None
    finished: bool


def change(
    open_work: OpenWork,
    old: bytes,
    path: Path,
    *,
    in_place: bool,
    copy: Path | None,
    random: Callable[[int], bytes] = os.urandom,
) -> Changed | None:
    """Wrap all data keys with a new master key and return what was done; None on a dry run.

    `path` is the file that the `old` key came from, or, where not `in_place`, a file to be made
    for the new key. `copy` is a file to be made for its copy. Raises NotAllowed, ConfigProblem
    where a file cannot be written, Conflict where one is there already with another key.
    """
    with open_work() as (actor, work):
        permission.require(actor, work, "key.rotate")
        wanted = set(work.session.scalars(select(DataKey.master)))
        if work.dry_run:
            return None
    place = new_file(path) if in_place else path
    if place.exists():
        new = read_key_file(place)  # an earlier change was ended
    else:
        new = new_master_key(random)
        write_key_file(place, new)
    if copy is not None:
        _keep(copy, new)
    finished = wanted == {checksum(new)}
    if not finished:
        with open_work(write=True) as (actor, work):
            _wrap(actor, work, old, new)
    kept = _take_place(path, place) if in_place else None
    return Changed(checksum(new), path, copy, kept, finished)


def begun(path: Path) -> bool:
    """Return whether a change of the key in `path` was begun and not ended."""
    return new_file(path).exists()


def aside(path: Path, name: str) -> Path:
    """Keep the file `path` under a name beside it that says what it is; return where.

    The file itself stays where it is until another takes its place.
    """
    kept = path.with_name(f"{path.name}{OLD}{name}")
    count = 1
    while kept.exists() and not kept.samefile(path):
        if kept.read_bytes() == path.read_bytes():
            return kept
        count += 1
        kept = path.with_name(f"{path.name}{OLD}{name}-{count}")
    try:
        if not kept.exists():
            os.link(path, kept)
    except OSError as error:
        raise Failed(
            _("{path} cannot be kept: {reason}").format(path=path, reason=reason_of(error))
        ) from None
    return kept


def put_in_place(path: Path, place: Path) -> None:
    """Let the file `place` take the place of `path`, safely on the disk when this returns."""
    try:
        place.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise Failed(
            _("The new key stays in {path}: {reason}").format(path=place, reason=reason_of(error)),
            hint=_("It is the one in use. Run the command again."),
        ) from None


def _keep(copy: Path, new: bytes) -> None:
    if not copy.exists():
        write_key_file(copy, new)
    elif read_key_file(copy) != new:
        raise Conflict(
            _("{path} is there already; a key is never overwritten.").format(path=copy),
            hint=_("Choose another place, or move the file away."),
        )


def _wrap(actor: Actor, work: Work, old: bytes, new: bytes) -> None:
    permission.require(actor, work, "key.rotate")
    turn.take(work)
    wrapped = work.keys.rewrapped(new)
    KeyRing(new, wrapped).check()  # what does not open with the new one is not written
    rows = {row.id: row for row in work.session.scalars(select(DataKey).with_for_update())}
    for made in wrapped:
        rows[made.id].wrapped = made.wrapped
        rows[made.id].master = checksum(new)
    work.session.flush()
    trail.changed(
        actor,
        work,
        "key.rewrap",
        object_type="data_key",
        detail={"from": checksum(old), "to": checksum(new), "keys": len(wrapped)},
    )


def _take_place(path: Path, place: Path) -> Path:
    kept = aside(path, checksum(read_key_file(path)))
    put_in_place(path, place)
    return kept
