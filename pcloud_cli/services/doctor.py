"""Checking an installation: each finding with its remedy. It shows no data and needs no login."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import pcloud_cli
from pcloud_cli.context import Context
from pcloud_cli.db import migrate
from pcloud_cli.db.engine import make_engine, reader, sqlite_path
from pcloud_cli.db.work import unit_of_work
from pcloud_cli.errors import PcloudError
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.role import Role
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.output.values import shown
from pcloud_cli.place import ENTRY
from pcloud_cli.services import acting, outbox_waiting, recovery, role_shipped, working_calendar
from pcloud_cli.services.key import master
from pcloud_cli.services.sweep import last as last_sweep
from pcloud_cli.settings import config_path, safe_url

OK, WARN, BAD = "ok", "warn", "bad"

STATUS_WORDS = {OK: N_("fine"), WARN: N_("look"), BAD: N_("mend")}
CHECK_WORDS = {
    "settings": N_("settings"),
    "database": N_("database"),
    "revision": N_("form of the tables"),
    "key": N_("master key"),
    "roles": N_("shipped roles"),
    "key_place": N_("place of the key"),
    "boundary": N_("account boundary"),
    "keyring": N_("keyring"),
    "outbox": N_("destinations of messages"),
    "attachments": N_("store of attachments"),
    "recovery": N_("recovery"),
    "clock": N_("clock"),
    "calendar": N_("working calendar"),
    "sweep": N_("last sweep"),
    "disk_state": N_("disk of logins"),
    "disk_data": N_("disk of the data"),
    "other": N_("other"),
}

_LEAST_FREE = 200 << 20  # bytes; a large import and its log fit in
_BUILT = datetime(2026, 1, 1, tzinfo=UTC)


class Finding(NamedTuple):
    """One thing looked at: its name, ``ok``/``warn``/``bad``, what was found, what to do."""

    check: str
    status: str
    message: str
    remedy: str = ""


def examine(run: Context) -> list[Finding]:
    """Return the findings of all checks, in the order in which one would mend them."""
    engine: Engine | None = None
    findings = [_settings(run)]
    try:
        engine = make_engine(run.settings.database_url())
    except PcloudError as error:
        findings.append(Finding("database", BAD, error.message, error.hint or ""))
    ready = False
    if engine is not None:
        findings.append(_reachable(run, engine))
        if findings[-1].status == OK:
            findings.append(_at_head(engine))
            ready = findings[-1].status == OK
    findings.append(_key(run, engine if ready else None))
    if engine is not None and ready:
        findings.extend(_roles(engine))
    opens = ready and all(each.status == OK for each in findings if each.check == "key")
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: _key_changing(run) if opens else iter(()),
        lambda: _recovered(run, engine) if opens and engine is not None else iter(()),
        lambda: _key_lies_apart(run, engine),
        lambda: _boundary(run, engine),
        lambda: _keyring(run),
        lambda: _outbox(run, engine if ready else None),
        lambda: _attachments(run),
        lambda: _clock(run, engine if ready else None),
        lambda: _calendar(run, engine) if opens and engine is not None else iter(()),
        lambda: _swept(run, engine) if opens and engine is not None else iter(()),
        lambda: _disk(run, engine),
    )
    for check in checks:
        try:
            findings.extend(check())
        except PcloudError as error:
            findings.append(Finding("other", BAD, error.message, error.hint or ""))
    if engine is not None:
        engine.dispose()
    return findings


def _settings(run: Context) -> Finding:
    path = config_path(run.env)
    if not path.exists():
        return Finding(
            "settings",
            WARN,
            _("There is no settings file {path}.").format(path=path),
            _("Run `pcloud init`, or set PCLOUD_DATABASE and PCLOUD_KEY_FILE."),
        )
    if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return Finding(
            "settings",
            BAD,
            _("Other accounts may write to {path}, and so name another database or key.").format(
                path=path
            ),
            _("chmod 600 {path}").format(path=path),
        )
    return Finding("settings", OK, str(path))


def _reachable(run: Context, engine: Engine) -> Finding:
    url = safe_url(run.settings.database_url())
    try:
        with reader(engine).connect() as connection:
            connection.execute(select(1))
    except PcloudError as error:
        return Finding("database", BAD, error.message, error.hint or "")
    return Finding("database", OK, url)


def _at_head(engine: Engine) -> Finding:
    try:
        found = migrate.current(engine)
        migrate.refuse_other_revision(found.revision)
    except PcloudError as error:
        return Finding("revision", BAD, error.message, error.hint or "")
    return Finding("revision", OK, found.head)


def _key(run: Context, engine: Engine | None) -> Finding:
    """Judge the key; whether it opens the data shows only in a database that is in order."""
    try:
        found = acting.master_key(run)
        if engine is None:
            return Finding("key", OK, _("from {origin}").format(origin=found.origin))
        acting.key_ring(engine, found).field_cipher()
    except PcloudError as error:
        return Finding("key", BAD, error.message, error.hint or "")
    return Finding("key", OK, _("from {origin}; it opens the data").format(origin=found.origin))


def _roles(engine: Engine) -> Iterator[Finding]:
    """Judge whether what this version ships can be granted; a database not set up has no roles."""
    with Session(bind=reader(engine)) as session:
        if session.scalar(select(Role.id).limit(1)) is None:
            return
        lacking = role_shipped.missing(session)
    if lacking:
        yield Finding(
            "roles",
            WARN,
            _("Roles lack what this version brings: {roles}.").format(roles=", ".join(lacking)),
            _("Make a backup, then run `pcloud db upgrade`."),
        )
        return
    yield Finding("roles", OK, _("as this version ships them"))


def _key_changing(run: Context) -> Iterator[Finding]:
    path = acting.key_file(run)
    if path is not None and master.begun(path):
        yield Finding(
            "key_place",
            WARN,
            _("A change of the master key in {path} was begun and not ended.").format(path=path),
            _("Run `pcloud key rewrap`: it goes on where it was."),
        )


def _recovered(run: Context, engine: Engine) -> Iterator[Finding]:
    """Say loudly that an administrator was recovered, until somebody has looked at it."""
    keys = acting.key_ring(engine, acting.master_key(run))
    with Session(bind=reader(engine)) as session:
        warning = recovery.warning(session, keys)
    if warning:
        yield Finding("recovery", BAD, warning, _("Ask who did it, and why."))


def _key_lies_apart(run: Context, engine: Engine | None) -> Iterator[Finding]:
    name = run.settings.text("key_file")
    database = sqlite_path(engine) if engine is not None else None
    if not name or database is None:
        return
    if Path(name).absolute().parent == database.absolute().parent:
        yield Finding(
            "key_place",
            WARN,
            _("Key and database lie in one folder: whoever copies it has both."),
            _("Move the key file elsewhere and name it in the settings (key_file)."),
        )
        return
    yield Finding("key_place", OK, _("key and data lie apart"))


def _boundary(run: Context, engine: Engine | None) -> Iterator[Finding]:
    """Permission is real only where key and database belong to an account of their own."""
    came = run.env.get(ENTRY)
    if not came and not _other_account_behind(run):
        yield Finding(
            "boundary",
            WARN,
            _("Single-user mode: you can read key and database, so permission is only procedure."),
            _("For several people, give them to an account pcloud: docs/operations.md."),
        )
        return
    open_ = [path for path in _guarded_files(run, engine) if _is_open(path)]
    if open_:
        yield Finding(
            "boundary",
            BAD,
            _("Across the account boundary, but others can reach {paths}.").format(
                paths=_(", ").join(map(str, open_))
            ),
            _("Give them to the account of the program alone: chmod go-rwx, chown."),
        )
    elif came:
        yield Finding(
            "boundary", OK, _("called across an account boundary ({came})").format(came=came)
        )
    else:
        yield Finding(
            "boundary",
            WARN,
            _("Called by sudo or SSH, but not through the door: a caller's variables count."),
            _("Take the rule that `pcloud boundary print sudoers` gives."),
        )


def _other_account_behind(run: Context) -> bool:
    """Say whether somebody called who is another account than the one that owns the data."""
    if run.env.get("SSH_ORIGINAL_COMMAND"):
        return True
    caller = run.env.get("SUDO_UID", "")
    return caller.isdecimal() and int(caller) not in (0, os.geteuid())


def _guarded_files(run: Context, engine: Engine | None) -> Iterator[Path]:
    """Yield what only the account may read, and the program itself, which nobody may write."""
    key = run.settings.text("key_file")
    if key:
        yield Path(key)
    database = sqlite_path(engine) if engine is not None else None
    if database is not None:
        yield database
    yield Path(pcloud_cli.__file__).parent


def _is_open(path: Path) -> bool:
    """Say whether others may read the file, or write into the folder."""
    try:
        status = path.stat()
    except OSError:
        return False
    if stat.S_ISDIR(status.st_mode):
        return bool(status.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
    return status.st_uid not in (0, os.geteuid()) or bool(stat.S_IMODE(status.st_mode) & 0o077)


def _keyring(run: Context) -> Iterator[Finding]:
    needed = run.settings.text("session_store") == "keyring"
    elsewhere = ("PCLOUD_KEY", "CREDENTIALS_DIRECTORY")
    key_there = run.settings.text("key_file") or any(run.env.get(name) for name in elsewhere)
    if not needed and key_there:
        yield Finding("keyring", OK, _("not needed"))
        return
    import keyring
    from keyring.backends import fail

    if isinstance(keyring.get_keyring(), fail.Keyring):
        yield Finding(
            "keyring",
            BAD if needed else OK,
            _("no keyring can be used here"),
            _("Set session_store to file.") if needed else "",
        )
        return
    yield Finding("keyring", OK, _("usable"))


def _outbox(run: Context, engine: Engine | None) -> Iterator[Finding]:
    """Look whether every destination is whole and its secret there; nothing is sent."""
    if not run.settings.table("outbox"):
        if engine is not None and (count := outbox_waiting.count(engine)):
            yield Finding(
                "outbox",
                WARN,
                _("{count} messages wait, and the settings name no destination.").format(
                    count=count
                ),
                _("Name one in {path}, [outbox]: docs/operations.md.").format(
                    path=config_path(run.env)
                ),
            )
        return
    try:
        count = run.courier.check()
    except PcloudError as error:
        yield Finding("outbox", BAD, error.message, error.hint or "")
        return
    yield Finding("outbox", OK, _("{count} destinations").format(count=count))


def _attachments(run: Context) -> Iterator[Finding]:
    """Look whether the store of attachments can be read and written, and by nobody else."""
    try:
        problem = run.vault.examine()
    except PcloudError as error:
        yield Finding("attachments", BAD, error.message, error.hint or "")
        return
    if problem is None:
        yield Finding("attachments", OK, run.vault.where)
        return
    yield Finding(
        "attachments",
        BAD,
        problem,
        _("Give it to the account that runs pcloud alone; the setting attachments names it."),
    )


def _clock(run: Context, engine: Engine | None) -> Iterator[Finding]:
    now = run.clock.now()
    last = None
    if engine is not None:
        try:
            with reader(engine).connect() as connection:
                last = connection.scalar(
                    select(TrailEvent.at).order_by(TrailEvent.seq.desc()).limit(1)
                )
        except PcloudError:
            last = None  # said by the database check already
    earliest = max(_BUILT, _moment(last) - timedelta(seconds=5)) if last else _BUILT
    if now < earliest:
        yield Finding(
            "clock",
            BAD,
            _("The clock says {now}, which is before what was recorded already.").format(
                now=now.strftime("%Y-%m-%d %H:%M:%S UTC")
            ),
            _("Set the clock, best by NTP: deadlines and the trail depend on it."),
        )
        return
    yield Finding("clock", OK, now.strftime("%Y-%m-%d %H:%M:%S UTC"))


def _calendar(run: Context, engine: Engine) -> Iterator[Finding]:
    keys = acting.key_ring(engine, acting.master_key(run))
    with unit_of_work(
        engine, clock=run.clock, ids=run.ids, keys=keys, origin=run.origin, write=False
    ) as work:
        for message, remedy in working_calendar.warnings(work):
            yield Finding("calendar", WARN, message, remedy)


def _swept(run: Context, engine: Engine) -> Iterator[Finding]:
    """Look whether sweeps are run as often as they must be; a quiet one counts."""
    at, zone = last_sweep.swept_at(engine), run.settings.text("zone")
    warning = last_sweep.warning(at, run.clock.now(), zone)
    yield Finding("sweep", WARN, *warning) if warning else Finding("sweep", OK, shown(at, zone))


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _disk(run: Context, engine: Engine | None) -> Iterator[Finding]:
    places = {"state": run.folders.state}
    database = sqlite_path(engine) if engine is not None else None
    if database is not None:
        places["data"] = database.absolute().parent
    for name, folder in places.items():
        there = folder
        while not there.exists() and there != there.parent:
            there = there.parent
        if not os.access(there, os.W_OK | os.X_OK):
            yield Finding(
                f"disk_{name}",
                BAD,
                _("{path} cannot be written to.").format(path=there),
                _("Give the folder to the account that runs pcloud."),
            )
            continue
        mode = stat.S_IMODE(there.stat().st_mode)
        if there == folder and mode & 0o077:
            yield Finding(
                f"disk_{name}",
                WARN,
                _("{path} is open to other accounts (mode {mode}).").format(
                    path=there, mode=f"{mode:04o}"
                ),
                _("chmod 700 {path}").format(path=there),
            )
            continue
        free = shutil.disk_usage(there).free
        yield Finding(
            f"disk_{name}",
            OK if free >= _LEAST_FREE else BAD,
            _("{path}: {free} MB free").format(path=there, free=free >> 20),
            "" if free >= _LEAST_FREE else _("Make room: an import needs about twice its size."),
        )
