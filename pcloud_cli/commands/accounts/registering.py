"""`pcloud account create`: register staff and service accounts (2.1.1)."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.commands.accounts import handing
from pcloud_cli.commands.accounts.handing import SendOption, ShowOption, SlipOption
from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.moments import parse_moment
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

PERSON_COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("kind", N_("Kind")),
    *handing.SECRET_COLUMNS,
)
SERVICE_COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("kind", N_("Kind")),
    Column("token", N_("Token")),
    Column("token_until", N_("Token opens until")),
)


@verbs.verb(
    "create",
    before_asking=refusal.unless("account.create"),
    writes=True,
    examples="pcloud account create KF001 王小明 --department 客服部 --position 客服"
    " --contact 13900000001\n"
    "pcloud account create KF002 李静 --department 客服部 -c CH --slip KF002.html\n"
    "pcloud account create WB001 赵师傅 --employer 安捷电梯 --ends-at 2026-12-31 --slip WB001.txt\n"
    "pcloud account create CRON01 夜间报表 --service",
)
def create(
    run: Context,
    staff_number: Annotated[str | None, typer.Argument(help=N_("Staff number, unique."))] = None,
    name: Annotated[str | None, typer.Argument(help=N_("Name of the person or service."))] = None,
    *,
    department: Annotated[str | None, typer.Option("--department", help=N_("Department."))] = None,
    position: Annotated[str | None, typer.Option("--position", help=N_("Position."))] = None,
    contact: Annotated[
        str | None, typer.Option("--contact", help=N_("Mobile or mail address; kept encrypted."))
    ] = None,
    community: Annotated[
        str | None,
        typer.Option("--community", "-c", help=N_("Community where they work, by code or name.")),
    ] = None,
    employer: Annotated[
        str | None, typer.Option("--employer", help=N_("Firm that lends them (外包)."))
    ] = None,
    ends_at: Annotated[
        str | None,
        typer.Option(
            "--ends-at", metavar="DAY", help=N_("Last day of the contract; the account ends then.")
        ),
    ] = None,
    send: SendOption = False,
    slip: SlipOption = None,
    show: ShowOption = False,
    reason: Annotated[
        str | None, typer.Option("--reason", help=N_("Why the password is shown on the screen."))
    ] = None,
    service: Annotated[
        bool, typer.Option("--service", help=N_("A service account for cron, with a token."))
    ] = False,
) -> None:
    """Register a new hire. Their first password goes to them, and opens only its own change.

    It goes to their own mobile or mail where --contact has one, else on a slip to be printed; on
    the screen only with a reason. It opens for 72 hours. The account holds no role until a system
    administrator grants one.
    """
    from pcloud_cli.services import account, acting, words
    from pcloud_cli.services.first_password import WAYS, Handing
    from pcloud_cli.services.outbox_address import read_address

    named = handing.given(send=send, slip=slip, show=show)
    if service and named:
        raise UsageProblem(
            _("A service account has a token and no password."),
            hint=_("Leave out --send, --slip and --show."),
        )
    asks = run.may_ask and not service and not (staff_number and name)
    number = staff_number or run.ask(_("Staff number"), option="STAFF_NUMBER")
    name = name or run.ask(_("Name"), option="NAME")
    if asks:
        department = department or run.ask(_("Department"), option="--department", default="")
        position = position or run.ask(_("Position"), option="--position", default="")
        contact = contact or run.ask(_("Mobile or mail"), option="--contact", default="")
    until = None
    if employer and not community:
        community = run.ask(_("Community, by code or name"), option="--community")
    if employer and not ends_at:
        ends_at = run.ask(_("Last day of the contract"), option="--ends-at")
    if ends_at:
        zone = run.settings.text("zone")
        until = parse_moment(
            ends_at, now=run.clock.now(), zone=zone, option="--ends-at", end_of_day=True
        )
    chosen = None
    if not service:
        with acting.as_caller(run) as (actor, work):
            account.may_create(actor, work)  # before anything is asked about the password
        chosen = handing.choose(
            run,
            send=send,
            slip=slip,
            show=show,
            reason=reason,
            reachable=any(read_address(contact or "")),
        )
    with acting.as_caller(run, write=True) as (actor, work):
        made = account.create(
            actor,
            work,
            staff_number=number,
            name=name,
            department=department,
            position=position,
            contact=contact,
            community=community,
            employer=employer,
            ends_at=until,
            kind="service" if service else "person",
            random=run.random,
            handing=chosen.handing if chosen else Handing(),
        )
        if chosen:
            handing.write_slip(run, chosen, made)
    row: dict[str, object] = {
        "id": made.id,
        "staff_number": made.staff_number,
        "name": made.name,
        "kind": made.kind,
    }
    if chosen:
        row |= handing.shown(run, chosen, made)
    else:
        token = None if run.flags.dry_run else made.token
        row |= {"token": token, "token_until": made.token_until}
    (shown,) = words.for_output(run.out, [row], {"kind": account.KINDS, "way": WAYS})
    run.out.record(shown, PERSON_COLUMNS if chosen else SERVICE_COLUMNS)
    if chosen:
        handing.say(run, chosen)
    elif not run.flags.dry_run:
        run.out.note(_("This secret is shown only now and kept nowhere."))
