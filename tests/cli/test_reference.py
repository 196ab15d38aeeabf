"""The command reference: it names every command, and says what the program says today."""

from __future__ import annotations

import pytest

from pcloud_cli import i18n
from pcloud_cli.errors import ExitCode
from pcloud_cli.settings import SPECS
from pcloud_cli.typer_adapter import Group
from scripts.inside import reference


def test_every_command_has_its_place_in_the_reference() -> None:
    text = reference.FILES["en"].read_text(encoding="utf-8")
    paths = [path for path, _command, _place in reference.commands() if path]
    assert len(paths) > 30
    headings = {line.lstrip("# ") for line in text.splitlines() if line.startswith("##")}
    assert [path for path in paths if f"pcloud {path}" not in headings] == []


def test_every_command_shows_how_it_is_called() -> None:
    without = [
        path
        for path, command, _place in reference.commands()
        if " " in path and not isinstance(command, Group) and not (command.epilog or "").strip()
    ]
    assert without == []


def test_exit_codes_and_settings_are_all_in_it() -> None:
    text = reference.FILES["en"].read_text(encoding="utf-8")
    assert [code for code in ExitCode if f"\n| {int(code)} |" not in text] == []
    assert [spec.name for spec in SPECS if f"\n| `{spec.name}` |" not in text] == []


@pytest.mark.parametrize("language", reference.languages())
def test_the_page_is_what_the_program_says(language: str) -> None:
    written = reference.FILES[language].read_text(encoding="utf-8")
    assert written == reference.page(language), "run scripts/reference"


def test_writing_the_page_leaves_the_language_as_it_was() -> None:
    reference.page("en")
    assert i18n.language() == "en"


@pytest.mark.parametrize("language", reference.languages())
def test_the_options_of_every_command_stand_there_once(language: str) -> None:
    assert reference.page(language).count("\n  --no-input ") == 1
