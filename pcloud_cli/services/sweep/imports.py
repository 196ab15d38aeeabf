"""Workbooks that were approved and lie there: told to who may apply them, then once more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.imports import APPROVED, ImportBatch
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.holders import who_may
from pcloud_cli.services.policy import current as policy_of
from pcloud_cli.services.policy_sections import SweepPolicy
from pcloud_cli.services.sweep import breaches
from pcloud_cli.services.sweep.breaches import Late
from pcloud_cli.services.sweep.declare import Kind, Taken, due, earliest

NAME = "import"
_STEP = "apply"
_LEVELS = 2
_WORD = N_("approved workbooks to apply")


def _next_due(work: Work, after: datetime | None = None) -> datetime | None:
    return earliest(work, ImportBatch.due_at, APPROVED, after)


def _take(actor: Actor, work: Work, until: datetime, limit: int) -> Taken:
    columns = select(
        ImportBatch.id, ImportBatch.number, ImportBatch.community_id, ImportBatch.due_at
    ).where(APPROVED)
    query = due(columns, ImportBatch.due_at, ImportBatch.id, until, limit)
    found = work.session.execute(query).all()
    if not found:
        return Taken()
    reached = breaches.levels(work, NAME, [row.id for row in found])
    again = timedelta(hours=policy_of(work, SweepPolicy).again_hours)
    late = [
        Late(
            subject_id=row.id,
            step=_STEP,
            level=1 + reached.get(row.id, 0),
            due_at=row.due_at,
            object_type="import_batch",
            community_id=row.community_id,
            to=tuple(who_may(work, "import.apply", row.community_id)) or (None,),
            word=_WORD,
            name=str(row.number),
        )
        for row in found
    ]
    told = breaches.record(actor, work, NAME, late, until)
    work.session.execute(
        update(ImportBatch),
        [
            {"id": row.id, "due_at": row.due_at + again if each.level < _LEVELS else None}
            for row, each in zip(found, late, strict=True)
        ],
    )
    return Taken(len(found), {"told": len(told)})


KIND = Kind(
    N_("approved workbooks that are not applied"), _next_due, _take, {"told": N_("told of")}
)
"""Every workbook between its approval and its applying (3.1.1)."""
