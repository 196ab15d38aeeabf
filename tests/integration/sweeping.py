"""An office whose due things are swept: what the tests of the sweep share."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.account import Account
from pcloud_cli.models.outbox import OutboxDelivery, OutboxMessage
from pcloud_cli.models.sweep import Alert, Breach
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.sweep import run as sweeping
from tests.integration.office import Office

SWEEPER = "CRON1"


@dataclass
class Swept:
    """An office, and somebody who sweeps in it."""

    office: Office

    def opened(self, *, write: bool = False) -> AbstractContextManager[tuple[Actor, Work]]:
        """Open a unit of work as the sweeper."""
        return self.office.open(SWEEPER, write=write)

    def after(self, **hours: float) -> None:
        """Let time go by."""
        self.office.clock.advance(timedelta(**hours))

    def sweep(self) -> dict[tuple[str, str], int]:
        """Sweep now; return what was done."""
        return sweeping.sweep(self.opened, self.office.clock).done

    def replay(self, at: datetime) -> dict[tuple[str, str], int]:
        """Return what a sweep at `at` would do."""
        with self.office.open(SWEEPER, write=True, dry_run=True) as (actor, work):
            return sweeping.replay(actor, work, at).done

    def upcoming(self) -> dict[str, tuple[datetime | None, datetime | None]]:
        """Return of each kind since when it is overdue, and what is next."""
        with self.opened() as (actor, work):
            rows = sweeping.upcoming(actor, work)
        return {row["kind"]: (row["overdue_since"], row["next_due"]) for row in rows}

    def breaches(self) -> list[tuple[str, str, int]]:
        """Return every breach: kind, step (its first word), level."""
        query = select(Breach.kind, Breach.step, Breach.level).order_by(Breach.id)
        return [(kind, step.split()[0], level) for kind, step, level in self.office.rows(query)]

    def messages(self) -> list[tuple[str | None, list[Any]]]:
        """Return to whom (None: the fallback channel) which words, how many and names went."""
        query = (
            select(OutboxMessage.id, OutboxMessage.values_sealed, Account.staff_number)
            .join(OutboxDelivery, OutboxDelivery.message_id == OutboxMessage.id)
            .outerjoin(Account, Account.id == OutboxDelivery.account_id)
            .where(OutboxMessage.template == "overdue")
            .order_by(OutboxMessage.id)
        )
        found = []
        for message_id, sealed, number in self.office.rows(query):
            text = self.office.keyring.open("outbox_message", "values_sealed", message_id, sealed)
            found.append((number, json.loads(json.loads(text)["values"]["what"])))
        return found

    def content(self) -> list[Any]:
        """Return everything that a sweep may change, to be compared."""
        tables = (
            select(Breach.kind, Breach.subject_id, Breach.step, Breach.level, Breach.due_at),
            select(Alert.account_id, Alert.word, Alert.name),
            select(OutboxMessage.template, OutboxMessage.created_at),
            select(TrailEvent.action, TrailEvent.object_id),
        )
        return [sorted(map(repr, self.office.rows(query))) for query in tables]
