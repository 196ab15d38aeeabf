"""Versions of policy as rows: found, whole or forged, what they say, what they hash to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound
from pcloud_cli.i18n import _
from pcloud_cli.models.policy import PolicyState, PolicyVersion
from pcloud_cli.security.canonical import Field, pack
from pcloud_cli.security.mac import check_row_mac, row_mac
from pcloud_cli.services import rights
from pcloud_cli.services.actor import Actor, nobody
from pcloud_cli.services.policy_sections import SECTIONS, made


def approved(work: Work, section: str) -> list[PolicyVersion]:
    """Return the approved versions of a section that are whole, those in force last first."""
    query = (
        select(PolicyVersion)
        .where(PolicyVersion.section == section, PolicyVersion.state == PolicyState.APPROVED.value)
        .order_by(PolicyVersion.valid_from.desc(), PolicyVersion.number.desc())
    )
    return [row for row in work.session.scalars(query) if _holds(nobody(), work, row)]


def find(work: Work, reference: str, *, lock: bool = False) -> list[PolicyVersion]:
    """Return the versions of the change that people call `reference`; NotFound for none."""
    text = reference.strip().lstrip("#")
    rows: list[PolicyVersion] = []
    if text.isdecimal() and len(text) < 10:
        query = (
            select(PolicyVersion)
            .where(PolicyVersion.number == int(text))
            .order_by(PolicyVersion.section)
        )
        rows = list(work.session.scalars(query.with_for_update() if lock else query))
    if not rows:
        raise NotFound(
            _("There is no change {number} of policy.").format(number=reference),
            hint=_("`pcloud policy list` shows the numbers."),
        )
    return rows


def must_hold(actor: Actor, work: Work, rows: Sequence[PolicyVersion]) -> None:
    """Return where all of `rows` are whole; else leave evidence and raise Conflict."""
    whole = [_holds(actor, work, row) for row in rows]  # each leaves its evidence
    if not all(whole):
        raise Conflict(
            _("The change of policy was changed outside the program and is worth nothing."),
            hint=_("Tell the security administrator; apply the file again."),
            code="tampered",
        )


def values_of(row: PolicyVersion) -> Any:
    """Return what a version says, as its section."""
    return made(SECTIONS[row.section], json.loads(row.content))


def base_of(work: Work, row: PolicyVersion) -> Any:
    """Return what a version was proposed upon, as its section."""
    query = select(PolicyVersion).where(
        PolicyVersion.section == row.section, PolicyVersion.number == row.base
    )
    base = work.session.scalar(query)
    return SECTIONS[row.section]() if base is None else values_of(base)


def hash_of(rows: Sequence[PolicyVersion]) -> bytes:
    """Return the hash of what a change says; from when is part of it while it waits."""
    whole = hashlib.sha256()
    for row in rows:
        whole.update(pack((*_content(row), rights.moment(row.valid_from))))
    return whole.digest()


def seal(work: Work, row: PolicyVersion) -> None:
    """Set the MAC of a version after a change."""
    row.mac = row_mac(work.keys, "policy_version", _fields(row))


def _holds(actor: Actor, work: Work, row: PolicyVersion) -> bool:
    if check_row_mac(work.keys, "policy_version", _fields(row), row.mac):
        return True
    rights.tampered(actor, work, "policy_version", row.id)
    return False


def _fields(row: PolicyVersion) -> tuple[Field, ...]:
    return (
        row.id,
        *_content(row),
        row.state,
        rights.moment(row.valid_from),
        row.made_by,
        rights.moment(row.made_at),
        row.reason,
        row.approval_id,
        rights.moment(row.decided_at),
    )


def _content(row: PolicyVersion) -> tuple[Field, ...]:
    return (row.change_id, row.number, row.section, row.content, row.base)


def covered(row: PolicyVersion) -> tuple[Field, ...]:
    """Return what the MAC of a version covers."""
    return _fields(row)
