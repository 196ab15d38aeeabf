"""Tries every workbook of a folder; behind `scripts/try_corpus`.

Each file is read in a process of its own, as `pcloud import check` reads it, then once more for
its raw cells, and by the second reader where there is one, so that the two can be compared.
"""

from __future__ import annotations

import csv
import multiprocessing
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from pcloud_cli.errors import Failed
from pcloud_cli.sheets.limits import Limits
from pcloud_cli.sheets.messages import Cells, Done
from pcloud_cli.sheets.read import read_cells, read_workbook
from scripts.inside.try_corpus_expected import unmet
from scripts.inside.try_corpus_reasons import REASONS

_KINDS = frozenset(
    {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".fods", ".csv", ".bin", ".xml", ".zip", ".dontuse"}
)
_SPARE_SECONDS = 10.0  # two readers start twice, on a machine that has other things to do


class Tried(NamedTuple):
    """What happened to one file.

    `outcome` is ``rows`` where houses were understood, else the code of its refusal; `cells` is
    ``read``, ``blank`` or the code. `sheets` are its raw cells, `others` the same by the second
    reader, None where it cannot read the file. `peak` is the most memory that a child took, in
    bytes; `over` names a bound that was exceeded; `trace` is a traceback.
    """

    outcome: str
    rows: int
    cells: str
    sheets: list[Cells]
    others: list[Cells] | None
    seconds: float
    peak: int
    over: str
    trace: str


def main(arguments: list[str]) -> int:
    """Try the files of the folder named first; return the exit code."""
    if not arguments or arguments[0].startswith("-") or not Path(arguments[0]).is_dir():
        print("Usage: scripts/try_corpus DIR [NAME …]", file=sys.stderr)
        return 2
    folder, wanted = Path(arguments[0]), arguments[1:]
    expected = _index(folder)
    names = sorted(expected) if expected else _workbooks(folder)
    names = [name for name in names if not wanted or any(part in name for part in wanted)]
    met: Counter[tuple[str, str]] = Counter()
    bad = 0
    print(f"{'seconds':>7} {'MB':>5}  {'outcome':<34} file")
    for name, tried in _each(folder, names):
        category, wish = expected.get(name, ("", ""))
        verdict, note = _verdict(name, category, tried)
        met[category, verdict] += 1
        bad += verdict == "BAD"
        said = tried.outcome if tried.outcome != "rows" else f"{tried.rows} rows"
        if tried.cells != tried.outcome:
            said += f"; cells: {tried.cells}"
        print(f"{tried.seconds:7.2f} {tried.peak >> 20:5}  {said:<34} {name}")
        if verdict != "met":
            print(f"{'':15}{verdict}: {note}" + (f" (expected: {wish})" if wish else ""))
    if expected:
        print()
        for category in sorted({key for key, _verdict_of in met}):
            counts = (f"{met[category, verdict]} {verdict}" for verdict in ("met", "else", "BAD"))
            print(f"{category or '-':<16} " + ", ".join(counts))
    print(f"\n{len(names)} files, {bad} bad")
    return 1 if bad else 0


def _index(folder: Path) -> dict[str, tuple[str, str]]:
    index = folder / "INDEX.tsv"
    if not index.is_file():
        return {}
    with index.open(encoding="utf-8", newline="") as stream:
        lines = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {line["file"]: (line["category"], line["expected"]) for line in lines}


def _workbooks(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in _KINDS)
    return sorted(str(path.relative_to(folder)) for path in found)


def _each(folder: Path, names: list[str]) -> Iterator[tuple[str, Tried]]:
    # a process of its own for each file: what its children took is told by nothing else
    context = multiprocessing.get_context("fork")
    with context.Pool(2, maxtasksperchild=1) as pool:
        paths = [folder / name for name in names]
        yield from zip(names, pool.imap(_tried, paths, chunksize=1), strict=True)


def _tried(path: Path) -> Tried:
    begun = time.monotonic()
    outcome, rows, cells, trace = "", 0, "", ""
    sheets: list[Cells] = []
    others: list[Cells] | None = None
    try:
        outcome, rows = _houses(path)
        seconds = time.monotonic() - begun
        if outcome not in ("rows", "no_rows"):
            cells = outcome
        else:
            cells, sheets = _cells(path, second=False)
            with path.open("rb") as stream:
                zipped = stream.read(2) == b"PK"
            code, found = _cells(path, second=True) if zipped else ("", [])
            others = found if code in ("read", "blank") else None
    except Exception:
        trace = traceback.format_exc()
        seconds = time.monotonic() - begun
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = spent.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    limits = Limits().for_size(path.stat().st_size if path.exists() else 0)
    over = ""
    if peak > (limits.memory_bytes or 0):
        over = "memory"
    elif seconds > 2 * (limits.cpu_seconds or 0) + _SPARE_SECONDS:
        over = "time"
    return Tried(outcome, rows, cells, sheets, others, seconds, peak, over, trace)


def _houses(path: Path) -> tuple[str, int]:
    try:
        with closing(read_workbook(path)) as messages:
            for message in messages:
                if isinstance(message, Done):
                    return "rows", message.rows
    except Failed as failure:
        if not failure.message or not failure.hint:
            raise RuntimeError(f"{failure.code} has nothing to say") from failure
        return failure.code, 0
    return "nothing", 0


def _cells(path: Path, *, second: bool) -> tuple[str, list[Cells]]:
    try:
        with closing(read_cells(path, second=second)) as messages:
            sheets = [message for message in messages if isinstance(message, Cells)]
    except Failed as failure:
        return failure.code, []
    return ("read" if any(sheet.height for sheet in sheets) else "blank"), sheets


def _verdict(name: str, category: str, tried: Tried) -> tuple[str, str]:
    """Return ``met``, ``else`` (otherwise than expected, for a reason) or ``BAD``, and why."""
    if tried.trace:
        return "BAD", tried.trace
    if tried.over:
        return "BAD", f"took more {tried.over} than it may"
    miss = unmet(category, tried.outcome, tried.cells, tried.sheets, tried.others)
    if not miss:
        return (
            ("met", "") if name not in REASONS else ("BAD", "met, though a reason says it is not")
        )
    return ("else", REASONS[name]) if name in REASONS else ("BAD", miss)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
