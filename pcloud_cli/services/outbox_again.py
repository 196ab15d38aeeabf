"""What an administrator does with single deliveries: try again, or drop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.ids import id_text
from pcloud_cli.models.account import Account
from pcloud_cli.models.outbox import DeliveryState, OutboxDelivery, OutboxMessage
from pcloud_cli.services import outbox, outbox_waiting, permission, trail
from pcloud_cli.services.actor import Actor


def retry(actor: Actor, work: Work, ids: Sequence[bytes]) -> list[dict[str, Any]]:
    """Let deliveries be tried at once, with all their attempts before them; return them.

    `ids` are those of deliveries, or of whole messages for what of them is unfinished; none
    means all that were given up and whose time is not over. Raises NotFound for an id that is
    none, Conflict for one that was sent, dropped or is over, or is being delivered at this
    moment; then nothing changes.
    """
    permission.require(actor, work, "outbox.deliver")
    now = work.now()
    if ids:
        found = _found(work, ids)
    else:
        dead = (
            select(OutboxDelivery.id)
            .join(OutboxMessage)
            .where(
                OutboxDelivery.state == DeliveryState.DEAD.value,
                OutboxMessage.values_sealed.is_not(None),
                or_(OutboxMessage.expires_at.is_(None), OutboxMessage.expires_at > now),
            )
        )
        found = _locked(work, OutboxDelivery.id.in_(dead))
    for delivery in found:
        message = work.session.get_one(OutboxMessage, delivery.message_id)
        _refuse_finished(delivery)
        _refuse_held(work, delivery)
        over = message.expires_at is not None and message.expires_at <= now
        if over or message.values_sealed is None:
            raise Conflict(
                _("The time of message {id} is over.").format(id=id_text(delivery.id)),
                hint=_("What it says is gone. Drop it, and do again what caused it."),
            )
        delivery.state = DeliveryState.QUEUED.value
        delivery.attempts = 0
        delivery.due_at = now
        delivery.claim = delivery.claimed_until = delivery.ended_at = None
        trail.changed(
            actor,
            work,
            "outbox.retry",
            object_type="outbox_delivery",
            object_id=delivery.id,
            detail={"problem": delivery.problem},
        )
    work.session.flush()
    return _shown(work, found)


def drop(actor: Actor, work: Work, ids: Sequence[bytes], *, reason: str) -> list[dict[str, Any]]:
    """Take deliveries out for good and return them; dropping one once more changes nothing.

    What a message says is forgotten with its last delivery. Raises as `retry`.
    """
    permission.require(actor, work, "outbox.deliver")
    if not reason.strip():
        raise UsageProblem(_("Dropping needs a reason."), hint=_("Give --reason."))
    found = _found(work, ids)
    for delivery in found:
        if delivery.state == DeliveryState.DROPPED:
            continue
        _refuse_finished(delivery)
        _refuse_held(work, delivery)
        delivery.state = DeliveryState.DROPPED.value
        delivery.ended_at = work.now()
        delivery.claim = delivery.claimed_until = None
        trail.changed(
            actor,
            work,
            "outbox.dropped",
            object_type="outbox_delivery",
            object_id=delivery.id,
            reason=reason.strip(),
            detail={"problem": delivery.problem},
        )
        outbox_waiting.forget(work, delivery.message_id)
    work.session.flush()
    return _shown(work, found)


def _found(work: Work, ids: Sequence[bytes]) -> list[OutboxDelivery]:
    unfinished = OutboxDelivery.state.in_((DeliveryState.QUEUED.value, DeliveryState.DEAD.value))
    of_message = and_(OutboxDelivery.message_id.in_(ids), unfinished)
    found = _locked(work, or_(OutboxDelivery.id.in_(ids), of_message))
    known = {delivery.id for delivery in found} | {delivery.message_id for delivery in found}
    for each in ids:
        if each not in known:
            raise NotFound(
                _("There is no message {id}.").format(id=id_text(each)),
                hint=_("`pcloud outbox list --state all` shows all."),
            )
    return found


def _locked(work: Work, condition: Any) -> list[OutboxDelivery]:
    query = (
        select(OutboxDelivery)
        .where(condition)
        .order_by(OutboxDelivery.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(work.session.scalars(query))


def _refuse_finished(delivery: OutboxDelivery) -> None:
    if delivery.state in (DeliveryState.SENT, DeliveryState.DROPPED):
        raise Conflict(
            _("Message {id} is finished: {state}.").format(
                id=id_text(delivery.id), state=_(outbox.STATES[delivery.state])
            )
        )


def _refuse_held(work: Work, delivery: OutboxDelivery) -> None:
    if delivery.claimed_until is not None and work.now() < delivery.claimed_until:
        raise Conflict(
            _("Message {id} is being delivered at this moment.").format(id=id_text(delivery.id)),
            hint=_("Look again in some minutes."),
        )


def _shown(work: Work, found: Sequence[OutboxDelivery]) -> list[dict[str, Any]]:
    query = (
        select(OutboxDelivery, OutboxMessage, Account.staff_number)
        .join(OutboxMessage, OutboxMessage.id == OutboxDelivery.message_id)
        .outerjoin(Account, Account.id == OutboxDelivery.account_id)
        .where(OutboxDelivery.id.in_([delivery.id for delivery in found]))
        .order_by(OutboxDelivery.id)
    )
    return [outbox.record(*row) for row in work.session.execute(query)]
