"""Every action that the program writes into the trail can be told in words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from pcloud_cli import i18n, services
from pcloud_cli.i18n import in_chinese
from pcloud_cli.models.approval import ApprovalState
from pcloud_cli.models.login import LoginOutcome
from pcloud_cli.services import audit_words
from pcloud_cli.services.imports.statements import RELATED, STATEMENTS

SERVICES = Path(next(iter(services.__path__)))
_TELL = {"changed", "witnessed", "entry", "_tell", "_looked_at", "tampered"}


def _calls() -> Iterator[ast.Call]:
    for path in sorted(SERVICES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def actions() -> set[str]:
    """Return every action that a service gives to the trail as a literal."""
    found = {f"approval.{state.value}" for state in ApprovalState if state != "pending"}
    for call in _calls():
        if _name(call) in _TELL:
            for argument in call.args:
                found |= {text for text in _literals(argument) if _is_action(text)}
    return found


def _is_action(text: str) -> bool:
    return text in {"login", "logout"} or (
        "." in text and text.replace(".", "").replace("_", "").isalpha() and text.islower()
    )


def test_every_action_has_its_words_in_both_languages() -> None:
    known = actions()
    assert {"login", "import.apply", "permission.refused", "import.changes"} <= known
    assert known - set(audit_words.ACTIONS) == set(), "give each new action its words"
    for text in audit_words.ACTIONS.values():
        assert in_chinese(text) != text


def test_every_kind_of_object_has_its_word() -> None:
    found: set[str] = set()
    for call in _calls():
        for keyword in call.keywords:
            if keyword.arg == "object_type":
                found |= set(_literals(keyword.value))
    assert {"account", "import_batch"} <= found
    assert found - set(audit_words.OBJECTS) == set(), "give each new kind of object its word"


def detail_names() -> set[str]:
    """Return every name that a service gives to a detail of an event, as a literal."""
    found: set[str] = set()
    for path in sorted(SERVICES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node) in _TELL:
                values = [one.value for one in node.keywords if one.arg == "detail"]
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                values = list(_kept_for_detail(node))
            else:
                continue
            for value in values:
                for one in ast.walk(value):
                    if isinstance(one, ast.Dict):
                        found |= {text for key in one.keys if key for text in _literals(key)}
    return found


def _kept_for_detail(node: ast.Assign | ast.AnnAssign) -> Iterator[ast.expr]:
    (target, *_more) = node.targets if isinstance(node, ast.Assign) else [node.target]
    if isinstance(target, ast.Name) and target.id == "detail" and node.value is not None:
        yield node.value
    if (
        isinstance(target, ast.Subscript)
        and isinstance(target.value, ast.Name)
        and target.value.id == "detail"
    ):
        yield ast.Dict(keys=[target.slice], values=[target.slice])


def test_every_detail_of_an_event_has_its_word() -> None:
    found = detail_names() | set(STATEMENTS) | set(RELATED)
    found |= {
        "houses_back",
        "owners_back",
        "conflicts",
        "absent",
        "anew",
        "left",
        "stuck",
        "errors",
        "warnings",
    }
    assert {"from", "to", "keys", "master", "new", "events", "helps"} <= found
    assert found - set(audit_words.DETAILS) == set(), "give each new detail its word"
    for text in audit_words.DETAILS.values():
        assert in_chinese(text) != text, text


def test_codes_in_details_are_told_in_words() -> None:
    detail = {"why": "wrong_password", "purpose": "field", "way": "sms", "problem": "no_way"}
    i18n.set_language("zh")
    try:
        said = " ".join(audit_words.details({"detail": detail}))
    finally:
        i18n.set_language("en")
    assert not [code for code in detail.values() if code in said]
    assert not [name for name in detail if name in said]
    assert all(each.value in audit_words.VALUES["why"] for each in LoginOutcome)
