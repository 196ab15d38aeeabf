"""The destinations of the settings: channels, the mail sender, the SMS gateway.

[outbox]
fallback = "office"
language = "zh"

[outbox.channels.office]
kind = "wecom"
secret = "file:/etc/pcloud/outbox/office"

[outbox.mail]
host = "smtp.example.com"
sender = "pcloud@example.com"

[outbox.sms]
provider = "aliyun"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pcloud_cli.delivery.secrets import reference
from pcloud_cli.errors import ConfigProblem
from pcloud_cli.i18n import _

ROBOTS = ("wecom", "dingtalk", "feishu")
KINDS = (*ROBOTS, "mail", "webhook")
PROVIDERS = {
    "aliyun": "https://dysmsapi.aliyuncs.com",
    "tencent": "https://sms.tencentcloudapi.com",
}
SECURITY = {"starttls": 587, "ssl": 465, "none": 25}
_PLAIN = frozenset(
    (
        *("kind", "endpoint", "url", "to", "host", "port", "security", "sender", "user"),
        *("provider", "sign_name", "key_id", "region", "app_id", "id", "variables"),
        *("fallback", "language"),
    )
)
"""The settings that hold nothing secret, by the last part of their names."""

_T = TypeVar("_T")
_EMPTY: dict[str, Any] = {}


@dataclass(frozen=True)
class Channel:
    """A shared destination: `secret` and `sign` are references, `endpoint` stands in for the
    provider's own address, `to` are the addresses of a mail channel."""

    name: str
    kind: str
    secret: str | None = None
    sign: str | None = None
    endpoint: str | None = None
    to: tuple[str, ...] = ()


@dataclass(frozen=True)
class MailSender:
    """The SMTP server that mail leaves by, and who it comes from."""

    host: str
    port: int
    security: str
    sender: str
    user: str | None = None
    secret: str | None = None


@dataclass(frozen=True)
class SmsTemplate:
    """A template as the provider approved it: its id, and our variables in its order."""

    id: str
    variables: tuple[str, ...]


@dataclass(frozen=True)
class SmsGateway:
    """A provider's API, the approved signature, and its templates by our names."""

    provider: str
    endpoint: str
    sign_name: str
    key_id: str
    secret: str
    region: str
    app_id: str | None = None
    templates: Mapping[str, SmsTemplate] = field(default_factory=dict)


@dataclass(frozen=True)
class Destinations:
    """All of it; `fallback` is the channel for what has no other way."""

    channels: Mapping[str, Channel] = field(default_factory=dict)
    mail: MailSender | None = None
    sms: SmsGateway | None = None
    fallback: str | None = None
    language: str | None = None


class _Table:
    """A table of the settings that is read value by value; what is left over is a mistake."""

    def __init__(self, content: object, where: str) -> None:
        if not isinstance(content, dict):
            raise _wrong(where, _("It must be a table, [{name}].").format(name=where))
        self._left = dict(content)
        self._where = where

    def take(self, name: str, read: Callable[[Any, str], _T], default: _T) -> _T:
        """Return the value of `name` as `read` gives it, else `default`."""
        if name not in self._left:
            return default
        return read(self._left.pop(name), f"{self._where}.{name}")

    def need(self, name: str, read: Callable[[Any, str], _T]) -> _T:
        """Return the value of `name`; ConfigProblem where there is none."""
        if name not in self._left:
            raise ConfigProblem(
                _("{where} is missing.").format(where=f"{self._where}.{name}"),
                hint=_("The guide to operations shows every setting of the outbox."),
            )
        return read(self._left.pop(name), f"{self._where}.{name}")

    def end(self) -> None:
        """Raise ConfigProblem where something was not read."""
        for name in self._left:
            raise ConfigProblem(
                _("{where} is no setting.").format(where=f"{self._where}.{name}"),
                hint=_("The guide to operations shows every setting of the outbox."),
            )


def read(table: Mapping[str, Any]) -> Destinations:
    """Return the destinations in the table ``outbox``; ConfigProblem for what is wrong in it."""
    top = _Table(dict(table), "outbox")
    channels = {
        name: _channel(name, content)
        for name, content in top.take("channels", _dict, _EMPTY).items()
    }
    mail = top.take("mail", _mail, None)
    sms = top.take("sms", _sms, None)
    fallback = top.take("fallback", _text, None)
    language = top.take("language", _one_of("en", "zh"), None)
    top.end()
    if fallback is not None and fallback not in channels:
        raise _wrong("outbox.fallback", _("Name one of the channels."))
    if mail is None and any(channel.kind == "mail" for channel in channels.values()):
        raise _wrong("outbox.channels", _("A channel by mail needs [outbox.mail]."))
    return Destinations(channels, mail, sms, fallback, language)


