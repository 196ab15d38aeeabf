"""Who may not do what a command does is refused at a terminal before its first question."""

from __future__ import annotations

from pathlib import Path

import pexpect
import pytest

from tests.cli.counter_hall import Hall, open_hall
from tests.cli.dialogue import Dialogue
from tests.cli.dialogues import DIALOGUES
from tests.cli.program import command

_PATIENCE = 300
_ABOUT_ONESELF = ("account passwd", "account report-compromise", "account second-factor enable")
_OPEN = ("import check",)
"""What needs no database, and so no login."""


@pytest.fixture(scope="module")
def hall(founded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """The company; being refused changes nothing in it, so that all tests share it."""
    return open_hall(founded_home, tmp_path_factory.mktemp("hall") / "home")


def _guarded(dialogue: Dialogue) -> bool:
    return dialogue.by is not None and not dialogue.words.startswith(_OPEN)


@pytest.mark.parametrize(
    "dialogue",
    [each for each in DIALOGUES if _guarded(each) and not each.words.startswith(_ABOUT_ONESELF)],
    ids=lambda each: each.words,
)
def test_who_holds_nothing_is_asked_nothing(hall: Hall, dialogue: Dialogue) -> None:
    told = {"TERM": "xterm", "PCLOUD_TOKEN": hall.program.tokens["NO001"]}
    program, *arguments = command(*hall.words(dialogue.words))
    child = pexpect.spawn(
        program,
        arguments,
        env=hall.program.process_env(told),
        cwd=str(hall.program.home),
        encoding="utf-8",
        timeout=_PATIENCE,
        dimensions=(50, 160),
    )
    try:
        questions = [f"{dialogue.steps[0].expected}: ", f"{dialogue.steps[0].expected}\r\n"]
        found = child.expect_exact([pexpect.EOF, "[y/N] ", *questions])
        screen = f"{child.before}{child.after if found else ''}"
    finally:
        child.close()
    assert found == 0, f"asked: {screen}"
    assert child.exitstatus == 4, screen


@pytest.mark.parametrize(
    "dialogue", [each for each in DIALOGUES if _guarded(each)], ids=lambda each: each.words
)
def test_who_is_not_logged_in_is_asked_nothing(hall: Hall, dialogue: Dialogue) -> None:
    # the end of the input, which a question would come to, ends with another code
    answer = hall.program.run(*hall.words(dialogue.words), terminal=True)
    assert answer.code == 4, answer
