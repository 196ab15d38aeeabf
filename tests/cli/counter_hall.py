"""A company in the middle of a working day: of all that commands ask about there is one."""

from __future__ import annotations

import random
import shlex
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from sqlalchemy import select

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work
from pcloud_cli.models.account import Account, PasswordState
from pcloud_cli.models.role import RoleGrant, RoleGrantUse
from pcloud_cli.security.passwords import Cost, hash_password
from pcloud_cli.services import account, login, rights, role, second_factor
from pcloud_cli.services.actor import bootstrap
from tests.cli.conftest import staff
from tests.cli.dialogue import CODE, FACTOR, LOCKED, PASSWORD
from tests.cli.dialogues_tickets import made
from tests.cli.program import Program, copied
from tests.integration.workbooks import HEADERS, row, write
from tests.unit.made_workbooks import agile

CHEAP = Cost(memory=1024, passes=1, lanes=1)


@dataclass
class Hall:
    """The installation and the names that its words may use."""

    program: Program
    names: dict[str, str]

    def copy(self, home: Path) -> Hall:
        """Return one of the same that a test may change."""
        program = Program(
            copied(self.program.home, home),
            clock=FixedClock(datetime.now(UTC)),
            # not that of the template, whose tokens and ids are there already
            random=random.Random(12).randbytes,
            tokens=dict(self.program.tokens),
        )
        return Hall(program, {**self.names, "home": str(home)})

    def words(self, text: str) -> list[str]:
        """Return the words of a call."""
        return [self.typed(word) for word in shlex.split(text)]

    def typed(self, text: str) -> str:
        """Return what is typed where `text` stands."""
        if text == CODE:
            return pyotp.TOTP(FACTOR).now()
        for name, value in self.names.items():
            text = text.replace("{" + name + "}", value)
        return text


