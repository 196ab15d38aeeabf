"""The store of attachments over time: proved, cleared, its keys changed while others work."""

from __future__ import annotations

import os
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from pcloud_cli.errors import Conflict, Failed, NotAllowed
from pcloud_cli.models.attachment import Attachment
from pcloud_cli.security.sealed_stream import sealed_size
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.attachment import adding, staging, upkeep
from pcloud_cli.services.key import drop, rotate, status
from pcloud_cli.services.policy_sections import AttachmentPolicy
from pcloud_cli.vault.store import Kept, Store
from tests.integration.attached import Archive, archive, made
from tests.integration.office import MAKER, Office
from tests.integration.test_key import keyring

Hire = Callable[..., Actor]
ADMIN = "SA001"
LARGEST = 200_000_000

__all__ = ["keyring"]


@pytest.fixture
def papers(office: Office, hire: Hire) -> Archive:
    """An office in which an owner's change waits for its papers, and somebody keeps the store."""
    hire(ADMIN, "system_admin")
    return archive(office)


def _verify(papers: Archive, **more: Any) -> dict[str, Any]:
    return upkeep.verify(papers.opener(ADMIN), papers.store, **more)


def _collect(papers: Archive, days: int = 0, **more: Any) -> dict[str, Any]:
    # files carry the moment of the machine, and the tests' clock stands in its past
    papers.office.clock.advance(timedelta(days=20 * 365))
    try:
        return upkeep.collect(papers.opener(ADMIN, **more), papers.store, days=days)
    finally:
        papers.office.clock.advance(timedelta(days=-20 * 365))


def _orphan(papers: Archive, path: Path) -> None:
    """Attach a file in a work that then fails."""
    with (
        suppress(KeyError),
        staging.staged(papers.store, [staging.Source(path)], AttachmentPolicy()) as taken,
        papers.office.open(MAKER, write=True) as (actor, work),
    ):
        adding.add(actor, work, papers.store, "owner-change", "1", taken)
        raise KeyError("somebody pulled the plug")


def test_every_thing_wrong_with_a_store_is_found(papers: Archive) -> None:
    papers.add(*(made(papers.folder, f"{n}.jpg", seed=n) for n in range(1, 6)))
    assert _verify(papers)["problems"] == []
    names = dict(papers.office.rows(select(Attachment.number, Attachment.content_digest)))
    files = {path.name: path for path in (papers.folder / "store").rglob("*") if path.is_file()}
    papers.store.remove(names[1])
    flipped = files[names[2].hex()]
    content = bytearray(flipped.read_bytes())
    content[1000] ^= 1
    flipped.write_bytes(content)
    files[names[3].hex()].write_bytes(b"short")
    of = update(Attachment)
    papers.office.execute(of.where(Attachment.number == 4).values(media_type="image/png"))
    wrapped = papers.office.rows(select(Attachment.key_wrapped).where(Attachment.number == 4))[0][0]
    papers.office.execute(of.where(Attachment.number == 5).values(key_wrapped=wrapped))
    found = _verify(papers)
    assert [(each["number"], each["problem"]) for each in found["problems"]] == [
        (1, "missing"),
        (2, "broken"),
        (3, "broken"),
        (4, "tampered"),
        (5, "key"),
    ]
    quick = {each["number"] for each in _verify(papers, quick=True)["problems"]}
    assert quick == {1, 3, 4, 5}
    assert set(upkeep.PROBLEMS) == {"missing", "broken", "tampered", "key"}


def test_a_file_that_many_share_is_proved_once(papers: Archive) -> None:
    path = made(papers.folder, "a.jpg")
    papers.add(path)
    papers.add(path, stage="consent")
    found = _verify(papers)
    assert (found["attachments"], found["files"]) == (2, 1)


def test_a_row_that_never_was_leaves_a_file_that_is_collected(papers: Archive) -> None:
    _orphan(papers, made(papers.folder, "lost.jpg"))
    papers.add(made(papers.folder, "kept.jpg", seed=2))
    assert len(papers.names()) == 2
    assert _collect(papers, dry_run=True)["removed"] == 1
    assert len(papers.names()) == 2
    done = _collect(papers)
    assert (done["removed"], done["bytes"]) == (1, sealed_size(5000))
    assert len(papers.names()) == 1
    assert _collect(papers)["removed"] == 0
    assert _verify(papers)["problems"] == []


