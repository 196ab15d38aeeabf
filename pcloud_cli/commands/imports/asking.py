"""What has to be asked about workbooks, before any of them is worked on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pcloud_cli.commands.imports import headers as import_headers
from pcloud_cli.commands.imports import lists as import_lists
from pcloud_cli.commands.imports.password import Passwords
from pcloud_cli.commands.imports.progress import Watch
from pcloud_cli.context import Context


class Book(NamedTuple):
    """A workbook, what it is called, its password and what was answered of its headers."""

    path: Path
    name: str
    password: str | None
    answers: Mapping[str, str]


def prepared(
    run: Context,
    paths: Sequence[Path],
    known: dict[str, str],
    given: Mapping[str, str],
    watch: Watch,
    *,
    password_stdin: bool,
) -> list[Book]:
    """Ask what is to be asked of all `paths` before anything is done, so that nobody need wait.

    What was answered of a header holds for every file whose header is open too; `known` are those
    that are settled, of which those `given` by hand have to stand in one of the workbooks
    (UsageProblem). Of standard input nothing is asked.
    """
    passwords = Passwords(run, paths, from_stdin=password_stdin, before_asking=watch.hide)
    answered: dict[str, str] = {}
    if import_lists.STANDARD_INPUT not in map(str, paths):
        import_headers.insist(((path, passwords.of(path)) for path in paths), given)
    books = []
    for place, path in enumerate(paths):
        if str(path) == import_lists.STANDARD_INPUT:
            books.append(Book(path, str(path), None, {}))
            continue
        name = import_lists.called(import_lists.from_here(path))
        if run.may_ask:
            watch.look(place, name)
        password = passwords.of(path)
        answers = import_headers.asked(run, path, known, password, answered, watch.hide)
        answered |= answers
        books.append(Book(path, name, password, answers))
    return books
