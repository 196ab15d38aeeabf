"""Loading a workbook: read by the child, compared, sealed, staged; in parts, usable when whole."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from pcloud_cli.db.bulk import insert_columns, insert_rows
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Locked, PcloudError, SomeFailed
from pcloud_cli.i18n import _
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.imports import (
    BatchState,
    ImportBatch,
    ImportProblem,
    ImportRelated,
    ImportRow,
)
from pcloud_cli.security.canonical import canonical_json
from pcloud_cli.services import approval, community, permission, trail, turns
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports import absent, leftovers, source_rows
from pcloud_cli.services.imports.leftovers import OpenWork
from pcloud_cli.services.imports.options import LoadOptions
from pcloud_cli.services.imports.same import brings_the_same
from pcloud_cli.services.imports.stage import Stager
from pcloud_cli.services.imports.staged import (
    PROBLEM_COLUMNS,
    RELATED_COLUMNS,
    ROW_COLUMNS,
    fill_numbers,
    own_jointly,
    problem_tuple,
)
from pcloud_cli.sheets.messages import Done, Message, Problems, Rows, Sampled, Sheet, Source
from pcloud_cli.sheets.problems import Problem
from pcloud_cli.sheets.read import read_workbook

KIND = "import.batch"
PART = 5_000
"""Staged tuples in one transaction: short enough not to make others wait."""
_MOST_PROBLEMS = 100_000


@dataclass
class _Part:
    """Tuples waiting to be written."""

    rows: list[list[Sequence[Any]]] = field(default_factory=list)  # in blocks, by column
    height: int = 0  # of these blocks together
    related: list[tuple[Any, ...]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __len__(self) -> int:
        return self.height + len(self.related) + len(self.problems)


def load(
    open_work: OpenWork,
    source: Path | int,
    *,
    name: str,
    reference: str,
    options: LoadOptions,
    password: str | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
    reading: Generator[Message] | None = None,
) -> dict[str, Any]:
    """Stage the workbook `source` for the community `reference`; return the batch as a record.

    `source` is a path or a descriptor (a pipe too); `name` is what the batch calls the file;
    `password` opens it where it is encrypted, and is kept nowhere. `reading` is what
    `read_workbook` gives for the same source and options, where it was begun beforehand.
    Commits in parts; the batch is usable (pending its second check) once all of them are in. The
    same file for the same community gives the batch that is there already (``already`` true).
    A dry run is one unit of work, rolled back as a whole. Raises what `read_workbook` raises,
    NotAllowed, NotFound; Locked where somebody else is loading the same file just now.
    """
    reading = reading or read_workbook(
        source,
        mapping=options.mapping,
        today=options.today,
        strict=options.strict,
        password=password,
        sample=options.sample,
    )
    with _without_collecting(), closing(reading) as messages:
        file = next(messages)
        assert isinstance(file, Source)  # noqa: S101 - the reader's first message
        with open_work(write=True) as (actor, work):
            begun = _begin(actor, work, name, file, reference, options)
            if work.dry_run and not begun["already"]:
                return _staged(
                    lambda **_kind: nullcontext((actor, work)), begun, messages, options, progress
                )
        leftovers.remove(open_work, begun.pop("left"))
        if begun["already"]:
            return begun
        return _staged(open_work, begun, messages, options, progress)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no garbage in between: millions of tuples would be gone through to find none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _staged(
    open_work: OpenWork,
    begun: dict[str, Any],
    messages: Iterator[object],
    options: LoadOptions,
    progress: Callable[[int], None],
) -> dict[str, Any]:
    """Stage what the reader says for the batch `begun`, and ask for its approval."""
    batch_id = begun["id"]
    loading = _Loading(open_work, batch_id)
    try:
        with open_work() as (_actor, work):
            leftovers.hold(work, batch_id)
            stager = Stager(work, begun["community_id"], batch_id, as_new=options.as_new)
            for message in messages:
                loading.take(message, stager)
                progress(stager.digests.count)
            stager.finish()
            if options.all_or_nothing:
                _must_be_whole(loading)
            loading.end(stager)
        with open_work(write=True) as (actor, work):
            return _complete(actor, work, batch_id, loading, stager)
    except BaseException:
        # whatever stopped it, what is staged can never become whole; and where that cannot even be
        # said now, the next load finds it
        with suppress(PcloudError):
            leftovers.give_up(open_work, batch_id)
        raise


def _must_be_whole(loading: _Loading) -> None:
    errors = loading.done.errors if loading.done is not None else 0
    if errors:
        raise SomeFailed(
            _("{count} rows cannot be loaded, so nothing was.").format(count=errors),
            hint=_("`pcloud import check` lists them; without --all-or-nothing the others load."),
            code="not_whole",
        )


class _Loading:
    """Takes the reader's messages and writes staged tuples in parts."""

    def __init__(self, open_work: OpenWork, batch_id: bytes) -> None:
        self._open_work = open_work
        self._batch = batch_id
        self._part = _Part()
        self._problem_seq = 0
        self.sheets: dict[int, dict[str, Any]] = {}
        self.names: dict[int, str] = {}
        self.done: Done | None = None
        self.sampled = Sampled([])
        self.counts: dict[str, int] = {}

    def take(self, message: object, stager: Stager) -> None:
        """Take one message of the reader."""
        if isinstance(message, Rows):
            rows, related = stager.stage(message, self.names)
            self._part.rows.append(rows)
            self._part.height += len(rows[0])
            self._part.related += related
        elif isinstance(message, Problems):
            self._part.problems += message.problems
        elif isinstance(message, Sheet):
            self.names[message.index] = message.name
            self.sheets[message.index] = {
                "name": message.name,
                "header_row": message.header_row,
                "columns": message.columns,
                "unused": [[each.header, each.reason] for each in message.unused],
                "hidden": message.hidden,
                "notes": list(message.notes),
                "reason": message.reason,
            }
        elif isinstance(message, Sampled):
            self.sampled = message
        elif isinstance(message, Done):
            self.done = message
        if len(self._part) >= PART:
            self._write()

    def end(self, stager: Stager) -> None:
        """Write what is left, the conflicts found by comparing among it."""
        self._part.problems += stager.conflicts
        self._write()

    def _write(self) -> None:
        part, self._part = self._part, _Part()
        with self._open_work(write=True) as (_actor, work):
            leftovers.still_loading(work, self._batch)
            insert_columns(work.session, ImportRow, ROW_COLUMNS, part.rows)
            insert_rows(work.session, ImportRelated, RELATED_COLUMNS, part.related)
            kept = part.problems[: max(0, _MOST_PROBLEMS - self._problem_seq)]
            tuples = [
                problem_tuple(self._batch, self._problem_seq + at, problem)
                for at, problem in enumerate(kept, 1)
            ]
            self._problem_seq += len(tuples)
            insert_rows(work.session, ImportProblem, PROBLEM_COLUMNS, tuples)
        for problem in part.problems:
            self.counts[problem.code] = self.counts.get(problem.code, 0) + 1


