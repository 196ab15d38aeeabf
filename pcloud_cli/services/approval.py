"""The second check (复核, 2.3.1): one person enters, another approves exactly that content.

A small machine for whatever needs it: pending, then approved, rejected or withdrawn. It is bound
to the content's hash, so changed content has no approval, and its row carries a keyed MAC.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.approval import Approval, ApprovalState
from pcloud_cli.security.canonical import Field, canonical_json
from pcloud_cli.security.mac import check_row_mac, row_mac
from pcloud_cli.services import permission, rights, trail
from pcloud_cli.services.actor import PERSON, Actor, nobody
from pcloud_cli.services.policy_sections import SweepPolicy


@dataclass(frozen=True)
class Kind:
    """Which permission enters and which checks one kind of content."""

    propose: str
    check: str


KINDS = {
    "import.batch": Kind(propose="import.load", check="import.approve"),
    "import.undo": Kind(propose="import.apply", check="import.approve"),
    "role.grant": Kind(propose="role.grant", check="role.approve"),
    "region.add": Kind(propose="role.grant", check="role.approve"),
    "account.import": Kind(propose="account.import", check="account.import_approve"),
    "house.renumber": Kind(propose="house.renumber", check="house.write"),
    "owner.contact": Kind(propose="owner.change_contact", check="owner.approve"),
    "owner.identity": Kind(propose="owner.change_identity", check="owner.approve"),
    "price.list": Kind(propose="price.enter", check="price.approve"),
    "policy.change": Kind(propose="policy.propose", check="policy.approve"),
}
"""All that needs a second check, by name."""


def propose(
    actor: Actor,
    work: Work,
    kind: str,
    subject_id: bytes,
    community_id: bytes | None,
    *,
    content_hash: bytes,
    summary: Any,
) -> Approval:
    """Ask for a second check of `content_hash` and return the pending approval.

    `summary` says what is and what would be, as plain JSON without personal values. An older
    pending approval of the same subject is withdrawn: its content is gone.
    """
    permission.require(actor, work, KINDS[kind].propose, community_id=community_id)
    if actor.account_id is None:
        raise permission.not_logged_in(actor)
    # a change of policy is approved too: the two know each other
    from pcloud_cli.services.policy import current

    hours = current(work, SweepPolicy).approval_hours
    for older in work.session.scalars(_of_subject(kind, subject_id).with_for_update()):
        if older.state == ApprovalState.PENDING:
            _settle(actor, work, older, ApprovalState.WITHDRAWN, None)
    approval = Approval(
        id=work.ids(),
        kind=kind,
        subject_id=subject_id,
        community_id=community_id,
        state=ApprovalState.PENDING.value,
        content_hash=content_hash,
        summary=canonical_json(summary).decode(),
        maker_id=actor.account_id,
        made_at=work.now(),
        due_at=work.now() + timedelta(hours=hours),
    )
    _seal(work, approval)
    work.session.add(approval)
    work.session.flush()
    _tell(actor, work, approval, "approval.propose")
    return approval


def approve(
    actor: Actor,
    work: Work,
    approval: Approval | bytes,
    *,
    expected_hash: bytes,
    reason: str | None = None,
) -> Approval:
    """Approve what `actor` was shown, the content of `expected_hash`, and return the approval.

    `approval` is the row or its id. Raises NotAllowed for the maker, Conflict where it is not
    pending or its content is another.
    """
    row = _decide(actor, work, approval, expected_hash)
    _settle(actor, work, row, ApprovalState.APPROVED, reason)
    return row


def reject(
    actor: Actor,
    work: Work,
    approval: Approval | bytes,
    *,
    expected_hash: bytes,
    reason: str | None,
) -> Approval:
    """Reject with a `reason`, which the maker will read, and return the approval."""
    row = _decide(actor, work, approval, expected_hash)
    if not (reason or "").strip():
        raise UsageProblem(_("A rejection needs a reason."), hint=_("Give --reason."))
    _settle(actor, work, row, ApprovalState.REJECTED, reason)
    return row


def withdraw(
    actor: Actor, work: Work, approval: Approval | bytes, *, reason: str | None = None
) -> Approval:
    """Take back one's own pending entry and return the approval."""
    row = _locked(work, approval)
    permission.require(actor, work, KINDS[row.kind].propose, community_id=row.community_id)
    if row.maker_id != actor.account_id:
        raise NotAllowed(_("Only who made the entry can withdraw it."), code="not_maker")
    _must_hold(actor, work, row)
    _must_be_pending(row)
    _settle(actor, work, row, ApprovalState.WITHDRAWN, reason)
    return row


