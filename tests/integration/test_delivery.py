"""Messages reach real servers on loopback, which check signatures and secrets themselves."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pcloud_cli.clock import FixedClock
from pcloud_cli.delivery import Courier, Undelivered, aliyun, apprised, destinations, tencent
from pcloud_cli.delivery.courier import Parcel
from pcloud_cli.delivery.undelivered import safe
from pcloud_cli.errors import ConfigProblem
from tests.integration import receivers
from tests.integration.mail_server import PASSWORD, USER, certificate, mail_server
from tests.integration.post import channels_table, sms_table
from tests.integration.receivers import Receiver, Request, receiver

PARCEL = Parcel("0198c0de0000700080000000000000aa", "登录异常", "登录异常 7：某事。")


pytestmark = pytest.mark.usefixtures("no_proxy")
VALUES = {"staff_number": "KF 001", "password": "a*b~c+d/e=f&g 湖", "hours": "72"}


def test_alibaba_cloud_takes_an_sms_by_its_signature(
    provider: Receiver, courier: Callable[..., Courier], kept: Callable[[str], str]
) -> None:
    send = courier(sms_table(provider, kept, "aliyun"))
    send.to_mobile("13900000001", "first_password", VALUES, "a1")
    send.to_mobile("13900000001", "first_password", VALUES, "a1")
    assert provider.refused == []
    assert [each.parameters["OutId"] for each in provider.taken] == ["a1", "a1"], "the repeat's id"
    given = provider.taken[0].parameters
    assert given["PhoneNumbers"] == "13900000001"
    assert (given["SignName"], given["TemplateCode"]) == ("翠湖物业", "SMS_7")
    assert given["TemplateParam"] == '{"staff_number": "KF 001", "password": "a*b~c+d/e=f&g 湖"}'


def test_tencent_cloud_takes_an_sms_by_its_signature(
    provider: Receiver, courier: Callable[..., Courier], kept: Callable[[str], str]
) -> None:
    courier(sms_table(provider, kept, "tencent")).to_mobile(
        "13900000001", "first_password", VALUES, "a1"
    )
    assert provider.refused == []
    (taken,) = provider.taken
    assert taken.json == {
        "PhoneNumberSet": ["+8613900000001"],
        "SmsSdkAppId": "1400000001",
        "SignName": "翠湖物业",
        "TemplateId": "SMS_7",
        "TemplateParamSet": ["KF 001", "a*b~c+d/e=f&g 湖"],
        "SessionContext": "a1",
    }
    assert taken.headers["x-tc-region"] == "ap-guangzhou"


@pytest.mark.parametrize(
    ("name", "code"),
    [("aliyun", "sms:SignatureDoesNotMatch"), ("tencent", "sms:AuthFailure.SignatureFailure")],
)
def test_an_sms_signed_with_another_secret_is_refused(
    name: str,
    code: str,
    provider: Receiver,
    courier: Callable[..., Courier],
    kept: Callable[[str], str],
) -> None:
    send = courier(sms_table(provider, kept, name, secret=kept("another")))
    with pytest.raises(Undelivered) as refused:
        send.to_mobile("13900000001", "first_password", VALUES, "a1")
    assert refused.value.code == code
    assert provider.taken == []


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
def test_an_sms_of_a_wrong_clock_is_refused(
    name: str, provider: Receiver, courier: Callable[..., Courier], kept: Callable[[str], str]
) -> None:
    provider.now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    with pytest.raises(Undelivered, match="Expire"):
        courier(sms_table(provider, kept, name)).to_mobile(
            "13900000001", "first_password", VALUES, "a1"
        )


def test_a_provider_that_refuses_a_number_is_no_success(
    provider: Receiver, courier: Callable[..., Courier], kept: Callable[[str], str]
) -> None:
    provider.answer = lambda _request: (200, {"Code": "isv.BUSINESS_LIMIT_CONTROL"})
    with pytest.raises(Undelivered, match=r"isv\.BUSINESS_LIMIT_CONTROL"):
        courier(sms_table(provider, kept, "aliyun")).to_mobile(
            "139", "first_password", VALUES, "a1"
        )
    status = {"SendStatusSet": [{"Code": "LimitExceeded.PhoneNumberDailyLimit"}]}
    provider.answer = lambda _request: (200, {"Response": status})
    with pytest.raises(Undelivered, match="DailyLimit"):
        courier(sms_table(provider, kept, "tencent")).to_mobile(
            "139", "first_password", VALUES, "a1"
        )


@pytest.mark.parametrize("answer", [(502, []), (200, []), (302, "http://127.0.0.1:1/elsewhere")])
def test_an_answer_that_says_nothing_is_no_success(
    answer: tuple[int, Any],
    provider: Receiver,
    courier: Callable[..., Courier],
    kept: Callable[[str], str],
) -> None:
    provider.answer = lambda _request: answer
    with pytest.raises(Undelivered, match=f"http:{answer[0]}"):
        courier(sms_table(provider, kept, "aliyun")).to_mobile(
            "139", "first_password", VALUES, "a1"
        )


def test_the_signatures_are_those_of_the_providers_own_examples() -> None:
    made = aliyun.authorization(
        "POST",
        {
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
            "RegionId": "cn-shanghai",
        },
        {
            "host": "ecs.cn-shanghai.aliyuncs.com",
            "x-acs-action": "RunInstances",
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
            "x-acs-date": "2023-10-26T10:22:32Z",
            "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
            "x-acs-version": "2014-05-26",
        },
        "YourAccessKeyId",
        "YourAccessKeySecret",
    )
    assert made.endswith("06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")
    made = tencent.authorization(
        "cvm",
        {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"},
        rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}',
        datetime.fromtimestamp(1551113065, UTC),
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    )
    assert made.endswith("72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168")


@pytest.mark.parametrize("name", ["wecom", "dingtalk", "feishu", "hook"])
def test_robots_and_webhooks_take_a_message(
    name: str, provider: Receiver, courier: Callable[..., Courier], kept: Callable[[str], str]
) -> None:
    courier(channels_table(provider, kept)).to_channel(name, PARCEL)
    assert provider.refused == []
    (taken,) = provider.taken
    assert "登录异常 7：某事。" in taken.body.decode() + str(taken.json)
    if name == "hook":
        assert taken.path == "/in/tickets"
        assert taken.json["id"] == taken.headers["x-pcloud-message"] == PARCEL.id
    else:
        assert PARCEL.id[-8:] in str(taken.json), "a person could not tell a repeat"


@pytest.mark.parametrize(
    ("name", "code"),
    [("wecom", "refused:93000"), ("dingtalk", "refused:310000"), ("feishu", "refused:19001")],
)
def test_a_refusal_with_status_200_is_no_success(
    name: str,
    code: str,
    provider: Receiver,
    courier: Callable[..., Courier],
    kept: Callable[[str], str],
) -> None:
    table = channels_table(provider, kept)
    table["channels"][name]["sign" if name == "dingtalk" else "secret"] = kept("other1other")
    with pytest.raises(Undelivered) as refused:
        courier(table).to_channel(name, PARCEL)
    assert refused.value.code == code
    assert provider.taken == []


def test_a_webhook_is_not_redirected_with_its_secret(
    provider: Receiver,
    clock: FixedClock,
    courier: Callable[..., Courier],
    kept: Callable[[str], str],
) -> None:
    with receiver(clock.now()) as elsewhere:
        provider.answer = lambda _request: (307, f"{elsewhere.address}/in/tickets")
        with pytest.raises(Undelivered, match="http:307"):
            courier(channels_table(provider, kept)).to_channel("hook", PARCEL)
        assert not elsewhere.taken
        assert not elsewhere.refused


def test_a_receiver_that_is_gone_is_unreachable(
    clock: FixedClock, courier: Callable[..., Courier], kept: Callable[[str], str]
) -> None:
    with receiver(clock.now()) as gone:
        table = channels_table(gone, kept) | sms_table(gone, kept, "tencent")
    with pytest.raises(Undelivered, match="unreachable"):
        courier(table).to_channel("wecom", PARCEL)
    with pytest.raises(Undelivered, match="unreachable"):
        courier(table).to_mobile("139", "first_password", VALUES, "a1")


@pytest.mark.parametrize("way", ["sms", "robot"])
def test_a_receiver_that_says_nothing_is_left_in_time(
    way: str,
    provider: Receiver,
    courier: Callable[..., Courier],
    kept: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patient = threading.Event()

    def wait(_request: Request) -> None:
        patient.wait(300)

    provider.before = wait
    monkeypatch.setattr("pcloud_cli.delivery.http.SECONDS", 0.2)
    monkeypatch.setitem(apprised._BOUNDS, "rto", 0.2)
    send = courier(channels_table(provider, kept) | sms_table(provider, kept, "aliyun"))
    ask: dict[str, Callable[[], None]] = {
        "sms": lambda: send.to_mobile("139", "first_password", VALUES, "a1"),
        "robot": lambda: send.to_channel("wecom", PARCEL),
    }
    with pytest.raises(Undelivered) as late:
        ask[way]()
    patient.set()
    assert late.value.code == "timeout"


class _Ring:
    """A keyring with one entry; no backend by class, or every test would find it."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the entry."""
        return {("pcloud-outbox", "office"): receivers.WECOM_KEY}.get((service, username))


