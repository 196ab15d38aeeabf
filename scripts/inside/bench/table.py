"""Results as people and programs read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Protocol


class Measured(Protocol):
    """Anything that a bench found out."""

    def record(self) -> dict[str, Any]:
        """Return it as JSON takes it."""


@dataclass(eq=False)
class Result:
    """One thing measured: seconds of each run, and how many times the floor's median that is.

    `peak_mib` is the largest resident set of each process of it; `note` says what is to be known
    of the number. `floor` is the result that counts as 1; a floor is its own. `budget` is the
    ratio that it is meant to keep to.
    """

    name: str
    seconds: list[float] = field(default_factory=list)
    peak_mib: list[float] = field(default_factory=list)
    note: str = ""
    floor: Result | None = None
    budget: float | None = None

    @property
    def median(self) -> float:
        """The median of the runs, in seconds."""
        return median(self.seconds)

    @property
    def ratio(self) -> float | None:
        """How many times the floor, None where nothing is compared."""
        return None if self.floor is None else self.median / self.floor.median

    def peak(self, sizes: list[float]) -> None:
        """Take the peaks of one more run, process by process."""
        if not self.peak_mib:
            self.peak_mib = list(sizes)
        self.peak_mib = [max(pair) for pair in zip(self.peak_mib, sizes, strict=False)]

    def record(self) -> dict[str, Any]:
        """Return the result as JSON takes it."""
        return {
            "name": self.name,
            "seconds": round(self.median, 4),
            "runs": [round(each, 4) for each in self.seconds],
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "budget": self.budget,
            "peak_mib": [round(each) for each in self.peak_mib],
            "note": self.note,
        }


def printed(results: Sequence[Measured]) -> str:
    """Return `results` as an aligned table."""
    rows = [("", "seconds", "ratio", "budget", "peak MiB", "")]
    for each in results:
        assert isinstance(each, Result)
        ratio, budget = each.ratio, each.budget
        rows.append(
            (
                each.name,
                f"{each.median:.3f}",
                "" if ratio is None else f"{ratio:.2f}",
                "" if budget is None else f"≤ {budget:g}",
                " + ".join(f"{size:.0f}" for size in each.peak_mib),
                each.note,
            )
        )
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for name, *numbers, note in rows:
        cells = [name.ljust(widths[0])]
        cells += [text.rjust(width) for text, width in zip(numbers, widths[1:5], strict=True)]
        lines.append("  ".join([*cells, note]).rstrip())
    return "\n".join(lines)
