"""What the report of repair tickets counts: each step against its limit, and the rates (3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.ticket import (
    Channel,
    ConfirmSource,
    Ticket,
    TicketBreach,
    TicketClock,
    TicketState,
    TicketStep,
)
from pcloud_cli.services.report.declare import Scope
from pcloud_cli.services.ticket import checking
from pcloud_cli.services.ticket.clock import BREACH
from pcloud_cli.services.ticket.listing import visible
from pcloud_cli.services.ticket.words import CLOCKS

Rows = Sequence[dict[str, Any]]

MET = {
    TicketClock.ACCEPT: ("accept", "reject"),
    TicketClock.ASSIGN: ("assign", "entrust"),
    TicketClock.TAKE: ("take",),
    TicketClock.ARRIVE: ("arrive",),
    TicketClock.COMPLETE: ("complete",),
    TicketClock.CONFIRM: ("confirm",),
}
"""By which steps each clock is met."""
_OURS = tuple(clock for clock in MET if clock is not TicketClock.CONFIRM)
"""The clocks that staff must meet; whether the reporter answers is not in their hands."""
_LEFT_OUT = (TicketState.CLOSED, TicketState.CANCELLED, TicketState.LINKED)
"""How a ticket ends that nobody is measured by."""
_SAID = (Channel.PHONE, Channel.COUNTER)
"""Channels in which staff enter what somebody says, in the minutes of policy (3.2.1)."""
CONTENT = 4
TENTH, _SHARE = Decimal("0.1"), Decimal("0.0001")


def asked(scope: Scope) -> ColumnElement[bool]:
    """Return the condition on `Ticket`: seen, and entered in the time asked about."""
    parts = [visible(scope.sight)]
    if scope.since is not None:
        parts.append(Ticket.submitted_at >= scope.since)
    if scope.until is not None:
        parts.append(Ticket.submitted_at < scope.until)
    return and_(*parts)


def _met(work: Work, scope: Scope) -> dict[TicketClock, list[tuple[float, bool]]]:
    """Return of each clock that was met how many minutes it took, and whether in time."""
    found: dict[TicketClock, list[tuple[float, bool]]] = {clock: [] for clock in MET}
    query = (
        select(TicketStep.clock, TicketStep.clock_began_at, TicketStep.at, TicketStep.deadline_at)
        .join(
            Ticket,
            and_(Ticket.community_id == TicketStep.community_id, Ticket.id == TicketStep.ticket_id),
        )
        .where(
            asked(scope),
            or_(
                *(
                    and_(TicketStep.clock == clock.value, TicketStep.step.in_(steps))
                    for clock, steps in MET.items()
                )
            ),
        )
    )
    for clock, began, at, deadline in work.session.execute(query):
        if clock is None or began is None or deadline is None:
            continue
        found[TicketClock(clock)].append(((at - began).total_seconds() / 60, at <= deadline))
    return found


def _late(work: Work, scope: Scope) -> dict[TicketClock, int]:
    """Return of each clock how often it was overrun, whatever ended it, and what is late now."""
    within = and_(
        Ticket.community_id == TicketBreach.community_id, Ticket.id == TicketBreach.ticket_id
    )
    found = dict.fromkeys(MET, 0)
    recorded = (
        select(TicketBreach.clock, func.count())
        .join(Ticket, within)
        .where(asked(scope), TicketBreach.level == BREACH)
        .group_by(TicketBreach.clock)
    )
    told = exists().where(
        TicketBreach.community_id == Ticket.community_id,
        TicketBreach.ticket_id == Ticket.id,
        TicketBreach.clock_step == Ticket.clock_step,
        TicketBreach.level == BREACH,
    )
    unseen = (  # by the next sweep
        select(Ticket.clock, func.count())
        .where(asked(scope), Ticket.deadline_at < work.now(), ~told)
        .group_by(Ticket.clock)
    )
    for query in (recorded, unseen):
        for clock, count in work.session.execute(query):
            if clock in found:
                found[TicketClock(clock)] += count
    return found


def steps(work: Work, scope: Scope) -> Rows:
    late = _late(work, scope)
    return [
        _entered(work, scope),
        *(
            _step(clock.value, _(CLOCKS[clock]), met, late[clock])
            for clock, met in _met(work, scope).items()
        ),
    ]


def _entered(work: Work, scope: Scope) -> dict[str, Any]:
    """Return how soon what was said to staff was entered after it was said (3.2.1)."""
    query = select(Ticket.called_at, Ticket.submitted_at, Ticket.late_entry).where(
        asked(scope), Ticket.channel.in_([each.value for each in _SAID])
    )
    met = [
        ((submitted - called).total_seconds() / 60, not late)
        for called, submitted, late in work.session.execute(query)
    ]
    return _step("enter", _("entered after the call"), met, sum(not each for _took, each in met))


def _step(key: str, label: str, met: Sequence[tuple[float, bool]], late: int) -> dict[str, Any]:
    minutes = sorted(took for took, _in_time in met)
    in_time = sum(each for _took, each in met)
    return {
        "key": key,
        "label": label,
        "count": len(met),
        "of": in_time + late,
        "in_time": in_time,
        "late": late,
        "share": part(in_time, in_time + late),
        "median": _quantile(minutes, 50),
        "ninth": _quantile(minutes, 90),
    }


def _quantile(ordered: Sequence[float], percent: int) -> Decimal | None:
    """Return the least value that `percent` of 100 do not exceed, None where there is none."""
    if not ordered:
        return None
    place = -(-len(ordered) * percent // 100) - 1
    return Decimal(ordered[max(place, 0)]).quantize(TENTH)


def part(count: int, of: int) -> Decimal | None:
    return (Decimal(count) / of).quantize(_SHARE) if of else None


def rates(work: Work, scope: Scope) -> Rows:
    """Return 及时率, 完成率, 满意度, 回访率; what was closed by time is beside, not in them."""
    met, late = _met(work, scope), _late(work, scope)
    in_time = sum(each for clock in _OURS for _took, each in met[clock])
    due = in_time + sum(late[clock] for clock in _OURS)
    counts = Ticket.state.not_in([each.value for each in _LEFT_OUT])
    done = Ticket.completed_at.is_not(None)
    accepted = _count(work, scope, counts, Ticket.accepted_by.is_not(None))
    completed = _count(work, scope, counts, done)
    rated = _count(work, scope, counts, Ticket.score.is_not(None))
    content = _count(work, scope, counts, Ticket.score >= CONTENT)
    called = _count(work, scope, counts, done, _reached())
    closed = _count(work, scope, Ticket.state == TicketState.CLOSED.value)
    again = _count(work, scope, counts, done, _reopened())
    written = and_(Ticket.channel.in_([each.value for each in _SAID]), done)
    entered = _count(work, scope, written)
    checked = _count(work, scope, written, ~checking.unchecked())
    figures = (
        ("in_time", N_("in time"), in_time, due),
        ("completed", N_("completed of what was accepted"), completed, accepted),
        ("content", N_("content (4 or 5) of what was rated"), content, rated),
        ("called_back", N_("reached by call back, of what was completed"), called, completed),
        ("closed", N_("closed by time, beside what was completed"), closed, closed + completed),
        ("reopened", N_("opened again, of what was completed"), again, completed),
        ("checked", N_("entries checked by a second person"), checked, entered),
    )
    return [
        {"key": key, "label": _(label), "count": count, "of": of, "share": part(count, of)}
        for key, label, count, of in figures
    ]


def _reached() -> ColumnElement[bool]:
    """Return the condition on `Ticket`: somebody was reached by a call back since it was done."""
    call = exists().where(
        TicketStep.community_id == Ticket.community_id,
        TicketStep.ticket_id == Ticket.id,
        TicketStep.step == "callback",
        TicketStep.at >= Ticket.completed_at,
        TicketStep.detail.contains('"reached":true', autoescape=True),
    )
    return or_(Ticket.confirm_source == ConfirmSource.CALLBACK.value, call)


def _reopened() -> ColumnElement[bool]:
    """Return the condition on `Ticket`: it was opened again, once at least (返修)."""
    return exists().where(
        TicketStep.community_id == Ticket.community_id,
        TicketStep.ticket_id == Ticket.id,
        TicketStep.step == "reopen",
    )


def _count(work: Work, scope: Scope, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Ticket).where(asked(scope), *conditions)
    return work.session.scalar(query) or 0
