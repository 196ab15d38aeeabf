"""Photos, videos and papers attached to what is worked on (3.2.1); their files lie in a store."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import BigInt, Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.base import Base, one_of, parent
from pcloud_cli.models.community import Community
from pcloud_cli.vault.media import MediaKind


class Attachment(Base):
    """One file attached to one subject; `number` is what people call it by.

    What it is attached to is named by `subject_kind` and `subject_id`, in one community; `stage`
    says at which point of that work. `content_digest` is a keyed hash of the content and its name
    in the store: equal contents lie there once. `key_wrapped` is the key of the stored file,
    wrapped for this row alone; it is gone once the attachment is removed. `mac` covers all but what
    is encrypted for the row.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index(None, "community_id", "subject_kind", "subject_id"),
        Index(None, "content_digest"),
        one_of("kind", MediaKind),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("size >= 1", name="size"),
        CheckConstraint("(removed_at IS NULL) = (key_wrapped IS NOT NULL)", name="removed"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[bytes] = mapped_column(Id())
    stage: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInt())
    content_digest: Mapped[bytes] = mapped_column(Sealed)
    key_wrapped: Mapped[bytes | None] = mapped_column(Sealed)
    name_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    added_by: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    added_at: Mapped[datetime] = mapped_column(Moment)
    removed_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_because: Mapped[str | None] = mapped_column(Text)
    mac: Mapped[bytes] = mapped_column(Sealed)

    community: Mapped[Community] = parent()
    adder: Mapped[Account] = parent(foreign_keys=[added_by])
    remover: Mapped[Account | None] = parent(foreign_keys=[removed_by])
