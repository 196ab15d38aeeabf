"""`pcloud owner change` and its second check (2.1.2, 2.3.1)."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import typer

from pcloud_cli.commands import refusal, second_check
from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Number"), right=True),
    Column("state", N_("State")),
    Column("owner", N_("Owner")),
    Column("owner_id", N_("Id of the owner"), detail=True),
    Column("fields", N_("Fields")),
    Column("reason", N_("Reason")),
    Column("made_by", N_("Entered by")),
    Column("made_at", N_("Entered at")),
    Column("decided_by", N_("Decided by")),
    Column("decided_at", N_("Decided at"), detail=True),
    Column("decision", N_("What was said"), detail=True),
)
SHOWN = (*COLUMNS, Column("attachments", N_("Attachments"), right=True))
LINES = (
    Column("field", N_("Field")),
    Column("before", N_("Before")),
    Column("after", N_("After")),
)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help=N_("Number of the change."))]
_COMMUNITY = typer.Option("--community", "-c", help=N_("Code or name of the community."))


@verbs.verb(
    "change",
    before_asking=refusal.unless("owner.change_contact", "owner.change_identity"),
    writes=True,
    examples="pcloud owner change 王小明 -c CH --phone - --reason 本人到柜台更新\n"
    "pcloud owner change 王小明 -c CH --emergency-name 李小红 --emergency-phone - --reason 来电",
)
def change(
    run: Context,
    reference: Annotated[str, typer.Argument(help=N_("Id, owner number or whole name."))],
    *,
    community: Annotated[str | None, _COMMUNITY] = None,
    phone: Annotated[
        list[str] | None,
        typer.Option("--phone", help=N_("All phones, the first one first; - asks for one.")),
    ] = None,
    mailing_address: Annotated[
        str | None, typer.Option("--mailing-address", help=N_("Mailing address; - asks for it."))
    ] = None,
    emergency_name: Annotated[
        str | None,
        typer.Option("--emergency-name", help=N_("Emergency contact to add or change.")),
    ] = None,
    emergency_relation: Annotated[
        str | None,
        typer.Option("--emergency-relation", help=N_("How the contact is related, e.g. 配偶.")),
    ] = None,
    emergency_phone: Annotated[
        str | None,
        typer.Option("--emergency-phone", help=N_("Phone of the contact; - asks for it.")),
    ] = None,
    handler_name: Annotated[
        str | None,
        typer.Option("--handler-name", help=N_("Name of who acts for a company; - asks for it.")),
    ] = None,
    handler_phone: Annotated[
        str | None,
        typer.Option("--handler-phone", help=N_("Phone of who acts for it; - asks for it.")),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help=N_("Another name of the same owner."))
    ] = None,
    id_number: Annotated[
        str | None, typer.Option("--id-number", help=N_("Whole ID number; - asks for it."))
    ] = None,
    sex: Annotated[str | None, typer.Option("--sex", help=N_("male or female, 男 or 女."))] = None,
    number: Annotated[str | None, typer.Option("--number", help=N_("Owner number."))] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help=N_("Why, and how the owner was recognised."))
    ] = None,
) -> None:
    """Enter a change of an owner; it holds once somebody else has checked it (2.3.1).

    Customer service changes how an owner is reached. Who the owner is (name, ID number, sex, owner
    number) needs another permission.
    """
    from pcloud_cli.services import acting, owner_change

    given = {
        "phones": phone,
        "mailing_address": mailing_address,
        "emergency": emergency_name,
        "handler_name": handler_name,
        "handler_phone": handler_phone,
        "name": name,
        "id_number": id_number,
        "sex": sex,
        "number": number,
    }
    if emergency_name is None and (emergency_phone or emergency_relation):
        raise UsageProblem(
            _("Whose phone or relation is this?"), hint=_("Give --emergency-name with it.")
        )
    wanted = {field: value for field, value in given.items() if value is not None}
    if not wanted:
        wanted = _asked(run)
    else:
        contact = (emergency_name, emergency_relation, emergency_phone)
        wanted = {field: _filled(run, field, value, contact) for field, value in wanted.items()}
    why = reason or run.ask(_("Reason"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        made = owner_change.enter(actor, work, reference, wanted, reason=why, community=community)
    _said(run, made)
    run.out.done(
        _("Somebody else checks it: pcloud owner approve {number}").format(number=made["number"])
    )


@verbs.verb(
    "changes", examples="pcloud owner changes --pending\npcloud owner changes -c CH -o json"
)
def changes(
    run: Context,
    *,
    community: Annotated[str | None, _COMMUNITY] = None,
    number: Annotated[
        str | None, typer.Option("--show", help=N_("Show what this change alters, masked."))
    ] = None,
    pending: Annotated[
        bool, typer.Option("--pending", help=N_("Only those that wait for their check."))
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=1000, help=N_("Show so many at most."))
    ] = 100,
) -> None:
    """List the changes of owners, newest first; with --show one of them, before and after."""
    from pcloud_cli.services import acting, owner_change

    if number is not None:
        with acting.as_caller(run) as (actor, work):
            found, _seen = owner_change.show(actor, work, number)
        if not run.out.structured(found):
            _show_lines(run, found)
        return
    with acting.as_caller(run) as (actor, work):
        rows = owner_change.list_all(actor, work, community=community, pending=pending, limit=limit)
    run.out.rows(_spoken(run, rows), COLUMNS)


@verbs.verb(
    "approve",
    writes=True,
    examples="pcloud owner approve 7\npcloud owner approve 7 --yes --reason 已回拨核对",
)
def approve(run: Context, number: Number, reason: second_check.Checked = None) -> None:
    """Approve a change that somebody else entered; the owner has the new values at once.

    What it changes is shown first, before and after, masked (2.3.1). Without a terminal, --yes is
    needed.
    """
    from pcloud_cli.services.owner_change import CHECK

    question, show = _("Is this right?"), partial(_show_lines, run)
    _said(run, second_check.approve(run, CHECK, number, reason, question=question, show=show))


@verbs.verb("reject", writes=True, examples="pcloud owner reject 7 --reason 号码与回执不符")
def reject(run: Context, number: Number, reason: second_check.Why = None) -> None:
    """Reject a change that somebody else entered."""
    from pcloud_cli.services.owner_change import CHECK

    _said(run, second_check.reject(run, CHECK, number, reason))


@verbs.verb("withdraw", writes=True, examples="pcloud owner withdraw 7")
def withdraw(
    run: Context,
    number: Number,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("Why."))] = None,
) -> None:
    """Take back one's own change of an owner that nobody has decided yet."""
    from pcloud_cli.services.owner_change import CHECK

    _said(run, second_check.withdraw(run, CHECK, number, reason))


