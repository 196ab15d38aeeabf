"""An export of the trail proves itself: to the installation by its keys, to others by one key."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotAllowed, NotFound
from pcloud_cli.security.signing import public_key_of
from pcloud_cli.services import audit, audit_export, audit_papers
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.audit_export import Range
from tests.integration.tampering import tamper

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]


@pytest.fixture
def auditor(hire: Hire) -> Actor:
    """An auditor, after whom some more people came."""
    for number in ("KF001", "KF002", "KF003"):
        hire(number, "finance", "customer_service")
    return hire("SJ001", "auditor")


@pytest.fixture
def exported(opened: Open, auditor: Actor) -> list[bytes]:
    """The lines of an export of events 2 to 7."""
    with opened() as work:
        wanted = audit_export.begin(auditor, work, first=2, last=7)
        return list(audit_export.lines(auditor, work, wanted))


def public(opened: Open, auditor: Actor) -> bytes:
    with opened() as work:
        found = public_key_of(audit_papers.public_key(auditor, work)["pem"])
    assert found is not None
    return found


def test_an_export_holds_by_the_keys_and_by_the_public_key_alone(
    opened: Open, auditor: Actor, exported: list[bytes]
) -> None:
    with opened() as work:
        judged = audit_export.verify(auditor, work, exported)
    assert judged == audit_export.judge(exported, public(opened, auditor))
    assert (judged.fault, judged.events, judged.first, judged.last) == (None, 6, 2, 7)


def test_an_export_says_what_the_trail_says_and_is_an_event_of_it(
    opened: Open, auditor: Actor, exported: list[bytes]
) -> None:
    lines = [json.loads(line) for line in exported]
    assert [line.get("seq") for line in lines[1:-1]] == list(range(2, 8))
    with opened() as work:
        for line in lines[1:-1]:
            event = audit.show(auditor, work, line["seq"])
            for name in ("action", "origin", "reason", "detail", "actor", "prev_hash", "hash"):
                assert line[name] == event[name], name
        (newest,) = audit.events(auditor, work, limit=1)
    assert (newest["action"], newest["actor"]) == ("audit.export", "SJ001")
    assert newest["detail"] == {"first": 2, "last": 7}


def test_a_range_of_moments_has_no_holes(
    opened: Open, auditor: Actor, hire: Hire, clock: FixedClock
) -> None:
    with opened() as work:
        last = audit.events(auditor, work, limit=1)[0]["seq"]
    begun = clock.now() + timedelta(hours=1)
    clock.advance(timedelta(hours=1))
    hire("KF009", "finance")
    clock.advance(timedelta(hours=1))
    with opened() as work:
        assert audit_export.begin(auditor, work, since=begun) == Range(last + 1, last + 2)
        assert audit_export.begin(auditor, work, until=begun) == Range(1, last)
        with pytest.raises(NotFound):
            audit_export.begin(auditor, work, since=begun + timedelta(days=1))


def test_who_may_not_export_does_not(opened: Open, hire: Hire) -> None:
    admin = hire("SA001", "system_admin")
    with opened() as work, pytest.raises(NotAllowed):
        audit_export.begin(admin, work)
    with opened() as work, pytest.raises(NotAllowed):
        next(audit_export.lines(admin, work, Range(1, 2)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_any_change_of_an_export_is_found_by_the_public_key_alone(
    opened: Open, auditor: Actor, exported: list[bytes], data: st.DataObject
) -> None:
    lines = list(exported)
    key = public(opened, auditor)
    at = data.draw(st.integers(0, len(lines) - 1))
    how = data.draw(st.sampled_from(["byte", "drop", "twice", "swap", "cut", "add"]))
    if how == "byte":
        line = bytearray(lines[at])
        place = data.draw(st.integers(0, len(line) - 1))
        line[place] ^= data.draw(st.integers(1, 255))
        lines[at] = bytes(line)
    elif how == "drop":
        del lines[at]
    elif how == "twice":
        lines.insert(at, lines[at])
    elif how == "swap":
        other = data.draw(st.integers(0, len(lines) - 1).filter(lambda one: one != at))
        lines[at], lines[other] = lines[other], lines[at]
    elif how == "cut":
        lines = lines[:at]
    else:
        lines.append(b'{"seq":8}\n')
    assert audit_export.judge(b"".join(lines).splitlines(keepends=True), key).fault is not None


def test_an_export_signed_by_another_key_is_found(
    opened: Open, auditor: Actor, exported: list[bytes]
) -> None:
    assert audit_export.judge(exported, bytes(range(32))).fault == "other_key"


def test_an_export_of_a_trail_that_was_changed_is_found_by_the_keys(
    opened: Open, auditor: Actor, engine: Engine
) -> None:
    tamper(engine, "UPDATE trail_event SET reason = 'x' WHERE seq = 4")
    with opened() as work:
        lines = list(audit_export.lines(auditor, work, Range(2, 7)))
        judged = audit_export.verify(auditor, work, lines)
    assert (judged.fault, judged.seq) == ("content", 4)


def test_an_export_whose_last_event_the_trail_no_longer_holds_is_found(
    opened: Open, auditor: Actor, exported: list[bytes], engine: Engine
) -> None:
    tamper(engine, "DELETE FROM trail_event WHERE seq >= 7")
    with opened() as work:
        judged = audit_export.verify(auditor, work, exported)
    assert (judged.fault, judged.seq) == ("elsewhere", 7)
