"""`pcloud import list` and `show`: batches, and what they hold."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.commands.imports import show as import_show
from pcloud_cli.commands.imports import undo as import_undo
from pcloud_cli.commands.imports.options import Batch
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()


@verbs.verb("list", examples="pcloud import list\npcloud import list --state pending -o json")
def list_(
    run: Context,
    state: Annotated[
        str | None, typer.Option("--state", help=N_("Only batches in this state."))
    ] = None,
) -> None:
    """List the loaded workbooks, newest first."""
    from pcloud_cli.services import acting, words
    from pcloud_cli.services.imports import batches

    with acting.as_caller(run) as (actor, work):
        wanted = words.understood(state, words.BATCH_STATES, "--state") if state else None
        rows = batches.list_all(actor, work, state=wanted)
    run.out.rows(
        words.for_output(run.out, rows, {"state": words.BATCH_STATES}), import_show.BATCHES
    )


@verbs.verb(
    "show",
    examples="pcloud import show 3\npcloud import show 3 --problems\n"
    "pcloud import show 3 --changes -o csv\npcloud import show 3 --undo\n"
    "pcloud import show 3 --reveal 抽查",
)
def show(
    run: Context,
    batch: Batch,
    problems: Annotated[
        bool, typer.Option("--problems", help=N_("List every problem of the file."))
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help=N_("Show how it is taken back, and what stays."))
    ] = False,
    changes: Annotated[
        bool, typer.Option("--changes", help=N_("List every field that would change."))
    ] = False,
    absent: Annotated[
        bool, typer.Option("--absent", help=N_("List every house here that it does not name."))
    ] = False,
    reveal: Annotated[
        str | None,
        typer.Option(
            "--reveal", metavar="PURPOSE", help=N_("Show private values in full, for a purpose.")
        ),
    ] = None,
) -> None:
    """Show a batch: totals, conflicts, changes, houses not named, sampled rows beside their cells.

    Private values are masked. Who may see them in full states a purpose, which the trail keeps.
    """
    if undo:
        import_undo.show(run, batch)
    else:
        import_show.show(
            run, batch, problems=problems, changes=changes, absent=absent, reveal=reveal
        )


RESULTS = (
    Column("number", N_("Batch"), right=True),
    Column("state", N_("State")),
    Column("rows", N_("Rows"), right=True),
    Column("new", N_("New"), right=True),
    Column("changed", N_("Changed"), right=True),
    Column("unchanged", N_("Unchanged"), right=True),
    Column("conflicts", N_("Conflicts"), right=True),
    Column("absent", N_("Not named"), right=True),
    Column("errors", N_("Errors"), right=True),
    Column("warnings", N_("Warnings"), right=True),
    Column("skipped", N_("Skipped"), right=True),
    Column("houses", N_("Houses made"), right=True),
    Column("houses_changed", N_("Houses changed"), right=True),
    Column("owners", N_("Owners made"), right=True),
    Column("owners_changed", N_("Owners changed"), right=True),
    Column("ownerships", N_("Owners bound to houses"), right=True),
    Column("phones", N_("Phones added"), right=True),
)


def tell(run: Context, done: dict[str, Any]) -> None:
    """Print what was done with a batch."""
    from pcloud_cli.services import words

    if run.out.structured(done):
        return
    columns = [column for column in RESULTS if done.get(column.name) is not None]
    run.out.record({**done, "state": words.word(done["state"], words.BATCH_STATES)}, columns)
