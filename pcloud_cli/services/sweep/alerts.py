"""What people are to hear: of all that is late and concerns one person, one message.

Every breach notes its alerts in its own transaction; here those of one person that may be told
become one message of the outbox and are gone, in one transaction. Killed in between, the next
sweep tells what is left. So nobody gets a hundred messages after a weekend without a sweep.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.account import Account
from pcloud_cli.models.sweep import Alert
from pcloud_cli.services import outbox
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.sweep.declare import Kind, Taken, earliest

NAMED = 5
"""How many things a message calls by name; of the others it says how many."""

_MOST_PEOPLE = 100


def _next_due(work: Work, after: datetime | None = None) -> datetime | None:
    return earliest(work, Alert.due_at, None, after)


def _take(actor: Actor, work: Work, until: datetime, limit: int) -> Taken:
    del actor  # a message is told to nobody but its addressee
    people = (
        select(Alert.account_id)
        .where(Alert.due_at <= until)
        .distinct()
        .limit(min(limit, _MOST_PEOPLE))
    )
    told = list(work.session.scalars(people))
    for account_id in told:
        _send(work, account_id, until)
    return Taken(len(told), {"messages": len(told)} if told else {})


def _send(work: Work, account_id: bytes | None, until: datetime) -> None:
    """Make one message of all that an account (None: the fallback channel) is to hear."""
    theirs = (
        Alert.account_id.is_(None) if account_id is None else Alert.account_id == account_id,
        Alert.due_at <= until,
    )
    query = (
        select(Alert.word, Alert.name, Alert.subject_id)
        .where(*theirs)
        .order_by(Alert.due_at, Alert.id)
    )
    listed = tally((word, name, thing) for word, name, thing in work.session.execute(query))
    outbox.queue(
        work,
        "overdue",
        Recipient.fallback() if account_id is None else Recipient.account(account_id),
        {
            "count": str(sum(count for _word, count, _names in listed)),
            "what": json.dumps(listed, ensure_ascii=False),
            "kinds": json.dumps([(word, count, []) for word, count, _names in listed]),
        },
    )
    work.session.execute(delete(Alert).where(*theirs))


def told(work: Work, until: datetime) -> list[dict[str, Any]]:
    """Return what is to be told at `until`: to whom (None: the fallback channel), what, of which.

    `what` is a message id, `names` call all the things, not the first alone.
    """
    query = (
        select(Account.staff_number, Alert.word, Alert.name)
        .outerjoin(Account, Account.id == Alert.account_id)
        .where(Alert.due_at <= until)
        .order_by(Account.staff_number, Alert.word, Alert.due_at, Alert.id)
    )
    found: dict[tuple[str | None, str], dict[str, None]] = {}
    for number, word, name in work.session.execute(query):
        names = found.setdefault((number, word), {})
        if name:
            names[name] = None
    return [{"to": to, "what": what, "names": list(names)} for (to, what), names in found.items()]


def tally(rows: Iterable[tuple[str, str | None, bytes]]) -> list[tuple[str, int, list[str]]]:
    """Return of each word how many different things it is said of, and the names of the first.

    A thing that reached two levels since the last sweep is one thing.
    """
    found: dict[str, dict[bytes, str | None]] = {}
    for word, name, subject_id in rows:
        found.setdefault(word, {})[subject_id] = name
    return [
        (word, len(things), [name for name in things.values() if name][:NAMED])
        for word, things in found.items()
    ]


KIND = Kind(
    N_("alerts to be told"),
    _next_due,
    _take,
    {"messages": N_("messages queued")},
)
"""The last kind: what the others have noted becomes one message a person."""
