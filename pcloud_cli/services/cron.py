"""Lines of a crontab and units of systemd that fit this installation: what runs by the clock.

Each job runs as a service account of the least that it needs, whose token lies in a file. All of
it is silent where all is well, asks nothing, and takes nothing from the environment that it
starts in: cron gives next to none.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pcloud_cli.errors import ConfigProblem, UsageProblem
from pcloud_cli.i18n import N_, _


@dataclass(frozen=True)
class Job:
    """One job: the role of its service account, when it runs, and the words of its command.

    `cron` and `calendar` are the same times for cron and for systemd; without them it stays
    (`systemd` alone). `appends` says that its output is kept, a line more each time.
    """

    title: str
    role: str
    words: tuple[str, ...]
    cron: str = ""
    calendar: str = ""
    appends: bool = False


JOBS: Mapping[str, Job] = {
    "sweep": Job(
        N_("works off what falls due, every minute"),
        "sweeper",
        ("sweep", "run", "--quiet", "--no-input"),
        "* * * * *",
        "*-*-* *:*:00",
    ),
    "sweep-watch": Job(
        N_("the same without a timer: stays, and wakes when something is due"),
        "sweeper",
        ("sweep", "run", "--watch", "--quiet", "--no-input"),
    ),
    "deliver": Job(
        N_("sends the messages of the outbox, every minute"),
        "deliverer",
        ("outbox", "deliver", "--quiet", "--no-input"),
        "* * * * *",
        "*-*-* *:*:30",
    ),
    "report": Job(
        N_("writes the report of owners, every night"),
        "reporter",
        ("report", "export", "owners", "--out", "{reports}/owners.xlsx", "--no-input"),
        "30 5 * * *",
        "*-*-* 05:30",
    ),
    "report-tickets": Job(
        N_("writes the report of repair tickets, every night"),
        "reporter",
        ("report", "export", "tickets", "--out", "{reports}/tickets.xlsx", "--no-input"),
        "40 5 * * *",
        "*-*-* 05:40",
    ),
    "checkpoint": Job(
        N_("keeps a checkpoint of the trail, every night"),
        "sweeper",
        ("audit", "checkpoint", "-o", "jsonl", "--no-input"),
        "10 4 * * *",
        "*-*-* 04:10",
        appends=True,
    ),
}
"""What runs by the clock, by name."""

STAYING = "sweep-watch"
"""The job that takes the place of `sweep` where it is enabled; cron cannot run it."""


@dataclass(frozen=True)
class Setting:
    """How a job is started here: what the lines and units are filled with.

    `python` has the program; `environment` are the variables that it needs, no secret among
    them; `profile` is the settings profile, `user` the account of the system. `tokens` is the
    folder of the files with tokens, `reports` that of reports, `evidence` the file that
    checkpoints are appended to; `writes` are the folders that the program writes to.
    """

    python: str
    environment: Mapping[str, str]
    profile: str | None
    user: str
    tokens: Path
    reports: Path
    evidence: Path
    writes: tuple[Path, ...]

    def variables(self, job: Job) -> dict[str, str]:
        """Return the variables that `job` runs with."""
        return {**self.environment, "PCLOUD_TOKEN_FILE": str(self.tokens / f"{job.role}.token")}

    def command(self, job: Job) -> list[str]:
        """Return the words that start `job`."""
        profile = ["--profile", self.profile] if self.profile else []
        words = [word.format(reports=self.reports) for word in job.words]
        return [self.python, "-I", "-m", "pcloud_cli", *profile, *words]


def needed(env: Mapping[str, str], config: Path, *, has_password: bool) -> dict[str, str]:
    """Return the variables that the program needs beside the settings file `config`.

    Settings that this call has from its own environment go along. Raises ConfigProblem where
    that would write a password into a line that others may read.
    """
    if has_password and env.get("PCLOUD_DATABASE"):
        raise ConfigProblem(
            _("PCLOUD_DATABASE holds a password, and a crontab is no place for one."),
            hint=_("Write `database` into the settings file, mode 0600, and try again."),
        )
    found = {"PCLOUD_CONFIG": str(config)}
    found |= {
        name: env[name]
        for name in ("PCLOUD_DATABASE", "PCLOUD_KEY_FILE", "PCLOUD_ZONE", "PCLOUD_LANG")
        if env.get(name)
    }
    return found


def chosen(names: Sequence[str], *, systemd: bool) -> dict[str, Job]:
    """Return the jobs of `names`, all that there are without any.

    Raises UsageProblem for one that there is not, or that cron cannot run.
    """
    for name in names:
        if name not in JOBS:
            raise UsageProblem(
                _("There is no job {name}.").format(name=name),
                hint=_("Choose one of: {choices}.").format(choices=", ".join(JOBS)),
            )
        if not systemd and not JOBS[name].cron:
            raise UsageProblem(
                _("cron cannot run {name}: it stays.").format(name=name),
                hint=_("Give --systemd for its unit."),
            )
    return {
        name: job
        for name, job in JOBS.items()
        if name in names or (not names and (systemd or job.cron))
    }


def lacking(jobs: Mapping[str, Job], setting: Setting) -> dict[str, Path]:
    """Return the token files that `jobs` name and that are not there, by their role."""
    return {
        job.role: path
        for job in jobs.values()
        if _is_absent(path := setting.tokens / f"{job.role}.token")
    }


def making(role: str, path: Path) -> list[str]:
    """Return the commands that make a service account of `role` and its token file."""
    number = f"CRON-{role.upper()}"
    return [
        f"pcloud account create {number} {role} --service",
        f"pcloud role grant {number} {role} --reason cron",
        f"pcloud account token create {number} --name cron --out {shlex.quote(str(path))}",
    ]


def _is_absent(path: Path) -> bool:
    try:
        return not path.exists()
    except OSError:  # a folder that is closed to this call
        return False


def crontab(jobs: Mapping[str, Job], setting: Setting, *, with_user: bool) -> list[str]:
    """Return the lines of a crontab, comments before each; `with_user` as /etc/cron.d has it."""
    lines: list[str] = []
    missing = lacking(jobs, setting)
    for job in jobs.values():
        words = [f"{name}={shlex.quote(value)}" for name, value in setting.variables(job).items()]
        words += map(shlex.quote, setting.command(job))
        if job.appends:
            words += [">>", shlex.quote(str(setting.evidence))]
        # cron reads % as the end of the line, whatever stands around it
        command = " ".join(words).replace("%", r"\%")
        user = f"{setting.user}  " if with_user else ""
        lines += [f"# {_(job.title)}"]
        if job.role in missing:
            path = str(missing[job.role])
            lines += ["# " + _("The token file {path} is not there yet.").format(path=path)]
        lines += [f"{job.cron}  {user}{command}"]
    return lines


def units(jobs: Mapping[str, Job], setting: Setting) -> dict[str, str]:
    """Return the units of systemd by the name of their file."""
    found = {}
    for name, job in jobs.items():
        found[f"pcloud-{name}.service"] = _service(job, setting)
        if job.calendar:
            found[f"pcloud-{name}.timer"] = _timer(job)
    return found


def _service(job: Job, setting: Setting) -> str:
    stays = not job.calendar
    folders = [*setting.writes, *([setting.reports] if job.role == "reporter" else [])]
    lines = [
        "[Unit]",
        f"Description=pcloud: {_(job.title)}",
        "After=network-online.target postgresql.service",
        "Wants=network-online.target",
    ]
    if stays:
        lines += ["Conflicts=pcloud-sweep.timer"]
    lines += ["", "[Service]", f"Type={'exec' if stays else 'oneshot'}", f"User={setting.user}"]
    lines += [
        f"Environment={_quoted(f'{name}={value}')}"
        for name, value in setting.variables(job).items()
    ]
    lines += ["ExecStart=" + " ".join(_word(word) for word in setting.command(job))]
    if stays:
        # a login that was revoked, or settings that are broken, do not mend by trying again
        lines += ["Restart=on-failure", "RestartSec=15", "RestartPreventExitStatus=4 78"]
    else:
        # that another one is at work is no failure
        lines += ["SuccessExitStatus=75"]
    if job.appends:
        lines += [f"StandardOutput=append:{_percent(str(setting.evidence))}"]
    lines += ["NoNewPrivileges=yes", "PrivateTmp=yes", "ProtectSystem=strict"]
    lines += [f"ReadWritePaths={_quoted('-' + str(each))}" for each in folders]
    if stays:
        lines += ["", "[Install]", "WantedBy=multi-user.target"]
    return "\n".join(lines) + "\n"


def _timer(job: Job) -> str:
    lines = ["[Unit]", f"Description=pcloud: {_(job.title)}", ""]
    lines += ["[Timer]", f"OnCalendar={job.calendar}", "AccuracySec=1s", "Persistent=yes"]
    return "\n".join([*lines, "", "[Install]", "WantedBy=timers.target"]) + "\n"


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    """Return `text` as one quoted word of a unit."""
    return '"' + _percent(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _word(text: str) -> str:
    """Return `text` as one word of a command line in a unit, where $ names a variable."""
    plain = text.replace("$", "$$")
    safe = all(each.isalnum() or each in "/._-+:=@,$%" for each in plain)
    return _percent(plain) if safe else _quoted(plain)
