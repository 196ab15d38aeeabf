"""The root command, its lazily loaded nouns, and the one place where errors become output."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from typing import Annotated, cast

import typer

from pcloud_cli import __version__
from pcloud_cli.context import Context, Flags
from pcloud_cli.errors import ExitCode, Failed, PcloudError
from pcloud_cli.i18n import N_, _
from pcloud_cli.interrupts import heed, remembered
from pcloud_cli.streams import give_up, is_unwritable
from pcloud_cli.typer_adapter import HelpAsked, LazyRoot, OutputFormat, usage_problem

_PACKAGE = "pcloud_cli.commands."
_COLLECT_FROM = 50_000


class Root(LazyRoot):
    """Every noun by name; the order is the order of a first day's work."""

    table = {  # noqa: RUF012 - the class is the registry
        "init": (_PACKAGE + "init", N_("Set up database, key and the first two accounts.")),
        "doctor": (_PACKAGE + "doctor", N_("Check the installation; say what to mend.")),
        "config": (_PACKAGE + "config", N_("Show settings and where each comes from.")),
        "db": (_PACKAGE + "db", N_("Bring the database's tables up to date.")),
        "key": (_PACKAGE + "key", N_("Create and check the master key.")),
        "recover": (_PACKAGE + "recover", N_("With the master key, when all else is lost.")),
        "login": (_PACKAGE + "login", N_("Log in with a staff number.")),
        "switch": (_PACKAGE + "login", N_("Hand over to the next person in one step (换人).")),
        "logout": (_PACKAGE + "login", N_("End this login.")),
        "whoami": (_PACKAGE + "login", N_("Show who is logged in, and where.")),
        "account": (_PACKAGE + "accounts", N_("Register staff and change passwords.")),
        "role": (_PACKAGE + "role", N_("Grant roles and see who has which.")),
        "policy": (
            _PACKAGE + "policy",
            N_("Rules of accounts and logins: see them, propose others, approve."),
        ),
        "region": (_PACKAGE + "region", N_("Regions (区域): sets of communities.")),
        "community": (_PACKAGE + "community", N_("Communities (小区).")),
        "house": (_PACKAGE + "house", N_("Houses (房屋) and how their addresses are read.")),
        "owner": (_PACKAGE + "owner", N_("Owners (业主), masked; find one by name, phone or ID.")),
        "import": (_PACKAGE + "imports", N_("Bring a developer's workbook in, whole and clean.")),
        "fault-type": (_PACKAGE + "fault_type", N_("Fault types (故障类型) and their skills.")),
        "technician": (_PACKAGE + "technician", N_("Technicians: their skills and limits.")),
        "price": (_PACKAGE + "price", N_("Price lists of repairs that the owner pays.")),
        "firm": (_PACKAGE + "firm", N_("Maintenance firms (第三方维保单位).")),
        "ticket": (
            _PACKAGE + "ticket",
            N_("Repair tickets (报修工单), from the call to the rating."),
        ),
        "attachment": (
            _PACKAGE + "attachment",
            N_("Photos, videos and papers (附件), encrypted; attach, fetch, prove."),
        ),
        "roster": (_PACKAGE + "roster", N_("The roster (排班表): shifts, swaps, hand-over.")),
        "report": (_PACKAGE + "report", N_("Reports with charts for management.")),
        "outbox": (_PACKAGE + "outbox", N_("Messages on their way; deliver, retry, drop.")),
        "sweep": (_PACKAGE + "sweep", N_("Work off what has fallen due; see what is next.")),
        "audit": (_PACKAGE + "audit", N_("Read and prove the audit trail.")),
        "cron": (_PACKAGE + "cron", N_("Crontab lines and systemd units that fit this place.")),
        "boundary": (_PACKAGE + "boundary", N_("Files that keep staff from key and database.")),
    }


OPEN_TO_NOBODY = {
    "init": "there is nobody before it; where there is, it changes nothing",
    "doctor": "it shows no data, and a broken installation lets nobody log in",
    "config show": "settings only, without their passwords",
    "db current": "a revision, no data",
    "db upgrade": "the tables of the accounts may be older than the program",
    "key create": "it makes a file and opens no database",
    "recover key": "whoever has the key needs no leave, and without it nobody can log in",
    "recover administrator": "it asks for the master key itself: who has that may anyway",
    "login": "whoever logs in is nobody until then",
    "switch": "whoever logs in is nobody until then; it only ends the caller's own login",
    "logout": "it ends the caller's own login, if there is one",
    "house parse": "it reads the caller's own texts and opens no database",
    "audit check": "it judges the caller's own files by a public key, without a database",
    "cron list": "names of jobs, no data",
    "cron print": "paths and settings, for whoever looks after the machine; no data, no secret",
    "boundary list": "names of files, no data",
    "boundary print": "texts for whoever looks after the machine, no data",
    "import template": "an empty workbook",
    "import check": "without --community it judges the caller's own files, without a database",
}
"""The commands that may be run without a login, and why; every other one refuses nobody.

Help, `--version` and completion stand before all commands.
"""

ABOUT_ONESELF = {
    "whoami": "who one is",
    "account passwd": "one's own password",
    "account logins": "without a staff number: one's own",
    "account sessions list": "without a staff number: one's own",
    "account report-compromise": "without a staff number: one's own account",
    "account second-factor enable": "one's own",
    "account second-factor disable": "without a staff number: one's own",
    "account second-factor codes": "one's own",
}
"""The commands for which a login is enough: they are about who is logged in, and no more."""

