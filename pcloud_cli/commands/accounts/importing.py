"""`pcloud account import`: a season's hires from a workbook or a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pcloud_cli.commands.accounts import hires
from pcloud_cli.context import Context
from pcloud_cli.errors import ExitCode
from pcloud_cli.i18n import N_, _
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()


@verbs.verb(
    "import",
    writes=True,
    examples="pcloud account import 入职名单.xlsx\n"
    "pcloud account import - --name hires.csv < hires.csv",
)
def import_(
    run: Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help=N_("The workbook or CSV; - reads standard input."))
    ],
    *,
    name: Annotated[
        str | None, typer.Option("--name", help=N_("What to call the file, with standard input."))
    ] = None,
) -> int:
    """Enter a list of new staff; a second person of administration approves it.

    Its columns are 工号 and 姓名, and if there are any 部门, 岗位, 手机, 小区, 外包单位, 合同到期.
    Every wrong cell is listed, and nothing is entered with one (exit 6). The same file again
    changes nothing.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services import hires as service

    source = run.stdin.fileno() if file == "-" else Path(file)
    called = name or (_("standard input") if isinstance(source, int) else source.name)
    zone = run.settings.text("zone")
    with acting.as_caller(run, write=True) as (actor, work):
        found = service.propose(actor, work, source, name=called, zone=zone)
    if found.unused:
        run.out.note(
            _("Columns that are not used: {headers}").format(headers="、".join(found.unused))
        )
    if found.record is None:
        hires.told_wrong(run, found.wrong)
        run.out.note(_("Nothing was entered; correct these cells and enter the list again."))
        return ExitCode.SOME_FAILED
    hires.said(run, found.record)
    if found.record["already"]:
        run.out.note(_("This file was entered before; nothing was changed."))
    elif not run.flags.dry_run:
        run.out.note(
            _("Somebody else checks it: pcloud account hires approve {number}").format(
                number=found.record["number"]
            )
        )
    return ExitCode.DONE
