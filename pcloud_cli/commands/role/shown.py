"""How grants are shown: their columns, and the words of their codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_
from pcloud_cli.output.columns import Column, Row

GRANT_COLUMNS = (
    Column("id", N_("Grant")),
    Column("staff_number", N_("Staff number")),
    Column("holder", N_("Name")),
    Column("role", N_("Role")),
    Column("role_name", N_("Role name")),
    Column("scope", N_("Scope")),
    Column("place", N_("Place")),
    Column("state", N_("State")),
    Column("reason", N_("Reason")),
    Column("granted_by", N_("Granted by")),
    Column("granted_at", N_("Granted")),
    Column("starts_at", N_("Begins"), detail=True),
    Column("expires_at", N_("Ends")),
    Column("confirmed_by", N_("Confirmed by"), detail=True),
    Column("confirmed_at", N_("Confirmed"), detail=True),
    Column("revoked_at", N_("Revoked"), detail=True),
)

GrantId = Annotated[str, typer.Argument(help=N_("Id of the grant, from `role grants`."))]
Community = Annotated[
    str | None, typer.Option("--community", "-c", help=N_("Only in this community (code or name)."))
]
Building = Annotated[
    str | None, typer.Option("--building", help=N_("Only in this building of the community."))
]
Region = Annotated[
    str | None, typer.Option("--region", help=N_("Only in this region (区域; code or name)."))
]


def show(run: Context, row: Row) -> None:
    """Print one grant."""
    from pcloud_cli.services import words

    (shown,) = words.for_output(run.out, [row], code_words())
    filled = [
        column
        for column in GRANT_COLUMNS
        if run.out.format != "table" or row.get(column.name) is not None
    ]
    run.out.record(shown, filled)


def show_all(run: Context, rows: Iterable[Row], *, empty: str | None = None) -> None:
    """Print grants as a list."""
    from pcloud_cli.services import words

    run.out.rows(words.for_output(run.out, rows, code_words()), GRANT_COLUMNS, empty=empty)


def code_words() -> dict[str, dict[str, str]]:
    """Return the words of the codes that grants hold."""
    from pcloud_cli.services import permission

    scopes = {str(code): word for code, word in permission.SCOPES.items()}
    return {
        "state": permission.WHY | {"held": N_("in force")},
        "why": permission.WHY,
        "scope": scopes,
        "scope_kind": scopes,
    }
