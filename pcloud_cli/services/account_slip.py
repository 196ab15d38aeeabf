"""The slip (密码条) on which a first password is handed over: a small text or HTML file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from pathlib import Path

from pcloud_cli.errors import UsageProblem
from pcloud_cli.files import replacing
from pcloud_cli.i18n import _, language
from pcloud_cli.output.values import shown

_STYLE = (
    "body{font:12pt sans-serif;margin:2em}main{border:1px dashed;padding:1em 1.5em;width:26em}"
    "dt{font-size:9pt;margin-top:.6em}dd{margin:0;font:13pt monospace}"
    "ol{font-size:10pt;padding-left:1.4em}"
)


@dataclass(frozen=True)
class Slip:
    """What a slip says."""

    staff_number: str
    name: str
    password: str = field(repr=False)
    until: datetime


def check(path: Path) -> None:
    """Return where a slip may have the name `path`; else raise UsageProblem."""
    if path.suffix.lower() not in {".txt", ".html", ".htm"}:
        raise UsageProblem(
            _("A slip is a text or an HTML file."), hint=_("Let its name end in .txt or .html.")
        )


def write(path: Path, slip: Slip, zone: str) -> None:
    """Write `slip` to `path`, readable by its owner only, in the language in force."""
    check(path)
    as_html = path.suffix.lower() != ".txt"
    text = _html(slip, zone) if as_html else _text(slip, zone)
    with replacing(path) as stream:
        stream.write(text.encode())


def _fields(slip: Slip, zone: str) -> list[tuple[str, str]]:
    return [
        (_("Staff number"), slip.staff_number),
        (_("Name"), slip.name),
        (_("First password"), slip.password),
        (_("Opens until"), shown(slip.until, zone)),
    ]


def _steps() -> list[str]:
    return [
        _("Log in with `pcloud login` and set a password of your own at once."),
        _("Until you have, nothing else opens; after that time, ask administration for a new one."),
        _("Tell nobody the password, and destroy this slip."),
    ]


def _text(slip: Slip, zone: str) -> str:
    colon = "：" if language() == "zh" else ": "
    lines = [_("Account slip"), ""]
    lines += [f"{label}{colon}{value}" for label, value in _fields(slip, zone)]
    lines += ["", *(f"{number}. {step}" for number, step in enumerate(_steps(), 1)), ""]
    return "\n".join(lines)


def _html(slip: Slip, zone: str) -> str:
    rows = "".join(
        f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in _fields(slip, zone)
    )
    steps = "".join(f"<li>{escape(step)}</li>" for step in _steps())
    title = escape(_("Account slip"))
    return (
        f'<!doctype html>\n<html lang="{language()}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n"
        f"<body><main><h1>{title}</h1><dl>{rows}</dl><ol>{steps}</ol></main></body></html>\n"
    )
