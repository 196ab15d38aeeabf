"""What the second person is shown of a batch before deciding on it (2.3.1).

Totals, all conflicts, what would change, the houses that the list does not name, and sampled rows
beside their cells in the developer's workbook (抽查). Private data is masked, or shown in full to
who may, for a stated purpose, while the check lasts; that it was looked at is witnessed (2.3.3).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import func, or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import _
from pcloud_cli.models.imports import BatchState, ImportBatch, ImportRow
from pcloud_cli.services import approval, permission, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports import absent, changes, sampled, source_rows
from pcloud_cli.services.imports.batches import batch_of, record_of, with_names
from pcloud_cli.services.imports.undo import KIND as UNDO

FEW = 50
"""So many changes, and houses not named, stand in the record of a batch; the rest is asked for."""

_SAMPLE = 10
_WAITING = (BatchState.PENDING.value, BatchState.APPROVED.value)


def show(
    actor: Actor, work: Work, reference: str, *, reveal: str | None = None, sample: int = _SAMPLE
) -> dict[str, Any]:
    """Return one batch: totals, what was understood, conflicts, changes, absent houses, sample.

    `reveal` states the purpose for which private values are shown in full: that needs
    ``owner.reveal``, and a batch that waits to be checked or applied. Raises NotAllowed, Conflict.
    """
    batch = _allowed(actor, work, reference)
    clear = reveal is not None
    if clear:
        _must_be_open(actor, work, batch)
    found = work.session.execute(with_names().where(ImportBatch.id == batch.id)).one()
    remarkable = _remarkable(work, batch.id)
    source = source_rows.of_batch(work, batch.id, clear=clear)[:sample]
    undo = approval.latest(work, UNDO, batch.id)
    shown = sampled.rows(work, batch, source or _drawn(work, batch, sample), clear=clear)
    record = {
        **record_of(work, found[0], found[1], found[2]),
        "sheets": json.loads(batch.sheets),
        "problem_counts": json.loads(batch.totals).get("problems", {}),
        "approval": approval.described(work, batch.approval_id) if batch.approval_id else None,
        "undo": undo.state if undo is not None else None,
        "conflict_rows": changes.conflicts(work, batch, remarkable, clear=clear),
        "changes": changes.changes(work, batch, limit=FEW, clear=clear),
        "absent_houses": absent.houses(work, batch.id, batch.community_id, limit=FEW),
        "sample": shown,
    }
    _looked_at(actor, work, batch, "import.show", rows=len(remarkable) + len(shown), purpose=reveal)
    return record


def all_changes(
    actor: Actor, work: Work, reference: str, *, reveal: str | None = None
) -> list[dict[str, Any]]:
    """Return every field that applying a batch changes: before and after, as `show` has them."""
    batch = _allowed(actor, work, reference)
    if reveal is not None:
        _must_be_open(actor, work, batch)
    found = changes.changes(work, batch, clear=reveal is not None)
    _looked_at(actor, work, batch, "import.changes", rows=len(found), purpose=reveal)
    return found


def absent_houses(actor: Actor, work: Work, reference: str) -> list[dict[str, Any]]:
    """Return every house that is here and that a batch does not name."""
    batch = _allowed(actor, work, reference)
    return absent.houses(work, batch.id, batch.community_id)


def _allowed(actor: Actor, work: Work, reference: str) -> ImportBatch:
    permission.require_somewhere(actor, work, "import.read")
    batch = batch_of(work, reference)
    permission.require(actor, work, "import.read", community_id=batch.community_id)
    return batch


def _must_be_open(actor: Actor, work: Work, batch: ImportBatch) -> None:
    permission.require(actor, work, "owner.reveal", community_id=batch.community_id)
    if batch.state not in _WAITING:
        raise Conflict(
            _("Batch {number} is checked already: its rows are shown masked.").format(
                number=batch.number
            ),
            hint=_("Leave --reveal out."),
        )


def _looked_at(
    actor: Actor, work: Work, batch: ImportBatch, action: str, *, rows: int, purpose: str | None
) -> None:
    trail.witnessed(
        actor,
        work,
        action if purpose is None else "import.reveal",
        object_type="import_batch",
        object_id=batch.id,
        community_id=batch.community_id,
        reason=purpose,
        detail={"rows": rows},
    )


def _remarkable(work: Work, batch_id: bytes) -> list[ImportRow]:
    """Return the rows that need a person's eye: conflicts, and what applying left out."""
    query = select(ImportRow).where(
        ImportRow.batch_id == batch_id,
        or_(ImportRow.status == "conflict", ImportRow.outcome.is_not(None)),
    )
    return list(work.session.scalars(query.order_by(ImportRow.seq)))


def _drawn(work: Work, batch: ImportBatch, count: int) -> list[dict[str, Any]]:
    """Return the places of `count` rows of a batch whose cells were not kept.

    They follow from the batch's root: whoever prepares a file cannot know them beforehand.
    """
    last = work.session.scalar(
        select(func.max(ImportRow.seq)).where(ImportRow.batch_id == batch.id)
    )
    if not last or not batch.merkle_root:
        return []
    root = batch.merkle_root
    draws = (hashlib.sha256(root + bytes([at])).digest() for at in range(count))
    seqs = {1 + int.from_bytes(draw[:8], "big") % last for draw in draws}
    query = (
        select(ImportRow.sheet, ImportRow.row_no)
        .where(ImportRow.batch_id == batch.id, ImportRow.seq.in_(seqs))
        .order_by(ImportRow.seq)
    )
    found = dict.fromkeys(tuple(each) for each in work.session.execute(query))
    return [{"sheet": sheet, "row": row, "cells": []} for sheet, row in found]
