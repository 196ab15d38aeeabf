"""What `pcloud ticket submit` asks, fast enough to fill while the caller talks (3.2.1).

The number comes first: it tells who calls. Each answer is judged at once, so that none is lost;
most questions take one key, and Enter leaves open what may be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pcloud_cli.context import Context
from pcloud_cli.errors import ConfigProblem, NotAllowed, PcloudError
from pcloud_cli.i18n import _

if TYPE_CHECKING:
    from pcloud_cli.services.acting import Desk
    from pcloud_cli.services.ticket.callers import Caller
    from pcloud_cli.services.ticket.submit import Call


@dataclass
class Form:
    """A call being entered, in the community of code `community`."""

    run: Context
    desk: Desk
    community: str
    call: Call


def filled(run: Context, call: Call, community: str | None) -> tuple[Call, str]:
    """Ask for what `call` lacks; return it whole, and the code of its community.

    The call came in when the first question was asked, where nothing else is said.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services.ticket import hearing

    with acting.at_desk(run) as desk:
        with desk.open() as (actor, work):
            code = hearing.community(actor, work, community, choose=run.choose)
        form = Form(run, desk, code, replace(call, called_at=call.called_at or run.clock.now()))
        _phone(form)
        _place(form)
        _what(form)
        _contact(form)
        _read_back(form)
    return form.call, code


def _until(
    form: Form, question: str, option: str, judge: Callable[[str], str], default: str | None = None
) -> str:
    """Ask until `judge` takes the answer; an empty one, where it may be, is not judged."""
    while True:
        answer = form.run.ask(question, option=option, default=default)
        if not answer:
            return ""
        try:
            return judge(answer)
        except (ConfigProblem, NotAllowed):
            raise
        except PcloudError as problem:
            form.run.out.note(" ".join(filter(None, (problem.message, problem.hint))))


def _phone(form: Form) -> None:
    from pcloud_cli.services.ticket.submit import phone

    if form.call.phone is None:
        given = _until(form, _("Phone (Enter: none)"), "--phone", phone, "")
        form.call = replace(form.call, phone=given)


def _place(form: Form) -> None:
    from pcloud_cli.services.ticket import callers, words

    call, run = form.call, form.run
    if call.house or call.public:
        return
    known: list[Caller] = []
    if call.phone:
        with form.desk.open() as (actor, work):
            known = callers.known(actor, work, form.community, call.phone)
    choices = [
        (
            str(at),
            _("{house} ({who})").format(house=each.house, who=_(words.REPORTERS[each.reporter])),
        )
        for at, each in enumerate(known)
    ]
    choices += [("house", _("in a house")), ("public", _("in a public place"))]
    chosen = run.choose(_("Where is it"), choices, option="--house", default="0" if known else None)
    if chosen.isdecimal():
        caller = known[int(chosen)]
        form.call = replace(
            call,
            house=caller.house,
            reporter=call.reporter or caller.reporter,
            contact=call.contact or caller.name,
        )
    elif chosen == "house":
        form.call = replace(call, house=_until(form, _("House"), "--house", _house(form)))
    else:
        public = run.ask(_("Which place"), option="--public")
        building = _until(form, _("Building (Enter: none)"), "--building", _building(form), "")
        form.call = replace(call, public=public, building=building or call.building)


def _house(form: Form) -> Callable[[str], str]:
    from pcloud_cli.services.ticket import hearing

    def judge(text: str) -> str:
        with form.desk.open() as (actor, work):
            return hearing.house_of(actor, work, form.community, text)

    return judge


def _building(form: Form) -> Callable[[str], str]:
    from pcloud_cli.services.ticket import hearing

    def judge(text: str) -> str:
        with form.desk.open() as (actor, work):
            return hearing.building_of(actor, work, form.community, text)

    return judge


def _what(form: Form) -> None:
    from pcloud_cli.services.ticket import checking, hearing, words

    run = form.run
    if not form.call.reporter:
        people = [(code, _(word)) for code, word in words.REPORTERS.items()]
        reporter = run.choose(_("Who reports it"), people, option="--reporter", default="owner")
        form.call = replace(form.call, reporter=reporter)
    if not form.call.content:
        content = _until(form, _("What is broken"), "--content", checking.content)
        form.call = replace(form.call, content=content)
    with form.desk.open() as (actor, work):
        told = hearing.told(actor, work, form.community, form.call.content)
    if form.call.urgent is None and told["urgent"]:
        question = _("That sounds urgent ({kind}). Is it?").format(kind=told["urgent"])
        levels = [("urgent", _("urgent")), ("normal", _("normal"))]
        if run.choose(question, levels, option="--urgent") == "urgent":
            form.call = replace(form.call, urgent=told["urgent"])
    if form.call.fault_type is None:
        faults = [*told["faults"], ("", _("leave it open"))]
        usual = told["fault"] or ""
        fault = run.choose(_("Fault type"), faults, option="--fault", default=usual)
        form.call = replace(form.call, fault_type=fault or None)


def _contact(form: Form) -> None:
    if form.call.contact is None:
        contact = form.run.ask(_("Contact (Enter: none)"), option="--contact", default="")
        form.call = replace(form.call, contact=contact)


def _read_back(form: Form) -> None:
    """Show what is to be read back to the caller, and ask whether it was."""
    from pcloud_cli.services.ticket import checking

    call, run = form.call, form.run
    if call.read_back or call.channel not in checking.READ_TO:
        return
    place = call.house or " ".join(filter(None, (call.building, call.public)))
    run.out.note(_("Read back: {text}").format(text="; ".join(filter(None, (place, call.content)))))
    if call.phone:
        run.out.note(call.phone)
    choices = [("yes", _("read back, and right")), ("no", _("not read back"))]
    if run.choose(_("Read back to the caller?"), choices, option="--read-back") == "yes":
        form.call = replace(call, read_back=True)
