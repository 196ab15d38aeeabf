"""Renumbering houses (新旧房号对照表): a house keeps its identity and takes its old number along.

The list enters as pending; another person, who is shown each old and new number, makes it live
(2.3.1). The old numbers stay as dated aliases, by which look-ups and imports find the house.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import Account
from pcloud_cli.models.approval import ApprovalState
from pcloud_cli.models.community import Building, Community, Section, Unit
from pcloud_cli.models.house import AliasKind, House, HouseAlias
from pcloud_cli.models.renumbering import HouseRenumbering, HouseRenumberingRow, RenumberingState
from pcloud_cli.security.canonical import pack
from pcloud_cli.services import approval, house, permission, places, sight, trail, turns
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.house_numbers import Change, changes
from pcloud_cli.services.second_check import APPROVED, REJECTED, NumberedCheck
from pcloud_cli.services.sight import Sight
from pcloud_cli.sheets.number_map import read_number_map
from pcloud_cli.sheets.problems import message

KIND = "house.renumber"
_STATES = {APPROVED: RenumberingState.APPLIED, REJECTED: RenumberingState.REJECTED}
_ACTIONS = {APPROVED: "house.renumber_approve", REJECTED: "house.renumber_reject"}
_MOST_NAMED = 8
_MANY = 500
_CONTENT = (
    "seq", "row_no", "house_id", "house_version", "old_key", "old_text", "new_key", "new_text",
    "section", "building", "unit", "floor", "room",
)  # fmt: skip


def propose(
    actor: Actor, work: Work, path: Path | int, *, name: str, community: str
) -> dict[str, Any]:
    """Enter the list in the workbook or CSV `path` for a community; return it as a record.

    Nothing is renumbered yet. Raises Conflict, naming the lines, where a house is unknown or
    meant twice, or two houses would have one number; then nothing is entered.
    """
    permission.require_somewhere(actor, work, "house.renumber")
    seen = sight.of(actor, work, "house.renumber", community)
    place = seen.one
    assert place is not None  # noqa: S101 - one was asked for
    permission.require(actor, work, "house.renumber", community_id=place.id)
    given = read_number_map(path)
    if given.problems:
        raise _refused([f"{each.row}: {message(each)}" for each in given.problems])
    wanted, wrong = changes(work, seen, given.pairs)
    if wrong:
        raise _refused(wrong)
    if not wanted:
        raise Conflict(_("Every house of the list has its new number already."), code="nothing")
    assert actor.account_id is not None  # noqa: S101 - only people and services hold permissions
    number = turns.next_number(work, "house.renumbering", HouseRenumbering.number)
    made = HouseRenumbering(
        id=work.ids(),
        number=number,
        community_id=place.id,
        file_name=name,
        file_sha256=bytes.fromhex(given.sha256),
        state=RenumberingState.PENDING.value,
        made_by=actor.account_id,
        made_at=work.now(),
    )
    work.session.add(made)
    work.session.flush()
    rows = [_row(made.id, seq, change) for seq, change in enumerate(wanted, 1)]
    work.session.add_all(rows)
    work.session.flush()
    request = approval.propose(
        actor,
        work,
        kind=KIND,
        subject_id=made.id,
        community_id=place.id,
        content_hash=_digest(rows),
        summary={"number": number, "houses": len(rows)},
    )
    made.approval_id = request.id
    _tell(actor, work, made, "house.renumber", len(rows))
    return _record(made, place, actor.name, len(rows))


def list_all(actor: Actor, work: Work) -> list[dict[str, Any]]:
    """Return the lists of old and new numbers that `actor` may see, newest first."""
    permission.require_somewhere(actor, work, "house.read")
    counted = (
        select(func.count())
        .where(HouseRenumberingRow.renumbering_id == HouseRenumbering.id)
        .scalar_subquery()
    )
    query = (
        select(HouseRenumbering, Community, Account.name, counted)
        .join(Community, Community.id == HouseRenumbering.community_id)
        .join(Account, Account.id == HouseRenumbering.made_by)
        .order_by(HouseRenumbering.number.desc())
    )
    return [
        _record(made, place, by, count)
        for made, place, by, count in work.session.execute(query)
        if permission.allowed(actor, work, "house.read", community_id=made.community_id)
    ]


def show(actor: Actor, work: Work, reference: str) -> list[dict[str, Any]]:
    """Return the lines of a list as records: each house's old and new number."""
    permission.require_somewhere(actor, work, "house.read")
    made = CHECK.find(work, reference)
    permission.require(actor, work, "house.read", community_id=made.community_id)
    return _shown(work, made)


