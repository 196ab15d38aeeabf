"""What may be done with a ticket and where it leads, by the regulation (2.3.2, 3.2) alone.

It is written from the flow as people know it and not from the program's table: per step from which
states, to which, and who. `Known` is one ticket as it should be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from tests.integration.repairs import DESK, LEAD, TECHNICIAN

SECOND, AUDITOR = "WX002", "SJ001"
WORKERS = (TECHNICIAN, SECOND, LEAD)
"""Who may be given a ticket; the lead works, too."""
PEOPLE = (DESK, LEAD, TECHNICIAN, SECOND, AUDITOR)

HAD = frozenset({"assigned", "taken", "on_site"})
OVER = frozenset({"completed", "confirmed", "closed"})
BEFORE_WORK = frozenset({"submitted", "accepted", "assigned", "taken"})
UNDER_WAY = frozenset({"accepted", "assigned", "taken", "on_site"})
BEFORE_DONE = BEFORE_WORK | {"on_site", "paused"}
OPEN = BEFORE_DONE | {"completed"}
ENDED = frozenset({"confirmed", "closed", "rejected", "cancelled", "linked"})
STATES = OPEN | ENDED

CLOCKS = {
    "submitted": "accept",
    "accepted": "assign",
    "assigned": "take",
    "taken": "arrive",
    "on_site": "complete",
    "paused": "resume",
    "completed": "confirm",
}
"""Which clock runs in which state."""


class Rule(NamedTuple):
    """From which states, to which (None: it stays there), and who, in the words of `_ARE`."""

    sources: frozenset[str]
    target: str | None
    who: tuple[str, ...]


def _in(*states: str) -> frozenset[str]:
    return frozenset(states)


FLOW: dict[str, Rule] = {
    "submit": Rule(_in(), "submitted", ("anyone",)),
    "accept": Rule(_in("submitted"), "accepted", ("desk",)),
    "reject": Rule(_in("submitted"), "rejected", ("desk",)),
    "assign": Rule(_in("accepted"), "assigned", ("dispatch",)),
    "reassign": Rule(HAD, "assigned", ("dispatch",)),
    "take": Rule(_in("assigned"), "taken", ("handler",)),
    "return": Rule(HAD, "accepted", ("handler",)),
    "appoint": Rule(_in("accepted", "assigned", "taken"), None, ("handler", "dispatch")),
    "arrive": Rule(_in("taken"), "on_site", ("handler", "firm")),
    "no_access": Rule(_in("taken", "on_site"), "taken", ("handler", "firm")),
    "progress": Rule(_in("taken", "on_site"), None, ("handler", "firm")),
    "pause": Rule(UNDER_WAY, "paused", ("handler", "dispatch")),
    "resume": Rule(_in("paused"), "as before", ("handler", "dispatch")),
    "complete": Rule(_in("on_site"), "completed", ("handler", "firm")),
    "confirm": Rule(_in("completed"), "confirmed", ("asks", "asks in public")),
    "callback": Rule(OVER, None, ("asks",)),
    "reopen": Rule(OVER, "accepted", ("asks",)),
    "cancel": Rule(BEFORE_WORK | {"paused"}, "cancelled", ("desk",)),
    "leave_to_owner": Rule(BEFORE_DONE, "cancelled", ("dispatch",)),
    "responsibility": Rule(STATES - _in("rejected", "cancelled", "linked"), None, ("dispatch",)),
    "quote": Rule(UNDER_WAY | {"paused"}, None, ("handler", "dispatch")),
    # a technician brings the signed paper, which nobody does here
    "agree": Rule(UNDER_WAY | {"paused"}, None, ("asks",)),
    "entrust": Rule(UNDER_WAY, "taken", ("dispatch",)),
    "recall": Rule(_in("taken", "on_site"), "accepted", ("dispatch",)),
    "link": Rule(_in("submitted", "accepted", "assigned"), "linked", ("desk",)),
    "told": Rule(_in("linked"), None, ("desk",)),
    "urge": Rule(OPEN, None, ("dispatch",)),
    "urgent": Rule(BEFORE_DONE, None, ("handler", "dispatch")),
    "not_urgent": Rule(BEFORE_DONE, None, ("dispatch",)),
    # what nobody does: it comes by time, or goes with what becomes of something else
    "close": Rule(_in("completed"), "closed", ()),
    "wake": Rule(_in("paused"), "as before", ()),
    "give_back": Rule(HAD | {"paused"}, "accepted", ()),
    "follow": Rule(_in("linked"), None, ()),
    "release": Rule(_in("linked"), "submitted", ()),
}
"""Every step of a ticket."""

ALONE = sorted(code for code, step in FLOW.items() if step.who and code != "submit")
"""The steps that somebody does with a ticket that is there."""

_ARE = {
    "desk": (DESK,),
    "dispatch": (DESK, LEAD),
    "firm": (DESK, LEAD),
    "asks": (DESK,),
    "asks in public": (LEAD,),
}


@dataclass
class Known:
    """One ticket as it should be."""

    number: int
    public: bool
    state: str = "submitted"
    urgent: str | None = None
    """The kind of emergency; "" for one of no kind."""
    handler: str | None = None
    main: int | None = None
    told_at: datetime | None = None
    responsibility: str | None = None
    firm: bool = False
    """A firm has it, or has done it."""
    promise: datetime | None = None
    """Until when the firm has, its pauses counted in."""
    quoted: str | None = None
    agreed: bool = False
    calls: int = 0
    calls_over: bool = False
    completed_at: datetime | None = None
    done_by: str | None = None
    """Who entered that it is done."""
    rejected_at: datetime | None = None
    before_pause: str = ""
    paused_at: datetime | None = None
    pause_until: datetime | None = None
    rest: timedelta | None = None
    """Of the clock when it was paused; None where an emergency has changed it meanwhile."""

    @property
    def with_firm(self) -> bool:
        """Whether a firm is at it."""
        return self.firm and self.state in ("taken", "on_site", "paused")

    @property
    def clock(self) -> str | None:
        """The clock that runs; a firm's is its promise, from the first moment on."""
        if self.with_firm and self.state != "paused":
            return "complete"
        return CLOCKS.get(self.state)

    def may(self, who: str, code: str) -> bool:
        """Say whether `who` is one of those that do `code`, as things stand."""
        mine = self.handler == who
        for word in FLOW[code].who:
            if word == "handler":
                if mine and who in WORKERS:
                    return True
            elif word.startswith("asks") and (mine or self.done_by == who):
                continue  # nobody rates their own work, nor what they entered as done
            elif {"firm": not self.firm, "asks in public": not self.public}.get(word):
                continue
            elif who in _ARE[word]:
                return True
        return False

    def fits(self, code: str, given: dict[str, Any], who: str, now: datetime) -> bool:
        """Say whether what is given, and what has been so far, let `code` be done."""
        if self.state not in FLOW[code].sources:
            return False
        check = getattr(self, f"_{code}_fits", None)
        return check is None or bool(check(given, who, now))

    def _assign_fits(self, given: dict[str, Any], *_more: Any) -> bool:
        return given["handler"] in WORKERS and given["handler"] not in given["away"]

    def _reassign_fits(self, given: dict[str, Any], *more: Any) -> bool:
        other = given["handler"] != self.handler
        return other and not self.with_firm and self._assign_fits(given, *more)

    def _appoint_fits(self, given: dict[str, Any], _who: str, now: datetime) -> bool:
        return bool(now < given["until"] and given["begins"] < given["until"])

    def _pause_fits(self, given: dict[str, Any], _who: str, now: datetime) -> bool:
        return bool(now < given["until"] <= now + timedelta(days=30))

    def _complete_fits(self, given: dict[str, Any], who: str, now: datetime) -> bool:
        return self._progress_fits(given, who, now) and self._may_cost(given["cost"])

    def _may_cost(self, cost: str | None) -> bool:
        """Say whether it may cost that: somebody bears it, the owner what they agreed to."""
        if cost is None:
            return True
        if self.responsibility != "paid":
            return self.responsibility is not None
        what, _sign, price = str(self.quoted).partition("=")
        return Decimal(cost) <= Decimal(price) * int(what.partition("*")[2])

    def _progress_fits(self, given: dict[str, Any], _who: str, _now: datetime) -> bool:
        return self._firm_named(given) and (self.responsibility != "paid" or self.agreed)

    def _firm_named(self, given: dict[str, Any], *_more: Any) -> bool:
        return bool(given["for_firm"] == self.with_firm)

    _arrive_fits = _no_access_fits = _firm_named

    def _confirm_fits(self, given: dict[str, Any], _who: str, _now: datetime) -> bool:
        return bool(1 <= given["score"] <= 5 and given["source"] != "app")

    def _callback_fits(self, given: dict[str, Any], _who: str, _now: datetime) -> bool:
        score = given["score"]
        said = score is None or (given["reached"] and 1 <= score <= 5)
        return said and not self.calls_over

    def _reopen_fits(self, _given: dict[str, Any], _who: str, now: datetime) -> bool:
        return self.completed_at is not None and now <= self.completed_at + timedelta(days=7)

    def _responsibility_fits(self, given: dict[str, Any], _who: str, _now: datetime) -> bool:
        late = self.state in OVER and given["to"] == "paid"
        return not late or self.agreed

    def _quote_fits(self, _given: dict[str, Any], _who: str, _now: datetime) -> bool:
        return self.responsibility == "paid"

    def _agree_fits(self, given: dict[str, Any], _who: str, _now: datetime) -> bool:
        said = given["source"] == "callback"
        paid = self.responsibility == "paid" and self.quoted is not None
        return paid and said

    def _link_fits(self, given: dict[str, Any], *_more: Any) -> bool:
        main: Known = given["main"]
        return main is not self and main.state in OPEN

    def _told_fits(self, given: dict[str, Any], *_more: Any) -> bool:
        main: Known = given["joined_to"]
        if main.state not in OVER | {"rejected"}:
            return False
        since = main.completed_at or main.rejected_at
        return self.told_at is None or (since is not None and self.told_at < since)

    def _entrust_fits(self, given: dict[str, Any], _who: str, now: datetime) -> bool:
        return bool(given["promised"] > now)

    def _urgent_fits(self, given: dict[str, Any], _who: str, _now: datetime) -> bool:
        return bool(self.urgent != given["kind"])

    def _not_urgent_fits(self, *_more: Any) -> bool:
        return self.urgent is not None

    def moved(self, code: str, given: dict[str, Any], now: datetime) -> None:
        """Do `code`."""
        target = FLOW[code].target
        former, self.state = self.state, target or self.state
        if self.state == "as before":
            self.state = self.before_pause
        change = getattr(self, f"_{code}", None)
        if change is not None:
            change(given, now)
        if code == "pause":
            self.before_pause = former

    def swept(self, now: datetime) -> None:
        """Do what comes by time alone: a pause ends, and a silent owner is not waited for."""
        if self.state == "paused" and self.pause_until is not None and self.pause_until <= now:
            self.moved("wake", {}, self.pause_until)
        over = self.completed_at and self.completed_at + timedelta(hours=72)
        if self.state == "completed" and over is not None and over <= now:
            self.moved("close", {}, now)

    def _assign(self, given: dict[str, Any], _now: datetime) -> None:
        self.handler = given["handler"]

    _reassign = _assign

    def _return(self, _given: dict[str, Any], _now: datetime) -> None:
        self.handler = None

    _give_back = _return

    def _pause(self, given: dict[str, Any], now: datetime) -> None:
        self.paused_at, self.pause_until = now, given["until"]

    def _resume(self, _given: dict[str, Any], now: datetime) -> None:
        if self.with_firm and self.promise is not None and self.paused_at is not None:
            self.promise += now - self.paused_at

    _wake = _resume

    def _reject(self, _given: dict[str, Any], now: datetime) -> None:
        self.rejected_at = now

    def _complete(self, given: dict[str, Any], now: datetime) -> None:
        self.completed_at, self.done_by = now, given["by"]

    def _confirm(self, given: dict[str, Any], now: datetime) -> None:
        # who is not content has it opened again
        if given["score"] <= 2 and self._reopen_fits(given, "", now):
            self.moved("reopen", given, now)

    def _callback(self, given: dict[str, Any], now: datetime) -> None:
        self.calls += 1
        self.calls_over = given["reached"] or self.calls == 3
        if given["score"] is not None and self.state == "completed":
            self.moved("confirm", given, now)

    def _reopen(self, _given: dict[str, Any], _now: datetime) -> None:
        self.handler = self.completed_at = self.promise = self.done_by = None
        self.firm = self.calls_over = self.agreed = False
        self.calls = 0

    def _responsibility(self, given: dict[str, Any], _now: datetime) -> None:
        self.responsibility = given["to"]

    def _recall(self, given: dict[str, Any], _now: datetime) -> None:
        self.responsibility, self.firm, self.promise = given["to"], False, None

    def _leave_to_owner(self, _given: dict[str, Any], _now: datetime) -> None:
        self.responsibility, self.firm = "owner", False

    def _quote(self, given: dict[str, Any], _now: datetime) -> None:
        self.quoted, self.agreed = given["material"], False

    def _agree(self, _given: dict[str, Any], _now: datetime) -> None:
        self.agreed = True

    def _entrust(self, given: dict[str, Any], _now: datetime) -> None:
        self.responsibility, self.firm, self.handler = "third_party", True, None
        self.promise = given["promised"]

    def _link(self, given: dict[str, Any], _now: datetime) -> None:
        self.main, self.handler, self.told_at = given["main"].number, None, None

    def _follow(self, given: dict[str, Any], _now: datetime) -> None:
        self.main = given["main"].number

    def _release(self, _given: dict[str, Any], _now: datetime) -> None:
        self.main = None

    def _told(self, _given: dict[str, Any], now: datetime) -> None:
        self.told_at = now

    def _urgent(self, given: dict[str, Any], _now: datetime) -> None:
        self.urgent, self.rest = given["kind"], None

    def _not_urgent(self, _given: dict[str, Any], _now: datetime) -> None:
        self.urgent = self.rest = None
