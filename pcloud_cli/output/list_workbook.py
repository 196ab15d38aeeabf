"""A list of any length as a workbook (.xlsx), written while its rows pass by.

The markup is ours (ECMA-376 part 1, 18.3): a general writer takes several times as long for cells
of which we need five kinds. Rows leave memory at once. Text is inert: inline strings in cells of
the text format, never a formula, a link or a number.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, islice
from operator import itemgetter
from typing import Any, BinaryIO
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from pcloud_cli.errors import Failed
from pcloud_cli.i18n import _
from pcloud_cli.output import sheet_rules
from pcloud_cli.output.columns import Columns, Row
from pcloud_cli.output.sheet_rules import MOST_TEXT, fitted, is_exact, is_whole, width_of
from pcloud_cli.output.values import shown

_BATCH = 250
_KNOWN = 10_000  # cells of one kind that are remembered
_LEVEL = 2  # beyond it packing takes longer than all the rest, for a tenth less on the disk
_TEXT, _WHOLE, _NUMBER, _DATE, _MOMENT, _HEAD = range(1, 7)
"""The cell formats, in the order of `_STYLES`."""
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
_EPOCH_DAY = _EPOCH.toordinal()
_FIRST_YEAR = 1900
_SECONDS = 86_400

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_LIKE_UNFIT = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPE = "application/vnd.openxmlformats-package"
_START = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def write_list_workbook(
    stream: BinaryIO,
    title: str,
    columns: Columns,
    rows: Iterable[Row],
    *,
    zone: str,
    made_at: datetime,
    made_by: str = "",
) -> None:
    """Write `rows` to `stream` as a workbook of one sheet, its header in sight and filtered.

    Numbers, dates and moments (shown in `zone`, an IANA name) are such; a number that would lose
    digits is text. `made_by` and `made_at` become the document's properties. Raises Failed where
    the rows are more than a sheet can hold.
    """
    name = sheet_rules.sheet_title(title)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as package:

        def part(path: str, body: str) -> None:
            with package.open(path, "w") as out:
                out.write((_START + body).encode())

        part("[Content_Types].xml", _CONTENT_TYPES)
        part("_rels/.rels", _ROOT_RELATIONS)
        part("docProps/core.xml", _properties(title, made_by, made_at))
        part("xl/_rels/workbook.xml.rels", _BOOK_RELATIONS)
        part("xl/styles.xml", _STYLES)
        try:
            with package.open("xl/worksheets/sheet1.xml", "w") as out:
                last = _Sheet(out.write, columns, zone).written(rows)
        except RuntimeError:  # two gigabytes of markup, before it is packed
            raise _too_large() from None
        part("xl/workbook.xml", _book(name, len(columns), last))


class _Sheet:
    """Writes one sheet from top to bottom, a batch of rows at a time, column by column."""

    def __init__(self, write: Callable[[bytes], object], columns: Columns, zone: str) -> None:
        self._write = write
        self._names = [column.name for column in columns]
        self._titles = [_(column.title) for column in columns]
        self._letters = [_letters(at) for at in range(len(self._names))]
        self._zone_name = zone
        self._zone = ZoneInfo(zone)
        self._as_kind: dict[type, Callable[[Any], tuple[int, str]]] = {
            int: self._number,
            float: self._number,
            Decimal: self._number,
            date: self._date,
            datetime: self._moment,
            bool: lambda value: (_TEXT, _("yes") if value else _("no")),
        }
        self._known: dict[type, dict[Any, str]] = {kind: {} for kind in self._as_kind}
        self._all = itemgetter(*self._names)

    def written(self, rows: Iterable[Row]) -> int:
        """Write the sheet; return the number of its last row, the header's being 1."""
        left = iter(rows)
        batch = list(islice(left, _BATCH))
        self._write(self._beginning(batch).encode())
        last = 1
        while batch:
            if last + len(batch) > sheet_rules.MOST_ROWS:
                raise sheet_rules.too_many_rows()
            self._write(self._rows(batch, last + 1).encode())
            last += len(batch)
            batch = list(islice(left, _BATCH))
        corner = f"{self._letters[-1]}{last}"
        self._write(f'</sheetData><autoFilter ref="A1:{corner}"/></worksheet>'.encode())
        return last

    def _beginning(self, sample: Sequence[Row]) -> str:
        """Return all that stands before the rows, and the header; widths suit the `sample`."""
        widths = [
            max([width_of(title), *(self._width(row.get(name)) for row in sample)])
            for name, title in zip(self._names, self._titles, strict=True)
        ]
        spans = "".join(
            f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
            for at, width in enumerate(widths, 1)
        )
        head = "".join(
            f'<c r="{letter}1{_behind_text(_HEAD, title)}'
            for letter, title in zip(self._letters, self._titles, strict=True)
        )
        return (
            f'{_START}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            f"</sheetView></sheetViews><cols>{spans}</cols>"
            f'<sheetData><row r="1">{head}</row>'
        )

    def _width(self, value: Any) -> int:
        if value is None or isinstance(value, (int, float, Decimal)):
            return 0
        return width_of(value if isinstance(value, str) else shown(value, self._zone_name))

    def _rows(self, batch: Sequence[Row], first: int) -> str:
        numbers = [str(number) for number in range(first, first + len(batch))]
        columns = [
            self._column(letter, numbers, values)
            for letter, values in zip(self._letters, self._values(batch), strict=True)
        ]
        starts = [f'<row r="{number}">' for number in numbers]
        ends = ["</row>"] * len(numbers)
        return "".join(chain.from_iterable(zip(starts, *columns, ends, strict=True)))

    def _values(self, batch: Sequence[Row]) -> Sequence[Sequence[Any]]:
        """Return the values of each column."""
        if len(self._names) > 1:
            try:
                return list(zip(*map(self._all, batch), strict=True))
            except KeyError:
                pass  # a row that lacks a column
        return [[row.get(name) for row in batch] for name in self._names]

    def _column(self, letter: str, numbers: Sequence[str], values: Sequence[Any]) -> list[str]:
        """Return the cells of one column; empty ones are ``''``."""
        start = f'<c r="{letter}'
        if _is_plain(values):
            middle, end = f'" s="{_TEXT}" t="inlineStr"><is><t>', "</t></is></c>"
            return [
                f"{start}{number}{middle}{value}{end}" if value else ""
                for number, value in zip(numbers, values, strict=True)
            ]
        return [
            f"{start}{number}{self._behind(value)}" if value is not None and value != "" else ""
            for number, value in zip(numbers, values, strict=True)
        ]

    def _behind(self, value: Any) -> str:
        """Return what stands of a cell behind its place; numbers and dates often come again."""
        kind = type(value)
        if kind is str:
            return _behind_text(_TEXT, value)
        known = self._known.get(kind)
        if known is None:
            return _behind_text(*self._other(value))
        key = str(value) if kind is Decimal else value  # a Decimal's hash takes its time
        text = known.get(key)
        if text is None:
            if len(known) >= _KNOWN:
                known.clear()
            text = known[key] = _behind_any(*self._as_kind[kind](value))
        return text

    def _other(self, value: Any) -> tuple[int, str]:
        if isinstance(value, str):
            return _TEXT, str(value)
        return _TEXT, shown(value, self._zone_name)

    def _number(self, value: int | float | Decimal) -> tuple[int, str]:
        if not is_exact(value):
            return self._other(value)
        return _WHOLE if is_whole(value) else _NUMBER, str(value)

    def _date(self, value: date) -> tuple[int, str]:
        if value.year < _FIRST_YEAR:
            return self._other(value)
        return _DATE, str(value.toordinal() - _EPOCH_DAY)

    def _moment(self, value: datetime) -> tuple[int, str]:
        local = value.astimezone(self._zone).replace(tzinfo=None, microsecond=0)
        if local.year < _FIRST_YEAR:
            return self._other(value)
        since = local - _EPOCH
        return _MOMENT, repr(since.days + since.seconds / _SECONDS)


