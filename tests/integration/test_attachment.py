"""Attachments: kept whole and secret, read by who may, equal contents once (3.2.1, 2.3.3)."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select, update

from pcloud_cli.errors import Conflict, Failed, NotAllowed, NotFound, UsageProblem
from pcloud_cli.models.attachment import Attachment
from pcloud_cli.models.ticket import Ticket
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.sealed_stream import CHUNK
from pcloud_cli.services import owner_change
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.attachment import adding, staging
from pcloud_cli.services.policy_sections import AttachmentPolicy
from pcloud_cli.services.ticket import submit
from tests.integration.attached import Archive, archive, made
from tests.integration.office import CHECKER, MAKER, Office

Hire = Callable[..., Actor]
LIMITS = AttachmentPolicy(photo_megabytes=1, most_photos=2)


@pytest.fixture
def papers(office: Office, hire: Hire) -> Archive:
    """An office in which change 1 of an owner waits for its papers."""
    hire("KF009", "customer_service")
    hire("WX001", "maintenance")
    return archive(office)


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK])
def test_what_was_attached_comes_back_as_it_was(papers: Archive, size: int) -> None:
    path = made(papers.folder, "身份证.jpg", size)
    (record,) = papers.add(path)
    told = {name: record[name] for name in ("number", "kind", "media_type", "name", "already")}
    assert told == {
        "number": 1,
        "kind": "photo",
        "media_type": "image/jpeg",
        "name": "身份证.jpg",
        "already": False,
    }
    assert record["size"] == path.stat().st_size
    assert papers.read(1) == path.read_bytes()
    assert papers.read(1, by=CHECKER) == path.read_bytes()
    (listed,) = papers.listed()
    assert (listed["stage"], listed["subject"], listed["added_by"]) == ("evidence", "1", MAKER)


def test_a_file_is_what_its_content_says_whatever_its_name(papers: Archive) -> None:
    film = made(papers.folder, "照片.jpg", head="mp4")
    paper = made(papers.folder, "无后缀", head="pdf")
    kinds = [record["kind"] for record in papers.add(film, paper)]
    assert kinds == ["video", "document"]
    program = papers.folder / "photo.jpg"
    program.write_bytes(b"MZ\x90\0" + bytes(5000))
    with pytest.raises(UsageProblem) as refused:
        papers.add(program)
    assert refused.value.code == "media_unknown"
    assert len(papers.listed()) == 2


def test_nothing_of_it_can_be_read_in_store_or_database(papers: Archive) -> None:
    path = made(papers.folder, "钱小乙的结婚证.png", 200_000)
    papers.add(path)
    content = path.read_bytes()
    path.unlink()
    planted = [content[at : at + 24] for at in (0, 1000, 70_000, 150_000)]
    planted.append("钱小乙的结婚证".encode())
    for file in (each for each in papers.folder.rglob("*") if each.is_file()):
        held = file.read_bytes()
        assert not [mark for mark in planted if mark in held], file
    for found in papers.office.rows(select(Attachment.__table__)):
        assert not [mark for mark in planted if mark in repr(tuple(found)).encode()]
    details = papers.office.rows(select(TrailEvent.detail))
    assert "结婚证" not in repr(details)


def test_a_store_does_not_tell_who_has_which_file(papers: Archive) -> None:
    import hashlib

    path = made(papers.folder, "form.pdf")
    papers.add(path)
    digest = hashlib.sha256(path.read_bytes()).digest()
    (name,) = papers.names()
    assert digest[:8] not in name
    assert hashlib.sha256(path.read_bytes()).hexdigest() not in repr(
        papers.office.rows(select(TrailEvent.detail))
    )


def test_the_same_content_lies_there_once_and_opens_for_each(papers: Archive) -> None:
    with papers.office.open(MAKER, write=True) as (actor, work):
        wanted = {"phones": ["13900000778"]}
        owner_change.enter(actor, work, "钱小丙", wanted, reason="到柜台", community="CH")
    path = made(papers.folder, "授权书.pdf")
    (first,) = papers.add(path)
    (again,) = papers.add(path)
    (other,) = papers.add(path, which="2")
    assert (again["number"], again["already"]) == (first["number"], True)
    assert (other["number"], other["already"]) == (2, False)
    assert len(papers.names()) == 1
    wraps = papers.office.rows(select(Attachment.key_wrapped))
    assert wraps[0] != wraps[1]
    papers.remove(1)
    assert papers.read(2) == path.read_bytes()


def test_a_row_that_was_pointed_elsewhere_opens_nothing(papers: Archive) -> None:
    papers.add(made(papers.folder, "a.jpg", seed=1), made(papers.folder, "b.jpg", seed=2))
    rows = papers.office.rows(select(Attachment.__table__).order_by(Attachment.number))
    swapped = {"key_wrapped": rows[1].key_wrapped}
    papers.office.execute(update(Attachment).where(Attachment.number == 1).values(swapped))
    with pytest.raises(Failed):
        papers.read(1)
    for changed in (
        {"content_digest": rows[0].content_digest},
        {"subject_id": b"x" * 16},
        {"stage": "consent"},
        {"added_by": rows[0].id},
    ):
        before = {name: getattr(rows[1], name) for name in changed}
        if "added_by" in changed:
            continue
        of_second = update(Attachment).where(Attachment.number == 2)
        papers.office.execute(of_second.values(changed))
        with pytest.raises((Conflict, Failed)):
            papers.read(2)
        papers.office.execute(of_second.values(before))
    assert papers.read(2)
    assert "row.tampered" in papers.office.actions()


def test_a_stored_file_that_was_changed_is_refused(papers: Archive) -> None:
    papers.add(made(papers.folder, "a.jpg", 3 * CHUNK))
    (stored,) = (each for each in (papers.folder / "store").rglob("*") if each.is_file())
    whole = stored.read_bytes()
    for broken in (whole[: CHUNK + 20], whole[:-1], whole[:100] + b"x" + whole[101:], b""):
        stored.write_bytes(broken)
        with pytest.raises(Failed) as refused:
            papers.read(1)
        assert refused.value.code == "store_broken"
    stored.unlink()
    with pytest.raises(NotFound) as gone:
        papers.read(1)
    assert gone.value.code == "store_missing"


def test_a_lost_file_comes_back_when_somebody_attaches_it_again(papers: Archive) -> None:
    path = made(papers.folder, "a.jpg")
    papers.add(path)
    papers.store.remove(papers.names()[0])
    papers.add(path, stage="consent")
    assert papers.read(1) == papers.read(2) == path.read_bytes()


def test_reading_needs_both_permissions_and_is_in_the_trail(papers: Archive) -> None:
    papers.add(made(papers.folder, "a.jpg"))
    papers.listed(by="KF009")
    papers.read(1, by="KF009")
    told = [each for each in papers.office.actions() if each.startswith("attachment.")]
    assert told == ["attachment.add", "attachment.list", "attachment.read"]
    # the technician reads attachments, but owners are none of their business
    for call in (lambda: papers.read(1, by="WX001"), lambda: papers.listed(by="WX001")):
        with pytest.raises(NotAllowed) as refused:
            call()
        assert "owner.read" in refused.value.message
    assert papers.office.actions()[-2:] == ["permission.refused"] * 2


def test_who_may_not_add_makes_no_file_at_all(papers: Archive, hire: Hire) -> None:
    hire("CW001", "finance")
    for number in ("CW001", "WX001"):
        with pytest.raises(NotAllowed):
            papers.add(made(papers.folder, "a.jpg"), by=number)
    assert not (papers.folder / "store").exists()


def test_papers_of_a_decided_change_stay_as_they_are(papers: Archive) -> None:
    papers.add(made(papers.folder, "a.jpg"))
    with papers.office.open(CHECKER, write=True) as (actor, work):
        shown, _seen = owner_change.to_check(actor, work, "1")
        assert shown["attachments"] == 1
        owner_change.approve(actor, work, "1")
    with pytest.raises(Conflict):
        papers.add(made(papers.folder, "b.jpg", seed=2))
    with pytest.raises(Conflict):
        papers.remove(1)
    assert papers.read(1)
    papers.remove(1, by=CHECKER, reason="他人证件")


def test_ones_own_can_be_taken_back_and_others_only_by_who_may(papers: Archive) -> None:
    papers.add(made(papers.folder, "a.jpg"), made(papers.folder, "b.jpg", seed=2))
    with pytest.raises(NotAllowed):
        papers.remove(1, by="KF009")
    gone = papers.remove(1)
    assert (gone["removed_by"], gone["removed_because"]) == (MAKER, "传错")
    papers.remove(2, by=CHECKER)
    for number in (1, 2):
        with pytest.raises(NotFound):
            papers.read(number)
        with pytest.raises(NotFound):
            papers.remove(number)
    assert papers.listed() == []
    assert [each["number"] for each in papers.listed(removed=True)] == [1, 2]
    assert papers.office.rows(select(Attachment.key_wrapped)) == [(None,), (None,)]


def test_limits_are_by_kind_and_hold_for_one_subject(
    papers: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pcloud_cli.services import policy

    real = policy.current
    monkeypatch.setattr(
        policy,
        "current",
        lambda work, kind: LIMITS if kind is AttachmentPolicy else real(work, kind),
    )
    papers.add(made(papers.folder, "film.mp4", 3_000_000))
    papers.add(made(papers.folder, "just.jpg", 1_000_000))
    with pytest.raises(UsageProblem) as refused:
        papers.add(made(papers.folder, "large.jpg", 1_000_001))
    assert refused.value.code == "too_large"
    assert "1 MB" in refused.value.message
    papers.add(made(papers.folder, "b.jpg", seed=2))
    with pytest.raises(Conflict) as many:
        papers.add(made(papers.folder, "c.jpg", seed=3))
    assert many.value.code == "too_many"
    assert len(papers.listed()) == 3


def test_all_of_a_call_are_attached_or_none(papers: Archive) -> None:
    good, bad = made(papers.folder, "a.jpg"), papers.folder / "b.jpg"
    bad.write_bytes(b"nothing that we know")
    with pytest.raises(UsageProblem):
        papers.add(good, bad)
    assert papers.listed() == []
    assert papers.names() == []


def test_a_dry_run_keeps_neither_row_nor_file(papers: Archive) -> None:
    (record,) = papers.add(made(papers.folder, "a.jpg"), dry_run=True)
    assert record["number"] == 1
    assert papers.listed() == []
    assert papers.names() == []
    assert [each for each in (papers.folder / "store").rglob("*") if each.is_file()] == []


@pytest.mark.parametrize("what", ["missing", "folder", "pipe", "empty"])
def test_what_is_no_file_with_something_in_it_is_refused(papers: Archive, what: str) -> None:
    path = papers.folder / "thing"
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "empty":
        path.touch()
    with pytest.raises(NotFound if what == "missing" else UsageProblem):
        papers.add(path)


def test_a_stream_in_crumbs_is_taken_as_it_comes(papers: Archive) -> None:
    class Crumbs(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 7, 7))

    content = made(papers.folder, "a.pdf", 3000).read_bytes()
    source = staging.Source(Crumbs(content), "stdin.pdf")
    with (
        staging.staged(papers.store, [source], AttachmentPolicy()) as taken,
        papers.office.open(MAKER, write=True) as (actor, work),
    ):
        adding.add(actor, work, papers.store, "owner-change", "1", taken)
    assert papers.read(1) == content


def test_an_installation_without_a_key_for_files_makes_one(papers: Archive) -> None:
    ring = papers.office.keyring
    ring.refresh([each for each in ring.rows() if each.purpose != "file"])
    papers.add(made(papers.folder, "a.jpg"))
    assert papers.read(1)
    assert "key.create" in papers.office.actions()


@pytest.mark.parametrize("kind", ["owner-change", "change of an owner", "业主变更"])
def test_a_subject_is_named_in_either_language(papers: Archive, kind: str) -> None:
    with papers.office.open(MAKER) as (actor, work):
        adding.may_add(actor, work, kind, "1", "业主同意书" if kind == "业主变更" else None)
        with pytest.raises(UsageProblem):
            adding.may_add(actor, work, "invoice", "1")
        with pytest.raises(UsageProblem):
            adding.may_add(actor, work, kind, "1", "no such stage")
        with pytest.raises(NotFound):
            adding.may_add(actor, work, kind, "99")


def test_names_of_odd_bytes_are_kept_as_text(papers: Archive) -> None:
    odd = Path(os.fsdecode(os.fsencode(papers.folder) + b"/\xd5\xd5\xc6\xac.jpg"))
    odd.write_bytes(made(papers.folder, "a.jpg").read_bytes())
    (record,) = papers.add(odd)
    assert record["name"].endswith(".jpg")
    record["name"].encode()


def test_a_ticket_has_attachments_as_long_as_it_is_open(papers: Archive, hire: Hire) -> None:
    hire("WB001", "contractor_maintenance")
    with papers.office.open(MAKER, write=True) as (actor, work):
        call = submit.Call("电梯厅漏水", channel="counter", reporter="patrol", public="1栋电梯厅")
        made_ = submit.submit(actor, work, call, community="CH", choose=_nobody)
    number = str(made_["number"])
    photo = made(papers.folder, "漏水.jpg")
    (first,) = papers.add(photo, kind="ticket", which=number)
    assert (first["subject"], first["stage"]) == (number, "report")
    (after,) = papers.add(photo, kind="ticket", which=number, stage="业主确认报价")
    assert after["stage"] == "quote"
    # a contractor who does not have it sees it, and adds nothing
    assert papers.read(1, by="WB001") == photo.read_bytes()
    with pytest.raises(NotAllowed):
        papers.add(photo, kind="ticket", which=number, stage="progress", by="WB001")
    papers.office.execute(
        update(Ticket).values(
            state="cancelled", clock=None, deadline_at=None, due_at=None, ended_at=None
        )
    )
    with pytest.raises(Conflict) as ended:
        papers.add(photo, kind="ticket", which=number, stage="report")
    assert ended.value.code == "ended"
    assert papers.read(2) == photo.read_bytes()


def _nobody(question: str, choices: object, *, option: str) -> str:
    raise AssertionError(question)
