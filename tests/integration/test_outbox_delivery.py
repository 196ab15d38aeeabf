"""Delivering: claims, leases, pauses, giving up, and what is forgotten."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from pcloud_cli.db.engine import make_engine
from pcloud_cli.db.work import Work, unit_of_work
from pcloud_cli.delivery import Courier
from pcloud_cli.errors import ConfigProblem, Conflict, NotAllowed, NotFound
from pcloud_cli.models.account import Account
from pcloud_cli.models.outbox import OutboxDelivery
from pcloud_cli.services import outbox, outbox_again, outbox_delivery
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.outbox_delivery import LEASE, PAUSES, Outcome
from tests.integration.mail_server import mail_server
from tests.integration.post import SPEECH, Post
from tests.integration.receivers import Request

ANOMALY = {"number": "7", "kind": "waiting", "staff_number": "KF001"}
PASSWORD = {"staff_number": "KF001", "password": "Lake#2026x", "hours": "72"}


pytestmark = pytest.mark.usefixtures("no_proxy")


def _failing(_request: Request) -> tuple[int, Any]:
    return 503, []


def test_a_first_password_goes_to_ones_own_mobile_and_is_then_forgotten(post: Post) -> None:
    person = post.register("KF001", "手机 139-0000-0001")
    post.queue("first_password", Recipient.account(person), PASSWORD)
    assert post.kept() == [True]
    assert post.deliver() == Outcome(sent=1)
    (taken,) = post.receiver.taken
    assert taken.parameters["PhoneNumbers"] == "13900000001"
    assert taken.parameters["TemplateParam"] == '{"password": "Lake#2026x"}'
    assert taken.parameters["OutId"] == post.deliveries()[0].id.hex()
    assert post.kept() == [False]
    assert post.actions() == ["outbox.sent"]
    assert post.deliver() == Outcome(), "it was sent twice"
    assert len(post.receiver.taken) == 1


def test_without_a_mobile_it_goes_by_mail(post: Post) -> None:
    person = post.register("KF001", "wang@example.com")
    with mail_server() as server:
        post.table["mail"] = {
            "host": "127.0.0.1",
            "port": server.port,
            "security": "none",
            "sender": "pcloud@example.com",
        }
        post.queue("first_password", Recipient.account(person), PASSWORD)
        assert post.deliver().sent == 1
    ((to, message),) = server.taken
    assert to == ["wang@example.com"]
    assert "Lake#2026x" in message.get_content()
    assert "Lake#2026x" not in message["Subject"]


def test_the_fallback_channel_is_told_no_person(post: Post) -> None:
    person = post.register("SA001", None)
    post.queue("anomaly", Recipient.account(person), ANOMALY)
    post.queue("anomaly", Recipient.role("security_admin"), ANOMALY)
    post.queue("anomaly", Recipient.channel("office"), ANOMALY)
    assert post.deliver().sent == 3
    for taken in post.receiver.taken:
        assert "登录异常 7" in taken.json["text"]["content"]
        assert "KF001" not in taken.body.decode()


def test_a_password_never_reaches_a_channel(post: Post) -> None:
    """Not even where the settings have no other way, and the row was turned by hand."""
    person = post.register("KF001", "13900000001")
    del post.table["sms"]
    post.queue("first_password", Recipient.account(person), PASSWORD)
    assert post.deliver().problems == {"no_way": 1}
    assert not post.receiver.taken
    post.change(update(OutboxDelivery).values(account_id=None, channel="office"))
    post.clock.advance(PAUSES[0])
    assert post.deliver().problems == {"tampered": 1}
    assert not post.receiver.taken


def test_a_message_turned_to_somebody_else_is_not_sent(post: Post) -> None:
    person = post.register("KF001", "13900000001")
    thief = post.register("KF002", "13900000002")
    post.queue("first_password", Recipient.account(person), PASSWORD)
    post.change(update(OutboxDelivery).values(account_id=thief))
    assert post.deliver() == Outcome(dead=1, problems={"tampered": 1})
    assert not post.receiver.taken


@pytest.mark.parametrize("column", ["disabled_at", "suspended_at", "ends_at"])
def test_a_closed_account_gets_nothing_more(column: str, post: Post) -> None:
    person = post.register("KF001", "13900000001")
    post.queue("first_password", Recipient.account(person), PASSWORD)
    post.change(update(Account).where(Account.id == person).values({column: post.clock.now()}))
    assert post.deliver() == Outcome(dead=1, problems={"account_closed": 1})
    assert not post.receiver.taken


def test_pauses_grow_and_then_it_is_given_up(post: Post) -> None:
    post.queue("anomaly", Recipient.channel("office"), ANOMALY)
    post.receiver.answer = _failing
    for pause in PAUSES:
        before = len(post.receiver.refused)
        assert post.deliver() == Outcome(failed=1, problems={"http:503": 1})
        assert post.deliver() == Outcome(), "it did not wait"
        post.clock.advance(pause - timedelta(seconds=1))
        assert post.deliver() == Outcome(), "it did not wait long enough"
        assert len(post.receiver.refused) == before + 1
        post.clock.advance(timedelta(seconds=1))
    assert sorted(PAUSES) == list(PAUSES)
    assert post.deliver() == Outcome(dead=1, problems={"http:503": 1})
    post.clock.advance(timedelta(days=1))
    assert post.deliver() == Outcome()
    assert post.actions() == ["outbox.failed"] * len(PAUSES) + ["outbox.dead"]


def test_what_was_given_up_can_be_tried_again(post: Post, hire: Callable[..., Actor]) -> None:
    admin = hire("S001", "system_admin")
    post.queue("anomaly", Recipient.channel("office"), ANOMALY)
    post.change(update(OutboxDelivery).values(attempts=len(PAUSES)))
    post.receiver.answer = _failing
    assert post.deliver().dead == 1
    post.receiver.answer = lambda _request: None
    with post.open(write=True) as (_actor, work):
        (again,) = outbox_again.retry(admin, work, [])
    assert (again["state"], again["attempts"]) == ("queued", 0)
    assert post.deliver() == Outcome(sent=1)
    with pytest.raises(Conflict), post.open(write=True) as (_actor, work):
        outbox_again.retry(admin, work, [again["id"]])
    assert len(post.receiver.taken) == 1


def test_what_is_dropped_is_not_sent_and_forgotten(post: Post, hire: Callable[..., Actor]) -> None:
    admin = hire("S001", "system_admin")
    message = post.queue("anomaly", Recipient.channel("office"), ANOMALY)
    with post.open(write=True) as (_actor, work):
        (dropped,) = outbox_again.drop(admin, work, [message], reason="误报")
    assert dropped["state"] == "dropped"
    assert post.kept() == [False]
    with post.open(write=True) as (_actor, work):
        outbox_again.drop(admin, work, [dropped["id"]], reason="误报")
    assert post.deliver() == Outcome()
    assert post.actions() == ["outbox.dropped"]
    with pytest.raises(NotFound), post.open(write=True) as (_actor, work):
        outbox_again.drop(admin, work, [post.ids()], reason="误报")


def test_what_says_nothing_any_more_is_not_sent(post: Post, hire: Callable[..., Actor]) -> None:
    admin = hire("S001", "system_admin")
    person = post.register("KF001", "13900000001")
    post.queue("first_password", Recipient.account(person), {**PASSWORD, "hours": "24"})
    post.clock.advance(timedelta(hours=24))
    assert post.deliver() == Outcome(dead=1, problems={"expired": 1})
    assert not post.receiver.taken
    assert post.kept() == [False], "a password is kept longer than it opens"
    (dead,) = post.deliveries()
    with pytest.raises(Conflict), post.open(write=True) as (_actor, work):
        outbox_again.retry(admin, work, [dead.id])
    with post.open(write=True) as (_actor, work):
        assert outbox_again.retry(admin, work, []) == []


def test_a_wrong_channel_does_not_stop_the_others(post: Post) -> None:
    post.queue("anomaly", Recipient.channel("nowhere"), ANOMALY)
    post.queue("anomaly", Recipient.channel("office"), ANOMALY)
    assert post.deliver() == Outcome(sent=1, failed=1, problems={"no_channel": 1})


def test_without_destinations_messages_wait(post: Post) -> None:
    post.table = {}
    assert post.deliver() == Outcome(), "with nothing due there is nothing to complain of"
    post.queue("anomaly", Recipient.channel("office"), ANOMALY)
    with pytest.raises(ConfigProblem):
        post.deliver()
    (waiting,) = post.deliveries()
    assert (waiting.state, waiting.attempts) == ("queued", 0)


def test_who_may_not_deliver_sends_nothing(post: Post, hire: Callable[..., Actor]) -> None:
    post.queue("anomaly", Recipient.channel("office"), ANOMALY)
    post.deliverer = hire("AU001", "auditor")
    with pytest.raises(NotAllowed):
        post.deliver()
    assert not post.receiver.taken


def test_a_limit_bounds_what_is_sent(post: Post) -> None:
    for _each in range(3):
        post.queue("anomaly", Recipient.channel("office"), ANOMALY)
    assert post.deliver(limit=2) == Outcome(sent=2)
    assert post.deliver() == Outcome(sent=1)


def test_sending_happens_outside_any_transaction(post: Post) -> None:
    """While a receiver takes its time, others write, on either database."""
    post.queue("anomaly", Recipient.channel("office"), ANOMALY)
    seen: list[str] = []

    def meanwhile(_request: Request) -> None:
        engine = make_engine(post.engine.url.render_as_string(hide_password=False))
        with engine.begin() as connection:
            connection.execute(update(Account).values(department="客服部"))
            seen.extend(connection.scalars(select(OutboxDelivery.state)))
        engine.dispose()

    post.receiver.before = meanwhile
    assert post.deliver() == Outcome(sent=1)
    assert seen == ["queued"]


def test_while_one_sends_no_other_takes_it_and_a_killed_claim_lapses(post: Post) -> None:
    """The deliverer dies after the receiver took it: the repeat has the same id."""
    post.queue("anomaly", Recipient.channel("office"), ANOMALY)

    class Killed(BaseException):
        pass

    inner: list[Outcome] = []

    def send(_courier: Courier, *_given: Any) -> None:
        genuine(_courier, *_given)
        inner.append(post.deliver())
        raise Killed

    genuine = outbox_delivery._send
    outbox_delivery._send = send  # type: ignore[assignment]
    try:
        with pytest.raises(Killed):
            post.deliver()
    finally:
        outbox_delivery._send = genuine
    assert inner == [Outcome()], "another deliverer took what was being sent"
    assert post.deliver() == Outcome()
    post.clock.advance(LEASE - timedelta(seconds=1))
    assert post.deliver() == Outcome()
    post.clock.advance(timedelta(seconds=1))
    assert post.deliver() == Outcome(sent=1)
    texts = [each.json["text"]["content"] for each in post.receiver.taken]
    assert len(texts) == 2
    assert texts[0] == texts[1], "a receiver could not tell the repeat"


def test_a_message_that_kills_its_deliverers_is_given_up(post: Post) -> None:
    post.queue("anomaly", Recipient.channel("office"), ANOMALY)
    post.change(update(OutboxDelivery).values(attempts=len(PAUSES) + 1))
    assert post.deliver() == Outcome(dead=1, problems={"lost": 1})
    assert not post.receiver.taken


def test_several_deliverers_at_once_send_nothing_twice(post: Post) -> None:
    count = 40
    with post.open(write=True) as (_actor, work):
        for number in range(count):
            values = {**ANOMALY, "number": str(number)}
            outbox.queue(work, "anomaly", Recipient.channel("office"), values)
    together = threading.Barrier(4)
    outcomes: list[Outcome] = []
    failed: list[BaseException] = []

    def one() -> None:
        engine = make_engine(post.engine.url.render_as_string(hide_password=False))

        @contextmanager
        def open_(*, write: bool = False) -> Iterator[tuple[Actor, Work]]:
            with unit_of_work(
                engine,
                clock=post.clock,
                ids=post.ids,
                keys=post.keyring,
                origin="test",
                write=write,
            ) as work:
                yield Actor("service", account_id=post.deliverer.account_id), work

        class Direct(Courier):
            """One process sends one message at a time: threads take the wire themselves."""

            def to_channel(self, name: str, parcel: Any) -> None:
                assert name == "office"
                post.receiver.taken.append(Request("POST", "/", "", {}, parcel.id.encode()))

        try:
            together.wait(300)
            courier = Direct(post.table, {}, post.clock, lambda size: b"0" * size)
            outcomes.append(outbox_delivery.deliver(open_, courier, SPEECH))
        except BaseException as error:
            failed.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=one) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert failed == []
    assert sum(outcome.sent for outcome in outcomes) == count
    sent = Counter(each.body for each in post.receiver.taken)
    assert len(sent) == count
    assert set(sent.values()) == {1}
    assert post.actions() == ["outbox.sent"] * count


def test_a_dry_run_lists_what_is_due_and_sends_nothing(post: Post) -> None:
    post.queue("anomaly", Recipient.channel("office"), ANOMALY)
    with post.open() as (actor, work):
        (row,) = outbox_delivery.due(actor, work)
    assert row["to"] == "office"
    assert not post.receiver.taken
    assert post.deliveries()[0].claim is None


@pytest.mark.parametrize("ask", ["deliver", "list", "forget"])
def test_what_is_finished_is_never_read_through(
    ask: str, post: Post, hire: Callable[..., Actor]
) -> None:
    """With a million sent messages the sweep of every minute must stay as quick."""
    admin = hire("S001", "system_admin")
    post.queue("anomaly", Recipient.channel("office"), ANOMALY)
    plans: list[str] = []
    on_server = post.engine.dialect.name == "postgresql"

    def explain(connection: Any, cursor: Any, statement: str, given: Any, *_more: Any) -> None:
        if "outbox_" in statement and statement.startswith(("SELECT", "UPDATE")):
            if on_server:
                cursor.execute("SET LOCAL enable_seqscan = off")
            word = "EXPLAIN" if on_server else "EXPLAIN QUERY PLAN"
            cursor.execute(f"{word} {statement}", given)
            plans.append("\n".join(str(row) for row in cursor.fetchall()))

    event.listen(post.engine, "before_cursor_execute", explain)
    with post.open(write=True) as (actor, work):
        if ask == "deliver":
            outbox_delivery.due(actor, work)
        elif ask == "list":
            outbox.list_all(admin, work)
        else:
            outbox_delivery._forget_expired(work)
    event.remove(post.engine, "before_cursor_execute", explain)
    wanted = {
        "deliver": "ix_outbox_delivery_due",
        "list": "ix_outbox_delivery_open",
        "forget": "ix_outbox_message_kept",
    }[ask]
    assert any(wanted in plan for plan in plans), plans
