"""Arguments and options that several verbs of `pcloud import` take."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.i18n import N_

PasswordStdin = Annotated[
    bool,
    typer.Option("--password-stdin", help=N_("Read the workbook's password from standard input.")),
]
Batch = Annotated[str, typer.Argument(metavar="BATCH", help=N_("Number of the batch."))]
Batches = Annotated[
    list[str],
    typer.Argument(metavar="BATCH", help=N_("Numbers of batches; - reads standard input.")),
]
Community = Annotated[
    str | None, typer.Option("--community", "-c", help=N_("Community, by code or name."))
]
Listed = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar=N_("LIST"),
        help=N_("Text file of more workbooks, one path a line; - reads standard input."),
    ),
]
Strict = Annotated[
    bool,
    typer.Option("--strict", help=N_("Keep rows with bad or missing personal fields out.")),
]
AllOrNothing = Annotated[
    bool, typer.Option("--all-or-nothing", help=N_("Refuse the whole file for any bad row."))
]
Developer = Annotated[
    str | None,
    typer.Option("--developer", help=N_("Developer (开发商) who sent it; his headers are known.")),
]
OnlyBad = Annotated[
    bool,
    typer.Option("--only-bad", help=N_("Write just the header and the rows to mend.")),
]
Mapping = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="HEADER=FIELD", help=N_("Settle what a header means; repeat.")),
]