def lapse(actor: Actor, work: Work, approval_id: bytes) -> None:
    """Withdraw what is still pending because its subject is gone; else change nothing.

    No permission is checked: whoever calls it has checked that of taking the subject away.
    """
    row = get(work, approval_id, lock=True)
    if row.state == ApprovalState.PENDING:
        _must_hold(actor, work, row)
        _settle(actor, work, row, ApprovalState.WITHDRAWN, None)


def check_usable(
    work: Work, approval: Approval | bytes, content_hash: bytes, *, actor: Actor | None = None
) -> Approval:
    """Return the approval where it approves exactly `content_hash`; else raise Conflict.

    The caller computes `content_hash` from the content as it is now. `actor` is who the evidence
    of a changed row or content names.
    """
    user = actor or nobody()
    row = _locked(work, approval)
    _must_hold(user, work, row)
    if row.state == ApprovalState.PENDING:
        raise Conflict(
            _("It has not been approved yet."),
            hint=_("Somebody else than its maker must check it."),
            code="not_approved",
        )
    if row.state != ApprovalState.APPROVED:
        raise Conflict(_("It was rejected or withdrawn."), code="not_approved")
    if row.content_hash != content_hash:
        _tell(user, work, row, "approval.stale", evidence=True)
        raise content_changed()
    return row


def described(work: Work, approval: Approval | bytes) -> dict[str, Any]:
    """Return an approval as a record: state, who made and who checked it, when, why, summary.

    No permission is checked: whoever calls it has checked that of the subject.
    """
    row = approval if isinstance(approval, Approval) else get(work, approval)
    people = {
        account_id: (number, name)
        for account_id, number, name in work.session.execute(
            select(Account.id, Account.staff_number, Account.name).where(
                Account.id.in_([row.maker_id, row.checker_id])
            )
        )
    }
    maker, checker = people.get(row.maker_id), people.get(row.checker_id or b"")
    return {
        "id": row.id,
        "state": row.state,
        "whole": check_row_mac(work.keys, "approval", _fields(row), row.mac),
        "maker": maker[0] if maker else None,
        "maker_name": maker[1] if maker else None,
        "made_at": row.made_at,
        "checker": checker[0] if checker else None,
        "checker_name": checker[1] if checker else None,
        "decided_at": row.decided_at,
        "reason": row.reason,
        "content_hash": row.content_hash.hex(),
        "summary": json.loads(row.summary),
    }


def rebind(actor: Actor, work: Work, row: Approval, content_hash: bytes) -> bool:
    """Bind an approval to `content_hash` where it holds; return whether it does.

    For whoever spells the same content anew – sealed with another key – and has proved that it
    was the content that is bound now.
    """
    if not check_row_mac(work.keys, "approval", covered(row), row.mac):
        rights.tampered(actor, work, "approval", row.id)
        return False
    row.content_hash = content_hash
    _seal(work, row)
    work.session.flush()
    return True


def covered(row: Approval) -> tuple[Field, ...]:
    """Return what the MAC of an approval covers."""
    return _fields(row)


def get(work: Work, approval_id: bytes, *, lock: bool = False) -> Approval:
    """Return an approval by id, locked where it is to be changed; NotFound if there is none."""
    approval = work.session.get(Approval, approval_id, with_for_update=lock or None)
    if approval is None:
        raise NotFound(_("There is no such approval."))
    return approval


