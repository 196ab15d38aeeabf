"""Column types that mean the same on SQLite and on PostgreSQL.

Plain bytes, text and integers pass to the driver untouched, so that bulk work may hand tuples
over; only moments and exact decimals are converted.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

__all__ = ["BigInt", "Date", "Exact", "Id", "Moment", "Sealed", "Text", "moment_text"]

#: Digits that survive the way through SQLite's binary floating point and back.
_EXACT_DIGITS = 15

Sealed = LargeBinary
"""Ciphertext, a keyed digest or a MAC: bytes of any length on both sides."""


def moment_text(value: datetime) -> str:
    """Return the aware `value` as SQLite stores it: UTC, ``YYYY-MM-DD HH:MM:SS.ffffff``.

    The text sorts as the moments do. Raises ValueError for a moment without a zone.
    """
    if value.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def Id() -> LargeBinary:
    """Return the type of our identifiers: 16 bytes (UUIDv7), ``bytes`` on both sides."""
    return LargeBinary(16)


def BigInt() -> TypeEngine[int]:
    """Return a 64-bit integer; as a primary key on SQLite it is the row number itself."""
    return BigInteger().with_variant(Integer(), "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware moment, given back in UTC; timestamptz on PostgreSQL, sortable text on SQLite."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of `dialect`."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(26))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Turn an aware datetime into what the driver stores; ValueError for a naive one."""
        if value is None:
            return None
        text = moment_text(value)
        return text if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """Turn what the driver gives into an aware datetime in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        moment: datetime = value
        return moment.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A Decimal of `precision` digits, `scale` of them after the point; NUMERIC on both sides.

    SQLite keeps such numbers as integers or doubles; up to 15 digits come back as they went in.
    Numbers that do not fit are refused with ValueError, never rounded.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        if not 0 <= scale <= precision <= _EXACT_DIGITS:
            raise ValueError(f"NUMERIC({precision}, {scale}) is not exact on SQLite")
        super().__init__(precision, scale)
        self.precision = precision
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of `dialect`."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Numeric(self.precision, self.scale, asdecimal=False))
        return dialect.type_descriptor(Numeric(self.precision, self.scale))

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> Decimal | None:
        """Check a Decimal or int for the column; the driver's processor takes it from there."""
        if value is None:
            return None
        if isinstance(value, float):
            raise ValueError("a binary float is not exact: use Decimal")
        number = Decimal(value)
        if not number.is_finite() or abs(number) >= Decimal(10) ** (self.precision - self.scale):
            raise ValueError(f"{number} does not fit NUMERIC({self.precision}, {self.scale})")
        fitted = number.quantize(self._step)
        if fitted != number:
            raise ValueError(f"{number} has more than {self.scale} digits after the point")
        return fitted

    def process_result_value(self, value: Any, _dialect: Dialect) -> Decimal | None:
        """Give back a Decimal with exactly `scale` digits after the point."""
        if value is None:
            return None
        return Decimal(str(value)).quantize(self._step, rounding=ROUND_HALF_EVEN)

    @property
    def _step(self) -> Decimal:
        return Decimal(1).scaleb(-self.scale)
