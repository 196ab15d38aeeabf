"""Which workbooks a command works on, named or listed; and the list of those that failed.

A list is text, one path a line; a line that begins with ``#`` is a remark. The list of the failed
ones stands in a folder of its own with the reason above each path; the workbooks themselves are
left where and as they are.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pcloud_cli.context import Context
from pcloud_cli.errors import PcloudError, UsageProblem
from pcloud_cli.files import replacing
from pcloud_cli.i18n import _
from pcloud_cli.reasons import reason_of

FAILED = "failed"
STANDARD_INPUT = "-"
_OFFICE_LOCK = "~$"  # a spreadsheet program's mark beside a workbook that somebody has open
_BOM = b"\xef\xbb\xbf"
_LONGEST_LIST = 1 << 24  # bytes


class Left(NamedTuple):
    """A workbook that was not loaded, and why in the user's language."""

    path: Path
    reason: str


def wanted(
    run: Context, named: Sequence[str] | None, listed: str | None, *, secret: bool
) -> list[str]:
    """Return the files that are `named`, then those of the list at `listed` (``-``: standard
    input). Raises UsageProblem where there are none, or where standard input is wanted twice:
    with `secret` it holds a password."""
    found = list(named or ())
    if listed == STANDARD_INPUT and secret:
        raise UsageProblem(
            _("Standard input cannot hold both the list and a password."),
            hint=_("Name the file of the list: --from LIST."),
        )
    if listed is not None:
        if listed == STANDARD_INPUT and STANDARD_INPUT in found:
            raise UsageProblem(
                _("Standard input cannot hold both a workbook and the list of others."),
                hint=_("Name the file of the list: --from LIST."),
            )
        found += _listed(run, listed)
        if not found:
            raise UsageProblem(
                _("The list {path} names no workbook.").format(path=listed),
                hint=_("Write one path a line."),
            )
    if not found:
        raise _nothing_named()
    return found


def without_locks(run: Context, files: Sequence[str]) -> list[str]:
    """Return `files` without the marks that spreadsheet programs put beside an open workbook.

    A pattern such as ``*.xlsx`` finds them too; the user is told that somebody has the file open.
    Raises UsageProblem where nothing else is there.
    """
    kept = []
    for file in files:
        name = Path(file).name
        if name.startswith(_OFFICE_LOCK):
            run.out.note(
                _("{file} is left out: it only marks that somebody has the workbook open.").format(
                    file=called(file)
                )
            )
        else:
            kept.append(file)
    if not kept:
        raise _nothing_named()
    return kept


def _nothing_named() -> UsageProblem:
    return UsageProblem(
        _("No workbook is named."), hint=_("Name one or several, or a list: --from LIST.")
    )


def called(path: str | Path) -> str:
    """Return `path` as text that can be shown and stored, whatever bytes it is made of.

    Names out of archives made on Chinese Windows are often in its own encoding.
    """
    raw = os.fsencode(path)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def from_here(path: Path) -> Path:
    """Return `path` as seen from the working folder, where it lies below it."""
    try:
        return path.relative_to(Path.cwd()) if path.is_absolute() else path
    except (OSError, ValueError):
        return path


def check_folder(folder: Path) -> None:
    """Raise UsageProblem where `folder` is there and is none: better now than after an hour."""
    if folder.exists() and not folder.is_dir():
        raise UsageProblem(
            _("{path} is no folder.").format(path=called(folder)),
            hint=_("Name another folder for the list of what failed: --failed FOLDER."),
        )


def again(path: Path, command: Sequence[str]) -> str:
    """Return `command` (pcloud import load …) as it would be typed to load the list at `path`."""
    return shlex.join([*command[:3], "--from", called(path), *command[3:]])


def keep_failed(
    run: Context, folder: Path, left: Sequence[Left], total: int, command: Sequence[str]
) -> Path | None:
    """Write the list of the workbooks that were not loaded into `folder`; return its path.

    `command` would load them, but for ``--from``. Each run writes a list of its own, named after
    the moment. Where it cannot be written the paths are said, and None is returned.
    """
    now = run.clock.now()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = _free(folder, _moment(run, now))
        lines = _lines(left, total, again(path, command))
        with replacing(path) as stream:
            stream.writelines(line + b"\n" for line in lines)
    except (OSError, PcloudError) as error:
        reason = error.message if isinstance(error, PcloudError) else reason_of(error)
        run.out.note(
            _("The list of what failed cannot be written to {path}: {reason}").format(
                path=called(folder), reason=reason
            )
        )
        for each in left:
            run.out.note(f"  {called(each.path)}")
        return None
    return path


def _listed(run: Context, listed: str) -> list[str]:
    try:
        if listed == STANDARD_INPUT:
            # the bytes themselves, where there are some: a path need not be text
            stream = getattr(run.stdin, "buffer", None)
            content = stream.read() if stream else run.stdin.read().encode()
        else:
            with Path(listed).open("rb") as file:
                content = file.read(_LONGEST_LIST)
    except OSError as error:
        raise UsageProblem(
            _("The list {path} cannot be read: {reason}").format(
                path=called(listed), reason=reason_of(error)
            ),
            hint=_("Name a text file with one path a line, or - for standard input."),
        ) from None
    if b"\0" in content:
        raise UsageProblem(
            _("{path} is no list of workbooks.").format(path=called(listed)),
            hint=_("Name a text file with one path a line, or - for standard input."),
        )
    return list(_paths(content))


def _paths(content: bytes) -> Iterator[str]:
    for line in content.removeprefix(_BOM).split(b"\n"):
        path = line.rstrip(b"\r")
        if path.strip() and not path.startswith(b"#"):
            yield os.fsdecode(path)


def _lines(left: Sequence[Left], total: int, command: str) -> Iterator[bytes]:
    head = _("Not loaded: {count} of {total} workbooks. Load them again by:").format(
        count=len(left), total=total
    )
    yield _remark(head)
    yield _remark(command)
    for each in left:
        yield b""
        yield _remark(each.reason)
        path = os.fsencode(each.path.absolute())
        if b"\n" in path or b"\r" in path:
            yield _remark(_("Its name holds a line break; give it another one."))
            yield _remark(called(each.path))
        else:
            yield path


def _remark(text: str) -> bytes:
    return ("# " + " ".join(text.split())).encode("utf-8", "replace")


def _moment(run: Context, now: datetime) -> str:
    from zoneinfo import ZoneInfo

    return f"{now.astimezone(ZoneInfo(run.settings.text('zone'))):%Y-%m-%d-%H%M%S}"


def _free(folder: Path, stem: str) -> Path:
    path, number = folder / f"{stem}.txt", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.txt"
    return path
