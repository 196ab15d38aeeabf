"""Removing an attachment: its key goes at once, its stored file with the next collection."""

from __future__ import annotations

from typing import Any

from pcloud_cli.db.work import Work
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.services import permission, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.attachment import record, subjects
from pcloud_cli.services.attachment.adding import ADD

REMOVE = "attachment.remove"


def remove(actor: Actor, work: Work, reference: str, *, reason: str) -> dict[str, Any]:
    """Remove an attachment and return its record; the row stays, and says who did it and why.

    Whoever attached it may take it back as long as they might still attach it; all else needs
    ``attachment.remove``.
    """
    if not reason.strip():
        raise UsageProblem(_("Removing an attachment needs a reason."), hint=_("Give --reason."))
    if ADD not in permission.granted_permissions(actor, work):
        permission.require_somewhere(actor, work, REMOVE)
    row = record.find(work, reference, lock=True)
    own = row.added_by == actor.account_id and permission.allowed(
        actor, work, ADD, community_id=row.community_id
    )
    known, subject = subjects.of(actor, work, ADD if own else REMOVE, row)
    if own and not permission.allowed(actor, work, REMOVE, community_id=row.community_id):
        known.may_add(actor, work, subject, row.stage)
    record.require_there(row)
    record.require_whole(actor, work, row)
    row.removed_by, row.removed_at = actor.account_id, work.now()
    row.removed_because = reason.strip()
    row.key_wrapped = None
    record.seal(work, row)
    work.session.flush()
    trail.changed(
        actor,
        work,
        "attachment.remove",
        object_type=record.TABLE,
        object_id=row.id,
        community_id=row.community_id,
        reason=reason.strip(),
        detail={
            "number": row.number,
            "subject": row.subject_kind,
            "id": row.subject_id.hex(),
            "content": row.content_digest.hex(),
        },
    )
    return record.told(work, row, subject.name)
