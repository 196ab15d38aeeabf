"""Judging a roster cell by cell against staff and the shifts that are there: all in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import PcloudError
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account, AccountKind
from pcloud_cli.models.community import Community
from pcloud_cli.models.roster import Shift
from pcloud_cli.services import holders, login
from pcloud_cli.services.account_state import why_closed
from pcloud_cli.services.roster import standing
from pcloud_cli.services.roster.shifts import SERVES, Times, live
from pcloud_cli.sheets.roster_list import RosterCell, Trouble, person
from pcloud_cli.sheets.roster_list import place as place_of


class Planned(NamedTuple):
    """A shift that is to be there, and the cell that says so."""

    account_id: bytes
    day: date
    kind: str
    word: str
    times: Times
    cell: RosterCell

    @property
    def key(self) -> tuple[object, ...]:
        """What makes it the same shift as one that is there."""
        return self.kind, self.times.begins_at, self.times.ends_at


@dataclass
class Plan:
    """What a roster changes: shifts made anew, cancelled, and given back ones that are worked."""

    new: list[Planned] = field(default_factory=list)
    cancelled: list[Shift] = field(default_factory=list)
    retaken: list[Shift] = field(default_factory=list)
    unchanged: int = 0
    people: set[bytes] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.new or self.cancelled or self.retaken)


@dataclass
class _Day:
    """One person's day as the file has it, and a cell that says so."""

    cell: RosterCell
    planned: list[Planned] = field(default_factory=list)


_Days = dict[tuple[bytes, date], _Day]


def judged(work: Work, place: Community, cells: Sequence[RosterCell]) -> tuple[Plan, list[Trouble]]:
    """Return what the roster of a community changes, and every cell that cannot be used."""
    wrong: list[Trouble] = []
    found = _people(work, place, cells, wrong)
    zone = ZoneInfo(place.zone)
    days: _Days = {}
    for cell in cells:
        who = found.get((cell.number, cell.name))
        if who is None:
            continue
        day = days.setdefault((who.id, cell.day), _Day(cell))
        for word, meant in cell.shifts:
            times = Times.of(cell.day, meant.begin, meant.end, zone)
            each = Planned(who.id, cell.day, meant.kind, word, times, cell)
            if times.begins_at >= times.ends_at:
                _say(wrong, cell, _("The clocks change then; there is no such shift."))
            elif who.ends_at is not None and who.ends_at <= times.begins_at:
                _say(wrong, cell, _("{who} has left by then.").format(who=who.staff_number))
            elif any(each.key == other.key for other in day.planned):
                _say(wrong, cell, _("This shift of the same person stands here twice."))
            else:
                day.planned.append(each)
    plan = Plan(people={who.id for who in found.values()})
    _compare(work, place, days, plan, wrong)
    _overlapping(work, days, plan, wrong)
    return plan, wrong


def _people(
    work: Work, place: Community, cells: Sequence[RosterCell], wrong: list[Trouble]
) -> dict[tuple[str, str], Account]:
    """Return the account of each person that the roster names; the number wins over the name."""
    everybody = work.session.scalars(
        select(Account).where(Account.kind == AccountKind.PERSON.value)
    ).all()
    numbers = {one.staff_number: one for one in everybody}
    names: dict[str, list[Account]] = {}
    for one in everybody:
        names.setdefault(person(one.name), []).append(one)
    asked = dict.fromkeys((cell.number, cell.name) for cell in cells)
    first: dict[tuple[str, str], RosterCell] = {}
    for cell in cells:
        first.setdefault((cell.number, cell.name), cell)
    meant: dict[tuple[str, str], list[Account]] = {}
    for key in asked:
        number, name = key
        if number:
            known = numbers.get(_number(number) or "")
            meant[key] = [known] if known is not None else []
        else:
            meant[key] = names.get(person(name), [])
    here = holders.of(work, SERVES, among=[one.id for some in meant.values() for one in some])
    buildings = holders.buildings_of(work, place.id)
    serving = {
        one.account_id
        for one in here
        if holders.within(one.reach, place.id, buildings) is not False
    }
    found = {}
    for key, some in meant.items():
        fitting = [one for one in some if one.id in serving]
        if len(fitting) == 1:
            found[key] = fitting[0]
        else:
            cell = first[key]
            problem = _unfit(work, key, some, fitting)
            wrong.append(Trouble(cell.sheet, place_of(cell.row, cell.who), problem))
    return found


