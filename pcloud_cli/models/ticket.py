"""Repair tickets (报修工单), each of their steps, and each limit that was overrun (2.3.2, 3.2)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.base import Base, one_of, parent, within
from pcloud_cli.models.community import Building, Community
from pcloud_cli.models.house import House
from pcloud_cli.models.maintenance_firm import MaintenanceFirm


class TicketState(StrEnum):
    """待受理, 待派单, 待接单, 待上门, 维修中, 已暂停, 待确认, then how it ended."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    TAKEN = "taken"
    ON_SITE = "on_site"
    PAUSED = "paused"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    LINKED = "linked"


OPEN_STATES = (
    TicketState.SUBMITTED,
    TicketState.ACCEPTED,
    TicketState.ASSIGNED,
    TicketState.TAKEN,
    TicketState.ON_SITE,
    TicketState.PAUSED,
    TicketState.COMPLETED,
)
"""States in which a clock runs."""


IN_HAND = (TicketState.ASSIGNED.value, TicketState.TAKEN.value, TicketState.ON_SITE.value)
"""States in which a technician has it; a paused one waits beside."""


class Urgency(StrEnum):
    """普通, 紧急."""

    NORMAL = "normal"
    URGENT = "urgent"


class Channel(StrEnum):
    """业主APP, 微信, 电话, 前台, 巡查."""

    APP = "app"
    WECHAT = "wechat"
    PHONE = "phone"
    COUNTER = "counter"
    PATROL = "patrol"


class Reporter(StrEnum):
    """业主, 租户, 家庭成员, 装修人员, 巡查人员, 其他."""

    OWNER = "owner"
    TENANT = "tenant"
    FAMILY = "family"
    DECORATOR = "decorator"
    PATROL = "patrol"
    OTHER = "other"


class TicketClock(StrEnum):
    """What a ticket waits for, each with its limit: 受理, 派单, 接单, 上门, 完工, 确认, 恢复."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    TAKE = "take"
    ARRIVE = "arrive"
    COMPLETE = "complete"
    CONFIRM = "confirm"
    RESUME = "resume"


class ConfirmSource(StrEnum):
    """How it is known that the owner is content: APP确认, 现场签字, 电话回访."""

    APP = "app"
    SIGNATURE = "signature"
    CALLBACK = "callback"


class Responsibility(StrEnum):
    """Whose matter a repair is (责任归属): 物业, 质保, 有偿, 第三方维保, 业主自理."""

    PROPERTY = "property"
    WARRANTY = "warranty"
    PAID = "paid"
    THIRD_PARTY = "third_party"
    OWNER = "owner"


_open = " OR ".join(f"state = '{state.value}'" for state in OPEN_STATES)
_to_call_back = "(state = 'completed' OR state = 'closed') AND callback_ended_at IS NULL"
IS_DUE = text("ticket.due_at IS NOT NULL")
"""The condition of the index on the next due moment, as it stands there."""
TO_CALL_BACK = text(
    "((ticket.state = 'completed' OR ticket.state = 'closed') AND ticket.callback_ended_at IS NULL)"
)
"""That nobody has said how content they are, and may be asked; as the partial index has it."""
ENTRY_DUE = text("ticket.entry_due_at IS NOT NULL")
"""The condition of the index on late entries that were not told of yet."""


class Ticket(Base):
    """One repair, from the call to the rating; `number` can be read out (a check digit is last).

    Its place is a house, or a public place that `public_place` names, in a building where there is
    one. The clock that runs (`clock`, begun by the step at `clock_step`) ends at `deadline_at`;
    `due_at` is the one moment at which the sweep next looks at it, `level` how far that has come.
    `policy_number` is the version of the ticket policy that it keeps, 0 what was shipped. While it
    is paused, `resume_state`, `resume_clock` and `rest_seconds` hold what goes on afterwards.
    `proposed_kind` is the emergency that the content sounds like, until somebody has said whether
    it is one. `reference` is the name that a channel of its own gave it. A ticket that a firm has
    (`firm_id`) was promised for `promised_at`. `callbacks` counts the calls back since it was
    completed; `callback_ended_at` is when one reached somebody, or the last try failed.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        UniqueConstraint("channel", "reference"),
        within("building"),
        within("house"),
        Index(None, "community_id", "state"),
        Index(None, "community_id", "house_id"),
        Index(None, "community_id", "phone_index"),
        Index(None, "handler_id"),
        Index(None, "main_id"),
        Index(None, "firm_id"),
        Index(
            "ix_ticket_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_ticket_entry_due",
            "entry_due_at",
            sqlite_where=text("entry_due_at IS NOT NULL"),
            postgresql_where=text("entry_due_at IS NOT NULL"),
        ),
        Index(
            "ix_ticket_to_call_back",
            "community_id",
            "state",
            sqlite_where=text(_to_call_back),
            postgresql_where=text(_to_call_back),
        ),
        one_of("state", TicketState),
        one_of("urgency", Urgency),
        one_of("channel", Channel),
        one_of("reporter", Reporter),
        one_of("clock", TicketClock),
        one_of("confirm_source", ConfirmSource),
        one_of("responsibility", Responsibility),
        CheckConstraint(f"({_open}) = (due_at IS NOT NULL)", name="due"),
        CheckConstraint("(clock IS NULL) = (due_at IS NULL)", name="clock_runs"),
        CheckConstraint("(deadline_at IS NULL) = (due_at IS NULL)", name="deadline"),
        CheckConstraint("(house_id IS NULL) <> (public_place IS NULL)", name="place"),
        CheckConstraint("(state = 'linked') = (main_id IS NOT NULL)", name="main"),
        CheckConstraint("(state = 'paused') = (resume_state IS NOT NULL)", name="paused"),
        CheckConstraint("score IS NULL OR (score >= 1 AND score <= 5)", name="score"),
        CheckConstraint(
            "responsibility <> 'third_party' OR firm_id IS NOT NULL", name="firm_of_third_party"
        ),
        CheckConstraint("promised_at IS NULL OR firm_id IS NOT NULL", name="promised"),
        CheckConstraint("callbacks >= 0", name="callbacks"),
        CheckConstraint("number >= 1 AND version >= 1 AND level >= 0", name="counts"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    community_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("community.id"))
    building_id: Mapped[bytes | None] = mapped_column(Id())
    house_id: Mapped[bytes | None] = mapped_column(Id())
    public_place: Mapped[str | None] = mapped_column(Text)
    fault_type: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    urgent_kind: Mapped[str | None] = mapped_column(Text)
    proposed_kind: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)
    reporter: Mapped[str] = mapped_column(Text)
    contact_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    phone_index: Mapped[bytes | None] = mapped_column(Sealed)
    content_sealed: Mapped[bytes] = mapped_column(Sealed)
    called_at: Mapped[datetime] = mapped_column(Moment)
    submitted_at: Mapped[datetime] = mapped_column(Moment)
    late_entry: Mapped[bool] = mapped_column()
    entry_due_at: Mapped[datetime | None] = mapped_column(Moment)
    entered_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    accepted_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    handler_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    main_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("ticket.id"))
    policy_number: Mapped[int] = mapped_column(default=0, server_default="0")
    clock: Mapped[str | None] = mapped_column(Text)
    clock_step: Mapped[int] = mapped_column(default=1, server_default="1")
    clock_began_at: Mapped[datetime | None] = mapped_column(Moment)
    deadline_at: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    level: Mapped[int] = mapped_column(default=0, server_default="0")
    appointed_from: Mapped[datetime | None] = mapped_column(Moment)
    appointed_until: Mapped[datetime | None] = mapped_column(Moment)
    resume_state: Mapped[str | None] = mapped_column(Text)
    resume_clock: Mapped[str | None] = mapped_column(Text)
    rest_seconds: Mapped[int | None] = mapped_column()
    score: Mapped[int | None] = mapped_column()
    confirm_source: Mapped[str | None] = mapped_column(Text)
    completed_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    urged: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    responsibility: Mapped[str | None] = mapped_column(Text)
    firm_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("maintenance_firm.id"))
    promised_at: Mapped[datetime | None] = mapped_column(Moment)
    callbacks: Mapped[int] = mapped_column(default=0, server_default="0")
    callback_ended_at: Mapped[datetime | None] = mapped_column(Moment)

    community: Mapped[Community] = parent()
    building: Mapped[Building | None] = parent()
    house: Mapped[House | None] = parent()
    handler: Mapped[Account | None] = parent(foreign_keys=[handler_id])
    firm: Mapped[MaintenanceFirm | None] = parent()


