"""Login events, what was abnormal about them, and second factors (2.1.1, 2.1.3)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import BigInt, Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account, LoginSession
from pcloud_cli.models.base import Base, one_of, parent


class LoginOutcome(StrEnum):
    """How an attempt to log in ended; all but `ok` opened nothing."""

    OK = "ok"
    CODE_WANTED = "code_wanted"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a code
    WRONG_CODE = "wrong_code"
    UNKNOWN = "unknown"
    LOCKED = "locked"
    DISABLED = "disabled"
    SUSPENDED = "suspended"
    ENDED = "ended"
    COMPROMISED = "compromised"
    NO_PASSWORD = "no_password"  # noqa: S105 - a code
    EXPIRED = "expired"
    TAMPERED = "tampered"


class AnomalyRule(StrEnum):
    """What may be abnormal about a login (异常登录); policy says which rules are in force."""

    BURST = "burst"
    NEW_HOST = "new_host"
    NEW_OS_USER = "new_os_user"
    TWO_PLACES = "two_places"
    ODD_HOUR = "odd_hour"
    DORMANT = "dormant"
    COMPROMISED = "compromised"


class LoginEvent(Base):
    """One attempt to log in: whose, from where, and how it ended.

    Where no account was meant, `attempted` is a keyed digest of what was typed.
    """

    __tablename__ = "login_event"
    __table_args__ = (Index(None, "account_id", "at"), Index(None, "at"))

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    attempted: Mapped[bytes | None] = mapped_column(Sealed)
    outcome: Mapped[str] = mapped_column(Text)
    host: Mapped[str] = mapped_column(Text)
    os_user: Mapped[str] = mapped_column(Text)
    terminal: Mapped[str | None] = mapped_column(Text)
    ssh: Mapped[str | None] = mapped_column(Text)
    session_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("login_session.id"))

    account: Mapped[Account | None] = parent()
    session: Mapped[LoginSession | None] = parent()


class LoginAnomaly(Base):
    """Something abnormal about a login, until somebody else acknowledges it with a reason.

    `number` is what people call it by; `event_id` is empty where no login was tried.
    """

    __tablename__ = "login_anomaly"
    __table_args__ = (
        one_of("rule", AnomalyRule),
        Index(None, "account_id"),
        Index(None, "at"),
        CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="acknowledged"
        ),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    event_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("login_event.id"))
    rule: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Moment)
    acknowledged_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    reason: Mapped[str | None] = mapped_column(Text)

    account: Mapped[Account] = parent(foreign_keys=[account_id])
    event: Mapped[LoginEvent | None] = parent()


class SecondFactor(Base):
    """The secret of an account's one-time codes (TOTP); `last_step` is that of the last code used.

    That there is one stands in the account's own MAC, so that no database hand can remove it.
    """

    __tablename__ = "second_factor"

    account_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"), primary_key=True)
    secret_sealed: Mapped[bytes] = mapped_column(Sealed)
    enabled_at: Mapped[datetime] = mapped_column(Moment)
    last_step: Mapped[int] = mapped_column(BigInt())
    mac: Mapped[bytes] = mapped_column(Sealed)

    account: Mapped[Account] = parent()


class RecoveryCode(Base):
    """A code that stands in for one one-time code, once; only its hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index(None, "account_id"),)

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    account_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    code_hash: Mapped[bytes] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    mac: Mapped[bytes] = mapped_column(Sealed)

    account: Mapped[Account] = parent()
