"""One output object for every format: data on stdout, all else on stderr."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any, TextIO

from pcloud_cli.errors import PcloudError
from pcloud_cli.i18n import _
from pcloud_cli.output.columns import Columns, Row
from pcloud_cli.output.text import terminal_width, wrapped
from pcloud_cli.output.values import csv_column, for_terminal, json_value, shown, tsv_cell

_BATCH = 250  # rows that are looked at together, column by column


class Output:
    """Writes what a command has to say. A format is one of table, json, jsonl, csv, tsv, yaml, ids.

    JSON keeps types and is ``[]`` when empty; tables are whole when piped; csv carries a BOM
    for the spreadsheet programs that people open it with (tsv and json are for machines).
    """

    def __init__(
        self,
        *,
        stdout: TextIO,
        stderr: TextIO,
        format_name: str = "table",
        zone: str = "UTC",
        plain: bool = False,
    ) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self.format = format_name
        self.zone = zone
        self.plain = plain or not stdout.isatty()

    # --- data --------------------------------------------------------------------------------

    def rows(self, rows: Iterable[Row], columns: Columns, *, empty: str | None = None) -> None:
        """Write a list of records. `empty` is said on stderr where a table has none."""
        writers = {
            "table": self._table,
            "json": self._json,
            "jsonl": self._jsonl,
            "csv": self._csv,
            "tsv": self._tsv,
            "yaml": self._yaml,
            "ids": self._ids,
        }
        written = writers[self.format](rows, columns)
        if not written and self.format == "table":
            self.note(empty or _("Nothing found."))

    def record(self, row: Row, columns: Columns) -> None:
        """Write one record: an object in JSON, a line a field in a table."""
        if self.format == "table":
            self._fields(row, columns)
        elif self.format == "json":
            self.json(self._plain(row, columns))
        elif self.format == "yaml":
            self._dump_yaml(self._plain(row, columns))
        else:
            self.rows([row], columns)

    def json(self, value: Any) -> None:
        """Write any plain value as JSON, indented; Decimal, dates and bytes become plain."""
        json.dump(json_value(value), self.stdout, ensure_ascii=False, indent=2)
        self.stdout.write("\n")

    def structured(self, value: Any) -> bool:
        """Write `value` if the format is a structured one (json, jsonl, yaml); say if it was."""
        if self.format == "json":
            self.json(value)
        elif self.format == "jsonl":
            for item in value if isinstance(value, list) else [value]:
                self.stdout.write(json.dumps(json_value(item), ensure_ascii=False) + "\n")
        elif self.format == "yaml":
            self._dump_yaml(json_value(value))
        else:
            return False
        return True

    def line(self, text: str, *, indent: int = 0) -> None:
        """Write one line of data for people to stdout; a narrow terminal gets it folded."""
        safe = for_terminal(text)
        limit = terminal_width(self.stdout)
        lines = list(wrapped(safe, limit, indent)) if limit else []
        self.stdout.write("\n".join(lines or [" " * indent + safe]) + "\n")

    # --- all else ----------------------------------------------------------------------------

    def note(self, text: str) -> None:
        """Say something beside the data, on stderr, after the data that came before it."""
        self.stdout.flush()
        self._aside([for_terminal(text)])

    def done(self, text: str) -> None:
        """Say that all went well, to a person who looks on; in a script silence says it."""
        if self.stderr.isatty():
            self.note(text)

    def error(self, error: PcloudError) -> None:
        """Say what failed and what to do next; as an object where the format is JSON."""
        with suppress(OSError):  # an output that cannot be written is told at the end
            self.stdout.flush()
        if self.format in ("json", "jsonl"):
            body = {"code": error.code, "message": error.message, "hint": error.hint}
            self._aside([json.dumps({"error": body}, ensure_ascii=False)], folded=False)
            return
        lines = [_("Error: {message}").format(message=for_terminal(error.message))]
        if error.hint:
            lines.append(_("What to do: {hint}").format(hint=for_terminal(error.hint)))
        self._aside(lines)

    def _aside(self, lines: list[str], *, folded: bool = True) -> None:
        limit = terminal_width(self.stderr) if folded else None
        if limit:
            lines = [part for line in lines for part in list(wrapped(line, limit)) or [line]]
        # nobody listens to a broken stderr; the exit code still says how it went
        with suppress(OSError):
            self.stderr.write("\n".join(lines) + "\n")
            self.stderr.flush()

    # --- formats -----------------------------------------------------------------------------

    def _plain(self, row: Row, columns: Columns) -> dict[str, Any]:
        return {column.name: json_value(row.get(column.name)) for column in columns}

    def _json(self, rows: Iterable[Row], columns: Columns) -> int:
        count = 0
        for count, row in enumerate(rows, 1):
            self.stdout.write("[\n  " if count == 1 else ",\n  ")
            self.stdout.write(json.dumps(self._plain(row, columns), ensure_ascii=False))
        self.stdout.write("\n]\n" if count else "[]\n")
        return count

    def _jsonl(self, rows: Iterable[Row], columns: Columns) -> int:
        count = 0
        for count, row in enumerate(rows, 1):  # noqa: B007 - the count is the result
            self.stdout.write(json.dumps(self._plain(row, columns), ensure_ascii=False) + "\n")
        return count

    def _csv(self, rows: Iterable[Row], columns: Columns) -> int:
        import csv

        self.stdout.write("\ufeff")
        writer = csv.writer(self.stdout, lineterminator="\r\n")
        writer.writerow([_(column.title) for column in columns])
        count = 0
        left = iter(rows)
        while batch := list(islice(left, _BATCH)):
            values = ([row.get(column.name) for row in batch] for column in columns)
            cells = (csv_column(column, self.zone) for column in values)
            writer.writerows(zip(*cells, strict=True))
            count += len(batch)
        return count

    def _tsv(self, rows: Iterable[Row], columns: Columns) -> int:
        self.stdout.write("\t".join(column.name for column in columns) + "\n")
        count = 0
        for count, row in enumerate(rows, 1):  # noqa: B007 - the count is the result
            cells = (tsv_cell(row.get(c.name), self.zone) for c in columns)
            self.stdout.write("\t".join(cells) + "\n")
        return count

    def _yaml(self, rows: Iterable[Row], columns: Columns) -> int:
        plain = [self._plain(row, columns) for row in rows]
        self._dump_yaml(plain)
        return len(plain)

    def _dump_yaml(self, value: Any) -> None:
        import yaml

        yaml.safe_dump(value, self.stdout, allow_unicode=True, sort_keys=False)

    def _ids(self, rows: Iterable[Row], columns: Columns) -> int:
        key = "id" if any(column.name == "id" for column in columns) else columns[0].name
        count = 0
        for count, row in enumerate(rows, 1):  # noqa: B007 - the count is the result
            self.stdout.write(shown(row.get(key), self.zone) + "\n")
        return count

    def _table(self, rows: Iterable[Row], columns: Columns) -> int:
        from pcloud_cli.output.table import write_table

        visible = [column for column in columns if not column.detail]
        body = [[shown(row.get(c.name), self.zone) for c in visible] for row in rows]
        if body:
            write_table(self.stdout, visible, body, plain=self.plain)
        return len(body)

    def _fields(self, row: Mapping[str, Any], columns: Columns) -> None:
        from pcloud_cli.output.table import write_fields

        # what people call by its number they need no id of; programs read it in the other formats
        unneeded = {"id"} if row.get("number") is not None else set()
        pairs = [
            (_(c.title), shown(row.get(c.name), self.zone))
            for c in columns
            if c.name not in unneeded
        ]
        write_fields(self.stdout, [pair for pair in pairs if pair[1]])
