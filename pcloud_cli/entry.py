"""The door across the account boundary: what a sudo rule or an SSH forced command runs.

    python -I -m pcloud_cli.entry ssh KF001         the words are SSH_ORIGINAL_COMMAND
    python -I -m pcloud_cli.entry sudo owner list   the words are the arguments

It runs as the account that owns key and database, on behalf of somebody who must reach neither. So
of their environment only what a terminal needs comes along; their words are split, and never given
to a shell; they work in a folder of their own, and name no file outside it; and setting up is not
for them. Who they are stays known: it stands in every event of the trail.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from pcloud_cli import i18n
from pcloud_cli.errors import (
    ConfigProblem,
    ExitCode,
    NotAllowed,
    NotFound,
    PcloudError,
    UsageProblem,
)
from pcloud_cli.i18n import _
from pcloud_cli.place import ENTRY, refuse_outside

FOLDERS = "staff"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_KEPT = re.compile(r"LANG|LANGUAGE|LC_[A-Z]+|TERM|COLUMNS|LINES|NO_COLOR|SSH_TTY|SSH_CONNECTION")
_HARMLESS = re.compile(r"[A-Za-z0-9_.@:/ -]{0,256}")
_PATH = "/usr/local/bin:/usr/bin:/bin"
_LONGEST = 1 << 16
_LARGEST = 512 << 20  # bytes that may be put into one's folder
_PART = 1 << 20
_WITH_VALUE = {"-o", "--output", "--profile", "--lang"}
_NOT_HERE = (
    ("init",),
    ("recover", "administrator"),
    ("recover", "key"),
    ("db", "upgrade"),
    ("key", "create"),
    ("key", "rewrap"),  # its copy would be the master key itself, in the caller's folder
    ("--install-completion",),  # it writes into the home
)
_FLAGS = re.compile(r"\A-[A-Za-z]+")


def main() -> NoReturn:
    """Let the caller in, or say why not; never returns."""
    i18n.set_language(i18n.from_locale(os.environ))
    try:
        words = _admitted(sys.argv[1:], dict(os.environ))
        if words[:1] in (["get"], ["put"]):
            _carry(words)
            sys.exit(ExitCode.DONE)
    except PcloudError as error:
        sys.stderr.write(_("Error: {message}").format(message=error.message) + "\n")
        if error.hint:
            sys.stderr.write(_("What to do: {hint}").format(hint=error.hint) + "\n")
        sys.exit(error.exit_code)
    from pcloud_cli import app

    sys.argv[:] = ["pcloud", *words]
    sys.exit(app.main())


def _admitted(arguments: Sequence[str], given: Mapping[str, str]) -> list[str]:
    """Return the caller's words; their environment, folder and mask are in force by then."""
    if not sys.flags.isolated:
        raise ConfigProblem(
            _("The door is open to variables of the caller: Python was not started with -I."),
            hint=_("Take the line that `pcloud boundary print` gives."),
        )
    if arguments[:1] == ["ssh"] and len(arguments) == 2:
        name, words = arguments[1], split(given.get("SSH_ORIGINAL_COMMAND", ""))
        came, kept = f"ssh:{name}", {}
    elif arguments[:1] == ["sudo"]:
        name, words = _by_sudo(given), list(arguments[1:])
        came = f"sudo:{given.get('SUDO_USER') or name}"
        kept = {each: given[each] for each in ("SUDO_UID", "SUDO_USER") if each in given}
    else:
        raise UsageProblem(
            _("The door is called as `entry ssh NAME` or `entry sudo …`."),
            hint=_("Take the line that `pcloud boundary print` gives."),
        )
    if not _NAME.fullmatch(name):
        raise ConfigProblem(_("{name} cannot be the name of a person's folder.").format(name=name))
    refuse_foreign(words)
    home = _home(given)
    folder = _own_folder(home, name)
    env = environment(given) | kept
    env |= {
        "HOME": str(home),
        "PATH": _PATH,
        "XDG_STATE_HOME": str(folder),
        ENTRY: came,
    }
    os.environ.clear()
    os.environ.update(env)
    os.umask(0o077)
    os.chdir(folder)
    return words