def test_a_file_left_without_a_row_is_attached_all_the_same(papers: Archive) -> None:
    path = made(papers.folder, "lost.jpg")
    _orphan(papers, path)
    papers.add(path)
    assert papers.read(1) == path.read_bytes()
    assert _collect(papers)["removed"] == 0
    assert papers.read(1) == path.read_bytes()


def test_a_removed_file_stays_for_the_days_that_backups_need_it(papers: Archive) -> None:
    papers.add(made(papers.folder, "a.jpg"))
    papers.remove(1)
    done = upkeep.collect(papers.opener(ADMIN), papers.store, days=7)
    assert (done["removed"], done["waiting"]) == (0, 1)
    assert _collect(papers, days=7)["removed"] == 1
    assert papers.names() == []


def test_files_of_another_installation_are_left(papers: Archive) -> None:
    with papers.store.upload() as upload:
        upload.write(b"theirs")
        upload.keep(bytes([0, 6]) + b"t" * 32)
    done = _collect(papers)
    assert (done["removed"], done["foreign"]) == (0, 1)
    assert len(papers.names()) == 1


@pytest.mark.parametrize("ends_well", [True, False])
def test_what_somebody_attaches_while_it_is_collected_stays(
    papers: Archive, ends_well: bool
) -> None:
    path = made(papers.folder, "a.jpg")
    _orphan(papers, path)
    looked = threading.Event()
    papers.office.clock.advance(timedelta(days=20 * 365))

    class Watched:
        """The store, telling when the collector has seen the file without a row."""

        def __getattr__(self, name: str) -> Any:
            return getattr(papers.store, name)

        def files(self) -> Iterator[Kept]:
            yield from papers.store.files()
            looked.set()

    watched: Any = Watched()
    found: list[dict[str, Any]] = []

    def collect() -> None:
        found.append(upkeep.collect(papers.opener(ADMIN), watched, days=0))

    collector = threading.Thread(target=collect)
    try:
        with (
            staging.staged(papers.store, [staging.Source(path)], AttachmentPolicy()) as taken,
            papers.office.open(MAKER, write=True) as (actor, work),
        ):
            adding.add(actor, work, papers.store, "owner-change", "1", taken)
            collector.start()
            assert looked.wait(300)
            if not ends_well:
                raise KeyError("taken back")
    except KeyError:
        pass
    collector.join(300)
    assert found[0]["removed"] == (0 if ends_well else 1)
    assert len(papers.names()) == int(ends_well)
    if ends_well:
        assert papers.read(1) == path.read_bytes()


