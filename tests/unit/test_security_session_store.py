"""Where a login is kept between commands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from keyring.backends.fail import Keyring

from pcloud_cli.errors import ConfigProblem
from pcloud_cli.security.session_store import SessionStore

URL = "sqlite:////srv/pcloud.db"


def test_a_token_is_kept_in_a_file_of_its_owner_only(tmp_path: Path) -> None:
    store = SessionStore({}, tmp_path / "state", URL)
    assert store.load() is None
    place = Path(store.save("token-one"))
    assert place.stat().st_mode & 0o777 == 0o600
    assert store.load() == ("token-one", str(place))
    store.save("token-two")
    assert store.load() == ("token-two", str(place))
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def test_logging_out_forgets_the_token(tmp_path: Path) -> None:
    store = SessionStore({}, tmp_path, URL)
    store.save("token")
    store.clear()
    store.clear()
    assert store.load() is None
    assert not list(tmp_path.iterdir())


def test_each_database_has_its_own_login(tmp_path: Path) -> None:
    SessionStore({}, tmp_path, URL).save("token")
    assert SessionStore({}, tmp_path, "postgresql://db/other").load() is None


def test_people_behind_sudo_share_no_login(tmp_path: Path) -> None:
    SessionStore({"SUDO_UID": "1001"}, tmp_path, URL).save("hers")
    assert SessionStore({"SUDO_UID": "1002"}, tmp_path, URL).load() is None
    assert SessionStore({}, tmp_path, URL).load() is None
    kept = SessionStore({"SUDO_UID": "1001"}, tmp_path, URL).load()
    assert kept is not None
    assert kept.token == "hers"


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    SessionStore({}, tmp_path, URL).save("kept")
    store = SessionStore({"PCLOUD_TOKEN": "given\n"}, tmp_path, URL)
    assert store.load() == ("given", "PCLOUD_TOKEN")


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_login_open_to_others_is_not_used(tmp_path: Path, mode: int) -> None:
    store = SessionStore({}, tmp_path, URL)
    Path(store.save("token")).chmod(mode)
    with pytest.raises(ConfigProblem, match="lies open"):
        store.load()


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    store = SessionStore({}, tmp_path, URL)
    place = Path(store.save("token"))
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigProblem):
        store.load()


def test_where_the_keyring_is_demanded_and_does_not_work_nothing_is_kept_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyring.core._keyring_backend", Keyring())  # type: ignore[no-untyped-call]
    with pytest.raises(ConfigProblem, match="keyring"):
        SessionStore({}, tmp_path, URL, "keyring").save("token")
    assert not list(tmp_path.iterdir())


HERE, THERE = b"h" * 32, b"t" * 32


def test_a_shared_login_is_kept_for_its_terminal_and_never_in_the_keyring(tmp_path: Path) -> None:
    desk = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus", "DISPLAY": ":0"}
    here = SessionStore(desk, tmp_path, URL, "auto", terminal=HERE)
    place = Path(here.save("hers", shared=True))
    assert place.stat().st_mode & 0o777 == 0o600
    assert not here.fell_back
    assert here.load() == ("hers", str(place))
    assert SessionStore({}, tmp_path, URL, terminal=THERE).load() is None
    assert SessionStore({}, tmp_path, URL).load() is None


def test_at_a_shared_terminal_no_other_login_counts_until_one_of_ones_own_is_made(
    tmp_path: Path,
) -> None:
    SessionStore({}, tmp_path, URL).save("his")
    here = SessionStore({}, tmp_path, URL, terminal=HERE)
    assert not here.is_shared
    here.save("hers", shared=True)
    here.clear()
    assert here.is_shared
    assert here.load() is None
    kept = SessionStore({}, tmp_path, URL, terminal=THERE).load()
    assert kept is not None
    assert kept.token == "his"
    here.save("own")
    assert not here.is_shared
    kept = here.load()
    assert kept is not None
    assert kept.token == "own"


def test_files_of_terminals_closed_long_ago_are_removed(tmp_path: Path) -> None:
    old = Path(SessionStore({}, tmp_path, URL, terminal=THERE).save("old", shared=True))
    os.utime(old, (0, 0))
    SessionStore({}, tmp_path, URL, terminal=HERE).save("new", shared=True)
    assert not old.exists()


def test_a_token_file_of_a_service_is_read_where_it_is_private_and_holds_one(
    tmp_path: Path,
) -> None:
    file = tmp_path / "nightly.token"
    env = {"PCLOUD_TOKEN_FILE": str(file)}
    file.write_text("secret\n")
    file.chmod(0o600)
    assert SessionStore(env, tmp_path, URL).load() == ("secret", str(file))
    file.chmod(0o644)
    with pytest.raises(ConfigProblem, match="lies open"):
        SessionStore(env, tmp_path, URL).load()
    file.unlink()
    with pytest.raises(ConfigProblem, match="no token"):
        SessionStore(env, tmp_path, URL).load()


def test_where_the_keyring_fails_the_file_that_is_used_instead_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyring.core._keyring_backend", Keyring())  # type: ignore[no-untyped-call]
    desk = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus", "DISPLAY": ":0"}
    store = SessionStore(desk, tmp_path, URL)
    place = store.save("token")
    assert store.fell_back
    assert store.load() == ("token", place)
    with pytest.raises(ConfigProblem, match="keyring"):
        SessionStore({}, tmp_path / "other", URL, "keyring").load()
