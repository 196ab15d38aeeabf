"""Whether loading the same file once more would bring anything that its batch does not hold."""

from __future__ import annotations

import json
import re
from collections.abc import Collection

from pcloud_cli.models.imports import BatchState, ImportBatch
from pcloud_cli.services.imports.options import LoadOptions
from pcloud_cli.sheets.headers import plain_header

_LIVING = (BatchState.PENDING.value, BatchState.APPROVED.value, BatchState.APPLIED.value)
_LETTERS = re.compile("[A-Za-z]{1,3}")


def brings_the_same(batch: ImportBatch, options: LoadOptions) -> bool:
    """Return whether the file of `batch`, loaded again with `options`, would bring the same again.

    It would bring more where applying left rows out because others were faster, or where the
    mapping settles one of its headers otherwise. What is settled of headers that the file has not,
    as by the developer's other lists, makes no difference.
    """
    if batch.state not in _LIVING or batch.skipped:
        return False
    asked = json.loads(batch.options)
    before: dict[str, str] = asked.get("mapping") or {}
    mapping = options.mapping
    if (bool(asked.get("strict")), bool(asked.get("as_new"))) != (options.strict, options.as_new):
        return False
    settled = {
        header
        for header in before.keys() | mapping.keys()
        if before.get(header) != mapping.get(header)
    }
    return not settled or not _concerned(batch, settled)


def _concerned(batch: ImportBatch, settled: Collection[str]) -> bool:
    """Return whether one of the headers `settled` may be one of the file's; rather yes than no."""
    sheets = json.loads(batch.sheets or "[]")
    found = {
        plain_header(header)
        for sheet in sheets
        for header in (*sheet["columns"].values(), *(each[0] for each in sheet["unused"]))
    } - {""}
    for header in settled:
        plain = plain_header(header)
        # a letter may name any column, and 姓名2 is the second one called 姓名
        if _LETTERS.fullmatch(header.strip()) or any(
            plain in each or each in plain for each in found
        ):
            return True
    return False
