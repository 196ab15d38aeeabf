"""`pcloud account second-factor`: one-time codes of an app, and recovery codes (2.1.1)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

if TYPE_CHECKING:
    from pcloud_cli.services.acting import Desk

app = Noun(N_("One-time codes of a phone beside the password."))

CODES = (Column("code", N_("Recovery code")),)
TAKEN_OFF = (Column("staff_number", N_("Staff number")),)

FromStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        help=N_("Read the password and then the code from standard input, a line each."),
    ),
]
Out = Annotated[
    str | None,
    typer.Option(
        "--out", metavar="FILE", help=N_("Write the recovery codes into a file, mode 0600.")
    ),
]


@app.verb(
    "enable",
    examples="pcloud account second-factor enable\n"
    "pcloud account second-factor enable --out ~/recovery.txt",
)
def enable(run: Context, password_stdin: FromStdin = False, out: Out = None) -> None:
    """Set up an authenticator app on your phone: from then on, a login asks for its code.

    The secret is shown for the app to take over. The recovery codes that follow each stand in for
    one code when the phone is lost: keep them apart from it.
    """
    from pcloud_cli.services import acting, login, second_factor

    with acting.at_desk(run) as desk:
        with desk.open() as (actor, work):
            second_factor.may_enable(actor, work)
        password = _password(run, password_stdin)
        _prove(desk, password, None)
        secret = second_factor.new_secret(actor, run.random)
        run.out.note(_("Take this over into the app: {uri}").format(uri=secret.uri))
        run.out.note(_("Or type the secret there: {secret}").format(secret=secret.text))
        code = _code(run, password_stdin, _("Code that the app shows now"))
        with desk.open(write=True) as (actor, work):
            codes = second_factor.enable(
                actor, work, secret=secret.text, code=code, random=run.random
            )
            made = login.freed(actor, work, random=run.random)
            _write(out, codes)
    if made is not None:
        login.store(run).save(made.token, shared=made.shared)
    run.out.note(_("The second factor is in force."))
    _show(run, out, codes)


@app.verb(
    "disable",
    examples="pcloud account second-factor disable\n"
    "pcloud account second-factor disable KF001 --reason 手机丢失",
)
def disable(
    run: Context,
    staff_number: Annotated[
        str | None,
        typer.Argument(metavar="STAFF_NUMBER", help=N_("Whose was lost; without it your own.")),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help=N_("Why another's is taken off."))
    ] = None,
    password_stdin: FromStdin = False,
) -> None:
    """Take your second factor off, or as a system administrator one that somebody lost."""
    from pcloud_cli.services import account, acting, second_factor

    with acting.at_desk(run) as desk:
        if staff_number is not None:
            with desk.open() as (actor, work):
                account.named(actor, work, staff_number, need="account.factor")
            why = reason or run.ask(_("Why"), option="--reason")
            with desk.open(write=True) as (actor, work):
                found = account.named(actor, work, staff_number, need="account.factor")
                second_factor.take_off(actor, work, found, reason=why)
        else:
            with desk.open() as (actor, work):
                second_factor.may_disable(actor, work)
            password = _password(run, password_stdin)
            code = _code(run, password_stdin, _("Code, or a recovery code"))
            _prove(desk, password, code)
            with desk.open(write=True) as (actor, work):
                second_factor.disable(actor, work)
    run.out.note(_("The second factor is taken off."))


@app.verb(
    "codes",
    examples="pcloud account second-factor codes\n"
    "pcloud account second-factor codes --out ~/recovery.txt",
)
def codes(run: Context, password_stdin: FromStdin = False, out: Out = None) -> None:
    """Make new recovery codes. The old ones end."""
    from pcloud_cli.services import acting, second_factor

    with acting.at_desk(run) as desk:
        with desk.open() as (actor, work):
            second_factor.must_have(actor, work)
        password = _password(run, password_stdin)
        code = _code(run, password_stdin, _("Code, or a recovery code"))
        _prove(desk, password, code)
        with desk.open(write=True) as (actor, work):
            made = second_factor.new_codes(actor, work, run.random)
            _write(out, made)
    _show(run, out, made)


def _password(run: Context, from_stdin: bool) -> str:
    if from_stdin:
        return run.secret_line()
    return run.secret(_("Password"), option="--password-stdin")


def _code(run: Context, from_stdin: bool, question: str) -> str:
    if from_stdin:
        return run.secret_line()
    return run.secret(question, option="--password-stdin")


def _prove(desk: Desk, password: str, code: str | None) -> None:
    """Return where password and code are the caller's own; a failure is counted and kept."""
    from pcloud_cli.services import credentials

    with desk.open(write=True) as (actor, work):
        proved = credentials.prove(actor, work, password, code)
    if not proved:
        raise credentials.refused()


def _write(out: str | None, codes: list[str]) -> None:
    from pcloud_cli.files import replacing

    if out is not None:
        with replacing(Path(out).expanduser()) as stream:
            stream.write("".join(f"{code}\n" for code in codes).encode())


def _show(run: Context, out: str | None, codes: list[str]) -> None:
    if out is not None:
        run.out.note(_("The recovery codes are in {path}; each opens once.").format(path=out))
        return
    run.out.rows([{"code": code} for code in codes], CODES)
    run.out.note(_("Each opens once. They are shown only now and kept nowhere."))
