"""The outbox as an administrator and as cron use it, against real servers on loopback."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pcloud_cli.services import account, outbox
from pcloud_cli.services.outbox import Recipient
from tests.cli.processes import Launcher, wait_until
from tests.cli.program import Program
from tests.integration import receivers
from tests.integration.receivers import Receiver, Request, receiver

ADMIN, CRON = "R-SYSTEM-ADMIN", "R-DELIVERER"
ANOMALY = {"number": "7", "kind": "waiting", "staff_number": "KF001"}
PASSWORD = {"staff_number": "KF001", "password": "Lake#2026x", "hours": "72"}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def provider(site: Program) -> Iterator[Receiver]:
    """All providers at once, and the settings that name them."""
    site.variables["NO_PROXY"] = "127.0.0.1"
    with receiver(site.clock.now()) as running:
        wecom = _secret(site.home / "wecom", receivers.WECOM_KEY)
        aliyun = _secret(site.home / "aliyun", receivers.ALIYUN_SECRET)
        with site.config.open("a") as settings:
            settings.write(f"""
[outbox]
fallback = "office"
language = "zh"

[outbox.channels.office]
kind = "wecom"
secret = "file:{wecom}"
endpoint = "{running.address}"

[outbox.sms]
provider = "aliyun"
endpoint = "{running.address}"
sign_name = "翠湖物业"
key_id = "{receivers.ALIYUN_KEY}"
secret = "file:{aliyun}"

[outbox.sms.templates.first_password]
id = "SMS_7"
variables = ["password"]
""")
        yield running


def _secret(path: Path, value: str) -> Path:
    path.write_text(value + "\n")
    path.chmod(0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path


def _queue(site: Program, *numbers: int) -> None:
    with site.desk() as desk, desk.open(write=True) as (_actor, work):
        for number in numbers:
            outbox.queue(
                work, "anomaly", Recipient.channel("office"), {**ANOMALY, "number": str(number)}
            )


def _password(site: Program) -> None:
    with site.desk() as desk, desk.open(write=True) as (_actor, work):
        row = account.find(work, "KF001")
        row.contact_sealed = work.keys.field_cipher().seal(
            "account", "contact_sealed", row.id, "139-0000-0001"
        )
        work.session.flush()
        outbox.queue(work, "first_password", Recipient.account(row.id), PASSWORD)


def test_cron_delivers_and_stays_silent_where_all_is_well(
    site: Program, provider: Receiver
) -> None:
    _queue(site, 1, 2)
    _password(site)
    quiet = site.run("outbox", "deliver", "--quiet", by=CRON)
    assert quiet == (0, "", "")
    assert len(provider.taken) == 3
    assert provider.refused == []
    done = site.run("outbox", "deliver", "-o", "json", by=CRON)
    assert done.data["sent"] == 0
    shown = site.run("outbox", "list", "--state", "all", "-o", "json", by=ADMIN)
    assert [each["state"] for each in shown.data] == ["sent"] * 3
    assert {each["way"] for each in shown.data} == {"channel", "sms"}
    for told in (shown.out, site.run("outbox", "list", "--state", "all", by=ADMIN).out):
        assert "Lake#2026x" not in told
        assert "13900000001" not in told


def test_what_fails_is_said_and_shown_until_it_is_retried_or_dropped(
    site: Program, provider: Receiver
) -> None:
    _queue(site, 1, 2)
    provider.answer = lambda _request: (200, {"errcode": 45009})
    failed = site.run("outbox", "deliver", "--quiet", "-o", "json", by=CRON)
    assert failed.code == 6
    assert failed.data == {"sent": 0, "failed": 2, "dead": 0, "problems": {"refused:45009": 2}}
    assert failed.error["code"] == "some_failed"
    listed = site.run("outbox", "list", by=ADMIN, variables={"PCLOUD_LANG": "zh"})
    assert "群机器人拒绝：45009" in listed.out
    assert "等待发送" in listed.out
    assert "登录异常" in listed.out
    ids = site.run("outbox", "list", "-o", "ids", by=ADMIN).out.split()
    assert len(ids) == 2
    again = site.run("outbox", "retry", "-", by=ADMIN, stdin=f"{ids[0]}\n")
    assert again.code == 0, again.err
    dropped = site.run("outbox", "drop", ids[1], "--reason", "误报", by=ADMIN)
    assert dropped.code == 0, dropped.err
    provider.answer = lambda _request: None
    assert site.run("outbox", "deliver", by=CRON).code == 0
    assert len(provider.taken) == 1
    finished = site.run("outbox", "retry", ids[1], "-o", "json", by=ADMIN)
    assert finished.code == 5
    assert site.run("outbox", "retry", "--all-dead", by=ADMIN).code == 0
    for words in (["retry"], ["retry", ids[0], "--all-dead"], ["drop"]):
        assert site.run("outbox", *words, "--no-input", by=ADMIN).code == 2


def test_a_dry_run_sends_nothing(site: Program, provider: Receiver) -> None:
    _queue(site, 1)
    shown = site.run("outbox", "deliver", "--dry-run", "-o", "json", by=CRON)
    assert [each["to"] for each in shown.data] == ["office"]
    assert provider.taken == []
    assert site.run("outbox", "deliver", by=CRON).code == 0
    assert len(provider.taken) == 1


def test_the_settings_show_where_a_secret_lies_and_never_what_it_is(
    site: Program, provider: Receiver
) -> None:
    shown = site.run("config", "show", "-o", "json")
    found = {each["name"]: each for each in shown.data}
    assert found["outbox.channels.office.kind"]["value"] == "wecom"
    assert found["outbox.channels.office.kind"]["origin"] == str(site.config)
    assert found["outbox.channels.office.secret"]["value"].startswith("file:")
    assert receivers.WECOM_KEY not in shown.out
    text = site.config.read_text().replace(f"file:{site.home / 'wecom'}", "planted-secret")
    site.config.write_text(text)
    for words in (["config", "show"], ["outbox", "deliver", "--yes"], ["doctor"]):
        _queue(site, 1)
        told = site.run(*words, by=CRON)
        assert "planted-secret" not in told.out + told.err, words
        if words[0] == "outbox":
            assert told.code == 78
            assert "outbox.channels.office.secret" in told.err
    assert provider.taken == []


def test_doctor_looks_for_every_secret(site: Program, provider: Receiver) -> None:
    def found() -> dict[str, str]:
        told = site.run("doctor", "-o", "json").data
        return next(each for each in told if each["check"] == "outbox")

    assert found()["status"] == "ok"
    (site.home / "aliyun").chmod(0o640)
    assert found()["status"] == "bad"
    assert str(site.home / "aliyun") in found()["message"]
    (site.home / "aliyun").unlink()
    assert found()["status"] == "bad"
    assert provider.taken == []


def test_a_profile_has_destinations_of_its_own(site: Program, provider: Receiver) -> None:
    with site.config.open("a") as settings:
        settings.write('\n[profiles.trial.outbox.channels.office]\nsecret = "file:/nowhere"\n')
    shown = site.run("config", "show", "--profile", "trial", "-o", "json")
    found = {each["name"]: each for each in shown.data}
    assert found["outbox.channels.office.secret"]["value"] == "file:/nowhere"
    assert found["outbox.channels.office.secret"]["origin"] == "profile trial"
    assert found["outbox.channels.office.kind"]["value"] == "wecom"
    _queue(site, 1)
    told = site.run("outbox", "deliver", "--profile", "trial", "-o", "json", by=CRON)
    assert told.data["problems"] == {"no_secret": 1}


_DELIVER = """
import json, sys
from datetime import datetime
from pcloud_cli.app import main
from pcloud_cli.clock import FixedClock
from pcloud_cli.context import Context

