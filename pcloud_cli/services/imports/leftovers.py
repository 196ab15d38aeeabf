"""What a load that never became whole leaves behind, and how it goes (3.1.1).

A load commits in parts. Where it fails it takes them out again itself; where it was killed, or
the database went away, the next load does, of whatever file. Until then nothing of it is usable.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from pcloud_cli.db import locks
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, PcloudError
from pcloud_cli.i18n import _
from pcloud_cli.models.imports import (
    BatchState,
    ImportBatch,
    ImportProblem,
    ImportRelated,
    ImportRow,
)
from pcloud_cli.services import trail
from pcloud_cli.services.actor import Actor

OpenWork = Callable[..., AbstractContextManager[tuple[Actor, Work]]]

_STAGED = (ImportRow, ImportRelated, ImportProblem)
_PART = 20_000  # rows in one transaction: short enough not to make others wait


def loader(work: Work) -> dict[str, str]:
    """Return what a batch notes of who loads it, to be told later whether that still runs."""
    return {"origin": work.origin, "process": locks.own_name()}


def hold(work: Work, batch_id: bytes) -> None:
    """Let others see, for as long as the transaction of `work` lasts, that the batch is loaded.

    Raises Conflict where somebody else has taken it over.
    """
    if not locks.claim(work.session, _claim(batch_id)):
        raise taken_over()


def taken_over() -> Conflict:
    """Return the error that another load has removed the batch that this one was filling."""
    return Conflict(
        _("The load was taken over by another one."),
        hint=_("`pcloud import list` shows it; nothing of this one remains."),
        code="taken_over",
    )


def still_loading(work: Work, batch_id: bytes) -> ImportBatch:
    """Return the batch, held until `work` ends; Conflict where it is this load's no more."""
    query = select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update()
    batch = work.session.scalars(query).one()
    if batch.state != BatchState.LOADING:
        raise taken_over()
    return batch


def runs(work: Work, batch: ImportBatch) -> bool:
    """Return whether whoever loads `batch` is still at it."""
    process = str(json.loads(batch.options).get("process", ""))
    if process == locks.own_name():
        return False
    lives = locks.lives(process)
    return locks.is_claimed(work.session, _claim(batch.id)) if lives is None else lives


def state(work: Work, batch: ImportBatch) -> str:
    """Return the state of a batch as people are to see it: a load that was killed has failed."""
    if batch.state == BatchState.LOADING and not runs(work, batch):
        return BatchState.FAILED.value
    return batch.state


def found(actor: Actor, work: Work) -> list[bytes]:
    """Return the batches whose staged rows have to go; those of dead loads are marked failed."""
    if work.dry_run:
        return []
    session = work.session
    loading = select(ImportBatch).where(ImportBatch.state == BatchState.LOADING)
    for batch in session.scalars(loading.with_for_update()).all():
        if not runs(work, batch):
            _fail(actor, work, batch)
    session.flush()
    failed = select(ImportBatch.id).where(ImportBatch.state == BatchState.FAILED, _has_rows())
    return list(session.scalars(failed))


def remove(open_work: OpenWork, batches: list[bytes]) -> None:
    """Remove the staged rows of `batches`, in parts; killed in between, the next load goes on."""
    for batch_id in batches:
        for model in _STAGED:
            while _some_removed(open_work, model, batch_id):
                continue


def give_up(open_work: OpenWork, batch_id: bytes) -> None:
    """Mark a load that failed, and remove what it staged; leave both to the next load if need be.

    Raises nothing of its own: what stopped the load is what the user must hear of.
    """
    with suppress(PcloudError, SQLAlchemyError):
        with open_work(write=True) as (actor, work):
            if work.dry_run:
                return
            query = select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update()
            batch = work.session.scalars(query).one()
            if batch.state == BatchState.LOADING:
                _fail(actor, work, batch)
            elif batch.state != BatchState.FAILED:
                return  # it became whole, and only word of it was lost
        remove(open_work, [batch_id])


def _fail(actor: Actor, work: Work, batch: ImportBatch) -> None:
    batch.state = BatchState.FAILED.value
    trail.changed(
        actor,
        work,
        "import.fail",
        object_type="import_batch",
        object_id=batch.id,
        community_id=batch.community_id,
        detail={"number": batch.number},
    )


def _some_removed(open_work: OpenWork, model: type[Any], batch_id: bytes) -> bool:
    """Remove the first rows of a batch from one table; return whether there were any."""
    with open_work(write=True) as (_actor, work):
        mine = model.batch_id == batch_id
        first = work.session.scalar(select(func.min(model.seq)).where(mine))
        if first is None:
            return False
        work.session.execute(delete(model).where(mine, model.seq < first + _PART))
        return True


def _has_rows() -> ColumnElement[bool]:
    return or_(*(exists().where(model.batch_id == ImportBatch.id) for model in _STAGED))


def _claim(batch_id: bytes) -> str:
    return f"import.load {batch_id.hex()}"
