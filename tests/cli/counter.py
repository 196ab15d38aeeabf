"""The program as a user at a counter runs it: an installation of its own, streams, an exit code."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pcloud_cli.app import main
from pcloud_cli.clock import FixedClock
from pcloud_cli.context import Context
from pcloud_cli.db.work import Work
from pcloud_cli.security.passwords import Cost
from pcloud_cli.services import account, acting, login, role
from pcloud_cli.services.actor import bootstrap, nobody

CHEAP = Cost(memory=1024, passes=1, lanes=1)
OWN = "Correct-horse-1"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


class Answer(NamedTuple):
    """What one call of the program gave."""

    code: int
    out: str
    err: str


@dataclass
class Counter:
    """An installation below `home` and who is logged in there."""

    home: Path
    clock: FixedClock = field(
        default_factory=lambda: FixedClock(datetime(2026, 3, 1, 8, tzinfo=UTC))
    )
    token: str | None = None

    def env(self, lang: str) -> dict[str, str]:
        """Return the environment of a call."""
        told = {"PCLOUD_TOKEN": self.token} if self.token else {}
        return {"HOME": str(self.home), "PCLOUD_LANG": lang, "LANG": "C.UTF-8", **told}

    def context(self, *, stdin: str = "", lang: str = "en", terminal: bool = False) -> Context:
        """Return the surroundings of one call."""
        stream = Terminal if terminal else io.StringIO
        return Context(
            env=self.env(lang),
            stdin=stream(stdin),
            stdout=stream(),
            stderr=stream(),
            clock=self.clock,
        )

    def run(
        self, *arguments: str, stdin: str = "", lang: str = "en", terminal: bool = False
    ) -> Answer:
        """Call the program."""
        context = self.context(stdin=stdin, lang=lang, terminal=terminal)
        code = main(list(arguments), run=context)
        assert isinstance(context.stdout, io.StringIO)
        assert isinstance(context.stderr, io.StringIO)
        return Answer(code, context.stdout.getvalue(), context.stderr.getvalue())

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Give a unit of work of the installation."""
        with acting.at_desk(self.context()) as desk, desk.open(write=True) as (_actor, work):
            yield work

    def become(self, number: str, *roles: str) -> None:
        """Hire somebody with `roles` everywhere, let them set a password, and log them in."""
        self.token = None
        with self.work() as work:
            made = account.create(bootstrap(), work, staff_number=number, name="钱小满", cost=CHEAP)
            for code in roles:
                role.grant(bootstrap(), work, staff_number=number, role=code, reason="test")
        assert made.password
        with self.work() as work:
            first = login.log_in(nobody(), work, number=number, password=made.password, cost=CHEAP)
            assert first
        with self.work() as work:
            actor = login.resolve(work, first.token)
            own = account.change_password(actor, work, old=made.password, new=OWN, cost=CHEAP)
        assert own
        self.token = own.token


def set_up(home: Path) -> Counter:
    """Run ``pcloud init`` below `home` and return the counter there."""
    counter = Counter(home)
    answer = counter.run("init", "--no-input", "--key-copy", "none")
    assert answer.code == 0, answer.err
    return counter
