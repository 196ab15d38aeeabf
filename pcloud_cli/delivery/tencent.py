"""Tencent Cloud's SMS API: sms 2021-01-11 SendSms, signed with TC3-HMAC-SHA256."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pcloud_cli.delivery import http
from pcloud_cli.delivery.undelivered import Undelivered

if TYPE_CHECKING:
    from pcloud_cli.delivery.destinations import SmsGateway
    from pcloud_cli.delivery.sms import Text

ALGORITHM = "TC3-HMAC-SHA256"
VERSION = "2021-01-11"
JSON = "application/json; charset=utf-8"


def send(gateway: SmsGateway, secret: str, text: Text, *, now: datetime) -> None:
    """Call SendSms; Undelivered where the status of the number is not ``Ok``."""
    body = json.dumps(
        {
            "PhoneNumberSet": [f"+86{text.mobile}"],
            "SmsSdkAppId": gateway.app_id,
            "SignName": gateway.sign_name,
            "TemplateId": text.template_id,
            "TemplateParamSet": [value for _name, value in text.variables],
            # the provider gives it back in its report: our id of the message
            "SessionContext": text.id,
        },
        ensure_ascii=False,
    ).encode()
    signed = {
        "content-type": JSON,
        "host": urlsplit(gateway.endpoint).netloc,
        "x-tc-action": "sendsms",
    }
    headers = {
        "Host": signed["host"],
        "Content-Type": JSON,
        "X-TC-Action": "SendSms",
        "X-TC-Version": VERSION,
        "X-TC-Region": gateway.region,
        "X-TC-Timestamp": str(int(now.timestamp())),
        "Authorization": authorization("sms", signed, body, now, gateway.key_id, secret),
    }
    response = http.post(f"{gateway.endpoint}/", headers, body).get("Response")
    answer = response if isinstance(response, dict) else {}
    error = answer.get("Error")
    if isinstance(error, dict):
        raise Undelivered("sms", error.get("Code", "unknown"))
    found = answer.get("SendStatusSet")
    status = found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}
    if status.get("Code") != "Ok":
        raise Undelivered("sms", status.get("Code", "unknown"))


def authorization(
    service: str,
    headers: dict[str, str],
    body: bytes,
    now: datetime,
    key_id: str,
    secret: str,
) -> str:
    """Return the Authorization header of a POST of `body`.

    `headers` are the signed ones, names and values in lower case. The key that signs is good for
    one day and one service.
    """
    names = sorted(headers)
    signed = ";".join(names)
    canonical = "\n".join(
        (
            "POST",
            "/",
            "",
            "".join(f"{name}:{headers[name].strip()}\n" for name in names),
            signed,
            hashlib.sha256(body).hexdigest(),
        )
    )
    day = now.astimezone(UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{service}/tc3_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{int(now.timestamp())}\n{scope}\n{digest}"
    key = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
    return f"{ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={signed}, Signature={signature}"
