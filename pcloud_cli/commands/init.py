"""`pcloud init`: set an installation up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pcloud_cli import i18n
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Set up database, key and the first two accounts."))

COLUMNS = (
    Column("staff_number", N_("Staff number")),
    Column("name", N_("Name")),
    Column("role", N_("Role")),
    Column("first_password", N_("First password")),
)


@app.verb(
    "init",
    examples="pcloud init\n"
    "pcloud init --no-input --key-copy /mnt/usb/pcloud.key\n"
    "pcloud init --database postgresql://pcloud@db.example/pcloud --language zh",
)
def init(
    run: Context,
    database: Annotated[
        str | None, typer.Option("--database", help=N_("Database URL; a SQLite file by default."))
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help=N_("Language to remember: en or zh."))
    ] = None,
    key_file: Annotated[
        str | None,
        typer.Option("--key-file", help=N_("File of the master key, apart from the data.")),
    ] = None,
    key_copy: Annotated[
        str | None,
        typer.Option("--key-copy", help=N_("Where a copy of the key goes; none for no copy.")),
    ] = None,
    administration: Annotated[
        str, typer.Option("--administration", help=N_("Staff number of 行政, who registers staff."))
    ] = "A001",
    system: Annotated[
        str,
        typer.Option("--system", help=N_("Staff number of 系统管理员, who grants roles.")),
    ] = "S001",
) -> None:
    """Set up an installation: the database, the master key and a copy of it, and two accounts.

    Administration (行政) registers staff and grants nothing; the system administrator (系统管理员)
    grants roles and registers nobody. Their first passwords are shown once, here. On a terminal
    it asks; unattended it takes the defaults. Run again before anybody logged in, it gives new
    first passwords; after that, it changes nothing.
    """
    from pcloud_cli.services import role, setup, words

    chosen = language or run.settings.text("language") or None
    if chosen is None and run.may_ask:
        chosen = run.choose(
            "Language / 语言", [("zh", "中文"), ("en", "English")], option="--language"
        )
    code = i18n.normalise(chosen or i18n.language()) or "en"
    i18n.set_language(code)
    usual_database, usual_key, usual_copy = setup.default_plan_paths(run)
    key_elsewhere = bool(run.env.get("PCLOUD_KEY") or run.env.get("CREDENTIALS_DIRECTORY"))
    place = key_file or run.settings.text("key_file")
    database = database or run.settings.text("database")
    if not database:
        database = _asked(run, _("Database URL"), usual_database)
    if not place and not key_elsewhere:
        place = _asked(run, _("File for the master key"), str(usual_key))
    if key_copy is None and not key_elsewhere and not Path(place).exists():
        key_copy = _asked(
            run,
            _("File for a copy of the key, on another disk (none: no copy)"),
            str(usual_copy),
        )
    plan = setup.Plan(
        database=database,
        key_file=Path(place) if place else None,
        key_copy=Path(key_copy) if key_copy and key_copy != "none" else None,
        language=code,
        accounts=(
            setup.FirstAccount(administration, _("Administration"), "administration"),
            setup.FirstAccount(system, _("System administrator"), "system_admin"),
        ),
    )
    made = setup.set_up(run, plan)
    for step in made.steps:
        run.out.note(step)
    if made.already:
        run.out.note(_("This installation was set up before; nothing was changed."))
        run.out.structured([])
        return
    rows = (
        {"staff_number": number, "name": name, "role": held, "first_password": password}
        for number, name, held, password in made.accounts
    )
    run.out.rows(words.for_output(run.out, rows, {"role": role.names()}), COLUMNS)
    run.out.note(_("These passwords are shown once and open nothing but their own change:"))
    run.out.note(_("each of the two runs `pcloud login` and sets a password."))
    if key_copy == "none":
        run.out.note(_("There is no copy of the key. If it is lost, so is all private data."))


def _asked(run: Context, question: str, usual: str) -> str:
    return run.ask(question, option="", default=usual) if run.may_ask else usual
