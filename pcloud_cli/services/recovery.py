"""When what opens everything is lost: the master key's file, or the last administrator (2.1.2).

Whoever has the master key can do anything anyway. So this asks for the key itself, typed or piped
in by the caller: the file that the program may read proves nothing of who calls. What is done
stays the loudest event of the trail: it goes to all who watch over the installation, and stands
before every login until a security administrator has acknowledged it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from pcloud_cli.context import Context
from pcloud_cli.db import migrate
from pcloud_cli.db import trail as chain
from pcloud_cli.db.engine import make_engine, reader
from pcloud_cli.db.work import Work, unit_of_work
from pcloud_cli.errors import ConfigProblem, Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account, AccountKind, PasswordState
from pcloud_cli.models.installation import DataKey
from pcloud_cli.models.role import Role, RoleGrant
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.keys import KeyRing, KeyRow
from pcloud_cli.security.master_key import (
    checksum,
    parse_key_text,
    read_key_file,
    write_key_file,
)
from pcloud_cli.security.passwords import first_password, hash_password
from pcloud_cli.security.permissions import ADMINISTRATORS
from pcloud_cli.services import account as accounts
from pcloud_cli.services import credentials, outbox, permission, rights, role, sessions, trail
from pcloud_cli.services.actor import Actor, bootstrap
from pcloud_cli.services.key import master

OBJECT = "recovery"
TOLD = ("system_admin", "security_admin", "auditor", "administration")
"""The roles whose holders hear of a recovery."""
_IS_RECOVERY = text("trail_event.object_type = 'recovery'")  # as the index spells it


@dataclass(frozen=True)
class Recovered:
    """The administrator that was made or reopened; `password` is shown once.

    `others` are the open accounts that hold the role besides.
    """

    staff_number: str
    name: str
    role: str
    password: str
    new: bool
    others: int


@dataclass(frozen=True)
class Restored:
    """Where the key file is; `kept` is what was there before, `already` that nothing was wrong."""

    file: Path
    kept: Path | None
    already: bool


def restore_key(run: Context, copy: str) -> Restored:
    """Put the key whose text is `copy` into the key file, where it opens this database.

    What was in the key file is kept beside it. Raises ConfigProblem where the copy is not whole,
    does not open the data, or no key file is set.
    """
    key = parse_key_text(copy, _("the copy"))
    name = run.settings.text("key_file") or run.env.get("PCLOUD_KEY_FILE")
    if not name:
        raise ConfigProblem(
            _("No setting says where the key file belongs."),
            hint=_("Set `key_file`, or put the copy where the key came from before."),
        )
    path = Path(name).absolute()
    with _with_key(run, key) as (engine, ring):
        if path.exists() and _holds(path, key):
            return Restored(path, None, already=True)
        if run.flags.dry_run:
            return Restored(path, None, already=False)
        fresh = path.with_name(f"{path.name}.restored")
        if not (fresh.exists() and _holds(fresh, key)):
            fresh.unlink(missing_ok=True)
            write_key_file(fresh, key)
        kept = master.aside(path, _name(path)) if path.exists() else None
        master.put_in_place(path, fresh)
        with _work(run, engine, ring) as work:
            trail.changed(
                bootstrap(),
                work,
                "key.restore",
                object_type="data_key",
                detail={"master": checksum(key)},
            )
    return Restored(path, kept, already=False)


def administrator(
    run: Context,
    key: str,
    *,
    staff_number: str,
    name: str | None,
    reason: str,
    code: str = ADMINISTRATORS[0],
) -> Recovered:
    """Make or reopen an administrator and return it with a first password (2.1.2).

    `key` is the text of the master key. An account of that number is opened again: it gets a new
    first password, its sessions, locks and second factor end; else one called `name` is made. It
    then holds the role `code`, one of `ADMINISTRATORS`, everywhere. Raises UsageProblem,
    ConfigProblem for a wrong key, Conflict where the account holds what must be apart from that
    role, or was changed outside the program.
    """
    if not reason.strip():
        raise UsageProblem(_("A recovery needs a reason."), hint=_("Give --reason."))
    opened = parse_key_text(key, _("what was given"))
    with _with_key(run, opened) as (engine, ring), _work(run, engine, ring) as work:
        others = _holders(work, code)
        number = credentials.staff_number(staff_number)
        row = work.session.scalar(
            select(Account).where(Account.staff_number == number).with_for_update()
        )
        new = row is None
        password = _made(work, run, number, name) if row is None else _reopened(work, run, row)
        found = accounts.find(work, number)
        role.grant(bootstrap(), work, staff_number=number, role=code, reason=reason)
        _tell(work, found, code, reason, new=new)
        return Recovered(number, found.name, code, password, new, len(others - {found.id}))


def acknowledge(actor: Actor, work: Work, *, reason: str) -> int:
    """Acknowledge all recoveries so far with a `reason`; return how many waited for it."""
    permission.require(actor, work, "recovery.acknowledge")
    if not reason.strip():
        raise UsageProblem(_("Say what came of looking at it."), hint=_("Give --reason."))
    waiting = unacknowledged(work.session, work.keys)
    if waiting:
        if any(each["account_id"] == actor.account_id for each in waiting):
            raise NotAllowed(_("Nobody acknowledges their own recovery."), code="own_entry")
        trail.changed(
            actor,
            work,
            "recovery.acknowledge",
            object_type=OBJECT,
            reason=reason.strip(),
            detail={"events": [each["event"] for each in waiting]},
        )
    return len(waiting)


def list_all(actor: Actor, work: Work) -> list[dict[str, Any]]:
    """Return all recoveries, the newest last, and whether each was acknowledged."""
    permission.require(actor, work, "recovery.read")
    waiting = {each["event"] for each in unacknowledged(work.session, work.keys)}
    return [
        each | {"acknowledged": each["event"] not in waiting}
        for each in _recoveries(work.session, 0)
    ]


def unacknowledged(session: Session, keys: KeyRing) -> list[dict[str, Any]]:
    """Return the recoveries that no security administrator has acknowledged yet.

    The trail says so, and nothing else: an acknowledgement that somebody put into the database
    by hand does not have its hash, and counts for nothing.
    """
    acknowledged = session.scalars(
        select(TrailEvent)
        .where(_IS_RECOVERY, TrailEvent.action == "recovery.acknowledge")
        .order_by(TrailEvent.seq.desc())
    )
    last = next((each.seq for each in acknowledged if chain.event_holds(keys, each)), 0)
    return _recoveries(session, last)


def warning(session: Session, keys: KeyRing) -> str | None:
    """Return what is to be said at a login and by `doctor`; None where nothing waits."""
    waiting = unacknowledged(session, keys)
    if not waiting:
        return None
    return _(
        "An administrator was recovered with the master key ({moment}, {origin}); no security"
        " administrator has acknowledged it yet (`pcloud recover acknowledge`)."
    ).format(moment=waiting[-1]["at"][:16].replace("T", " ") + " UTC", origin=waiting[-1]["origin"])


def _recoveries(session: Session, after: int) -> list[dict[str, Any]]:
    query = (
        select(TrailEvent, Account.staff_number)
        .outerjoin(Account, Account.id == TrailEvent.object_id)
        .where(
            _IS_RECOVERY,
            TrailEvent.action == "recovery.administrator",
            TrailEvent.seq > after,
        )
        .order_by(TrailEvent.seq)
    )
    return [
        {
            "event": event.seq,
            "at": event.at,
            "origin": event.origin,
            "staff_number": number,
            "account_id": event.object_id,
            "reason": event.reason,
        }
        for event, number in session.execute(query)
    ]


@contextmanager
def _with_key(run: Context, key: bytes) -> Iterator[tuple[Engine, KeyRing]]:
    """Give the database and its keys, all of which `key` has proved to open."""
    engine = make_engine(run.settings.database_url())
    try:
        query = select(DataKey.id, DataKey.purpose, DataKey.wrapped, DataKey.state)
        with reader(engine).connect() as connection:
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
            migrate.refuse_other_revision(found)
            rows = [KeyRow(*row) for row in connection.execute(query)]
        if not rows:
            raise ConfigProblem(
                _("This database has not been set up."), hint=_("Run `pcloud init`.")
            )
        ring = KeyRing(key, rows, random=run.random)
        ring.check()
        yield engine, ring
    finally:
        engine.dispose()


@contextmanager
def _work(run: Context, engine: Engine, ring: KeyRing) -> Iterator[Work]:
    with unit_of_work(
        engine,
        clock=run.clock,
        ids=run.ids,
        keys=ring,
        origin=run.origin,
        write=True,
        dry_run=run.flags.dry_run,
    ) as work:
        yield work


def _holds(path: Path, key: bytes) -> bool:
    try:
        return read_key_file(path) == key
    except ConfigProblem:
        return False


def _name(path: Path) -> str:
    """Return what the key in `path` is called: its checksum, or that it is broken."""
    try:
        return checksum(read_key_file(path))
    except ConfigProblem:
        return "broken"


def _holders(work: Work, code: str) -> set[bytes]:
    query = (
        select(RoleGrant.account_id)
        .join(Role, Role.id == RoleGrant.role_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(Role.code == code, RoleGrant.revoked_at.is_(None), Account.disabled_at.is_(None))
    )
    return set(work.session.scalars(query))


def _made(work: Work, run: Context, number: str, name: str | None) -> str:
    if not (name or "").strip():
        raise NotFound(
            _("There is no account with staff number {number}.").format(number=number),
            hint=_("Give --name to make one, or the number of an account that there is."),
        )
    made = accounts.create(
        bootstrap(), work, staff_number=number, name=name or "", random=run.random
    )
    return made.password or ""


def _reopened(work: Work, run: Context, row: Account) -> str:
    if row.kind != AccountKind.PERSON:
        raise Conflict(_("This is the account of a service."), hint=_("Name that of a person."))
    if not rights.account_holds(bootstrap(), work, row):
        raise Conflict(
            _("The account was changed outside the program and is worth nothing."),
            hint=_("Make another one: give a new staff number and --name."),
            code="tampered",
        )
    password = first_password(run.random)
    row.password_hash = hash_password(password)
    row.password_state = PasswordState.FIRST.value
    row.first_password_until = row.due_at = accounts.first_password_end(work)
    row.disabled_at = row.locked_until = row.compromised_at = None
    row.suspended_at = row.suspended_by = row.suspended_why = row.ends_at = None
    row.failed_count = 0
    if row.second_factor_at is not None:
        from pcloud_cli.services import second_factor

        second_factor.lost(bootstrap(), work, row)
    rights.seal_account(work, row)
    sessions.end_all(work, row.id)
    work.session.flush()
    return password


def _tell(work: Work, row: Account, code: str, reason: str, *, new: bool) -> None:
    trail.changed(
        bootstrap(),
        work,
        "recovery.administrator",
        object_type=OBJECT,
        object_id=row.id,
        reason=reason.strip(),
        detail={"staff_number": row.staff_number, "role": code, "new": new},
    )
    values = {"staff_number": row.staff_number, "at": work.now().isoformat()}
    occasion = work.ids().hex()
    for told in TOLD:
        to = outbox.Recipient.role(told)
        outbox.queue(work, "recovered", to, values, once=f"recovery {occasion} {told}")
