"""A developer's file with its problems marked in it, to be mended and sent back (3.1.1).

An .xlsx is changed in place: offending cells get a colour and a comment, each row its problems in
a column at the end, and everything else stays as it was. Separated text keeps its encoding and
gets the column; .xls, .xlsb and .ods come back as .xlsx with their values. A child does it, as
reading is done: it parses bytes that nobody vouches for.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from pcloud_cli.i18n import N_, _
from pcloud_cli.sheets import marked_order
from pcloud_cli.sheets.limits import Limits
from pcloud_cli.sheets.marked_order import Heading, Order, Words, sheet_orders
from pcloud_cli.sheets.messages import Malformed
from pcloud_cli.sheets.refusals import refusal
from pcloud_cli.sheets.spawn import Child, digest, opened, password_pipe

PROBLEM_TITLES = ("Problems", "错误提示")
ROW_TITLES = ("Source row", "原行号")
"""The titles of our columns in all languages: the reader leaves them out, a later marking fills
them anew."""

SUFFIXES = {"csv": (".csv", ".txt", ".tsv"), "xlsx": (".xlsx",), "xlsm": (".xlsm",)}
"""How the name of a marked copy may end, by its kind; the first is the usual one."""

NOTES: dict[str, str] = {
    "values": N_(
        "It comes back as .xlsx with values; formats, formulas and pictures are not kept."
    ),
    "not_in_place": N_(
        "The workbook's inside is irregular, so it comes back with values only; formats, formulas"
        " and pictures are not kept."
    ),
    "left_out": N_("Sheet {sheet} holds no cells that can be read; it is left out."),
    "whole": N_(
        "Sheet {sheet}: rows to mend lean on the rows above them, so all rows are written."
    ),
    "whole_list": N_("Rows to mend lean on the rows above them, so all rows are written."),
    "hidden_sheet": N_("Sheet {sheet} has rows to mend, and is hidden in the file."),
    "hidden_rows": N_("Sheet {sheet}: {count} rows to mend are hidden in the file (a filter?)."),
    "protected": N_("Sheet {sheet} is protected: its cells cannot be mended without its password."),
    "comments_left": N_(
        "Sheet {sheet}: only the first {most} cells carry a comment; --only-bad writes a shorter"
        " file."
    ),
    "unprotected": N_(
        "The copy has no password; the file had one. Protect it before it leaves your hands."
    ),
    "signed": N_("The file was signed; a marked copy no longer agrees with its signature."),
    "header": N_("In the header: {text}"),
}
"""Code → what is to be said of a marked copy; filled with sheet, count, most, text."""

_LONGEST_COPY = 512 << 20


class Copy(NamedTuple):
    """What the marked copy will be: its kind (a key of `SUFFIXES`) and what is to be said of it,
    in the user's language. Its bytes come next."""

    kind: str
    notes: list[str]


def headings(sheets: Iterable[Mapping[str, Any]]) -> dict[str, Heading]:
    """Return the headings of sheets as `report.sheet_summary` gives them, by the sheets' names."""
    return {sheet["name"]: Heading(sheet["header_row"], sheet["columns"]) for sheet in sheets}


def needs_mending(problems: Iterable[Mapping[str, Any]]) -> bool:
    """Say whether there is anything to mark among `problems`."""
    return any(map(marked_order.is_marked, problems))


def rows_to_mend(problems: Iterable[Mapping[str, Any]]) -> int:
    """Return on how many rows something is to be marked."""
    return len({(p["sheet"], p["row"]) for p in problems if marked_order.is_marked(p)})


def marked_copy(
    source: str | Path | int,
    problems: Iterable[Mapping[str, Any]],
    known: Mapping[str, Heading],
    *,
    sha256: str,
    only_bad: bool = False,
    password: str | None = None,
    limits: Limits | None = None,
) -> Generator[Copy | bytes]:
    """Yield what the marked copy of `source` is, then its bytes in pieces.

    `problems` are as `report.problem_line` gives them; errors and warnings are marked. `known`
    are the sheets' headings. `only_bad` writes just the header and the rows to mend, with the
    numbers that they have in the source. `password` opens an encrypted one. Raises Failed:
    ``file_changed`` where the file's SHA-256 is not `sha256`, and what `read.read_workbook` raises.
    """
    with contextlib.ExitStack() as stack:
        bounds = limits or Limits()
        fd = opened(source, bounds, stack)
        size = os.fstat(fd).st_size
        if size > bounds.file_bytes:
            raise refusal("file_too_large", {"size": size >> 20, "limit": bounds.file_bytes >> 20})
        if digest(fd) != sha256:
            raise refusal("file_changed", {})
        bounds = bounds.for_size(size)
        order = Order(only_bad, _words(), (list(PROBLEM_TITLES), list(ROW_TITLES)),
                      sheet_orders(problems, known))  # fmt: skip
        written = _handed_over(marked_order.packed(order), stack)
        secret = password_pipe(password, stack)
        wanted = json.dumps(
            {"limits": bounds._asdict(), "order_fd": written, "password_fd": secret}
        )
        more = (written,) if secret is None else (written, secret)
        with Child(fd, "pcloud_cli.sheets.marked_child", wanted, bounds, more=more) as child:
            yield from _told(child)


def _handed_over(order: bytes, stack: contextlib.ExitStack) -> int:
    """Return the descriptor of a nameless file that holds `order`, in memory where it can be."""
    stream: IO[bytes]
    if hasattr(os, "memfd_create"):
        stream = os.fdopen(os.memfd_create("order"), "w+b")
    else:
        stream = TemporaryFile()  # noqa: SIM115 - closed by the stack
    stack.enter_context(stream)
    stream.write(order)
    stream.flush()
    stream.seek(0)
    return stream.fileno()


def _told(child: Child) -> Generator[Copy | bytes]:
    from pcloud_cli.sheets.marked_child import DATA

    size = 0
    try:
        for frame in child.frames():
            if frame[:1] == DATA:
                size += len(frame) - 1
                if size > _LONGEST_COPY:
                    raise Malformed
                yield frame[1:]
                continue
            said = json.loads(frame[1:])
            if "refused" in said:
                code, params = said["refused"]
                raise refusal(str(code), dict(params))
            if "done" in said:
                return
            kind = str(said["kind"])
            if kind not in SUFFIXES:
                raise Malformed
            yield Copy(kind, [_note(str(code), dict(fill)) for code, fill in said["notes"]])
        raise child.death()
    except (Malformed, KeyError, ValueError, TypeError):
        raise refusal("reader_crashed", {}) from None


def _note(code: str, fill: Mapping[str, Any]) -> str:
    return " ".join(_(NOTES[code]).format(**fill).split())


def _words() -> Words:
    return Words(
        problems=_("Problems"),
        source_row=_("Source row"),
        overview=_(
            "Rows to mend: {rows}. Red keeps a row out, yellow is to be checked. Mend the cells and"
            " send the file back; this column and the colours are not read."
        ),
        hidden=_("{count} of them are hidden just now."),
    )
