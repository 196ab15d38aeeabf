"""The cells of sampled rows as they stood in the workbook, sealed while the batch lies here (抽查).

They are private data like what was made of them: masked where they are shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.bulk import insert_rows
from pcloud_cli.db.work import Work
from pcloud_cli.models.imports import ImportSource
from pcloud_cli.security.mask import mask_numbers
from pcloud_cli.sheets.fields import PRIVATE_FIELDS
from pcloud_cli.sheets.messages import SourceRow
from pcloud_cli.sheets.problems import shown_value

_PLACE = ("import_source", "cells_sealed")
_COLUMNS = ("id", "batch_id", "seq", "sheet", "row_no", "cells_sealed")
_BY_NUMBERS = frozenset({"owner_name", "id_number", "phone", "emergency_phone"})
"""Private fields of which the numbers are hidden and the rest shown, as owners' names are."""


def keep(work: Work, batch_id: bytes, names: Mapping[int, str], rows: Sequence[SourceRow]) -> None:
    """Keep `rows` with the batch, sealed; `names` are those of the sheets."""
    seal = work.keys.field_cipher().seal
    kept = []
    for seq, row in enumerate(rows, 1):
        id_ = work.ids()
        cells = json.dumps(row.cells, ensure_ascii=False)
        kept.append((id_, batch_id, seq, names[row.sheet], row.row, seal(*_PLACE, id_, cells)))
    insert_rows(work.session, ImportSource, _COLUMNS, kept)


def of_batch(work: Work, batch_id: bytes, *, clear: bool = False) -> list[dict[str, Any]]:
    """Return the sampled rows of a batch in the order of the file: sheet, row and its cells.

    A cell is a record of column, header, field and text; private texts are masked unless `clear`.
    """
    query = select(ImportSource).where(ImportSource.batch_id == batch_id)
    found = []
    for row in work.session.scalars(query.order_by(ImportSource.seq)):
        cells = json.loads(work.keys.open(*_PLACE, row.id, row.cells_sealed))
        found.append(
            {
                "sheet": row.sheet,
                "row": row.row_no,
                "cells": [
                    {
                        "column": column,
                        "header": header,
                        "field": field,
                        "text": text if clear else masked(field, text),
                    }
                    for column, header, field, text in cells
                ],
            }
        )
    return found


def masked(field: str, text: str) -> str:
    """Return the text of a cell of `field` as it is shown: private data hidden, signs kept."""
    if field in _BY_NUMBERS:
        return mask_numbers(text)
    return shown_value(field, text) if field in PRIVATE_FIELDS else text
