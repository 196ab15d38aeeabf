"""What a technician can do, and how much at a time (3.2.2). Where they may work, grants say."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.base import Base, parent


class Technician(Base):
    """A technician (维修工), by account; `open_limit` is how many open tickets they get at most.

    It is None where policy's holds.
    """

    __tablename__ = "technician"
    __table_args__ = (CheckConstraint("open_limit >= 0", name="open_limit"),)

    account_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"), primary_key=True)
    open_limit: Mapped[int | None] = mapped_column()
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))

    account: Mapped[Account] = parent(foreign_keys=[account_id])


class TechnicianSkill(Base):
    """A skill that a technician has."""

    __tablename__ = "technician_skill"
    __table_args__ = (Index(None, "skill"),)

    account_id: Mapped[bytes] = mapped_column(
        Id(), ForeignKey("technician.account_id"), primary_key=True
    )
    skill: Mapped[str] = mapped_column(Text, primary_key=True)

    technician: Mapped[Technician] = parent()