def _refused(lines: Sequence[str]) -> Conflict:
    shown = "\n".join(lines[:_MOST_NAMED]) + ("\n…" if len(lines) > _MOST_NAMED else "")
    return Conflict(
        _("The list was not taken; by row:\n{lines}").format(lines=shown),
        hint=_("Correct these rows and enter the list again; nothing was changed."),
        code="collision",
    )


def _row(renumbering_id: bytes, seq: int, change: Change) -> HouseRenumberingRow:
    there, new = change.house, change.new
    return HouseRenumberingRow(
        renumbering_id=renumbering_id,
        seq=seq,
        row_no=change.row,
        house_id=there.id,
        house_version=there.version,
        old_key=there.key,
        old_text=places.address(there),
        new_key=change.new_key,
        new_text=house.text_of(new),
        section=new.section,
        building=new.building,
        unit=new.unit,
        floor=new.floor or there.floor,
        room=new.room,
    )


def _digest(rows: Sequence[HouseRenumberingRow]) -> bytes:
    whole = hashlib.sha256()
    for row in rows:
        whole.update(pack([getattr(row, name) for name in _CONTENT]))
    return whole.digest()


def _rows(work: Work, made: HouseRenumbering) -> list[HouseRenumberingRow]:
    query = select(HouseRenumberingRow).where(HouseRenumberingRow.renumbering_id == made.id)
    return list(work.session.scalars(query.order_by(HouseRenumberingRow.seq)))


def _shown(work: Work, made: HouseRenumbering) -> list[dict[str, Any]]:
    return [
        {"row": row.row_no, "house_id": row.house_id, "old": row.old_text, "new": row.new_text}
        for row in _rows(work, made)
    ]


class _RenumberingCheck(NumberedCheck[HouseRenumbering]):
    """A list is approved whole; deciding the same once more changes nothing."""

    kinds = (KIND,)
    model = HouseRenumbering
    unknown = N_("There is no list {number} of old and new numbers.")
    listed = N_("`pcloud house renumbering list` shows the numbers.")

    def place(self, entry: HouseRenumbering) -> bytes:
        return entry.community_id

    def content_hash(self, work: Work, entry: HouseRenumbering) -> bytes:
        return _digest(_rows(work, entry))

    def content(self, actor: Actor, work: Work, entry: HouseRenumbering) -> list[dict[str, Any]]:
        permission.require(actor, work, "house.read", community_id=entry.community_id)
        return _shown(work, entry)

    def repeated(
        self, work: Work, entry: HouseRenumbering, state: ApprovalState
    ) -> dict[str, Any] | None:
        if entry.state != _STATES[state]:
            return None
        return {**_brief(entry), "already": True, "houses": len(_rows(work, entry))}

    def become(self, actor: Actor, work: Work, entry: HouseRenumbering) -> None:  # noqa: ARG002
        _apply(work, entry, _rows(work, entry))
        entry.applied_at = work.now()

    def settle(
        self,
        actor: Actor,
        work: Work,
        entry: HouseRenumbering,
        state: ApprovalState,
        reason: str | None,
    ) -> dict[str, Any]:
        entry.state = _STATES[state].value
        houses = len(_rows(work, entry))
        _tell(actor, work, entry, _ACTIONS[state], houses, reason)
        return {**_brief(entry), "already": False, "houses": houses}


CHECK = _RenumberingCheck()
approve, reject = CHECK.approve, CHECK.reject


