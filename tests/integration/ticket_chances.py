"""Which steps people try with a ticket, and what comes with them: mostly right ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.integration.repairs import DESK
from tests.integration.ticket_model import ALONE, FLOW, PEOPLE, WORKERS, Known

_ONWARD = frozenset(
    {"accept", "assign", "take", "arrive", "resume", "complete", "confirm", "callback", "told"}
)
COURSES = (
    ("accepted", "link", "link too", "cancel", "accept"),
    ("taken", "link", "link too", "on", "leave_to_owner"),
    ("submitted", "link", "reject", "told"),
    ("on_site", "link", "complete", "told", "reopen", "cancel"),
    ("assigned", "entrust", "arrive", "progress", "pause", "later", "on"),
    ("accepted", "entrust", "no_access", "recall"),
    ("taken", "entrust", "urgent", "arrive", "not_urgent", "unswept", "complete"),
    ("taken", "entrust", "pause", "urgent", "not_urgent", "resume", "urgent", "not_urgent"),
    ("taken", "appoint", "unswept", "urgent", "not_urgent", "appoint", "later"),
    ("on_site", "responsibility", "quote", "agree", "complete"),
    ("taken", "reassign", "reassign", "reassign", "on", "return"),
    ("on_site", "pause", "urgent", "resume", "not_urgent"),
    ("assigned", "pause", "unswept", "urge", "later"),
    ("on_site", "complete", "later", "reopen"),
    ("completed", "unswept", "callback", "later", "callback"),
)
"""The state in which it begins, and what then happens."""
OF_ANOTHER = ("link", "link too", "told")
WRONG = ("straight", "straight", "straight", "", "", "ticket", "code", "who", "given")
"""Of a step: that it leads on, any that may be done, of another ticket; or what is wrong."""


def leading(one: Known, *, straight: bool) -> list[str]:
    """Return steps that may be done in the ticket's state; `straight`, those that lead on."""
    codes = [code for code in ALONE if one.state in FLOW[code].sources]
    if straight and one.responsibility == "paid" and one.state == "on_site" and not one.agreed:
        return ["agree" if one.quoted else "quote"]
    return [code for code in codes if straight and code in _ONWARD] or codes or ALONE


def somebody(
    chance: Random, one: Known, code: str, away: Collection[str], *, anybody: bool = False
) -> str:
    """Return one of those who may do a step; anybody where there is none."""
    there = [who for who in PEOPLE if who not in away]
    able = [who for who in there if one.may(who, code)]
    return chance.choice(there if anybody or not able else able)


def given_with(
    chance: Random,
    one: Known,
    tickets: Mapping[int, Known],
    away: Collection[str],
    now: datetime,
    *,
    wrong: bool,
) -> dict[str, Any]:
    """Return what comes with any step; where it is to be `wrong`, likely so for this one."""
    hours = chance.randint(-2, 0) if wrong else chance.choice([1, 2, 30, 100])
    goals = [number for number in sorted(tickets) if number != one.number]
    main = chance.choice(goals) if goals and not wrong else one.number
    return {
        "reason": "试",
        "note": "试",
        "handler": DESK if wrong else chance.choice([who for who in WORKERS if who not in away]),
        "away": frozenset(away),
        "begins": now + timedelta(hours=hours - 1),
        "until": now + timedelta(hours=hours if hours < 100 else 24 * 29),
        "kind": chance.choice(["困人", ""]),
        "score": chance.choice([None, 0, 6] if wrong else [1, 2, 5]),
        "reached": not wrong and chance.random() < 0.5,
        "source": "app" if wrong else chance.choice(["signature", "callback", "callback"]),
        "main": tickets[main],
        "joined_to": tickets.get(one.main or 0),
        "to": chance.choice(["property", "paid", "paid", "warranty"]),
        "promised": now + timedelta(hours=hours),
        "cost": _cost(one, hours),
        "material": chance.choice(["角阀*2=35.00", "软管*1=18.50"]),
        "for_firm": one.with_firm != wrong,
    }


def _cost(one: Known, hours: int) -> str | None:
    """Return what a repair costs, often nothing: of some that nobody was said to bear, too."""
    if one.responsibility is None:
        return "18.50" if hours in (-1, 100) else None
    return {-1: "70.50", 1: "18.50", 2: "18.50"}.get(hours)
