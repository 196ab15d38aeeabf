"""`pcloud import profile`: what each developer's headers mean."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("What each developer's headers mean, kept for his next workbook."))

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("developer", N_("Developer")),
    Column("headers", N_("Headers"), right=True),
    Column("updated_by", N_("Settled by")),
    Column("updated_at", N_("Last change")),
)
HEADERS = (Column("header", N_("Header")), Column("field", N_("Field")))

Developer = Annotated[
    str, typer.Argument(metavar="DEVELOPER", help=N_("Name of the developer (开发商)."))
]


@app.verb("list", examples="pcloud import profile list")
def list_(run: Context) -> None:
    """List the developers whose headers are known."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import profile

    with acting.as_caller(run) as (actor, work):
        rows = profile.list_all(actor, work)
    run.out.rows(rows, COLUMNS)


@app.verb("show", examples="pcloud import profile show 湖畔置业")
def show(run: Context, developer: Developer) -> None:
    """Show what the headers of a developer mean; an empty field leaves the column out."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import profile

    with acting.as_caller(run) as (actor, work):
        rows = profile.show(actor, work, developer)
    run.out.rows(rows, HEADERS)


@app.verb(
    "set",
    before_asking=refusal.unless("import.load"),
    writes=True,
    examples="pcloud import profile set 湖畔置业 --map 房屋类型=house_kind --map 档案袋=",
)
def set_(
    run: Context,
    developer: Developer,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="HEADER=FIELD", help=N_("Settle what a header means; repeat.")
        ),
    ] = None,
) -> None:
    """Settle what headers of a developer mean, beside what is known of them."""
    from pcloud_cli.commands.imports.headers import parse_mapping
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import profile

    settled = parse_mapping(mapping or [run.ask(_("HEADER=FIELD"), option="--map")])
    with acting.as_caller(run, write=True) as (actor, work):
        done = profile.remember(actor, work, developer, settled)
    if not run.out.structured(done):
        run.out.record(done, COLUMNS)


@app.verb(
    "forget",
    before_asking=refusal.unless("import.load"),
    writes=True,
    examples="pcloud import profile forget 湖畔置业 --yes",
)
def forget(run: Context, developer: Developer) -> None:
    """Forget what is known of the headers of a developer."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import profile

    run.confirm(_("Forget the headers of {developer}?").format(developer=developer))
    with acting.as_caller(run, write=True) as (actor, work):
        done = profile.forget(actor, work, developer)
    if not run.out.structured(done):
        run.out.record(done, COLUMNS)
