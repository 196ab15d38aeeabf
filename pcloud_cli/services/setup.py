"""Setting up an installation: key, database, shipped roles, the first two accounts (2.1.1, 2.1.2).

Administration registers staff and grants nothing; the system administrator grants and registers
nobody: neither can make an actor with rights alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from pcloud_cli.context import Context
from pcloud_cli.db import migrate
from pcloud_cli.db.engine import database_url, make_engine, reader, writer
from pcloud_cli.db.work import Work, unit_of_work
from pcloud_cli.errors import ConfigProblem, Conflict, UsageProblem
from pcloud_cli.files import replacing
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account, LoginSession
from pcloud_cli.models.installation import DataKey
from pcloud_cli.models.role import Role, RoleGrant
from pcloud_cli.reasons import reason_of
from pcloud_cli.security.keys import KeyRing, KeyRow, find_master_key
from pcloud_cli.security.master_key import checksum, new_master_key, read_key_file, write_key_file
from pcloud_cli.security.passwords import STANDARD
from pcloud_cli.services import account, first_password, role, trail
from pcloud_cli.services.actor import Actor, bootstrap
from pcloud_cli.settings import config_path, read_file, safe_url

_SQLITE = "sqlite:///"


@dataclass(frozen=True)
class FirstAccount:
    """One of the two accounts that `init` makes."""

    staff_number: str
    name: str
    role: str


@dataclass(frozen=True)
class Plan:
    """What `init` is to make and where. `key_copy` None means that no copy is written."""

    database: str
    key_file: Path | None
    key_copy: Path | None
    language: str
    accounts: tuple[FirstAccount, FirstAccount]


@dataclass(frozen=True)
class Made:
    """What `init` made: (staff number, name, role, first password) an account; texts of steps."""

    already: bool
    accounts: list[tuple[str, str, str, str]]
    steps: list[str]


def set_up(run: Context, plan: Plan) -> Made:
    """Carry `plan` out and return what was made.

    Done twice, it changes nothing; interrupted, it goes on where it stopped. As long as nobody
    has logged in, a further run gives the two accounts new first passwords, because whoever was
    to read the old ones may never have seen them.
    """
    _refuse_password(plan.database, run)
    database_url(plan.database)
    file = None
    if plan.database.startswith(_SQLITE):
        # the settings outlive the folder that one stands in now
        file = Path(plan.database.removeprefix(_SQLITE)).absolute()
        plan = replace(plan, database=f"{_SQLITE}{file}")
    _refuse_another(run, plan)
    steps = _make_key(run, plan)
    if file is not None:
        _private_folder(file.parent)
    engine = make_engine(plan.database)
    try:
        migrate.upgrade(engine)
        steps.append(_("The database is at this version's form."))
        steps.append(_write_config(run, plan))
        found = find_master_key(run.env, plan.key_file)
        keys = _ring(engine, found.key, run)
        with unit_of_work(
            engine, clock=run.clock, ids=run.ids, keys=keys, origin=run.origin, write=True
        ) as work:
            made = _first_accounts(bootstrap(), work, plan, run.random)
    finally:
        engine.dispose()
    return Made(already=not made, accounts=made, steps=steps)


def _refuse_password(url: str, run: Context) -> None:
    if safe_url(url) != url and url != run.env.get("PCLOUD_DATABASE"):
        raise UsageProblem(
            _("The database URL holds a password; other people can read it on a command line."),
            hint=_("Put the password into ~/.pgpass, or the URL into PCLOUD_DATABASE."),
        )


def _make_key(run: Context, plan: Plan) -> list[str]:
    if plan.key_file is None:
        found = find_master_key(run.env, None)
        return [_("The master key is the one from {origin}.").format(origin=found.origin)]
    if plan.key_file.exists():
        key = read_key_file(plan.key_file)
        steps = [_("The master key in {path} is kept.").format(path=plan.key_file)]
    else:
        key = new_master_key(run.random)
        _private_folder(plan.key_file.absolute().parent)
        write_key_file(plan.key_file, key)
        steps = [_("The master key was written to {path}.").format(path=plan.key_file)]
    if plan.key_copy is not None and not plan.key_copy.exists():
        _private_folder(plan.key_copy.absolute().parent)
        write_key_file(plan.key_copy, key)
        copy = _("Its copy is {path}: take it to another place.")
        steps.append(copy.format(path=plan.key_copy))
    return steps


def _private_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigProblem(
            _("The folder {path} cannot be made: {reason}").format(
                path=folder, reason=reason_of(error)
            ),
            hint=_("Choose another place, or mend its permissions."),
        ) from None


def _wanted(run: Context, plan: Plan) -> dict[str, str]:
    wanted = {"language": plan.language}
    if plan.database != run.env.get("PCLOUD_DATABASE"):
        wanted["database"] = plan.database
    if plan.key_file is not None:
        wanted["key_file"] = str(plan.key_file.absolute())
    return wanted


def _refuse_another(run: Context, plan: Plan) -> None:
    """Raise Conflict where the settings file belongs to another installation."""
    path = config_path(run.env)
    there, wanted = read_file(path), _wanted(run, plan)
    for name in ("database", "key_file"):
        if name in there and name in wanted and there[name] != wanted[name]:
            raise Conflict(
                _("{path} names another {name} already.").format(path=path, name=name),
                hint=_("Set up the second installation with its own PCLOUD_CONFIG."),
            )


def _write_config(run: Context, plan: Plan) -> str:
    """Write database, key file and language into the settings file; keep what is there."""
    path = config_path(run.env)
    there = read_file(path)
    missing = {name: value for name, value in _wanted(run, plan).items() if name not in there}
    if missing:
        old = path.read_bytes() if path.exists() else b""
        lines = "".join(
            f"{name} = {json.dumps(v, ensure_ascii=False)}\n" for name, v in missing.items()
        )
        _private_folder(path.absolute().parent)
        with replacing(path) as stream:
            stream.write(lines.encode() + old)
    return _("The settings are in {path}.").format(path=path)


def _ring(engine: Engine, master: bytes, run: Context) -> KeyRing:
    """Return the installation's key ring; its first data keys are made where there are none."""
    with Session(bind=writer(engine)) as session, session.begin():
        if not session.scalar(select(func.count()).select_from(DataKey)):
            for row in KeyRing.create(master, run.random, run.clock.now()):
                session.add(
                    DataKey(
                        id=row.id,
                        purpose=row.purpose,
                        wrapped=row.wrapped,
                        state=row.state,
                        created_at=row.created_at or run.clock.now(),
                        master=checksum(master),
                    )
                )
    with Session(bind=reader(engine)) as session:
        rows = session.execute(
            select(DataKey.id, DataKey.purpose, DataKey.wrapped, DataKey.state)
        ).all()
    ring = KeyRing(master, [KeyRow(*row) for row in rows])
    ring.trail_key()  # a wrong master key shows itself here, before anything is written with it
    return ring


