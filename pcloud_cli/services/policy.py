"""Policy as data with versions: what is in force, what was proposed, who agreed (2.1.1, 2.1.3).

The system administrator proposes, the security administrator confirms (2.3.1). A version whose
MAC fails is worth nothing and leaves evidence; the last good one before it counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.ids import id_text
from pcloud_cli.models.account import Account
from pcloud_cli.models.policy import PolicyState, PolicyVersion
from pcloud_cli.security.canonical import canonical_json
from pcloud_cli.services import approval, permission, trail, turns
from pcloud_cli.services import policy_versions as versions
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy_sections import SECTIONS, content, made, name_of, rules

KIND = "policy.change"
_CACHE = "policy"

T = TypeVar("T")


def current(work: Work, section: type[T]) -> T:
    """Return the values of `section` in force now, those shipped where nothing else is.

    No permission is needed: policy binds everybody. Asked again in one unit of work, it answers
    the same.
    """
    known: dict[type[Any], Any] = work.session.info.setdefault(_CACHE, {})
    if section not in known:
        known[section] = _in_force(work, section)[0]
    found: T = known[section]
    return found


def may_read(actor: Actor, work: Work) -> None:
    """Return where `actor` may see policy, before anything of theirs is read."""
    permission.require(actor, work, "policy.read")


def may_propose(actor: Actor, work: Work) -> None:
    """Return where `actor` may propose a change, before its file is read."""
    permission.require(actor, work, "policy.propose")


def may_approve(actor: Actor, work: Work) -> None:
    """Return where `actor` may approve a change, before it is shown."""
    permission.require(actor, work, "policy.approve")


def show(actor: Actor, work: Work, section: str | None = None) -> list[dict[str, Any]]:
    """Return every value in force, of one section or all, with the shipped one and its limits."""
    permission.require(actor, work, "policy.read")
    rows = []
    for name in _named(section):
        kind = SECTIONS[name]
        values, number = _in_force(work, kind)
        now, shipped = content(values), content(kind())
        rows += [
            {
                "section": name,
                "name": key,
                "value": now[key],
                "shipped": shipped[key],
                "limits": rule.limits(),
                "meaning": rule.meaning,
                "version": number,
            }
            for key, rule in rules(kind).items()
        ]
    return rows


def changes(actor: Actor, work: Work) -> list[dict[str, Any]]:
    """Return all changes of policy, newest first: state, who, when, why, since when in force."""
    permission.require(actor, work, "policy.read")
    found: dict[int, list[PolicyVersion]] = {}
    for row in work.session.scalars(
        select(PolicyVersion).order_by(PolicyVersion.number.desc(), PolicyVersion.section)
    ):
        found.setdefault(row.number, []).append(row)
    return [_record(work, rows) for rows in found.values()]


def compared(
    actor: Actor, work: Work, wanted: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return what `wanted`, a file's content, would change of what is in force."""
    permission.require(actor, work, "policy.read")
    return [line for name in wanted for line in _lines(work, name, wanted[name])]


def change(actor: Actor, work: Work, reference: str) -> tuple[list[dict[str, Any]], str]:
    """Return what a change has set, value by value, and the hash of all that was shown.

    Before is what was in force when it was proposed.
    """
    permission.require(actor, work, "policy.read")
    rows = versions.find(work, reference)
    versions.must_hold(actor, work, rows)
    lines = []
    for row in rows:
        before, after = content(versions.base_of(work, row)), content(versions.values_of(row))
        lines += [
            {"section": row.section, "name": key, "before": before[key], "after": after[key]}
            for key in after
            if before[key] != after[key]
        ]
    return lines, versions.hash_of(rows).hex()


def propose(
    actor: Actor,
    work: Work,
    wanted: Mapping[str, Mapping[str, Any]],
    *,
    reason: str,
    valid_from: datetime | None = None,
) -> dict[str, Any] | None:
    """Enter `wanted`, checked by `policy_file.read`, and return the change, which waits.

    None where all of it is in force already. Without `valid_from` it holds once it is approved.
    """
    permission.require(actor, work, "policy.propose")
    if not reason.strip():
        raise UsageProblem(_("A change of policy needs a reason."), hint=_("Give --reason."))
    if valid_from is not None and valid_from < work.now():
        raise UsageProblem(
            _("Policy cannot change what has been."), hint=_("Give a moment to come, or none.")
        )
    changed = {name: values for name in wanted if (values := _merged(work, name, wanted[name]))}
    if not changed:
        return None
    turns.with_numbers(work, "policy changes")
    number = 1 + (work.session.scalar(select(func.max(PolicyVersion.number))) or 0)
    change_id = work.ids()
    rows = [
        PolicyVersion(
            id=work.ids(),
            change_id=change_id,
            number=number,
            section=name,
            content=canonical_json(values).decode(),
            base=base,
            state=PolicyState.PENDING.value,
            valid_from=valid_from,
            made_by=actor.account_id,
            made_at=work.now(),
            reason=reason.strip(),
            mac=b"",
        )
        for name, (values, base) in sorted(changed.items())
    ]
    asked = approval.propose(
        actor,
        work,
        KIND,
        change_id,
        None,
        content_hash=versions.hash_of(rows),
        summary={"number": number, "sections": [row.section for row in rows]},
    )
    for row in rows:
        row.approval_id = asked.id
        versions.seal(work, row)
    work.session.add_all(rows)
    work.session.flush()
    _tell(actor, work, rows, "policy.propose")
    return _record(work, rows)


