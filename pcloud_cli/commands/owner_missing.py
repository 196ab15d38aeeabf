"""`pcloud owner missing`: the 待补 list, shown or written to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("What is still missing of owners (待补): ID numbers, phones, owners."))

_PLACE = (
    Column("section", N_("Section"), detail=True),
    Column("building", N_("Building"), detail=True),
    Column("unit", N_("Unit"), detail=True),
    Column("room", N_("Room"), detail=True),
)
COLUMNS = (
    Column("house", N_("House")),
    *_PLACE,
    Column("owner", N_("Owner")),
    Column("missing", N_("To be added")),
    Column("why", N_("Why")),
    Column("phones", N_("Phone")),
    Column("id_number", N_("ID number")),
    Column("house_id", N_("Id"), detail=True),
    Column("owner_id", N_("Id of the owner"), detail=True),
)
_WRITTEN = (COLUMNS[0], *(column._replace(detail=False) for column in _PLACE), *COLUMNS[5:10])
_FORMATS = {".xlsx": "xlsx", ".csv": "csv"}

Community = Annotated[
    str | None, typer.Option("--community", "-c", help=N_("Code or name of the community."))
]
Building = Annotated[
    str | None, typer.Option("--building", help=N_("Building, in any spelling: 3, 3栋, 三号楼."))
]
Unit = Annotated[str | None, typer.Option("--unit", help=N_("Unit: 2 or 2单元."))]


@app.verb(
    "list",
    examples="pcloud owner missing list --community CH\n"
    "pcloud owner missing list -c CH --building 3栋 -o json",
)
def list_(
    run: Context,
    *,
    community: Community = None,
    building: Building = None,
    unit: Unit = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help=N_("Show so many at most."))
    ] = None,
) -> None:
    """List what is missing of owners, house by house, and why; what is known is masked.

    The reading is recorded in the audit trail.
    """
    from pcloud_cli.services import acting, owner_missing, words

    with acting.as_caller(run) as (actor, work):
        rows, total = owner_missing.list_all(
            actor,
            work,
            community=community,
            choose=run.choose,
            building=building,
            unit=unit,
            limit=limit,
        )
    spoken = {"missing": owner_missing.MISSING, "why": owner_missing.WHY}
    run.out.rows(words.for_output(run.out, rows, spoken), COLUMNS)
    if total > len(rows):
        run.out.note(_("{count} more are not shown.").format(count=total - len(rows)))


@app.verb(
    "export",
    before_asking=refusal.unless("owner.read"),
    examples="pcloud owner missing export --community CH --out 待补.xlsx\n"
    "pcloud owner missing export -c CH --building 3栋 --out missing.csv",
)
def export(
    run: Context,
    *,
    out: Annotated[
        str | None, typer.Option("--out", help=N_("File to write: .xlsx or .csv."))
    ] = None,
    community: Community = None,
    building: Building = None,
    unit: Unit = None,
) -> None:
    """Write the list to a workbook or CSV, to complete at the counter; a file there is replaced.

    The reading is recorded in the audit trail.
    """
    from pcloud_cli.files import replacing
    from pcloud_cli.output.listing import write_list
    from pcloud_cli.services import acting, owner_missing, words

    path = Path(out or run.ask(_("File to write"), option="--out"))
    if path.suffix.lower() not in _FORMATS:
        raise UsageProblem(
            _("{path} has no ending that says what to write.").format(path=path),
            hint=_("Use one of: {choices}.").format(choices=", ".join(_FORMATS)),
        )
    with acting.as_caller(run) as (actor, work):
        rows, total = owner_missing.list_all(
            actor,
            work,
            community=community,
            choose=run.choose,
            building=building,
            unit=unit,
            action="owner.missing_export",
        )
        made_at, made_by = work.now(), actor.name or ""
    spoken = {"missing": owner_missing.MISSING, "why": owner_missing.WHY}
    with replacing(path) as stream:
        write_list(
            stream,
            _FORMATS[path.suffix.lower()],
            _("To be added (待补)"),
            _WRITTEN,
            words.spoken(rows, spoken),
            zone=run.settings.text("zone"),
            made_at=made_at,
            made_by=made_by,
        )
    run.out.done(_("{count} lines were written to {path}.").format(count=total, path=path))
