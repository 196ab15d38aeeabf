"""Where the master key comes from: file, systemd credential, environment, keyring, in that order.

It is 32 random bytes. Its text form is one line of base64 and one line of checksum, which tells a
mistyped or cut copy from a good one. It is never in the database, nor shown by any message.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from pcloud_cli.errors import ConfigProblem, Conflict
from pcloud_cli.i18n import _
from pcloud_cli.reasons import reason_of

SIZE = 32
CREDENTIAL = "pcloud-key"
KEYRING_SERVICE = "pcloud"
KEYRING_NAME = "master-key"
NEW, OLD = ".new", ".old-"
"""How the files beside the key file are called while and after the master key is changed."""
_LARGEST = 4096


class FoundKey(NamedTuple):
    """The master key and a name of the place it came from, fit to be shown."""

    key: bytes
    origin: str


def new_master_key(random: Callable[[int], bytes] = os.urandom) -> bytes:
    """Return a new master key from `random`, a source fit for secrets."""
    return random(SIZE)


def key_text(key: bytes) -> str:
    """Return the text form of `key`: a line of base64 and a line ``checksum …``."""
    return f"{base64.b64encode(key).decode()}\nchecksum {checksum(key)}\n"


def parse_key_text(text: str, origin: str) -> bytes:
    """Return the key that `text` holds; ConfigProblem naming `origin` where it holds none.

    Lines may be joined by any blanks, so that it fits into one variable.
    """
    words = text.split()
    if len(words) == 3 and words[1] == "checksum":
        try:
            key = base64.b64decode(words[0], validate=True)
        except binascii.Error:
            key = b""
        if len(key) == SIZE and checksum(key) == words[2].lower():
            return key
    raise ConfigProblem(
        _("The master key in {origin} is not whole.").format(origin=origin),
        hint=_("It is one line of base64 and one line of checksum. Restore it from its copy."),
        code="key_broken",
    ) from None


def find_master_key(env: Mapping[str, str], key_file: str | Path | None = None) -> FoundKey:
    """Return the master key from the first place that has one.

    Looks at `key_file` (else ``PCLOUD_KEY_FILE``), the systemd credential ``pcloud-key``,
    ``PCLOUD_KEY`` and the keyring. Raises ConfigProblem where none has it, where the file lies
    open to others, or where what was found is broken.
    """
    path = key_file or env.get("PCLOUD_KEY_FILE")
    if path and Path(path).exists():
        return FoundKey(read_key_file(Path(path)), str(path))
    folder = env.get("CREDENTIALS_DIRECTORY")
    if folder and (Path(folder) / CREDENTIAL).exists():
        return FoundKey(read_key_file(Path(folder) / CREDENTIAL, guarded=True), "systemd")
    if env.get("PCLOUD_KEY"):
        return FoundKey(parse_key_text(env["PCLOUD_KEY"], "PCLOUD_KEY"), "PCLOUD_KEY")
    text = _from_keyring()
    if text:
        return FoundKey(parse_key_text(text, "keyring"), "keyring")
    if path:
        raise ConfigProblem(
            _("The master key file {path} is not there.").format(path=path),
            hint=_("Restore it from its copy; without it, encrypted data stays closed."),
            code="key_missing",
        )
    raise ConfigProblem(
        _("No master key was found."),
        hint=_(
            "Name its file in PCLOUD_KEY_FILE or in the settings, or give it as the systemd"
            " credential pcloud-key, in PCLOUD_KEY or in the keyring. A new installation begins"
            " with `pcloud init`."
        ),
        code="key_missing",
    )


def new_file(path: Path) -> Path:
    """Return where the next master key lies until it takes the place of the one in `path`."""
    return path.with_name(path.name + NEW)


def read_key_file(path: Path, *, guarded: bool = False) -> bytes:
    """Return the key in file `path`.

    Raises ConfigProblem where it cannot be read, is no regular file, or (unless `guarded` by the
    service manager) may be read by others or belongs to someone else.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ConfigProblem(
            _("The master key file {path} cannot be read: {reason}").format(
                path=path, reason=reason_of(error)
            ),
            hint=_("It must belong to the account that runs pcloud."),
            code="key_unreadable",
        ) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise ConfigProblem(
                _("{path} is not a regular file.").format(path=path), code="key_unreadable"
            )
        problem = None if guarded else _openness(status)
        if problem:
            raise ConfigProblem(
                _("The master key file {path} lies open to others.").format(path=path),
                hint=problem,
                code="key_open",
            )
        text = os.read(handle, _LARGEST).decode("ascii", "replace")
    finally:
        os.close(handle)
    return parse_key_text(text, str(path))


def write_key_file(path: Path, key: bytes) -> None:
    """Write `key` to a new file of mode 0600, safely on disk when this returns.

    Raises Conflict where the file is there already (a key is never overwritten) and
    ConfigProblem where it cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(path, flags, 0o600)
    except FileExistsError:
        raise Conflict(
            _("{path} is there already; a key is never overwritten.").format(path=path),
            hint=_("Choose another place, or move the file away."),
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with open(handle, "wb") as stream:  # noqa: PTH123 - the handle decides mode and owner
            os.fchmod(handle, 0o600)
            stream.write(key_text(key).encode())
            stream.flush()
            os.fsync(handle)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> ConfigProblem:
    return ConfigProblem(
        _("The key file {path} cannot be written: {reason}").format(
            path=path, reason=reason_of(error)
        ),
        hint=_("Name a place that this account may write to."),
    )


def _openness(status: os.stat_result) -> str | None:
    if status.st_uid not in (os.geteuid(), 0):
        return _("It belongs to another account. Make it your own, with mode 0600.")
    if stat.S_IMODE(status.st_mode) & 0o077:
        return _("Close it with `chmod 600`, and think about whether it was read.")
    return None


def checksum(key: bytes) -> str:
    """Return the 12 signs that tell one master key from another, and nothing of the key itself."""
    return hashlib.sha256(b"pcloud master key\0" + key).hexdigest()[:12]


def _from_keyring() -> str | None:
    # imported last: it costs as much as a whole command, and headless machines have no backend
    try:
        import keyring

        return keyring.get_password(KEYRING_SERVICE, KEYRING_NAME)
    except Exception:  # whatever its desktop does; without a backend every call raises
        return None
