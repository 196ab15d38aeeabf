"""Help, the version and completion start light: nothing heavy is imported for them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest

from pcloud_cli.app import Root
from tests.cli.commands import COMMANDS, nouns
from tests.cli.program import PROJECT, Program, command

HEAVY = (
    "sqlalchemy",
    "alembic",
    "openpyxl",
    "xlsxwriter",
    "python_calamine",
    "pydantic",
    "psycopg",
    "cryptography",
    "argon2",
    "apprise",
    "requests",
    "keyring",
    "yaml",
    "rich.table",
    "rich.console",
)

_WALK = """
import io, json, sys
from contextlib import redirect_stdout
from pcloud_cli.app import main
from pcloud_cli.context import Context

heavy, calls = json.loads(sys.argv[1]), json.loads(sys.argv[2])
found = {}
for words in calls:
    out, err = io.StringIO(), io.StringIO()
    run = Context(env={"HOME": "/nonexistent"}, stdin=io.StringIO(), stdout=out, stderr=err)
    with redirect_stdout(out):
        code = main(words, run=run)
    loaded = [name for name in heavy if name in sys.modules]
    if code or not out.getvalue() or loaded:
        found[" ".join(words)] = [code, err.getvalue(), loaded]
print(json.dumps(found))
"""


def _troubles(calls: list[list[str]], heavy: Sequence[str] = HEAVY) -> dict[str, object]:
    """Return the calls that failed or loaded something heavy; made in one fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", _WALK, json.dumps(heavy), json.dumps(calls)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_help_and_version_load_nothing_heavy() -> None:
    calls = [["--version"], ["--help"], *([noun, "--help"] for noun in nouns())]
    calls += [[*path.split(), "--help"] for path in COMMANDS]
    assert _troubles(calls) == {}


def test_the_root_loads_no_noun_for_its_own_help() -> None:
    modules = sorted({module for module, _line in Root.table.values()})
    assert _troubles([["--help"], ["--version"]], modules) == {}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("pcloud im", {"import"}),
        ("pcloud import a", {"approve", "apply"}),
        ("pcloud house list --bui", {"--building"}),
        ("pcloud --pro", {"--profile"}),
    ],
)
def test_completion_answers_and_loads_nothing_heavy(
    typed: str, expected: set[str], bare: Program
) -> None:
    words = typed.split()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command()[1:]],
        capture_output=True,
        text=True,
        env=bare.process_env(
            {
                "_PCLOUD_COMPLETE": "complete_bash",
                "COMP_WORDS": typed,
                "COMP_CWORD": str(len(words) - 1),
                "_TYPER_COMPLETE_ARGS": typed,
            }
        ),
        timeout=300,
        check=False,
    )
    assert set(done.stdout.split()) == expected
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "pcloud_cli.app" in loaded
    assert not loaded & set(HEAVY)
