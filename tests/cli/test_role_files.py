"""Regions and grants as a file: what is exported and applied is the same (2.1.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcloud_cli.errors import UsageProblem
from pcloud_cli.services import role_file
from pcloud_cli.services.role_file import Document, GrantEntry, RegionEntry
from tests.cli.program import Answer, Program

ADMIN = "R-SYSTEM-ADMIN"
ZONE = "Asia/Shanghai"
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)

FILE = """\
format: pcloud-roles-1
regions:
- code: HD
  name: 城东片区
  communities:
  - CH
  - YG
grants:
- account: KF001
  role: night_duty
  community: YG
  until: '2026-12-31'
  reason: 代班
- account: NO001
  role: auditor
  reason: 内审
- account: NO001
  role: regional_manager
  region: HD
  from: 2026-06-01 08:30
  reason: 任命
"""


@pytest.fixture
def company(site: Program) -> Program:
    """A staffed installation with a second community."""
    made = site.run("community", "create", "阳光里", "--code", "YG", by=ADMIN)
    assert made.code == 0, made.err
    return site


def _apply(site: Program, text: str, *words: str, by: str = ADMIN) -> Answer:
    path = site.home / "roles.yaml"
    path.write_text(text, encoding="utf-8")
    return site.run(
        "role", "apply", "-f", str(path), "--reason", "核对", "-o", "json", *words, by=by
    )


def _export(site: Program) -> str:
    told = site.run("role", "export", by=ADMIN)
    assert told.code == 0, told.err
    return told.out


def _without_staff(text: str) -> str:
    """Return a file's grants of those two whom the tests give something, and its regions."""
    head, _sign, rest = text.partition("grants:\n")
    entries = ["- " + each for each in rest.removeprefix("- ").split("\n- ")]
    kept = [
        each.rstrip("\n") + "\n"
        for each in entries
        if "NO001" in each or ("KF001" in each and "night_duty" in each)
    ]
    return f"{head}grants:\n{''.join(kept)}"


def test_a_file_is_applied_after_its_difference_was_shown_and_comes_back_byte_for_byte(
    company: Program,
) -> None:
    before = _export(company)
    shown = _apply(company, FILE, "--dry-run")
    assert shown.code == 0, shown.err
    changes = [(row["change"], row["staff_number"], row["place"]) for row in shown.data]
    assert changes == [
        ("region", None, "HD"),
        ("add", None, "HD"),
        ("add", None, "HD"),
        ("grant", "KF001", "YG"),
        ("ask", "NO001", None),
        ("grant", "NO001", "HD"),
    ]
    assert _export(company) == before, "a dry run changes nothing"
    refused = _apply(company, FILE)
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert _export(company) == before
    assert _apply(company, FILE, "--yes").code == 0
    after = _export(company)
    assert _without_staff(after) == FILE
    again = _apply(company, FILE, "--yes")
    assert (again.code, again.data) == (0, [])
    assert "--prune" in again.err
    assert _export(company) == after


def test_what_was_exported_applies_as_nothing_with_and_without_pruning(company: Program) -> None:
    assert _apply(company, FILE, "--yes").code == 0
    whole = _export(company)
    for words in ((), ("--prune",)):
        told = _apply(company, whole, "--yes", *words)
        assert (told.code, told.data) == (0, []), told.err
    out = company.home / "kept.yaml"
    assert company.run("role", "export", "--out", str(out), by=ADMIN).code == 0
    assert out.read_text(encoding="utf-8") == whole
    assert out.stat().st_mode & 0o077 == 0


def test_pruning_revokes_what_the_file_does_not_name_and_nothing_else(company: Program) -> None:
    before = _export(company)
    assert _apply(company, FILE, "--yes").code == 0
    told = _apply(company, before, "--prune", "--yes")
    assert told.code == 0, told.err
    assert sorted((row["change"], row["staff_number"]) for row in told.data if row["role"]) == [
        ("revoke", "KF001"),
        ("revoke", "NO001"),
        ("revoke", "NO001"),
    ]
    assert _export(company) == before


