"""The report of repair tickets: each step against its limit, breaches, ratings, load (3.2, 3.1.3).

It counts tickets entered in the time asked about. A clock is met by the step that it waited for;
where a ticket went back to be assigned, was given to another or was paused, it was not met and
does not count. What was closed by time is no rating.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Building
from pcloud_cli.models.ticket import (
    ConfirmSource,
    Ticket,
    TicketBreach,
    TicketClock,
    TicketState,
    TicketStep,
)
from pcloud_cli.output.chart import ChartKind
from pcloud_cli.output.columns import Column, Columns
from pcloud_cli.services import fault_type
from pcloud_cli.services.report.declare import Report, Scope, Section, counted
from pcloud_cli.services.ticket.clock import BREACH
from pcloud_cli.services.ticket.flow import TITLES
from pcloud_cli.services.ticket.listing import visible
from pcloud_cli.services.ticket.words import CLOCKS
from pcloud_cli.sheets.house import HouseRef, house_text

Rows = Sequence[dict[str, Any]]

MET = {
    TicketClock.ACCEPT: ("accept",),
    TicketClock.ASSIGN: ("assign",),
    TicketClock.TAKE: ("take",),
    TicketClock.ARRIVE: ("arrive", "no_access"),
    TicketClock.COMPLETE: ("complete",),
    TicketClock.CONFIRM: ("confirm",),
}
"""By which step each clock is met."""

_HINDERED = ("return", "reassign", "pause", "no_access", "appoint")
_CONTENT = 4
_TENTH, _SHARE = Decimal("0.1"), Decimal("0.0001")

STEPS: Columns = (
    Column("key", N_("Key"), detail=True),
    Column("label", N_("Step")),
    Column("count", N_("Done"), right=True),
    Column("in_time", N_("In time"), right=True),
    Column("share", N_("Share"), right=True),
    Column("median", N_("Median (min)"), right=True),
    Column("ninth", N_("90 of 100 within (min)"), right=True),
)
BREACHES: Columns = (
    Column("key", N_("Key"), detail=True),
    Column("label", N_("Who had it")),
    Column("count", N_("Overrun"), right=True),
    Column("share", N_("Share"), right=True),
    Column("clocks", N_("Which step")),
    Column("reasons", N_("What came before")),
)
RATINGS: Columns = (
    Column("key", N_("Key"), detail=True),
    Column("label", N_("Label")),
    Column("count", N_("Tickets"), right=True),
    Column("completed", N_("Completed"), right=True),
    Column("rated", N_("Rated"), right=True),
    Column("score", N_("Score"), right=True),
    Column("share", N_("Of them content"), right=True),
)
RATES: Columns = (
    Column("key", N_("Key"), detail=True),
    Column("label", N_("Figure")),
    Column("count", N_("Counted"), right=True),
    Column("of", N_("Of"), right=True),
    Column("share", N_("Share"), right=True),
)


def _asked(scope: Scope) -> ColumnElement[bool]:
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
            _asked(scope),
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


def _steps(work: Work, scope: Scope) -> Rows:
    rows = []
    for clock, met in _met(work, scope).items():
        minutes = sorted(took for took, _in_time in met)
        in_time = sum(in_time for _took, in_time in met)
        rows.append(
            {
                "key": clock.value,
                "label": _(CLOCKS[clock]),
                "count": len(met),
                "in_time": in_time,
                "share": _part(in_time, len(met)),
                "median": _quantile(minutes, 50),
                "ninth": _quantile(minutes, 90),
            }
        )
    return rows


def _quantile(ordered: Sequence[float], percent: int) -> Decimal | None:
    """Return the least value that `percent` of 100 do not exceed, None where there is none."""
    if not ordered:
        return None
    place = -(-len(ordered) * percent // 100) - 1
    return Decimal(ordered[max(place, 0)]).quantize(_TENTH)


def _part(count: int, of: int) -> Decimal | None:
    return (Decimal(count) / of).quantize(_SHARE) if of else None


def _breaches(work: Work, scope: Scope) -> Rows:
    """Return who had what was overrun, which steps, and what had come in between."""
    query = (
        select(TicketBreach, Account.staff_number)
        .join(
            Ticket,
            and_(
                Ticket.community_id == TicketBreach.community_id,
                Ticket.id == TicketBreach.ticket_id,
            ),
        )
        .outerjoin(Account, Account.id == TicketBreach.handler_id)
        .where(_asked(scope), TicketBreach.level == BREACH)
        .order_by(TicketBreach.due_at)
    )
    found = work.session.execute(query).all()
    before = _hindered(work, {breach.ticket_id for breach, _number in found})
    by: dict[str, list[TicketBreach]] = {}
    for breach, number in found:
        by.setdefault(number or "", []).append(breach)
    return [
        {
            "key": number or "nobody",
            "label": number or _("with nobody"),
            "count": len(breaches),
            "share": _part(len(breaches), len(found)),
            "clocks": _told(CLOCKS, [each.clock for each in breaches]),
            "reasons": _told(
                TITLES,
                [
                    step
                    for each in breaches
                    for step, at in before.get(each.ticket_id, ())
                    if at <= each.due_at
                ],
            ),
        }
        for number, breaches in sorted(by.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _hindered(work: Work, tickets: set[bytes]) -> dict[bytes, list[tuple[str, Any]]]:
    ids = sorted(tickets)
    found: dict[bytes, list[tuple[str, Any]]] = {}
    for at in range(0, len(ids), 500):
        query = select(TicketStep.ticket_id, TicketStep.step, TicketStep.at).where(
            TicketStep.ticket_id.in_(ids[at : at + 500]), TicketStep.step.in_(_HINDERED)
        )
        for ticket_id, step, moment in work.session.execute(query):
            found.setdefault(ticket_id, []).append((step, moment))
    return found


def _told(words: Mapping[Any, str], codes: Iterable[str]) -> str:
    counts: dict[str, int] = {}
    for code in codes:
        counts[code] = counts.get(code, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return _(", ").join(f"{_(words[code])} {count}" for code, count in ordered)


def _rated(work: Work, scope: Scope, group: ColumnElement[Any]) -> list[Any]:
    """Return (group, tickets, completed, rated, sum of scores, content) by `group`."""
    inner = (
        select(
            group.label("key"),
            Ticket.completed_at.label("completed_at"),
            Ticket.score.label("score"),
        )
        .select_from(Ticket)
        .where(_asked(scope))
        .subquery()
    )
    query = select(
        inner.c.key,
        func.count(),
        func.count(inner.c.completed_at),
        func.count(inner.c.score),
        func.coalesce(func.sum(inner.c.score), 0),
        func.count().filter(inner.c.score >= _CONTENT),
    ).group_by(inner.c.key)
    return list(work.session.execute(query))


def _ratings(rows: Iterable[Any], names: Mapping[Any, str], nothing: str) -> Rows:
    return [
        {
            "key": names.get(key, str(key)) if key is not None else "",
            "label": names.get(key, str(key)) if key is not None else nothing,
            "count": count,
            "completed": completed,
            "rated": rated,
            "score": (Decimal(total) / rated).quantize(_TENTH) if rated else None,
            "share": _part(content, rated),
        }
        for key, count, completed, rated, total, content in sorted(
            rows, key=lambda row: (-row[1], names.get(row[0], ""))
        )
    ]


def _by_handler(work: Work, scope: Scope) -> Rows:
    rows = _rated(work, scope, Ticket.__table__.c.handler_id)
    query = select(Account.id, Account.staff_number)
    found = {row[0] for row in rows if row[0] is not None}
    names = {id_: number for id_, number in work.session.execute(query) if id_ in found}
    return _ratings(rows, names, _("with nobody"))


def _by_fault(work: Work, scope: Scope) -> Rows:
    names = {code: _(name) for code, name in fault_type.names(work).items()}
    return _ratings(_rated(work, scope, Ticket.__table__.c.fault_type), names, _("unknown"))


def _by_building(work: Work, scope: Scope) -> Rows:
    rows = _rated(work, scope, Ticket.__table__.c.building_id)
    query = select(Building.id, Building.section_name, Building.name).where(
        scope.sight.within(Building.community_id)
    )
    names = {
        id_: house_text(HouseRef(section, name, "", "", "", ""))
        for id_, section, name in work.session.execute(query)
    }
    return _ratings(rows, names, _("no building"))


def _by_state(work: Work, scope: Scope) -> Rows:
    from pcloud_cli.services.ticket.words import STATES

    query = select(Ticket.state, func.count()).where(_asked(scope)).group_by(Ticket.state)
    return counted(((state, count) for state, count in work.session.execute(query)), STATES)


def _rates(work: Work, scope: Scope) -> Rows:
    """Return 及时率, 完成率, 满意度, 回访率; what was closed by time is beside, not in them."""
    met = [in_time for each in _met(work, scope).values() for _took, in_time in each]
    late_open = _count(
        work, scope, Ticket.deadline_at < work.now(), Ticket.state != TicketState.PAUSED.value
    )
    accepted = _count(work, scope, Ticket.accepted_by.is_not(None))
    completed = _count(work, scope, Ticket.completed_at.is_not(None))
    rated = _count(work, scope, Ticket.score.is_not(None))
    content = _count(work, scope, Ticket.score >= _CONTENT)
    called = _count(work, scope, Ticket.completed_at.is_not(None), _reached())
    closed = _count(work, scope, Ticket.state == TicketState.CLOSED.value)
    figures = (
        ("in_time", N_("in time"), sum(met), len(met) + late_open),
        ("completed", N_("completed of what was accepted"), completed, accepted),
        ("content", N_("content (4 or 5) of what was rated"), content, rated),
        ("called_back", N_("reached by call back, of what was completed"), called, completed),
        ("closed", N_("closed by time, of what was completed"), closed, completed),
    )
    return [
        {"key": key, "label": _(label), "count": count, "of": of, "share": _part(count, of)}
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


def _count(work: Work, scope: Scope, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Ticket).where(_asked(scope), *conditions)
    return work.session.scalar(query) or 0


REPORT = Report(
    name="tickets",
    title=N_("Repair tickets"),
    question=N_("Is each step done in its time, and are those who reported it content?"),
    clause="3.2",
    permission="report.tickets",
    sections=(
        Section("rates", N_("Figures"), _rates, columns=RATES),
        Section("steps", N_("Each step against its limit"), _steps, columns=STEPS),
        Section("breaches", N_("Limits overrun: who had it, and why"), _breaches, columns=BREACHES),
        Section("state", N_("How far they are"), _by_state, ChartKind.PIE),
        Section("handler", N_("By technician"), _by_handler, columns=RATINGS),
        Section("fault", N_("By fault type"), _by_fault, columns=RATINGS),
        Section("building", N_("By building"), _by_building, columns=RATINGS),
    ),
)
