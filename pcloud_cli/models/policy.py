"""Policy: what the company asks for beyond the regulation, in versions (2.1.1, 2.1.3)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.base import Base, one_of, parent


class PolicyState(StrEnum):
    """Where a version stands; only an approved one counts."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class PolicyVersion(Base):
    """One section of one change of policy; the change is called by its `number`.

    `content` is canonical JSON of all values of the section, `base` the number of the version that
    was in force when it was proposed (0: as shipped), `mac` covers the row. `change_id` names the
    change in the approval, in the trail and to the sections that are changed together.
    """

    __tablename__ = "policy_version"
    __table_args__ = (
        UniqueConstraint("number", "section"),
        Index(None, "section", "state", "valid_from"),
        Index(None, "change_id"),
        one_of("state", PolicyState),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("state <> 'approved' OR valid_from IS NOT NULL", name="valid_from"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    change_id: Mapped[bytes] = mapped_column(Id())
    number: Mapped[int] = mapped_column()
    section: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    base: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime | None] = mapped_column(Moment)
    made_by: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text)
    approval_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("approval.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    mac: Mapped[bytes] = mapped_column(Sealed)

    maker: Mapped[Account] = parent()
    approval: Mapped[Approval | None] = parent()
