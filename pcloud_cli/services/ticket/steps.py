"""Doing a step: the only code that moves a ticket (2.3.2).

A step is looked up in `flow`, then: may this actor, from this state, with what was given? What it
changes besides is in `effects`, the clock in `clock`, who is told in `notices`. Each is one event
in the ticket's own history, and one in the trail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.ids import id_text
from pcloud_cli.models.ticket import Ticket, TicketClock, TicketState, TicketStep, Urgency
from pcloud_cli.security.canonical import canonical_json
from pcloud_cli.services import permission, policy, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy_ticket import TicketPolicy
from pcloud_cli.services.ticket import clock, finding, permitted, record
from pcloud_cli.services.ticket.flow import END, STEPS, Step


@dataclass(frozen=True)
class Given:
    """What came with a step; which of it must be there, the step's row in `flow` says."""

    reason: str | None = None
    note: str | None = None
    handler: str | None = None
    """A staff number."""
    begins: datetime | None = None
    until: datetime | None = None
    kind: str | None = None
    score: int | None = None
    source: str | None = None
    reached: bool | None = None
    """Whether somebody answered the call back."""
    main: str | None = None
    """The number of another ticket."""
    responsibility: str | None = None
    """A code of `Responsibility`."""
    fault: str | None = None
    """A fault type, by code or name."""
    checked: bool = False
    """What was entered was looked at on site, and is right."""
    content: str | None = None
    """What the content should say."""
    place: str | None = None
    """Where it really is."""
    firm: str | None = None
    """The name of a maintenance firm."""
    promised: datetime | None = None
    """Until when the firm promised it."""
    at: datetime | None = None
    """When it was, where that is not now."""
    without_photo: str | None = None
    """Why there is no photo of what should have one."""
    inspection: bool = False
    """It was looked at only; nothing was done yet."""
    quote: int | None = None
    """The number of a quote of the ticket."""
    for_firm: bool = False
    """It is entered for the firm that has the ticket (代录)."""
    items: tuple[str, ...] = ()
    """Items of the price list, like ``SD01=2``."""
    materials: tuple[str, ...] = ()
    """Materials, like ``角阀*2=35.00``."""
    parts: tuple[str, ...] = ()
    """Parts that went in, like ``角阀*2``."""
    cost: str | None = None
    """Yuan, as written."""
    minutes: int | None = None
    """Of work."""


_OPTIONS = {
    "reason": "--reason",
    "note": "--note",
    "handler": "--to",
    "begins": "--from",
    "until": "--until",
    "kind": "--kind",
    "score": "--score",
    "source": "--source",
    "reached": "--reached",
    "main": "--to",
    "responsibility": "--to",
    "firm": "--firm",
    "promised": "--promised",
}


@dataclass
class Change:
    """A step being done. Effects may add to `detail`, which holds nothing personal."""

    actor: Actor
    work: Work
    ticket: Ticket
    step: Step
    given: Given
    now: datetime
    policy: TicketPolicy
    before: str | None
    position: int = 1
    """Of the step in the ticket's history."""
    keeps_clock: bool = False
    """An effect says that the running clock goes on, whatever the table starts."""
    former_handler: bytes | None = None
    former_appointment: tuple[datetime | None, datetime | None] = (None, None)
    former_content: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    recorded_at: datetime | None = None
    """When the step stands in the history, where that is not `now`."""
    afterwards: list[Callable[[], object]] = field(default_factory=list)
    """What goes with the step once it is written: steps of other tickets."""


def move(actor: Actor, work: Work, reference: str, code: str, given: Given) -> dict[str, Any]:
    """Do the step `code` on the ticket of number `reference` and return it as a record.

    Raises NotFound, NotAllowed (with evidence), Conflict where the ticket's state does not allow
    the step, UsageProblem where something that the step needs is missing or wrong.
    """
    ticket = found(actor, work, reference, code)
    moved(actor, work, ticket, code, given)
    return record.of(work, ticket)


def found(actor: Actor, work: Work, reference: str, code: str) -> Ticket:
    """Return the ticket of number `reference` for the step `code`, locked where `work` writes.

    Whoever may do the step nowhere is refused first: they are not told which tickets there are.
    Raises as `finding.one` does.
    """
    if serving := STEPS[code].serving:
        permission.require_one_somewhere(actor, work, serving)
    return finding.one(actor, work, reference, lock=work.write)


def moved(actor: Actor, work: Work, ticket: Ticket, code: str, given: Given) -> Ticket:
    """Do the step `code` on a locked `ticket` and return it; raises as `move` does."""
    permitted.require(actor, work, ticket, STEPS[code])
    return _done(actor, work, ticket, STEPS[code], given, work.now())


def alongside(change: Change, ticket: Ticket, code: str, given: Given) -> Ticket:
    """Do the step `code` on another locked `ticket`, which goes with the step of `change`.

    Whoever may do that one may; the rest is as in `moved`.
    """
    return _done(change.actor, change.work, ticket, STEPS[code], given, change.now)


