"""The family of errors, each with its exit code, its stable code and a hint of what to do next.

Services and foundations raise these; one place (`pcloud_cli.app`) turns them into output.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a finished command tells its caller; documented in every help."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    NOT_ALLOWED = 4
    CONFLICT = 5
    SOME_FAILED = 6
    LOCKED = 75
    CONFIG = 78
    INTERRUPTED = 130


class PcloudError(Exception):
    """An error meant for the user: `message` says what and where, `hint` what to do next.

    Both are already in the user's language and free of secrets and personal values.
    """

    code = "failed"
    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code


class Failed(PcloudError):
    """The work could not be done."""


class UsageProblem(PcloudError):
    """The command was called wrongly."""

    code = "usage"
    exit_code = ExitCode.USAGE


class NotFound(PcloudError):
    """What was named does not exist, or not where the caller may look."""

    code = "not_found"
    exit_code = ExitCode.NOT_FOUND


class NotAllowed(PcloudError):
    """The actor lacks the permission, or nobody is logged in (2.1.2, 2.3.3)."""

    code = "not_allowed"
    exit_code = ExitCode.NOT_ALLOWED


class Conflict(PcloudError):
    """The state of the data forbids it: it exists already, or somebody was faster."""

    code = "conflict"
    exit_code = ExitCode.CONFLICT


class SomeFailed(PcloudError):
    """Part of many succeeded, part failed; the output lists which."""

    code = "some_failed"
    exit_code = ExitCode.SOME_FAILED


class Locked(PcloudError):
    """Somebody else holds what is needed; trying again later helps (EX_TEMPFAIL)."""

    code = "locked"
    exit_code = ExitCode.LOCKED


class ConfigProblem(PcloudError):
    """Settings, key or database are not as they must be (EX_CONFIG)."""

    code = "config"
    exit_code = ExitCode.CONFIG
