"""What the tests of services share: units of work one after the other, and staff."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work, unit_of_work
from pcloud_cli.ids import IdSource
from pcloud_cli.models.community import Community
from pcloud_cli.security.keys import KeyRing
from pcloud_cli.security.passwords import Cost
from pcloud_cli.services import account, login, role
from pcloud_cli.services.actor import Actor, bootstrap
from tests.integration.office import CHECKER, MAKER, Office
from tests.integration.post import courier, kept, no_proxy, post, provider
from tests.integration.undoing import SECOND

__all__ = ["courier", "kept", "no_proxy", "post", "provider"]

CHEAP = Cost(memory=1024, passes=1, lanes=1)


@pytest.fixture
def opened(
    engine: Engine, clock: FixedClock, ids: IdSource, keyring: KeyRing
) -> Callable[[], AbstractContextManager[Work]]:
    """Open units of work that write, each committed at its end."""

    @contextmanager
    def unit() -> Iterator[Work]:
        with unit_of_work(
            engine, clock=clock, ids=ids, keys=keyring, origin="test", write=True
        ) as work:
            yield work

    return unit


@pytest.fixture
def hire(opened: Callable[[], AbstractContextManager[Work]]) -> Callable[..., Actor]:
    """Register somebody with roles everywhere: `hire(staff_number, role, …)`; None for no role."""

    def register(
        number: str, *codes: str | None, until: datetime | None = None, kind: str = "person"
    ) -> Actor:
        with opened() as work:
            role.seed(work)
            account.create(
                bootstrap(), work, staff_number=number, name="某人", kind=kind, cost=CHEAP
            )
            for code in codes:
                if code is not None:
                    role.grant(
                        bootstrap(),
                        work,
                        staff_number=number,
                        role=code,
                        reason="test",
                        until=until,
                    )
            return login.person(account.find(work, number))

    return register


@pytest.fixture
def office(
    engine: Engine,
    clock: FixedClock,
    ids: IdSource,
    keyring: KeyRing,
    hire: Callable[..., Actor],
    tmp_path: Path,
) -> Office:
    """An office in which two people import."""
    hire(MAKER, "customer_service")
    hire(CHECKER, "customer_service_lead")
    made = Office(engine, clock, ids, keyring, tmp_path)
    with Session(engine) as session, session.begin():
        session.add(
            Community(
                id=ids(), code="CH", name="翠湖花园", zone="Asia/Shanghai", created_at=clock.now()
            )
        )
    return made


@pytest.fixture
def pair(office: Office, hire: Callable[..., Actor]) -> Office:
    """An office with a second lead, who may approve what the first one asks."""
    hire(SECOND, "customer_service_lead")
    return office
