"""`pcloud outbox`: messages on their way, and delivering them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from pcloud_cli import i18n
from pcloud_cli.commands import refusal
from pcloud_cli.context import Context
from pcloud_cli.errors import SomeFailed, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.ids import parse_id
from pcloud_cli.output.columns import Column, Row
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("See the messages on their way; deliver, retry or drop them."))

COLUMNS = (
    Column("id", N_("Id")),
    Column("template", N_("Message")),
    Column("about", N_("About")),
    Column("to", N_("To")),
    Column("state", N_("State")),
    Column("attempts", N_("Attempts"), right=True),
    Column("way", N_("Way")),
    Column("problem", N_("Problem")),
    Column("created_at", N_("Created")),
    Column("due_at", N_("Next attempt")),
    Column("ended_at", N_("Ended"), detail=True),
    Column("message_id", N_("Message id"), detail=True),
)
OUTCOME = (
    Column("sent", N_("Sent"), right=True),
    Column("failed", N_("To be tried again"), right=True),
    Column("dead", N_("Given up"), right=True),
    Column("problems", N_("Problems")),
)

Ids = Annotated[
    list[str] | None, typer.Argument(metavar="ID", help=N_("Ids, or - for standard input."))
]


class State(StrEnum):
    """Which deliveries are listed."""

    QUEUED = "queued"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"
    ALL = "all"


@app.verb("list", examples="pcloud outbox list\npcloud outbox list --state dead -o ids")
def list_(
    run: Context,
    state: Annotated[
        State | None, typer.Option("--state", help=N_("Only these; all shows every one."))
    ] = None,
    limit: Annotated[int, typer.Option("--limit", help=N_("At most so many, the newest."))] = 200,
) -> None:
    """List what waits and what was given up, with the numbers of what each is about.

    What a message says is not shown.
    """
    from pcloud_cli.services import acting, outbox

    with acting.as_caller(run) as (actor, work):
        rows = outbox.list_all(actor, work, state=state and state.value, limit=limit)
    _rows(run, rows, empty=_("Nothing waits and nothing was given up."))


@app.verb(
    "deliver",
    writes=True,
    examples="pcloud outbox deliver\npcloud outbox deliver --quiet --limit 500",
)
def deliver(
    run: Context,
    limit: Annotated[
        int | None, typer.Option("--limit", help=N_("Send at most so many in this call."))
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help=N_("Say nothing where everything arrived."))
    ] = False,
) -> None:
    """Send what is due: by SMS, mail, robot or webhook, as the settings say.

    Several may run at once; each message is sent by one of them. What does not arrive is tried
    again after growing pauses, and given up after the last. Run it every minute by a timer.
    """
    from pcloud_cli.services import acting, outbox, outbox_delivery

    if limit is not None and limit < 1:
        raise UsageProblem(_("--limit must be at least 1."))
    if run.flags.dry_run:
        with acting.as_caller(run) as (actor, work):
            rows = outbox_delivery.due(actor, work, limit=limit)
        _rows(run, rows, empty=_("Nothing is due."))
        return
    language = run.settings.table("outbox").get("language") or i18n.language()
    speech = outbox_delivery.Speech(str(language), run.settings.text("zone"))
    with acting.at_desk(run) as desk:
        done = outbox_delivery.deliver(desk.open, run.courier, speech, limit=limit)
    problems = [
        f"{outbox.problem_word(code)} ({count})" for code, count in sorted(done.problems.items())
    ]
    if not quiet or done.problems:
        shown = {"sent": done.sent, "failed": done.failed, "dead": done.dead}
        told = done.problems if run.out.format not in ("table", "csv") else _("; ").join(problems)
        run.out.record(shown | {"problems": told}, OUTCOME)
    if done.failed or done.dead:
        raise SomeFailed(
            _("{count} messages did not arrive.").format(count=done.failed + done.dead),
            hint=_("`pcloud outbox list` shows why and when each is tried again."),
        )


@app.verb(
    "retry",
    writes=True,
    examples="pcloud outbox retry --all-dead\npcloud outbox list --state dead -o ids |"
    " pcloud outbox retry -",
)
def retry(
    run: Context,
    ids: Ids = None,
    *,
    all_dead: Annotated[
        bool, typer.Option("--all-dead", help=N_("All that were given up."))
    ] = False,
) -> None:
    """Try messages again at once, with all their attempts before them.

    Ids are those of `outbox list`, or - for one a line on standard input.
    """
    from pcloud_cli.services import acting, outbox_again

    given = _ids(run, ids or [])
    if bool(given) == all_dead:
        raise UsageProblem(
            _("Say which messages."), hint=_("Give their ids, - for standard input, or --all-dead.")
        )
    with acting.as_caller(run, write=True) as (actor, work):
        rows = outbox_again.retry(actor, work, given)
    _rows(run, rows, empty=_("Nothing was given up."))


@app.verb(
    "drop",
    before_asking=refusal.unless("outbox.deliver"),
    writes=True,
    examples="pcloud outbox drop 0198c0de-0000-7000-8000-000000000000 --reason 员工已当面领取",
)
def drop(
    run: Context,
    ids: Ids = None,
    *,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("Why it is dropped."))] = None,
) -> None:
    """Take messages out for good; what they say is forgotten.

    Ids are those of `outbox list`, or - for one a line on standard input.
    """
    from pcloud_cli.services import acting, outbox_again

    given = _ids(run, ids or [])
    if not given:
        raise UsageProblem(
            _("Say which messages."), hint=_("Give their ids, or - for standard input.")
        )
    why = reason or run.ask(_("Reason"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        rows = outbox_again.drop(actor, work, given, reason=why)
    _rows(run, rows, empty=None)


def _ids(run: Context, given: list[str]) -> list[bytes]:
    words = [
        word.strip()
        for each in given
        for word in (run.stdin if each == "-" else (each,))
        if word.strip()
    ]
    return [parse_id(word) for word in words]


def _rows(run: Context, rows: Sequence[Row], *, empty: str | None) -> None:
    from pcloud_cli.services import outbox, outbox_about, words

    people = run.out.format in ("table", "csv")
    said = [outbox.in_words(row) if people else row for row in rows]
    if run.out.format == "tsv":  # codes, and a cell holds no object
        said = [{**row, "about": outbox_about.in_codes(row["about"])} for row in said]
    spoken = {"state": outbox.STATES, "way": outbox.WAYS}
    run.out.rows(words.for_output(run.out, said, spoken), COLUMNS, empty=empty)
