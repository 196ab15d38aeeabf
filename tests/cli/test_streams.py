"""Streams as cron, pipes and full disks leave them: no traceback, and an exit code that is true."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import Program, command

_FULL = Path("/dev/full")


def _called(program: Program, words: list[str], how: str, **variables: str) -> tuple[int, str, str]:
    """Call the program with its streams redirected as a shell is told by `how`."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {how}', "sh", *command(*words)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=program.process_env(variables),
        cwd=program.home,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.skipif(not _FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["config", "show"], ["config", "show", "-o", "json"]]
)
def test_output_that_cannot_be_written_is_a_failure_in_a_sentence(
    bare: Program, words: list[str]
) -> None:
    code, _out, err = _called(bare, words, ">/dev/full")
    assert code == 1
    assert "no space is left on the disk" in err
    assert "Traceback" not in err
    assert "Exception ignored" not in err


@pytest.mark.parametrize("how", [">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full"])
@pytest.mark.parametrize(("words", "expected"), [(["db", "current"], 0), (["no-such-noun"], 2)])
def test_closed_streams_change_neither_exit_code_nor_database(
    founded: Program, how: str, words: list[str], expected: int
) -> None:
    before = founded.database.read_bytes()
    code, _out, err = _called(founded, words, how)
    assert code == expected
    assert "Traceback" not in err
    assert founded.database.read_bytes() == before


def test_a_reader_of_errors_who_has_left_changes_no_exit_code(bare: Program) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        command("no-such-noun"),
        stdin=subprocess.DEVNULL,
        stderr=write,
        env=bare.process_env(),
        timeout=300,
        check=False,
    )
    os.close(write)
    assert done.returncode == 2


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LANG": "", "PYTHONUTF8": "0"}])
def test_chinese_is_written_whatever_the_locale(founded: Program, locale: dict[str, str]) -> None:
    code, out, err = _called(founded, ["doctor", "--lang", "zh"], "", **locale)
    assert code == 0, err
    assert "检查项" in out


def test_what_is_said_beside_the_data_comes_after_it(founded: Program) -> None:
    key = founded.home / "another.key"
    code, out, _err = _called(founded, ["key", "create", str(key)], "2>&1")
    assert code == 0
    assert out.startswith(f"{key}\n")
    assert "Put a copy" in out
