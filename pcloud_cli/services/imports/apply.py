"""Applying an approved batch: one transaction of a few statements that move ciphertext.

Nothing is opened. What others changed since the load is found first, noted on its staged row,
and left out (exit 6); everything else becomes live together or not at all.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, CursorResult, and_, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from pcloud_cli.db.bulk import attempt, insert_rows, make_room
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import _
from pcloud_cli.models.community import Building, Section, Unit
from pcloud_cli.models.house import House
from pcloud_cli.models.imports import BatchState, ImportBatch, ImportRow
from pcloud_cli.models.owner import Owner, OwnerPhone, Ownership
from pcloud_cli.services import approval, permission, trail, turns
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports import changes
from pcloud_cli.services.imports.batches import batch_of
from pcloud_cli.services.imports.proof import Proof, proving
from pcloud_cli.services.imports.statements import (
    OF_KNOWN_HOUSES,
    OF_KNOWN_OWNERS,
    RELATED,
    STATEMENTS,
    run_each,
)
from pcloud_cli.services.key import indexes
from pcloud_cli.services.words import BATCH_STATES, word


def apply(actor: Actor, work: Work, reference: str) -> dict[str, Any]:
    """Make the approved batch `reference` live; return what was done as a record.

    ``already`` is true where it was applied before. ``skipped`` counts staged rows that others
    overtook, ``left_out`` lists them; ``phones`` are all phones that it brought. Raises Conflict
    where the batch is not approved, or where what is staged is not what was approved (2.3.1).
    """
    permission.require_somewhere(actor, work, "import.apply")
    batch = batch_of(work, reference, lock=True)
    permission.require(actor, work, "import.apply", community_id=batch.community_id)
    if batch.state == BatchState.APPLIED:
        return {**_record(batch, already=True), "left_out": changes.left_out(work, batch)}
    if batch.state != BatchState.APPROVED or batch.approval_id is None:
        raise Conflict(
            _("Batch {number} is not approved; it is {state}.").format(
                number=batch.number, state=word(batch.state, BATCH_STATES)
            ),
            hint=_("A second person runs `pcloud import approve {number}`.").format(
                number=batch.number
            ),
        )
    turns.with_houses(work, batch.community_id)
    indexes.must_agree(work, batch)
    proof = Proof(work.session, batch.id)
    approved = batch.approval_id

    def prove() -> None:
        approval.check_usable(work, approved, content_hash=proof.root(), actor=actor)

    with proving(prove):
        skipped, counts = _moved(work, batch)
    batch.state = BatchState.APPLIED.value
    batch.applied_at = work.now()
    batch.applied_by = actor.account_id
    batch.skipped = skipped
    trail.changed(
        actor,
        work,
        "import.apply",
        object_type="import_batch",
        object_id=batch.id,
        community_id=batch.community_id,
        detail={"merkle_root": proof.root().hex(), "skipped": skipped, **counts},
    )
    left_out = changes.left_out(work, batch)
    counts["phones"] += counts["more_phones"]
    return {**_record(batch, already=False), **counts, "left_out": left_out}


def _record(batch: ImportBatch, *, already: bool) -> dict[str, Any]:
    return {
        "id": batch.id,
        "number": batch.number,
        "state": batch.state,
        "skipped": batch.skipped,
        "already": already,
    }


def _moved(work: Work, batch: ImportBatch) -> tuple[int, dict[str, int]]:
    """Return what `_move` does. Raises Conflict where somebody else was there in between."""
    try:
        with attempt(work.session):
            return _move(work, batch)
    except IntegrityError:
        raise Conflict(
            _("Somebody changed the same houses at this moment, so nothing was applied."),
            hint=_("Run it again: what was changed meanwhile is then left out and listed."),
        ) from None


def _move(work: Work, batch: ImportBatch) -> tuple[int, dict[str, int]]:
    """Make the batch live but for what was overtaken; return the number of rows left out, and
    how many rows each statement wrote."""
    session, row = work.session, ImportRow
    make_room(session)
    versions = session.execute(
        select(func.max(row.house_version), func.max(row.owner_version)).where(
            row.batch_id == batch.id
        )
    ).one()
    known = _Known(houses=versions[0] is not None, owners=versions[1] is not None)
    if session.get_bind().dialect.name != "sqlite":
        _hold(session, batch, known)
    skipped = _skip_overtaken(session, batch, known)
    _places(work, batch)
    return skipped, _write(work, batch, known)


class _Known(NamedTuple):
    """Whether the batch meets houses and owners that were there before; a first one meets none,
    and need not be looked through for them."""

    houses: bool
    owners: bool

    @property
    def any(self) -> bool:
        """Whether it meets any."""
        return self.houses or self.owners


def _undone_since(session: Session, batch: ImportBatch) -> bool:
    """Return whether another batch was taken back since this one was loaded."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    ImportBatch.community_id == batch.community_id,
                    ImportBatch.undone_at >= batch.loaded_at,
                )
            )
        )
    )


