"""Saying who did it: trail entries with the actor filled in."""

from __future__ import annotations

from typing import Any

from pcloud_cli.db.trail import TrailEntry
from pcloud_cli.db.work import Work
from pcloud_cli.services.actor import Actor


def entry(
    actor: Actor,
    action: str,
    *,
    object_type: str,
    object_id: bytes | None = None,
    community_id: bytes | None = None,
    reason: str | None = None,
    detail: dict[str, Any] | None = None,
) -> TrailEntry:
    """Return the trail entry of what `actor` did; `detail` holds ids and digests only."""
    return TrailEntry(
        actor_kind=actor.kind,
        actor_id=actor.account_id,
        action=action,
        object_type=object_type,
        object_id=object_id,
        community_id=community_id,
        reason=reason,
        detail=detail or {},
    )


def changed(
    actor: Actor,
    work: Work,
    action: str,
    *,
    object_type: str,
    object_id: bytes | None = None,
    community_id: bytes | None = None,
    reason: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Record a change; it is in the trail if and when the work commits."""
    work.record(
        entry(
            actor,
            action,
            object_type=object_type,
            object_id=object_id,
            community_id=community_id,
            reason=reason,
            detail=detail,
        )
    )


def witnessed(
    actor: Actor,
    work: Work,
    action: str,
    *,
    object_type: str,
    object_id: bytes | None = None,
    community_id: bytes | None = None,
    reason: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Record what must be known whatever becomes of the work: a refusal, a private reading."""
    work.evidence(
        entry(
            actor,
            action,
            object_type=object_type,
            object_id=object_id,
            community_id=community_id,
            reason=reason,
            detail=detail,
        )
    )
