"""The installation itself and its wrapped data keys."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Moment, Sealed, Text
from pcloud_cli.models.base import Base, one_of


class KeyPurpose(StrEnum):
    """What a data key is for; no key serves two purposes."""

    FIELD = "field"
    INDEX = "index"
    TRAIL = "trail"
    MAC = "mac"
    SIGN = "sign"
    FILE = "file"


class KeyState(StrEnum):
    """Whether a data key still seals new content or only opens old content."""

    ACTIVE = "active"
    RETIRED = "retired"


class Installation(Base):
    """The one row that says what this database is.

    `swept_at` is when a sweep last looked after everything, whether anything was due or not.
    """

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    name: Mapped[str | None] = mapped_column(Text)
    schema_note: Mapped[str | None] = mapped_column(Text)
    swept_at: Mapped[datetime | None] = mapped_column(Moment)


class DataKey(Base):
    """A data key, wrapped by the master key; one active a purpose.

    `master` is the checksum of the master key that wraps it, None where that was not noted yet.
    """

    __tablename__ = "data_key"
    __table_args__ = (
        one_of("purpose", KeyPurpose),
        one_of("state", KeyState),
        CheckConstraint("id BETWEEN 1 AND 65535", name="two_bytes"),
        Index(
            "uq_data_key_active",
            "purpose",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    purpose: Mapped[str] = mapped_column(Text)
    wrapped: Mapped[bytes] = mapped_column(Sealed)
    state: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    retired_at: Mapped[datetime | None] = mapped_column(Moment)
    master: Mapped[str | None] = mapped_column(Text)


class ProcessClaim(Base):
    """Which process has what is called `name`, where the database keeps no lock for it (SQLite).

    `holder` is the process as `db.locks.own_name` calls it; `seen_at` is when it last said that it
    is at work, which counts where nobody here can tell whether it lives.
    """

    __tablename__ = "process_claim"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    holder: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[datetime] = mapped_column(Moment)
