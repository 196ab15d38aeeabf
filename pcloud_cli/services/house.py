"""Houses (房屋): listed in their natural order, and found by any of their names (3.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound, PcloudError, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.ids import parse_id
from pcloud_cli.models.house import AREA_COLUMNS, AliasKind, House, HouseAlias, Occupancy
from pcloud_cli.services import owner, permission, places, sight
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.sight import Choose, Sight
from pcloud_cli.services.words import HOUSE_KINDS, OCCUPANCY, understood
from pcloud_cli.sheets.characters import plain
from pcloud_cli.sheets.house import ON_FLOOR, HouseRef, house_key, house_text, parse_house
from pcloud_cli.sheets.values import judge_house_kind, judge_house_status

_LISTED = (
    House.id,
    *places.ADDRESS,
    House.house_type,
    House.state,
    House.surveyed_gross,
    House.forecast_gross,
)
_MOST_NAMED = 8
_ROOM = 3
"""Where a house's key has its room."""
_FORMER = (AliasKind.FORMER.value,)
_OTHER_NAMES = (AliasKind.SALES.value, AliasKind.POLICE.value)
_KEYED = (AliasKind.SALES.value, AliasKind.FORMER.value)
"""Kinds whose canonical form may be a house's key, so that every spelling finds it; a police
number is of the road, and could be taken for a building of ours."""


def list_all(
    actor: Actor,
    work: Work,
    *,
    community: str | None,
    choose: Choose,
    building: str | None = None,
    unit: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    limit: int | None = None,
) -> tuple[list[dict[str, Any]], int]:
    """Return the houses of a community as records, 2栋 before 10栋 and 301 before 1201.

    At most `limit` of them, and how many there are in all.

    `building` and `unit` may be written in any way; `kind` and `state` by code or word. Areas
    are in m², the surveyed one where there is one. Raises NotFound for an unknown place.
    """
    seen = sight.of_one(actor, work, "house.read", community, choose)
    query = select(*_LISTED).where(seen.houses(), places.filtered(work, seen, building, unit))
    if kind is not None:
        code = understood(kind, HOUSE_KINDS, "--kind", judge_house_kind)
        query = query.where(House.kind == code)
    if state is not None:
        code = understood(state, OCCUPANCY, "--state", judge_house_status)
        query = query.where(House.state == code)
    found: list[Any] = sorted(work.session.execute(query), key=places.order)
    return [_listed(row) for row in found[:limit]], len(found)


def show(
    actor: Actor, work: Work, name: str, *, community: str | None, choose: Choose
) -> dict[str, Any]:
    """Return one house as a record: areas, use, dates, other names, and its owners masked.

    `name` is an address in any spelling, another name of the house (销售房号, 公安门牌号, 旧房号)
    or its id. Owners are shown to whoever may read them, with evidence; to others they are None.
    Raises NotFound, Conflict where several houses may be meant, UsageProblem where `name` is no
    address.
    """
    seen = sight.of_one(actor, work, "house.read", community, choose)
    house = one(work, seen, name)
    today = seen.today(work)
    place = {"community_id": house.community_id, "building_id": house.building_id}
    owners = None
    if permission.allowed(actor, work, "owner.read", **place):
        owners = owner.of_house(actor, work, house, today)
    return {
        "id": house.id,
        "address": places.address(house),
        "section": house.section_name or None,
        "building": house.building_name or None,
        "unit": _unit(house),
        "floor": house.floor,
        "room": house.room or None,
        "kind": house.kind,
        "house_type": house.house_type,
        "state": house.state,
        **{name: _area(getattr(house, name)) for name in AREA_COLUMNS},
        "handover_planned": house.handover_planned,
        "handover_contract": house.handover_contract,
        "handover_date": house.handover_date,
        "aliases": _aliases(work, house),
        "occupancy": _occupancy(work, house),
        "owners": owners,
        "version": house.version,
        "updated_at": house.updated_at,
    }


def text_of(ref: HouseRef) -> str:
    """Return an address as people write it."""
    return house_text(ref)


def alias_key(text: str) -> str:
    """Return another name of a house as look-ups compare it: NFKC, upper case, no blanks."""
    return "".join(plain(text).upper().split())


