"""An import, workbook to live, beside its floor and what one would take instead.

*Our own tables alone* is a second floor: nobody goes below it who fills these tables (decision
0029). Ours is the wall time of `load`, `approve` and `apply` as processes, less three times a
one-row command: that much any command costs. Floor and peers count from where their libraries are
loaded to the end of their one commit. All of them read the same workbook and are as durable as we
are.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from scripts.inside.bench import workbook
from scripts.inside.bench.installation import (
    COMMUNITY,
    Fresh,
    Installation,
    postgresql_databases,
    sqlite_databases,
)
from scripts.inside.bench.process import plain_environment, run
from scripts.inside.bench.table import Result

_PROJECT = Path(__file__).resolve().parents[3]
_HERE = Path(__file__).resolve().parent
_SLOW_ROWS = 10_000
_SOME_FAILED = 6

PEERS = {
    "pandas (openpyxl) + to_sql": ("pandas_to_sql", "openpyxl", False),
    "pandas (calamine) + to_sql": ("pandas_to_sql", "calamine", False),
    "sqlite-utils insert_all": ("sqlite_utils_insert", "", False),
    "django-import-export, bulk": ("django_import_export", "", True),
}
"""Name → module in `peers/`, its argument, whether it is measured with few rows and scaled."""


def measure(given: argparse.Namespace, folder: Path) -> list[Result]:
    """Measure the import and return floor, ours and the peers."""
    rows: int = given.rows
    book = _book(folder, rows)
    few = _book(folder, min(rows, _SLOW_ROWS))
    floor = Result("floor: calamine, one raw executemany")
    ours = Result("pcloud load + approve + apply", budget=4.0 if rows < 1_000_000 else 3.0)
    parts = {name: Result(f"  {name}") for name in ("load", "approve", "apply", "one-row command")}
    tables = {
        name: Result(f"  {name}" if name else "our own tables alone")
        for name in ("", "reading", "staging", "moving")
    }
    tables[""].floor = floor
    raw = Result("  raw total", floor=floor)
    floor.floor = ours.floor = floor
    peers = _peers(given, floor, rows)
    with databases(given.database, folder) as (installation, is_sqlite):
        if not is_sqlite:
            floor.name = "floor: calamine, one raw COPY"
            peers = {}
        for number in range(given.runs):
            _floor_once(floor, book, installation.fresh(3 * number), is_sqlite)
            loaded = installation.fresh(3 * number + 1)
            seconds = _ours_once(loaded, book, parts, ours)
            _tables_once(tables, book, installation.fresh(3 * number + 2), loaded)
            raw.seconds.append(seconds)
            ours.seconds.append(seconds - 3 * parts["one-row command"].seconds[-1])
            for name, peer in peers.items():
                _peer_once(name, peer, folder, book, few, rows)
    ours.note = f"{ours.median / tables[''].median:.2f} × our own tables alone"
    return [floor, ours, raw, *parts.values(), *tables.values(), *peers.values()]


def _book(folder: Path, rows: int) -> Path:
    path = folder / f"owners-{rows}.xlsx"
    if not path.exists():
        print(f"Writing a workbook of {rows} rows …", file=sys.stderr)
        part = path.with_suffix(".part")
        workbook.make(part, rows)
        part.replace(path)
    return path


@contextmanager
def databases(chosen: str, folder: Path) -> Iterator[tuple[Installation, bool]]:
    """Give an installation on the database that was chosen, and whether that is SQLite."""
    print("Setting up an installation …", file=sys.stderr)
    if chosen == "sqlite":
        yield Installation(folder, *sqlite_databases(folder)), True
        return
    with _server(chosen) as url:
        template, copy, drop = postgresql_databases(url)
        try:
            yield Installation(folder, template, copy), False
        finally:
            drop()


@contextmanager
def _server(chosen: str) -> Iterator[str]:
    if chosen != "postgresql":
        yield chosen
        return
    from scripts.inside import postgres

    with postgres.server(_PROJECT, lambda text: print(text, file=sys.stderr)) as served:
        if served.url is None:
            raise SystemExit("No PostgreSQL could be brought up; name one: --database URL")
        yield served.url


def _floor_once(floor: Result, book: Path, target: Fresh, is_sqlite: bool) -> None:
    script = "floor_sqlite" if is_sqlite else "floor_postgresql"
    call = [sys.executable, str(_HERE / "peers" / f"{script}.py"), str(book), target.database]
    _take(floor, call)


def _take(result: Result, call: list[str], scale: float = 1.0) -> None:
    """Run a script of `peers/`, which prints its seconds and peak memory, and keep them."""
    said = json.loads(run(call, env=plain_environment(Path("/nonexistent"))).out)
    result.seconds.append(said["seconds"] * scale)
    result.peak([said["peak_mib"]])


def _tables_once(tables: dict[str, Result], book: Path, target: Fresh, loaded: Fresh) -> None:
    """Measure what nothing but reading cells and writing our tables takes (`own_tables.py`)."""
    script = _HERE / "peers" / "own_tables.py"
    call = [sys.executable, str(script), str(book), target.database, loaded.database]
    env = {**plain_environment(Path("/nonexistent")), "PYTHONPATH": str(_PROJECT)}
    said = json.loads(run(call, env=env).out)
    for name, result in tables.items():
        result.seconds.append(said[name or "seconds"])


def _ours_once(target: Fresh, book: Path, parts: dict[str, Result], ours: Result) -> float:
    def one_row() -> float:
        return target.call("checker", "community", "list", "-o", "json").seconds

    base = [one_row()]
    load = target.call(
        "maker", "import", "load", str(book), "--community", COMMUNITY,
        watch=True, good=(0, _SOME_FAILED),
    )  # fmt: skip
    base.append(one_row())
    approve = target.call("checker", "import", "approve", "1", "--yes", "-o", "json")
    base.append(one_row())
    apply = target.call("checker", "import", "apply", "1", "-o", "json", watch=True)
    parts["one-row command"].seconds.append(median(base))
    for name, ran in (("load", load), ("approve", approve), ("apply", apply)):
        parts[name].seconds.append(ran.seconds)
        if ran.peak_mib:
            parts[name].peak(ran.peak_mib)
    ours.peak([max(load.peak_mib[0], apply.peak_mib[0]), *load.peak_mib[1:2]])
    return load.seconds + approve.seconds + apply.seconds


def _peers(given: argparse.Namespace, floor: Result, rows: int) -> dict[str, Result]:
    if not given.peers:
        return {}
    found = {}
    for name, (_script, _argument, slow) in PEERS.items():
        note = f"{_SLOW_ROWS} rows, scaled" if slow and rows > _SLOW_ROWS else ""
        found[name] = Result(name, floor=floor, note=note)
    return found


def _peer_once(name: str, peer: Result, folder: Path, book: Path, few: Path, rows: int) -> None:
    script, argument, slow = PEERS[name]
    if slow and peer.seconds and rows > _SLOW_ROWS:
        return
    python = Path(os.environ["PCLOUD_BENCH_VENV"]) / "bin" / "python"
    target = folder / "peer.db"
    for old in folder.glob(f"{target.name}*"):
        old.unlink()
    path = _HERE / "peers" / f"{script}.py"
    scale = max(1.0, rows / _SLOW_ROWS) if slow else 1.0
    _take(peer, [str(python), str(path), str(few if slow else book), str(target), argument], scale)
