"""The first data key of a purpose that an installation set up by an older program has none of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.installation import DataKey, KeyPurpose, KeyState
from pcloud_cli.security.keys import KeyRow
from pcloud_cli.services import trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.key import turn


def make(
    actor: Actor,
    work: Work,
    purpose: KeyPurpose,
    said: Callable[[], Mapping[str, Any]] = dict,
) -> None:
    """Put a data key of `purpose` in use where there is none; who waited finds the other's.

    Its caller has checked what `actor` may. `said` gives more that the trail says of a new key.
    """
    turn.take(work)
    others = work.session.scalars(select(DataKey).with_for_update()).all()
    for row in others:
        if (row.purpose, row.state) == (purpose, KeyState.ACTIVE):
            work.keys.add(KeyRow(row.id, row.purpose, row.wrapped, row.state))
            return
    made = work.keys.next_row(purpose.value, work.now())
    work.session.add(
        DataKey(
            id=made.id,
            purpose=made.purpose,
            wrapped=made.wrapped,
            state=made.state,
            created_at=work.now(),
            master=others[0].master if others else None,
        )
    )
    work.session.flush()
    work.keys.add(made)
    trail.changed(
        actor,
        work,
        "key.create",
        object_type="data_key",
        detail={"key": made.id, "purpose": made.purpose, **said()},
    )
