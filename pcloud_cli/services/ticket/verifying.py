"""Accepting, arriving, completing: somebody else looks at what was entered (2.3.1, 3.2.2)."""

from __future__ import annotations

from pcloud_cli.errors import Conflict, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.ticket_entry import CheckKind
from pcloud_cli.services.ticket import checking, sorting
from pcloud_cli.services.ticket.steps import Change


def accept(change: Change) -> None:
    """Accept: it is the second check where somebody else than who entered it does."""
    ticket, actor = change.ticket, change.actor
    ticket.accepted_by = actor.account_id
    sorting.sort(change)
    if actor.account_id not in (None, ticket.entered_by):
        change.detail["checked"] = checking.record(actor, change.work, ticket, CheckKind.ACCEPTED)


def arrive(change: Change) -> None:
    """Arrive: the technician may say that the entry is right, or what is not."""
    change.ticket.appointed_from = change.ticket.appointed_until = None
    on_site(change)


def on_site(change: Change) -> None:
    """Keep what whoever is on site says of the entry, where they say something of it.

    What is entered for a firm may put the entry right, but checks nothing: the firm is on site, and
    not who enters it. Raises Conflict for who made the entry, UsageProblem for a check of a firm's.
    """
    given = change.given
    corrected = [name for name in ("content", "place") if (getattr(given, name) or "").strip()]
    if not (given.checked or corrected):
        return
    if given.checked and given.for_firm:
        raise UsageProblem(
            _("Who enters it for a firm was not on site, and checks nothing there."),
            hint=_("Leave --checked out."),
        )
    if not given.for_firm:
        _check(change)
    if corrected:
        change.detail["corrected"] = corrected
    if "content" in corrected:
        _rewrite(change, checking.content(str(given.content)))


def _check(change: Change) -> None:
    ticket = change.ticket
    if change.actor.account_id == ticket.entered_by:
        raise Conflict(
            _("You entered ticket {number} yourself; somebody else checks it.").format(
                number=ticket.number
            ),
            code="own_entry",
        )
    change.detail["checked"] = checking.record(change.actor, change.work, ticket, CheckKind.ON_SITE)


def _rewrite(change: Change, new: str) -> None:
    keys, ticket = change.work.keys, change.ticket
    change.former_content = keys.open("ticket", "content_sealed", ticket.id, ticket.content_sealed)
    sealed = keys.field_cipher().seal("ticket", "content_sealed", ticket.id, new)
    ticket.content_sealed = sealed