def _hold(session: Session, batch: ImportBatch, known: _Known) -> None:
    """Lock the houses and owners that the batch meets: their versions are to be trusted until
    it is applied. SQLite has one writer at a time and need not."""
    row = ImportRow
    for wanted, live, id_, version in (
        (known.houses, House, row.house_id, row.house_version),
        (known.owners, Owner, row.owner_id, row.owner_version),
    ):
        if wanted:
            met = select(id_).where(row.batch_id == batch.id, version.is_not(None))
            held = (
                select(live.id)
                .where(live.community_id == batch.community_id, live.id.in_(met))
                .order_by(live.id)
                .with_for_update(key_share=True)
            )
            session.execute(select(func.count()).select_from(held.subquery()))


def _skip_overtaken(session: Session, batch: ImportBatch, known: _Known) -> int:
    """Note on each staged row why it cannot be applied any more; return how many there are."""
    row, house, owner = ImportRow, aliased(House), aliased(Owner)
    community = batch.community_id

    def note(reason: str, condition: ColumnElement[bool]) -> int:
        statement = (
            update(row)
            .where(row.batch_id == batch.id, row.outcome.is_(None), condition)
            .values(outcome=reason)
            .execution_options(synchronize_session=False)
        )
        return cast("CursorResult[Any]", session.execute(statement)).rowcount

    def house_with(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(house.community_id == community, *conditions)

    def owner_with(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(owner.community_id == community, *conditions)

    skipped = 0
    # in a community that is empty still, nothing is met, and no row need be looked through for it
    if session.scalar(select(house_with())):
        skipped += note(
            "house_exists_now",
            and_(row.house_action == "insert", house_with(house.key == row.house_key)),
        )
    if session.scalar(select(owner_with())):
        skipped += note(
            "owner_exists_now",
            and_(
                row.owner_action == "insert",
                row.id_number_index.is_not(None),
                owner_with(
                    owner.id_number_index == row.id_number_index, owner.id_type == row.id_type
                ),
            ),
        )
        skipped += note(
            "owner_exists_now",
            and_(
                row.owner_action == "insert",
                row.phone_index.is_not(None),
                owner_with(
                    # by name and phone, where one side has no number: only who came since the load
                    owner.created_at >= batch.loaded_at,
                    owner.name_key == row.owner_name_key,
                    or_(row.id_number_index.is_(None), owner.id_number_index.is_(None)),
                    exists().where(
                        OwnerPhone.community_id == community,
                        OwnerPhone.owner_id == owner.id,
                        OwnerPhone.number_index == row.phone_index,
                    ),
                ),
            ),
        )
    if known.any and _undone_since(session, batch):
        skipped += note(
            "house_gone",
            and_(row.house_version.is_not(None), ~house_with(house.id == row.house_id)),
        )
        skipped += note(
            "owner_gone",
            and_(row.owner_version.is_not(None), ~owner_with(owner.id == row.owner_id)),
        )
    if known.houses:
        skipped += note(
            "house_changed",
            and_(
                row.house_version.is_not(None),
                or_(
                    row.house_action != "none",
                    row.owner_action != "none",
                    row.ownership_id.is_not(None),
                ),
                ~house_with(house.id == row.house_id, house.version == row.house_version),
            ),
        )
        skipped += note(
            "owned_now",
            and_(
                row.ownership_id.is_not(None),
                row.house_version.is_not(None),
                exists().where(
                    Ownership.community_id == community,
                    Ownership.house_id == row.house_id,
                    Ownership.until.is_(None),
                ),
            ),
        )
    if known.owners:
        skipped += note(
            "owner_changed",
            and_(
                row.owner_version.is_not(None),
                or_(
                    row.owner_action == "update",
                    row.ownership_id.is_not(None),
                    row.phone_index.is_not(None),
                ),
                ~owner_with(owner.id == row.owner_id, owner.version == row.owner_version),
            ),
        )
    first = aliased(ImportRow)
    # who leans on a house or an owner that a skipped row would have brought is skipped with it,
    # and so is who leans on these; a list and not a look-up a row, for which there is no index
    found = skipped
    while found:
        found = 0
        for column, action in (("house_id", "house_action"), ("owner_id", "owner_action")):
            missing = select(getattr(first, column)).where(
                first.batch_id == batch.id,
                getattr(first, action) == "insert",
                first.outcome.is_not(None),
            )
            found += note("with_skipped", getattr(row, column).in_(missing))
        skipped += found
    return skipped


def _places(work: Work, batch: ImportBatch) -> None:
    """Make the sections, buildings and units that the new houses need; there are few."""
    session, community = work.session, batch.community_id
    row = ImportRow
    wanted = session.execute(
        select(row.section, row.building, row.unit)
        .where(row.batch_id == batch.id, row.house_action == "insert", row.outcome.is_(None))
        .distinct()
    ).all()
    query = select(Section.name, Section.id).where(Section.community_id == community)
    sections = {found[0]: found[1] for found in session.execute(query)}
    buildings = {
        (section, name): id_
        for section, name, id_ in session.execute(
            select(Building.section_name, Building.name, Building.id).where(
                Building.community_id == community
            )
        )
    }
    units = {
        (building, name)
        for building, name in session.execute(
            select(Unit.building_id, Unit.name).where(Unit.community_id == community)
        )
    }
    new_buildings, new_units = [], []
    for section, building, unit in sorted(wanted):
        if section and section not in sections:
            sections[section] = work.ids()
            session.add(
                Section(
                    id=sections[section],
                    community_id=community,
                    name=section,
                    created_at=work.now(),
                    batch_id=batch.id,
                )
            )
        if building and (section, building) not in buildings:
            buildings[section, building] = work.ids()
            new_buildings.append(
                (
                    buildings[section, building],
                    community,
                    sections.get(section),
                    section,
                    building,
                    batch.id,
                )
            )
        if building and unit and (buildings[section, building], unit) not in units:
            units.add((buildings[section, building], unit))
            new_units.append((work.ids(), community, buildings[section, building], unit, batch.id))
    insert_rows(
        session,
        Building,
        ("id", "community_id", "section_id", "section_name", "name", "batch_id"),
        new_buildings,
    )
    insert_rows(session, Unit, ("id", "community_id", "building_id", "name", "batch_id"), new_units)


def _write(work: Work, batch: ImportBatch, known: _Known) -> dict[str, int]:
    """Run the statements; return how many rows each wrote."""
    work.session.flush()
    idle = set() if known.houses else set(OF_KNOWN_HOUSES)
    idle |= set() if known.owners else set(OF_KNOWN_OWNERS)
    wanted = {name: each for name, each in {**STATEMENTS, **RELATED}.items() if name not in idle}
    counts = run_each(work.session.connection(), wanted, batch.id, batch.community_id, work.now())
    return {name: counts.get(name, 0) for name in (*STATEMENTS, *RELATED)}