run = Context.of_process()
run.clock = FixedClock(datetime.fromisoformat(sys.argv[1]))
code = main(["outbox", "deliver", "--quiet"], run=run)
print(json.dumps([code, sorted({"apprise", "requests", "openpyxl", "keyring"} & set(sys.modules))]))
"""


def test_a_sweep_that_finds_nothing_due_starts_light(site: Program, provider: Receiver) -> None:
    def loaded() -> list[object]:
        done = subprocess.run(
            [sys.executable, "-c", _DELIVER, site.clock.now().isoformat()],
            env=site.process_env({"PCLOUD_TOKEN": site.tokens[CRON]}),
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        found: list[object] = json.loads(done.stdout)
        return found

    assert loaded() == [0, []]
    _queue(site, 1)
    assert loaded() == [0, ["apprise", "requests"]]
    assert len(provider.taken) == 1


def test_deliverers_killed_at_any_moment_lose_nothing_and_repeat_with_one_id(
    site: Program, provider: Receiver, processes: Launcher
) -> None:
    _queue(site, *range(12))
    provider.now = site.clock.now()
    started: list[Request] = []
    provider.before = started.append
    for kills in (1, 4, 7):
        running = processes.start(site, "outbox", "deliver", "--quiet", by=CRON)
        wait_until(lambda kills=kills: len(started) >= kills, "a message is on its way")  # type: ignore[misc]
        running.kill()
        running.answer()
    together = [
        processes.start(site, "outbox", "deliver", "--quiet", by=CRON) for _each in range(3)
    ]
    assert [each.answer().code for each in together] == [0, 0, 0]
    first = _numbers(provider)
    assert max(first.values()) == 1, "sent twice while a claim held"
    from pcloud_cli.services.outbox_delivery import LEASE

    site.clock.advance(LEASE)
    assert processes.run(site, "outbox", "deliver", "--quiet", by=CRON).code == 0
    assert set(_numbers(provider)) == {str(number) for number in range(12)}, "lost"
    ids: dict[str, set[str]] = {}
    for each in provider.taken:
        text, _line, mark = each.json["text"]["content"].rpartition("\n")
        ids.setdefault(text, set()).add(mark)
    assert all(len(marks) == 1 for marks in ids.values()), "a repeat has another id"
    states = site.run("outbox", "list", "--state", "all", "-o", "json", by=ADMIN).data
    assert Counter(each["state"] for each in states) == {"sent": 12}
    assert site.run("audit", "verify", by=ADMIN).code == 0


def _numbers(provider: Receiver) -> Counter[str]:
    texts = [json.loads(each.body)["text"]["content"] for each in provider.taken]
    return Counter(text.partition("登录异常 ")[2].partition("：")[0] for text in texts)
