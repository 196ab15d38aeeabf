"""What a kind of thing that falls due declares of itself; `kinds` says what it must keep to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, TextClause, select
from sqlalchemy.orm import InstrumentedAttribute

from pcloud_cli.db.work import Work
from pcloud_cli.services.actor import Actor


@dataclass(frozen=True)
class Taken:
    """What one portion came to: how many `things` were worked off, and what was done, counted.

    `done` has codes that `words` says in words. A thing whose moment merely moved on is one of
    the `things`, and nothing that was done.
    """

    things: int = 0
    done: Mapping[str, int] = field(default_factory=dict)


class NextDue(Protocol):
    """Says when something falls due."""

    def __call__(self, work: Work, after: datetime | None = None) -> datetime | None:
        """Return the earliest moment at which something is due, the earliest `after` one if given.

        It may lie in the past: that is overdue. None where nothing will ever fall due.
        """


class Take(Protocol):
    """Works off what is due."""

    def __call__(self, actor: Actor, work: Work, until: datetime, limit: int) -> Taken:
        """Work off at most `limit` things due at `until` or before, the earliest first."""


@dataclass(frozen=True)
class Kind:
    """One kind of thing that falls due; `title` and the `words` of what is done are msgids."""

    title: str
    next_due: NextDue
    take: Take
    words: Mapping[str, str]


def earliest(
    work: Work,
    column: InstrumentedAttribute[Any],
    condition: TextClause | ColumnElement[bool] | None,
    after: datetime | None,
) -> datetime | None:
    """Return the least moment in `column`, later than `after` if given, off its partial index."""
    query = select(column).order_by(column).limit(1)
    if condition is not None:
        query = query.where(condition)
    if after is not None:
        query = query.where(column > after)
    found: datetime | None = work.session.scalar(query)
    return found


def due(
    query: Any,
    column: InstrumentedAttribute[Any],
    key: InstrumentedAttribute[Any],
    until: datetime,
    limit: int,
) -> Any:
    """Return `query` for at most `limit` rows that are due, the earliest first, locked.

    On PostgreSQL what somebody else is changing at this moment is passed over, and due the next
    time; on SQLite whoever writes is alone.
    """
    return (
        query.where(column <= until)
        .order_by(column, key)
        .limit(limit)
        .with_for_update(skip_locked=True, of=key.class_)
        .execution_options(populate_existing=True)
    )
