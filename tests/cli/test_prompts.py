"""Every question is asked at a terminal and answered there; without one its option is named.

The questions are found in the code, so that a new one without a test fails.
"""

from __future__ import annotations

import re
from pathlib import Path

import pexpect
import pytest

from pcloud_cli.context import Context
from tests.cli import asked
from tests.cli.counter_hall import Hall, open_hall
from tests.cli.dialogue import CODE, HR, PASSWORD, Dialogue, Refusal
from tests.cli.dialogues import DIALOGUES
from tests.cli.left_behind import command_lines, left_behind
from tests.cli.program import command
from tests.cli.refusals import NEVER_ALONE, NO_TERMINAL_ONLY, REFUSALS

_PATIENCE = 300
_SCREEN = (50, 160)
KEPT_IN_THEIR_FILE = {question for question in asked.questions() if "recover" in question}
"""The master key, which is asked for where its file could be read, and lies in that file."""
_KEY = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


@pytest.fixture(scope="module")
def opened(founded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """The company, to be copied."""
    return open_hall(founded_home, tmp_path_factory.mktemp("hall") / "home")


@pytest.fixture
def hall(opened: Hall, tmp_path: Path) -> Hall:
    """The company of one test."""
    return opened.copy(tmp_path / "home")


def _is_asked_here(question: str) -> bool:
    return not question.endswith("of standard input")


def test_every_question_of_the_program_is_answered_at_a_terminal() -> None:
    answered = {step.question for each in DIALOGUES for step in each.steps}
    found = {question for question in asked.questions() if _is_asked_here(question)}
    assert answered == found - set(NO_TERMINAL_ONLY)


def test_every_question_of_the_program_is_refused_without_a_terminal() -> None:
    found = {question for question in asked.questions() if _is_asked_here(question)}
    assert set(REFUSALS) | set(NEVER_ALONE) == found
    assert not set(REFUSALS) & set(NEVER_ALONE)


def test_only_commands_ask() -> None:
    assert asked.askers() == set()
    assert all(hasattr(Context, kind) for kind in asked.KINDS)


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda each: each.words)
def test_what_is_asked_at_a_terminal_is_answered_there(hall: Hall, dialogue: Dialogue) -> None:
    words = hall.words(dialogue.words)
    told = {"TERM": "xterm"}
    if dialogue.fresh:
        fresh = hall.program.home / "fresh"
        fresh.mkdir()
        told["HOME"] = str(fresh)
    if dialogue.by:
        told["PCLOUD_TOKEN"] = hall.program.tokens[dialogue.by]
    program, *arguments = command(*words)
    child = pexpect.spawn(
        program,
        arguments,
        env=hall.program.process_env(told),
        cwd=str(hall.program.home),
        encoding="utf-8",
        timeout=_PATIENCE,
        dimensions=_SCREEN,
    )
    screen, seen = "", command_lines()
    try:
        for step in dialogue.steps:
            child.expect_exact(step.expected)
            screen += f"{child.before}{child.after}"
            child.sendline(hall.typed(step.typed))
            seen |= command_lines()
        child.expect(pexpect.EOF)
        screen += child.before or ""
    finally:
        child.close()
    screen = _KEY.sub("", screen)
    assert child.exitstatus == dialogue.code, screen
    assert re.search(dialogue.says, screen), screen
    for step in dialogue.steps:
        if ": secret " in step.question:
            typed = hall.typed(step.typed)
            assert typed not in screen, "a secret stands on the screen"
            assert not [line for line in seen if typed in line], "in the list of processes"
            # the six digits of a code stand in many a moment by chance
            if step.question not in KEPT_IN_THEIR_FILE and not typed.isdecimal():
                assert left_behind(hall, typed) == []


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(each, id=f"{question}: {each.words}")
        for question, refused in REFUSALS.items()
        for each in (refused if isinstance(refused, tuple) else (refused,))
    ],
)
def test_without_a_terminal_a_question_is_refused_and_its_option_named(
    hall: Hall, refusal: Refusal
) -> None:
    for extra in ((), ("--no-input",)):
        answer = hall.program.run(
            *hall.words(refusal.words), *extra, "-o", "json", by=refusal.by, terminal=bool(extra)
        )
        assert answer.code == 2, (extra, answer)
        assert answer.out == "", answer
        assert refusal.option in answer.error["hint"], answer


@pytest.mark.parametrize(
    ("words", "by", "stdin", "code", "says"),
    [
        ("init", None, "", 0, "set up before"),
        ("account create NEW02 孙小新 --contact 13900000555", HR, "", 0, "NEW02"),
        ("login KF001 --password-stdin", None, PASSWORD, 0, "KF001"),
        ("login NEW01 --password-stdin", None, "{first}", 0, "passwd"),
        ("login TF001 --password-stdin", None, PASSWORD + "\n" + CODE, 0, ""),
        ("account passwd --password-stdin", "KF001", PASSWORD, 2, "no line"),
        ("account second-factor enable --password-stdin", "KF001", PASSWORD, 2, ""),
        ("import check {home}/open.xlsx", None, "", 0, "header_ambiguous"),
        ("import check {home}/locked.xlsx", None, "", 1, "password"),
        ("owner find --phone -", "KF001", "13900000003", 0, "钱小丁"),
        ("owner change 钱小丙 -c CH --phone - --reason 试", "KF001", "13900000333", 0, "pending"),
    ],
)
def test_what_nothing_without_a_terminal_asks_goes_on_without_a_question(
    hall: Hall, words: str, by: str | None, stdin: str, code: int, says: str
) -> None:
    typed = "\n".join(hall.typed(line) for line in stdin.split("\n"))
    answer = hall.program.run(*hall.words(words), "-o", "json", by=by, stdin=f"{typed}\n")
    assert answer.code == code, answer
    assert says in answer.out + answer.err, answer
