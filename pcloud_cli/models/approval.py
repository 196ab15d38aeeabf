"""The second check (复核, 2.3.1): one person enters, another approves exactly that content."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.base import Base, one_of, parent
from pcloud_cli.models.community import Community


class ApprovalState(StrEnum):
    """Where an approval stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


WAITING = text("(approval.due_at IS NOT NULL AND approval.state = 'pending')")
"""What waits and has a moment to be looked at, as the partial index has it."""


class Approval(Base):
    """A request for a second check, bound to its content by `content_hash`.

    `kind` names what is approved (``import.batch``), `subject_id` which one; `summary` is
    canonical JSON of what is and what would be, without personal values; `mac` covers the row.
    At `due_at` the sweep tells of it, if it still waits.
    """

    __tablename__ = "approval"
    __table_args__ = (
        Index(None, "kind", "state"),
        Index(None, "subject_id"),
        Index(
            "ix_approval_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL AND state = 'pending'"),
            postgresql_where=text("due_at IS NOT NULL AND state = 'pending'"),
        ),
        one_of("state", ApprovalState),
        CheckConstraint("checker_id IS NULL OR checker_id <> maker_id", name="two_people"),
        CheckConstraint(
            "(state IN ('approved', 'rejected')) = (checker_id IS NOT NULL)", name="checker"
        ),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[bytes] = mapped_column(Id())
    community_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("community.id"))
    state: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[bytes] = mapped_column(Sealed)
    summary: Mapped[str] = mapped_column(Text)
    maker_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    checker_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    mac: Mapped[bytes] = mapped_column(Sealed)

    community: Mapped[Community | None] = parent()
    maker: Mapped[Account] = parent(foreign_keys=[maker_id])
