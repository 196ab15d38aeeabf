"""What a start costs: help beside a bare Typer program's, a one-row command beside its floor."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.inside.bench.installation import Installation, sqlite_databases
from scripts.inside.bench.process import plain_environment, run
from scripts.inside.bench.table import Result

_HERE = Path(__file__).resolve().parent
_TIMES = 7


def measure_help(given: argparse.Namespace, folder: Path) -> list[Result]:
    """Measure `pcloud --help` and the plain help of a Typer program with one command."""
    floor = Result("floor: a bare Typer program's plain help")
    ours = Result("pcloud --help", floor=floor, budget=1.2)
    version = Result("pcloud --version", floor=floor)
    floor.floor = floor
    env = plain_environment(folder)
    program = [sys.executable, "-m", "pcloud_cli"]
    hello = [sys.executable, str(_HERE / "peers" / "typer_hello.py"), "--help"]
    _by_turns(
        given.runs,
        {
            floor: (hello, env),
            ours: ([*program, "--help"], env),
            version: ([*program, "--version"], env),
        },
    )
    return [floor, ours, version]


def measure_row(given: argparse.Namespace, folder: Path) -> list[Result]:
    """Measure `community list` and importing SQLAlchemy, mapping, opening and selecting."""
    floor = Result("floor: import orm, map the same classes, open, select")
    ours = Result("pcloud community list", floor=floor, budget=1.25)
    floor.floor = floor
    rows = folder / "rows"
    rows.mkdir(exist_ok=True)
    target = Installation(rows, *sqlite_databases(rows)).fresh(0)
    env = target.environment("checker")
    bare = [sys.executable, str(_HERE / "peers" / "orm_select.py"), target.database]
    program = [sys.executable, "-m", "pcloud_cli", "community", "list"]
    _by_turns(given.runs, {floor: (bare, env), ours: (program, env)})
    return [floor, ours]


def _by_turns(runs: int, calls: dict[Result, tuple[list[str], dict[str, str]]]) -> None:
    """Run the calls in turn, once unmeasured; seven times `runs`, as they are short."""
    for call, env in calls.values():
        run(call, env=env)
    for _unused in range(runs * _TIMES):
        for result, (call, env) in calls.items():
            result.seconds.append(run(call, env=env).seconds)
