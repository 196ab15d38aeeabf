"""`pcloud cron`: lines and units by which this installation's jobs run by the clock."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

if TYPE_CHECKING:
    from pcloud_cli.services.cron import Setting

app = Noun(N_("Crontab lines and systemd units that fit this installation."))

COLUMNS = (
    Column("job", N_("Job")),
    Column("when", N_("When")),
    Column("role", N_("Role of its account")),
    Column("title", N_("What it does")),
)


@app.verb("list", examples="pcloud cron list")
def list_(run: Context) -> None:
    """List the jobs, when each runs, and which role its service account needs."""
    from pcloud_cli.services.cron import JOBS

    rows = [
        {"job": name, "when": job.cron or None, "role": job.role, "title": _(job.title)}
        for name, job in JOBS.items()
    ]
    run.out.rows(rows, COLUMNS)


@app.verb(
    "print",
    examples="pcloud cron print\npcloud cron print sweep deliver\n"
    "pcloud cron print --cron-d > /etc/cron.d/pcloud\n"
    "pcloud cron print --systemd --folder /etc/systemd/system",
)
def print_(
    run: Context,
    jobs: Annotated[
        list[str] | None,
        typer.Argument(metavar="JOB", help=N_("Only these; `pcloud cron list` names them.")),
    ] = None,
    *,
    systemd: Annotated[
        bool, typer.Option("--systemd", help=N_("Units and timers in place of crontab lines."))
    ] = False,
    cron_d: Annotated[
        bool, typer.Option("--cron-d", help=N_("With the account, as /etc/cron.d wants it."))
    ] = False,
    folder: Annotated[
        str | None,
        typer.Option("--folder", help=N_("With --systemd: write each unit into this folder.")),
    ] = None,
    user: Annotated[
        str | None, typer.Option("--user", help=N_("Account of the system; that of this call."))
    ] = None,
    tokens: Annotated[
        str | None,
        typer.Option("--tokens", help=N_("Folder of the tokens; that of the settings file.")),
    ] = None,
    reports: Annotated[
        str | None, typer.Option("--reports", help=N_("Folder that reports are written to."))
    ] = None,
    evidence: Annotated[
        str | None,
        typer.Option("--evidence", help=N_("File that checkpoints are appended to.")),
    ] = None,
    python: Annotated[
        str | None,
        typer.Option("--python", help=N_("Python that has the program; that of this call.")),
    ] = None,
) -> None:
    """Print what runs the jobs: crontab lines, or with --systemd units and timers.

    They name this program, settings, profile and account, and need nothing of the environment.
    Each job has a token of its own in a file, ROLE.token; `pcloud account token create`
    writes it.
    """
    from pcloud_cli.errors import UsageProblem
    from pcloud_cli.services import cron

    if folder is not None and not systemd:
        raise UsageProblem(_("--folder is for units."), hint=_("Give --systemd as well."))
    if cron_d and systemd:
        raise UsageProblem(_("Choose either --systemd or --cron-d."))
    wanted = cron.chosen(jobs or [], systemd=systemd)
    setting = _setting(run, user, tokens, reports, evidence, python)
    if not systemd:
        for line in cron.crontab(wanted, setting, with_user=cron_d):
            run.stdout.write(f"{line}\n")
        _lacks(run, cron.lacking(wanted, setting))
        return
    units = cron.units(wanted, setting)
    if folder is None:
        for name, text in units.items():
            run.stdout.write(f"# /etc/systemd/system/{name}\n{text}\n")
    else:
        _write(run, Path(folder), units)
    _lacks(run, cron.lacking(wanted, setting))


def _lacks(run: Context, missing: dict[str, Path]) -> None:
    """Say how the token files are made that are not there."""
    from pcloud_cli.services import cron

    for role, path in missing.items():
        run.out.note(_("The token file {path} is not there yet; make it:").format(path=path))
        for command in cron.making(role, path):
            run.out.note(f"  {command}")


def _write(run: Context, folder: Path, units: dict[str, str]) -> None:
    from pcloud_cli.files import replacing

    for name, text in units.items():
        path = folder / name
        with replacing(path, mode=0o644) as stream:
            stream.write(text.encode())
        run.out.note(_("Written to {path}.").format(path=path))


def _setting(
    run: Context,
    user: str | None,
    tokens: str | None,
    reports: str | None,
    evidence: str | None,
    python: str | None,
) -> Setting:
    from pcloud_cli.place import process_user
    from pcloud_cli.services import cron
    from pcloud_cli.settings import safe_url

    settings, folders = run.settings, run.folders
    url = settings.text("database")
    config = settings.path.absolute()
    database = url.removeprefix("sqlite:///") if url.startswith("sqlite:///") else None
    places = [folders.state, *([Path(database).absolute().parent] if database else [])]

    def place(given: str | None, otherwise: Path) -> Path:
        return Path(given).absolute() if given else otherwise

    return cron.Setting(
        python=python or sys.executable,
        environment=cron.needed(run.env, config, has_password=safe_url(url) != url),
        profile=run.settings.profile,
        user=user or process_user(),
        tokens=place(tokens, config.parent),
        reports=place(reports, folders.data / "reports"),
        evidence=place(evidence, folders.state / "checkpoints.jsonl"),
        writes=tuple(dict.fromkeys(places)),
    )
