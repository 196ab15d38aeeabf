"""Nobody unites what must be apart (三员分立), and the last administrator stays (2.1.2)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import Engine, update

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed
from pcloud_cli.models.account import Account
from pcloud_cli.models.role import RoleGrant
from pcloud_cli.security.permissions import THREE
from pcloud_cli.services import (
    account,
    account_leaving,
    account_lifecycle,
    login,
    permission,
    rights,
    role,
)
from pcloud_cli.services.actor import Actor, bootstrap

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]


def _give(work: Work, number: str, code: str) -> bytes:
    made = role.grant(bootstrap(), work, staff_number=number, role=code, reason="test")
    assert isinstance(made["id"], bytes)
    return made["id"]


def _id(actor: Actor) -> bytes:
    assert actor.account_id is not None
    return actor.account_id


@pytest.mark.parametrize(("one", "two"), list(permutations(THREE, 2)))
def test_nobody_holds_two_of_the_three_administrators(
    opened: Open, hire: Hire, one: str, two: str
) -> None:
    hire("SA001", one)
    with pytest.raises(Conflict) as caught, opened() as work:
        _give(work, "SA001", two)
    assert caught.value.code == "apart"


def test_what_was_revoked_or_ended_stands_in_nobodys_way(
    opened: Open, hire: Hire, clock: FixedClock
) -> None:
    first, second = hire("SA001", "auditor"), hire("SA002", None)
    hire("SJ001", "auditor")
    with opened() as work:
        (held,) = permission.grants_of(first, work, _id(first))
        role.revoke(bootstrap(), work, held.id, reason="moved")
        _give(work, "SA001", "security_admin")
        role.grant(
            bootstrap(),
            work,
            staff_number="SA002",
            role="auditor",
            reason="test",
            until=work.now() + timedelta(days=1),
        )
        with pytest.raises(Conflict):
            role.refuse_union(second, work, _id(second), ["system_admin"])
    clock.advance(timedelta(days=1))
    with opened() as work:
        role.refuse_union(second, work, _id(second), ["system_admin"])


def test_two_roles_at_once_are_judged_together(opened: Open, hire: Hire) -> None:
    clerk = hire("KF001", "customer_service")
    with opened() as work:
        role.refuse_union(clerk, work, _id(clerk), ["night_duty", "customer_service_lead"])
        for pair in (["administration", "system_admin"], ["system_admin", "auditor"]):
            with pytest.raises(Conflict):
                role.refuse_union(clerk, work, _id(clerk), pair)


def test_two_grants_at_once_never_unite_what_is_apart(opened: Open, hire: Hire) -> None:
    hire("SA001", None)
    start, outcomes = threading.Barrier(2), []

    def give(code: str) -> None:
        start.wait()
        try:
            with opened() as work:
                _give(work, "SA001", code)
            outcomes.append("given")
        except Conflict as error:
            outcomes.append(error.code)

    both = [threading.Thread(target=give, args=(code,)) for code in ("auditor", "system_admin")]
    for each in both:
        each.start()
    for each in both:
        each.join(300)
    assert sorted(outcomes) == ["apart", "given"]


def test_the_last_administrator_cannot_be_revoked_but_the_last_but_one_can(
    opened: Open, hire: Hire
) -> None:
    first = hire("SA001", "system_admin")
    with opened() as work:
        (held,) = permission.grants_of(first, work, _id(first))
    with pytest.raises(Conflict) as caught, opened() as work:
        role.revoke(bootstrap(), work, held.id, reason="left")
    assert caught.value.code == "last_administrator"
    second = hire("SA002", "system_admin")
    with opened() as work:
        role.refuse_last_administrator(work, _id(second))
        assert role.revoke(bootstrap(), work, held.id, reason="left")["state"] == "revoked"
    with pytest.raises(Conflict), opened() as work:
        role.refuse_last_administrator(work, _id(second))


@pytest.mark.parametrize("how", ["waits", "later"])
def test_who_is_not_yet_an_administrator_replaces_none(
    opened: Open, hire: Hire, clock: FixedClock, how: str
) -> None:
    first, guard = hire("SA001", "system_admin"), hire("AQ001", "security_admin")
    hire("SA002", None)
    with opened() as work:
        given = role.grant(
            first if how == "waits" else bootstrap(),
            work,
            staff_number="SA002",
            role="system_admin",
            reason="test",
            starts=clock.now() + timedelta(days=1) if how == "later" else None,
        )
        assert given["state"] == ("pending" if how == "waits" else "later")
    with pytest.raises(Conflict) as caught, opened() as work:
        role.refuse_last_administrator(work, _id(first))
    assert caught.value.code == "last_administrator"
    if how == "later":
        clock.advance(timedelta(days=1))
    with opened() as work:
        if how == "waits":
            role.approve(guard, work, given["id"])
        role.refuse_last_administrator(work, _id(first))


def test_the_last_security_administrator_stays_too(opened: Open, hire: Hire) -> None:
    guard = hire("AQ001", "security_admin")
    clerk = hire("KF001", "customer_service")
    with opened() as work:
        role.refuse_last_administrator(work, _id(clerk))
        with pytest.raises(Conflict):
            role.refuse_last_administrator(work, _id(guard))


def test_the_last_auditor_stays_so_that_somebody_reads_the_trail(opened: Open, hire: Hire) -> None:
    auditor, hr = hire("SJ001", "auditor"), hire("XZ001", "administration")
    with opened() as work:
        (held,) = permission.grants_of(auditor, work, _id(auditor))
    ways: tuple[Callable[[Work], object], ...] = (
        lambda work: role.revoke(bootstrap(), work, held.id, reason="left"),
        lambda work: account_lifecycle.suspend(hr, work, "SJ001", reason="left"),
        lambda work: account_leaving.leave(hr, work, "SJ001", at=None, reason="left"),
    )
    for take_away in ways:
        with pytest.raises(Conflict, match="trail") as caught, opened() as work:
            take_away(work)
        assert caught.value.code == "last_administrator"
    hire("SJ002", "auditor")
    with opened() as work:
        account_leaving.leave(hr, work, "SJ001", at=None, reason="left")


def test_who_ends_is_disabled_forged_or_no_person_is_not_the_one_who_remains(
    opened: Open, hire: Hire, engine: Engine, clock: FixedClock
) -> None:
    first = hire("SA001", "system_admin")
    hire("SA002", "system_admin", until=clock.now() + timedelta(days=30))
    hire("SA003", "system_admin", kind="service")
    forged, gone = hire("SA004", None), hire("SA005", "system_admin")
    with engine.begin() as connection:
        connection.execute(
            update(Account).values(disabled_at=clock.now()).where(Account.id == gone.account_id)
        )
    with opened() as work:
        (held,) = permission.grants_of(first, work, _id(first))
        _give(work, "SA004", "maintenance")
        wanted = role.find(work, "system_admin").id
        work.session.execute(
            update(RoleGrant)
            .values(role_id=wanted)
            .where(RoleGrant.account_id == forged.account_id)
        )
    with pytest.raises(Conflict), opened() as work:
        role.revoke(bootstrap(), work, held.id, reason="left")


@pytest.mark.parametrize("column", ["suspended_at", "ends_at", "compromised_at"])
def test_who_is_stopped_or_will_end_does_not_remain(
    opened: Open, hire: Hire, clock: FixedClock, column: str
) -> None:
    first, second = hire("SA001", "system_admin"), hire("SA002", "system_admin")
    with opened() as work:
        role.refuse_last_administrator(work, _id(first))
        row = work.session.get_one(Account, _id(second))
        later = timedelta(days=30) if column == "ends_at" else timedelta()
        setattr(row, column, clock.now() + later)
        rights.seal_account(work, row)
    with pytest.raises(Conflict), opened() as work:
        role.refuse_last_administrator(work, _id(first))
    with opened() as work:
        admin = hire_admin(work)
        answer = role.explain(admin, work, "SA002", "role.grant")
        assert answer.allowed is (column == "ends_at")
        wanted = {"suspended_at": "suspended", "ends_at": "first", "compromised_at": "compromised"}
        assert answer.block == wanted[column]


def hire_admin(work: Work) -> Actor:
    """Return the first administrator as they are now."""
    return login.person(account.find(work, "SA001"))


def test_of_two_administrators_who_revoke_each_other_one_remains(opened: Open, hire: Hire) -> None:
    people = [hire("SA001", "system_admin"), hire("SA002", "system_admin")]
    with opened() as work:
        held = [permission.grants_of(each, work, _id(each))[0].id for each in people]
    start, outcomes = threading.Barrier(2), []

    def revoke(actor: Actor, grant_id: bytes) -> None:
        start.wait()
        try:
            with opened() as work:
                role.revoke(actor, work, grant_id, reason="quarrel")
            outcomes.append("revoked")
        except (Conflict, NotAllowed):  # the second finds itself the last, or revoked already
            outcomes.append("refused")

    both = [
        threading.Thread(target=revoke, args=(people[0], held[1])),
        threading.Thread(target=revoke, args=(people[1], held[0])),
    ]
    for each in both:
        each.start()
    for each in both:
        each.join(300)
    assert sorted(outcomes) == ["refused", "revoked"]


def test_an_account_of_no_right_can_always_go(opened: Open, hire: Hire) -> None:
    clerk = hire("KF001", None)
    with opened() as work:
        role.refuse_last_administrator(work, account.find(work, "KF001").id)
        assert clerk.account_id == account.find(work, "KF001").id
