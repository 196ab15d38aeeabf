"""The people around an owner or a house: tenant, agent, guardian, family, emergency contact.

Their names, phones and ID numbers are sealed, each bound to its row; phones and ID numbers can
be found through their blind index.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Date, Id, Moment, Sealed, Text
from pcloud_cli.models.base import Base, one_of, parent, within
from pcloud_cli.models.house import House
from pcloud_cli.models.owner import Owner, Sex


def _dates() -> CheckConstraint:
    return CheckConstraint("until IS NULL OR since IS NULL OR until >= since", name="dates")


class Tenant(Base):
    """Somebody who rents a house (租户)."""

    __tablename__ = "tenant"
    __table_args__ = (
        Index(None, "community_id", "house_id"),
        Index(None, "community_id", "phone_index"),
        Index(None, "community_id", "id_number_index"),
        within("house"),
        _dates(),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    house_id: Mapped[bytes] = mapped_column(Id())
    name_sealed: Mapped[bytes] = mapped_column(Sealed)
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    phone_index: Mapped[bytes | None] = mapped_column(Sealed)
    id_number_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    id_number_index: Mapped[bytes | None] = mapped_column(Sealed)
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    batch_id: Mapped[bytes | None] = mapped_column(Id())
    created_at: Mapped[datetime] = mapped_column(Moment)

    house: Mapped[House] = parent()


class Agent(Base):
    """Somebody who acts for an owner (代理人), within `scope`."""

    __tablename__ = "agent"
    __table_args__ = (
        Index(None, "community_id", "owner_id"),
        Index(None, "community_id", "phone_index"),
        within("owner"),
        _dates(),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    owner_id: Mapped[bytes] = mapped_column(Id())
    name_sealed: Mapped[bytes] = mapped_column(Sealed)
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    phone_index: Mapped[bytes | None] = mapped_column(Sealed)
    scope: Mapped[str | None] = mapped_column(Text)
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    batch_id: Mapped[bytes | None] = mapped_column(Id())
    created_at: Mapped[datetime] = mapped_column(Moment)

    owner: Mapped[Owner] = parent()


class Guardian(Base):
    """The guardian (监护人) of an owner who is a minor or cannot act."""

    __tablename__ = "guardian"
    __table_args__ = (Index(None, "community_id", "owner_id"), within("owner"), _dates())

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    owner_id: Mapped[bytes] = mapped_column(Id())
    name_sealed: Mapped[bytes] = mapped_column(Sealed)
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    relation: Mapped[str | None] = mapped_column(Text)
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    batch_id: Mapped[bytes | None] = mapped_column(Id())
    created_at: Mapped[datetime] = mapped_column(Moment)

    owner: Mapped[Owner] = parent()


class FamilyMember(Base):
    """Somebody of an owner's family (家庭成员), living in `house_id` where that is known."""

    __tablename__ = "family_member"
    __table_args__ = (
        Index(None, "community_id", "owner_id"),
        Index(None, "community_id", "house_id"),
        Index(None, "community_id", "phone_index"),
        within("owner"),
        within("house"),
        one_of("sex", Sex),
        CheckConstraint("birth_month IS NULL OR birth_month LIKE '____-__'", name="birth_month"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    owner_id: Mapped[bytes] = mapped_column(Id())
    house_id: Mapped[bytes | None] = mapped_column(Id())
    name_sealed: Mapped[bytes] = mapped_column(Sealed)
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    phone_index: Mapped[bytes | None] = mapped_column(Sealed)
    relation: Mapped[str | None] = mapped_column(Text)
    sex: Mapped[str | None] = mapped_column(Text)
    birth_month: Mapped[str | None] = mapped_column(Text)
    batch_id: Mapped[bytes | None] = mapped_column(Id())
    created_at: Mapped[datetime] = mapped_column(Moment)

    owner: Mapped[Owner] = parent()
    house: Mapped[House | None] = parent()


class EmergencyContact(Base):
    """Whom to call when an owner cannot be reached (紧急联系人)."""

    __tablename__ = "emergency_contact"
    __table_args__ = (
        Index(None, "community_id", "owner_id"),
        Index(None, "community_id", "phone_index"),
        within("owner"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    owner_id: Mapped[bytes] = mapped_column(Id())
    name_sealed: Mapped[bytes] = mapped_column(Sealed)
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    phone_index: Mapped[bytes | None] = mapped_column(Sealed)
    relation: Mapped[str | None] = mapped_column(Text)
    batch_id: Mapped[bytes | None] = mapped_column(Id())
    created_at: Mapped[datetime] = mapped_column(Moment)

    owner: Mapped[Owner] = parent()
