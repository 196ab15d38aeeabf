"""How far an actor sees, as conditions of a query: communities whole, or single buildings (2.1.2).

A list is filtered in the database; what lies outside is not even counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotFound
from pcloud_cli.i18n import _
from pcloud_cli.models.community import Building, Community
from pcloud_cli.models.house import House
from pcloud_cli.models.owner import Owner, Ownership
from pcloud_cli.services import community as communities
from pcloud_cli.services import permission
from pcloud_cli.services.actor import Actor

_HOME_ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Sight:
    """What can be seen: `whole` communities (None: every one there is) and single `buildings`.

    `places` are the communities that any of it lies in, by code; `one` is the community that was
    asked for, None where the question was about all.
    """

    whole: frozenset[bytes] | None
    buildings: frozenset[bytes]
    places: tuple[Community, ...]
    one: Community | None

    @property
    def zone(self) -> str:
        """The zone of what is seen: the first community's."""
        return self.places[0].zone if self.places else _HOME_ZONE

    @property
    def text(self) -> str:
        """What is seen, for people: the names of the communities."""
        if self.one is None and self.whole is None:
            return _("all communities")
        names = _(", ").join(place.name for place in self.places)
        return names if not self.buildings else _("{names} (single buildings)").format(names=names)

    def today(self, work: Work) -> date:
        """Return the present day where it is seen."""
        return work.now().astimezone(ZoneInfo(self.zone)).date()

    def within(self, community_id: Any) -> ColumnElement[bool]:
        """Return the condition that a column `community_id` is of a community that is seen.

        It stands in every query, also where everything is seen: the indexes begin with it.
        """
        condition: ColumnElement[bool] = community_id.in_([place.id for place in self.places])
        return condition

    def houses(self) -> ColumnElement[bool]:
        """Return the condition on `House`."""
        here = self.within(House.community_id)
        if self.whole is None:
            return here
        parts: list[ColumnElement[bool]] = []
        if self.whole:
            parts.append(House.community_id.in_(sorted(self.whole)))
        if self.buildings:
            parts.append(House.building_id.in_(sorted(self.buildings)))
        return and_(here, or_(false(), *parts))

    def owners(self) -> ColumnElement[bool]:
        """Return the condition on `Owner`: in a whole community, or with a house in a building."""
        here = self.within(Owner.community_id)
        if self.whole is None:
            return here
        parts: list[ColumnElement[bool]] = []
        if self.whole:
            parts.append(Owner.community_id.in_(sorted(self.whole)))
        if self.buildings:
            parts.append(
                Owner.id.in_(
                    select(Ownership.owner_id)
                    .join(House, joined(Ownership, House))
                    .where(
                        self.within(Ownership.community_id),
                        House.building_id.in_(sorted(self.buildings)),
                    )
                )
            )
        return and_(here, or_(false(), *parts))


def joined(ownership: type[Ownership], house: type[House]) -> ColumnElement[bool]:
    """Return what joins an ownership to its house, its community first."""
    return and_(
        house.community_id == ownership.community_id,
        house.id == ownership.house_id,
    )


def open_on(day: date) -> ColumnElement[bool]:
    """Return the condition that an ownership is in force on `day`."""
    return and_(
        or_(Ownership.since.is_(None), Ownership.since <= day),
        or_(Ownership.until.is_(None), Ownership.until > day),
    )


def of(actor: Actor, work: Work, needed: str, community: str | None = None) -> Sight:
    """Return how far `actor` sees with the permission `needed`, in `community` (code or name).

    Raises NotAllowed, with evidence, where that is nowhere; NotFound for an unknown community.
    """
    permission.require_somewhere(actor, work, needed)
    reach = permission.reach(actor, work, needed)
    if community is not None:
        return _in_one(actor, work, needed, reach, communities.resolve(work, community))
    query = select(Community).order_by(Community.code)
    if not reach.everywhere:
        query = query.where(
            or_(
                Community.id.in_(sorted(reach.communities)),
                Community.id.in_(
                    select(Building.community_id).where(Building.id.in_(sorted(reach.buildings)))
                ),
            )
        )
    places = tuple(work.session.scalars(query))
    whole = None if reach.everywhere else reach.communities
    return Sight(whole, frozenset() if whole is None else reach.buildings, places, None)


class Choose(Protocol):
    """Asks a question (`Context.choose`)."""

    def __call__(self, question: str, choices: Sequence[tuple[str, str]], *, option: str) -> str:
        """Return the value of one of `choices` ((value, text)); UsageProblem naming `option` where
        nobody can be asked."""


def of_one(actor: Actor, work: Work, needed: str, community: str | None, choose: Choose) -> Sight:
    """Return how far `actor` sees in one community: the named one, the only one, or the chosen one.

    `choose` is asked only where several are seen and none was named. NotFound where none is.
    """
    if community is not None:
        return of(actor, work, needed, community)
    places = of(actor, work, needed).places
    if not places:
        raise NotFound(
            _("There is no community yet."), hint=_("`pcloud community create` makes one.")
        )
    if len(places) == 1:
        return of(actor, work, needed, places[0].code)
    choices = [(place.code, place.name) for place in places]
    return of(actor, work, needed, choose(_("Which community"), choices, option="--community"))


def _in_one(
    actor: Actor, work: Work, needed: str, reach: permission.Reach, place: Community
) -> Sight:
    if reach.everywhere or place.id in reach.communities:
        return Sight(frozenset({place.id}), frozenset(), (place,), place)
    buildings = frozenset(
        work.session.scalars(
            select(Building.id).where(
                Building.community_id == place.id, Building.id.in_(sorted(reach.buildings))
            )
        )
    )
    if not buildings:
        permission.refuse(actor, work, needed, community_id=place.id)
    return Sight(frozenset(), buildings, (place,), place)
