"""Whoever reported a repair is not content with it: it is opened again, and people hear (2.3.2).

A confirmation with a low score, however it is known, is a step of its own and keeps the score; the
ticket is then opened again, where policy says so. The score stays on the ticket until there is
another one, so that it counts however the ticket ends.
"""

from __future__ import annotations

from datetime import timedelta

from pcloud_cli.i18n import _
from pcloud_cli.models.community import Community
from pcloud_cli.models.ticket import TicketState
from pcloud_cli.services import outbox
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.ticket import steps
from pcloud_cli.services.ticket.steps import Change, Given

LOW = 2
"""The highest score of somebody who is not content."""

_HEAR = ("customer_service", "customer_service_lead", "maintenance_lead")


def confirmed(change: Change, score: int) -> None:
    """Let a ticket that is being confirmed with a low `score` be opened again afterwards."""
    if score <= LOW and change.policy.reopen_dissatisfied and in_time(change):
        change.afterwards.append(lambda: _reopen(change, score))


def in_time(change: Change) -> bool:
    """Say whether the ticket may still be opened again."""
    since = change.ticket.completed_at or change.now
    return change.now <= since + timedelta(days=change.policy.reopen_days)


def tell(change: Change) -> None:
    """Tell the desk and the leads of a low score; one that a call back gives to a confirmation
    is told of once."""
    score, code = change.given.score, change.step.code
    last = code == "confirm" or (code == "callback" and change.before != TicketState.COMPLETED)
    if not last or score is None or score > LOW:
        return
    community = change.work.session.get_one(Community, change.ticket.community_id)
    for role in _HEAR:
        outbox.queue(
            change.work,
            "ticket_dissatisfied",
            Recipient.role(role, community.id),
            {
                "number": str(change.ticket.number),
                "community": community.name,
                "score": str(score),
            },
            community_id=community.id,
        )


def _reopen(change: Change, score: int) -> None:
    reason = _("not content: score {score}").format(score=score)
    steps.alongside(change, change.ticket, "reopen", Given(reason=reason, score=score))
