"""An office in which two people import: what the tests of imports share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.engine import reader
from pcloud_cli.db.work import Work, unit_of_work
from pcloud_cli.ids import IdSource
from pcloud_cli.models.house import House
from pcloud_cli.models.owner import Owner, OwnerPhone, Ownership
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.keys import KeyRing
from pcloud_cli.services import account, login
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports import apply as applying
from pcloud_cli.services.imports import batches
from pcloud_cli.services.imports import load as loading
from pcloud_cli.services.imports.options import LoadOptions
from tests.integration.workbooks import HEADERS, write

MAKER, CHECKER = "KF001", "KF002"


@dataclass
class Office:
    """An installation with a community CH, a maker and a checker; `file` is the next workbook."""

    engine: Engine
    clock: FixedClock
    ids: IdSource
    keyring: KeyRing
    folder: Path

    @contextmanager
    def open(
        self, who: str, *, write: bool = False, dry_run: bool = False
    ) -> Iterator[tuple[Actor, Work]]:
        """Give `who` and a unit of work."""
        with unit_of_work(
            self.engine,
            clock=self.clock,
            ids=self.ids,
            keys=self.keyring,
            origin="test",
            write=write,
            dry_run=dry_run,
        ) as work:
            yield login.person(account.find(work, who)), work

    def load(
        self, rows: list[list[Any]], *, name: str = "list.xlsx", by: str = MAKER, **more: Any
    ) -> dict[str, Any]:
        """Write a workbook of `rows` and load it."""
        path = write(self.folder / name, rows, more.pop("headers", HEADERS))
        return self.load_file(path, by=by, **more)

    def load_file(
        self,
        path: Path,
        *,
        by: str = MAKER,
        dry_run: bool = False,
        progress: Callable[[int], None] = lambda _rows: None,
        options: LoadOptions | None = None,
    ) -> dict[str, Any]:
        """Load a workbook that is there."""

        def opened(*, write: bool = False) -> AbstractContextManager[tuple[Actor, Work]]:
            return self.open(by, write=write, dry_run=dry_run)

        return loading.load(
            opened,
            path,
            name=path.name,
            reference="CH",
            options=options or LoadOptions(),
            progress=progress,
        )

    def approve(self, batch: dict[str, Any], *, by: str = CHECKER) -> dict[str, Any]:
        """Approve a batch."""
        with self.open(by, write=True) as (actor, work):
            return batches.approve(actor, work, str(batch["number"]), reason=None)

    def apply(
        self, batch: dict[str, Any], *, by: str = CHECKER, dry_run: bool = False
    ) -> dict[str, Any]:
        """Apply a batch."""
        with self.open(by, write=True, dry_run=dry_run) as (actor, work):
            return applying.apply(actor, work, str(batch["number"]))

    def bring_in(self, rows: list[list[Any]], **more: Any) -> dict[str, Any]:
        """Load, approve and apply."""
        batch = self.load(rows, **more)
        self.approve(batch)
        return self.apply(batch)

    def rows(self, statement: Any) -> list[Any]:
        """Return what a query finds."""
        with Session(reader(self.engine)) as session:
            return list(session.execute(statement).all())

    def count(self, model: type[Any]) -> int:
        """Return how many rows a table has."""
        found: int = self.rows(select(func.count()).select_from(model))[0][0]
        return found

    def owners(self, room: str) -> list[tuple[str, str]]:
        """Return name and kind of ownership of the owners of the house with that room number."""
        query = (
            select(Owner.name, Ownership.kind)
            .join(Ownership, Ownership.owner_id == Owner.id)
            .join(House, House.id == Ownership.house_id)
            .where(House.room == room)
            .order_by(Owner.name)
        )
        return [tuple(each) for each in self.rows(query)]

    def execute(self, statement: Any) -> None:
        """Change the database past the program."""
        with self.engine.begin() as connection:
            connection.execute(statement)

    def nothing_live(self) -> bool:
        """Return whether nothing was applied."""
        return not any(self.count(model) for model in (House, Owner, OwnerPhone, Ownership))

    def actions(self) -> list[str]:
        """Return what was done, as the trail has it."""
        query = select(TrailEvent.action).order_by(TrailEvent.seq)
        return [each[0] for each in self.rows(query)]
