"""`pcloud import undo`: taking an applied batch back, and how that is shown, approved, refused."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.commands.imports.options import Batch
from pcloud_cli.context import Context
from pcloud_cli.errors import ExitCode
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

KEPT = (
    Column("sheet", N_("Sheet")),
    Column("row", N_("Row"), right=True),
    Column("kind", N_("What stays")),
    Column("house", N_("House")),
    Column("owner", N_("Owner")),
    Column("reason", N_("Why it stays")),
    Column("detail", N_("Fields or batch")),
    Column("id", N_("Id"), detail=True),
)
_SAID = (
    Column("number", N_("Batch")),
    Column("state", N_("State")),
    Column("undo", N_("Taking back")),
    Column("asked_by", N_("Asked by")),
    Column("asked_at", N_("Asked at")),
    Column("why", N_("Why")),
    Column("decided_by", N_("Decided by")),
    Column("decided_at", N_("Decided at")),
    Column("reason", N_("Reason")),
)
_COUNTS = {
    "houses": (N_("Houses to remove"), N_("Houses removed")),
    "owners": (N_("Owners to remove"), N_("Owners removed")),
    "ownerships": (N_("Bindings to remove"), N_("Bindings removed")),
    "phones": (N_("Phones to remove"), N_("Phones removed")),
    "people": (N_("Related people to remove"), N_("Related people removed")),
    "vehicles": (N_("Vehicles to remove"), N_("Vehicles removed")),
    "parking_rights": (N_("Parking spaces to remove"), N_("Parking spaces removed")),
    "houses_back": (N_("Houses to put back"), N_("Houses put back")),
    "owners_back": (N_("Owners to put back"), N_("Owners put back")),
    "kept": (N_("To be kept"), N_("Kept")),
}
_ALWAYS = ("houses", "owners", "ownerships", "kept")
_SHOWN = 50


@verbs.verb(
    "undo",
    writes=True,
    examples="pcloud import undo 3 --reason 导错小区\n"
    "pcloud import undo 3 --dry-run\n"
    "pcloud import undo 3 --withdraw",
)
def undo(
    run: Context,
    batch: Batch,
    reason: Annotated[
        str | None, typer.Option("--reason", help=N_("Why; the second person reads this."))
    ] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help=N_("Take back what you asked for before."))
    ] = False,
) -> None:
    """Ask that an applied batch be taken back, and show what would stay.

    Nothing happens before somebody else runs `import approve BATCH --undo`. What staff edited since
    and what others came to use stays; --dry-run shows it without asking.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import undo as undoing

    if withdraw:
        with acting.as_caller(run, write=True) as (actor, work):
            done = undoing.withdraw(actor, work, batch)
        tell(run, done)
        return
    why = reason
    if not why and not run.flags.dry_run:
        with acting.as_caller(run) as (actor, work):
            undoing.may_ask(actor, work, batch)
        why = run.ask(_("Why"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        done = undoing.propose(actor, work, batch, reason=why)
    tell(run, done)
    if done["state"] == "undone":
        run.out.note(_("It was taken back before; nothing was changed."))
    elif not run.flags.dry_run:
        if done["already"]:
            run.out.note(_("This was asked for before; nothing was changed."))
        run.out.note(
            _("Somebody else approves it: pcloud import approve {number} --undo").format(
                number=done["number"]
            )
        )


def approve(run: Context, batch: str, reason: str | None) -> int:
    """Show what taking the batch back would do, ask, approve, and do it."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import undo as undoing

    if not run.flags.yes:
        with acting.as_caller(run) as (actor, work):
            undoing.may_decide(actor, work, batch)
            shown = undoing.show(actor, work, batch)
        if run.may_ask:
            tell(run, shown)
    run.confirm(_("Take batch {number} back?").format(number=batch))
    with acting.as_caller(run, write=True) as (actor, work):
        done = undoing.approve(actor, work, batch, reason=reason)
    tell(run, done)
    if done["already"]:
        run.out.note(_("It was taken back before; nothing was changed."))
    elif not run.flags.dry_run:
        run.out.done(_("The same file can be loaded again."))
    return ExitCode.DONE


def reject(run: Context, batch: str, reason: str) -> None:
    """Refuse to take the batch back."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import undo as undoing

    with acting.as_caller(run, write=True) as (actor, work):
        done = undoing.reject(actor, work, batch, reason=reason)
    tell(run, done)


def show(run: Context, batch: str) -> None:
    """Show what taking the batch back would do, or did."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import undo as undoing

    with acting.as_caller(run) as (actor, work):
        shown = undoing.show(actor, work, batch)
    if run.out.format in ("csv", "tsv", "ids"):
        run.out.rows(_worded(run, shown["kept_rows"]), KEPT)
    else:
        tell(run, shown)


def tell(run: Context, done: dict[str, Any]) -> None:
    """Print the state of a taking back, its counts, and the first of what stays."""
    from pcloud_cli.services import words

    if run.out.structured(done):
        return
    spoken = {
        **done,
        "state": words.word(done["state"], words.BATCH_STATES),
        "undo": words.word(done["undo"], words.UNDO_STATES) if done["undo"] else None,
    }
    columns = [column for column in _SAID if done.get(column.name) is not None]
    over = done["state"] == "undone"
    columns += [
        Column(name, titles[over])
        for name, titles in _COUNTS.items()
        if done.get(name) or (name in _ALWAYS and name in done)
    ]
    run.out.record(spoken, columns)
    kept = done["kept_rows"]
    if not kept or run.out.format != "table":
        return
    run.out.line("")
    run.out.line(_("What stays, and why:"))
    run.out.rows(_worded(run, kept[:_SHOWN]), [column for column in KEPT if not column.detail])
    if len(kept) > _SHOWN:
        run.out.line(
            _("… and {count} more; pcloud import show {number} --undo -o csv lists all.").format(
                count=len(kept) - _SHOWN, number=done["number"]
            )
        )


def _worded(run: Context, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from pcloud_cli.services import words
    from pcloud_cli.services.imports.decisions import title

    spoken = {"kind": words.KEPT_KINDS, "reason": words.KEPT_REASONS}
    if run.out.format not in ("table", "csv"):
        return rows
    return [
        {
            **row,
            "detail": _(", ").join(title(name) for name in row["detail"].split(","))
            if row["reason"] == "field_edited"
            else row["detail"],
        }
        for row in words.spoken(rows, spoken)
    ]
