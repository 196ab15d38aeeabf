"""`pcloud community`: the communities (小区) that the company runs."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Communities (小区)."))

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("code", N_("Code")),
    Column("name", N_("Community name")),
    Column("houses", N_("Houses"), right=True),
    Column("zone", N_("Time zone")),
    Column("address", N_("Address")),
    Column("created_at", N_("Created"), detail=True),
)


@app.verb(
    "create",
    before_asking=refusal.unless("community.write"),
    writes=True,
    examples="pcloud community create 翠湖花园 --code CH\n"
    "pcloud community create 翠湖花园 --code CH --address 湖滨路18号",
)
def create(
    run: Context,
    name: Annotated[str | None, typer.Argument(help=N_("Name of the community."))] = None,
    code: Annotated[
        str | None, typer.Option("--code", help=N_("Short code, unique, e.g. CH."))
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", help=N_("Time zone, e.g. Asia/Shanghai."))
    ] = None,
    address: Annotated[str | None, typer.Option("--address", help=N_("Street address."))] = None,
) -> None:
    """Create a community, to which houses and owners then belong."""
    from pcloud_cli.services import acting, community

    name = name or run.ask(_("Name of the community"), option="NAME")
    code = code or run.ask(_("Short code"), option="--code")
    with acting.as_caller(run, write=True) as (actor, work):
        made = community.create(
            actor,
            work,
            name=name,
            code=code,
            zone=zone or run.settings.text("zone"),
            address=address,
        )
    run.out.record(made, COLUMNS)


@app.verb("list", examples="pcloud community list\npcloud community list -o json")
def list_(run: Context) -> None:
    """List the communities that you may see."""
    from pcloud_cli.services import acting, community

    with acting.as_caller(run) as (actor, work):
        rows = community.list_all(actor, work)
    run.out.rows(rows, COLUMNS)
