"""Anybody does any step on any of a few tickets at any time: the machine of `ticket_model`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import currently_in_test_context, note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import delete, select, update

from pcloud_cli.db.work import Work
from pcloud_cli.errors import PcloudError
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Community
from pcloud_cli.models.roster import RosterImport, Shift
from pcloud_cli.models.sweep import Alert
from pcloud_cli.models.ticket import Ticket, TicketBreach, TicketStep
from pcloud_cli.models.ticket_entry import TicketTold
from pcloud_cli.models.ticket_quote import TicketQuote, TicketQuoteLine
from pcloud_cli.models.ticket_work import TicketPart, TicketWork
from pcloud_cli.services import account, account_lifecycle
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import quoting, responsibility, steps
from tests.integration import ticket_truths
from tests.integration.repairs import DESK, TECHNICIAN, Repairs
from tests.integration.ticket_chances import (
    COURSES,
    OF_ANOTHER,
    WRONG,
    given_with,
    leading,
    somebody,
)
from tests.integration.ticket_model import ALONE, BEFORE_DONE, ENDED, FLOW, SECOND, Known

BOSS, FIRM = "XZ001", "恒通电梯维保"
_MOST = 8
_CHANCE = st.randoms(use_true_random=True)
"""Reaches farther than single draws do; hypothesis seeds it, and can repeat what it did."""
_LEFT = (
    Alert,
    TicketBreach,
    TicketStep,
    TicketTold,
    TicketQuoteLine,
    TicketQuote,
    TicketPart,
    TicketWork,
    Ticket,
    Shift,
    RosterImport,
)
_NAMES = frozenset(steps.Given.__dataclass_fields__)
_LONG = timedelta(hours=3)
"""Whoever is on shift for so long yet can be there before it ends."""


class Machine(RuleBasedStateMachine):
    """Steps of people, time that goes by, sweeps, shifts, and people who are stopped."""

    repairs: Repairs
    seen: set[str]
    """The steps that were ever done."""

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[int, Known] = {}
        self.shifts: list[tuple[str, datetime]] = []
        self.away: set[str] = set()
        with self._open(BOSS) as (actor, work):
            main = Ticket.main_id.is_not(None)
            work.session.execute(update(Ticket).where(main).values(state="rejected", main_id=None))
            for table in _LEFT:
                work.session.execute(delete(table))
            for who in (TECHNICIAN, SECOND):
                account_lifecycle.resume(actor, work, who, reason="试")

    @property
    def now(self) -> datetime:
        return self.repairs.office.clock.now()

    @contextmanager
    def _open(self, who: str) -> Iterator[tuple[Actor, Work]]:
        with self.repairs.office.open(who, write=True) as opened:
            yield opened

    def _look(self) -> Any:
        return self.repairs.office.open(DESK)

    def submit(self, public: bool, urgent: str | None) -> None:
        place = {"public": "车库"} if public else {"public": None, "house": "1-1-101"}
        kind = None if urgent is None else urgent or "-"
        number = self.repairs.submit(urgent=kind, **place)
        made = self.tickets[number] = Known(number, public, urgent=urgent)
        if urgent is not None:
            self._goes_out_at_once(made)

    def time_goes_by(self, minutes: int) -> None:
        self.repairs.after(minutes=minutes)

    def somebody_comes_on_shift(self, who: str, hours: int) -> None:
        if any(each == who and ends > self.now for each, ends in self.shifts):
            return  # they are there
        ends = self.now + timedelta(hours=hours)
        with self._open(DESK) as (actor, work):
            place = work.session.scalars(select(Community)).one()
            number = len(self.shifts) + 1
            roster = RosterImport(
                id=work.ids(), number=number, community_id=place.id, file_name="test",
                file_sha256=bytes([number]) * 32, first_day=self.now.date(),
                last_day=ends.date(), made_by=actor.account_id, made_at=self.now,
            )  # fmt: skip
            work.session.add(roster)
            work.session.flush()
            id_ = account.find(work, who).id
            work.session.add(
                Shift(
                    id=work.ids(), community_id=place.id, roster_import_id=roster.id,
                    rostered_id=id_, account_id=id_, day=self.now.date(), kind="day", word="班",
                    begins_at=self.now, ends_at=ends,
                )
            )  # fmt: skip
        self.shifts.append((who, ends))

    def sweep(self) -> None:
        self.repairs.sweep()
        for one in self.tickets.values():
            one.swept(self.now)
        with self._look() as (_actor, work):
            ticket_truths.nothing_is_due(work, self.now)
        assert self.repairs.sweep() == {}

    def somebody_is_stopped_or_comes_back(self, who: str) -> None:
        back = who in self.away
        with self._open(BOSS) as (actor, work):
            if back:
                account_lifecycle.resume(actor, work, who, reason="回岗")
                self.away.remove(who)
                return
            account_lifecycle.suspend(actor, work, who, reason="停岗")
        self.away.add(who)
        # the shifts are given back, too, and do not come back by themselves
        self.shifts = [(each, end if each != who else self.now) for each, end in self.shifts]
        for one in self.tickets.values():
            if one.handler == who and one.state in FLOW["give_back"].sources:
                one.moved("give_back", {}, self.now)

    @initialize(chance=_CHANCE)
    def some_are_on_their_way(self, chance: Random) -> None:
        for _each in range(chance.randint(2, 4)):
            self.submit(public=chance.random() < 0.5, urgent=None)
            for _step in range(chance.randint(0, 5)):
                self._goes_on(chance, self.tickets[max(self.tickets)], "straight")

    @rule(chance=_CHANCE)
    def something_happens(self, chance: Random) -> None:
        """Let people work, mostly; or time go by, or what people are there, change."""
        match chance.randrange(10):
            case 0 if len(self.tickets) < _MOST - 2:
                self.submit(public=chance.random() < 0.5, urgent=chance.choice([None, "", "困人"]))
            case 1:
                day = 24 * 60
                self.time_goes_by(chance.choice([chance.randint(0, 40), chance.randint(40, day)]))
            case 2:
                who, hours = chance.choice([TECHNICIAN, SECOND]), chance.choice([1, 12, 100])
                self.somebody_comes_on_shift(who, hours)
            case 3:
                self.sweep()
            case 4:
                self.somebody_is_stopped_or_comes_back(chance.choice([TECHNICIAN, SECOND]))
            case 5 | 6:
                self.people_go_on(chance)
            case _:
                self.one_takes(chance.choice(COURSES), chance)

    def people_go_on(self, chance: Random) -> None:
        """Do some steps, most of them such as may be done."""
        one = self.tickets[chance.choice(sorted(self.tickets))]
        for _each in range(chance.randint(2, 6)):
            wrong = chance.choice(WRONG)
            if wrong == "ticket":
                one = self.tickets[chance.choice(sorted(self.tickets))]
            self._goes_on(chance, one, wrong)

    def one_takes(self, course: tuple[str, ...], chance: Random) -> None:
        """Do what seldom comes about by chance; `OF_ANOTHER` concerns another ticket."""
        one, *others = chance.sample(list(self.tickets.values()), len(self.tickets))
        others.sort(key=lambda each: each.state not in FLOW["link"].sources)
        if one.state in ENDED and len(self.tickets) < _MOST:
            self.submit(public=chance.random() < 0.5, urgent=None)
            one = self.tickets[max(self.tickets)]
        begin, *codes = course
        for _each in range(6):
            if one.state != begin:
                self._goes_on(chance, one, "straight")
        for code in codes:
            if code == "on":
                self._goes_on(chance, one, "straight")
            elif code == "unswept":
                self.time_goes_by(60 * 73)
            elif code == "later":
                self.time_goes_by(60 * 73)
                self.sweep()
            elif code != "link too" or len(others) > 1:
                of = others[code == "link too"] if code in OF_ANOTHER else one
                what = code.removesuffix(" too")
                given = self._given(chance, of, wrong=False)
                given |= {"main": one, "to": "paid" if code == "responsibility" else "property"}
                self._step(of, what, somebody(chance, of, what, self.away), given)

    def _goes_on(self, chance: Random, one: Known, wrong: str) -> None:
        codes = ALONE if wrong == "code" else leading(one, straight=wrong == "straight")
        code = chance.choice(codes)
        who = somebody(chance, one, code, self.away, anybody=wrong == "who")
        self._step(one, code, who, self._given(chance, one, wrong == "given"))

    def _given(self, chance: Random, one: Known, wrong: bool) -> dict[str, Any]:
        return given_with(chance, one, self.tickets, self.away, self.now, wrong=wrong)

    def _step(self, one: Known, code: str, who: str, given: dict[str, Any]) -> None:
        if code in ("responsibility", "recall"):
            code = "recall" if one.firm and one.completed_at is None else "responsibility"
        if code == "callback" and not given["reached"] and given["score"] not in (0, 6):
            given["score"] = None
        if currently_in_test_context():
            note(f"{code} of {one.number}, {one.state}, by {who} at {self.now:%d %H:%M}")
        may, same = one.may(who, code), self._is_so_already(one, code, given)
        fits = may and (same or one.fits(code, given, who, self.now))
        before = self._row(one.number)
        try:
            with self._open(who) as (actor, work):
                self._do(actor, work, one, code, given)
        except PcloudError:
            if fits:
                raise
            assert self._row(one.number) == before
            return
        assert fits, f"{code} of {one} by {who} with {given}"
        if same:
            assert self._row(one.number) == before
            return
        deadline = before["deadline_at"]
        one.moved(code, {**given, "by": who}, self.now)
        if code == "pause":
            one.rest = deadline - self.now
        self._and_with_it(one, code, given)

    def _do(self, actor: Actor, work: Work, one: Known, code: str, given: dict[str, Any]) -> None:
        number, reason = str(one.number), given["reason"]
        if code == "quote":
            quoting.quote(actor, work, number, (), (given["material"],))
        elif code == "agree":
            quoting.agree(actor, work, number, source=given["source"])
        elif code in ("responsibility", "recall", "leave_to_owner", "entrust"):
            to = {"leave_to_owner": "owner", "entrust": "third_party"}.get(code, given["to"])
            firm, promised = (FIRM, given["promised"]) if code == "entrust" else (None, None)
            decision = responsibility.Decision(to, reason, firm, promised)
            responsibility.decide(actor, work, number, decision)
        else:
            said = {name: given[name] for name in _NAMES & set(given)}
            said["main"] = str(given["main"].number)
            said["kind"] = "nobody_in" if code == "no_access" else given["kind"] or "-"
            said["without_photo"] = "手机没电"
            said["for_firm"] = given["for_firm"] if "firm" in FLOW[code].who else False
            steps.move(actor, work, number, code, steps.Given(**said))

    def _is_so_already(self, one: Known, code: str, given: dict[str, Any]) -> bool:
        """Say whether a command finds that what it should do is done, and does nothing."""
        if code == "quote":
            return bool(one.quoted == given["material"])
        if code == "agree":
            return one.agreed
        if code == "leave_to_owner":
            return one.responsibility == "owner"
        return code == "responsibility" and bool(one.responsibility == given["to"])

    def _and_with_it(self, one: Known, code: str, given: dict[str, Any]) -> None:
        """Do what goes with a step: with those joined to the ticket, and with emergencies."""
        now = self.now
        joined = [self.tickets[each] for each in sorted(self.tickets)]
        joined = [each for each in joined if each.main == one.number]
        if code in ("cancel", "leave_to_owner") and joined:
            joined[0].moved("release", {}, now)
            for other in joined[1:]:
                other.moved("follow", {"main": joined[0]}, now)
        if code == "link":
            main: Known = given["main"]
            for other in joined:
                other.moved("follow", {"main": main}, now)
            if one.urgent is not None and main.urgent is None and main.state in BEFORE_DONE:
                main.moved("urgent", {"kind": one.urgent}, now)
                self._goes_out_at_once(main)
        if code == "urgent":
            self._goes_out_at_once(one)

    def _goes_out_at_once(self, one: Known) -> None:
        """Expect that an emergency is accepted, and given to one who is on shift (3.2.2).

        Whoever marked it has to be one who may: the desk.
        """
        row = self._row(one.number)
        if one.state not in ("submitted", "accepted"):
            return
        last = self._last_by(one.number)
        if last != DESK:
            return
        if one.state == "submitted":
            one.moved("accept", {}, self.now)
        there = {who: end for who, end in self.shifts if end > self.now and who not in self.away}
        sure = any(end >= self.now + _LONG for end in there.values())
        if row["state"] == "assigned" or sure:
            number = self._name(row["handler_id"])
            assert number in there, f"{one} goes to nobody of {there}"
            one.moved("assign", {"handler": number}, self.now)

    def _name(self, account_id: bytes | None) -> str | None:
        query = select(Account.staff_number).where(Account.id == account_id)
        return next((str(row[0]) for row in self.repairs.office.rows(query)), None)

    def _last_by(self, number: int) -> str:
        query = (
            select(Account.staff_number)
            .join(TicketStep, TicketStep.by_id == Account.id)
            .join(Ticket, Ticket.id == TicketStep.ticket_id)
            .where(Ticket.number == number)
            .order_by(TicketStep.position.desc())
            .limit(1)
        )
        return str(self.repairs.office.rows(query)[0][0])

    def _row(self, number: int) -> dict[str, Any]:
        return self.repairs.ticket(number)

    @invariant()
    def every_ticket_is_as_it_is_known(self) -> None:
        if self.tickets:
            with self._look() as (_actor, work):
                self.seen.update(ticket_truths.must_hold(work, self.tickets))
