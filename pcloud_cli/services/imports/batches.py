"""Batches: finding and listing them, their problems, and the second person's decision (2.3.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound
from pcloud_cli.i18n import _
from pcloud_cli.ids import parse_id
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Community
from pcloud_cli.models.imports import BatchState, ImportBatch, ImportProblem
from pcloud_cli.services import approval, community, permission, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports import leftovers
from pcloud_cli.services.policy import current as policy_of
from pcloud_cli.services.policy_sections import SweepPolicy
from pcloud_cli.services.words import BATCH_STATES, word
from pcloud_cli.sheets import problems as problem_texts
from pcloud_cli.sheets.problems import Problem

TOTALS = ("rows", "new", "changed", "unchanged", "conflicts", "absent", "errors", "warnings")


def batch_of(work: Work, reference: str, *, lock: bool = False) -> ImportBatch:
    """Return the batch whose number or id `reference` is; NotFound where there is none.

    With `lock` nobody else can decide on it or apply it before this work ends.
    """
    query = select(ImportBatch)
    text = reference.strip().lstrip("#")
    if text.isdecimal() and len(text) <= 9:
        query = query.where(ImportBatch.number == int(text))
    else:
        try:
            query = query.where(ImportBatch.id == parse_id(text))
        except NotFound:
            raise _unknown(reference) from None
    if lock:
        query = query.with_for_update()
    found = work.session.scalar(query)
    if found is None:
        raise _unknown(reference)
    return found


def _unknown(reference: str) -> NotFound:
    return NotFound(
        _("There is no batch {number}.").format(number=reference),
        hint=_("`pcloud import list` shows the numbers."),
    )


def list_all(
    actor: Actor, work: Work, *, state: str | None = None, limit: int = 100
) -> list[dict[str, Any]]:
    """Return the newest batches that `actor` may see, as records with their totals."""
    permission.require_somewhere(actor, work, "import.read")
    query = with_names().order_by(ImportBatch.number.desc())
    if state is not None:
        # one that seems to be loaded may have failed without a word
        query = query.where(ImportBatch.state.in_((state, BatchState.LOADING.value)))
    found = []
    for batch, place, loader in work.session.execute(query).all():
        if permission.allowed(actor, work, "import.read", community_id=batch.community_id):
            record = record_of(work, batch, place, loader)
            if state not in (None, record["state"]):
                continue
            found.append(record)
            if len(found) == limit:
                break
    return found


def problems(actor: Actor, work: Work, reference: str) -> Iterator[dict[str, Any]]:
    """Return every problem of a batch in the order of the file, with message and hint."""
    permission.require_somewhere(actor, work, "import.read")
    batch = batch_of(work, reference)
    permission.require(actor, work, "import.read", community_id=batch.community_id)
    table = ImportProblem
    found = work.session.scalars(
        select(table)
        .where(table.batch_id == batch.id)
        .order_by(table.sheet, table.row_no, table.seq)
    ).all()
    return iter([problem_record(row) for row in found])


def may_load(actor: Actor, work: Work, reference: str) -> None:
    """Return where `actor` may load for the community `reference`; NotFound, NotAllowed."""
    permission.require_somewhere(actor, work, "import.load")
    place = community.resolve(work, reference)
    permission.require(actor, work, "import.load", community_id=place.id)


def may_decide(actor: Actor, work: Work, reference: str) -> None:
    """Return where `actor` may decide on the batch: allowed to, and not the one who loaded it."""
    permission.require_somewhere(actor, work, "import.approve")
    batch = batch_of(work, reference)
    permission.require(actor, work, "import.approve", community_id=batch.community_id)
    if batch.approval_id is not None:
        approval.refuse_maker(actor, work, batch.approval_id)


def approve(actor: Actor, work: Work, reference: str, *, reason: str | None) -> dict[str, Any]:
    """Approve a batch as the second person; the approval holds for exactly this content."""
    return _decide(actor, work, reference, approved=True, reason=reason)


def reject(actor: Actor, work: Work, reference: str, *, reason: str) -> dict[str, Any]:
    """Reject a batch, with the reason that its maker will read."""
    return _decide(actor, work, reference, approved=False, reason=reason)


def _decide(
    actor: Actor, work: Work, reference: str, *, approved: bool, reason: str | None
) -> dict[str, Any]:
    permission.require_somewhere(actor, work, "import.approve")
    batch = batch_of(work, reference, lock=True)
    permission.require(actor, work, "import.approve", community_id=batch.community_id)
    wanted = BatchState.APPROVED if approved else BatchState.REJECTED
    if batch.state == wanted:
        return {"id": batch.id, "number": batch.number, "state": batch.state, "already": True}
    if batch.state != BatchState.PENDING or batch.approval_id is None or not batch.merkle_root:
        raise Conflict(
            _("Batch {number} is {state}; there is nothing to decide.").format(
                number=batch.number, state=word(leftovers.state(work, batch), BATCH_STATES)
            ),
            hint=_stuck(batch),
        )
    decide = approval.approve if approved else approval.reject
    decide(actor, work, batch.approval_id, expected_hash=batch.merkle_root, reason=reason)
    batch.state = wanted.value
    if approved:
        batch.due_at = work.now() + timedelta(hours=policy_of(work, SweepPolicy).apply_hours)
    trail.changed(
        actor,
        work,
        "import.approve" if approved else "import.reject",
        object_type="import_batch",
        object_id=batch.id,
        community_id=batch.community_id,
        reason=reason,
        detail={"merkle_root": batch.merkle_root.hex()},
    )
    return {"id": batch.id, "number": batch.number, "state": batch.state, "already": False}


def _stuck(batch: ImportBatch) -> str | None:
    """Return what to do with a batch that there is nothing to decide about."""
    if batch.state in (BatchState.LOADING, BatchState.FAILED):
        return _("A load that was interrupted becomes whole when its file is loaded again.")
    if batch.state == BatchState.APPLIED:
        return _("Whether an applied batch is taken back is decided with --undo.")
    return None


def with_names() -> Select[ImportBatch, str, str]:
    """Return the query of batches with the names of their community and of who loaded them."""
    return (
        select(ImportBatch, Community.name, Account.name)
        .join(Community, Community.id == ImportBatch.community_id)
        .join(Account, Account.id == ImportBatch.loaded_by)
    )


def record_of(work: Work, batch: ImportBatch, community: str, loader: str) -> dict[str, Any]:
    """Return a batch as a record with its totals."""
    totals = json.loads(batch.totals)
    return {
        "id": batch.id,
        "number": batch.number,
        "state": leftovers.state(work, batch),
        "community": community,
        "file": batch.file_name,
        "sha256": batch.file_sha256.hex(),
        "developer": batch.developer,
        "handover_note": batch.handover_note,
        "loaded_by": loader,
        "loaded_at": batch.loaded_at,
        "applied_at": batch.applied_at,
        "skipped": batch.skipped,
        "undone_at": batch.undone_at,
        "kept": batch.kept if batch.undone_at else None,
        **{name: totals.get(name) for name in TOTALS},
    }


def problem_record(row: ImportProblem) -> dict[str, Any]:
    """Return a problem as a record, with its message and hint in the user's language."""
    found = Problem(
        sheet=row.sheet,
        row=row.row_no,
        column=row.col or "",
        field=row.field or "",
        code=row.code,
        severity=row.severity,
        value=row.value_masked or "",
        params=json.loads(row.params) if row.params else {},
    )
    return {
        **found._asdict(),
        "message": problem_texts.message(found),
        "hint": problem_texts.hint(found),
    }
