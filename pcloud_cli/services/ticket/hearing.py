"""What is understood of a call while it is being entered: each answer is judged at once (3.2.1)."""

from __future__ import annotations

from typing import Any

from pcloud_cli.db.work import Work
from pcloud_cli.services import fault_type, house, places, policy, sight
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy_ticket import TicketPolicy
from pcloud_cli.services.sight import Choose
from pcloud_cli.services.ticket import checking, urgency
from pcloud_cli.services.ticket.flow import SUBMIT

_SUBMIT = SUBMIT.allowed[0].permission


def community(actor: Actor, work: Work, named: str | None, choose: Choose) -> str:
    """Return the code of the community that the call is about."""
    return sight.of_one(actor, work, _SUBMIT, named, choose).places[0].code


def zone(actor: Actor, work: Work, named: str | None) -> str | None:
    """Return the time zone of the community of a call, None where several may be meant."""
    places = sight.of(actor, work, _SUBMIT, named).places
    return places[0].zone if len(places) == 1 else None


def house_of(actor: Actor, work: Work, community: str, text: str) -> str:
    """Return the address of the house that `text` means; raises as `house.one`."""
    return places.address(house.one(work, sight.of(actor, work, _SUBMIT, community), text))


def building_of(actor: Actor, work: Work, community: str, text: str) -> str:
    """Return the name of the building that `text` means; NotFound with those there are."""
    seen = sight.of(actor, work, _SUBMIT, community)
    return places.building(work, seen.places[0].id, text)[1]


def told(actor: Actor, work: Work, community: str, content: str) -> dict[str, Any]:
    """Return what `content` sounds like: ``urgent``, ``fault`` (None for nothing), and ``faults``.

    The last are code and name of every fault type, to choose from. Raises UsageProblem for a
    content that cannot be.
    """
    sight.of(actor, work, _SUBMIT, community)
    said = checking.content(content)
    rules = policy.numbered(work, TicketPolicy)[0]
    return {
        "urgent": urgency.proposed(rules, said),
        "fault": fault(work, rules, said),
        "faults": fault_type.choices(work),
    }


def fault(work: Work, rules: TicketPolicy, content: str) -> str | None:
    """Return the code of the fault type that `content` tells of: most words, then the first."""
    text = urgency.plain(content)
    names = dict(fault_type.choices(work))
    counts = {
        code: sum(urgency.says(text, word) for word in words)
        for code, words in rules.faults().items()
        if code in names
    }
    for code, name in names.items():
        counts[code] = counts.get(code, 0) + (urgency.plain(name) in text)
    best = max(counts.values(), default=0)
    return next((code for code, count in counts.items() if count == best), None) if best else None
