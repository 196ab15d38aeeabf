"""`pcloud ticket responsibility`: whose matter a repair is."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.commands.ticket import besides
from pcloud_cli.commands.ticket.stepping import Number, Reason, moment, zone_of
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

COLUMNS = (
    Column("number", N_("Ticket number"), right=True),
    Column("place", N_("Place")),
    Column("fault_type", N_("Fault type")),
    Column("state", N_("State")),
    Column("responsibility", N_("Responsible")),
    Column("firm", N_("Firm")),
    Column("promised_at", N_("Promised until")),
    Column("proposed", N_("Proposed")),
    Column("why", N_("Why"), prose=True),
    Column("part", N_("Part under warranty")),
    Column("start", N_("Warranty from")),
    Column("start_of", N_("Counted from")),
    Column("until", N_("Warranty until")),
)


@verbs.verb(
    "responsibility",
    writes=True,
    examples="pcloud ticket responsibility 10\n"
    "pcloud ticket responsibility 10 --to 质保\n"
    "pcloud ticket responsibility 10 --to 业主自理 --reason 业主自购龙头\n"
    'pcloud ticket responsibility 10 --to 第三方维保 --firm 恒通电梯 --promised "明天 18:00"',
)
def responsibility(
    run: Context,
    number: Number,
    to: Annotated[
        str | None,
        typer.Option(
            "--to", help=N_("Whose matter it is: property, warranty, paid, third_party, owner.")
        ),
    ] = None,
    firm: Annotated[
        str | None, typer.Option("--firm", help=N_("The maintenance firm that gets it."))
    ] = None,
    promised: Annotated[
        str | None,
        typer.Option("--promised", help=N_("Until when the firm promised it, e.g. 明天 18:00.")),
    ] = None,
    reason: Reason = None,
) -> None:
    """Show whose matter a repair seems to be and why, or decide it with --to.

    The developer's warranty is proposed by the fault type's part, the hand-over and policy
    (`pcloud policy show warranty`). Another decision than the proposed one needs a reason. What is
    the owner's own ends the ticket. A firm has until when it promised; its steps are entered for it
    (`--for-firm`). It can be decided anew, with a reason: a firm gives it back then.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services.ticket import responsibility as service

    noted = besides.Noted()
    if to is None:
        with acting.as_caller(run) as (actor, work):
            found = service.look(actor, work, number)
    else:
        zone = zone_of(run, number) if promised else None
        until = moment(run, promised, "--promised", zone=zone)
        decision = service.Decision(to, reason=reason, firm=firm, promised=until)
        with acting.as_caller(run, write=True) as (actor, work):
            found = service.decide(actor, work, number, decision)
            noted.keep(work, found, "entrust")
        if found["already"]:
            run.out.note(_("It is so already; nothing changed."))
    run.out.record(_spoken(run, found), COLUMNS)
    noted.tell(run, found)


def _spoken(run: Context, found: dict[str, Any]) -> dict[str, Any]:
    from pcloud_cli.services import fault_type, words
    from pcloud_cli.services.ticket import words as of_tickets

    known = {
        "state": of_tickets.STATES,
        "responsibility": of_tickets.RESPONSIBILITIES,
        "proposed": of_tickets.RESPONSIBILITIES,
        "why": of_tickets.WHY,
        "start_of": of_tickets.STARTS,
        "part": fault_type.PARTS,
    }
    (shown,) = words.for_output(run.out, [found], known)
    if found["fault_name"] is None or run.out.format in ("json", "jsonl", "yaml"):
        return dict(shown)
    return {**shown, "fault_type": _(found["fault_name"])}
