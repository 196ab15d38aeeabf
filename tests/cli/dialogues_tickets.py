"""How each question about repair tickets is answered at a terminal."""

from __future__ import annotations

from pcloud_cli.services.ticket.number import numbered
from tests.cli.dialogue import Dialogue, Step

NEW, ASSIGNED, TAKEN, ON_SITE, COMPLETED, URGENT, ACCEPTED, QUOTED, CONFIRMED = (
    str(numbered(serial)) for serial in range(1, 10)
)
"""Tickets of the hall, by how far they have come."""

_TECHNICIAN, _OTHER = "R-MAINTENANCE", "R-CONTRACTOR-MAINTENANCE"
_SUBMIT = "ticket submit -c CH --public 车库 --content 灯不亮"
_WAY = ("accept {0}", "assign {0} --to R-MAINTENANCE", "take {0}", "arrive {0}")


def made() -> tuple[tuple[str, str], ...]:
    """Return what brings the hall its tickets: who calls, and what."""
    found = [("KF001", _SUBMIT) for _ticket in range(9)]
    there = (ON_SITE, COMPLETED, QUOTED, CONFIRMED)
    ways = ((ACCEPTED, 1), (ASSIGNED, 2), (TAKEN, 3), *((number, 4) for number in there))
    for number, steps in ways:
        for at, words in enumerate(_WAY[:steps]):
            found.append(("KF001" if at < 2 else _TECHNICIAN, f"ticket {words.format(number)}"))
    for number in (COMPLETED, CONFIRMED):
        found.append((_TECHNICIAN, f"ticket complete {number} --note 好了"))
    found.append(("KF001", f"ticket confirm {CONFIRMED} --score 5 --source signature"))
    found.append(("KF001", f"ticket responsibility {QUOTED} --to 有偿 --reason 人为损坏"))
    found.append((_TECHNICIAN, f"ticket quote {QUOTED} --material 灯管*1=35"))
    found.append(("KF001", f"ticket urgent {URGENT} --kind 断电"))
    return tuple(found)


def _one(words: str, question: str, expected: str, typed: str, by: str = "KF001") -> Dialogue:
    return Dialogue(f"ticket {words}", (Step(f"ticket.{question}", expected, typed),), by=by)


_SITE = "handling._on_site: "
TICKETS: tuple[Dialogue, ...] = (
    Dialogue(
        "ticket submit",
        (
            Step("ticket.asking.filled: choose, by the service", "Which community", "CH"),
            Step("ticket.asking._until: ask question", "Phone", ""),
            Step("ticket.asking._place: choose Where is it", "Where is it", "2"),
            Step("ticket.asking._place: ask Which place", "Which place", "3号电梯"),
            Step("ticket.asking._until: ask question", "Building", ""),
            Step("ticket.asking._what: choose Who reports it", "Who reports it", ""),
            Step("ticket.asking._until: ask question", "What is broken", "有人被困"),
            Step("ticket.asking._what: choose question", "That sounds urgent", "2"),
            Step("ticket.asking._what: choose Fault type", "Fault type", ""),
            Step("ticket.asking._contact: ask Contact (Enter: none)", "Contact", ""),
            Step("ticket.asking._read_back: choose Read back to the caller?", "to the caller", "1"),
        ),
        says="3号电梯",
    ),
    _one(
        "submit --public 车库 --content 灯不亮",
        "submitting.submit: choose, by the service",
        "Which community",
        "CH",
    ),
    _one(f"reject {NEW}", "ending.reject: ask Why", "Why", "不属物业"),
    _one(f"cancel {NEW}", "ending.cancel: ask Why", "Why", "不修了"),
    _one(
        f"link {NEW}",
        "ending.link: ask Number of the ticket that goes on",
        "Number of the ticket",
        TAKEN,
    ),
    _one(f"urgent {URGENT} --off", "handling.urgent: ask Why", "Why", "误报"),
    _one(
        f"assign {ACCEPTED}",
        "assigning.assign: ask Staff number of the technician",
        "Staff number",
        _TECHNICIAN,
    ),
    Dialogue(
        f"ticket reassign {ASSIGNED}",
        (
            Step(
                "ticket.handling.reassign: ask Staff number of the technician",
                "Staff number",
                _OTHER,
            ),
            Step("ticket.handling.reassign: ask Why", "Why", "专业不符"),
        ),
    ),
    _one(f"return {ASSIGNED}", "handling.return_: ask Why", "Why", "需要电工", _TECHNICIAN),
    Dialogue(
        f"ticket appoint {TAKEN}",
        (
            Step("ticket.handling.appoint: ask From when", "From when", "明天 09:00"),
            Step("ticket.handling.appoint: ask Until when", "Until when", "明天 11:00"),
        ),
    ),
    Dialogue(
        f"ticket arrive {TAKEN}",
        (
            Step(f"ticket.{_SITE}choose Is it as it was entered?", "as it was entered", "2"),
            Step(f"ticket.{_SITE}ask What is really broken", "really broken", "跳闸"),
        ),
        by=_TECHNICIAN,
    ),
    Dialogue(
        f"ticket arrive {TAKEN} --note 到了",
        (
            Step(f"ticket.{_SITE}choose Is it as it was entered?", "as it was entered", "3"),
            Step(f"ticket.{_SITE}ask Where it really is", "really is", "二层"),
        ),
        by=_TECHNICIAN,
    ),
    _one(
        f"no-access {TAKEN} --without-photo 手机没电",
        "handling.no_access: choose Why",
        "Why",
        "1",
        _TECHNICIAN,
    ),
    _one(
        f"progress {ON_SITE}",
        "handling.progress: ask What was found or done",
        "What was found",
        "等配件",
        _TECHNICIAN,
    ),
    Dialogue(
        f"ticket pause {ON_SITE}",
        (
            Step("ticket.handling.pause: ask Why", "Why", "等配件"),
            Step("ticket.handling.pause: ask Until when", "Until when", "明天 09:00"),
        ),
        by=_TECHNICIAN,
    ),
    _one(
        f"complete {ON_SITE}",
        "handling.complete: ask What was found or done",
        "What was found",
        "换灯管",
        _TECHNICIAN,
    ),
    Dialogue(
        f"ticket confirm {COMPLETED}",
        (
            Step("ticket.ending.confirm: choose Score", "Score", "5"),
            Step("ticket.ending.confirm: choose How is it known", "How is it known", "2"),
        ),
    ),
    Dialogue(
        f"ticket callback {COMPLETED}",
        (
            Step(
                "ticket.ending.callback: choose Was somebody reached?", "Was somebody reached", "1"
            ),
            Step("ticket.ending.callback: choose How content, 1 to 5?", "How content", "4"),
        ),
        says="confirmed",
    ),
    _one(
        f"confirm {COMPLETED} --score 2 --source signature",
        "ending._why: ask question",
        "not content with",
        "还在漏",
    ),
    Dialogue(
        f"ticket callback {CONFIRMED} --reached --score 1",
        (
            Step("ticket.ending._why: ask question", "not content with", ""),
            Step("ticket.ending._offer: ask question", "say why", "又漏水了"),
        ),
        says="waiting to be assigned",
    ),
    _one(
        f"quote {QUOTED} --agreed",
        "quoting.quote: choose How is it known",
        "How is it known",
        "3",
    ),
    _one(f"reopen {COMPLETED}", "ending.reopen: ask Why", "Why", "又坏了"),
)
