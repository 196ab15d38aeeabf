"""The verbs by which a ticket ends, or does not end yet."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.commands.ticket.stepping import Note, Number, Numbers, Reason, step
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()


@verbs.verb(
    "reject",
    before_asking=refusal.unless("ticket.accept"),
    writes=True,
    examples="pcloud ticket reject 10 --reason 不属物业范围",
)
def reject(run: Context, numbers: Numbers, reason: Reason = None) -> int:
    """Reject tickets, with a reason that the reporter is told."""
    from pcloud_cli.services.ticket.steps import Given

    reason = reason or run.ask(_("Why"), option="--reason")
    return step(run, numbers, "reject", Given(reason=reason))


@verbs.verb(
    "cancel",
    before_asking=refusal.unless("ticket.accept"),
    writes=True,
    examples="pcloud ticket cancel 10 --reason 业主自行处理",
)
def cancel(run: Context, numbers: Numbers, reason: Reason = None) -> int:
    """Cancel tickets that are not wanted any more."""
    from pcloud_cli.services.ticket.steps import Given

    reason = reason or run.ask(_("Why"), option="--reason")
    return step(run, numbers, "cancel", Given(reason=reason))


@verbs.verb(
    "link",
    before_asking=refusal.unless("ticket.accept"),
    writes=True,
    examples="pcloud ticket link 29 37 --to 10",
)
def link(
    run: Context,
    numbers: Numbers,
    to: Annotated[
        str | None, typer.Option("--to", help=N_("Number of the ticket that goes on."))
    ] = None,
) -> int:
    """Join tickets about the same thing to one; each caller is kept."""
    from pcloud_cli.services.ticket.steps import Given

    to = to or run.ask(_("Number of the ticket that goes on"), option="--to")
    return step(run, numbers, "link", Given(main=to))


@verbs.verb("told", writes=True, examples="pcloud ticket told 29 37 --note 已电话告知修复")
def told(run: Context, numbers: Numbers, note: Note = None) -> int:
    """Note that callers of joined tickets were told how it ended (see `callers`)."""
    from pcloud_cli.services.ticket.steps import Given

    return step(run, numbers, "told", Given(note=note), also=("told_at",))


@verbs.verb(
    "confirm",
    before_asking=refusal.unless("ticket.confirm", "ticket.assign"),
    writes=True,
    examples="pcloud ticket confirm 10 --score 5 --source signature",
)
def confirm(
    run: Context,
    number: Number,
    score: Annotated[
        int | None, typer.Option("--score", min=1, max=5, help=N_("How content, 1 to 5."))
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", help=N_("How it is known: signature or callback.")),
    ] = None,
    note: Note = None,
) -> int:
    """Record that the reporter confirms the repair, and how content they are.

    Who gives it 1 or 2 is not content: the ticket is opened again (policy
    `ticket.reopen_dissatisfied`), and customer service and the leads hear of it.
    """
    from pcloud_cli.services.ticket.steps import Given
    from pcloud_cli.services.ticket.words import SOURCES

    if score is None:
        choices = [(str(each), str(each)) for each in range(1, 6)]
        score = int(run.choose(_("Score"), choices, option="--score"))
    if source is None:
        sources = [(code, _(word)) for code, word in SOURCES.items() if code != "app"]
        source = run.choose(_("How is it known"), sources, option="--source")
    note = _why(run, score, note)
    given = Given(score=score, source=source, note=note)
    return step(run, [number], "confirm", given, after=lambda found: _offer(run, found, score))


@verbs.verb(
    "callback",
    writes=True,
    before_asking=refusal.unless("ticket.confirm"),
    examples="pcloud ticket callback 10\n"
    "pcloud ticket callback 10 --reached --score 5\n"
    "pcloud ticket callback 10 --not-reached --note 无人接听",
)
def callback(
    run: Context,
    number: Number,
    reached: Annotated[
        bool | None,
        typer.Option("--reached/--not-reached", help=N_("Whether somebody answered the call.")),
    ] = None,
    score: Annotated[
        int | None, typer.Option("--score", min=1, max=5, help=N_("How content, 1 to 5."))
    ] = None,
    note: Note = None,
) -> int:
    """Record a call back to the reporter of a completed repair, and how content they are.

    It is made by customer service, never by the technician, and tried as often as policy allows
    (three times). A score confirms a ticket that waits for that. `ticket list --to-call-back` lists
    whom to call.
    """
    from pcloud_cli.services.ticket.steps import Given

    if reached is None:
        answers = [("yes", _("reached")), ("no", _("not reached"))]
        reached = run.choose(_("Was somebody reached?"), answers, option="--reached") == "yes"
        if reached and score is None:
            scores = [*((str(each), str(each)) for each in range(1, 6)), ("", _("no score given"))]
            given = run.choose(_("How content, 1 to 5?"), scores, option="--score")
            score = int(given) if given else None
    note = _why(run, score, note)
    call = Given(reached=reached, score=score, note=note)
    return step(run, [number], "callback", call, after=lambda found: _offer(run, found, score))


def _why(run: Context, score: int | None, note: str | None) -> str | None:
    """Return `note`, asked for at a terminal where somebody is not content."""
    from pcloud_cli.services.ticket.dissatisfied import LOW

    if note is not None or score is None or score > LOW or not run.may_ask:
        return note
    question = _("What are they not content with? (Enter: they did not say)")
    return run.ask(question, option="--note", default="") or None


def _offer(run: Context, found: dict[str, Any], score: int | None) -> None:
    """Say that the ticket was opened again, or offer it, where somebody is not content."""
    from pcloud_cli.services.ticket.dissatisfied import LOW
    from pcloud_cli.services.ticket.steps import Given

    if score is None or score > LOW:
        return
    number = str(found["number"])
    if found["ended_at"] is None and found["completed_at"] is None:
        run.out.note(_("Not content: ticket {number} was opened again.").format(number=number))
        return
    if run.may_ask:
        question = _("Not content. To open it again, say why (Enter: leave it)")
        if reason := run.ask(question, option="--reason", default=""):
            step(run, [number], "reopen", Given(reason=reason))
        return
    run.out.note(
        _("Not content. To open it again: pcloud ticket reopen {number} --reason …").format(
            number=number
        )
    )


@verbs.verb(
    "reopen",
    before_asking=refusal.unless("ticket.confirm"),
    writes=True,
    examples="pcloud ticket reopen 10 --reason 又漏水了",
)
def reopen(run: Context, number: Number, reason: Reason = None) -> int:
    """Open a ticket again that was completed: the reporter is not content."""
    from pcloud_cli.services.ticket.steps import Given

    reason = reason or run.ask(_("Why"), option="--reason")
    return step(run, [number], "reopen", Given(reason=reason))


@verbs.verb("urge", writes=True, examples="pcloud ticket urge 10 --note 业主第二次来电")
def urge(run: Context, numbers: Numbers, note: Note = None) -> int:
    """Ask after tickets: who has them, or who must assign them, is told."""
    from pcloud_cli.services.ticket.steps import Given

    return step(run, numbers, "urge", Given(note=note))
