"""What whoever reported a repair is told of its progress, by SMS, and at which step (2.3.2).

`REPORTS` is the one table of it. A message says what is so now: what waits for the morning and is
so no more is taken back, so that nobody finds five messages at eight.

* It goes to the mobile that the ticket holds. Without one, or found on patrol, nobody is told.
* At night it waits (`quiet_hours`), unless the repair is urgent, or it tells of a visit that comes
  before people could read it in the morning.
* Those who called about the same are told how it ended, each of the ticket that is theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pcloud_cli.errors import PcloudError
from pcloud_cli.models.community import Community
from pcloud_cli.models.ticket import Channel, Reporter, Ticket, Urgency
from pcloud_cli.services import outbox, outbox_waiting, policy, quiet_hours, rights
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.outbox_address import read_address
from pcloud_cli.services.outbox_templates import TEMPLATES
from pcloud_cli.services.outbox_templates_tickets import TO_REPORTERS
from pcloud_cli.services.policy_sections import NoticePolicy
from pcloud_cli.services.ticket import joining
from pcloud_cli.services.ticket.steps import Change

_QUOTED = "reporter_quoted"
_PROGRESS = TO_REPORTERS - {_QUOTED}
_COMING = frozenset({"reporter_taken", "reporter_appointed"})

_FOR_ALL = ("reject", "complete", "reopen")
"""Steps that end a matter, or begin it anew, for all who called."""

_BEFORE_VISIT = timedelta(hours=1)
"""How long before a visit somebody wants to have read of it."""


@dataclass(frozen=True)
class Report:
    """What a step gives the reporter to know.

    `template` is None where nothing is said, `visit` the one in its place while there is an
    appointment, `fallen` the one where a visit that was arranged falls, `public` where the place is
    nobody's home, `callers` what those joined to the ticket are told. One that is for somebody
    `at_home` alone says nothing of a public place. `takes_back` are the messages that, if they
    still wait, are so no more; a quote goes on waiting until it is answered or of no matter.
    `soon`: it is about a visit.
    """

    template: str | None = None
    visit: str | None = None
    fallen: str | None = None
    public: str | None = None
    callers: str | None = None
    takes_back: frozenset[str] = _PROGRESS
    soon: bool = False
    at_home: bool = False


_NOBODY_COMES = Report(fallen="reporter_visit_off", takes_back=_COMING, soon=True)
REPORTS: Mapping[str, Report] = {
    "accept": Report("reporter_accepted"),
    "reject": Report("reporter_rejected", callers="reporter_rejected"),
    "take": Report("reporter_taken", visit="reporter_appointed", soon=True),
    "appoint": Report("reporter_appointed", soon=True),
    "no_access": Report("reporter_no_access", soon=True),
    "pause": Report("reporter_paused", soon=True),
    "complete": Report(
        # public work is confirmed by customer service, and not by who reported it
        "reporter_completed",
        public="reporter_done",
        callers="reporter_done",
        takes_back=TO_REPORTERS,
    ),
    "cancel": Report("reporter_cancelled", takes_back=TO_REPORTERS, soon=True),
    "reopen": Report("reporter_reopened"),
    # who reported public work was not asked; that it is done has gone out or has ended long ago
    "close": Report("reporter_closed", at_home=True, takes_back=frozenset()),
    "quote": Report(_QUOTED, takes_back=TO_REPORTERS),
    # told by customer service, who can say why
    "leave_to_owner": Report(takes_back=TO_REPORTERS),
    "agree": Report(takes_back=frozenset({_QUOTED})),
    "entrust": Report(takes_back=TO_REPORTERS),
    "recall": _NOBODY_COMES,
    "reassign": _NOBODY_COMES,
    "return": _NOBODY_COMES,
    "give_back": _NOBODY_COMES,
    "link": _NOBODY_COMES,
    "arrive": Report(),
    "confirm": Report(),
    "resume": Report(takes_back=frozenset({"reporter_paused"})),
    "told": Report(takes_back=frozenset({"reporter_done", "reporter_rejected"})),
}
"""What each step tells the reporter; those that are not here say nothing and take nothing back.

