"""Giving waiting tickets to technicians by the plan over all of them at once (3.2.2).

What the plan knows comes from here: who is on shift, with which skills, how much they have; what
waits, where, until when. What it decides is done as steps like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.house import House
from pcloud_cli.models.ticket import IN_HAND, Ticket, TicketClock, TicketState, Urgency
from pcloud_cli.services import fault_type, policy, roster, sight
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.dispatch import situation as known
from pcloud_cli.services.dispatch.cost import Parts
from pcloud_cli.services.dispatch.explain import explain
from pcloud_cli.services.dispatch.plan import Given, Left, Plan, plan
from pcloud_cli.services.dispatch.situation import Place, Situation, Technician
from pcloud_cli.services.policy_ticket import TicketPolicy
from pcloud_cli.services.ticket import alarm, clock, listing, permitted, record, steps
from pcloud_cli.services.ticket.flow import STEPS
from pcloud_cli.services.words import Words

ASSIGN = "ticket.assign"
MOST = 300
"""Tickets in one plan at most; the most pressing first."""

_FAIR_DAYS = 14
_TURN_MINUTES = 45

REASONS: Words = {
    "nobody": N_("nobody is on shift"),
    "no_skill": N_("nobody on shift has the skill"),
    "out_of_scope": N_("nobody on shift works there"),
    "off_shift": N_("nobody who could is on shift"),
    "at_limit": N_("everybody who could has as much as they get"),
    "shift_ends": N_("nobody could be there before the shift ends"),
    "others_first": N_("more pressing tickets go first"),
}
"""Why nobody gets a ticket, by code, translated where printed."""

REFUSALS: Words = {
    "no_skill": N_("lacks the skill"),
    "out_of_scope": N_("does not work there"),
    "off_shift": N_("is not on shift"),
    "at_limit": N_("has as much as they get"),
    "shift_ends": N_("the shift ends before"),
}
"""Why one technician cannot get a ticket, by code, translated where printed."""


def planned(
    actor: Actor, work: Work, references: Sequence[str], *, community: str | None = None
) -> tuple[list[dict[str, Any]], Situation, Plan]:
    """Plan the tickets `references`, or all that wait to be assigned, and give them out.

    Returns what became of each, the most pressing first: the ticket as a record with `assigned`,
    `reason` (a code of `REASONS` where nobody gets it), `there_at`, `turn` and the `cost` by part.
    Beside it the situation and the plan, to be explained. Whoever is left to nobody is reported to
    the supervisors. Raises Conflict where a ticket does not wait to be assigned.
    """
    tickets = _waiting(actor, work, references, community)
    situation = seen(work, tickets)
    made = plan(situation)
    by_id = {ticket.id: ticket for ticket in tickets}
    rows: list[tuple[Ticket, Given | Left, str | None]] = []
    for given in made.given:
        ticket = by_id[given.ticket_id]
        steps.moved(actor, work, ticket, "assign", steps.Given(handler=given.staff_number))
        rows.append((ticket, given, None))
    for left in made.left:
        ticket = by_id[left.ticket_id]
        alarm.left_to_nobody(work, ticket)
        rows.append((ticket, left, left.reason.value))
    rows.sort(key=lambda row: (row[0].urgency != Urgency.URGENT, row[0].number))
    records = record.of_all(work, [ticket for ticket, _outcome, _reason in rows])
    return (
        [
            {**shown, **_outcome(outcome, reason)}
            for shown, (_ticket, outcome, reason) in zip(records, rows, strict=True)
        ],
        situation,
        made,
    )


def explained(situation: Situation, made: Plan, number: int) -> list[dict[str, Any]]:
    """Return every technician for the ticket `number`: what it would cost more, or why not."""
    found = explain(situation, made, number)
    return [
        {
            "staff_number": choice.staff_number,
            "planned": choice.planned,
            "refusal": choice.refusal.value if choice.refusal is not None else None,
            "turn": choice.turn,
            "instead_of": choice.instead_of,
            "more": None if choice.more is None else _parts(choice.more),
        }
        for choice in found.choices
    ]


def seen(
    work: Work,
    tickets: Sequence[Ticket],
    *,
    by_skill: bool = True,
    without: frozenset[bytes] = frozenset(),
) -> Situation:
    """Return the situation for `tickets`: who is on shift where they are, and what these have.

    Without `by_skill` the faults need none. The accounts `without` are as if not on shift.
    """
    now = work.now()
    found: dict[bytes, _Able] = {}
    for community_id in sorted({ticket.community_id for ticket in tickets}):
        for one in roster.on_shift(work, community_id, now):
            if one.account_id in without:
                continue
            able = found.setdefault(one.account_id, _Able(one))
            able.add(community_id, one)
    hands = _hands(work, sorted(found))
    worked = _worked(work, sorted(found), now - timedelta(days=_FAIR_DAYS))
    faults = fault_type.every(work) if by_skill else {}
    units = _units(work, [*tickets, *(each for held in hands.values() for each in held)])
    return Situation(
        now=now,
        tickets=tuple(
            known.Ticket(
                id=ticket.id,
                number=ticket.number,
                place=_place(ticket, units),
                due_at=_wanted_at(work, ticket),
                skills=frozenset(
                    faults[ticket.fault_type].skills if ticket.fault_type in faults else ()
                ),
                urgency=_rank(ticket),
            )
            for ticket in tickets
        ),
        technicians=tuple(
            Technician(
                id=account_id,
                staff_number=able.staff_number,
                skills=able.skills,
                scope=frozenset(able.scope),
                limit=able.limit,
                on_shift_until=able.until,
                open=tuple(
                    known.OpenTicket(
                        place=_place(held, units),
                        due_at=held.appointed_until or held.deadline_at or now,
                        urgency=_rank(held),
                        begun=held.state == TicketState.ON_SITE,
                    )
                    for held in hands.get(account_id, ())
                ),
                worked_minutes=worked.get(account_id, 0) * _TURN_MINUTES,
            )
            for account_id, able in found.items()
        ),
    )


class _Able:
    """A technician on shift, in one community or several."""

    def __init__(self, one: roster.OnShift) -> None:
        self.staff_number, self.skills, self.limit = one.staff_number, one.skills, one.limit
        self.until = one.ends_at
        self.scope: set[Place] = set()

    def add(self, community_id: bytes, one: roster.OnShift) -> None:
        self.until = max(self.until, one.ends_at)
        if one.buildings is None:
            self.scope.add(Place(community_id.hex()))
        else:
            self.scope |= {Place(community_id.hex(), each.hex()) for each in one.buildings}


def _waiting(
    actor: Actor, work: Work, references: Sequence[str], community: str | None
) -> list[Ticket]:
    if references:
        found = [steps.found(actor, work, each, "assign") for each in references]
        for ticket in found:
            permitted.require(actor, work, ticket, STEPS["assign"])
            if ticket.state != TicketState.ACCEPTED:
                raise Conflict(
                    _("Ticket {number} does not wait to be assigned.").format(number=ticket.number),
                    hint=_("`pcloud ticket reassign` gives what somebody has to another."),
                    code="wrong_state",
                )
        return list({ticket.id: ticket for ticket in found}.values())
    reach = sight.of(actor, work, ASSIGN, community)
    query = (
        select(Ticket)
        .where(listing.visible(reach), Ticket.state == TicketState.ACCEPTED.value)
        .order_by(Ticket.urgency.desc(), Ticket.deadline_at, Ticket.number)
        .limit(MOST)
    )
    if work.write:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = list(work.session.scalars(query))
    if not found:
        raise UsageProblem(
            _("No ticket waits to be assigned."),
            hint=_("`pcloud ticket list --open` shows how far each is."),
            code="nothing_waits",
        )
    return found


def _hands(work: Work, accounts: Sequence[bytes]) -> dict[bytes, list[Ticket]]:
    """Return the open tickets of each account, those first due first."""
    found: dict[bytes, list[Ticket]] = {}
    query = (
        select(Ticket)
        .where(Ticket.handler_id.in_(accounts), Ticket.state.in_(IN_HAND))
        .order_by(Ticket.deadline_at, Ticket.number)
    )
    for ticket in work.session.scalars(query):
        found.setdefault(ticket.handler_id or b"", []).append(ticket)
    return found


def _worked(work: Work, accounts: Sequence[bytes], since: datetime) -> dict[bytes, int]:
    """Return how many repairs each account has completed since then."""
    query = (
        select(Ticket.handler_id, func.count())
        .where(Ticket.handler_id.in_(accounts), Ticket.completed_at >= since)
        .group_by(Ticket.handler_id)
    )
    return {account_id: count for account_id, count in work.session.execute(query) if account_id}


def _units(work: Work, tickets: Sequence[Ticket]) -> dict[bytes, str]:
    """Return the unit of the house of each ticket that has one."""
    ids = sorted({ticket.house_id for ticket in tickets if ticket.house_id is not None})
    found: dict[bytes, str] = {}
    for at in range(0, len(ids), 500):
        query = select(House.id, House.unit_name).where(House.id.in_(ids[at : at + 500]))
        found.update({row.id: row.unit_name for row in work.session.execute(query)})
    return found


def _place(ticket: Ticket, units: dict[bytes, str]) -> Place:
    return Place(
        ticket.community_id.hex(),
        ticket.building_id.hex() if ticket.building_id else "",
        units.get(ticket.house_id, "") if ticket.house_id and ticket.building_id else "",
    )


def _wanted_at(work: Work, ticket: Ticket) -> datetime:
    """Return when somebody should be there: at the appointment, else after the steps before."""
    if ticket.appointed_until is not None:
        return ticket.appointed_until
    rules = policy.of_number(work, TicketPolicy, ticket.policy_number)
    spans = (TicketClock.ACCEPT, TicketClock.TAKE, TicketClock.ARRIVE)
    began = ticket.clock_began_at or ticket.submitted_at
    return began + sum((clock.limit(rules, ticket, each) for each in spans), timedelta())


def _rank(ticket: Ticket) -> int:
    return known.URGENT if ticket.urgency == Urgency.URGENT else known.NORMAL


def _outcome(outcome: Given | Left, reason: str | None) -> dict[str, Any]:
    given = outcome if isinstance(outcome, Given) else None
    return {
        "assigned": given is not None,
        "reason": reason,
        "there_at": given.there_at if given else None,
        "turn": given.turn if given else None,
        "cost": _parts(outcome.parts),
    }


def _parts(parts: Parts) -> dict[str, int]:
    return {each.name: getattr(parts, each.name) for each in fields(parts)}
