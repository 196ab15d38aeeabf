"""The pictures of the import guide, from real calls; the program behind `scripts/pictures`.

Each call runs in this process, on an installation made for it. Width, clock and randomness are the
same in every run, so a picture changes only when what the program prints does.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"


def _made() -> dict[str, str]:
    """Return all pictures: file name → SVG."""
    still = random.Random()
    os.urandom = still.randbytes  # before the program takes it: nonces decide what is sampled
    from scripts.inside.picture.desk import pictures

    found: dict[str, str] = {}
    for lang in ("en", "zh"):
        still.seed(20260302)
        found |= pictures(lang)
    return found


def main(argv: list[str]) -> int:
    """Draw all pictures, or with ``--check`` compare them with those that are there."""
    os.umask(0o022)
    made = _made()
    there = {path.name: path.read_text(encoding="utf-8") for path in PICTURES.glob("*.svg")}
    odd = sorted(name for name in made.keys() | there if made.get(name) != there.get(name))
    if "--check" in argv:
        for name in odd:
            print(f"docs/pictures/{name} is not what scripts/pictures draws", file=sys.stderr)
        return 1 if odd else 0
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name in odd:
        if name in made:
            (PICTURES / name).write_text(made[name], encoding="utf-8")
        else:
            (PICTURES / name).unlink()
    print(f"docs/pictures: {len(made)}, {len(odd)} of them new")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