A pause that is over (`wake`) needs no line: its message is worth nothing from then on anyway.
"""


def tell(change: Change) -> None:
    """Queue what `change` gives the reporter to know, and take back what is so no more."""
    report = REPORTS.get(change.step.code)
    if report is None:
        return
    work, ticket = change.work, change.ticket
    callers = joining.joined_to(work, ticket.id) if change.step.code in _FOR_ALL else []
    taken_back = outbox_waiting.supersede(
        change.actor, work, [ticket.id, *(each.id for each in callers)], report.takes_back
    )
    if not policy.current(work, NoticePolicy).tell_reporters:
        return
    template = _template(report, ticket)
    # whoever never heard of the visit needs not hear that it falls
    if report.fallen is not None and not taken_back and _has_fallen(change):
        template = report.fallen
    _send(change, ticket, template)
    for each in callers:
        _send(change, each, report.callers)


def _template(report: Report, ticket: Ticket) -> str | None:
    if ticket.house_id is None and (report.public is not None or report.at_home):
        return report.public
    if report.visit is not None and ticket.appointed_until is not None:
        return report.visit
    return report.template


def _has_fallen(change: Change) -> bool:
    _begins, until = change.former_appointment
    return until is not None and until > change.now and change.ticket.appointed_until is None


def _send(change: Change, ticket: Ticket, template: str | None) -> None:
    mobile = None if template is None else _mobile(change, ticket)
    if template is None or mobile is None:
        return
    work = change.work
    community = work.session.get_one(Community, ticket.community_id)
    values = _values(change, ticket, community, template)
    begins, ends = _from_when(change, community.zone), values.get("until")
    until = None if ends is None else datetime.fromisoformat(ends)
    if until is not None and until <= begins:
        return  # by then it is no more so
    outbox.queue(
        work,
        template,
        Recipient.outside(mobile, community.zone),
        values,
        community_id=community.id,
        not_before=begins,
        not_after=until,
        about=ticket.id,
    )


def _values(change: Change, ticket: Ticket, community: Community, template: str) -> dict[str, str]:
    """Return the variables of `template`; what it names, its step has made sure of."""
    moments = {
        "begins": ticket.appointed_from,
        "until": ticket.appointed_until if template == "reporter_appointed" else ticket.deadline_at,
    }
    known = {
        "number": str(ticket.number),
        "community": community.name,
        "total": str(change.detail.get("total")),
        **{name: moment.isoformat() for name, moment in moments.items() if moment is not None},
    }
    return {name: known[name] for name in TEMPLATES[template].variables}


def _mobile(change: Change, ticket: Ticket) -> str | None:
    """Return the mobile of whoever is to be told; None where there is none, or it was tampered."""
    if ticket.phone_sealed is None or ticket.reporter == Reporter.PATROL:
        return None
    if ticket.channel == Channel.PATROL:
        return None
    try:
        phone = change.work.keys.open("ticket", "phone_sealed", ticket.id, ticket.phone_sealed)
    except PcloudError:
        # no step waits for a phone that somebody has put there past the program
        rights.tampered(change.actor, change.work, "ticket", ticket.id)
        return None
    return read_address(phone).mobile


def _from_when(change: Change, zone: str) -> datetime:
    """Return the moment from which a message may go out."""
    work, ticket, now = change.work, change.ticket, change.work.now()
    if ticket.urgency == Urgency.URGENT:
        return now
    begins = quiet_hours.from_when(work, zone)
    if begins > now and REPORTS[change.step.code].soon:
        latest = begins + _BEFORE_VISIT
        if any(visit < latest and now < over for visit, over in _visits(change)):
            return now
    return begins


def _visits(change: Change) -> Iterator[tuple[datetime, datetime]]:
    """Give the visit that is arranged, and the one that was before this step."""
    ticket = change.ticket
    for begins, until in (
        (ticket.appointed_from, ticket.appointed_until),
        change.former_appointment,
    ):
        if begins is not None and until is not None:
            yield begins, until
