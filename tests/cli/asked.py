"""Every question that the program can ask, found in its code: a new one without a test fails."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.cli.program import PROJECT

KINDS = ("ask", "choose", "confirm", "secret", "secret_line")
_COMMANDS = PROJECT / "pcloud_cli" / "commands"
_ASKERS = ("context.py", "commands")
"""Who may ask: the Context itself, and commands; import-linter and the test hold it."""


def questions() -> set[str]:
    """Return every place where a command asks: its function, the kind of question, its text.

    ``choose=run.choose`` hands the asking on to a service, and counts as a question too.
    """
    return {one for path in sorted(_COMMANDS.rglob("*.py")) for one in _of_file(path)}


def askers() -> set[str]:
    """Return the modules outside `commands` that call a question of the context themselves."""
    found = set()
    for path in sorted((PROJECT / "pcloud_cli").rglob("*.py")):
        name = str(path.relative_to(PROJECT / "pcloud_cli"))
        asks = [one for one in _of_file(path) if not one.endswith("all of standard input")]
        if asks and not name.startswith(_ASKERS):
            found.add(name)
    return found


def _of_file(path: Path) -> Iterator[str]:
    module = ".".join(path.relative_to(_COMMANDS.parent).with_suffix("").parts)
    module = module.removeprefix("commands.")
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                told = _question(node)
                if told is not None:
                    yield f"{module}.{function.name}: {told}"


def _question(node: ast.AST) -> str | None:
    if isinstance(node, ast.keyword) and isinstance(node.value, ast.Attribute):
        return "choose, by the service" if node.value.attr == "choose" else None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    kind = node.func.attr
    owner = ast.unparse(node.func.value)
    if kind == "read" and owner.endswith("run.stdin"):
        return "all of standard input"
    if kind not in KINDS or not owner.endswith("run"):
        return None
    if kind == "secret_line":
        return "a line of standard input"
    return f"{kind} {_text(node.args[0])}"


def _text(node: ast.expr) -> str:
    """Return the question itself where it stands there, else how the code says it."""
    texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
    words = [str(text) for text in texts if isinstance(text, str)]
    return " | ".join(words) if words else ast.unparse(node)
