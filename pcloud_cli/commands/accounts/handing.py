"""How a command hands a first password over: sent, on a slip, or on the screen (2.1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column

if TYPE_CHECKING:
    from pcloud_cli.services.account import Created
    from pcloud_cli.services.first_password import Handing

SendOption = Annotated[
    bool,
    typer.Option("--send", help=N_("Send the first password to their own mobile or mail.")),
]
SlipOption = Annotated[
    str | None,
    typer.Option(
        "--slip",
        metavar="FILE",
        help=N_("Write the first password on a slip: .txt or .html, mode 0600."),
    ),
]
ShowOption = Annotated[
    bool,
    typer.Option(
        "--show",
        help=N_("Show the first password on the screen: an exception, kept in the trail."),
    ),
]

SECRET_COLUMNS = (
    Column("way", N_("Password handed over")),
    Column("slip", N_("Slip")),
    Column("first_password", N_("First password")),
    Column("first_until", N_("Opens until")),
)


@dataclass(frozen=True)
class Chosen:
    """What was chosen: the service's `handing`, and the file of a slip."""

    handing: Handing
    slip: Path | None


def given(*, send: bool, slip: str | None, show: bool) -> bool:
    """Return whether one of the three ways was named; UsageProblem for more than one."""
    named = sum((send, slip is not None, show))
    if named > 1:
        raise UsageProblem(
            _("A first password is handed over in one way."),
            hint=_("Give only one of --send, --slip FILE and --show."),
        )
    return named == 1


def choose(
    run: Context,
    *,
    send: bool,
    slip: str | None,
    show: bool,
    reason: str | None,
    reachable: bool,
) -> Chosen:
    """Return how the first password is handed over, asking where it is not plain.

    Without a word it is sent to whoever is `reachable`.
    """
    from pcloud_cli.services import account_slip
    from pcloud_cli.services.first_password import Handing

    if not given(send=send, slip=slip, show=show):
        if reachable:
            send = True
        elif run.may_ask:
            way = run.choose(
                _("How is the first password handed over?"),
                [("slip", _("on a slip (a file to print)")), ("show", _("shown on the screen"))],
                option="--slip",
            )
            show = way == "show"
            if not show:
                slip = run.ask(_("File for the slip (.txt or .html)"), option="--slip")
        else:
            raise UsageProblem(
                _("There is no mobile and no mail to send the first password to."),
                hint=_("Give --contact, --slip FILE, or --show with --reason."),
                code="no_way",
            )
    if slip is not None:
        path = Path(slip).expanduser()
        account_slip.check(path)
        return Chosen(Handing("slip"), path)
    if show:
        why = reason or run.ask(_("Why is it shown on the screen"), option="--reason")
        return Chosen(Handing("screen", why), None)
    return Chosen(Handing("send"), None)


def write_slip(run: Context, chosen: Chosen, made: Created) -> None:
    """Write the slip, unless on a dry run; before the commit, so that both are there or neither."""
    from pcloud_cli.services import account_slip

    if chosen.slip is None or run.flags.dry_run or not made.password or not made.first_until:
        return
    slip = account_slip.Slip(made.staff_number, made.name, made.password, made.first_until)
    account_slip.write(chosen.slip, slip, run.settings.text("zone"))


def shown(run: Context, chosen: Chosen, made: Created) -> dict[str, Any]:
    """Return what the output shows of the handing over: the secret only where that was asked."""
    on_screen = chosen.handing.way == "screen" and not run.flags.dry_run
    return {
        "way": made.way,
        "slip": str(chosen.slip) if chosen.slip else None,
        "first_password": made.password if on_screen else None,
        "first_until": made.first_until,
    }


def say(run: Context, chosen: Chosen) -> None:
    """Say what happens next with the first password."""
    if run.flags.dry_run:
        return
    if chosen.slip is not None:
        run.out.note(_("Hand {path} over in person, and delete the file.").format(path=chosen.slip))
    elif chosen.handing.way == "screen":
        run.out.note(_("This secret is shown only now and kept nowhere; the trail has the reason."))
    else:
        run.out.note(_("The first password is in the outbox and goes to their own mobile or mail."))
        say_undelivered(run)


def say_undelivered(run: Context) -> None:
    """Say it where nothing is set up that takes a first password to its holder."""
    if not (run.courier.takes_mobile("first_password") or run.courier.takes_mail):
        run.out.note(
            _("Nothing is set up yet that delivers it: see `pcloud outbox -h`, or use --slip.")
        )
