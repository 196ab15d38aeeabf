"""Settling what headers mean: from the developer's profile, `--map`, and questions."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing
from pathlib import Path

from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _, in_chinese
from pcloud_cli.sheets.messages import Message, Sheet

_LEAVE_OUT = ""
_SHOWN = 60  # headers that a hint lists


def parse_mapping(given: list[str] | None) -> dict[str, str]:
    """Return HEADER=FIELD pairs as a mapping; UsageProblem for anything else."""
    found = {}
    for pair in given or ():
        header, equals, field = pair.rpartition("=")
        if not equals or not header:
            raise UsageProblem(
                _("--map {pair} is not HEADER=FIELD.").format(pair=pair),
                hint=_("Write for example --map 姓名2=owner_name, or --map 档案袋= for none."),
            )
        found[header] = field_named(field.strip())
    return found


def field_named(text: str) -> str:
    """Return the field that `text` names, by its code or as it is shown in either language."""
    from pcloud_cli.sheets.fields import FIELD_TITLES

    for field, title in FIELD_TITLES.items():
        if text.casefold() in (field, title.casefold(), in_chinese(title)):
            return field
    return text


def known(run: Context, developer: str | None) -> dict[str, str]:
    """Return what is known of the headers of `developer`; nothing is opened for None."""
    if developer is None:
        return {}
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import profile

    with acting.as_caller(run) as (actor, work):
        found = profile.mapping_of(actor, work, developer)
    if found:
        run.out.note(
            _("{count} headers of {developer} are known from before.").format(
                count=len(found), developer=developer
            )
        )
    return found


def insist(books: Iterable[tuple[Path, str | None]], given: Mapping[str, str]) -> None:
    """Raise UsageProblem where a header `given` by hand stands in none of the workbooks `books`
    (each with its password): it would settle nothing, and be a slip of the pen.

    What one cannot read may hold any header. What a profile knows is not `given`.
    """
    if not given:
        return
    from pcloud_cli.sheets.report import headers_met

    shown: dict[str, None] = {}
    missing = dict(given)
    for path, password in books:
        found = headers_met(path, given, password)
        if found is None:
            return
        shown |= dict.fromkeys(found.shown)
        for header in found.met:
            missing.pop(header, None)
        if not missing:
            return
    if not shown:
        return
    names = list(shown)[:_SHOWN]
    raise UsageProblem(
        _not_met(missing),
        hint=_("The headers are: {headers}.").format(headers=_(", ").join(names))
        if len(names) == len(shown)
        else _("The headers are: {headers} …").format(headers=_(", ").join(names)),
    )


def watched(
    run: Context, messages: Generator[Message], given: Mapping[str, str]
) -> Generator[Message]:
    """Pass on what the reader says of standard input, which can be read but once; say at its end
    which headers `given` by hand stood nowhere. Close it."""
    from pcloud_cli.sheets.headers import plain_header

    met: set[str] = set()
    with closing(messages):
        for message in messages:
            if isinstance(message, Sheet):
                met |= set(message.details.get("mapped", ()))
            yield message
    if missing := [header for header in given if plain_header(header) not in met]:
        run.out.note(_not_met(missing))


def _not_met(missing: Iterable[str]) -> str:
    return _("No column has a header that --map names: {headers}").format(
        headers=_(", ").join(missing)
    )


def asked(
    run: Context,
    path: Path | int,
    mapping: dict[str, str],
    password: str | None = None,
    before: Mapping[str, str] = {},
    before_asking: Callable[[], None] = lambda: None,
) -> dict[str, str]:
    """Ask on a terminal what the open headers of a workbook mean; return the answers.

    What was answered `before`, of another workbook, is not asked again; `before_asking` clears the
    terminal for a question. Where nobody can be asked nothing is: the headers are listed among the
    problems.
    """
    if not run.may_ask or isinstance(path, int):
        return {}
    from pcloud_cli.sheets.fields import FIELD_TITLES
    from pcloud_cli.sheets.report import header_questions

    answers: dict[str, str] = {}
    for header, fields in header_questions(path, mapping, password):
        if before.get(header) in (_LEAVE_OUT, *fields):
            answers[header] = before[header]
            continue
        before_asking()
        choices = [(field, _(FIELD_TITLES.get(field, field))) for field in fields]
        choices.append((_LEAVE_OUT, _("leave the column out")))
        question = _("What does the column “{header}” hold?").format(header=header)
        answers[header] = run.choose(question, choices, option="--map")
    return answers


def keep(run: Context, developer: str | None, settled: dict[str, str]) -> None:
    """Keep what was settled by hand for the developer's next workbook."""
    if developer is None or not settled:
        return
    from pcloud_cli.services import acting
    from pcloud_cli.services.imports import profile

    with acting.as_caller(run, write=True) as (actor, work):
        profile.remember(actor, work, developer, settled)
