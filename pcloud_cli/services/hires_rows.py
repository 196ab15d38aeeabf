"""Judging a list of new staff cell by cell (2.1.1): all that is wrong with it, in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import PcloudError
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.hires import HiresRow
from pcloud_cli.services import community as communities
from pcloud_cli.services import login
from pcloud_cli.services.outbox_address import read_address
from pcloud_cli.sheets.staff_list import StaffRow, contract_end


class Wrong(NamedTuple):
    """One wrong cell of a list: where it stands, its field, and what is wrong with it."""

    sheet: str
    row: int
    field: str
    problem: str


def judged(
    work: Work, hires_id: bytes, given: Sequence[StaffRow], zone: ZoneInfo
) -> tuple[list[HiresRow], list[Wrong]]:
    """Return the rows of a list, and every wrong cell of it."""
    wrong: list[Wrong] = []
    rows: list[HiresRow] = []
    seen: dict[str, int] = {}
    places: dict[str, bytes | None] = {}
    numbers = [_number(each.values.get("staff_number", "")) for each in given]
    taken = taken_numbers(work, [number for number in numbers if number])

    for seq, (each, number) in enumerate(zip(given, numbers, strict=True), 1):

        def note(field: str, problem: str, each: StaffRow = each) -> None:
            wrong.append(Wrong(each.sheet, each.row, field, problem))

        values = each.values
        if not values.get("staff_number"):
            note("staff_number", _("The staff number is missing."))
        elif number is None:
            note("staff_number", _("This is no staff number."))
        elif number in taken:
            note("staff_number", _("There is already an account with this staff number."))
        elif number in seen:
            note("staff_number", _("Row {row} has the same number.").format(row=seen[number]))
        if number is not None:
            seen.setdefault(number, each.row)
        if not values.get("name"):
            note("name", _("The name is missing."))
        community = values.get("community")
        if community and community not in places:
            places[community] = _community(work, community)
        if community and places[community] is None:
            note("community", _("There is no such community."))
        if values.get("employer") and not community:
            note("community", _("Who works for another employer needs a community."))
        contact = values.get("contact")
        if contact and not any(read_address(contact)):
            note("contact", _("This is neither a mobile nor a mail address."))
        ends = _end(values, zone, work.now(), note)
        account_id = work.ids()
        rows.append(
            HiresRow(
                hires_id=hires_id,
                seq=seq,
                sheet=each.sheet,
                row_no=each.row,
                account_id=account_id,
                staff_number=number or "",
                name=values.get("name", ""),
                department=values.get("department"),
                position=values.get("position"),
                contact_sealed=(
                    work.keys.field_cipher().seal("account", "contact_sealed", account_id, contact)
                    if contact
                    else None
                ),
                community_id=places.get(community) if community else None,
                employer=values.get("employer"),
                ends_at=ends,
            )
        )
    return rows, wrong


def _end(values: dict[str, str], zone: ZoneInfo, now: datetime, note: Any) -> datetime | None:
    """Return the moment at which the last day of a contract is over."""
    text = values.get("ends_at")
    if not text:
        if values.get("employer"):
            note("ends_at", _("Who works for another employer needs the end of the contract."))
        return None
    day = contract_end(text)
    if day is None:
        note("ends_at", _("This is no date; write it like 2026-12-31."))
        return None
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    if end <= now:
        note("ends_at", _("The contract has ended already."))
    return end


def _number(text: str) -> str | None:
    try:
        return login.staff_number(text)
    except PcloudError:
        return None


def _community(work: Work, reference: str) -> bytes | None:
    try:
        return communities.resolve(work, reference).id
    except PcloudError:
        return None


def taken_numbers(work: Work, numbers: Sequence[str]) -> set[str]:
    """Return which of the staff `numbers` belong to accounts already."""
    found: set[str] = set()
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        query = select(Account.staff_number).where(Account.staff_number.in_(part))
        found.update(work.session.scalars(query))
    return found