def open_value(name: str, value: object) -> object:
    """Return `value` of the setting `name` where it may be shown, stars where it may not.

    What was written where a reference belongs may be the secret itself.
    """
    last = name.rpartition(".")[2]
    if last in _PLAIN:
        return "***" if last in ("endpoint", "url") and set("?@#") & set(str(value)) else value
    try:
        return reference(value, name)
    except ConfigProblem:
        return "***"


def _channel(name: str, content: object) -> Channel:
    table = _Table(content, f"outbox.channels.{name}")
    kind = table.need("kind", _one_of(*KINDS))
    robot = kind in ROBOTS
    channel = Channel(
        name,
        kind,
        secret=table.need("secret", reference)
        if robot
        else table.take("secret", reference, None)
        if kind == "webhook"
        else None,
        sign=table.take("sign", reference, None) if kind == "dingtalk" else None,
        endpoint=table.need("url", _url)
        if kind == "webhook"
        else table.take("endpoint", _url, None)
        if robot
        else None,
        to=table.need("to", _addresses) if kind == "mail" else (),
    )
    table.end()
    return channel


def _mail(content: object, where: str) -> MailSender | None:
    table = _Table(content, where)
    security = table.take("security", _one_of(*SECURITY), "starttls")
    sender = MailSender(
        host=table.need("host", _text),
        port=table.take("port", _port, SECURITY[security]),
        security=security,
        sender=table.need("sender", _address),
        user=table.take("user", _text, None),
        secret=table.take("secret", reference, None),
    )
    table.end()
    if (sender.user is None) != (sender.secret is None):
        raise _wrong(where, _("`user` and `secret` belong together."))
    return sender


def _sms(content: object, where: str) -> SmsGateway | None:
    table = _Table(content, where)
    provider = table.need("provider", _one_of(*PROVIDERS))
    templates = {
        name: _sms_template(each, f"{where}.templates.{name}")
        for name, each in table.take("templates", _dict, _EMPTY).items()
    }
    gateway = SmsGateway(
        provider,
        endpoint=table.take("endpoint", _url, PROVIDERS[provider]),
        sign_name=table.need("sign_name", _text),
        key_id=table.need("key_id", _text),
        secret=table.need("secret", reference),
        region=table.take(
            "region", _text, "cn-hangzhou" if provider == "aliyun" else "ap-guangzhou"
        ),
        app_id=table.need("app_id", _text) if provider == "tencent" else None,
        templates=templates,
    )
    table.end()
    return gateway


def _sms_template(content: object, where: str) -> SmsTemplate:
    table = _Table(content, where)
    template = SmsTemplate(table.need("id", _text), table.take("variables", _texts, ()))
    table.end()
    return template


def _wrong(where: str, hint: str) -> ConfigProblem:
    return ConfigProblem(_("The setting {where} is not usable.").format(where=where), hint=hint)


def _dict(value: object, where: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise _wrong(where, _("It must be a table, [{name}].").format(name=where))


def _text(value: object, where: str) -> str | Any:
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise _wrong(where, _("It must be a text in quotes."))


def _texts(value: object, where: str) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(each, str) and each for each in value):
        return tuple(value)
    raise _wrong(where, _('It must be a list of texts, ["…", "…"].'))


def _address(value: object, where: str) -> str:
    text = value if isinstance(value, str) else ""
    name, at, domain = text.partition("@")
    if name and at and domain and not any(sign in text for sign in " \t\r\n,;<>"):
        return text
    raise _wrong(where, _("It must be a mail address, name@example.com."))


def _addresses(value: object, where: str) -> tuple[str, ...]:
    found = tuple(_address(each, where) for each in _texts(value, where))
    if not found:
        raise _wrong(where, _("It must be a mail address, name@example.com."))
    return found


def _port(value: object, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536:
        return value
    raise _wrong(where, _("It must be a port number."))


def _url(value: object, where: str) -> str | Any:
    """Return an address without anything secret in it."""
    hint = _("It must be https://HOST/PATH without a password, a query or a token.")
    if not isinstance(value, str):
        raise _wrong(where, hint)
    try:
        parts = urlsplit(value)
        host, inside = parts.hostname, parts.username or parts.password or parts.query
        port = parts.port
    except ValueError:
        raise _wrong(where, hint) from None
    near = host in ("127.0.0.1", "::1", "localhost")
    if not host or inside or parts.fragment or port == 0:
        raise _wrong(where, hint)
    if parts.scheme != "https" and not (parts.scheme == "http" and near):
        raise _wrong(where, hint)
    return value.rstrip("/")


def _one_of(*choices: str) -> Callable[[Any, str], str]:
    def read_one(value: object, where: str) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise _wrong(where, _("It must be one of: {choices}.").format(choices=", ".join(choices)))

    return read_one