app = typer.Typer(
    name="pcloud",
    cls=Root,
    help=N_("Administration toolkit of a residential property platform.")
    + "\n\n"
    + N_(
        "It brings a developer's workbook in whole and clean, gives each person the least they "
        "need, and can prove afterwards what was done. Start with `pcloud init`."
    ),
    epilog="pcloud init\npcloud import check handover.xlsx\npcloud owner find --phone 13800138000",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(value: bool) -> None:
    if value:
        sys.stdout.write(f"pcloud {__version__}\n")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    output: Annotated[
        OutputFormat | None,
        typer.Option(
            "--output",
            "-o",
            metavar=N_("FORMAT"),
            help=N_("Format: table, json, jsonl, csv, tsv, yaml or ids."),
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option("--profile", metavar=N_("NAME"), help=N_("Settings profile to use.")),
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="en|zh", help=N_("Language of messages."))
    ] = None,
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool,
        typer.Option(
            "--version", help=N_("Show the version."), callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Take the options that stand before the noun."""
    run = cast(Context, ctx.obj)
    chosen = None if output is None else str(output.value)
    run.adopt(Flags(output=chosen, profile=profile, lang=lang))


def main(argv: list[str] | None = None, run: Context | None = None) -> int:
    """Run the program with `argv` and leave with its exit code.

    Called by the console script; `run` lets a caller bring streams and a clock of its own.
    """
    if argv is None:
        # loading modules makes tens of thousands of objects, and looking for garbage among them
        # takes a tenth of a short command's time
        gc.set_threshold(_COLLECT_FROM)
    arguments = sys.argv[1:] if argv is None else argv
    run = run or Context.of_process()
    with remembered(run):
        code = _guarded(arguments, run)
        if argv is None:
            _flush_and_leave(code, arguments, run)
    return code


def _guarded(arguments: list[str], run: Context) -> int:
    try:
        try:
            _language_early(arguments, run)
            return cast(Root, typer.main.get_command(app)).run(arguments, run)
        except HelpAsked:
            raise
        except Exception as error:
            heed(run)
            if isinstance(error, PcloudError):
                raise
            problem = usage_problem(error)
            if problem is None:
                raise
            raise problem from None
    except HelpAsked as asked:
        with suppress(OSError):
            run.stderr.write(f"{asked}\n")
        return ExitCode.USAGE
    except PcloudError as error:
        _say(error, arguments, run)
        return error.exit_code
    except (KeyboardInterrupt, EOFError, typer.Abort):
        with suppress(OSError):
            said = _("Ended.") if run.looks_on else _("Interrupted; nothing half-done remains.")
            run.stderr.write(f"\n{said}\n")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # the reader has seen enough
        give_up(sys.stdout)
        return ExitCode.DONE
    except Exception as error:
        if isinstance(error, OSError) and is_unwritable(error):
            give_up(sys.stdout)
            failure = _unwritable(error)
        else:
            from pcloud_cli import defects

            failure = defects.reported(error, run)
        _say(failure, arguments, run)
        return failure.exit_code


def _language_early(arguments: list[str], run: Context) -> None:
    """Choose the language before parsing, so that a wrong call is answered in it too."""
    flags = Flags(
        output=_peek(arguments, ("-o", "--output")),
        lang=_peek(arguments, ("--lang",)),
        profile=_peek(arguments, ("--profile",)),
    )
    run.flags = (
        flags
        if flags.output in {str(f.value) for f in OutputFormat}
        else Flags(lang=flags.lang, profile=flags.profile)
    )
    helping = {"-h", "--help", "--version"} & set(arguments)
    try:
        run.choose_language()
    except PcloudError:
        if not helping:
            raise


def _peek(arguments: list[str], names: tuple[str, ...]) -> str | None:
    for position, argument in enumerate(arguments):
        for name in names:
            if argument == name and position + 1 < len(arguments):
                return arguments[position + 1]
            if argument.startswith(f"{name}=") and name.startswith("--"):
                return argument.partition("=")[2]
    return None


def _say(error: PcloudError, arguments: list[str], run: Context) -> None:
    try:
        out = run.out
    except Exception:
        # the settings themselves are broken: answer without them
        from pcloud_cli.output.writer import Output

        chosen = _peek(arguments, ("-o", "--output")) or "table"
        out = Output(stdout=run.stdout, stderr=run.stderr, format_name=chosen)
    out.error(error)


def _unwritable(error: OSError) -> PcloudError:
    from pcloud_cli.reasons import reason_of

    return Failed(
        _("What there is to show cannot be written: {reason}").format(reason=reason_of(error)),
        hint=_("Make room, or send the output elsewhere, and run the command again."),
        code="unwritable",
    )


def _flush_and_leave(code: int, arguments: list[str], run: Context) -> None:
    try:
        run.stdout.flush()
    except BrokenPipeError:
        give_up(sys.stdout)
    except OSError as error:
        give_up(sys.stdout)
        problem = _unwritable(error)
        _say(problem, arguments, run)
        code = problem.exit_code
    except KeyboardInterrupt:
        # what it was asked to do is done; only nobody wants to see the rest
        give_up(sys.stdout)
        code = ExitCode.INTERRUPTED
    try:
        run.stderr.flush()
    except (OSError, KeyboardInterrupt):
        give_up(sys.stderr)
    sys.exit(code)
