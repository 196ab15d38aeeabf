"""Owners (业主), their phones, and which house is whose (3.1.1, 3.1.2)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Date, Id, Moment, Sealed, Text
from pcloud_cli.models.base import Base, Mark, one_of, parent, within
from pcloud_cli.models.community import Community
from pcloud_cli.models.house import House


class OwnerKind(StrEnum):
    """A natural person or a company."""

    PERSON = "person"
    COMPANY = "company"


class Sex(StrEnum):
    """As the ID number says."""

    MALE = "male"
    FEMALE = "female"


class IdType(StrEnum):
    """Which document an ID number belongs to."""

    RESIDENT_ID = "resident_id"
    HKMT_PERMIT = "hkmt_permit"
    HKMT_RESIDENCE = "hkmt_residence"
    PASSPORT = "passport"
    FOREIGN_RESIDENCE = "foreign_residence"
    USCC = "uscc"
    OFFICER = "officer"
    OTHER = "other"


class OwnershipKind(StrEnum):
    """One owner; 共同共有 without shares; 按份共有 with shares."""

    SOLE = "sole"
    JOINT = "joint"
    SHARES = "shares"


class Owner(Base):
    """A person or company that owns houses in one community.

    `birth_month` (``YYYY-MM``) serves statistics; the date of birth and the ID number are sealed
    and bound to this row. `name_key` is the name as searches compare it. `handler_…` is the
    person who acts for a company (经办人). `phone_status` says how the phone arrived that the
    developer gave; whether there is one, the owner's phones say. `edited_fields` and
    `import_version` are as those of a house.
    """

    __tablename__ = "owner"
    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        Index(None, "community_id", "id_number_index"),
        Index(None, "community_id", "name_key"),
        one_of("kind", OwnerKind),
        one_of("sex", Sex),
        one_of("id_type", IdType),
        one_of("id_status", Mark),
        one_of("phone_status", Mark),
        CheckConstraint("birth_month IS NULL OR birth_month LIKE '____-__'", name="birth_month"),
        CheckConstraint(
            "id_number_index IS NULL OR id_number_sealed IS NOT NULL", name="id_number"
        ),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)
    sex: Mapped[str | None] = mapped_column(Text)
    birth_month: Mapped[str | None] = mapped_column(Text)
    birth_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    id_type: Mapped[str | None] = mapped_column(Text)
    id_number_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    id_number_index: Mapped[bytes | None] = mapped_column(Sealed)
    id_status: Mapped[str] = mapped_column(
        Text, default=Mark.MISSING.value, server_default=Mark.MISSING.value
    )
    phone_status: Mapped[str] = mapped_column(
        Text, default=Mark.MISSING.value, server_default=Mark.MISSING.value
    )
    handler_name_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    handler_phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    number: Mapped[str | None] = mapped_column(Text)
    remark_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    mailing_address_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    batch_id: Mapped[bytes | None] = mapped_column(Id())
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    edited_fields: Mapped[str | None] = mapped_column(Text)
    import_version: Mapped[int] = mapped_column(default=1, server_default="1")

    community: Mapped[Community] = parent()


class OwnerPhone(Base):
    """One phone of an owner, sealed; `position` 0 is the first that the developer gave."""

    __tablename__ = "owner_phone"
    __table_args__ = (
        Index(None, "community_id", "number_index"),
        Index(None, "community_id", "owner_id"),
        within("owner"),
        one_of("status", Mark),
        CheckConstraint("position >= 0", name="position"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    owner_id: Mapped[bytes] = mapped_column(Id())
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    number_sealed: Mapped[bytes] = mapped_column(Sealed)
    number_index: Mapped[bytes] = mapped_column(Sealed)
    status: Mapped[str] = mapped_column(
        Text, default=Mark.PRESENT.value, server_default=Mark.PRESENT.value
    )

    owner: Mapped[Owner] = parent()


class Ownership(Base):
    """That an owner owns a house, or a share of it, from `since` until `until`."""

    __tablename__ = "ownership"
    __table_args__ = (
        Index(None, "community_id", "house_id"),
        Index(None, "community_id", "owner_id"),
        within("house"),
        within("owner"),
        one_of("kind", OwnershipKind),
        CheckConstraint(
            "(share_numerator IS NULL AND share_denominator IS NULL) OR"
            " (share_numerator IS NOT NULL AND share_denominator IS NOT NULL"
            " AND share_numerator > 0 AND share_numerator <= share_denominator)",
            name="share",
        ),
        CheckConstraint("until IS NULL OR since IS NULL OR until >= since", name="dates"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    house_id: Mapped[bytes] = mapped_column(Id())
    owner_id: Mapped[bytes] = mapped_column(Id())
    kind: Mapped[str] = mapped_column(Text)
    share_numerator: Mapped[int | None] = mapped_column()
    share_denominator: Mapped[int | None] = mapped_column()
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    batch_id: Mapped[bytes | None] = mapped_column(Id())
    created_at: Mapped[datetime] = mapped_column(Moment)

    house: Mapped[House] = parent()
    owner: Mapped[Owner] = parent()
