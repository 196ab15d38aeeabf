"""What taking a batch back would do: what goes, what stays and why, and a digest over all of it.

It is judged anew whenever it is needed, from the database as it is then: the second person's
approval holds for exactly that (2.3.1).
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, cast, delete, exists, func, select, text
from sqlalchemy.orm import Session

from pcloud_cli.db.bulk import make_room, read_rows
from pcloud_cli.db.types import moment_text
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import _
from pcloud_cli.models.imports import (
    ImportBatch,
    ImportBeforeHouse,
    ImportBeforeOwner,
    ImportKept,
)
from pcloud_cli.security.canonical import canonical_json, pack
from pcloud_cli.services import approval, turns
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports import undo_kept as keeping
from pcloud_cli.services.imports import undo_statements as statements
from pcloud_cli.services.imports.proof import Proof

_BACK = ("houses_back", "owners_back")
_CHUNK = 1000
_MOST_LOOKS = 10_000_000  # rows looked at; about a second
_NAMES = {
    "house": "houses",
    "owner": "owners",
    "ownership": "ownerships",
    "owner_phone": "phones",
    "emergency_contact": "people",
    "family_member": "people",
    "agent": "people",
    "tenant": "people",
    "vehicle": "vehicles",
    "parking_right": "parking_rights",
}
"""What a record calls the rows of each table."""


class Plan(NamedTuple):
    """What would be done: `counts` by name, and `content`, a digest over all of it.

    It is worth nothing before `proof` says that what is staged is what was approved and applied.
    """

    counts: dict[str, int]
    content: bytes
    proof: Proof


class Statements:
    """Runs statements about one batch in the caller's transaction.

    `sides` says whether the batch wrote over houses or owners that were there before, `kinds` what
    kinds of related things it brought: what it did not do need not be looked for.
    """

    def __init__(self, work: Work, batch: ImportBatch) -> None:
        self._connection = work.session.connection()
        self.sqlite = self._connection.dialect.name == "sqlite"
        now = moment_text(work.now())
        self._places = {"now": ":now" if self.sqlite else "CAST(:now AS TIMESTAMPTZ)"}
        self._values = {
            "batch": batch.id,
            "community": batch.community_id,
            "now": now if self.sqlite else now + "+00",
        }
        wrote = self._execute(statements.UPDATES).one()
        self.sides = [side for side in ("house", "owner") if getattr(wrote, side)]
        self.kinds = sorted(self._execute(statements.KINDS).scalars())

    def run(self, statement: str) -> int:
        """Run a statement and return how many rows it wrote."""
        return int(self._execute(statement).rowcount)

    def number(self, statement: str) -> int:
        """Return the one number that a query gives."""
        return int(self._execute(statement).scalar_one())

    def _execute(self, statement: str) -> Any:
        filled = statement.format(**self._places)
        used = {key: value for key, value in self._values.items() if f":{key}" in filled}
        return self._connection.execute(text(filled), used)


def judge(actor: Actor, work: Work, batch: ImportBatch, *, hold: bool) -> Plan:
    """Return what taking `batch` back would do now; what stays is listed in `import_kept`.

    With `hold` all of it is locked until the work ends, and nobody else brings houses. Call `prove`
    before the work ends, also where something fails: staged rows that nobody approved may be why.
    """
    if hold:
        turns.with_houses(work, batch.community_id)
    proof = Proof(work.session, batch.id)
    try:
        work.session.flush()
        make_room(work.session)
        run = Statements(work, batch)
        if hold and not run.sqlite:
            for statement in statements.locks():
                run.number(statement)
        forget(work.session, batch.id)
        _keep(work.session, run, batch)
        counts = _count(run, batch, work.session)
        former = _former(work.session, batch.id)
    except BaseException:
        prove(actor, work, batch, proof)
        raise
    whole = hashlib.sha256(pack(["import.undo", batch.id, batch.merkle_root, former]))
    whole.update(pack([canonical_json(counts)]))
    for row in _listed(work.session, batch.id):
        whole.update(pack(row))
    return Plan(counts, whole.digest(), proof)


def prove(actor: Actor, work: Work, batch: ImportBatch, proof: Proof) -> None:
    """Raise Conflict, with evidence, where what is staged is not what was approved and applied:
    then nobody knows what the batch brought."""
    root = proof.root()
    assert batch.approval_id is not None  # noqa: S101 - it was applied
    approved = approval.check_usable(work, batch.approval_id, content_hash=root, actor=actor)
    if approved.content_hash != batch.merkle_root:
        raise Conflict(
            _("The batch's own record does not say what was approved."),
            hint=_("Somebody changed the database by hand; tell the security administrator."),
            code="tampered",
        )


def take_back(work: Work, batch: ImportBatch) -> dict[str, int]:
    """Do what `judge` found in this very work; return how many of each went or were put back."""
    session = work.session
    run = Statements(work, batch)
    done = dict.fromkeys((*_NAMES.values(), *_BACK), 0)
    for name, statement in statements.backs(run.sides).items():
        count = run.run(statement)
        if name in done:
            done[name] = count
    for table, ids in statements.going(run.kinds).items():
        if table == "house":
            run.run(f"DELETE FROM occupancy WHERE id IN ({ids})")  # noqa: S608 - our own text
        done[_NAMES[table]] += run.run(f"DELETE FROM {table} WHERE id IN ({ids})")  # noqa: S608
    _clear_places(run, done["houses"])
    for model in (ImportBeforeHouse, ImportBeforeOwner):
        session.execute(delete(model).where(model.batch_id == batch.id))
    return done


def _clear_places(run: Statements, removed: int) -> None:
    """Remove places that nobody uses any more, unless that is dear.

    For each of them the database looks through the community's houses, on PostgreSQL also through
    those removed just now. Where they are too many, empty places stay: they are listed nowhere, and
    the next list that names them uses them again.
    """
    houses = run.number(statements.COUNT_HOUSES) + (0 if run.sqlite else removed)
    if houses * run.number(statements.COUNT_PLACES) <= _MOST_LOOKS:
        for statement in statements.places().values():
            run.run(statement)


def forget(session: Session, batch_id: bytes) -> None:
    """Remove what is listed as kept."""
    session.execute(delete(ImportKept).where(ImportKept.batch_id == batch_id))


def _keep(session: Session, run: Statements, batch: ImportBatch) -> None:
    """List what stays, and why."""
    for side in ("house", "owner"):
        used = [one for one in keeping.references(side) if run.number(keeping.is_foreign(one))]
        for one in used:
            if one.table in keeping.TELLING:
                run.run(keeping.kept_as_used(side, one))
        run.run(keeping.kept_as_changed(side))
        for one in used:
            run.run(keeping.kept_as_used(side, one))
        for statement in keeping.fields_kept(side) if side in run.sides else ():
            run.run(statement)
    if run.number(keeping.IS_PHONE_EDITED):
        run.run(keeping.PHONES_KEPT)
    for what in statements.brought(run.kinds):
        if run.run(keeping.brought_kept_as_edited(what)):
            for side in statements.ends(what):
                run.run(keeping.end_kept_with(what, side))
    stay = exists().where(ImportKept.batch_id == batch.id, ImportKept.kind.in_(("house", "owner")))
    if session.scalar(select(stay)):
        for what in statements.brought(run.kinds):
            run.run(keeping.brought_kept_with(what))


def _count(run: Statements, batch: ImportBatch, session: Session) -> dict[str, int]:
    counts = dict.fromkeys((*_NAMES.values(), *_BACK), 0)
    for table, ids in statements.going(run.kinds).items():
        query = f"SELECT count(*) FROM ({ids}) going"  # noqa: S608 - our own text
        counts[_NAMES[table]] += run.number(query)
    for side in run.sides:
        counts[f"{side}s_back"] = run.number(statements.count_back(side))
    kept = select(func.count()).select_from(ImportKept).where(ImportKept.batch_id == batch.id)
    counts["kept"] = session.scalar(kept) or 0
    return counts


def _former(session: Session, batch_id: bytes) -> bytes:
    """Return a digest over the former values that would be put back."""
    whole = hashlib.sha256()
    for model, key in ((ImportBeforeHouse, "house_id"), (ImportBeforeOwner, "owner_id")):
        table = model.__table__
        plain = [
            column if column.type.python_type in (bytes, int) else cast(column, Text)
            for column in table.c
        ]
        query = (
            select(*plain)
            .where(table.c.batch_id == bindparam("batch"), table.c[key] > bindparam("after"))
            .order_by(table.c[key])
            .limit(_CHUNK)
        )
        after, at = b"", list(table.c.keys()).index(key)
        while rows := read_rows(session, query, {"batch": batch_id, "after": after}):
            for row in rows:
                whole.update(pack(row))
            after = rows[-1][at]
    return whole.digest()


def _listed(session: Session, batch_id: bytes) -> list[tuple[Any, ...]]:
    kept = ImportKept
    query = (
        select(kept.kind, kept.target_id, kept.reason, kept.detail)
        .where(kept.batch_id == batch_id)
        .order_by(kept.kind, kept.target_id)
    )
    return [tuple(row) for row in session.execute(query)]
