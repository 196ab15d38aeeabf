"""Abnormal logins: listed, acknowledged with a reason, and a compromise reported (2.1.3)."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.login import AnomalyRule, LoginAnomaly, LoginEvent
from pcloud_cli.services import login_rules, permission, rights, sessions, trail
from pcloud_cli.services.actor import PERSON, Actor


def list_all(
    actor: Actor, work: Work, *, account_id: bytes | None = None, everything: bool = False
) -> list[dict[str, Any]]:
    """Return anomalies, newest first: those not yet acknowledged, or with `everything` all.

    `account_id` keeps those of one account. It needs ``login.read``.
    """
    permission.require(actor, work, "login.read")
    judge = aliased(Account)
    query = (
        select(LoginAnomaly, Account, LoginEvent, judge.staff_number)
        .join(Account, Account.id == LoginAnomaly.account_id)
        .outerjoin(LoginEvent, LoginEvent.id == LoginAnomaly.event_id)
        .outerjoin(judge, judge.id == LoginAnomaly.acknowledged_by)
        .order_by(LoginAnomaly.number.desc())
    )
    if account_id is not None:
        query = query.where(LoginAnomaly.account_id == account_id)
    if not everything:
        query = query.where(LoginAnomaly.acknowledged_at.is_(None))
    return [
        _record(anomaly, account, event) | {"acknowledged_by": number}
        for anomaly, account, event, number in work.session.execute(query)
    ]


def acknowledge(actor: Actor, work: Work, number: int, *, reason: str) -> dict[str, Any]:
    """Mark anomaly `number` as looked into, with a `reason`, and return it.

    Done twice, it changes nothing. Raises NotFound, UsageProblem without a reason, NotAllowed
    for an anomaly of one's own account: nobody clears themselves.
    """
    permission.require(actor, work, "login.acknowledge")
    why = reason.strip()
    if not why:
        raise UsageProblem(_("This needs a reason."), hint=_("Give --reason."))
    anomaly = work.session.scalars(
        select(LoginAnomaly).where(LoginAnomaly.number == number).with_for_update()
    ).one_or_none()
    if anomaly is None:
        raise NotFound(
            _("There is no anomaly {number}.").format(number=number),
            hint=_("`pcloud account anomalies` shows all."),
        )
    account = work.session.get_one(Account, anomaly.account_id)
    if account.id == actor.account_id:
        raise NotAllowed(
            _("Nobody acknowledges an anomaly of their own account."),
            hint=_("Another administrator looks into it."),
            code="own",
        )
    already = anomaly.acknowledged_at is not None
    if not already:
        anomaly.acknowledged_at = work.now()
        anomaly.acknowledged_by = actor.account_id
        anomaly.reason = why
        trail.changed(
            actor,
            work,
            "login.acknowledge",
            object_type="login_anomaly",
            object_id=anomaly.id,
            reason=why,
            detail={"number": number, "rule": anomaly.rule},
        )
    event = work.session.get(LoginEvent, anomaly.event_id) if anomaly.event_id else None
    return _record(anomaly, account, event) | {"already": already}


def report_compromise(
    actor: Actor, work: Work, account: Account, *, reason: str | None = None
) -> dict[str, Any]:
    """Lock `account` at once, end its sessions and tell the administrators (2.1.3).

    Everybody may report their own, even with a first password; another's needs ``login.end``.
    Return the anomaly. Reported twice, it changes nothing.
    """
    if actor.account_id is None:
        raise permission.not_logged_in(actor)
    own = account.id == actor.account_id
    if not own:
        permission.require(actor, work, "login.end")
    if account.kind != PERSON and own:
        raise Conflict(
            _("A service account does not report itself."),
            hint=_("Revoke its token with `pcloud account token revoke`."),
        )
    rights.require_account(actor, work, account)
    ended = sessions.end_all(work, account.id)
    already = account.compromised_at is not None
    anomaly = _last_report(work, account) if already else None
    if not already:
        account.compromised_at = work.now()
        rights.seal_account(work, account)
        anomaly = login_rules.raise_one(
            work, account, AnomalyRule.COMPROMISED, event=None, detail={"by_holder": own}
        )
    trail.changed(
        actor,
        work,
        "account.report_compromise",
        object_type="account",
        object_id=account.id,
        reason=(reason or "").strip() or None,
        detail={"by_holder": own, "sessions_ended": ended},
    )
    return {
        "number": anomaly.number if anomaly else None,
        "staff_number": account.staff_number,
        "sessions_ended": ended,
        "already": already,
    }


def _last_report(work: Work, account: Account) -> LoginAnomaly | None:
    return work.session.scalars(
        select(LoginAnomaly)
        .where(
            LoginAnomaly.account_id == account.id,
            LoginAnomaly.rule == AnomalyRule.COMPROMISED.value,
        )
        .order_by(LoginAnomaly.number.desc())
        .limit(1)
    ).first()


def _record(anomaly: LoginAnomaly, account: Account, event: LoginEvent | None) -> dict[str, Any]:
    return {
        "id": anomaly.id,
        "number": anomaly.number,
        "at": anomaly.at,
        "staff_number": account.staff_number,
        "name": account.name,
        "rule": anomaly.rule,
        "host": event.host if event else None,
        "os_user": event.os_user if event else None,
        "terminal": event.terminal if event else None,
        "ssh": event.ssh if event else None,
        "detail": json.loads(anomaly.detail),
        "acknowledged_at": anomaly.acknowledged_at,
        "reason": anomaly.reason,
    }
