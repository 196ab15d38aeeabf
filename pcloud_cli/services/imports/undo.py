"""Taking an applied batch back (2.3.1): one person asks, another approves and so does it.

Whole or not at all, in one transaction. What others edited or came to use since stays, and is
listed with the reason; everything else is as it was before the batch was applied, and the same
file can be loaded again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import _
from pcloud_cli.models.approval import Approval, ApprovalState
from pcloud_cli.models.imports import BatchState, ImportBatch
from pcloud_cli.services import approval, permission, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports import undo_listing, undo_plan
from pcloud_cli.services.imports.batches import batch_of
from pcloud_cli.services.imports.proof import proving
from pcloud_cli.services.words import BATCH_STATES, word

KIND = "import.undo"


def propose(actor: Actor, work: Work, reference: str, *, reason: str | None) -> dict[str, Any]:
    """Ask that the applied batch `reference` be taken back; return what that would do.

    Nothing is taken back yet. ``already`` is true where the same was asked before, or where it was
    taken back before. Raises Conflict for a batch that is not applied.
    """
    permission.require_somewhere(actor, work, "import.apply")
    batch = batch_of(work, reference, lock=True)
    permission.require(actor, work, "import.apply", community_id=batch.community_id)
    if batch.state == BatchState.UNDONE:
        return _record(actor, work, batch, already=True)
    _must_be_applied(batch)
    plan = undo_plan.judge(actor, work, batch, hold=False)
    undo_plan.prove(actor, work, batch, plan.proof)
    asked = approval.latest(work, KIND, batch.id)
    pending = asked is not None and asked.state == ApprovalState.PENDING
    if asked is not None and pending and asked.content_hash == plan.content:
        return _record(actor, work, batch, already=True)
    approval.propose(
        actor,
        work,
        kind=KIND,
        subject_id=batch.id,
        community_id=batch.community_id,
        content_hash=plan.content,
        summary={"number": batch.number, "why": _said(reason), **plan.counts},
    )
    _tell(actor, work, batch, "import.undo_propose", plan, reason)
    return _record(actor, work, batch, already=False)


def may_ask(actor: Actor, work: Work, reference: str) -> None:
    """Return where `actor` may ask that the batch be taken back; NotAllowed, NotFound else."""
    permission.require_somewhere(actor, work, "import.apply")
    batch = batch_of(work, reference)
    permission.require(actor, work, "import.apply", community_id=batch.community_id)


def withdraw(actor: Actor, work: Work, reference: str) -> dict[str, Any]:
    """Take one's own question back, while nobody has decided it."""
    permission.require_somewhere(actor, work, "import.apply")
    batch = batch_of(work, reference, lock=True)
    permission.require(actor, work, "import.apply", community_id=batch.community_id)
    approval.withdraw(actor, work, _pending(work, batch))
    undo_plan.forget(work.session, batch.id)
    return _record(actor, work, batch, already=False)


def show(actor: Actor, work: Work, reference: str) -> dict[str, Any]:
    """Return what taking a batch back would do, or did: who asked, who decided, what stays."""
    permission.require_somewhere(actor, work, "import.read")
    batch = batch_of(work, reference)
    permission.require(actor, work, "import.read", community_id=batch.community_id)
    if approval.latest(work, KIND, batch.id) is None:
        raise _nobody_asked(batch)
    return _record(actor, work, batch, already=False)


def may_decide(actor: Actor, work: Work, reference: str) -> None:
    """Return where `actor` may decide on it: allowed to, and not the one who asked."""
    permission.require_somewhere(actor, work, "import.approve")
    batch = batch_of(work, reference)
    permission.require(actor, work, "import.approve", community_id=batch.community_id)
    if batch.state == BatchState.APPLIED:
        approval.refuse_maker(actor, work, _pending(work, batch))


def approve(actor: Actor, work: Work, reference: str, *, reason: str | None) -> dict[str, Any]:
    """Approve as the second person, and take the batch back; return what was done.

    ``already`` is true where it was taken back before. Raises Conflict where nobody asked, or
    where something changed since, so that another thing would be done than was shown.
    """
    batch = _to_decide(actor, work, reference)
    if batch.state == BatchState.UNDONE:
        return _record(actor, work, batch, already=True)
    asked = _pending(work, batch)
    approval.refuse_maker(actor, work, asked)
    plan = undo_plan.judge(actor, work, batch, hold=True)
    with proving(lambda: undo_plan.prove(actor, work, batch, plan.proof)):
        done = _carry_out(actor, work, batch, asked, plan, reason)
    batch.state = BatchState.UNDONE.value
    batch.undone_at = work.now()
    batch.kept = plan.counts["kept"]
    plan = plan._replace(counts={**plan.counts, **done})
    _tell(actor, work, batch, "import.undo", plan, reason)
    return {**_record(actor, work, batch, already=False), **done}


