"""`pcloud firm`: firms that maintain by contract (第三方维保单位), to which tickets are given."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column, Row
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Maintenance firms (第三方维保单位), which get repairs by `ticket responsibility`."))

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("name", N_("Firm")),
    Column("contract", N_("Contract"), prose=True),
    Column("has_contact", N_("Has a contact"), detail=True),
    Column("retired_at", N_("Retired")),
)
CONTACT = Column("contact", N_("Contact"))

Which = Annotated[
    str, typer.Argument(metavar="FIRM", help=N_("Name of the firm, or a part of it."))
]
Contract = Annotated[
    str | None, typer.Option("--contract", help=N_("What the contract says: number, scope, term."))
]
ContactText = Annotated[
    str | None, typer.Option("--contact", help=N_("Whom to call there: name and phone."))
]


@app.verb("list", examples="pcloud firm list\npcloud firm list --retired -o json")
def list_(
    run: Context,
    retired: Annotated[bool, typer.Option("--retired", help=N_("The retired ones too."))] = False,
) -> None:
    """List the maintenance firms."""
    from pcloud_cli.services import acting, maintenance_firm

    with acting.as_caller(run) as (actor, work):
        rows = maintenance_firm.list_all(actor, work, retired=retired)
    columns = COLUMNS if retired else [one for one in COLUMNS if one.name != "retired_at"]
    run.out.rows(rows, columns, empty=_("There is no maintenance firm."))


@app.verb("show", examples="pcloud firm show 恒通电梯")
def show(run: Context, firm: Which) -> None:
    """Show a firm and whom to call there; the contact is masked but for who assigns tickets."""
    from pcloud_cli.services import acting, maintenance_firm

    with acting.as_caller(run) as (actor, work):
        found = maintenance_firm.show(actor, work, firm)
    run.out.record(found, (*COLUMNS, CONTACT))


@app.verb(
    "add",
    writes=True,
    examples='pcloud firm add 恒通电梯 --contract "2026-DT-01 电梯维保" '
    '--contact "周师傅 13900000456"',
)
def add(
    run: Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=N_("Name of the firm."))],
    contract: Contract = None,
    contact: ContactText = None,
) -> None:
    """Enter a firm that maintains by contract. Its contact is kept encrypted."""
    from pcloud_cli.services import acting, maintenance_firm

    with acting.as_caller(run, write=True) as (actor, work):
        made = maintenance_firm.add(actor, work, name, contract=contract, contact=contact)
    run.out.record(made, COLUMNS)
    run.out.note(
        _("To give it a repair: {command}").format(
            command=maintenance_firm.how_given("NUMBER", made["name"])
        )
    )


@app.verb("change", writes=True, examples='pcloud firm change 恒通 --contact "周师傅 13900000456"')
def change(
    run: Context, firm: Which, contract: Contract = None, contact: ContactText = None
) -> None:
    """Change contract or contact of a firm; a retired one comes back."""
    from pcloud_cli.services import acting, maintenance_firm

    with acting.as_caller(run, write=True) as (actor, work):
        done = maintenance_firm.change(actor, work, firm, contract=contract, contact=contact)
    run.out.record(done, COLUMNS)


@app.verb("retire", writes=True, examples="pcloud firm retire 恒通电梯")
def retire(run: Context, firm: Which) -> None:
    """Give a firm no more tickets; it ends those that it has."""
    from pcloud_cli.services import acting, maintenance_firm

    with acting.as_caller(run, write=True) as (actor, work):
        done = maintenance_firm.retire(actor, work, firm)
    _said(run, done)


def _said(run: Context, row: Row) -> None:
    if not row["changed"]:
        run.out.note(_("It is so already; nothing changed."))
    run.out.record(row, COLUMNS)
