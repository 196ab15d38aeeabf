"""Private data as it is read by default: masked, and never without evidence (2.3.3, 3.1.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Protocol

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.ids import id_text
from pcloud_cli.models.owner import IdType, OwnerPhone
from pcloud_cli.security.mask import mask_id, mask_phone
from pcloud_cli.services import trail
from pcloud_cli.services.actor import Actor

ADULT = 18
_NAMED = 20
_CHUNK = 500


class Judged(Protocol):
    """What is needed of an owner here: a row of these columns."""

    id: bytes
    birth_month: str | None
    birth_sealed: bytes | None
    id_type: str | None
    id_number_sealed: bytes | None


def witnessed(
    actor: Actor,
    work: Work,
    action: str,
    owners: Iterable[bytes],
    *,
    community_id: bytes | None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Leave evidence that private data of `owners` was read, even if it was nobody's.

    The event holds how many they were and a digest of their sorted ids; up to twenty ids stand
    there themselves. `detail` must hold no personal value.
    """
    ids = sorted(set(owners))
    said: dict[str, Any] = {
        "count": len(ids),
        "digest": hashlib.sha256(b"".join(ids)).hexdigest(),
        **(detail or {}),
    }
    if len(ids) <= _NAMED:
        said["ids"] = [id_text(one) for one in ids]
    trail.witnessed(
        actor,
        work,
        action,
        object_type="owner",
        object_id=ids[0] if len(ids) == 1 else None,
        community_id=community_id,
        detail=said,
    )


def phones(work: Work, owners: Iterable[tuple[bytes, bytes]]) -> dict[bytes, list[str]]:
    """Return the masked phones of `owners` ((community, owner) ids), the first given first."""
    by_community: dict[bytes, set[bytes]] = {}
    for community_id, owner_id in owners:
        by_community.setdefault(community_id, set()).add(owner_id)
    found: dict[bytes, list[str]] = {}
    for community_id, wanted in by_community.items():
        for ids in _chunks(sorted(wanted)):
            query = (
                select(OwnerPhone.owner_id, OwnerPhone.id, OwnerPhone.number_sealed)
                .where(OwnerPhone.community_id == community_id, OwnerPhone.owner_id.in_(ids))
                .order_by(OwnerPhone.owner_id, OwnerPhone.position, OwnerPhone.id)
            )
            for owner_id, row_id, sealed in work.session.execute(query):
                text = work.keys.open("owner_phone", "number_sealed", row_id, sealed)
                found.setdefault(owner_id, []).append(mask_phone(text))
    return found


def id_number(work: Work, owner: Judged) -> str | None:
    """Return the masked ID number of `owner`, None where there is none."""
    sealed = owner.id_number_sealed
    return sealed_text(work, "owner", "id_number_sealed", owner.id, sealed, mask=mask_id)


def sealed_text(
    work: Work,
    table: str,
    column: str,
    row_id: bytes,
    sealed: bytes | None,
    *,
    mask: Callable[[str], str],
) -> str | None:
    """Return a sealed field opened and masked by `mask`, None where it is empty."""
    return None if sealed is None else mask(work.keys.open(table, column, row_id, sealed))


def is_minor(work: Work, owner: Judged, today: date) -> bool | None:
    """Say whether `owner` is under 18 on `today`; None where the birth is not known.

    The month of birth decides. Only in the month of the eighteenth birthday is the sealed date
    opened; where the day is not known even then, the owner counts as a minor.
    """
    if owner.birth_month is None:
        return None
    turning = f"{today.year - ADULT:04d}-{today.month:02d}"
    if owner.birth_month != turning:
        return owner.birth_month > turning
    day = _birth_day(work, owner)
    return day is None or day > today.day


def _birth_day(work: Work, owner: Judged) -> int | None:
    text = ""
    if owner.birth_sealed is not None:
        text = work.keys.open("owner", "birth_sealed", owner.id, owner.birth_sealed)[8:10]
    elif owner.id_number_sealed is not None and owner.id_type == IdType.RESIDENT_ID:
        number = work.keys.open("owner", "id_number_sealed", owner.id, owner.id_number_sealed)
        text = number[12:14] if len(number) == 18 else number[10:12]
    return int(text) if text.isdecimal() else None


def _chunks(ids: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