def _carry_out(
    actor: Actor,
    work: Work,
    batch: ImportBatch,
    asked: Approval,
    plan: undo_plan.Plan,
    reason: str | None,
) -> dict[str, int]:
    anew = _("Ask anew, and look at what would be kept: pcloud import undo {number}").format(
        number=batch.number
    )
    if asked.content_hash != plan.content:
        raise Conflict(
            _("Something of batch {number} was changed or used since this was asked for.").format(
                number=batch.number
            ),
            hint=anew,
            code="content_changed",
        )
    approval.approve(actor, work, asked, expected_hash=plan.content, reason=reason)
    try:
        return undo_plan.take_back(work, batch)
    except IntegrityError:
        raise Conflict(
            _("Somebody came to use something of the batch at this moment; nothing was changed."),
            hint=anew,
        ) from None


def reject(actor: Actor, work: Work, reference: str, *, reason: str) -> dict[str, Any]:
    """Refuse to take a batch back, with the reason that whoever asked will read."""
    batch = _to_decide(actor, work, reference)
    asked = _pending(work, batch)
    approval.reject(actor, work, asked, expected_hash=asked.content_hash, reason=reason)
    undo_plan.forget(work.session, batch.id)
    return _record(actor, work, batch, already=False)


def _to_decide(actor: Actor, work: Work, reference: str) -> ImportBatch:
    permission.require_somewhere(actor, work, "import.approve")
    batch = batch_of(work, reference, lock=True)
    permission.require(actor, work, "import.approve", community_id=batch.community_id)
    return batch


def _must_be_applied(batch: ImportBatch) -> None:
    if batch.state != BatchState.APPLIED:
        raise Conflict(
            _("Batch {number} is {state}; only an applied one can be taken back.").format(
                number=batch.number, state=word(batch.state, BATCH_STATES)
            ),
            hint=_("What is not applied yet is rejected: pcloud import reject {number}").format(
                number=batch.number
            ),
        )


def _pending(work: Work, batch: ImportBatch) -> Approval:
    if batch.state == BatchState.UNDONE:
        raise Conflict(
            _("Batch {number} was taken back before.").format(number=batch.number), code="decided"
        )
    _must_be_applied(batch)
    asked = approval.latest(work, KIND, batch.id)
    if asked is None or asked.state != ApprovalState.PENDING:
        raise _nobody_asked(batch)
    return asked


def _nobody_asked(batch: ImportBatch) -> Conflict:
    return Conflict(
        _("Nobody has asked to take batch {number} back.").format(number=batch.number),
        hint=_("`pcloud import undo {number}` asks, and shows what would be kept.").format(
            number=batch.number
        ),
        code="not_asked",
    )


def _said(reason: str | None) -> str | None:
    return (reason or "").strip() or None


def _record(actor: Actor, work: Work, batch: ImportBatch, *, already: bool) -> dict[str, Any]:
    """Return the batch with what is known of its taking back; that it was read is witnessed."""
    asked = approval.latest(work, KIND, batch.id)
    known = approval.described(work, asked) if asked is not None else None
    summary = dict(known["summary"]) if known else {}
    kept = undo_listing.kept(work, batch)
    if kept:
        trail.witnessed(
            actor,
            work,
            "import.show_undo",
            object_type="import_batch",
            object_id=batch.id,
            community_id=batch.community_id,
            detail={"kept": len(kept)},
        )
    return {
        "id": batch.id,
        "number": batch.number,
        "state": batch.state,
        "already": already,
        "undo": known["state"] if known else None,
        "asked_by": known["maker_name"] if known else None,
        "asked_at": known["made_at"] if known else None,
        "why": summary.pop("why", None),
        "decided_by": known["checker_name"] if known else None,
        "decided_at": known["decided_at"] if known else None,
        "reason": known["reason"] if known else None,
        **{name: count for name, count in summary.items() if name != "number"},
        "kept_rows": kept,
    }


def _tell(
    actor: Actor,
    work: Work,
    batch: ImportBatch,
    action: str,
    plan: undo_plan.Plan,
    reason: str | None,
) -> None:
    trail.changed(
        actor,
        work,
        action,
        object_type="import_batch",
        object_id=batch.id,
        community_id=batch.community_id,
        reason=_said(reason),
        detail={
            "merkle_root": (batch.merkle_root or b"").hex(),
            "content": plan.content.hex(),
            "number": batch.number,
            **plan.counts,
        },
    )
