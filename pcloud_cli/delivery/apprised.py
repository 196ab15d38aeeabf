"""Robots of WeCom, DingTalk and Feishu, webhooks and mail, sent through Apprise.

Apprise is imported here alone and late: it costs as much as a whole command. It says no more than
yes or no, and takes the robots' “refused” for a yes, because it comes with status 200; so what a
receiver answered is read here too. Its log, which would hold addresses and tokens, goes nowhere.
"""

from __future__ import annotations

import base64
import hmac
import logging
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import apprise
import requests
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from pcloud_cli.delivery.courier import Parcel
from pcloud_cli.delivery.destinations import Channel, MailSender
from pcloud_cli.delivery.undelivered import Undelivered

ID_HEADER = "X-Pcloud-Message"
"""The header of mail and webhooks that carries the message's id, the same at every attempt."""

CONNECT_SECONDS = 10
READ_SECONDS = 20
_ACCEPTED = {0, "0", None}
_SMTP_CODE = re.compile(r"\((\d{3}), b")
_BOUNDS = {"cto": CONNECT_SECONDS, "rto": READ_SECONDS, "redirect": False, "verify": True}


# the library's constructors take whatever a URL may hold, and say no types
_Email: Any = NotifyEmail
_Feishu: Any = NotifyFeishu
_Json: Any = NotifyJSON
_WeCom: Any = NotifyWeComBot


class _DingTalk(NotifyDingTalk):  # type: ignore[no-untyped-call]
    """The robot, with a signature that is encoded once: Apprise encodes it twice."""

    def get_signature(self) -> tuple[str, str]:
        """Return the moment in milliseconds and the signature over it."""
        timestamp, secret = str(round(time.time() * 1000)), self.secret or ""
        digest = hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), "sha256")
        return timestamp, base64.b64encode(digest).decode()


_Ding: Any = _DingTalk


def channel(target: Channel, secret: str | None, sign: str | None, parcel: Parcel) -> None:
    """Send `parcel` to a robot or a webhook; Undelivered where it does not take it."""
    try:
        plugin = _plugin(target, secret or "", sign, parcel)
    except (apprise.exception.AppriseException, TypeError, ValueError):
        raise Undelivered("unusable") from None
    if target.kind == "webhook":
        _notify(plugin, parcel.text, parcel.title)
    else:
        # a group drops no repeat by itself: its people see by the id that it is one
        _notify(plugin, f"{parcel.text}\n[{parcel.id[-8:]}]", "")


def mail(sender: MailSender, secret: str | None, to: Sequence[str], parcel: Parcel) -> None:
    """Send `parcel` to mail addresses; Undelivered where the server does not take it."""
    try:
        plugin = _Email(
            smtp_host=sender.host,
            host=sender.host,
            port=sender.port,
            secure=sender.security != "none",
            secure_mode={"none": "insecure"}.get(sender.security, sender.security),
            user=sender.user,
            password=secret,
            from_addr=sender.sender,
            targets=list(to),
            headers={ID_HEADER: parcel.id, "Auto-Submitted": "auto-generated"},
            format="text",
            asset=_asset(),
            **_BOUNDS,
        )
    except (apprise.exception.AppriseException, TypeError, ValueError):
        raise Undelivered("unusable") from None
    _notify(plugin, parcel.text, parcel.title)


def _plugin(target: Channel, secret: str, sign: str | None, parcel: Parcel) -> Any:
    bounds: dict[str, Any] = {"asset": _asset(), **_BOUNDS}
    if target.kind == "wecom":
        wecom = _WeCom(key=secret, **bounds)
        wecom.api_url = _elsewhere(wecom.api_url, target.endpoint)
        return wecom
    if target.kind == "dingtalk":
        dingtalk = _Ding(token=secret, secret=sign, **bounds)
        dingtalk.notify_url = _elsewhere(dingtalk.notify_url, target.endpoint)
        return dingtalk
    if target.kind == "feishu":
        feishu = _Feishu(token=secret, **bounds)
        feishu.notify_url = _elsewhere(feishu.notify_url, target.endpoint)
        return feishu
    parts = urlsplit(target.endpoint or "")
    headers = {ID_HEADER: parcel.id}
    if secret:
        headers["Authorization"] = f"Bearer {secret}"
    return _Json(
        host=parts.hostname,
        port=parts.port,
        secure=parts.scheme == "https",
        fullpath=parts.path or "/",
        headers=headers,
        payload={"id": parcel.id},
        **bounds,
    )


