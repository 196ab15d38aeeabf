"""Attaching what was taken in: a file lasts before its row does; equal contents lie there once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from pcloud_cli.db import locks
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import _
from pcloud_cli.models.attachment import Attachment
from pcloud_cli.models.installation import KeyPurpose
from pcloud_cli.security.sealed_stream import sealed_size
from pcloud_cli.services import permission, policy, trail, turns, words
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.attachment import record, subjects
from pcloud_cli.services.attachment.staging import Staged
from pcloud_cli.services.attachment.subject import Kind, Subject
from pcloud_cli.services.key import first
from pcloud_cli.services.policy_sections import AttachmentPolicy
from pcloud_cli.vault.media import MediaKind
from pcloud_cli.vault.store import Store

ADD = "attachment.add"


def may_add(
    actor: Actor, work: Work, kind: str, reference: str, stage: str | None = None
) -> AttachmentPolicy:
    """Return the limits in force, where `actor` may attach files there, before any is read."""
    known, subject = subjects.find(actor, work, ADD, kind, reference)
    known.may_add(actor, work, subject, _stage(known, stage))
    return policy.current(work, AttachmentPolicy)


def add(
    actor: Actor,
    work: Work,
    store: Store,
    kind: str,
    reference: str,
    files: Sequence[Staged],
    *,
    stage: str | None = None,
) -> list[dict[str, Any]]:
    """Attach `files` to what people call `reference` of `kind` and return them as records.

    A file that the same subject has already, at the same stage, is not attached twice: its record
    says ``already``. Raises Conflict where there would be more than policy allows.
    """
    known, subject = subjects.find(actor, work, ADD, kind, reference)
    at = _stage(known, stage)
    known.may_add(actor, work, subject, at)
    return attach(actor, work, store, subject, files, stage=at)


def attach(
    actor: Actor, work: Work, store: Store, subject: Subject, files: Sequence[Staged], *, stage: str
) -> list[dict[str, Any]]:
    """Do the same for a subject that the caller made or found, and was allowed to add to."""
    permission.require_login(actor, work)
    if not work.keys.has_file_key():
        first.make(actor, work, KeyPurpose.FILE)
    addresses = work.keys.content_addresses()
    named = [(each, [address.of(each.sha256) for address in addresses]) for each in files]
    # in one order everywhere, so that two who bring the same files do not wait for each other
    for name in sorted({name for _file, names in named for name in names}):
        take_turn(work, name)
    turns.with_numbers(work, "attachments")
    number = work.session.scalar(select(func.max(Attachment.number))) or 0
    made: list[tuple[Attachment, bool]] = []
    for each, names in named:
        there = _attached(work, subject, stage, names)
        if there is None:
            number += 1
            there = _row(actor, work, store, subject, stage, number, each, names)
            made.append((there, False))
        else:
            made.append((there, True))
    _refuse_many(work, subject)
    for row, already in made:
        if not already:
            _tell(actor, work, row)
    return [{**record.told(work, row, subject.name), "already": already} for row, already in made]


def take_turn(work: Work, name: bytes) -> None:
    """Return once nobody else attaches, or collects, the stored file `name`; until `work` ends."""
    locks.wait_turn(work.session, f"attachment {name.hex()}")


def _row(
    actor: Actor,
    work: Work,
    store: Store,
    subject: Subject,
    stage: str,
    number: int,
    file: Staged,
    names: Sequence[bytes],
) -> Attachment:
    name, key = _stored(work, store, file, names)
    id_ = work.ids()
    row = Attachment(
        id=id_,
        number=number,
        community_id=subject.community_id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        stage=stage,
        kind=file.media.kind.value,
        media_type=file.media.type,
        size=file.size,
        content_digest=name,
        key_wrapped=_wrapped(work, id_, key),
        added_by=actor.account_id or b"",
        added_at=work.now(),
    )
    if file.name:
        row.name_sealed = work.keys.field_cipher().seal(record.TABLE, "name_sealed", id_, file.name)
    record.seal(work, row)
    work.session.add(row)
    work.session.flush()
    return row


def _stored(work: Work, store: Store, file: Staged, names: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return name and key of the stored file: one that is there, else the part, which now lasts.

    What lies there under the new name without a row nobody can open: its key is gone. Where rows
    name a file that was lost, they get the new one, which holds the same.
    """
    living = (
        select(Attachment)
        .where(Attachment.content_digest.in_(names), Attachment.removed_at.is_(None))
        .order_by(Attachment.number)
    )
    rows = [row for row in work.session.scalars(living) if record.holds(work, row)]
    for row in rows:
        if store.size(row.content_digest) == sealed_size(file.size):
            wrapped = row.key_wrapped or b""
            key = work.keys.file_key(record.TABLE, "key_wrapped", row.id, wrapped)
            return row.content_digest, key
    if not work.dry_run:
        file.upload.keep(names[0])
    for row in rows:
        if row.content_digest == names[0]:
            row.key_wrapped = _wrapped(work, row.id, file.key)
    return names[0], file.key


def _wrapped(work: Work, row_id: bytes, key: bytes) -> bytes:
    return work.keys.file_cipher().seal(record.TABLE, "key_wrapped", row_id, key.hex())


def _attached(
    work: Work, subject: Subject, stage: str, names: Sequence[bytes]
) -> Attachment | None:
    query = select(Attachment).where(
        Attachment.community_id == subject.community_id,
        Attachment.subject_kind == subject.kind,
        Attachment.subject_id == subject.id,
        Attachment.stage == stage,
        Attachment.content_digest.in_(names),
        Attachment.removed_at.is_(None),
    )
    return work.session.scalar(query.limit(1))


def _refuse_many(work: Work, subject: Subject) -> None:
    limits = policy.current(work, AttachmentPolicy)
    query = (
        select(Attachment.kind, func.count())
        .where(
            Attachment.community_id == subject.community_id,
            Attachment.subject_kind == subject.kind,
            Attachment.subject_id == subject.id,
            Attachment.removed_at.is_(None),
        )
        .group_by(Attachment.kind)
    )
    there = Counter({row[0]: row[1] for row in work.session.execute(query)})
    most = {
        MediaKind.PHOTO: limits.most_photos,
        MediaKind.VIDEO: limits.most_videos,
        MediaKind.DOCUMENT: limits.most_documents,
    }
    for kind, limit in most.items():
        if there[kind] > limit:
            raise Conflict(
                _("There would be {count} of the kind {kind}, more than {most}.").format(
                    count=there[kind], kind=_(record.KINDS[kind]), most=limit
                ),
                hint=_("Choose among them; `pcloud policy show attachment` has the limits."),
                code="too_many",
            )


def _stage(known: Kind, stage: str | None) -> str:
    return words.understood(stage, known.stages, "--stage") if stage else known.usual_stage


def _tell(actor: Actor, work: Work, row: Attachment) -> None:
    trail.changed(
        actor,
        work,
        "attachment.add",
        object_type=record.TABLE,
        object_id=row.id,
        community_id=row.community_id,
        detail={
            "number": row.number,
            "subject": row.subject_kind,
            "id": row.subject_id.hex(),
            "stage": row.stage,
            "kind": row.kind,
            "file_size": row.size,
            "content": row.content_digest.hex(),
        },
    )
