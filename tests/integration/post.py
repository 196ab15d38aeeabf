"""The post of tests: couriers, an office with destinations, and the receivers behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.work import Work, unit_of_work
from pcloud_cli.delivery import Courier
from pcloud_cli.ids import IdSource
from pcloud_cli.models.outbox import OutboxDelivery, OutboxMessage
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.security.keys import KeyRing
from pcloud_cli.security.passwords import Cost
from pcloud_cli.services import account, outbox, outbox_delivery
from pcloud_cli.services.actor import Actor, bootstrap
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.outbox_delivery import Outcome, Speech
from tests.integration import receivers
from tests.integration.receivers import Receiver, receiver

SPEECH = Speech("zh", "Asia/Shanghai")
_CHEAP = Cost(memory=1024, passes=1, lanes=1)


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing between a test and its receivers."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def provider(clock: FixedClock) -> Iterator[Receiver]:
    """All providers at once."""
    with receiver(clock.now()) as running:
        yield running


@pytest.fixture
def courier(
    clock: FixedClock, randomness: Callable[[int], bytes], tmp_path: Path
) -> Callable[..., Courier]:
    """Make a courier of a table of settings; `secrets` become files of mode 0600."""

    def make(table: dict[str, Any]) -> Courier:
        return Courier(table, {"HOME": str(tmp_path)}, clock, randomness)

    return make


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[str], str]:
    """Put a secret into a file and return the reference to it."""

    def keep(secret: str) -> str:
        path = tmp_path / f"secret-{secret[:6]}"
        path.write_text(secret + "\n")
        path.chmod(0o600)
        return f"file:{path}"

    return keep


def sms_table(
    provider: Receiver, kept: Callable[[str], str], name: str, **more: Any
) -> dict[str, Any]:
    """Return the settings of an SMS provider by `name` at the receiver."""
    aliyun_ = name == "aliyun"
    return {
        "sms": {
            "provider": name,
            "endpoint": provider.address,
            "sign_name": "翠湖物业",
            "key_id": receivers.ALIYUN_KEY if aliyun_ else receivers.TENCENT_KEY,
            "secret": kept(receivers.ALIYUN_SECRET if aliyun_ else receivers.TENCENT_SECRET),
            "templates": {
                "first_password": {"id": "SMS_7", "variables": ["staff_number", "password"]}
            },
            **({} if aliyun_ else {"app_id": "1400000001"}),
            **more,
        }
    }


def channels_table(provider: Receiver, kept: Callable[[str], str]) -> dict[str, Any]:
    """Return the settings of a channel of each kind at the receiver."""
    return {
        "channels": {
            "wecom": {
                "kind": "wecom",
                "secret": kept(receivers.WECOM_KEY),
                "endpoint": provider.address,
            },
            "dingtalk": {
                "kind": "dingtalk",
                "secret": kept(receivers.DINGTALK_TOKEN),
                "sign": kept(receivers.DINGTALK_SIGN),
                "endpoint": provider.address,
            },
            "feishu": {
                "kind": "feishu",
                "secret": kept(receivers.FEISHU_TOKEN),
                "endpoint": provider.address,
            },
            "hook": {
                "kind": "webhook",
                "secret": kept(receivers.WEBHOOK_TOKEN),
                "url": f"{provider.address}/in/tickets",
            },
        }
    }


@dataclass
class Post:
    """An installation with a deliverer, its destinations, and the receiver behind them."""

    engine: Engine
    clock: FixedClock
    ids: IdSource
    keyring: KeyRing
    deliverer: Actor
    receiver: Receiver
    folder: Path
    table: dict[str, Any]

    @contextmanager
    def open(self, *, write: bool = False) -> Iterator[tuple[Actor, Work]]:
        """Give the deliverer and a unit of work."""
        with unit_of_work(
            self.engine,
            clock=self.clock,
            ids=self.ids,
            keys=self.keyring,
            origin="test",
            write=write,
        ) as work:
            # resolved anew in each, as the program does
            yield Actor("service", account_id=self.deliverer.account_id), work

    def courier(self) -> Courier:
        """Return what carries."""
        return Courier(self.table, {}, self.clock, lambda size: self.ids()[-size:])

    def deliver(self, **more: Any) -> Outcome:
        """Send what is due."""
        self.receiver.now = self.clock.now()
        return outbox_delivery.deliver(self.open, self.courier(), SPEECH, **more)

    def queue(self, template: str, to: Recipient, values: dict[str, str]) -> bytes:
        """Queue a message."""
        with self.open(write=True) as (_actor, work):
            return outbox.queue(work, template, to, values)

    def register(self, number: str, contact: str | None) -> bytes:
        """Register somebody who can be reached at `contact`."""
        with self.open(write=True) as (_actor, work):
            made = account.create(
                bootstrap(), work, staff_number=number, name="某人", contact=contact, cost=_CHEAP
            )
            return made.id

    def deliveries(self) -> list[OutboxDelivery]:
        """Return all deliveries."""
        with Session(self.engine) as session:
            return list(session.scalars(select(OutboxDelivery).order_by(OutboxDelivery.id)))

    def kept(self) -> list[bool]:
        """Return of each message whether its values are still there."""
        with Session(self.engine) as session:
            query = select(OutboxMessage.values_sealed).order_by(OutboxMessage.id)
            return [each is not None for each in session.scalars(query)]

    def change(self, statement: Any) -> None:
        """Change the database past the program."""
        with self.engine.begin() as connection:
            connection.execute(statement)

    def actions(self) -> list[str]:
        """Return what the outbox told the trail."""
        with Session(self.engine) as session:
            query = select(TrailEvent.action).order_by(TrailEvent.seq)
            return [each for each in session.scalars(query) if each.startswith("outbox.")]

    def secret(self, value: str) -> str:
        """Keep a secret in a file and return the reference."""
        path = self.folder / f"secret-{value[:6]}"
        path.write_text(value)
        path.chmod(0o600)
        return f"file:{path}"


@pytest.fixture
def post(
    engine: Engine,
    clock: FixedClock,
    ids: IdSource,
    keyring: KeyRing,
    hire: Callable[..., Actor],
    tmp_path: Path,
) -> Iterator[Post]:
    """An installation whose office has a robot and whose staff get SMS."""
    deliverer = hire("CRON1", "deliverer", kind="service")
    with receiver(clock.now()) as running:
        made = Post(engine, clock, ids, keyring, deliverer, running, tmp_path, {})
        made.table = {
            "fallback": "office",
            "channels": {
                "office": {
                    "kind": "wecom",
                    "secret": made.secret(receivers.WECOM_KEY),
                    "endpoint": running.address,
                }
            },
            "sms": {
                "provider": "aliyun",
                "endpoint": running.address,
                "sign_name": "翠湖物业",
                "key_id": receivers.ALIYUN_KEY,
                "secret": made.secret(receivers.ALIYUN_SECRET),
                "templates": {"first_password": {"id": "SMS_7", "variables": ["password"]}},
            },
        }
        yield made