def _is_plain(values: Sequence[Any]) -> bool:
    """Say whether `values` are texts, or nothing, that markup holds as they are."""
    kinds = set(map(type, values))
    if kinds == {str}:
        texts: Sequence[str] = values
    elif kinds == {str, type(None)}:
        texts = [value for value in values if value]
    else:
        return False
    whole = f"|{'|'.join(texts)}|"
    return (
        whole.isprintable()  # neither controls nor surrogates, nor an end of a line
        and "&" not in whole
        and "<" not in whole
        and "]]>" not in whole
        and "_x" not in whole
        and "| " not in whole
        and " |" not in whole
        and (len(whole) <= MOST_TEXT or max(map(len, texts)) <= MOST_TEXT)
    )


def _behind_any(style: int, text: str) -> str:
    if style == _TEXT:
        return _behind_text(style, text)
    return f'" s="{style}"><v>{text}</v></c>'


def _behind_text(style: int, text: str) -> str:
    return (
        f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_marked_up(text)}</t></is></c>'
    )


def _marked_up(text: str) -> str:
    """Return any text as it stands between tags; what XML cannot hold as ``_xHHHH_``."""
    plain = _LIKE_UNFIT.sub("_x005F_", fitted(text))
    return escape(_UNFIT.sub(lambda found: f"_x{ord(found[0]):04X}_", plain))


