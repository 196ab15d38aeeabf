"""Whose turn it is: work on a community's houses is done by one after the other.

Where two lists bring the same house, or one brings it while another renumbers it, each must see
what the other did. On SQLite whoever writes is alone anyway.
"""

from __future__ import annotations

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
