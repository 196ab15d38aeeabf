"""Vehicles and rights to parking spaces (车位)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Date, Id, Moment, Sealed, Text
from pcloud_cli.models.base import Base, one_of, parent, within
from pcloud_cli.models.community import Community
from pcloud_cli.models.house import House
from pcloud_cli.models.owner import Owner


class ParkingKind(StrEnum):
    """产权, 使用权, 人防, 租用."""

    TITLE = "title"
    USE = "use"
    CIVIL_DEFENCE = "civil_defence"
    RENT = "rent"


class Vehicle(Base):
    """A vehicle of an owner or of a house; its plate is sealed."""

    __tablename__ = "vehicle"
    __table_args__ = (
        Index(None, "community_id", "plate_index"),
        Index(None, "community_id", "owner_id"),
        Index(None, "community_id", "house_id"),
        within("owner"),
        within("house"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    owner_id: Mapped[bytes | None] = mapped_column(Id())
    house_id: Mapped[bytes | None] = mapped_column(Id())
    plate_sealed: Mapped[bytes] = mapped_column(Sealed)
    plate_index: Mapped[bytes] = mapped_column(Sealed)
    batch_id: Mapped[bytes | None] = mapped_column(Id())
    created_at: Mapped[datetime] = mapped_column(Moment)

    community: Mapped[Community] = parent()
    owner: Mapped[Owner | None] = parent()
    house: Mapped[House | None] = parent()


class ParkingRight(Base):
    """Who may use the parking space `space`, by which right, and for how long."""

    __tablename__ = "parking_right"
    __table_args__ = (
        Index(None, "community_id", "space"),
        Index(None, "community_id", "owner_id"),
        Index(None, "community_id", "house_id"),
        within("owner"),
        within("house"),
        one_of("kind", ParkingKind),
        CheckConstraint("until IS NULL OR since IS NULL OR until >= since", name="dates"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    space: Mapped[str] = mapped_column(Text)
    kind: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[bytes | None] = mapped_column(Id())
    house_id: Mapped[bytes | None] = mapped_column(Id())
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    batch_id: Mapped[bytes | None] = mapped_column(Id())
    created_at: Mapped[datetime] = mapped_column(Moment)

    community: Mapped[Community] = parent()
    owner: Mapped[Owner | None] = parent()
    house: Mapped[House | None] = parent()
