"""Making blind indexes anew with the key in use: one community after the other, each at once.

Equal values are found by equal indexes, and imports compare thousands of them in the database.
So a community has the indexes of one key and never of two: all of it, its staged rows included,
is made anew in one transaction. A search asks for the indexes of every key that there is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.orm import Session

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Locked
from pcloud_cli.i18n import _
from pcloud_cli.models.community import Community
from pcloud_cli.models.imports import ImportBatch, ImportRow
from pcloud_cli.models.installation import KeyPurpose
from pcloud_cli.models.owner import Owner, OwnerPhone
from pcloud_cli.services.key import places
from pcloud_cli.services.key.fields import Anew, Part, names_another


class Reindexed:
    """Makes one index after the other anew."""

    def __init__(self, work: Work) -> None:
        self._newest = work.keys.blind_index()
        self._makers: dict[tuple[int, str], Callable[[str], bytes]] = {}
        self._indexes = {index.version: index for index in work.keys.blind_indexes()}
        self.stuck = 0

    def of(self, kind: str, index: bytes, text: str | None) -> bytes | None:
        """Return the index anew, made of `text` spelt as `index` was made of it.

        None where it need not be, or where it is not that of `text`: then one of the two was
        changed outside the program.
        """
        version = int.from_bytes(index[:2], "big")
        if version == self._newest.version:
            return None
        if text is not None and version in self._indexes:
            make = self._maker(version, kind)
            for spelling in places.spellings(kind, text):
                if make(spelling) == index:
                    return self._maker(self._newest.version, kind)(spelling)
        self.stuck += 1
        return None

    def _maker(self, version: int, kind: str) -> Callable[[str], bytes]:
        if (version, kind) not in self._makers:
            self._makers[version, kind] = self._indexes[version].maker(kind)
        return self._makers[version, kind]


def communities(work: Work) -> list[bytes | None]:
    """Return the communities, and None for all that belongs to none."""
    return [*work.session.scalars(select(Community.id).order_by(Community.id)), None]


def part(work: Work, community_id: bytes | None) -> Part:
    """Make the living indexes of one community anew, or of what belongs to none.

    Whoever calls it makes its staged rows anew in the same work (`staged.part`).
    """
    done = Part()
    for table, name in places.columns_of(KeyPurpose.INDEX):
        if table.name in places.STAGED:
            continue
        mine = _of_community(table, community_id)
        if mine is not None:
            one = _column(work, table, name, mine)
            done = Part(done.anew + one.anew, done.stuck + one.stuck)
    return done


def _of_community(table: Any, community_id: bytes | None) -> ColumnElement[bool] | None:
    """Return which rows of `table` belong to the community; None where the table has none."""
    if "community_id" in table.c:
        return None if community_id is None else table.c.community_id == community_id
    if "batch_id" in table.c:
        if community_id is None:
            return None
        mine = select(ImportBatch.id).where(ImportBatch.community_id == community_id)
        return table.c.batch_id.in_(mine)  # type: ignore[no-any-return]
    return None if community_id is not None else bindparam(None, 1) == 1


def _column(work: Work, table: Any, name: str, mine: ColumnElement[bool]) -> Part:
    sealed = places.sealed_beside(name)
    bound = places.bound(table.name, sealed)
    own = [*table.primary_key.columns]
    newest = work.keys.blind_index().version
    query = select(*own, table.c[bound.id].label("bound"), table.c[sealed], table.c[name])
    query = query.where(mine, names_another(table.c[name], newest, at=1)).with_for_update()
    kind = places.index_kind(table.name, name)
    fields, remade = Anew(work), Reindexed(work)
    changed = []
    for row in work.session.execute(query).all():
        *keys, row_id, blob, index = row
        text = None if blob is None else fields.open(bound.table, bound.column, row_id, blob)
        fresh = remade.of(kind, index, text)
        if fresh is not None:
            changed.append({f"k{at}": key for at, key in enumerate(keys)} | {"fresh": fresh})
    if changed:
        statement = (
            update(table)
            .where(*(column == bindparam(f"k{at}") for at, column in enumerate(own)))
            .values({name: bindparam("fresh")})
        )
        work.session.connection().execute(statement, changed)
    return Part(len(changed), remade.stuck)


def must_agree(work: Work, batch: ImportBatch) -> None:
    """Return where a batch and its community have indexes of one key; else raise Locked.

    They have not while the key is being replaced, or where a load that began before ended after.
    """
    if len(work.keys.blind_indexes()) == 1:
        return
    row, community = ImportRow, batch.community_id
    named: set[bytes] = set()
    for column, mine in (
        (Owner.id_number_index, Owner.community_id == community),
        (OwnerPhone.number_index, OwnerPhone.community_id == community),
        (row.id_number_index, row.batch_id == batch.id),
        (row.phone_index, row.batch_id == batch.id),
    ):
        named |= _versions(work.session, column, mine)
    if len(named) > 1:
        raise Locked(
            _("The search key is being replaced, and batch {number} is not through yet.").format(
                number=batch.number
            ),
            hint=_("Try again in a minute; `pcloud key rotate index` brings it to its end."),
            code="rotating",
        )


def _versions(session: Session, column: Any, mine: ColumnElement[bool]) -> set[bytes]:
    query = select(func.substr(column, 1, 2)).where(mine, column.is_not(None)).distinct()
    return {bytes(version) for version in session.scalars(query)}
