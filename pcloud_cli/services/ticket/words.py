"""The words of a ticket's codes, translated where printed."""

from __future__ import annotations

from pcloud_cli.i18n import N_
from pcloud_cli.models.ticket import (
    Channel,
    ConfirmSource,
    Reporter,
    Responsibility,
    TicketClock,
    TicketState,
    Urgency,
)
from pcloud_cli.models.ticket_entry import CheckKind
from pcloud_cli.services.words import Words

STATES: Words = {
    TicketState.SUBMITTED: N_("waiting to be accepted"),
    TicketState.ACCEPTED: N_("waiting to be assigned"),
    TicketState.ASSIGNED: N_("waiting to be taken"),
    TicketState.TAKEN: N_("on the way"),
    TicketState.ON_SITE: N_("being repaired"),
    TicketState.PAUSED: N_("paused"),
    TicketState.COMPLETED: N_("waiting for confirmation"),
    TicketState.CONFIRMED: N_("confirmed and rated"),
    TicketState.CLOSED: N_("closed by time"),
    TicketState.REJECTED: N_("turned down"),
    TicketState.CANCELLED: N_("cancelled"),
    TicketState.LINKED: N_("joined to another ticket"),
}
URGENCIES: Words = {Urgency.NORMAL: N_("normal"), Urgency.URGENT: N_("urgent")}
CHANNELS: Words = {
    Channel.APP: N_("app"),
    Channel.WECHAT: N_("WeChat"),
    Channel.PHONE: N_("phone"),
    Channel.COUNTER: N_("counter"),
    Channel.PATROL: N_("patrol"),
}
REPORTERS: Words = {
    Reporter.OWNER: N_("owner"),
    Reporter.TENANT: N_("tenant"),
    Reporter.FAMILY: N_("family member"),
    Reporter.DECORATOR: N_("decorator"),
    Reporter.PATROL: N_("patrol"),
    Reporter.OTHER: N_("somebody else"),
}
CLOCKS: Words = {
    TicketClock.ACCEPT: N_("to be accepted"),
    TicketClock.ASSIGN: N_("to be assigned"),
    TicketClock.TAKE: N_("to be taken"),
    TicketClock.ARRIVE: N_("to arrive"),
    TicketClock.COMPLETE: N_("to be completed"),
    TicketClock.CONFIRM: N_("to be confirmed"),
    TicketClock.RESUME: N_("to be resumed"),
}
SOURCES: Words = {
    ConfirmSource.APP: N_("in the app"),
    ConfirmSource.SIGNATURE: N_("signature on site"),
    ConfirmSource.CALLBACK: N_("call back"),
}
AGREEMENTS: Words = {
    ConfirmSource.APP: N_("in the app"),
    ConfirmSource.SIGNATURE: N_("signature on site"),
    ConfirmSource.CALLBACK: N_("by phone"),
}
"""How it is known that the owner agrees to a quote: APP确认, 现场签字, 电话确认."""
RESPONSIBILITIES: Words = {
    Responsibility.PROPERTY: N_("the property company's"),
    Responsibility.WARRANTY: N_("the developer's, under warranty"),
    Responsibility.PAID: N_("paid by the owner"),
    Responsibility.THIRD_PARTY: N_("a maintenance firm's"),
    Responsibility.OWNER: N_("the owner's own"),
}
"""Whose matter a repair is: 物业, 质保, 有偿, 第三方维保, 业主自理."""
WHY: Words = {
    "within": N_("the warranty holds"),
    "over": N_("the warranty is over"),
    "no_part": N_("no warranty goes by this fault type"),
    "no_period": N_("policy has no term for this part"),
    "no_start": N_("no hand-over is known, so no warranty can be reckoned"),
    "no_fault_type": N_("it has no fault type"),
}
"""Why somebody is proposed as responsible, or nobody is."""
STARTS: Words = {
    "house": N_("hand-over of the house"),
    "building": N_("first hand-over in the building"),
}
"""From when a warranty runs."""
CHECKS: Words = {
    CheckKind.ACCEPTED: N_("when accepting"),
    CheckKind.ON_SITE: N_("on site"),
}
NO_ACCESS: Words = {"nobody_in": N_("nobody in"), "refused": N_("not let in")}
"""Why somebody could not get in: 上门无人, 拒绝入户."""
