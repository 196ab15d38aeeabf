"""Which columns hold what a data key made, and what each ciphertext is bound to.

Everything is derived from the models by the names of their columns, so that a table added later
is not forgotten: ``…_sealed`` is a ciphertext, ``…_index`` a blind index of the ciphertext beside
it, ``mac`` the MAC of its row. A test fails for a column of bytes that is named otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from sqlalchemy import Column, LargeBinary, Table

from pcloud_cli.models.imports import RelatedKind
from pcloud_cli.models.installation import KeyPurpose
from pcloud_cli.models.registry import metadata
from pcloud_cli.security.blind_index import canonical_id_number, canonical_phone

SEALED, INDEX, WRAPPED, MAC = "_sealed", "_index", "_wrapped", "mac"
DIGESTS = (
    "hash",
    "_hash",
    "digest",
    "_digest",
    "_sha256",
    "_root",
    "wrapped",
    "signature",
    "attempted",
)
"""How columns of bytes end that no data key has to be known for."""

STAGED = ("import_row", "import_related", "hires_row")
"""Tables over whose content an approval is bound (`key.staged`, `key.lists`)."""


class Bound(NamedTuple):
    """What a ciphertext is sealed for: a column of a table, and the row that `id` names."""

    table: str
    column: str
    id: str


@dataclass(frozen=True)
class Places:
    """What one table holds: ciphertexts by column, and the columns of blind indexes."""

    table: Table
    sealed: dict[str, Bound]
    indexes: tuple[str, ...]

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name


_OWNER = ("birth_sealed", "id_number_sealed")
_BOUND: dict[str, dict[str, Bound]] = {
    "import_row": {
        "remark_sealed": Bound("house", "remark_sealed", "house_id"),
        **{name: Bound("owner", name, "owner_id") for name in _OWNER},
        "phone_sealed": Bound("owner_phone", "number_sealed", "phone_id"),
    },
    "hires_row": {"contact_sealed": Bound("account", "contact_sealed", "account_id")},
    "import_before_house": {"remark_sealed": Bound("house", "remark_sealed", "house_id")},
    "import_before_owner": {name: Bound("owner", name, "owner_id") for name in _OWNER},
}
"""Where a ciphertext is sealed for another row than the one it lies in."""

_RELATED: dict[str, tuple[str, str]] = {
    RelatedKind.PHONE: ("owner_phone", ""),
    RelatedKind.EMERGENCY: ("emergency_contact", ""),
    RelatedKind.FAMILY: ("family_member", ""),
    RelatedKind.AGENT: ("agent", ""),
    RelatedKind.TENANT: ("tenant", "id_number_sealed"),
    RelatedKind.VEHICLE: ("vehicle", "plate_sealed"),
}
"""What an `import_related` becomes, by its kind, and what its `extra_sealed` becomes there."""

_KINDS = {
    "phone_index": "phone",
    "id_number_index": "id_number",
    "plate_index": "plate",
    "remark_index": "remark",
}
_KINDS_OF = {("owner_phone", "number_index"): "phone"}
_CANONICAL = {"phone": canonical_phone, "id_number": canonical_id_number}


def is_bytes(column: Column[object]) -> bool:
    """Return whether `column` holds bytes that are no id."""
    return isinstance(column.type, LargeBinary) and column.type.length is None


@cache
def all_places() -> tuple[Places, ...]:
    """Return what every table that holds ciphertexts or blind indexes holds, parents first."""
    found = []
    for table in metadata.sorted_tables:
        names = [column.name for column in table.columns if is_bytes(column)]
        indexes = tuple(name for name in names if name.endswith(INDEX))
        sealed = {name: bound(table.name, name) for name in names if name.endswith(SEALED)}
        if sealed or indexes:
            found.append(Places(table, sealed, indexes))
    return tuple(found)


@cache
def columns_of(purpose: str) -> tuple[tuple[Table, str], ...]:
    """Return the columns whose values name a key of `purpose` in their first bytes."""
    if purpose == KeyPurpose.FIELD:
        return tuple((one.table, name) for one in all_places() for name in one.sealed)
    if purpose == KeyPurpose.INDEX:
        return tuple((one.table, name) for one in all_places() for name in one.indexes)
    if purpose == KeyPurpose.FILE:
        return tuple(
            (table, column.name)
            for table in metadata.sorted_tables
            for column in table.columns
            if column.name.endswith(WRAPPED)
        )
    if purpose == KeyPurpose.MAC:
        return tuple((table, MAC) for table in metadata.sorted_tables if MAC in table.c)
    return ()


def bound(table: str, column: str) -> Bound:
    """Return what a ciphertext in `column` of `table` is sealed for; its own row where not told.

    What an `import_related` is sealed for its kind decides (`related`).
    """
    told = _BOUND.get(table, {}).get(column)
    if told is not None:
        return told
    own = [each.name for each in metadata.tables[table].primary_key.columns]
    return Bound(table, column, own[0] if len(own) == 1 else "id")


def related(kind: str, column: str) -> tuple[str, str]:
    """Return table and column that a ciphertext of an `import_related` of `kind` is sealed for."""
    table, extra = _RELATED[kind]
    if column == "extra_sealed":
        return table, extra
    if kind == RelatedKind.PHONE:
        return table, "number_sealed"
    return table, column


def index_kind(table: str, column: str, related_kind: str | None = None) -> str:
    """Return the kind of value that a blind index is of; KeyError where nobody said so."""
    if column == "extra_index":
        return "plate" if related_kind == RelatedKind.VEHICLE else "id_number"
    return _KINDS_OF.get((table, column)) or _KINDS[column]


def sealed_beside(column: str) -> str:
    """Return the column of the ciphertext that a blind index is of."""
    return column.removesuffix(INDEX) + SEALED


def spellings(kind: str, text: str) -> tuple[str, ...]:
    """Return the forms of a value that its index may have been made of, the likeliest first."""
    canonical = _CANONICAL.get(kind)
    return (text,) if canonical is None else tuple(dict.fromkeys((text, canonical(text))))
