"""The one table of what moves a ticket: from, to, who, what must be given, which clock (2.3.2).

Nothing else changes a ticket's state. To add a step, add it here; what it does besides moving the
ticket (`effects`) and whom it tells (`notices`) finds it by its code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pcloud_cli.i18n import N_
from pcloud_cli.models.ticket import TicketClock, TicketState

S = TicketState


class Who(StrEnum):
    """Who of those that hold a permission may do a step."""

    ANYONE = "anyone"
    HANDLER = "handler"
    """The technician who has the ticket."""
    FIRM = "firm"
    """Whoever enters what the firm did that has the ticket."""
    OTHERS = "others"
    """Anyone but who has it, did it, or entered that it was done (for a firm)."""


class Where(StrEnum):
    """In which places a permission serves for a step."""

    ANYWHERE = "anywhere"
    HOUSE = "house"
    PUBLIC = "public"


@dataclass(frozen=True)
class Allowed:
    """A permission, held in the ticket's place, who of its holders may, and in which places."""

    permission: str
    who: Who = Who.ANYONE
    where: Where = Where.ANYWHERE


@dataclass(frozen=True)
class Step:
    """One row of the table.

    `target` is None where the state stays. `clock` is the one that starts, None where the running
    one goes on, ``END`` where none runs afterwards. `needs` are names of `steps.Given` that must be
    there. `system` steps are also done by the system: by the sweep, with a step of another ticket
    (`steps.alongside`), or because an emergency waits (`emergency`). Those of them that are
    `allowed` nobody are done by nobody else.
    """

    code: str
    title: str
    sources: frozenset[TicketState]
    target: TicketState | None
    allowed: tuple[Allowed, ...]
    clock: TicketClock | str | None = None
    needs: tuple[str, ...] = ()
    system: bool = False

    @property
    def serving(self) -> tuple[str, ...]:
        """Permissions of which people need one for it; the first is named where they hold none.

        An app's backend has one of its own: it takes steps by `intake`, never by a command.
        """
        names = (one.permission for one in self.allowed if one.permission != _APP.permission)
        return tuple(dict.fromkeys(names))


END = "end"
"""In place of a clock: no clock runs after this step."""


_HAND = (Allowed("ticket.handle", Who.HANDLER),)
_DISPATCH = (Allowed("ticket.assign"),)
_WORK = (*_HAND, Allowed("ticket.assign", Who.FIRM))
_DESK = (Allowed("ticket.accept"),)
_HAND_OR_DISPATCH = (*_HAND, *_DISPATCH)
_DECIDE = (*_DESK, *_DISPATCH)
_ASK = (Allowed("ticket.confirm", Who.OTHERS),)
_APP = Allowed("ticket.intake", Who.OTHERS)
_CONFIRM = (
    *_ASK,
    # public work is confirmed by customer service or the supervisor, not by who reported it
    Allowed("ticket.assign", Who.OTHERS, Where.PUBLIC),
    Allowed("ticket.intake", Who.OTHERS, Where.HOUSE),
)
_WITH_HANDLER = frozenset({S.ASSIGNED, S.TAKEN, S.ON_SITE})
_BEFORE_WORK = frozenset({S.SUBMITTED, S.ACCEPTED, S.ASSIGNED, S.TAKEN})
_BEFORE_END = _BEFORE_WORK | {S.ON_SITE, S.PAUSED}
_UNDER_WAY = frozenset({S.ACCEPTED, S.ASSIGNED, S.TAKEN, S.ON_SITE})


def _of(*states: TicketState) -> frozenset[TicketState]:
    return frozenset(states)


