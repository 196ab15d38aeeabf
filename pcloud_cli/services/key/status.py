"""What the data keys are, and how many values still name each of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import func, select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.installation import DataKey, KeyPurpose, KeyState
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.services import permission
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.key import places

PURPOSES: dict[str, str] = {
    KeyPurpose.FIELD: N_("private fields"),
    KeyPurpose.INDEX: N_("search"),
    KeyPurpose.TRAIL: N_("audit trail"),
    KeyPurpose.MAC: N_("rights and approvals"),
    KeyPurpose.SIGN: N_("signatures of the trail"),
    KeyPurpose.FILE: N_("keys of attachments"),
}
STATES: dict[str, str] = {KeyState.ACTIVE: N_("in use"), KeyState.RETIRED: N_("retired")}
SPOKEN = {"purpose": PURPOSES, "state": STATES}
"""Which columns of a key's record hold codes of which words."""


def status(actor: Actor, work: Work) -> list[dict[str, Any]]:
    """Return every data key: purpose, state, age in days, whether the master key opens it, and
    `values`, how many name it."""
    permission.require(actor, work, "key.status")
    named: Counter[int] = Counter()
    for purpose in PURPOSES:
        named += counts(work, purpose)
    return [
        record(row)
        | {
            "opens": work.keys.unwraps(row.id),
            "values": named[row.id],
            "age_days": (work.now() - row.created_at).days,
        }
        for row in work.session.scalars(select(DataKey).order_by(DataKey.id))
    ]


def counts(work: Work, purpose: str) -> Counter[int]:
    """Return how many values of `purpose` name each key; of the trail, how many events."""
    found: Counter[int] = Counter()
    if purpose == KeyPurpose.TRAIL:
        query = select(TrailEvent.key_id, func.count()).group_by(TrailEvent.key_id)
        return Counter({row[0]: row[1] for row in work.session.execute(query)})
    at = 2 if purpose in (KeyPurpose.FIELD, KeyPurpose.FILE) else 1
    for table, name in places.columns_of(purpose):
        column = table.c[name]
        key = func.substr(column, at, 2)
        query = select(key, func.count()).where(column.is_not(None)).group_by(key)
        for named, count in work.session.execute(query).all():
            found[int.from_bytes(bytes(named), "big")] += count
    return found


def record(row: DataKey) -> dict[str, Any]:
    """Return a data key as a record."""
    return {
        "key": row.id,
        "purpose": row.purpose,
        "state": row.state,
        "created_at": row.created_at,
        "retired_at": row.retired_at,
    }
