"""What a second person's approve, reject and withdraw do, whatever noun they decide on (2.3.1).

Who may not is refused before anything is shown or asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _

if TYPE_CHECKING:
    from pcloud_cli.services.second_check import SecondCheck

Checked = Annotated[str | None, typer.Option("--reason", help=N_("What was checked."))]
Why = Annotated[str | None, typer.Option("--reason", help=N_("Why; its maker reads this."))]


def agreed(
    run: Context,
    check: SecondCheck[Any],
    number: str,
    *,
    question: str,
    show: Callable[[Any], None],
) -> str | None:
    """Show what entry `number` changes and ask `question`; return the hash of what was seen.

    With ``--yes`` nothing is shown or asked, and None is returned.
    """
    from pcloud_cli.services import acting

    seen = None
    if not run.flags.yes:
        with acting.as_caller(run) as (actor, work):
            found = check.look(actor, work, number)
        seen = found.seen
        if run.may_ask:
            show(found.content)
    run.confirm(question)
    return seen


def approve(
    run: Context,
    check: SecondCheck[Any],
    number: str,
    reason: str | None,
    *,
    question: str,
    show: Callable[[Any], None],
) -> dict[str, Any]:
    """Show entry `number`, ask `question`, approve exactly that, and return it as a record."""
    seen = agreed(run, check, number, question=question, show=show)
    return approved(run, check, number, seen, reason)


def approved(
    run: Context, check: SecondCheck[Any], number: str, seen: str | None, reason: str | None
) -> dict[str, Any]:
    """Approve entry `number` as it was `seen` and return it as a record."""
    from pcloud_cli.services import acting

    with acting.as_caller(run, write=True) as (actor, work):
        return check.approve(actor, work, number, seen=seen, reason=reason)


def reject(
    run: Context, check: SecondCheck[Any], number: str, reason: str | None
) -> dict[str, Any]:
    """Reject entry `number`, asking why where no `reason` was given; return it as a record."""
    from pcloud_cli.services import acting

    if not reason:
        with acting.as_caller(run) as (actor, work):
            check.may_reject(actor, work, number)
        reason = run.ask(_("Why"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        return check.reject(actor, work, number, reason=reason)


def withdraw(
    run: Context, check: SecondCheck[Any], number: str, reason: str | None
) -> dict[str, Any]:
    """Take one's own entry `number` back and return it as a record."""
    from pcloud_cli.services import acting

    with acting.as_caller(run, write=True) as (actor, work):
        return check.withdraw(actor, work, number, reason=reason)
