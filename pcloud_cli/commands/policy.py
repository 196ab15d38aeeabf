"""`pcloud policy`: what the company asks for beyond the regulation, proposed by one, confirmed
by another (2.1.1, 2.1.3)."""

from __future__ import annotations

import textwrap
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any

import typer

from pcloud_cli.commands import refusal, second_check
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.moments import parse_moment
from pcloud_cli.output.columns import Column, Row
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Rules that the company sets, from passwords to repairs: see, propose, approve."))

VALUES = (
    Column("section", N_("Policy section")),
    Column("name", N_("Parameter")),
    Column("value", N_("In force")),
    Column("shipped", N_("As shipped")),
    Column("limits", N_("May be")),
    Column("meaning", N_("Meaning")),
    Column("version", N_("Version"), detail=True),
)
LINES = (
    Column("section", N_("Policy section")),
    Column("name", N_("Parameter")),
    Column("before", N_("Before")),
    Column("after", N_("After")),
)
CHANGES = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Number"), right=True),
    Column("state", N_("State")),
    Column("sections", N_("Sections")),
    Column("valid_from", N_("In force from")),
    Column("reason", N_("Reason")),
    Column("made_by", N_("Proposed by")),
    Column("made_at", N_("Proposed at")),
    Column("decided_by", N_("Decided by")),
    Column("decided_at", N_("Decided at"), detail=True),
)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help=N_("Number of the change."))]
File = Annotated[
    str | None,
    typer.Option("--file", "-f", help=N_("File of policy, TOML or YAML; - is standard input.")),
]
_WIDEST = 36
"""Signs of a value that a line of a table shows."""
_SAME = N_("All of it is in force already; nothing changed.")


@app.verb("show", examples="pcloud policy show\npcloud policy show login -o json")
def show(
    run: Context,
    section: Annotated[
        str | None, typer.Argument(metavar="SECTION", help=N_("Only this section, e.g. login."))
    ] = None,
) -> None:
    """Show every rule in force, what was shipped, and how far it may go."""
    from pcloud_cli.services import acting, policy

    with acting.as_caller(run) as (actor, work):
        rows = policy.show(actor, work, section)
    told = [{**row, "meaning": _(row["meaning"])} for row in rows]
    if run.out.format == "table":
        told = [line for row in told for line in _folded(row)]
    run.out.rows(told, VALUES)


def _folded(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a value as lines of a table: each item of a list on one of its own."""
    columns = {name: _pieces(row[name]) for name in ("value", "shipped", "limits")}
    lines = [
        {**dict.fromkeys(row), **dict(zip(columns, pieces, strict=True))}
        for pieces in zip_longest(*columns.values())
    ]
    return [{**row, **{name: lines[0][name] for name in columns}}, *lines[1:]]


def _pieces(value: Any) -> list[Any]:
    items = value if isinstance(value, (list, tuple)) else [value]
    pieces = [
        piece
        for item in items
        for piece in (textwrap.wrap(item, _WIDEST) if isinstance(item, str) else [item])
    ]
    return pieces or [None]


@app.verb("list", examples="pcloud policy list")
def list_(run: Context) -> None:
    """List the changes of policy, newest first: who proposed, who decided, why."""
    from pcloud_cli.services import acting, policy

    with acting.as_caller(run) as (actor, work):
        rows = policy.changes(actor, work)
    run.out.rows(
        _spoken(run, rows), CHANGES, empty=_("Nothing was changed; all is as it was shipped.")
    )


@app.verb(
    "diff",
    before_asking=refusal.unless("policy.read"),
    examples="pcloud policy diff -f policy.toml\npcloud policy diff 3",
)
def diff(
    run: Context,
    number: Annotated[
        str | None, typer.Argument(metavar="NUMBER", help=N_("Number of a change."))
    ] = None,
    *,
    file: File = None,
) -> None:
    """Show what a file would change of what is in force, or what a change has set."""
    from pcloud_cli.services import acting, policy

    if number is not None:
        with acting.as_caller(run) as (actor, work):
            rows, _seen = policy.change(actor, work, number)
    else:
        file = file or run.ask(_("File of policy"), option="--file")
        with acting.as_caller(run) as (actor, work):
            policy.may_read(actor, work)
            rows = policy.compared(actor, work, _read(run, file))
    run.out.rows(rows, LINES, empty=_(_SAME))


@app.verb(
    "apply",
    before_asking=refusal.unless("policy.propose"),
    writes=True,
    examples="pcloud policy apply -f policy.toml --reason 等保整改\n"
    "pcloud policy apply -f policy.yaml --reason 年度复核 --from 2027-01-01",
)
def apply(
    run: Context,
    *,
    file: File = None,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("Why."))] = None,
    since: Annotated[
        str | None, typer.Option("--from", help=N_("In force from this day or moment on."))
    ] = None,
) -> None:
    """Propose the values of a file; a security administrator approves them.

    A file has a table for each section with the values to change. The same file once more changes
    nothing.
    """
    from pcloud_cli.services import acting, policy

    file = file or run.ask(_("File of policy"), option="--file")
    reason = reason or run.ask(_("Reason"), option="--reason")
    begin = None
    if since is not None:
        zone = run.settings.text("zone")
        begin = parse_moment(since, now=run.clock.now(), zone=zone, option="--from")
    with acting.as_caller(run, write=True) as (actor, work):
        policy.may_propose(actor, work)
        wanted = _read(run, file)
        made = policy.propose(actor, work, wanted, reason=reason, valid_from=begin)
    if made is None:
        run.out.note(_(_SAME))
        return
    _said(run, made)
    run.out.done(
        _("A security administrator approves it: pcloud policy approve {number}").format(
            number=made["number"]
        )
    )


@app.verb(
    "approve",
    writes=True,
    examples="pcloud policy approve 3\npcloud policy approve 3 --yes --reason 已核对",
)
def approve(run: Context, number: Number, reason: second_check.Checked = None) -> None:
    """Put a change of somebody else in force; what it changes is shown first (2.3.1)."""
    from pcloud_cli.services.policy import CHECK

    question = _("Put this in force?")
    show = partial(run.out.rows, columns=LINES)
    _said(run, second_check.approve(run, CHECK, number, reason, question=question, show=show))


@app.verb("reject", writes=True, examples="pcloud policy reject 3 --reason 口令过短")
def reject(run: Context, number: Number, reason: second_check.Why = None) -> None:
    """Reject a change that somebody else proposed."""
    from pcloud_cli.services.policy import CHECK

    _said(run, second_check.reject(run, CHECK, number, reason))


@app.verb("withdraw", writes=True, examples="pcloud policy withdraw 3")
def withdraw(
    run: Context,
    number: Number,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("Why."))] = None,
) -> None:
    """Take back one's own change that nobody has decided yet."""
    from pcloud_cli.services.policy import CHECK

    _said(run, second_check.withdraw(run, CHECK, number, reason))


def _read(run: Context, file: str) -> dict[str, dict[str, Any]]:
    from pcloud_cli.services import policy_file

    if file == "-":
        return policy_file.read(run.stdin.read(policy_file.LARGEST + 1))
    return policy_file.read_from(Path(file))


def _spoken(run: Context, rows: list[dict[str, Any]]) -> Any:
    from pcloud_cli.services import words

    return words.for_output(run.out, rows, {"state": words.POLICY_STATES})


def _said(run: Context, row: Row) -> None:
    (shown,) = _spoken(run, [dict(row)])
    run.out.record(shown, CHANGES)
