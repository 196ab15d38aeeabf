"""The Chinese catalogue: found in the code, merged, compiled, checked. Behind `scripts/catalogue`.

A message is the literal inside `_()` or `N_()`, and each paragraph of a text that help prints: the
docstring of a verb, the help of a noun or of an option. Sources hold English alone.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import io
import re
import string
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

_PROJECT = Path(__file__).resolve().parents[2]
_SOURCES = _PROJECT / "pcloud_cli"
_PO = _SOURCES / "locale" / "zh_CN" / "LC_MESSAGES" / "pcloud.po"
_MO = _PO.with_suffix(".mo")
_MARKS = frozenset({"_", "N_"})
_HELP_ARGUMENTS = frozenset({"help", "short_help", "help_text"})
_HEADER = """\
# The Chinese of pcloud. Written by scripts/catalogue; edit the msgstr lines, then run
# `scripts/catalogue update`.
msgid ""
msgstr ""
"Language: zh_CN\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Found(NamedTuple):
    """A message and where it stands."""

    text: str
    place: str


class Broken(Exception):
    """A message that the catalogue cannot hold; says where."""


# --- finding messages ----------------------------------------------------------------------------


def messages_in(path: Path) -> Iterator[Found]:
    """Yield every message of the Python file at `path`. Broken where a mark holds no literal."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    name = path.relative_to(_PROJECT) if path.is_relative_to(_PROJECT) else path
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for text in _of_call(node, f"{name}:{node.lineno}"):
                yield Found(text, f"{name}:{node.lineno}")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_verb(node):
            for text in _paragraphs(ast.get_docstring(node, clean=False) or ""):
                yield Found(text, f"{name}:{node.lineno}")


def _of_call(call: ast.Call, place: str) -> Iterator[str]:
    if isinstance(call.func, ast.Name) and call.func.id in _MARKS and call.args:
        text = _literal(call.args[0])
        if text is not None:
            # what help prints is translated paragraph by paragraph
            blocks = _paragraphs(text) if call.func.id == "N_" and "\n\n" in text else [text]
            yield from (block for block in blocks if block)
        elif call.func.id == "N_" or _is_built(call.args[0]):
            raise Broken(f"{place}: {call.func.id}() must hold a literal text")
    for argument in call.keywords:
        if argument.arg in _HELP_ARGUMENTS:
            text = _literal(argument.value)
            if text is not None:
                yield from _paragraphs(text)


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_built(node: ast.expr) -> bool:
    """Whether the argument is put together at run time, so that no catalogue can hold it."""
    formatted = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    if formatted and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "format" and _literal(node.func.value) is not None
    return isinstance(node, ast.JoinedStr | ast.BinOp)


def _is_verb(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(mark, ast.Call)
        and isinstance(mark.func, ast.Attribute)
        and mark.func.attr in {"verb", "command"}
        for mark in function.decorator_list
    )


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of `text`, each on one line, as the help translates them."""
    blocks = re.split(r"\n\s*\n", inspect.cleandoc(text))
    return [" ".join(block.split()) for block in blocks if block.strip()]


def all_messages() -> dict[str, str]:
    """Return message → place, for the whole program."""
    found: dict[str, str] = {}
    for path in sorted(_SOURCES.rglob("*.py")):
        for message in messages_in(path):
            found.setdefault(message.text, message.place)
    return found


# --- the files -----------------------------------------------------------------------------------


def read(paths: Iterable[Path]) -> dict[str, tuple[str, bool]]:
    """Return message → (translation, is fuzzy) of several .po files; the last one wins."""
    known: dict[str, tuple[str, bool]] = {}
    for path in paths:
        with path.open("rb") as stream:
            try:
                catalogue = read_po(stream, locale="zh_CN", abort_invalid=True)
            except PoFileError as error:
                raise Broken(f"{path}: {error}") from None
            for message in catalogue:
                if message.id and isinstance(message.id, str) and message.string:
                    known[message.id] = (str(message.string), message.fuzzy)
    return known


