"""What the desk keeps of a ticket: who checked the entry, who told the caller, what an app sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Text
from pcloud_cli.models.base import Base, one_of, parent, within
from pcloud_cli.models.community import Community
from pcloud_cli.models.ticket import Channel, Ticket


class CheckKind(StrEnum):
    """How an entry was checked: 复述核对, 受理核对, 现场核对."""

    READ_BACK = "read_back"
    ACCEPTED = "accepted"
    ON_SITE = "on_site"


class TicketCheck(Base):
    """That somebody checked what was entered (2.3.1): once for each way of doing so.

    Reading it back to the caller is done by who enters it; the second check is somebody else's.
    """

    __tablename__ = "ticket_check"
    __table_args__ = (
        within("ticket"),
        UniqueConstraint("ticket_id", "how"),
        Index(None, "community_id", "ticket_id"),
        one_of("how", CheckKind),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    ticket_id: Mapped[bytes] = mapped_column(Id())
    how: Mapped[str] = mapped_column(Text)
    by_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    ticket: Mapped[Ticket] = parent()


class TicketTold(Base):
    """That the caller of a joined ticket was told how the one that went on ended.

    Where that is opened again, and ends again later than `at`, the caller is to be told again.
    """

    __tablename__ = "ticket_told"
    __table_args__ = (within("ticket"), Index(None, "community_id", "ticket_id"))

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    ticket_id: Mapped[bytes] = mapped_column(Id())
    by_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    ticket: Mapped[Ticket] = parent()


class CallBacks(Base):
    """When customer service is next told how many are to be called back in a community."""

    __tablename__ = "call_backs"
    __table_args__ = (Index(None, "due_at"),)

    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(Moment)

    community: Mapped[Community] = parent()


class TicketIntake(Base):
    """What the backend of an app sent about a ticket, each occasion once.

    `occasion` is made of what was sent: its kind, and the id, the moment or the score by which the
    backend tells two of a kind apart. It holds nothing personal.
    """

    __tablename__ = "ticket_intake"
    __table_args__ = (
        within("ticket"),
        UniqueConstraint("channel", "reference", "occasion"),
        Index(None, "community_id", "ticket_id"),
        one_of("channel", Channel),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    ticket_id: Mapped[bytes] = mapped_column(Id())
    channel: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    occasion: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)

    ticket: Mapped[Ticket] = parent()
