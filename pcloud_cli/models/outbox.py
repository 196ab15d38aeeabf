"""Messages written with the change that causes them, and their way to each addressee."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.base import Base, one_of, parent


class DeliveryState(StrEnum):
    """`queued` waits for its moment, `dead` was given up, `dropped` was taken out by somebody."""

    QUEUED = "queued"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


QUEUED = text("outbox_delivery.state = 'queued'")
DEAD = text("outbox_delivery.state = 'dead'")
OPEN = text("(outbox_delivery.state = 'queued' OR outbox_delivery.state = 'dead')")
"""Conditions as the partial indexes have them: with a bound state SQLite would not use these."""


class OutboxMessage(Base):
    """One message: the template, and its values, sealed until it has reached everybody.

    `once_key` holds ids and never anything personal: the same one is queued only once. `about_id`
    is the thing that it tells somebody outside the company of; `about` are the numbers of what it
    tells of, as JSON.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(
            "ix_outbox_message_kept",
            "expires_at",
            sqlite_where=text("values_sealed IS NOT NULL"),
            postgresql_where=text("values_sealed IS NOT NULL"),
        ),
        Index(
            "ix_outbox_message_about",
            "about_id",
            sqlite_where=text("about_id IS NOT NULL"),
            postgresql_where=text("about_id IS NOT NULL"),
        ),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    template: Mapped[str] = mapped_column(Text)
    community_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("community.id"))
    once_key: Mapped[str | None] = mapped_column(Text, unique=True)
    about_id: Mapped[bytes | None] = mapped_column(Id())
    about: Mapped[str | None] = mapped_column(Text)
    values_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)


class OutboxDelivery(Base):
    """A message's way to one addressee: an account, a channel of the settings, or neither.

    Then it goes to the fallback channel, or to somebody outside the company, whose mobile stands in
    the message; which of them, the message's template says.

    Its id travels with the message, so that a receiver can drop a repeat. A deliverer claims it
    (`claim`, until `claimed_until`); `mac` covers who it goes to.
    """

    __tablename__ = "outbox_delivery"
    __table_args__ = (
        one_of("state", DeliveryState),
        CheckConstraint("account_id IS NULL OR channel IS NULL", name="addressee"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(None, "message_id"),
        Index(None, "account_id"),
        Index(
            "ix_outbox_delivery_due",
            "due_at",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_outbox_delivery_open",
            "id",
            sqlite_where=text("state = 'queued' OR state = 'dead'"),
            postgresql_where=text("state = 'queued' OR state = 'dead'"),
        ),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    message_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("outbox_message.id"))
    account_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    channel: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    due_at: Mapped[datetime] = mapped_column(Moment)
    claim: Mapped[bytes | None] = mapped_column(Id())
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    way: Mapped[str | None] = mapped_column(Text)
    problem: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    mac: Mapped[bytes] = mapped_column(Sealed)

    message: Mapped[OutboxMessage] = parent()
    account: Mapped[Account | None] = parent()
