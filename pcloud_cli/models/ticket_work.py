"""What was done on a repair: its cost, the minutes of work, and the parts that went into it."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Exact, Id, Text
from pcloud_cli.models.base import Base, parent, within
from pcloud_cli.models.ticket import Ticket


class TicketWork(Base):
    """The work of one step that completed a ticket (`position`); what was not said is None.

    `cost` is in yuan, to the fen, parts and labour together.
    """

    __tablename__ = "ticket_work"
    __table_args__ = (
        within("ticket"),
        UniqueConstraint("ticket_id", "position"),
        UniqueConstraint("community_id", "id"),
        CheckConstraint("cost IS NULL OR cost >= 0", name="cost"),
        CheckConstraint("minutes IS NULL OR minutes >= 1", name="minutes"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    ticket_id: Mapped[bytes] = mapped_column(Id())
    position: Mapped[int] = mapped_column()
    cost: Mapped[Decimal | None] = mapped_column(Exact(12, 2))
    minutes: Mapped[int | None] = mapped_column()

    ticket: Mapped[Ticket] = parent()


class TicketPart(Base):
    """A part that went into a repair, and how many of it."""

    __tablename__ = "ticket_part"
    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "work_id"], ["ticket_work.community_id", "ticket_work.id"]
        ),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    work_id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    community_id: Mapped[bytes] = mapped_column(Id())
    name: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal] = mapped_column(Exact(9, 3))

    work: Mapped[TicketWork] = parent()
