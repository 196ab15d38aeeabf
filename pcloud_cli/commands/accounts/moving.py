"""`pcloud account move`: to another post (轮岗), or lent to one for a time (借调)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.moments import parse_moment
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("department", N_("Department")),
    Column("position", N_("Position")),
    Column("at", N_("Begins")),
    Column("until", N_("Ends")),
    Column("ended", N_("Roles ended")),
    Column("given", N_("Roles given")),
    Column("given_back", N_("Work given back")),
)


@verbs.verb(
    "move",
    before_asking=refusal.unless("account.move"),
    writes=True,
    examples="pcloud account move KF007 --role 客服主管@CH --position 客服主管"
    " --reason 轮岗\n"
    "pcloud account move WX003 --role 维修@LH --at 2026-12-01 --until 2027-02-28 --reason 借调",
)
def move(
    run: Context,
    staff_number: Annotated[str, typer.Argument(help=N_("Staff number of the account."))],
    *,
    role: Annotated[
        list[str] | None,
        typer.Option(
            "--role",
            metavar=N_("ROLE[@COMMUNITY]"),
            help=N_("A role of the new post, everywhere or in a community; may be repeated."),
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help=N_("First day or moment; now by default."))
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", help=N_("Last day, for who is lent: the former roles come back.")),
    ] = None,
    department: Annotated[str | None, typer.Option("--department", help=N_("Department."))] = None,
    position: Annotated[str | None, typer.Option("--position", help=N_("Position."))] = None,
    community: Annotated[
        str | None, typer.Option("--community", "-c", help=N_("Community of the new post."))
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("Why; kept in the trail."))] = (
        None
    ),
) -> None:
    """Move somebody to another post: the former roles end when the new ones begin.

    All of it happens in one act. A sensitive role waits for the security administrator
    (安全管理员), as with `pcloud role grant`. With --at ahead only the roles change by themselves;
    department, position and community are given on the day.
    """
    from pcloud_cli.services import account_moving, acting
    from pcloud_cli.services.role_scope import Wanted

    asked = role or [run.ask(_("Role of the new post"), option="--role")]
    roles = []
    for text in asked:
        name, _at, place = text.partition("@")
        roles.append((name.strip(), Wanted(community=place.strip() or None)))
    why = reason or run.ask(_("Why"), option="--reason")
    post = account_moving.Post(
        roles,
        _moment(run, at, "--at", end_of_day=False),
        _moment(run, until, "--until", end_of_day=True),
        department,
        position,
        community,
    )
    with acting.as_caller(run, write=True) as (actor, work):
        done = account_moving.move(actor, work, staff_number, post, reason=why)
    _told(run, done)


def _moment(run: Context, text: str | None, option: str, *, end_of_day: bool) -> datetime | None:
    if text is None:
        return None
    zone = run.settings.text("zone")
    return parse_moment(text, now=run.clock.now(), zone=zone, option=option, end_of_day=end_of_day)


def _told(run: Context, done: dict[str, Any]) -> None:
    from pcloud_cli.commands.accounts.leaving import OPEN
    from pcloud_cli.services import open_work, role, words

    if run.out.structured(done):
        return
    names = role.names()
    given = [
        names.get(each["role"], each["role"])
        + (f" ({_('waits for confirmation')})" if each["state"] == "pending" else "")
        for each in done["given"]
    ]
    ended = [names.get(code, code) for code in done["ended"]]
    run.out.record({**done, "given": "、".join(given), "ended": "、".join(ended)}, COLUMNS)
    if any(each["idle"] for each in done["given"]):
        run.out.note(
            _(
                "It gives nothing: another firm lends this person to another community, and they "
                "may act there only. See pcloud account show {number}."
            ).format(number=done["staff_number"])
        )
    if done["open"]:
        kinds = {name: kind.title for name, kind in open_work.KINDS.items()}
        run.out.line("")
        run.out.rows(words.for_output(run.out, done["open"], {"kind": kinds}), OPEN)
