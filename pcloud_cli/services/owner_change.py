"""The limited change of an owner: entered by one, checked by another (2.1.2, 2.3.1).

Each field needs the permission of its group, in the owner's community. What waits is sealed, bound
to the approval by its MAC, and holds only as long as the owner is as he was when it was entered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.approval import ApprovalState
from pcloud_cli.models.owner import Owner
from pcloud_cli.models.owner_change import OwnerChange, OwnerChangeState
from pcloud_cli.security.canonical import Field, canonical_json
from pcloud_cli.security.mac import check_row_mac, row_mac
from pcloud_cli.services import (
    approval,
    edited,
    owner_fields,
    permission,
    policy,
    reading,
    rights,
    sight,
    trail,
    turns,
)
from pcloud_cli.services import owner as owners
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.attachment import record as attachment
from pcloud_cli.services.owner_fields import CONTACT, IDENTITY
from pcloud_cli.services.policy_sections import OwnerPolicy
from pcloud_cli.services.second_check import APPROVED, REJECTED, WITHDRAWN, NumberedCheck

_TABLE = "owner_change"
_STATES = {
    APPROVED: OwnerChangeState.APPLIED,
    REJECTED: OwnerChangeState.REJECTED,
    WITHDRAWN: OwnerChangeState.WITHDRAWN,
}


def enter(
    actor: Actor,
    work: Work,
    reference: str,
    wanted: Mapping[str, Any],
    *,
    reason: str,
    community: str | None = None,
) -> dict[str, Any]:
    """Enter new values of fields of an owner and return the change, which waits; masked.

    `wanted` maps names of `owner_fields.FIELDS` to what was given. Raises NotAllowed where one of
    them needs a permission that `actor` lacks in the owner's community, Conflict where another
    change of the owner waits or all is so already.
    """
    needed = _needed(work, wanted)
    seen = sight.of(actor, work, needed[0], community)
    owner = owners.one(work, seen, reference)
    for each in needed:
        permission.require(actor, work, each, community_id=owner.community_id)
    if not reason.strip():
        raise UsageProblem(_("A change of an owner needs a reason."), hint=_("Give --reason."))
    turns.with_houses(work, owner.community_id)
    work.session.refresh(owner)
    _refuse_second(work, owner)
    before = {field: owner_fields.present(work, owner, field) for field in wanted}
    after = {
        field: owner_fields.judged(owner, field, given, before[field])
        for field, given in wanted.items()
    }
    changed = sorted(field for field in after if after[field] != before[field])
    reading.witnessed(actor, work, "owner.change", [owner.id], community_id=owner.community_id)
    if not changed:
        raise Conflict(_("All of it is so already."), code="unchanged")
    number = turns.next_number(work, "owner changes", OwnerChange.number)
    id_, seal = work.ids(), work.keys.field_cipher().seal
    made = OwnerChange(
        id=id_,
        number=number,
        community_id=owner.community_id,
        owner_id=owner.id,
        fields=edited.packed(changed),
        before_sealed=seal(_TABLE, "before_sealed", id_, _json({k: before[k] for k in changed})),
        after_sealed=seal(_TABLE, "after_sealed", id_, _json({k: after[k] for k in changed})),
        state=OwnerChangeState.PENDING.value,
        reason=reason.strip(),
        made_by=actor.account_id,
        made_at=work.now(),
    )
    made.mac = row_mac(work.keys, _TABLE, _fields(work, made))
    asked = approval.propose(
        actor,
        work,
        _kind(work, changed),
        id_,
        owner.community_id,
        content_hash=_hash(made),
        summary={"number": made.number, "fields": changed},
    )
    made.approval_id = asked.id
    work.session.add(made)
    work.session.flush()
    _tell(actor, work, made, "owner.change.enter")
    return _record(work, made, owner)


def list_all(
    actor: Actor, work: Work, *, community: str | None = None, pending: bool = False, limit: int
) -> list[dict[str, Any]]:
    """Return the changes of owners that `actor` may see, newest first, at most `limit`."""
    seen = sight.of(actor, work, "owner.read", community)
    query = (
        select(OwnerChange, Owner)
        .join(
            Owner,
            (Owner.community_id == OwnerChange.community_id) & (Owner.id == OwnerChange.owner_id),
        )
        .where(seen.owners())
        .order_by(OwnerChange.number.desc())
        .limit(limit)
    )
    if pending:
        query = query.where(OwnerChange.state == OwnerChangeState.PENDING.value)
    rows = work.session.execute(query).all()
    reading.witnessed(
        actor,
        work,
        "owner.changes",
        (owner.id for _made, owner in rows),
        community_id=seen.one.id if seen.one else None,
    )
    return [_record(work, made, owner) for made, owner in rows]


def show(actor: Actor, work: Work, reference: str) -> tuple[dict[str, Any], str]:
    """Return a change with its fields before and after, masked, and the hash of what is shown."""
    permission.require_somewhere(actor, work, "owner.read")
    made = CHECK.find(work, reference)
    permission.require(actor, work, "owner.read", community_id=made.community_id)
    return _shown(actor, work, made)


def _needed(work: Work, fields: Any) -> list[str]:
    """Return the permissions that `fields` need, the narrower last."""
    limits = policy.current(work, OwnerPolicy)
    found = {owner_fields.permission_of(limits, field) for field in fields}
    return [one for one in (CONTACT, IDENTITY) if one in found]


def _kind(work: Work, fields: Any) -> str:
    return "owner.identity" if IDENTITY in _needed(work, fields) else "owner.contact"


def _refuse_second(work: Work, owner: Owner) -> None:
    query = select(OwnerChange.number).where(
        OwnerChange.community_id == owner.community_id,
        OwnerChange.owner_id == owner.id,
        OwnerChange.state == OwnerChangeState.PENDING.value,
    )
    waiting = work.session.scalar(query)
    if waiting is not None:
        raise Conflict(
            _("Change {number} of this owner waits for its check.").format(number=waiting),
            hint=_("Have it checked, or withdraw it, before the next."),
            code="pending",
        )


def needed_to_enter(work: Work, made: OwnerChange) -> str:
    """Return the permission that entering such a change needs now."""
    return approval.KINDS[_kind(work, edited.noted(made.fields))].propose


class _OwnerCheck(NumberedCheck[OwnerChange]):
    """A change holds only as long as the owner is as he was when it was entered."""

    kinds = ("owner.contact", "owner.identity")
    model = OwnerChange
    unknown = N_("There is no change {number} of an owner.")
    listed = N_("`pcloud owner changes` shows the numbers.")

    def place(self, entry: OwnerChange) -> bytes:
        return entry.community_id

    def must_hold(self, actor: Actor, work: Work, entry: OwnerChange) -> None:
        if not check_row_mac(work.keys, _TABLE, _fields(work, entry), entry.mac):
            rights.tampered(actor, work, _TABLE, entry.id)
            raise Conflict(
                _("The change was changed outside the program and is worth nothing."),
                hint=_("Tell the security administrator; the entry must be made again."),
                code="tampered",
            )

    def content_hash(self, work: Work, entry: OwnerChange) -> bytes:  # noqa: ARG002
        return _hash(entry)

    def content(self, actor: Actor, work: Work, entry: OwnerChange) -> dict[str, Any]:
        return _shown(actor, work, entry)[0]

    def become(self, actor: Actor, work: Work, entry: OwnerChange) -> None:  # noqa: ARG002
        turns.with_houses(work, entry.community_id)
        owner = _owner(work, entry, lock=True)
        before, after = _values(work, entry)
        if any(owner_fields.present(work, owner, field) != before[field] for field in before):
            raise Conflict(
                _("The owner was changed by others since this was entered."),
                hint=_("Reject it, and enter the change again."),
                code="overtaken",
            )
        for field, value in after.items():
            owner_fields.write(work, owner, field, value)
        edited.note(work, owner, owner_fields.noted(after))

    def settle(
        self,
        actor: Actor,
        work: Work,
        entry: OwnerChange,
        state: ApprovalState,
        reason: str | None,
    ) -> dict[str, Any]:
        entry.state = _STATES[state].value
        entry.decided_at = work.now()
        work.session.flush()
        _tell(actor, work, entry, f"owner.change.{entry.state}", reason)
        return _record(work, entry, _owner(work, entry))


CHECK = _OwnerCheck()
to_check, approve, reject, withdraw = CHECK.look, CHECK.approve, CHECK.reject, CHECK.withdraw


def _owner(work: Work, made: OwnerChange, *, lock: bool = False) -> Owner:
    query = select(Owner).where(Owner.community_id == made.community_id, Owner.id == made.owner_id)
    return work.session.scalars(query.with_for_update() if lock else query).one()


def _values(work: Work, made: OwnerChange) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = (
        json.loads(work.keys.open(_TABLE, column, made.id, getattr(made, column)))
        for column in ("before_sealed", "after_sealed")
    )
    return before, after


def _shown(actor: Actor, work: Work, made: OwnerChange) -> tuple[dict[str, Any], str]:
    owner = _owner(work, made)
    before, after = _values(work, made)
    reading.witnessed(actor, work, "owner.change.show", [owner.id], community_id=owner.community_id)
    lines = [
        {
            "field": field,
            "before": owner_fields.masked(field, before[field]),
            "after": owner_fields.masked(field, after[field]),
        }
        for field in after
    ]
    papers = attachment.count(work, "owner-change", made.community_id, made.id)
    shown = {**_record(work, made, owner), "attachments": papers, "lines": lines}
    return shown, _hash(made).hex()


def _record(work: Work, made: OwnerChange, owner: Owner) -> dict[str, Any]:
    said = approval.described(work, made.approval_id) if made.approval_id else {}
    return {
        "id": made.id,
        "number": made.number,
        "state": made.state,
        "owner": owner.name,
        "owner_id": owner.id,
        "fields": sorted(edited.noted(made.fields)),
        "reason": made.reason,
        "made_by": said.get("maker"),
        "made_at": made.made_at,
        "decided_by": said.get("checker"),
        "decided_at": made.decided_at,
        "decision": said.get("reason"),
    }


def _json(values: Mapping[str, Any]) -> str:
    return canonical_json(dict(values)).decode()


def _fields(work: Work, made: OwnerChange) -> tuple[Field, ...]:
    before, after = _values(work, made)
    return (
        made.id,
        made.number,
        made.community_id,
        made.owner_id,
        made.fields,
        _json(before),
        _json(after),
        made.reason,
        made.made_by,
        rights.moment(made.made_at),
    )


def covered(work: Work, made: OwnerChange) -> tuple[Field, ...]:
    """Return what the MAC of a change covers."""
    return _fields(work, made)


def content_hash(mac: bytes) -> bytes:
    """Return what the approval of a change with the MAC `mac` is bound to."""
    return hashlib.sha256(mac).digest()


def _hash(made: OwnerChange) -> bytes:
    # keyed, because few phones are there to be tried; new data keys do not change it
    return content_hash(made.mac)


def _tell(
    actor: Actor, work: Work, made: OwnerChange, action: str, reason: str | None = None
) -> None:
    before, after = _values(work, made)
    digest = work.keys.blind_index().maker("owner_change")
    trail.changed(
        actor,
        work,
        action,
        object_type="owner",
        object_id=made.owner_id,
        community_id=made.community_id,
        reason=reason or made.reason,
        detail={
            "number": made.number,
            "fields": sorted(after),
            "before": digest(_json(before)).hex(),
            "after": digest(_json(after)).hex(),
        },
    )
