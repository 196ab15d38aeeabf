"""`pcloud report`: reports for management, with charts (3.1.3)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Reports with charts for management."))

COLUMNS = (
    Column("name", N_("Report")),
    Column("title", N_("Title")),
    Column("question", N_("Question"), prose=True),
    Column("clause", N_("Clause")),
    Column("sections", N_("Sections"), detail=True),
)
FORMATS = {".xlsx": "xlsx", ".csv": "csv", ".json": "json"}

_NAME = typer.Argument(help=N_("Name of the report; `pcloud report list` shows all."))
_SINCE = typer.Option("--since", help=N_("What happened since then, e.g. 2026-03-01."))
_UNTIL = typer.Option("--until", help=N_("What happened until then, that day included."))
_COMMUNITY = typer.Option(
    "--community", "-c", help=N_("Code or name of the community; all that you may see without.")
)


@app.verb("list", examples="pcloud report list\npcloud report list -o json")
def list_(run: Context) -> None:
    """List the reports that you may see, and which question each answers."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.report import registry

    with acting.as_caller(run) as (actor, work):
        rows = registry.list_all(actor, work)
    run.out.rows(rows, COLUMNS)


@app.verb(
    "show",
    examples="pcloud report show owners --community CH\npcloud report show owners -o csv",
)
def show(
    run: Context,
    name: Annotated[str, _NAME],
    community: Annotated[str | None, _COMMUNITY] = None,
    since: Annotated[str | None, _SINCE] = None,
    until: Annotated[str | None, _UNTIL] = None,
) -> None:
    """Show a report: bars in a terminal, rows of counts in every other format."""
    from pcloud_cli.output.report import write_report
    from pcloud_cli.services import acting
    from pcloud_cli.services.report import registry

    with acting.as_caller(run) as (actor, work):
        made = registry.make(actor, work, name, community=community, **_time(run, since, until))
    write_report(made, run.out, run.env)


@app.verb(
    "export",
    examples="pcloud report export owners --community CH --out owners.xlsx\n"
    "pcloud report export owners --out owners.csv",
)
def export(
    run: Context,
    name: Annotated[str, _NAME],
    out: Annotated[
        str | None, typer.Option("--out", help=N_("File to write: .xlsx, .csv or .json."))
    ] = None,
    community: Annotated[str | None, _COMMUNITY] = None,
    since: Annotated[str | None, _SINCE] = None,
    until: Annotated[str | None, _UNTIL] = None,
) -> None:
    """Write a report to a file: a workbook with charts, CSV or JSON. A file there is replaced."""
    from pcloud_cli.files import replacing
    from pcloud_cli.output.report import write_file
    from pcloud_cli.services import acting
    from pcloud_cli.services.report import registry

    if not out:
        with acting.as_caller(run) as (actor, work):
            registry.may_make(actor, work, name)
    path = Path(out or run.ask(_("File to write"), option="--out"))
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise UsageProblem(
            _("{path} has no ending that says what to write.").format(path=path),
            hint=_("Use one of: {choices}.").format(choices=", ".join(FORMATS)),
        )
    with acting.as_caller(run) as (actor, work):
        made = registry.make(
            actor, work, name, community=community, export=kind, **_time(run, since, until)
        )
    with replacing(path) as stream:
        write_file(made, stream, kind)
    run.out.done(_("Written: {path}").format(path=path))


def _time(run: Context, since: str | None, until: str | None) -> dict[str, Any]:
    """Return the time asked about as aware moments, in the zone of the settings."""
    from pcloud_cli.moments import parse_moment

    now, zone = run.clock.now(), run.settings.text("zone")
    return {
        "since": since and parse_moment(since, now=now, zone=zone, option="--since"),
        "until": until
        and parse_moment(until, now=now, zone=zone, option="--until", end_of_day=True),
    }
