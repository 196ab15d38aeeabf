"""`pcloud ticket list` and `show`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.commands.ticket import timeline
from pcloud_cli.commands.ticket.columns import (
    CALLERS,
    JOINED,
    PRIVATE,
    TICKET,
    TIMELINE,
    local,
    sounds_urgent,
    spoken,
)
from pcloud_cli.commands.ticket.quoting import told
from pcloud_cli.commands.ticket.stepping import Number, moment
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()


@verbs.verb(
    "list",
    examples="pcloud ticket list --mine\n"
    "pcloud ticket list --overdue -c CH\n"
    "pcloud ticket list --open --urgency 紧急 -o ids",
)
def list_(
    run: Context,
    *,
    community: Annotated[
        str | None, typer.Option("--community", "-c", help=N_("Community, by code or name."))
    ] = None,
    mine: Annotated[bool, typer.Option("--mine", help=N_("Only those that you have."))] = False,
    open_: Annotated[bool, typer.Option("--open", help=N_("Only those not yet ended."))] = False,
    overdue: Annotated[
        bool, typer.Option("--overdue", help=N_("Only those whose limit is over."))
    ] = False,
    late: Annotated[
        bool, typer.Option("--late-entry", help=N_("Only those entered too late after the call."))
    ] = False,
    unassigned: Annotated[
        bool, typer.Option("--unassigned", help=N_("Only open ones that nobody has."))
    ] = False,
    unchecked: Annotated[
        bool,
        typer.Option(
            "--unchecked", help=N_("Only those whose entry nobody but who made it has checked.")
        ),
    ] = False,
    to_tell: Annotated[
        bool, typer.Option("--to-tell", help=N_("Only joined ones whose caller is to be told."))
    ] = False,
    to_call_back: Annotated[
        bool,
        typer.Option(
            "--to-call-back",
            help=N_("Only those whose reporter is to be asked how content they are."),
        ),
    ] = False,
    urged: Annotated[bool, typer.Option("--urged", help=N_("Only those asked after."))] = False,
    appointed: Annotated[
        bool, typer.Option("--appointed", help=N_("Only those with an appointment."))
    ] = False,
    public: Annotated[
        bool, typer.Option("--public", help=N_("Only those in public places."))
    ] = False,
    state: Annotated[
        list[str] | None, typer.Option("--state", help=N_("Only this state; may be repeated."))
    ] = None,
    waits: Annotated[
        str | None, typer.Option("--waits", help=N_("Only those that wait for this step."))
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help=N_("Only this kind of emergency."))
    ] = None,
    reporter: Annotated[
        str | None, typer.Option("--reporter", help=N_("Only those reported by such people."))
    ] = None,
    entered_by: Annotated[
        str | None, typer.Option("--entered-by", help=N_("Only those this staff number entered."))
    ] = None,
    accepted_by: Annotated[
        str | None, typer.Option("--accepted-by", help=N_("Only those this staff number accepted."))
    ] = None,
    joined_to: Annotated[
        str | None, typer.Option("--joined-to", help=N_("Only those joined to this number."))
    ] = None,
    score: Annotated[
        int | None, typer.Option("--score", min=1, max=5, help=N_("Only those rated so or lower."))
    ] = None,
    due_before: Annotated[
        str | None,
        typer.Option("--due-before", help=N_("Only those whose limit ends before then.")),
    ] = None,
    urgency: Annotated[
        str | None, typer.Option("--urgency", help=N_("Only urgent or normal ones."))
    ] = None,
    channel: Annotated[str | None, typer.Option("--channel", help=N_("Only this channel."))] = None,
    fault: Annotated[str | None, typer.Option("--fault", help=N_("Only this fault type."))] = None,
    responsibility: Annotated[
        str | None, typer.Option("--responsibility", help=N_("Only those of this responsibility."))
    ] = None,
    handler: Annotated[
        str | None, typer.Option("--with", help=N_("Only those this staff number has."))
    ] = None,
    firm: Annotated[str | None, typer.Option("--firm", help=N_("Only those of this firm."))] = None,
    building: Annotated[
        str | None, typer.Option("--building", help=N_("Only this building, in any spelling."))
    ] = None,
    house: Annotated[str | None, typer.Option("--house", help=N_("Only this house."))] = None,
    phone: Annotated[
        str | None, typer.Option("--phone", help=N_("Only those of this contact's phone."))
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help=N_("Only those entered since then."))
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help=N_("Only those entered before then."))
    ] = None,
    completed_since: Annotated[
        str | None,
        typer.Option("--completed-since", help=N_("Only those completed since then.")),
    ] = None,
    completed_until: Annotated[
        str | None,
        typer.Option("--completed-until", help=N_("Only those completed before then.")),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=10_000, help=N_("Show so many at most."))
    ] = 200,
) -> None:
    """List tickets: first the open ones, by the moment at which something is due."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.ticket import listing

    wanted = listing.Wanted(
        community=community,
        state=tuple(state or ()),
        clock=waits,
        urgent_kind=kind,
        reporter=reporter,
        entered_by=entered_by,
        accepted_by=accepted_by,
        main=joined_to,
        score=score,
        unassigned=unassigned,
        unchecked=unchecked,
        to_tell=to_tell,
        to_call_back=to_call_back,
        urged=urged,
        appointed=appointed,
        public=public,
        due_before=moment(run, due_before, "--due-before"),
        urgency=urgency,
        channel=channel,
        fault_type=fault,
        responsibility=responsibility,
        handler=handler,
        firm=firm,
        building=building,
        house=house,
        phone=phone,
        mine=mine,
        open=open_,
        overdue=overdue,
        late_entry=late,
        since=moment(run, since, "--since"),
        until=moment(run, until, "--until"),
        completed_since=moment(run, completed_since, "--completed-since"),
        completed_until=moment(run, completed_until, "--completed-until"),
    )
    with acting.as_caller(run) as (actor, work):
        rows, count = listing.list_all(actor, work, wanted, limit=limit)
    run.out.rows([spoken(run, row) for row in rows], TICKET)
    if count > len(rows):
        run.out.note(
            _("{shown} of {count}; --limit shows more.").format(shown=len(rows), count=count)
        )


