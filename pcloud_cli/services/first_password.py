"""First passwords: made, handed over in one of three ways, and good for some hours (2.1.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import Account, PasswordState
from pcloud_cli.security.passwords import Cost, first_password, hash_password
from pcloud_cli.services import outbox, rights, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.policy import current as policy_of
from pcloud_cli.services.policy_sections import AccountPolicy

WAYS = {
    "send": N_("sent to their own mobile or mail"),
    "slip": N_("on a slip"),
    "screen": N_("shown on the screen"),
}
"""How a first password reaches its holder, by code, translated where printed."""


@dataclass(frozen=True)
class Handing:
    """How a first password reaches its holder, a code of `WAYS`.

    On the screen it is an exception, and `reason` says why.
    """

    way: str = "slip"
    reason: str | None = None


def end(work: Work) -> datetime:
    """Return until when a first password that is given now opens its own change."""
    return work.now() + timedelta(hours=policy_of(work, AccountPolicy).first_password_hours)


def check(work: Work, handing: Handing) -> None:
    """Return where policy allows `handing`; else raise Conflict, UsageProblem without a reason."""
    if handing.way != "screen":
        return
    if not policy_of(work, AccountPolicy).screen_secret:
        raise Conflict(
            _("Policy lets no first password be shown on the screen."),
            hint=_("Give --send or --slip FILE."),
            code="screen_secret",
        )
    if not (handing.reason or "").strip():
        raise UsageProblem(
            _("Showing a first password needs a reason: the trail keeps it."),
            hint=_("Give --reason, or better --send or --slip FILE."),
        )


def put(work: Work, account: Account, *, random: Callable[[int], bytes], cost: Cost) -> str:
    """Give `account` a new first password and return it; whoever calls seals the account."""
    password = first_password(random)
    account.password_hash = hash_password(password, cost)
    account.password_state = PasswordState.FIRST.value
    account.first_password_until = account.due_at = end(work)
    rights.seal_account(work, account)
    return password


def hand_over(
    actor: Actor, work: Work, account: Account, password: str, handing: Handing, *, template: str
) -> str | None:
    """Send `password`, or return it for the slip or the screen; the trail knows of the screen.

    Raises Conflict where it is to be sent and the account has no mobile and no mail.
    """
    check(work, handing)
    if handing.way == "send":
        hours = policy_of(work, AccountPolicy).first_password_hours
        outbox.queue(
            work,
            template,
            Recipient.account(account.id),
            {
                "staff_number": account.staff_number,
                "password": password,
                "hours": str(hours),
            },
        )
        return None
    if handing.way == "screen":
        trail.changed(
            actor,
            work,
            "account.secret_shown",
            object_type="account",
            object_id=account.id,
            community_id=account.community_id,
            reason=(handing.reason or "").strip(),
        )
    return password
