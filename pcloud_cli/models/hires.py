"""Lists of new staff (入职名单), entered by one person of administration and checked by another."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.base import Base, one_of, parent


class HiresState(StrEnum):
    """Where a list stands; approving it makes the accounts at once."""

    PENDING = "pending"
    APPLIED = "applied"
    REJECTED = "rejected"


class Hires(Base):
    """One list; `number` is what people call it by."""

    __tablename__ = "hires"
    __table_args__ = (
        Index(None, "file_sha256"),
        one_of("state", HiresState),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[bytes] = mapped_column(Sealed)
    state: Mapped[str] = mapped_column(Text)
    made_by: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    approval_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("approval.id"))
    applied_at: Mapped[datetime | None] = mapped_column(Moment)

    maker: Mapped[Account] = parent()
    approval: Mapped[Approval | None] = parent()


class HiresRow(Base):
    """One person of a list; the contact is sealed for the account that `account_id` will be."""

    __tablename__ = "hires_row"

    hires_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("hires.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sheet: Mapped[str] = mapped_column(Text)
    row_no: Mapped[int] = mapped_column()
    account_id: Mapped[bytes] = mapped_column(Id())
    staff_number: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)
    position: Mapped[str | None] = mapped_column(Text)
    contact_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    community_id: Mapped[bytes | None] = mapped_column(Id())
    employer: Mapped[str | None] = mapped_column(Text)
    ends_at: Mapped[datetime | None] = mapped_column(Moment)

    hires: Mapped[Hires] = parent()
