"""The roster (排班表): who is on shift when, who stood in for whom, what was handed over."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Date, Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.base import Base, one_of, parent, within
from pcloud_cli.models.community import Community


class ShiftKind(StrEnum):
    """白班, 夜班, 备班 (at home, comes when called)."""

    DAY = "day"
    NIGHT = "night"
    STANDBY = "standby"


class SwapState(StrEnum):
    """Where a swap stands; only an agreed one moved the shift."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RosterImport(Base):
    """One roster that was taken in; `number` is what people call it by."""

    __tablename__ = "roster_import"
    __table_args__ = (
        Index(None, "community_id", "file_sha256"),
        UniqueConstraint("community_id", "id"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[bytes] = mapped_column(Sealed)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    made_by: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)

    community: Mapped[Community] = parent()
    maker: Mapped[Account] = parent()


class Shift(Base):
    """One person's shift, from `begins_at` until before `ends_at`.

    `day` is the local day it begins on, `word` what the roster calls it. `rostered_id` is whom the
    roster names, `account_id` who really works it: another after a swap, nobody (None) where it
    was given back and nobody has taken it yet. Nobody has two shifts at one moment.
    """

    __tablename__ = "shift"
    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        within("roster_import"),
        Index(None, "community_id", "ends_at"),
        Index(None, "community_id", "day"),
        Index(None, "account_id", "ends_at"),
        one_of("kind", ShiftKind),
        CheckConstraint("begins_at < ends_at", name="times"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    roster_import_id: Mapped[bytes] = mapped_column(Id())
    rostered_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    account_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    day: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(Text)
    word: Mapped[str] = mapped_column(Text)
    begins_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)

    roster_import: Mapped[RosterImport] = parent()
    account: Mapped[Account | None] = parent(foreign_keys=[account_id])


class ShiftSwap(Base):
    """That somebody works the shift of another (替班), agreed by a supervisor.

    With `back_shift_id` the two exchange shifts (换班). `from_id` had the shift when it was asked;
    None where nobody had it.
    """

    __tablename__ = "shift_swap"
    __table_args__ = (
        Index(None, "community_id", "state"),
        Index(None, "shift_id"),
        one_of("state", SwapState),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("from_id IS NULL OR from_id <> to_id", name="two_people"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    shift_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("shift.id"))
    back_shift_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("shift.id"))
    from_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    to_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)

    shift: Mapped[Shift] = parent(foreign_keys=[shift_id])


class ShiftHandOver(Base):
    """What the one who goes tells the one who comes (交接班); the note is sealed.

    `to_id` is None where it is for whoever comes next. It is over once somebody has taken it.
    """

    __tablename__ = "shift_hand_over"
    __table_args__ = (
        Index(None, "community_id", "taken_at"),
        CheckConstraint("(taken_at IS NULL) = (taken_by IS NULL)", name="taken"),
        CheckConstraint("taken_by IS NULL OR taken_by <> from_id", name="two_people"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    shift_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("shift.id"))
    from_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    to_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    note_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    taken_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    taken_at: Mapped[datetime | None] = mapped_column(Moment)

    shift: Mapped[Shift | None] = parent()
