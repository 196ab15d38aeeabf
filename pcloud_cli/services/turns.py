"""Whose turn it is: work on a community's houses is done by one after the other.

Where two lists bring the same house, or one brings it while another renumbers it, each must see
what the other did. On SQLite whoever writes is alone anyway.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from pcloud_cli.db import locks
from pcloud_cli.db.work import Work


def with_houses(work: Work, community_id: bytes) -> None:
    """Return once nobody else makes, renumbers or takes back houses of the community.

    It stays so until `work` ends. Raises Locked where another takes too long.
    """
    locks.wait_turn(work.session, f"houses {community_id.hex()}")


def with_numbers(work: Work, of: str) -> None:
    """Return once nobody else gives the next number to one `of` these, until `work` ends."""
    locks.wait_turn(work.session, f"numbers {of}")


def next_number(work: Work, of: str, column: Any) -> int:
    """Return the number after the highest in `column`; nobody else takes it until `work` ends."""
    with_numbers(work, of)
    return 1 + (work.session.scalar(select(func.max(column))) or 0)


def with_shifts(work: Work) -> None:
    """Return once nobody else gives or takes shifts, until `work` ends.

    Of all communities: nobody has two shifts at one moment, wherever they are.
    """
    locks.wait_turn(work.session, "shifts")
