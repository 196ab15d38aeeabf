"""Running a command without root's powers, for the tests about file permissions.

Root reads every file whatever its mode, so that such a test would prove nothing when root runs it.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

_DAC_OVERRIDE, _DAC_READ_SEARCH, _FOWNER = 1, 2, 3
_PR_CAPBSET_DROP = 24


def run_without_root_powers(
    command: Sequence[str], **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run `command` so that file modes bind it; return the finished process with its texts.

    Run by root on Linux, the command stays uid 0 and owns what the test made (`tmp_path` serves as
    it is), but has given up the power to pass over modes. Run by anybody else, nothing changes.
    `options` are those of `subprocess.run`.
    """
    if os.geteuid() == 0:
        if not sys.platform.startswith("linux"):
            return run_as_nobody(command, **options)
        options["preexec_fn"] = _drop_powers()
    return _run(command, options)


def run_as_nobody(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `command` as the user nobody where we are root, else as ourselves.

    The command and what it reads must lie where nobody may go: neither pytest's `tmp_path` nor a
    checkout or a Python below root's home does. `run_without_root_powers` needs none of that.
    """
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        options.update(user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])
    return _run(command, options)


def _run(command: Sequence[str], options: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    given = {"capture_output": True, "text": True, "timeout": 300, **options}
    return subprocess.run(list(command), check=False, **given)


def _drop_powers() -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)  # loaded here: nothing may be loaded after the fork

    def drop() -> None:
        for power in (_DAC_OVERRIDE, _DAC_READ_SEARCH, _FOWNER):
            if libc.prctl(_PR_CAPBSET_DROP, power, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "prctl(PR_CAPBSET_DROP)")

    return drop
