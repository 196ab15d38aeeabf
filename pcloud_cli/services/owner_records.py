"""Owners as records: which columns they take, how they are masked, in which order they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, select

from pcloud_cli.db.work import Work
from pcloud_cli.models.community import Community
from pcloud_cli.models.house import House
from pcloud_cli.models.owner import Owner, Ownership
from pcloud_cli.services import places, reading
from pcloud_cli.services.sight import joined, open_on

# plain columns: making objects of a hundred thousand rows takes four times as long
_OWNER = (
    Owner.id,
    Owner.community_id,
    Owner.name,
    Owner.name_key,
    Owner.kind.label("owner_kind"),
    Owner.number,
    Owner.sex,
    Owner.birth_month,
    Owner.birth_sealed,
    Owner.id_type,
    Owner.id_number_sealed,
    Owner.id_status,
)
_HELD = (
    Ownership.kind.label("ownership"),
    Ownership.share_numerator,
    Ownership.share_denominator,
    Ownership.since,
    Ownership.until,
    House.id.label("house_id"),
    *places.ADDRESS,
)


def owners() -> Select[*tuple[Any, ...]]:
    """Return the query of owners alone."""
    return select(*_OWNER)


def held(day: date | None) -> Select[*tuple[Any, ...]]:
    """Return the query of owners with their houses, a row each; those in force on `day`, or all."""
    query = (
        select(*_OWNER, *_HELD)
        .join(
            Ownership,
            and_(Ownership.community_id == Owner.community_id, Ownership.owner_id == Owner.id),
        )
        .join(House, joined(Ownership, House))
    )
    return query if day is None else query.where(open_on(day))


def by_house(row: Any) -> Any:
    """Return the sort key of a row of `held`: house by house, then by name."""
    return places.order(row), row.name_key, row.id


def with_house(work: Work, rows: Sequence[Any], today: date) -> list[dict[str, Any]]:
    """Return rows of `held` as records, masked."""
    phones = reading.phones(work, ((row.community_id, row.id) for row in rows))
    return [
        {
            "house": places.address(row),
            "house_id": row.house_id,
            **_basic(work, row, phones, today),
            **title(row),
        }
        for row in rows
    ]


def basic(work: Work, rows: Sequence[Any], today: date) -> list[dict[str, Any]]:
    """Return rows of `owners` as records of their basic data (基础信息), masked."""
    phones = reading.phones(work, ((row.community_id, row.id) for row in rows))
    names = community_names(work, (row.community_id for row in rows))
    return [
        {**_basic(work, row, phones, today), "community": names[row.community_id]} for row in rows
    ]


def title(row: Any) -> dict[str, Any]:
    """Return how a row of `held` is owned: kind, share, since, until."""
    share = None
    if row.share_numerator is not None:
        share = f"{row.share_numerator}/{row.share_denominator}"
    return {"ownership": row.ownership, "share": share, "since": row.since, "until": row.until}


def community_names(work: Work, communities: Iterable[bytes]) -> dict[bytes, str]:
    """Return the names of `communities` by id."""
    query = select(Community.id, Community.name).where(Community.id.in_(set(communities)))
    return {row.id: row.name for row in work.session.execute(query)}


def _basic(work: Work, row: Any, phones: dict[bytes, list[str]], today: date) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.owner_kind,
        "number": row.number,
        "sex": row.sex,
        "minor": reading.is_minor(work, row, today),
        "phones": phones.get(row.id, []),
        "id_type": row.id_type,
        "id_number": reading.id_number(work, row),
        "id_status": row.id_status,
    }