def by_system(
    actor: Actor,
    work: Work,
    ticket: Ticket,
    code: str,
    given: Given | None = None,
    *,
    at: datetime | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Ticket:
    """Do a step of the system on a locked `ticket` as of the moment `at`, now without one.

    The caller has made sure that `actor` may do what brings it about. `detail` stands in the step.
    What people do the system does of emergencies alone. Raises Conflict where the ticket's state
    does not allow it.
    """
    step = STEPS[code]
    if not step.system or (step.allowed and ticket.urgency != Urgency.URGENT):
        raise ValueError(f"{code} is done by people")
    return _done(actor, work, ticket, step, given or Given(), at or work.now(), detail)


def _done(
    actor: Actor,
    work: Work,
    ticket: Ticket,
    step: Step,
    given: Given,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> Ticket:
    from pcloud_cli.services.ticket import effects, emergency, notices, overrun, third_party

    before = TicketState(ticket.state)
    permitted.must_be_in_state(actor, work, ticket, step)
    _must_be_given(step, given)
    last, last_at = _last(work, ticket)
    position = 1 + last
    change = Change(
        actor,
        work,
        ticket,
        step,
        given,
        now,
        policy.of_number(work, TicketPolicy, ticket.policy_number),
        before.value,
        position,
        former_handler=ticket.handler_id,
        former_appointment=(ticket.appointed_from, ticket.appointed_until),
        # what was due before the last step, and is found after it, is found then
        recorded_at=min(max(now, last_at), work.now()),
        detail=dict(detail or {}),
    )
    stopped = (ticket.clock, ticket.clock_began_at, ticket.deadline_at)
    unseen = overrun.unseen(change)
    effect = effects.EFFECTS.get(step.code)
    # a query in between must not write the ticket half changed
    with work.session.no_autoflush:
        third_party.entered(change)
        if step.target is not None:
            ticket.state = step.target.value
        if effect is not None:
            effect(change)
        _clock(change, position)
    ticket.version += 1
    # a pause keeps its clock, an appointment moves it: neither is what the clock waited for
    stops = step.clock not in (None, TicketClock.RESUME) and not change.keeps_clock
    write(change, position, stopped if stops else None)
    overrun.catch_up(change, unseen)
    notices.tell(change)
    for act in change.afterwards:
        act()
    emergency.at_once(change)
    return ticket


def write(
    change: Change,
    position: int,
    stopped: tuple[str | None, datetime | None, datetime | None] | None,
) -> None:
    """Append a step to the ticket's history and to the trail; `stopped` is the clock it ended."""
    work, ticket, code = change.work, change.ticket, change.step.code
    given, former = change.given, change.former_content
    said = "\n".join(
        text.strip()
        for text in (given.reason or given.note, given.place, given.without_photo)
        if text and text.strip()
    )
    clock_name, began, deadline = stopped or (None, None, None)
    id_, seal = work.ids(), work.keys.field_cipher().seal
    work.session.add(
        TicketStep(
            id=id_,
            community_id=ticket.community_id,
            ticket_id=ticket.id,
            position=position,
            step=code,
            from_state=change.before,
            to_state=ticket.state,
            at=change.recorded_at or change.now,
            by_kind=change.actor.kind,
            by_id=change.actor.account_id,
            handler_id=ticket.handler_id,
            clock=clock_name,
            clock_began_at=began,
            deadline_at=deadline,
            note_sealed=seal("ticket_step", "note_sealed", id_, said) if said else None,
            former_sealed=seal("ticket_step", "former_sealed", id_, former) if former else None,
            detail=canonical_json(change.detail).decode(),
        )
    )
    work.session.flush()
    trail.changed(
        change.actor,
        work,
        f"ticket.{code}",
        object_type="ticket",
        object_id=ticket.id,
        community_id=ticket.community_id,
        detail={
            "number": ticket.number,
            "position": position,
            "from": change.before,
            "to": ticket.state,
            "handler": id_text(ticket.handler_id) if ticket.handler_id else None,
            **change.detail,
        },
    )


def _must_be_given(step: Step, given: Given) -> None:
    for name in step.needs:
        value = getattr(given, name)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise UsageProblem(
                _("This step needs {option}.").format(option=_OPTIONS[name]),
                hint=_("Give {option}.").format(option=_OPTIONS[name]),
            )


def _clock(change: Change, position: int) -> None:
    """Start what the step starts, unless an effect has set a clock of its own already."""
    ticket, step = change.ticket, change.step
    if change.keeps_clock:
        return
    if step.clock == END:
        clock.run(ticket, None, position)
    elif change.detail.get("clock"):
        ticket.clock_step = position
    elif isinstance(step.clock, TicketClock) and step.clock is not TicketClock.RESUME:
        # accepting and assigning share one limit, which goes on running (3.2.2)
        began = (ticket.clock_began_at if step.code == "accept" else None) or change.now
        running = clock.started(change.policy, ticket, step.clock, began, change.now)
        clock.run(ticket, running, position)


def _last(work: Work, ticket: Ticket) -> tuple[int, datetime]:
    query = select(TicketStep.position, TicketStep.at).where(TicketStep.ticket_id == ticket.id)
    last = work.session.execute(query.order_by(TicketStep.position.desc()).limit(1)).first()
    return (0, ticket.submitted_at) if last is None else (last[0], last[1])
