"""Typer's errors as ours, in the user's language."""

from __future__ import annotations

import re

from typer._click import exceptions as click_errors

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.typer_adapter.values import param_name


class HelpAsked(Exception):
    """A noun was called without a verb; carries the help to show."""


def usage_problem(error: Exception) -> UsageProblem | None:
    """Return Typer's `error` as ours, in the user's language; None where it is not a usage error.

    Raises HelpAsked for a noun without a verb.
    """
    if isinstance(error, click_errors.NoArgsIsHelpError):
        raise HelpAsked(error.message)
    if not isinstance(error, click_errors.UsageError):
        return None
    ctx = error.ctx
    hint = (
        _("`{command} -h` shows how it is called.").format(command=ctx.command_path)
        if ctx
        else None
    )
    return UsageProblem(_usage_message(error), hint=hint)


def _usage_message(error: click_errors.UsageError) -> str:
    if isinstance(error, click_errors.MissingParameter) and error.param is not None:
        return _("{name} is missing.").format(name=param_name(error.param))
    if isinstance(error, click_errors.NoSuchOption):
        message = _("There is no option {name}.").format(name=error.option_name)
        if error.possibilities:
            near = ", ".join(sorted(error.possibilities))
            return _did_you_mean(message, near)
        return message
    if isinstance(error, click_errors.BadOptionUsage):
        if "does not take" in error.message:
            return _("Option {name} takes no value.").format(name=error.option_name)
        return _("Option {name} needs a value.").format(name=error.option_name)
    found = re.match(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", error.message)
    if found:
        return _("Too many arguments: {extra}").format(extra=found.group(1))
    found = re.match(r"No such command '(.*?)'\.", error.message)
    if found:
        ctx = error.ctx
        known = (
            ctx.command.list_commands(ctx) if ctx and hasattr(ctx.command, "list_commands") else []
        )
        return no_such_command(found.group(1), known).message
    if error.message.startswith("Missing command"):
        return _("A command is missing.")
    return _("The command was called wrongly: {reason}").format(reason=error.format_message())


def _did_you_mean(message: str, names: str) -> str:
    return _("{message} Did you mean {names}?").format(message=message, names=names)


def no_such_command(name: str, known: list[str]) -> UsageProblem:
    from difflib import get_close_matches

    message = _("There is no command {name}.").format(name=name)
    near = get_close_matches(name, known)
    if near:
        message = _did_you_mean(message, ", ".join(near))
    return UsageProblem(message, hint=_("`pcloud -h` lists the commands."))
