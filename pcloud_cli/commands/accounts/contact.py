"""`pcloud account contact`: the mobile and the mail address that somebody is reached by (2.1.1)."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated

import typer

from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Verbs

if TYPE_CHECKING:
    from pcloud_cli.services.account_contact import Wanted

verbs = Verbs()

COLUMNS = (
    Column("id", N_("Id"), detail=True),
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("mobile", N_("Mobile")),
    Column("mail", N_("Mail")),
)


class Part(enum.StrEnum):
    """What can be taken out of a contact."""

    PHONE = "phone"
    MAIL = "mail"


@verbs.verb(
    "contact",
    writes=True,
    examples="pcloud account contact KF001 --phone - --reason 本人换号\n"
    "pcloud account contact KF001 --mail wang@example.com --clear phone --reason 本人申请",
)
def contact(
    run: Context,
    staff_number: Annotated[str, typer.Argument(metavar="STAFF_NUMBER", help=N_("Whose account."))],
    *,
    phone: Annotated[
        str | None, typer.Option("--phone", help=N_("New mobile; - asks for it."))
    ] = None,
    mail: Annotated[
        str | None, typer.Option("--mail", help=N_("New mail address; - asks for it."))
    ] = None,
    clear: Annotated[
        list[Part] | None,
        typer.Option("--clear", help=N_("Take the phone or the mail out; may be repeated.")),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help=N_("Why; the trail keeps it."))
    ] = None,
) -> None:
    """Change the mobile or mail address that somebody is reached by.

    Administration does so for others, administrators and auditors for themselves only: passwords
    go there. The old and the new address are told. What is missing is asked for.
    """
    from pcloud_cli.services import account_contact, acting

    with acting.as_caller(run) as (actor, work):
        now = account_contact.present(actor, work, staff_number)
    wanted = _wanted(run, phone, mail, {part.value for part in clear or ()}, now)
    why = reason or run.ask(_("Why"), option="--reason")
    with acting.as_caller(run, write=True) as (actor, work):
        done = account_contact.change(actor, work, staff_number, wanted, reason=why)
    run.out.record(done, COLUMNS)
    if done["already"]:
        run.out.note(_("It is so already; nothing was changed."))
    elif not run.flags.dry_run:
        run.out.note(_("The old and the new address are told."))


def _wanted(
    run: Context,
    phone: str | None,
    mail: str | None,
    clear: set[str],
    now: dict[str, str | None],
) -> Wanted:
    """Return what the options say; where they say nothing, each part is asked for."""
    from pcloud_cli.services.account_contact import Wanted

    if (phone and "phone" in clear) or (mail and "mail" in clear):
        raise UsageProblem(_("The same cannot be given and taken out."), hint=_("Leave one out."))
    if not (phone or mail or clear):
        phone = _new(run, _("Mobile"), now["mobile"])
        mail = _new(run, _("Mail"), now["mail"])
    phone, mail = _typed(run, phone, _("Mobile"), "--phone"), _typed(run, mail, _("Mail"), "--mail")
    given = {"mobile": phone or "phone" in clear, "mail": mail or "mail" in clear}
    kept_parts = frozenset(name for name, changes in given.items() if not changes)
    return Wanted(phone or None, mail or None, kept_parts)


def _new(run: Context, title: str, now: str | None) -> str:
    """Ask for a new value of what is `now`; empty where it stays."""
    question = _("{title} (now {value}; empty leaves it)").format(title=title, value=now or "–")
    return run.ask(question, option="--phone, --mail, --clear", default="")


def _typed(run: Context, given: str | None, question: str, option: str) -> str | None:
    if given != "-":
        return given
    return run.ask(question, option=option) if run.may_ask else run.secret_line()
