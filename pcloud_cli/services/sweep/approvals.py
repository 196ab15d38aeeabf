"""What waits too long for its second check (2.3.1): told to who may check it, then once more.

The first time to everybody who may approve or reject it but its maker; the second time to its
maker as well, who can ask around or withdraw it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.approval import WAITING, Approval
from pcloud_cli.services import approval
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.holders import who_may
from pcloud_cli.services.policy import current as policy_of
from pcloud_cli.services.policy_sections import SweepPolicy
from pcloud_cli.services.sweep import breaches
from pcloud_cli.services.sweep.breaches import Late
from pcloud_cli.services.sweep.declare import Kind, Taken, due, earliest

NAME = "approval"
_STEP = "check"
_LEVELS = 2

_WORDS: Mapping[str, str] = {
    "import.batch": N_("workbooks to approve"),
    "import.undo": N_("workbooks to be taken back, to approve"),
    "role.grant": N_("sensitive grants to confirm"),
    "region.add": N_("regions' new communities to confirm"),
    "account.import": N_("lists of new staff to approve"),
    "house.renumber": N_("new house numbers to approve"),
    "owner.contact": N_("changes of owners to approve"),
    "owner.identity": N_("changes of owners to approve"),
    "policy.change": N_("changes of policy to approve"),
}
_OTHER = N_("entries to approve")


def _next_due(work: Work, after: datetime | None = None) -> datetime | None:
    return earliest(work, Approval.due_at, WAITING, after)


def _take(actor: Actor, work: Work, until: datetime, limit: int) -> Taken:
    columns = select(
        Approval.id,
        Approval.kind,
        Approval.subject_id,
        Approval.community_id,
        Approval.maker_id,
        Approval.due_at,
        Approval.summary,
    ).where(WAITING)
    found = work.session.execute(due(columns, Approval.due_at, Approval.id, until, limit)).all()
    if not found:
        return Taken()
    reached = breaches.levels(work, NAME, [row.id for row in found])
    again = timedelta(hours=policy_of(work, SweepPolicy).again_hours)
    late = [_late(work, row, 1 + reached.get(row.id, 0)) for row in found]
    told = breaches.record(actor, work, NAME, late, until)
    work.session.execute(
        update(Approval),
        [
            {"id": row.id, "due_at": row.due_at + again if each.level < _LEVELS else None}
            for row, each in zip(found, late, strict=True)
        ],
    )
    return Taken(len(found), {"told": len(told)})


def _late(work: Work, row: Row[Any], level: int) -> Late:
    known = approval.KINDS.get(row.kind)
    checkers = who_may(work, known.check, row.community_id) if known else []
    to: list[bytes | None] = [each for each in checkers if each != row.maker_id]
    if not to:
        to.append(None)  # nobody may: whoever reads the fallback channel has to know
    if level > 1:
        to.append(row.maker_id)
    return Late(
        subject_id=row.id,
        step=_STEP,
        level=level,
        due_at=row.due_at,
        object_type="approval",
        community_id=row.community_id,
        to=tuple(to),
        word=_WORDS.get(row.kind, _OTHER),
        name=_number(row.summary),
    )


def _number(summary: str) -> str | None:
    """Return the number by which people call what waits; None for what has none."""
    number = json.loads(summary).get("number")
    return str(number) if isinstance(number, int) else None


KIND = Kind(
    N_("entries that wait for their second check"),
    _next_due,
    _take,
    {"told": N_("told of")},
)
"""Every pending approval, whatever it is of."""
