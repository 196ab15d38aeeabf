"""Every model at once, for whoever needs the whole schema (the migrations, the tests)."""

from __future__ import annotations

from pcloud_cli.models import (
    account,
    approval,
    community,
    hires,
    house,
    imports,
    installation,
    login,
    outbox,
    owner,
    owner_change,
    policy,
    region,
    renumbering,
    resident,
    role,
    trail,
    vehicle,
)
from pcloud_cli.models.base import Base

MODULES = (
    account,
    approval,
    community,
    hires,
    house,
    imports,
    installation,
    login,
    outbox,
    owner,
    owner_change,
    policy,
    region,
    renumbering,
    resident,
    role,
    trail,
    vehicle,
)

metadata = Base.metadata
"""The whole schema: all tables of all modules above."""
