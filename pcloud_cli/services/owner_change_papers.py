"""Papers attached to a change of an owner: what shows that it is right (2.1.2, 2.3.1).

They are added while the change waits, so that who checks it sees what its maker saw.
"""

from __future__ import annotations

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.owner_change import OwnerChange, OwnerChangeState
from pcloud_cli.services import owner_change, permission
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.attachment.subject import Kind, Subject

NAME = "owner-change"


def _find(actor: Actor, work: Work, reference: str) -> Subject:  # noqa: ARG001
    return _subject(owner_change.CHECK.find(work, reference))


def _of(work: Work, community_id: bytes, subject_id: bytes) -> Subject | None:
    row = _row(work, community_id, subject_id)
    return None if row is None else _subject(row)


def _may_read(actor: Actor, work: Work, subject: Subject) -> None:
    permission.require(actor, work, "owner.read", community_id=subject.community_id)


def _may_add(actor: Actor, work: Work, subject: Subject, _stage: str) -> None:
    row = _row(work, subject.community_id, subject.id)
    if row is None or row.state != OwnerChangeState.PENDING:
        raise Conflict(
            _("Change {number} of an owner has been decided; its papers stay as they are.").format(
                number=subject.name
            ),
            code="decided",
        )
    needed = owner_change.needed_to_enter(work, row)
    permission.require(actor, work, needed, community_id=subject.community_id)


def _row(work: Work, community_id: bytes, subject_id: bytes) -> OwnerChange | None:
    query = select(OwnerChange).where(
        OwnerChange.community_id == community_id, OwnerChange.id == subject_id
    )
    # whoever decides waits until the paper is attached, or it waits until they have decided
    return work.session.scalar(query.with_for_update() if work.write else query)


def _subject(row: OwnerChange) -> Subject:
    return Subject(NAME, row.id, row.community_id, str(row.number))


KIND = Kind(
    title=N_("change of an owner"),
    stages={"evidence": N_("evidence"), "consent": N_("consent of the owner")},
    find=_find,
    of=_of,
    may_read=_may_read,
    may_add=_may_add,
)