def approve(
    actor: Actor, work: Work, reference: str, *, seen: str | None = None, reason: str | None = None
) -> dict[str, Any]:
    """Put a change of somebody else in force and return it; `seen` is the hash of what was shown.

    Raises Conflict where another change of the same section came first.
    """
    permission.require(actor, work, "policy.approve")
    turns.with_numbers(work, "policy in force")
    rows, asked = _to_decide(actor, work, reference)
    approval.refuse_maker(actor, work, asked)
    expected = versions.hash_of(rows) if seen is None else bytes.fromhex(seen)
    if expected != versions.hash_of(rows):
        raise Conflict(
            _("The content is no longer what was shown for approval."),
            hint=_("Look at it again; changed content needs a new approval."),
            code="content_changed",
        )
    for row in rows:
        newest = versions.approved(work, row.section)
        if (newest[0].number if newest else 0) != row.base:
            raise Conflict(
                _("Another change of the section {name} came first.").format(name=row.section),
                hint=_("Reject this one; its maker can apply the file again."),
                code="overtaken",
            )
    approval.approve(actor, work, asked, expected_hash=expected, reason=reason)
    for row in rows:
        # nothing holds before it was approved
        row.valid_from = max(row.valid_from or work.now(), work.now())
    _settle(actor, work, rows, PolicyState.APPROVED, reason)
    return _record(work, rows)


def reject(actor: Actor, work: Work, reference: str, *, reason: str) -> dict[str, Any]:
    """Reject a change of somebody else with a reason and return it."""
    permission.require(actor, work, "policy.approve")
    rows, asked = _to_decide(actor, work, reference)
    approval.reject(actor, work, asked, expected_hash=versions.hash_of(rows), reason=reason)
    _settle(actor, work, rows, PolicyState.REJECTED, reason)
    return _record(work, rows)


def withdraw(
    actor: Actor, work: Work, reference: str, *, reason: str | None = None
) -> dict[str, Any]:
    """Take back one's own change that still waits and return it."""
    permission.require(actor, work, "policy.propose")
    rows, asked = _to_decide(actor, work, reference)
    approval.withdraw(actor, work, asked, reason=reason)
    _settle(actor, work, rows, PolicyState.WITHDRAWN, reason)
    return _record(work, rows)


def _named(section: str | None) -> list[str]:
    if section is not None and section not in SECTIONS:
        raise NotFound(
            _("There is no section {name}.").format(name=section),
            hint=_("Choose one of: {choices}.").format(choices=", ".join(SECTIONS)),
        )
    return [section] if section else list(SECTIONS)


def _in_force(work: Work, section: type[T]) -> tuple[T, int]:
    """Return the values in force now and their number, 0 for those shipped."""
    now = work.now()
    for row in versions.approved(work, name_of(section)):
        if row.valid_from is not None and row.valid_from <= now:
            return made(section, json.loads(row.content)), row.number
    return section(), 0


def _merged(work: Work, name: str, wanted: Mapping[str, Any]) -> tuple[dict[str, Any], int] | None:
    """Return all values of a section with those wanted, and what they are based on."""
    newest = versions.approved(work, name)
    base = newest[0] if newest else None
    before = content(versions.values_of(base) if base else SECTIONS[name]())
    after = {**before, **{key: _plain(value) for key, value in wanted.items()}}
    return None if after == before else (after, base.number if base else 0)


def _lines(work: Work, name: str, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    before = content(_in_force(work, SECTIONS[name])[0])
    return [
        {"section": name, "name": key, "before": before[key], "after": _plain(value)}
        for key, value in wanted.items()
        if before[key] != _plain(value)
    ]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, (list, tuple)) else value


def _to_decide(actor: Actor, work: Work, reference: str) -> tuple[list[PolicyVersion], bytes]:
    """Return the versions of a change that waits, and the id of its approval."""
    rows = versions.find(work, reference, lock=True)
    versions.must_hold(actor, work, rows)
    if any(row.state != PolicyState.PENDING for row in rows) or rows[0].approval_id is None:
        raise Conflict(_("It has been decided already."), code="decided")
    return rows, rows[0].approval_id


def _settle(
    actor: Actor,
    work: Work,
    rows: Sequence[PolicyVersion],
    state: PolicyState,
    reason: str | None,
) -> None:
    for row in rows:
        row.state = state.value
        row.decided_at = work.now()
        versions.seal(work, row)
    work.session.info.pop(_CACHE, None)
    work.session.flush()
    _tell(actor, work, rows, f"policy.{state.value}", reason)


def _record(work: Work, rows: Sequence[PolicyVersion]) -> dict[str, Any]:
    first = rows[0]
    said = approval.described(work, first.approval_id) if first.approval_id else {}
    return {
        "id": first.change_id,
        "number": first.number,
        "state": first.state,
        "sections": [row.section for row in rows],
        "valid_from": first.valid_from,
        "reason": first.reason,
        "made_by": said.get("maker") or _number(work, first.made_by),
        "made_at": first.made_at,
        "decided_by": said.get("checker"),
        "decided_at": first.decided_at,
    }


def _number(work: Work, account_id: bytes) -> str | None:
    return work.session.scalar(select(Account.staff_number).where(Account.id == account_id))


def _tell(
    actor: Actor,
    work: Work,
    rows: Sequence[PolicyVersion],
    action: str,
    reason: str | None = None,
) -> None:
    first = rows[0]
    trail.changed(
        actor,
        work,
        action,
        object_type="policy",
        object_id=first.change_id,
        reason=reason or first.reason,
        detail={
            "number": first.number,
            "versions": {
                row.section: {
                    "id": id_text(row.id),
                    "digest": hashlib.sha256(row.content.encode()).hexdigest(),
                }
                for row in rows
            },
        },
    )
