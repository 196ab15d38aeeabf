"""The verbs that take a ticket from the desk to the repair and through it."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.commands.ticket.stepping import (
    Fault,
    ForFirm,
    Note,
    Number,
    Numbers,
    Photos,
    Reason,
    moment,
    step,
    step_with_photos,
    zone_of,
)
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

Checked = Annotated[
    bool, typer.Option("--checked", help=N_("Content and place are as they were entered."))
]
_To = Annotated[str | None, typer.Option("--to", help=N_("Staff number of the technician."))]


@verbs.verb("accept", writes=True, examples="pcloud ticket accept 10\npcloud ticket accept 10 29")
def accept(
    run: Context,
    numbers: Numbers,
    fault: Fault = None,
    note: Note = None,
) -> int:
    """Accept tickets: owner and content were verified (3.2.2).

    Technicians are found by the fault type: without --fault the one entered holds, else what the
    content tells of. Where somebody else had entered it, that is the second check of the entry
    (2.3.1).
    """
    from pcloud_cli.services.ticket.steps import Given

    return step(run, numbers, "accept", Given(fault=fault, note=note))


@verbs.verb(
    "urgent",
    before_asking=refusal.unless("ticket.accept", "ticket.assign"),
    writes=True,
    examples="pcloud ticket urgent 10 --kind 水浸\npcloud ticket urgent 10 --off --reason 误报",
)
def urgent(
    run: Context,
    numbers: Numbers,
    kind: Annotated[
        str | None,
        typer.Option("--kind", help=N_("Which emergency; else what the content sounds like.")),
    ] = None,
    off: Annotated[bool, typer.Option("--off", help=N_("It is not urgent after all."))] = False,
    reason: Reason = None,
) -> int:
    """Mark tickets urgent that were not entered so; the limit of what is due now gets shorter."""
    from pcloud_cli.errors import UsageProblem
    from pcloud_cli.services.ticket.steps import Given

    if off and kind is not None:
        raise UsageProblem(_("It is either urgent or not."), hint=_("Give --kind or --off."))
    if off:
        reason = reason or run.ask(_("Why"), option="--reason")
        return step(run, numbers, "not_urgent", Given(reason=reason))
    return step(run, numbers, "urgent", Given(kind=kind, reason=reason))


@verbs.verb(
    "reassign",
    before_asking=refusal.unless("ticket.assign"),
    writes=True,
    examples="pcloud ticket reassign 10 --to WX002 --reason 专业不符",
)
def reassign(
    run: Context, numbers: Numbers, to: _To = None, fault: Fault = None, reason: Reason = None
) -> int:
    """Give tickets that somebody has to another technician; both are told.

    A maintenance firm gets a ticket by `pcloud ticket responsibility`.
    """
    from pcloud_cli.services.ticket.steps import Given

    to = to or run.ask(_("Staff number of the technician"), option="--to")
    reason = reason or run.ask(_("Why"), option="--reason")
    return step(run, numbers, "reassign", Given(handler=to, fault=fault, reason=reason))


@verbs.verb("take", writes=True, examples="pcloud ticket take 10\npcloud ticket take 10 29")
def take(run: Context, numbers: Numbers) -> int:
    """Take tickets that were assigned to you."""
    from pcloud_cli.services.ticket.steps import Given

    return step(run, numbers, "take", Given())


@verbs.verb(
    "return",
    before_asking=refusal.unless("ticket.handle"),
    writes=True,
    examples="pcloud ticket return 10 --reason 需要电工",
)
def return_(run: Context, numbers: Numbers, reason: Reason = None) -> int:
    """Give tickets that you cannot do back to be assigned anew."""
    from pcloud_cli.services.ticket.steps import Given

    reason = reason or run.ask(_("Why"), option="--reason")
    return step(run, numbers, "return", Given(reason=reason))


@verbs.verb(
    "appoint",
    before_asking=refusal.unless("ticket.handle", "ticket.accept", "ticket.assign"),
    writes=True,
    examples='pcloud ticket appoint 10 --from "明天 09:00" --until "明天 11:00"',
)
def appoint(
    run: Context,
    number: Number,
    begins: Annotated[
        str | None, typer.Option("--from", help=N_("Beginning, e.g. 明天 09:00."))
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help=N_("End, e.g. 明天 11:00."))] = None,
    note: Note = None,
) -> int:
    """Make an appointment with whom lives there, or move it: arriving is due when it ends."""
    from pcloud_cli.services.ticket.steps import Given

    begins = begins or run.ask(_("From when"), option="--from")
    until = until or run.ask(_("Until when"), option="--until")
    zone = zone_of(run, number)
    given = Given(
        begins=moment(run, begins, "--from", zone=zone),
        until=moment(run, until, "--until", zone=zone),
        note=note,
    )
    return step(run, [number], "appoint", given)


@verbs.verb(
    "arrive",
    before_asking=refusal.unless("ticket.handle", "ticket.assign"),
    writes=True,
    examples="pcloud ticket arrive 10\npcloud ticket arrive 10 --checked\n"
    "pcloud ticket arrive 10 --correct-content 卫生间水管漏水 --correct-place 主卧卫生间",
)
def arrive(
    run: Context,
    numbers: Numbers,
    checked: Checked = False,
    content: Annotated[
        str | None, typer.Option("--correct-content", help=N_("What is really broken."))
    ] = None,
    place: Annotated[
        str | None, typer.Option("--correct-place", help=N_("Where it really is, for the history."))
    ] = None,
    note: Note = None,
    for_firm: ForFirm = False,
) -> int:
    """Say that you are there, or a firm is.

    Where nobody has checked the entry yet, you do, as far as you say so: that it is right, or what
    is (2.3.1). You are asked at a terminal, and need not answer.
    """
    from pcloud_cli.services.ticket.steps import Given

    if not (checked or content or place or for_firm) and run.may_ask and len(numbers) == 1:
        checked, content, place = _on_site(run, numbers[0])
    given = Given(checked=checked, content=content, place=place, note=note, for_firm=for_firm)
    return step(run, numbers, "arrive", given)


def _on_site(run: Context, number: str) -> tuple[bool, str | None, str | None]:
    """Ask the technician for the second check, where it is still to be made."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.ticket import checking

    if number == "-":
        return False, None, None
    with acting.as_caller(run) as (actor, work):
        if not checking.wanted(actor, work, number):
            return False, None, None
    choices = [
        ("right", _("yes")),
        ("content", _("no, something else is broken")),
        ("place", _("no, it is elsewhere")),
        ("later", _("I have not looked yet")),
    ]
    found = run.choose(_("Is it as it was entered?"), choices, option="--checked")
    if found == "content":
        return True, run.ask(_("What is really broken"), option="--correct-content"), None
    if found == "place":
        return True, None, run.ask(_("Where it really is"), option="--correct-place")
    return found == "right", None, None


