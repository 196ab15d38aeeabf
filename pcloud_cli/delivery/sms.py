"""The SMS port: an approved signature, an approved template, its variables; two providers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pcloud_cli.delivery import aliyun, tencent
from pcloud_cli.delivery.destinations import SmsGateway


@dataclass(frozen=True)
class Text:
    """One SMS: `variables` in the order that the provider's template has them."""

    mobile: str
    template_id: str
    variables: tuple[tuple[str, str], ...]
    id: str


def send(gateway: SmsGateway, secret: str, text: Text, *, now: datetime, nonce: str) -> None:
    """Hand one SMS to the provider; Undelivered where it does not take it.

    `now` is signed along: a clock that is off by more than a few minutes is refused. `nonce` is
    used once.
    """
    if gateway.provider == "aliyun":
        aliyun.send(gateway, secret, text, now=now, nonce=nonce)
    else:
        tencent.send(gateway, secret, text, now=now)
