"""Recording what was late, once, and noting who is to hear of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from pcloud_cli.db.work import Work
from pcloud_cli.models.sweep import Alert, Breach
from pcloud_cli.services import trail
from pcloud_cli.services.actor import Actor


@dataclass(frozen=True)
class Late:
    """A thing that was late: which step of it, at which level, and when it had been due.

    `object_type` is what the trail calls such a thing. `to` are the accounts that are to hear of
    it, None among them standing for the fallback channel; `word` (a msgid) and `name` say to
    them what is late.
    """

    subject_id: bytes
    step: str
    level: int
    due_at: datetime
    object_type: str
    community_id: bytes | None = None
    to: tuple[bytes | None, ...] = ()
    word: str = ""
    name: str | None = None

    @property
    def key(self) -> tuple[bytes, str, int]:
        """What it is known by among those of its kind."""
        return (self.subject_id, self.step, self.level)


def record(
    actor: Actor, work: Work, kind: str, found: Sequence[Late], until: datetime
) -> list[Late]:
    """Record what is late and not yet recorded, tell the trail and note the alerts; return it.

    The alerts may be told from `until` on.
    """
    known = _known(work, kind, [each.subject_id for each in found])
    new = list({each.key: each for each in found if each.key not in known}.values())
    if not new:
        return []
    rows: list[dict[str, Any]] = []
    alerts: list[dict[str, Any]] = []
    for late in new:
        breach_id = work.ids()
        rows.append(
            {
                "id": breach_id,
                "kind": kind,
                "subject_id": late.subject_id,
                "step": late.step,
                "level": late.level,
                "community_id": late.community_id,
                "due_at": late.due_at,
                "found_at": until,
            }
        )
        alerts += [
            {
                "id": work.ids(),
                "subject_id": late.subject_id,
                "breach_id": breach_id,
                "account_id": account_id,
                "word": late.word,
                "name": late.name,
                "due_at": until,
            }
            for account_id in late.to
        ]
        _tell(actor, work, kind, late)
    work.session.execute(insert(Breach), rows)
    if alerts:
        work.session.execute(insert(Alert), alerts)
    return new


def levels(work: Work, kind: str, subject_ids: Iterable[bytes]) -> dict[bytes, int]:
    """Return the highest level that each thing was recorded at; those without are left out."""
    query = (
        select(Breach.subject_id, func.max(Breach.level))
        .where(Breach.kind == kind, Breach.subject_id.in_(list(subject_ids)))
        .group_by(Breach.subject_id)
    )
    return {subject: level for subject, level in work.session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def _known(work: Work, kind: str, subject_ids: Sequence[bytes]) -> set[tuple[bytes, str, int]]:
    query = select(Breach.subject_id, Breach.step, Breach.level).where(
        Breach.kind == kind, Breach.subject_id.in_(subject_ids)
    )
    return {(subject, step, level) for subject, step, level in work.session.execute(query)}


def _tell(actor: Actor, work: Work, kind: str, late: Late) -> None:
    trail.changed(
        actor,
        work,
        "sweep.breach",
        object_type=late.object_type,
        object_id=late.subject_id,
        community_id=late.community_id,
        detail={
            "kind": kind,
            "step": late.step,
            "level": late.level,
            "due": late.due_at.isoformat(),
        },
    )
