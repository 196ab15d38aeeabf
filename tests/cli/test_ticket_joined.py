"""Fifty calls about one burst main: one ticket goes on, every caller is kept and told."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from pcloud_cli.models.community import Community
from pcloud_cli.output.values import shown
from tests.cli.program import Program
from tests.cli.tickets import DESK, PHONE, TECHNICIAN, must_hold, one, step, submitted, with_houses

STEPS = (
    (DESK, "accept"),
    (DESK, f"assign --to {TECHNICIAN}"),
    (TECHNICIAN, "take"),
    (TECHNICIAN, "arrive"),
)


def _link(program: Program, main: int, *others: int) -> None:
    done = program.run("ticket", "link", *map(str, others), "--to", str(main), by=DESK)
    assert done.code == 0, done.err


def _repaired(program: Program, number: int) -> None:
    for by, words in (*STEPS, (TECHNICIAN, "complete --note 已抢修")):
        step(program, number, words, by=by)


def _to_call(program: Program, *words: str) -> list[int]:
    found = program.run("ticket", "callers", *words, "-o", "json", by=DESK)
    assert found.code == 0, found.err
    return [each["number"] for each in found.data]


def test_every_caller_is_told_once_when_the_one_that_goes_on_is_done(site: Program) -> None:
    main, *others = (submitted(site) for _ in range(4))
    _link(site, main, *others)
    early = site.run("ticket", "told", str(others[0]), "-o", "json", by=DESK)
    assert (early.code, early.error["code"]) == (5, "not_ended")
    assert _to_call(site) == []
    _repaired(site, main)
    assert _to_call(site) == _to_call(site, str(main)) == others
    ids = site.run("ticket", "callers", "-o", "ids", by=DESK).out
    told = site.run("ticket", "told", "-", "-o", "json", stdin=ids, by=DESK)
    assert told.code == 0, told.err
    assert _to_call(site) == []
    again = site.run("ticket", "told", str(others[0]), "-o", "json", by=DESK)
    assert (again.code, again.error["code"]) == (5, "unchanged")
    must_hold(site)


def test_the_answer_says_when_a_caller_was_told_in_the_time_of_the_community(
    site: Program,
) -> None:
    with site.desk() as desk, desk.open(write=True) as (_nobody, work):
        work.session.execute(update(Community).values(zone="America/New_York"))
    main, first, second, third = (submitted(site) for _ in range(4))
    _link(site, main, first, second, third)
    _repaired(site, main)
    assert one(site, first)["told_at"] is None
    site.clock.advance(timedelta(minutes=7))
    before = site.clock.moment
    moment = datetime.fromisoformat(step(site, first, "told", by=DESK)["told_at"])
    assert before <= moment <= site.clock.moment
    site.clock.advance(timedelta(minutes=5))
    assert _on_the_wall(site, first) in site.run("ticket", "show", str(first), by=DESK).out
    several = site.run("ticket", "told", str(second), str(third), by=DESK)
    assert several.code == 0, several.err
    assert "Told at" in several.out
    for number in (second, third):
        assert _on_the_wall(site, number) in several.out


def _on_the_wall(program: Program, number: int) -> str:
    """Return what a table says in New York of when the caller of a ticket was told."""
    moment = datetime.fromisoformat(one(program, number)["told_at"])
    return shown(moment, "America/New_York")


def test_one_that_was_told_shows_it_in_the_answer_for_people(site: Program) -> None:
    main, other = submitted(site), submitted(site)
    _link(site, main, other)
    _repaired(site, main)
    said = site.run("ticket", "told", str(other), variables={"PCLOUD_LANG": "zh"}, by=DESK)
    assert said.code == 0, said.err
    assert "回告时间" in said.out


def test_customer_service_is_told_that_callers_wait(site: Program) -> None:
    main, other = submitted(site), submitted(site)
    _link(site, main, other)
    _repaired(site, main)
    queued = site.run("outbox", "list", "-o", "json", by="R-SYSTEM-ADMIN").data
    callers = [each for each in queued if each["template"] == "ticket_callers"]
    assert callers
    assert all(each["about"] == [{"kind": "ticket", "number": main}] for each in callers)
    shown = site.run("outbox", "list", by="R-SYSTEM-ADMIN", variables={"PCLOUD_LANG": "zh"}).out
    assert f"工单 {main}" in shown
    for told in ("csv", "tsv"):
        listed = site.run("outbox", "list", "-o", told, by="R-SYSTEM-ADMIN")
        assert (listed.code, f"ticket {main}" in listed.out) == (0, True)
        assert "{" not in listed.out


def test_callers_are_told_again_when_it_was_opened_again_and_ended_again(site: Program) -> None:
    main, other = submitted(site), submitted(site)
    _link(site, main, other)
    _repaired(site, main)
    step(site, other, "told", by=DESK)
    step(site, main, "reopen --reason 又漏了", by=DESK)
    assert _to_call(site) == []
    for by, words in (*STEPS[1:], (TECHNICIAN, "complete --note 再次抢修")):
        step(site, main, words, by=by)
    assert _to_call(site) == [other]


def test_who_has_the_one_that_goes_on_sees_all_whom_to_call_while_it_is_open(
    site: Program,
) -> None:
    main, other = submitted(site), submitted(site)
    _link(site, main, other)
    for by, words in STEPS:
        step(site, main, words, by=by)
    (joined,) = one(site, main, by=TECHNICIAN)["joined"]
    assert (joined["number"], joined["phone"]) == (other, PHONE)
    assert one(site, other, by=TECHNICIAN)["phone"] == PHONE
    assert PHONE in site.run("ticket", "show", str(main), by=TECHNICIAN).out
    assert PHONE not in site.run("ticket", "show", str(main), by="R-MANAGEMENT").out
    step(site, main, "complete --note 好了", by=TECHNICIAN)
    step(site, main, "confirm --score 5 --source callback", by=DESK)
    assert one(site, main, by=TECHNICIAN)["joined"][0]["phone"] != PHONE
    # the desk still has to call
    assert one(site, other, by=DESK)["phone"] == PHONE
    step(site, other, "told", by=DESK)
    assert one(site, other, by=DESK)["phone"] != PHONE


def test_what_is_joined_to_a_joined_ticket_moves_on_with_it(site: Program) -> None:
    main, between, last = submitted(site), submitted(site), submitted(site)
    _link(site, between, last)
    _link(site, main, between)
    assert {each["number"] for each in one(site, main)["joined"]} == {between, last}
    assert [each["step"] for each in one(site, last)["timeline"]] == ["submit", "link", "follow"]
    refused = site.run("ticket", "link", str(submitted(site)), "--to", str(last), "-o", "json")
    assert refused.code == 4
    refused = site.run(
        "ticket", "link", str(submitted(site)), "--to", str(last), "-o", "json", by=DESK
    )
    assert (refused.code, refused.error["code"]) == (5, "joined")
    assert str(main) in refused.error["hint"]
    must_hold(site)


def test_an_urgent_call_makes_the_one_that_goes_on_urgent(site: Program) -> None:
    main, other = submitted(site), submitted(site)
    step(site, other, "urgent --kind 水浸", by=DESK)
    _link(site, main, other)
    found = one(site, main)
    assert (found["urgency"], found["urgent_kind"]) == ("urgent", "水浸")
    must_hold(site)


def test_cancelling_it_leaves_the_matter_to_the_next_caller(site: Program) -> None:
    main, second, third = submitted(site), submitted(site), submitted(site)
    _link(site, main, second, third)
    site.clock.advance(timedelta(hours=2))
    step(site, main, "cancel --reason 业主撤回", by=DESK)
    taken_up = one(site, second)
    assert (taken_up["state"], taken_up["main"], taken_up["clock"]) == ("submitted", None, "accept")
    assert one(site, third)["main"] == second
    site.clock.advance(timedelta(minutes=20))
    step(site, second, "accept", by=DESK)
    late = [each["late_seconds"] for each in one(site, second)["timeline"]][-1]
    assert late is not None
    assert late < 0, "its half hour began when it was taken up again"
    assert _to_call(site) == []
    must_hold(site)


def test_rejecting_it_is_told_to_all_who_called(site: Program) -> None:
    main, other = submitted(site), submitted(site)
    _link(site, main, other)
    step(site, main, "reject --reason 市政管网", by=DESK)
    assert one(site, other)["state"] == "linked"
    assert _to_call(site) == [other]


def test_public_work_is_confirmed_by_customer_service_or_the_supervisor(site: Program) -> None:
    for by in (DESK, "R-MAINTENANCE-LEAD"):
        number = submitted(site)
        _repaired(site, number)
        refused = site.run(
            "ticket", "confirm", str(number), "--score", "5", "--source", "app", "-o", "json", by=by
        )
        assert (refused.code, refused.error["code"]) == (4, "not_from_app")
        own = ["ticket", "confirm", str(number), "--score", "5", "--source", "signature"]
        assert site.run(*own, by=TECHNICIAN).code == 4
        assert step(site, number, "confirm --score 5 --source signature", by=by)["score"] == 5


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["link", "cancel", "reject"]), st.integers(0, 4), st.integers(0, 4)
        ),
        max_size=8,
    )
)
def test_whatever_is_joined_and_ended_each_caller_waits_open_or_is_called(
    office: Program, acts: list[tuple[str, int, int]]
) -> None:
    numbers = [submitted(office) for _ in range(5)]
    for act, first, second in acts:
        words = ["--to", str(numbers[second])] if act == "link" else ["--reason", "试"]
        office.run("ticket", act, str(numbers[first]), *words, by=DESK)
    must_hold(office)
    call = set(_to_call(office))
    for number in numbers:
        found = one(office, number)
        if found["state"] != "linked":
            continue
        main = one(office, found["main"])
        assert main["main"] is None
        assert main["due_at"] is not None or number in call


def test_a_new_call_about_the_same_place_names_what_is_open_there(site: Program) -> None:
    with_houses(site)
    first = submitted(site, house="1-1-1002")
    elsewhere = submitted(site)
    words = ["-c", "CH", "--house", "1-1-1002", "--content", "还在漏"]
    made = site.run("ticket", "submit", *words, "-o", "json", by=DESK)
    assert made.code == 0, made.err
    assert made.data["alike"] == [{"number": first, "place": one(site, first)["place"]}]
    told = site.run("ticket", "submit", *words, by=DESK)
    assert f"{first}" in told.err
    assert f"{elsewhere}" not in told.err.replace("…", "")
