"""The developer's warranty (质保) of what is broken: until when, and whether it still holds.

Periods run as articles 201 and 202 of the Civil Code (民法典) say: the day of the hand-over does
not count, and the last day is its like in the month in which the period ends, or that month's last.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from pcloud_cli.db.work import Work
from pcloud_cli.models.house import House
from pcloud_cli.services import policy
from pcloud_cli.services.policy_warranty import WarrantyPolicy


class Start(NamedTuple):
    """The day from which a warranty runs, and whose it is: ``house`` or ``building``."""

    day: date
    of: str


def last_day(start: date, months: int) -> date:
    """Return the last day of a warranty of `months` that began on `start`; that day is within."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def months_of(work: Work, part: str) -> int | None:
    """Return how long `part`, a code of `fault_type.PARTS`, is under warranty, None for no term."""
    return policy.current(work, WarrantyPolicy).months().get(part)


def start_of(work: Work, house_id: bytes | None, building_id: bytes | None) -> Start | None:
    """Return when the warranty began: with the hand-over of the house, else of its building.

    A building's is the first hand-over of any of its houses. For what all own together the law
    begins with the acceptance of the building, which lies before it and is not known here. None
    where nothing was handed over yet, or no date is known.
    """
    if house_id is not None:
        day = work.session.scalar(select(House.handover_date).where(House.id == house_id))
        if day is not None:
            return Start(day, "house")
    if building_id is not None:
        query = select(func.min(House.handover_date)).where(House.building_id == building_id)
        day = work.session.scalar(query)
        if day is not None:
            return Start(day, "building")
    return None
