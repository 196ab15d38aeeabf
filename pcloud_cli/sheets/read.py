"""Reading a workbook through a child process that may fail without harm to us (3.1.1, 1.3).

The child gets the open file, limits and a header mapping, and a clean environment: no key, no
database, no path. What it understood comes back over a pipe. However it ends – abort, hang, out
of memory – the parent says so in one sentence, and leaves no process behind. Where the first
reader fails before it gave a row, a second one is tried, in a fresh child.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pcloud_cli.errors import Failed, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.sheets import messages
from pcloud_cli.sheets.headers import MAPPABLE
from pcloud_cli.sheets.limits import Limits
from pcloud_cli.sheets.messages import (
    Cells,
    Done,
    Malformed,
    Message,
    Problems,
    Rows,
    Sheet,
    Source,
)
from pcloud_cli.sheets.refusals import refusal
from pcloud_cli.sheets.spawn import Child, digest, opened, password_pipe

_UNPACK: dict[str, Callable[[list[Any]], Message | Cells]] = {
    "sheet": messages.sheet,
    "cells": messages.cells,
    "rows": messages.rows,
    "problems": messages.problems,
    "sampled": messages.sampled,
    "done": messages.done,
}
_SECOND_CHANCE = frozenset({"unreadable", "reader_crashed", "out_of_memory"})
"""What the second reader may still read."""
_TELLING = frozenset({"far_corner", "too_slow"})
"""What the second reader finds out about a file that the first only failed on."""


def read_workbook(
    path_or_fd: str | Path | int,
    *,
    mapping: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    today: str = "",
    strict: bool = False,
    headers_only: bool = False,
    password: str | None = None,
    sample: str = "",
) -> Generator[Message]:
    """Yield what a workbook holds: `Source`, then for each sheet `Sheet` and its `Rows` and
    `Problems` in batches, `Sampled` where asked for, at last `Done`.

    `mapping` settles headers (header → field, or → ``""`` for a column that is not to be read).
    `today` (ISO) refuses births after it and marks minors. `strict` makes bad personal fields
    errors; with `headers_only` no row is judged, and no rows are no error. `password` opens an
    encrypted workbook. `sample` is a seed that tells which rows' cells are kept; ``''`` keeps
    none. A descriptor may be a pipe. Close the generator, or exhaust it, and the
    child is gone.
    Raises UsageProblem for a mapping to an unknown field, and Failed, its code naming the
    matter: ``no_file``, ``not_a_workbook``, ``encrypted``, ``wrong_password``, ``zip_bomb``,
    ``out_of_memory``, ``too_slow``, ``reader_crashed``, ``no_rows``, ``file_changed`` and others
    of `refusals`.
    """
    for header, field in (mapping or {}).items():
        if field and field not in MAPPABLE:
            raise UsageProblem(
                _("There is no field “{field}” (for the header “{header}”).").format(
                    field=field, header=header
                ),
                hint=_("Fields: {fields}").format(fields=", ".join(MAPPABLE)),
            )
    order = _order("rows") | {
        "mapping": dict(mapping or {}),
        "today": today,
        "strict": strict,
        "headers_only": headers_only,
        "sample": "" if headers_only else sample,
    }
    return _houses(path_or_fd, order, limits or Limits(), password)


def begun(messages: Generator[Message]) -> Generator[Message]:
    """Return `messages` of `read_workbook` with the child at work already; close it all the same.

    What its caller does before asking for the first message then costs no time. Raises what
    opening the file raises.
    """
    first = next(messages)

    def rest() -> Generator[Message]:
        with contextlib.closing(messages):
            yield first
            yield from messages

    return rest()


def read_cells(
    path_or_fd: str | Path | int,
    *,
    limits: Limits | None = None,
    password: str | None = None,
    second: bool = False,
    every: int = 0,
    width: int = 40,
) -> Generator[Source | Cells]:
    """Yield `Source`, then the raw `Cells` of each sheet, whether or not it lists houses.

    For looking at files, and for comparing readers: `second` takes the second one at once. With
    `every` the sample has each row up to that number, the blank ones too; of a row it has the
    first `width` cells.
    Raises what `read_workbook` raises but ``no_rows``.
    """
    order = _order("cells") | {"second": second, "every": every, "width": width}
    said = _read(path_or_fd, order, limits or Limits(), password)
    with contextlib.closing(said):
        for message in said:
            if isinstance(message, Source | Cells):
                yield message


def _order(mode: str) -> dict[str, Any]:
    """Return what the child is told: in which `mode` to read, and with which reader."""
    return {"mode": mode, "second": False, "password_fd": None}


def _houses(
    path_or_fd: str | Path | int, order: dict[str, Any], limits: Limits, password: str | None
) -> Generator[Message]:
    sheets: list[Sheet] = []
    with contextlib.closing(_read(path_or_fd, order, limits, password)) as said:
        for message in said:
            if isinstance(message, Sheet):
                sheets.append(message)
            if isinstance(message, Done) and not message.tuples and not order["headers_only"]:
                raise refusal(_why_no_rows(sheets), {})
            if not isinstance(message, Cells):
                yield message


def _why_no_rows(sheets: Sequence[Sheet]) -> str:
    """Return the key in `refusals` of why nothing was understood: a list without rows, a damaged
    sheet, or headers that say nothing."""
    if any(sheet.read for sheet in sheets):
        return "no_rows_below"
    return "no_rows_damaged" if any(s.reason == "unreadable" for s in sheets) else "no_rows"


def _read(
    path_or_fd: str | Path | int, order: dict[str, Any], limits: Limits, password: str | None
) -> Generator[Message | Cells]:
    with contextlib.ExitStack() as stack:
        fd = opened(path_or_fd, limits, stack)
        before = os.fstat(fd)
        if before.st_size > limits.file_bytes:
            raise refusal(
                "file_too_large",
                {"size": before.st_size >> 20, "limit": limits.file_bytes >> 20},
            )
        limits = limits.for_size(before.st_size)
        # begun before the file is made known: what its caller does then costs no time
        first = stack.enter_context(_child(fd, order, limits, password))
        yield Source(digest(fd), before.st_size)
        total: Done | None = None
        with contextlib.closing(_by_either(first, fd, order, limits, password)) as said:
            for message in said:
                if isinstance(message, Done):
                    total = message
                    continue
                yield message
        after = os.fstat(fd)
        if (after.st_mtime_ns, after.st_size) != (before.st_mtime_ns, before.st_size):
            raise refusal("file_changed", {})
        if total is None:
            raise refusal("reader_crashed", {})
        yield total


def _by_either(
    first: Child, fd: int, order: dict[str, Any], limits: Limits, password: str | None
) -> Generator[Message | Cells]:
    """Yield what the `first` child says, or, where it fails before its first row, the second."""
    held: list[Message | Cells] = []
    given = False
    try:
        for message in _converse(first):
            if given or isinstance(message, Rows | Problems | Done):
                given = True
                yield from held
                held.clear()
                yield message
            else:
                held.append(message)
        return
    except Failed as failure:
        if given or order["second"] or failure.code not in _SECOND_CHANCE:
            raise
        why = failure
    try:
        with _child(fd, order | {"second": True}, limits, password) as second:
            yield from _converse(second)
    except Failed as failure:
        raise (failure if failure.code in _TELLING else why) from None


@contextlib.contextmanager
def _child(fd: int, order: dict[str, Any], limits: Limits, password: str | None) -> Iterator[Child]:
    """Give a child that reads `fd` as `order` says; it is ended and reaped however this ends."""
    with contextlib.ExitStack() as stack:
        secret = password_pipe(password, stack)
        wanted = json.dumps({**order, "password_fd": secret, "limits": limits._asdict()})
        more = () if secret is None else (secret,)
        yield stack.enter_context(Child(fd, "pcloud_cli.sheets.child", wanted, limits, more=more))


def _converse(child: Child) -> Generator[Message | Cells]:
    """Yield the messages of one child."""
    ended = False
    try:
        for body in child.frames():
            kind, payload = messages.unpack(body)
            if kind == "refused":
                code, params = payload
                raise refusal(str(code), dict(params))
            yield _UNPACK[kind](payload)
            ended = kind == "done"
        if not ended:
            raise child.death()
    except (Malformed, KeyError, ValueError, TypeError):
        raise refusal("reader_crashed", {}) from None
