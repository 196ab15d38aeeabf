"""`pcloud account suspend`, `resume`, `unlock` and `reset-password` (2.1.1)."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.commands.accounts import handing
from pcloud_cli.commands.accounts.handing import SendOption, ShowOption, SlipOption
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

STATE = (
    Column("id", N_("Id"), detail=True),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("state", N_("State")),
)
SUSPENDED = (
    *STATE,
    Column("sessions_ended", N_("Logins ended"), right=True),
    Column("given_back", N_("Work given back"), right=True),
)
UNLOCKED = (*STATE, *handing.SECRET_COLUMNS)
RESET = (*STATE[:3], *handing.SECRET_COLUMNS)

Number = Annotated[str, typer.Argument(metavar="STAFF_NUMBER", help=N_("Whose account."))]
Why = Annotated[str | None, typer.Option("--reason", help=N_("Why; the trail keeps it."))]


@verbs.verb(
    "suspend",
    before_asking=refusal.unless("account.suspend"),
    writes=True,
    examples="pcloud account suspend KF001 --reason 停职调查",
)
def suspend(run: Context, staff_number: Number, reason: Why = None) -> None:
    """Stop an account at once; its logins end, its grants stay. `resume` lets it go on.

    Administration may everywhere, a supervisor in their own community.
    """
    from pcloud_cli.services import account, account_lifecycle, acting, words

    why = reason or run.ask(_("Why"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        done = account_lifecycle.suspend(actor, work, staff_number, reason=why)
    (shown,) = words.for_output(run.out, [done], {"state": account.STATES})
    run.out.record(shown, SUSPENDED)
    if done["already"]:
        run.out.note(_("It was suspended before; nothing was changed."))


@verbs.verb(
    "resume",
    before_asking=refusal.unless("account.suspend"),
    writes=True,
    examples="pcloud account resume KF001 --reason 调查结束",
)
def resume(run: Context, staff_number: Number, reason: Why = None) -> None:
    """Let a suspended account be used again.

    A supervisor lifts only what they imposed themselves, administration lifts all.
    """
    from pcloud_cli.services import account, account_lifecycle, acting, words

    why = reason or run.ask(_("Why"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        done = account_lifecycle.resume(actor, work, staff_number, reason=why)
    (shown,) = words.for_output(run.out, [done], {"state": account.STATES})
    run.out.record(shown, STATE)
    if done["already"]:
        run.out.note(_("It was not suspended; nothing was changed."))


@verbs.verb(
    "unlock",
    before_asking=refusal.unless("account.reset"),
    writes=True,
    examples="pcloud account unlock KF001 --reason 本人来电核实\n"
    "pcloud account unlock KF001 --reason 已更换手机 --slip KF001.html",
)
def unlock(
    run: Context,
    staff_number: Number,
    reason: Why = None,
    send: SendOption = False,
    slip: SlipOption = None,
    show: ShowOption = False,
) -> None:
    """Open an account that was locked after failed attempts or reported as compromised.

    Others may know the password of a reported one, so it gets a new first one.
    """
    from pcloud_cli.services import account, account_lifecycle, acting, words
    from pcloud_cli.services.first_password import WAYS

    why = reason or run.ask(_("Why"), option="--reason")
    handing.given(send=send, slip=slip, show=show)
    with acting.as_caller(run) as (actor, work):
        before = account_lifecycle.prospect(actor, work, staff_number)
    chosen = None
    if before.reported:
        chosen = handing.choose(
            run, send=send, slip=slip, show=show, reason=why, reachable=before.reachable
        )
    with acting.as_caller(run, write=True) as (actor, work):
        done, made = account_lifecycle.unlock(
            actor,
            work,
            staff_number,
            reason=why,
            handing=chosen.handing if chosen else None,
            random=run.random,
        )
        if chosen and made:
            handing.write_slip(run, chosen, made)
    row = done | (handing.shown(run, chosen, made) if chosen and made else {})
    (shown,) = words.for_output(run.out, [row], {"state": account.STATES, "way": WAYS})
    run.out.record(shown, UNLOCKED if chosen else STATE)
    if done["already"]:
        run.out.note(_("It was not locked; nothing was changed."))
    if chosen and made:
        handing.say(run, chosen)


@verbs.verb(
    "reset-password",
    before_asking=refusal.unless("account.reset"),
    writes=True,
    examples="pcloud account reset-password KF001 --reason 本人忘记密码\n"
    "pcloud account reset-password KF001 --reason 本人忘记密码 --slip KF001.html",
)
def reset_password(
    run: Context,
    staff_number: Number,
    reason: Why = None,
    send: SendOption = False,
    slip: SlipOption = None,
    show: ShowOption = False,
) -> None:
    """Give an account a new first password; the old one and all its logins end at once.

    It goes the way of `account create`. That of an administrator or auditor is only ever sent to
    their own mobile or mail.
    """
    from pcloud_cli.services import account_lifecycle, acting, words
    from pcloud_cli.services.first_password import WAYS

    why = reason or run.ask(_("Why"), option="--reason")
    handing.given(send=send, slip=slip, show=show)
    with acting.as_caller(run) as (actor, work):
        before = account_lifecycle.prospect(actor, work, staff_number)
    chosen = handing.choose(
        run, send=send, slip=slip, show=show, reason=why, reachable=before.reachable
    )
    with acting.as_caller(run, write=True) as (actor, work):
        made = account_lifecycle.reset_password(
            actor,
            work,
            staff_number,
            reason=why,
            handing=chosen.handing,
            random=run.random,
        )
        handing.write_slip(run, chosen, made)
    row = {"id": made.id, "staff_number": made.staff_number, "name": made.name}
    (shown,) = words.for_output(run.out, [row | handing.shown(run, chosen, made)], {"way": WAYS})
    run.out.record(shown, RESET)
    handing.say(run, chosen)
