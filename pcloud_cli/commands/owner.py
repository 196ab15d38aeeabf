"""`pcloud owner`: owners (业主) and how to reach them, masked (3.1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from pcloud_cli.commands import owner_change, owner_missing, refusal
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Owners (业主), masked; find one by name, phone or ID."))

_BASIC = (
    Column("name", N_("Name")),
    Column("kind", N_("Owner kind"), detail=True),
    Column("minor", N_("Minor")),
    Column("phones", N_("Phone")),
    Column("id_type", N_("Kind of ID"), detail=True),
    Column("id_number", N_("ID number")),
    Column("id_status", N_("State of ID")),
)
_ID = Column("id", N_("Id"), detail=True)
_TITLE = (
    Column("ownership", N_("Ownership")),
    Column("share", N_("Share owned")),
    Column("since", N_("Since"), detail=True),
)
COLUMNS = (
    _ID,
    Column("house", N_("House")),
    *_BASIC,
    *_TITLE,
    Column("number", N_("Owner number"), detail=True),
)
FOUND = (_ID, *_BASIC, Column("houses", N_("Their houses")), Column("community", N_("Community")))
DETAILS = (
    _ID,
    Column("number", N_("Owner number")),
    *_BASIC[:2],
    Column("sex", N_("Sex")),
    *_BASIC[2:],
    Column("handler_name", N_("Handler")),
    Column("handler_phone", N_("Handler's phone")),
    Column("vehicles", N_("Vehicles")),
    Column("community", N_("Community")),
    Column("updated_at", N_("Last change")),
)
HOUSES = (COLUMNS[1], *_TITLE[:2], Column("since", N_("Since")), Column("until", N_("Until")))
PEOPLE = (
    Column("role", N_("Relation")),
    Column("name", N_("Name")),
    Column("relation", N_("Relationship")),
    Column("phone", N_("Phone")),
)
PARKING = (
    Column("space", N_("Parking space")),
    Column("kind", N_("Kind of right")),
    *HOUSES[-2:],
)

_COMMUNITY = typer.Option("--community", "-c", help=N_("Code or name of the community."))


@app.verb(
    "list",
    examples="pcloud owner list --community CH --building 3栋 --unit 2\n"
    "pcloud owner list -c CH -o csv > owners.csv",
)
def list_(
    run: Context,
    *,
    community: Annotated[str | None, _COMMUNITY] = None,
    building: Annotated[
        str | None,
        typer.Option("--building", help=N_("Building, in any spelling: 3, 3栋, 三号楼.")),
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help=N_("Unit: 2 or 2单元."))] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help=N_("Show so many at most."))
    ] = None,
) -> None:
    """List the owners of a community, a building or a unit, house by house, masked.

    The reading is recorded in the audit trail.
    """
    from pcloud_cli.services import acting, owner, words

    with acting.as_caller(run) as (actor, work):
        rows, total = owner.list_all(
            actor,
            work,
            community=community,
            choose=run.choose,
            building=building,
            unit=unit,
            limit=limit,
        )
    run.out.rows(words.for_output(run.out, rows, words.OWNER_CODES), COLUMNS)
    _say_rest(run, total - len(rows))


@app.verb(
    "find",
    before_asking=refusal.unless("owner.find"),
    examples="pcloud owner find --phone 13800138000\n"
    "pcloud owner find --id-number - < number.txt\n"
    "pcloud owner find --name 王小 --community CH",
)
def find(
    run: Context,
    *,
    name: Annotated[str | None, typer.Option("--name", help=N_("Name, or how it begins."))] = None,
    phone: Annotated[
        str | None, typer.Option("--phone", help=N_("Whole phone number; - asks for it."))
    ] = None,
    id_number: Annotated[
        str | None, typer.Option("--id-number", help=N_("Whole ID number; - asks for it."))
    ] = None,
    community: Annotated[str | None, _COMMUNITY] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=500, help=N_("Show so many at most."))
    ] = 50,
) -> None:
    """Find owners by name, phone or ID number, masked; several of these narrow the search.

    A number given with `-` is asked for, or read as a line of standard input where there is no
    terminal: it then stays out of the shell's history and the list of processes. The search is
    recorded in the audit trail, without what was searched for.
    """
    from pcloud_cli.services import acting, owner, words

    if name is None and phone is None and id_number is None:
        by, text = _ask_whom(run)
        name, phone, id_number = (text if by == kind else None for kind in _KINDS)
    phone = _number(run, phone, _("Phone"), "--phone")
    id_number = _number(run, id_number, _("ID number"), "--id-number")
    with acting.as_caller(run) as (actor, work):
        rows, total = owner.find(
            actor,
            work,
            community=community,
            name=name,
            phone=phone,
            id_number=id_number,
            limit=limit,
        )
    run.out.rows(words.for_output(run.out, rows, words.OWNER_CODES), FOUND)
    _say_rest(run, total - len(rows))


@app.verb(
    "show",
    examples="pcloud owner show 0198c0de-0000-7000-8000-000000000000\n"
    "pcloud owner show 王小明 --community CH -o json",
)
def show(
    run: Context,
    reference: Annotated[str, typer.Argument(help=N_("Id, owner number or whole name."))],
    community: Annotated[str | None, _COMMUNITY] = None,
) -> None:
    """Show one owner, masked: basic data, houses, related people, vehicles and parking.

    The reading is recorded in the audit trail.
    """
    from pcloud_cli.services import acting, owner

    with acting.as_caller(run) as (actor, work):
        found = owner.show(actor, work, reference, community=community)
    if not run.out.structured(found):
        _show(run, found)


app.take(owner_change.verbs)
app.add_typer(owner_missing.app, name="missing")

_KINDS = ("name", "phone", "id_number")


def _ask_whom(run: Context) -> tuple[str, str]:
    titles = {"name": _("Name"), "phone": _("Phone"), "id_number": _("ID number")}
    option = "--name, --phone, --id-number"
    by = run.choose(_("Find an owner by"), list(titles.items()), option=option)
    return by, run.ask(titles[by], option=option)


def _number(run: Context, given: str | None, question: str, option: str) -> str | None:
    if given != "-":
        return given
    return run.ask(question, option=option) if run.may_ask else run.secret_line()


def _say_rest(run: Context, count: int) -> None:
    if count > 0:
        run.out.note(_("{count} more are not shown.").format(count=count))


def _show(run: Context, found: Mapping[str, Any]) -> None:
    from pcloud_cli.services import related, words

    run.out.record(next(words.for_output(run.out, [found], words.OWNER_CODES)), DETAILS)
    if run.out.format != "table":
        return
    tables = (
        (N_("Their houses"), found["houses"], HOUSES, words.OWNER_CODES),
        (N_("Related people"), found["people"], PEOPLE, {"role": related.ROLES}),
        (N_("Parking"), found["parking"], PARKING, {"kind": related.PARKING}),
    )
    for title, rows, columns, codes in tables:
        if rows:
            run.out.line("")
            run.out.line(_(title))
            run.out.rows(words.for_output(run.out, rows, codes), columns)
