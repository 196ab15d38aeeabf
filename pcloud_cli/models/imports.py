"""Imports: a developer's workbook, staged row by row, sealed for the rows it will become (3.1.2).

The staging tables hold bytes, text and integers only, so that plain tuples go straight to the
driver. They carry no foreign key: a look-up a row is what bulk loading must not pay, and a
batch's rows are written and removed by its own service alone.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import BigInt, Date, Exact, Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.base import Base, one_of, parent
from pcloud_cli.models.community import Community


class BatchState(StrEnum):
    """Where a batch stands; `loading` may be continued, nothing of it is usable before."""

    LOADING = "loading"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    APPLIED = "applied"
    UNDONE = "undone"
    FAILED = "failed"


class RowStatus(StrEnum):
    """How a staged row compares with what is there."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    ERROR = "error"


class RowAction(StrEnum):
    """What applying does with the row's house or owner."""

    INSERT = "insert"
    UPDATE = "update"
    NONE = "none"


class RelatedKind(StrEnum):
    """What a staged row brings along besides its house and owner."""

    PHONE = "phone"
    EMERGENCY = "emergency"
    VEHICLE = "vehicle"
    PARKING = "parking"
    FAMILY = "family"
    TENANT = "tenant"
    AGENT = "agent"


APPROVED = text("(import_batch.due_at IS NOT NULL AND import_batch.state = 'approved')")
"""What was approved and has a moment to be looked at, as the partial index has it."""


