"""How the workbooks of one call are to be loaded, and the reading of one of them begun."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pcloud_cli.context import Context

if TYPE_CHECKING:
    from pcloud_cli.services.imports.options import LoadOptions
    from pcloud_cli.sheets.messages import Message


@dataclass(frozen=True)
class Order:
    """How all workbooks of one call are to be loaded: `known` and `given` settle headers, from
    the developer's profile and from ``--map``; `sample` is the seed of the rows that the second
    person is shown beside their cells."""

    place: str
    developer: str | None
    handover_note: str | None
    known: Mapping[str, str]
    given: Mapping[str, str]
    strict: bool
    whole: bool
    sample: str
    as_new: bool

    def options(self, run: Context, mapping: Mapping[str, str]) -> LoadOptions:
        """Return what the service is told, for a file whose headers `mapping` settles."""
        from pcloud_cli.services.imports.options import LoadOptions

        return LoadOptions(
            mapping,
            self.developer,
            self.handover_note,
            today=run.today,
            strict=self.strict,
            all_or_nothing=self.whole,
            sample=self.sample,
            as_new=self.as_new,
        )

    def again(self) -> list[str]:
        """Return the command line that would load other workbooks in the same way."""
        words = ["pcloud", "import", "load", "--community", self.place]
        if self.developer is not None:
            words += ["--developer", self.developer]
        if self.handover_note is not None:
            words += ["--handover-note", self.handover_note]
        for header, field in self.given.items():
            words += ["--map", f"{header}={field}"]
        words += ["--strict"] if self.strict else []
        words += ["--as-new"] if self.as_new else []
        words += ["--all-or-nothing"] if self.whole else []
        return words


def reading_of(
    run: Context, source: Path | int, order: Order, mapping: Mapping[str, str], password: str | None
) -> Generator[Message]:
    """Return what the child says of `source`; it is at work already. Close it."""
    from pcloud_cli.sheets import read

    return read.begun(
        read.read_workbook(
            source,
            mapping=mapping,
            today=run.today,
            strict=order.strict,
            password=password,
            sample=order.sample,
        )
    )
