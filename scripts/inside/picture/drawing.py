"""A terminal's screen drawn as SVG: text at fixed places, no font and no address in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from pcloud_cli.output.text import width_of

_CELL, _LINE, _SIZE = 7.8, 18, 13
_EDGE, _BAR = 14, 34
_FONTS = "ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,'Noto Sans Mono CJK SC','Sarasa Mono SC',"
_FONTS += "'PingFang SC','Microsoft YaHei',monospace"
_PLAIN, _GROUND, _TYPED = "#dcdfe4", "#282c34", "#98c379"
_ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")
_WIDE = re.compile(r"[^\x00-\u10ff\u2000-\u2e7f]+")


def drawn(title: str, lines: list[str], width: int) -> str:
    """Return the SVG of a terminal `width` columns wide that shows `lines`, some of them
    bold; a line that begins with ``$`` was typed. The same lines give the same picture."""
    right = round(width * _CELL + 2 * _EDGE)
    height = _BAR + len(lines) * _LINE + _EDGE
    body = "\n".join(
        piece for number, line in enumerate(lines) for piece in _line(line, _BAR + number * _LINE)
    )
    dots = "".join(
        f'<circle cx="{_EDGE + 5 + 18 * at}" cy="14" r="5.5" fill="{colour}"/>'
        for at, colour in enumerate(("#e06c75", "#e5c07b", "#98c379"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{right}" height="{height}" '
        f'viewBox="0 0 {right} {height}" role="img" aria-label="{escape(title)}">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="{right}" height="{height}" rx="8" fill="{_GROUND}"/>\n{dots}\n'
        f'<g font-family="{_FONTS}" font-size="{_SIZE}" xml:space="preserve">\n{body}\n</g>\n'
        "</svg>\n"
    )


def _line(line: str, top: int) -> Iterator[str]:
    column = 0
    typed = line.startswith("$ ")
    for piece, bold in _runs(line):
        for text in _parts(piece):
            wide = width_of(text)
            if text.strip():
                colour = _TYPED if typed else _PLAIN
                lead = len(text) - len(text.lstrip(" "))
                shown = text.strip(" ")
                style = f' fill="{colour}"' + (' font-weight="bold"' if bold else "")
                yield (
                    f'<text x="{_EDGE + (column + lead) * _CELL:.1f}" y="{top + _SIZE}" '
                    f'textLength="{width_of(shown) * _CELL:.1f}" '
                    f'lengthAdjust="spacingAndGlyphs"{style}>{escape(shown, quote=False)}</text>'
                )
            column += wide


def _parts(text: str) -> Iterator[str]:
    """Yield pieces of narrow and of wide characters, and part narrow ones at runs of blanks, so
    that columns stay in line whatever the font."""
    at = 0
    for match in _WIDE.finditer(text):
        yield from re.findall(r"\S(?:\S| (?! ))*| +", text[at : match.start()])
        yield match.group()
        at = match.end()
    yield from re.findall(r"\S(?:\S| (?! ))*| +", text[at:])


def _runs(line: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a line, and whether each is bold."""
    bold, at = False, 0
    for match in _ESCAPE.finditer(line):
        yield line[at : match.start()], bold
        bold, at = match[1] == "1", match.end()
    yield line[at:], bold
