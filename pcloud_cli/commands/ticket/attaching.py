"""`pcloud ticket attach`: photos and videos of what is broken, and of what was done (3.2.1)."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.commands import attaching
from pcloud_cli.commands.ticket.stepping import Number
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()


@verbs.verb(
    "attach",
    writes=True,
    examples="pcloud ticket attach 13 漏水.jpg 漏水.mp4\n"
    "pcloud ticket attach 13 完工.jpg --stage complete",
)
def attach(
    run: Context,
    number: Number,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE", help=N_("Files; - reads standard input."))
    ],
    stage: Annotated[
        str | None,
        typer.Option("--stage", help=N_("At which point of the work, e.g. complete (完工).")),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help=N_("What to call the file, with standard input."))
    ] = None,
) -> None:
    """Attach photos, videos or PDFs to a ticket, as `pcloud attachment add ticket` does.

    `pcloud attachment list ticket NUMBER` shows them, `pcloud attachment save` fetches one.
    """
    attaching.attach(run, "ticket", number, files, stage=stage, name=name)
