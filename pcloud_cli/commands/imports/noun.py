"""`pcloud import`: a developer's workbook, from the first look to living data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pcloud_cli.commands.imports import batches as import_batches
from pcloud_cli.commands.imports import decisions as import_decisions
from pcloud_cli.commands.imports import load as import_load
from pcloud_cli.commands.imports import profile as import_profile
from pcloud_cli.commands.imports import undo as import_undo
from pcloud_cli.commands.imports.options import (
    AllOrNothing,
    Batch,
    Community,
    Developer,
    Listed,
    Mapping,
    OnlyBad,
    PasswordStdin,
    Strict,
)
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Bring a developer's workbook in, whole and clean."))


@app.verb(
    "template",
    examples="pcloud import template handover.xlsx\npcloud import template --lang zh 移交表.xlsx",
)
def template(
    run: Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help=N_("The .xlsx file to write."))],
) -> None:
    """Write an empty workbook whose headers are understood, to give to a developer."""
    from pcloud_cli import i18n
    from pcloud_cli.files import replacing
    from pcloud_cli.sheets import template as templates

    with replacing(Path(file), mode=0o644) as stream:
        stream.write(templates.template(i18n.language()))
    run.out.done(_("{path} was written.").format(path=file))


@app.verb(
    "check",
    examples="pcloud import check handover.xlsx\n"
    "pcloud import check incoming/*.xlsx -o json\n"
    "pcloud import check handover.xlsx --community CH --rows understood.jsonl\n"
    "pcloud import check handover.xlsx --errors mend.xlsx",
)
def check(
    run: Context,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE", help=N_("Workbooks to check."))
    ] = None,
    community: Community = None,
    listed: Listed = None,
    mapping: Mapping = None,
    rows: Annotated[
        str | None,
        typer.Option("--rows", metavar="FILE.jsonl", help=N_("Write how each row was understood.")),
    ] = None,
    clear: Annotated[
        bool, typer.Option("--clear", help=N_("Write private values of --rows in clear."))
    ] = False,
    errors: Annotated[
        str | None,
        typer.Option("--errors", metavar="OUT", help=N_("Write the file with its errors marked.")),
    ] = None,
    only_bad: OnlyBad = False,
    developer: Developer = None,
    strict: Strict = False,
    all_or_nothing: AllOrNothing = False,
    password_stdin: PasswordStdin = False,
) -> int:
    """Read workbooks and say all that is wrong with them, in one pass; nothing is stored.

    Without --community the files are judged alone, without database or login, so a developer can
    do it before sending. Exit 6 where rows cannot be imported, 1 where a file cannot be read.
    """
    from pcloud_cli.commands.imports import headers as import_headers
    from pcloud_cli.commands.imports import lists as import_lists
    from pcloud_cli.commands.imports.check import check_files

    found = import_lists.wanted(run, files, listed, secret=password_stdin)
    if len(found) > 1:
        found = import_lists.without_locks(run, found)
    return check_files(
        run,
        [Path(name) for name in found],
        community=community,
        mapping=import_headers.parse_mapping(mapping),
        rows=Path(rows) if rows else None,
        clear=clear,
        developer=developer,
        strict=strict,
        whole=all_or_nothing,
        errors=Path(errors) if errors else None,
        only_bad=only_bad,
        password_stdin=password_stdin,
    )


app.take(import_load.verbs)
app.take(import_batches.verbs)


@app.verb(
    "errors",
    examples="pcloud import errors 3 --source handover.xlsx --out mend.xlsx\n"
    "pcloud import errors 3 --source handover.xlsx --out mend.xlsx --only-bad",
)
def errors_(
    run: Context,
    batch: Batch,
    source: Annotated[
        str, typer.Option("--source", metavar="FILE", help=N_("The file that was loaded."))
    ],
    out: Annotated[str, typer.Option("--out", metavar="OUT", help=N_("The marked copy to write."))],
    only_bad: OnlyBad = False,
    password_stdin: PasswordStdin = False,
) -> int:
    """Mark a batch's errors in the developer's own file, to be mended there and sent back.

    The files themselves are not kept here, so the same one is given again. Mended and loaded, it
    changes only what was mended.
    """
    from pcloud_cli.commands.imports import errors as import_errors
    from pcloud_cli.commands.imports.password import Passwords

    return import_errors.of_batch(
        run,
        batch,
        source,
        Path(out),
        only_bad=only_bad,
        password_of=Passwords(run, [source], from_stdin=password_stdin).of,
    )


app.take(import_decisions.verbs)
app.take(import_undo.verbs)
app.add_typer(import_profile.app, name="profile")
