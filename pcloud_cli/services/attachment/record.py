"""The row of an attachment: what its MAC covers, how it is found, and what is told of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import Account
from pcloud_cli.models.attachment import Attachment
from pcloud_cli.security.canonical import Field
from pcloud_cli.security.mac import check_row_mac, row_mac
from pcloud_cli.services import rights
from pcloud_cli.services.actor import Actor
from pcloud_cli.vault.media import MediaKind

TABLE = "attachment"
KINDS: dict[str, str] = {
    MediaKind.PHOTO: N_("photo"),
    MediaKind.VIDEO: N_("video"),
    MediaKind.DOCUMENT: N_("PDF"),
}
"""The kinds of media, by code."""


def covered(row: Attachment) -> tuple[Field, ...]:
    """Return what the MAC of an attachment covers.

    Its key and its name are sealed for the row anyway, and made anew with new data keys.
    """
    return (
        row.id,
        row.number,
        row.community_id,
        row.subject_kind,
        row.subject_id,
        row.stage,
        row.kind,
        row.media_type,
        row.size,
        row.content_digest,
        row.added_by,
        rights.moment(row.added_at),
        row.removed_by,
        rights.moment(row.removed_at),
        row.removed_because,
    )


def seal(work: Work, row: Attachment) -> None:
    """Set the MAC of `row` after a change."""
    row.mac = row_mac(work.keys, TABLE, covered(row))


def holds(work: Work, row: Attachment) -> bool:
    """Return whether `row` is as the program wrote it."""
    return check_row_mac(work.keys, TABLE, covered(row), row.mac)


def find(work: Work, reference: str, *, lock: bool = False) -> Attachment:
    """Return the attachment with that number; NotFound where there is none."""
    text = reference.strip().lstrip("#")
    found = None
    if text.isdecimal() and len(text) < 10:
        query = select(Attachment).where(Attachment.number == int(text))
        found = work.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(
            _("There is no attachment {number}.").format(number=reference),
            hint=_("`pcloud attachment list` shows the numbers."),
        )
    return found


def require_whole(actor: Actor, work: Work, row: Attachment) -> None:
    """Return where `row` is as the program wrote it; evidence and Conflict where it is not."""
    if not holds(work, row):
        rights.tampered(actor, work, TABLE, row.id)
        raise Conflict(
            _("Attachment {number} was changed outside the program and proves nothing.").format(
                number=row.number
            ),
            hint=_("Tell the security administrator; `pcloud audit list` shows what was done."),
            code="tampered",
        )


def require_there(row: Attachment) -> None:
    """Return where the attachment was not removed."""
    if row.removed_at is not None:
        raise NotFound(
            _("Attachment {number} was removed.").format(number=row.number),
            hint=_("The trail says by whom, when and why."),
            code="removed",
        )


def count(work: Work, kind: str, community_id: bytes, subject_id: bytes) -> int:
    """Return how many attachments a subject has. The caller has checked who asks."""
    query = select(func.count()).where(
        Attachment.community_id == community_id,
        Attachment.subject_kind == kind,
        Attachment.subject_id == subject_id,
        Attachment.removed_at.is_(None),
    )
    return work.session.scalar(query) or 0


def told(work: Work, row: Attachment, subject: str) -> dict[str, Any]:
    """Return an attachment as a record, with the name that the file came with."""
    name = None
    if row.name_sealed is not None:
        name = work.keys.open(TABLE, "name_sealed", row.id, row.name_sealed)
    return {
        "id": row.id,
        "number": row.number,
        "subject": subject,
        "subject_kind": row.subject_kind,
        "stage": row.stage,
        "kind": row.kind,
        "media_type": row.media_type,
        "size": row.size,
        "name": name,
        "added_by": _staff_number(work, row.added_by),
        "added_at": row.added_at,
        "removed_by": _staff_number(work, row.removed_by),
        "removed_at": row.removed_at,
        "removed_because": row.removed_because,
    }


def _staff_number(work: Work, account_id: bytes | None) -> str | None:
    account = work.session.get(Account, account_id) if account_id else None
    return account.staff_number if account else None
