"""`pcloud login`, `switch`, `logout`, `whoami`: the caller's own login."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pcloud_cli.context import Context
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.output.values import shown as shown_value
from pcloud_cli.settings import safe_url
from pcloud_cli.typer_adapter import Noun

if TYPE_CHECKING:
    from pcloud_cli.services.acting import Desk
    from pcloud_cli.services.login import Login

app = Noun(N_("The caller's own login."))

LOGIN_COLUMNS = (
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("expires_at", N_("Ends")),
    Column("restricted", N_("Only to change the password")),
    Column("shared", N_("Bound to this terminal")),
)
WHO_COLUMNS = (
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("kind", N_("Kind")),
    Column("roles", N_("Roles")),
    Column("permissions", N_("Permissions")),
    Column("restricted", N_("Only to change the password")),
    Column("token", N_("Token")),
    Column("shared", N_("Bound to this terminal")),
    Column("logged_in_at", N_("Logged in at")),
    Column("expires_at", N_("Ends")),
    Column("idle_minutes", N_("Idle minutes allowed"), right=True),
    Column("second_factor", N_("Second factor")),
    Column("codes_left", N_("Recovery codes left"), right=True),
    Column("profile", N_("Profile")),
    Column("origin", N_("Host")),
    Column("database", N_("Database")),
)
_TRIES = 3


Number = Annotated[str | None, typer.Argument(help=N_("Your staff number."))]
FromStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        help=N_("Read the password, and a code if one is asked for, from standard input."),
    ),
]
Shared = Annotated[
    bool,
    typer.Option("--shared", help=N_("This computer is shared: bind the login to this terminal.")),
]


@app.verb(
    "login",
    examples="pcloud login KF001\npcloud login KF001 --shared\n"
    "pcloud login KF001 --password-stdin < secret",
)
def login(
    run: Context,
    staff_number: Number = None,
    password_stdin: FromStdin = False,
    shared: Shared = False,
) -> None:
    """Log in with your staff number and password, and the code of your phone if you have one.

    The login lasts twelve hours, or until it was idle for long. At a computer that several people
    use, --shared keeps it to this terminal and ends it after ten idle minutes. With a first
    password it opens nothing but the change of that password, which is asked for at once.
    """
    from pcloud_cli.services import acting

    terminal = _terminal(run, shared)
    number = staff_number or run.ask(_("Staff number"), option="STAFF_NUMBER")
    with acting.at_desk(run) as desk:
        _enter(run, desk, number, password_stdin, terminal)


@app.verb(
    "switch",
    examples="pcloud switch KF002\npcloud switch KF002 --password-stdin < secret",
)
def switch(
    run: Context,
    staff_number: Number = None,
    password_stdin: FromStdin = False,
    shared: Shared = False,
) -> None:
    """End this login and begin the next person's, in one step.

    The login of whoever sat here before ends at once, whether or not the next one succeeds. At a
    terminal of shared logins the new one is shared too.
    """
    from pcloud_cli.services import acting
    from pcloud_cli.services import login as service

    terminal = _terminal(run, shared or service.store(run).is_shared)
    number = staff_number or run.ask(_("Staff number"), option="STAFF_NUMBER")
    with acting.at_desk(run) as desk:
        with desk.open(write=True) as (actor, work):
            service.log_out(actor, work)
        service.store(run).clear()
        _enter(run, desk, number, password_stdin, terminal)


def _terminal(run: Context, shared: bool) -> bytes | None:
    """Return the identity of the terminal for a shared login, None for one of one's own."""
    if not shared:
        return None
    if run.terminal is None:
        raise UsageProblem(
            _("A shared login needs a terminal, and there is none here."),
            hint=_("Run it in a terminal window, or leave out --shared."),
        )
    return run.terminal.identity


def _enter(
    run: Context, desk: Desk, number: str, password_stdin: bool, terminal: bytes | None
) -> None:
    """Log somebody in and say so, asking for what is missing on the way."""
    from pcloud_cli.services import login as service
    from pcloud_cli.services import recovery

    password = (
        run.secret_line()
        if password_stdin
        else run.secret(_("Password"), option="--password-stdin")
    )
    with desk.open() as (_actor, work):
        looked = service.look(work, number, password)
        terminal = service.terminal_for(run, work, terminal)
    tried = service.Attempt(number, password, None, run.place, terminal, looked)
    with desk.open(write=True) as (actor, work):
        result = service.attempt(actor, work, tried, random=run.random)
    if result.wants_code:
        code = run.secret_line() if password_stdin else _code(run)
        with desk.open(write=True) as (actor, work):
            tried = replace(tried, code=code)
            result = service.attempt(actor, work, tried, random=run.random)
    made = result.login
    if made is None:
        raise service.refused()
    _keep(run, made)
    if made.restricted and not made.wants_factor and run.may_ask and not password_stdin:
        made = _first_change(run, desk, password, made.first_until)
    _warn_of_variable(run)
    _tell(run, made)
    with desk.open() as (_actor, work):
        warning = recovery.warning(work.session, work.keys)
    if warning:
        run.out.note(warning)
    run.out.record(_shown(made), LOGIN_COLUMNS)


