"""The owners report (3.1.3): who the owners are, and what houses there are.

A person who owns in two communities is an owner in each. Counted are owners of a house today;
companies stand apart and have neither age nor sex.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.base import Mark
from pcloud_cli.models.house import House
from pcloud_cli.models.owner import Owner, OwnerKind, OwnerPhone, Ownership
from pcloud_cli.output.chart import ChartKind
from pcloud_cli.services import words
from pcloud_cli.services.report.declare import UNKNOWN, Report, Scope, Section, counted
from pcloud_cli.services.sight import joined, open_on

Rows = Sequence[dict[str, Any]]

BANDS: tuple[tuple[str, int, str], ...] = (
    ("0-13", 0, N_("under 14")),
    ("14-17", 14, "14–17"),
    ("18-24", 18, "18–24"),
    ("25-34", 25, "25–34"),
    ("35-44", 35, "35–44"),
    ("45-54", 45, "45–54"),
    ("55-64", 55, "55–64"),
    ("65+", 65, N_("65 and over")),
)
"""Age bands as (code, first year of life in it, words). 14 and 18 are the ages from which the law
lets a child's data be handled, and an adult act alone."""

_UNKNOWN = {UNKNOWN: N_("unknown")}
_BAND_WORDS = {code: text for code, _first, text in BANDS} | _UNKNOWN
_SEX_WORDS = {**words.SEXES, **_UNKNOWN}
_USABLE: words.Words = {
    Mark.PRESENT: N_("present"),
    Mark.INVALID: N_("given, but not usable"),
    Mark.MISSING: N_("missing"),
}
_SHOWN = (Mark.PRESENT, Mark.MISSING)


def born_by(today: date, years: int) -> str:
    """Return the last month of birth (``YYYY-MM``) with which one is `years` old on `today`.

    Only months are known: whoever has a birthday this month counts as having had it.
    """
    return f"{today.year - years:04d}-{today.month:02d}"


def _owners_now(scope: Scope) -> ColumnElement[bool]:
    """Return the condition on `Owner`: seen, and owner of a house on that day."""
    held = select(Ownership.id).where(
        Ownership.community_id == Owner.community_id,
        Ownership.owner_id == Owner.id,
        open_on(scope.today),
    )
    if scope.sight.buildings:
        held = held.join(House, joined(Ownership, House)).where(scope.sight.houses())
    return and_(scope.sight.owners(), exists(held.correlate(Owner)))


def _codes(
    model: type[Owner | House], code: ColumnElement[Any], where: ColumnElement[bool]
) -> Select[Any]:
    """Return the query of one code for each row of `model` that is counted."""
    return select(code.label("code")).select_from(model).where(where)


def _tally(
    work: Work, codes: Select[Any], texts: Mapping[str, str], always: Sequence[str] = ()
) -> Rows:
    # the code is computed inside, so that PostgreSQL groups by a column and not by parameters
    inner = codes.subquery()
    query = select(inner.c.code, func.count()).group_by(inner.c.code)
    return counted(work.session.execute(query), texts, always=always)


def _persons(scope: Scope, code: ColumnElement[Any]) -> Select[Any]:
    return _codes(Owner, code, and_(_owners_now(scope), Owner.kind == OwnerKind.PERSON))


def _houses(scope: Scope, code: ColumnElement[Any]) -> Select[Any]:
    return _codes(House, code, scope.sight.houses())


def _by_kind(work: Work, scope: Scope) -> Rows:
    codes = _codes(Owner, Owner.__table__.c.kind, _owners_now(scope))
    return _tally(work, codes, words.OWNER_KINDS, list(words.OWNER_KINDS))


def _by_age(work: Work, scope: Scope) -> Rows:
    month = Owner.birth_month
    # the oldest first; whoever was not yet born this month has a wrong date of birth
    whens = [(month <= born_by(scope.today, first), code) for code, first, _text in BANDS[::-1]]
    band = case(*whens, else_=literal(UNKNOWN))
    return _tally(work, _persons(scope, band), _BAND_WORDS, list(_BAND_WORDS))


def _by_sex(work: Work, scope: Scope) -> Rows:
    codes = _persons(scope, func.coalesce(Owner.sex, UNKNOWN))
    return _tally(work, codes, _SEX_WORDS, list(_SEX_WORDS))


def _by_id_number(work: Work, scope: Scope) -> Rows:
    return _tally(work, _persons(scope, Owner.__table__.c.id_status), words.MARKS, _SHOWN)


def _by_company_number(work: Work, scope: Scope) -> Rows:
    companies = and_(_owners_now(scope), Owner.kind == OwnerKind.COMPANY)
    return _tally(work, _codes(Owner, Owner.__table__.c.id_status, companies), words.MARKS)


def _by_phone(work: Work, scope: Scope) -> Rows:
    phones = select(OwnerPhone.id).where(
        OwnerPhone.community_id == Owner.community_id, OwnerPhone.owner_id == Owner.id
    )
    good = phones.where(OwnerPhone.status == Mark.PRESENT)
    state = case(
        (exists(good.correlate(Owner)), Mark.PRESENT.value),
        (exists(phones.correlate(Owner)), Mark.INVALID.value),
        else_=literal(Mark.MISSING.value),
    )
    return _tally(work, _codes(Owner, state, _owners_now(scope)), _USABLE, _SHOWN)


def _by_house_kind(work: Work, scope: Scope) -> Rows:
    return _tally(work, _houses(scope, House.__table__.c.kind), words.HOUSE_KINDS)


def _by_house_type(work: Work, scope: Scope) -> Rows:
    kind = func.coalesce(func.nullif(func.trim(House.house_type), ""), UNKNOWN)
    return _tally(work, _houses(scope, kind), {})


def _by_state(work: Work, scope: Scope) -> Rows:
    return _tally(work, _houses(scope, func.coalesce(House.state, UNKNOWN)), words.OCCUPANCY)


REPORT = Report(
    name="owners",
    title=N_("Owners and houses"),
    question=N_("Who are our owners, and what houses do they have?"),
    clause="3.1.3",
    permission="report.owners",
    sections=(
        Section("owner_kind", N_("Owners: persons and companies"), _by_kind, ChartKind.PIE),
        Section("age", N_("Age of owners (persons)"), _by_age, ChartKind.COLUMN),
        Section("sex", N_("Sex of owners (persons)"), _by_sex, ChartKind.PIE),
        Section("id_number", N_("ID numbers of persons"), _by_id_number),
        Section("company_number", N_("Credit codes of companies"), _by_company_number),
        Section("phone", N_("Phones of owners"), _by_phone),
        Section("house_kind", N_("House kinds"), _by_house_kind),
        Section("house_type", N_("House types"), _by_house_type),
        Section("house_state", N_("Use of houses"), _by_state),
    ),
)
