"""A community with its technicians: what the tests of technicians and rosters share."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pcloud_cli.db.work import Work
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Building, Community
from pcloud_cli.models.roster import RosterImport, Shift
from pcloud_cli.security.passwords import Cost
from pcloud_cli.services import account, login, role
from pcloud_cli.services.actor import Actor, bootstrap
from pcloud_cli.services.roster import entering

CHEAP = Cost(memory=1024, passes=1, lanes=1)
Open = Callable[[], AbstractContextManager[Work]]


@dataclass
class Crew:
    """The communities CH (Shanghai) and YG (Berlin), each with a building 1栋, and who works there.

    `zone` names the zone in which `shift` reads its times.
    """

    opened: Open
    zone: str = "Asia/Shanghai"

    def found(self) -> None:
        """Make the communities and seed the roles."""
        with self.opened() as work:
            role.seed(work)
            for code, name, zone in (
                ("CH", "翠湖花园", "Asia/Shanghai"),
                ("YG", "阳光里", "Europe/Berlin"),
            ):
                place = Community(
                    id=work.ids(), code=code, name=name, zone=zone, created_at=work.now()
                )
                work.session.add(place)
                work.session.flush()
                work.session.add(Building(id=work.ids(), community_id=place.id, name="1栋"))

    def hire(
        self,
        number: str,
        code: str | None,
        *,
        name: str = "某人",
        community: str | None = "CH",
        building: str | None = None,
    ) -> Actor:
        """Register somebody with a role in a community, or everywhere."""
        with self.opened() as work:
            account.create(bootstrap(), work, staff_number=number, name=name, cost=CHEAP)
            if code is not None:
                role.grant(
                    bootstrap(), work, staff_number=number, role=code, reason="test",
                    community=community, building=building,
                )  # fmt: skip
            return login.person(account.find(work, number))

    def place(self, code: str = "CH") -> bytes:
        """Return the id of a community."""
        with self.opened() as work:
            return work.session.query(Community.id).filter_by(code=code).scalar() or b""

    def at(self, text: str) -> datetime:
        """Return the moment that a local time (``2026-03-02 20:00``) is."""
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.zone))

    def shift(
        self, who: Actor, begins: str, ends: str, *, kind: str = "day", community: str = "CH"
    ) -> bytes:
        """Put a shift into the roster past the program."""
        begin, end = self.at(begins), self.at(ends)
        with self.opened() as work:
            place = work.session.query(Community).filter_by(code=community).one()
            number = 1 + work.session.query(RosterImport).count()
            taken = RosterImport(
                id=work.ids(), number=number, community_id=place.id, file_name="test",
                file_sha256=bytes([number % 256]) * 32, first_day=begin.date(),
                last_day=end.date(), made_by=who.account_id, made_at=work.now(),
            )  # fmt: skip
            work.session.add(taken)
            work.session.flush()
            made = Shift(
                id=work.ids(), community_id=place.id, roster_import_id=taken.id,
                rostered_id=who.account_id, account_id=who.account_id, day=begin.date(),
                kind=kind, word="班", begins_at=begin, ends_at=end,
            )  # fmt: skip
            work.session.add(made)
            return made.id

    def roster(self, folder: Path, rows: list[list[Any]], name: str = "roster.csv") -> Path:
        """Write a roster as a file."""
        path = folder / name
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
        return path

    def enter(
        self, who: Actor, path: Path, *, community: str = "CH", month: date | None = None
    ) -> entering.Entered:
        """Take a roster in."""
        with self.opened() as work:
            return entering.enter(who, work, path, community=community, name=path.name, month=month)

    def live(self, community: str = "CH") -> list[tuple[str | None, str, str, str]]:
        """Return who works from when until when, in local time, by time; cancelled ones are out."""
        with self.opened() as work:
            place = work.session.query(Community).filter_by(code=community).one()
            zone = ZoneInfo(place.zone)
            numbers: dict[bytes | None, str] = dict(
                work.session.query(Account.id, Account.staff_number).all()
            )
            found = work.session.query(Shift).filter(
                Shift.community_id == place.id, Shift.cancelled_at.is_(None)
            )
            return sorted(
                (
                    (
                        numbers.get(row.account_id),
                        f"{row.begins_at.astimezone(zone):%m-%d %H:%M}",
                        f"{row.ends_at.astimezone(zone):%m-%d %H:%M}",
                        row.kind,
                    )
                    for row in found
                ),
                key=lambda row: (row[1], row[2], row[0] or ""),
            )


def grid(first: date, days: int, rows: Mapping[str, Sequence[str]]) -> list[list[Any]]:
    """Return a roster with a row a person and a column a day from `first`."""
    header = [(first + timedelta(days=at)).isoformat() for at in range(days)]
    return [["姓名", "工号", *header], *(["某人", who, *cells] for who, cells in rows.items())]
