"""Verbs, nouns and the lazy root, with our help, values and errors."""
# ruff: noqa: ARG002 - the methods that Typer calls have its signatures

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any, cast

import typer
from typer._click import exceptions as click_errors
from typer._click.shell_completion import CompletionItem
from typer.core import TyperCommand, TyperGroup
from typer.models import CommandInfo

from pcloud_cli.context import Context
from pcloud_cli.i18n import _
from pcloud_cli.typer_adapter import completion
from pcloud_cli.typer_adapter.drawing import first_sentence, help_text
from pcloud_cli.typer_adapter.mistakes import no_such_command
from pcloud_cli.typer_adapter.shared import with_shared
from pcloud_cli.typer_adapter.values import strict

Check = Callable[[Context], None]
_PLACE = {"help_option_names": ["-h", "--help"]}


@contextmanager
def _knowing(ctx: Any) -> Iterator[None]:
    """Let errors of the parser know which command was called."""
    try:
        yield
    except click_errors.UsageError as error:
        error.ctx = error.ctx or ctx
        raise


class Command(TyperCommand):
    """A verb, with our help and strict values."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments."""
        with _knowing(ctx):
            return super().parse_args(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, each reading its value strictly."""
        return strict(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write our help instead of Typer's."""
        formatter.write(help_text(self, ctx))


class Group(TyperGroup):
    """A noun, with our help."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments before the verb."""
        with _knowing(ctx):
            return super().parse_args(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, each reading its value strictly."""
        return strict(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write our help instead of Typer's."""
        formatter.write(help_text(self, ctx))

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in their order; none is made for it."""
        return list(self.commands)

    def described(self, ctx: Any) -> list[tuple[str, str]]:
        """Return each visible command's name and the first sentence of its help."""
        found = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                found.append((name, first_sentence(command.help)))
        return found


class _Made(MutableMapping[str, Any]):
    """The commands of a noun by name, each made when it is asked for: one call needs one of them.

    Typer makes all verbs of a noun at once, which takes longer than most of them do.
    """

    def __init__(self, noun: typer.Typer) -> None:
        infos: list[Any] = [*noun.registered_commands, *noun.registered_groups]
        self._declared: dict[str, Any] = {str(info.name): info for info in infos}
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return the command `name`; KeyError where there is none."""
        if name not in self._made:
            info = self._declared[name]
            self._made[name] = (
                typer.main.get_command_from_info(
                    info, pretty_exceptions_short=False, rich_markup_mode=None
                )
                if isinstance(info, CommandInfo)
                else group_of(info.typer_instance, name)
            )
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        """Put a command that is made already."""
        self._declared.setdefault(name, None)
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        """Take a command away."""
        del self._declared[name]
        self._made.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        """Give the names in the order in which the commands were declared."""
        return iter(self._declared)

    def __len__(self) -> int:
        """Return how many commands there are."""
        return len(self._declared)


def group_of(noun: typer.Typer, name: str) -> Group:
    """Return the group `name` of a `Noun`, whose verbs are made when they are called."""
    return Group(
        name=name,
        commands=cast(Any, _Made(noun)),
        help=noun.info.help,
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings=_PLACE,
    )


class LazyRoot(Group):
    """The root: nouns known by name, module and a line of help; imported when called.

    `table` maps a name to (module, its line of help). A module's `app` is a `Noun`; where the
    name is one of the Noun's verbs, that verb stands at the root itself (`pcloud login`).
    """

    table: dict[str, tuple[str, str]] = {}  # noqa: RUF012 - filled once, in pcloud_cli.app

    def run(self, arguments: list[str], run: Context) -> int:
        """Run the program and return its exit code; whatever is raised goes to the caller.

        Typer's own `main` answers Ctrl-C in silence, and a closed pipe with exit 1.
        """
        cast(Any, self)._main_shell_completion({}, "pcloud", None)
        try:
            with self.make_context("pcloud", list(arguments), obj=run) as ctx:
                result = self.invoke(ctx)
        except typer.Exit as left:
            return left.exit_code
        return result if isinstance(result, int) else 0

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters; those for completion answer in the user's language."""
        params = super().get_params(ctx)
        for param in params:
            completion.answer(param)
        return params

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import and return the command `cmd_name`, None where there is none."""
        if cmd_name not in self.table:
            return None
        if cmd_name not in self.commands:
            group = group_of(import_module(self.table[cmd_name][0]).app, cmd_name)
            command = cast(Any, group.commands.get(cmd_name, group))
            command.name = cmd_name
            self.commands[cmd_name] = command
        return self.commands[cmd_name]

    def described(self, ctx: Any) -> list[tuple[str, str]]:
        """Return names and help from the table alone."""
        return [(name, _(line)) for name, (_module, line) in self.table.items()]

    def shell_complete(self, ctx: Any, incomplete: str) -> list[CompletionItem]:
        """Complete from the table alone; nothing is imported for it."""
        found = [
            CompletionItem(name, help=_(line))
            for name, (_module, line) in self.table.items()
            if name.startswith(incomplete)
        ]
        if incomplete.startswith("-"):
            found += [
                CompletionItem(option)
                for param in self.params
                for option in param.opts
                if option.startswith(incomplete)
            ]
        return found

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; an unknown name is answered with the nearest ones."""
        if args[0] not in self.table and not args[0].startswith("-"):
            raise no_such_command(args[0], list(self.table))
        return super().resolve_command(ctx, args)


class Noun(typer.Typer):
    """The commands of one noun. `command` gives each the shared options, examples and help."""

    def __init__(self, help_text: str) -> None:
        super().__init__(
            cls=Group,
            help=help_text,
            no_args_is_help=True,
            add_completion=False,
            pretty_exceptions_enable=False,
            rich_markup_mode=None,
            context_settings=_PLACE,
        )

    def verb(
        self,
        name: str,
        *,
        examples: str,
        writes: bool = False,
        hidden: bool = False,
        before_asking: Check | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a function as the verb `name`.

        `examples` is one command line a line, shown in its help. `writes` adds ``--dry-run``;
        `before_asking` refuses who may not, before the first question. The function takes the
        `Context` first; its docstring is the help.
        """

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self.command(name, cls=Command, epilog=examples, hidden=hidden)(
                with_shared(function, writes=writes, before_asking=before_asking)
            )
            return function

        return register

    def take(self, part: Verbs) -> None:
        """Take over the verbs of a part, in their order, behind those that are there."""
        for name, declared, function in part.declared:
            self.verb(name, **declared)(function)


class Verbs:
    """Verbs of a noun that is too long for one file; its Noun takes them over."""

    def __init__(self) -> None:
        self.declared: list[tuple[str, dict[str, Any], Callable[..., Any]]] = []

    def verb(
        self,
        name: str,
        *,
        examples: str,
        writes: bool = False,
        before_asking: Check | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a function as the verb `name`, as `Noun.verb` does."""

        def declare(function: Callable[..., Any]) -> Callable[..., Any]:
            said = {"examples": examples, "writes": writes, "before_asking": before_asking}
            self.declared.append((name, said, function))
            return function

        return declare