def test_several_who_attach_the_same_files_at_once_attach_each_once(papers: Archive) -> None:
    one, two = made(papers.folder, "a.jpg", seed=1), made(papers.folder, "b.jpg", seed=2)
    failed: list[BaseException] = []

    def work(order: tuple[Path, ...]) -> None:
        try:
            papers.add(*order)
        except BaseException as error:
            failed.append(error)

    orders = [(one, two), (two, one)] * 3
    threads = [threading.Thread(target=work, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert failed == []
    assert sorted(each["number"] for each in papers.listed()) == [1, 2]
    assert len(papers.names()) == 2
    assert _verify(papers)["problems"] == []


def test_after_a_change_of_each_key_every_attachment_opens(papers: Archive) -> None:
    paths = [made(papers.folder, f"{n}.jpg", seed=n) for n in range(1, 4)]
    papers.add(*paths)
    before = papers.names()
    for purpose in ("file", "field", "mac"):
        done = rotate.rotate(papers.opener(ADMIN), purpose)
        assert (done["left"], done["stuck"]) == (0, 0)
        assert done["anew"] >= 3
    assert papers.names() == before, "the files themselves stay"
    assert [papers.read(n) for n in (1, 2, 3)] == [path.read_bytes() for path in paths]
    assert [each["name"] for each in papers.listed()] == ["1.jpg", "2.jpg", "3.jpg"]
    assert _verify(papers)["problems"] == []
    with papers.office.open(ADMIN) as (_actor, work):
        assert dict(status.counts(work, "file")) == {work.keys.file_cipher().key_id: 3}


def test_a_change_of_key_is_ended_by_the_next_call(papers: Archive) -> None:
    papers.add(*(made(papers.folder, f"{n}.jpg", seed=n) for n in range(1, 4)))

    class Ended(Exception):
        pass

    calls = 0

    def breaking(*, write: bool = False) -> Any:
        nonlocal calls
        calls += 1
        if calls > 3:
            raise Ended
        return papers.opener(ADMIN)(write=write)

    with pytest.raises(Ended):
        rotate.rotate(breaking, "file")
    assert papers.read(1)
    done = rotate.rotate(papers.opener(ADMIN), "file")
    assert (done["continued"], done["anew"], done["stuck"]) == (True, 3, 0)
    assert papers.read(1)


def test_once_nothing_names_an_old_key_it_goes_and_all_else_stays(papers: Archive) -> None:
    path = made(papers.folder, "a.jpg")
    papers.add(path)
    with papers.office.open(ADMIN) as (_actor, work):
        old = work.keys.file_cipher().key_id
    rotate.rotate(papers.opener(ADMIN), "file")
    papers.add(path, stage="consent")
    assert len(papers.names()) == 1, "the same content is known under its older name"
    papers.office.clock.advance(timedelta(days=2))
    with papers.office.open(ADMIN, write=True) as (actor, work):
        drop.drop(actor, work, old)
    _as_the_next_command(papers.office)
    assert papers.read(1) == papers.read(2) == path.read_bytes()
    papers.remove(1)
    papers.remove(2)
    assert _collect(papers)["removed"] == 1


def _as_the_next_command(office: Office) -> None:
    from tests.integration import test_key

    test_key._as_the_next_command(office)


def test_a_key_that_wraps_something_is_not_dropped(papers: Archive) -> None:
    papers.add(made(papers.folder, "a.jpg"))
    with papers.office.open(ADMIN) as (_actor, work):
        key = work.keys.file_cipher().key_id
    with pytest.raises(Conflict), papers.office.open(ADMIN, write=True) as (actor, work):
        drop.drop(actor, work, key)


def test_a_wrap_that_does_not_open_is_left_and_counted(papers: Archive) -> None:
    papers.add(made(papers.folder, "a.jpg"), made(papers.folder, "b.jpg", seed=2))
    wrapped = papers.office.rows(select(Attachment.key_wrapped).where(Attachment.number == 2))[0][0]
    papers.office.execute(
        update(Attachment).where(Attachment.number == 1).values(key_wrapped=wrapped)
    )
    done = rotate.rotate(papers.opener(ADMIN), "file")
    assert (done["anew"], done["stuck"]) == (1, 1)
    with pytest.raises(Failed):
        papers.read(1)
    assert papers.read(2)


def test_only_who_may_keeps_the_store(papers: Archive) -> None:
    with pytest.raises(NotAllowed):
        upkeep.verify(papers.opener(MAKER), papers.store)
    with pytest.raises(NotAllowed):
        upkeep.collect(papers.opener(MAKER), papers.store, days=0)


def test_the_largest_video_takes_no_more_memory_than_a_photo(papers: Archive) -> None:
    path = made(papers.folder, "long.mp4")
    os.truncate(path, LARGEST)
    tracemalloc.start()
    try:
        papers.add(path)
        with papers.office.open(MAKER) as (actor, work):
            from pcloud_cli.services.attachment import reading

            content = reading.read(actor, work, papers.store, "1")
        size = sum(len(piece) for piece in content.pieces())
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == LARGEST
    assert peak < 8 << 20, f"{peak >> 20} MB"


def test_a_store_at_a_url_does_all_of_it(papers: Archive, tmp_path: Path) -> None:
    from pcloud_cli.vault.store import opened

    path = made(papers.folder, "a.jpg", 200_000)
    store: Store = opened(f"file://{tmp_path}/remote")
    away = Archive(papers.office, store, papers.folder)
    away.add(path)
    assert away.read(1) == path.read_bytes()
    assert _verify(away)["problems"] == []
    away.remove(1)
    assert _collect(away)["removed"] == 1