def _first_accounts(
    actor: Actor, work: Work, plan: Plan, random: Callable[[int], bytes]
) -> list[tuple[str, str, str, str]]:
    role.seed(work)
    session = work.session
    if session.scalar(select(func.count()).select_from(Account)):
        if session.scalar(select(func.count()).select_from(LoginSession)):
            return []
        return _first_again(actor, work, random)
    signer = work.keys.signer()
    trail.changed(
        actor,
        work,
        "installation.create",
        object_type="installation",
        detail={"signing": signer.fingerprint} if signer else {},
    )
    made = []
    for wanted in plan.accounts:
        created = account.create(
            actor, work, staff_number=wanted.staff_number, name=wanted.name, random=random
        )
        role.grant(
            actor,
            work,
            staff_number=wanted.staff_number,
            role=wanted.role,
            reason="init",
        )
        made.append((wanted.staff_number, wanted.name, wanted.role, created.password or ""))
    return made


def _first_again(
    actor: Actor, work: Work, random: Callable[[int], bytes]
) -> list[tuple[str, str, str, str]]:
    """Give the two first accounts new first passwords; nobody has ever logged in."""
    query = select(RoleGrant.account_id, Role.code).join(Role, Role.id == RoleGrant.role_id)
    held = {row[0]: row[1] for row in work.session.execute(query)}
    given = []
    for row in work.session.scalars(select(Account).order_by(Account.id).limit(2)).all():
        password = first_password.put(work, row, random=random, cost=STANDARD)
        trail.changed(actor, work, "account.first_again", object_type="account", object_id=row.id)
        given.append((row.staff_number, row.name, held.get(row.id, ""), password))
    return given


def default_plan_paths(run: Context) -> tuple[str, Path, Path]:
    """Return the usual database URL, key file and key copy of this user."""
    folders = run.folders
    key_file = config_path(run.env).parent / "master.key"
    return (
        f"sqlite:///{folders.data / 'pcloud.db'}",
        key_file,
        folders.state / "master.key.copy",
    )
