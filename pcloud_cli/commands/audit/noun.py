"""The noun `audit`: its parts, and looking at events."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.commands.audit import check, checkpoint, export, verify
from pcloud_cli.commands.audit.options import moments
from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Read and prove the audit trail."))

COLUMNS = (
    Column("seq", N_("Number"), right=True),
    Column("at", N_("When")),
    Column("actor_kind", N_("Kind"), detail=True),
    Column("actor", N_("Who")),
    Column("origin", N_("Where from")),
    Column("action", N_("Action")),
    Column("said", N_("What")),
    Column("object_type", N_("Kind of object"), detail=True),
    Column("object", N_("On what")),
    Column("object_id", N_("Id"), detail=True),
    Column("community", N_("Community")),
    Column("community_id", N_("Id of the community"), detail=True),
    Column("reason", N_("Reason")),
    Column("detail", N_("Detail"), detail=True),
)
_SHOWN = (
    Column("said", N_("In words")),
    Column("seq", N_("Number"), right=True),
    Column("at", N_("When")),
    Column("actor_kind", N_("Kind")),
    Column("actor", N_("Who")),
    Column("actor_name", N_("Name")),
    Column("origin", N_("Where from")),
    Column("action", N_("Action")),
    Column("object_type", N_("Kind of object")),
    Column("object", N_("On what")),
    Column("object_id", N_("Id")),
    Column("community", N_("Community")),
    Column("community_id", N_("Id of the community")),
    Column("reason", N_("Reason")),
    Column("detail", N_("Detail")),
    Column("holds", N_("Whole")),
    Column("key_id", N_("Data key")),
    Column("prev_hash", N_("Hash of the one before")),
    Column("hash", N_("Hash")),
)


@app.verb(
    "list",
    examples="pcloud audit list\npcloud audit list --actor KF001 --since 今天\n"
    "pcloud audit list --house 3-1-301 --community CH\n"
    "pcloud audit list --batch 12\npcloud audit list --action import -o json",
)
def list_(
    run: Context,
    *,
    who: Annotated[
        str | None, typer.Option("--actor", help=N_("Only what this staff number did."))
    ] = None,
    action: Annotated[
        str | None,
        typer.Option("--action", help=N_("Only this action, e.g. import or role.grant.")),
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", help=N_("Only what concerns this staff number."))
    ] = None,
    house: Annotated[
        str | None, typer.Option("--house", help=N_("Only what concerns this house: its address."))
    ] = None,
    owner: Annotated[
        str | None,
        typer.Option("--owner", help=N_("Only what concerns this owner: number or id.")),
    ] = None,
    batch: Annotated[
        str | None, typer.Option("--batch", help=N_("Only what concerns this loaded workbook."))
    ] = None,
    object_id: Annotated[
        str | None, typer.Option("--object", help=N_("Only what concerns this id."))
    ] = None,
    community: Annotated[
        str | None, typer.Option("--community", "-c", help=N_("Only in this community."))
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help=N_("From this day or moment."))
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help=N_("Up to this day or moment."))
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100_000, help=N_("How many, newest first."))
    ] = 100,
) -> None:
    """List what was done and read: who, when, from where, what, why. Newest first."""
    from pcloud_cli.services import acting, audit, audit_words
    from pcloud_cli.services.audit_names import About

    named = {"account": account, "house": house, "owner": owner, "batch": batch, "id": object_id}
    given = [About(kind, text) for kind, text in named.items() if text is not None]
    if len(given) > 1:
        raise UsageProblem(
            _("Ask about one thing at a time."),
            hint=_("Give one of --account, --house, --owner, --batch, --object."),
        )
    start, end = moments(run, since, until)
    wanted = audit.Wanted(
        staff_number=who,
        action=action,
        about=given[0] if given else None,
        community=community,
        since=start,
        until=end,
    )
    with acting.as_caller(run) as (actor, work):
        rows = audit.events(actor, work, wanted, limit=limit)
    people = run.out.format in ("table", "csv")
    for row in rows:
        row["said"] = audit_words.action(row["action"])
        if people:
            row["object"] = audit_words.object_text(row)
            row["detail"] = "; ".join(audit_words.details(row))
    run.out.rows(rows, COLUMNS)


@app.verb("show", examples="pcloud audit show 128\npcloud audit show 128 -o json")
def show(
    run: Context,
    seq: Annotated[int, typer.Argument(min=1, help=N_("Number of the event."))],
) -> None:
    """Show one event whole, in words, and whether its content and its link hold."""
    from pcloud_cli.services import acting, audit, audit_words

    with acting.as_caller(run) as (actor, work):
        row: dict[str, Any] = audit.show(actor, work, seq)
    row["said"] = audit_words.sentence(row, run.settings.text("zone"))
    if run.out.format in ("table", "csv"):
        row["detail"] = "; ".join(audit_words.details(row))
        row["actor_kind"] = _(audit_words.ACTORS.get(row["actor_kind"], row["actor_kind"]))
        row["object_type"] = _(audit_words.OBJECTS.get(row["object_type"], row["object_type"]))
    run.out.record(row, _SHOWN)


app.take(verify.verbs)
app.take(checkpoint.verbs)
app.take(export.verbs)
app.take(check.verbs)
