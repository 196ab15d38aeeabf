"""A new ticket: where, what, who told it, since when (3.2.1)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotAllowed, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.base import Mark
from pcloud_cli.models.ticket import Channel, Reporter, Ticket, Urgency
from pcloud_cli.models.ticket_entry import CheckKind
from pcloud_cli.services import fault_type, house, permission, places, policy, sight, turns
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy_ticket import TicketPolicy
from pcloud_cli.services.sight import Choose, Sight
from pcloud_cli.services.ticket import (
    checking,
    clock,
    emergency,
    hearing,
    joining,
    notices,
    record,
    steps,
    urgency,
)
from pcloud_cli.services.ticket.flow import SUBMIT
from pcloud_cli.services.ticket.number import numbered, serial_of
from pcloud_cli.services.ticket.words import CHANNELS, REPORTERS
from pcloud_cli.services.words import understood
from pcloud_cli.sheets.phone import judge_phone


@dataclass(frozen=True)
class Call:
    """What somebody reports.

    The place is a house (`house`, in any spelling) or a public place (`public`, with its `building`
    where it is in one). `called_at` is when it was first said, aware; None for now. `reference` is
    the name that the channel gave it: the same one again changes nothing. `channel`, `reporter` are
    codes or their words.
    """

    content: str
    channel: str = Channel.PHONE
    reporter: str = Reporter.OWNER
    house: str | None = None
    public: str | None = None
    building: str | None = None
    contact: str | None = None
    phone: str | None = None
    fault_type: str | None = None
    urgent: str | None = None
    """The kind of emergency, ``-`` or 紧急 for what the content sounds like, None for none."""
    read_back: bool = False
    """Whether what was entered was read back to who said it (复述核对)."""
    called_at: datetime | None = None
    reference: str | None = None


def submit(
    actor: Actor, work: Work, call: Call, *, community: str | None, choose: Choose
) -> dict[str, Any]:
    """Enter a ticket and return it as a record, with ``already`` and the proposed emergency.

    Raises NotFound for a place that is not there, UsageProblem for what is missing or wrong.
    """
    seen = sight.of_one(actor, work, SUBMIT.allowed[0].permission, community, choose)
    return submitted(actor, work, call, seen)


def submitted(
    actor: Actor,
    work: Work,
    call: Call,
    seen: Sight,
    *,
    needed: str = SUBMIT.allowed[0].permission,
) -> dict[str, Any]:
    """Do the same within `seen`, one community, for who holds `needed` there."""
    community = seen.places[0]
    channel = understood(call.channel, CHANNELS, "--channel")
    reporter = understood(call.reporter, REPORTERS, "--reporter")
    known = _known(work, channel, call.reference)
    if known is not None:
        return _again(work, known, community.id)
    rules, version = policy.numbered(work, TicketPolicy)
    content = checking.content(call.content)
    called = call.called_at or work.now()
    if called > work.now() + timedelta(minutes=1):
        raise UsageProblem(_("The call is still to come."), hint=_("Give --called-at rightly."))
    number = None if not (call.phone or "").strip() else phone(str(call.phone))
    house_id, building_id, public = _placed(work, seen, call)
    permission.require(
        actor,
        work,
        needed,
        community_id=community.id,
        building_id=building_id,
    )
    kind = None if call.urgent is None else urgency.meant(rules, call.urgent, content)
    if channel == Channel.APP and needed != "ticket.intake":
        raise NotAllowed(
            _("What is reported in the app comes from the app itself."),
            hint=_("Give the channel by which you heard of it."),
            code="not_from_app",
        )
    turns.with_numbers(work, "tickets")
    # another may have handed the same over while this one waited for its turn
    known = _known(work, channel, call.reference)
    if known is not None:
        return _again(work, known, community.id)
    last = work.session.scalar(select(Ticket.number).order_by(Ticket.number.desc()).limit(1))
    id_, seal = work.ids(), work.keys.field_cipher().seal
    contact = unicodedata.normalize("NFC", call.contact or "").strip()
    late = channel in (Channel.PHONE, Channel.COUNTER) and work.now() > called + timedelta(
        minutes=rules.enter_minutes
    )
    hint = urgency.proposed(rules, content) if call.urgent is None else None
    ticket = Ticket(
        id=id_,
        number=numbered(serial_of(last or 0) + 1),
        community_id=community.id,
        building_id=building_id,
        house_id=house_id,
        public_place=public,
        fault_type=fault_type.find(work, call.fault_type).code if call.fault_type else None,
        state=str(SUBMIT.target),
        urgency=(Urgency.NORMAL if call.urgent is None else Urgency.URGENT).value,
        urgent_kind=kind,
        proposed_kind=hint,
        channel=channel,
        reference=call.reference,
        reporter=reporter,
        contact_sealed=seal("ticket", "contact_sealed", id_, contact) if contact else None,
        phone_sealed=seal("ticket", "phone_sealed", id_, number) if number else None,
        phone_index=work.keys.blind_index().of("phone", number) if number else None,
        content_sealed=seal("ticket", "content_sealed", id_, content),
        called_at=called,
        submitted_at=work.now(),
        late_entry=late,
        entry_due_at=work.now() if late else None,
        entered_by=actor.account_id,
        policy_number=version,
    )
    began = called if channel in (Channel.APP, Channel.WECHAT) else work.now()
    clock.run(ticket, clock.started(rules, ticket, _clock(), began, work.now()), 1)
    work.session.add(ticket)
    work.session.flush()
    change = steps.Change(
        actor,
        work,
        ticket,
        SUBMIT,
        steps.Given(),
        work.now(),
        rules,
        None,
        detail={"channel": ticket.channel, "urgency": ticket.urgency, "late": ticket.late_entry},
    )
    if call.read_back:
        _read_back(change)
    steps.write(change, 1, None)
    notices.tell(change)
    emergency.at_once(change)
    fault = hearing.fault(work, rules, content) if ticket.fault_type is None else None
    return {
        **record.of(work, ticket),
        "already": False,
        "proposed_fault": fault,
        "proposed_fault_name": dict(fault_type.choices(work)).get(fault) if fault else None,
        "alike": [
            {"number": each["number"], "place": each["place"]}
            for each in record.of_all(work, joining.alike(work, ticket, fault))
        ],
    }


def _read_back(change: steps.Change) -> None:
    if change.ticket.channel not in checking.READ_TO:
        raise UsageProblem(
            _("Only what was said at the phone or the counter is read back."),
            hint=_("Leave --read-back out."),
        )
    change.detail["read_back"] = checking.record(
        change.actor, change.work, change.ticket, CheckKind.READ_BACK
    )


def _clock() -> Any:
    return SUBMIT.clock


def _again(work: Work, known: Ticket, community_id: bytes) -> dict[str, Any]:
    if known.community_id != community_id:
        raise NotAllowed(
            _("The reference {reference} is taken elsewhere.").format(reference=known.reference),
            code="reference_taken",
        )
    new: dict[str, Any] = {
        "proposed_fault": None,
        "proposed_fault_name": None,
        "alike": [],
    }
    return {**record.of(work, known), "already": True, **new}


def _known(work: Work, channel: str, reference: str | None) -> Ticket | None:
    if reference is None:
        return None
    return work.session.scalar(
        select(Ticket).where(Ticket.channel == channel, Ticket.reference == reference)
    )


def phone(text: str) -> str:
    """Return a phone number as it is kept; UsageProblem where nobody can be called by it."""
    judged = judge_phone(text)
    if judged.status != Mark.PRESENT.value:
        raise UsageProblem(
            _("That is no phone number that can be called."),
            hint=_("A mobile has 11 digits; a landline has its area code."),
        )
    return judged.canonical


def _placed(work: Work, seen: Sight, call: Call) -> tuple[bytes | None, bytes | None, str | None]:
    """Return house, building and public place of a call: a house, or a public place."""
    if call.house and call.public:
        raise UsageProblem(
            _("It is either in a house or in a public place."), hint=_("Give one of them.")
        )
    if call.house:
        found = house.one(work, seen, call.house)
        return found.id, found.building_id, None
    public = unicodedata.normalize("NFC", call.public or "").strip()
    if not public:
        raise UsageProblem(
            _("Where is it?"), hint=_("Give --house, or --public for a public place.")
        )
    if not call.building:
        return None, None, public
    building, name = places.building(work, seen.places[0].id, call.building)
    return None, building.id, public if name in public else f"{name} {public}"
