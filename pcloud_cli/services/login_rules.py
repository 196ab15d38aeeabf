"""What is abnormal about a login (异常登录, 2.1.3): rules over the logins before it.

Which rules are in force, which hosts are shared and when it is night, is policy. Each anomaly is
kept until it is acknowledged, stands in the trail, and reaches the administrators by the outbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.account import Account, LoginSession
from pcloud_cli.models.login import AnomalyRule, LoginAnomaly, LoginEvent, LoginOutcome
from pcloud_cli.place import Place
from pcloud_cli.security.canonical import canonical_json
from pcloud_cli.services import outbox, permission, sessions, trail, turns
from pcloud_cli.services.actor import nobody
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.policy_sections import LoginPolicy
from pcloud_cli.services.sessions import person

RULES: dict[str, str] = {
    AnomalyRule.BURST: N_("many failed attempts, account locked for a while"),
    AnomalyRule.NEW_HOST: N_("login from a new host"),
    AnomalyRule.NEW_OS_USER: N_("login as a new operating-system user"),
    AnomalyRule.TWO_PLACES: N_("logged in at two places at once"),
    AnomalyRule.ODD_HOUR: N_("login at an hour never worked before"),
    AnomalyRule.DORMANT: N_("login of an account long unused"),
    AnomalyRule.COMPROMISED: N_("account reported as compromised"),
}
"""What each rule finds, by code, translated where printed and in messages."""

TOLD = ("system_admin", "security_admin")
"""The roles whose holders are told of anomalies."""
NIGHT_ROLE = "night_duty"
"""Whoever holds this role is rostered for the night."""

_HABIT = 10  # logins; before there are so many, no hour is a habit
_LOOKED_AT = 400  # sessions that tell the hours somebody works: about a year
_STEP = timedelta(minutes=30)


def judge(
    work: Work, account: Account, event: LoginEvent, place: Place, policy: LoginPolicy
) -> list[LoginAnomaly]:
    """Raise what is abnormal about the successful login `event`, and return it."""
    raised = []
    for rule, detail in _found(work, account, event, place, policy):
        if rule in policy.rules:
            raised.append(raise_one(work, account, rule, event=event, detail=detail))
    return raised


def burst(
    work: Work, account: Account, policy: LoginPolicy, *, event: LoginEvent | None
) -> LoginAnomaly | None:
    """Raise that failures have just locked `account`, where the rule is in force."""
    if AnomalyRule.BURST not in policy.rules:
        return None
    detail = {"failed_count": account.failed_count}
    return raise_one(work, account, AnomalyRule.BURST, event=event, detail=detail)


def raise_one(
    work: Work,
    account: Account,
    rule: AnomalyRule,
    *,
    event: LoginEvent | None,
    detail: dict[str, Any],
) -> LoginAnomaly:
    """Keep an anomaly of `account`, record it in the trail and tell the administrators."""
    turns.with_numbers(work, "login.anomaly")
    number = 1 + (work.session.scalar(select(func.max(LoginAnomaly.number))) or 0)
    anomaly = LoginAnomaly(
        id=work.ids(),
        number=number,
        at=work.now(),
        account_id=account.id,
        event_id=event.id if event else None,
        rule=rule.value,
        detail=canonical_json(detail).decode(),
    )
    work.session.add(anomaly)
    work.session.flush()
    trail.changed(
        person(account),
        work,
        "login.anomaly",
        object_type="login_anomaly",
        object_id=anomaly.id,
        detail={"rule": rule.value, "number": number},
    )
    _tell(work, account, anomaly)
    return anomaly


def _tell(work: Work, account: Account, anomaly: LoginAnomaly) -> None:
    values = {"number": str(anomaly.number), "staff_number": account.staff_number}
    template = "compromised"
    if anomaly.rule != AnomalyRule.COMPROMISED:
        template = "anomaly"
        values["kind"] = RULES[AnomalyRule(anomaly.rule)]
    for role in TOLD:
        once = f"login.anomaly {anomaly.id.hex()} {role}"
        outbox.queue(work, template, Recipient.role(role), values, once=once)


def _found(
    work: Work, account: Account, event: LoginEvent, place: Place, policy: LoginPolicy
) -> Iterator[tuple[AnomalyRule, dict[str, Any]]]:
    before = _places_before(work, account.id, event.id)
    if not before:
        return  # the first login of all has nothing to be compared with
    shared = is_shared(place.host, place.ssh, policy)
    if not shared and _where(place.host, place.ssh) not in {_where(h, s) for h, s, _u in before}:
        yield AnomalyRule.NEW_HOST, _known({_where(h, s) for h, s, _u in before})
    if not shared and place.os_user not in {user for _h, _s, user in before}:
        yield AnomalyRule.NEW_OS_USER, _known({user for _h, _s, user in before})
    elsewhere = _live_elsewhere(work, account.id, event, place, policy)
    if elsewhere and not shared:
        yield AnomalyRule.TWO_PLACES, {"at": elsewhere}
    last = _last_ok(work, account.id, event.id)
    if work.now() - last >= timedelta(days=policy.dormant_days):
        yield AnomalyRule.DORMANT, {"days": (work.now() - last).days}
    hour = event.at.astimezone(ZoneInfo(place.zone)).hour
    if not (_is_night(hour, policy) and _rostered(work, account)):
        worked = _hours_worked(work, account.id, event.session_id, place.zone)
        if worked is not None and hour not in worked:
            yield AnomalyRule.ODD_HOUR, {"hour": hour}


def is_shared(host: str, ssh: str | None, policy: LoginPolicy) -> bool:
    """Return whether a host is registered as shared, by its name or by its SSH address."""
    return host in policy.shared_hosts or (ssh is not None and ssh in policy.shared_hosts)


def _where(host: str, ssh: str | None) -> str:
    # who comes by SSH always logs in on the server: the host that counts is the one behind it
    return ssh or host


def _known(names: set[str]) -> dict[str, Any]:
    return {"known": sorted(names)[:5]}


def _places_before(
    work: Work, account_id: bytes, event_id: bytes
) -> set[tuple[str, str | None, str]]:
    query = (
        select(LoginEvent.host, LoginEvent.ssh, LoginEvent.os_user)
        .where(
            LoginEvent.account_id == account_id,
            LoginEvent.outcome == LoginOutcome.OK.value,
            LoginEvent.id != event_id,
        )
        .distinct()
    )
    return {(host, ssh, user) for host, ssh, user in work.session.execute(query)}


def _last_ok(work: Work, account_id: bytes, event_id: bytes) -> datetime:
    found: datetime = work.session.scalars(
        select(LoginEvent.at)
        .where(
            LoginEvent.account_id == account_id,
            LoginEvent.outcome == LoginOutcome.OK.value,
            LoginEvent.id != event_id,
        )
        .order_by(LoginEvent.at.desc())
        .limit(1)
    ).one()
    return found


def _live_elsewhere(
    work: Work, account_id: bytes, event: LoginEvent, place: Place, policy: LoginPolicy
) -> str | None:
    """Return where else the account is logged in at this moment, None where nowhere."""
    query = (
        select(LoginSession, LoginEvent.host, LoginEvent.ssh)
        .join(LoginEvent, LoginEvent.session_id == LoginSession.id)
        .where(
            LoginSession.account_id == account_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > work.now(),
            LoginEvent.id != event.id,
        )
    )
    for session, host, ssh in work.session.execute(query):
        other = _where(host, ssh)
        if (
            sessions.is_live(session, work.now())
            and other != _where(place.host, place.ssh)
            and not is_shared(host, ssh, policy)
        ):
            return other
    return None


def _hours_worked(
    work: Work, account_id: bytes, session_id: bytes | None, zone: str
) -> set[int] | None:
    """Return the hours of the day the account has been used in, in `zone`; None for too few."""
    query = (
        select(LoginSession.created_at, LoginSession.last_seen_at)
        .where(LoginSession.account_id == account_id, LoginSession.id != session_id)
        .order_by(LoginSession.created_at.desc())
        .limit(_LOOKED_AT)
    )
    spans = work.session.execute(query).all()
    if len(spans) < _HABIT:
        return None
    place = ZoneInfo(zone)
    hours: set[int] = set()
    for begun, seen in spans:
        moment, end = begun, seen or begun
        while moment <= end:
            hour = moment.astimezone(place).hour
            # an hour beside one that was worked is no strange one
            hours |= {(hour - 1) % 24, hour, (hour + 1) % 24}
            moment += _STEP
    return hours


def _is_night(hour: int, policy: LoginPolicy) -> bool:
    begin, end = policy.night_from, policy.night_until
    return begin <= hour < end if begin <= end else hour >= begin or hour < end


def _rostered(work: Work, account: Account) -> bool:
    grants = permission.grants_of(nobody(), work, account.id)
    return any(grant.role == NIGHT_ROLE for grant in grants)
