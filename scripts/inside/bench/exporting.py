"""A list of owners as a workbook, beside `csv.writer` of the same rows and other writers.

Every writer runs in a process of its own, in turn; rows are made and libraries loaded before the
clock runs. None waits for the disk or has threads, so seconds are those of the processor.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from scripts.inside.bench.process import plain_environment, run
from scripts.inside.bench.table import Result

_PROJECT = Path(__file__).resolve().parents[3]
_SCRIPT = Path(__file__).resolve().parent / "peers" / "export_rows.py"


def measure(given: argparse.Namespace, folder: Path) -> list[Result]:
    """Measure the export of `given.rows` rows of twelve columns."""
    peers = Path(os.environ["PCLOUD_BENCH_VENV"]) / "bin" / "python"
    floor = Result("floor: csv.writer")
    floor.floor = floor
    calls = {
        floor: (sys.executable, "csv", "csv"),
        Result("pcloud list as .xlsx", floor=floor, budget=5.0): (sys.executable, "ours", "xlsx"),
        Result("pcloud list as .csv", floor=floor, budget=5.0): (sys.executable, "ours", "csv"),
    }
    if given.peers:
        calls |= {
            Result("XlsxWriter, constant memory", floor=floor): (
                *(sys.executable, "xlsxwriter", "xlsx"),
            ),
            Result("openpyxl, write-only", floor=floor): (sys.executable, "openpyxl", "xlsx"),
            Result("pandas to_excel", floor=floor): (str(peers), "pandas", "xlsx"),
        }
    env = {**plain_environment(folder), "PYTHONPATH": str(_PROJECT)}
    for _unused in range(given.runs):
        for result, (python, writer, ending) in calls.items():
            target = folder / f"export-{writer}.{ending}"
            said = json.loads(
                run([python, str(_SCRIPT), writer, str(given.rows), str(target)], env=env).out
            )
            result.seconds.append(said["seconds"])
            result.peak([said["peak_mib"]])
            result.note = f"{target.stat().st_size / 2**20:.1f} MiB"
    return list(calls)