def latest(work: Work, kind: str, subject_id: bytes) -> Approval | None:
    """Return the newest approval of a subject, None where nobody asked for one."""
    return work.session.scalars(_of_subject(kind, subject_id).limit(1)).first()


def _of_subject(kind: str, subject_id: bytes) -> Any:
    return (
        select(Approval)
        .where(Approval.kind == kind, Approval.subject_id == subject_id)
        .order_by(Approval.id.desc())
    )


def _locked(work: Work, approval: Approval | bytes) -> Approval:
    if isinstance(approval, Approval):
        return approval
    return get(work, approval, lock=work.write)


def refuse_maker(actor: Actor, work: Work, given: Approval | bytes) -> None:
    """Return where `actor` is not who made the entry; else leave evidence, raise NotAllowed."""
    approval = given if isinstance(given, Approval) else get(work, given)
    if approval.maker_id == actor.account_id:
        _tell(actor, work, approval, "approval.own_entry", evidence=True)
        raise NotAllowed(
            _("Nobody checks their own entry."),
            hint=_("Ask a colleague who may approve to look at it."),
            code="own_entry",
        )


def _decide(actor: Actor, work: Work, given: Approval | bytes, expected_hash: bytes) -> Approval:
    approval = _locked(work, given)
    permission.require(actor, work, KINDS[approval.kind].check, community_id=approval.community_id)
    refuse_maker(actor, work, approval)
    if actor.kind != PERSON:
        raise NotAllowed(_("Only a person can check an entry."), code="not_a_person")
    _must_hold(actor, work, approval)
    _must_be_pending(approval)
    if approval.content_hash != expected_hash:
        raise content_changed()
    return approval


def _must_be_pending(approval: Approval) -> None:
    if approval.state != ApprovalState.PENDING:
        raise Conflict(_("It has been decided already."), code="decided")


def _must_hold(actor: Actor, work: Work, approval: Approval) -> None:
    if check_row_mac(work.keys, "approval", _fields(approval), approval.mac):
        return
    rights.tampered(actor, work, "approval", approval.id)
    raise Conflict(
        _("The approval was changed outside the program and is worth nothing."),
        hint=_("Tell the security administrator; the entry must be made again."),
        code="tampered",
    )


def content_changed() -> Conflict:
    """Return the error of a yes to something else than what is there."""
    return Conflict(
        _("The content is no longer what was shown for approval."),
        hint=_("Look at it again; changed content needs a new approval."),
        code="content_changed",
    )


def _settle(
    actor: Actor, work: Work, approval: Approval, state: ApprovalState, reason: str | None
) -> None:
    approval.state = state.value
    if state != ApprovalState.WITHDRAWN:
        approval.checker_id = actor.account_id
    approval.decided_at = work.now()
    approval.reason = (reason or "").strip() or None
    _seal(work, approval)
    work.session.flush()
    _tell(actor, work, approval, f"approval.{state.value}")


def _tell(
    actor: Actor, work: Work, approval: Approval, action: str, *, evidence: bool = False
) -> None:
    tell = trail.witnessed if evidence else trail.changed
    tell(
        actor,
        work,
        action,
        object_type=approval.kind,
        object_id=approval.subject_id,
        community_id=approval.community_id,
        reason=approval.reason,
        detail={"approval": approval.id.hex(), "content": approval.content_hash.hex()},
    )


def _seal(work: Work, approval: Approval) -> None:
    approval.mac = row_mac(work.keys, "approval", _fields(approval))


def _fields(row: Approval) -> tuple[Field, ...]:
    return (
        row.id,
        row.kind,
        row.subject_id,
        row.community_id,
        row.state,
        row.content_hash,
        row.summary,
        row.maker_id,
        rights.moment(row.made_at),
        row.checker_id,
        rights.moment(row.decided_at),
        row.reason,
    )
