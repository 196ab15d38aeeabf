"""Houses (房屋), their other names, and whether somebody lives there, dated (3.1.1)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Date, Exact, Id, Moment, Sealed, Text
from pcloud_cli.models.base import Base, one_of, parent, within
from pcloud_cli.models.community import Building, Community, Unit


class HouseKind(StrEnum):
    """房屋类型（业态）."""

    RESIDENCE = "residence"
    SHOP = "shop"
    OFFICE = "office"
    STORAGE = "storage"
    VILLA = "villa"
    OTHER = "other"


class OccupancyState(StrEnum):
    """未售, 已售未交, 空置, 装修, 自住, 出租."""

    UNSOLD = "unsold"
    SOLD = "sold"
    VACANT = "vacant"
    DECORATING = "decorating"
    OCCUPIED = "occupied"
    LET = "let"


class AliasKind(StrEnum):
    """销售房号, 公安门牌号, 旧房号."""

    SALES = "sales"
    POLICE = "police"
    FORMER = "former"


AREA_COLUMNS = (
    "forecast_gross",
    "forecast_net",
    "forecast_shared",
    "surveyed_gross",
    "surveyed_net",
    "surveyed_shared",
)
"""The six areas of a house (建筑, 套内, 公摊 × 预测, 实测), all in m²."""

HANDOVER_COLUMNS = ("handover_planned", "handover_contract", "handover_date")
"""计划, 合同, 实际交付: none stands in for another."""

_areas_positive = " AND ".join(f"({name} IS NULL OR {name} >= 0)" for name in AREA_COLUMNS)


class House(Base):
    """A house as the community's books know it.

    `key` is the canonical address (section, building, unit, room, kind) that a workbook's row
    is matched by; `version` counts changes and guards against overwriting somebody's work;
    `state` repeats the open occupancy. `batch_id` names the import that brought the row: it is
    provenance, not a foreign key, as it would cost every row of a bulk load a look-up.
    `edited_fields` names what staff wrote themselves (``,floor,remark,``; see `services.edited`),
    `import_version` is the version at which an import wrote last: another one means an edit.
    Remarks are sealed: people write phone numbers into them; `remark_index` tells a changed one.
    """

    __tablename__ = "house"
    __table_args__ = (
        UniqueConstraint("community_id", "key"),
        UniqueConstraint("community_id", "id"),
        Index(None, "community_id", "building_name", "unit_name"),
        within("building"),
        within("unit"),
        one_of("kind", HouseKind),
        one_of("state", OccupancyState),
        CheckConstraint(_areas_positive, name="areas"),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    building_id: Mapped[bytes | None] = mapped_column(Id())
    unit_id: Mapped[bytes | None] = mapped_column(Id())
    section_name: Mapped[str] = mapped_column(Text, default="", server_default="")
    building_name: Mapped[str] = mapped_column(Text, default="", server_default="")
    unit_name: Mapped[str] = mapped_column(Text, default="", server_default="")
    floor: Mapped[str | None] = mapped_column(Text)
    room: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    house_type: Mapped[str | None] = mapped_column(Text)
    forecast_gross: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    forecast_net: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    forecast_shared: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    surveyed_gross: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    surveyed_net: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    surveyed_shared: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    state: Mapped[str | None] = mapped_column(Text)
    handover_planned: Mapped[date | None] = mapped_column(Date)
    handover_contract: Mapped[date | None] = mapped_column(Date)
    handover_date: Mapped[date | None] = mapped_column(Date)
    remark_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    remark_index: Mapped[bytes | None] = mapped_column(Sealed)
    batch_id: Mapped[bytes | None] = mapped_column(Id())
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    edited_fields: Mapped[str | None] = mapped_column(Text)
    import_version: Mapped[int] = mapped_column(default=1, server_default="1")

    community: Mapped[Community] = parent()
    building: Mapped[Building | None] = parent()
    unit: Mapped[Unit | None] = parent()


class HouseAlias(Base):
    """Another name of a house and when it was in force; `canonical` is what look-ups compare."""

    __tablename__ = "house_alias"
    __table_args__ = (
        Index(None, "community_id", "canonical"),
        Index(None, "community_id", "house_id"),
        within("house"),
        one_of("kind", AliasKind),
        CheckConstraint("until IS NULL OR since IS NULL OR until >= since", name="dates"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    house_id: Mapped[bytes] = mapped_column(Id())
    kind: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    canonical: Mapped[str] = mapped_column(Text)
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)

    house: Mapped[House] = parent()


class Occupancy(Base):
    """How a house was used from `since` until (not including) `until`; open while NULL."""

    __tablename__ = "occupancy"
    __table_args__ = (
        Index(None, "community_id", "house_id"),
        within("house"),
        one_of("state", OccupancyState),
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    house_id: Mapped[bytes] = mapped_column(Id())
    state: Mapped[str] = mapped_column(Text)
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)

    house: Mapped[House] = parent()
