"""Giving a ticket to a technician: who may handle it there, is in work, and has room (3.2.2)."""

from __future__ import annotations

from sqlalchemy import func, select

from pcloud_cli.errors import Conflict, NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.ids import id_text
from pcloud_cli.models.account import Account
from pcloud_cli.models.ticket import IN_HAND, Ticket, Urgency
from pcloud_cli.services import account as accounts
from pcloud_cli.services import maintenance_firm, permission, technician
from pcloud_cli.services.account_state import why_closed
from pcloud_cli.services.ticket import sorting, third_party
from pcloud_cli.services.ticket.steps import Change


def give(change: Change) -> None:
    """Give the ticket to a technician who may handle it where it is, and has room for it.

    Who gives it may correct the fault type with it.
    """
    third_party.refuse_entrusted(change)
    account = _wanted(change)
    place = {
        "community_id": change.ticket.community_id,
        "building_id": change.ticket.building_id,
    }
    if not permission.holds(change.actor, change.work, account.id, "ticket.handle", **place):
        raise Conflict(
            _("{staff_number} cannot be given tickets of this place.").format(
                staff_number=account.staff_number
            ),
            hint=_("Choose somebody with a maintenance role there."),
            code="not_a_technician",
        )
    if why_closed(account, change.now) is not None:
        raise Conflict(
            _("{staff_number} is not in work.").format(staff_number=account.staff_number),
            hint=_("Choose somebody else."),
            code="not_in_work",
        )
    _must_have_room(change, account)
    if change.step.code == "reassign" and account.id == change.former_handler:
        raise Conflict(_("That is who has it already."), code="unchanged")
    sorting.sort(change)
    change.ticket.handler_id = account.id
    change.detail["to"] = id_text(account.id)


def _wanted(change: Change) -> Account:
    """Return the account that is to get the ticket; a firm's name is answered by how it gets it."""
    given = str(change.given.handler)
    try:
        return accounts.find(change.work, given)
    except (NotFound, UsageProblem) as problem:
        try:
            firm = maintenance_firm.in_use(change.work, given)
        except (NotFound, UsageProblem):
            raise problem from None
    raise UsageProblem(
        _("{name} is a maintenance firm; it gets the ticket with its promise.").format(
            name=firm.name
        ),
        hint=maintenance_firm.how_given(str(change.ticket.number), firm.name),
        code="is_a_firm",
    )


def _must_have_room(change: Change, account: Account) -> None:
    """Refuse a technician who has as many open tickets as they get; an urgent one goes anyway."""
    if change.ticket.urgency == Urgency.URGENT:
        return
    limit = technician.abilities(change.work, [account.id])[account.id].limit
    query = (
        select(func.count())
        .select_from(Ticket)
        .where(Ticket.handler_id == account.id, Ticket.state.in_(IN_HAND))
    )
    count = change.work.session.scalar(query) or 0
    if count >= limit:
        raise Conflict(
            _("{staff_number} has {count} open tickets, and gets {limit} at most.").format(
                staff_number=account.staff_number, count=count, limit=limit
            ),
            hint=_("Choose somebody else, or raise the limit with `pcloud technician set`."),
            code="at_limit",
        )
