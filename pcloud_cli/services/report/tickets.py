"""The report of repair tickets: each step against its limit, breaches, ratings, load (3.2, 3.1.3).

It counts tickets entered in the time asked about. A clock is met by the step that it waited for.
Due is what was met in time and what was overrun, whatever ended it: a ticket taken from somebody
late stays late. What was in time when it was taken back, given to another or paused counts neither
way, and neither does what the reporter leaves open. What was closed by time, cancelled or joined to
another is in no rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Building
from pcloud_cli.models.maintenance_firm import MaintenanceFirm
from pcloud_cli.models.ticket import (
    Ticket,
    TicketBreach,
    TicketStep,
)
from pcloud_cli.output.chart import ChartKind
from pcloud_cli.output.columns import Column, Columns
from pcloud_cli.services import fault_type
from pcloud_cli.services.report.declare import Report, Scope, Section, counted
from pcloud_cli.services.report.ticket_times import CONTENT, TENTH, Rows, asked, part, rates, steps
from pcloud_cli.services.ticket.clock import BREACH
from pcloud_cli.services.ticket.flow import TITLES
from pcloud_cli.services.ticket.words import CLOCKS
from pcloud_cli.sheets.house import HouseRef, house_text

_HINDERED = ("return", "reassign", "pause", "no_access", "appoint")

STEPS: Columns = (
    Column("key", N_("Key"), detail=True),
    Column("label", N_("Step")),
    Column("count", N_("Done"), right=True),
    Column("of", N_("Was due"), right=True),
    Column("in_time", N_("In time"), right=True),
    Column("late", N_("Overrun"), right=True),
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
        .where(asked(scope), TicketBreach.level == BREACH)
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
            "share": part(len(breaches), len(found)),
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
        .where(asked(scope))
        .subquery()
    )
    query = select(
        inner.c.key,
        func.count(),
        func.count(inner.c.completed_at),
        func.count(inner.c.score),
        func.coalesce(func.sum(inner.c.score), 0),
        func.count().filter(inner.c.score >= CONTENT),
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
            "score": (Decimal(total) / rated).quantize(TENTH) if rated else None,
            "share": part(content, rated),
        }
        for key, count, completed, rated, total, content in sorted(
            rows, key=lambda row: (-row[1], names.get(row[0], ""))
        )
    ]


def _by_handler(work: Work, scope: Scope) -> Rows:
    """Return who had the tickets: technicians, and the firms that have them instead."""
    columns = Ticket.__table__.c
    rows = _rated(work, scope, func.coalesce(columns.handler_id, columns.firm_id))
    found = {row[0] for row in rows if row[0] is not None}
    names = {
        id_: name
        for query in (
            select(Account.id, Account.staff_number),
            select(MaintenanceFirm.id, MaintenanceFirm.name),
        )
        for id_, name in work.session.execute(query)
        if id_ in found
    }
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

    query = select(Ticket.state, func.count()).where(asked(scope)).group_by(Ticket.state)
    return counted(((state, count) for state, count in work.session.execute(query)), STATES)


REPORT = Report(
    name="tickets",
    title=N_("Repair tickets"),
    question=N_("Is each step done in its time, and are those who reported it content?"),
    clause="3.2",
    permission="report.tickets",
    sections=(
        Section("rates", N_("Figures"), rates, columns=RATES),
        Section("steps", N_("Each step against its limit"), steps, columns=STEPS),
        Section("breaches", N_("Limits overrun: who had it, and why"), _breaches, columns=BREACHES),
        Section("state", N_("How far they are"), _by_state, ChartKind.PIE),
        Section("handler", N_("By technician or firm"), _by_handler, columns=RATINGS),
        Section("fault", N_("By fault type"), _by_fault, columns=RATINGS),
        Section("building", N_("By building"), _by_building, columns=RATINGS),
    ),
)