class ImportBatch(Base):
    """One workbook for one community; `number` is what people call it by.

    `sheets`, `totals` and `options` are canonical JSON: what was understood, what was counted,
    what was asked for. `handover_note` names the developer's list of handed-over papers (移交单).
    At `due_at` the sweep tells of it, if it is approved and still not applied.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        Index(None, "community_id", "file_sha256"),
        one_of("state", BatchState),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("file_size >= 0", name="file_size"),
        CheckConstraint("skipped >= 0", name="skipped"),
        Index(
            "ix_import_batch_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL AND state = 'approved'"),
            postgresql_where=text("due_at IS NOT NULL AND state = 'approved'"),
        ),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[bytes] = mapped_column(Sealed)
    file_size: Mapped[int] = mapped_column(BigInt())
    developer: Mapped[str | None] = mapped_column(Text)
    handover_note: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    loaded_by: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    loaded_at: Mapped[datetime] = mapped_column(Moment)
    sheets: Mapped[str] = mapped_column(Text, default="[]", server_default="[]")
    totals: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    merkle_root: Mapped[bytes | None] = mapped_column(Sealed)
    approval_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("approval.id"))
    applied_at: Mapped[datetime | None] = mapped_column(Moment)
    applied_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    skipped: Mapped[int] = mapped_column(default=0, server_default="0")
    options: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    kept: Mapped[int] = mapped_column(default=0, server_default="0")
    due_at: Mapped[datetime | None] = mapped_column(Moment)

    community: Mapped[Community] = parent()
    loader: Mapped[Account] = parent(foreign_keys=[loaded_by])
    approval: Mapped[Approval | None] = parent()


class ImportRow(Base):
    """One owner of one row of a workbook, or a row's house alone (`owner_no` 0).

    Ciphertexts are sealed for the live row that the ids name, so that applying opens nothing.
    Areas and dates are text as the live columns will take them (``88.5000``, ``2026-03-01``).
    `digest` is SHA-256 of the staged content, one of those that the batch's root is over;
    `outcome`, not part of it, says why applying left the row out.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        Index(
            "ix_import_row_conflict",
            "batch_id",
            sqlite_where=text("status = 'conflict'"),
            postgresql_where=text("status = 'conflict'"),
        ),
        one_of("status", RowStatus),
        one_of("house_action", RowAction),
        one_of("owner_action", RowAction),
    )

    batch_id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sheet: Mapped[str] = mapped_column(Text)
    row_no: Mapped[int] = mapped_column()
    owner_no: Mapped[int] = mapped_column()
    status: Mapped[str] = mapped_column(Text)
    problems: Mapped[str | None] = mapped_column(Text)
    house_id: Mapped[bytes] = mapped_column(Id())
    house_action: Mapped[str] = mapped_column(Text)
    house_version: Mapped[int | None] = mapped_column()
    house_key: Mapped[str] = mapped_column(Text)
    section: Mapped[str] = mapped_column(Text)
    building: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    floor: Mapped[str | None] = mapped_column(Text)
    room: Mapped[str] = mapped_column(Text)
    house_kind: Mapped[str] = mapped_column(Text)
    house_type: Mapped[str | None] = mapped_column(Text)
    house_state: Mapped[str | None] = mapped_column(Text)
    forecast_gross: Mapped[str | None] = mapped_column(Text)
    forecast_net: Mapped[str | None] = mapped_column(Text)
    forecast_shared: Mapped[str | None] = mapped_column(Text)
    surveyed_gross: Mapped[str | None] = mapped_column(Text)
    surveyed_net: Mapped[str | None] = mapped_column(Text)
    surveyed_shared: Mapped[str | None] = mapped_column(Text)
    handover_planned: Mapped[str | None] = mapped_column(Text)
    handover_contract: Mapped[str | None] = mapped_column(Text)
    handover_date: Mapped[str | None] = mapped_column(Text)
    remark_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    remark_index: Mapped[bytes | None] = mapped_column(Sealed)
    owner_id: Mapped[bytes | None] = mapped_column(Id())
    owner_action: Mapped[str] = mapped_column(Text)
    owner_version: Mapped[int | None] = mapped_column()
    owner_kind: Mapped[str | None] = mapped_column(Text)
    owner_name: Mapped[str | None] = mapped_column(Text)
    owner_name_key: Mapped[str | None] = mapped_column(Text)
    sex: Mapped[str | None] = mapped_column(Text)
    birth_month: Mapped[str | None] = mapped_column(Text)
    birth_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    id_type: Mapped[str | None] = mapped_column(Text)
    id_number_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    id_number_index: Mapped[bytes | None] = mapped_column(Sealed)
    id_status: Mapped[str | None] = mapped_column(Text)
    owner_number: Mapped[str | None] = mapped_column(Text)
    phone_id: Mapped[bytes | None] = mapped_column(Id())
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    phone_index: Mapped[bytes | None] = mapped_column(Sealed)
    phone_status: Mapped[str | None] = mapped_column(Text)
    ownership_id: Mapped[bytes | None] = mapped_column(Id())
    ownership_kind: Mapped[str | None] = mapped_column(Text)
    share_numerator: Mapped[int | None] = mapped_column()
    share_denominator: Mapped[int | None] = mapped_column()
    digest: Mapped[bytes] = mapped_column(Sealed)
    outcome: Mapped[str | None] = mapped_column(Text)


class ImportBeforeHouse(Base):
    """A house as it was before a batch wrote over some of its fields; made while applying.

    Ciphertext is moved as it is: it stays bound to the same row and column. `was_…` say which
    import had written the house last, and at which version.
    """

    __tablename__ = "import_before_house"

    batch_id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    house_id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    was_batch_id: Mapped[bytes | None] = mapped_column(Id())
    was_version: Mapped[int] = mapped_column()
    was_import_version: Mapped[int] = mapped_column()
    floor: Mapped[str | None] = mapped_column(Text)
    house_type: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(Text)
    forecast_gross: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    forecast_net: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    forecast_shared: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    surveyed_gross: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    surveyed_net: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    surveyed_shared: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    handover_planned: Mapped[date | None] = mapped_column(Date)
    handover_contract: Mapped[date | None] = mapped_column(Date)
    handover_date: Mapped[date | None] = mapped_column(Date)
    remark_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    remark_index: Mapped[bytes | None] = mapped_column(Sealed)


