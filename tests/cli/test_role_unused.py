"""Grants that nobody used are found, and taken back (2.1.2), on each kind of database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from pcloud_cli.models.role import RoleGrantUse
from pcloud_cli.services import account, login
from tests.cli.program import Program


def _numbers(site: Program, *words: str) -> dict[str, str]:
    told = site.run("role", "unused", *words, "-o", "json", by="R-SYSTEM-ADMIN")
    assert told.code == 0, told.err
    rows: list[dict[str, Any]] = told.data
    return {row["staff_number"]: row["state"] for row in rows}


def _later(site: Program, days: int) -> None:
    """Let time pass, and log everybody in again."""
    site.clock.advance(timedelta(days=days))
    with site.desk() as desk, desk.open(write=True) as (_nobody, work):
        for number in site.tokens:
            site.tokens[number], _session = login.open_session(
                work,
                account.find(work, number),
                restricted=False,
                until=work.now() + login.SESSION,
                random=site.random,
            )


def test_what_was_looked_at_only_counts_as_used(site: Program) -> None:
    assert site.run("community", "list", by="R-SYSTEM-ADMIN").code == 0
    _later(site, 60)
    assert site.run("house", "list", "-c", "CH", by="R-MAINTENANCE").code == 0
    _later(site, 40)
    found = _numbers(site, "--days", "90")
    assert found["KF001"] == "unused"
    assert "R-MAINTENANCE" not in found
    assert "R-SYSTEM-ADMIN" not in found, "they are using it right now"
    assert "NO001" not in found
    assert "R-MAINTENANCE" in _numbers(site, "--days", "30")


def test_what_the_trail_tells_counts_where_nothing_was_noted(site: Program) -> None:
    done = site.run("community", "create", "晨光里", "--code", "CG", by="R-SYSTEM-ADMIN")
    assert done.code == 0, done.err
    assert site.run("audit", "list", by="R-AUDITOR").code == 0
    with site.desk() as desk, desk.open(write=True) as (_actor, work):
        work.session.execute(delete(RoleGrantUse))
    _later(site, 100)
    told = site.run("role", "unused", "--days", "120", "-o", "json", by="R-SECURITY-ADMIN")
    assert told.data == [], "no grant is that old"
    told = site.run("role", "unused", "--days", "90", "-o", "json", by="R-SECURITY-ADMIN")
    states = {row["staff_number"]: (row["state"], row["used_at"]) for row in told.data}
    assert states["R-SYSTEM-ADMIN"][0] == "unclear"
    assert states["R-SYSTEM-ADMIN"][1] is not None
    assert {state for state, _at in states.values()} == {"unclear"}


def test_the_unused_are_revoked_but_not_the_last_administrator(site: Program) -> None:
    assert site.run("community", "list", by="R-SYSTEM-ADMIN").code == 0
    _later(site, 100)
    words = ("--days", "90", "--revoke", "--reason", "清理")
    refused = site.run("role", "unused", *words, by="R-SYSTEM-ADMIN")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    dry = _numbers(site, *words, "--yes", "--dry-run")
    assert dry["KF001"] == "revoked"
    found = _numbers(site, *words, "--yes")
    assert found["KF001"] == "revoked"
    assert found["R-SECURITY-ADMIN"] == "kept"
    told = site.run("house", "list", "-c", "CH", by="KF001")
    assert told.code == 4
    assert _numbers(site, *words, "--yes") == {
        "R-SECURITY-ADMIN": "kept",
        "R-AUDITOR": "kept",
    }
    refused = site.run("role", "unused", *words, "--yes", by="R-AUDITOR")
    assert refused.code in (0, 4), "nothing is left to revoke, and the auditor could not"


def test_a_use_is_noted_once_a_day_and_never_keeps_a_command(site: Program) -> None:
    for _time in range(2):
        assert site.run("house", "list", "-c", "CH", by="KF001").code == 0
    with site.desk() as desk, desk.open() as (_actor, work):
        noted = work.session.execute(
            select(RoleGrantUse.permission, RoleGrantUse.noted_since, RoleGrantUse.used_at).where(
                RoleGrantUse.permission == "house.read"
            )
        ).all()
        assert [(name, since) for name, since, _at in noted] == [("house.read", noted[0][2])]
    with site.desk() as desk, desk.open(write=True) as (_actor, _work):
        # the database is being written to: nobody waits, nothing fails
        assert site.run("house", "show", "1-1-101", "-c", "CH", by="R-FINANCE").code in (0, 3)
