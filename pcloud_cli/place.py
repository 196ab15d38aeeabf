"""Where a command runs: host, operating-system user, terminal, and what lies behind them.

Behind sudo it is the person's own terminal that counts: sudo gives each command a new one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pcloud_cli.errors import NotAllowed
from pcloud_cli.i18n import _

ENTRY = "PCLOUD_ENTRY"
"""Set by the door (`pcloud_cli.entry`) alone: who came and how, ``ssh:KF001`` or ``sudo:wang``."""

_PROC = Path("/proc")
_SUDO = "sudo"
_FARTHEST = 16  # ancestors; a chain of processes that is longer is not a person's


@dataclass(frozen=True)
class Terminal:
    """A terminal: its `name` (``pts/3``), and its `identity`, never the same for two uses of it.

    The identity is a digest over the machine's start, the device, and the number and start of the
    session's leader, so a terminal that was closed and opened again is another one.
    """

    name: str
    identity: bytes


@dataclass(frozen=True)
class Place:
    """Where somebody logs in; `os_user` is the person behind sudo, `ssh` the client's address."""

    host: str
    os_user: str
    terminal: str | None = None
    ssh: str | None = None
    zone: str = "UTC"


UNKNOWN = Place(host="unknown", os_user="unknown")
"""The place of whoever logs in without saying where: the tests of the services."""


def here(env: Mapping[str, str], terminal: Terminal | None, zone: str) -> Place:
    """Return the place of this process, whose environment is `env`."""
    import socket

    return Place(
        host=socket.gethostname()[:100],
        os_user=(env.get("SUDO_USER") or key_name(env) or process_user())[:100],
        terminal=terminal.name if terminal else None,
        ssh=((env.get("SSH_CONNECTION") or "").split(" ")[0] or None),
        zone=zone,
    )


def refuse_outside(*texts: str) -> None:
    """Raise NotAllowed where one of `texts` names a file outside the folder they work in.

    Behind the door all that a caller says is held to it, on the command line and when asked.
    """
    if any(each.startswith(("/", "~")) or ".." in each.split("/") for each in texts):
        raise NotAllowed(
            _("Files of the server cannot be named here."),
            hint=_(
                "Send a file by standard input (`put NAME < FILE`, or - in its place), and"
                " fetch one with `get NAME > FILE`."
            ),
        )


def key_name(env: Mapping[str, str]) -> str | None:
    """Return whose SSH key opened the door; None where nobody came that way."""
    how, _colon, name = env.get(ENTRY, "").partition(":")
    return name if how == "ssh" else None


def process_user() -> str:
    """Return the operating-system user of this process."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def controlling_terminal(env: Mapping[str, str]) -> Terminal | None:
    """Return the terminal this process belongs to, redirected or not; None under cron."""
    if not (_PROC / "self/stat").exists():
        return _without_proc()
    try:
        pid = _behind_sudo(os.getpid()) if env.get("SUDO_UID") else os.getpid()
        fields = _stat(pid)
        device, leader = int(fields[4]), int(fields[3])
        if not device:
            return None
        started = _stat(leader)[19]
    except (OSError, ValueError, IndexError):
        return None
    boot = _text(_PROC / "sys/kernel/random/boot_id")
    return Terminal(_device_name(device), _identity(boot, device, leader, started))


def _behind_sudo(pid: int) -> int:
    """Return the outermost sudo that this process runs below; `pid` itself where none is seen."""
    found, looked = pid, pid
    for _step in range(_FARTHEST):
        looked = int(_stat(looked)[1])
        if looked <= 1:
            break
        if _text(_PROC / str(looked) / "comm") == _SUDO:
            found = looked
        elif found != pid:
            break
    return found


def _stat(pid: int) -> list[str]:
    # the name of the program stands in brackets and may hold anything
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _device_name(device: int) -> str:
    major = device >> 8 & 0xFFF
    minor = device & 0xFF | device >> 12 & 0xFFF00
    if 136 <= major <= 143:
        return f"pts/{(major - 136) * 256 + minor}"
    return f"tty{minor}" if major == 4 else f"{major}:{minor}"


def _without_proc() -> Terminal | None:
    for descriptor in (0, 1, 2):
        try:
            name, leader = os.ttyname(descriptor), os.getsid(0)
            device = os.fstat(descriptor).st_rdev
        except OSError:
            continue
        return Terminal(name.removeprefix("/dev/"), _identity(device, leader))
    return None


def _identity(*parts: object) -> bytes:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
