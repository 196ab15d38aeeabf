"""What events concern, by the names that people use: staff number, house, community, batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.ids import id_text, parse_id
from pcloud_cli.models.account import Account, LoginSession
from pcloud_cli.models.attachment import Attachment
from pcloud_cli.models.community import Community
from pcloud_cli.models.fault_type import FaultType
from pcloud_cli.models.house import House
from pcloud_cli.models.imports import ImportBatch, ImportProfile
from pcloud_cli.models.owner import Owner
from pcloud_cli.models.renumbering import HouseRenumbering
from pcloud_cli.models.role import Role
from pcloud_cli.models.roster import RosterImport, ShiftHandOver, ShiftSwap
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.services import account as accounts
from pcloud_cli.services import house as houses
from pcloud_cli.services import places
from pcloud_cli.services.imports import batches
from pcloud_cli.services.sight import Sight

_CHUNK = 500


class About(NamedTuple):
    """What is asked about: `kind` is one of account, house, owner, batch, id; `text` names it."""

    kind: str
    text: str


@dataclass(frozen=True)
class Names:
    """How people call what some events name: by staff, community and (kind, id) of the object."""

    staff: dict[bytes, str]
    communities: dict[bytes, str]
    objects: dict[tuple[str, bytes], str]


def concerns(work: Work, about: About, place: Community | None) -> ColumnElement[bool]:
    """Return the condition that an event concerns what `about` names, `place` being where.

    A house and an owner are also named within an event's detail, and those events are found too.
    Raises NotFound where there is no such thing, UsageProblem for a house without its community.
    """
    if about.kind == "account":
        found = accounts.find(work, about.text).id
        sessions = select(LoginSession.id).where(LoginSession.account_id == found)
        return or_(TrailEvent.object_id == found, TrailEvent.object_id.in_(sessions))
    if about.kind == "batch":
        return TrailEvent.object_id == batches.batch_of(work, about.text).id
    if about.kind == "house":
        return _named(_house(work, about.text, place))
    if about.kind == "owner":
        return _named(_owner(work, about.text, place))
    return _named(parse_id(about.text))


def of(work: Work, rows: Sequence[TrailEvent]) -> Names:
    """Return the names of all that `rows` speak of, as things are called today."""
    staff = {row.actor_id for row in rows if row.actor_id}
    places_ = {row.community_id for row in rows if row.community_id}
    by_type: dict[str, set[bytes]] = {}
    for row in rows:
        if row.object_id:
            by_type.setdefault(row.object_type, set()).add(row.object_id)
    objects: dict[tuple[str, bytes], str] = {}
    for kind, ids in by_type.items():
        named = _called(work, _APPROVED.get(kind, kind), ids)
        objects |= {(kind, one): text for one, text in named.items()}
    return Names(
        staff=_texts(work, Account.id, Account.staff_number, staff),
        communities=_texts(work, Community.id, Community.code, places_),
        objects=objects,
    )


def staff_name(work: Work, account_id: bytes | None) -> str | None:
    """Return the name of an account's holder."""
    if account_id is None:
        return None
    return work.session.scalar(select(Account.name).where(Account.id == account_id))


def _called(work: Work, kind: str, ids: set[bytes]) -> dict[bytes, str]:
    if kind == "house":
        found: dict[bytes, str] = {}
        for part in _parts(ids):
            query = select(House.id, *places.ADDRESS).where(House.id.in_(part))
            found |= {row.id: places.address(row) for row in work.session.execute(query)}
        return found
    if kind == "login_session":
        found = {}
        for part in _parts(ids):
            joined = (
                select(LoginSession.id, Account.staff_number)
                .join(Account, Account.id == LoginSession.account_id)
                .where(LoginSession.id.in_(part))
            )
            found |= {row[0]: row[1] for row in work.session.execute(joined)}
        return found
    columns = _CALLED.get(kind)
    if columns is None:
        return {}
    named = _texts(work, *columns, ids)
    return {one: f"#{text}" for one, text in named.items()} if kind in _NUMBERED else named


_CALLED: dict[str, tuple[Any, Any]] = {
    "account": (Account.id, Account.staff_number),
    "attachment": (Attachment.id, Attachment.number),
    "community": (Community.id, Community.code),
    "fault_type": (FaultType.id, FaultType.code),
    "import_batch": (ImportBatch.id, ImportBatch.number),
    "import_profile": (ImportProfile.id, ImportProfile.developer),
    "house_renumbering": (HouseRenumbering.id, HouseRenumbering.number),
    "role": (Role.id, Role.code),
    "roster_import": (RosterImport.id, RosterImport.number),
    "shift_hand_over": (ShiftHandOver.id, ShiftHandOver.number),
    "shift_swap": (ShiftSwap.id, ShiftSwap.number),
}
"""Where an object's name stands; an owner's is not for who reads the trail."""
_NUMBERED = (
    "attachment",
    "import_batch",
    "house_renumbering",
    "roster_import",
    "shift_hand_over",
    "shift_swap",
)
_APPROVED = {
    "import.batch": "import_batch",
    "import.undo": "import_batch",
    "house.renumber": "house_renumbering",
}
"""What the kinds of approvals are about."""


def _texts(work: Work, key: Any, text: Any, ids: set[bytes]) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    for part in _parts(ids):
        query = select(key, text).where(key.in_(part))
        found |= {row[0]: str(row[1]) for row in work.session.execute(query)}
    return found


def _parts(ids: Iterable[bytes]) -> Iterable[list[bytes]]:
    ordered = sorted(ids)
    return (ordered[at : at + _CHUNK] for at in range(0, len(ordered), _CHUNK))


def _named(wanted: bytes) -> ColumnElement[bool]:
    spellings = (id_text(wanted), wanted.hex())
    within = (TrailEvent.detail.contains(text, autoescape=True) for text in spellings)
    return or_(TrailEvent.object_id == wanted, *within)


def _house(work: Work, text: str, place: Community | None) -> bytes:
    if place is None:
        every = work.session.scalars(select(Community).limit(2)).all()
        if len(every) != 1:
            raise UsageProblem(
                _("A house's address says something in one community only."),
                hint=_("Name it with --community, or give the id of the house."),
            )
        place = every[0]
    whole = Sight(None, frozenset(), (place,), place)
    return houses.one(work, whole, text).id


def _owner(work: Work, text: str, place: Community | None) -> bytes:
    try:
        return parse_id(text)
    except NotFound:
        pass
    query = select(Owner.id).where(Owner.number == text.strip())
    if place is not None:
        query = query.where(Owner.community_id == place.id)
    found = work.session.scalars(query.limit(2)).all()
    if len(found) != 1:
        raise NotFound(
            _("No one owner has the number {number}.").format(number=text),
            hint=_("Give the owner number (业主编号) with --community, or the id."),
        )
    return found[0]
