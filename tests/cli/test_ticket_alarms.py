"""Who hears of a ticket that nobody has, and an emergency that goes out at once (3.2.2, 3.2.3)."""

from __future__ import annotations

import json
from datetime import timedelta

from pcloud_cli.models.outbox import OutboxMessage
from pcloud_cli.services.outbox_templates import TEMPLATES
from tests.cli.program import Program
from tests.cli.tickets import (
    DESK,
    LEAD,
    OTHER,
    TECHNICIAN,
    assigned,
    completed,
    must_hold,
    on_shift,
    one,
    step,
    submitted,
    taken,
)

DESK_LEAD, NIGHT = "KF002", "R-NIGHT-DUTY"
MAY_ACCEPT = {DESK, DESK_LEAD, "R-CUSTOMER-SERVICE", "R-CUSTOMER-SERVICE-LEAD", NIGHT}
MAY_ASSIGN = MAY_ACCEPT | {LEAD}
APP = "R-APP-BACKEND"
FIRM = "示例电梯维保有限公司"


def told(program: Program) -> set[tuple[str, str]]:
    listed = program.run("outbox", "list", "-o", "json", by="R-DELIVERER")
    assert listed.code == 0, listed.err
    return {(each["template"], each["to"]) for each in listed.data}


def to(program: Program, template: str) -> set[str]:
    return {who for name, who in told(program) if name == template}


def from_app(program: Program, **more: object) -> int:
    line = {
        "reference": "A-1",
        "community": "CH",
        "public": "地下车库",
        "content": "水管漏水",
        **more,
    }
    text = json.dumps(line, ensure_ascii=False)
    taken_over = program.run("ticket", "intake", "-o", "json", stdin=text, by=APP)
    assert taken_over.code == 0, taken_over.err
    number: int = taken_over.data[0]["number"]
    return number


def _steps(program: Program, number: int) -> list[tuple[str, str]]:
    return [(each["step"], each["by"]) for each in one(program, number)["timeline"]]


def test_urging_what_waits_to_be_accepted_reaches_those_who_may_accept(site: Program) -> None:
    number = submitted(site)
    step(site, number, "urge", by=DESK)
    assert to(site, "ticket_urged") == MAY_ACCEPT


def test_urging_what_waits_to_be_assigned_reaches_who_accepted_it(site: Program) -> None:
    number = submitted(site)
    step(site, number, "accept", by=DESK)
    step(site, number, "urge", by=DESK_LEAD)
    assert to(site, "ticket_urged") == {DESK}


def test_urging_again_or_late_reaches_the_supervisors_too(site: Program) -> None:
    again, late = submitted(site), submitted(site)
    for number in (again, late):
        step(site, number, "accept", by=DESK)
    step(site, again, "urge", by=DESK)
    assert to(site, "ticket_urged") == {DESK}
    step(site, again, "urge", by=DESK)
    leads = {DESK, DESK_LEAD, "R-CUSTOMER-SERVICE-LEAD"}
    assert to(site, "ticket_urged") == leads
    site.run("outbox", "drop", "--all", by="R-DELIVERER")
    site.clock.advance(timedelta(minutes=40))
    step(site, late, "urge", by=DESK)
    assert to(site, "ticket_urged") == leads


def test_urging_reaches_the_app_users_ticket_the_same_way(site: Program) -> None:
    from_app(site)
    line = json.dumps({"reference": "A-1", "urge": {}})
    assert site.run("ticket", "intake", "-o", "json", stdin=line, by=APP).code == 0
    assert to(site, "ticket_urged") == MAY_ACCEPT


def test_of_a_completed_ticket_the_desk_is_urged_and_not_the_technician(site: Program) -> None:
    number = completed(site)
    step(site, number, "urge", by=DESK_LEAD)
    assert to(site, "ticket_urged") == {DESK}


def test_of_a_ticket_that_a_firm_has_who_gave_it_to_them_is_urged(site: Program) -> None:
    assert site.run("firm", "add", FIRM, by=LEAD).code == 0
    number = submitted(site)
    step(site, number, "accept", by=DESK)
    words = ["--to", "third_party", "--firm", FIRM, "--promised", "明天 18:00"]
    words += ["--reason", "电梯维保"]
    given = site.run("ticket", "responsibility", str(number), *words, by=DESK_LEAD)
    assert given.code == 0, given.err
    step(site, number, "urge", by=DESK)
    assert to(site, "ticket_urged") == {DESK_LEAD}


def test_who_has_the_ticket_is_urged_alone(site: Program) -> None:
    number = taken(site)
    step(site, number, "urge", by=DESK)
    assert to(site, "ticket_urged") == {TECHNICIAN}


def test_a_returned_ticket_tells_who_must_assign_it_again(site: Program) -> None:
    number = taken(site)
    step(site, number, "return --reason 专业不符", by=TECHNICIAN)
    assert to(site, "ticket_to_assign") == {DESK}


def test_a_reopened_ticket_tells_who_must_assign_it_and_who_had_completed_it(
    site: Program,
) -> None:
    number = completed(site)
    step(site, number, "reopen --reason 还在滴", by=DESK_LEAD)
    assert to(site, "ticket_to_assign") == {DESK}
    assert to(site, "ticket_opened_again") == {TECHNICIAN}


def test_what_somebody_had_who_leaves_tells_who_must_assign_it_again(site: Program) -> None:
    assigned(site)
    done = site.run(
        "account", "suspend", TECHNICIAN, "--reason", "停职", "--yes", by="R-ADMINISTRATION"
    )
    assert done.code == 0, done.err
    assert to(site, "ticket_to_assign") == {DESK}


