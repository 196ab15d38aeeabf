"""Price lists (收费项目价目表) of repairs that the owner pays, by version (2.3.1)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Exact, Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.base import Base, one_of, parent


class PriceListState(StrEnum):
    """待复核, 已批准, 已驳回."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class PriceList(Base):
    """One version, in force from `valid_from` on, once approved, until the next one is.

    `number` is the version. `file_sha256` knows the file that it came from.
    """

    __tablename__ = "price_list"
    __table_args__ = (
        Index(None, "state", "valid_from"),
        one_of("state", PriceListState),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    valid_from: Mapped[datetime] = mapped_column(Moment)
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[bytes] = mapped_column(Sealed)
    state: Mapped[str] = mapped_column(Text)
    made_by: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    approval_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("approval.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)

    maker: Mapped[Account] = parent()
    approval: Mapped[Approval | None] = parent()


class PriceItem(Base):
    """What one `unit` of one thing costs, in yuan to the fen; `code` names it within its list."""

    __tablename__ = "price_item"
    __table_args__ = (CheckConstraint("price >= 0", name="price"),)

    price_list_id: Mapped[bytes] = mapped_column(
        Id(), ForeignKey("price_list.id"), primary_key=True
    )
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    price: Mapped[Decimal] = mapped_column(Exact(12, 2))

    price_list: Mapped[PriceList] = parent()
