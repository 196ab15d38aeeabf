"""Communities (小区) and what stands in them: sections, buildings, units."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Text
from pcloud_cli.models.base import Base, parent, within


class Community(Base):
    """A residential community; `zone` is the IANA zone in which its times are shown."""

    __tablename__ = "community"

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    zone: Mapped[str] = mapped_column(Text, default="Asia/Shanghai", server_default="Asia/Shanghai")
    division_code: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Section(Base):
    """A phase or group of buildings (分期/组团).

    `batch_id` is the import that made it, None where none did.
    """

    __tablename__ = "section"
    __table_args__ = (
        UniqueConstraint("community_id", "name"),
        UniqueConstraint("community_id", "id"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    batch_id: Mapped[bytes | None] = mapped_column(Id())

    community: Mapped[Community] = parent()


class Building(Base):
    """A building (楼栋); `section_name` is empty where the community has no sections.

    `batch_id` is as that of a section.
    """

    __tablename__ = "building"
    __table_args__ = (
        UniqueConstraint("community_id", "section_name", "name"),
        UniqueConstraint("community_id", "id"),
        within("section"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    section_id: Mapped[bytes | None] = mapped_column(Id())
    section_name: Mapped[str] = mapped_column(Text, default="", server_default="")
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str | None] = mapped_column(Text)
    batch_id: Mapped[bytes | None] = mapped_column(Id())

    community: Mapped[Community] = parent()
    section: Mapped[Section | None] = parent()


class Unit(Base):
    """A unit (单元) of a building: the houses behind one street door.

    `batch_id` is as that of a section.
    """

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("community_id", "building_id", "name"),
        UniqueConstraint("community_id", "id"),
        within("building"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    building_id: Mapped[bytes] = mapped_column(Id())
    name: Mapped[str] = mapped_column(Text)
    batch_id: Mapped[bytes | None] = mapped_column(Id())

    building: Mapped[Building] = parent()
