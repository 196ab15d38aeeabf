"""What the outbox may say, and to whom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pcloud_cli.services.outbox_address import Address, read_address
from pcloud_cli.services.outbox_template import UNSHOWN, Kind, Said, Template, fits
from pcloud_cli.services.outbox_templates import TEMPLATES

DOCS = Path(__file__).resolve().parents[2] / "docs"
_VALUES = {
    Kind.TICKET: "A-17",
    Kind.ANOMALY: "A-17",
    Kind.BUILDING: "3栋",
    Kind.COUNT: "72",
    Kind.MOMENT: "2026-03-01T08:00:00+00:00",
    Kind.WORD: "waiting",
    Kind.TALLY: '[["waiting", 2, ["KF009-personal"]]]',
    Kind.LISTED: '[["waiting", 2, ["KF009-personal"]]]',
    Kind.PERSONAL: "KF009-personal",
    Kind.SECRET: "Secret#2026x",
}


def _values(template: Template) -> dict[str, str]:
    return {name: _VALUES[kind] for name, kind in template.variables.items()}


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_group_is_told_of_no_person(name: str, language: str) -> None:
    template = TEMPLATES[name]
    if template.group is None:
        with pytest.raises(ValueError, match="no shared channel"):
            template.for_group(language, "Asia/Shanghai", _values(template))
        return
    said = template.for_group(language, "Asia/Shanghai", _values(template))
    assert "KF009" not in said
    assert "Secret" not in said
    assert "{" not in said


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_addressee_reads_everything_in_either_language(name: str) -> None:
    template = TEMPLATES[name]
    texts = [template.for_person(each, "Asia/Shanghai", _values(template)) for each in ("en", "zh")]
    assert texts[0] != texts[1]
    if Kind.SECRET in template.variables.values():
        assert all("Secret#2026x" in text for text in texts)
    if Kind.MOMENT in template.variables.values():
        assert all("2026-03-01 16:00" in text for text in texts), "not in the zone of the settings"


@pytest.mark.parametrize("guide", ["operations.md", "operations.zh-CN.md"])
def test_the_guide_lists_every_message_with_its_variables(guide: str) -> None:
    lines = (DOCS / guide).read_text(encoding="utf-8").splitlines()
    rows = [re.findall(r"`([a-z_]+)`", line) for line in lines if line.startswith("| `")]
    for template in TEMPLATES.values():
        row = next((row for row in rows if template.name in row), None)
        assert row is not None, template.name
        assert set(template.variables) <= set(row), template.name


@pytest.mark.parametrize("kind", [Kind.PERSONAL, Kind.SECRET])
def test_a_template_that_would_tell_a_group_of_a_person_cannot_be_made(kind: Kind) -> None:
    with pytest.raises(ValueError, match="would tell a group"):
        Template(
            "bad",
            {"name": kind},
            Said("A", "甲"),
            Said("{name}", "{name}"),
            group=Said("{name}", "{name}"),
        )


def test_the_languages_of_a_template_name_the_same_variables() -> None:
    with pytest.raises(ValueError, match="different variables"):
        Template("bad", {"n": Kind.TICKET}, Said("A", "甲"), Said("{n}", "没有"))


def test_a_title_names_nothing_because_it_lies_open() -> None:
    with pytest.raises(ValueError, match="title"):
        Template("bad", {"n": Kind.TICKET}, Said("{n}", "{n}"), Said("{n}", "{n}"))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.TICKET, "13900000001"),
        (Kind.TICKET, "110101199003070000"),
        (Kind.TICKET, "钱小满"),
        (Kind.BUILDING, "3栋 13900000001"),
        (Kind.BUILDING, "wang@example.com"),
        (Kind.COUNT, "many"),
        (Kind.WORD, "wang@example.com"),
        (Kind.PERSONAL, "3栋"),
    ],
)
def test_what_looks_like_a_person_is_left_out_of_a_group(kind: Kind, value: str) -> None:
    assert not fits(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.TICKET, "20260301-0007"),
        (Kind.TICKET, "BX-17"),
        (Kind.BUILDING, "翠湖花园 3栋"),
        (Kind.BUILDING, "A座（北）"),
        (Kind.COUNT, "0"),
        (Kind.MOMENT, "2026-03-01T08:00:00+00:00"),
    ],
)
def test_a_number_and_a_building_pass(kind: Kind, value: str) -> None:
    assert fits(kind, value)


def test_a_value_that_does_not_fit_is_replaced_in_a_group() -> None:
    template = TEMPLATES["anomaly"]
    said = template.for_group(
        "zh", "Asia/Shanghai", {"number": "13900000001", "kind": "waiting", "staff_number": "KF1"}
    )
    assert "13900000001" not in said
    assert UNSHOWN in said


@pytest.mark.parametrize(
    ("contact", "found"),
    [
        ("13900000001", Address("13900000001", None)),
        ("+86 139-0000-0001 / wang@example.com", Address("13900000001", "wang@example.com")),
        ("wang13900000002@example.com", Address(None, "wang13900000002@example.com")),
        ("办公室 0571-88880000", Address(None, None)),
        ("110101199003070000", Address(None, None)),
        ("１３９０００００００１", Address("13900000001", None)),
    ],
)
def test_mobile_and_mail_are_read_out_of_a_contact(contact: str, found: Address) -> None:
    assert read_address(contact) == found
