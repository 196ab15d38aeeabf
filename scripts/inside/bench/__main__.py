"""The command line of `scripts/bench`."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts.inside.bench import (
    dispatching,
    exporting,
    importing,
    machine,
    starting,
    sweeping,
    verifying,
)
from scripts.inside.bench.table import Measured, printed

Measure = Callable[[argparse.Namespace, Path], Sequence[Measured]]

BENCHES: dict[str, Measure] = {
    "import": importing.measure,
    "export": exporting.measure,
    "help": starting.measure_help,
    "row": starting.measure_row,
    "sweep": sweeping.measure,
    "verify": verifying.measure,
    "dispatch": dispatching.measure,
}
"""What can be measured; `all` does each of them. A new one is one more line here."""


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measure the program beside a floor and its peers, all within one run.",
    )
    add = parser.add_argument
    add("what", choices=[*BENCHES, "all"])
    add("--rows", type=int, default=100_000, help="rows of the workbook (%(default)s)")
    add("--seasons", type=int, default=6, help="seasons to dispatch (%(default)s)")
    add("--runs", type=int, default=3, help="how often; the median counts (%(default)s)")
    add(
        "--database",
        default="sqlite",
        metavar="sqlite|postgresql|URL",
        help="where to import to or to sweep; postgresql brings up a server of its own",
    )
    add(
        "--peers",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="measure pandas, sqlite-utils, django-import-export, XlsxWriter … too",
    )
    add("--folder", type=Path, help="work here and keep what was made; else a temporary folder")
    add("-o", "--output", choices=("table", "json"), default="table")
    given = parser.parse_args(argv)
    if min(given.rows, given.runs, given.seasons) < 1:
        parser.error("--rows, --runs and --seasons must be at least 1")
    return given


@contextmanager
def _folder(chosen: Path | None) -> Iterator[Path]:
    if chosen is not None:
        chosen.mkdir(parents=True, exist_ok=True)
        yield chosen.resolve()
        return
    made = Path(tempfile.mkdtemp(prefix="pcloud-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def main(argv: list[str]) -> int:
    """Measure what `argv` asks for and print it; return the exit code."""
    given = _arguments(argv)
    wanted = list(BENCHES) if given.what == "all" else [given.what]
    found: dict[str, Sequence[Measured]] = {}
    with _folder(given.folder) as folder:
        for name in wanted:
            found[name] = BENCHES[name](given, folder)
    about = machine.described()
    if given.output == "json":
        tables = {name: [result.record() for result in results] for name, results in found.items()}
        print(json.dumps({"machine": about, "runs": given.runs, **tables}, indent=2))
        return 0
    print("  ".join(f"{name}: {value}" for name, value in about.items()))
    for name, results in found.items():
        if name == "dispatch":
            print(f"\n{name} ({given.seasons} seasons)\n{dispatching.printed(results)}")
        else:
            print(f"\n{name} (medians of {given.runs})\n{printed(results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