def test_an_emergency_from_the_app_goes_out_at_once(site: Program) -> None:
    on_shift(site, TECHNICIAN)
    number = from_app(site, urgent="水浸")
    found = one(site, number)
    assert (found["state"], found["handler"]) == ("assigned", TECHNICIAN)
    assert _steps(site, number)[1:] == [("accept", "system"), ("assign", "system")]
    assert found["checked_by"] is None, "the system is nobody who has looked at the entry"
    assert to(site, "ticket_assigned") == {TECHNICIAN}
    trail = site.run("audit", "list", "--limit", "50", "-o", "json", by="R-AUDITOR").data
    done = [each for each in trail if each["action"] in ("ticket.accept", "ticket.assign")]
    assert [(each["actor_kind"], each["detail"]["at_once"]) for each in done] == [
        ("system", True)
    ] * 2
    must_hold(site)


def test_an_emergency_that_nobody_on_shift_can_have_reaches_all_who_can_give_it(
    site: Program,
) -> None:
    from_app(site, urgent="水浸")
    assert to(site, "ticket_unassigned") == MAY_ASSIGN
    assert to(site, "ticket_emergency") == {LEAD}


def test_an_emergency_accepted_later_goes_out_then(site: Program) -> None:
    number = submitted(site, urgent="水浸")
    assert one(site, number)["state"] == "accepted"
    words = ["pause", str(number), "--until", "18:00", "--reason", "等"]
    assert site.run("ticket", *words, by=DESK).code == 0
    on_shift(site, TECHNICIAN)
    assert step(site, number, "resume", by=DESK)["handler"] == TECHNICIAN
    must_hold(site)


def test_a_returned_emergency_goes_to_somebody_else_at_once(site: Program) -> None:
    on_shift(site, TECHNICIAN)
    number = submitted(site, urgent="水浸")
    on_shift(site, OTHER)
    step(site, number, "take", by=TECHNICIAN)
    back = step(site, number, "return --reason 车坏了", by=TECHNICIAN)
    assert (back["state"], back["handler"]) == ("assigned", OTHER)
    assert _steps(site, number)[-2:] == [("return", TECHNICIAN), ("assign", "system")]
    last = step(site, number, "return --reason 也去不了", by=OTHER)
    assert (last["state"], last["handler"]) == ("accepted", None), "neither gets it straight back"
    assert to(site, "ticket_unassigned") == MAY_ASSIGN
    assert to(site, "ticket_to_assign") == set()
    must_hold(site)


def test_an_emergency_of_somebody_suspended_goes_to_somebody_else_at_once(site: Program) -> None:
    on_shift(site, TECHNICIAN)
    number = submitted(site, urgent="水浸")
    on_shift(site, OTHER)
    words = ["account", "suspend", TECHNICIAN, "--reason", "停职", "--yes"]
    assert site.run(*words, by="R-ADMINISTRATION").code == 0
    assert one(site, number)["handler"] == OTHER
    must_hold(site)


def test_a_reopened_emergency_goes_out_at_once(site: Program) -> None:
    number = completed(site)
    on_shift(site, OTHER)
    step(site, number, "confirm --score 5 --source signature", by=DESK)
    urgent = submitted(site, urgent="水浸")
    for words in ("take", "arrive", "complete --note 好了"):
        step(site, urgent, words, by=OTHER)
    again = step(site, urgent, "reopen --reason 又漏了", by=DESK)
    assert (again["state"], again["handler"]) == ("assigned", OTHER)
    assert to(site, "ticket_opened_again") == {OTHER}
    must_hold(site)


def test_an_emergency_taken_up_in_place_of_a_cancelled_one_goes_out_at_once(
    site: Program,
) -> None:
    main, other = submitted(site), submitted(site, urgent="水浸")
    step(site, other, f"link --to {main}", by=DESK)
    on_shift(site, TECHNICIAN)
    step(site, main, "cancel --reason 重复", by=DESK)
    found = one(site, other)
    assert (found["state"], found["handler"]) == ("assigned", TECHNICIAN)
    assert _steps(site, other)[-3:-1] == [("release", DESK), ("accept", "system")]
    must_hold(site)


def test_the_emergency_message_says_which_and_where_but_no_house(site: Program) -> None:
    submitted(site, urgent="水浸")
    with site.desk() as desk, desk.open() as (_actor, work):
        message = work.session.query(OutboxMessage).filter_by(template="ticket_emergency").first()
        assert message is not None
        assert message.values_sealed is not None
        cell = ("outbox_message", "values_sealed", message.id, message.values_sealed)
        values = json.loads(work.keys.open(*cell))["values"]
    assert (values["kind"], values["place"]) == ("水浸", "翠湖花园")
    said = TEMPLATES["ticket_emergency"].for_group("zh", "Asia/Shanghai", values)
    assert "水浸" in said
    assert "翠湖花园" in said


def test_the_other_way_round_of_a_join_is_explained(site: Program) -> None:
    main, other = submitted(site), submitted(site)
    step(site, other, f"link --to {main}", by=DESK)
    refused = site.run("ticket", "link", str(main), "--to", str(other), "-o", "json", by=DESK)
    assert (refused.code, refused.error["code"]) == (5, "joined")
    assert f"{main} goes on for both" in refused.error["message"]
