"""`pcloud house`: the houses (房屋) of a community, by any spelling of their address."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from pcloud_cli.commands import house_renumbering as renumbering
from pcloud_cli.commands import refusal
from pcloud_cli.context import Context
from pcloud_cli.errors import ExitCode
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Houses (房屋) and how their addresses are read."))

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("address", N_("House")),
    Column("section", N_("Section"), detail=True),
    Column("building", N_("Building"), detail=True),
    Column("unit", N_("Unit"), detail=True),
    Column("floor", N_("Floor")),
    Column("room", N_("Room"), detail=True),
    Column("kind", N_("House kind")),
    Column("house_type", N_("House type")),
    Column("state", N_("Use")),
    Column("area", N_("Gross area (m²)"), right=True),
)
DETAILS = (
    *COLUMNS[:-1],
    Column("surveyed_gross", N_("Gross area, surveyed (m²)")),
    Column("surveyed_net", N_("Net area, surveyed (m²)")),
    Column("surveyed_shared", N_("Shared area, surveyed (m²)")),
    Column("forecast_gross", N_("Gross area, forecast (m²)")),
    Column("forecast_net", N_("Net area, forecast (m²)")),
    Column("forecast_shared", N_("Shared area, forecast (m²)")),
    Column("handover_planned", N_("Hand-over planned")),
    Column("handover_contract", N_("Hand-over by contract")),
    Column("handover_date", N_("Handed over")),
    Column("updated_at", N_("Last change")),
)
ALIASES = (
    Column("kind", N_("Kind of name")),
    Column("text", N_("Other name")),
    Column("since", N_("Since")),
    Column("until", N_("Until")),
)
OCCUPANCY = (Column("state", N_("Use")), *ALIASES[2:])
OWNERS = (
    Column("name", N_("Name")),
    Column("kind", N_("Owner kind")),
    Column("phones", N_("Phone")),
    Column("id_number", N_("ID number")),
    Column("id_status", N_("State of ID")),
    Column("ownership", N_("Ownership")),
    Column("share", N_("Share owned")),
)


@app.verb(
    "list",
    examples="pcloud house list --community CH --building 3栋\n"
    "pcloud house list --community CH --kind 商铺 --state 空置 -o csv",
)
def list_(
    run: Context,
    *,
    community: Annotated[
        str | None, typer.Option("--community", "-c", help=N_("Code or name of the community."))
    ] = None,
    building: Annotated[
        str | None,
        typer.Option("--building", help=N_("Building, in any spelling: 3, 3栋, 三号楼.")),
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help=N_("Unit: 2 or 2单元."))] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help=N_("House kind, as code or word: shop, 商铺."))
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", help=N_("Use, as code or word: vacant, 空置."))
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help=N_("Show so many at most."))
    ] = None,
) -> None:
    """List the houses of a community, building by building, in the order of their numbers."""
    from pcloud_cli.services import acting, house, words

    with acting.as_caller(run) as (actor, work):
        rows, total = house.list_all(
            actor,
            work,
            community=community,
            choose=run.choose,
            building=building,
            unit=unit,
            kind=kind,
            state=state,
            limit=limit,
        )
    spoken = {"kind": words.HOUSE_KINDS, "state": words.OCCUPANCY}
    run.out.rows(words.for_output(run.out, rows, spoken), COLUMNS)
    if total > len(rows):
        run.out.note(_("{count} more are not shown.").format(count=total - len(rows)))


@app.verb(
    "show",
    examples="pcloud house show 3栋2单元301 --community CH\n"
    "pcloud house show 3-2-301 -c CH -o json",
)
def show(
    run: Context,
    address: Annotated[
        str, typer.Argument(help=N_("Address in any spelling, another name, or the id."))
    ],
    community: Annotated[
        str | None, typer.Option("--community", "-c", help=N_("Code or name of the community."))
    ] = None,
) -> None:
    """Show one house: areas, use, dates, other names, and its owners, masked."""
    from pcloud_cli.services import acting, house

    with acting.as_caller(run) as (actor, work):
        found = house.show(actor, work, address, community=community, choose=run.choose)
    if not run.out.structured(found):
        _show(run, found)


@app.verb(
    "renumber",
    before_asking=refusal.unless("house.renumber"),
    writes=True,
    examples="pcloud house renumber --map 新旧房号对照表.xlsx --community CH",
)
def renumber(
    run: Context,
    *,
    file: Annotated[
        str | None,
        typer.Option(
            "--map", metavar="FILE", help=N_("Workbook or CSV with the old and new numbers.")
        ),
    ] = None,
    community: Annotated[
        str | None, typer.Option("--community", "-c", help=N_("Code or name of the community."))
    ] = None,
) -> None:
    """Enter a list of old and new house numbers (新旧房号对照表), for a second person to approve.

    The columns are headed 旧房号 and 新房号, or 旧楼栋, 旧单元, 新楼栋 and so on. Houses keep their
    owners and all else; the old numbers stay known. Where two houses would have one number, or a
    house is not there, nothing is entered and the rows are named.
    """
    from pcloud_cli.services import acting, house_renumbering

    path = file or run.ask(_("Workbook with the old and new numbers"), option="--map")
    place = community or run.ask(_("Community, by code or name"), option="--community")
    with acting.as_caller(run, write=True) as (actor, work):
        done = house_renumbering.propose(
            actor, work, Path(path), name=Path(path).name, community=place
        )
    renumbering.said(run, done)
    if not run.flags.dry_run:
        run.out.note(
            _("Somebody else checks it: pcloud house renumbering approve {number}").format(
                number=done["number"]
            )
        )


app.add_typer(renumbering.app, name="renumbering")


class First(enum.StrEnum):
    """What the first number of a bare ``2-301`` is."""

    BUILDING = "building"
    UNIT = "unit"


PARSED = (
    Column("text", N_("Text")),
    Column("section", N_("Section")),
    Column("building", N_("Building")),
    Column("unit", N_("Unit")),
    Column("floor", N_("Floor")),
    Column("room", N_("Room")),
    Column("house_kind", N_("House kind")),
    Column("refused", N_("Why not")),
)


@app.verb(
    "parse",
    examples="pcloud house parse 1栋2单元301 3-2-301 A座1201\n"
    "pcloud house parse 2-301 --first building\n"
    "pcloud house parse - -o json < addresses.txt",
)
def parse(
    run: Context,
    texts: Annotated[
        list[str],
        typer.Argument(metavar="TEXT", help=N_("Addresses; - reads lines of standard input.")),
    ],
    first: Annotated[
        First | None,
        typer.Option("--first", help=N_("What the first number of a bare 2-301 is.")),
    ] = None,
) -> int:
    """Show how addresses are understood, or why one is refused; needs no database and no login.

    One line a house: a text that names several has several. Exit 6 where one is refused.
    """
    from pcloud_cli.sheets.house_parse import parsed

    found = [
        each
        for text in texts
        for line in ((part.rstrip("\r\n") for part in run.stdin) if text == "-" else (text,))
        if line.strip()
        for each in parsed(line, pair=first.value if first else "")
    ]
    if not run.out.structured(found):
        from pcloud_cli.services import words

        said = ({**each, "refused": (each["refused"] or {}).get("message")} for each in found)
        run.out.rows(words.for_output(run.out, said, {"house_kind": words.HOUSE_KINDS}), PARSED)
    return ExitCode.SOME_FAILED if any(each["refused"] for each in found) else ExitCode.DONE


def _show(run: Context, found: Mapping[str, Any]) -> None:
    from pcloud_cli.services import words

    said = {"kind": words.HOUSE_KINDS, "state": words.OCCUPANCY}
    run.out.record(next(words.for_output(run.out, [found], said)), DETAILS)
    if run.out.format != "table":
        return
    tables = (
        (N_("Owners"), found["owners"] or [], OWNERS, words.OWNER_CODES),
        (N_("Other names"), found["aliases"], ALIASES, {"kind": words.ALIASES}),
        (N_("Use over time"), found["occupancy"], OCCUPANCY, {"state": words.OCCUPANCY}),
    )
    for title, rows, columns, codes in tables:
        if rows:
            run.out.line("")
            run.out.line(_(title))
            run.out.rows(words.for_output(run.out, rows, codes), columns)
    if found["owners"] is None:
        run.out.note(_("Its owners are not shown: you may not see owners here."))
