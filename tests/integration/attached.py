"""Files as phones make them, and an office in which an owner's change has papers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.community import Community
from pcloud_cli.services import owner_change
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.attachment import adding, reading, removing, staging
from pcloud_cli.services.attachment.upkeep import OpenWork
from pcloud_cli.vault.store import Store, opened
from tests.integration.office import MAKER, Office
from tests.integration.people import Town

HEADS = {
    "jpg": b"\xff\xd8\xff\xe1\x00\x10Exif\0\0",
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "mp4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
    "pdf": b"%PDF-1.7\n",
}


def made(folder: Path, name: str, size: int = 5000, seed: int = 1, head: str = "") -> Path:
    """Write a file of `size` bytes that begins as its ending, or `head`, says."""
    path = folder / name
    start = HEADS[head or path.suffix.lstrip(".")]
    path.write_bytes((start + random.Random(seed).randbytes(size))[: max(size, len(start))])
    return path


@dataclass
class Archive:
    """An office with a store, in which change 1 of an owner waits."""

    office: Office
    store: Store
    folder: Path

    def add(
        self,
        *paths: Path,
        by: str = MAKER,
        kind: str = "owner-change",
        which: str = "1",
        dry_run: bool = False,
        **more: Any,
    ) -> list[dict[str, Any]]:
        """Attach files as the command does."""
        with self.office.open(by) as (actor, work):
            limits = adding.may_add(actor, work, kind, which, more.get("stage"))
        sources = [staging.Source(path, path.name) for path in paths]
        with (
            staging.staged(self.store, sources, limits) as taken,
            self.office.open(by, write=True, dry_run=dry_run) as (actor, work),
        ):
            return adding.add(actor, work, self.store, kind, which, taken, **more)

    def listed(self, by: str = MAKER, **more: Any) -> list[dict[str, Any]]:
        """List what change 1 has."""
        with self.office.open(by) as (actor, work):
            return reading.list_all(actor, work, "owner-change", "1", **more)

    def read(self, number: int, by: str = MAKER) -> bytes:
        """Fetch an attachment."""
        with self.office.open(by) as (actor, work):
            content = reading.read(actor, work, self.store, str(number))
        return b"".join(content.pieces())

    def remove(self, number: int, by: str = MAKER, reason: str = "传错") -> dict[str, Any]:
        """Remove an attachment."""
        with self.office.open(by, write=True) as (actor, work):
            return removing.remove(actor, work, str(number), reason=reason)

    def opener(self, by: str, *, dry_run: bool = False) -> OpenWork:
        """Open units of work of `by`."""

        @contextmanager
        def unit(*, write: bool = False) -> Iterator[tuple[Actor, Work]]:
            with self.office.open(by, write=write, dry_run=dry_run) as (actor, work):
                yield actor, work

        return unit

    def names(self) -> list[bytes]:
        """Return the names of the files in the store."""
        return [kept.name for kept in self.store.files()]


def archive(office: Office, place: str | None = None) -> Archive:
    """Enter a change of one of two owners and give the office with its store."""
    with office.open(MAKER, write=True) as (_actor, work):
        town = Town(work, work.session.scalars(select(Community)).one())
        town.owner("钱小乙", phones=["13900000001"])
        town.owner("钱小丙", phones=["13900000002"])
    with office.open(MAKER, write=True) as (actor, work):
        wanted = {"phones": ["13900000777"]}
        owner_change.enter(actor, work, "钱小乙", wanted, reason="到柜台", community="CH")
    return Archive(office, opened(place or str(office.folder / "store")), office.folder)


Opened = Callable[..., AbstractContextManager[tuple[Actor, Work]]]
