"""The one place that reaches below Typer's public surface: help, words, errors, values.

Decided for Typer 0.29 (pinned; `tests/cli/test_typer_adapter.py` holds each point):

* Help is drawn here: Typer's rich help swallows ``[text]``, takes 100 ms more, and its plain help
  neither aligns Chinese nor translates. Texts are English message ids, translated when printed.
* Values are read strictly here: Typer's own reading loads pydantic on every command and takes
  ``20240101`` for a moment in 1970. Commands declare `str`, `int`, `bool`, an enum, or a list.
* Errors become `UsageProblem` in the user's language; pretty exceptions are off, because their
  locals can print secrets.
"""

from __future__ import annotations

from pcloud_cli.typer_adapter.drawing import help_text
from pcloud_cli.typer_adapter.groups import Command, Group, LazyRoot, Noun, Verbs
from pcloud_cli.typer_adapter.mistakes import HelpAsked, usage_problem
from pcloud_cli.typer_adapter.shared import OutputFormat

__all__ = [
    "Command",
    "Group",
    "HelpAsked",
    "LazyRoot",
    "Noun",
    "OutputFormat",
    "Verbs",
    "help_text",
    "usage_problem",
]
