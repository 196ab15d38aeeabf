"""`pcloud import load`: one workbook, or many in one go."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.commands.imports import batches as import_batches
from pcloud_cli.commands.imports.options import (
    AllOrNothing,
    Community,
    Developer,
    Listed,
    Mapping,
    PasswordStdin,
    Strict,
)
from pcloud_cli.commands.imports.order import Order, reading_of
from pcloud_cli.context import Context
from pcloud_cli.errors import ExitCode, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.typer_adapter import Verbs

if TYPE_CHECKING:
    pass

verbs = Verbs()


@verbs.verb(
    "load",
    before_asking=refusal.unless("import.load"),
    writes=True,
    examples="pcloud import load handover.xlsx --community CH\n"
    "pcloud import load handover.xlsx -c CH --developer 湖畔置业 --handover-note 移交单2026-03\n"
    "pcloud import load incoming/*.xlsx -c CH\n"
    "pcloud import load --from failed/2026-03-01-160000.txt -c CH\n"
    "pcloud import load - -c CH --name handover.xlsx < handover.xlsx",
)
def load(
    run: Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help=N_("The workbooks; - reads standard input.")),
    ] = None,
    community: Community = None,
    listed: Listed = None,
    failed: Annotated[
        str,
        typer.Option(
            "--failed",
            metavar=N_("FOLDER"),
            help=N_("Where, of several, a list of those that failed is written."),
        ),
    ] = "failed",
    mapping: Mapping = None,
    developer: Developer = None,
    handover_note: Annotated[
        str | None, typer.Option("--handover-note", help=N_("Its hand-over list (移交单)."))
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help=N_("What to call the file, with standard input."))
    ] = None,
    strict: Strict = False,
    as_new: Annotated[
        bool,
        typer.Option(
            "--as-new",
            help=N_("Take houses for new that differ from one here in section or kind only."),
        ),
    ] = False,
    all_or_nothing: AllOrNothing = False,
    password_stdin: PasswordStdin = False,
) -> int:
    """Load workbooks for a community, each as a batch; a second person then approves them.

    Nothing becomes live by loading. The same file again changes nothing. Exit 6 where rows were
    kept out; `pcloud import show BATCH --problems` lists them.

    One of several that fails does not stop the others: exit 6, and a list of the failed ones with
    their reasons is written into the folder failed. Load them later by --from. The workbooks
    themselves are left as they are.
    """
    from pcloud_cli.commands.imports import headers as import_headers
    from pcloud_cli.commands.imports import lists as import_lists

    found = import_lists.wanted(run, files, listed, secret=password_stdin)
    several = len(found) > 1 or listed is not None
    if several:
        _refuse(found, name)
        import_lists.check_folder(Path(failed))
        found = import_lists.without_locks(run, found)
    place = community or run.ask(_("Community, by code or name"), option="--community")
    given = import_headers.parse_mapping(mapping)
    if several:
        _may_load(run, place)
    known = import_headers.known(run, developer)
    sample = run.random(16).hex()
    order = Order(
        place, developer, handover_note, known, given, strict, all_or_nothing, sample, as_new
    )
    if not several:
        return _one(run, found[0], name, order, password_stdin)
    from pcloud_cli.commands.imports import many as import_many

    return import_many.load(run, found, order, Path(failed), password_stdin=password_stdin)


def _one(run: Context, file: str, name: str | None, order: Order, password_stdin: bool) -> int:
    from pcloud_cli.commands.imports import headers as import_headers
    from pcloud_cli.commands.imports import lists as import_lists
    from pcloud_cli.commands.imports.password import Passwords
    from pcloud_cli.commands.imports.progress import watching

    source = run.stdin.fileno() if file == import_lists.STANDARD_INPUT else Path(file)
    called = name or (
        _("standard input") if isinstance(source, int) else import_lists.called(source.name)
    )
    password = Passwords(run, [source], from_stdin=password_stdin).of(source)
    if isinstance(source, Path):
        import_headers.insist([(source, password)], order.given)
    asked = import_headers.asked(run, source, {**order.known, **order.given}, password)
    mapping = {**order.known, **order.given, **asked}
    with watching(run, [source]) as watch:
        # the child reads while the rest of the program is still being loaded
        reading = watch.following(reading_of(run, source, order, mapping, password))
        if isinstance(source, int) and order.given:
            reading = import_headers.watched(run, reading, order.given)
        with closing(reading):
            from pcloud_cli.services import acting
            from pcloud_cli.services.imports import load as loading

            watch.begin(0, called)
            with acting.at_desk(run) as desk:
                batch = loading.load(
                    desk.open,
                    source,
                    name=called,
                    reference=order.place,
                    options=order.options(run, mapping),
                    password=password,
                    reading=reading,
                )
    import_headers.keep(run, order.developer, {**order.given, **asked})
    return _told(run, batch)


def _told(run: Context, batch: dict[str, Any]) -> int:
    from pcloud_cli.services import words

    import_batches.tell(run, batch)
    if batch["already"]:
        run.out.note(
            _("This file is batch {number} already ({state}); nothing was changed.").format(
                number=batch["number"], state=words.word(batch["state"], words.BATCH_STATES)
            )
        )
        return ExitCode.DONE
    if batch["errors"] and not run.flags.dry_run:
        run.out.note(
            _("Rows kept out: {count}; see: pcloud import show {number} --problems").format(
                count=batch["errors"], number=batch["number"]
            )
        )
    if not run.flags.dry_run:
        run.out.note(
            _("Somebody else checks and approves it: pcloud import approve {number}").format(
                number=batch["number"]
            )
        )
    return ExitCode.SOME_FAILED if batch["errors"] else ExitCode.DONE


def _refuse(files: list[str], name: str | None) -> None:
    """Raise UsageProblem for what makes no sense with several files."""
    if "-" in files:
        raise UsageProblem(
            _("Standard input holds one workbook; it cannot be one of several."),
            hint=_("Load it in a call of its own."),
        )
    if name is not None:
        raise UsageProblem(
            _("--name calls one workbook, and several are given."), hint=_("Leave it out.")
        )


def _may_load(run: Context, place: str) -> None:
    """Raise NotFound or NotAllowed before forty files are looked at."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import batches

    with acting.as_caller(run) as (actor, work):
        batches.may_load(actor, work, place)
