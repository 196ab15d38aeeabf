"""`pcloud role unused`: what was granted and nobody used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.commands.role import shown
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column, Row
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

COLUMNS = (
    *(column for column in shown.GRANT_COLUMNS if column.name not in ("reason", "granted_by")),
    Column("used_at", N_("Last used")),
)


@verbs.verb(
    "unused",
    before_asking=refusal.unless("role.grant"),
    writes=True,
    examples="pcloud role unused\npcloud role unused --days 180 -o csv\n"
    "pcloud role unused --days 90 --revoke --reason 半年清理",
)
def unused(
    run: Context,
    days: Annotated[int, typer.Option("--days", help=N_("For how many days."))] = 90,
    revoke: Annotated[bool, typer.Option("--revoke", help=N_("Revoke them, too."))] = False,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("Why it is revoked."))] = None,
) -> None:
    """List the grants that nobody used for so many days, from the trail and the notes of uses.

    With --revoke they are revoked, after a question (--yes answers it). The last administrator
    stays, and so does what cannot be judged because uses have not been noted for so long.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services import role as service

    with acting.as_caller(run) as (actor, work):
        rows = service.unused(actor, work, days=days)
    count = sum(row["state"] == "unused" for row in rows)
    if not revoke or not count:
        _show(run, rows)
        return
    if not run.flags.yes and run.may_ask:
        _show(run, rows)
    why = reason or run.ask(_("Reason"), option="--reason")
    run.confirm(_("Revoke {count} grants?").format(count=count))
    with acting.as_caller(run, write=True) as (actor, work):
        done = service.revoke_unused(actor, work, days=days, reason=why)
    _show(run, done)


def _show(run: Context, rows: Sequence[Row]) -> None:
    from pcloud_cli.services import role_unused, words

    codes = shown.code_words() | {"state": role_unused.STATES}
    run.out.rows(words.for_output(run.out, rows, codes), COLUMNS, empty=_("Every grant was used."))