def one(work: Work, seen: Sight, name: str) -> House:
    """Return the one house within `seen` that `name` names; errors as those of `show`."""
    text = name.strip()
    found = _by_id(work, seen, text) or _by_alias(work, seen, alias_key(text), _OTHER_NAMES)
    if not found:
        ref = _parsed(text)
        # a number of today goes before one that another house had
        found = (
            _by_key(work, seen, ref)
            or _by_alias(work, seen, alias_key(text), _FORMER)
            or _by_alias(work, seen, house_key(ref), _KEYED)
            or by_rest(work, seen, ref)
        )
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(
            _("There is no house {address} here.").format(address=text),
            hint=_("`pcloud house list --building …` shows the houses of a building."),
        )
    texts = [places.address(house) for house in sorted(found, key=places.order)]
    more = "…" if len(texts) > _MOST_NAMED else ""
    raise Conflict(
        _("{address} may be one of {count} houses: {houses}").format(
            address=text, count=len(texts), houses=_(", ").join(texts[:_MOST_NAMED]) + more
        ),
        hint=_("Write the address with section, building, unit and kind, or give the id."),
        code="ambiguous",
    )


def _parsed(text: str) -> HouseRef:
    ref = parse_house(text, pair="building")
    if isinstance(ref, HouseRef):
        return ref
    if isinstance(ref, list):
        raise UsageProblem(
            _("{address} names several houses.").format(address=text),
            hint=_("Name one house at a time."),
        )
    raise UsageProblem(
        _("{address} cannot be understood as one house.").format(address=text),
        hint=_("Write it like 1期3栋2单元301, 3-2-301 or 3栋商铺101."),
    )


def _by_id(work: Work, seen: Sight, text: str) -> list[House]:
    try:
        wanted = parse_id(text)
    except PcloudError:
        return []
    return list(work.session.scalars(select(House).where(House.id == wanted, seen.houses())))


def _by_alias(work: Work, seen: Sight, canonical: str, kinds: Sequence[str]) -> list[House]:
    query = (
        select(House)
        .join(
            HouseAlias,
            (HouseAlias.community_id == House.community_id) & (HouseAlias.house_id == House.id),
        )
        .where(HouseAlias.canonical == canonical, HouseAlias.kind.in_(kinds), seen.houses())
        .distinct()
    )
    return list(work.session.scalars(query))


def _by_key(work: Work, seen: Sight, ref: HouseRef) -> list[House]:
    query = select(House).where(House.key == house_key(ref), seen.houses())
    return list(work.session.scalars(query))


def by_rest(work: Work, seen: Sight, ref: HouseRef) -> list[House]:
    """Return the houses that `ref` may mean where it leaves section, unit, kind or floor open."""
    section, building, unit, room, kind = house_key(ref).split("|")
    # only what the whole key ends or begins with is sure; the pieces are compared afterwards
    query = select(House.id, House.key).where(
        or_(
            House.key.contains(f"|{room}|", autoescape=True),
            House.key.contains(f"{ON_FLOOR}{room}|", autoescape=True),
        ),
        seen.houses(),
    )
    chosen = []
    for house_id, key in work.session.execute(query):
        there = key.split("|")
        if not ref.floor:
            there[_ROOM] = there[_ROOM].rpartition(ON_FLOOR)[2]
        wanted = (section, building, unit, room, kind if ref.house_kind else "")
        sure = (False, True, False, True, False)
        pairs = zip(there, wanted, sure, strict=True)
        if all(here == piece or (not piece and not must) for here, piece, must in pairs):
            chosen.append(house_id)
    return list(work.session.scalars(select(House).where(House.id.in_(chosen[:500]))))


def _listed(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "address": places.address(row),
        "section": row.section_name or None,
        "building": row.building_name or None,
        "unit": _unit(row),
        "floor": row.floor,
        "room": row.room or None,
        "kind": row.kind,
        "house_type": row.house_type,
        "state": row.state,
        "area": _area(row.surveyed_gross if row.surveyed_gross is not None else row.forecast_gross),
    }


def _unit(house: places.Addressed) -> str | None:
    """Return the unit; a shop's 0 is none."""
    return house.unit_name if house.unit_name not in ("", "0") else None


def _area(value: Decimal | None) -> Decimal | None:
    """Return an area with two digits after the point, more only where they are not zero."""
    if value is None:
        return None
    short = value.quantize(Decimal("0.01"))
    return short if short == value else value.normalize()


def _aliases(work: Work, house: House) -> list[dict[str, Any]]:
    query = (
        select(HouseAlias)
        .where(HouseAlias.community_id == house.community_id, HouseAlias.house_id == house.id)
        .order_by(HouseAlias.kind, HouseAlias.text)
    )
    return [
        {"kind": alias.kind, "text": alias.text, "since": alias.since, "until": alias.until}
        for alias in work.session.scalars(query)
    ]


def _occupancy(work: Work, house: House) -> list[dict[str, Any]]:
    query = (
        select(Occupancy)
        .where(Occupancy.community_id == house.community_id, Occupancy.house_id == house.id)
        .order_by(Occupancy.since.desc())
    )
    return [
        {"state": row.state, "since": row.since, "until": row.until}
        for row in work.session.scalars(query)
    ]
