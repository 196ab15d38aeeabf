"""What a command has around it: environment, streams, clock, randomness, settings, output.

Everything that a test must hold still comes in through one `Context`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

from pcloud_cli import i18n
from pcloud_cli.clock import Clock, SystemClock
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.streams import standard_streams

if TYPE_CHECKING:
    from pcloud_cli.delivery import Courier
    from pcloud_cli.ids import IdSource
    from pcloud_cli.output.writer import Output
    from pcloud_cli.place import Place, Terminal
    from pcloud_cli.settings import Folders, Settings
    from pcloud_cli.vault.store import Store


@dataclass(frozen=True)
class Flags:
    """The options that every command takes, as given."""

    output: str | None = None
    profile: str | None = None
    lang: str | None = None
    yes: bool = False
    no_input: bool = False
    dry_run: bool = False


@dataclass
class Context:
    """The surroundings of one call of the program."""

    env: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    clock: Clock = field(default_factory=SystemClock)
    random: Callable[[int], bytes] = os.urandom
    flags: Flags = field(default_factory=Flags)
    interrupted: bool = False
    looks_on: bool = False
    before_asking: Callable[[Context], None] | None = None
    """Refuses who may not do what the command does, before its first question."""

    @classmethod
    def of_process(cls) -> Context:
        """Return the context of this process; its streams speak UTF-8 whatever the locale."""
        stdin, stdout, stderr = standard_streams()
        return cls(env=dict(os.environ), stdin=stdin, stdout=stdout, stderr=stderr)

    def adopt(self, given: Flags) -> None:
        """Take over a command's flags; what it leaves open keeps what the root was given."""
        old = self.flags
        self.flags = replace(
            given,
            output=given.output or old.output,
            profile=given.profile or old.profile,
            lang=given.lang or old.lang,
            yes=given.yes or old.yes,
            no_input=given.no_input or old.no_input,
        )
        for cached in ("settings", "out", "courier", "vault"):
            self.__dict__.pop(cached, None)
        if self.flags != old:
            self.choose_language()

    def choose_language(self) -> None:
        """Put the user's language in force: flag, `PCLOUD_LANG`, profile or file, locale."""
        for value in (self.flags.lang, self.env.get("PCLOUD_LANG")):
            if value:
                known = i18n.normalise(value)
                if known is None:
                    raise UsageProblem(
                        _("There is no language {name}.").format(name=value),
                        hint=_("Choose en or zh."),
                    )
                i18n.set_language(known)
                return
        # a broken settings file must still be reported in some language
        i18n.set_language(i18n.from_locale(self.env))
        language = self.settings.text("language")
        if language:
            i18n.set_language(language)

    @cached_property
    def settings(self) -> Settings:
        """The settings in force."""
        from pcloud_cli import settings

        flags = {"output": self.flags.output, "language": self.flags.lang}
        return settings.load(self.env, flags=flags, profile=self.flags.profile)

    @property
    def today(self) -> str:
        """The day of the call in the zone of the settings, as ISO text."""
        from zoneinfo import ZoneInfo

        zone = ZoneInfo(self.settings.text("zone"))
        return self.clock.now().astimezone(zone).date().isoformat()

    @cached_property
    def folders(self) -> Folders:
        """The folders of this installation."""
        from pcloud_cli.settings import Folders

        return Folders.of(self.env)

    @cached_property
    def ids(self) -> IdSource:
        """The source of new ids."""
        from pcloud_cli.ids import IdSource

        return IdSource(self.clock, self.random)

    @cached_property
    def out(self) -> Output:
        """The output, in the format asked for."""
        from pcloud_cli.output.writer import Output

        return Output(
            stdout=self.stdout,
            stderr=self.stderr,
            format_name=self.settings.text("output") or "table",
            zone=self.settings.text("zone"),
            plain="NO_COLOR" in self.env or self.env.get("TERM") == "dumb",
        )

    @cached_property
    def courier(self) -> Courier:
        """What carries messages out of the house, as the settings say."""
        from pcloud_cli.delivery import Courier

        return Courier(self.settings.table("outbox"), self.env, self.clock, self.random)

    @cached_property
    def vault(self) -> Store:
        """The store of attachments: the one that the settings name, else a folder beside the data.

        Nothing is made or reached yet.
        """
        from pathlib import Path

        from pcloud_cli.vault.store import DEFAULT, opened

        scheme, _parted, path = self.settings.text("database").partition(":///")
        file = path.partition("?")[0] if scheme.startswith("sqlite") else ""
        data = Path(file).absolute().parent if file else self.folders.data
        return opened(self.settings.text("attachments") or str(data / DEFAULT))

    @cached_property
    def origin(self) -> str:
        """Where the command runs: user@host, and the person behind sudo or ssh where known."""
        from pcloud_cli.place import key_name, process_user

        behind, ssh, key = self.env.get("SUDO_USER"), self.place.ssh, key_name(self.env)
        parts = [f"{process_user()}@{self.place.host}"]
        if behind:
            parts.append(f"sudo:{behind}")
        if ssh:
            parts.append(f"ssh:{ssh}")
        if key:
            parts.append(f"key:{key}")
        return " ".join(parts)[:200]

    @cached_property
    def terminal(self) -> Terminal | None:
        """The terminal that the command belongs to, None under cron."""
        from pcloud_cli.place import controlling_terminal

        return controlling_terminal(self.env)

    @cached_property
    def place(self) -> Place:
        """Where the command runs, for the login events."""
        from pcloud_cli.place import here

        return here(self.env, self.terminal, self.settings.text("zone"))

    # --- asking ----------------------------------------------------------------------------------

    @property
    def may_ask(self) -> bool:
        """Whether a question can be asked: a terminal at both ends and no ``--no-input``."""
        return not self.flags.no_input and self.stdin.isatty() and self.stderr.isatty()

    def ask(self, question: str, *, option: str, default: str | None = None) -> str:
        """Ask for a text; UsageProblem naming `option` where nobody can be asked."""
        self._must_ask(question, option)
        while True:
            suffix = f" [{default}]" if default else ""
            answer = self._line(f"{self._announce()}{question}{suffix}: ").strip()
            if answer or default is not None:
                self._keep_inside(answer)
                return answer or default or ""

    def _keep_inside(self, answer: str) -> None:
        from pcloud_cli import place

        if place.ENTRY in self.env:
            place.refuse_outside(answer)

    def choose(
        self,
        question: str,
        choices: Sequence[tuple[str, str]],
        *,
        option: str,
        default: str | None = None,
    ) -> str:
        """Ask for one of `choices` ((value, text)), numbered; return its value.

        An empty answer is the one of value `default`, where there is one.
        """
        self._must_ask(question, option)
        self.stderr.write(f"{self._announce()}{question}\n")
        for number, (_value, text) in enumerate(choices, 1):
            self.stderr.write(f"  {number}. {text}\n")
        usual = [str(at) for at, (value, _text) in enumerate(choices, 1) if value == default]
        prompt = _("Choose") + (f" [{usual[0]}]: " if usual else ": ")
        while True:
            answer = self._line(prompt).strip() or (usual[0] if usual else "")
            if answer.isdecimal() and 1 <= int(answer) <= len(choices):
                return choices[int(answer) - 1][0]
            for value, text in choices:
                if answer and answer in (value, text):
                    return value
            self.stderr.write(
                _("Write a number from 1 to {most}.").format(most=len(choices)) + "\n"
            )

    def confirm(self, question: str) -> None:
        """Ask for a yes; UsageProblem naming ``--yes`` where nobody can be asked or says no."""
        if self.flags.yes:
            return
        self._must_ask(question, "--yes")
        answer = self._line(f"{self._announce()}{question} [y/N] ").strip().lower()
        if answer not in {"y", "yes", "是", "好", "确定"}:
            raise UsageProblem(_("Nothing was done."), code="declined")

    def secret(self, question: str, *, option: str, twice: bool = False) -> str:
        """Ask for a secret without showing it."""
        import getpass

        self._must_ask(question, option)
        while True:
            first = getpass.getpass(f"{self._announce()}{question}: ")
            if not twice or getpass.getpass(_("The same again") + ": ") == first:
                return first
            self.stderr.write(_("The two are not the same.") + "\n")

    def secret_line(self) -> str:
        """Return one line of standard input, as a secret that a script hands over."""
        line = self.stdin.readline()
        if not line:
            raise UsageProblem(
                _("Standard input held no line with the secret."),
                hint=_("Pipe it in: printf '%s\\n' … | pcloud …"),
            )
        return line.rstrip("\n").rstrip("\r")

    def _announce(self) -> str:
        if self.settings.get("production"):
            return f"[{self.settings.profile or _('production')}] "
        return ""

    def _line(self, prompt: str) -> str:
        self.stderr.write(prompt)
        self.stderr.flush()
        line = self.stdin.readline()
        if not line:
            raise KeyboardInterrupt
        return line

    def _must_ask(self, question: str, option: str) -> None:
        refuse, self.before_asking = self.before_asking, None
        if refuse is not None:
            refuse(self)
        if not self.may_ask:
            raise UsageProblem(
                _("This needs an answer and there is no terminal: {question}").format(
                    question=question
                ),
                hint=_("Give {option}.").format(option=option),
            )
