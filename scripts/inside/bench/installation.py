"""An installation to measure: set up as a company would, by real commands, once a run of the bench.

Two people of customer service are logged in: one loads, the other confirms and applies (2.3.1).
"""

from __future__ import annotations

import json
import secrets
import shutil
import sqlite3
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from scripts.inside.bench.process import Ran, plain_environment, run

COMMUNITY = "BENCH"


class Installation:
    """Databases that are copies of one, in which there are two people and an empty community."""

    def __init__(self, folder: Path, template: str, copy: Callable[[int], str]) -> None:
        """Set up in `folder`, in the empty database `template`; `copy` makes the n-th copy."""
        self._copy = copy
        self._password = f"Aa1#{secrets.token_urlsafe(12)}"
        self._env = {**plain_environment(folder / "home"), "PCLOUD_DATABASE": template}
        shutil.rmtree(self._env["HOME"], ignore_errors=True)
        Path(self._env["HOME"]).mkdir(parents=True)
        self._tokens: dict[str, str] = {}
        self.program = [sys.executable, "-m", "pcloud_cli"]
        self._set_up()

    def _call(self, *arguments: str, stdin: str | None = None) -> Any:
        ran = run([*self.program, *arguments, "-o", "json"], env=self._env, stdin=stdin)
        return json.loads(ran.out) if ran.out.strip() else None

    def _set_up(self) -> None:
        made = {each["staff_number"]: each for each in self._call("init", "--no-input")}
        self._enter("A001", made["A001"]["first_password"])
        first = {
            number: _one(
                self._call("account", "create", number, name, "--show", "--reason", "bench")
            )["first_password"]
            for number, name in (("KF001", "王小明"), ("KF002", "李主管"), ("AQ001", "周慎行"))
        }
        self._enter("S001", made["S001"]["first_password"])
        for number, role in (
            ("AQ001", "security_admin"),
            ("KF001", "customer_service"),
            ("KF002", "customer_service_lead"),
        ):
            self._call("role", "grant", number, role, "--reason", "bench")
        self._call("community", "create", "测试花园", "--code", COMMUNITY)
        self._enter("AQ001", first["AQ001"])
        for waiting in self._call("role", "pending"):
            self._call("role", "approve", waiting["id"], "--yes")
        self._tokens["security"] = self._token()
        for number, who in (("KF001", "maker"), ("KF002", "checker")):
            self._enter(number, first[number])
            self._tokens[who] = self._token()

    def _enter(self, number: str, first: str) -> None:
        self._call("login", number, "--password-stdin", stdin=f"{first}\n")
        change = f"{first}\n{self._password}\n"
        self._call("account", "passwd", "--password-stdin", stdin=change)

    def _token(self) -> str:
        """Take the kept token away: with it in place the next login would end this one."""
        (kept,) = Path(self._env["HOME"]).glob(".local/state/pcloud/session-*")
        token = kept.read_text().strip()
        kept.unlink()
        return token

    def fresh(self, number: int) -> Fresh:
        """Return the `number`-th copy of the database, as nobody has touched it."""
        return Fresh(self.program, self._copy(number), self._env, self._tokens)


class Fresh:
    """One copy: commands run in it as the maker or the checker."""

    def __init__(
        self,
        program: list[str],
        database: str,
        env: Mapping[str, str],
        tokens: Mapping[str, str],
    ) -> None:
        self._program = program
        self._tokens = tokens
        self._env = {**env, "PCLOUD_DATABASE": database}
        self.database = database

    def environment(self, who: str) -> dict[str, str]:
        """Return the environment in which `who` (``maker``, ``checker``, ``security``) works."""
        return {**self._env, "PCLOUD_TOKEN": self._tokens[who]}

    def call(
        self, who: str, *arguments: str, watch: bool = False, good: tuple[int, ...] = (0,)
    ) -> Ran:
        """Run one command as `who`."""
        call = [*self._program, *arguments]
        return run(call, env=self.environment(who), watch=watch, good=good)


def _one(found: Any) -> dict[str, Any]:
    record: dict[str, Any] = found[0] if isinstance(found, list) else found
    return record


def sqlite_databases(folder: Path) -> tuple[str, Callable[[int], str]]:
    """Return the URL of a template in `folder`, and what makes its n-th copy."""
    template = folder / "template.db"

    def copy(number: int) -> str:
        path = folder / f"copy-{number}.db"
        for old in folder.glob(f"{path.name}*"):
            old.unlink()
        source, target = sqlite3.connect(template), sqlite3.connect(path)
        source.backup(target)
        source.close()
        target.close()
        return f"sqlite:///{path}"

    for old in folder.glob(f"{template.name}*"):
        old.unlink()
    return f"sqlite:///{template}", copy


def postgresql_databases(url: str) -> tuple[str, Callable[[int], str], Callable[[], None]]:
    """Return the URL of a template beside the database of `url`, what copies it, what drops all."""
    import psycopg
    from psycopg import sql
    from sqlalchemy import make_url

    base = make_url(url).set(drivername="postgresql")
    prefix = f"pcloud_bench_{secrets.token_hex(4)}"
    made: list[str] = []

    def create(name: str, template: str) -> str:
        text = base.render_as_string(hide_password=False)
        with psycopg.connect(text, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        made.append(name)
        return base.set(database=name).render_as_string(hide_password=False)

    def drop() -> None:
        text = base.render_as_string(hide_password=False)
        with psycopg.connect(text, autocommit=True) as connection:
            for name in made:
                statement = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
                connection.execute(statement)

    template = create(prefix, "template0")
    return template, lambda number: create(f"{prefix}_{number}", prefix), drop
