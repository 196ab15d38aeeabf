"""`pcloud region`: regions (区域), sets of communities in which roles are granted."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Regions (区域): communities that roles are granted in together."))

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("code", N_("Code")),
    Column("name", N_("Region name")),
    Column("communities", N_("Communities")),
    Column("names", N_("Names"), detail=True),
    Column("whole", N_("Whole"), detail=True),
    Column("created_at", N_("Created"), detail=True),
)
PLACE_COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("community", N_("Community")),
    Column("name", N_("Community name")),
    Column("state", N_("State")),
    Column("reason", N_("Reason")),
    Column("added_by", N_("Added by")),
    Column("added_at", N_("Added")),
    Column("confirmed_at", N_("Confirmed"), detail=True),
    Column("removed_at", N_("Taken out"), detail=True),
)

Code = Annotated[str, typer.Argument(metavar="REGION", help=N_("Code or name of the region."))]
Place = Annotated[
    str, typer.Argument(metavar="COMMUNITY", help=N_("Code or name of the community."))
]
Why = Annotated[str | None, typer.Option("--reason", help=N_("Why it is changed."))]


@app.verb(
    "create",
    before_asking=refusal.unless("role.grant"),
    writes=True,
    examples="pcloud region create 城东片区 --code HD --community CH --community YG --reason 划片",
)
def create(
    run: Context,
    name: Annotated[str | None, typer.Argument(help=N_("Name of the region."))] = None,
    code: Annotated[
        str | None, typer.Option("--code", help=N_("Short code, unique, e.g. HD."))
    ] = None,
    community: Annotated[
        list[str] | None,
        typer.Option("--community", "-c", help=N_("A community in it; give it for each.")),
    ] = None,
    reason: Why = None,
) -> None:
    """Make a region of communities, to grant roles in all of them at once."""
    from pcloud_cli.services import acting, region

    name = name or run.ask(_("Name of the region"), option="NAME")
    code = code or run.ask(_("Short code"), option="--code")
    why = reason or run.ask(_("Reason"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        made = region.create(actor, work, code=code, name=name, places=community or [], reason=why)
    run.out.record(made, COLUMNS)


@app.verb("list", examples="pcloud region list\npcloud region list -o json")
def list_(run: Context) -> None:
    """List the regions and the communities in each."""
    from pcloud_cli.services import acting, region

    with acting.as_caller(run) as (actor, work):
        rows = region.list_all(actor, work)
    run.out.rows(rows, COLUMNS)


@app.verb("show", examples="pcloud region show HD")
def show(run: Context, region: Code) -> None:
    """Show the communities that are, were or wait to be in a region: since when, by whom."""
    from pcloud_cli.services import acting, words
    from pcloud_cli.services import region as service

    with acting.as_caller(run) as (actor, work):
        rows = service.show(actor, work, region)
    run.out.rows(words.for_output(run.out, rows, {"state": service.STATES}), PLACE_COLUMNS)


@app.verb(
    "add",
    before_asking=refusal.unless("role.grant"),
    writes=True,
    examples="pcloud region add HD YG --reason 新接项目",
)
def add(run: Context, region: Code, community: Place, reason: Why = None) -> None:
    """Add a community to a region: every grant in the region then reaches it.

    Where a sensitive role is granted in the region, it waits for the security administrator.
    Nobody adds to a region in which they hold a role themselves.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services import region as service

    why = reason or run.ask(_("Reason"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        made = service.add(actor, work, region, community, reason=why)
    if not made["new"]:
        run.out.note(_("It was added already; nothing changed."))
    _said(run, made)


@app.verb(
    "remove",
    before_asking=refusal.unless("role.grant"),
    writes=True,
    examples="pcloud region remove HD YG --reason 项目退出",
)
def remove(run: Context, region: Code, community: Place, reason: Why = None) -> None:
    """Take a community out of a region: grants in the region no longer reach it."""
    from pcloud_cli.services import acting
    from pcloud_cli.services import region as service

    why = reason or run.ask(_("Reason"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        done = service.remove(actor, work, region, community, reason=why)
    _said(run, done)


@app.verb(
    "approve",
    before_asking=refusal.unless("role.approve"),
    writes=True,
    examples="pcloud region approve HD YG --yes",
)
def approve(
    run: Context,
    region: Code,
    community: Place,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("What was checked."))] = None,
) -> None:
    """Confirm that a community joins a region where sensitive roles are granted.

    Somebody else than who added it does so; without a terminal, --yes is needed.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services import region as service

    run.confirm(
        _("Shall {community} join the region {region}, for every grant in it?").format(
            community=community, region=region
        )
    )
    with acting.as_caller(run, write=True) as (actor, work):
        done = service.approve(actor, work, region, community, reason=reason)
    _said(run, done)


@app.verb(
    "reject",
    before_asking=refusal.unless("role.approve"),
    writes=True,
    examples="pcloud region reject HD YG --reason 不属本片",
)
def reject(
    run: Context,
    region: Code,
    community: Place,
    reason: Annotated[
        str | None, typer.Option("--reason", help=N_("Why; who added it reads this."))
    ] = None,
) -> None:
    """Reject that a community joins a region."""
    from pcloud_cli.services import acting
    from pcloud_cli.services import region as service

    why = reason or run.ask(_("Why"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        done = service.reject(actor, work, region, community, reason=why)
    _said(run, done)


def _said(run: Context, row: dict[str, Any]) -> None:
    from pcloud_cli.services import region as service
    from pcloud_cli.services import words

    (shown,) = words.for_output(run.out, [row], {"state": service.STATES})
    run.out.record(shown, PLACE_COLUMNS)
