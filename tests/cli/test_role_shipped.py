"""An upgrade brings what this version ships, on each kind of database."""

from __future__ import annotations

from sqlalchemy import delete, select

from pcloud_cli.models.role import Role, RoleGrant, RolePermission
from pcloud_cli.services import role_shipped
from tests.cli.program import Program


def test_an_upgrade_brings_new_roles_and_permissions_into_an_existing_database(
    site: Program,
) -> None:
    with site.desk() as desk, desk.open(write=True) as (_actor, work):
        whole = len(work.session.execute(select(RolePermission.role_id)).all())
        gone = work.session.scalars(select(Role.id).where(Role.code == "night_duty")).one()
        for table, column in ((RolePermission, "role_id"), (RoleGrant, "role_id"), (Role, "id")):
            work.session.execute(delete(table).where(getattr(table, column) == gone))
        approving = RolePermission.permission == "role.approve"
        work.session.execute(delete(RolePermission).where(approving))
    site.token = None
    done = site.run("db", "upgrade")
    assert done.code == 0, done.err
    assert "Security administrator gained role.approve" in done.err
    assert "Night duty gained" in done.err
    with site.desk() as desk, desk.open() as (_actor, work):
        assert role_shipped.missing(work.session) == {}
        assert len(work.session.execute(select(RolePermission.role_id)).all()) == whole
    told = site.run("audit", "list", "--action", "role.shipped", "-o", "json", by="R-AUDITOR")
    (event,) = told.data
    assert event["detail"]["permissions"]["security_admin"] == ["role.approve"]


def test_an_upgrade_with_nothing_to_bring_changes_nothing(site: Program) -> None:
    first = site.run("db", "upgrade")
    assert (first.code, "up to date already" in first.err) == (0, True)
    told = site.run("audit", "list", "--action", "role.shipped", "-o", "json", by="R-AUDITOR")
    assert told.data == []
