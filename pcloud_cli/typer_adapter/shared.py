"""The options that every command takes, and how a function gets them."""

from __future__ import annotations

import enum
import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, cast

import typer

from pcloud_cli.context import Context, Flags
from pcloud_cli.i18n import N_, _


class OutputFormat(enum.StrEnum):
    """The formats of `-o`."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    YAML = "yaml"
    IDS = "ids"


def _shared(
    output: Annotated[
        OutputFormat | None,
        typer.Option(
            "--output",
            "-o",
            metavar=N_("FORMAT"),
            help=N_("Format: table, json, jsonl, csv, tsv, yaml or ids."),
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option("--profile", metavar=N_("NAME"), help=N_("Settings profile to use.")),
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="en|zh", help=N_("Language of messages."))
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help=N_("Answer yes where a confirmation is asked."))
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help=N_("Never ask; fail where something is missing."))
    ] = False,
) -> None:
    """Declare the shared options; `_take_shared` carries them into the context."""


def _dry_run(
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help=N_("Do everything, then roll back; show what would be.")),
    ] = False,
) -> None:
    """Declare the option of commands that change something."""


def _take_shared(run: Context, values: dict[str, Any]) -> None:
    output = values.pop("output")
    given = Flags(
        output=None if output is None else str(output.value),
        profile=values.pop("profile"),
        lang=values.pop("lang"),
        yes=values.pop("yes"),
        no_input=values.pop("no_input"),
        dry_run=values.pop("dry_run", False),
    )
    run.adopt(given)


SHARED_NAMES = frozenset(inspect.signature(_shared).parameters)


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function, eval_str=True)


def with_shared(
    function: Callable[..., Any],
    *,
    writes: bool,
    before_asking: Callable[[Context], None] | None = None,
) -> Callable[..., Any]:
    """Return `function` as Typer shall see it: its own options, then the shared ones."""
    own = list(_signature(function).parameters.values())
    if not own or own[0].annotation is not Context:
        raise TypeError(f"{function.__qualname__} must take run: Context first")
    extra = [*_signature(_shared).parameters.values()]
    if writes:
        extra = [*_signature(_dry_run).parameters.values(), *extra]
    place = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    shown = [place] + [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in [*own[1:], *extra]
    ]

    @functools.wraps(function)
    def call(**values: Any) -> Any:
        run = cast(Context, values.pop("ctx").obj)
        _take_shared(run, values)
        run.before_asking = before_asking
        result = function(run, **values)
        if run.flags.dry_run:
            run.out.note(_("This was a dry run: nothing was changed."))
        return result

    call.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    call.__annotations__ = {p.name: p.annotation for p in shown}
    del call.__wrapped__  # Typer would read the signature behind
    return call