def _asked(run: Context) -> dict[str, Any]:
    """Ask which field is to be changed, and for its value."""
    from pcloud_cli.services.owner_fields import FIELDS

    option = "--phone, --mailing-address, --emergency-name, …"
    choices = [(field, _(title)) for field, title in FIELDS.items()]
    field = run.choose(_("What is to be changed?"), choices, option=option)
    if field == "emergency":
        contact = (run.ask(_("Name"), option="--emergency-name"), None, "-")
        return {field: _filled(run, field, contact[0], contact)}
    return {field: _filled(run, field, ["-"] if field == "phones" else "-", (None, None, None))}


def _filled(
    run: Context, field: str, value: Any, contact: tuple[str | None, str | None, str | None]
) -> Any:
    """Return `value` with what stood there as ``-`` asked for, or read from standard input."""
    from pcloud_cli.services.owner_fields import FIELDS

    title = _(FIELDS[field])
    if field == "phones":
        return [_one(run, each, title, "--phone") for each in value]
    if field == "emergency":
        name, relation, phone = contact
        asked = _one(run, phone, _("Phone"), "--emergency-phone")
        return {"name": name, "relation": relation, "phone": asked}
    return _one(run, value, title, f"--{field.replace('_', '-')}")


def _one(run: Context, given: str | None, question: str, option: str) -> str | None:
    if given != "-":
        return given
    return run.ask(question, option=option) if run.may_ask else run.secret_line()


def _show_lines(run: Context, found: dict[str, Any]) -> None:
    from pcloud_cli.services.owner_fields import FIELDS

    (shown,) = _spoken(run, [dict(found)])
    run.out.record(shown, SHOWN)
    if found["attachments"] and run.out.format == "table":
        run.out.note(
            _("Its papers: pcloud attachment list owner-change {number}").format(
                number=found["number"]
            )
        )
    rows = ({**line, "field": _(FIELDS[line["field"]])} for line in found["lines"])
    run.out.rows(rows, LINES)


def _spoken(run: Context, rows: list[dict[str, Any]]) -> Any:
    from pcloud_cli.services import words
    from pcloud_cli.services.owner_fields import FIELDS

    return words.for_output(run.out, rows, {"state": words.OWNER_CHANGES, "fields": FIELDS})


def _said(run: Context, row: dict[str, Any]) -> None:
    (shown,) = _spoken(run, [dict(row)])
    run.out.record(shown, COLUMNS)
