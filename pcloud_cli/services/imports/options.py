"""What a load is asked for beside file and community."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class LoadOptions:
    """What a load is asked for beside file and community; `today` (ISO) tells who is a minor.

    `strict` keeps rows with bad personal fields out; `all_or_nothing` refuses the whole file where
    any row would be kept out. `sample` is the seed of the rows whose cells are kept for the second
    person (抽查): random, so that nobody knows them beforehand. `as_new` makes new houses of those
    that differ from one here in section or kind only.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    developer: str | None = None
    handover_note: str | None = None
    today: str = ""
    strict: bool = False
    all_or_nothing: bool = False
    sample: str = ""
    as_new: bool = False
