"""Repairs whose reporters are told by SMS: what the tests of their messages share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from pcloud_cli.models.outbox import OutboxDelivery, OutboxMessage
from pcloud_cli.services import outbox
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.outbox_delivery import Outcome
from pcloud_cli.services.outbox_templates import TEMPLATES
from pcloud_cli.services.outbox_templates_tickets import TO_REPORTERS
from tests.integration import receivers
from tests.integration.office import Office
from tests.integration.post import Post
from tests.integration.receivers import Receiver
from tests.integration.repairs import Repairs, founded

MOBILE, OTHER_MOBILE = "13800001234", "13900005678"
HOUSE = "1栋 1单元 101"
ZONE = ZoneInfo("Asia/Shanghai")
READER, SECURITY, DELIVERER = "XT001", "AQ001", "TD001"


@dataclass
class Reported(Repairs):
    """An office that repairs, with an SMS provider that takes every message to a reporter."""

    post: Post

    def at(self, text: str) -> datetime:
        """Return the moment that a local time (``2026-03-01 22:00``) is."""
        return datetime.fromisoformat(text).replace(tzinfo=ZONE)

    def go_to(self, text: str) -> None:
        """Let it be a local time."""
        self.office.clock.advance(self.at(text) - self.office.clock.now())

    def reported(self, **more: Any) -> int:
        """Return the number of a new ticket of a house, whose reporter has a mobile."""
        return self.submit(**{"house": HOUSE, "public": None, "phone": MOBILE, **more})

    def waiting(self) -> list[tuple[str, str]]:
        """Return of what waits for reporters: the message, from when on in local time."""
        query = (
            select(OutboxMessage.template, OutboxDelivery.due_at)
            .join(OutboxDelivery, OutboxDelivery.message_id == OutboxMessage.id)
            .where(
                OutboxDelivery.state == "queued", OutboxMessage.template.in_(sorted(TO_REPORTERS))
            )
            .order_by(OutboxMessage.id)
        )
        return [
            (name.removeprefix("reporter_"), f"{due.astimezone(ZONE):%d %H:%M}")
            for name, due in self.office.rows(query)
        ]

    def names(self) -> list[str]:
        """Return what waits for reporters."""
        return [name for name, _due in self.waiting()]

    def deliver(self) -> Outcome:
        """Send what is due."""
        return self.post.deliver()

    def sent(self) -> list[tuple[str, str, dict[str, str]]]:
        """Return every SMS that the provider took: mobile, template, variables."""
        found = []
        for request in self.post.receiver.taken:
            said = request.parameters
            if "PhoneNumbers" in said:
                values = json.loads(said["TemplateParam"])
                found.append((said["PhoneNumbers"], said["TemplateCode"], values))
        return found

    def listed(self) -> list[dict[str, Any]]:
        """Return all that `outbox list` shows, of messages to reporters."""
        with self.office.open(READER) as (actor, work):
            rows = outbox.list_all(actor, work, state="all")
        return [row for row in rows if row["template"] in TO_REPORTERS]

    def ended(self) -> list[tuple[str, str, str | None]]:
        """Return of every message to a reporter: the message, its state, what was the problem."""
        return [
            (row["template"].removeprefix("reporter_"), row["state"], row["problem"])
            for row in self.listed()
        ]


def made(office: Office, hire: Callable[..., Actor], running: Receiver) -> Reported:
    """Return an office that repairs, its houses, and the provider that its SMS go to."""
    repairs = founded(office, hire)
    hire(READER, "system_admin")
    hire(SECURITY, "security_admin")
    deliverer = hire(DELIVERER, "deliverer", kind="service")
    office.bring_in([["1栋", "1", "101", 90, "王芳", None, None]])
    post = Post(
        office.engine, office.clock, office.ids, office.keyring, deliverer, running,
        office.folder, {},
    )  # fmt: skip
    post.table = {
        "fallback": "office",
        "channels": {
            "office": {
                "kind": "wecom",
                "secret": post.secret(receivers.WECOM_KEY),
                "endpoint": running.address,
            }
        },
        "sms": {
            "provider": "aliyun",
            "endpoint": running.address,
            "sign_name": "翠湖物业",
            "key_id": receivers.ALIYUN_KEY,
            "secret": post.secret(receivers.ALIYUN_SECRET),
            "templates": {
                name: {"id": name, "variables": list(TEMPLATES[name].variables)}
                for name in sorted(TO_REPORTERS)
            },
        },
    }
    return Reported(repairs.office, post)
