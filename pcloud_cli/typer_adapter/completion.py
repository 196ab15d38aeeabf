"""Typer's own two options for completion, answered in the user's language.

Typer finds the shell and writes its script; what it says of it is English, and where it finds no
shell (cron, a container) it says that none of no name is supported.
"""
# ruff: noqa: ARG001 - the functions have the signature that Typer calls

from __future__ import annotations

from typing import Any

import typer

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _


def answer(param: Any) -> None:
    """Let `param` answer by us, where it is one of the two."""
    if param.name == "install_completion":
        param.callback = _install
    elif param.name == "show_completion":
        param.callback = _show


def _install(ctx: Any, param: Any, value: Any) -> Any:
    if not value or ctx.resilient_parsing:
        return value
    from typer._completion_shared import install

    shell, path = install(shell=_shell(value), prog_name=_program(ctx))
    ctx.obj.stdout.write(
        _("Completion for {shell} is installed in {path}; it works in the next shell.").format(
            shell=shell, path=path
        )
        + "\n"
    )
    raise typer.Exit


def _show(ctx: Any, param: Any, value: Any) -> Any:
    if not value or ctx.resilient_parsing:
        return value
    from typer._completion_shared import get_completion_script

    name = _program(ctx)
    script = get_completion_script(
        prog_name=name, complete_var=f"_{name.upper()}_COMPLETE", shell=_shell(value)
    )
    ctx.obj.stdout.write(f"{script}\n")
    raise typer.Exit


def _program(ctx: Any) -> str:
    return str(ctx.find_root().info_name)


def _shell(value: Any) -> str:
    """Return the shell that is named, else the one that called; UsageProblem for another."""
    from typer._completion_shared import Shells, _get_shell_name

    known = [each.value for each in Shells]
    shell = value if isinstance(value, str) else _get_shell_name()
    if shell not in known:
        raise UsageProblem(
            _("It cannot be told which shell this is for."),
            hint=_("Call it from one of these: {names}.").format(names=", ".join(known)),
        )
    return str(shell)
