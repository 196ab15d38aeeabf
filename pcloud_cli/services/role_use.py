"""When each grant was last used, so that those which nobody needs can be found (2.1.2).

Changes and readings of private data stand in the trail; mere looking does not. So a use is noted,
at most once a day for each permission of a grant, behind the command and without keeping it: a
note that cannot be written at once is left to the next use.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from pcloud_cli.db.work import Work
from pcloud_cli.errors import PcloudError
from pcloud_cli.models.role import RoleGrantUse
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.sessions import impatient

NOTED_EVERY = timedelta(days=1)


def to_note(actor: Actor, work: Work) -> set[tuple[bytes, str]]:
    """Return the uses of this work that were not noted in the last day."""
    if not actor.used or actor.account_id is None:
        return set()
    grants = sorted({grant_id for grant_id, _name in actor.used})
    noted = work.session.execute(
        select(RoleGrantUse.grant_id, RoleGrantUse.permission).where(
            RoleGrantUse.grant_id.in_(grants), RoleGrantUse.used_at > work.now() - NOTED_EVERY
        )
    )
    return actor.used - {(grant_id, name) for grant_id, name in noted}


def note(engine: Engine, uses: set[tuple[bytes, str]], now: datetime) -> None:
    """Note `uses`, in a write of its own that neither waits for others nor fails a command."""
    if not uses:
        return
    dialect = sqlite if engine.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(RoleGrantUse)
    statement = insert.on_conflict_do_update(
        index_elements=["grant_id", "permission"], set_={"used_at": insert.excluded.used_at}
    )
    rows = [
        {"grant_id": grant_id, "permission": name, "noted_since": now, "used_at": now}
        for grant_id, name in sorted(uses)
    ]
    with suppress(SQLAlchemyError, PcloudError), impatient(engine) as connection:
        connection.execute(statement, rows)
