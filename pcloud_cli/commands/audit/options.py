"""What the verbs of `audit` share: moments, files given and files written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.moments import parse_moment
from pcloud_cli.output.progress import counted
from pcloud_cli.reasons import reason_of

_PAPER = 65536


def moments(
    run: Context, since: str | None, until: str | None
) -> tuple[datetime | None, datetime | None]:
    """Return what ``--since`` and ``--until`` mean in the zone of the settings."""
    zone, now = run.settings.text("zone"), run.clock.now()
    start = parse_moment(since, now=now, zone=zone, option="--since") if since else None
    end = (
        parse_moment(until, now=now, zone=zone, option="--until", end_of_day=True)
        if until
        else None
    )
    return start, end


def paper_text(run: Context, name: str) -> str:
    """Return the text of the small file `name`, ``-`` being stdin."""
    if name == "-":
        return run.stdin.read(_PAPER)
    try:
        with Path(name).open(encoding="utf-8", errors="replace") as stream:
            return stream.read(_PAPER)
    except OSError as error:
        raise _unreadable(name, error) from None


@contextmanager
def lines_of(run: Context, name: str) -> Iterator[BinaryIO]:
    """Give the lines of the file `name`, ``-`` being stdin."""
    if name == "-":
        yield run.stdin.buffer
        return
    try:
        stream = Path(name).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise _unreadable(name, error) from None
    with stream:
        yield stream


@contextmanager
def events_counted(run: Context) -> Iterator[Callable[[int, int], None]]:
    """Give what is told how many events were done; a person at a terminal sees a bar."""
    with counted(run.stderr, run.env, _("Events")) as told:
        yield told


def _unreadable(name: str, error: OSError) -> UsageProblem:
    return UsageProblem(
        _("{path} cannot be read: {reason}").format(path=name, reason=reason_of(error))
    )