def _begin(
    actor: Actor,
    work: Work,
    name: str,
    file: Source,
    reference: str,
    options: LoadOptions,
) -> dict[str, Any]:
    permission.require_somewhere(actor, work, "import.load")
    place = community.resolve(work, reference)
    permission.require(actor, work, "import.load", community_id=place.id)
    turns.with_numbers(work, "import.batch")  # and of one file only one load begins
    left = leftovers.found(actor, work)
    sha256 = bytes.fromhex(file.sha256)
    same = work.session.scalars(
        select(ImportBatch)
        .where(ImportBatch.community_id == place.id, ImportBatch.file_sha256 == sha256)
        .order_by(ImportBatch.number)
    ).all()
    for batch in same:
        if brings_the_same(batch, options):
            return {
                "id": batch.id,
                "number": batch.number,
                "state": batch.state,
                "already": True,
                "left": left,
            }
        if batch.state == BatchState.LOADING and leftovers.runs(work, batch):
            raise Locked(
                _("This file is being loaded just now (batch {number}).").format(
                    number=batch.number
                ),
                hint=_("Wait for it to end; `pcloud import list` shows it."),
            )
    number = 1 + (work.session.scalar(select(func.max(ImportBatch.number))) or 0)
    assert actor.account_id is not None  # noqa: S101 - only people and services hold permissions
    batch = ImportBatch(
        id=work.ids(),
        number=number,
        community_id=place.id,
        file_name=name,
        file_sha256=sha256,
        file_size=file.size,
        developer=options.developer,
        handover_note=options.handover_note,
        state=BatchState.LOADING.value,
        loaded_by=actor.account_id,
        loaded_at=work.now(),
        options=canonical_json(
            {
                "mapping": dict(options.mapping),
                "strict": options.strict,
                "sample": options.sample,
                "as_new": options.as_new,
                **leftovers.loader(work),
            }
        ).decode(),
    )
    work.session.add(batch)
    trail.changed(
        actor,
        work,
        "import.begin",
        object_type="import_batch",
        object_id=batch.id,
        community_id=place.id,
        detail={"file_sha256": file.sha256, "file_size": file.size, "number": number},
    )
    return {
        "id": batch.id,
        "number": number,
        "community_id": place.id,
        "already": False,
        "left": left,
    }


def _complete(
    actor: Actor, work: Work, batch_id: bytes, loading: _Loading, stager: Stager
) -> dict[str, Any]:
    batch = leftovers.still_loading(work, batch_id)
    done = loading.done
    assert done is not None  # noqa: S101 - the reader ends with it or raises
    totals = {
        "rows": done.rows,
        "new": stager.totals["new"],
        "changed": stager.totals["changed"],
        "unchanged": stager.totals["unchanged"],
        "conflicts": stager.totals["conflict"],
        "absent": 0,
        "errors": done.errors,
        "warnings": done.warnings,
    }
    for index, sheet in loading.sheets.items():
        sheet["rows"] = done.sheet_rows.get(index, 0)
    own_jointly(work.session, batch_id, done.joint_houses, stager.digests)
    fill_numbers(work.session, batch_id, stager.numbers, stager.digests)
    source_rows.keep(work, batch_id, loading.names, loading.sampled.rows)
    if not stager.live.empty:
        totals["absent"] = absent.note(work, batch_id, batch.community_id, stager.kept_out)
    root = stager.digests.root()
    in_order = [loading.sheets[index] for index in sorted(loading.sheets)]
    batch.sheets = json.dumps(in_order, ensure_ascii=False)
    batch.totals = canonical_json({**totals, "problems": loading.counts}).decode()
    batch.merkle_root = root
    batch.state = BatchState.PENDING.value
    request: Approval = approval.propose(
        actor,
        work,
        kind=KIND,
        subject_id=batch.id,
        community_id=batch.community_id,
        content_hash=root,
        summary={"number": batch.number, **totals},
    )
    batch.approval_id = request.id
    trail.changed(
        actor,
        work,
        "import.load",
        object_type="import_batch",
        object_id=batch.id,
        community_id=batch.community_id,
        detail={"merkle_root": root.hex(), "staged": stager.digests.count, **totals},
    )
    return {
        "id": batch.id,
        "number": batch.number,
        "state": batch.state,
        "already": False,
        **totals,
    }
