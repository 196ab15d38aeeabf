"""The master key's places and the data keys it wraps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.errors import ConfigProblem, Conflict, Failed, UsageProblem
from pcloud_cli.security.keys import (
    RETIRED,
    KeyRing,
    KeyRow,
    find_master_key,
    key_text,
    new_master_key,
    parse_key_text,
    write_key_file,
)
from pcloud_cli.security.mac import check_row_mac, row_mac

MASTER = bytes(range(32))
OTHER = bytes(32)


@pytest.fixture
def rows() -> list[KeyRow]:
    return KeyRing.create(MASTER, os.urandom)


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@given(st.binary(min_size=32, max_size=32))
def test_the_text_form_gives_the_key_back_also_on_one_line(key: bytes) -> None:
    assert parse_key_text(key_text(key), "x") == key
    assert parse_key_text(key_text(key).replace("\n", " "), "x") == key


@given(st.binary(min_size=32, max_size=32), st.integers(0, 42), st.sampled_from("ABCdef012+/"))
def test_a_mistyped_key_is_noticed_and_not_repeated(key: bytes, at: int, sign: str) -> None:
    text = key_text(key)
    mistyped = text[:at] + sign + text[at + 1 :]
    if mistyped == text:
        return
    with pytest.raises(ConfigProblem) as caught:
        parse_key_text(mistyped, "a place")
    assert mistyped.split()[0] not in str(caught.value) + str(caught.value.hint)


def test_a_key_file_is_closed_to_others_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "new" / "master.key"
    write_key_file(path, MASTER)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert find_master_key({}, path) == (MASTER, str(path))
    with pytest.raises(Conflict):
        write_key_file(path, OTHER)
    assert find_master_key({"PCLOUD_KEY_FILE": str(path)}).key == MASTER


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o666])
def test_a_key_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    write_key_file(path, MASTER)
    path.chmod(mode)
    with pytest.raises(ConfigProblem, match="lies open"):
        find_master_key({}, path)


def test_a_pipe_or_folder_in_place_of_the_key_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(ConfigProblem):
        find_master_key({}, tmp_path / "pipe")
    (tmp_path / "folder").mkdir(mode=0o700)
    with pytest.raises(ConfigProblem):
        find_master_key({}, tmp_path / "folder")


def test_places_are_looked_at_in_their_order(tmp_path: Path) -> None:
    keys = {name: new_master_key() for name in ("file", "systemd", "variable")}
    write_key_file(tmp_path / "master.key", keys["file"])
    (tmp_path / "pcloud-key").write_text(key_text(keys["systemd"]))
    env = {
        "PCLOUD_KEY_FILE": str(tmp_path / "master.key"),
        "CREDENTIALS_DIRECTORY": str(tmp_path),
        "PCLOUD_KEY": key_text(keys["variable"]),
    }
    assert find_master_key(env).key == keys["file"]
    del env["PCLOUD_KEY_FILE"]
    assert find_master_key(env) == (keys["systemd"], "systemd")
    del env["CREDENTIALS_DIRECTORY"]
    assert find_master_key(env) == (keys["variable"], "PCLOUD_KEY")


def test_where_no_place_has_a_key_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem) as caught:
        find_master_key({})
    assert "PCLOUD_KEY_FILE" in str(caught.value.hint)
    with pytest.raises(ConfigProblem, match="is not there"):
        find_master_key({}, tmp_path / "gone.key")


def test_a_new_installation_has_one_active_key_a_purpose(rows: list[KeyRow]) -> None:
    assert [(row.id, row.purpose, row.state) for row in rows] == [
        (1, "field", "active"),
        (2, "index", "active"),
        (3, "trail", "active"),
        (4, "mac", "active"),
        (5, "sign", "active"),
        (6, "file", "active"),
    ]
    KeyRing(MASTER, rows).check()


def test_another_master_key_opens_no_data_key(rows: list[KeyRow]) -> None:
    ring = KeyRing(OTHER, rows)
    with pytest.raises(ConfigProblem, match="does not fit"):
        ring.check()


def test_a_data_key_moved_to_another_purpose_or_number_does_not_open(rows: list[KeyRow]) -> None:
    moved = rows[2]._replace(purpose="mac", id=9)
    with pytest.raises(ConfigProblem, match="does not fit"):
        KeyRing(MASTER, [moved]).mac_key()


def test_after_rotation_new_things_use_the_new_key_and_old_ones_still_open(
    rows: list[KeyRow],
) -> None:
    old = KeyRing(MASTER, rows)
    sealed = old.field_cipher().seal("owner", "id_number", bytes(16), "abc")
    mac = row_mac(old, "grant", ["a"])
    added = [old.next_row("field")]
    added.append(KeyRing(MASTER, [*rows, *added]).next_row("index"))
    added.append(KeyRing(MASTER, [*rows, *added]).next_row("mac"))
    retired = [row._replace(state=RETIRED) for row in rows if row.purpose != "trail"]
    new = KeyRing(MASTER, [*retired, rows[2], *added])
    assert new.field_cipher().key_id == 7
    assert new.open("owner", "id_number", bytes(16), sealed) == "abc"
    assert new.blind_index().version == 8
    assert [index.version for index in new.blind_indexes()] == [8, 2]
    assert new.mac_key()[0] == 9
    assert check_row_mac(new, "grant", ["a"], mac)


def test_a_key_that_is_missing_or_of_another_purpose_is_said_so(rows: list[KeyRow]) -> None:
    ring = KeyRing(MASTER, rows[:1])
    with pytest.raises(ConfigProblem, match="lacks a data key"):
        ring.trail_key()
    with pytest.raises(ConfigProblem, match="lacks a data key"):
        ring.mac_key(1)
    with pytest.raises(UsageProblem):
        ring.next_row("everything")
    with pytest.raises(Failed):
        ring.open("owner", "id_number", bytes(16), bytes(40))


def test_a_key_ring_shows_nothing_of_its_keys(rows: list[KeyRow]) -> None:
    ring = KeyRing(MASTER, rows)
    ring.check()
    assert repr(ring) == "<KeyRing of 6 keys>"
    assert ring.unwraps(1)
    assert not ring.unwraps(7)
    assert not KeyRing(OTHER, rows).unwraps(1)


@given(st.lists(st.text("ab", max_size=2), max_size=3), st.lists(st.text("ab"), max_size=3))
def test_a_row_mac_holds_for_its_own_content_and_kind_only(one: list[str], two: list[str]) -> None:
    ring = KeyRing(MASTER, _ROWS)
    mac = row_mac(ring, "grant", one)
    assert check_row_mac(ring, "grant", two, mac) == (one == two)
    assert not check_row_mac(ring, "session", one, mac)
    assert not check_row_mac(ring, "grant", one, mac[:-1] + bytes([mac[-1] ^ 1]))
    assert not check_row_mac(ring, "grant", one, b"\xff\xff" + mac[2:])
    assert not check_row_mac(ring, "grant", one, None)


_ROWS = KeyRing.create(MASTER, os.urandom)
