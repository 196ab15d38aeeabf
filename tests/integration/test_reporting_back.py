"""Whoever reported a repair is told of its progress: at which step, when, by SMS alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from pcloud_cli.db import migrate
from pcloud_cli.models.base import Base
from pcloud_cli.models.community import Community
from pcloud_cli.models.outbox import OutboxDelivery, OutboxMessage
from pcloud_cli.models.ticket import Ticket
from pcloud_cli.services import outbox, outbox_about, policy
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.outbox_templates import TEMPLATES
from pcloud_cli.services.outbox_templates_tickets import TO_REPORTERS
from pcloud_cli.services.ticket import quoting, reporting_back, telling
from pcloud_cli.services.ticket.flow import STEPS
from tests.integration.office import Office
from tests.integration.receivers import receiver
from tests.integration.repairs import DESK, LEAD, TECHNICIAN
from tests.integration.reported import MOBILE, OTHER_MOBILE, READER, SECURITY, Reported, made

pytestmark = pytest.mark.usefixtures("no_proxy")
TOLD = {"number": "10", "community": "翠湖花园"}


@pytest.fixture
def repairs(office: Office, hire: Callable[..., Actor]) -> Iterator[Reported]:
    """An office that repairs and tells who reported it."""
    with receiver(office.clock.now()) as running:
        yield made(office, hire, running)


def test_what_was_written_before_messages_had_numbers_gets_the_ticket_s_by_the_upgrade(
    repairs: Reported,
) -> None:
    number = repairs.reported()
    repairs.step(number, "accept", DESK)
    query = select(OutboxMessage.about).where(OutboxMessage.about_id.is_not(None))
    before = repairs.office.rows(query)
    assert [outbox_about.read(about) for (about,) in before] == [
        [{"kind": "ticket", "number": int(number)}]
    ]
    migrate.downgrade(repairs.office.engine, "0037")
    migrate.upgrade(repairs.office.engine)
    assert repairs.office.rows(query) == before


def _later(repairs: Reported, **more: float) -> Any:
    return repairs.office.clock.now() + timedelta(**more)


def test_every_step_that_tells_is_one_of_the_flow_and_its_message_is_for_somebody_outside() -> None:
    assert set(reporting_back.REPORTS) <= set(STEPS)
    said = {
        name
        for each in reporting_back.REPORTS.values()
        for name in (each.template, each.visit, each.fallen, each.public, each.callers)
        if name is not None
    }
    assert said == TO_REPORTERS
    assert all(TEMPLATES[name].outside and TEMPLATES[name].group is None for name in said)


def test_a_reporter_is_told_by_sms_from_the_acceptance_to_the_end(repairs: Reported) -> None:
    number = repairs.reported()
    assert repairs.names() == []
    for code, by, given in (
        ("accept", DESK, {}),
        ("assign", DESK, {"handler": TECHNICIAN}),
        ("take", TECHNICIAN, {}),
        ("appoint", TECHNICIAN, {"begins": repairs.at("2026-03-01 18:00"),
                                 "until": repairs.at("2026-03-01 19:00")}),
        ("no_access", TECHNICIAN, {"kind": "nobody_in", "without_photo": "没电"}),
        ("arrive", TECHNICIAN, {}),
        ("complete", TECHNICIAN, {"note": "已修好"}),
        ("reopen", DESK, {"reason": "又漏了"}),
    ):  # fmt: skip
        repairs.step(number, code, by, **given)
        repairs.deliver()
    assert {mobile for mobile, _name, _values in repairs.sent()} == {MOBILE}
    said = [(name.removeprefix("reporter_"), values) for _to, name, values in repairs.sent()]
    assert [name for name, _values in said] == [
        "accepted", "taken", "appointed", "no_access", "completed", "reopened",
    ]  # fmt: skip
    assert said[2][1] == {
        "number": str(number),
        "community": "翠湖花园",
        "begins": "2026-03-01 18:00",
        "until": "2026-03-01 19:00",
    }
    assert set(said[4][1]) == {"number", "community", "until"}
    assert {state for _name, state, _problem in repairs.ended()} == {"sent"}


def test_a_technician_who_takes_it_comes_at_the_appointment(repairs: Reported) -> None:
    number = repairs.upto("accept", house="1栋 1单元 101", public=None, phone=MOBILE)
    begins, until = _later(repairs, hours=2), _later(repairs, hours=3)
    repairs.step(number, "appoint", DESK, begins=begins, until=until)
    repairs.deliver()
    repairs.step(number, "assign", DESK, handler=TECHNICIAN)
    repairs.step(number, "take", TECHNICIAN)
    assert repairs.names() == ["appointed"]


@pytest.mark.parametrize(
    ("code", "given", "said"),
    [
        ("reject", {"reason": "市政管网"}, "rejected"),
        ("cancel", {"reason": "业主撤回"}, "cancelled"),
        ("urge", {}, None),
    ],
)
def test_the_desk_s_word_is_passed_on(
    repairs: Reported, code: str, given: dict[str, str], said: str | None
) -> None:
    number = repairs.reported()
    repairs.step(number, code, DESK, **given)
    assert repairs.names() == ([said] if said else [])


def test_a_quote_waits_for_the_owner_s_yes_and_says_how_much(repairs: Reported) -> None:
    number = repairs.upto("arrive", house="1栋 1单元 101", public=None, phone=MOBILE)
    repairs.step(number, "responsibility", DESK, responsibility="paid", reason="人为损坏")
    with repairs.office.open(TECHNICIAN, write=True) as (actor, work):
        quoting.quote(actor, work, str(number), (), ("角阀*2=35.00",))
    assert repairs.names() == ["quoted"]
    repairs.go_to("2026-03-01 22:00")
    repairs.step(number, "pause", TECHNICIAN, reason="等配件", until=_later(repairs, hours=20))
    assert repairs.names() == ["quoted", "paused"], "the question is still open"
    repairs.step(number, "agree", DESK, source="callback")
    assert repairs.names() == ["paused"]
    repairs.deliver()
    assert repairs.sent() == []


def test_silence_closes_a_house_s_ticket_and_its_reporter_is_told(repairs: Reported) -> None:
    number = repairs.upto("complete", house="1栋 1单元 101", public=None, phone=MOBILE)
    public = repairs.upto("complete", phone=OTHER_MOBILE)
    assert repairs.names() == ["completed", "done"], "nobody asks a passer-by to confirm"
    repairs.deliver()
    repairs.after(hours=96)
    repairs.sweep()
    assert {repairs.ticket(each)["state"] for each in (number, public)} == {"closed"}
    assert repairs.names() == ["closed"]


def test_what_is_left_to_the_owner_customer_service_explains(repairs: Reported) -> None:
    number = repairs.upto("accept", house="1栋 1单元 101", public=None, phone=MOBILE)
    repairs.go_to("2026-03-01 22:00")
    repairs.step(number, "leave_to_owner", DESK, reason="自行加装")
    assert repairs.names() == []


def test_without_a_mobile_or_on_patrol_nobody_is_told(repairs: Reported) -> None:
    for more in (
        {"phone": None},
        {"phone": "0571-88880000"},
        {"reporter": "patrol"},
        {"channel": "patrol"},
    ):
        repairs.step(repairs.reported(**more), "accept", DESK)
    assert repairs.listed() == []


def test_policy_can_leave_it_to_the_phone(repairs: Reported) -> None:
    with repairs.office.open(READER, write=True) as (actor, work):
        change = policy.propose(actor, work, {"notice": {"tell_reporters": False}}, reason="试")
    assert change is not None
    with repairs.office.open(SECURITY, write=True) as (actor, work):
        policy.approve(actor, work, str(change["number"]))
    repairs.step(repairs.reported(), "accept", DESK)
    assert repairs.listed() == []


def test_at_night_a_routine_message_waits_for_the_morning_and_only_the_newest_does(
    repairs: Reported,
) -> None:
    repairs.go_to("2026-03-01 20:59")
    first = repairs.reported()
    repairs.step(first, "accept", DESK)
    assert repairs.waiting() == [("accepted", "01 20:59")]
    repairs.go_to("2026-03-01 21:00")
    number = repairs.upto("take", house="1栋 1单元 101", public=None, phone=MOBILE)
    assert repairs.waiting() == [("accepted", "01 20:59"), ("taken", "02 08:00")]
    repairs.step(number, "return", TECHNICIAN, reason="配件不足")
    assert repairs.waiting() == [("accepted", "01 20:59")], "nobody comes"
    repairs.step(number, "assign", DESK, handler=TECHNICIAN)
    repairs.step(number, "take", TECHNICIAN)
    repairs.step(number, "arrive", TECHNICIAN)
    repairs.step(number, "complete", TECHNICIAN, note="好了")
    assert repairs.waiting()[1:] == [("completed", "02 08:00")]
    # what was taken back is no failure, and nothing of it is left
    assert (
        repairs.ended()[1:-1]
        == [("accepted", "dropped", "superseded")] + [("taken", "dropped", "superseded")] * 2
    )
    assert repairs.deliver().sent >= 1
    assert len(repairs.sent()) == 1
    repairs.go_to("2026-03-02 08:00")
    repairs.deliver()
    assert [name for _to, name, _values in repairs.sent()] == [
        "reporter_accepted",
        "reporter_completed",
    ]


def test_what_is_being_sent_is_not_taken_back(repairs: Reported) -> None:
    number = repairs.reported()
    repairs.step(number, "accept", DESK)
    until = _later(repairs, minutes=5)
    repairs.office.execute(update(OutboxDelivery).values(claimed_until=until))
    repairs.step(number, "cancel", DESK, reason="业主撤回")
    assert repairs.names() == ["accepted", "cancelled"]


def test_of_an_urgent_repair_and_of_an_early_visit_word_goes_out_at_once(
    repairs: Reported,
) -> None:
    repairs.go_to("2026-03-01 22:00")
    repairs.reported(urgent="水浸")  # accepted at once
    number = repairs.upto("accept", house="1栋 1单元 101", public=None, phone=MOBILE)
    early = {"begins": repairs.at("2026-03-02 08:30"), "until": repairs.at("2026-03-02 09:30")}
    repairs.step(number, "appoint", DESK, **early)
    assert repairs.waiting() == [("accepted", "01 22:00"), ("appointed", "01 22:00")]
    repairs.deliver()
    late = {"begins": repairs.at("2026-03-02 14:00"), "until": repairs.at("2026-03-02 15:00")}
    repairs.step(number, "appoint", DESK, **late)
    assert repairs.waiting() == [("appointed", "01 22:00")], "nobody waits in vain in the morning"
    repairs.deliver()
    repairs.step(number, "appoint", DESK, **late | {"until": repairs.at("2026-03-02 16:00")})
    assert repairs.waiting() == [("appointed", "02 08:00")]


def test_whoever_had_read_of_a_visit_hears_that_it_falls(repairs: Reported) -> None:
    number = repairs.upto("accept", house="1栋 1单元 101", public=None, phone=MOBILE)
    repairs.step(number, "assign", DESK, handler=TECHNICIAN)
    repairs.go_to("2026-03-01 22:00")
    visit = {"begins": repairs.at("2026-03-02 14:00"), "until": repairs.at("2026-03-02 15:00")}
    repairs.step(number, "appoint", DESK, **visit)
    assert repairs.waiting() == [("appointed", "02 08:00")]
    repairs.step(number, "return", TECHNICIAN, reason="请假")
    assert repairs.names() == [], "nobody had read of it"
    repairs.step(number, "assign", DESK, handler=TECHNICIAN)
    repairs.step(number, "appoint", DESK, **visit)
    repairs.go_to("2026-03-02 08:00")
    repairs.deliver()
    repairs.step(number, "return", TECHNICIAN, reason="请假")
    assert repairs.names() == ["visit_off"]


def test_what_is_over_by_the_morning_is_not_said(repairs: Reported) -> None:
    number = repairs.upto("accept", house="1栋 1单元 101", public=None, phone=MOBILE)
    repairs.go_to("2026-03-01 22:00")
    repairs.step(number, "pause", DESK, reason="等人", until=repairs.at("2026-03-02 07:00"))
    assert repairs.names() == []


def test_who_called_about_the_same_is_told_how_it_ended_and_called_where_no_sms_was_sent(
    repairs: Reported,
) -> None:
    main = repairs.reported()
    written, unwritten, silent = (
        repairs.reported(phone=phone) for phone in (OTHER_MOBILE, "13700000001", None)
    )
    for each in (written, unwritten, silent):
        repairs.step(each, "link", DESK, main=str(main))
    for code, by, given in (
        ("accept", DESK, {}),
        ("assign", DESK, {"handler": TECHNICIAN}),
        ("take", TECHNICIAN, {}),
        ("arrive", TECHNICIAN, {}),
    ):
        repairs.step(main, code, by, **given)
    repairs.deliver()
    repairs.step(main, "complete", TECHNICIAN, note="已抢修")
    assert repairs.names() == ["completed", "done", "done"]
    assert _to_call(repairs) == [written, unwritten, silent], "one that waits is no proof"
    (second,) = [row for row in repairs.listed() if row["state"] == "queued"][2:]
    repairs.office.execute(
        update(OutboxDelivery)
        .where(OutboxDelivery.id == second["id"])
        .values(state="dropped", ended_at=repairs.office.clock.now())
    )
    repairs.deliver()
    assert _to_call(repairs) == [unwritten, silent]
    with repairs.office.open(DESK) as (actor, work):
        ticket = work.session.query(Ticket).filter_by(number=main).one()
        rows = telling.joined(actor, work, ticket)
    assert [row["sms_at"] is not None for row in rows] == [True, False, False]
    # opened again, it ends again, and all are told again
    repairs.step(main, "reopen", DESK, reason="又漏了")
    repairs.deliver()
    repairs.after(minutes=5)
    for code, by, given in (
        ("assign", DESK, {"handler": TECHNICIAN}),
        ("take", TECHNICIAN, {}),
        ("arrive", TECHNICIAN, {}),
        ("complete", TECHNICIAN, {"note": "再次抢修"}),
    ):
        repairs.step(main, code, by, **given)
    assert _to_call(repairs) == [written, unwritten, silent]
    repairs.step(written, "told", DESK)
    assert _to_call(repairs) == [unwritten, silent]
    assert repairs.names() == ["completed", "done"], "who was called needs no SMS"


def _to_call(repairs: Reported) -> list[int]:
    with repairs.office.open(DESK) as (actor, work):
        rows = telling.callers(actor, work, None, community=None, limit=50)
    return [row["number"] for row in rows]


@pytest.mark.parametrize("settings", ["none", "no_sms", "no_template"])
def test_without_an_sms_provider_it_ends_quietly_and_says_why(
    repairs: Reported, settings: str
) -> None:
    table = repairs.post.table
    if settings == "none":
        table.clear()
    elif settings == "no_sms":
        del table["sms"]
    else:
        table["sms"]["templates"] = {"first_password": {"id": "SMS_7", "variables": ["password"]}}
    repairs.step(repairs.reported(), "accept", DESK)
    assert repairs.deliver().problems == {}
    assert repairs.ended() == [("accepted", "dropped", "no_sms")]
    assert repairs.post.receiver.taken == []
    assert _kept(repairs) == [None], "the mobile is forgotten"


def _kept(repairs: Reported) -> list[bytes | None]:
    query = select(OutboxMessage.values_sealed).where(
        OutboxMessage.template.in_(sorted(TO_REPORTERS))
    )
    return [each[0] for each in repairs.office.rows(query)]


def test_what_could_not_be_sent_in_its_time_ends_quietly(repairs: Reported) -> None:
    repairs.step(repairs.reported(), "accept", DESK)
    repairs.after(hours=25)
    assert repairs.deliver().dead == 0
    assert repairs.ended() == [("accepted", "dropped", "expired")]


def test_whoever_writes_to_the_database_sends_it_to_nobody_else(repairs: Reported) -> None:
    post = repairs.post
    attacker = post.register("GJ001", OTHER_MOBILE)
    other = repairs.office.keyring.field_cipher().seal(
        "outbox_message", "values_sealed", attacker, "{}"
    )
    attacks: list[tuple[Any, dict[str, Any]]] = [
        (OutboxDelivery, {"account_id": attacker}),
        (OutboxDelivery, {"channel": "office"}),
        (OutboxMessage, {"template": "ticket_left_to_owner"}),
        (OutboxMessage, {"template": "reporter_taken"}),
        (OutboxMessage, {"values_sealed": None}),
        (OutboxMessage, {"values_sealed": other}),
    ]
    for model, values in attacks:
        repairs.step(repairs.reported(), "accept", DESK)
        (message,) = [each for each in repairs.listed() if each["state"] == "queued"]
        ours = message["id" if model is OutboxDelivery else "message_id"]
        repairs.office.execute(update(model).where(model.id == ours).values(values))
        assert repairs.deliver().problems == {"tampered": 1}, values
    assert post.receiver.taken == []


def test_a_message_to_the_fallback_channel_cannot_be_turned_into_one_to_a_reporter(
    repairs: Reported,
) -> None:
    with repairs.office.open(DESK, write=True) as (_actor, work):
        outbox.queue(work, "ticket_left_to_owner", Recipient.fallback(), TOLD)
    repairs.office.execute(update(OutboxMessage).values(template="reporter_accepted"))
    assert repairs.deliver().problems == {"tampered": 1}
    assert repairs.post.receiver.taken == []


def test_only_messages_to_reporters_go_outside_and_they_go_nowhere_else(repairs: Reported) -> None:
    with repairs.office.open(DESK, write=True) as (_actor, work):
        for template, to in (
            ("ticket_left_to_owner", Recipient.outside(MOBILE, "Asia/Shanghai")),
            ("reporter_accepted", Recipient.role("customer_service")),
            ("reporter_accepted", Recipient.fallback()),
        ):
            with pytest.raises(ValueError, match=r"is not for|no shared channel"):
                outbox.queue(work, template, to, TOLD)


def test_the_phone_stands_nowhere_in_clear(repairs: Reported) -> None:
    repairs.upto("take", house="1栋 1单元 101", public=None, phone=MOBILE)
    repairs.deliver()
    repairs.go_to("2026-03-01 22:00")
    repairs.step(repairs.reported(), "accept", DESK)
    assert {row["to"] for row in repairs.listed()} == {"reporter"}
    assert MOBILE not in repr(repairs.listed())
    told = [outbox.in_words(row)["to"] for row in repairs.listed()]
    assert set(told) == {"the reporter"}
    for table in Base.metadata.sorted_tables:
        found = repr(repairs.office.rows(select(table)))
        assert MOBILE not in found, table.name
    sent = [row["message_id"] for row in repairs.listed() if row["state"] == "sent"]
    kept = select(OutboxMessage.values_sealed).where(OutboxMessage.id.in_(sent))
    assert {each[0] for each in repairs.office.rows(kept)} == {None}


def test_a_phone_that_was_put_there_past_the_program_is_not_written_to(repairs: Reported) -> None:
    number = repairs.reported()
    repairs.office.execute(update(Ticket).values(phone_sealed=b"\x00" * 60))
    repairs.step(number, "accept", DESK)
    assert repairs.listed() == []
    assert "row.tampered" in repairs.office.actions()


def test_a_moment_is_said_in_the_zone_of_the_community(repairs: Reported) -> None:
    repairs.office.execute(update(Community).values(zone="Asia/Urumqi"))
    number = repairs.upto("accept", house="1栋 1单元 101", public=None, phone=MOBILE)
    begins = repairs.at("2026-03-02 14:00")
    repairs.step(number, "appoint", LEAD, begins=begins, until=begins + timedelta(hours=1))
    repairs.deliver()
    assert repairs.sent()[-1][2]["begins"] == "2026-03-02 12:00"