def _unfit(
    work: Work, key: tuple[str, str], some: Sequence[Account], fitting: Sequence[Account]
) -> str:
    number, name = key
    if len(fitting) > 1:
        return _("Several people are called {name}: {numbers}. Give the staff number.").format(
            name=name, numbers=", ".join(sorted(one.staff_number for one in fitting))
        )
    if not some:
        if number:
            return _("There is no staff number {number}.").format(number=number)
        return _("Nobody here is called {name}.").format(name=name)
    said = number or name
    if all(why_closed(one, work.now()) for one in some):
        return _("The account of {who} is suspended or has ended.").format(who=said)
    return _("{who} holds no role here that goes on shift.").format(who=said)


def _compare(work: Work, place: Community, days: _Days, plan: Plan, wrong: list[Trouble]) -> None:
    """Set what is wanted against what is there, day by day and person by person."""
    if not days:
        return
    query = select(Shift).where(
        Shift.community_id == place.id,
        Shift.day >= min(day for _who, day in days),
        Shift.day <= max(day for _who, day in days),
        Shift.cancelled_at.is_(None),
    )
    there: dict[tuple[bytes, date], list[Shift]] = {}
    for shift in work.session.scalars(query.order_by(Shift.begins_at, Shift.id)):
        there.setdefault((shift.rostered_id, shift.day), []).append(shift)
    now, zone = work.now(), ZoneInfo(place.zone)
    for key, day in days.items():
        kept = {_key(pieces): pieces for pieces in _whole(there.get(key, []))}
        for each in day.planned:
            same = kept.pop(each.key, None)
            if same is None:
                plan.new.append(each)
                continue
            free = [one for one in same if one.account_id is None and one.begins_at > now]
            plan.retaken += free
            plan.unchanged += not free
        for gone in kept.values():
            if gone[0].begins_at <= now:
                _say(wrong, day.cell, standing.begun(work, gone, zone))
            elif any(each.account_id not in (None, each.rostered_id) for each in gone):
                _say(wrong, day.cell, standing.swapped(work, gone, zone))
            else:
                plan.cancelled += gone


def _whole(shifts: Sequence[Shift]) -> list[list[Shift]]:
    """Return shifts with their parts together: one that changed hands while it ran has several."""
    found: list[list[Shift]] = []
    for shift in shifts:
        before = found[-1][-1] if found else None
        if before is not None and (before.ends_at, before.word, before.kind) == (
            shift.begins_at,
            shift.word,
            shift.kind,
        ):
            found[-1].append(shift)
        else:
            found.append([shift])
    return found


def _key(pieces: Sequence[Shift]) -> tuple[object, ...]:
    return pieces[0].kind, pieces[0].begins_at, pieces[-1].ends_at


def _overlapping(work: Work, days: _Days, plan: Plan, wrong: list[Trouble]) -> None:
    """Say of each shift that it meets another of the same person, in the file or elsewhere."""
    by_person: dict[bytes, list[Planned]] = {}
    for (who, _day), day in sorted(days.items(), key=lambda item: item[0][1]):
        by_person.setdefault(who, []).extend(day.planned)
    for planned in by_person.values():
        planned.sort(key=lambda each: each.times.begins_at)
        for before, after in pairwise(planned):
            if after.times.begins_at < before.times.ends_at:
                problem = _("It begins before the shift in {place} of the same person ends.")
                _say(wrong, after.cell, problem.format(place=before.cell.place))
    fresh = [(each.account_id, each.times, each.cell) for each in plan.new]
    for shift in plan.retaken:
        cell = days[shift.rostered_id, shift.day].cell
        fresh.append((shift.rostered_id, Times(shift.begins_at, shift.ends_at), cell))
    if not fresh:
        return
    gone = {shift.id for shift in plan.cancelled}
    begin = min(times.begins_at for _who, times, _cell in fresh)
    end = max(times.ends_at for _who, times, _cell in fresh)
    working: dict[bytes, list[Shift]] = {}
    for shift in live(work, {who for who, _times, _cell in fresh}, begin, end):
        if shift.id not in gone and shift.account_id is not None:
            working.setdefault(shift.account_id, []).append(shift)
    for who, times, cell in fresh:
        if any(
            shift.begins_at < times.ends_at and times.begins_at < shift.ends_at
            for shift in working.get(who, ())
        ):
            _say(wrong, cell, _("The same person has another shift then: swapped, or elsewhere."))


def _number(text: str) -> str | None:
    try:
        return login.staff_number(text)
    except PcloudError:
        return None


def _say(wrong: list[Trouble], cell: RosterCell, problem: str) -> None:
    wrong.append(Trouble(cell.sheet, cell.place, problem))