def test_a_secret_may_lie_in_the_keyring(
    provider: Receiver,
    courier: Callable[..., Courier],
    kept: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("keyring.core._keyring_backend", _Ring())
    table = channels_table(provider, kept)
    table["channels"]["wecom"]["secret"] = "keyring:office"
    courier(table).to_channel("wecom", PARCEL)
    assert len(provider.taken) == 1
    table["channels"]["wecom"]["secret"] = "keyring:other"
    with pytest.raises(Undelivered, match="no_secret"):
        courier(table).to_channel("wecom", PARCEL)


def _mail(port: int, **more: Any) -> dict[str, Any]:
    sender = {"host": "127.0.0.1", "port": port, "sender": "pcloud@example.com", **more}
    return {
        "mail": sender,
        "channels": {"duty": {"kind": "mail", "to": ["a@example.com", "b@example.com"]}},
    }


def test_mail_reaches_a_server(courier: Callable[..., Courier]) -> None:
    with mail_server() as server:
        send = courier(_mail(server.port, security="none"))
        send.to_mail("wang@example.com", PARCEL)
        send.to_channel("duty", PARCEL)
    assert [to for to, _mail in server.taken] == [
        ["wang@example.com"],
        ["a@example.com"],
        ["b@example.com"],
    ]
    message = server.taken[0][1]
    assert message["Subject"] == "登录异常"
    assert message["From"].addresses[0].addr_spec == "pcloud@example.com"
    assert message["X-Pcloud-Message"] == PARCEL.id
    assert message.get_content_type() == "text/plain"
    assert message.get_content().strip() == PARCEL.text


def test_mail_goes_over_tls_and_the_password_with_it(
    courier: Callable[..., Courier],
    kept: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with mail_server(path) as server:
        send = courier(_mail(server.port, user=USER, secret=kept(PASSWORD)))
        send.to_mail("wang@example.com", PARCEL)
    assert [line.split()[0].lower() for line in server.heard] == ["ehlo", "starttls"]
    assert server.logins == [(USER, PASSWORD)]
    assert len(server.taken) == 1


def test_mail_goes_over_tls_from_the_first_byte(
    courier: Callable[..., Courier],
    kept: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with mail_server(path, at_once=True) as server:
        send = courier(_mail(server.port, security="ssl", user=USER, secret=kept(PASSWORD)))
        send.to_mail("wang@example.com", PARCEL)
    assert server.logins == [(USER, PASSWORD)]
    assert len(server.taken) == 1


def test_mail_is_not_given_to_a_server_that_cannot_prove_itself(
    courier: Callable[..., Courier], kept: Callable[[str], str], tmp_path: Path
) -> None:
    with mail_server(certificate(tmp_path)) as server:
        send = courier(_mail(server.port, user=USER, secret=kept(PASSWORD)))
        with pytest.raises(Undelivered):
            send.to_mail("wang@example.com", PARCEL)
    assert server.logins == []
    assert server.taken == []


def test_an_address_that_the_server_refuses_is_no_success(courier: Callable[..., Courier]) -> None:
    with mail_server() as server:
        server.refuse = "550"
        with pytest.raises(Undelivered) as refused:
            courier(_mail(server.port, security="none")).to_mail("wang@example.com", PARCEL)
    assert refused.value.code == "smtp:550"


def test_no_log_tells_a_secret_or_an_address(
    provider: Receiver,
    courier: Callable[..., Courier],
    kept: Callable[[str], str],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    with mail_server() as server:
        server.refuse = "550"
        send = courier(channels_table(provider, kept) | {"mail": _mail(server.port)["mail"]})
        for name in ("wecom", "dingtalk", "feishu", "hook"):
            send.to_channel(name, PARCEL)
        with pytest.raises(Undelivered):
            send.to_mail("wang@example.com", PARCEL)
    told = caplog.text + "".join(capfd.readouterr())
    for secret in (
        receivers.WECOM_KEY,
        receivers.DINGTALK_TOKEN,
        receivers.DINGTALK_SIGN,
        receivers.FEISHU_TOKEN,
        receivers.WEBHOOK_TOKEN,
        "wang@example.com",
        PARCEL.text,
    ):
        assert secret not in told


def test_a_secret_that_is_missing_or_open_keeps_the_message_here(
    provider: Receiver, courier: Callable[..., Courier], kept: Callable[[str], str], tmp_path: Path
) -> None:
    table = channels_table(provider, kept)
    Path(table["channels"]["wecom"]["secret"].removeprefix("file:")).chmod(0o644)
    table["channels"]["feishu"]["secret"] = f"file:{tmp_path}/nothing"
    table["channels"]["hook"]["secret"] = "keyring:nothing"
    for name in ("wecom", "feishu", "hook"):
        with pytest.raises(Undelivered, match="no_secret"):
            courier(table).to_channel(name, PARCEL)
    assert not provider.taken
    assert not provider.refused


def test_a_secret_may_be_a_credential_of_systemd(
    provider: Receiver, courier: Callable[..., Courier], kept: Callable[[str], str], tmp_path: Path
) -> None:
    table = channels_table(provider, kept)
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "wecom").write_text(receivers.WECOM_KEY)
    table["channels"]["wecom"]["secret"] = "credential:wecom"
    send = courier(table)
    send._env = {"CREDENTIALS_DIRECTORY": str(folder)}
    send.to_channel("wecom", PARCEL)
    assert len(provider.taken) == 1


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ({"channels": {"x": {"kind": "wecom", "secret": "plain-key"}}}, "outbox.channels.x.secret"),
        ({"channels": {"x": {"kind": "telegram"}}}, "outbox.channels.x.kind"),
        ({"channels": {"x": {"kind": "webhook", "url": "http://example.com"}}}, "channels.x.url"),
        (
            {"channels": {"x": {"kind": "webhook", "url": "https://h/?token=plain-key"}}},
            "channels.x.url",
        ),
        ({"channels": {"x": {"kind": "mail", "to": ["a@b.cn"]}}}, "outbox.channels"),
        ({"channels": {"x": {"kind": "feishu", "secret": "file:/k", "to": []}}}, "channels.x.to"),
        ({"fallback": "x"}, "outbox.fallback"),
        ({"mail": {"host": "h", "sender": "a@b.cn", "user": "u"}}, "outbox.mail"),
        ({"mail": {"host": "h", "sender": "nobody"}}, "outbox.mail.sender"),
        ({"mail": {"host": "h", "sender": "a@b.cn", "password": "plain-key"}}, "mail.password"),
        ({"sms": {"provider": "tencent"}}, "outbox.sms.sign_name"),
        ({"sms": {"provider": "other"}}, "outbox.sms.provider"),
        ({"language": "de"}, "outbox.language"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_never_shown(
    table: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigProblem) as refused:
        destinations.read(table)
    assert named in refused.value.message
    assert refused.value.hint
    assert "plain-key" not in refused.value.message + refused.value.hint


def test_what_a_receiver_answers_is_kept_without_numbers_of_people() -> None:
    assert safe("isv.LIMIT 13900000001 <x>") == "isv.LIMIT-x"
    assert len(safe("x" * 500)) == 60