class ImportBeforeOwner(Base):
    """An owner as he was before a batch filled in or changed some of his fields."""

    __tablename__ = "import_before_owner"

    batch_id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    owner_id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    was_batch_id: Mapped[bytes | None] = mapped_column(Id())
    was_version: Mapped[int] = mapped_column()
    was_import_version: Mapped[int] = mapped_column()
    sex: Mapped[str | None] = mapped_column(Text)
    birth_month: Mapped[str | None] = mapped_column(Text)
    birth_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    id_type: Mapped[str | None] = mapped_column(Text)
    id_number_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    id_number_index: Mapped[bytes | None] = mapped_column(Sealed)
    id_status: Mapped[str] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(Text)


class ImportKept(Base):
    """What taking a batch back leaves as it is, and why.

    `kind` is the table of the row `target_id`, which the batch brought; with ``_fields`` behind
    it, the row was there before and some of its fields stay. `reason` is a code of
    `services.words.KEPT_REASONS`; `detail` names fields (``floor,remark``) or the number of
    another batch.
    """

    __tablename__ = "import_kept"

    batch_id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    target_id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)


class ImportRelated(Base):
    """Something else that a staged row brings: a further phone, a vehicle, a family member …

    `row_seq` is the staged row it came with; `target_id` the live row it is sealed for.
    """

    __tablename__ = "import_related"
    __table_args__ = (one_of("kind", RelatedKind),)

    batch_id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row_seq: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(Text)
    target_id: Mapped[bytes] = mapped_column(Id())
    owner_id: Mapped[bytes | None] = mapped_column(Id())
    house_id: Mapped[bytes | None] = mapped_column(Id())
    position: Mapped[int | None] = mapped_column()
    name_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    phone_index: Mapped[bytes | None] = mapped_column(Sealed)
    extra: Mapped[str | None] = mapped_column(Text)
    extra_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    extra_index: Mapped[bytes | None] = mapped_column(Sealed)
    relation: Mapped[str | None] = mapped_column(Text)
    sex: Mapped[str | None] = mapped_column(Text)
    birth_month: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(Sealed)


class ImportSource(Base):
    """A sampled row of data as it stood in the workbook, for the second person (抽查).

    `cells_sealed` is JSON, ``[[letters, header, field, text], …]`` of the cells that were read;
    the workbook itself is not kept. `seq` counts in the order of the file.
    """

    __tablename__ = "import_source"
    __table_args__ = (Index(None, "batch_id"),)

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    batch_id: Mapped[bytes] = mapped_column(Id())
    seq: Mapped[int] = mapped_column()
    sheet: Mapped[str] = mapped_column(Text)
    row_no: Mapped[int] = mapped_column()
    cells_sealed: Mapped[bytes] = mapped_column(Sealed)


class ImportAbsent(Base):
    """A house that is here and that a list which was sent again does not name."""

    __tablename__ = "import_absent"

    batch_id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    house_id: Mapped[bytes] = mapped_column(Id(), primary_key=True)


class ImportProblem(Base):
    """One problem found in a workbook: where, what, how bad; `value_masked` shows no secret.

    `params` is canonical JSON of what the message of `code` is filled with.
    """

    __tablename__ = "import_problem"

    batch_id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sheet: Mapped[str] = mapped_column(Text)
    row_no: Mapped[int] = mapped_column()
    col: Mapped[str | None] = mapped_column(Text)
    field: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    value_masked: Mapped[str | None] = mapped_column(Text)
    params: Mapped[str | None] = mapped_column(Text)


class ImportProfile(Base):
    """What a developer's headers mean, as somebody settled it: header → field, ``""`` for none.

    `key` is the developer's name as look-ups compare it; `mapping` is canonical JSON.
    """

    __tablename__ = "import_profile"

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    developer: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text, unique=True)
    mapping: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    updated_by: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
