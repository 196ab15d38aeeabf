"""What a column of a result is: its name in JSON, its title for people, how it is aligned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Row = Mapping[str, Any]


class Column(NamedTuple):
    """One column. `title` is a message id; `detail` columns show only in single records.

    `prose` columns hold sentences, which may be folded where a terminal is narrow.
    """

    name: str
    title: str
    right: bool = False
    detail: bool = False
    prose: bool = False


Columns = Sequence[Column]
