"""What messages are sent to in the tests: a real HTTP and a real SMTP server on loopback.

The HTTP server is all providers at once. It knows their secrets, recomputes each signature from
the bytes that arrived, and answers as the provider does; nothing of the program is used here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

ALIYUN_KEY, ALIYUN_SECRET = "LTAI-made-up", "aliyun-Secret-made-up"
TENCENT_KEY, TENCENT_SECRET = "AKID-made-up", "tencent-Secret-made-up"
WECOM_KEY = "wecom-key-made-up"
DINGTALK_TOKEN, DINGTALK_SIGN = "dingtalktokenmadeup", "SECdingtalksignmadeup"
FEISHU_TOKEN = "feishu-token-made-up"
WEBHOOK_TOKEN = "webhook-token-made-up"


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def parameters(self) -> dict[str, str]:
        """The query's parameters."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass
class Receiver:
    """A running HTTP server: what it took, what it refused, and how it is told to behave.

    `answer` may stand in for the usual answer: (status, JSON). `now` is the provider's clock.
    """

    address: str
    now: datetime
    taken: list[Request] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    answer: Callable[[Request], tuple[int, Any] | None] = lambda _request: None
    before: Callable[[Request], None] = lambda _request: None
    nonces: set[str] = field(default_factory=set)

    def respond(self, request: Request) -> tuple[int, Any]:
        """Check a request as its provider would; return status and answer."""
        self.before(request)
        told = self.answer(request)
        if told is not None:
            self.refused.append(str(told))
            return told
        if "x-acs-action" in request.headers:
            problem, status = aliyun_problem(self, request), 400
            good: Any = {"Code": "OK", "Message": "OK", "BizId": "1", "RequestId": "r"}
            bad: Any = {"Code": problem, "Message": "", "RequestId": "r"}
        elif "x-tc-action" in request.headers:
            problem, status = tencent_problem(self, request), 200
            good = {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "1"}]}}
            bad = {"Response": {"Error": {"Code": problem, "Message": ""}, "RequestId": "r"}}
        elif request.path == "/cgi-bin/webhook/send":
            problem = None if request.parameters.get("key") == WECOM_KEY else "93000"
            good, bad, status = {"errcode": 0}, {"errcode": 93000}, 200
        elif request.path == "/robot/send":
            problem, status = dingtalk_problem(request), 200
            good, bad = {"errcode": 0}, {"errcode": 310000}
        elif request.path.startswith("/open-apis/bot/v2/hook/"):
            problem = None if request.path.strip("/").endswith(FEISHU_TOKEN) else "19001"
            good, bad, status = {"code": 0}, {"code": 19001}, 200
        else:
            right = f"Bearer {WEBHOOK_TOKEN}"
            problem = None if request.headers.get("authorization") == right else "401"
            good, bad, status = {}, {}, 401
        if problem is None:
            self.taken.append(request)
            return 200, good
        self.refused.append(problem)
        return status, bad


def aliyun_problem(receiver: Receiver, request: Request) -> str | None:
    """Return the code with which Alibaba Cloud would refuse a request, None where it is good."""
    headers = request.headers
    algorithm, _blank, rest = headers.get("authorization", "").partition(" ")
    parts = dict(each.partition("=")[::2] for each in rest.split(","))
    if algorithm != "ACS3-HMAC-SHA256" or parts.get("Credential") != ALIYUN_KEY:
        return "InvalidAccessKeyId.NotFound"
    signed = parts["SignedHeaders"].split(";")
    must = {"host", *(name for name in headers if name.startswith("x-acs-"))}
    if signed != sorted(signed) or not must <= set(signed):
        return "IncompleteSignature"
    if headers["x-acs-content-sha256"] != hashlib.sha256(request.body).hexdigest():
        return "InvalidContentHash"
    pairs = sorted(parse_qsl(request.query, keep_blank_values=True))
    query = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in pairs)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in signed)
    canonical = "\n".join(
        [
            request.method,
            request.path,
            query,
            lines,
            parts["SignedHeaders"],
            headers["x-acs-content-sha256"],
        ]
    )
    text = f"{algorithm}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    wanted = hmac.new(ALIYUN_SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, parts["Signature"]):
        return "SignatureDoesNotMatch"
    at = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if abs((receiver.now - at).total_seconds()) > 900:
        return "InvalidTimeStamp.Expired"
    if headers["x-acs-signature-nonce"] in receiver.nonces:
        return "SignatureNonceUsed"
    receiver.nonces.add(headers["x-acs-signature-nonce"])
    if (headers["x-acs-action"], headers["x-acs-version"]) != ("SendSms", "2017-05-25"):
        return "InvalidAction.NotFound"
    needed = {"PhoneNumbers", "SignName", "TemplateCode"}
    return None if needed <= set(request.parameters) else "MissingParameter"


def tencent_problem(receiver: Receiver, request: Request) -> str | None:
    """Return the code with which Tencent Cloud would refuse a request, None where it is good."""
    headers = request.headers
    algorithm, _blank, rest = headers.get("authorization", "").partition(" ")
    parts = dict(each.strip().partition("=")[::2] for each in rest.split(","))
    if algorithm != "TC3-HMAC-SHA256":
        return "AuthFailure.InvalidAuthorization"
    key, _slash, scope = parts["Credential"].partition("/")
    if key != TENCENT_KEY:
        return "AuthFailure.SecretIdNotFound"
    signed = parts["SignedHeaders"].split(";")
    if not {"content-type", "host"} <= set(signed):
        return "AuthFailure.InvalidAuthorization"
    lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in signed)
    body = hashlib.sha256(request.body).hexdigest()
    canonical = f"POST\n{request.path}\n{request.query}\n{lines}\n{parts['SignedHeaders']}\n{body}"
    moment = headers["x-tc-timestamp"]
    day = datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%d")
    if scope != f"{day}/sms/tc3_request":
        return "AuthFailure.SignatureFailure"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"{algorithm}\n{moment}\n{scope}\n{digest}"
    secret = ("TC3" + TENCENT_SECRET).encode()
    for part in scope.split("/"):
        secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
    wanted = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, parts["Signature"]):
        return "AuthFailure.SignatureFailure"
    if abs(receiver.now.timestamp() - int(moment)) > 300:
        return "AuthFailure.SignatureExpire"
    if (headers["x-tc-action"], headers["x-tc-version"]) != ("SendSms", "2021-01-11"):
        return "InvalidAction"
    needed = {"PhoneNumberSet", "SmsSdkAppId", "SignName", "TemplateId", "TemplateParamSet"}
    return None if needed <= set(request.json) else "MissingParameter"


def dingtalk_problem(request: Request) -> str | None:
    """Return the code with which DingTalk would refuse a request, None where it is good."""
    given = request.parameters
    if given.get("access_token") != DINGTALK_TOKEN:
        return "300001"
    moment = given.get("timestamp", "0")
    text = f"{moment}\n{DINGTALK_SIGN}"
    digest = hmac.new(DINGTALK_SIGN.encode(), text.encode(), hashlib.sha256).digest()
    if given.get("sign") != base64.b64encode(digest).decode():
        return "310000"
    return None if abs(time.time() * 1000 - int(moment)) < 3_600_000 else "310000"


@contextmanager
def receiver(now: datetime) -> Iterator[Receiver]:
    """Give a running HTTP server on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            request = Request("POST", parts.path, parts.query, headers, body)
            status, content = running.respond(request)
            answer = json.dumps(content).encode()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", str(content))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            with suppress(ConnectionError):  # who waited may have gone
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, *_given: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running = Receiver(f"http://127.0.0.1:{server.server_address[1]}", now)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
