"""How far the public calendar reaches that working time is counted by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import _
from pcloud_cli.services import policy
from pcloud_cli.services.policy_ticket import TicketPolicy
from pcloud_cli.services.ticket.calendar import known_until

_AHEAD = timedelta(days=30)


def warnings(work: Work) -> Iterator[tuple[str, str]]:
    """Say, with its remedy, that policy counts by days soon that nobody has published to us."""
    rules = policy.current(work, TicketPolicy)
    if not rules.working_clocks or rules.working_every_day:
        return
    last = known_until()
    if last < (work.now() + _AHEAD).date():
        yield (
            _("Public holidays and make-up days are known until {day}.").format(day=last),
            _("Upgrade, or name them in policy (ticket, working_days): till then weekdays count."),
        )
