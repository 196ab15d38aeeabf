"""`pcloud role grant`, `revoke` and `grants`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.commands.role import shown
from pcloud_cli.commands.role.shown import Building, Community, GrantId, Region
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.ids import id_text, parse_id
from pcloud_cli.moments import parse_moment
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()


@verbs.verb(
    "grant",
    before_asking=refusal.unless("role.grant"),
    writes=True,
    examples="pcloud role grant KF001 customer_service --community CH --reason 新入职\n"
    "pcloud role grant QY001 区域经理 --region HD --reason 任命\n"
    "pcloud role grant KF002 客服主管 --reason 代班 --until 2026-12-31",
)
def grant(
    run: Context,
    staff_number: Annotated[
        str | None, typer.Argument(help=N_("Staff number of the account."))
    ] = None,
    role: Annotated[str | None, typer.Argument(help=N_("Code or name of the role."))] = None,
    *,
    community: Community = None,
    building: Building = None,
    region: Region = None,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("Why it is granted."))] = None,
    starts: Annotated[
        str | None, typer.Option("--from", help=N_("First day or moment, e.g. 2026-12-01."))
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help=N_("Last day or moment, e.g. 2026-12-31."))
    ] = None,
) -> None:
    """Grant a role to somebody else, everywhere or in one region, community or building.

    A sensitive role waits until the security administrator (安全管理员) has confirmed it. Nobody
    grants to themselves, or to whom they registered. The same once more changes nothing.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services import role as service

    number = staff_number or run.ask(_("Staff number"), option="STAFF_NUMBER")
    wanted = role or run.choose(_("Which role?"), list(service.names().items()), option="ROLE")
    reason = reason or run.ask(_("Reason"), option="--reason")
    begin = _moment(run, starts, "--from", end_of_day=False)
    end = _moment(run, until, "--until", end_of_day=True)
    with acting.as_caller(run, write=True) as (actor, work):
        made = service.grant(
            actor,
            work,
            staff_number=number,
            role=wanted,
            reason=reason,
            community=community,
            building=building,
            region=region,
            starts=begin,
            until=end,
        )
    if not made["new"]:
        run.out.note(_("It was granted already; nothing changed."))
    shown.show(run, made)
    if made["idle"]:
        run.out.note(
            _(
                "It gives nothing: another firm lends this person to another community, and they "
                "may act there only. See pcloud account show {number}."
            ).format(number=made["staff_number"])
        )
    if made.get("first"):
        run.out.note(
            _(
                "This is the first security administrator: granted without a second person, and "
                "told to all system administrators. From now on sensitive grants need their yes."
            )
        )
    elif made["new"] and made["state"] == "pending":
        run.out.note(
            _("It waits for the security administrator: pcloud role approve {id}").format(
                id=id_text(made["id"])
            )
        )


@verbs.verb(
    "revoke",
    before_asking=refusal.unless("role.grant"),
    writes=True,
    examples="pcloud role revoke 0195… --reason 调岗",
)
def revoke(
    run: Context,
    grant_id: GrantId,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("Why it is revoked."))] = None,
) -> None:
    """Revoke a grant from now on; revoking it once more changes nothing.

    The last administrator stays: grant the role to a second person first.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services import role as service

    reason = reason or run.ask(_("Reason"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        row = service.revoke(actor, work, parse_id(grant_id), reason=reason)
    shown.show(run, row)


@verbs.verb("grants", examples="pcloud role grants\npcloud role grants KF001")
def grants(
    run: Context,
    staff_number: Annotated[
        str | None, typer.Argument(help=N_("Staff number of the account."))
    ] = None,
) -> None:
    """List who holds which role, where, since when, why and until when."""
    from pcloud_cli.services import acting
    from pcloud_cli.services import role as service

    with acting.as_caller(run) as (actor, work):
        rows = service.grants(actor, work, staff_number=staff_number)
    shown.show_all(run, rows)


def _moment(run: Context, text: str | None, option: str, *, end_of_day: bool) -> datetime | None:
    if text is None:
        return None
    zone = run.settings.text("zone")
    now = run.clock.now()
    return parse_moment(text, now=now, zone=zone, option=option, end_of_day=end_of_day)
