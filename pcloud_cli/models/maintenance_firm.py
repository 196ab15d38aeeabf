"""Firms that maintain for the property company by contract (第三方维保): lifts, fire safety, …"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.base import Base, parent


class MaintenanceFirm(Base):
    """A firm with its contract, as text; `contact_sealed` says whom to call there.

    From `retired_at` on no ticket is given to it any more.
    """

    __tablename__ = "maintenance_firm"

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    contract: Mapped[str | None] = mapped_column(Text)
    contact_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    retired_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))

    changer: Mapped[Account] = parent()
