"""Changing how somebody is reached: who may, what is told to whom, what stays secret (2.1.1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.services import account, account_contact, rights
from pcloud_cli.services.account_contact import Wanted
from pcloud_cli.services.actor import Actor, nobody
from pcloud_cli.services.outbox_delivery import Outcome
from tests.integration.post import Post
from tests.integration.tampering import tamper

pytestmark = pytest.mark.usefixtures("no_proxy")

OLD, NEW = "13900000001", "13900000002"
PHONE = frozenset({"mail"})
Hire = Callable[..., Actor]


@pytest.fixture
def clerk(hire: Hire) -> Actor:
    """Somebody of administration."""
    return hire("XZ001", "administration")


def _change(post: Post, actor: Actor, number: str, wanted: Wanted) -> dict[str, Any]:
    with post.open(write=True) as (_deliverer, work):
        return account_contact.change(actor, work, number, wanted, reason="换号")


def _contact(post: Post, number: str) -> str:
    with post.open() as (_deliverer, work):
        found = account.find(work, number)
        assert rights.account_holds(nobody(), work, found)
        assert found.contact_sealed is not None
        return work.keys.open("account", "contact_sealed", found.id, found.contact_sealed)


def _events(post: Post) -> list[TrailEvent]:
    with Session(post.engine) as session:
        query = select(TrailEvent).where(TrailEvent.action == "account.contact")
        return list(session.scalars(query))


def test_the_old_and_the_new_mobile_are_told(post: Post, clerk: Actor) -> None:
    post.table["sms"]["templates"]["contact_changed"] = {"id": "SMS_8", "variables": ["at"]}
    post.register("KF001", f"手机 {OLD}，分机 801")
    done = _change(post, clerk, "KF001", Wanted(mobile="139 0000 0002", kept=PHONE))
    assert (done["mobile"], done["mail"], done["already"]) == ("139****0002", None, False)
    assert _contact(post, "KF001") == f"手机 {NEW}，分机 801"
    assert post.deliver() == Outcome(sent=2)
    assert [each.parameters["PhoneNumbers"] for each in post.receiver.taken] == [OLD, NEW]
    assert post.kept() == [False, False], "addresses are forgotten with the message"


def test_each_is_told_even_where_it_is_changed_once_more(post: Post, clerk: Actor) -> None:
    post.table["sms"]["templates"]["contact_changed"] = {"id": "SMS_8", "variables": ["at"]}
    post.register("KF001", OLD)
    _change(post, clerk, "KF001", Wanted(mobile=NEW, kept=PHONE))
    _change(post, clerk, "KF001", Wanted(mobile=OLD, kept=PHONE))
    assert post.deliver() == Outcome(sent=4)
    taken = [each.parameters["PhoneNumbers"] for each in post.receiver.taken]
    assert taken == [OLD, NEW, NEW, OLD]


def test_the_same_once_more_changes_and_tells_nothing(post: Post, clerk: Actor) -> None:
    post.register("KF001", OLD)
    done = _change(post, clerk, "KF001", Wanted(mobile=OLD, kept=PHONE))
    assert done["already"]
    assert post.deliveries() == []
    assert _events(post) == []


def test_the_trail_holds_digests_and_no_number(post: Post, clerk: Actor) -> None:
    post.register("KF001", OLD)
    _change(post, clerk, "KF001", Wanted(mobile=NEW, mail="wang@example.com"))
    (event,) = _events(post)
    detail = json.loads(event.detail)
    assert detail["told"] == ["old", "new"]
    assert detail["before"] != detail["after"]
    assert not [text for text in (OLD, NEW, "wang") if text in event.detail + (event.reason or "")]


def test_a_part_is_taken_out_and_the_old_address_told(post: Post, clerk: Actor) -> None:
    post.register("KF001", f"{OLD}，wang@example.com")
    done = _change(post, clerk, "KF001", Wanted(kept=frozenset({"mail"})))
    assert (done["mobile"], done["mail"]) == (None, "w***@example.com")
    assert _contact(post, "KF001") == "wang@example.com"
    _change(post, clerk, "KF001", Wanted())
    with post.open() as (_deliverer, work):
        assert account.find(work, "KF001").contact_sealed is None


def test_what_is_no_mobile_and_no_mail_is_refused(post: Post, clerk: Actor) -> None:
    post.register("KF001", OLD)
    for wanted in (
        Wanted(mobile="0571-88880000", kept=PHONE),
        Wanted(mail="wang", kept=frozenset({"mobile"})),
    ):
        with pytest.raises(UsageProblem):
            _change(post, clerk, "KF001", wanted)


def test_nobody_of_administration_changes_their_own(post: Post, clerk: Actor) -> None:
    with pytest.raises(NotAllowed) as refused:
        _change(post, clerk, "xz001", Wanted(mobile=NEW, kept=PHONE))
    assert refused.value.code == "own"


def test_an_administrators_contact_is_their_own_matter(
    post: Post, hire: Hire, clerk: Actor
) -> None:
    admin = hire("SA001", "system_admin")
    with post.open(write=True) as (_deliverer, work):
        found = account.find(work, "SA001")
        found.password_state = "set"
        rights.seal_account(work, found)
    with pytest.raises(NotAllowed) as refused:
        _change(post, clerk, "SA001", Wanted(mobile=NEW, kept=PHONE))
    assert refused.value.code == "administrator"
    assert _change(post, admin, "SA001", Wanted(mobile=NEW, kept=PHONE))["mobile"] == "139****0002"


def test_without_the_permission_nothing_is_learnt(post: Post, hire: Hire) -> None:
    post.register("KF001", OLD)
    service = hire("KF009", "customer_service")
    for number in ("KF001", "NO404", "KF009"):
        with pytest.raises(NotAllowed), post.open() as (_deliverer, work):
            account_contact.present(service, work, number)
    with pytest.raises(NotAllowed), post.open() as (_deliverer, work):
        account_contact.present(nobody(), work, "KF001")


def test_an_unknown_an_ended_and_a_forged_account_are_refused(post: Post, clerk: Actor) -> None:
    post.register("KF001", OLD)
    wanted = Wanted(mobile=NEW, kept=PHONE)
    with pytest.raises(NotFound):
        _change(post, clerk, "NO404", wanted)
    with pytest.raises(Conflict, match="service"):
        _change(post, clerk, "CRON1", wanted)
    tamper(post.engine, "UPDATE account SET staff_number = 'KF002' WHERE staff_number = 'KF001'")
    with pytest.raises(Conflict) as refused:
        _change(post, clerk, "KF002", wanted)
    assert refused.value.code == "tampered"
