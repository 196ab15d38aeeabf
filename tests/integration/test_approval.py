"""The second check: maker and checker are two people, and the content is the one shown (2.3.1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Engine, select, text, update

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.services import approval
from pcloud_cli.services.actor import Actor, bootstrap, nobody

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]
SUBJECT = bytes(range(16))
HASH, OTHER = b"h" * 32, b"o" * 32


@pytest.fixture
def maker(hire: Hire) -> Actor:
    """Somebody of customer service, who enters."""
    return hire("KF001", "customer_service")


@pytest.fixture
def checker(hire: Hire) -> Actor:
    """The lead of customer service, who checks."""
    return hire("KF009", "customer_service_lead")


@pytest.fixture
def pending(opened: Open, maker: Actor) -> bytes:
    """The id of an entry that waits for its second check."""
    with opened() as work:
        return _propose(maker, work).id


def _propose(actor: Actor, work: Work, content: bytes = HASH) -> Approval:
    return approval.propose(
        actor, work, "import.batch", SUBJECT, None, content_hash=content, summary={"rows": 2}
    )


def _actions(work: Work) -> list[str]:
    return list(
        work.session.scalars(
            select(TrailEvent.action)
            .where(TrailEvent.action.startswith("approval") | (TrailEvent.action == "row.tampered"))
            .order_by(TrailEvent.seq)
        )
    )


def test_one_enters_and_another_approves(
    opened: Open, pending: bytes, maker: Actor, checker: Actor
) -> None:
    with opened() as work:
        approval.approve(checker, work, pending, expected_hash=HASH, reason="sampled ten rows")
    with opened() as work:
        assert approval.check_usable(work, pending, HASH).checker_id == checker.account_id
        shown = approval.described(work, pending)
        assert (shown["state"], shown["maker"], shown["checker"], shown["whole"]) == (
            "approved",
            "KF001",
            "KF009",
            True,
        )
        assert shown["summary"] == {"rows": 2}
        assert _actions(work) == ["approval.propose", "approval.approved"]
        events = work.session.scalars(
            select(TrailEvent).where(TrailEvent.object_id == SUBJECT).order_by(TrailEvent.seq)
        ).all()
        assert [event.actor_id for event in events] == [maker.account_id, checker.account_id]
        assert json.loads(events[1].detail)["content"] == HASH.hex()


def test_nobody_checks_their_own_entry_whatever_role_they_hold(opened: Open, hire: Hire) -> None:
    both = hire("KF005", "customer_service", "customer_service_lead")
    with opened() as work:
        own = _propose(both, work).id
    for decide in (approval.approve, approval.reject):
        with pytest.raises(NotAllowed, match="own entry"), opened() as work:
            decide(both, work, own, expected_hash=HASH, reason="mine")
    with opened() as work:
        assert _actions(work) == ["approval.propose", "approval.own_entry", "approval.own_entry"]
        assert approval.get(work, own).state == "pending"


def test_who_may_not_approve_does_not(opened: Open, pending: bytes, hire: Hire) -> None:
    codes = ("customer_service", "system_admin", "administration", "auditor", "finance")
    others = [hire(f"ZZ{number}", code) for number, code in enumerate(codes)]
    with opened() as work:
        for actor in (*others, nobody(), bootstrap()):
            with pytest.raises(NotAllowed):
                approval.approve(actor, work, pending, expected_hash=HASH)


def test_who_may_not_enter_does_not(opened: Open, checker: Actor) -> None:
    for actor in (checker, nobody(), bootstrap()):
        with pytest.raises(NotAllowed), opened() as work:
            _propose(actor, work)


def test_a_service_does_not_check(opened: Open, pending: bytes, hire: Hire) -> None:
    robot = hire("CRON1", "customer_service_lead", kind="service")
    with pytest.raises(NotAllowed, match="person"), opened() as work:
        approval.approve(robot, work, pending, expected_hash=HASH)


def test_what_is_approved_is_what_was_shown(opened: Open, pending: bytes, checker: Actor) -> None:
    with pytest.raises(Conflict, match="no longer"), opened() as work:
        approval.approve(checker, work, pending, expected_hash=OTHER)
    with opened() as work:
        approval.approve(checker, work, pending, expected_hash=HASH)
    with pytest.raises(Conflict, match="no longer"), opened() as work:
        approval.check_usable(work, pending, OTHER, actor=checker)
    with opened() as work:
        assert _actions(work)[-1] == "approval.stale"


def test_what_is_not_approved_cannot_be_used(
    opened: Open, pending: bytes, maker: Actor, checker: Actor
) -> None:
    with pytest.raises(Conflict, match="not been approved"), opened() as work:
        approval.check_usable(work, pending, HASH)
    with pytest.raises(UsageProblem), opened() as work:
        approval.reject(checker, work, pending, expected_hash=HASH, reason=" ")
    with opened() as work:
        approval.reject(checker, work, pending, expected_hash=HASH, reason="wrong building")
    with pytest.raises(Conflict, match="rejected"), opened() as work:
        approval.check_usable(work, pending, HASH)
    with pytest.raises(Conflict, match="decided already"), opened() as work:
        approval.approve(checker, work, pending, expected_hash=HASH)
    with pytest.raises(Conflict, match="decided already"), opened() as work:
        approval.withdraw(maker, work, pending)
    with pytest.raises(NotFound), opened() as work:
        approval.check_usable(work, bytes(16), HASH)


def test_a_new_entry_takes_the_place_of_the_pending_one(
    opened: Open, pending: bytes, maker: Actor, checker: Actor
) -> None:
    with opened() as work:
        newer = _propose(maker, work, OTHER).id
    with opened() as work:
        assert approval.get(work, pending).state == "withdrawn"
        found = approval.latest(work, "import.batch", SUBJECT)
        assert found is not None
        assert found.id == newer
    with pytest.raises(Conflict), opened() as work:
        approval.approve(checker, work, pending, expected_hash=HASH)


def test_only_its_maker_withdraws_an_entry(
    opened: Open, pending: bytes, maker: Actor, hire: Hire
) -> None:
    with pytest.raises(NotAllowed), opened() as work:
        approval.withdraw(hire("KF002", "customer_service"), work, pending)
    with opened() as work:
        approval.withdraw(maker, work, pending, reason="wrong file")
        assert approval.get(work, pending).state == "withdrawn"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE approval SET state = 'approved', checker_id = {checker}",
        "UPDATE approval SET content_hash = maker_id",
        "UPDATE approval SET maker_id = {checker}",
        "UPDATE approval SET summary = '{{}}'",
        "UPDATE approval SET subject_id = maker_id",
    ],
)
def test_an_approval_changed_by_hand_is_worth_nothing(
    opened: Open, pending: bytes, checker: Actor, hire: Hire, engine: Engine, change: str
) -> None:
    statement = change.format(checker="(SELECT id FROM account WHERE staff_number = 'KF009')")
    with engine.begin() as connection:
        connection.execute(text(statement))
    second = hire("KF010", "customer_service_lead")
    with pytest.raises(Conflict, match="worth nothing"), opened() as work:
        approval.check_usable(work, pending, HASH)
    with pytest.raises(Conflict, match="worth nothing"), opened() as work:
        approval.approve(second, work, pending, expected_hash=HASH)
    with opened() as work:
        assert _actions(work)[-2:] == ["row.tampered", "row.tampered"]
        assert not approval.described(work, pending)["whole"]


def test_an_approval_copied_from_another_entry_is_worth_nothing(
    opened: Open, pending: bytes, maker: Actor, checker: Actor, engine: Engine
) -> None:
    with opened() as work:
        other = approval.propose(
            maker, work, "import.batch", OTHER[:16], None, content_hash=OTHER, summary={}
        ).id
        approval.approve(checker, work, other, expected_hash=OTHER)
    with engine.begin() as connection:
        row = connection.execute(select(Approval).where(Approval.id == other)).mappings().one()
        connection.execute(
            update(Approval)
            .where(Approval.id == pending)
            .values(
                state=row["state"],
                checker_id=row["checker_id"],
                decided_at=row["decided_at"],
                content_hash=row["content_hash"],
                mac=row["mac"],
            )
        )
    with pytest.raises(Conflict, match="worth nothing"), opened() as work:
        approval.check_usable(work, pending, OTHER)
