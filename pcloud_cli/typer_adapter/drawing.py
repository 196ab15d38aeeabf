"""Help, drawn by us: translated, Chinese aligned, nothing in brackets swallowed."""

from __future__ import annotations

import enum
import inspect
import re
from collections.abc import Iterator
from typing import Any

from pcloud_cli.i18n import N_, _
from pcloud_cli.output.text import terminal_width, width_of, wrapped
from pcloud_cli.typer_adapter.shared import SHARED_NAMES
from pcloud_cli.typer_adapter.values import StrictParam, param_name

_WIDEST = 100
_NARROWEST = 40
_OWN_HELP = (  # what Typer says of its own two options, for the catalogue
    N_("Install completion for the current shell."),
    N_("Show completion for the current shell, to copy it or customize the installation."),
)


def help_text(command: Any, ctx: Any) -> str:
    """Return the help of `command` in the user's language.

    Lines are as wide as the terminal, 100 columns at most.
    """
    width = _width(ctx)
    usage = _("Usage: {usage}").format(usage=" ".join(_usage(command, ctx)))
    lines = [*wrapped(usage, width), ""]
    for paragraph in _paragraphs(command.help or ""):
        lines += [*wrapped(_(paragraph), width - 2, 2), ""]
    own, shared = [], []
    arguments = []
    for param in command.get_params(ctx):
        if param.hidden:
            continue
        if param.param_type_name == "argument":
            arguments.append((param_name(param), _param_help(param)))
        elif param.name in SHARED_NAMES or param.name in ("help", "dry_run"):
            shared.append((_option_names(param), _param_help(param)))
        else:
            own.append((_option_names(param), _param_help(param)))
    if hasattr(command, "described"):
        lines += _section(_("Commands"), command.described(ctx), width)
    lines += _section(_("Arguments"), arguments, width)
    lines += _section(_("Options"), own, width)
    lines += _section(_("Common options"), shared, width)
    if command.epilog:
        lines += [
            _("Examples:"),
            *(f"  {line}" for line in command.epilog.strip().splitlines()),
            "",
        ]
    return "\n".join(lines)


def _width(ctx: Any) -> int:
    run = ctx.obj
    found = terminal_width(run.stdout, run.env) if run is not None else None
    return max(_NARROWEST, min(found or _WIDEST, _WIDEST))


def _usage(command: Any, ctx: Any) -> Iterator[str]:
    yield ctx.command_path
    for param in command.get_params(ctx):
        if param.param_type_name == "argument":
            name = param_name(param) + ("…" if param.nargs == -1 else "")
            yield name if param.required else f"[{name}]"
    if hasattr(command, "described"):
        yield _("COMMAND")
    yield _("[OPTIONS]")


def _option_names(param: Any) -> str:
    names = ", ".join(sorted([*param.opts, *param.secondary_opts], key=len))
    if param.is_flag:
        return names
    kind = param._runtime_param.kind if isinstance(param._runtime_param, StrictParam) else str
    if param.metavar:
        shown = _(param.metavar)
    elif isinstance(kind, type) and issubclass(kind, enum.Enum):
        shown = "|".join(str(member.value) for member in kind)
    else:
        shown = _("NUMBER") if kind is int else _("TEXT")
    return f"{names} {shown}"


def _param_help(param: Any) -> str:
    if param.name == "help":
        return _("Show this help.")
    text = _(param.help) if param.help else ""
    default = param.default
    notes = []
    if isinstance(default, enum.Enum):
        default = default.value
    if default not in (None, False, True, "", (), []) and param.show_default:
        notes.append(_("default: {default}").format(default=default))
    if param.required and param.param_type_name == "option":
        notes.append(_("required"))
    return f"{text} [{'; '.join(notes)}]" if notes else text


def _section(title: str, pairs: list[tuple[str, str]], width: int) -> list[str]:
    if not pairs:
        return []
    left = min(max(width_of(name) for name, _text in pairs), width // 3 + 1)
    lines = [_("{title}:").format(title=title)]
    for name, text in pairs:
        body = list(wrapped(text, width - left - 6)) or [""]
        if width_of(name) > left:
            lines.append(f"  {name}")
            lines += [" " * (left + 4) + line for line in body]
            continue
        lines.append(f"  {name}{' ' * (left - width_of(name))}  {body[0]}".rstrip())
        lines += [" " * (left + 4) + line for line in body[1:]]
    return [*lines, ""]


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", inspect.cleandoc(text)) if part]


def first_sentence(text: str | None) -> str:
    paragraphs = _paragraphs(text or "")
    if not paragraphs:
        return ""
    sentence = re.split(r"(?<=[。；])\s*|(?<=[.;])\s+", _(paragraphs[0]), maxsplit=1)[0]
    return sentence.rstrip(".。;；")
