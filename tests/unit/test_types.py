"""Column types: what goes in comes out, and what does not fit is refused."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from pcloud_cli.db.types import Exact, Moment, moment_text

SQLITE: Dialect = sqlite.dialect()
POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
AREA = Exact(12, 4)

moments = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - the zone comes from the strategy
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-5))]),
)


def output_of(program: str) -> str:
    """Run `program` in a Python of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def through_sqlite(value: Decimal) -> Decimal | None:
    """Take `value` the way it goes: our check, the driver's double, back."""
    bound = AREA.process_bind_param(value, SQLITE)
    assert bound is not None
    return AREA.process_result_value(float(bound), SQLITE)


@given(moments)
def test_a_moment_comes_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    stored = Moment().process_bind_param(moment, SQLITE)
    back = Moment().process_result_value(stored, SQLITE)
    assert back == moment
    assert back is not None
    assert back.tzinfo is UTC


@given(moments, moments)
def test_stored_moments_sort_as_moments_do(one: datetime, other: datetime) -> None:
    assert (moment_text(one) < moment_text(other)) == (one < other)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL])
def test_a_moment_without_zone_is_refused(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="zone"):
        Moment().process_bind_param(datetime(2026, 1, 1), dialect)  # noqa: DTZ001


@given(
    st.decimals(min_value=Decimal("-99999999.9999"), max_value=Decimal("99999999.9999"), places=4)
)
def test_a_number_of_twelve_digits_survives_sqlites_doubles(number: Decimal) -> None:
    assert through_sqlite(number) == number


@pytest.mark.parametrize(
    "wrong", [Decimal("88.50001"), Decimal("100000000"), Decimal("NaN"), Decimal("Infinity"), 88.5]
)
def test_a_number_that_does_not_fit_is_refused_not_rounded(wrong: Decimal) -> None:
    with pytest.raises(ValueError, match=r"fit|digits|float"):
        AREA.process_bind_param(wrong, SQLITE)


def test_a_column_that_sqlite_could_not_keep_exactly_is_refused() -> None:
    with pytest.raises(ValueError, match="exact"):
        Exact(18, 2)


def test_importing_the_models_package_imports_no_database_library() -> None:
    program = "import sys, pcloud_cli.models; print('sqlalchemy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert done.stdout.strip() == "False"


def test_a_sqlite_engine_imports_no_psycopg(tmp_path: object) -> None:
    program = (
        "import sys; from pcloud_cli.db.engine import make_engine;"
        f"make_engine('sqlite:///{tmp_path}/x.db'); print('psycopg' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert done.stdout.strip() == "False"
