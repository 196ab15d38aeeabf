"""Messages are written with the change that causes them, once, and sealed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.models.outbox import OutboxDelivery, OutboxMessage
from pcloud_cli.services import account, approval, outbox, outbox_about, role
from pcloud_cli.services.actor import Actor, bootstrap
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.outbox_about import Thing
from pcloud_cli.services.outbox_template import NUMBERS
from tests.integration.conftest import CHEAP

Opened = Callable[[], AbstractContextManager[Work]]
ANOMALY = {"number": "7", "kind": "waiting", "staff_number": "KF001"}
PASSWORD = {"staff_number": "KF001", "password": "Lake#2026x", "hours": "72"}


def _register(opened: Opened, number: str, contact: str | None) -> bytes:
    with opened() as work:
        made = account.create(
            bootstrap(), work, staff_number=number, name="某人", contact=contact, cost=CHEAP
        )
        return made.id


def _deliveries(engine: Engine) -> list[tuple[bytes | None, str | None]]:
    with Session(engine) as session:
        query = select(OutboxDelivery.account_id, OutboxDelivery.channel)
        return [(each[0], each[1]) for each in session.execute(query)]


def test_a_message_goes_with_the_change_that_causes_it(engine: Engine, opened: Opened) -> None:
    with suppress(Conflict), opened() as work:
        outbox.queue(work, "anomaly", Recipient.channel("office"), ANOMALY)
        raise Conflict("the change failed")
    assert _deliveries(engine) == []
    with opened() as work:
        outbox.queue(work, "anomaly", Recipient.channel("office"), ANOMALY)
    assert _deliveries(engine) == [(None, "office")]


def test_what_a_message_says_is_sealed(engine: Engine, opened: Opened) -> None:
    person = _register(opened, "KF001", "13900000001")
    with opened() as work:
        outbox.queue(work, "first_password", Recipient.account(person), PASSWORD)
    with Session(engine) as session:
        message = session.scalars(select(OutboxMessage)).one()
    assert message.values_sealed is not None
    assert b"Lake" not in message.values_sealed


def test_the_same_occasion_is_queued_once(engine: Engine, opened: Opened) -> None:
    with opened() as work:
        to = Recipient.channel("office")
        first = outbox.queue(work, "anomaly", to, ANOMALY, once="anomaly:7")
        assert outbox.queue(work, "anomaly", to, ANOMALY, once="anomaly:7") == first
        other = outbox.queue(work, "anomaly", to, ANOMALY, once="anomaly:8")
        assert other != first
    with opened() as work:
        assert outbox.queue(work, "anomaly", to, ANOMALY, once="anomaly:7") == first
    assert len(_deliveries(engine)) == 2


def test_a_password_without_an_address_is_refused(engine: Engine, opened: Opened) -> None:
    person = _register(opened, "KF001", "办公室 0571-88880000")
    with pytest.raises(Conflict) as refused, opened() as work:
        outbox.queue(work, "first_password", Recipient.account(person), PASSWORD)
    assert refused.value.code == "no_address"
    with pytest.raises(ValueError, match="no shared channel"), opened() as work:
        outbox.queue(work, "first_password", Recipient.channel("office"), PASSWORD)
    assert _deliveries(engine) == []


def test_values_must_be_exactly_what_the_template_declares(opened: Opened) -> None:
    for values in ({}, {**ANOMALY, "phone": "13900000001"}):
        with pytest.raises(ValueError, match="takes"), opened() as work:
            outbox.queue(work, "anomaly", Recipient.channel("office"), values)


def test_a_role_is_everybody_who_holds_it_now(
    engine: Engine, opened: Opened, hire: Callable[..., Actor]
) -> None:
    with opened() as work:
        outbox.queue(work, "anomaly", Recipient.role("security_admin"), ANOMALY)
    assert _deliveries(engine) == [(None, None)], "nobody holds it: the fallback"
    first = hire("SA001", "security_admin")
    second = hire("SA002", "security_admin")
    gone = hire("SA003", "security_admin")
    hire("KF001", "customer_service")
    admin = hire("S001", "system_admin")
    with opened() as work:
        (given,) = [each for each in role.grants(admin, work) if each["staff_number"] == "SA003"]
        role.revoke(admin, work, given["id"], reason="调岗")
    with opened() as work:
        outbox.queue(work, "anomaly", Recipient.role("security_admin"), ANOMALY)
    assert gone.account_id is not None
    assert set(_deliveries(engine)[1:]) == {(first.account_id, None), (second.account_id, None)}


def test_the_list_shows_no_word_of_a_message(opened: Opened, hire: Callable[..., Actor]) -> None:
    admin = hire("S001", "system_admin")
    person = _register(opened, "KF001", "13900000001")
    with opened() as work:
        outbox.queue(work, "first_password", Recipient.account(person), PASSWORD)
    with opened() as work:
        (shown,) = outbox.list_all(admin, work)
    assert (shown["to"], shown["state"], shown["template"]) == ("KF001", "queued", "first_password")
    assert "Lake" not in repr(shown)
    assert "139" not in repr(shown["to"])


def test_the_list_names_what_a_message_is_about_when_it_was_sent_too(
    opened: Opened, hire: Callable[..., Actor]
) -> None:
    admin = hire("S001", "system_admin")
    with opened() as work:
        outbox.queue(work, "anomaly", Recipient.channel("office"), ANOMALY)
        what = '[["workbooks to approve", 1, ["3"]]]'
        values = {"count": "1", "what": what, "kinds": '[["workbooks to approve", 1, []]]'}
        named = [Thing("import", "3"), Thing("ticket", "10"), Thing("ticket", "10")]
        outbox.queue(work, "overdue", Recipient.channel("office"), values, naming=named)
        outbox.queue(work, "role_pending", Recipient.channel("office"), {})
    with opened() as work:
        work.session.execute(update(OutboxMessage).values(values_sealed=None))
        work.session.execute(update(OutboxDelivery).values(state="sent"))
    with opened() as work:
        rows = outbox.list_all(admin, work, state="sent")
    assert [row["about"] for row in rows] == [
        [{"kind": "anomaly", "number": 7}],
        [{"kind": "import", "number": 3}, {"kind": "ticket", "number": 10}],
        [],
    ]
    assert [outbox.in_words(row)["about"] for row in rows] == [
        ["login anomaly 7"],
        ["workbook 3", "ticket 10"],
        [],
    ]


def test_every_kind_of_number_and_every_numbered_approval_has_its_word() -> None:
    kinds = {kind.value for kind in NUMBERS} | set(outbox_about.OF_APPROVALS.values())
    for kind in kinds:
        (said,) = outbox_about.said([{"kind": kind, "number": 3}])
        assert said.endswith(" 3")
    assert set(outbox_about.OF_APPROVALS) == set(approval.KINDS) - {"role.grant", "region.add"}


def test_a_message_that_is_to_wait_is_due_when_it_may_go_and_lives_from_then(
    opened: Opened,
) -> None:
    with opened() as work:
        morning = work.now() + timedelta(hours=9)
        to = Recipient.role("security_admin")
        outbox.queue(work, "role_pending", to, {}, not_before=morning)
        outbox.queue(work, "role_pending", to, {}, not_before=work.now() - timedelta(hours=9))
    with opened() as work:
        rows = work.session.execute(
            select(OutboxDelivery.due_at, OutboxMessage.expires_at)
            .join(OutboxMessage, OutboxMessage.id == OutboxDelivery.message_id)
            .order_by(OutboxDelivery.due_at)
        ).all()
        now = work.now()
    assert [tuple(row) for row in rows] == [
        (moment, moment + timedelta(days=7)) for moment in (now, morning)
    ]