@verbs.verb("show", examples="pcloud ticket show 10\npcloud ticket show 10 -o json")
def show(run: Context, number: Number) -> None:
    """Show a ticket with its content, contact and history: each step against its limit.

    Whom to call is shown in full to who has it, and to who accepts and assigns, while it is open;
    that is recorded.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services.ticket import showing

    with acting.as_caller(run) as (actor, work):
        found = showing.show(actor, work, number)
    if run.out.structured(found):
        sounds_urgent(run, found)
        return
    said = {**spoken(run, found), **_check(found), "attachments": _attached(found)}
    run.out.record(said, (*TICKET, *PRIVATE))
    if found["quote"] is not None:
        run.out.line("")
        told(run, found["quote"])
    if found["joined"]:
        run.out.line("")
        run.out.rows(
            [local(run, spoken(run, each), found["zone"]) for each in found["joined"]], JOINED
        )
    run.out.line("")
    zone = found["zone"]
    rows = [local(run, timeline.line(step, zone), zone) for step in found["timeline"]]
    run.out.rows(rows, TIMELINE)
    sounds_urgent(run, found)


@verbs.verb(
    "callers",
    examples="pcloud ticket callers\npcloud ticket callers 10\npcloud ticket callers -o ids",
)
def callers(
    run: Context,
    number: Annotated[
        str | None,
        typer.Argument(metavar="NUMBER", help=N_("Number of the ticket that they are joined to.")),
    ] = None,
    community: Annotated[
        str | None, typer.Option("--community", "-c", help=N_("Community, by code or name."))
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=10_000, help=N_("Show so many at most."))
    ] = 200,
) -> None:
    """List whom to call back: their tickets were joined to one that is over; `told` notes it."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.ticket import telling

    with acting.as_caller(run) as (actor, work):
        rows = telling.callers(actor, work, number, community=community, limit=limit)
    run.out.rows([spoken(run, row) for row in rows], CALLERS)


def _check(found: dict[str, Any]) -> dict[str, Any]:
    """Return what stands for the second check where nobody has made it."""
    return {} if found["checked_by"] else {"checked_by": _("nobody yet")}


def _attached(found: dict[str, Any]) -> str | None:
    """Return the number and stage of each attachment: what `pcloud attachment save` takes."""
    from pcloud_cli.services.ticket.attached import KIND

    rows = found["attachments"]
    return _(", ").join(f"{row['number']} {_(KIND.stages[row['stage']])}" for row in rows) or None
