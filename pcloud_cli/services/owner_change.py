"""The limited change of an owner: entered by one, checked by another (2.1.2, 2.3.1).

Each field needs the permission of its group, in the owner's community. What waits is sealed, bound
to the approval by its MAC, and holds only as long as the owner is as he was when it was entered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound, UsageProblem
from pcloud_cli.i18n import _
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
from pcloud_cli.services.owner_fields import CONTACT, IDENTITY
from pcloud_cli.services.policy_sections import OwnerPolicy

APPROVE = "owner.approve"
_TABLE = "owner_change"


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
    turns.with_numbers(work, "owner changes")
    id_, seal = work.ids(), work.keys.field_cipher().seal
    made = OwnerChange(
        id=id_,
        number=1 + (work.session.scalar(select(func.max(OwnerChange.number))) or 0),
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
    made = _find(work, reference)
    permission.require(actor, work, "owner.read", community_id=made.community_id)
    return _shown(actor, work, made)


def to_check(actor: Actor, work: Work, reference: str) -> tuple[dict[str, Any], str]:
    """Return the same to who may check it: a person who did not make it."""
    made = _to_decide(actor, work, reference)[0]
    return _shown(actor, work, made)


def approve(
    actor: Actor, work: Work, reference: str, *, seen: str | None = None, reason: str | None = None
) -> dict[str, Any]:
    """Make a change of somebody else live and return it; `seen` is the hash of what was shown.

    Raises Conflict where the owner was changed meanwhile.
    """
    made, asked = _to_decide(actor, work, reference)
    if seen is not None and seen != _hash(made).hex():
        raise Conflict(
            _("The content is no longer what was shown for approval."),
            hint=_("Look at it again; changed content needs a new approval."),
            code="content_changed",
        )
    turns.with_houses(work, made.community_id)
    owner = _owner(work, made, lock=True)
    before, after = _values(work, made)
    if any(owner_fields.present(work, owner, field) != before[field] for field in before):
        raise Conflict(
            _("The owner was changed by others since this was entered."),
            hint=_("Reject it, and enter the change again."),
            code="overtaken",
        )
    approval.approve(actor, work, asked, expected_hash=_hash(made), reason=reason)
    for field, value in after.items():
        owner_fields.write(work, owner, field, value)
    edited.note(work, owner, owner_fields.noted(after))
    _settle(actor, work, made, OwnerChangeState.APPLIED, reason)
    return _record(work, made, owner)


def reject(actor: Actor, work: Work, reference: str, *, reason: str) -> dict[str, Any]:
    """Reject a change of somebody else with a reason and return it."""
    made, asked = _to_decide(actor, work, reference)
    approval.reject(actor, work, asked, expected_hash=_hash(made), reason=reason)
    _settle(actor, work, made, OwnerChangeState.REJECTED, reason)
    return _record(work, made, _owner(work, made))


def withdraw(
    actor: Actor, work: Work, reference: str, *, reason: str | None = None
) -> dict[str, Any]:
    """Take back one's own change that still waits and return it."""
    if IDENTITY not in permission.granted_permissions(actor, work):
        permission.require_somewhere(actor, work, CONTACT)
    made = _find(work, reference, lock=True)
    needed = approval.KINDS[_kind(work, edited.noted(made.fields))].propose
    permission.require(actor, work, needed, community_id=made.community_id)
    asked = _pending(made)
    approval.withdraw(actor, work, asked, reason=reason)
    _settle(actor, work, made, OwnerChangeState.WITHDRAWN, reason)
    return _record(work, made, _owner(work, made))


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


def _to_decide(actor: Actor, work: Work, reference: str) -> tuple[OwnerChange, bytes]:
    permission.require_somewhere(actor, work, APPROVE)
    made = _find(work, reference, lock=work.write)
    permission.require(actor, work, APPROVE, community_id=made.community_id)
    asked = _pending(made)
    approval.refuse_maker(actor, work, asked)
    if not check_row_mac(work.keys, _TABLE, _fields(work, made), made.mac):
        rights.tampered(actor, work, _TABLE, made.id)
        raise Conflict(
            _("The change was changed outside the program and is worth nothing."),
            hint=_("Tell the security administrator; the entry must be made again."),
            code="tampered",
        )
    return made, asked


def _pending(made: OwnerChange) -> bytes:
    if made.state != OwnerChangeState.PENDING or made.approval_id is None:
        raise Conflict(_("It has been decided already."), code="decided")
    return made.approval_id


def _find(work: Work, reference: str, *, lock: bool = False) -> OwnerChange:
    text = reference.strip().lstrip("#")
    found = None
    if text.isdecimal() and len(text) < 10:
        query = select(OwnerChange).where(OwnerChange.number == int(text))
        found = work.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(
            _("There is no change {number} of an owner.").format(number=reference),
            hint=_("`pcloud owner changes` shows the numbers."),
        )
    return found


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
    return {**_record(work, made, owner), "lines": lines}, _hash(made).hex()


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


def _settle(
    actor: Actor,
    work: Work,
    made: OwnerChange,
    state: OwnerChangeState,
    reason: str | None,
) -> None:
    made.state = state.value
    made.decided_at = work.now()
    work.session.flush()
    _tell(actor, work, made, f"owner.change.{state.value}", reason)


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
