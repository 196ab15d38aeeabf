"""Accounts of staff and services, and their login sessions (2.1.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from pcloud_cli.db.types import Id, Moment, Sealed, Text
from pcloud_cli.models.base import Base, one_of, parent


class AccountKind(StrEnum):
    """Somebody who logs in, or a service that runs under cron."""

    PERSON = "person"
    SERVICE = "service"


class PasswordState(StrEnum):
    """`first` must be changed before anything else; `set` was chosen by its owner."""

    FIRST = "first"
    SET = "set"


FIRST_DUE = text("(account.due_at IS NOT NULL AND account.password_state = 'first')")
LEAVING_DUE = text("account.leaving_due_at IS NOT NULL")
SESSION_DUE = text("(login_session.due_at IS NOT NULL AND login_session.revoked_at IS NULL)")
"""What the sweep has to look at, as the partial indexes have it."""


def _first_due(context: Any) -> datetime | None:
    given: datetime | None = context.get_current_parameters().get("first_password_until")
    return given


def _session_due(context: Any) -> datetime:
    given = context.get_current_parameters()
    end: datetime = given["expires_at"]
    idle: int | None = given.get("idle_minutes")
    return end if idle is None else min(end, given["created_at"] + timedelta(minutes=idle))


class Account(Base):
    """One account; `mac` covers what gives rights, so that no database hand can forge it.

    `community_id` is where its holder works, None for the company; `employer` the firm that lends
    them (外包). It opens nothing from `ends_at` on, nor while `suspended_at` is set; a first
    password opens nothing from `first_password_until` on. At `due_at` the sweep tells of one that
    was never changed; at `leaving_due_at`, which follows `ends_at`, it gives back what they have.
    """

    __tablename__ = "account"
    __table_args__ = (
        one_of("kind", AccountKind),
        one_of("password_state", PasswordState),
        CheckConstraint("failed_count >= 0", name="failed_count"),
        Index(None, "community_id"),
        Index(
            "ix_account_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL AND password_state = 'first'"),
            postgresql_where=text("due_at IS NOT NULL AND password_state = 'first'"),
        ),
        Index(
            "ix_account_leaving_due",
            "leaving_due_at",
            sqlite_where=text("leaving_due_at IS NOT NULL"),
            postgresql_where=text("leaving_due_at IS NOT NULL"),
        ),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    staff_number: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)
    position: Mapped[str | None] = mapped_column(Text)
    contact_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    kind: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    password_state: Mapped[str] = mapped_column(Text)
    password_changed_at: Mapped[datetime | None] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    failed_count: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    second_factor_at: Mapped[datetime | None] = mapped_column(Moment)
    compromised_at: Mapped[datetime | None] = mapped_column(Moment)
    community_id: Mapped[bytes | None] = mapped_column(Id())
    employer: Mapped[str | None] = mapped_column(Text)
    ends_at: Mapped[datetime | None] = mapped_column(Moment)
    first_password_until: Mapped[datetime | None] = mapped_column(Moment)
    suspended_at: Mapped[datetime | None] = mapped_column(Moment)
    suspended_by: Mapped[bytes | None] = mapped_column(Id())
    suspended_why: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    due_at: Mapped[datetime | None] = mapped_column(Moment, default=_first_due)
    leaving_due_at: Mapped[datetime | None] = mapped_column(Moment)
    mac: Mapped[bytes] = mapped_column(Sealed)

    @validates("ends_at")
    def _ends(self, _name: str, moment: datetime | None) -> datetime | None:
        self.leaving_due_at = moment
        return moment


class PasswordHistory(Base):
    """A password that its holder had chosen once and may not take again soon, as its hash."""

    __tablename__ = "password_history"
    __table_args__ = (Index(None, "account_id", "replaced_at"),)

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    account_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    password_hash: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(Moment)
    mac: Mapped[bytes] = mapped_column(Sealed)

    account: Mapped[Account] = parent()


class LoginSession(Base):
    """A login, or a token of a service account; of the token itself only a hash is stored.

    `restricted` marks a login that may only change its first password or set up its second
    factor. It ends after `idle_minutes` without a command, opens only at the terminal of
    `terminal_digest`, and gives no more than `scope` (JSON) where these are set. `label` is a
    service token's name. At `due_at` the sweep notes that it is over, or looks again later.
    """

    __tablename__ = "login_session"
    __table_args__ = (
        Index(None, "account_id"),
        Index(None, "expires_at"),
        Index(
            "ix_login_session_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL AND revoked_at IS NULL"),
            postgresql_where=text("due_at IS NOT NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    account_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    token_hash: Mapped[bytes] = mapped_column(Sealed, unique=True)
    restricted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    origin: Mapped[str] = mapped_column(Text)
    idle_minutes: Mapped[int | None] = mapped_column()
    terminal_digest: Mapped[bytes | None] = mapped_column(Sealed)
    label: Mapped[str | None] = mapped_column(Text)
    scope: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(Moment, default=_session_due)
    mac: Mapped[bytes] = mapped_column(Sealed)

    account: Mapped[Account] = parent()
