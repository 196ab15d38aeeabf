"""Delivering the outbox: claim one, send it outside any transaction, say how it went.

A claim is a lease: while it lasts nobody else sends the same, and that of a killed deliverer
lapses. A message is delivered at least once, because the receiver may have taken what nobody
lived to write down; its id, the same at every attempt, lets the receiver drop the repeat.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update

from pcloud_cli.db.work import Work
from pcloud_cli.delivery import Courier, Undelivered
from pcloud_cli.delivery.courier import Parcel
from pcloud_cli.errors import ConfigProblem, PcloudError
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.outbox import QUEUED, DeliveryState, OutboxDelivery, OutboxMessage
from pcloud_cli.security.mac import check_row_mac
from pcloud_cli.services import outbox, outbox_waiting, permission, rights, trail
from pcloud_cli.services.account_state import why_closed
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.outbox_address import Address
from pcloud_cli.services.outbox_template import Template
from pcloud_cli.services.outbox_templates import TEMPLATES

LEASE = timedelta(minutes=5)
"""How long a claim holds: much longer than a sending may take, which is bounded in seconds."""

PAUSES = tuple(timedelta(minutes=each) for each in (1, 2, 5, 15, 30, 60, 120, 240, 480, 960))
"""How long after each failed attempt the next one comes; after the last, none does."""

Opened = Callable[..., AbstractContextManager[tuple[Actor, Work]]]


@dataclass(frozen=True)
class Speech:
    """The language (``en`` or ``zh``) and zone that messages are written in."""

    language: str
    zone: str


@dataclass(frozen=True)
class Outcome:
    """How many were sent, failed for now, were given up; the problems met, by their codes."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    problems: dict[str, int] = field(default_factory=dict)

    def after(self, state: str, problem: str | None) -> Outcome:
        """Return the outcome with one delivery more."""
        problems = dict(self.problems)
        if problem is not None:
            problems[problem] = problems.get(problem, 0) + 1
        name = {DeliveryState.SENT: "sent", DeliveryState.DEAD: "dead"}.get(
            DeliveryState(state), "failed"
        )
        return replace(self, **{name: getattr(self, name) + 1}, problems=problems)


@dataclass(frozen=True)
class _Claimed:
    """A delivery in our hands, opened: who gets what in which way."""

    delivery_id: bytes
    message_id: bytes
    claim: bytes
    attempts: int
    template: Template
    values: dict[str, str]
    way: str
    target: str
    zone: str | None
    """Of who is told, where it is known; else that of the settings."""


class _Hopeless(Exception):
    """A delivery that no attempt can save, with the code of the reason."""


class _NotSent(Exception):
    """A delivery to somebody outside that nobody need hear of, with the code of the reason."""


