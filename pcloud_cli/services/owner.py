"""Owners (业主): who owns which house, found by name, phone or ID number, always masked (3.1.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound, PcloudError, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.ids import id_text, parse_id
from pcloud_cli.models.house import House
from pcloud_cli.models.owner import Owner, OwnerPhone
from pcloud_cli.security.blind_index import canonical_id_number, canonical_phone
from pcloud_cli.security.mask import mask_name, mask_phone
from pcloud_cli.services import owner_records, places, reading, related, sight
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.sight import Choose, Sight
from pcloud_cli.sheets.characters import plain


def list_all(
    actor: Actor,
    work: Work,
    *,
    community: str | None,
    choose: Choose,
    building: str | None = None,
    unit: str | None = None,
    limit: int | None = None,
) -> tuple[list[dict[str, Any]], int]:
    """Return the owners of a community's, a building's or a unit's houses, masked (3.1.3).

    One record for each owner of each house, house by house in their natural order, as they are
    today; at most `limit` of them, and how many there are in all. The reading is evidence in the
    trail. Raises NotFound for an unknown place.
    """
    seen = sight.of_one(actor, work, "owner.read", community, choose)
    today = seen.today(work)
    query = owner_records.held(today).where(
        seen.houses(), places.filtered(work, seen, building, unit)
    )
    found = sorted(work.session.execute(query), key=owner_records.by_house)
    rows = found if limit is None else found[:limit]
    reading.witnessed(
        actor,
        work,
        "owner.list",
        (row.id for row in rows),
        community_id=seen.one.id if seen.one else None,
    )
    return owner_records.with_house(work, rows, today), len(found)


def of_house(actor: Actor, work: Work, house: House, today: date) -> list[dict[str, Any]]:
    """Return the owners of `house` today, masked, with evidence. The caller checked permission."""
    query = owner_records.held(today).where(
        House.community_id == house.community_id, House.id == house.id
    )
    rows = sorted(work.session.execute(query), key=owner_records.by_house)
    reading.witnessed(
        actor,
        work,
        "house.show",
        (row.id for row in rows),
        community_id=house.community_id,
        detail={"house": id_text(house.id)},
    )
    return owner_records.with_house(work, rows, today)


def find(
    actor: Actor,
    work: Work,
    *,
    community: str | None = None,
    name: str | None = None,
    phone: str | None = None,
    id_number: str | None = None,
    limit: int = 50,
) -> tuple[list[dict[str, Any]], int]:
    """Return the owners that match all that is given, masked, and how many match in all.

    A name matches from its beginning; phone and ID number match whole, by blind index, a number
    of 15 digits as its form of 18. At most `limit` are returned. The search is evidence, with
    keyed digests of what was asked, even where nobody is found.
    """
    seen = sight.of(actor, work, "owner.find", community)
    conditions, asked = _asked(work, seen, name, phone, id_number)
    where = and_(seen.owners(), *conditions)
    total = work.session.scalar(select(func.count()).select_from(Owner).where(where)) or 0
    query = owner_records.owners().where(where).order_by(Owner.name_key, Owner.id).limit(limit)
    found = work.session.execute(query).all()
    reading.witnessed(
        actor,
        work,
        "owner.find",
        (row.id for row in found),
        community_id=seen.one.id if seen.one else None,
        detail={"by": asked},
    )
    today = seen.today(work)
    houses = _houses(work, seen, [row.id for row in found], today)
    rows = owner_records.basic(work, found, today)
    return [{**row, "houses": houses.get(row["id"], [])} for row in rows], total


def show(
    actor: Actor, work: Work, reference: str, *, community: str | None = None
) -> dict[str, Any]:
    """Return one owner as a record, masked: basic data, houses, people and vehicles (3.1.2).

    `reference` is an id, an owner number (业主编号) or a whole name. Raises NotFound, and Conflict
    where several owners are meant.
    """
    seen = sight.of(actor, work, "owner.read", community)
    owner = one(work, seen, reference)
    reading.witnessed(actor, work, "owner.show", [owner.id], community_id=owner.community_id)
    today = seen.today(work)
    query = owner_records.held(None).where(Owner.id == owner.id, seen.houses())
    held = sorted(work.session.execute(query), key=owner_records.by_house)
    mine = owner_records.owners().where(Owner.id == owner.id)
    (basic,) = owner_records.basic(work, work.session.execute(mine).all(), today)
    present = [row.house_id for row in held if _in_force(row, today)]
    return {
        **basic,
        "handler_name": _handler(work, owner, "handler_name_sealed", mask_name),
        "handler_phone": _handler(work, owner, "handler_phone_sealed", mask_phone),
        "houses": [
            {"house": places.address(row), "house_id": row.house_id, **owner_records.title(row)}
            for row in held
        ],
        **related.of_owner(work, owner, present),
        "version": owner.version,
        "updated_at": owner.updated_at,
    }


def name_key(text: str) -> str:
    """Return a name as searches compare it: NFKC, folded, without blanks."""
    return "".join(plain(text).split()).casefold()


def _in_force(row: Any, day: date) -> bool:
    begun = row.since is None or row.since <= day
    return begun and (row.until is None or row.until > day)


def _handler(work: Work, owner: Owner, column: str, mask: Callable[[str], str]) -> str | None:
    return reading.sealed_text(work, "owner", column, owner.id, getattr(owner, column), mask=mask)


def _asked(
    work: Work, seen: Sight, name: str | None, phone: str | None, id_number: str | None
) -> tuple[list[ColumnElement[bool]], dict[str, str]]:
    """Return the conditions on `Owner`, and keyed digests of what they ask for."""
    conditions: list[ColumnElement[bool]] = []
    asked: dict[str, str] = {}
    newest = work.keys.blind_index()
    if name:
        key = name_key(name)
        conditions.append(Owner.name_key.startswith(key, autoescape=True))
        asked["name"] = newest.of("name", key).hex()
    if phone:
        number = canonical_phone(phone)
        wanted = [index.of("phone", number) for index in work.keys.blind_indexes()]
        holders = select(OwnerPhone.owner_id).where(
            seen.within(OwnerPhone.community_id), OwnerPhone.number_index.in_(wanted)
        )
        conditions.append(Owner.id.in_(holders))
        asked["phone"] = newest.of("phone", number).hex()
    if id_number:
        canonical = canonical_id_number(id_number)
        wanted = [index.of("id_number", canonical) for index in work.keys.blind_indexes()]
        conditions.append(Owner.id_number_index.in_(wanted))
        asked["id_number"] = newest.of("id_number", canonical).hex()
    if not conditions:
        raise UsageProblem(_("Say whom to find."), hint=_("Give --name, --phone or --id-number."))
    return conditions, asked


def _houses(
    work: Work, seen: Sight, owners: Sequence[bytes], today: date
) -> dict[bytes, list[str]]:
    """Return the addresses of the houses of `owners` within `seen`, in their order."""
    query = owner_records.held(today).where(Owner.id.in_(owners), seen.houses())
    found: dict[bytes, list[str]] = {}
    for row in sorted(work.session.execute(query), key=owner_records.by_house):
        found.setdefault(row.id, []).append(places.address(row))
    return found


def one(work: Work, seen: Sight, reference: str) -> Owner:
    """Return the owner within `seen` that an id, an owner number or a whole name means."""
    text = reference.strip()
    try:
        which: ColumnElement[bool] = Owner.id == parse_id(text)
    except PcloudError:
        which = or_(Owner.number == text, Owner.name_key == name_key(text))
    found = list(work.session.scalars(select(Owner).where(which, seen.owners()).limit(2)))
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(
            _("There is no such owner here."),
            hint=_("`pcloud owner find` searches by name, phone or ID number."),
        )
    raise Conflict(
        _("Several owners are called so."),
        hint=_("`pcloud owner find --name … -o ids` prints their ids; show one of them."),
        code="ambiguous",
    )
