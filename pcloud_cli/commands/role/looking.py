"""`pcloud role list`, `show`, `permissions` and `explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.commands.role import shown
from pcloud_cli.commands.role.shown import Building, Community
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

ROLE_COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("code", N_("Code")),
    Column("name", N_("Role name")),
    Column("holders", N_("Holders"), right=True),
    Column("sensitive", N_("Needs a yes")),
    Column("permissions", N_("Permissions"), detail=True),
)
SHOWN_COLUMNS = (
    Column("permission", N_("Permission")),
    Column("meaning", N_("Meaning")),
)
PERMISSION_COLUMNS = (
    *SHOWN_COLUMNS,
    Column("sensitive", N_("Needs a yes")),
    Column("roles", N_("Roles")),
)
REASON_COLUMNS = (
    Column("grant_id", N_("Grant")),
    Column("role", N_("Role")),
    Column("scope_kind", N_("Scope")),
    Column("place", N_("Place")),
    Column("why", N_("Why")),
)


@verbs.verb("list", examples="pcloud role list\npcloud role list -o json")
def list_(run: Context) -> None:
    """List the roles, what each permits, and how many accounts hold it."""
    from pcloud_cli.services import acting
    from pcloud_cli.services import role as service

    with acting.as_caller(run) as (actor, work):
        rows = service.list_all(actor, work)
    run.out.rows(rows, ROLE_COLUMNS)


@verbs.verb("show", examples="pcloud role show customer_service\npcloud role show 客服主管")
def show(
    run: Context,
    role: Annotated[str, typer.Argument(help=N_("Code or name of the role."))],
) -> None:
    """Show what one role permits."""
    from pcloud_cli.services import acting
    from pcloud_cli.services import role as service

    with acting.as_caller(run) as (actor, work):
        rows = service.show(actor, work, role)
    said = ({"permission": name, "meaning": _(meaning)} for name, meaning in rows)
    run.out.rows(said, SHOWN_COLUMNS)


@verbs.verb("permissions", examples="pcloud role permissions\npcloud role permissions -o csv")
def permissions(run: Context) -> None:
    """List every permission with a sentence, and the roles that hold it.

    A role with a permission that needs a yes is granted with the security administrator's.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services import role as service

    with acting.as_caller(run) as (actor, work):
        rows = service.all_permissions(actor, work)
    said = ({**row, "meaning": _(row["meaning"])} for row in rows)
    run.out.rows(said, PERMISSION_COLUMNS)


@verbs.verb(
    "explain",
    examples="pcloud role explain KF001 owner.read --community CH\n"
    "pcloud role explain KF001 owner.reveal -c CH -o json",
)
def explain(
    run: Context,
    staff_number: Annotated[str, typer.Argument(help=N_("Staff number of the account."))],
    permission: Annotated[str, typer.Argument(help=N_("Permission, e.g. owner.read."))],
    community: Community = None,
    building: Building = None,
) -> None:
    """Say yes or no whether somebody may, with the grants that decide.

    For a yes these are the grants that allow it; for a no, each grant and why it does not.
    Without a place it is about the whole installation.
    """
    from pcloud_cli.services import acting, role_explaining, words
    from pcloud_cli.services import role as service

    with acting.as_caller(run) as (actor, work):
        answer = service.explain(
            actor, work, staff_number, permission, community=community, building=building
        )
    rows = [
        {**reason._asdict(), "place": answer.places[reason.grant_id]} for reason in answer.reasons
    ]
    names = service.names()
    whole = {
        "allowed": answer.allowed,
        "permission": permission,
        "meaning": _(answer.meaning),
        "block": answer.block,
        "roles": answer.roles,
        "grants": rows,
    }
    if run.out.structured(whole):
        return
    if run.out.format == "table":
        told = _("yes") if answer.allowed else _("no")
        run.out.line(f"{told}: {staff_number} – {permission} ({_(answer.meaning)})")
        if answer.block:
            run.out.line(_(role_explaining.BLOCKS[answer.block]))
    run.out.rows(
        words.for_output(run.out, rows, shown.code_words() | {"role": names}),
        REASON_COLUMNS,
        empty=_("There is no grant, so nothing is allowed."),
    )
    if not answer.allowed and answer.roles:
        run.out.note(
            _("Roles that hold it: {roles}.").format(
                roles=_(", ").join(names[code] for code in answer.roles)
            )
        )
