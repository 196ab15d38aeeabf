"""Every attempt to log in, with host, operating-system user, terminal and SSH origin (2.1.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.account import Account
from pcloud_cli.models.login import LoginEvent, LoginOutcome
from pcloud_cli.place import Place
from pcloud_cli.services import permission
from pcloud_cli.services.actor import Actor

OUTCOMES: dict[str, str] = {
    LoginOutcome.OK: N_("successful"),
    LoginOutcome.CODE_WANTED: N_("password right, code not yet given"),
    LoginOutcome.WRONG_PASSWORD: N_("wrong password"),
    LoginOutcome.WRONG_CODE: N_("wrong code"),
    LoginOutcome.UNKNOWN: N_("no such account"),
    LoginOutcome.LOCKED: N_("account locked"),
    LoginOutcome.DISABLED: N_("account suspended or left"),
    LoginOutcome.SUSPENDED: N_("account suspended"),
    LoginOutcome.ENDED: N_("account's time is over"),
    LoginOutcome.COMPROMISED: N_("account reported as compromised"),
    LoginOutcome.NO_PASSWORD: N_("account without a password"),
    LoginOutcome.EXPIRED: N_("first password too old"),
    LoginOutcome.TAMPERED: N_("account changed outside the program"),
}
"""How an attempt ended, by code, translated where printed."""

_MOST = 1000


def record(
    work: Work,
    place: Place,
    account: Account | None,
    outcome: str,
    *,
    attempted: bytes | None = None,
) -> LoginEvent:
    """Write down one attempt and return it; it lasts if the work commits.

    `attempted` is a keyed digest of what was typed where it named no account.
    """
    event = LoginEvent(
        id=work.ids(),
        at=work.now(),
        account_id=account.id if account else None,
        attempted=attempted,
        outcome=str(outcome),
        host=place.host,
        os_user=place.os_user,
        terminal=place.terminal,
        ssh=place.ssh,
    )
    work.session.add(event)
    work.session.flush()
    return event


def last_ok(work: Work, account_id: bytes, *, before: bytes | None = None) -> LoginEvent | None:
    """Return the newest successful login of an account, that is not the event `before`."""
    query = (
        select(LoginEvent)
        .where(LoginEvent.account_id == account_id, LoginEvent.outcome == LoginOutcome.OK.value)
        .order_by(LoginEvent.at.desc(), LoginEvent.id.desc())
    )
    if before is not None:
        query = query.where(LoginEvent.id != before)
    return work.session.scalars(query.limit(1)).first()


def list_all(
    actor: Actor,
    work: Work,
    *,
    account_id: bytes | None,
    since: datetime | None = None,
    failed: bool = False,
) -> list[dict[str, Any]]:
    """Return attempts, newest first, at most a thousand: of an account, or with None of all.

    One's own need a login only, others' ``login.read``. `failed` leaves out what succeeded.
    """
    permission.require_login(actor, work)
    if account_id != actor.account_id:
        permission.require(actor, work, "login.read")
    query = (
        select(LoginEvent, Account.staff_number, Account.name)
        .outerjoin(Account, Account.id == LoginEvent.account_id)
        .order_by(LoginEvent.at.desc(), LoginEvent.id.desc())
        .limit(_MOST)
    )
    if account_id is not None:
        query = query.where(LoginEvent.account_id == account_id)
    if since is not None:
        query = query.where(LoginEvent.at >= since)
    if failed:
        query = query.where(LoginEvent.outcome != LoginOutcome.OK.value)
    return [
        {
            "id": event.id,
            "at": event.at,
            "staff_number": number,
            "name": name,
            "outcome": event.outcome,
            "host": event.host,
            "os_user": event.os_user,
            "terminal": event.terminal,
            "ssh": event.ssh,
        }
        for event, number, name in work.session.execute(query)
    ]
