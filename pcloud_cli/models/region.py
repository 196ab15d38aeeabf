"""Regions (区域): named sets of communities, in which a role can be granted (2.1.2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Sealed, Text
from pcloud_cli.models.base import Base, parent
from pcloud_cli.models.community import Community


class Region(Base):
    """A region; `mac` covers it, so that two regions cannot swap their names."""

    __tablename__ = "region"

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    mac: Mapped[bytes] = mapped_column(Sealed)


class RegionCommunity(Base):
    """That a community belongs to a region: since when, by whom, until when; `mac` covers it all.

    It widens every grant in the region, so it is a row that gives rights. With an `approval_id`
    it counts from `confirmed_at` on, when the security administrator said yes.
    """

    __tablename__ = "region_community"
    __table_args__ = (
        Index(None, "region_id"),
        Index(None, "community_id"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    region_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("region.id"))
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)
    approval_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("approval.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    confirmed_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    mac: Mapped[bytes] = mapped_column(Sealed)

    region: Mapped[Region] = parent()
    community: Mapped[Community] = parent()
