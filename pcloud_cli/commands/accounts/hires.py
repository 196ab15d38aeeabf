"""`pcloud account hires`: lists of new staff, checked by a second person of administration."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pcloud_cli.commands import second_check
from pcloud_cli.commands.accounts import handing
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

if TYPE_CHECKING:
    from pcloud_cli.services.hires_rows import Wrong

app = Noun(N_("Lists of new staff: look at them, approve or reject."))

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Number"), right=True),
    Column("state", N_("State")),
    Column("file", N_("File")),
    Column("people", N_("People"), right=True),
    Column("made_by", N_("Entered by")),
    Column("made_at", N_("Entered at")),
    Column("applied_at", N_("Applied at"), detail=True),
)
ROWS = (
    Column("row", N_("Row"), right=True),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("department", N_("Department")),
    Column("position", N_("Position")),
    Column("contact", N_("Contact")),
    Column("community", N_("Community")),
    Column("employer", N_("Employer")),
    Column("ends_at", N_("Ends")),
)
WRONG = (
    Column("sheet", N_("Sheet")),
    Column("row", N_("Row"), right=True),
    Column("field", N_("Field")),
    Column("problem", N_("Problem")),
)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help=N_("Number of the list."))]


@app.verb("list", examples="pcloud account hires list")
def list_(run: Context) -> None:
    """List the lists of new staff, newest first."""
    from pcloud_cli.services import acting, hires, words

    with acting.as_caller(run) as (actor, work):
        rows = hires.list_all(actor, work)
    run.out.rows(words.for_output(run.out, rows, {"state": hires.STATES}), COLUMNS)


@app.verb("show", examples="pcloud account hires show 1")
def show(run: Context, number: Number) -> None:
    """Show the people of a list, contacts masked."""
    from pcloud_cli.services import acting, hires

    with acting.as_caller(run) as (actor, work):
        rows = hires.show(actor, work, number)
    run.out.rows(rows, ROWS)


@app.verb(
    "approve",
    writes=True,
    examples="pcloud account hires approve 1\npcloud account hires approve 1 --yes",
)
def approve(run: Context, number: Number, reason: second_check.Checked = None) -> None:
    """Approve a list that somebody else entered; its accounts are made at once.

    Who is on it is shown first (2.1.1). The first passwords go to everybody's own mobile or mail;
    who has neither is named, for a printed slip. Without a terminal, --yes is needed.
    """
    from pcloud_cli.services import acting, hires

    with acting.as_caller(run) as (actor, work):
        people = hires.may_decide(actor, work, number)
    question = _("Make these {count} accounts?").format(count=people)
    show = partial(run.out.rows, columns=ROWS)
    seen = second_check.agreed(run, hires.CHECK, number, question=question, show=show)
    secrets = list(hires.first_secrets(people, run.random))
    done = second_check.approved(run, hires.with_secrets(secrets), number, seen, reason)
    said(run, done)
    if run.flags.dry_run:
        return
    run.out.note(_("First passwords on their way: {count}").format(count=done["sent"]))
    if done["sent"]:
        handing.say_undelivered(run)
    if done["by_hand"]:
        run.out.note(
            _(
                "Without a mobile or mail address, to be given a slip by"
                " `pcloud account reset-password`: {numbers}"
            ).format(numbers=", ".join(done["by_hand"]))
        )


@app.verb("reject", writes=True, examples="pcloud account hires reject 1 --reason 部门写错")
def reject(run: Context, number: Number, reason: second_check.Why = None) -> None:
    """Reject a list of new staff that somebody else entered."""
    from pcloud_cli.services.hires import CHECK

    said(run, second_check.reject(run, CHECK, number, reason))


def said(run: Context, done: dict[str, Any]) -> None:
    """Print a list as a record."""
    from pcloud_cli.services import hires, words

    if not run.out.structured(done):
        (shown,) = words.for_output(run.out, [done], {"state": hires.STATES})
        people = [column for column in COLUMNS if column.name != "id"]  # they call it by number
        run.out.record(shown, [column for column in people if done.get(column.name) is not None])


def told_wrong(run: Context, wrong: list[Wrong]) -> None:
    """Print every wrong cell of a list that was not taken."""
    from pcloud_cli.sheets.staff_list import TITLES

    rows = [{**each._asdict(), "field": _(TITLES[each.field])} for each in wrong]
    run.out.rows(rows, WRONG)
