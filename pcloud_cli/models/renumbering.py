"""Renumbering houses by a list of old and new numbers (新旧房号对照表), checked twice (2.3.1)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.base import Base, one_of, parent
from pcloud_cli.models.community import Community


class RenumberingState(StrEnum):
    """Where a list stands; approving it makes it live at once."""

    PENDING = "pending"
    APPLIED = "applied"
    REJECTED = "rejected"


class HouseRenumbering(Base):
    """One list of old and new numbers for one community; `number` is what people call it by."""

    __tablename__ = "house_renumbering"
    __table_args__ = (
        one_of("state", RenumberingState),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[bytes] = mapped_column(Sealed)
    state: Mapped[str] = mapped_column(Text)
    made_by: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    approval_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("approval.id"))
    applied_at: Mapped[datetime | None] = mapped_column(Moment)

    community: Mapped[Community] = parent()
    maker: Mapped[Account] = parent()
    approval: Mapped[Approval | None] = parent()


class HouseRenumberingRow(Base):
    """One house of a list: which it is, as it was when the list was entered, and its new number.

    Like staged rows of imports these carry no foreign key to the house; `house_version` tells
    whether somebody else changed it since.
    """

    __tablename__ = "house_renumbering_row"

    renumbering_id: Mapped[bytes] = mapped_column(
        Id(), ForeignKey("house_renumbering.id"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row_no: Mapped[int] = mapped_column()
    house_id: Mapped[bytes] = mapped_column(Id())
    house_version: Mapped[int] = mapped_column()
    old_key: Mapped[str] = mapped_column(Text)
    old_text: Mapped[str] = mapped_column(Text)
    new_key: Mapped[str] = mapped_column(Text)
    new_text: Mapped[str] = mapped_column(Text)
    section: Mapped[str] = mapped_column(Text)
    building: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    floor: Mapped[str | None] = mapped_column(Text)
    room: Mapped[str] = mapped_column(Text)

    renumbering: Mapped[HouseRenumbering] = parent()