def _apply(work: Work, made: HouseRenumbering, rows: Sequence[HouseRenumberingRow]) -> None:
    """Give each house its new number and its old one as an alias until today."""
    session, here = work.session, made.community_id
    turns.with_houses(work, here)
    houses = {}
    for start in range(0, len(rows), _MANY):
        ids = [row.house_id for row in rows[start : start + _MANY]]
        query = select(House).where(House.community_id == here, House.id.in_(ids))
        houses.update({each.id: each for each in session.scalars(query.with_for_update())})
        keys = [row.new_key for row in rows[start : start + _MANY]]
        taken = select(House.id).where(House.community_id == here, House.key.in_(keys))
        if set(session.scalars(taken)) - {row.house_id for row in rows}:
            raise _overtaken()
    if any(
        row.house_id not in houses or houses[row.house_id].version != row.house_version
        for row in rows
    ):
        raise _overtaken()
    for row in rows:
        # numbers may change places among the houses of the list, and stay unique meanwhile
        houses[row.house_id].key = f"#{row.house_id.hex()}"
    session.flush()
    place = session.get_one(Community, here)
    today = Sight(frozenset({here}), frozenset(), (place,), place).today(work)
    for row in rows:
        there = houses[row.house_id]
        building, unit = _doors(work, here, row)
        there.section_name, there.building_name = row.section, row.building
        there.unit_name, there.room, there.floor = row.unit, row.room, row.floor
        there.building_id = building.id if building else None
        there.unit_id = unit.id if unit else None
        there.key = row.new_key
        there.version += 1
        there.updated_at = work.now()
        session.add(
            HouseAlias(
                id=work.ids(),
                community_id=here,
                house_id=there.id,
                kind=AliasKind.FORMER.value,
                text=row.old_text,
                canonical=row.old_key,
                until=today,
            )
        )
    session.flush()


def _overtaken() -> Conflict:
    return Conflict(
        _("Houses of the list were changed since it was entered."),
        hint=_("Reject it, and enter the list again."),
        code="overtaken",
    )


def _doors(
    work: Work, here: bytes, row: HouseRenumberingRow
) -> tuple[Building | None, Unit | None]:
    """Return the building and unit of the new number, made where there are none yet."""
    session = work.session
    if not row.building:
        return None, None
    section = None
    if row.section:
        section = session.scalar(
            select(Section).where(Section.community_id == here, Section.name == row.section)
        )
        if section is None:
            section = Section(
                id=work.ids(), community_id=here, name=row.section, created_at=work.now()
            )
            session.add(section)
            session.flush()
    building = session.scalar(
        select(Building).where(
            Building.community_id == here,
            Building.section_name == row.section,
            Building.name == row.building,
        )
    )
    if building is None:
        building = Building(
            id=work.ids(),
            community_id=here,
            section_id=section.id if section else None,
            section_name=row.section,
            name=row.building,
        )
        session.add(building)
        session.flush()
    if row.unit in ("", "0"):
        return building, None
    unit = session.scalar(
        select(Unit).where(
            Unit.community_id == here, Unit.building_id == building.id, Unit.name == row.unit
        )
    )
    if unit is None:
        unit = Unit(id=work.ids(), community_id=here, building_id=building.id, name=row.unit)
        session.add(unit)
        session.flush()
    return building, unit


def _brief(made: HouseRenumbering) -> dict[str, Any]:
    return {"id": made.id, "number": made.number, "state": made.state}


def _record(
    made: HouseRenumbering, place: Community, by: str | None, houses: int
) -> dict[str, Any]:
    return {
        **_brief(made),
        "community": place.name,
        "file": made.file_name,
        "houses": houses,
        "made_by": by,
        "made_at": made.made_at,
        "applied_at": made.applied_at,
    }


def _tell(
    actor: Actor,
    work: Work,
    made: HouseRenumbering,
    action: str,
    houses: int,
    reason: str | None = None,
) -> None:
    trail.changed(
        actor,
        work,
        action,
        object_type="house_renumbering",
        object_id=made.id,
        community_id=made.community_id,
        reason=reason,
        detail={"number": made.number, "houses": houses, "file_sha256": made.file_sha256.hex()},
    )