def _catalogue(texts: dict[str, tuple[str, bool]]) -> Catalog:
    made = Catalog(
        "zh_CN", fuzzy=False, creation_date=_EPOCH, revision_date=_EPOCH, charset="utf-8"
    )
    for text in sorted(texts):
        translation, fuzzy = texts[text]
        flags = ["fuzzy"] if fuzzy else []
        if "{" in text:
            flags.append("python-brace-format")
        made.add(text, translation, flags=flags)
    return made


def po_bytes(texts: dict[str, tuple[str, bool]]) -> bytes:
    """Return the .po of `texts`: sorted, without dates and line numbers, for small diffs."""
    stream = io.BytesIO()
    write_po(stream, _catalogue(texts), width=0, omit_header=True, sort_output=True)
    return _HEADER.encode() + stream.getvalue().strip() + b"\n"


def mo_bytes(texts: dict[str, tuple[str, bool]]) -> bytes:
    """Return the compiled catalogue; the same texts give the same bytes."""
    stream = io.BytesIO()
    write_mo(stream, _catalogue(texts))
    return stream.getvalue()


def update(fragments: list[Path]) -> int:
    """Write .po and .mo for the messages of today, with the translations known; say what lacks."""
    wanted = all_messages()
    known = read([path for path in (_PO, *fragments) if path.exists()])
    texts = {text: known.get(text, ("", False)) for text in wanted}
    _PO.parent.mkdir(parents=True, exist_ok=True)
    _PO.write_bytes(po_bytes(texts))
    _MO.write_bytes(mo_bytes(texts))
    missing = [text for text, (translation, _fuzzy) in texts.items() if not translation]
    print(f"{len(texts)} messages, {len(missing)} without Chinese")
    for text in sorted(missing):
        print(f"  {wanted[text]}: {text!r}")
    dropped = sorted(text for text in read(fragments) if text not in wanted)
    for text in dropped:
        print(f"  in a fragment, but in no source: {text!r}")
    return 0


# --- the check -----------------------------------------------------------------------------------


def problems() -> list[str]:
    """Return what keeps the catalogue from being complete, one line each."""
    wanted = all_messages()
    if not _PO.exists():
        return [f"{_PO} is missing"]
    known = read([_PO])
    found = [f"no Chinese: {text!r} ({wanted[text]})" for text in wanted if text not in known]
    for text, (translation, fuzzy) in sorted(known.items()):
        if text not in wanted:
            found.append(f"in no source any more: {text!r}")
        if fuzzy:
            found.append(f"fuzzy: {text!r}")
        if placeholders(text) != placeholders(translation):
            found.append(f"placeholders differ: {text!r} → {translation!r}")
    texts = {text: known.get(text, ("", False)) for text in wanted}
    if not found and _PO.read_bytes() != po_bytes(texts):
        found.append(f"{_PO.name} is not as `scripts/catalogue update` writes it")
    if not _MO.exists() or _MO.read_bytes() != mo_bytes(texts):
        found.append(f"{_MO.name} is stale; run `scripts/catalogue update`")
    return found


def placeholders(text: str) -> set[str]:
    """Return the names in braces of `text`; what is no format string has none."""
    try:
        return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}
    except ValueError:
        return set()


def main(argv: list[str]) -> int:
    """Do what `argv` says; return the exit code."""
    parser = argparse.ArgumentParser(prog="catalogue", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail where anything is missing")
    actions = parser.add_subparsers(dest="action")
    actions.add_parser("update", help="write .po and .mo for the messages of today")
    merge = actions.add_parser("merge", help="update, taking translations from .po files")
    merge.add_argument("fragments", nargs="+", type=Path)
    given = parser.parse_args(argv)
    try:
        if given.check:
            found = problems()
            for line in found:
                print(line, file=sys.stderr)
            print(f"catalogue: {f'{len(found)} problems' if found else 'complete'}")
            return 1 if found else 0
        if given.action is None:
            parser.print_help()
            return 2
        return update(getattr(given, "fragments", []))
    except Broken as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
