"""`pcloud house renumbering`: lists of old and new house numbers, checked by a second person."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import typer

from pcloud_cli.commands import second_check
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Lists of old and new house numbers: look at them, approve or reject."))

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Number"), right=True),
    Column("state", N_("State")),
    Column("community", N_("Community")),
    Column("file", N_("File")),
    Column("houses", N_("Houses"), right=True),
    Column("made_by", N_("Entered by")),
    Column("made_at", N_("Entered at")),
    Column("applied_at", N_("Applied at"), detail=True),
)
ROWS = (
    Column("row", N_("Row"), right=True),
    Column("old", N_("Old number")),
    Column("new", N_("New number")),
    Column("house_id", N_("Id"), detail=True),
)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help=N_("Number of the list."))]


@app.verb("list", examples="pcloud house renumbering list")
def list_(run: Context) -> None:
    """List the lists of old and new house numbers, newest first."""
    from pcloud_cli.services import acting, house_renumbering, words

    with acting.as_caller(run) as (actor, work):
        rows = house_renumbering.list_all(actor, work)
    run.out.rows(words.for_output(run.out, rows, {"state": words.RENUMBERING}), COLUMNS)


@app.verb("show", examples="pcloud house renumbering show 1")
def show(run: Context, number: Number) -> None:
    """Show each house's old and new number."""
    from pcloud_cli.services import acting, house_renumbering

    with acting.as_caller(run) as (actor, work):
        rows = house_renumbering.show(actor, work, number)
    run.out.rows(rows, ROWS)


@app.verb(
    "approve",
    writes=True,
    examples="pcloud house renumbering approve 1\n"
    "pcloud house renumbering approve 1 --yes --reason 与公安门牌核对无误",
)
def approve(run: Context, number: Number, reason: second_check.Checked = None) -> None:
    """Approve a list that somebody else entered; its houses get their new numbers at once.

    What it changes is shown first (2.3.1). Without a terminal, --yes is needed.
    """
    from pcloud_cli.services.house_renumbering import CHECK

    question = _("Give these houses their new numbers?")
    show = partial(run.out.rows, columns=ROWS)
    said(run, second_check.approve(run, CHECK, number, reason, question=question, show=show))


@app.verb("reject", writes=True, examples="pcloud house renumbering reject 1 --reason 楼栋写反")
def reject(run: Context, number: Number, reason: second_check.Why = None) -> None:
    """Reject a list that somebody else entered."""
    from pcloud_cli.services.house_renumbering import CHECK

    said(run, second_check.reject(run, CHECK, number, reason))


def said(run: Context, done: dict[str, Any]) -> None:
    """Print a list as a record."""
    from pcloud_cli.services import words

    if not run.out.structured(done):
        state = words.word(done["state"], words.RENUMBERING)
        columns = [column for column in COLUMNS if done.get(column.name) is not None]
        run.out.record({**done, "state": state}, columns)