def split(text: str) -> list[str]:
    """Return the words of what was typed after ``ssh HOST``; quotes group, nothing is computed.

    A leading ``pcloud`` may be left out. Raises UsageProblem for a quote that does not close.
    """
    try:
        words = shlex.split(text[: _LONGEST + 1])
    except ValueError:
        words = None
    if words is None or len(text) > _LONGEST:
        raise UsageProblem(
            _("What was typed cannot be split into words."),
            hint=_("Close every quote; what holds blanks stands in quotes within quotes."),
        )
    return words[1:] if words[:1] == ["pcloud"] else words


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return of a caller's environment what a terminal needs: language, size, where they sit."""
    return {
        name: value
        for name, value in given.items()
        if _KEPT.fullmatch(name) and _HARMLESS.fullmatch(value)
    }


def refuse_foreign(words: Sequence[str]) -> None:
    """Raise NotAllowed where `words` set something up, or name a file outside the own folder."""
    said = tuple(_without_options(words))
    if any(said[: len(each)] == each for each in _NOT_HERE):
        raise NotAllowed(
            _("`pcloud {command}` is not run across the account boundary.").format(
                command=" ".join(said[:2])
            ),
            hint=_("Whoever looks after this machine runs it as the account of the program."),
        )
    for word in words:
        refuse_outside(word, word.partition("=")[2], word[2:], _FLAGS.sub("", word, count=1))


def _without_options(words: Sequence[str]) -> list[str]:
    """Return the command in `words`: nouns, verb and what follows, without what is no name."""
    left = list(words)
    while left and left[0].startswith("-"):
        if left[0].partition("=")[0] == "--install-completion":
            return ["--install-completion"]
        del left[: 2 if left[0] in _WITH_VALUE else 1]
    # a noun has no options of its own; `--` may stand before its verb
    return [word for word in left if not word.startswith("-")]


def _by_sudo(given: Mapping[str, str]) -> str:
    uid = given.get("SUDO_UID", "")
    if not uid.isdecimal():
        raise ConfigProblem(
            _("Nobody came by sudo."), hint=_("Take the line that `pcloud boundary print` gives.")
        )
    return f"uid-{uid}"


def _home(given: Mapping[str, str]) -> Path:
    """Return the account's home: sudo and sshd set it; it must be the account's own and closed."""
    home = Path(given.get("HOME", ""))
    try:
        status = home.stat()
    except OSError:
        status = None
    mine = status is not None and status.st_uid == os.geteuid() and home.is_absolute()
    if status is None or not mine or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ConfigProblem(
            _("The home {path} is not this account's alone.").format(path=home),
            hint=_("Give it to the account of the program, and close it with chmod 700."),
        )
    return home


def _own_folder(home: Path, name: str) -> Path:
    folder = home / FOLDERS / name
    try:
        for each in (folder.parent, folder):
            each.mkdir(mode=0o700, exist_ok=True)
            status = each.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
                raise NotADirectoryError(20, "", str(each))
            if stat.S_IMODE(status.st_mode) & 0o077:
                each.chmod(0o700)
    except OSError:
        raise ConfigProblem(
            _("The folder {path} is not this account's alone.").format(path=folder),
            hint=_("Give it to the account of the program, and close it with chmod 700."),
        ) from None
    return folder


def _carry(words: Sequence[str]) -> None:
    """Take a file into the caller's folder, or give one out of it and remove it there."""
    if len(words) != 2 or not _NAME.fullmatch(words[1]) or words[1] == "pcloud":
        raise UsageProblem(
            _("Say `put NAME < FILE` or `get NAME > FILE`."),
            hint=_("A name has letters, digits, dots and dashes."),
        )
    if words[0] == "put":
        _put(words[1])
    else:
        _get(words[1])


def _put(name: str) -> None:
    part = Path(f".{name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as stream:
        size = 0
        while piece := sys.stdin.buffer.read(_PART):
            size += len(piece)
            if size > _LARGEST:
                part.unlink()
                raise UsageProblem(_("The file is larger than {size} MB.").format(size=512))
            stream.write(piece)
    part.replace(name)


def _get(name: str) -> None:
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        handle = -1
    if handle < 0 or not stat.S_ISREG(os.fstat(handle).st_mode):
        raise NotFound(_("There is no file {name} in your folder.").format(name=name))
    with os.fdopen(handle, "rb") as stream:
        while piece := stream.read(_PART):
            sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
    Path(name).unlink()


if __name__ == "__main__":
    main()
