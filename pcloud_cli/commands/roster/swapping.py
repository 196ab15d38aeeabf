"""`pcloud roster swap`: standing in for somebody (替班), exchanging shifts (换班)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Number"), right=True),
    Column("state", N_("State")),
    Column("community", N_("Community"), detail=True),
    Column("from", N_("Instead of")),
    Column("to", N_("Works it")),
    Column("day", N_("Day")),
    Column("word", N_("Shift")),
    Column("begins_at", N_("Begins")),
    Column("ends_at", N_("Over at"), detail=True),
    Column("back_day", N_("Day in return")),
    Column("back_word", N_("Shift in return")),
    Column("reason", N_("Reason"), prose=True),
    Column("asked_by", N_("Asked by"), detail=True),
    Column("asked_at", N_("Asked at"), detail=True),
    Column("decided_by", N_("Decided by"), detail=True),
    Column("decided_at", N_("Decided at"), detail=True),
)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help=N_("Number of the swap."))]


@verbs.verb(
    "swap",
    writes=True,
    examples="pcloud roster swap 2026-12-03 --to WX002 --reason 家中有事\n"
    "pcloud roster swap '2026-12-03 20:00' --to WX002 --against 2026-12-05 --reason 换班\n"
    "pcloud roster swap 2026-12-03 --of WX001 --to WX002 --reason 病假",
)
def swap(
    run: Context,
    when: Annotated[
        str, typer.Argument(metavar="WHEN", help=N_("Day of the shift, or a moment within it."))
    ],
    *,
    to: Annotated[str, typer.Option("--to", help=N_("Staff number of who works it."))],
    reason: Annotated[str, typer.Option("--reason", help=N_("Why."))],
    of: Annotated[
        str | None,
        typer.Option("--of", help=N_("Staff number of whose shift it is; yours without.")),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", help=N_("Exchange: when the shift is that is given in return.")),
    ] = None,
) -> None:
    """Let somebody else work a shift (替班), or exchange two (换班).

    The supervisor agrees (`pcloud roster agree`); what a supervisor enters for others is agreed at
    once. Of a shift that runs it is the rest.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services.roster import swaps

    with acting.as_caller(run, write=True) as (actor, work):
        done = swaps.ask(actor, work, when, to=to, reason=reason, of=of, against=against)
    _said(run, done)
    if done["state"] == "asked" and not run.flags.dry_run:
        run.out.note(
            _("The supervisor agrees: pcloud roster agree {number}").format(number=done["number"])
        )


@verbs.verb("swaps", examples="pcloud roster swaps --waiting\npcloud roster swaps -c CH -o csv")
def swaps_(
    run: Context,
    *,
    community: Annotated[
        str | None, typer.Option("--community", "-c", help=N_("Only this community."))
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help=N_("Only those that wait for the supervisor."))
    ] = False,
) -> None:
    """List the swaps, newest first: who works whose shift, and who agreed."""
    from pcloud_cli.services import acting, words
    from pcloud_cli.services.roster import swaps

    with acting.as_caller(run) as (actor, work):
        rows = swaps.list_all(actor, work, community=community, waiting=waiting)
    run.out.rows(words.for_output(run.out, rows, {"state": swaps.STATES}), COLUMNS)


@verbs.verb("agree", writes=True, examples="pcloud roster agree 3")
def agree(run: Context, number: Number) -> None:
    """Agree to a swap as the supervisor; nobody agrees to one of their own."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.roster import swaps

    with acting.as_caller(run, write=True) as (actor, work):
        done = swaps.agree(actor, work, number)
    if done["already"]:
        run.out.note(_("It is so already; nothing changed."))
    _said(run, done)


@verbs.verb("refuse", writes=True, examples="pcloud roster refuse 3 --reason 人手不够")
def refuse(
    run: Context,
    number: Number,
    *,
    reason: Annotated[str, typer.Option("--reason", help=N_("Why; who asked reads this."))],
) -> None:
    """Refuse a swap as the supervisor; the shift stays where it is."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.roster import swaps

    with acting.as_caller(run, write=True) as (actor, work):
        done = swaps.refuse(actor, work, number, reason=reason)
    _said(run, done)


@verbs.verb("withdraw", writes=True, examples="pcloud roster withdraw 3")
def withdraw(run: Context, number: Number) -> None:
    """Take your own question for a swap back, while it waits."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.roster import swaps

    with acting.as_caller(run, write=True) as (actor, work):
        done = swaps.withdraw(actor, work, number)
    _said(run, done)


def _said(run: Context, row: dict[str, Any]) -> None:
    from pcloud_cli.services import words
    from pcloud_cli.services.roster import swaps

    run.out.zone = row["zone"]
    (shown,) = words.for_output(run.out, [row], {"state": swaps.STATES})
    people = run.out.format == "table"  # they call it by its number
    run.out.record(shown, [one for one in COLUMNS if not (people and one.name == "id")])
