"""`pcloud role pending`, `approve` and `reject`: the second person's word on sensitive grants."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.commands.role import shown
from pcloud_cli.commands.role.shown import GrantId
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.ids import parse_id
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

PERMITS = Column("permissions", N_("Permissions"))


@verbs.verb("pending", examples="pcloud role pending\npcloud role pending -o ids")
def pending(run: Context) -> None:
    """List the sensitive grants that wait for the security administrator."""
    from pcloud_cli.services import acting
    from pcloud_cli.services import role as service

    with acting.as_caller(run) as (actor, work):
        rows = service.pending(actor, work)
    shown.show_all(run, rows, empty=_("No grant waits."))


@verbs.verb(
    "approve",
    before_asking=refusal.unless("role.approve"),
    writes=True,
    examples="pcloud role approve 0195…\npcloud role approve 0195… --yes --reason 任命书已核对",
)
def approve(
    run: Context,
    grant_id: GrantId,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("What was checked."))] = None,
) -> None:
    """Confirm a sensitive grant that somebody else gave; it is in force from then on.

    What it would permit, where and until when is shown first, and the yes holds for exactly that.
    Who gave it, gets it or registered the account cannot confirm it. Without a terminal, --yes is
    needed.
    """
    from pcloud_cli.services import acting, words
    from pcloud_cli.services import role as service

    wanted, seen = parse_id(grant_id), None
    if not run.flags.yes:
        with acting.as_caller(run) as (actor, work):
            row = service.shown(actor, work, wanted)
        seen = row["content_hash"]
        if run.may_ask:
            (said,) = words.for_output(run.out, [row], shown.code_words())
            run.out.record(said, (*shown.GRANT_COLUMNS, PERMITS))
    run.confirm(_("Confirm this grant?"))
    with acting.as_caller(run, write=True) as (actor, work):
        done = service.approve(actor, work, wanted, expected_hash=seen, reason=reason)
    if done["already"]:
        run.out.note(_("It was confirmed before; nothing was changed."))
    shown.show(run, done)


@verbs.verb(
    "reject",
    before_asking=refusal.unless("role.approve"),
    writes=True,
    examples="pcloud role reject 0195… --reason 岗位不需要",
)
def reject(
    run: Context,
    grant_id: GrantId,
    reason: Annotated[
        str | None, typer.Option("--reason", help=N_("Why; its giver reads this."))
    ] = None,
) -> None:
    """Reject a sensitive grant that waits; it never comes into force."""
    from pcloud_cli.services import acting
    from pcloud_cli.services import role as service

    why = reason or run.ask(_("Why"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        done = service.reject(actor, work, parse_id(grant_id), reason=why)
    if done["already"]:
        run.out.note(_("It was rejected before; nothing was changed."))
    shown.show(run, done)
