"""A season's hires from a list (2.1.1): entered by one of administration, checked by another.

Every wrong cell is found in one pass and nothing is entered with one. The accounts are made in one
transaction with the approval; none of them holds a role yet.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from pcloud_cli.db.types import moment_text
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import Account, AccountKind, PasswordState
from pcloud_cli.models.approval import ApprovalState
from pcloud_cli.models.community import Community
from pcloud_cli.models.hires import Hires, HiresRow, HiresState
from pcloud_cli.security.canonical import pack
from pcloud_cli.security.mask import mask_phone
from pcloud_cli.security.passwords import STANDARD, Cost, first_password, hash_password
from pcloud_cli.services import account as accounts
from pcloud_cli.services import approval, outbox, permission, rights, trail, turns
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.hires_rows import Wrong, judged, taken_numbers
from pcloud_cli.services.policy import current as policy_of
from pcloud_cli.services.policy_sections import AccountPolicy
from pcloud_cli.services.second_check import APPROVED, REJECTED, NumberedCheck, SecondCheck
from pcloud_cli.sheets.staff_list import read_staff_list

KIND = "account.import"
STATES: dict[str, str] = {
    HiresState.PENDING: N_("waiting for approval"),
    HiresState.APPLIED: N_("accounts made"),
    HiresState.REJECTED: N_("rejected"),
}
_STATES = {APPROVED: HiresState.APPLIED, REJECTED: HiresState.REJECTED}
_ACTIONS = {APPROVED: "account.import_approve", REJECTED: "account.import_reject"}
_CONTENT = (
    "seq", "row_no", "account_id", "staff_number", "name", "department", "position",
    "contact_sealed", "community_id", "employer", "ends_at",
)  # fmt: skip


class Secret(NamedTuple):
    """A first password and its hash."""

    password: str
    hash: str


class Entered(NamedTuple):
    """What entering a list gave: its record, or all wrong cells and no record."""

    record: dict[str, Any] | None
    wrong: list[Wrong]
    unused: list[str]


def propose(
    actor: Actor,
    work: Work,
    source: Path | int,
    *,
    name: str,
    zone: str,
    password: str | None = None,
) -> Entered:
    """Enter the list in the workbook or CSV `source`; nobody is registered yet.

    `name` is what the list is called, `zone` the IANA zone in which a contract's last day ends;
    `password` opens an encrypted workbook. The same file once more gives the list that is there.
    """
    permission.require(actor, work, "account.import")
    given = read_staff_list(source, password=password)
    sha256 = bytes.fromhex(given.sha256)
    same = select(Hires).where(
        Hires.file_sha256 == sha256, Hires.state != HiresState.REJECTED.value
    )
    known = work.session.scalars(same.order_by(Hires.number)).first()
    if known is not None:
        return Entered({**_record(work, known), "already": True}, [], given.unused)
    number = turns.next_number(work, "account.hires", Hires.number)
    hires_id = work.ids()
    rows, wrong = judged(work, hires_id, given.rows, ZoneInfo(zone))
    if wrong:
        return Entered(None, wrong, given.unused)
    assert actor.account_id is not None  # noqa: S101 - only people and services hold permissions
    made = Hires(
        id=hires_id,
        number=number,
        file_name=name,
        file_sha256=sha256,
        state=HiresState.PENDING.value,
        made_by=actor.account_id,
        made_at=work.now(),
    )
    work.session.add(made)
    work.session.flush()
    work.session.add_all(rows)
    work.session.flush()
    request = approval.propose(
        actor,
        work,
        kind=KIND,
        subject_id=made.id,
        community_id=None,
        content_hash=_digest(rows),
        summary={"number": number, "people": len(rows)},
    )
    made.approval_id = request.id
    _tell(actor, work, made, "account.import", len(rows))
    return Entered({**_record(work, made), "already": False}, [], given.unused)


def list_all(actor: Actor, work: Work) -> list[dict[str, Any]]:
    """Return the lists that were entered, newest first."""
    permission.require(actor, work, "account.list")
    return [
        _record(work, made)
        for made in work.session.scalars(select(Hires).order_by(Hires.number.desc()))
    ]


def show(actor: Actor, work: Work, reference: str) -> list[dict[str, Any]]:
    """Return the people of a list as records, contacts masked."""
    permission.require(actor, work, "account.list")
    return _shown(work, CHECK.find(work, reference))


def _shown(work: Work, made: Hires) -> list[dict[str, Any]]:
    names = dict(work.session.execute(select(Community.id, Community.name)).all())
    return [
        {
            "row": row.row_no,
            "staff_number": row.staff_number,
            "name": row.name,
            "department": row.department,
            "position": row.position,
            "contact": _masked(work, row),
            "community": names.get(row.community_id or b""),
            "employer": row.employer,
            "ends_at": row.ends_at,
        }
        for row in _rows(work, made)
    ]


def may_decide(actor: Actor, work: Work, reference: str) -> int:
    """Return of how many people the list is that `actor` may decide on: allowed to, and not who
    entered it."""
    return len(_rows(work, CHECK.may_decide(actor, work, reference)))


def approve(
    actor: Actor, work: Work, reference: str, *, secrets: Sequence[Secret], reason: str | None
) -> dict[str, Any]:
    """Approve a list as the second person, make its accounts, and send the first passwords.

    `secrets` are one a person, made by `first_secrets` before the work began: hashing takes longer
    than others should wait. ``by_hand`` names those without a mobile or a mail address. Raises
    Conflict where a staff number was given to somebody else since.
    """
    return with_secrets(secrets).approve(actor, work, reference, reason=reason)


def with_secrets(secrets: Sequence[Secret]) -> SecondCheck[Hires]:
    """Return the check that gives the accounts these first passwords."""
    return _HiresCheck(secrets)


def first_secrets(
    count: int, random: Callable[[int], bytes] = os.urandom, cost: Cost = STANDARD
) -> Iterator[Secret]:
    """Yield `count` first passwords with their hashes."""
    for _each in range(count):
        password = first_password(random)
        yield Secret(password, hash_password(password, cost))


def _made(actor: Actor, work: Work, made: Hires, row: HiresRow, secret: Secret) -> bool:
    """Make the account of one person; return whether the first password is on its way."""
    account = Account(
        id=row.account_id,
        staff_number=row.staff_number,
        name=row.name,
        department=row.department,
        position=row.position,
        contact_sealed=row.contact_sealed,
        community_id=row.community_id,
        employer=row.employer,
        ends_at=row.ends_at,
        kind=AccountKind.PERSON.value,
        password_hash=secret.hash,
        password_state=PasswordState.FIRST.value,
        first_password_until=accounts.first_password_end(work),
        failed_count=0,
        created_at=work.now(),
        created_by=made.made_by,
    )
    rights.seal_account(work, account)
    work.session.add(account)
    work.session.flush()
    trail.changed(
        actor,
        work,
        "account.create",
        object_type="account",
        object_id=account.id,
        community_id=account.community_id,
        detail={
            "staff_number": account.staff_number,
            "kind": account.kind,
            "hires": made.id.hex(),
            "registered_by": made.made_by.hex(),
        },
    )
    if not outbox.reachable(work, account.id):
        return False
    hours = policy_of(work, AccountPolicy).first_password_hours
    values = {
        "staff_number": account.staff_number,
        "password": secret.password,
        "hours": str(hours),
    }
    outbox.queue(work, "first_password", outbox.Recipient.account(account.id), values)
    return True


def _masked(work: Work, row: HiresRow) -> str | None:
    if row.contact_sealed is None:
        return None
    contact = work.keys.open("account", "contact_sealed", row.account_id, row.contact_sealed)
    return mask_phone(contact)


def _digest(rows: Sequence[HiresRow]) -> bytes:
    whole = hashlib.sha256()
    for row in rows:
        fields = [getattr(row, name) for name in _CONTENT]
        whole.update(pack([moment_text(f) if isinstance(f, datetime) else f for f in fields]))
    return whole.digest()


def rows_of(work: Work, made: Hires) -> list[HiresRow]:
    """Return the people of a list in their order."""
    return _rows(work, made)


def digest(rows: list[HiresRow]) -> bytes:
    """Return what the approval of a list of `rows` is bound to."""
    return _digest(rows)


def _rows(work: Work, made: Hires) -> list[HiresRow]:
    query = select(HiresRow).where(HiresRow.hires_id == made.id).order_by(HiresRow.seq)
    return list(work.session.scalars(query))


class _HiresCheck(NumberedCheck[Hires]):
    """A list is approved whole, and its accounts get `secrets` in its order."""

    kinds = (KIND,)
    model = Hires
    unknown = N_("There is no list of hires {number}.")
    listed = N_("`pcloud account hires list` shows the numbers.")

    def __init__(self, secrets: Sequence[Secret] = ()) -> None:
        self._secrets = secrets
        self._by_hand: list[str] = []

    def must_hold(self, actor: Actor, work: Work, entry: Hires) -> None:
        # who entered it registers its accounts; the approval's MAC knows who that was
        asked = approval.get(work, entry.approval_id) if entry.approval_id else None
        if asked is None or (asked.maker_id, asked.subject_id) == (entry.made_by, entry.id):
            return
        rights.tampered(actor, work, "hires", entry.id)
        raise Conflict(
            _("The list was changed outside the program and is worth nothing."),
            hint=_("Tell the security administrator; the entry must be made again."),
            code="tampered",
        )

    def content_hash(self, work: Work, entry: Hires) -> bytes:
        return _digest(_rows(work, entry))

    def content(self, actor: Actor, work: Work, entry: Hires) -> list[dict[str, Any]]:
        permission.require(actor, work, "account.list")
        return _shown(work, entry)

    def become(self, actor: Actor, work: Work, entry: Hires) -> None:
        rows = _rows(work, entry)
        taken = sorted(taken_numbers(work, [row.staff_number for row in rows]))
        if taken:
            raise Conflict(
                _("These staff numbers were given since: {numbers}").format(
                    numbers=", ".join(taken)
                ),
                hint=_("Reject the list; its maker corrects it and enters it again."),
                code="overtaken",
            )
        self._by_hand = [
            row.staff_number
            for row, secret in zip(rows, self._secrets, strict=True)
            if not _made(actor, work, entry, row, secret)
        ]
        entry.applied_at = work.now()

    def settle(
        self, actor: Actor, work: Work, entry: Hires, state: ApprovalState, reason: str | None
    ) -> dict[str, Any]:
        entry.state = _STATES[state].value
        people = len(_rows(work, entry))
        _tell(actor, work, entry, _ACTIONS[state], people, reason)
        if state != APPROVED:
            return _record(work, entry)
        sent = people - len(self._by_hand)
        return {**_record(work, entry), "sent": sent, "by_hand": self._by_hand}


CHECK = _HiresCheck()
reject = CHECK.reject


def _record(work: Work, made: Hires) -> dict[str, Any]:
    count = work.session.scalar(
        select(func.count()).select_from(HiresRow).where(HiresRow.hires_id == made.id)
    )
    maker = work.session.scalar(select(Account.staff_number).where(Account.id == made.made_by))
    return {
        "id": made.id,
        "number": made.number,
        "state": made.state,
        "file": made.file_name,
        "people": count,
        "made_by": maker,
        "made_at": made.made_at,
        "applied_at": made.applied_at,
    }


def _tell(
    actor: Actor, work: Work, made: Hires, action: str, people: int, reason: str | None = None
) -> None:
    trail.changed(
        actor,
        work,
        action,
        object_type="hires",
        object_id=made.id,
        reason=reason,
        detail={"number": made.number, "people": people, "file_sha256": made.file_sha256.hex()},
    )
