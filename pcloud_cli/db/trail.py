"""The trail's chain in the database: appending to it and verifying it (2.3.2).

Numbers have no gaps, each event names its predecessor's hash, and the head row knows the last
one. Whoever appends locks the head row, and does so last, just before the commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from pcloud_cli.db.verify import (
    PROBLEMS,
    Progress,
    TrailKeys,
    TrailProblem,
    VerifyResult,
    event_rows,
    row_hasher,
    verify,
)
from pcloud_cli.errors import ConfigProblem, Failed
from pcloud_cli.i18n import _
from pcloud_cli.models.trail import EVENT_COLUMNS, TrailEvent, TrailHead
from pcloud_cli.security.chain import GENESIS, canonical_json, event_hash

__all__ = [
    "PROBLEMS",
    "Progress",
    "Stamped",
    "TrailEntry",
    "TrailKeys",
    "TrailProblem",
    "VerifyResult",
    "append",
    "checkpoint",
    "event_holds",
    "event_rows",
    "row_hasher",
    "verify",
]


@dataclass(frozen=True)
class TrailEntry:
    """What happened, before it has its number and its place in the chain.

    `detail` holds ids and keyed digests, never a personal value: erasing a person must not break
    the chain.
    """

    actor_kind: str
    actor_id: bytes | None
    action: str
    object_type: str
    object_id: bytes | None = None
    community_id: bytes | None = None
    reason: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stamped:
    """An entry with the moment and the place in which it happened."""

    entry: TrailEntry
    at: datetime
    origin: str


def append(connection: Connection, keys: TrailKeys, events: Sequence[Stamped]) -> tuple[int, bytes]:
    """Chain `events` in their order; return number and hash of the last event.

    Call it last in a writing transaction: it locks the head row until the commit.
    """
    head = TrailHead.__table__
    row = connection.execute(
        select(TrailHead.seq, TrailHead.hash).where(TrailHead.id == 1).with_for_update()
    ).one_or_none()
    if row is None:
        raise Failed(
            _("The head of the trail is missing, so nothing can be recorded or changed."),
            hint=_("Somebody changed the database by hand; restore the last backup."),
            code="damaged",
        )
    seq, prev_hash = row
    key_id, key = keys.trail_key()
    rows = []
    for event in events:
        seq += 1
        fields = _fields(seq, event, key_id)
        digest = event_hash(key, prev_hash, fields)
        rows.append(
            dict(zip(EVENT_COLUMNS, fields, strict=True)) | {"prev_hash": prev_hash, "hash": digest}
        )
        prev_hash = digest
    if rows:
        connection.execute(insert(TrailEvent.__table__), rows)  # type: ignore[arg-type]
        connection.execute(
            update(head).where(head.c.id == 1).values(seq=seq, hash=prev_hash)  # type: ignore[arg-type]
        )
    return seq, prev_hash


def event_holds(keys: TrailKeys, event: TrailEvent) -> bool:
    """Return whether one event is as the program wrote it, by its hash; its place is not judged."""
    try:
        key_id, key = keys.trail_key(event.key_id)
        content = tuple(getattr(event, name) for name in EVENT_COLUMNS)
        return key_id == event.key_id and event_hash(key, event.prev_hash, content) == event.hash
    except (ConfigProblem, TypeError, UnicodeEncodeError):
        return False


def _fields(seq: int, event: Stamped, key_id: int) -> tuple[Any, ...]:
    """Return the hashed content of an event, in the order of `EVENT_COLUMNS`."""
    entry = event.entry
    reason = None if entry.reason is None else _storable(entry.reason)
    return (
        seq,
        event.at.isoformat(timespec="microseconds"),
        entry.actor_kind,
        entry.actor_id,
        _storable(event.origin),
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.community_id,
        reason,
        canonical_json(entry.detail).decode(),
        key_id,
    )


def _storable(text: str) -> str:
    # what a terminal sent may be no UTF-8, and PostgreSQL keeps no NUL
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def checkpoint(connection: Connection) -> tuple[int, bytes]:
    """Return number and hash of the last event, to be kept elsewhere and given to `verify`."""
    row = connection.execute(
        select(TrailEvent.seq, TrailEvent.hash).order_by(TrailEvent.seq.desc()).limit(1)
    ).one_or_none()
    return (0, GENESIS) if row is None else (row[0], bytes(row[1]))
