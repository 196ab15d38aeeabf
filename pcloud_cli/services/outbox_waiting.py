"""What waits in the outbox: how much, and taking back what is no longer worth saying."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine, func, or_, select, update
from sqlalchemy.orm import Session

from pcloud_cli.db.engine import reader
from pcloud_cli.db.work import Work
from pcloud_cli.models.outbox import QUEUED, DeliveryState, OutboxDelivery, OutboxMessage
from pcloud_cli.services import trail
from pcloud_cli.services.actor import Actor


def count(engine: Engine) -> int:
    """Return how many deliveries wait."""
    with Session(bind=reader(engine)) as session:
        return session.scalar(select(func.count()).select_from(OutboxDelivery).where(QUEUED)) or 0


def supersede(
    actor: Actor, work: Work, about: Collection[bytes], templates: Collection[str]
) -> int:
    """Drop what waits of `templates` and tells of one of the things `about`; return how many.

    What is being sent at this moment is let go.
    """
    if not templates:
        return 0
    now = work.now()
    query = (
        select(OutboxDelivery)
        .join(OutboxMessage, OutboxMessage.id == OutboxDelivery.message_id)
        .where(
            OutboxMessage.about_id.in_(list(about)),
            OutboxMessage.template.in_(list(templates)),
            QUEUED,
            or_(OutboxDelivery.claimed_until.is_(None), OutboxDelivery.claimed_until <= now),
        )
        .with_for_update(skip_locked=True, of=OutboxDelivery)
        .execution_options(populate_existing=True)
    )
    found = work.session.scalars(query).all()
    for delivery in found:
        delivery.state = DeliveryState.DROPPED.value
        delivery.ended_at = now
        delivery.claim = delivery.claimed_until = None
        delivery.problem = "superseded"
        trail.changed(
            actor,
            work,
            "outbox.dropped",
            object_type="outbox_delivery",
            object_id=delivery.id,
            detail={"problem": delivery.problem},
        )
        forget(work, delivery.message_id)
    return len(found)


def forget(work: Work, message_id: bytes) -> None:
    """Take a message's values away once no delivery needs them any more.

    They may hold a password: what has arrived has no reason to stay.
    """
    work.session.flush()
    needed = select(OutboxDelivery.id).where(
        OutboxDelivery.message_id == message_id,
        OutboxDelivery.state.in_((DeliveryState.QUEUED.value, DeliveryState.DEAD.value)),
    )
    work.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, ~needed.exists())
        .values(values_sealed=None)
        .execution_options(synchronize_session=False)
    )
