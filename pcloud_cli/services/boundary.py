"""The files of the account boundary (docs/operations.md), for one account, group and place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _

_ACCOUNT = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_PLACE = re.compile(r"(/[A-Za-z0-9._+@-]+)+")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_KEY = re.compile(
    r"(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519@openssh\.com|"
    r"sk-ecdsa-sha2-nistp256@openssh\.com) [A-Za-z0-9+/]{40,16000}={0,2}"
)


@dataclass(frozen=True)
class Place:
    """What stands in the files: the program's account, the staff's group, folders, the Python."""

    account: str = "pcloud"
    group: str = "property"
    home: str = "/var/lib/pcloud"
    python: str = "/opt/pcloud/bin/python"
    evidence: str = "/var/log/pcloud-checkpoints.jsonl"

    def check(self) -> None:
        """Raise UsageProblem where a name is none, or a path holds what a file would misread."""
        for option, value in (("--account", self.account), ("--group", self.group)):
            if not _ACCOUNT.fullmatch(value):
                raise _unfit(option, value)
        for option, value in (
            ("--home", self.home),
            ("--python", self.python),
            ("--evidence", self.evidence),
        ):
            if not _PLACE.fullmatch(value) or ".." in value:
                raise _unfit(option, value)


KINDS: Mapping[str, tuple[str, str]] = {
    "sysusers": ("/etc/sysusers.d/pcloud.conf", N_("the account")),
    "tmpfiles": ("/etc/tmpfiles.d/pcloud.conf", N_("its folders and their modes")),
    "sudoers": ("/etc/sudoers.d/pcloud", N_("the rule by which staff of this machine come in")),
    "launcher": ("/usr/local/bin/pcloud", N_("what staff call: it goes through the rule")),
    "authorized-key": (
        "~pcloud/.ssh/authorized_keys",
        N_("one line a person who comes in by SSH; the key by standard input"),
    ),
    "checkpoint-service": (
        "/etc/systemd/system/pcloud-checkpoint.service",
        N_("writes a checkpoint of the trail where pcloud itself cannot change it"),
    ),
    "checkpoint-timer": ("/etc/systemd/system/pcloud-checkpoint.timer", N_("every night")),
    "checkpoint-cron": ("/etc/cron.d/pcloud-checkpoint", N_("the same where cron does it")),
}
"""What there is, where it goes, and what it is for."""

_TEMPLATES: Mapping[str, str] = {
    "sysusers": """\
# the account that owns key, database and logins; no password: nobody logs in as it
u {account} - "pcloud" {home} /bin/sh
""",
    "tmpfiles": """\
# systemd-tmpfiles --create; all of it is closed to everybody else
d {home} 0700 {account} {account}
d {home}/.config 0700 {account} {account}
d {home}/.config/pcloud 0700 {account} {account}
d {home}/.ssh 0700 {account} {account}
d {home}/staff 0700 {account} {account}
d /etc/pcloud 0750 root {account}
""",
    "sudoers": """\
# check it before it counts: visudo -cf FILE
Cmnd_Alias PCLOUD_DOOR = {python} -I -m pcloud_cli.entry sudo, \\
    {python} -I -m pcloud_cli.entry sudo *
Defaults!PCLOUD_DOOR env_reset, !setenv, always_set_home, umask=0077, umask_override
Defaults!PCLOUD_DOOR env_keep = "LANG LANGUAGE LC_ALL LC_CTYPE LC_MESSAGES TERM COLUMNS LINES"
Defaults!PCLOUD_DOOR secure_path = "/usr/local/bin:/usr/bin:/bin"
%{group} ALL = ({account}) NOPASSWD: PCLOUD_DOOR
""",
    "launcher": """\
#!/bin/sh
# the account itself goes straight; everybody else through the rule in sudoers.d
if [ "$(id -un)" = {account} ]; then
    exec {python} -I -m pcloud_cli "$@"
fi
exec sudo -u {account} -- {python} -I -m pcloud_cli.entry sudo "$@"
""",
    "authorized-key": """\
restrict,pty,command="{python} -I -m pcloud_cli.entry ssh {name}" {key} {name}
""",
    "checkpoint-service": """\
[Unit]
Description=Checkpoint of the trail of pcloud, kept elsewhere

[Service]
Type=oneshot
User={account}
LoadCredential=token:/etc/pcloud/checkpoint.token
ExecStart=/bin/sh -c 'PCLOUD_TOKEN="$$(cat %d/token)" exec {python} -I -m pcloud_cli audit \
checkpoint -o jsonl --no-input'
# opened by the service manager, not by the account: what was written stays written
StandardOutput=append:{evidence}
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths={home}
""",
    "checkpoint-timer": """\
[Unit]
Description=Checkpoint of the trail of pcloud, every night

[Timer]
OnCalendar=*-*-* 04:10
Persistent=yes

[Install]
WantedBy=timers.target
""",
    "checkpoint-cron": """\
# root opens the file, and the account only writes into what it is given
PATH=/usr/local/bin:/usr/bin:/bin
10 4 * * *  root  PCLOUD_TOKEN="$(cat /etc/pcloud/checkpoint.token)" runuser -u {account} -- \
{python} -I -m pcloud_cli audit checkpoint -o jsonl --no-input >> {evidence}
""",
}


def rendered(kind: str, place: Place, *, name: str | None = None, key: str | None = None) -> str:
    """Return the file `kind` for `place`; `name` and `key` are a person's, for authorized-key.

    Raises UsageProblem for what there is not, and for what would not be read as it is meant.
    """
    if kind not in _TEMPLATES:
        raise UsageProblem(
            _("There is no file {name}.").format(name=kind),
            hint=_("Choose one of: {choices}.").format(choices=", ".join(KINDS)),
        )
    place.check()
    values = {**vars(place), "name": "", "key": ""}
    if kind == "authorized-key":
        if name is None or not _NAME.fullmatch(name):
            raise _unfit("--name", name or "")
        found = _KEY.match((key or "").strip())
        if found is None:
            raise UsageProblem(
                _("This is no public key of SSH."),
                hint=_("Give the content of a file like id_ed25519.pub by standard input."),
            )
        values |= {"name": name, "key": found.group()}
    return _TEMPLATES[kind].format(**values)


def _unfit(option: str, value: str) -> UsageProblem:
    return UsageProblem(
        _("{name} cannot be {value}.").format(name=option, value=repr(value)),
        hint=_("Letters, digits, dots and dashes; a path is whole and has no blanks."),
    )
