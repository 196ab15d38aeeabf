"""Which grants nobody used, by the trail and by what was noted; taking them back (2.1.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.role import Role, RoleGrant, RoleGrantUse
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.permissions import PERMISSIONS
from pcloud_cli.services import permission, role_granting, role_records
from pcloud_cli.services.actor import Actor

STATES = {
    "unused": N_("not used in this time"),
    "unclear": N_("uses have not been noted for so long yet"),
    "revoked": N_("revoked"),
    "kept": N_("kept: the last one of the role"),
}
"""What `unused` says of a grant, by code, translated where printed."""

TRAIL = {
    "community.create": "community.write",
    "fault_type.add": "fault_type.manage",
    "fault_type.change": "fault_type.manage",
    "fault_type.retire": "fault_type.manage",
    "house.renumber_approve": "house.write",
    "house.renumber_reject": "house.write",
    "import.begin": "import.load",
    "import.profile": "import.load",
    "import.profile_forget": "import.load",
    "import.reject": "import.approve",
    "import.undo": "import.approve",
    "import.undo_propose": "import.apply",
    "outbox.dropped": "outbox.deliver",
    "outbox.retry": "outbox.deliver",
    "region.add": "role.grant",
    "region.approve": "role.approve",
    "region.ask": "role.grant",
    "region.create": "role.grant",
    "region.reject": "role.approve",
    "region.remove": "role.grant",
    "report.export": "report.owners",
    "report.show": "report.owners",
    "role.ask": "role.grant",
    "role.reject": "role.approve",
    "role.revoke": "role.grant",
    "roster.agree": "roster.manage",
    "roster.hand_over": "roster.own",
    "roster.import": "roster.manage",
    "roster.refuse": "roster.manage",
    "roster.swap": "roster.own",
    "roster.take_over": "roster.own",
    "roster.withdraw": "roster.own",
    "technician.set": "technician.manage",
}
"""The permission behind an action of the trail that is not called after it."""


def unused(actor: Actor, work: Work, *, days: int) -> list[dict[str, Any]]:
    """Return the grants in force for `days` or longer that nobody used in that time.

    Their last use, in the trail or noted, stands in ``used_at`` (None: never). Where uses have
    not been noted for so long, a grant that shows none is ``unclear``.
    """
    permission.require(actor, work, "role.read")
    if days < 1:
        raise UsageProblem(_("The number of days must be at least one."))
    cut = work.now() - timedelta(days=days)
    since = work.session.scalar(select(func.min(RoleGrantUse.noted_since)))
    clear = since is not None and since <= cut
    last_notes = select(RoleGrantUse.grant_id, func.max(RoleGrantUse.used_at))
    noted = dict(work.session.execute(last_notes.group_by(RoleGrantUse.grant_id)).all())
    noted |= {grant_id: work.now() for grant_id, _name in actor.used}
    query = (
        select(RoleGrant, Role)
        .join(Role, Role.id == RoleGrant.role_id)
        .where(RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )
    traces: dict[bytes, dict[str, datetime]] = {}
    found = []
    for row, role in work.session.execute(query).all():
        begun = max(filter(None, (row.granted_at, row.starts_at, row.confirmed_at)))
        if begun > cut or permission.state(actor, work, row, role.code) != "held":
            continue
        if row.account_id not in traces:
            traces[row.account_id] = _traces(work, row.account_id)
        held = role_records.permissions(work, role)
        uses = [at for name, at in traces[row.account_id].items() if name in held and at >= begun]
        last = max([*uses, *filter(None, [noted.get(row.id)])], default=None)
        if last is not None and last > cut:
            continue
        record = role_records.record(actor, work, row, role)
        found.append(record | {"used_at": last, "state": "unused" if clear else "unclear"})
    return found


def revoke_unused(actor: Actor, work: Work, *, days: int, reason: str) -> list[dict[str, Any]]:
    """Revoke what `unused` finds and return it; who must remain, and the unclear, stay."""
    permission.require(actor, work, "role.grant")
    found = unused(actor, work, days=days)
    for each in found:
        if each["state"] != "unused":
            continue
        try:
            role_granting.revoke(actor, work, each["id"], reason=reason)
        except Conflict as error:
            if error.code != "last_administrator":
                raise
            each["state"] = "kept"
        else:
            each["state"] = "revoked"
    return found


def _traces(work: Work, account_id: bytes) -> dict[str, datetime]:
    """Return when an account last used each permission, as far as the trail tells."""
    query = (
        select(TrailEvent.action, func.max(TrailEvent.at))
        .where(TrailEvent.actor_id == account_id)
        .group_by(TrailEvent.action)
    )
    traces: dict[str, datetime] = {}
    for action, at in work.session.execute(query):
        name = TRAIL.get(action, action)
        if name in PERMISSIONS:
            moment = datetime.fromisoformat(at).astimezone(UTC)
            traces[name] = max(moment, traces.get(name, moment))
    return traces
