"""Makes a developer's workbook of made-up people; the program behind `scripts/make_sample`."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import nullcontext
from pathlib import Path
from random import Random

from scripts.inside.sample import writing
from scripts.inside.sample.book import write_book
from scripts.inside.sample.contents import CONTENTS
from scripts.inside.sample.kinds import KINDS
from scripts.inside.sample.layouts import LAYOUTS
from scripts.inside.sample.usual import ODDITIES
from scripts.inside.sample.xlsx import MOST_ROWS, write_xlsx

MOST_HOUSES = 100_000
"""Houses of a layout, which is made in memory."""

_LAID = LAYOUTS | CONTENTS
_KINDS = {name: kind.description for name, kind in KINDS.items()}
_KINDS |= {name: text for name, (text, _make) in _LAID.items()}


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make_sample",
        description="Make a developer's workbook with the usual dirt; all people are made up.",
        epilog="kinds: " + "; ".join(f"{name} – {text}" for name, text in _KINDS.items()),
    )
    add = parser.add_argument
    add("--out", required=True, type=Path, metavar="FILE", help="FILE.xlsx or FILE.csv to write")
    add("--rows", type=int, default=2000, help="rows below the header (default: %(default)s)")
    add("--seed", type=int, default=1, help="same seed, same file (default: %(default)s)")
    add("--kind", choices=_KINDS, default="usual", help="how it is laid out (default: %(default)s)")
    add(
        "--encoding",
        choices=("utf-8-sig", "utf-8", "gb18030"),
        default="utf-8-sig",
        help="of a .csv (default: %(default)s; FILE.gb18030.csv sets gb18030)",
    )
    add("--manifest", type=Path, metavar="FILE", help="write as JSON which row holds what")
    add("--quiet", action="store_true", help="print no summary")
    given = parser.parse_args(argv)
    if given.out.suffix not in {".xlsx", ".csv"}:
        parser.error("--out must end in .xlsx or .csv")
    if given.kind in _LAID and (given.out.suffix != ".xlsx" or given.rows > MOST_HOUSES):
        parser.error(f"--kind {given.kind} makes .xlsx alone, with up to {MOST_HOUSES} houses")
    if given.rows < 0 or (given.out.suffix == ".xlsx" and given.rows > MOST_ROWS):
        parser.error(f"--rows must lie between 0 and what one sheet holds ({MOST_ROWS})")
    return given


def main(argv: list[str]) -> int:
    """Write the file that `argv` asks for and print what is in it."""
    given = _arguments(argv)
    if given.kind in _LAID:
        return _lay_out(given)
    kind = KINDS[given.kind]
    part = given.out.with_name(f".{given.out.name}.part")
    opened = given.manifest.open("w", encoding="utf-8") if given.manifest else nullcontext()
    describes = {"file": given.out.name, "sheet": writing.SHEET, "header_row": 1}
    describes |= {"kind": given.kind, "seed": given.seed, "total": given.rows}
    try:
        with opened as manifest:
            tally = writing.Tally(manifest, describes)
            rows = tally.passing(kind.rows(Random(given.seed), given.rows))
            if given.out.suffix == ".xlsx":
                widths = [(header, writing.WIDTHS.get(header, 10)) for header in kind.headers]
                write_xlsx(part, writing.SHEET, widths, rows)
            else:
                encoding = "gb18030" if given.out.stem.endswith(".gb18030") else given.encoding
                writing.write_csv(part, kind.headers, rows, encoding)
        part.replace(given.out)
    finally:
        part.unlink(missing_ok=True)
    if not given.quiet:
        print(f"{given.out}: {tally.rows} rows, all people made up. Among them:")
        for code, text in ODDITIES.items():
            if tally.counts[code]:
                print(f"{tally.counts[code]:>8}  {text} ({code})")
    return 0


def _lay_out(given: argparse.Namespace) -> int:
    """Write a workbook of a layout; its manifest lists the homes that stand in it."""
    laid = _LAID[given.kind][1](Random(given.seed), given.rows)
    part = given.out.with_name(f".{given.out.name}.part")
    try:
        write_book(part, laid.sheets)
        part.replace(given.out)
    finally:
        part.unlink(missing_ok=True)
    if given.manifest:
        homes = [{**home._asdict(), "owners": [p.name for p in home.owners]} for home in laid.homes]
        told = {"file": given.out.name, "kind": given.kind, "seed": given.seed, "homes": homes}
        told["refused"] = laid.refused
        given.manifest.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    if not given.quiet:
        text = _LAID[given.kind][0]
        print(f"{given.out}: {len(laid.homes)} houses, all people made up; {text}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