@verbs.verb(
    "no-access",
    before_asking=refusal.unless("ticket.handle", "ticket.assign"),
    writes=True,
    examples="pcloud ticket no-access 10 --kind 上门无人 --photo door.jpg\n"
    "pcloud ticket no-access 10 --kind 拒绝入户 --at 14:30 --without-photo 手机没电",
)
def no_access(
    run: Context,
    number: Number,
    kind: Annotated[
        str | None, typer.Option("--kind", help=N_("nobody_in (上门无人) or refused (拒绝入户)."))
    ] = None,
    photo: Photos = None,
    without_photo: Annotated[
        str | None,
        typer.Option("--without-photo", metavar="REASON", help=N_("Why there is no photo.")),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help=N_("When that was, e.g. 14:30; else now."))
    ] = None,
    note: Note = None,
    for_firm: ForFirm = False,
) -> int:
    """Say that nobody was in, or that you were not let in; make another appointment.

    A photo of the door goes with it, or one that was attached since the ticket was taken (`ticket
    attach --stage no-access`). The arrival stays due as it was until there is an appointment.
    """
    from pcloud_cli.services.ticket.steps import Given
    from pcloud_cli.services.ticket.words import NO_ACCESS

    if kind is None:
        choices = [(code, _(word)) for code, word in NO_ACCESS.items()]
        kind = run.choose(_("Why"), choices, option="--kind")
    given = Given(
        kind=kind,
        note=note,
        for_firm=for_firm,
        at=moment(run, at, "--at", zone=zone_of(run, number) if at else None),
        without_photo=without_photo,
    )
    return step_with_photos(run, number, "no_access", given, photo or (), "no-access")


