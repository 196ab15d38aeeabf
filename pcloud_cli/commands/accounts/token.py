"""`pcloud account token`: tokens of service accounts for cron (2.1.1)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Tokens of service accounts: issue, list, revoke."))

_YEAR = timedelta(days=365)

COLUMNS = (
    Column("id", N_("Id")),
    Column("staff_number", N_("Staff number")),
    Column("label", N_("Name of the token")),
    Column("permissions", N_("Permissions")),
    Column("communities", N_("Communities")),
    Column("created_at", N_("Created"), detail=True),
    Column("last_seen_at", N_("Last used")),
    Column("until", N_("Opens until")),
    Column("state", N_("State")),
)
ISSUED = (
    Column("id", N_("Id")),
    Column("staff_number", N_("Staff number")),
    Column("label", N_("Name of the token")),
    Column("permissions", N_("Permissions")),
    Column("communities", N_("Communities")),
    Column("until", N_("Opens until")),
    Column("token", N_("Token")),
    Column("file", N_("File")),
)
REVOKED = (
    Column("id", N_("Id")),
    Column("staff_number", N_("Staff number")),
    Column("label", N_("Name of the token")),
    Column("already", N_("Had ended before")),
)


@app.verb(
    "create",
    before_asking=refusal.unless("account.token"),
    writes=True,
    examples="pcloud account token create CRON01 --name nightly --out /etc/pcloud/nightly.token\n"
    "pcloud account token create CRON01 --name report --permission report.owners -c CH",
)
def create(
    run: Context,
    staff_number: Annotated[str, typer.Argument(help=N_("Staff number of the service account."))],
    name: Annotated[str | None, typer.Option("--name", help=N_("What the token is for."))] = None,
    *,
    until: Annotated[
        str | None, typer.Option("--until", help=N_("Last day or moment; else a year from now."))
    ] = None,
    permission: Annotated[
        list[str] | None,
        typer.Option("--permission", help=N_("Give only this permission; may be repeated.")),
    ] = None,
    community: Annotated[
        list[str] | None,
        typer.Option("--community", "-c", help=N_("Give it only there; may be repeated.")),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help=N_("Write the token into a file, mode 0600.")),
    ] = None,
) -> None:
    """Issue a token for a service account. It is shown once, or written into a file once.

    It gives what the account may, or less: only some permissions, only in some communities. The
    service names the file in PCLOUD_TOKEN_FILE.
    """
    from pcloud_cli.files import replacing
    from pcloud_cli.moments import parse_moment
    from pcloud_cli.services import account, acting, token

    label = name or run.ask(_("What the token is for"), option="--name")
    now = run.clock.now()
    zone = run.settings.text("zone")
    end = (
        parse_moment(until, now=now, zone=zone, option="--until", end_of_day=True)
        if until
        else now + _YEAR
    )
    with acting.as_caller(run, write=True) as (actor, work):
        made = token.create(
            actor,
            work,
            account.named(actor, work, staff_number, need="account.token"),
            label=label,
            until=end,
            permissions=permission or (),
            places=community or (),
            random=run.random,
        )
        if out and not run.flags.dry_run:
            # before the commit: a token that could not be written down shall not be in force
            with replacing(Path(out)) as stream:
                stream.write(made.token.encode() + b"\n")
    shown = not run.flags.dry_run and not out
    row = {
        "id": made.id,
        "staff_number": made.staff_number,
        "label": made.label,
        "permissions": made.permissions,
        "communities": made.communities,
        "until": made.until,
        "token": made.token if shown else None,
        "file": out,
    }
    run.out.record(row, ISSUED)
    if shown:
        run.out.note(_("This secret is shown only now and kept nowhere."))


@app.verb(
    "list",
    examples="pcloud account token list\npcloud account token list CRON01 --all",
)
def list_(
    run: Context,
    staff_number: Annotated[
        str | None, typer.Argument(help=N_("Staff number of the service account."))
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help=N_("Those that ended or were revoked too."))
    ] = False,
) -> None:
    """List tokens with what they give, when they end and when they were last used."""
    from pcloud_cli.services import account, acting, token, words

    with acting.as_caller(run) as (actor, work):
        found = (
            account.named(actor, work, staff_number, need="account.token") if staff_number else None
        )
        rows = token.list_all(actor, work, found, everything=everything)
    run.out.rows(words.for_output(run.out, rows, {"state": token.STATES}), COLUMNS)


@app.verb(
    "revoke",
    before_asking=refusal.unless("account.token"),
    writes=True,
    examples="pcloud account token revoke 0198c0de-0000-7000-8000-000000000000 --reason 更换服务器",
)
def revoke(
    run: Context,
    reference: Annotated[str, typer.Argument(metavar="ID", help=N_("Id of the token."))],
    reason: Annotated[str | None, typer.Option("--reason", help=N_("Why."))] = None,
) -> None:
    """Revoke a token now; what uses it gets in no more."""
    from pcloud_cli.services import acting, token

    why = reason or run.ask(_("Why"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        done = token.revoke(actor, work, reference, reason=why)
    run.out.record(done, REVOKED)
