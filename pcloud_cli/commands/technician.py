"""`pcloud technician`: what technicians can do, and how much they get at a time (3.2.2)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Technicians (维修工): their skills, and how many open tickets they get."))

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("skills", N_("Skills")),
    Column("limit", N_("Open tickets at most"), right=True),
    Column("everywhere", N_("Everywhere"), detail=True),
    Column("communities", N_("Communities")),
)


@app.verb(
    "list", examples="pcloud technician list -c CH\npcloud technician list --skill 强电 -o csv"
)
def list_(
    run: Context,
    community: Annotated[
        str | None,
        typer.Option("--community", "-c", help=N_("Only who works there; code or name.")),
    ] = None,
    skill: Annotated[str | None, typer.Option("--skill", help=N_("Only who has it."))] = None,
) -> None:
    """List the technicians: what each can do, how much they get, and where they work.

    Who is one and where, roles say (`pcloud role grant`).
    """
    from pcloud_cli.services import acting, technician, words

    with acting.as_caller(run) as (actor, work):
        rows = technician.list_all(actor, work, community=community, skill=skill)
        known = _words(work)
    run.out.rows(_placed(run, words.for_output(run.out, rows, known)), COLUMNS)


@app.verb("show", examples="pcloud technician show\npcloud technician show WX001")
def show(
    run: Context,
    staff_number: Annotated[
        str | None, typer.Argument(metavar="STAFF_NUMBER", help=N_("Whose; your own without."))
    ] = None,
) -> None:
    """Show a technician, or yourself: skills, limit, and where they work."""
    from pcloud_cli.services import acting, technician

    with acting.as_caller(run) as (actor, work):
        row = technician.show(actor, work, staff_number)
        known = _words(work)
    _said(run, row, known)


@app.verb(
    "set",
    writes=True,
    examples="pcloud technician set WX001 --skill 给排水 --skill 强电 --limit 6\n"
    "pcloud technician set WX001 --add 暖通 --remove 强电",
)
def set_(
    run: Context,
    staff_number: Annotated[str, typer.Argument(metavar="STAFF_NUMBER", help=N_("Whose."))],
    *,
    skill: Annotated[
        list[str] | None,
        typer.Option("--skill", help=N_("All their skills from now on; give it for each.")),
    ] = None,
    also: Annotated[
        list[str] | None, typer.Option("--add", help=N_("A skill more; give it for each."))
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--remove", help=N_("A skill less; give it for each."))
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", help=N_("Open tickets they get at most; 0 for none."))
    ] = None,
    usual_limit: Annotated[
        bool, typer.Option("--usual-limit", help=N_("The limit that policy gives everybody."))
    ] = False,
) -> None:
    """Say what a technician can do and how many open tickets they get at most.

    A skill is one of 给排水, 强电, 弱电, 电梯, 燃气, 防水, 门窗锁具, 泥瓦, 消防, 暖通, 综合维修, or
    one that a fault type needs beside (`pcloud fault-type list`); a trade like 水电工 means its
    skills.
    """
    from pcloud_cli.services import acting, technician

    with acting.as_caller(run, write=True) as (actor, work):
        done = technician.put(
            actor,
            work,
            staff_number,
            skills=skill,
            also=also or (),
            without=without or (),
            limit=limit,
            usual_limit=usual_limit,
        )
        known = _words(work)
    if not done["changed"]:
        run.out.note(_("It is so already; nothing changed."))
    _said(run, done, known)


def _words(work: Any) -> dict[str, Any]:
    from pcloud_cli.services import fault_type

    return {"skills": fault_type.skills(work)}


def _placed(run: Context, rows: Any) -> Any:
    """Say everywhere in words, where people read it."""
    for row in rows:
        if row["everywhere"] and run.out.format in ("table", "csv"):
            yield {**row, "communities": _("everywhere")}
        else:
            yield row


def _said(run: Context, row: dict[str, Any], known: dict[str, Any]) -> None:
    from pcloud_cli.services import words

    (shown,) = _placed(run, words.for_output(run.out, [row], known))
    people = run.out.format == "table"
    run.out.record(shown, [one for one in COLUMNS if not (people and one.detail)])
