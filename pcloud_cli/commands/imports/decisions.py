"""`pcloud import approve`, `reject` and `apply`: the second person's decision, and what follows.

Each takes several batches: one after the other, each in a transaction of its own.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.commands.imports import batches as import_batches
from pcloud_cli.commands.imports import show as import_show
from pcloud_cli.commands.imports import undo as import_undo
from pcloud_cli.commands.imports.options import Batches
from pcloud_cli.context import Context
from pcloud_cli.errors import ExitCode, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

Undo = Annotated[bool, typer.Option("--undo", help=N_("Decide whether the batch is taken back."))]


@verbs.verb(
    "approve",
    before_asking=refusal.unless("import.approve"),
    writes=True,
    examples="pcloud import approve 3\n"
    "pcloud import approve 3 4 5 --yes --reason 抽查无误\n"
    "pcloud import list --state pending -o ids | pcloud import approve - --yes\n"
    "pcloud import approve 3 --undo",
)
def approve(
    run: Context,
    batch: Batches,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("What was checked."))] = None,
    undo: Undo = False,
) -> int:
    """Approve batches that somebody else loaded, after looking at what each would change.

    The approval holds for exactly this content (2.3.1). Without a terminal, --yes is needed. With
    --undo a batch that somebody else asked to take back is taken back at once.

    Of several each is shown and asked about; one that fails does not stop the others (exit 6).
    """
    from pcloud_cli.commands.imports import several as import_several

    wanted = import_several.wanted(run, batch)
    if undo:
        return import_undo.approve(run, _only(wanted), reason)
    if len(wanted) == 1:
        done = _approved(run, wanted[0], reason)
        import_batches.tell(run, done)
        if done["already"]:
            run.out.note(_("It was approved before; nothing was changed."))
        return _next(run, [done])
    if not run.flags.yes and not run.may_ask:
        run.confirm(_("Approve {count} batches?").format(count=len(wanted)))
    results = import_several.each(run, wanted, lambda each: _approved(run, each, reason))
    import_several.tell(run, results, wanted)
    _next(run, results.done)
    return import_several.ended(results)


def _only(wanted: list[str]) -> str:
    """Return the one batch whose taking back is decided; UsageProblem where there are more."""
    if len(wanted) > 1:
        raise UsageProblem(
            _("Batches are taken back one at a time."),
            hint=_("Run the command once for each; first look at what would stay."),
        )
    return wanted[0]


def _approved(run: Context, batch: str, reason: str | None) -> dict[str, Any]:
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import batches

    if not run.flags.yes:
        import_show.before_deciding(run, batch)
    run.confirm(_("Approve batch {number}?").format(number=batch))
    with acting.as_caller(run, write=True) as (actor, work):
        return batches.approve(actor, work, batch, reason=reason)


def _next(run: Context, done: list[dict[str, Any]]) -> int:
    """Say how what is approved becomes live."""
    if done and not run.flags.dry_run:
        numbers = " ".join(str(each["number"]) for each in done)
        run.out.note(_("Make it live: pcloud import apply {number}").format(number=numbers))
    return ExitCode.DONE


@verbs.verb(
    "reject",
    before_asking=refusal.unless("import.approve"),
    writes=True,
    examples="pcloud import reject 3 --reason 面积与实测不符\n"
    "pcloud import reject 3 4 5 --reason 重复报送\n"
    "pcloud import reject 3 --undo --reason 没有导错",
)
def reject(
    run: Context,
    batch: Batches,
    reason: Annotated[
        str | None, typer.Option("--reason", help=N_("Why; its maker reads this."))
    ] = None,
    undo: Undo = False,
) -> int:
    """Reject batches that somebody else loaded; with --undo, refuse to take one back.

    Of several, one that fails does not stop the others (exit 6).
    """
    from pcloud_cli.commands.imports import several as import_several
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import batches

    wanted = import_several.wanted(run, batch)
    why = reason or run.ask(_("Why"), option="--reason")
    if undo:
        import_undo.reject(run, _only(wanted), why)
        return ExitCode.DONE

    def rejected(reference: str) -> dict[str, Any]:
        with acting.as_caller(run, write=True) as (actor, work):
            return batches.reject(actor, work, reference, reason=why)

    if len(wanted) == 1:
        done = rejected(wanted[0])
        import_batches.tell(run, done)
        if done["already"]:
            run.out.note(_("It was rejected before; nothing was changed."))
        return ExitCode.DONE
    results = import_several.each(run, wanted, rejected)
    import_several.tell(run, results, wanted)
    return import_several.ended(results)


@verbs.verb(
    "apply",
    writes=True,
    examples="pcloud import apply 3\n"
    "pcloud import apply 3 --dry-run\n"
    "pcloud import list --state approved -o ids | sort | pcloud import apply -",
)
def apply(run: Context, batch: Batches) -> int:
    """Make approved batches live, each whole and in one transaction.

    Rows that others overtook since the load are left out and listed: exit 6. Of several, one that
    fails does not stop the others (exit 6).
    """
    from pcloud_cli.commands.imports import several as import_several

    wanted = import_several.wanted(run, batch)
    if len(wanted) == 1:
        done = _applied(run, wanted[0])
        import_batches.tell(run, done)
        if done["already"]:
            run.out.note(_("It was applied before; nothing was changed."))
        return _overtaken(run, [done])
    results = import_several.each(run, wanted, lambda each: _applied(run, each))
    import_several.tell(run, results, wanted)
    left_out = _overtaken(run, results.done)
    return import_several.ended(results) or left_out


def _applied(run: Context, batch: str) -> dict[str, Any]:
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import apply as applying

    with acting.as_caller(run, write=True) as (actor, work):
        return applying.apply(actor, work, batch)


def _overtaken(run: Context, done: list[dict[str, Any]]) -> int:
    """Say where rows were left out, and return the exit code of that."""
    short = [each for each in done if each["skipped"]]
    if not short:
        return ExitCode.DONE
    count = sum(each["skipped"] for each in short)
    run.out.note(_("Rows overtaken by others and left out: {count}").format(count=count))
    for each in short:
        import_show.left_out(run, each["left_out"])
        run.out.note(f"pcloud import show {each['number']}")
    run.out.note(_("Load the file again: what is still new or changed in it then comes in."))
    return ExitCode.SOME_FAILED