@verbs.verb(
    "progress",
    before_asking=refusal.unless("ticket.handle", "ticket.assign"),
    writes=True,
    examples="pcloud ticket progress 10 --note 等配件到货\n"
    "pcloud ticket progress 10 --inspection --note 阀芯老化，需更换",
)
def progress(
    run: Context,
    number: Number,
    note: Note = None,
    inspection: Annotated[
        bool, typer.Option("--inspection", help=N_("You only looked; nothing was repaired yet."))
    ] = False,
    for_firm: ForFirm = False,
) -> int:
    """Say how it goes; before the owner agreed to pay, only what was found (--inspection)."""
    from pcloud_cli.services.ticket.steps import Given

    note = note or run.ask(_("What was found or done"), option="--note")
    given = Given(note=note, inspection=inspection, for_firm=for_firm)
    return step(run, [number], "progress", given)


@verbs.verb(
    "pause",
    before_asking=refusal.unless("ticket.handle", "ticket.assign"),
    writes=True,
    examples='pcloud ticket pause 10 --until "后天 09:00" --reason 等配件',
)
def pause(
    run: Context,
    numbers: Numbers,
    until: Annotated[
        str | None, typer.Option("--until", help=N_("When it goes on by itself."))
    ] = None,
    reason: Reason = None,
) -> int:
    """Stop the clock of tickets until then; what is left of the limit is kept."""
    from pcloud_cli.services.ticket.steps import Given

    reason = reason or run.ask(_("Why"), option="--reason")
    until = until or run.ask(_("Until when"), option="--until")
    ends = moment(run, until, "--until", zone=zone_of(run, numbers[0]))
    given = Given(reason=reason, until=ends)
    return step(run, numbers, "pause", given)


@verbs.verb("resume", writes=True, examples="pcloud ticket resume 10")
def resume(run: Context, numbers: Numbers, note: Note = None) -> int:
    """Go on with paused tickets, with what was left of their limit."""
    from pcloud_cli.services.ticket.steps import Given

    return step(run, numbers, "resume", Given(note=note))


@verbs.verb(
    "complete",
    before_asking=refusal.unless("ticket.handle", "ticket.assign"),
    writes=True,
    examples="pcloud ticket complete 10 --note 更换角阀\n"
    "pcloud ticket complete 10 --note 更换角阀 --part 角阀*2 --cost 35.00 --minutes 40",
)
def complete(
    run: Context,
    number: Number,
    note: Note = None,
    part: Annotated[
        list[str] | None,
        typer.Option("--part", help=N_("A part that went in, e.g. 角阀*2; give it for each.")),
    ] = None,
    cost: Annotated[
        str | None, typer.Option("--cost", help=N_("What it cost in yuan, parts and labour."))
    ] = None,
    minutes: Annotated[
        int | None, typer.Option("--minutes", min=1, help=N_("Minutes of work."))
    ] = None,
    checked: Checked = False,
    for_firm: ForFirm = False,
) -> int:
    """Say that the repair is done, what was done, and what went into it.

    A cost needs it decided who bears it (`pcloud ticket responsibility`).
    """
    from pcloud_cli.services.ticket.steps import Given

    note = note or run.ask(_("What was found or done"), option="--note")
    given = Given(
        note=note,
        parts=tuple(part or ()),
        cost=cost,
        minutes=minutes,
        checked=checked,
        for_firm=for_firm,
    )
    return step(run, [number], "complete", given)
