"""A change of an owner that waits for its second check, and what became of it (2.1.2, 2.3.1)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.base import Base, one_of, parent, within
from pcloud_cli.models.owner import Owner


class OwnerChangeState(StrEnum):
    """Where a change stands; approving it makes it live at once."""

    PENDING = "pending"
    APPLIED = "applied"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class OwnerChange(Base):
    """One change of one owner; `number` is what people call it by.

    `fields` are the names of what changes, a comma on each side; `before_sealed` and
    `after_sealed` their values as canonical JSON. `mac` covers the values in clear, so that it
    outlives new data keys, and `content_hash` of the approval is made from it.
    """

    __tablename__ = "owner_change"
    __table_args__ = (
        within("owner"),
        Index(None, "community_id", "owner_id"),
        Index(None, "community_id", "state"),
        one_of("state", OwnerChangeState),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    owner_id: Mapped[bytes] = mapped_column(Id())
    fields: Mapped[str] = mapped_column(Text)
    before_sealed: Mapped[bytes] = mapped_column(Sealed)
    after_sealed: Mapped[bytes] = mapped_column(Sealed)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    approval_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("approval.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    mac: Mapped[bytes] = mapped_column(Sealed)

    owner: Mapped[Owner] = parent()
    maker: Mapped[Account] = parent()
    approval: Mapped[Approval | None] = parent()