def _letters(at: int) -> str:
    """Return the name of the column `at` places right of A."""
    name = ""
    while at >= 0:
        name = chr(ord("A") + at % 26) + name
        at = at // 26 - 1
    return name


def _too_large() -> Failed:
    return Failed(
        _("The list is too large for a workbook."),
        hint=_("Write a .csv file, or choose fewer rows."),
    )


# -- the parts around the sheet -------------------------------------------------------------------

_CONTENT_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="{_TYPE}.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET}.styles+xml"/>'
    f'<Override PartName="/docProps/core.xml" ContentType="{_TYPE}.core-properties+xml"/></Types>'
)
_ROOT_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties"'
    ' Target="docProps/core.xml"/></Relationships>'
)
_BOOK_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
_XF = '<xf numFmtId="{}" fontId="{}" fillId="{}" borderId="{}" xfId="0" applyNumberFormat="1"'
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="0.####"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
    '<fgColor rgb="FFE8EEF4"/><bgColor indexed="64"/></patternFill></fill></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '<border><left/><right/><top/><bottom style="thin"/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    f'{_XF.format(49, 0, 0, 0)} applyAlignment="1"><alignment vertical="top"/></xf>'
    f"{_XF.format(3, 0, 0, 0)}/>{_XF.format(164, 0, 0, 0)}/>"
    f'{_XF.format(165, 0, 0, 0)} applyAlignment="1"><alignment horizontal="left"/></xf>'
    f'{_XF.format(166, 0, 0, 0)} applyAlignment="1"><alignment horizontal="left"/></xf>'
    f'{_XF.format(49, 1, 2, 1)} applyFont="1" applyFill="1" applyBorder="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def _properties(title: str, made_by: str, made_at: datetime) -> str:
    moment = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_marked_up(title)}</dc:title><dc:creator>{_marked_up(made_by)}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        "</cp:coreProperties>"
    )


def _book(name: str, width: int, last: int) -> str:
    quoted = name.replace("'", "''")
    area = _marked_up(f"'{quoted}'!$A$1:${_letters(width - 1)}${last}")
    title = _marked_up(name).replace('"', "&quot;")
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        f'<sheets><sheet name="{title}" sheetId="1" r:id="rId1"/></sheets><definedNames>'
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">{area}'
        "</definedName></definedNames></workbook>"
    )