def deliver(
    opened: Opened,
    courier: Courier,
    speech: Speech,
    *,
    limit: int | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> Outcome:
    """Send what is due, one after the other, and return how it went.

    Several may do so at once: each message is sent by one of them. Each unit of work that is
    opened settles what was sent and claims what comes next. Raises ConfigProblem where
    something is due and no destination is set up.
    """
    outcome, done = Outcome(), 0
    result: tuple[_Claimed, str | None] | None = None
    while True:
        lost: list[str] = []
        with opened(write=True) as (actor, work):
            permission.require(actor, work, "outbox.deliver")
            if result is not None:
                state = _settle(actor, work, *result)
                outcome = outcome.after(state, result[1])
            more = limit is None or done < limit
            claimed = _next(actor, work, courier, lost) if more else None
            if claimed is None:
                _forget_expired(work)
        for problem in lost:
            outcome = outcome.after(DeliveryState.DEAD.value, problem)
        done += 1
        progress(done)
        if claimed is None:
            return outcome
        result = (claimed, _send(courier, claimed, speech))


def due(actor: Actor, work: Work, *, limit: int | None = None) -> list[dict[str, Any]]:
    """Return what `deliver` would send now, without sending or claiming anything."""
    permission.require(actor, work, "outbox.deliver")
    query = (
        select(OutboxDelivery, OutboxMessage, Account.staff_number)
        .join(OutboxMessage, OutboxMessage.id == OutboxDelivery.message_id)
        .outerjoin(Account, Account.id == OutboxDelivery.account_id)
        .where(*_due(work))
        .order_by(OutboxDelivery.due_at, OutboxDelivery.id)
        .limit(limit)
    )
    return [outbox.record(*row) for row in work.session.execute(query).all()]


def _due(work: Work) -> tuple[Any, ...]:
    now = work.now()
    return (
        QUEUED,
        OutboxDelivery.due_at <= now,
        or_(OutboxDelivery.claimed_until.is_(None), OutboxDelivery.claimed_until <= now),
    )


def _next(actor: Actor, work: Work, courier: Courier, lost: list[str]) -> _Claimed | None:
    """Claim the next delivery that can be tried; those that cannot are ended on the way.

    On PostgreSQL a row that somebody else is claiming is passed over; on SQLite a unit of work
    that writes is alone from its start.
    """
    query = (
        select(OutboxDelivery)
        .where(*_due(work))
        .order_by(OutboxDelivery.due_at, OutboxDelivery.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    while (delivery := work.session.scalar(query)) is not None:
        message = work.session.get_one(OutboxMessage, delivery.message_id)
        if not outbox.is_outside(message):
            _need_destinations(courier)
        try:
            claimed = _claim(actor, work, courier, delivery, message)
        except _Hopeless as reason:
            lost.append(str(reason))
            _end(actor, work, delivery, DeliveryState.DEAD, str(reason))
            work.session.flush()
            continue
        except _NotSent as reason:
            _end(actor, work, delivery, DeliveryState.DROPPED, str(reason))
            work.session.flush()
            continue
        work.session.flush()
        return claimed
    return None


def _need_destinations(courier: Courier) -> None:
    known = courier.destinations
    if not known.channels and known.mail is None and known.sms is None:
        raise ConfigProblem(
            _("Messages wait, and the settings name no destination for them."),
            hint=_("Write [outbox.sms], [outbox.mail] or [outbox.channels.NAME] in the settings."),
        )


def _claim(
    actor: Actor,
    work: Work,
    courier: Courier,
    delivery: OutboxDelivery,
    message: OutboxMessage,
) -> _Claimed:
    if not check_row_mac(
        work.keys, "outbox_delivery", outbox.covered(delivery), delivery.mac
    ) or not _own(work, message):
        rights.tampered(actor, work, "outbox_delivery", delivery.id)
        raise _Hopeless("tampered")
    if message.expires_at is not None and message.expires_at <= work.now():
        raise _NotSent("expired") if outbox.is_outside(message) else _Hopeless("expired")
    if message.values_sealed is None:
        # what somebody still waits for is never forgotten before its time is over
        rights.tampered(actor, work, "outbox_delivery", delivery.id)
        raise _Hopeless("tampered")
    if delivery.attempts > len(PAUSES):
        raise _Hopeless("lost")  # every deliverer that had it was killed
    template = TEMPLATES.get(message.template)
    if template is None:
        raise _Hopeless("no_template")
    way, target = _way(work, courier, delivery, message, template)
    delivery.attempts += 1
    delivery.claim = work.ids()
    delivery.claimed_until = work.now() + LEASE
    delivery.way = way
    return _Claimed(
        delivery.id,
        message.id,
        delivery.claim,
        delivery.attempts,
        template,
        _values(work, message),
        way,
        target,
        _content(work, message).get("zone"),
    )


def _content(work: Work, message: OutboxMessage) -> dict[str, Any]:
    text = work.keys.open(
        "outbox_message", "values_sealed", message.id, message.values_sealed or b""
    )
    found: dict[str, Any] = json.loads(text)
    return found


def _own(work: Work, message: OutboxMessage) -> bool:
    """Return whether the values in a message are those of its template."""
    if message.values_sealed is None:
        return True  # forgotten after its time
    try:
        return bool(_content(work, message)["template"] == message.template)
    except PcloudError:
        return False


def _values(work: Work, message: OutboxMessage) -> dict[str, str]:
    return {name: str(value) for name, value in _content(work, message)["values"].items()}


def _way(
    work: Work,
    courier: Courier,
    delivery: OutboxDelivery,
    message: OutboxMessage,
    template: Template,
) -> tuple[str, str]:
    """Return how a delivery goes out and where to: ``sms``, ``mail``, ``channel`` or ``none``.

    Somebody outside gets it on the mobile that stands sealed in it, and in no other way. A person
    of the company gets it on their own mobile or mail; a message that a group may read goes to the
    fallback channel where they have neither.
    """
    if delivery.channel is not None:
        return "channel", delivery.channel
    if template.outside:
        mobile = Address(*_content(work, message)["address"]).mobile
        if not mobile or not courier.takes_mobile(template.name):
            raise _NotSent("no_sms")
        return "sms", mobile
    if delivery.account_id is not None:
        account = work.session.get_one(Account, delivery.account_id)
        if why_closed(account, work.now()):
            raise _Hopeless("account_closed")
        named = _content(work, message).get("address")
        address = Address(*named) if named else outbox.address_of(work, account.id)
        if address.mobile and courier.takes_mobile(template.name):
            return "sms", address.mobile
        if address.mail and courier.takes_mail:
            return "mail", address.mail
    if template.group is not None and courier.destinations.fallback:
        return "channel", courier.destinations.fallback
    return "none", ""


def _send(courier: Courier, claimed: _Claimed, speech: Speech) -> str | None:
    """Send and return None, or the code of what kept it from arriving."""
    template, values = claimed.template, claimed.values
    zone = claimed.zone or speech.zone
    parcel_id = claimed.delivery_id.hex()
    title = template.title.render(speech.language, {})
    try:
        if claimed.way == "sms":
            shown = template.shown("zh", zone, values)
            courier.to_mobile(claimed.target, template.name, shown, parcel_id)
        elif claimed.way == "mail":
            text = template.for_person(speech.language, zone, values)
            courier.to_mail(claimed.target, Parcel(parcel_id, title, text))
        elif claimed.way == "channel":
            text = template.for_group(speech.language, zone, values)
            courier.to_channel(claimed.target, Parcel(parcel_id, title, text))
        else:
            return "no_way"
    except Undelivered as problem:
        return problem.code
    return None


def _settle(actor: Actor, work: Work, claimed: _Claimed, problem: str | None) -> str:
    """Write down how a sending went and return the delivery's state."""
    delivery = work.session.scalar(
        select(OutboxDelivery)
        .where(OutboxDelivery.id == claimed.delivery_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if delivery is None or delivery.claim != claimed.claim:
        # the lease ran out and another took it over: what it writes down counts
        return (DeliveryState.SENT if problem is None else DeliveryState.QUEUED).value
    if problem is None:
        _end(actor, work, delivery, DeliveryState.SENT, None)
    elif claimed.attempts > len(PAUSES):
        _end(actor, work, delivery, DeliveryState.DEAD, problem)
    else:
        delivery.claim = delivery.claimed_until = None
        delivery.problem = problem
        delivery.due_at = work.now() + PAUSES[claimed.attempts - 1]
        _tell(actor, work, delivery, "outbox.failed", problem)
    return delivery.state


def _end(
    actor: Actor,
    work: Work,
    delivery: OutboxDelivery,
    state: DeliveryState,
    problem: str | None,
) -> None:
    delivery.state = state.value
    delivery.ended_at = work.now()
    delivery.claim = delivery.claimed_until = None
    delivery.problem = problem
    _tell(actor, work, delivery, f"outbox.{state.value}", problem)
    if state in (DeliveryState.SENT, DeliveryState.DROPPED):
        outbox_waiting.forget(work, delivery.message_id)


def _tell(
    actor: Actor, work: Work, delivery: OutboxDelivery, action: str, problem: str | None
) -> None:
    trail.changed(
        actor,
        work,
        action,
        object_type="outbox_delivery",
        object_id=delivery.id,
        detail={"way": delivery.way, "attempts": delivery.attempts, "problem": problem},
    )


def _forget_expired(work: Work) -> None:
    """Take the values of messages away whose time is over, delivered or not."""
    work.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.values_sealed.is_not(None), OutboxMessage.expires_at <= work.now())
        .values(values_sealed=None)
        .execution_options(synchronize_session=False)
    )