def _code(run: Context) -> str:
    return run.secret(_("Code of the app, or a recovery code"), option="--password-stdin")


def _keep(run: Context, made: Login) -> None:
    from pcloud_cli.services import login as service

    store = service.store(run)
    place = store.save(made.token, shared=made.shared)
    if store.fell_back:
        run.out.note(
            _("The keyring does not work here; the login is kept in the file {path}.").format(
                path=place
            )
        )


def _tell(run: Context, made: Login) -> None:
    """Say what its holder should know of the login."""
    if made.wants_factor:
        run.out.note(
            _(
                "One of your roles needs a second factor: set it up with"
                " `pcloud account second-factor enable`."
            )
        )
    elif made.restricted:
        run.out.note(_("This is a first password: set your own with `pcloud account passwd`."))
        if made.first_until is not None:
            run.out.note(
                _("It opens nothing else, and nothing at all after {until}.").format(
                    until=shown_value(made.first_until, run.settings.text("zone"))
                )
            )
    if made.shared:
        run.out.note(
            _(
                "This login is for this terminal alone and ends when idle. Leave with `pcloud"
                " logout`; the next person takes over with `pcloud switch`."
            )
        )
    if made.before is not None:
        at, origin = made.before
        run.out.note(
            _("Last login: {at} from {origin}.").format(
                at=shown_value(at, run.settings.text("zone")), origin=origin
            )
        )
    if made.failed:
        run.out.note(
            _(
                "Failed attempts since then: {count}. If they were not yours, run `pcloud account"
                " report-compromise`."
            ).format(count=made.failed)
        )
    if made.codes_left is not None:
        run.out.note(
            _(
                "A recovery code was used; {count} are left. New ones: `pcloud account"
                " second-factor codes`."
            ).format(count=made.codes_left)
        )


@app.verb("logout", examples="pcloud logout")
def logout(run: Context) -> None:
    """End this login. Without one there is nothing to do."""
    from pcloud_cli.services import acting
    from pcloud_cli.services import login as service

    with acting.as_caller(run, write=True) as (actor, work):
        ended = service.log_out(actor, work)
    service.store(run).clear()
    run.out.note(_("You are logged out.") if ended else _("Nobody was logged in."))


@app.verb("whoami", examples="pcloud whoami\npcloud whoami -o json")
def whoami(run: Context) -> None:
    """Show who is logged in, with which roles, in which profile, on which host and database."""
    from pcloud_cli.services import account, acting, role, words
    from pcloud_cli.services import login as service

    with acting.as_caller(run) as (actor, work):
        who = service.whoami(actor, work)
    who |= {
        "profile": run.settings.profile,
        "origin": run.origin,
        "database": safe_url(run.settings.database_url()),
    }
    spoken = {"kind": account.KINDS, "roles": role.names()}
    (shown,) = words.for_output(run.out, [who], spoken)
    run.out.record(shown, WHO_COLUMNS)


def _first_change(run: Context, desk: Desk, password: str, until: datetime | None) -> Login:
    from pcloud_cli.services import account
    from pcloud_cli.services import login as service

    run.out.note(
        _(
            "This is a first password. Choose your own: at least 8 characters, with upper and"
            " lower case, a digit and a special character."
        )
    )
    if until is not None:
        run.out.note(
            _("It opens nothing else, and nothing at all after {until}.").format(
                until=shown_value(until, run.settings.text("zone"))
            )
        )
    for left in reversed(range(_TRIES)):
        new = run.secret(_("New password"), option="--password-stdin", twice=True)
        try:
            with desk.open() as (actor, work):
                compared = account.compare_new(actor, work, old=password, new=new)
            with desk.open(write=True) as (actor, work):
                made = account.change_password(
                    actor, work, old=password, new=new, random=run.random, compared=compared
                )
        except UsageProblem as problem:
            if not left:
                raise
            run.out.error(problem)
            continue
        if made is None:
            raise service.refused()
        _keep(run, made)
        return made
    raise AssertionError


def _warn_of_variable(run: Context) -> None:
    from pcloud_cli.security.session_store import VARIABLE

    if run.env.get(VARIABLE):
        run.out.note(_("{variable} is set and goes before this login.").format(variable=VARIABLE))


def _shown(made: Login) -> dict[str, object]:
    return {
        "staff_number": made.staff_number,
        "name": made.name,
        "expires_at": made.expires_at,
        "restricted": made.restricted,
        "shared": made.shared,
    }
