"""Stores of attachments, a folder and fsspec URLs: the same promises from each."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pcloud_cli.errors import ConfigProblem, Failed, NotFound
from pcloud_cli.vault.remote import RemoteStore
from pcloud_cli.vault.store import Store, is_url, opened

NAME, OTHER = bytes([0, 6]) + b"n" * 32, bytes([0, 6]) + b"o" * 32
LONG_AGO = 1_000_000_000


@pytest.fixture(params=["folder", "file", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a store is, of each kind in turn."""
    if request.param == "folder":
        yield str(tmp_path / "store")
        return
    import fsspec

    yield f"file://{tmp_path}/store" if request.param == "file" else f"memory://{tmp_path}"
    fsspec.filesystem("memory").store.clear()


@pytest.fixture
def store(place: str) -> Store:
    """A store that holds nothing yet."""
    return opened(place)


def _put(store: Store, name: bytes = NAME, content: bytes = b"ciphertext") -> None:
    with store.upload() as upload:
        upload.write(content[:3])
        upload.write(content[3:])
        upload.keep(name)


def _got(store: Store, name: bytes = NAME) -> bytes:
    with store.read(name) as stream:
        return stream.read(1000)


def _all_files(place: str) -> list[str]:
    if not is_url(place):
        return [str(each) for each in Path(place).rglob("*") if each.is_file()]
    store = RemoteStore(place)
    return list(store.system.find(store.root)) if store.system.exists(store.root) else []


def test_what_was_kept_is_there_under_its_name(store: Store, place: str) -> None:
    assert list(store.files()) == []
    _put(store)
    (kept,) = store.files()
    assert (kept.name, kept.size, store.size(NAME)) == (NAME, 10, 10)
    assert kept.since.tzinfo is not None
    assert _got(store) == b"ciphertext"
    assert _got(opened(place)) == b"ciphertext"
    assert len(_all_files(place)) == 1


def test_what_is_kept_again_takes_the_place_of_what_was_there(store: Store, place: str) -> None:
    _put(store)
    _put(store, content=b"another")
    assert _got(store) == b"another"
    assert len(_all_files(place)) == 1


@pytest.mark.parametrize("failing", [False, True])
def test_what_was_not_kept_leaves_nothing(store: Store, place: str, failing: bool) -> None:
    def write() -> None:
        with store.upload() as upload:
            upload.write(b"x" * 100_000)
            if failing:
                raise KeyError("a mistake elsewhere")

    if failing:
        with pytest.raises(KeyError):
            write()
    else:
        write()
    assert _all_files(place) == []
    assert list(store.files()) == []


def test_what_is_not_there_is_said_so(store: Store) -> None:
    assert store.size(OTHER) is None
    assert not store.remove(OTHER)
    with pytest.raises(NotFound) as missing, store.read(OTHER):
        pass
    assert missing.value.code == "store_missing"


def test_what_is_removed_is_gone(store: Store, place: str) -> None:
    _put(store)
    _put(store, OTHER)
    assert store.remove(NAME)
    assert [kept.name for kept in store.files()] == [OTHER]
    assert len(_all_files(place)) == 1


def test_a_mistake_of_who_reads_is_no_mistake_of_the_store(store: Store) -> None:
    _put(store)
    with pytest.raises(BrokenPipeError), store.read(NAME):
        raise BrokenPipeError(errno.EPIPE, "")


def test_a_whole_store_is_found_so(store: Store) -> None:
    assert store.examine() is None
    _put(store)
    assert store.examine() is None
    assert [kept.name for kept in store.files()] == [NAME]


def test_a_folder_is_closed_to_others_and_so_is_all_in_it(tmp_path: Path) -> None:
    store = opened(str(tmp_path / "a/store"))
    _put(store)
    modes = {path: path.stat().st_mode & 0o777 for path in (tmp_path / "a/store").rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert (tmp_path / "a/store").stat().st_mode & 0o777 == 0o700
    (tmp_path / "a/store").chmod(0o755)
    assert "0755" in (store.examine() or "")


def test_a_part_of_a_dead_writer_goes_with_the_next_and_one_of_a_living_stays(
    tmp_path: Path,
) -> None:
    place = tmp_path / "store"
    store = opened(str(place))
    _put(store)
    dead, living, young = (place / f".{name}.part" for name in ("dead", "living", "young"))
    for path in (dead, living, young):
        path.write_bytes(b"half")
    for path in (dead, living):
        os.utime(path, (LONG_AGO, LONG_AGO))
    with living.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        _put(store, OTHER)
    assert (dead.exists(), living.exists(), young.exists()) == (False, True, True)
    assert len(list(store.files())) == 2


def test_a_part_at_a_url_goes_a_day_later(tmp_path: Path) -> None:
    store = opened(f"file://{tmp_path}/store")
    _put(store)
    old, new = tmp_path / "store/.old.part", tmp_path / "store/.new.part"
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (LONG_AGO, LONG_AGO))
    _put(store, OTHER)
    assert (old.exists(), new.exists()) == (False, True)


def test_what_is_none_of_ours_is_not_listed(tmp_path: Path) -> None:
    store = opened(str(tmp_path / "store"))
    _put(store)
    (tmp_path / "store/notes.txt").write_text("an operator's")
    (tmp_path / "store/6e6e/notes.txt").write_text("an operator's")
    assert [kept.name for kept in store.files()] == [NAME]


def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(str(tmp_path / "store"))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Failed) as refused:
        _put(store)
    assert refused.value.code == "store"
    assert _all_files(str(tmp_path / "store")) == []


def test_an_error_of_a_protocol_tells_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    store = RemoteStore("memory://pcloud:hunter2@host/store")
    assert "hunter2" not in store.where

    def fails(*_arguments: Any, **_more: Any) -> None:
        raise RuntimeError("could not reach memory://pcloud:hunter2@host/store")

    monkeypatch.setattr(type(store.system), "makedirs", fails)
    with pytest.raises(Failed) as refused:
        _put(store)
    assert "hunter2" not in f"{refused.value.message} {refused.value.hint}"
    assert "RuntimeError" in refused.value.message
    assert "hunter2" not in (store.examine() or "")


def test_a_url_that_nobody_serves_is_a_matter_of_settings() -> None:
    with pytest.raises(ConfigProblem):
        opened("nowhere://bucket/store").size(NAME)


def test_without_the_extra_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in sys.modules if each.partition(".")[0] == "fsspec"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(ConfigProblem) as lacking:
        opened("memory://store").size(NAME)
    assert "pcloud[remote]" in (lacking.value.hint or "")


def test_a_moment_in_the_store_is_the_moment_it_came(store: Store) -> None:
    before = datetime.now(UTC)
    _put(store)
    (kept,) = store.files()
    assert abs((kept.since - before).total_seconds()) < 3600
