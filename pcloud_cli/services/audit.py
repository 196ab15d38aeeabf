"""Reading and proving the trail: events, one of them whole, verification (审计)."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from pcloud_cli.db import trail as chain
from pcloud_cli.db.trail import Progress, TrailProblem, VerifyResult
from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotFound
from pcloud_cli.i18n import _
from pcloud_cli.ids import id_text
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.chain import GENESIS
from pcloud_cli.services import account as accounts
from pcloud_cli.services import audit_names, audit_papers, permission
from pcloud_cli.services import community as communities
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.audit_papers import Checkpoint


@dataclass(frozen=True)
class Wanted:
    """Which events are asked for; what is None asks for nothing.

    `staff_number` did it; `about` is what it concerns, by the names that people use; `community`
    is where. `action` matches itself and what is below it: ``import`` finds ``import.load``.
    """

    staff_number: str | None = None
    action: str | None = None
    about: audit_names.About | None = None
    community: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def events(
    actor: Actor, work: Work, wanted: Wanted | None = None, *, limit: int = 100
) -> list[dict[str, Any]]:
    """Return the newest `limit` events that match, newest first.

    Raises NotFound for an account, community, house or batch that there is not.
    """
    permission.require(actor, work, "audit.read")
    query = (
        select(TrailEvent)
        .where(*_conditions(work, wanted or Wanted()))
        .order_by(TrailEvent.seq.desc())
        .limit(limit)
    )
    return _records(work, work.session.scalars(query).all())


def show(actor: Actor, work: Work, seq: int) -> dict[str, Any]:
    """Return the event of number `seq` whole, and whether it holds: its content and its link.

    Raises NotFound where the trail has no such event.
    """
    permission.require(actor, work, "audit.read")
    row = work.session.get(TrailEvent, seq)
    if row is None:
        raise NotFound(
            _("The trail has no event {seq}.").format(seq=seq),
            hint=_("`pcloud audit list` shows the newest."),
        )
    (record,) = _records(work, [row])
    before = work.session.scalar(select(TrailEvent.hash).where(TrailEvent.seq == seq - 1))
    if seq == 1:
        before = GENESIS
    return record | {
        "actor_name": audit_names.staff_name(work, row.actor_id),
        "holds": chain.event_holds(work.keys, row) and before == row.prev_hash,
        "key_id": row.key_id,
        "prev_hash": row.prev_hash.hex(),
        "hash": row.hash.hex(),
    }


def verify(
    actor: Actor,
    work: Work,
    *,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
) -> VerifyResult:
    """Recompute the whole trail, and compare it with a `checkpoint` kept elsewhere.

    A signed checkpoint counts only if a key of this installation signed it, an unsigned one only
    if it is older than the installation's first key.
    """
    permission.require(actor, work, "audit.verify")
    wrong = None
    if checkpoint is not None and checkpoint.paper is not None:
        wrong = audit_papers.fault(work, checkpoint.paper)
    elif checkpoint is not None and audit_papers.owes_signature(work, checkpoint.seq):
        wrong = "unsigned"
    compared = checkpoint is not None and wrong in (None, "unsigned")
    mark = (checkpoint.seq, checkpoint.hash) if checkpoint is not None and compared else None
    result = chain.verify(work.session.connection(), work.keys, checkpoint=mark, progress=progress)
    if wrong is None or checkpoint is None:
        return result
    found = [TrailProblem(checkpoint.seq, wrong), *result.problems]
    return dataclasses.replace(result, problems=found, problem_count=result.problem_count + 1)


def _conditions(work: Work, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    place = communities.resolve(work, wanted.community) if wanted.community else None
    if wanted.staff_number is not None:
        found.append(TrailEvent.actor_id == accounts.find(work, wanted.staff_number).id)
    if wanted.action is not None:
        below = TrailEvent.action.startswith(wanted.action + ".", autoescape=True)
        found.append((TrailEvent.action == wanted.action) | below)
    if wanted.about is not None:
        found.append(audit_names.concerns(work, wanted.about, place))
    if place is not None:
        here = (TrailEvent.community_id == place.id, TrailEvent.object_id == place.id)
        found.append(or_(*here))
    if wanted.since is not None:
        found.append(TrailEvent.at >= at_text(wanted.since))
    if wanted.until is not None:
        found.append(TrailEvent.at < at_text(wanted.until))
    return found


def at_text(moment: datetime) -> str:
    """Return `moment` as the trail spells it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _records(work: Work, rows: Sequence[TrailEvent]) -> list[dict[str, Any]]:
    names = audit_names.of(work, rows)
    return [_record(row, names) for row in rows]


def _record(row: TrailEvent, names: audit_names.Names) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "at": _moment(row.at),
        "actor_kind": row.actor_kind,
        "actor": names.staff.get(row.actor_id or b"")
        or (id_text(row.actor_id) if row.actor_id else None),
        "origin": row.origin,
        "action": row.action,
        "object_type": row.object_type,
        "object": names.objects.get((row.object_type, row.object_id or b"")),
        "object_id": row.object_id,
        "community": names.communities.get(row.community_id or b""),
        "community_id": row.community_id,
        "reason": row.reason,
        "detail": _detail(row.detail),
    }


def _moment(text: str) -> datetime | str:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text  # a trail that was changed by hand is to be read all the more


def _detail(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"?": text}
