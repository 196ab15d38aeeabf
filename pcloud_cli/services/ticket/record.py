"""A ticket as it is shown: a record of plain data, codes and moments, nothing private."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Community
from pcloud_cli.models.house import House
from pcloud_cli.models.maintenance_firm import MaintenanceFirm
from pcloud_cli.models.ticket import Ticket
from pcloud_cli.services import fault_type, places
from pcloud_cli.services.ticket import callers_told, checking

_CHUNK = 500


def of(work: Work, ticket: Ticket) -> dict[str, Any]:
    """Return one ticket as a record."""
    return of_all(work, [ticket])[0]


def of_all(work: Work, tickets: Sequence[Ticket]) -> list[dict[str, Any]]:
    """Return `tickets` as records, in their order: place, state, its clock, who has it."""
    communities = _known(work, Community, {each.community_id for each in tickets})
    houses = _known(work, House, {each.house_id for each in tickets if each.house_id})
    staff = {
        account_id
        for each in tickets
        for account_id in (each.handler_id, each.entered_by, each.accepted_by)
        if account_id
    }
    people = _known(work, Account, staff)
    firms = _known(work, MaintenanceFirm, {each.firm_id for each in tickets if each.firm_id})
    mains = _numbers(work, {each.main_id for each in tickets if each.main_id})
    told = callers_told.noted_at(work, [each.id for each in tickets if each.main_id])
    checks = checking.second(work, [each.id for each in tickets])
    faults, now = fault_type.names(work), work.now()
    return [
        {
            "id": each.id,
            "number": each.number,
            "community": communities[each.community_id].name,
            "place": _place(each, houses),
            "fault_type": each.fault_type,
            "fault_name": faults.get(each.fault_type or "", each.fault_type),
            "state": each.state,
            "urgency": each.urgency,
            "urgent_kind": each.urgent_kind,
            "proposed": each.proposed_kind,
            "channel": each.channel,
            "reporter": each.reporter,
            "handler": people[each.handler_id].staff_number if each.handler_id else None,
            "handler_name": people[each.handler_id].name if each.handler_id else None,
            "entered_by": people[each.entered_by].staff_number if each.entered_by else None,
            "accepted_by": people[each.accepted_by].staff_number if each.accepted_by else None,
            "clock": each.clock,
            "deadline_at": each.deadline_at,
            "overdue": each.deadline_at is not None and each.deadline_at < now,
            "due_at": each.due_at,
            "appointed_from": each.appointed_from,
            "appointed_until": each.appointed_until,
            "called_at": each.called_at,
            "submitted_at": each.submitted_at,
            "late_entry": each.late_entry,
            "completed_at": each.completed_at,
            "ended_at": each.ended_at,
            "score": each.score,
            "confirm_source": each.confirm_source,
            "callbacks": each.callbacks,
            "callback_ended_at": each.callback_ended_at,
            "urged": each.urged,
            "responsibility": each.responsibility,
            "firm": firms[each.firm_id].name if each.firm_id else None,
            "promised_at": each.promised_at,
            "main": mains.get(each.main_id) if each.main_id else None,
            "told_at": told.get(each.id),
            "read_back": bool(checks.get(each.id, {}).get("read_back")),
            "checked_by": checks.get(each.id, {}).get("checked_by"),
            "checked_how": checks.get(each.id, {}).get("checked_how"),
            "zone": communities[each.community_id].zone,
        }
        for each in tickets
    ]


def _place(ticket: Ticket, houses: dict[bytes, Any]) -> str:
    if ticket.house_id is not None:
        return places.address(houses[ticket.house_id])
    return ticket.public_place or ""


def _known(work: Work, model: Any, wanted: set[bytes]) -> dict[bytes, Any]:
    ids = sorted(wanted)
    found = {}
    for at in range(0, len(ids), _CHUNK):
        query = select(model).where(model.id.in_(ids[at : at + _CHUNK]))
        found.update({row.id: row for row in work.session.scalars(query)})
    return found


def _numbers(work: Work, wanted: set[bytes]) -> dict[bytes, int]:
    return {id_: row.number for id_, row in _known(work, Ticket, wanted).items()}
