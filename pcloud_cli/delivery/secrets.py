"""Secrets of destinations: settings name where each lies, they never hold it."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from pcloud_cli.errors import ConfigProblem
from pcloud_cli.i18n import _
from pcloud_cli.reasons import reason_of

KEYRING_SERVICE = "pcloud-outbox"
_LARGEST = 4096
_KINDS = ("file", "credential", "keyring")


def reference(text: object, where: str) -> str:
    """Return `text` where it says where a secret lies; ConfigProblem where it is no such word.

    It is ``file:PATH`` (mode 0600), ``credential:NAME`` (of systemd) or ``keyring:NAME``. The
    text itself is not repeated: it may be the secret, written where it must not be.
    """
    kind, colon, rest = text.partition(":") if isinstance(text, str) else ("", "", "")
    if isinstance(text, str) and kind in _KINDS and colon and rest.strip():
        return text
    raise ConfigProblem(
        _("{where} must say where the secret lies, not what it is.").format(where=where),
        hint=_("Write file:PATH, credential:NAME or keyring:NAME."),
    )


def secret(reference_: str, env: Mapping[str, str]) -> str:
    """Return the secret that a reference names, without blanks around it.

    Raises ConfigProblem where it is missing or lies open to others.
    """
    kind, _colon, name = reference_.partition(":")
    if kind == "keyring":
        return _from_keyring(name)
    if kind == "credential":
        folder = env.get("CREDENTIALS_DIRECTORY", "")
        if not folder or "/" in name:
            raise _missing(reference_)
        return _from_file(Path(folder) / name, guarded=True)
    return _from_file(Path(name).expanduser(), guarded=False)


def _from_file(path: Path, *, guarded: bool) -> str:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ConfigProblem(
            _("The secret in {path} cannot be read: {reason}").format(
                path=path, reason=reason_of(error)
            ),
            hint=_("It must be a file of mode 0600 of the account that runs pcloud."),
        ) from None
    try:
        status = os.fstat(handle)
        ours = status.st_uid in (os.geteuid(), 0)
        open_ = stat.S_IMODE(status.st_mode) & 0o077 or not ours
        if not stat.S_ISREG(status.st_mode) or (open_ and not guarded):
            raise ConfigProblem(
                _("The secret in {path} lies open to others.").format(path=path),
                hint=_("Close it with `chmod 600`, and think about whether it was read."),
            )
        text = os.read(handle, _LARGEST).decode("utf-8", "replace").strip()
    finally:
        os.close(handle)
    if not text:
        raise _missing(f"file:{path}")
    return text


def _from_keyring(name: str) -> str:
    try:
        import keyring

        found = keyring.get_password(KEYRING_SERVICE, name)
    except Exception:  # whatever its desktop does; without a backend every call raises
        found = None
    if not found:
        raise _missing(f"keyring:{name}")
    return found.strip()


def _missing(reference_: str) -> ConfigProblem:
    return ConfigProblem(
        _("There is no secret at {place}.").format(place=reference_),
        hint=_("Put it there, or mend the settings of the outbox."),
    )