def test_pruning_never_takes_the_last_administrator_and_then_changes_nothing(
    company: Program,
) -> None:
    before = _export(company)
    empty = "format: pcloud-roles-1\nregions: []\ngrants: []\n"
    told = _apply(company, empty, "--prune", "--yes")
    assert (told.code, told.error["code"]) == (5, "last_administrator")
    assert _export(company) == before


def test_a_file_gives_no_more_than_single_grants_would(company: Program) -> None:
    before = _export(company)
    for entry, code in (
        (f"account: {ADMIN}, role: finance", "self_grant"),
        ("account: R-AUDITOR, role: security_admin", "apart"),
        ("account: R-ADMINISTRATION, role: system_admin", "apart"),
        ("account: NO001, role: superuser", "not_found"),
        ("account: NOBODY, role: finance", "not_found"),
        ("account: NO001, role: finance, community: XX", "not_found"),
    ):
        good = "- {account: KF001, role: night_duty, reason: 试}"
        text = f"format: pcloud-roles-1\ngrants:\n{good}\n- {{{entry}, reason: 试}}\n"
        told = _apply(company, text, "--yes")
        assert told.error.get("code") == code, (entry, told.err)
    assert _export(company) == before, "one refusal leaves all of it undone"
    told = _apply(company, FILE, "--yes", by="R-SECURITY-ADMIN")
    assert told.code == 4


def test_every_wrong_entry_is_named_at_once(site: Program) -> None:
    text = (
        "format: pcloud-roles-1\nregion: []\ngrants:\n"
        "- {account: 001, role: finance, reason: 试}\n"
        "- {account: KF001, reason: 试, until: soon}\n"
        "- {account: KF001, role: finance, reason: 试, colour: red}\n"
    )
    told = _apply(site, text)
    assert told.error["code"] == "bad_roles"
    for part in ("region", "grants 1.account", "grants 2.role", "grants 2: ", "colour"):
        assert part in told.error["message"]
    for bad in ("", "- a\n", "format: other\n", "a: &a [1]\nb: *a\n", "\x00"):
        assert _apply(site, bad).error["code"] == "bad_roles"
    assert site.run("role", "apply", "-f", "/no/such/file", by=ADMIN).code == 2


def test_it_reads_standard_input_and_unquoted_days(site: Program) -> None:
    text = (
        "format: pcloud-roles-1\ngrants:\n"
        "- {account: NO001, role: finance, reason: 试, until: 2026-12-31}\n"
    )
    done = site.run("role", "apply", "-f", "-", "--yes", "--reason", "试", by=ADMIN, stdin=text)
    assert done.code == 0, done.err
    assert "until: '2026-12-31'" in _export(site)


_NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1).filter(
    lambda text: text.strip() == text and text
)
_MOMENTS = st.none() | st.datetimes(
    datetime(2026, 4, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
_GRANTS = st.builds(
    GrantEntry,
    account=_NAMES,
    role=_NAMES,
    reason=_NAMES,
    region=st.none() | _NAMES,
    community=st.none() | _NAMES,
    building=st.none() | _NAMES,
    starts=_MOMENTS,
    until=_MOMENTS,
)
_REGIONS = st.builds(
    RegionEntry, code=_NAMES, name=_NAMES, communities=st.lists(_NAMES, max_size=3).map(tuple)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_REGIONS, max_size=3).map(tuple), st.lists(_GRANTS, max_size=4).map(tuple))
def test_whatever_is_written_is_read_as_the_same(
    regions: tuple[RegionEntry, ...], grants: tuple[GrantEntry, ...]
) -> None:
    document = Document(regions, grants)
    text = role_file.write(document, ZONE)
    assert role_file.read(text, now=NOW, zone=ZONE) == document
    assert role_file.write(role_file.read(text, now=NOW, zone=ZONE), ZONE) == text


def test_edges_of_days_are_written_as_days() -> None:
    midnight = datetime(2026, 12, 31, 16, tzinfo=UTC)
    entry = GrantEntry("A", "b", "c", starts=midnight, until=midnight + timedelta(days=2))
    text = role_file.write(Document((), (entry,)), ZONE)
    assert ("from: '2027-01-01'" in text, "until: '2027-01-02'" in text) == (True, True)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "roles.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageProblem):
        role_file.read_from(path, now=NOW, zone=ZONE)