def _elsewhere(address: str, endpoint: str | None) -> str:
    """Return `address` with its host, and what is before it, replaced by `endpoint`."""
    if endpoint is None:
        return address
    own = re.match(r"https://[^/]+", address)
    return endpoint + address[own.end() if own else 0 :]


def _asset() -> Any:
    return apprise.AppriseAsset(
        app_id="pcloud",
        app_desc="pcloud",
        storage_mode="memory",  # nothing of a message is written to disk
        async_mode=False,
        secure_logging=True,
        http_redirects=False,
    )


def _notify(plugin: Any, text: str, title: str) -> None:
    with _answers() as (answers, said):
        sender = apprise.Apprise(asset=plugin.asset)
        sender.add(plugin)
        done = sender.notify(
            body=text,
            title=title,
            notify_type=apprise.NotifyType.INFO,
            body_format=apprise.NotifyFormat.TEXT,
        )
    for answer in answers:
        if isinstance(answer, BaseException):
            raise Undelivered("timeout" if isinstance(answer, requests.Timeout) else "unreachable")
        if not 200 <= answer.status_code < 300:
            raise Undelivered("http", answer.status_code)
        code = _refusal(answer)
        if code not in _ACCEPTED and not isinstance(plugin, NotifyJSON):
            raise Undelivered("refused", code)
    if not done:
        raise Undelivered("smtp", said[-1]) if said else Undelivered("unreachable")


def _refusal(answer: requests.Response) -> object:
    """Return the code in a robot's answer: WeCom's and DingTalk's errcode, Feishu's code."""
    try:
        content = answer.json()
    except ValueError:
        return "unreadable"
    if not isinstance(content, dict):
        return "unreadable"
    return content.get("errcode", content.get("code", content.get("StatusCode")))


class _Codes(logging.Handler):
    """Keeps the SMTP status codes out of what Apprise logs, and nothing else of it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.codes: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look for a code; the text itself is forgotten."""
        try:
            found = _SMTP_CODE.search(record.getMessage())
        except (TypeError, ValueError):
            return
        if found:
            self.codes.append(found.group(1))


@contextmanager
def _answers() -> Iterator[tuple[list[requests.Response | BaseException], list[str]]]:
    """Give what receivers answer while Apprise sends, and the SMTP codes it met."""
    answers: list[requests.Response | BaseException] = []
    handler = _Codes()
    log = logging.getLogger("apprise")
    kept = (log.level, log.propagate, log.handlers[:], log.disabled)
    # it would tell every address, and a robot's address holds its token
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)
    log.handlers[:] = [handler]
    log.propagate, log.disabled = False, False
    log.setLevel(logging.DEBUG)
    original = requests.Session.send

    def listening(self: requests.Session, *given: Any, **more: Any) -> requests.Response:
        try:
            answer = original(self, *given, **more)
        except requests.RequestException as error:
            answers.append(error)
            raise
        answers.append(answer)
        return answer

    # Apprise gives no access to its session; one process sends one message at a time
    requests.Session.send = listening  # type: ignore[method-assign]
    try:
        yield answers, handler.codes
    finally:
        requests.Session.send = original  # type: ignore[method-assign]
        level, propagate, handlers, disabled = kept
        log.setLevel(level)
        log.propagate, log.handlers[:], log.disabled = propagate, handlers, disabled
