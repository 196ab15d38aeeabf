"""How problems go back in the developer's own file: `check --errors` and `import errors`."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple

from pcloud_cli.context import Context
from pcloud_cli.errors import Conflict, ExitCode, Failed, UsageProblem
from pcloud_cli.files import replacing
from pcloud_cli.i18n import _
from pcloud_cli.sheets import marked
from pcloud_cli.sheets.limits import Limits
from pcloud_cli.sheets.report import CheckResult
from pcloud_cli.sheets.spawn import digest, opened


class _Source(NamedTuple):
    """The file to mark: what to read, what to call it, its hash, and what was found in it."""

    file: Path | int
    name: str
    sha256: str
    sheets: Iterable[Mapping[str, Any]]
    problems: list[dict[str, Any]]
    password: str | None


def of_check(
    run: Context,
    files: list[Path],
    results: list[CheckResult],
    passwords: list[str | None],
    out: Path,
    *,
    only_bad: bool,
) -> None:
    """Write a marked copy of each checked file that has anything to mend.

    `out` is the copy's name; a folder where it is one already, or where files are several.
    """
    folder = out.is_dir() or len(files) > 1
    if folder:
        _make_folder(out)
    taken: set[str] = set()
    for path, result, password in zip(files, results, passwords, strict=True):
        if result.error is not None or result.sha256 is None:
            continue
        stdin = str(path) == "-"
        source = _Source(
            run.stdin.fileno() if stdin else path,
            result.file,
            result.sha256,
            result.sheets,
            result.problems,
            password,
        )
        stem = _free("list" if stdin else path.stem, taken) if folder else ""
        _write(run, source, out, stem, only_bad=only_bad)


def refuse(run: Context, files: list[Path], out: Path | None, *, only_bad: bool) -> None:
    """Raise UsageProblem for a call that cannot be answered: a pipe would be read twice, a file
    that is there already is kept unless somebody says yes."""
    if out is None:
        if only_bad:
            raise UsageProblem(
                _("--only-bad says what --errors OUT is to hold."),
                hint=_("Add --errors OUT."),
            )
        return
    if any(str(path) == "-" for path in files) and not stat.S_ISREG(
        os.fstat(run.stdin.fileno()).st_mode
    ):
        raise UsageProblem(
            _("--errors reads the file twice, which a pipe does not allow."),
            hint=_("Name the file, or redirect it: < FILE."),
        )
    for path in files:
        if str(path) != "-":
            _refuse_the_source(path, out)
    _ask_before_writing_over(run, out)


def of_batch(
    run: Context,
    batch: str,
    source: str,
    out: Path,
    *,
    only_bad: bool,
    password_of: Callable[[Path | int], str | None],
) -> int:
    """Write a marked copy of the file of `batch`, which is given again, for it is not kept."""
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import errors

    with acting.as_caller(run) as (actor, work):
        found = errors.of_batch(actor, work, batch)
    limits = Limits()
    with ExitStack() as stack:
        given: Path | int = run.stdin.fileno() if source == "-" else Path(source)
        try:
            fd = opened(given, limits, stack)
        except Failed as failure:
            raise Failed(
                f"{source}: {failure.message}", hint=failure.hint, code=failure.code
            ) from None
        if digest(fd) != found.sha256:
            raise Conflict(
                _("This is not the file of batch {number}.").format(number=found.number),
                hint=_("It was called {file}; it has to be the same to the last byte.").format(
                    file=found.file
                ),
            )
        _refuse_the_source(fd, out)
        _ask_before_writing_over(run, out)
        if found.untold:
            run.out.note(
                _("Problems beyond those kept with the batch, not marked: {count}").format(
                    count=found.untold
                )
            )
        stem = Path(found.file).stem if out.is_dir() else ""
        password = password_of(given)
        known = _Source(fd, found.file, found.sha256, found.sheets, found.problems, password)
        _write(run, known, out, stem, only_bad=only_bad)
    return ExitCode.DONE


def _write(run: Context, source: _Source, out: Path, stem: str, *, only_bad: bool) -> None:
    """Write one marked copy to `out`, or into the folder `out` under the name `stem`."""
    if not marked.needs_mending(source.problems):
        run.out.note(_("{file}: nothing is to be mended; no copy was written.").format(
            file=source.name))  # fmt: skip
        return
    if isinstance(source.file, Path) and not stem:
        _refuse_the_source(source.file, out)
    pieces = marked.marked_copy(
        source.file,
        source.problems,
        marked.headings(source.sheets),
        sha256=source.sha256,
        only_bad=only_bad,
        password=source.password,
    )
    with closing(pieces):
        copy = next(pieces)
        assert isinstance(copy, marked.Copy)  # noqa: S101 - what comes first
        target = _target(out, stem, copy.kind)
        if stem:
            _refuse_the_source(source.file, target)
            _ask_before_writing_over(run, target)
        with replacing(target) as stream:
            for piece in pieces:
                assert isinstance(piece, bytes)  # noqa: S101 - what comes after it
                stream.write(piece)
    rows = marked.rows_to_mend(source.problems)
    run.out.note(_("{path}: rows to mend: {count}").format(path=target, count=rows))
    for note in copy.notes:
        run.out.note(f"  {note}")


def _target(out: Path, stem: str, kind: str) -> Path:
    suffixes = marked.SUFFIXES[kind]
    if stem:
        return out / f"{stem}{suffixes[0]}"
    if out.suffix.lower() not in suffixes:
        raise UsageProblem(
            _("The marked copy is of another kind than {path} says.").format(path=out),
            hint=_("Give it a name that ends in {suffix}.").format(suffix=suffixes[0]),
        )
    return out


def _free(stem: str, taken: set[str]) -> str:
    name, number = stem, 1
    while name.lower() in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name.lower())
    return name


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        raise UsageProblem(
            _("For several files, {path} has to be a folder.").format(path=out),
            hint=_("Name a folder that is there, or one that can be made."),
        ) from None


def _ask_before_writing_over(run: Context, out: Path) -> None:
    """Ask where a file is there: it may be another developer's, and originals are not kept."""
    if out.is_file():
        run.confirm(_("{path} is there already. Write over it?").format(path=out))


def _refuse_the_source(source: Path | int, out: Path) -> None:
    try:
        found = os.fstat(source) if isinstance(source, int) else source.stat()
        same = os.path.samestat(found, out.stat())
    except OSError:
        return
    if same:
        raise UsageProblem(
            _("{path} is the file itself; it is left as it is.").format(path=out),
            hint=_("Name another file for the marked copy."),
        )
