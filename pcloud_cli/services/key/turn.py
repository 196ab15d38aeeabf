"""Whose turn it is with the keys: they are made, changed and wrapped by one after the other."""

from __future__ import annotations

from sqlalchemy import select

from pcloud_cli.db import locks
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import _
from pcloud_cli.models.installation import DataKey
from pcloud_cli.security.keys import KeyRow


def take(work: Work) -> None:
    """Return once nobody else changes the keys, until `work` ends, with the keys as they are now.

    Raises Conflict where the master key was changed since this program found it: what it would
    wrap now nobody could open.
    """
    locks.wait_turn(work.session, "keys")
    now = rows(work)
    before = {row.id: row.wrapped for row in work.keys.rows()}
    if any(before.get(row.id, row.wrapped) != row.wrapped for row in now):
        raise Conflict(
            _("The master key was changed at this moment."), hint=_("Run the command again.")
        )
    if now:
        work.keys.refresh(now)


def rows(work: Work) -> list[KeyRow]:
    """Return the data keys as the database holds them now."""
    query = select(DataKey.id, DataKey.purpose, DataKey.wrapped, DataKey.state)
    return [KeyRow(*row) for row in work.session.execute(query.order_by(DataKey.id))]
