"""After an import by the real program, no number and no phone lies anywhere in clear (2.3.2).

The workbook is the only file that may hold them: neither the database and its log, nor the home
folder, nor a temporary folder, nor anything that was printed.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, select

from pcloud_cli.clock import FixedClock
from tests.cli.commands import COMMANDS
from tests.cli.conftest import staff
from tests.cli.program import Answer, Program
from tests.integration.workbooks import HEADERS, number, phone, row, write

_HEADERS = (*HEADERS, "紧急联系人", "紧急联系电话", "车牌号", "家庭成员", "备注")
_COUNT = 40


def _plate(sequence: int) -> str:
    return f"京A{sequence:05d}"


def _rows() -> list[list[Any]]:
    return [
        [
            *row(n, phone=f"{phone(n)[:3]} {phone(n)[3:7]} {phone(n)[7:]}" if n % 3 else phone(n)),
            "周小云",
            phone(5000 + n),
            _plate(n),
            f"父：周大河 {phone(6000 + n)}",
            f"身份证{number(700 + n)}，电话{phone(7000 + n)}",
        ]
        for n in range(1, _COUNT)
    ]


def _secrets() -> list[str]:
    found = []
    for n in range(1, _COUNT):
        found += [number(n), number(700 + n), _plate(n)[1:]]
        found += [phone(base + n) for base in (0, 5000, 6000, 7000)]
    return found


class Imported:
    """An installation in which one workbook went from the first check to living data."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.said: list[Answer] = []
        self.book = program.home.parent / "handover.xlsx"
        self.temporary = program.home.parent / "tmp"
        self.temporary.mkdir()

    def process(self, by: str, *words: str, stdin: str = "") -> Answer:
        """Call the program as a process and keep what it said."""
        variables = {"PCLOUD_TOKEN": self.program.tokens[by], "TMPDIR": str(self.temporary)}
        return self._kept(self.program.process(*words, stdin=stdin, variables=variables))

    def here(self, by: str, *words: str) -> Answer:
        """Call the program in this process and keep what it said."""
        return self._kept(self.program.run(*words, by=by))

    def _kept(self, answer: Answer) -> Answer:
        assert answer.code in (0, 6), answer.err
        self.said.append(answer)
        return answer


@pytest.fixture
def imported(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Imported]:
    """A full import on each kind of database; on SQLite its log still lies beside it."""
    home = tmp_path / "home"
    home.mkdir()
    # processes have the real clock, so the logins that they use must have it too
    program = Program(home, clock=FixedClock(datetime.now(UTC)))
    if database_kind == "postgresql":
        program.variables["PCLOUD_DATABASE"] = request.getfixturevalue("empty_database_url")
    made = program.run("init", "--no-input", "--key-copy", "none")
    assert made.code == 0, made.err
    staff(program)
    path = Imported(program)
    write(path.book, _rows(), _HEADERS)
    path.here("R-SYSTEM-ADMIN", "community", "create", "翠湖花园", "--code", "CH")
    with contextlib.ExitStack() as stack:
        if database_kind == "sqlite":
            # as long as somebody has the database open, its log is not folded into it
            other = stack.enter_context(contextlib.closing(sqlite3.connect(program.database)))
            other.execute("SELECT count(*) FROM owner").fetchone()
        path.process("KF001", "import", "check", str(path.book), "--rows", str(home / "rows.jsonl"))
        path.process("KF001", "import", "load", str(path.book), "-c", "CH")
        path.process("KF002", "import", "approve", "1", "--yes")
        path.process("KF002", "import", "apply", "1")
        path.here("KF001", "import", "check", str(path.book), "-c", "CH", "-o", "json")
        path.here("KF001", "import", "show", "1", "-o", "json")
        path.here("KF001", "import", "show", "1", "--problems", "-o", "csv")
        path.here("KF002", "owner", "list", "-c", "CH", "-o", "json")
        path.here("KF002", "house", "show", "1-1-101", "-c", "CH", "-o", "json")
        path.here("R-AUDITOR", "audit", "list", "-o", "json")
        yield path


def _normal(text: str) -> str:
    """Return `text` with nothing between its digits, so that a spaced number is found too."""
    return re.sub(r"(?<=\d)[\s\-_.]+(?=\d)", "", unicodedata.normalize("NFKC", text))


def _found(content: bytes, secrets: list[str]) -> list[str]:
    texts = [content.decode("latin-1"), content.decode("utf-16-le", "replace")]
    texts += [content[1:].decode("utf-16-le", "replace"), content.decode("utf-8", "replace")]
    texts = [_normal(text) for text in texts]
    return [secret for secret in secrets if any(secret in text for text in texts)]


def test_the_search_itself_finds_what_lies_in_clear() -> None:
    secret = phone(1)
    spaced = f"{secret[:3]} {secret[3:7]}-{secret[7:]}"
    for content in (
        secret.encode(),
        spaced.encode(),
        f"\0电话{secret}。".encode(),
        b"x" + secret.encode("utf-16-le"),
        secret.encode("utf-16-le"),
    ):
        assert _found(content, [secret]) == [secret]
    assert _found(b"", [secret]) == []


def test_after_an_import_no_number_lies_anywhere_in_clear(
    imported: Imported, database_kind: str
) -> None:
    for asked, option in ((number(1), "--id-number"), (phone(1), "--phone")):
        found = imported.process(
            "KF002", "owner", "find", option, "-", "-o", "json", stdin=f"{asked}\n"
        )
        assert [each["name"] for each in found.data] == ["钱小乙"]
        assert "*" in found.data[0]["id_number"]
    secrets = _secrets()
    for path in _files(imported, database_kind):
        assert _found(path.read_bytes(), secrets) == [], path
    for answer in imported.said:
        assert _found(answer.out.encode() + answer.err.encode(), secrets) == []
    assert not list(imported.temporary.iterdir())
    for table, content in _tables(imported):
        assert _found(content, secrets) == [], table


def _files(imported: Imported, database_kind: str) -> list[Path]:
    """Return every file there is but the workbook."""
    folder = imported.program.home.parent
    files = [path for path in folder.rglob("*") if path.is_file() and path != imported.book]
    names = {path.name for path in files}
    assert {"config.toml", "master.key", "rows.jsonl"} <= names
    if database_kind == "sqlite":
        assert {"pcloud.db", "pcloud.db-wal", "pcloud.db-shm"} <= names
    return files


def _tables(imported: Imported) -> Iterator[tuple[str, bytes]]:
    """Yield every table with all that its columns hold, one value after the other."""
    with imported.program.desk() as desk:
        engine = create_engine(desk.engine.url)
    tables = MetaData()
    tables.reflect(engine)
    assert {"owner", "import_row", "import_problem", "trail_event", "house"} <= set(tables.tables)
    sealed = 0
    with engine.connect() as connection:
        for table in tables.sorted_tables:
            content = bytearray()
            for value in (value for row in connection.execute(select(table)) for value in row):
                is_bytes = isinstance(value, (bytes, memoryview))
                content += bytes(value) if is_bytes else str(value).encode()
                content += b"\n\0\n"
                sealed += is_bytes
            yield table.name, bytes(content)
    engine.dispose()
    assert sealed > 10 * _COUNT


def test_no_argument_of_a_command_takes_a_password() -> None:
    """Whoever lists processes sees arguments: secrets come by prompt, file or standard input."""
    for path, command in COMMANDS.items():
        for param in command.params:
            names = " ".join([param.name, *param.opts]).lower()
            if "password" in names or "secret" in names or "token" in names:
                # that one names the folder in which tokens lie
                assert param.is_flag or param.opts == ["--tokens"], (path, param.opts)
