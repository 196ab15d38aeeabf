"""`pcloud price`: what repairs cost that the owner pays (有偿维修价目表), version by version."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pcloud_cli.commands import second_check
from pcloud_cli.context import Context
from pcloud_cli.errors import ExitCode
from pcloud_cli.i18n import N_, _
from pcloud_cli.moments import parse_moment
from pcloud_cli.output.columns import Column, Row
from pcloud_cli.typer_adapter import Noun

if TYPE_CHECKING:
    from pcloud_cli.services.price_list import Wrong

app = Noun(N_("Price lists of repairs that the owner pays (有偿维修价目表)."))

VERSIONS = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Version"), right=True),
    Column("state", N_("State")),
    Column("in_force", N_("Counts now")),
    Column("valid_from", N_("In force from")),
    Column("items", N_("Items"), right=True),
    Column("file_name", N_("File"), detail=True),
    Column("made_by", N_("Entered by")),
    Column("made_at", N_("Entered at"), detail=True),
    Column("decided_by", N_("Decided by")),
    Column("decided_at", N_("Decided at"), detail=True),
)
ITEMS = (
    Column("version", N_("Version"), detail=True),
    Column("code", N_("Code")),
    Column("name", N_("Item")),
    Column("unit", N_("Unit of measure")),
    Column("price", N_("Price"), right=True),
)
WRONG = (
    Column("sheet", N_("Sheet")),
    Column("row", N_("Row"), right=True),
    Column("field", N_("Column")),
    Column("problem", N_("Problem"), prose=True),
)

Number = Annotated[str, typer.Argument(metavar="VERSION", help=N_("Version of the price list."))]


@app.verb("list", examples="pcloud price list")
def list_(run: Context) -> None:
    """List the versions of the price list, the newest first."""
    from pcloud_cli.services import acting, price_list, words

    with acting.as_caller(run) as (actor, work):
        rows = price_list.list_all(actor, work)
    shown = words.for_output(run.out, rows, {"state": price_list.STATES})
    run.out.rows(shown, VERSIONS, empty=_("There is no price list."))


@app.verb("show", examples="pcloud price show\npcloud price show 2 -o csv")
def show(
    run: Context,
    version: Annotated[
        str | None, typer.Argument(metavar="VERSION", help=N_("Another than the one in force."))
    ] = None,
) -> None:
    """Show the prices in force, or those of a version."""
    from pcloud_cli.services import acting, price_list

    with acting.as_caller(run) as (actor, work):
        rows = price_list.show(actor, work, version)
    run.out.rows(rows, ITEMS)


@app.verb(
    "import",
    writes=True,
    examples="pcloud price import 价目表.xlsx --from 2027-01-01\n"
    "pcloud price import - --name prices.csv < prices.csv",
)
def import_(
    run: Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help=N_("The workbook or CSV; - reads standard input."))
    ],
    *,
    since: Annotated[
        str | None, typer.Option("--from", help=N_("In force from this day or moment on."))
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help=N_("What to call the file, with standard input."))
    ] = None,
) -> int:
    """Enter the next version of the price list; somebody else approves it (2.3.1).

    Its columns are 编码, 项目, 单位 and 单价. Every wrong cell is listed, and nothing is entered
    with one (exit 6). The same file again changes nothing.
    """
    from pcloud_cli.services import acting, price_list

    source = run.stdin.fileno() if file == "-" else Path(file)
    called = name or (_("standard input") if isinstance(source, int) else source.name)
    begin = None
    if since is not None:
        zone = run.settings.text("zone")
        begin = parse_moment(since, now=run.clock.now(), zone=zone, option="--from")
    with acting.as_caller(run, write=True) as (actor, work):
        found = price_list.enter(actor, work, source, name=called, valid_from=begin)
    if found.record is None:
        _told_wrong(run, found.wrong)
        return ExitCode.SOME_FAILED
    _said(run, found.record)
    if found.record["already"]:
        run.out.note(_("This file was entered before; nothing was changed."))
    elif not run.flags.dry_run:
        run.out.note(
            _("Somebody else checks it: pcloud price approve {number}").format(
                number=found.record["number"]
            )
        )
    return ExitCode.DONE


@app.verb(
    "approve",
    writes=True,
    examples="pcloud price approve 2\npcloud price approve 2 --yes --reason 已核对",
)
def approve(run: Context, version: Number, reason: second_check.Checked = None) -> None:
    """Approve a version that somebody else entered; its prices are shown first (2.3.1)."""
    from pcloud_cli.services.price_list import CHECK

    question = _("Put these prices in force?")
    show = partial(run.out.rows, columns=ITEMS)
    _said(run, second_check.approve(run, CHECK, version, reason, question=question, show=show))


@app.verb("reject", writes=True, examples="pcloud price reject 2 --reason 单价有误")
def reject(run: Context, version: Number, reason: second_check.Why = None) -> None:
    """Reject a version that somebody else entered."""
    from pcloud_cli.services.price_list import CHECK

    _said(run, second_check.reject(run, CHECK, version, reason))


def _said(run: Context, row: Row) -> None:
    from pcloud_cli.services import price_list, words

    (shown,) = words.for_output(run.out, [dict(row)], {"state": price_list.STATES})
    run.out.record(shown, [one for one in VERSIONS if one.name != "in_force"])


def _told_wrong(run: Context, wrong: list[Wrong]) -> None:
    from pcloud_cli.sheets.price_rows import TITLES

    run.out.rows([{**each._asdict(), "field": _(TITLES[each.field])} for each in wrong], WRONG)
    run.out.note(_("Nothing was entered; correct these cells and enter the list again."))
