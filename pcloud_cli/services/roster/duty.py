"""Who is on shift at a moment, and who supervises: what assigning and escalating ask (3.2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.roster import Shift, ShiftKind
from pcloud_cli.services import holders, technician

LACKS: dict[str, str] = {
    "no_roster": N_("nobody is rostered for this moment"),
    "nobody_in_work": N_("nobody of those rostered is in work"),
    "skill_missing": N_("nobody on shift has the skill"),
}
"""Why nobody on shift can be given work, by code, translated where printed."""


@dataclass(frozen=True)
class OnShift:
    """A technician on shift: `skills`, the most open tickets they get, and their shift.

    `buildings` is None where they work in all of the community. A standby one is at home and comes
    when called.
    """

    account_id: bytes
    staff_number: str
    name: str
    skills: frozenset[str]
    limit: int
    kind: str
    begins_at: datetime
    ends_at: datetime
    buildings: frozenset[bytes] | None

    @property
    def standby(self) -> bool:
        """Whether they wait at home."""
        return self.kind == ShiftKind.STANDBY


@dataclass(frozen=True)
class Duty:
    """Who is on shift. Where nobody is, it is false and `lack` a code of `LACKS`: escalate then."""

    technicians: tuple[OnShift, ...]
    lack: str | None

    def __iter__(self) -> Iterator[OnShift]:
        return iter(self.technicians)

    def __len__(self) -> int:
        return len(self.technicians)

    def with_skills(self, needed: tuple[str, ...] | frozenset[str]) -> Duty:
        """Return those who have all the skills that are needed."""
        able = tuple(one for one in self.technicians if one.skills.issuperset(needed))
        return Duty(able, None if able else (self.lack or "skill_missing"))


@dataclass(frozen=True)
class Supervisor:
    """A supervisor of a community, and whether they are on shift."""

    account_id: bytes
    staff_number: str
    name: str
    on_shift: bool


def on_shift(work: Work, community_id: bytes, at: datetime) -> Duty:
    """Return the technicians of a community who are on shift `at` a moment.

    Those at work come first, then those on standby, each by staff number. Who was suspended, has
    left, or holds no role of a technician there any more is not among them. No permission is
    checked.
    """
    shifts = _shifts(work, community_id, at)
    if not shifts:
        return Duty((), "no_roster")
    who = {shift.account_id: shift for shift in shifts if shift.account_id is not None}
    buildings = holders.buildings_of(work, community_id)
    able = technician.abilities(work, who)
    found = []
    for one in holders.of(work, technician.WORKS, among=who, at=at):
        part = holders.within(one.reach, community_id, buildings)
        if isinstance(part, bool):
            continue
        shift, can = who[one.account_id], able[one.account_id]
        found.append(
            OnShift(
                one.account_id,
                one.staff_number,
                one.name,
                can.skills,
                can.limit,
                shift.kind,
                shift.begins_at,
                shift.ends_at,
                part,
            )
        )
    found.sort(key=lambda one: (one.standby, one.staff_number))
    return Duty(tuple(found), None if found else "nobody_in_work")


def supervisors(
    work: Work, community_id: bytes, at: datetime, building_id: bytes | None = None
) -> list[Supervisor]:
    """Return who supervises the technicians of a community, or a building in it.

    Those on shift `at` a moment stand first.

    They are told whether they are on shift or not; who tells only some may stop after the first
    that is. The list is empty only where nobody holds such a role there.
    """
    here = {shift.account_id for shift in _shifts(work, community_id, at)}
    found = [
        Supervisor(one.account_id, one.staff_number, one.name, one.account_id in here)
        for one in holders.of(work, "technician.manage", at=at)
        if holders.covers(one.reach, community_id, building_id)
    ]
    return sorted(found, key=lambda one: (not one.on_shift, one.staff_number))


def _shifts(work: Work, community_id: bytes, at: datetime) -> list[Shift]:
    query = (
        select(Shift)
        .where(
            Shift.community_id == community_id,
            Shift.ends_at > at,
            Shift.begins_at <= at,
            Shift.cancelled_at.is_(None),
        )
        .order_by(Shift.begins_at, Shift.id)
    )
    return list(work.session.scalars(query))
