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
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.imports import ImportBatch
from pcloud_cli.models.sweep import Alert
from pcloud_cli.models.ticket import Ticket
from pcloud_cli.services import outbox, outbox_about
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.outbox_about import Thing
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
    rows = [(word, name, thing) for word, name, thing in work.session.execute(query)]
    listed = tally(rows)
    outbox.queue(
        work,
        "overdue",
        Recipient.fallback() if account_id is None else Recipient.account(account_id),
        {
            "count": str(sum(count for _word, count, _names in listed)),
            "what": json.dumps(listed, ensure_ascii=False),
            "kinds": json.dumps([(word, count, []) for word, count, _names in listed]),
        },
        naming=_things(work, rows, listed),
    )
    work.session.execute(delete(Alert).where(*theirs))


def _things(
    work: Work,
    rows: Iterable[tuple[str, str | None, bytes]],
    listed: Iterable[tuple[str, int, list[str]]],
) -> list[Thing]:
    """Return the tickets, workbooks and entries to approve that a message calls by number.

    What tells of a person, as staff numbers do, is none of them.
    """
    called = {(word, name) for word, _count, names in listed for name in names}
    named = {thing: name for word, name, thing in rows if name and (word, name) in called}
    waiting = select(Approval.id, Approval.kind).where(Approval.id.in_(list(named)))
    kinds = {
        thing: outbox_about.OF_APPROVALS[kind]
        for thing, kind in work.session.execute(waiting)
        if kind in outbox_about.OF_APPROVALS
    }
    for model, kind in ((Ticket, outbox_about.TICKET), (ImportBatch, outbox_about.IMPORT)):
        known = work.session.scalars(select(model.id).where(model.id.in_(list(named))))
        kinds |= dict.fromkeys(known, kind)
    return [Thing(kinds[thing], name) for thing, name in named.items() if thing in kinds]


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
