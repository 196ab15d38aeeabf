"""`pcloud ticket quote`: what a repair that the owner pays will cost, and the owner's word."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.commands import attaching, refusal
from pcloud_cli.commands.ticket.stepping import Number, Photos
from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

COLUMNS = (
    Column("number", N_("Ticket number"), right=True),
    Column("quote", N_("Quote")),
    Column("version", N_("Version of the price list")),
    Column("total", N_("Total in yuan"), right=True),
    Column("made_at", N_("Quoted at")),
    Column("agreed_at", N_("Agreed at")),
    Column("agreed_source", N_("Agreed by")),
)
LINES = (
    Column("code", N_("Code")),
    Column("name", N_("Item")),
    Column("unit", N_("Unit of measure")),
    Column("price", N_("Price"), right=True),
    Column("quantity", N_("Quantity"), right=True),
    Column("amount", N_("Amount"), right=True),
)


@verbs.verb(
    "quote",
    before_asking=refusal.unless("ticket.confirm", "ticket.handle"),
    writes=True,
    examples="pcloud ticket quote 10 --item SD01=1 --item SD07=2 --material 角阀*2=35.00\n"
    "pcloud ticket quote 10\n"
    "pcloud ticket quote 10 --agreed --source signature --photo signed.jpg --total 150.00",
)
def quote(
    run: Context,
    number: Number,
    item: Annotated[
        list[str] | None,
        typer.Option("--item", help=N_("CODE=QTY of the price list; give it for each.")),
    ] = None,
    material: Annotated[
        list[str] | None,
        typer.Option(
            "--material", help=N_("Material, how many, price of one: 角阀*2=35.00; for each.")
        ),
    ] = None,
    agreed: Annotated[bool, typer.Option("--agreed", help=N_("The owner agrees to it."))] = False,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", help=N_("How it is known: app, signature, callback (a phone call).")
        ),
    ] = None,
    total: Annotated[
        str | None, typer.Option("--total", help=N_("Yuan that the owner agreed to, to be sure."))
    ] = None,
    photo: Photos = None,
) -> None:
    """Quote a repair that the owner pays, record that they agree, or show the quote.

    Prices are those of the list in force. The repair is completed only once the owner agreed, and
    for no more than that; another quote needs their agreement anew, and so does a ticket that was
    opened again. A signature comes with the signed paper (--photo), or one attached at stage quote.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services.ticket import quoting

    if agreed and (item or material):
        raise UsageProblem(
            _("A quote is made first, and agreed to then."), hint=_("Leave --agreed out.")
        )
    if photo and not agreed:
        raise UsageProblem(
            _("A photo goes with the owner's signature."), hint=_("Give --agreed, or no --photo.")
        )
    if agreed:
        if source is None:
            source = run.choose(_("How is it known"), _sources(), option="--source")
        said = source
        found = attaching.along(
            run,
            number,
            photo or (),
            quoting.STAGE,
            lambda actor, work: quoting.agree(actor, work, number, source=said, total=total),
        )
    elif item or material:
        with acting.as_caller(run, write=True) as (actor, work):
            found = quoting.quote(actor, work, number, item or (), material or ())
    else:
        with acting.as_caller(run) as (actor, work):
            found = quoting.look(actor, work, number)
    if found.get("already"):
        run.out.note(_("It is so already; nothing changed."))
    told(run, found)


def told(run: Context, found: dict[str, Any]) -> None:
    """Print a quote: what it comes to, and its lines."""
    from pcloud_cli.services import money, words
    from pcloud_cli.services.ticket.words import AGREEMENTS

    if run.out.structured(found):
        return
    (shown,) = words.for_output(run.out, [found], {"agreed_source": AGREEMENTS})
    run.out.record(shown, COLUMNS)
    run.out.line("")
    lines = [{**one, "quantity": money.plain(one["quantity"])} for one in found["lines"]]
    run.out.rows(lines, LINES)


def _sources() -> list[tuple[str, str]]:
    from pcloud_cli.services.ticket.words import AGREEMENTS

    return [(code, _(word)) for code, word in AGREEMENTS.items()]