class TicketStep(Base):
    """One step of a ticket: who, when, from which state to which, and the clock that it stopped.

    `detail` is canonical JSON of codes, ids and moments, nothing personal; what people wrote is in
    `note_sealed`, what the content said before this step put it right in `former_sealed`.
    `handler_id` is who has the ticket afterwards. Steps are never changed.
    """

    __tablename__ = "ticket_step"
    __table_args__ = (
        within("ticket"),
        UniqueConstraint("ticket_id", "position"),
        Index(None, "community_id", "ticket_id"),
        one_of("clock", TicketClock),
        CheckConstraint("position >= 1", name="position"),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    ticket_id: Mapped[bytes] = mapped_column(Id())
    position: Mapped[int] = mapped_column()
    step: Mapped[str] = mapped_column(Text)
    from_state: Mapped[str | None] = mapped_column(Text)
    to_state: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    by_kind: Mapped[str] = mapped_column(Text)
    by_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    handler_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    clock: Mapped[str | None] = mapped_column(Text)
    clock_began_at: Mapped[datetime | None] = mapped_column(Moment)
    deadline_at: Mapped[datetime | None] = mapped_column(Moment)
    note_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    former_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    detail: Mapped[str] = mapped_column(Text)

    ticket: Mapped[Ticket] = parent()


class TicketBreach(Base):
    """A limit overrun: once for each clock that was begun (`clock_step`) and each level."""

    __tablename__ = "ticket_breach"
    __table_args__ = (
        within("ticket"),
        UniqueConstraint("ticket_id", "clock_step", "level"),
        Index(None, "community_id", "due_at"),
        one_of("clock", TicketClock),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    community_id: Mapped[bytes] = mapped_column(Id())
    ticket_id: Mapped[bytes] = mapped_column(Id())
    clock: Mapped[str] = mapped_column(Text)
    clock_step: Mapped[int] = mapped_column()
    level: Mapped[int] = mapped_column()
    deadline_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    found_at: Mapped[datetime] = mapped_column(Moment)
    handler_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))

    ticket: Mapped[Ticket] = parent()
