"""Policy: proposed by one, confirmed by another, never below the regulation (2.1.1, 2.1.3)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.services import policy, policy_file
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy_sections import AccountPolicy, LoginPolicy

Opened = Callable[[], AbstractContextManager[Work]]


@pytest.fixture
def admin(hire: Callable[..., Actor]) -> Actor:
    """Who proposes."""
    return hire("XT001", "system_admin")


@pytest.fixture
def security(hire: Callable[..., Actor]) -> Actor:
    """Who confirms."""
    return hire("AQ001", "security_admin")


def _proposed(opened: Opened, by: Actor, content: str, **more: Any) -> dict[str, Any]:
    by.grants = None
    with opened() as work:
        made = policy.propose(by, work, policy_file.read(content), reason="试", **more)
    assert made is not None
    return made


def _approved(opened: Opened, by: Actor, number: int) -> dict[str, Any]:
    by.grants = None
    with opened() as work:
        return policy.approve(by, work, str(number))


def _now(opened: Opened) -> tuple[AccountPolicy, LoginPolicy]:
    with opened() as work:
        return policy.current(work, AccountPolicy), policy.current(work, LoginPolicy)


def test_without_a_change_what_was_shipped_is_in_force(opened: Opened) -> None:
    assert _now(opened) == (AccountPolicy(), LoginPolicy())


def test_a_proposal_holds_once_another_person_approved_it(
    opened: Opened, admin: Actor, security: Actor
) -> None:
    made = _proposed(opened, admin, "[account]\npassword_min_length = 12\n")
    assert made["state"] == "pending"
    assert _now(opened)[0].password_min_length == 8
    done = _approved(opened, security, made["number"])
    assert (done["state"], done["made_by"], done["decided_by"]) == ("approved", "XT001", "AQ001")
    account, login = _now(opened)
    assert account == AccountPolicy(password_min_length=12)
    assert login == LoginPolicy()


def test_the_proposer_cannot_approve_even_with_both_roles(
    opened: Opened, hire: Callable[..., Actor], admin: Actor, security: Actor
) -> None:
    made = _proposed(opened, admin, "login: {session_hours: 8}")
    with opened() as work:
        both = Actor("person", admin.account_id, grants=[*(security.grants or [])])
        from pcloud_cli.services import permission

        both.grants = permission.grants_of(both, work, security.account_id or b"")
        with pytest.raises(NotAllowed) as refused:
            policy.approve(both, work, str(made["number"]))
    assert refused.value.code == "own_entry"
    assert _now(opened)[1] == LoginPolicy()


def test_each_role_may_do_its_own_part_alone(opened: Opened, admin: Actor, security: Actor) -> None:
    made = _proposed(opened, admin, "login: {session_hours: 8}")
    tried: tuple[Callable[[Work], object], ...] = (
        lambda work: policy.approve(admin, work, str(made["number"])),
        lambda work: policy.reject(admin, work, str(made["number"]), reason="不"),
        lambda work: policy.propose(security, work, {"login": {"free_tries": 3}}, reason="试"),
        lambda work: policy.withdraw(security, work, str(made["number"])),
    )
    for refused in tried:
        admin.grants = security.grants = None
        with opened() as work, pytest.raises(NotAllowed):
            refused(work)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[account]\npassword_min_length = 7\n", "account.password_min_length"),
        ("[account]\npassword_history = 0\n", "account.password_history"),
        ("[account]\nfirst_password_hours = 73\n", "account.first_password_hours"),
        ("[account]\npassword_min_length = true\n", "account.password_min_length"),
        ("[account]\npassword_min_length = '12'\n", "account.password_min_length"),
        ("[account]\ncolour = 1\n", "account.colour"),
        ("[login]\nshared_idle_minutes = 11\n", "login.shared_idle_minutes"),
        ("[login]\nrules = ['burst', 'moon']\n", "login.rules"),
        ("[login]\nsecond_factor_roles = ['nobody']\n", "login.second_factor_roles"),
        ("[garden]\nsize = 1\n", "garden"),
        ("account = 3\n", "account"),
    ],
)
def test_less_than_the_regulation_or_nonsense_is_refused(content: str, named: str) -> None:
    with pytest.raises(UsageProblem) as refused:
        policy_file.read(content)
    assert named in refused.value.message


@pytest.mark.parametrize(
    "content", ["", "hello", "[1, 2]", "\0", "a: &a [1]\nlogin: *a\n", "x" * 70_000, "]" * 5000]
)
def test_what_is_no_file_of_policy_is_refused(content: str) -> None:
    with pytest.raises(UsageProblem):
        policy_file.read(content)


def test_the_same_file_once_more_changes_nothing(
    opened: Opened, admin: Actor, security: Actor
) -> None:
    made = _proposed(opened, admin, "login: {session_hours: 8, shared_hosts: [柜台一]}")
    _approved(opened, security, made["number"])
    admin.grants = None
    with opened() as work:
        wanted = policy_file.read("[login]\nsession_hours = 8\nshared_hosts = ['柜台一']\n")
        assert policy.propose(admin, work, wanted, reason="试") is None
        assert policy.compared(admin, work, wanted) == []


def test_a_change_is_shown_before_and_after(opened: Opened, admin: Actor, security: Actor) -> None:
    first = _proposed(opened, admin, "login: {session_hours: 8}")
    _approved(opened, security, first["number"])
    made = _proposed(opened, admin, "login: {session_hours: 6}\naccount: {password_history: 9}")
    security.grants = None
    with opened() as work:
        lines, seen = policy.change(security, work, str(made["number"]))
        assert lines == [
            {"section": "account", "name": "password_history", "before": 5, "after": 9},
            {"section": "login", "name": "session_hours", "before": 8, "after": 6},
        ]
        assert policy.approve(security, work, str(made["number"]), seen=seen)


def test_what_was_not_shown_is_not_approved(opened: Opened, admin: Actor, security: Actor) -> None:
    first = _proposed(opened, admin, "login: {session_hours: 8}")
    other = _proposed(opened, admin, "login: {session_hours: 6}")
    security.grants = None
    with opened() as work:
        _lines, seen = policy.change(security, work, str(first["number"]))
        with pytest.raises(Conflict) as refused:
            policy.approve(security, work, str(other["number"]), seen=seen)
    assert refused.value.code == "content_changed"


def test_of_two_changes_of_one_section_the_later_is_overtaken(
    opened: Opened, admin: Actor, security: Actor
) -> None:
    one = _proposed(opened, admin, "login: {session_hours: 8}")
    two = _proposed(opened, admin, "login: {free_tries: 3}")
    apart = _proposed(opened, admin, "account: {password_history: 6}")
    _approved(opened, security, two["number"])
    with pytest.raises(Conflict) as refused:
        _approved(opened, security, one["number"])
    assert refused.value.code == "overtaken"
    _approved(opened, security, apart["number"])
    assert _now(opened) == (AccountPolicy(password_history=6), LoginPolicy(free_tries=3))


def test_a_change_for_later_waits_for_its_moment(
    opened: Opened, admin: Actor, security: Actor, clock: FixedClock
) -> None:
    begin = clock.now() + timedelta(days=2)
    made = _proposed(opened, admin, "login: {session_hours: 8}", valid_from=begin)
    _approved(opened, security, made["number"])
    assert _now(opened)[1].session_hours == 12
    clock.advance(timedelta(days=2))
    assert _now(opened)[1].session_hours == 8


def test_nothing_is_in_force_before_it_was_approved(
    opened: Opened, admin: Actor, security: Actor, clock: FixedClock
) -> None:
    begin = clock.now() + timedelta(days=1)
    made = _proposed(opened, admin, "login: {session_hours: 8}", valid_from=begin)
    clock.advance(timedelta(days=3))
    assert _approved(opened, security, made["number"])["valid_from"] == clock.now()
    admin.grants = None
    with opened() as work, pytest.raises(UsageProblem):
        policy.propose(admin, work, {"login": {"free_tries": 3}}, reason="试", valid_from=begin)


def test_what_was_rejected_or_withdrawn_never_holds(
    opened: Opened, admin: Actor, security: Actor
) -> None:
    one = _proposed(opened, admin, "login: {session_hours: 8}")
    two = _proposed(opened, admin, "login: {session_hours: 6}")
    security.grants = admin.grants = None
    with opened() as work:
        policy.reject(security, work, str(one["number"]), reason="太短")
        policy.withdraw(admin, work, str(two["number"]))
    for made in (one, two):
        with pytest.raises(Conflict):
            _approved(opened, security, made["number"])
    assert _now(opened)[1] == LoginPolicy()
    with opened() as work:
        assert [each["state"] for each in policy.changes(security, work)] == [
            "withdrawn",
            "rejected",
        ]


@pytest.mark.parametrize(
    "forged",
    [
        "content = '{}'",
        "section = 'account'",
        "valid_from = made_at",
        "mac = (SELECT mac FROM role_grant LIMIT 1)",
    ],
)
def test_a_forged_version_is_worth_nothing_and_the_last_good_one_counts(
    opened: Opened,
    admin: Actor,
    security: Actor,
    engine: Engine,
    clock: FixedClock,
    forged: str,
) -> None:
    first = _proposed(opened, admin, "login: {session_hours: 8}")
    _approved(opened, security, first["number"])
    clock.advance(timedelta(minutes=1))
    second = _proposed(opened, admin, "login: {session_hours: 6}")
    clock.advance(timedelta(minutes=1))
    _approved(opened, security, second["number"])
    with engine.begin() as connection:
        connection.execute(
            text(f"UPDATE policy_version SET {forged} WHERE number = {second['number']}")
        )
    account, login = _now(opened)
    assert (account, login.session_hours) == (AccountPolicy(), 8)
    with engine.begin() as connection:
        found = connection.execute(
            text("SELECT count(*) FROM trail_event WHERE action = 'row.tampered'")
        )
        assert found.scalar_one() >= 1


def test_a_pending_version_cannot_be_made_one_in_force_by_hand(
    opened: Opened, admin: Actor, security: Actor, engine: Engine
) -> None:
    made = _proposed(opened, admin, "login: {session_hours: 24}")
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE policy_version SET state = 'approved', valid_from = made_at")
        )
    assert _now(opened)[1] == LoginPolicy()
    with pytest.raises(Conflict) as refused:
        _approved(opened, security, made["number"])
    assert refused.value.code == "tampered"


def test_an_unknown_change_or_section_is_not_found(opened: Opened, security: Actor) -> None:
    with opened() as work:
        with pytest.raises(NotFound):
            policy.change(security, work, "7")
        with pytest.raises(NotFound):
            policy.show(security, work, "garden")
        rows = policy.show(security, work, "login")
    assert {row["section"] for row in rows} == {"login"}
    assert all(row["value"] == row["shipped"] for row in rows)


def test_the_trail_tells_of_a_change_without_its_values(
    opened: Opened, admin: Actor, security: Actor, engine: Engine
) -> None:
    made = _proposed(opened, admin, "login: {shared_hosts: [前台电脑]}")
    _approved(opened, security, made["number"])
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT action, detail FROM trail_event WHERE object_type = 'policy'")
        ).all()
    assert [row[0] for row in rows] == ["policy.propose", "policy.approved"]
    assert not any("前台电脑" in str(row[1]) for row in rows)
