"""`pcloud fault-type`: what can be broken (故障类型), and which skills its repair needs (3.2.2)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Fault types (故障类型) and the skills that their repair needs."))

COLUMNS = (
    Column("code", N_("Code")),
    Column("name", N_("Fault type")),
    Column("skills", N_("Skills needed")),
    Column("part", N_("Part under warranty")),
    Column("shipped", N_("Shipped"), detail=True),
    Column("retired_at", N_("Retired")),
)

Which = Annotated[
    str, typer.Argument(metavar="FAULT_TYPE", help=N_("Code or name of the fault type."))
]
Part = Annotated[
    str | None,
    typer.Option("--part", help=N_("Part of the building that its warranty goes by.")),
]


@app.verb("list", examples="pcloud fault-type list\npcloud fault-type list --retired -o json")
def list_(
    run: Context,
    retired: Annotated[bool, typer.Option("--retired", help=N_("The retired ones too."))] = False,
) -> None:
    """List the fault types with the skills that each needs."""
    from pcloud_cli.services import acting, fault_type, words

    with acting.as_caller(run) as (actor, work):
        rows = fault_type.list_all(actor, work, retired=retired)
        known = _words(work)
    columns = COLUMNS if retired else [one for one in COLUMNS if one.name != "retired_at"]
    run.out.rows(words.for_output(run.out, rows, known), columns)


@app.verb(
    "add",
    writes=True,
    examples="pcloud fault-type add charging 充电桩 --skill 强电",
)
def add(
    run: Context,
    code: Annotated[str, typer.Argument(help=N_("Short code, e.g. charging; it never changes."))],
    name: Annotated[str, typer.Argument(help=N_("What people call it."))],
    *,
    skill: Annotated[
        list[str], typer.Option("--skill", help=N_("A skill it needs; give it for each."))
    ],
    part: Part = None,
) -> None:
    """Add a fault type of your own. A skill that is not known yet becomes one."""
    from pcloud_cli.services import acting, fault_type

    with acting.as_caller(run, write=True) as (actor, work):
        made = fault_type.add(actor, work, code, name=name, skills=skill, part=_part(part))
        known = _words(work)
    _said(run, made, known)


@app.verb(
    "change",
    writes=True,
    examples="pcloud fault-type change 电梯 --skill 电梯 --skill 强电\n"
    "pcloud fault-type change charging --name 充电设施 --part wiring",
)
def change(
    run: Context,
    fault_type: Which,
    *,
    name: Annotated[str | None, typer.Option("--name", help=N_("Its new name."))] = None,
    skill: Annotated[
        list[str] | None,
        typer.Option("--skill", help=N_("All skills it needs from now on; give it for each.")),
    ] = None,
    part: Part = None,
    no_part: Annotated[
        bool, typer.Option("--no-part", help=N_("No warranty is proposed for it."))
    ] = False,
) -> None:
    """Change a fault type; a retired one comes back."""
    from pcloud_cli.services import acting
    from pcloud_cli.services import fault_type as service

    with acting.as_caller(run, write=True) as (actor, work):
        done = service.change(
            actor, work, fault_type, name=name, skills=skill, part=_part(part), no_part=no_part
        )
        known = _words(work)
    _said(run, done, known)


@app.verb("retire", writes=True, examples="pcloud fault-type retire 燃气")
def retire(run: Context, fault_type: Which) -> None:
    """Offer a fault type no longer for new tickets; those that have it keep it."""
    from pcloud_cli.services import acting
    from pcloud_cli.services import fault_type as service

    with acting.as_caller(run, write=True) as (actor, work):
        done = service.retire(actor, work, fault_type)
        known = _words(work)
    _said(run, done, known)


def _part(text: str | None) -> str | None:
    from pcloud_cli.services import fault_type, words

    return words.understood(text, fault_type.PARTS, "--part") if text else None


def _words(work: Any) -> dict[str, Any]:
    from pcloud_cli.services import fault_type

    # the name is a msgid where it is shipped, the own word of the installation elsewhere
    names = {name: name for name in fault_type.names(work).values()}
    return {"name": names, "skills": fault_type.skills(work), "part": fault_type.PARTS}


def _said(run: Context, row: dict[str, Any], known: dict[str, Any]) -> None:
    from pcloud_cli.services import words

    if row.get("changed") is False:
        run.out.note(_("It is so already; nothing changed."))
    (shown,) = words.for_output(run.out, [row], known)
    run.out.record(shown, COLUMNS)
