"""All reports in one place, and what makes one: permission, scope, evidence, queries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotFound
from pcloud_cli.i18n import _
from pcloud_cli.output.report import Block, FinishedReport
from pcloud_cli.services import permission, sight, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.report import owners, tickets
from pcloud_cli.services.report.declare import Report, Scope

REPORTS: dict[str, Report] = {report.name: report for report in (owners.REPORT, tickets.REPORT)}
"""Every report by name."""


def list_all(actor: Actor, work: Work) -> list[dict[str, Any]]:
    """Return name, title, question and clause of the reports that `actor` may see somewhere.

    Raises NotAllowed where there is none.
    """
    rows = [
        {
            "name": report.name,
            "title": _(report.title),
            "question": _(report.question),
            "clause": report.clause,
            "sections": [_(section.title) for section in report.sections],
        }
        for report in REPORTS.values()
        if permission.reach(actor, work, report.permission) != _NOWHERE
    ]
    if not rows:
        permission.require_somewhere(actor, work, next(iter(REPORTS.values())).permission)
    return rows


def may_make(actor: Actor, work: Work, name: str) -> Report:
    """Return the report `name` where `actor` may make it somewhere; NotFound, NotAllowed."""
    report = REPORTS.get(name)
    if report is None:
        raise NotFound(
            _("There is no report {name}.").format(name=name),
            hint=_("`pcloud report list` shows all."),
        )
    permission.require_somewhere(actor, work, report.permission)
    return report


def make(
    actor: Actor,
    work: Work,
    name: str,
    *,
    community: str | None = None,
    export: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> FinishedReport:
    """Return the report `name` about `community`, or about all that `actor` may see of it.

    The reading is evidence in the trail; `export` is the format of a file that will be written
    (``xlsx``), so that the trail tells a look from a copy (2.3.3). `since` and `until` bound what
    happened, for a report of what happens.
    Raises NotFound for an unknown report or community, NotAllowed.
    """
    report = may_make(actor, work, name)
    seen = sight.of(actor, work, report.permission, community)
    scope = Scope(seen, seen.today(work), since, until)
    trail.witnessed(
        actor,
        work,
        "report.export" if export else "report.show",
        object_type="report",
        community_id=seen.one.id if seen.one else None,
        detail={"report": report.name, **({"format": export} if export else {})},
    )
    return FinishedReport(
        name=report.name,
        title=report.title,
        question=report.question,
        scope=seen.text,
        made_at=work.now(),
        made_by=_maker(actor),
        zone=seen.zone,
        blocks=[
            Block(
                code=section.code,
                title=section.title,
                columns=section.columns,
                rows=section.query(work, scope),
                chart=section.chart,
                label=section.label,
                value=section.value,
                share=section.share,
                kinds=section.kinds,
            )
            for section in report.sections
        ],
    )


_NOWHERE = permission.Reach(everywhere=False, communities=frozenset(), buildings=frozenset())


def _maker(actor: Actor) -> str:
    if actor.name and actor.staff_number:
        return f"{actor.name} ({actor.staff_number})"
    return actor.name or actor.staff_number or actor.kind
