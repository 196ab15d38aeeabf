"""Whose matter a repair is (责任归属): proposed with its reasons, decided by a person.

Nothing is decided by itself. What was proposed, and why, stands in the step that decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.community import Community
from pcloud_cli.models.ticket import Responsibility, Ticket
from pcloud_cli.services import fault_type, maintenance_firm, warranty
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import finding, joining, permitted, quoting, record, steps
from pcloud_cli.services.ticket.flow import STEPS
from pcloud_cli.services.ticket.steps import Change, Given
from pcloud_cli.services.ticket.words import RESPONSIBILITIES
from pcloud_cli.services.words import understood

_NAMES = (
    "id",
    "number",
    "community",
    "place",
    "fault_type",
    "fault_name",
    "state",
    "responsibility",
    "firm",
    "promised_at",
    "zone",
)


_ALSO = dict.fromkeys(("维保", "维保单位", "第三方", "firm"), Responsibility.THIRD_PARTY.value)
"""What else people call whose matter it is."""


@dataclass(frozen=True)
class Proposal:
    """Whose matter it seems to be, None where nothing can be said, and `why`, a code of `WHY`.

    `until` is the last day of the warranty of `part`, which began at `start`, the hand-over of
    the ``house`` or the ``building`` (`start_of`).
    """

    responsibility: str | None
    why: str
    part: str | None = None
    start: date | None = None
    start_of: str | None = None
    until: date | None = None


def look(actor: Actor, work: Work, reference: str) -> dict[str, Any]:
    """Return whose matter a ticket is, and what is proposed and why."""
    return _shown(work, finding.one(actor, work, reference))


@dataclass(frozen=True)
class Decision:
    """Whose matter it is: `to` is a code of `RESPONSIBILITIES` or its word.

    `firm`, a name, and `promised`, aware, go with a maintenance firm and with nothing else.
    """

    to: str
    reason: str | None = None
    firm: str | None = None
    promised: datetime | None = None


def decide(actor: Actor, work: Work, reference: str, decision: Decision) -> dict[str, Any]:
    """Decide whose matter a ticket is and return it as `look` does, with ``already``.

    What is the owner's own ends the ticket; a firm has it from now on, and gives it back where
    it is somebody else's matter again. To depart from what is proposed, or to decide anew, needs a
    reason. Raises as `steps.move` does.
    """
    said = _ALSO.get(decision.to.strip(), decision.to)
    code = understood(said, RESPONSIBILITIES, "--to")
    least = "entrust" if code == Responsibility.THIRD_PARTY else "responsibility"
    ticket = steps.found(actor, work, reference, least)
    step = _step(ticket, code)
    permitted.require(actor, work, ticket, STEPS[step])
    if step != "entrust" and (decision.firm or decision.promised):
        raise UsageProblem(
            _("A firm and its promise go with a firm's matter alone."),
            hint=_("Leave --firm and --promised out, or give --to third_party."),
        )
    already = ticket.responsibility == code and not _news(work, ticket, decision)
    if not already:
        given = Given(
            responsibility=code,
            reason=decision.reason,
            firm=decision.firm,
            promised=decision.promised,
        )
        steps.moved(actor, work, ticket, step, given)
    return {**_shown(work, ticket), "already": already}


def _step(ticket: Ticket, code: str) -> str:
    """Return which step of the table decides so."""
    if code == Responsibility.THIRD_PARTY:
        return "entrust"
    if code == Responsibility.OWNER:
        return "leave_to_owner"
    with_firm = ticket.promised_at is not None and ticket.completed_at is None
    return "recall" if with_firm else "responsibility"


def _news(work: Work, ticket: Ticket, decision: Decision) -> bool:
    """Return whether another firm or another promise is given than the ticket has."""
    firm = maintenance_firm.find(work, decision.firm) if decision.firm is not None else None
    if firm is not None and firm.id != ticket.firm_id:
        return True
    return decision.promised is not None and decision.promised != ticket.promised_at


def proposed(work: Work, ticket: Ticket) -> Proposal:
    """Return whose matter a ticket seems to be, by its fault type, its place and the warranty."""
    fault = _fault(work, ticket)
    if fault is None:
        return Proposal(None, "no_fault_type")
    beyond = Responsibility.PROPERTY if ticket.house_id is None else Responsibility.PAID
    if fault.part is None:
        return Proposal(beyond, "no_part")
    months = warranty.months_of(work, fault.part)
    if months is None:
        return Proposal(None, "no_period", fault.part)
    start = warranty.start_of(work, ticket.house_id, ticket.building_id)
    if start is None:
        return Proposal(None, "no_start", fault.part)
    until = warranty.last_day(start.day, months)
    within = _day(work, ticket, ticket.called_at) <= until
    return Proposal(
        Responsibility.WARRANTY if within else beyond,
        "within" if within else "over",
        fault.part,
        start.day,
        start.of,
        until,
    )


def decided(change: Change) -> None:
    """Note whose matter the ticket is from now on, beside what was proposed."""
    ticket = change.ticket
    wanted = str(change.given.responsibility)
    needs_reason(change, wanted)
    if wanted == Responsibility.PAID and ticket.completed_at is not None:
        _was_agreed(change)
    note(change, wanted)
    ticket.responsibility = wanted


def _was_agreed(change: Change) -> None:
    """Refuse that the owner pays afterwards for what they did not agree to."""
    if quoting.agreed(change.work, change.ticket) is None:
        raise Conflict(
            _("Ticket {number} is done; the owner agreed to no quote before.").format(
                number=change.ticket.number
            ),
            hint=_("Decide otherwise, or open it again and quote."),
            code="not_agreed",
        )


def left_to_owner(change: Change) -> None:
    """End the ticket: the owner sees to it (业主自理)."""
    note(change, Responsibility.OWNER)
    ticket = change.ticket
    ticket.responsibility = Responsibility.OWNER.value
    ticket.firm_id = ticket.promised_at = None
    ticket.resume_state = ticket.resume_clock = ticket.rest_seconds = None
    ticket.ended_at = change.now
    joining.pass_on(change)


def note(change: Change, wanted: str) -> None:
    """Put into the step what is decided, what stood there, and what was proposed and why."""
    found = proposed(change.work, change.ticket)
    change.detail.update(
        {
            "responsibility": str(wanted),
            "responsibility_before": change.ticket.responsibility,
            "proposed": found.responsibility,
            "warranty": found.why,
            "warranty_until": found.until.isoformat() if found.until else None,
        }
    )


def needs_reason(change: Change, wanted: str) -> None:
    if (change.given.reason or "").strip():
        return
    if change.ticket.responsibility is not None:
        raise UsageProblem(
            _("To decide anew whose matter it is needs a reason."), hint=_("Give --reason.")
        )
    found = proposed(change.work, change.ticket).responsibility
    by_firm = wanted == Responsibility.THIRD_PARTY and found == Responsibility.PROPERTY
    if not by_firm and found not in (None, wanted):
        raise UsageProblem(
            _("Proposed is {proposed}; something else needs a reason.").format(
                proposed=_(RESPONSIBILITIES[found])
            ),
            hint=_("Give --reason."),
        )


def _shown(work: Work, ticket: Ticket) -> dict[str, Any]:
    found = proposed(work, ticket)
    shown = record.of(work, ticket)
    return {
        **{name: shown[name] for name in _NAMES},
        "proposed": found.responsibility,
        "why": found.why,
        "part": found.part,
        "start": found.start,
        "start_of": found.start_of,
        "until": found.until,
    }


def _fault(work: Work, ticket: Ticket) -> fault_type.Fault | None:
    if ticket.fault_type is None:
        return None
    try:
        return fault_type.find(work, ticket.fault_type, retired=True)
    except UsageProblem:
        return None


def _day(work: Work, ticket: Ticket, at: datetime) -> date:
    zone = work.session.get_one(Community, ticket.community_id).zone
    return at.astimezone(ZoneInfo(zone)).date()
