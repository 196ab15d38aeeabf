"""Making the MACs of rows that give rights anew with the key in use.

A row whose MAC does not hold stays as it is: it was changed outside the program, and a new MAC
would make it good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Failed
from pcloud_cli.models.account import Account, LoginSession, PasswordHistory
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.attachment import Attachment
from pcloud_cli.models.base import Base
from pcloud_cli.models.login import RecoveryCode, SecondFactor
from pcloud_cli.models.outbox import OutboxDelivery
from pcloud_cli.models.owner_change import OwnerChange
from pcloud_cli.models.policy import PolicyVersion
from pcloud_cli.models.region import Region, RegionCommunity
from pcloud_cli.models.role import Role, RoleGrant
from pcloud_cli.security.canonical import Field
from pcloud_cli.security.mac import check_row_mac, row_mac
from pcloud_cli.services import approval, outbox, owner_change, policy_versions, rights
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.attachment import record as attachment
from pcloud_cli.services.key.fields import Anew, Key, Part, behind, names_another, rows_at_once
from pcloud_cli.services.key.places import all_places

Covered = Callable[[Work, Any], Sequence[Field]]


def _grant(work: Work, row: RoleGrant) -> Sequence[Field]:
    return rights.covered(row, work.session.get_one(Role, row.role_id).code)


COVERED: dict[type[Base], Covered] = {
    Account: lambda _work, row: rights.covered(row),
    LoginSession: lambda _work, row: rights.covered(row),
    PasswordHistory: lambda _work, row: rights.former_covered(row),
    Region: lambda _work, row: rights.region_covered(row),
    RegionCommunity: lambda _work, row: rights.member_covered(row),
    SecondFactor: lambda _work, row: rights.factor_covered(row),
    RecoveryCode: lambda _work, row: rights.code_covered(row),
    RoleGrant: _grant,
    OwnerChange: owner_change.covered,
    Approval: lambda _work, row: approval.covered(row),
    PolicyVersion: lambda _work, row: policy_versions.covered(row),
    Attachment: lambda _work, row: attachment.covered(row),
    OutboxDelivery: lambda _work, row: outbox.covered(row),
}
"""What the MAC of each kind of row covers; its purpose is the name of the table."""


def part(actor: Actor, work: Work, after: Key | None, *, model: type[Base]) -> Part:
    """Make the MACs of the next rows of one kind anew, those behind the key `after`."""
    active, _key = work.keys.mac_key()
    old = names_another(model.__table__.c.mac, active, at=1)
    rows, own, last = _rows(work, model, old, after)
    stuck = 0
    for row in rows:
        if holds(work, row):
            before, row.mac = row.mac, row_mac(work.keys, model.__tablename__, _covered(work, row))
            if isinstance(row, OwnerChange):
                _rebind(actor, work, row, before)
        else:
            rights.tampered(actor, work, model.__tablename__, getattr(row, own[0]))
            stuck += 1
    work.session.flush()
    return Part(len(rows) - stuck, stuck, last)


def sealed_part(_actor: Actor, work: Work, after: Key | None, *, model: type[Base]) -> Part:
    """Do as `fields.part` for rows with a MAC, which may cover what is sealed.

    A MAC that held holds afterwards; one that did not does not.
    """
    (places,) = (one for one in all_places() if one.table is model.__table__)
    anew = Anew(work)
    columns = places.table.c
    old = or_(*(names_another(columns[name], anew.cipher.key_id, at=2) for name in places.sealed))
    rows, _own, last = _rows(work, model, old, after)
    count = 0
    for row in rows:
        held = holds(work, row)
        for name, bound in places.sealed.items():
            blob = getattr(row, name)
            fresh = blob and anew.seal(bound.table, bound.column, getattr(row, bound.id), blob)
            if fresh:
                setattr(row, name, fresh)
                count += 1
        if held:
            row.mac = row_mac(work.keys, model.__tablename__, _covered(work, row))
    work.session.flush()
    return Part(count, anew.stuck, last)


def holds(work: Work, row: Any) -> bool:
    """Return whether a row is as the program wrote it."""
    if isinstance(row, Account):
        return rights.account_whole(work, row)
    try:
        return check_row_mac(work.keys, row.__tablename__, _covered(work, row), row.mac)
    except Failed:
        return False  # what it covers does not open


def _covered(work: Work, row: Any) -> Sequence[Field]:
    return COVERED[type(row)](work, row)


def _rows(
    work: Work, model: type[Base], old: ColumnElement[bool], after: Key | None
) -> tuple[Sequence[Any], list[str], Key | None]:
    """Return the next rows of `old`, locked, the names of their key, and where to go on."""
    size = rows_at_once()
    own = [*model.__table__.primary_key]
    query = select(model).where(old, behind(own, after)).order_by(*own).limit(size)
    rows = work.session.scalars(query.with_for_update()).all()
    names = [column.key for column in own]
    last = tuple(getattr(rows[-1], name) for name in names) if len(rows) == size else None
    return rows, names, last


def _rebind(actor: Actor, work: Work, row: OwnerChange, before: bytes) -> None:
    """Bind the approval of a change to its new MAC, where it was bound to the one `before`."""
    bound = work.session.get(Approval, row.approval_id) if row.approval_id else None
    if bound is not None and bound.content_hash == owner_change.content_hash(before):
        approval.rebind(actor, work, bound, owner_change.content_hash(row.mac))
