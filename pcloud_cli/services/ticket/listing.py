"""Tickets listed: mine, open, overdue, by everything that somebody looks for them by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.models.ticket import Ticket, TicketState
from pcloud_cli.services import account as accounts
from pcloud_cli.services import fault_type, house, maintenance_firm, places, sight
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.sight import Sight
from pcloud_cli.services.ticket import callback, callers_told, checking, finding, record
from pcloud_cli.services.ticket.words import (
    CHANNELS,
    CLOCKS,
    REPORTERS,
    RESPONSIBILITIES,
    STATES,
    URGENCIES,
)
from pcloud_cli.services.words import understood
from pcloud_cli.sheets.phone import judge_phone


@dataclass(frozen=True)
class Wanted:
    """What to list; everything that is given must hold, one of the states. Moments are aware.

    `main` is the number of the ticket that others are joined to; `score` the highest to list.
    """

    community: str | None = None
    state: tuple[str, ...] = ()
    urgency: str | None = None
    urgent_kind: str | None = None
    clock: str | None = None
    reporter: str | None = None
    channel: str | None = None
    fault_type: str | None = None
    responsibility: str | None = None
    handler: str | None = None
    firm: str | None = None
    building: str | None = None
    house: str | None = None
    public: bool = False
    phone: str | None = None
    entered_by: str | None = None
    accepted_by: str | None = None
    main: str | None = None
    score: int | None = None
    unassigned: bool = False
    unchecked: bool = False
    to_tell: bool = False
    to_call_back: bool = False
    urged: bool = False
    appointed: bool = False
    due_before: datetime | None = None
    mine: bool = False
    open: bool = False
    overdue: bool = False
    late_entry: bool = False
    since: datetime | None = None
    until: datetime | None = None
    completed_since: datetime | None = None
    completed_until: datetime | None = None


def list_all(
    actor: Actor, work: Work, wanted: Wanted, *, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Return at most `limit` tickets as records, and how many there are.

    What is open stands first, by the moment at which it is due, then what has ended, newest first.
    """
    seen = sight.of(actor, work, finding.READ, wanted.community)
    conditions = _conditions(actor, work, seen, wanted)
    query = (
        select(Ticket)
        .where(*conditions)
        .order_by(Ticket.due_at.is_(None), Ticket.due_at, Ticket.number.desc())
        .limit(limit + 1)
    )
    found = list(work.session.scalars(query))
    if len(found) <= limit:
        return record.of_all(work, found), len(found)
    from sqlalchemy import func

    count = work.session.scalar(select(func.count()).select_from(Ticket).where(*conditions)) or 0
    return record.of_all(work, found[:limit]), count


def visible(seen: Sight) -> ColumnElement[bool]:
    """Return the condition on `Ticket` that it lies within what is seen."""
    here = seen.within(Ticket.community_id)
    if seen.whole is None:
        return here
    parts: list[ColumnElement[bool]] = []
    if seen.whole:
        parts.append(Ticket.community_id.in_(sorted(seen.whole)))
    if seen.buildings:
        parts.append(Ticket.building_id.in_(sorted(seen.buildings)))
    return and_(here, or_(false(), *parts))


def _conditions(actor: Actor, work: Work, seen: Sight, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [visible(seen), *_of_time(work, wanted), *_of_codes(wanted), *_of_marks(wanted)]
    if wanted.mine:
        found.append(Ticket.handler_id == actor.account_id)
    if wanted.handler is not None:
        found.append(Ticket.handler_id == accounts.find(work, wanted.handler).id)
    if wanted.firm is not None:
        found.append(Ticket.firm_id == maintenance_firm.find(work, wanted.firm).id)
    if wanted.entered_by is not None:
        found.append(Ticket.entered_by == accounts.find(work, wanted.entered_by).id)
    if wanted.accepted_by is not None:
        found.append(Ticket.accepted_by == accounts.find(work, wanted.accepted_by).id)
    if wanted.main is not None:
        found.append(Ticket.main_id == finding.one(actor, work, wanted.main).id)
    if wanted.building is not None:
        found.append(Ticket.building_id.in_(_buildings(work, seen, wanted.building)))
    if wanted.fault_type is not None:
        fault = fault_type.find(work, wanted.fault_type, retired=True)
        found.append(Ticket.fault_type == fault.code)
    if wanted.house is not None:
        found.append(Ticket.house_id == house.one(work, seen, wanted.house).id)
    if wanted.phone is not None:
        number = judge_phone(wanted.phone).canonical or wanted.phone
        indexes = [each.of("phone", number) for each in work.keys.blind_indexes()]
        found.append(Ticket.phone_index.in_(indexes))
    return found


def _of_time(work: Work, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.open or wanted.overdue:
        yield Ticket.due_at.is_not(None)
    if wanted.overdue:
        yield Ticket.deadline_at < work.now()
        yield Ticket.state != TicketState.PAUSED.value
    if wanted.late_entry:
        yield Ticket.late_entry.is_(True)
    if wanted.since is not None:
        yield Ticket.submitted_at >= wanted.since
    if wanted.until is not None:
        yield Ticket.submitted_at < wanted.until
    if wanted.completed_since is not None:
        yield Ticket.completed_at >= wanted.completed_since
    if wanted.completed_until is not None:
        yield Ticket.completed_at < wanted.completed_until
    if wanted.due_before is not None:
        yield Ticket.deadline_at < wanted.due_before


def _of_marks(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.unassigned:
        nobody = and_(Ticket.handler_id.is_(None), Ticket.promised_at.is_(None))
        yield and_(nobody, Ticket.due_at.is_not(None))
    if wanted.unchecked:
        yield checking.unchecked()
    if wanted.to_tell:
        yield callers_told.to_tell()
    if wanted.to_call_back:
        yield callback.waiting()
    if wanted.urged:
        yield Ticket.urged > 0
    if wanted.appointed:
        yield Ticket.appointed_until.is_not(None)
    if wanted.public:
        yield Ticket.public_place.is_not(None)
    if wanted.score is not None:
        yield Ticket.score <= wanted.score


def _of_codes(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    for option, text, words, column in (
        ("--clock", wanted.clock, CLOCKS, Ticket.clock),
        ("--reporter", wanted.reporter, REPORTERS, Ticket.reporter),
        ("--urgency", wanted.urgency, URGENCIES, Ticket.urgency),
        ("--channel", wanted.channel, CHANNELS, Ticket.channel),
        (
            "--responsibility",
            wanted.responsibility,
            RESPONSIBILITIES,
            Ticket.responsibility,
        ),
    ):
        if text is not None:
            yield column == understood(text, words, option)
    if wanted.state:
        yield Ticket.state.in_([understood(each, STATES, "--state") for each in wanted.state])
    if wanted.urgent_kind is not None:
        yield Ticket.urgent_kind == wanted.urgent_kind.strip()


def _buildings(work: Work, seen: Sight, text: str) -> list[bytes]:
    return [places.building(work, place.id, text)[0].id for place in seen.places]
