"""A day on which many workbooks arrive: what the tests of it share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.cli.program import Answer, Program
from tests.integration.workbooks import row, write

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def incoming(program: Program, sizes: dict[str, int]) -> list[Path]:
    """Write workbooks of so many rows, no house in two of them; a size of 0 is no workbook."""
    folder = program.home / "incoming"
    folder.mkdir(exist_ok=True)
    made, first = [], 1
    for name, size in sizes.items():
        path = folder / name
        if size:
            write(path, [row(1 + at % 900, room=str(at)) for at in range(first, first + size)])
        else:
            path.write_bytes(b"PK\x03\x04 no workbook")
        first += size
        made.append(path)
    return made


def load(program: Program, *words: str | Path, by: str | None = "KF001", **more: Any) -> Answer:
    return program.run(
        "import", "load", *words, "-c", "CH", "--failed", program.home / "failed", by=by, **more
    )


def failed_lists(program: Program) -> list[Path]:
    return sorted((program.home / "failed").glob("*.txt"))


def listed_paths(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]
