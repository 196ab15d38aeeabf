"""`pcloud db`: the form of the database's tables."""

from __future__ import annotations

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Bring the database's tables up to date."))

COLUMNS = (
    Column("revision", N_("Revision")),
    Column("head", N_("This version's")),
    Column("is_head", N_("Up to date")),
)


@app.verb("current", examples="pcloud db current\npcloud db current -o json")
def current(run: Context) -> None:
    """Show at which revision the database stands and which one this version needs."""
    from pcloud_cli.services import database

    run.out.record(database.current(run), COLUMNS)


@app.verb("upgrade", examples="pcloud db upgrade")
def upgrade(run: Context) -> None:
    """Bring the tables, and the roles that come with the program, to this version's form.

    Make a backup first. It needs no login, because the account tables themselves may be older
    than the program; it shows and changes no data. Already there, nothing happens.
    """
    from pcloud_cli.services import database, role

    before = database.current(run)
    gained = database.upgrade(run)
    if before["is_head"] and not gained:
        run.out.note(_("The database is up to date already."))
    else:
        run.out.note(_("The database was brought up to date."))
    for code, permissions in gained.items():
        run.out.note(
            _("The role {role} gained {permissions}.").format(
                role=role.names()[code], permissions=_(", ").join(permissions)
            )
        )
    run.out.record(database.current(run), COLUMNS)
