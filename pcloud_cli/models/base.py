"""What all models share: the declarative base, names of constraints, small column shorthands."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase, relationship

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every mapped class; its metadata is the schema that the migrations build."""

    metadata = MetaData(naming_convention=NAMES)


def one_of(column: str, codes: type[StrEnum]) -> CheckConstraint:
    """Return the CHECK that `column` holds one of `codes` (or NULL where it may be NULL).

    Spelt out, because SQLite makes a list of an IN anew for every row that it checks.
    """
    return CheckConstraint(" OR ".join(f"{column} = '{code.value}'" for code in codes), name=column)


def within(parent: str) -> ForeignKeyConstraint:
    """Return the foreign key to `parent` in the row's own community.

    It takes the community along, so that no row can point into another community, and so that
    a distributed PostgreSQL keeps both rows on one node.
    """
    return ForeignKeyConstraint(
        ["community_id", f"{parent}_id"], [f"{parent}.community_id", f"{parent}.id"]
    )


def parent(**options: Any) -> Any:
    """Return a many-to-one relationship that puts the parent's INSERT before the child's.

    It is never loaded by itself (`lazy="raise"`): whoever wants the parent says so in the query.
    The parents of one row share its community, hence `overlaps`.
    """
    overlaps = "community,building,unit,house,owner,ticket"
    return relationship(lazy="raise", overlaps=overlaps, **options)


class Mark(StrEnum):
    """How well a number (ID number, phone) arrived, as the judging of a cell found it."""

    PRESENT = "present"
    MISSING = "missing"
    DAMAGED = "damaged"
    MASKED = "masked"
    INVALID = "invalid"
