"""Communities (小区): the installation's customers' homes, each with its own houses and owners."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.community import Community
from pcloud_cli.models.house import House
from pcloud_cli.services import permission, trail
from pcloud_cli.services.actor import Actor


def create(
    actor: Actor,
    work: Work,
    *,
    name: str,
    code: str,
    zone: str = "Asia/Shanghai",
    address: str | None = None,
) -> dict[str, Any]:
    """Create a community and return it as a record (clause 1.2).

    `code` is short and unique (``CH``); `zone` is an IANA name, in which its deadlines are shown.
    Raises Conflict where name or code is taken, UsageProblem for an unknown zone.
    """
    permission.require(actor, work, "community.write")
    name, code = name.strip(), code.strip().upper()
    if not name or not code:
        raise UsageProblem(_("A community needs a name and a code."))
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise UsageProblem(
            _("There is no time zone {zone}.").format(zone=zone),
            hint=_("Use a name like Asia/Shanghai."),
        ) from None
    taken = work.session.scalar(
        select(Community).where(or_(Community.name == name, Community.code == code))
    )
    if taken is not None:
        raise Conflict(
            _("There is already a community {name} with code {code}.").format(
                name=taken.name, code=taken.code
            ),
            hint=_("`pcloud community list` shows all."),
        )
    community = Community(
        id=work.ids(), code=code, name=name, zone=zone, address=address, created_at=work.now()
    )
    work.session.add(community)
    work.session.flush()
    trail.changed(
        actor,
        work,
        "community.create",
        object_type="community",
        object_id=community.id,
        community_id=community.id,
        detail={"code": code, "name": name, "zone": zone},
    )
    return _record(community, houses=0)


def list_all(actor: Actor, work: Work) -> list[dict[str, Any]]:
    """Return the communities that `actor` may see, by code, with their number of houses."""
    permission.require_somewhere(actor, work, "community.read")
    query = select(House.community_id, func.count()).group_by(House.community_id)
    houses = {row[0]: row[1] for row in work.session.execute(query)}
    found = work.session.scalars(select(Community).order_by(Community.code))
    return [
        _record(community, houses=houses.get(community.id, 0))
        for community in found
        if permission.allowed(actor, work, "community.read", community_id=community.id)
    ]


def resolve(work: Work, reference: str) -> Community:
    """Return the community of code or name `reference`; NotFound where there is none.

    No permission is checked: whoever calls it checks the one of the work at hand.
    """
    text = reference.strip()
    found = work.session.scalar(
        select(Community).where(or_(Community.code == text.upper(), Community.name == text))
    )
    if found is None:
        raise NotFound(
            _("There is no community {name}.").format(name=reference),
            hint=_("`pcloud community list` shows codes and names."),
        )
    return found


def _record(community: Community, *, houses: int) -> dict[str, Any]:
    return {
        "id": community.id,
        "code": community.code,
        "name": community.name,
        "zone": community.zone,
        "address": community.address,
        "houses": houses,
        "created_at": community.created_at,
    }
