"""Sessions, tokens, anomalies and reports through the command line, on both databases (2.1.3)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from pcloud_cli.security.passwords import Cost, hash_password
from pcloud_cli.services import account, rights
from tests.cli.conftest import PASSWORD
from tests.cli.program import Answer, Program

CHEAP = Cost(memory=1024, passes=1, lanes=1)


@pytest.fixture
def staffed_site(site: Program) -> Program:
    """A site where KF001 has a password of her own and is not logged in."""
    with site.desk() as desk, desk.open(write=True) as (_actor, work):
        row = account.find(work, "KF001")
        row.password_hash = hash_password(PASSWORD, CHEAP)
        row.password_state = "set"
        rights.seal_account(work, row)
    return site


def _login(program: Program, password: str = PASSWORD, **variables: str) -> Answer:
    return program.run(
        "login",
        "KF001",
        "--password-stdin",
        "-o",
        "json",
        stdin=password + "\n",
        variables=variables,
    )


def _rules(program: Program) -> list[str]:
    found = program.run("account", "anomalies", "-o", "json", by="R-SYSTEM-ADMIN")
    assert found.code == 0, found.err
    return [row["rule"] for row in found.data]


def test_a_login_lives_while_it_is_used_and_ends_when_it_is_not(staffed_site: Program) -> None:
    assert _login(staffed_site).code == 0
    for _use in range(3):
        staffed_site.clock.advance(timedelta(minutes=118))
        assert staffed_site.run("whoami").code == 0, "each command is a use"
    staffed_site.clock.advance(timedelta(minutes=118))
    # a refused command is a use as well, and reading needs no leave to write
    assert staffed_site.run("audit", "list").code == 4
    staffed_site.clock.advance(timedelta(minutes=118))
    assert staffed_site.run("whoami").code == 0
    staffed_site.clock.advance(timedelta(minutes=120))
    ended = staffed_site.run("whoami", "-o", "json")
    assert (ended.code, ended.error["code"]) == (4, "not_logged_in")
    assert "ended" in ended.error["message"]


def test_a_login_in_constant_use_ends_after_twelve_hours(staffed_site: Program) -> None:
    assert _login(staffed_site).code == 0
    for _hour in range(11):
        staffed_site.clock.advance(timedelta(hours=1))
        assert staffed_site.run("whoami").code == 0
    staffed_site.clock.advance(timedelta(hours=1))
    assert staffed_site.run("whoami").code == 4


def test_failed_attempts_are_kept_with_their_place_and_told_at_the_next_login(
    staffed_site: Program,
) -> None:
    assert _login(staffed_site).code == 0
    staffed_site.run("logout")
    ssh = {"SSH_CONNECTION": "203.0.113.7 50000 192.0.2.1 22", "SUDO_USER": "wang"}
    refused = _login(staffed_site, "Wrong#2026x", **ssh)
    assert (refused.code, refused.error["code"]) == (4, "login_failed")
    listed = staffed_site.run(
        "account", "logins", "KF001", "--failed", "-o", "json", by="R-AUDITOR"
    )
    (attempt,) = listed.data
    assert (attempt["outcome"], attempt["ssh"], attempt["os_user"]) == (
        "wrong_password",
        "203.0.113.7",
        "wang",
    )
    again = _login(staffed_site)
    assert "Last login" in again.err
    assert "Failed attempts since then: 1" in again.err


def test_a_login_from_elsewhere_is_told_listed_and_acknowledged(staffed_site: Program) -> None:
    _login(staffed_site)
    staffed_site.run("logout")
    _login(staffed_site, SSH_CONNECTION="203.0.113.7 50000 192.0.2.1 22")
    assert _rules(staffed_site) == ["new_host"]
    told = staffed_site.run("outbox", "list", "-o", "json", by="R-SYSTEM-ADMIN")
    assert {row["template"] for row in told.data} == {"anomaly"}
    by = "R-SECURITY-ADMIN"
    asked = staffed_site.run("account", "acknowledge", "1", by=by)
    assert asked.code == 2
    assert "--reason" in asked.err
    done = staffed_site.run("account", "acknowledge", "1", "--reason", "出差", "-o", "json", by=by)
    assert done.data["acknowledged_at"] is not None
    assert _rules(staffed_site) == []


def test_a_report_locks_ends_and_tells_and_needs_a_yes(staffed_site: Program) -> None:
    _login(staffed_site)
    asked = staffed_site.run("account", "report-compromise")
    assert asked.code == 2
    assert "--yes" in asked.err
    done = staffed_site.run("account", "report-compromise", "--yes", "-o", "json")
    assert done.data["sessions_ended"] >= 1
    assert staffed_site.run("whoami").code == 4
    assert _login(staffed_site).code == 4
    assert _rules(staffed_site) == ["compromised"]


def test_a_dry_report_locks_nothing(staffed_site: Program) -> None:
    _login(staffed_site)
    dry = staffed_site.run("account", "report-compromise", "--yes", "--dry-run", "-o", "json")
    assert dry.code == 0, dry.err
    assert "told" not in dry.err
    assert staffed_site.run("whoami").code == 0


def test_a_service_works_by_a_token_in_a_file_until_it_is_revoked(
    staffed_site: Program, tmp_path: Path
) -> None:
    made = staffed_site.run(
        "account", "create", "CRON01", "夜间报表", "--service", "-o", "json", by="R-ADMINISTRATION"
    )
    assert made.code == 0, made.err
    granted = staffed_site.run(
        "role", "grant", "CRON01", "reporter", "--reason", "夜间", by="R-SYSTEM-ADMIN"
    )
    assert granted.code == 0, granted.err
    file = tmp_path / "night.token"
    issued = staffed_site.run(
        *("account", "token", "create", "CRON01", "--name", "night", "--out", file),
        *("--permission", "report.owners", "-c", "CH", "-o", "json"),
        by="R-ADMINISTRATION",
    )
    assert issued.code == 0, issued.err
    token = file.read_text().strip()
    assert file.stat().st_mode & 0o777 == 0o600
    assert issued.data["token"] is None
    assert token not in issued.out + issued.err
    variables = {"PCLOUD_TOKEN_FILE": str(file)}
    here = staffed_site.run("report", "show", "owners", "-c", "CH", variables=variables)
    assert here.code == 0, here.err
    assert staffed_site.run("community", "list", variables=variables).code == 4
    who = staffed_site.run("whoami", "-o", "json", variables=variables)
    assert (who.data["token"], who.data["kind"]) == ("night", "service")
    revoked = staffed_site.run(
        *("account", "token", "revoke", issued.data["id"], "--reason", "换服务器"),
        by="R-ADMINISTRATION",
    )
    assert revoked.code == 0, revoked.err
    assert staffed_site.run("whoami", variables=variables).code == 4


def test_a_dry_run_shows_no_token_and_writes_no_file(staffed_site: Program, tmp_path: Path) -> None:
    by = "R-ADMINISTRATION"
    staffed_site.run("account", "create", "CRON01", "夜间报表", "--service", by=by)
    file = tmp_path / "night.token"
    dry = staffed_site.run(
        *("account", "token", "create", "CRON01", "--name", "night", "--out", file),
        *("--dry-run", "-o", "json"),
        by=by,
    )
    assert dry.code == 0, dry.err
    assert json.loads(dry.out)["token"] is None
    assert not file.exists()
