"""`pcloud role export` and `apply`: regions and grants as a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

CHANGE_COLUMNS = (
    Column("change", N_("Change")),
    Column("staff_number", N_("Staff number")),
    Column("role", N_("Role")),
    Column("place", N_("Place")),
    Column("community", N_("Community")),
    Column("starts_at", N_("Begins")),
    Column("expires_at", N_("Ends")),
    Column("reason", N_("Reason")),
)


@verbs.verb(
    "export",
    examples="pcloud role export > roles.yaml\npcloud role export --out roles.yaml",
)
def export(
    run: Context,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help=N_("Write to this file."))
    ] = None,
) -> None:
    """Write all regions and all grants that stand as YAML, to be kept, compared and applied.

    Roles that wait for confirmation are among them; what was revoked or is over is not.
    """
    from pcloud_cli.files import replacing
    from pcloud_cli.services import acting, role_applying, role_file

    with acting.as_caller(run) as (actor, work):
        document = role_applying.export(actor, work)
    text = role_file.write(document, run.settings.text("zone"))
    if out is None:
        run.out.stdout.write(text)
        return
    with replacing(Path(out), mode=0o600) as stream:
        stream.write(text.encode())
    run.out.done(_("{path} was written.").format(path=out))


@verbs.verb(
    "apply",
    before_asking=refusal.unless("role.grant"),
    writes=True,
    examples="pcloud role apply -f roles.yaml --dry-run\n"
    "pcloud role apply -f roles.yaml --reason 年度核对\n"
    "pcloud role apply -f roles.yaml --prune --yes --reason 年度核对",
)
def apply(
    run: Context,
    file: Annotated[
        str | None,
        typer.Option("--file", "-f", help=N_("File of roles, YAML; - is standard input.")),
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help=N_("Revoke what the file does not name."))
    ] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", help=N_("Why; for what is revoked, and for regions."))
    ] = None,
) -> None:
    """Bring regions and grants to what a file says, in one go, after showing the difference.

    Nothing is taken away without --prune. Sensitive roles wait for the security administrator as
    ever. Applied once more, it changes nothing. Without a terminal, --yes is needed.
    """
    from pcloud_cli.services import acting, role_applying, role_file

    name = file or run.ask(_("File of roles"), option="--file")
    zone, now = run.settings.text("zone"), run.clock.now()
    if name == "-":
        document = role_file.read(run.stdin.read(role_file.LARGEST + 1), now=now, zone=zone)
    else:
        document = role_file.read_from(Path(name), now=now, zone=zone)
    with acting.as_caller(run) as (actor, work):
        plan = role_applying.plan(actor, work, document, prune=prune)
    if plan.changes and not run.may_ask:
        _agree(run, len(plan.changes), reason)  # refused before anything is shown, if it must be
    _show(run, plan.changes)
    if plan.left:
        run.out.note(
            _("{count} grants are not in the file; --prune would revoke them.").format(
                count=plan.left
            )
        )
    if not plan.changes:
        return
    why = _agree(run, len(plan.changes), reason)
    with acting.as_caller(run, write=True) as (actor, work):
        role_applying.carry_out(actor, work, document, prune=prune, seen=plan.digest, reason=why)
    run.out.done(_("{count} changes were made.").format(count=len(plan.changes)))


def _agree(run: Context, count: int, reason: str | None) -> str:
    """Return the reason, after a yes; UsageProblem where nobody can be asked."""
    why = reason or run.ask(_("Reason"), option="--reason")
    if not run.flags.dry_run:
        run.confirm(_("Make these {count} changes?").format(count=count))
    return why


def _show(run: Context, changes: Iterable[Any]) -> None:
    from pcloud_cli.services import role as service
    from pcloud_cli.services import role_applying, words

    rows = [{"change": each.kind, **each.row} for each in changes]
    codes = {"change": role_applying.CHANGES, "role": service.names()}
    run.out.rows(
        words.for_output(run.out, rows, codes),
        CHANGE_COLUMNS,
        empty=_("All is as the file says; nothing is to be changed."),
    )
