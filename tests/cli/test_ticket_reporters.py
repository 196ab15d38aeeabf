"""From the call to the SMS in the reporter's hand, by commands alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from pcloud_cli.models.ticket_entry import CallBacks
from pcloud_cli.services.outbox_templates import TEMPLATES
from pcloud_cli.services.outbox_templates_tickets import TO_REPORTERS
from tests.cli.program import Program
from tests.cli.tickets import DESK, PHONE, TECHNICIAN, completed, one, step, submitted, with_houses
from tests.integration import receivers
from tests.integration.receivers import Receiver, receiver

ADMIN, CRON, SWEEPER = "R-SYSTEM-ADMIN", "R-DELIVERER", "R-SWEEPER"


@pytest.fixture
def provider(site: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """An SMS provider that has approved every message to a reporter."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    secret = site.home / "aliyun"
    secret.write_text(receivers.ALIYUN_SECRET + "\n")
    secret.chmod(0o600)
    with receiver(site.clock.now()) as running, site.config.open("a") as settings:
        settings.write(f"""
[outbox.sms]
provider = "aliyun"
endpoint = "{running.address}"
sign_name = "翠湖物业"
key_id = "{receivers.ALIYUN_KEY}"
secret = "file:{secret}"
""")
        for name in sorted(TO_REPORTERS):
            variables = json.dumps(list(TEMPLATES[name].variables))
            settings.write(
                f'\n[outbox.sms.templates.{name}]\nid = "{name}"\nvariables = {variables}\n'
            )
        settings.flush()
        yield running


def _sent(provider: Receiver) -> list[tuple[str, str, dict[str, Any]]]:
    said = [request.parameters for request in provider.taken]
    return [
        (each["PhoneNumbers"], each["TemplateCode"], json.loads(each["TemplateParam"]))
        for each in said
    ]


def _deliver(program: Program, provider: Receiver) -> None:
    provider.now = program.clock.now()
    program.run("outbox", "deliver", "--quiet", by=CRON)


def test_a_reporter_is_told_by_sms_and_the_phone_is_shown_to_nobody(
    site: Program, provider: Receiver
) -> None:
    with_houses(site)
    house = site.run("house", "list", "-c", "CH", "-o", "json", by=DESK).data[0]["address"]
    number = submitted(site, house=house)
    step(site, number, "accept", by=DESK)
    step(site, number, f"assign --to {TECHNICIAN}", by=DESK)
    _deliver(site, provider)
    step(site, number, "take", by=TECHNICIAN)
    _deliver(site, provider)
    values = {"number": str(number), "community": one(site, number)["community"]}
    assert [each for each in _sent(provider) if each[0] == PHONE] == [
        (PHONE, "reporter_accepted", values),
        (PHONE, "reporter_taken", values),
    ]
    listed = site.run("outbox", "list", "--state", "all", "-o", "json", by=ADMIN)
    ours = [each for each in listed.data if each["template"] in TO_REPORTERS]
    assert [(each["to"], each["state"], each["way"]) for each in ours] == [
        ("reporter", "sent", "sms")
    ] * 2
    in_chinese = site.run(
        "outbox", "list", "--state", "all", by=ADMIN, variables={"PCLOUD_LANG": "zh"}
    )
    assert "报修人" in in_chinese.out
    trail = site.run("audit", "list", "-o", "json", by="R-AUDITOR")
    for told in (listed.out, in_chinese.out, trail.out):
        assert PHONE not in told


def test_each_morning_customer_service_is_told_whom_to_call_back(site: Program) -> None:
    completed(site)
    with site.desk() as desk, desk.open(write=True) as (_nobody, work):
        work.session.execute(update(CallBacks).values(due_at=work.now()))
    swept = site.run("sweep", "run", "-o", "json", by=SWEEPER)
    assert swept.code == 0, swept.err
    assert {"kind": "call_backs", "done": "lists", "count": 1} in swept.data
    again = site.run("sweep", "run", "-o", "json", by=SWEEPER)
    assert again.data == []
    listed = site.run("outbox", "list", "-o", "json", by=ADMIN).data
    told = [each["to"] for each in listed if each["template"] == "ticket_call_backs"]
    assert DESK in told
    shown = site.run("ticket", "list", "--to-call-back", "-o", "json", by=DESK)
    assert len(shown.data) == 1
