"""What a message is about, by the numbers that people call it by: shown where messages are listed.

A number tells of no person. It stands beside the message in clear, and stays when the rest of what
it said is forgotten: whoever asks on the phone which one they were told of can be answered.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pcloud_cli.i18n import N_, _
from pcloud_cli.services.outbox_template import NUMBERS, Template, fits

TICKET, IMPORT = "ticket", "import"

OF_APPROVALS: Mapping[str, str] = {
    "import.batch": IMPORT,
    "import.undo": IMPORT,
    "account.import": "hires",
    "house.renumber": "renumbering",
    "owner.contact": "owner_change",
    "owner.identity": "owner_change",
    "policy.change": "policy_change",
    "price.list": "price_list",
}
"""What the entry is that waits for an approval of a kind, where it has a number."""

_WORDS = {
    TICKET: N_("ticket {number}"),
    "anomaly": N_("login anomaly {number}"),
    IMPORT: N_("workbook {number}"),
    "hires": N_("list of new staff {number}"),
    "renumbering": N_("new house numbers {number}"),
    "owner_change": N_("change of an owner {number}"),
    "policy_change": N_("change of policy {number}"),
    "price_list": N_("price list {number}"),
}


class Thing(NamedTuple):
    """One thing: what kind it is, a code, and its number."""

    kind: str
    number: str


def of_values(template: Template, values: Mapping[str, str]) -> list[Thing]:
    """Return what a message of `template` with these values is about."""
    return [
        Thing(kind.value, values[name])
        for name, kind in template.variables.items()
        if kind in NUMBERS and fits(kind, values[name])
    ]


def written(things: Iterable[Thing]) -> str | None:
    """Return the text that is kept of `things`; None for none."""
    found = list(dict.fromkeys(things))
    return json.dumps(found, ensure_ascii=False) if found else None


def read(text: str | None) -> list[dict[str, Any]]:
    """Return what `written` kept, as programs read it."""
    found = [] if text is None else json.loads(text)
    return [{"kind": kind, "number": _plain(number)} for kind, number in found]


def said(things: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what `read` gave, as people read it."""
    return [
        _(_WORDS[each["kind"]]).format(number=each["number"])
        if each["kind"] in _WORDS
        else str(each["number"])
        for each in things
    ]


def in_codes(things: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what `read` gave as text for programs: ``ticket 10``."""
    return [f"{each['kind']} {each['number']}" for each in things]


def _plain(number: Any) -> Any:
    text = str(number)
    return int(text) if text.isdecimal() else text
