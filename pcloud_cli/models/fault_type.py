"""Kinds of faults (故障类型) as an installation has them, where they differ from those shipped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.base import Base, parent


class FaultType(Base):
    """A fault type of the installation's own, or what it changed of a shipped one (same `code`).

    `name` is None where the shipped one's holds. `part` is the part of the building that its
    warranty goes by. From `retired_at` on no new ticket gets it.
    """

    __tablename__ = "fault_type"

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str | None] = mapped_column(Text)
    part: Mapped[str | None] = mapped_column(Text)
    retired_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))

    changer: Mapped[Account] = parent()


class FaultTypeSkill(Base):
    """A skill that whoever repairs such a fault must have; where there are several, all of them."""

    __tablename__ = "fault_type_skill"

    fault_type_id: Mapped[bytes] = mapped_column(
        Id(), ForeignKey("fault_type.id"), primary_key=True
    )
    skill: Mapped[str] = mapped_column(Text, primary_key=True)

    fault_type: Mapped[FaultType] = parent()
