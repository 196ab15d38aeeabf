"""Removing, on purpose, a data key that nothing names any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound
from pcloud_cli.i18n import _
from pcloud_cli.models.installation import DataKey, KeyPurpose, KeyState
from pcloud_cli.services import permission, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.key import turn
from pcloud_cli.services.key.status import counts, record

REST = timedelta(days=1)
"""How long a key must be retired: a program that began before may still write with it."""


def drop(actor: Actor, work: Work, key_id: int) -> dict[str, Any]:
    """Remove the retired key `key_id` for good and return what it was.

    Raises NotFound; Conflict where it is in use, was retired only just now, or is still named.
    A backup of the time holds it still, wrapped by the master key of the time.
    """
    row = _droppable(actor, work, key_id)
    found = record(row)
    work.session.delete(row)
    work.session.flush()
    trail.changed(
        actor,
        work,
        "key.drop",
        object_type="data_key",
        detail={"key": key_id, "purpose": row.purpose},
    )
    return found


def _droppable(actor: Actor, work: Work, key_id: int) -> DataKey:
    """Return the data key `key_id` where it may be dropped; else raise as `drop` does."""
    permission.require(actor, work, "key.rotate")
    turn.take(work)
    row = work.session.get(DataKey, key_id, with_for_update=True)
    if row is None:
        raise NotFound(_("There is no data key {key}.").format(key=key_id))
    if row.state != KeyState.RETIRED or row.retired_at is None:
        raise Conflict(
            _("Data key {key} is in use.").format(key=key_id),
            hint=_("`pcloud key rotate` puts another one in its place first."),
        )
    if row.purpose == KeyPurpose.SIGN:
        raise Conflict(
            _("Papers that are kept elsewhere may be signed with data key {key}.").format(
                key=key_id
            ),
            hint=_("Without it they can be proved no more. It stays."),
        )
    named = counts(work, row.purpose)[key_id]
    if named:
        raise Conflict(
            _("{count} values still name data key {key}.").format(count=named, key=key_id),
            hint=_("`pcloud key rotate {purpose}` makes them anew; events keep theirs.").format(
                purpose=row.purpose
            ),
        )
    if work.now() < row.retired_at + REST:
        raise Conflict(
            _("Data key {key} was retired less than a day ago.").format(key=key_id),
            hint=_("A program that began before may still write with it. Drop it tomorrow."),
        )
    return row
