"""Reading and proving the trail as an auditor does."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from pcloud_cli import i18n
from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work, unit_of_work
from pcloud_cli.errors import ConfigProblem, NotAllowed, NotFound, UsageProblem
from pcloud_cli.ids import IdSource, id_text
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.keys import KeyRing
from pcloud_cli.security.signing import Signer
from pcloud_cli.services import audit, audit_papers, audit_words, house, permission, role, trail
from pcloud_cli.services.actor import Actor, nobody
from pcloud_cli.services.audit import Wanted
from pcloud_cli.services.audit_names import About
from pcloud_cli.services.audit_papers import Checkpoint
from tests.integration.office import CHECKER, Office
from tests.integration.tampering import tamper
from tests.integration.test_house import nobody_chooses
from tests.integration.workbooks import row

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]


@pytest.fixture
def auditor(hire: Hire) -> Actor:
    """An auditor."""
    return hire("SJ001", "auditor")


def test_an_auditor_finds_who_did_what_and_when(
    opened: Open, hire: Hire, auditor: Actor, clock: FixedClock
) -> None:
    admin, clerk = hire("SA001", "system_admin"), hire("KF001", None)
    clock.advance(timedelta(hours=1))
    with opened() as work:
        role.grant(admin, work, staff_number="KF001", role="finance", reason="new post")
    with opened() as work:
        (newest,) = audit.events(auditor, work, limit=1)
        assert (newest["actor"], newest["action"], newest["object_id"], newest["reason"]) == (
            "SA001",
            "role.grant",
            clerk.account_id,
            "new post",
        )
        assert newest["at"] == clock.now()
        assert newest["detail"]["role"] == "finance"
        assert newest["object"] == "KF001"

        def asked(**wanted: Any) -> list[dict[str, Any]]:
            return audit.events(auditor, work, Wanted(**wanted))

        assert asked(staff_number="sa001") == [newest]
        assert asked(since=clock.now()) == [newest]
        assert newest not in asked(until=clock.now())
        assert {row["action"] for row in asked(action="role")} == {"role.grant"}
        assert asked(action="rol") == []
        for about in (About("account", "kf001"), About("id", id_text(clerk.account_id or b""))):
            found = [row["action"] for row in asked(about=about)]
            assert found == ["role.grant", "account.create"]
        for unknown in (
            {"staff_number": "ZZ999"},
            {"about": About("account", "ZZ999")},
            {"about": About("batch", "7")},
            {"about": About("owner", "7")},
            {"community": "ZZ"},
        ):
            with pytest.raises(NotFound):
                asked(**unknown)


def test_events_are_found_by_house_batch_and_community_as_people_name_them(
    office: Office, opened: Open, auditor: Actor
) -> None:
    batch = office.bring_in([row(1), row(2)])
    with office.open(CHECKER) as (lead, work):
        house.show(lead, work, "1-1-101", community="CH", choose=nobody_chooses)
    with opened() as work:

        def asked(**wanted: Any) -> list[dict[str, Any]]:
            return audit.events(auditor, work, Wanted(**wanted))

        (seen,) = asked(about=About("house", "1栋1单元101"), community="CH")
        assert (seen["action"], seen["actor"], seen["community"]) == ("house.show", CHECKER, "CH")
        assert asked(about=About("house", "1-1-101")) == [seen]
        of_batch = asked(about=About("batch", str(batch["number"])))
        assert [each["action"] for each in of_batch] == [
            "import.apply",
            "import.approve",
            "approval.approved",
            "import.load",
            "approval.propose",
            "import.begin",
        ]
        assert {each["object"] for each in of_batch} == {f"#{batch['number']}"}
        here = {each["action"] for each in asked(community="翠湖花园")}
        assert {"import.apply", "house.show"} <= here
        assert "account.create" not in here
        owner_id = seen["detail"]["ids"][0]
        assert [each["seq"] for each in asked(about=About("owner", owner_id))] == [seen["seq"]]


def test_one_event_is_shown_whole_and_says_whether_it_holds(
    opened: Open, hire: Hire, auditor: Actor, engine: Engine
) -> None:
    hire("KF001", "finance")
    with opened() as work:
        (newest,) = audit.events(auditor, work, limit=1)
        whole = audit.show(auditor, work, newest["seq"])
        assert whole["holds"] is True
        assert {name: whole[name] for name in newest} == newest
        assert audit.show(auditor, work, 1)["holds"] is True
        with pytest.raises(NotFound):
            audit.show(auditor, work, newest["seq"] + 1)
    tamper(engine, f"UPDATE trail_event SET reason = 'x' WHERE seq = {newest['seq']}")
    with opened() as work:
        assert audit.show(auditor, work, newest["seq"])["holds"] is False


def test_an_event_is_told_in_both_languages(opened: Open, hire: Hire, auditor: Actor) -> None:
    hire("KF001", "finance")
    with opened() as work:
        record = audit.show(auditor, work, audit.events(auditor, work, limit=1)[0]["seq"])
    said = audit_words.sentence(record, "Asia/Shanghai")
    assert said.startswith("2026-03-01 16:00: the setting up granted a role (account KF001)")
    assert "role: finance (Finance)" in audit_words.details(record)
    i18n.set_language("zh")
    try:
        said = audit_words.sentence(record, "Asia/Shanghai")
        assert "授予了角色（账号 KF001）" in said
        assert "角色：finance (财务)" in audit_words.details(record)
    finally:
        i18n.set_language("en")


def test_a_checkpoint_kept_elsewhere_is_understood_again(opened: Open, auditor: Actor) -> None:
    with opened() as work:
        mark = audit_papers.checkpoint(auditor, work)
        kept = audit_papers.read_checkpoint(json.dumps(mark))
        assert kept.paper is not None
        result = audit.verify(auditor, work, checkpoint=kept)
        assert result.ok
        assert (result.seq, result.hash) == kept[:2]
        old = audit_papers.read_checkpoint(json.dumps({"seq": mark["seq"], "hash": mark["hash"]}))
        assert old.paper is None

        def codes(checkpoint: Checkpoint) -> list[str]:
            found = audit.verify(auditor, work, checkpoint=checkpoint)
            return [problem.code for problem in found.problems]

        assert codes(old) == ["unsigned"], "a signature can be taken off"
        assert codes(Checkpoint(kept.seq + 1, kept.hash)) == ["unsigned", "cut"]
        assert codes(Checkpoint(kept.seq, bytes(32))) == ["unsigned", "checkpoint"]


def test_an_unsigned_checkpoint_counts_only_where_it_is_older_than_the_first_key(
    opened: Open, auditor: Actor
) -> None:
    with opened() as work:
        (before,) = audit.events(auditor, work, limit=1)
        trail.changed(
            auditor,
            work,
            "key.create",
            object_type="data_key",
            detail={"key": 5, "purpose": "sign", "fingerprint": "0123456789abcdef"},
        )
    with opened() as work:
        (made,) = audit.events(auditor, work, limit=1)
        for seq, expected in ((before["seq"], []), (made["seq"], ["unsigned"])):
            event = work.session.get_one(TrailEvent, seq)
            found = audit.verify(auditor, work, checkpoint=Checkpoint(seq, event.hash))
            assert [problem.code for problem in found.problems] == expected


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("seq", 1, "signature"),
        ("hash", "00" * 32, "signature"),
        ("at", "2020-01-01T00:00:00Z", "signature"),
        ("signature", "AAAA", "signature"),
        ("signature", None, "signature"),
        ("key", "0123456789abcdef", "signer"),
    ],
)
def test_a_checkpoint_that_was_changed_is_found(
    opened: Open, auditor: Actor, field: str, value: Any, code: str
) -> None:
    with opened() as work:
        mark = {**audit_papers.checkpoint(auditor, work), field: value}
        kept = audit_papers.read_checkpoint(json.dumps(mark))
        result = audit.verify(auditor, work, checkpoint=kept)
        assert [problem.code for problem in result.problems] == [code]
        assert not result.ok


def test_a_checkpoint_signed_by_a_key_of_ones_own_is_found(opened: Open, auditor: Actor) -> None:
    with opened() as work:
        mark = audit_papers.checkpoint(auditor, work)
        rest = {name: mark[name] for name in ("format", "seq", "hash", "at")}
        forged = Signer(5, b"f" * 32).signed(rest)
        kept = audit_papers.read_checkpoint(json.dumps(forged))
        codes = [each.code for each in audit.verify(auditor, work, checkpoint=kept).problems]
        assert codes == ["signer"]


def test_an_installation_without_a_signing_key_makes_one_that_the_trail_names(
    engine: Engine, clock: FixedClock, ids: IdSource, hire: Hire
) -> None:
    auditor = hire("SJ001", "auditor")
    master, source = bytes(range(32)), random.Random(7).randbytes
    rows = [row for row in KeyRing.create(master, source) if row.purpose != "sign"]
    keys = KeyRing(master, rows, random=source)

    def opened(*, write: bool = False) -> AbstractContextManager[Work]:
        return unit_of_work(engine, clock=clock, ids=ids, keys=keys, origin="t", write=write)

    with opened() as work:
        assert not audit_papers.has_key(auditor, work)
        with pytest.raises(ConfigProblem):
            audit_papers.checkpoint(auditor, work)
    for _twice in range(2):
        with opened(write=True) as work:
            audit_papers.make_key(auditor, work)
    with opened() as work:
        mark = audit_papers.checkpoint(auditor, work)
        (newest,) = audit.events(auditor, work, limit=1)
        assert newest["action"] == "key.create"
        assert newest["detail"]["fingerprint"] == mark["key"]
        assert [each.action for each in work.session.scalars(select(TrailEvent))].count(
            "key.create"
        ) == 1


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '{"seq": 1}', '{"seq": true, "hash": "00"}', '{"seq": 1, "hash": "zz"}'],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem):
        audit_papers.read_checkpoint(text)


def test_who_may_not_read_the_trail_does_not(opened: Open, hire: Hire) -> None:
    admin = hire("SA001", "system_admin")
    with opened() as work:
        assert permission.allowed(admin, work, "audit.verify")
        for actor in (admin, nobody()):
            with pytest.raises(NotAllowed):
                audit.events(actor, work)
        for listing in (audit.verify, audit_papers.checkpoint, audit_papers.public_key):
            with pytest.raises(NotAllowed):
                listing(nobody(), work)
