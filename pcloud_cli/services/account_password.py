"""Changing one's own password (2.1.1): strong, none of the last ones, all other logins end."""

from __future__ import annotations

import os
from collections.abc import Callable

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account, AccountKind, PasswordState
from pcloud_cli.security.passwords import STANDARD, Cost, hash_password, verify_password
from pcloud_cli.services import (
    login,
    password_history,
    password_rule,
    permission,
    rights,
    trail,
)
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.password_history import Compared


def change_password(
    actor: Actor,
    work: Work,
    *,
    old: str,
    new: str,
    random: Callable[[int], bytes] = os.urandom,
    cost: Cost = STANDARD,
    compared: Compared | None = None,
) -> login.Login | None:
    """Change `actor`'s own password and return a new session; None where `old` is wrong.

    None instead of an error, so that the failed attempt is committed and counted; once the work
    is closed the caller raises `login.refused()`. All other sessions of the account end. Raises
    UsageProblem where `new` is weak (2.1.1), the same as `old` or one of the last ones; what was
    `compared` before need not be compared again.
    """
    must_be_person(actor)
    account = work.session.scalars(
        select(Account).where(Account.id == actor.account_id).with_for_update()
    ).one()
    password_rule.require(work, account, new)
    if new == old:
        raise UsageProblem(_("The new password is the old one."))
    if login.try_password(actor, work, account, old, cost=cost):
        return None
    password_history.require_new(actor, work, account, new, compared=compared, cost=cost)
    password_history.keep(work, account)
    account.password_hash = hash_password(new, cost)
    account.password_state = PasswordState.SET.value
    account.first_password_until = None
    account.password_changed_at = work.now()
    rights.seal_account(work, account)
    made, ended = login.reopened(actor, work, account, random=random)
    trail.changed(
        actor,
        work,
        "account.passwd",
        object_type="account",
        object_id=account.id,
        detail={"sessions_ended": ended},
    )
    return made


def compare_new(
    actor: Actor, work: Work, *, old: str, new: str, cost: Cost = STANDARD
) -> Compared | None:
    """Return whether `new` is one of the actor's last passwords; None where `old` is wrong.

    Done before the transaction that changes it, because it takes as long as several logins.
    """
    must_be_person(actor)
    account = work.session.get_one(Account, actor.account_id)
    if account.password_hash is None or not verify_password(account.password_hash, old):
        return None
    return password_history.compare(actor, work, account, new, cost=cost)


def must_be_person(actor: Actor) -> None:
    """Return where `actor` is a person who is logged in, if only with a first password."""
    if actor.account_id is None or actor.kind != AccountKind.PERSON:
        raise permission.not_logged_in(actor)
