"""Quotes (报价) of a repair that the owner pays, and the owner's word on them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Exact, Id, Moment, Text
from pcloud_cli.models.base import Base, one_of, parent, within
from pcloud_cli.models.price_list import PriceList
from pcloud_cli.models.ticket import ConfirmSource, Ticket


class TicketQuote(Base):
    """The quote of `number` of a ticket; the highest counts. Its `total` is that of its lines.

    `price_list_id` is None where it is of materials alone. `agreed_at`, `agreed_source` and
    `agreed_by`, who recorded it, are there once the owner agreed, or agreed anew after the ticket
    was opened again. Nothing else ever changes.
    """

    __tablename__ = "ticket_quote"
    __table_args__ = (
        within("ticket"),
        UniqueConstraint("ticket_id", "number"),
        UniqueConstraint("community_id", "id"),
        one_of("agreed_source", ConfirmSource),
        CheckConstraint("total >= 0 AND number >= 1", name="total"),
        CheckConstraint("(agreed_at IS NULL) = (agreed_source IS NULL)", name="agreed"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    ticket_id: Mapped[bytes] = mapped_column(Id())
    number: Mapped[int] = mapped_column()
    price_list_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("price_list.id"))
    total: Mapped[Decimal] = mapped_column(Exact(12, 2))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    agreed_at: Mapped[datetime | None] = mapped_column(Moment)
    agreed_source: Mapped[str | None] = mapped_column(Text)
    agreed_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))

    ticket: Mapped[Ticket] = parent()
    price_list: Mapped[PriceList | None] = parent()


class TicketQuoteLine(Base):
    """One line, with the price as it then was: an item of the price list (`code`), or a material.

    `amount` is price times quantity, rounded half up to the fen.
    """

    __tablename__ = "ticket_quote_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "quote_id"], ["ticket_quote.community_id", "ticket_quote.id"]
        ),
        CheckConstraint("quantity > 0 AND price >= 0 AND amount >= 0", name="counts"),
    )

    quote_id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    community_id: Mapped[bytes] = mapped_column(Id())
    code: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(Text)
    price: Mapped[Decimal] = mapped_column(Exact(12, 2))
    quantity: Mapped[Decimal] = mapped_column(Exact(9, 3))
    amount: Mapped[Decimal] = mapped_column(Exact(12, 2))

    quote: Mapped[TicketQuote] = parent()
