"""The roles that come with the program, in the database: brought there, and brought up to date.

A new version may ship new roles, and new permissions of roles that are there already. Setting up
and `pcloud db upgrade` bring them; until then nobody can be granted them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pcloud_cli.db.work import Work
from pcloud_cli.models.role import Role, RolePermission
from pcloud_cli.security.permissions import ROLES
from pcloud_cli.services import trail
from pcloud_cli.services.actor import Actor


def missing(session: Session) -> dict[str, list[str]]:
    """Return what this version ships and the database lacks: permissions by the role's code.

    A role that is lacking altogether is named even where it holds no permission.
    """
    stored: dict[str, set[str]] = {code: set() for code in session.scalars(select(Role.code))}
    for code, name in session.execute(
        select(Role.code, RolePermission.permission).join(Role, Role.id == RolePermission.role_id)
    ):
        stored[code].add(name)
    return {
        shipped.code: sorted(shipped.permissions - stored.get(shipped.code, set()))
        for shipped in ROLES.values()
        if shipped.code not in stored or not shipped.permissions <= stored[shipped.code]
    }


def seed(work: Work) -> int:
    """Bring the shipped roles into the database; return how many permissions were new.

    The names of roles that are there already follow the program's.
    """
    known = {role.code: role for role in work.session.scalars(select(Role))}
    lacking = missing(work.session)
    added = 0
    for shipped in ROLES.values():
        role = known.get(shipped.code)
        if role is None:
            role = Role(
                id=work.ids(),
                code=shipped.code,
                name=shipped.name,
                name_zh=shipped.name_zh,
                shipped=True,
            )
            work.session.add(role)
        elif (role.name, role.name_zh) != (shipped.name, shipped.name_zh):
            role.name, role.name_zh = shipped.name, shipped.name_zh
        for name in lacking.get(shipped.code, ()):
            work.session.add(RolePermission(role_id=role.id, permission=name))
            added += 1
    work.session.flush()
    return added


def bring_up(actor: Actor, work: Work) -> dict[str, list[str]]:
    """Bring what is missing into the database of an upgrade, tell the trail, and return it."""
    lacking = missing(work.session)
    if lacking:
        seed(work)
        detail: dict[str, Any] = {"permissions": lacking}
        trail.changed(actor, work, "role.shipped", object_type="role", detail=detail)
    return lacking
