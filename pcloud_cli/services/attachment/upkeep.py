"""Proving that the store holds what the rows say, and clearing what no row needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import func, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Failed, NotFound
from pcloud_cli.i18n import N_
from pcloud_cli.models.attachment import Attachment
from pcloud_cli.security.sealed_stream import sealed_size
from pcloud_cli.services import permission, rights, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.attachment import record
from pcloud_cli.services.attachment.adding import take_turn
from pcloud_cli.services.attachment.reading import Content, content_of
from pcloud_cli.vault.store import Kept, Store

KEEP = "attachment.keep"
_PART = 500

PROBLEMS: dict[str, str] = {
    "missing": N_("the file is not in the store"),
    "broken": N_("the file is not what was written"),
    "tampered": N_("the row was changed outside the program"),
    "key": N_("its key does not open"),
}
"""What can be wrong with an attachment, by code."""


class OpenWork(Protocol):
    """What opens a unit of work for the caller, committed at its end."""

    def __call__(self, *, write: bool = False) -> AbstractContextManager[tuple[Actor, Work]]:
        """Give the actor and the work."""


def verify(
    open_work: OpenWork,
    store: Store,
    *,
    quick: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> dict[str, Any]:
    """Return how many attachments and stored files were looked at, and what is wrong.

    Each file is opened and proved whole, equal contents once; `quick` looks at presence and size
    only. ``problems`` are records of number and a code of `PROBLEMS`. No content leaves the check.
    """
    with open_work() as (actor, work):
        permission.require(actor, work, KEEP)
        total = work.session.scalar(_living(func.count())) or 0
    proved: dict[bytes, str | None] = {}
    problems: list[dict[str, Any]] = []
    done = held = 0
    for number, file in _looked_at(open_work, store):
        if isinstance(file, Content):
            held += file.size
            if file.name not in proved:
                proved[file.name] = _file_problem(file, quick)
            problem = proved[file.name]
        else:
            problem = file
        if problem is not None:
            problems.append({"number": number, "problem": problem})
        done += 1
        progress(done, total)
    return {
        "where": store.where,
        "attachments": done,
        "files": len(proved),
        "bytes": held,
        "problems": problems,
    }


def _looked_at(open_work: OpenWork, store: Store) -> Iterator[tuple[int, Content | str]]:
    """Yield the number of each attachment and its content, or what is wrong with its row.

    No transaction is open while a file is read.
    """
    after = 0
    while True:
        with open_work() as (actor, work):
            query = _living(Attachment).where(Attachment.number > after)
            rows = work.session.scalars(query.order_by(Attachment.number).limit(_PART)).all()
            found = [(row.number, _content(actor, work, store, row)) for row in rows]
        if not found:
            return
        yield from found
        after = found[-1][0]


def _living(what: Any) -> Any:
    return select(what).select_from(Attachment).where(Attachment.removed_at.is_(None))


def _content(actor: Actor, work: Work, store: Store, row: Attachment) -> Content | str:
    if not record.holds(work, row):
        rights.tampered(actor, work, record.TABLE, row.id)
        return "tampered"
    try:
        return content_of(work, store, row)
    except Failed:
        return "key"


def _file_problem(content: Content, quick: bool) -> str | None:
    size = content.store.size(content.name)
    if size is None:
        return "missing"
    if size != sealed_size(content.size):
        return "broken"
    if quick:
        return None
    try:
        for _piece in content.pieces():
            pass
    except NotFound:
        return "missing"
    except Failed as error:
        if error.code != "store_broken":
            raise
        return "broken"
    return None


def collect(open_work: OpenWork, store: Store, *, days: int) -> dict[str, Any]:
    """Remove stored files that no attachment needs, and has not for `days`; return how many.

    These are files of removed attachments, and of rows that were never committed. A file that
    somebody attaches at this moment stays: both wait for their turn with it. ``waiting`` counts
    files unneeded for a shorter time, ``foreign`` those that no key of this installation named:
    they are left.
    """
    with open_work() as (actor, work):
        permission.require(actor, work, KEEP)
        before = work.now() - timedelta(days=days)
    found = Counter({"removed": 0, "bytes": 0, "waiting": 0, "foreign": 0})
    files = store.files()
    while part := list(islice(files, _PART)):
        with open_work() as (_actor, work):
            verdicts = _verdicts(work, part, before)
        for file in part:
            verdict = verdicts[file.name]
            if verdict == "removed":
                verdict = _clear(open_work, store, file, before)
            found[verdict] += 1
            found["bytes"] += file.size if verdict == "removed" else 0
    found.pop("needed", None)
    return {"where": store.where, **found}


def _verdicts(work: Work, files: Sequence[Kept], before: datetime) -> dict[bytes, str]:
    """Say of each file whether it is ``needed``, ``foreign``, ``waiting`` or to be ``removed``."""
    names = [file.name for file in files]
    query = select(Attachment.content_digest, Attachment.removed_at)
    moments: dict[bytes, list[datetime | None]] = {name: [] for name in names}
    for name, moment in work.session.execute(query.where(Attachment.content_digest.in_(names))):
        moments[bytes(name)].append(moment)
    verdicts = {}
    for file in files:
        left = [moment for moment in moments[file.name] if moment is not None]
        if len(left) < len(moments[file.name]):
            verdicts[file.name] = "needed"
        elif not left and not _ours(work, file.name):
            verdicts[file.name] = "foreign"
        else:
            waiting = max([file.since, *left]) > before
            verdicts[file.name] = "waiting" if waiting else "removed"
    return verdicts


def _ours(work: Work, name: bytes) -> bool:
    if not work.keys.has_file_key():
        return False
    return any(address.made(name) for address in work.keys.content_addresses())


def _clear(open_work: OpenWork, store: Store, file: Kept, before: datetime) -> str:
    """Remove one file, if nobody attached it meanwhile, and return what it was found to be."""
    with open_work(write=True) as (actor, work):
        permission.require(actor, work, KEEP)
        take_turn(work, file.name)
        verdict = _verdicts(work, [file], before)[file.name]
        if verdict != "removed":
            return verdict
        if not work.dry_run:
            store.remove(file.name)
        trail.changed(
            actor,
            work,
            "attachment.collect",
            object_type=record.TABLE,
            detail={"content": file.name.hex(), "file_size": file.size},
        )
    return verdict
