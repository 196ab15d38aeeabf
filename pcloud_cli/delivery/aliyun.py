"""Alibaba Cloud's SMS API: Dysmsapi 2017-05-25 SendSms, signed with ACS3-HMAC-SHA256."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from pcloud_cli.delivery import http
from pcloud_cli.delivery.undelivered import Undelivered

if TYPE_CHECKING:
    from pcloud_cli.delivery.destinations import SmsGateway
    from pcloud_cli.delivery.sms import Text

ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"


def send(gateway: SmsGateway, secret: str, text: Text, *, now: datetime, nonce: str) -> None:
    """Call SendSms; Undelivered where the answer's code is not ``OK``."""
    query = {
        "PhoneNumbers": text.mobile,
        "SignName": gateway.sign_name,
        "TemplateCode": text.template_id,
        # the provider gives it back in its report: our id of the message
        "OutId": text.id,
    }
    if text.variables:
        query["TemplateParam"] = json.dumps(dict(text.variables), ensure_ascii=False)
    headers = {
        "host": urlsplit(gateway.endpoint).netloc,
        "x-acs-action": "SendSms",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": VERSION,
    }
    headers["Authorization"] = authorization("POST", query, headers, gateway.key_id, secret)
    answer = http.post(f"{gateway.endpoint}/?{spelled(query)}", headers, b"")
    if answer.get("Code") != "OK":
        raise Undelivered("sms", answer.get("Code", "unknown"))


def authorization(
    method: str, query: Mapping[str, str], headers: Mapping[str, str], key_id: str, secret: str
) -> str:
    """Return the Authorization header; `headers` have lower-case names and are all signed."""
    names = sorted(headers)
    signed = ";".join(names)
    canonical = "\n".join(
        (
            method,
            "/",
            spelled(query),
            "".join(f"{name}:{headers[name].strip()}\n" for name in names),
            signed,
            headers["x-acs-content-sha256"],
        )
    )
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), "sha256").hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={signed},Signature={signature}"


def spelled(query: Mapping[str, str]) -> str:
    """Return `query` in the one spelling that is signed: sorted, percent-encoded by RFC 3986."""
    return "&".join(f"{quote(k, safe='')}={quote(query[k], safe='')}" for k in sorted(query))
