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

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.ids import id_text
from pcloud_cli.models.account import Account
from pcloud_cli.models.approval import ApprovalState
from pcloud_cli.models.policy import PolicyState, PolicyVersion
from pcloud_cli.security.canonical import canonical_json
from pcloud_cli.services import approval, permission, trail, turns
from pcloud_cli.services import policy_versions as versions
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy_sections import SECTIONS, content, made, name_of, rules
from pcloud_cli.services.second_check import SecondCheck

KIND = "policy.change"
_CACHE = "policy"
_CACHE_OLD = "policy versions"

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


def numbered(work: Work, section: type[T]) -> tuple[T, int]:
    """Return the values of `section` in force now and their version, 0 for those shipped.

    What begins under a policy keeps the number, and asks `of_number` from then on.
    """
    found, number = _in_force(work, section)
    return found, number


def of_number(work: Work, section: type[T], number: int) -> T:
    """Return the values of `section` in its version `number`; those in force where it is gone.

    Asked again in one unit of work, it answers the same.
    """
    known: dict[tuple[type[Any], int], Any] = work.session.info.setdefault(_CACHE_OLD, {})
    if (section, number) not in known:
        rows = [row for row in versions.approved(work, name_of(section)) if row.number == number]
        if rows:
            known[section, number] = versions.values_of(rows[0])
        else:
            known[section, number] = section() if number == 0 else current(work, section)
    found: T = known[section, number]
    return found


def may_read(actor: Actor, work: Work) -> None:
    """Return where `actor` may see policy, before anything of theirs is read."""
    permission.require(actor, work, "policy.read")


def may_propose(actor: Actor, work: Work) -> None:
    """Return where `actor` may propose a change, before its file is read."""
    permission.require(actor, work, "policy.propose")


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
    return _altered(work, rows), versions.hash_of(rows).hex()


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
    number = turns.next_number(work, "policy changes", PolicyVersion.number)
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


def _altered(work: Work, rows: Sequence[PolicyVersion]) -> list[dict[str, Any]]:
    """Return what a change has set, value by value."""
    lines = []
    for row in rows:
        before, after = content(versions.base_of(work, row)), content(versions.values_of(row))
        lines += [
            {"section": row.section, "name": key, "before": before[key], "after": after[key]}
            for key in after
            if before[key] != after[key]
        ]
    return lines


def _lines(work: Work, name: str, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    before = content(_in_force(work, SECTIONS[name])[0])
    return [
        {"section": name, "name": key, "before": before[key], "after": _plain(value)}
        for key, value in wanted.items()
        if before[key] != _plain(value)
    ]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, (list, tuple)) else value


class _PolicyCheck(SecondCheck[list[PolicyVersion]]):
    """A change is all its versions, one a section; it comes into force section by section."""

    kinds = (KIND,)
    turn = "policy in force"

    def find(self, work: Work, reference: str, *, lock: bool = False) -> list[PolicyVersion]:
        return versions.find(work, reference, lock=lock)

    def asked(self, entry: list[PolicyVersion]) -> bytes | None:
        waits = all(row.state == PolicyState.PENDING for row in entry)
        return entry[0].approval_id if waits else None

    def must_hold(self, actor: Actor, work: Work, entry: list[PolicyVersion]) -> None:
        versions.must_hold(actor, work, entry)

    def content_hash(self, work: Work, entry: list[PolicyVersion]) -> bytes:  # noqa: ARG002
        return versions.hash_of(entry)

    def content(self, actor: Actor, work: Work, entry: list[PolicyVersion]) -> list[dict[str, Any]]:
        permission.require(actor, work, "policy.read")
        return _altered(work, entry)

    def become(self, actor: Actor, work: Work, entry: list[PolicyVersion]) -> None:  # noqa: ARG002
        for row in entry:
            newest = versions.approved(work, row.section)
            if (newest[0].number if newest else 0) != row.base:
                raise Conflict(
                    _("Another change of the section {name} came first.").format(name=row.section),
                    hint=_("Reject this one; its maker can apply the file again."),
                    code="overtaken",
                )
        for row in entry:
            # nothing holds before it was approved
            row.valid_from = max(row.valid_from or work.now(), work.now())

    def settle(
        self,
        actor: Actor,
        work: Work,
        entry: list[PolicyVersion],
        state: ApprovalState,
        reason: str | None,
    ) -> dict[str, Any]:
        for row in entry:
            row.state = PolicyState(state.value).value
            row.decided_at = work.now()
            versions.seal(work, row)
        work.session.info.pop(_CACHE, None)
        work.session.flush()
        _tell(actor, work, entry, f"policy.{state.value}", reason)
        return _record(work, entry)


CHECK = _PolicyCheck()
approve, reject, withdraw = CHECK.approve, CHECK.reject, CHECK.withdraw


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
