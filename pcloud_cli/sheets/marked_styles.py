"""The looks of marked cells: a cell's own style with another fill (SpreadsheetML, styles part)."""

from __future__ import annotations

from typing import NamedTuple

from pcloud_cli.sheets.marked_xml import (
    NotPatchable,
    Rewriter,
    local,
    pieces,
    prefix,
    with_attribute,
)

COLOURS = {"error": "FFFFC7CF", "warning": "FFFFEB9D"}
"""A shade beside those that spreadsheet programs offer, so that ours are known again."""

_TEXT_FORMAT = "49"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PLAIN = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
).encode()
"""The styles of a workbook that brings none."""


class _List(NamedTuple):
    """A counted list: its start tag, the bytes of its children, and where it ends."""

    start: int
    first: int
    end: int
    children: list[bytes]


class Styles:
    """The styles of a workbook, to which marked ones are added.

    Raises NotPatchable for a part that lacks its lists of fills and cell formats.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        found = _Lists(data)
        self._prefix = found.prefix
        self._fills = found.lists.get("fills")
        self._formats = found.lists.get("cellXfs")
        if self._fills is None or self._formats is None or not self._formats.children:
            raise NotPatchable
        self._xfs = list(self._formats.children)
        self._new_fills: list[bytes] = []
        self._fill_ids: dict[str, int] = {}
        for at, fill in enumerate(self._fills.children):
            for severity, colour in COLOURS.items():
                if f'"{colour}"'.encode() in fill:
                    self._fill_ids.setdefault(severity, at)
        self._ours = {str(at) for at in self._fill_ids.values()}
        self._known: dict[tuple[int, str, bool], int] = {}

    def marked(self, base: int, severity: str, as_text: bool) -> int:
        """Return the number of a style like `base` with the colour of `severity` (``''`` for
        none), its format text where `as_text` says so."""
        wanted = (base, severity, as_text)
        if wanted not in self._known:
            xf = self._xf(base)
            if severity:
                xf = _changed(xf, "fillId", str(self._fill(severity)), "applyFill")
            if as_text:
                xf = _changed(xf, "numFmtId", _TEXT_FORMAT, "applyNumberFormat")
            self._known[wanted] = self._number(xf)
        return self._known[wanted]

    def unmarked(self, base: int) -> int:
        """Return the style that `base` had before an earlier marking, as far as it can be told."""
        xf = self._xf(base)
        if _value(xf, "fillId") not in self._ours:
            return base
        bare = _without_fill(xf)
        for at, other in enumerate(self._xfs):
            if _value(other, "fillId") not in self._ours and _without_fill(other) == bare:
                return at
        return self._number(_changed(xf, "fillId", "0", "applyFill"))

    def written(self) -> bytes:
        """Return the part with the added styles."""
        assert self._fills is not None  # noqa: S101 - looked at in __init__
        assert self._formats is not None  # noqa: S101
        new_xfs = self._xfs[len(self._formats.children) :]
        data = self._data
        lists = [(self._fills, self._new_fills), (self._formats, new_xfs)]
        for found, new in sorted(lists, key=lambda pair: -pair[0].start):
            if not new:
                continue
            tag = with_attribute(
                data[found.start : found.first], "count", str(len(found.children) + len(new))
            )
            body = data[found.first : found.end] + b"".join(new)
            data = data[: found.start] + tag + body + data[found.end :]
        return data

    def _xf(self, number: int) -> bytes:
        return self._xfs[number if number < len(self._xfs) else 0]

    def _number(self, xf: bytes) -> int:
        if xf in self._xfs:
            return self._xfs.index(xf)
        self._xfs.append(xf)
        return len(self._xfs) - 1

    def _fill(self, severity: str) -> int:
        if severity not in self._fill_ids:
            assert self._fills is not None  # noqa: S101 - looked at in __init__
            p = self._prefix
            self._new_fills.append(
                f'<{p}fill><{p}patternFill patternType="solid">'
                f'<{p}fgColor rgb="{COLOURS[severity]}"/><{p}bgColor indexed="64"/>'
                f"</{p}patternFill></{p}fill>".encode()
            )
            number = len(self._fills.children) + len(self._new_fills) - 1
            self._fill_ids[severity] = number
            self._ours.add(str(number))
        return self._fill_ids[severity]


class _Lists(Rewriter):
    """Finds the lists of fills and of cell formats, and their children's bytes."""

    def __init__(self, data: bytes) -> None:
        self.lists: dict[str, _List] = {}
        self.prefix = ""
        self._data = data
        self._depth = 0
        self._open = ""
        self._at = 0
        super().__init__()
        self.run(pieces(data))

    def start(self, name: str, _attrs: dict[str, str]) -> None:
        """Note where a list or a child of one begins."""
        self._depth += 1
        if self._depth == 1:
            self.prefix = prefix(name)
        elif self._depth == 2 and local(name) in ("fills", "cellXfs"):
            here = self.here()
            self._open = local(name)
            self.lists[self._open] = _List(here, self.tag_end(here), 0, [])
        elif self._depth == 3 and self._open:
            self._at = self.here()

    def end(self, _name: str) -> None:
        """Keep a child's bytes, or a list's end."""
        if self._open and self._depth == 3:
            child = self._data[self._at : self.element_end(self._at)]
            self.lists[self._open].children.append(child)
        elif self._open and self._depth == 2:
            found = self.lists[self._open]
            if not found.children:
                raise NotPatchable
            self.lists[self._open] = found._replace(end=self.here())
            self._open = ""
        self._depth -= 1


def _tag(xf: bytes) -> tuple[bytes, bytes]:
    end = xf.index(b">") + 1
    return xf[:end], xf[end:]


def _changed(xf: bytes, name: str, value: str, flag: str) -> bytes:
    tag, rest = _tag(xf)
    return with_attribute(with_attribute(tag, name, value), flag, "1") + rest


def _without_fill(xf: bytes) -> bytes:
    tag, rest = _tag(xf)
    return with_attribute(with_attribute(tag, "fillId", None), "applyFill", None) + rest


def _value(xf: bytes, name: str) -> str:
    tag, _rest = _tag(xf)
    for part in tag.split():
        key, _equals, value = part.partition(b"=")
        if key == name.encode():
            return value.strip(b"\"'/>").decode("ascii", "replace")
    return ""
