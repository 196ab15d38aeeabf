"""What the tests of taking a batch back share: asking, agreeing, and what is left."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from pcloud_cli.models.house import House
from pcloud_cli.models.registry import metadata
from pcloud_cli.services.imports import undo
from tests.integration.office import CHECKER, Office

SECOND = "KF008"


def ask(office: Office, batch: dict[str, Any], *, by: str = CHECKER, **more: Any) -> dict[str, Any]:
    with office.open(by, write=True, **more) as (actor, work):
        return undo.propose(actor, work, str(batch["number"]), reason="导错小区")


def agree(office: Office, batch: dict[str, Any], *, by: str = SECOND) -> dict[str, Any]:
    with office.open(by, write=True) as (actor, work):
        return undo.approve(actor, work, str(batch["number"]), reason=None)


def undone(office: Office, batch: dict[str, Any]) -> dict[str, Any]:
    """Ask and agree."""
    ask(office, batch)
    return agree(office, batch)


def kept(done: dict[str, Any]) -> list[tuple[str, str | None, str | None, str, str | None]]:
    """Return kind, house, owner, reason and detail of all that stayed."""
    return [
        (each["kind"], each["house"], each["owner"], each["reason"], each["detail"])
        for each in done["kept_rows"]
    ]


_OUTSIDE = ("import_", "approval", "trail_", "outbox")
_MOVES_ON = {"version", "import_version", "updated_at"}


def living(office: Office) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything but imports, approvals and the trail; versions only ever grow."""
    found = {}
    for table in metadata.sorted_tables:
        if table.name.startswith(_OUTSIDE):
            continue
        columns = [column for column in table.c if column.name not in _MOVES_ON]
        found[table.name] = sorted(
            (tuple(each) for each in office.rows(select(*columns))), key=repr
        )
    return found


def rooms(office: Office) -> list[str]:
    return [each[0] for each in office.rows(select(House.room).order_by(House.room))]
