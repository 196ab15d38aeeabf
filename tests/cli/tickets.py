"""Tickets as tests make them: houses to repair in, and a ticket at each of its stages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from pcloud_cli.models.community import Community
from pcloud_cli.models.roster import RosterImport, Shift
from pcloud_cli.services import account
from tests.cli import whole
from tests.cli.program import Program

DESK, LEAD = "KF001", "R-MAINTENANCE-LEAD"
TECHNICIAN, OTHER = "R-MAINTENANCE", "R-CONTRACTOR-MAINTENANCE"
PHONE = "13800001234"


def with_houses(program: Program, rows: int = 6) -> None:
    """Give the community CH a few houses."""
    book = whole.write_csv(program.home / "houses.csv", rows)
    for by, words in (
        ("KF001", ("load", str(book), "-c", "CH")),
        ("KF002", ("approve", "1", "--yes")),
        ("KF002", ("apply", "1")),
    ):
        done = program.run("import", *words, by=by)
        assert done.code == 0, done.err


def submitted(
    program: Program,
    *,
    called: str | None = None,
    house: str | None = None,
    fault: str | None = None,
    urgent: str | None = None,
) -> int:
    """Return the number of a new ticket, entered at the desk."""
    words = ["-c", "CH", "--contact", "王女士", "--phone", PHONE, "--content", "厨房水管漏水"]
    words += ["--house", house] if house else ["--public", "地下车库"]
    if called:
        words += ["--called-at", called]
    words += [*(("--fault", fault) if fault else ()), *(("--urgent", urgent) if urgent else ())]
    made = program.run("ticket", "submit", *words, "-o", "json", by=DESK)
    assert made.code == 0, made.err
    number: int = made.data["number"]
    return number


def step(program: Program, number: int, words: str, *, by: str) -> dict[str, Any]:
    """Do a step of one ticket and return it as it is then."""
    verb, *options = words.split()
    done = program.run("ticket", verb, str(number), *options, "-o", "json", by=by)
    assert done.code == 0, done.err
    found: dict[str, Any] = done.data
    return found


def one(program: Program, number: int, *, by: str = DESK) -> dict[str, Any]:
    """Return a ticket with its timeline."""
    shown = program.run("ticket", "show", str(number), "-o", "json", by=by)
    assert shown.code == 0, shown.err
    found: dict[str, Any] = shown.data
    return found


def assigned(program: Program, *, fault: str | None = None) -> int:
    """Return the number of a ticket that a technician was given."""
    number = submitted(program, fault=fault)
    step(program, number, "accept", by=DESK)
    step(program, number, f"assign --to {TECHNICIAN}", by=DESK)
    return number


def taken(program: Program, *, fault: str | None = None) -> int:
    """Return the number of a ticket on which the technician is on the way."""
    number = assigned(program, fault=fault)
    step(program, number, "take", by=TECHNICIAN)
    return number


def on_site(program: Program, *, fault: str | None = None) -> int:
    """Return the number of a ticket that is being repaired."""
    number = taken(program, fault=fault)
    step(program, number, "arrive", by=TECHNICIAN)
    return number


def completed(program: Program) -> int:
    """Return the number of a ticket that waits to be confirmed."""
    number = on_site(program)
    step(program, number, "complete --note 更换角阀", by=TECHNICIAN)
    return number


def must_hold(program: Program) -> None:
    """Fail unless every open ticket has one clock and one due moment, and no step is missing."""
    with program.desk() as desk, desk.open() as (_actor, work):
        found = work.session.execute(
            text(
                "SELECT t.number, t.due_at, t.clock, count(s.id), max(s.position), t.version "
                "FROM ticket t LEFT JOIN ticket_step s ON s.ticket_id = t.id "
                "GROUP BY t.id, t.number, t.due_at, t.clock, t.version"
            )
        ).all()
    for _number, due, clock, count, last, version in found:
        assert (due is None) == (clock is None)
        assert count == last == version


def on_shift(program: Program, number: str, *skills: str, hours: int = 8) -> None:
    """Put somebody on shift in CH now, able to do what `skills` name."""
    with program.desk() as desk, desk.open(write=True) as (_nobody, work):
        place = work.session.query(Community).filter_by(code="CH").one()
        who = account.find(work, number)
        begins = work.now() - timedelta(hours=1)
        ends = work.now() + timedelta(hours=hours)
        count = 1 + work.session.query(RosterImport).count()
        taken = RosterImport(
            id=work.ids(), number=count, community_id=place.id, file_name="test",
            file_sha256=bytes([count]) * 32, first_day=begins.date(), last_day=ends.date(),
            made_by=who.id, made_at=work.now(),
        )  # fmt: skip
        work.session.add(taken)
        work.session.flush()
        shift = Shift(
            id=work.ids(), community_id=place.id, roster_import_id=taken.id,
            rostered_id=who.id, account_id=who.id, day=begins.date(), kind="day", word="班",
            begins_at=begins, ends_at=ends,
        )  # fmt: skip
        work.session.add(shift)
    if skills:
        words = [word for skill in skills for word in ("--skill", skill)]
        done = program.run("technician", "set", number, *words, by=LEAD)
        assert done.code == 0, done.err