def open_hall(founded_home: Path, home: Path) -> Hall:
    """Make the company; its logins hold for processes, which have the real clock."""
    program = Program(copied(founded_home, home), clock=FixedClock(datetime.now(UTC)))
    staff(program)
    names = {"home": str(home), **_people(program)}
    _books(home)
    for by, words in _MADE:
        done = program.run(*shlex.split(words.replace("{home}", str(home))), by=by)
        assert done.code == 0, (words, done.err)
    _fail_to_log_in(program)
    _settle_grants(program)
    _never_used(program)
    names |= _ids(program)
    key_file = home / ".config/pcloud/master.key"
    names["masterkey"] = " ".join(key_file.read_text().split())
    with sqlite3.connect(program.database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return Hall(program, names)


_ADMIN, _HR, _SECURITY = "R-SYSTEM-ADMIN", "R-ADMINISTRATION", "R-SECURITY-ADMIN"
_MADE = (
    (_ADMIN, "community create 翠湖花园 --code CH"),
    (_ADMIN, "community create 晨光里 --code CG"),
    ("KF001", "import load {home}/live.xlsx -c CH"),
    ("KF002", "import approve 1 --yes"),
    ("KF002", "import apply 1"),
    ("KF001", "import load {home}/next.xlsx -c CH"),
    ("KF001", "import load {home}/more.xlsx -c CH"),
    ("KF002", "import approve 3 --yes"),
    ("KF002", "import apply 3"),
    ("KF001", "import profile set 湖畔置业 --map 档案袋="),
    ("KF001", "house renumber --map {home}/map.xlsx -c CH"),
    (
        "KF001",
        "owner change 钱小丁 -c CH --phone 13900000888 --reason 到柜台",
    ),
    ("KF001", "attachment add owner-change 1 {home}/request.pdf"),
    (_ADMIN, "policy apply -f {home}/policy.toml --reason 收紧"),
    (_ADMIN, "region create 城东 --code HD -c CH --reason 划片"),
    (_ADMIN, "role grant TF001 customer_service_lead --region HD --reason 任命"),
    ("KF002", "import undo 1 --reason 导错"),
    (_HR, "account import {home}/hires.xlsx"),
    *made(),
)


def _books(home: Path) -> None:
    write(home / "live.xlsx", [row(1), row(2), row(3)])
    write(home / "next.xlsx", [row(4)])
    write(home / "more.xlsx", [row(7), row(8)])
    write(home / "open.xlsx", [[*row(5), "甲类"], [*row(6), "乙类"]], (*HEADERS, "房屋类型"))
    write(home / "wrong.xlsx", [row(10), row(11, room="")])
    write(home / "there.xlsx", [row(12)])
    write(home / "locked.xlsx", [row(9)])
    agile(home / "locked.xlsx", LOCKED)
    write(home / "map.xlsx", [["1-1-103", "1-1-903"]], ("旧房号", "新房号"))
    write(home / "map2.xlsx", [["1-1-102", "1-1-902"]], ("旧房号", "新房号"))
    (home / "roles.yaml").write_text(
        "format: pcloud-roles-1\ngrants:\n- {account: NO001, role: night_duty, reason: 排班}\n"
    )
    write(home / "hires.xlsx", [["NEW03", "孙小季"]], ("工号", "姓名"))
    (home / "policy.toml").write_text("[login]\nsession_hours = 8\n")
    (home / "request.pdf").write_bytes(b"%PDF-1.7\n")
    (home / "policy2.toml").write_text("[login]\nfree_tries = 3\n")


def _people(program: Program) -> dict[str, str]:
    """Register who logs in by a password, and a service; return the words for them."""
    with program.desk() as desk:
        with desk.open(write=True) as (_nobody, work):
            made = account.create(
                bootstrap(), work, staff_number="NEW01", name="吴小新", cost=CHEAP
            )
            for number in ("TF001", "GR001", "BAD01"):
                account.create(bootstrap(), work, staff_number=number, name="郑小双", cost=CHEAP)
            account.create(
                bootstrap(), work, staff_number="CRON01", name="夜间", kind="service", cost=CHEAP
            )
            for number in ("KF001", "TF001", "BAD01"):
                _choose_password(work, number)
        with desk.open(write=True) as (_nobody, work):
            found = account.find(work, "TF001")
            # a code opens once: the one before, so that the present one is left
            code = pyotp.TOTP(FACTOR).at(program.clock.now() - timedelta(seconds=30))
            second_factor.enable(
                login.person(found), work, secret=FACTOR, code=code, random=program.random
            )
            program.tokens["TF001"], _session = login.open_session(
                work,
                found,
                restricted=False,
                until=work.now() + login.SESSION,
                random=program.random,
            )
    return {"first": made.password or ""}


def _choose_password(work: Work, number: str) -> None:
    found = work.session.scalars(select(Account).where(Account.staff_number == number)).one()
    found.password_hash = hash_password(PASSWORD, CHEAP)
    found.password_state = PasswordState.SET.value
    rights.seal_account(work, found)


def _fail_to_log_in(program: Program) -> None:
    """Try so often that it is an anomaly, of which the administrators are told."""
    for _try in range(7):
        done = program.run("login", "BAD01", "--password-stdin", stdin="Wrong#2026x\n")
        assert done.code == 4, done.err


def _settle_grants(program: Program) -> None:
    """Confirm a sensitive grant in a region, so that the next community and grant wait."""
    (waiting,) = program.run("role", "pending", "-o", "json", by=_SECURITY).data
    for by, words in (
        (_SECURITY, f"role approve {waiting['id']} --yes"),
        (_ADMIN, "region add HD CG --reason 新接"),
        (_ADMIN, "role grant GR001 customer_service_lead --community CH --reason 任命"),
    ):
        done = program.run(*shlex.split(words), by=by)
        assert done.code == 0, (words, done.err)


def _never_used(program: Program) -> None:
    """Give BAD01 a role long ago, at a time when uses were noted already."""
    with program.desk() as desk, desk.open(write=True) as (_nobody, work):
        given = role.grant(
            bootstrap(), work, staff_number="BAD01", role="night_duty", reason="排班"
        )
        row = work.session.get_one(RoleGrant, given["id"])
        row.granted_at = long_ago = work.now() - timedelta(days=200)
        rights.seal_grant(work, row, "night_duty")
        work.session.add(
            RoleGrantUse(
                grant_id=row.id, permission="house.read", noted_since=long_ago, used_at=long_ago
            )
        )


def _ids(program: Program) -> dict[str, str]:
    def first(by: str, *words: str) -> str:
        found = program.run(*words, "-o", "json", by=by)
        assert found.code == 0, found.err
        return str(found.data[0]["id"])

    made = program.run(
        "account", "token", "create", "CRON01", "--name", "夜间", "-o", "json", by=_HR
    )
    assert made.code == 0, made.err
    granted = program.run("role", "grants", "KF001", "-o", "json", by=_ADMIN)
    return {
        "asked": first(_SECURITY, "role", "pending"),
        "message": first(_ADMIN, "outbox", "list"),
        "token": first(_HR, "account", "token", "list"),
        "grant": str(granted.data[0]["id"]),
    }
