"""Where a login is kept between commands: the keyring, or a file of mode 0600.

The token opens the session; only a digest of it is in the database. A service account's token
comes from `PCLOUD_TOKEN`, or from the file that `PCLOUD_TOKEN_FILE` names. A shared login
(共用电脑) lies in a file of its own terminal, never in the keyring.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pcloud_cli.errors import ConfigProblem
from pcloud_cli.i18n import _
from pcloud_cli.reasons import reason_of

VARIABLE = "PCLOUD_TOKEN"
FILE_VARIABLE = "PCLOUD_TOKEN_FILE"
SERVICE = "pcloud-session"
_LARGEST = 512
_FORGOTTEN = 24 * 3600
"""Seconds after which a closed terminal's file is removed: longer than any login."""


class StoredToken(NamedTuple):
    """A token and the place it was found in, fit to be shown."""

    token: str
    origin: str


class SessionStore:
    """Keeps one token for one database.

    `state` is the folder for the program's state, `database` the URL that the token belongs to
    (only its digest is used), `kind` one of ``auto``, ``keyring``, ``file``. With ``auto`` the
    keyring is tried only where a desktop session is likely to have one.

    Staff who enter through sudo share the program's account and folder: each keeps a login of
    their own, by the ``SUDO_UID`` that sudo sets. `terminal` is the identity of the caller's
    terminal. Where a shared login was made at it, that one counts and no other, even after it
    ended: whoever sits there next is not somebody who logged in elsewhere.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        state: Path,
        database: str,
        kind: str = "auto",
        *,
        terminal: bytes | None = None,
    ) -> None:
        self._env = env
        self._kind = kind
        whose = f"{database}\0{env.get('SUDO_UID', '')}"
        self._name = hashlib.sha256(whose.encode()).hexdigest()[:16]
        self._path = state / f"session-{self._name}"
        self._shared = (
            self._path.with_name(f"{self._path.name}-{terminal.hex()[:16]}") if terminal else None
        )
        self.fell_back = False
        """Whether the keyring was to be used, did not work, and a file was used instead."""

    @property
    def is_shared(self) -> bool:
        """Whether this terminal is one at which shared logins are made."""
        return self._shared is not None and self._shared.exists()

    def load(self) -> StoredToken | None:
        """Return the token in force, or None where nobody is logged in.

        Raises ConfigProblem where the file lies open to others.
        """
        given = self._env.get(VARIABLE, "").strip()
        if given:
            return StoredToken(given, VARIABLE)
        named = self._env.get(FILE_VARIABLE, "").strip()
        if named:
            return StoredToken(self._named(Path(named)), named)
        if self._shared is not None and self._shared.exists():
            bound = self._read_file(self._shared)
            return StoredToken(bound, str(self._shared)) if bound else None
        kept = self._read_file(self._path)
        if kept:
            return StoredToken(kept, str(self._path))
        ringed = None
        if self._keyring_likely():
            found = _keyring_get(self._name)
            if found is None and self._kind == "keyring":
                raise _no_keyring()
            ringed = found
        return StoredToken(ringed, "keyring") if ringed else None

    def save(self, token: str, *, shared: bool = False) -> str:
        """Keep `token` in place of any other and return where it is kept.

        A `shared` one is kept for this terminal alone. Raises ConfigProblem where it cannot be
        kept; where the keyring fails and a file may be used instead, `fell_back` says so.
        """
        if shared:
            if self._shared is None:
                raise ValueError("a shared login needs a terminal")
            self._sweep()
            return self._written(self._shared, token)
        if self._shared is not None:
            self._shared.unlink(missing_ok=True)
        if self._keyring_likely():
            if _keyring_set(self._name, token):
                self._path.unlink(missing_ok=True)
                return "keyring"
            if self._kind == "keyring":
                raise _no_keyring()
            self.fell_back = True
        return self._written(self._path, token)

    def clear(self) -> None:
        """Forget the token that `load` finds. A token from the environment stays there.

        At a terminal of shared logins nothing else is touched, and nobody is logged in then.
        """
        if self._shared is not None and self._shared.exists():
            self._written(self._shared, "")
            return
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
        if self._keyring_likely():
            _keyring_delete(self._name)

    def _keyring_likely(self) -> bool:
        if self._kind != "auto":
            return self._kind == "keyring"
        return bool(self._env.get("DBUS_SESSION_BUS_ADDRESS")) and bool(
            self._env.get("DISPLAY") or self._env.get("WAYLAND_DISPLAY")
        )

    def _named(self, path: Path) -> str:
        token = self._read_file(path)
        if not token:
            raise ConfigProblem(
                _("There is no token in {path}.").format(path=path),
                hint=_("{variable} names it; write the token into it, mode 0600.").format(
                    variable=FILE_VARIABLE
                ),
            )
        return token

    def _sweep(self) -> None:
        """Remove the files of terminals that were closed long ago."""
        with contextlib.suppress(OSError):
            for old in self._path.parent.glob(f"{self._path.name}-*"):
                if time.time() - old.stat().st_mtime > _FORGOTTEN:
                    old.unlink(missing_ok=True)

    def _written(self, path: Path, token: str) -> str:
        try:
            _write_file(path, token)
        except OSError as error:
            raise ConfigProblem(
                _("The login cannot be kept in {path}: {reason}").format(
                    path=path, reason=reason_of(error)
                ),
                hint=_("Make the folder writable, or pass the token in PCLOUD_TOKEN."),
            ) from None
        return str(path)

    def _read_file(self, path: Path) -> str:
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise ConfigProblem(
                _("The login in {path} cannot be read: {reason}").format(
                    path=path, reason=reason_of(error)
                ),
                hint=_("Remove the file and log in again."),
            ) from None
        try:
            status = os.fstat(handle)
            mine = status.st_uid == os.geteuid() and stat.S_ISREG(status.st_mode)
            if not mine or stat.S_IMODE(status.st_mode) & 0o077:
                raise ConfigProblem(
                    _("The login in {path} lies open to others.").format(path=path),
                    hint=_("Remove the file and log in again."),
                )
            return os.read(handle, _LARGEST).decode("ascii", "replace").strip()
        finally:
            os.close(handle)


def _write_file(path: Path, token: str) -> None:
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".session-", dir=folder)  # mode 0600
    try:
        with open(handle, "w", encoding="ascii") as stream:  # noqa: PTH123
            stream.write(token + "\n")
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _no_keyring() -> ConfigProblem:
    return ConfigProblem(
        _("The keyring does not work here."),
        hint=_("Set session_store to file, or unlock the keyring."),
    )


# keyring costs as much as a whole command to import; without a backend every call raises
# whatever its desktop does


def _keyring_get(name: str) -> str | None:
    """Return the token, empty where there is none, None where the keyring does not work."""
    try:
        import keyring

        return keyring.get_password(SERVICE, name) or ""
    except Exception:
        return None


def _keyring_set(name: str, token: str) -> bool:
    try:
        import keyring

        keyring.set_password(SERVICE, name, token)
    except Exception:
        return False
    return True


def _keyring_delete(name: str) -> None:
    with contextlib.suppress(Exception):
        import keyring

        keyring.delete_password(SERVICE, name)
