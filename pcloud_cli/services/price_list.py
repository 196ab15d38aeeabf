"""Price lists of repairs that the owner pays (有偿维修价目表): versions, checked twice (2.3.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import func, select

from pcloud_cli.db.types import moment_text
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.approval import ApprovalState
from pcloud_cli.models.price_list import PriceItem, PriceList, PriceListState
from pcloud_cli.security.canonical import pack
from pcloud_cli.services import approval, money, permission, trail, turns
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.second_check import APPROVED, REJECTED, NumberedCheck
from pcloud_cli.sheets.price_rows import PriceRow, read_price_rows

KIND = "price.list"
READ, ENTER = "price.read", "price.enter"
STATES: dict[str, str] = {
    PriceListState.PENDING: N_("waiting for approval"),
    PriceListState.APPROVED: N_("approved"),
    PriceListState.REJECTED: N_("rejected"),
}
_STATES = {APPROVED: PriceListState.APPROVED, REJECTED: PriceListState.REJECTED}
_ACTIONS = {APPROVED: "price.approve", REJECTED: "price.reject"}
_LONGEST = 60


class Wrong(NamedTuple):
    """One wrong cell of a list: where it stands, its field, and what is wrong with it."""

    sheet: str
    row: int
    field: str
    problem: str


class Entered(NamedTuple):
    """What entering a list gave: its record, or all wrong cells and no record."""

    record: dict[str, Any] | None
    wrong: list[Wrong]


def list_all(actor: Actor, work: Work) -> list[dict[str, Any]]:
    """Return every version, newest first; ``in_force`` says which one prices are taken from."""
    permission.require_somewhere(actor, work, READ)
    now = _current(work)
    query = select(PriceList).order_by(PriceList.number.desc())
    return [
        {**_record(work, one), "in_force": now is not None and one.id == now.id}
        for one in work.session.scalars(query)
    ]


def show(actor: Actor, work: Work, reference: str | None) -> list[dict[str, Any]]:
    """Return the items of a version, of the one in force where none is named."""
    permission.require_somewhere(actor, work, READ)
    found = in_force(actor, work) if reference is None else CHECK.find(work, reference)
    return _shown(work, found)


def enter(
    actor: Actor,
    work: Work,
    source: Path | int,
    *,
    name: str,
    valid_from: datetime | None = None,
) -> Entered:
    """Enter the list in the workbook or CSV `source` as the next version, which waits.

    It holds from `valid_from` on (aware; None: at once), not before it is approved. The same file
    once more gives the version that is there. Raises UsageProblem for a moment that is over.
    """
    permission.require(actor, work, ENTER)
    if valid_from is not None and valid_from < work.now():
        raise UsageProblem(
            _("Prices cannot change what has been."), hint=_("Give a moment to come, or none.")
        )
    given = read_price_rows(source)
    sha256 = bytes.fromhex(given.sha256)
    same = select(PriceList).where(
        PriceList.file_sha256 == sha256, PriceList.state != PriceListState.REJECTED.value
    )
    known = work.session.scalars(same.order_by(PriceList.number.desc())).first()
    newest = work.session.scalar(select(func.max(PriceList.number)))
    if known is not None and known.number == newest:
        return Entered({**_record(work, known), "already": True}, [])
    number = turns.next_number(work, "price lists", PriceList.number)
    made = PriceList(
        id=work.ids(),
        number=number,
        valid_from=valid_from or work.now(),
        file_name=name,
        file_sha256=sha256,
        state=PriceListState.PENDING.value,
        made_by=actor.account_id or b"",
        made_at=work.now(),
    )
    items, wrong = _judged(made.id, given.rows)
    if wrong:
        return Entered(None, wrong)
    work.session.add(made)
    work.session.flush()
    work.session.add_all(items)
    work.session.flush()
    asked = approval.propose(
        actor,
        work,
        KIND,
        made.id,
        None,
        content_hash=_digest(made, items),
        summary={"number": number, "items": len(items)},
    )
    made.approval_id = asked.id
    work.session.flush()
    _tell(actor, work, made, "price.enter", len(items))
    return Entered({**_record(work, made), "already": False}, [])


def in_force(actor: Actor, work: Work) -> PriceList:
    """Return the version that prices are taken from now, whole as it was approved; else Conflict.

    No permission is checked: prices bind everybody.
    """
    found = _current(work)
    if found is None or found.approval_id is None:
        raise Conflict(
            _("No price list is in force."),
            hint=_("Finance enters one: pcloud price import FILE; somebody else approves it."),
            code="no_price_list",
        )
    digest = _digest(found, items_of(work, found.id))
    approval.check_usable(work, found.approval_id, digest, actor=actor)
    return found


def items_of(work: Work, price_list_id: bytes) -> list[PriceItem]:
    """Return the items of a version in the order of its file."""
    query = select(PriceItem).where(PriceItem.price_list_id == price_list_id)
    return list(work.session.scalars(query.order_by(PriceItem.position)))


def _current(work: Work) -> PriceList | None:
    query = (
        select(PriceList)
        .where(PriceList.state == PriceListState.APPROVED.value, PriceList.valid_from <= work.now())
        .order_by(PriceList.valid_from.desc(), PriceList.number.desc())
    )
    return work.session.scalars(query).first()


def _judged(list_id: bytes, rows: Sequence[PriceRow]) -> tuple[list[PriceItem], list[Wrong]]:
    """Return the items of a file, and every wrong cell of it."""
    wrong: list[Wrong] = []
    items: list[PriceItem] = []
    seen: dict[str, int] = {}
    for position, each in enumerate(rows, 1):

        def note(field: str, problem: str, each: PriceRow = each) -> None:
            wrong.append(Wrong(each.sheet, each.row, field, problem))

        texts = {field: each.values.get(field, "") for field in ("code", "name", "unit", "price")}
        for field, text in texts.items():
            if not text:
                note(field, _("This is missing."))
            elif len(text) > _LONGEST:
                note(field, _("This has more than {most} characters.").format(most=_LONGEST))
        code = texts["code"].upper()
        if code in seen:
            note("code", _("Row {row} has the same code.").format(row=seen[code]))
        seen.setdefault(code, each.row)
        try:
            price = money.yuan(texts["price"], "price")
        except UsageProblem as problem:
            if texts["price"]:
                note("price", problem.hint or problem.message)
            continue
        items.append(
            PriceItem(
                price_list_id=list_id,
                code=code,
                position=position,
                name=texts["name"],
                unit=texts["unit"],
                price=price,
            )
        )
    return items, wrong


def _digest(made: PriceList, items: Sequence[PriceItem]) -> bytes:
    whole = hashlib.sha256(pack([made.id, made.number, moment_text(made.valid_from)]))
    for one in items:
        whole.update(pack([one.code, one.position, one.name, one.unit, str(one.price)]))
    return whole.digest()


class _PriceCheck(NumberedCheck[PriceList]):
    """A version is approved whole; deciding the same once more changes nothing."""

    kinds = (KIND,)
    turn = "price lists"
    model = PriceList
    unknown = N_("There is no version {number} of the price list.")
    listed = N_("`pcloud price list` shows the versions.")

    def content_hash(self, work: Work, entry: PriceList) -> bytes:
        return _digest(entry, items_of(work, entry.id))

    def content(self, actor: Actor, work: Work, entry: PriceList) -> list[dict[str, Any]]:
        permission.require_somewhere(actor, work, READ)
        return _shown(work, entry)

    def repeated(self, work: Work, entry: PriceList, state: ApprovalState) -> dict[str, Any] | None:
        if entry.state != _STATES[state]:
            return None
        return {**_record(work, entry), "already": True}

    def become(self, actor: Actor, work: Work, entry: PriceList) -> None:
        """Being approved is all that it takes."""

    def settle(
        self,
        actor: Actor,
        work: Work,
        entry: PriceList,
        state: ApprovalState,
        reason: str | None,
    ) -> dict[str, Any]:
        entry.state = _STATES[state].value
        entry.decided_at = work.now()
        work.session.flush()
        _tell(actor, work, entry, _ACTIONS[state], len(items_of(work, entry.id)), reason)
        return {**_record(work, entry), "already": False}


CHECK = _PriceCheck()


def _shown(work: Work, made: PriceList) -> list[dict[str, Any]]:
    return [
        {
            "version": made.number,
            "code": one.code,
            "name": one.name,
            "unit": one.unit,
            "price": one.price,
        }
        for one in items_of(work, made.id)
    ]


def _record(work: Work, made: PriceList) -> dict[str, Any]:
    said = approval.described(work, made.approval_id) if made.approval_id else {}
    count = select(func.count()).where(PriceItem.price_list_id == made.id)
    return {
        "id": made.id,
        "number": made.number,
        "state": made.state,
        "valid_from": made.valid_from,
        "items": work.session.scalar(count) or 0,
        "file_name": made.file_name,
        "made_by": said.get("maker"),
        "made_at": made.made_at,
        "decided_by": said.get("checker"),
        "decided_at": made.decided_at,
    }


def _tell(
    actor: Actor,
    work: Work,
    made: PriceList,
    action: str,
    items: int,
    reason: str | None = None,
) -> None:
    trail.changed(
        actor,
        work,
        action,
        object_type="price_list",
        object_id=made.id,
        reason=reason,
        detail={"number": made.number, "items": items},
    )
