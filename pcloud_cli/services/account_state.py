"""In which state an account is now, and why it opens nothing (2.1.1).

Ends and stops are columns that are looked at when an account is used: nothing sweeps them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_

from pcloud_cli.i18n import N_
from pcloud_cli.models.account import Account, PasswordState

STATES = {
    "active": N_("active"),
    "first": N_("first password not yet changed"),
    "expired": N_("first password not changed in time"),
    "locked": N_("locked after failed attempts"),
    "compromised": N_("locked after a report"),
    "suspended": N_("suspended"),
    "ended": N_("ended"),
    "disabled": N_("disabled"),
}
"""What state an account is in, by code, translated where printed."""


def why_closed(row: Account, now: datetime) -> str | None:
    """Return why neither a password nor a session opens the account, a code of `STATES`.

    None where one may.
    """
    if row.disabled_at is not None:
        return "disabled"
    if row.ends_at is not None and row.ends_at <= now:
        return "ended"
    if row.suspended_at is not None:
        return "suspended"
    if row.compromised_at is not None:
        return "compromised"
    return None


def first_is_over(row: Account, now: datetime) -> bool:
    """Return whether the account has a first password whose time is over."""
    return (
        row.password_state == PasswordState.FIRST
        and row.first_password_until is not None
        and row.first_password_until <= now
    )


def state(row: Account, now: datetime) -> str:
    """Return the code of `STATES` that says most about the account now."""
    closed = why_closed(row, now)
    if closed is not None:
        return closed
    if row.locked_until is not None and now < row.locked_until:
        return "locked"
    if first_is_over(row, now):
        return "expired"
    return "first" if row.password_state == PasswordState.FIRST else "active"


def in_work(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a query for accounts that are neither closed, ended nor stopped."""
    return (
        Account.disabled_at.is_(None),
        Account.suspended_at.is_(None),
        or_(Account.ends_at.is_(None), Account.ends_at > now),
    )
