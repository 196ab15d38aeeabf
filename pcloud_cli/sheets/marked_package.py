"""The container of an .xlsx: its parts, and how they refer to each other (OPC).

Parts that are not changed are copied as they are: charts, pictures, pivots, macros, validations.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

from pcloud_cli.sheets.marked_xml import NotPatchable, Rewriter, attribute, local, pieces

_LARGEST_PART = 64 << 20
_PIECE = 1 << 18
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_TYPES = {
    "comments": "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
    "styles": "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml",
}
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_CONTENT_TYPES = "[Content_Types].xml"

Writing = Callable[[Callable[[bytes], object]], object]
"""Writes a part, piece by piece, by what it is given."""


class Relation(NamedTuple):
    kind: str
    target: str


class Package:
    """A workbook's parts, by their names without the leading slash. Raises NotPatchable."""

    def __init__(self, stream: IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(stream)
        # what zipfile raises for a damaged directory, and for a version it does not know
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise NotPatchable from None
        self._infos: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            name = info.filename.replace("\\", "/").lstrip("/")
            if name in self._infos or info.flag_bits & 1:
                raise NotPatchable
            self._infos[name] = info
        self._lower = {name.lower(): name for name in self._infos}
        self.changed: dict[str, bytes | Writing] = {}

    def has(self, name: str) -> bool:
        """Return whether there is such a part, whatever the case of its letters."""
        return name.lower() in self._lower or name in self.changed

    def known(self, name: str) -> str:
        """Return the name of a part as the container spells it. Raises NotPatchable."""
        if name.lower() not in self._lower:
            raise NotPatchable
        return self._lower[name.lower()]

    def names(self) -> list[str]:
        """Return the names of all parts there are, the new ones last."""
        return [*self._infos, *(name for name in self.changed if name not in self._infos)]

    def stream(self, name: str) -> Iterator[bytes]:
        """Yield a part's unpacked bytes. Raises NotPatchable."""
        try:
            with self._zip.open(self._infos[self.known(name)]) as part:
                while piece := part.read(_PIECE):
                    yield piece
        # what zipfile raises for a damaged part, one that is cut off, or packed in another way
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError):
            raise NotPatchable from None

    def read(self, name: str) -> bytes:
        """Return a whole part, as it was changed. Raises NotPatchable for one that is too large."""
        changed = self.changed.get(name)
        if isinstance(changed, bytes):
            return changed
        if self._infos[self.known(name)].file_size > _LARGEST_PART:
            raise NotPatchable
        return b"".join(self.stream(name))

    def relations(self, name: str) -> dict[str, Relation]:
        """Return the relations of a part (``''`` for the package): id → kind and target's name."""
        place = relations_of(name)
        if not self.has(place):
            return {}
        found: dict[str, Relation] = {}
        for tag, attrs in elements(self.read(place)):
            if tag == "Relationship" and attrs.get("TargetMode") != "External":
                target = attrs.get("Target", "").replace("\\", "/")
                if target.startswith("/"):
                    target = target[1:]
                else:
                    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
                kind = attrs.get("Type", "").rpartition("/")[2]
                found[attrs.get("Id", "")] = Relation(kind, target)
        return found

    def relate(self, name: str, kind: str, target: str, *, strict: bool) -> str:
        """Add a relation of the part `name` to the part `target`; return its id."""
        place = relations_of(name)
        if not self.has(place):
            self.changed[place] = (
                b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns='
                b'"http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
            )
        else:
            place = self._lower.get(place.lower(), place)
        taken = {attrs.get("Id", "") for _tag, attrs in elements(self.read(place))}
        number = next(n for n in range(1, len(taken) + 2) if f"pcloud{n}" not in taken)
        link = posixpath.relpath(target, posixpath.dirname(name))
        new = (
            f'<Relationship Id="pcloud{number}" Type="{STRICT if strict else _OFFICE}/{kind}"'
            f" Target={attribute(link)}/>"
        )
        self.changed[place] = _appended(self.read(place), new)
        return f"pcloud{number}"

    def declare(self, name: str, kind: str) -> None:
        """Say in the table of contents of what kind the new part `name` is."""
        new = f'<Override PartName="/{name}" ContentType="{_TYPES[kind]}"/>'
        self.changed[_CONTENT_TYPES] = _appended(self.read(_CONTENT_TYPES), new)

    def declare_drawings(self) -> None:
        """Say that parts ending in .vml are drawings, unless that is said already."""
        contents = self.read(_CONTENT_TYPES)
        for tag, attrs in elements(contents):
            if tag == "Default" and attrs.get("Extension", "").lower() == "vml":
                return
        new = f'<Default Extension="vml" ContentType="{_VML}"/>'
        self.changed[_CONTENT_TYPES] = _appended(contents, new, first=True)

    def write(self, out: IO[bytes], *, last: str) -> None:
        """Write the package with its changes; the part `last` depends on the others."""
        names = [name for name in self.names() if name != last and not name.endswith("/")]
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as new:
            for name in [*names, last]:
                old = self._infos.get(name)
                info = zipfile.ZipInfo(name, old.date_time if old else (1980, 1, 1, 0, 0, 0))
                stored = old is not None and old.compress_type == zipfile.ZIP_STORED
                info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                changed = self.changed.get(name)
                large = old is not None and old.file_size > 1 << 30
                with new.open(info, "w", force_zip64=large) as part:
                    if callable(changed):
                        changed(part.write)
                    elif changed is not None:
                        part.write(changed)
                    else:
                        for piece in self.stream(name):
                            part.write(piece)


class _Elements(Rewriter):
    """Gathers all elements of a small part: name and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, name: str, attrs: dict[str, str]) -> None:
        """Keep it."""
        self.found.append((local(name), attrs))


def elements(data: bytes) -> list[tuple[str, dict[str, str]]]:
    """Return all elements of a small part in their order: name without prefix, attributes."""
    found = _Elements()
    found.run(pieces(data))
    return found.found


class _Appending(Rewriter):
    """Writes a small part with something more as its last (or first) child."""

    def __init__(self, new: bytes, out: bytearray, *, first: bool) -> None:
        super().__init__(out.extend)
        self._new = new
        self._first = first
        self._root = ""
        self._depth = 0

    def start(self, name: str, _attrs: dict[str, str]) -> None:
        """Put it first."""
        self._depth += 1
        if self._depth == 1:
            self._root = name
            end = self.tag_end(self.here())
            if self.raw(end - 2, end) == b"/>":
                raise NotPatchable
            if self._first:
                self.insert(end, self._new)

    def end(self, _name: str) -> None:
        """Put it last."""
        self._depth -= 1
        if self._depth == 0 and not self._first:
            self.insert(self.here(), self._new)


def _appended(data: bytes, new: str, *, first: bool = False) -> bytes:
    """Return a small part (relations, contents) with the element `new`, which has no prefix."""
    own, namespace = "", ""
    for key, value in elements(data)[0][1].items():
        if key == "xmlns" or key.startswith("xmlns:"):
            namespace = value
            own = key.partition(":")[2]
    if own:  # the part's names have a prefix, so ours says which namespace it is of
        new = new.replace(" ", f" xmlns={attribute(namespace)} ", 1)
    out = bytearray()
    _Appending(new.encode(), out, first=first).run(pieces(data))
    return bytes(out)


def relations_of(name: str) -> str:
    """Return the name of the part that holds the relations of the part `name`."""
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{base}.rels")
