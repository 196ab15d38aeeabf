"""The password of a workbook that its sender encrypted: from standard input, or asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from pcloud_cli.context import Context
from pcloud_cli.errors import Failed, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.sheets.encrypted import COMPOUND
from pcloud_cli.sheets.read import read_workbook

_TRIES = 3
_LOCKED = ("encrypted", "wrong_password")


class Passwords:
    """Finds the password of each file: the one that standard input holds, one that opened an
    earlier file, or one that is asked for on a terminal. No password is ever an argument.

    With `from_stdin` the first line of standard input is the password of all `files`.
    `before_asking` clears the terminal for a question.
    Raises UsageProblem where standard input is to hold a workbook too.
    """

    def __init__(
        self,
        run: Context,
        files: Sequence[Path | int | str],
        *,
        from_stdin: bool,
        before_asking: Callable[[], None] = lambda: None,
    ) -> None:
        self._run = run
        self._before_asking = before_asking
        self._given: str | None = None
        self._known: list[str] = []
        if from_stdin:
            if any(isinstance(file, int) or str(file) == "-" for file in files):
                raise UsageProblem(
                    _("Standard input cannot hold both the workbook and its password."),
                    hint=_("Name the file; with - no password can be given."),
                )
            self._given = run.secret_line()

    def of(self, file: Path | int) -> str | None:
        """Return the password to read `file` with; None where it needs none or has none."""
        if self._given is not None:
            return self._given
        if isinstance(file, int) or not self._run.may_ask or not _may_be_encrypted(file):
            return None
        if not _is_locked(file, None):
            return None
        for password in self._known:
            if not _is_locked(file, password):
                return password
        self._before_asking()
        for _attempt in range(_TRIES):
            password = self._run.secret(
                _("Password of {file}").format(file=file.name), option="--password-stdin"
            )
            if not password:
                return None
            if not _is_locked(file, password):
                self._known.append(password)
                return password
            self._run.out.note(_("The password does not open the workbook."))
        return password


def _may_be_encrypted(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(len(COMPOUND)) == COMPOUND
    except OSError:
        return False


def _is_locked(file: Path, password: str | None) -> bool:
    """Return whether the reading child cannot open `file` with `password`."""
    try:
        with closing(read_workbook(file, headers_only=True, password=password)) as messages:
            for _message in messages:
                pass
    except Failed as failure:
        return failure.code in _LOCKED
    return False
