"""Listing attachments and giving them back, each recorded as a reading of private data (2.3.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Failed
from pcloud_cli.i18n import _
from pcloud_cli.ids import id_text
from pcloud_cli.models.attachment import Attachment
from pcloud_cli.security.sealed_stream import Broken, opened
from pcloud_cli.services import permission, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.attachment import record, subjects
from pcloud_cli.vault.media import KNOWN
from pcloud_cli.vault.store import Store

READ = "attachment.read"


@dataclass(frozen=True)
class Content:
    """What an attachment holds, to be read once the reading is in the trail."""

    number: int
    media_type: str
    size: int
    name: bytes
    key: bytes
    store: Store

    def __repr__(self) -> str:
        return f"<Content of attachment {self.number}>"

    @property
    def file_name(self) -> str:
        """A name for the file that says nothing of its content: the number, and its format."""
        ending = next((each.ending for each in KNOWN if each.type == self.media_type), "")
        return f"attachment-{self.number}{ending}"

    def pieces(self) -> Iterator[bytes]:
        """Yield the content, each piece proved; only after the last is all of it proved.

        Raises Failed where the stored file is not what was written, NotFound where it is gone.
        """
        size = 0
        try:
            with self.store.read(self.name) as stream:
                for piece in opened(self.key, stream.read):
                    size += len(piece)
                    yield piece
        except Broken:
            raise self._broken() from None
        if size != self.size:
            raise self._broken()

    def _broken(self) -> Failed:
        return Failed(
            _("The stored file of attachment {number} is not what was written.").format(
                number=self.number
            ),
            hint=_("Put it back from a backup; `pcloud attachment verify` finds all such files."),
            code="store_broken",
        )


def list_all(
    actor: Actor, work: Work, kind: str, reference: str, *, removed: bool = False
) -> list[dict[str, Any]]:
    """Return what is attached to what people call `reference` of `kind`, the oldest first.

    With `removed` also what was removed, with who did it and why.
    """
    known, subject = subjects.find(actor, work, READ, kind, reference)
    known.may_read(actor, work, subject)
    query = select(Attachment).where(
        Attachment.community_id == subject.community_id,
        Attachment.subject_kind == subject.kind,
        Attachment.subject_id == subject.id,
    )
    if not removed:
        query = query.where(Attachment.removed_at.is_(None))
    rows = work.session.scalars(query.order_by(Attachment.number)).all()
    ids = sorted(row.id for row in rows)
    trail.witnessed(
        actor,
        work,
        "attachment.list",
        object_type=record.TABLE,
        community_id=subject.community_id,
        detail={
            "subject": subject.kind,
            "id": subject.id.hex(),
            "count": len(rows),
            "digest": hashlib.sha256(b"".join(ids)).hexdigest(),
            "ids": [id_text(each) for each in ids[:20]],
        },
    )
    return [record.told(work, row, subject.name) for row in rows]


def read(actor: Actor, work: Work, store: Store, reference: str) -> Content:
    """Return the content of an attachment, to be read after `work` has ended."""
    permission.require_somewhere(actor, work, READ)
    row = record.find(work, reference)
    known, subject = subjects.of(actor, work, READ, row)
    known.may_read(actor, work, subject)
    record.require_there(row)
    record.require_whole(actor, work, row)
    content = content_of(work, store, row)
    trail.witnessed(
        actor,
        work,
        "attachment.read",
        object_type=record.TABLE,
        object_id=row.id,
        community_id=row.community_id,
        detail={
            "number": row.number,
            "subject": row.subject_kind,
            "id": row.subject_id.hex(),
            "content": row.content_digest.hex(),
        },
    )
    return content


def content_of(work: Work, store: Store, row: Attachment) -> Content:
    """Return the content of `row`; the caller has checked who asks."""
    wrapped = row.key_wrapped or b""
    key = work.keys.file_key(record.TABLE, "key_wrapped", row.id, wrapped)
    return Content(row.number, row.media_type, row.size, row.content_digest, key, store)
