"""What was late and who is to hear of it, as the sweep (到期扫描) found it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.base import Base, parent
from pcloud_cli.models.community import Community


class Breach(Base):
    """That a thing was late: once by kind, thing, step and level.

    `due_at` is when it should have been done, `found_at` the sweep that found it late.
    """

    __tablename__ = "sweep_breach"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "step", "level"),
        CheckConstraint("level >= 1", name="level"),
        Index(None, "community_id", "due_at"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[bytes] = mapped_column(Id())
    step: Mapped[str] = mapped_column(Text)
    level: Mapped[int] = mapped_column()
    community_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("community.id"))
    due_at: Mapped[datetime] = mapped_column(Moment)
    found_at: Mapped[datetime] = mapped_column(Moment)

    community: Mapped[Community | None] = parent()


class Alert(Base):
    """That somebody is to hear of a thing; it goes once it stands in a message of the outbox.

    Without an account it is for the fallback channel. `subject_id` is the thing, `breach_id` what
    was recorded of it here: a kind that keeps its breaches itself, or warns before, has none.
    `word` is a message id (N_) that says what is late, `name` what people call the thing. From
    `due_at` on it may be told.
    """

    __tablename__ = "sweep_alert"
    __table_args__ = (
        Index(None, "due_at"),
        Index(None, "breach_id"),
        Index(None, "account_id", "due_at"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    subject_id: Mapped[bytes] = mapped_column(Id())
    breach_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("sweep_breach.id"))
    account_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    word: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(Moment)

    breach: Mapped[Breach | None] = parent()
    account: Mapped[Account | None] = parent()
