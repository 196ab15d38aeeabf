"""The command reference, from the program's own help; the program behind `scripts/reference`.

Nothing in it depends on the machine: help has a fixed width, and only texts of the program appear.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from pcloud_cli import errors, i18n, typer_adapter
from pcloud_cli.app import app
from pcloud_cli.errors import ExitCode, PcloudError
from pcloud_cli.i18n import _
from pcloud_cli.settings import SPECS, Spec

DOCS = Path(__file__).resolve().parents[2] / "docs"
FILES = {"en": DOCS / "commands.md", "zh": DOCS / "commands.zh-CN.md"}

_TEXTS = {
    "en": {
        "title": "Commands",
        "other": "*[中文](commands.zh-CN.md)*",
        "made": "Made by `scripts/reference` from the program's own help; change the program, "
        "not this page.",
        "common": "Common options",
        "common_said": "Every command takes these; they are left out below.",
        "dry_run": "Takes `--dry-run` too: everything is done, then rolled back.",
        "exits": "Exit codes",
        "exits_said": "With `-o json` an error is "
        '`{"error": {"code", "message", "hint"}}` on standard error.',
        "exit_columns": "| exit | error | code | meaning |",
        "settings": "Settings",
        "settings_said": "A flag goes before the variable, the variable before the profile, the "
        "profile before the file, the file before the default. `pcloud config show` says where "
        "each came from. `PCLOUD_CONFIG` names another file, `PCLOUD_PROFILE` a profile, "
        "`PCLOUD_KEY` holds the master key itself and `PCLOUD_TOKEN` a login.",
        "setting_columns": "| setting | variable | meaning | values | default |",
    },
    "zh": {
        "title": "命令",
        "other": "*[English](commands.md)*",
        "made": "本页由 `scripts/reference` 从程序自己的帮助生成；要改请改程序，不要改本页。",
        "common": "通用选项",
        "common_said": "每条命令都有这些选项，下面不再重复。",
        "dry_run": "另有 `--dry-run`：照做一遍，然后全部撤回。",
        "exits": "退出码",
        "exits_said": "加 `-o json` 时，错误写到标准错误："
        '`{"error": {"code", "message", "hint"}}`。',
        "exit_columns": "| 退出码 | 错误 | 代码 | 含义 |",
        "settings": "设置",
        "settings_said": "依次看：命令行选项、环境变量、配置组、设置文件、默认值。"
        "`pcloud config show` 说明每一项从哪里来。`PCLOUD_CONFIG` 指定另一个设置文件，"
        "`PCLOUD_PROFILE` 指定配置组，`PCLOUD_KEY` 是主密钥本身，`PCLOUD_TOKEN` 是一个登录。",
        "setting_columns": "| 设置 | 环境变量 | 含义 | 可取值 | 默认 |",
    },
}

_ENDINGS = {
    ExitCode.DONE: ("Done, or already so.", "已完成，或者本来就是这样。"),
    ExitCode.FAILED: ("", "没有做成。"),
    ExitCode.USAGE: ("", "命令写得不对。"),
    ExitCode.NOT_FOUND: ("", "所说的东西不存在，或者不在您可以看的范围内。"),
    ExitCode.NOT_ALLOWED: ("", "没有权限，或者没有登录（2.1.2、2.3.3）。"),
    ExitCode.CONFLICT: ("", "与现有数据冲突：已经存在，或者别人先做了。"),
    ExitCode.SOME_FAILED: ("", "一部分做成，一部分没有；输出里列出是哪些。"),
    ExitCode.LOCKED: ("", "别人正占用着，稍后再试（EX_TEMPFAIL）。"),
    ExitCode.CONFIG: ("", "设置、密钥或数据库不正常（EX_CONFIG）。"),
    ExitCode.INTERRUPTED: (
        "Interrupted; nothing half-done remains.",
        "被中断，没有留下做了一半的东西。",
    ),
}


_PROBE = "Show this help."


def commands() -> Iterator[tuple[str, Any, Any]]:
    """Yield the path (``import load``), command and context of every noun and verb, the root
    first; hidden ones are left out."""
    root: Any = typer.main.get_command(app)
    place = _place(root, "pcloud", None)
    yield "", root, place
    yield from _below(root, place, "")


def _below(group: Any, place: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    for name in group.list_commands(place):
        command = group.get_command(place, name)
        if command.hidden:
            continue
        inner = _place(command, name, place)
        full = f"{path} {name}".strip()
        yield full, command, inner
        if isinstance(command, typer_adapter.Group):
            yield from _below(command, inner, full)


def _place(command: Any, name: str, parent: Any) -> Any:
    settings = command.context_settings or {}
    return command.context_class(command, info_name=name, parent=parent, **settings)


def page(language: str) -> str:
    """Return the reference in `language` (``en`` or ``zh``) as Markdown."""
    i18n.set_language(language)
    try:
        return "\n".join(_lines(_TEXTS[language], language)).rstrip() + "\n"
    finally:
        i18n.set_language("en")


def _lines(texts: dict[str, str], language: str) -> Iterator[str]:
    yield from (f"# {texts['title']}", "", texts["other"], "", texts["made"], "")
    shown = list(commands())
    _body, common, _writes = _parted(*shown[1][1:])
    for path, command, place in shown:
        body, _common, writes = _parted(command, place)
        if not path:
            body = typer_adapter.help_text(command, place).strip()
        depth = "###" if " " in path else "##"
        yield from (f"{depth} pcloud {path}".rstrip(), "", "```text", body, "```", "")
        if writes:
            yield from (texts["dry_run"], "")
        if not path:
            yield from (f"## {texts['common']}", "", texts["common_said"], "")
            yield from ("```text", common, "```", "")
    yield from (f"## {texts['exits']}", "", texts["exits_said"], "")
    yield from _exits(texts["exit_columns"], language)
    yield from ("", f"## {texts['settings']}", "", texts["settings_said"], "")
    yield from _settings(texts["setting_columns"])


def _parted(command: Any, place: Any) -> tuple[str, str, bool]:
    """Return a command's help without its common options, those, and whether it can be tried
    dry."""
    title = _("Common options")
    blocks = typer_adapter.help_text(command, place).strip().split("\n\n")
    common = "\n".join(block for block in blocks if block.startswith(title))
    body = "\n\n".join(block for block in blocks if not block.startswith(title))
    return body, common.partition("\n")[2], "--dry-run" in common


def _exits(columns: str, language: str) -> Iterator[str]:
    yield from (columns, _rule(columns))
    by_exit = {kind.exit_code: kind for kind in _kinds()}
    for ending in ExitCode:
        kind = by_exit.get(ending)
        english, chinese = _ENDINGS[ending]
        said = chinese if language == "zh" else english or inspect.getdoc(kind) or ""
        name, code = (f"`{kind.__name__}`", f"`{kind.code}`") if kind else ("", "")
        yield f"| {int(ending)} | {name} | {code} | {' '.join(said.split())} |"


def _kinds() -> list[type[PcloudError]]:
    return [
        kind
        for kind in vars(errors).values()
        if inspect.isclass(kind) and issubclass(kind, PcloudError) and kind is not PcloudError
    ]


def _settings(columns: str) -> Iterator[str]:
    yield from (columns, _rule(columns))
    for spec in SPECS:
        values = ", ".join(f"`{choice}`" for choice in _choices(spec))
        default = "" if spec.default is None else f"`{str(spec.default).lower()}`"
        if isinstance(spec.default, str):
            default = f"`{spec.default}`"
        yield f"| `{spec.name}` | `{spec.variable}` | {_(spec.help)} | {values} | {default} |"


def _choices(spec: Spec) -> tuple[str, ...]:
    return ("true", "false") if spec.flag else spec.choices


def _rule(columns: str) -> str:
    return "| " + " | ".join("---" for _column in columns.strip("|").split("|")) + " |"


def languages() -> list[str]:
    """Return the languages that the program speaks: English, and those whose catalogue is made."""
    found = ["en"]
    for language in FILES.keys() - {"en"}:
        try:
            i18n.set_language(language)
        except OSError:
            continue
        if _(_PROBE) != _PROBE:
            found.append(language)
    i18n.set_language("en")
    return found


def main(argv: list[str]) -> int:
    """Write the pages, or with ``--check`` say which is not current; return the exit code."""
    if argv not in ([], ["--check"]):
        print("usage: scripts/reference [--check]", file=sys.stderr)
        return 2
    stale = 0
    for language in languages():
        path, text = FILES[language], page(language)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if argv:
            stale += 1
            print(f"{path.name} is not current: run scripts/reference", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{path.name} was written")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
