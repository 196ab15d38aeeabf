"""A repair that the owner pays (有偿维修): its quote, and the owner's word before work is done.

Looking is free: the technician arrives and finds out (``--inspection``), and then there is a quote.
Without the owner's agreement to the newest one no work is entered and the ticket not completed, nor
for more than was agreed. What was agreed is what fees charge (`agreed`). A ticket opened again
needs the owner's word anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.price_list import PriceItem, PriceList
from pcloud_cli.models.ticket import ConfirmSource, Responsibility, Ticket, TicketStep
from pcloud_cli.models.ticket_quote import TicketQuote, TicketQuoteLine
from pcloud_cli.services import money, price_list
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import attached, finding, permitted, steps, things
from pcloud_cli.services.ticket.flow import STEPS
from pcloud_cli.services.ticket.sources import source_of
from pcloud_cli.services.ticket.steps import Change, Given
from pcloud_cli.services.ticket.words import AGREEMENTS

STAGE = "quote"
_MOST_LINES = 100
_MOST = Decimal(10) ** 9


@dataclass(frozen=True)
class Line:
    """One line of a quote; `code` and `unit` are None for a material."""

    name: str
    price: Decimal
    quantity: Decimal
    code: str | None = None
    unit: str | None = None

    @property
    def amount(self) -> Decimal:
        """What the line costs, in yuan to the fen."""
        return money.amount(self.price, self.quantity)


def look(actor: Actor, work: Work, reference: str) -> dict[str, Any]:
    """Return the newest quote of a ticket; NotFound where it has none."""
    ticket = finding.one(actor, work, reference)
    found = shown(work, ticket)
    if found is None:
        raise NotFound(
            _("Ticket {number} has no quote.").format(number=ticket.number),
            hint=_("Give --item or --material."),
        )
    return found


def quote(
    actor: Actor, work: Work, reference: str, items: Sequence[str], materials: Sequence[str]
) -> dict[str, Any]:
    """Quote `items` (``CODE=QTY``) at the price list in force and `materials` (``角阀*2=35``).

    Returns the quote with ``already``: the same as the newest one changes nothing, another needs
    the owner's agreement anew. Raises as `steps.move` does, Conflict where it is not for the owner
    to pay.
    """
    ticket = steps.found(actor, work, reference, "quote")
    permitted.require(actor, work, ticket, STEPS["quote"])
    newest = _newest(work, ticket)
    given = Given(items=tuple(items), materials=tuple(materials))
    if newest is not None:
        list_id, lines = _read(actor, work, given)
        if newest.price_list_id == list_id and _lines(work, newest) == lines:
            return {**_record(work, ticket, newest), "already": True}
    steps.moved(actor, work, ticket, "quote", given)
    return {**(shown(work, ticket) or {}), "already": False}


def agree(
    actor: Actor, work: Work, reference: str, *, source: str, total: str | None = None
) -> dict[str, Any]:
    """Record that the owner agrees to the newest quote, and how that is known; return it.

    `total` in yuan, where it is given, must be that of the quote: what the owner agreed to. Agreed
    already, it changes nothing.
    """
    ticket = steps.found(actor, work, reference, "agree")
    permitted.require(actor, work, ticket, STEPS["agree"])
    newest = _newest(work, ticket)
    already = newest is not None and _counts(work, newest)
    if not already:
        steps.moved(actor, work, ticket, "agree", Given(source=source, cost=total))
    return {**(shown(work, ticket) or {}), "already": already}


def quoted(change: Change) -> None:
    """Write the quote that came with the step."""
    ticket, work = change.ticket, change.work
    if ticket.responsibility != Responsibility.PAID:
        raise Conflict(
            _("Ticket {number} is not for the owner to pay.").format(number=ticket.number),
            hint=_("Decide so first: pcloud ticket responsibility {number} --to paid").format(
                number=ticket.number
            ),
            code="not_paid",
        )
    list_id, lines = _read(change.actor, work, change.given)
    newest = _newest(work, ticket)
    made = TicketQuote(
        id=work.ids(),
        community_id=ticket.community_id,
        ticket_id=ticket.id,
        number=1 if newest is None else newest.number + 1,
        price_list_id=list_id,
        total=money.total(line.amount for line in lines),
        made_at=change.now,
        made_by=change.actor.account_id,
    )
    work.session.add(made)
    work.session.add_all(
        TicketQuoteLine(
            quote_id=made.id,
            position=position,
            community_id=ticket.community_id,
            code=line.code,
            name=line.name,
            unit=line.unit,
            price=line.price,
            quantity=line.quantity,
            amount=line.amount,
        )
        for position, line in enumerate(lines, 1)
    )
    change.detail["quote"], change.detail["total"] = made.number, str(made.total)


def agreed_to(change: Change) -> None:
    """Note that the owner agrees to the newest quote; a signature needs the signed paper."""
    ticket = change.ticket
    newest = _newest(change.work, ticket)
    if newest is None or ticket.responsibility != Responsibility.PAID:
        raise Conflict(
            _("Ticket {number} has no quote to agree to.").format(number=ticket.number),
            hint=_("Quote first: pcloud ticket quote {number} --item CODE=QTY").format(
                number=ticket.number
            ),
            code="no_quote",
        )
    if _counts(change.work, newest):
        raise Conflict(_("The owner has agreed to this quote already."), code="unchanged")
    source = source_of(change, AGREEMENTS)
    mine = ticket.handler_id is not None and ticket.handler_id == change.actor.account_id
    if mine and source != ConfirmSource.SIGNATURE:
        raise NotAllowed(
            _("The technician records a signature; customer service records the rest."),
            hint=_("Give --source signature."),
            code="own_work",
        )
    if change.given.quote not in (None, newest.number):
        raise Conflict(
            _("The newest quote of ticket {number} is {newest}, not {said}.").format(
                number=ticket.number, newest=newest.number, said=change.given.quote
            ),
            hint=_("Ask the owner again: pcloud ticket quote {number} shows it.").format(
                number=ticket.number
            ),
            code="other_quote",
        )
    if change.given.cost is not None:
        said = money.yuan(change.given.cost, "--total")
        if said != newest.total:
            raise Conflict(
                _("The quote is of {total} yuan, not of {said}.").format(
                    total=newest.total, said=said
                ),
                hint=_("Ask the owner again: pcloud ticket quote {number} shows it.").format(
                    number=ticket.number
                ),
                code="other_quote",
            )
    if source == ConfirmSource.SIGNATURE:
        change.detail["photos"] = _signed(change, newest)
    newest.agreed_at, newest.agreed_source = change.now, source
    newest.agreed_by = change.actor.account_id
    change.detail["quote"], change.detail["total"] = newest.number, str(newest.total)
    change.detail["source"] = source


def _signed(change: Change, newest: TicketQuote) -> list[int]:
    """Return the numbers of the photos or papers on which the owner signed the quote."""
    found = attached.unused(change.work, change.ticket, STAGE, (change.step.code,), newest.made_at)
    if not found:
        raise UsageProblem(
            _("A signature needs the paper that was signed."),
            hint=_("Give --photo FILE, or attach it first (--stage quote)."),
            code="no_paper",
        )
    return found


def under_way(change: Change) -> None:
    """Note how it goes; before the owner agreed to pay, that somebody looked, and no more."""
    if change.given.inspection:
        change.detail["inspection"] = True
        return
    ticket = change.ticket
    if ticket.responsibility == Responsibility.PAID and agreed(change.work, ticket) is None:
        raise Conflict(
            _("The owner has not agreed to the quote of ticket {number}.").format(
                number=ticket.number
            ),
            hint=_("No work is done before; where somebody only looked, give --inspection."),
            code="not_agreed",
        )


def must_cover(change: Change, cost: Decimal | None) -> None:
    """Raise Conflict where the owner pays and did not agree to it, or to less than `cost`."""
    ticket = change.ticket
    if ticket.responsibility != Responsibility.PAID:
        return
    total = agreed(change.work, ticket)
    if total is None:
        raise Conflict(
            _("The owner has not agreed to the quote of ticket {number}.").format(
                number=ticket.number
            ),
            hint=_("Record it: pcloud ticket quote {number} --agreed --source signature").format(
                number=ticket.number
            ),
            code="not_agreed",
        )
    if cost is not None and cost > total:
        raise Conflict(
            _("It cost {cost} yuan; the owner agreed to {total}.").format(cost=cost, total=total),
            hint=_("Quote anew and have the owner agree, or enter what was agreed."),
            code="above_quote",
        )


def agreed(work: Work, ticket: Ticket) -> Decimal | None:
    """Return what the owner agreed to pay for `ticket`, in yuan; None where they did not.

    Only the newest quote counts: an agreement to an older one is worth nothing, nor is one from
    before the ticket was opened again.
    """
    newest = _newest(work, ticket)
    return newest.total if newest is not None and _counts(work, newest) else None


def _counts(work: Work, quote: TicketQuote) -> bool:
    if quote.agreed_at is None:
        return False
    query = (
        select(TicketStep.step)
        .where(TicketStep.ticket_id == quote.ticket_id, TicketStep.step.in_(("agree", "reopen")))
        .order_by(TicketStep.position.desc())
        .limit(1)
    )
    return work.session.scalar(query) == "agree"


def shown(work: Work, ticket: Ticket) -> dict[str, Any] | None:
    """Return the newest quote of a ticket with its lines as a record, None for none."""
    newest = _newest(work, ticket)
    return None if newest is None else _record(work, ticket, newest)


def _newest(work: Work, ticket: Ticket) -> TicketQuote | None:
    query = select(TicketQuote).where(TicketQuote.ticket_id == ticket.id)
    return work.session.scalars(query.order_by(TicketQuote.number.desc())).first()


def _lines(work: Work, made: TicketQuote) -> list[Line]:
    query = select(TicketQuoteLine).where(TicketQuoteLine.quote_id == made.id)
    return [
        Line(one.name, one.price, one.quantity, one.code, one.unit)
        for one in work.session.scalars(query.order_by(TicketQuoteLine.position))
    ]


def _read(actor: Actor, work: Work, given: Given) -> tuple[bytes | None, list[Line]]:
    """Return the price list that counts, None where no item of it is named, and all lines."""
    lines: list[Line] = []
    prices: PriceList | None = None
    if given.items:
        prices = price_list.in_force(actor, work)
        known = {one.code: one for one in price_list.items_of(work, prices.id)}
        lines += [_item(text, known, prices) for text in given.items]
    lines += [_material(text) for text in given.materials]
    if not lines:
        raise UsageProblem(
            _("A quote needs something that costs."), hint=_("Give --item or --material.")
        )
    if len(lines) > _MOST_LINES or money.total(line.amount for line in lines) >= _MOST:
        raise UsageProblem(_("That is too much for one quote."), hint=_("Are the numbers right?"))
    return (prices.id if prices else None), lines


def _item(text: str, known: dict[str, PriceItem], prices: PriceList) -> Line:
    code, _sign, count = text.replace("＝", "=").partition("=")
    item = known.get(code.strip().upper())
    if item is None:
        raise UsageProblem(
            _("Version {number} of the price list has no {code}.").format(
                number=prices.number, code=code.strip()
            ),
            hint=_("`pcloud price show` lists the codes."),
        )
    count = count or "1"
    return Line(item.name, item.price, money.quantity(count, "--item"), item.code, item.unit)


def _material(text: str) -> Line:
    what, sign, price = text.replace("＝", "=").rpartition("=")
    if not sign:
        raise UsageProblem(
            _("{name} cannot be {value}.").format(name="--material", value=repr(text)),
            hint=_("Write the material, how many, and the price of one: 角阀*2=35.00."),
        )
    name, count = things.named(what, "--material")
    return Line(name, money.yuan(price, "--material"), money.quantity(count, "--material"))


def _record(work: Work, ticket: Ticket, made: TicketQuote) -> dict[str, Any]:
    version, counts = None, _counts(work, made)
    if made.price_list_id is not None:
        version = work.session.get_one(PriceList, made.price_list_id).number
    return {
        "number": ticket.number,
        "quote": made.number,
        "version": version,
        "total": made.total,
        "made_at": made.made_at,
        "agreed_at": made.agreed_at if counts else None,
        "agreed_source": made.agreed_source if counts else None,
        "lines": [
            {
                "code": line.code,
                "name": line.name,
                "unit": line.unit,
                "price": line.price,
                "quantity": line.quantity,
                "amount": line.amount,
            }
            for line in _lines(work, made)
        ],
    }
