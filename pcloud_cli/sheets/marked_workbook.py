"""Marking an .xlsx in place: which parts of the workbook change, and what is to be said of it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import IO

from pcloud_cli.sheets.marked_facts import FactFinder, Facts
from pcloud_cli.sheets.marked_notes import MOST, Comments, Shapes
from pcloud_cli.sheets.marked_order import Order, Rows, SheetOrder, by_row, shortened
from pcloud_cli.sheets.marked_package import STRICT, Package, Relation, elements, relations_of
from pcloud_cli.sheets.marked_sheet import Columns, Marker, places
from pcloud_cli.sheets.marked_styles import PLAIN, Styles
from pcloud_cli.sheets.marked_xml import NotPatchable, Rewriter, local
from pcloud_cli.sheets.table import letters

Note = tuple[str, dict[str, int | str]]
"""A code of `marked.NOTES` and what fills it."""


def mark(stream: IO[bytes], order: Order, out: IO[bytes]) -> list[Note]:
    """Write the workbook in `stream` with the marks of `order` to `out`; return what to say.

    Raises NotPatchable for a workbook whose inside is not as it should be.
    """
    package = Package(stream)
    roots = [r.target for r in package.relations("").values() if r.kind == "officeDocument"]
    book = roots[0] if roots else "xl/workbook.xml"
    relations = package.relations(book)
    strict = STRICT.encode() in b"".join(package.stream(relations_of(book)))
    styles_name = next((r.target for r in relations.values() if r.kind == "styles"), "")
    new_styles = not styles_name
    if new_styles:
        styles_name = posixpath.join(posixpath.dirname(book), "styles.xml")
        if package.has(styles_name):
            raise NotPatchable
    marking = _Marking(
        package,
        Styles(PLAIN if new_styles else package.read(styles_name)),
        Shapes(package.read(name) for name in package.names() if name.lower().endswith(".vml")),
        next((r.target for r in relations.values() if r.kind == "sharedStrings"), ""),
        order,
        strict,
    )
    sheets = _sheets(package, book, relations)
    for sheet in order.sheets:
        if sheet.name not in sheets:
            raise NotPatchable
        marking.sheet(sheet, *sheets[sheet.name])
    if new_styles:
        package.relate(book, "styles", styles_name, strict=strict)
        package.declare(styles_name, "styles")
    else:
        styles_name = package.known(styles_name)
    package.changed[styles_name] = lambda write: write(marking.styles.written())
    package.write(out, last=styles_name)
    if any(name.startswith("_xmlsignatures/") for name in package.names()):
        marking.notes.append(("signed", {}))
    return marking.notes


class _Marking:
    """The parts that all sheets of one workbook share while they are marked."""

    def __init__(
        self,
        package: Package,
        styles: Styles,
        shapes: Shapes,
        texts: str,
        order: Order,
        strict: bool,
    ) -> None:
        self._package = package
        self.styles = styles
        self._shapes = shapes
        self._texts = texts
        self._order = order
        self._strict = strict
        self.notes: list[Note] = []

    def sheet(self, sheet: SheetOrder, name: str, shown: bool) -> None:
        """Mark the sheet in the part `name`."""
        finder = FactFinder(sheet.header_row)
        finder.run(self._package.stream(name))
        facts = finder.facts
        rows = by_row(sheet.spots, letters)
        ours = self._columns(facts)
        hidden = sorted(facts.hidden & set(rows.texts))
        drawing = self._comment(sheet, name, facts, rows, ours, hidden)

        def marked(write: Callable[[bytes], object]) -> None:
            marker = Marker(write, facts, sheet.header_row, rows, ours, self.styles, drawing)
            marker.run(self._package.stream(name))

        self._package.changed[self._package.known(name)] = marked
        if not shown:
            self.notes.append(("hidden_sheet", {"sheet": sheet.name}))
        if hidden:
            self.notes.append(("hidden_rows", {"sheet": sheet.name, "count": len(hidden)}))
        if facts.protected:
            self.notes.append(("protected", {"sheet": sheet.name}))
        if len(places(rows)) > MOST:
            self.notes.append(("comments_left", {"sheet": sheet.name, "most": MOST}))

    def _columns(self, facts: Facts) -> Columns:
        """Return where the column of texts stands: where an earlier marking put it, or free."""
        texts = self._header_texts(facts)
        for place, text in sorted(texts.items()):
            if " ".join(text.split()) in self._order.known[0]:
                return Columns(place, self._order.words.problems, old=True)
        return Columns(facts.free_column(), self._order.words.problems, old=False)

    def _header_texts(self, facts: Facts) -> dict[int, str]:
        shared = {
            int(text): ""
            for kind, text, _style in facts.header.values()
            if kind == "s" and text.isascii() and text.isdigit()
        }
        if shared and self._texts:
            _SharedTexts(shared).run(self._package.stream(self._texts))
        return {
            place: shared.get(int(text), "") if kind == "s" and text.isdigit() else text
            for place, (kind, text, _style) in facts.header.items()
        }

    def _comment(
        self,
        sheet: SheetOrder,
        name: str,
        facts: Facts,
        rows: Rows,
        ours: Columns,
        hidden: list[int],
    ) -> str:
        """Write the comments of a sheet; return the id of a drawing for it, or ``''``."""
        texts = {
            place: shortened("\n".join(spot.text for spot in spots))
            for row, cells in rows.cells.items()
            for column, spots in cells.items()
            if (place := (row, column))
        }
        texts = dict(sorted(texts.items())[:MOST])
        if sheet.header_row:
            texts[sheet.header_row, ours.place] = self._overview(len(rows.texts), hidden)
        package = self._package
        relations = package.relations(name)
        old = next((r.target for r in relations.values() if r.kind == "comments"), "")
        comments = Comments(package.read(old) if old else None, facts.namespace)
        before = comments.places()
        written, after = comments.written(texts)
        drawing = relations[facts.drawing].target if facts.drawing in relations else ""
        if facts.drawing and not drawing:
            raise NotPatchable
        drawn = self._shapes.drawing(package.read(drawing) if drawing else None, before, after)
        if old:
            package.changed[package.known(old)] = written
        else:
            old = self._free_name("xl/comments_pcloud{}.xml")
            package.changed[old] = written
            package.relate(name, "comments", old, strict=self._strict)
            package.declare(old, "comments")
        if drawing:
            package.changed[package.known(drawing)] = drawn
            return ""
        drawing = self._free_name("xl/drawings/pcloud{}.vml")
        package.changed[drawing] = drawn
        package.declare_drawings()
        return package.relate(name, "vmlDrawing", drawing, strict=self._strict)

    def _overview(self, count: int, hidden: list[int]) -> str:
        words = self._order.words
        text = words.overview.replace("{rows}", str(count))
        if hidden:
            text += "\n" + words.hidden.replace("{count}", str(len(hidden)))
        return text

    def _free_name(self, pattern: str) -> str:
        number = 1
        while self._package.has(pattern.format(number)):
            number += 1
        return pattern.format(number)


class _SharedTexts(Rewriter):
    """Fills in the shared texts whose numbers are keys of `wanted`."""

    def __init__(self, wanted: dict[int, str]) -> None:
        super().__init__()
        self._wanted = wanted
        self._number = -1

    def start(self, name: str, _attrs: dict[str, str]) -> None:
        """Count the texts."""
        kind = local(name)
        if kind == "si":
            self._number += 1
            self.parser.CharacterDataHandler = None
            self.passed(self.here())
        elif self._number in self._wanted:
            self.parser.CharacterDataHandler = self._add if kind == "t" else None

    def end(self, _name: str) -> None:
        """Stop listening where a text ends."""
        self.parser.CharacterDataHandler = None

    def _add(self, text: str) -> None:
        self._wanted[self._number] += text


def _sheets(
    package: Package, book: str, relations: dict[str, Relation]
) -> dict[str, tuple[str, bool]]:
    """Return the sheets by name: their part, and whether they are shown."""
    found: dict[str, tuple[str, bool]] = {}
    for tag, attrs in elements(package.read(book)):
        if tag != "sheet":
            continue
        link = next((v for k, v in attrs.items() if ":" in k and local(k) == "id"), "")
        if link in relations:
            shown = attrs.get("state", "visible") == "visible"
            found[attrs.get("name", "")] = (relations[link].target, shown)
    return found
