"""Appointments as the desk says them, on days on which clocks are set forward or back."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from pcloud_cli.models.community import Community
from tests.cli.program import Program
from tests.cli.tickets import DESK, step, submitted

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


@pytest.mark.parametrize(
    ("zone", "day", "begins", "ends"),
    [
        (BERLIN, "2026-03-29", "2026-03-29T00:30:00Z", "2026-03-29T08:00:00Z"),
        (BERLIN, "2026-10-25", "2026-10-24T23:30:00Z", "2026-10-25T09:00:00Z"),
        (NEW_YORK, "2026-03-08", "2026-03-08T06:30:00Z", "2026-03-08T14:00:00Z"),
        (NEW_YORK, "2026-11-01", "2026-11-01T05:30:00Z", "2026-11-01T15:00:00Z"),
    ],
)
def test_an_appointment_is_at_its_time_on_the_wall_before_and_after_a_switch(
    site: Program, zone: str, day: str, begins: str, ends: str
) -> None:
    with site.desk() as desk, desk.open(write=True) as (_nobody, work):
        work.session.execute(update(Community).values(zone=zone))
    number = submitted(site)
    step(site, number, "accept", by=DESK)
    words = ("--from", f"{day} 01:30", "--until", f"{day} 10:00", "-o", "json")
    done = site.run("ticket", "appoint", str(number), *words, by=DESK)
    assert done.code == 0, done.err
    assert (done.data["appointed_from"], done.data["appointed_until"]) == (begins, ends)
