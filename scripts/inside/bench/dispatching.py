"""Who gets which ticket: the plan beside round-robin and the nearest, on made-up seasons.

All three see the same calls and the same people, minute by minute, and give out at the same
moments: when something comes in or comes back, and every ten minutes while something waits. Who
has several does what is urgent first, then what is due first; what he has not begun when his
shift ends comes back. What is measured is how late they come, how evenly the work falls, and how
far they go; and what the largest plan takes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean, median, pstdev
from typing import Any

from pcloud_cli.services.dispatch.plan import plan
from pcloud_cli.services.dispatch.situation import (
    NORMAL,
    URGENT,
    OpenTicket,
    Place,
    Situation,
    Technician,
    Ticket,
)
from scripts.inside.bench import season
from scripts.inside.bench.season import DAY, Call, Worker
from scripts.inside.bench.table import Measured

_MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
_DAYS = 21
_EVERY = 10
_BUDGET = 2.0
_WAYS = (20, 8, 4, 2)
"""Minutes to another community, building, unit, and within one."""

Given = Iterable[tuple[Call, Worker]]
Policy = Callable[[list[Call], list[Worker], int], Given]


@dataclass
class Outcome:
    """What came of one policy over all seasons: lateness in minutes by urgency, work in hours."""

    name: str
    late: dict[int, list[int]] = field(default_factory=lambda: {URGENT: [], NORMAL: []})
    spread: list[float] = field(default_factory=list)
    travelled: list[float] = field(default_factory=list)
    unfinished: int = 0
    seconds: list[float] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        """Return the outcome as JSON takes it."""
        return {
            "name": self.name,
            "urgent": _lateness(self.late[URGENT]),
            "normal": _lateness(self.late[NORMAL]),
            "all": _lateness(self.late[URGENT] + self.late[NORMAL]),
            "working_hours_stdev": round(mean(self.spread), 2),
            "travel_hours": round(mean(self.travelled), 1),
            "unfinished": self.unfinished,
            "ms_a_decision": round(1000 * mean(self.seconds), 2),
        }


def _lateness(minutes: list[int]) -> dict[str, float]:
    ordered = sorted(minutes)
    return {
        "tickets": len(ordered),
        "mean_minutes": round(mean(ordered), 1),
        "p90_minutes": ordered[len(ordered) * 9 // 10],
        "share_late": round(sum(each > 0 for each in ordered) / len(ordered), 4),
    }


@dataclass
class Large:
    """One plan of a bad morning: processor seconds, and how far it may be from the cheapest."""

    tickets: int
    technicians: int
    seconds: list[float] = field(default_factory=list)
    cost: int = 0
    bound: int = 0

    def record(self) -> dict[str, Any]:
        """Return it as JSON takes it; costs are without what is left to nobody."""
        return {
            "name": f"one plan, {self.tickets} tickets × {self.technicians} technicians",
            "seconds": round(median(self.seconds), 3),
            "budget": _BUDGET,
            "cost": self.cost,
            "bound": self.bound,
            "above_bound_at_most": round(self.cost / self.bound - 1, 4),
        }


def measure(given: argparse.Namespace, folder: Path) -> Sequence[Measured]:
    """Run `given.seasons` seasons under each policy, and the large plan `given.runs` times."""
    del folder
    outcomes = {name: Outcome(name) for name in POLICIES}
    for seed in range(given.seasons):
        for name, make in POLICIES.items():
            simulate(seed, make(), outcomes[name])
    return [*outcomes.values(), _large(given.runs)]


def _large(runs: int, tickets: int = 300, technicians: int = 60) -> Large:
    """Plan what piled up in a storm night: everybody there, with nothing in hand."""
    minute = 9 * 60
    waiting = season.calls(0, 7)[:tickets]
    workers = season.workers(0, technicians)
    for each in workers:
        each.shift, each.off_day = (8, 17), 1
    begun = [replace(each, due=minute + each.due % 360) for each in waiting]
    found = Large(len(waiting), technicians)
    for _unused in range(runs):
        start = time.process_time()
        made = plan(_situation(begun, workers, minute))
        found.seconds.append(time.process_time() - start)
    found.cost, found.bound = made.cost.total - made.cost.left, made.bound - made.cost.left
    return found


def simulate(seed: int, policy: Policy, outcome: Outcome, days: int = _DAYS) -> None:
    """Let one season pass under `policy` and add to `outcome` what came of it."""
    coming = season.calls(seed, days)[::-1]
    workers = season.workers(seed)
    waiting: list[Call] = []
    for minute in range(days * DAY):
        before = len(waiting)
        while coming and coming[-1].minute <= minute:
            waiting.append(coming.pop())
        for worker in workers:
            waiting += _passed(worker, minute, outcome)
        if waiting and (len(waiting) > before or minute % _EVERY == 0):
            begun = time.process_time()
            for call, worker in policy(sorted(waiting, key=_first), workers, minute):
                waiting.remove(call)
                worker.open.append(call)
            outcome.seconds.append(time.process_time() - begun)
    for call in waiting + [each for worker in workers for each in worker.open]:
        outcome.unfinished += 1
        outcome.late[call.urgency].append(max(0, days * DAY - call.due))
    outcome.spread.append(pstdev(sum(w.worked.values()) / 60 for w in workers))
    outcome.travelled.append(sum(w.travelled for w in workers) / 60)


def _passed(worker: Worker, minute: int, outcome: Outcome) -> list[Call]:
    """Let a minute pass for `worker`; return what comes back because his shift is over."""
    if worker.busy_until > minute:
        return []
    worker.busy_with = None
    if worker.on_until(minute) is None:
        back, worker.open = worker.open, []
        worker.at = None
        return back
    if worker.open:
        call = min(worker.open, key=_first)
        worker.open.remove(call)
        way = _minutes(worker.at, call.place)
        outcome.late[call.urgency].append(max(0, minute + way - call.due))
        worker.travelled += way
        worker.at, worker.busy_with = call.place, call
        worker.busy_until = minute + way + call.repair
        day = minute // DAY
        worker.worked[day] = worker.worked.get(day, 0) + way + call.repair
    return []


def _first(call: Call) -> tuple[int, int, int]:
    return (-call.urgency, call.due, call.number)


def _minutes(one: Place | None, other: Place) -> int:
    if one is None or one.community != other.community:
        return _WAYS[0 if one is not None else 1]
    if one.building != other.building:
        return _WAYS[1]
    return _WAYS[2 if one.unit != other.unit else 3]


def _has(worker: Worker) -> list[Call]:
    """Return what counts against the limit: what is in his hands, and what waits for him."""
    return worker.open if worker.busy_with is None else [worker.busy_with, *worker.open]


def _able(call: Call, worker: Worker, given: int, minute: int) -> bool:
    until = worker.on_until(minute)
    return (
        until is not None
        and call.fault in worker.skills
        and any(place.covers(call.place) for place in worker.scope)
        and len(_has(worker)) + given < worker.limit
    )


def planned(waiting: list[Call], workers: list[Worker], minute: int) -> Given:
    """Give out by the plan."""
    by_staff = {each.staff_number: each for each in workers}
    by_number = {each.number: each for each in waiting}
    made = plan(_situation(waiting, workers, minute))
    return [(by_number[each.number], by_staff[each.staff_number]) for each in made.given]


def _situation(waiting: list[Call], workers: list[Worker], minute: int) -> Situation:
    tickets = (
        Ticket(
            each.number.to_bytes(4, "big"),
            each.number,
            each.place,
            _moment(each.due),
            frozenset({each.fault}),
            each.urgency,
        )
        for each in waiting
    )
    technicians = (_technician(each, minute) for each in workers)
    return Situation(_moment(minute), tuple(tickets), tuple(technicians))


def _moment(minute: int) -> datetime:
    return _MIDNIGHT + timedelta(minutes=minute)


def _technician(worker: Worker, minute: int) -> Technician:
    until = worker.on_until(minute)
    return Technician(
        worker.staff_number.encode(),
        worker.staff_number,
        worker.skills,
        worker.scope,
        worker.limit,
        None if until is None else _moment(until),
        tuple(
            OpenTicket(each.place, _moment(each.due), each.urgency, each is worker.busy_with)
            for each in _has(worker)
        ),
        worker.lately(minute),
        worker.at,
    )


def round_robin() -> Policy:
    """Give out in turn, passing over who cannot; the turn goes on from call to call."""
    last = -1

    def give(waiting: list[Call], workers: list[Worker], minute: int) -> Given:
        nonlocal last
        given: dict[str, int] = {}
        found = []
        for call in waiting:
            for step in range(1, len(workers) + 1):
                number = (last + step) % len(workers)
                worker = workers[number]
                if _able(call, worker, given.get(worker.staff_number, 0), minute):
                    given[worker.staff_number] = given.get(worker.staff_number, 0) + 1
                    found.append((call, worker))
                    last = number
                    break
        return found

    return give


def nearest(waiting: list[Call], workers: list[Worker], minute: int) -> Given:
    """Give each, urgent first, to who is or will be nearest; to who has least where several are."""
    places = {
        each.staff_number: [call.place for call in _has(each)] + ([each.at] if each.at else [])
        for each in workers
    }
    given: dict[str, int] = {}
    found = []
    for call in waiting:
        able = [w for w in workers if _able(call, w, given.get(w.staff_number, 0), minute)]
        if not able:
            continue
        worker = min(
            able,
            key=lambda each: (
                min((_minutes(p, call.place) for p in places[each.staff_number]), default=_WAYS[1]),
                len(_has(each)) + given.get(each.staff_number, 0),
                each.staff_number,
            ),
        )
        given[worker.staff_number] = given.get(worker.staff_number, 0) + 1
        places[worker.staff_number].append(call.place)
        found.append((call, worker))
    return found


POLICIES: dict[str, Callable[[], Policy]] = {
    "the plan": lambda: planned,
    "round-robin": round_robin,
    "the nearest": lambda: nearest,
}
"""Name → what makes the policy anew for each season."""


_HEAD = (
    *("", "mean late", "p90", "urgent late", "mean", "p90", "others late", "mean", "p90"),
    *("stdev of hours", "hours on the way", "ms a decision"),
)


def printed(found: Sequence[Measured]) -> str:
    """Return `found` as an aligned table; lateness is in minutes."""
    rows: list[tuple[str, ...]] = [_HEAD]
    below = []
    for told in (each.record() for each in found):
        if "budget" in told:
            below.append(
                f"{told['name']}: {told['seconds']:.2f} s of processor time "
                f"(≤ {told['budget']:g}), {told['above_bound_at_most']:.1%} above the bound"
            )
            continue
        cells = [told["name"], told["all"]["mean_minutes"], told["all"]["p90_minutes"]]
        for part in (told["urgent"], told["normal"]):
            cells += [f"{part['share_late']:.1%}", part["mean_minutes"], part["p90_minutes"]]
        cells += [told["working_hours_stdev"], told["travel_hours"], told["ms_a_decision"]]
        rows.append(tuple(map(str, cells)))
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows
    ]
    return "\n".join([*lines, *below])