_TABLE = (
    Step(
        "accept",
        N_("accepted"),
        _of(S.SUBMITTED),
        S.ACCEPTED,
        _DESK,
        TicketClock.ASSIGN,
        system=True,
    ),
    Step("reject", N_("turned down"), _of(S.SUBMITTED), S.REJECTED, _DESK, END, ("reason",)),
    Step(
        "assign",
        N_("assigned"),
        _of(S.ACCEPTED),
        S.ASSIGNED,
        _DISPATCH,
        TicketClock.TAKE,
        ("handler",),
        system=True,
    ),
    Step(
        "reassign",
        N_("reassigned"),
        _WITH_HANDLER,
        S.ASSIGNED,
        _DISPATCH,
        TicketClock.TAKE,
        ("handler", "reason"),
    ),
    Step("take", N_("taken"), _of(S.ASSIGNED), S.TAKEN, _HAND, TicketClock.ARRIVE),
    Step(
        "return",
        N_("returned by the technician"),
        _WITH_HANDLER,
        S.ACCEPTED,
        _HAND,
        TicketClock.ASSIGN,
        ("reason",),
    ),
    Step(
        "appoint",
        N_("appointment made"),
        _of(S.ACCEPTED, S.ASSIGNED, S.TAKEN),
        None,
        (*_HAND, *_DESK, *_DISPATCH),
        None,
        ("begins", "until"),
    ),
    Step("arrive", N_("on site"), _of(S.TAKEN), S.ON_SITE, _WORK, TicketClock.COMPLETE),
    Step(
        "no_access",
        N_("nobody in, or not let in"),
        _of(S.TAKEN, S.ON_SITE),
        S.TAKEN,
        _WORK,
        TicketClock.ARRIVE,
        ("kind",),
    ),
    Step("progress", N_("progress"), _of(S.TAKEN, S.ON_SITE), None, _WORK, None, ("note",)),
    Step(
        "pause",
        N_("put on hold"),
        _UNDER_WAY,
        S.PAUSED,
        _HAND_OR_DISPATCH,
        TicketClock.RESUME,
        ("reason", "until"),
    ),
    # goes back to the state and the rest of the clock that it was paused in
    Step("resume", N_("resumed"), _of(S.PAUSED), None, _HAND_OR_DISPATCH, None),
    Step(
        "complete",
        N_("completed"),
        _of(S.ON_SITE),
        S.COMPLETED,
        _WORK,
        TicketClock.CONFIRM,
        ("note",),
    ),
    Step(
        "confirm",
        N_("confirmed"),
        _of(S.COMPLETED),
        S.CONFIRMED,
        _CONFIRM,
        END,
        ("score", "source"),
    ),
    Step(
        "callback",
        N_("called back"),
        _of(S.COMPLETED, S.CONFIRMED, S.CLOSED),
        None,
        _ASK,
        None,
        ("reached",),
    ),
    Step(
        "reopen",
        N_("opened again"),
        _of(S.COMPLETED, S.CONFIRMED, S.CLOSED),
        S.ACCEPTED,
        (*_ASK, _APP),
        TicketClock.ASSIGN,
        ("reason",),
    ),
    Step(
        "cancel",
        N_("called off"),
        _BEFORE_WORK | _of(S.PAUSED),
        S.CANCELLED,
        _DESK,
        END,
        ("reason",),
    ),
    # what the owner sees to (业主自理) is cancelled too: the responsibility tells which those are
    Step(
        "leave_to_owner",
        N_("left to the owner"),
        _BEFORE_WORK | _of(S.ON_SITE, S.PAUSED),
        S.CANCELLED,
        _DECIDE,
        END,
        ("reason",),
    ),
    Step(
        "responsibility",
        N_("responsibility decided"),
        frozenset(TicketState) - _of(S.REJECTED, S.CANCELLED, S.LINKED),
        None,
        _DECIDE,
        None,
        ("responsibility",),
    ),
    # the owner pays it (有偿): looking is free, the work waits for the owner's word
    Step("quote", N_("quoted"), _UNDER_WAY | _of(S.PAUSED), None, (*_HAND, *_DECIDE), None),
    Step(
        "agree",
        N_("quote agreed to"),
        _UNDER_WAY | _of(S.PAUSED),
        None,
        (*_ASK, *_HAND, Allowed("ticket.intake", Who.OTHERS, Where.HOUSE)),
        None,
        ("source",),
    ),
    # a firm that has it (第三方维保) is on its way, and has until when it promised
    Step(
        "entrust",
        N_("given to a firm"),
        _UNDER_WAY,
        S.TAKEN,
        _DISPATCH,
        TicketClock.COMPLETE,
        ("firm", "promised"),
    ),
    Step(
        "recall",
        N_("taken back from the firm"),
        _of(S.TAKEN, S.ON_SITE),
        S.ACCEPTED,
        _DISPATCH,
        TicketClock.ASSIGN,
        ("responsibility", "reason"),
    ),
    Step(
        "link",
        N_("joined to another one"),
        _of(S.SUBMITTED, S.ACCEPTED, S.ASSIGNED),
        S.LINKED,
        _DESK,
        END,
        ("main",),
    ),
    Step(
        "urge",
        N_("urged"),
        frozenset(TicketState) - _of(S.CONFIRMED, S.CLOSED, S.REJECTED, S.CANCELLED, S.LINKED),
        None,
        (Allowed("ticket.confirm"), *_DISPATCH, _APP),
        None,
    ),
    Step(
        "told",
        N_("caller told how it ended"),
        _of(S.LINKED),
        None,
        (*_DESK, Allowed("ticket.confirm")),
        None,
    ),
    Step("urgent", N_("marked urgent"), _BEFORE_END, None, (*_HAND, *_DESK, *_DISPATCH), None),
    Step(
        "not_urgent",
        N_("marked not urgent"),
        _BEFORE_END,
        None,
        (*_DESK, *_DISPATCH),
        None,
        ("reason",),
    ),
    Step(
        "close",
        N_("closed by time"),
        _of(S.COMPLETED),
        S.CLOSED,
        (),
        END,
        system=True,
    ),
    # what a joined ticket goes through with the one that it was joined to
    Step("follow", N_("joined on"), _of(S.LINKED), None, (), None, system=True),
    Step(
        "release",
        N_("taken up again in place of the other"),
        _of(S.LINKED),
        S.SUBMITTED,
        (),
        TicketClock.ACCEPT,
        system=True,
    ),
    # whoever had it has left, or was stopped
    Step(
        "give_back",
        N_("given back to the queue"),
        _WITH_HANDLER | _of(S.PAUSED),
        S.ACCEPTED,
        (),
        TicketClock.ASSIGN,
        ("reason",),
        system=True,
    ),
    Step("wake", N_("pause over"), _of(S.PAUSED), None, (), None, system=True),
)

SUBMIT = Step(
    "submit",
    N_("submitted"),
    frozenset(),
    S.SUBMITTED,
    (Allowed("ticket.submit"),),
    TicketClock.ACCEPT,
)
"""The step that makes a ticket; every other one finds it there."""

STEPS: Mapping[str, Step] = {step.code: step for step in _TABLE}
"""Every step by its code, but the one that makes a ticket."""

TITLES: Mapping[str, str] = {
    SUBMIT.code: SUBMIT.title,
    **{step.code: step.title for step in _TABLE},
}
"""What each step is called, translated where printed."""
