"""Sealing private fields anew with the key in use, a few hundred rows at a time (3.1.2).

Rows whose digest an approval is bound to are the business of `key.staged`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, tuple_, update

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Failed
from pcloud_cli.security.cipher import FieldCipher, key_id_of
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.key.places import STAGED, Places, all_places

_PART = 500
"""Rows that are made anew in one transaction: others who write wait for some milliseconds."""

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Part:
    """What one transaction did: values made `anew`, values that do not open and stay, `after` of
    which row to go on, None at the end."""

    anew: int = 0
    stuck: int = 0
    after: Key | None = None


class Anew:
    """Opens values with whatever key they name and seals them with the one in use."""

    def __init__(self, work: Work) -> None:
        self._keys = work.keys
        self._sealers: dict[tuple[str, str], Callable[[bytes, str], bytes]] = {}
        self.cipher: FieldCipher = work.keys.field_cipher()
        self.stuck = 0

    def open(self, table: str, column: str, row_id: bytes | None, blob: bytes) -> str | None:
        """Return what is sealed in `blob`; None where it does not open."""
        try:
            return None if row_id is None else self._keys.open(table, column, row_id, blob)
        except Failed:
            return None

    def seal(self, table: str, column: str, row_id: bytes | None, blob: bytes) -> bytes | None:
        """Return `blob` sealed anew; None where it need not be, or does not open."""
        if key_id_of(blob) == self.cipher.key_id:
            return None
        text = self.open(table, column, row_id, blob)
        if text is None or row_id is None:
            self.stuck += 1
            return None
        place = (table, column)
        if place not in self._sealers:
            self._sealers[place] = self.cipher.sealer(table, column)
        return self._sealers[place](row_id, text)


def names_another(column: ColumnElement[Any], key_id: int, *, at: int) -> ColumnElement[bool]:
    """Return whether a value names another key than `key_id`, in the two bytes from `at` on."""
    named = func.substr(column, at, 2)
    return and_(column.is_not(None), named != bindparam(None, key_id.to_bytes(2, "big")))


def rows_at_once() -> int:
    """Return how many rows are made anew in one transaction."""
    return _PART


def tables() -> Iterator[Places]:
    """Yield the tables that `part` is for."""
    return (one for one in all_places() if one.sealed and one.name not in STAGED)


def part(
    _actor: Actor,
    work: Work,
    after: Key | None,
    *,
    places: Places,
) -> Part:
    """Seal the next rows of one table anew, those behind the key `after`, and say how far it is.

    They are locked until the work ends, so that nobody's change is written over.
    """
    size = rows_at_once()
    table, names = places.table, tuple(places.sealed)
    anew = Anew(work)
    own = [*table.primary_key.columns]
    needed = sorted({one.id for one in places.sealed.values()})
    old = or_(*(names_another(table.c[name], anew.cipher.key_id, at=2) for name in names))
    query = select(*own, *(table.c[name].label(f"_{name}") for name in (*needed, *names)))
    query = query.where(old, behind(own, after)).order_by(*own).limit(size).with_for_update()
    found = work.session.execute(query).all()
    width = len(own)
    changed: list[dict[str, Any]] = []
    count = 0
    for row in found:
        ids = dict(zip(needed, row[width:], strict=False))
        values = dict(zip(names, row[width + len(needed) :], strict=True))
        new = _sealed(anew, places, ids, values)
        if new:
            count += len(new)
            keys = {f"k{at}": value for at, value in enumerate(row[:width])}
            changed.append(keys | {f"v_{name}": new.get(name, values[name]) for name in names})
    if changed:
        statement = (
            update(table)
            .where(*(column == bindparam(f"k{at}") for at, column in enumerate(own)))
            .values({name: bindparam(f"v_{name}") for name in names})
        )
        work.session.connection().execute(statement, changed)
    last = tuple(found[-1][:width]) if len(found) == size else None
    return Part(count, anew.stuck, last)


def _sealed(
    anew: Anew, places: Places, ids: Mapping[str, bytes], values: Mapping[str, bytes | None]
) -> dict[str, bytes]:
    new = {}
    for name, blob in values.items():
        if blob is not None:
            place = places.sealed[name]
            fresh = anew.seal(place.table, place.column, ids[place.id], blob)
            if fresh is not None:
                new[name] = fresh
    return new


def behind(keys: list[Any], after: Key | None) -> ColumnElement[bool]:
    """Return whether a row comes behind the one with the key `after`."""
    if after is None:
        return and_(True)
    return keys[0] > after[0] if len(keys) == 1 else tuple_(*keys) > tuple_(*after)
