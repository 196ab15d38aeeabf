"""The trail (审计日志, 2.3.2): events that the database itself refuses to change or delete."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import BigInt, Id, Sealed, Text
from pcloud_cli.models.base import Base

EVENT_COLUMNS = (
    "seq",
    "at",
    "actor_kind",
    "actor_id",
    "origin",
    "action",
    "object_type",
    "object_id",
    "community_id",
    "reason",
    "detail",
    "key_id",
)
"""The columns whose content an event's hash covers, in this order; `prev_hash` links before."""


class TrailEvent(Base):
    """One event: who, when, from where, what, on what, why.

    `seq` has no gaps. `at` is UTC in ISO 8601 with microseconds and kept as text, since the
    hash covers it letter by letter. `detail` is canonical JSON of ids and keyed digests, never
    of a personal value. No column is a foreign key: an event outlives what it speaks of.
    """

    __tablename__ = "trail_event"
    __table_args__ = (
        Index(None, "object_id"),
        Index(None, "at"),
        Index(None, "actor_id"),
        # asked for at every login, and there are hardly any
        Index(
            "ix_trail_event_recovery",
            "seq",
            sqlite_where=text("object_type = 'recovery'"),
            postgresql_where=text("object_type = 'recovery'"),
        ),
        CheckConstraint("seq >= 1", name="seq"),
    )

    seq: Mapped[int] = mapped_column(BigInt(), primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[bytes | None] = mapped_column(Id())
    origin: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    object_type: Mapped[str] = mapped_column(Text)
    object_id: Mapped[bytes | None] = mapped_column(Id())
    community_id: Mapped[bytes | None] = mapped_column(Id())
    reason: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    key_id: Mapped[int] = mapped_column()
    prev_hash: Mapped[bytes] = mapped_column(Sealed)
    hash: Mapped[bytes] = mapped_column(Sealed)


class TrailHead(Base):
    """The one row that every writer of the trail locks last: number and hash of the last event."""

    __tablename__ = "trail_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInt())
    hash: Mapped[bytes] = mapped_column(Sealed)
