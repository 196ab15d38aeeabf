"""Settings: which one is in force, where it came from, and what is said of a broken one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.program import Program


def _shown(program: Program, *words: str, **variables: str) -> dict[str, tuple[Any, str]]:
    told = program.run(*words, "config", "show", "-o", "json", variables=variables)
    assert told.code == 0, told.err
    return {each["name"]: (each["value"], each["origin"]) for each in told.data}


def _write(program: Program, text: str) -> None:
    program.config.parent.mkdir(parents=True, exist_ok=True)
    program.config.write_text(text, encoding="utf-8")


def test_a_flag_goes_before_a_variable_before_a_profile_before_the_file_before_the_default(
    bare: Program,
) -> None:
    assert _shown(bare)["zone"] == ("Asia/Shanghai", "default")
    _write(
        bare,
        'zone = "Asia/Tokyo"\nlanguage = "zh"\n'
        '[profiles.branch]\nzone = "Asia/Urumqi"\nlanguage = "en"\noutput = "csv"\n',
    )
    assert _shown(bare)["zone"] == ("Asia/Tokyo", str(bare.config))
    assert _shown(bare, "--profile", "branch")["zone"] == ("Asia/Urumqi", "profile branch")
    assert _shown(bare, PCLOUD_PROFILE="branch")["zone"] == ("Asia/Urumqi", "profile branch")
    assert _shown(bare, PCLOUD_PROFILE="branch", PCLOUD_ZONE="UTC")["zone"] == (
        "UTC",
        "PCLOUD_ZONE",
    )
    assert _shown(bare)["language"] == ("zh", str(bare.config))
    assert _shown(bare, "--lang", "en")["language"] == ("en", "flag")
    assert _shown(bare, PCLOUD_LANG="en")["language"] == ("en", "PCLOUD_LANG")
    assert _shown(bare, "--lang", "zh", PCLOUD_LANG="en")["language"] == ("zh", "flag")
    assert _shown(bare)["output"] == ("json", "flag")


def test_a_profile_of_the_command_goes_before_one_of_the_file(bare: Program) -> None:
    _write(
        bare,
        'profile = "one"\n[profiles.one]\nzone = "Asia/Tokyo"\n[profiles.two]\nzone = "UTC"\n',
    )
    assert _shown(bare)["zone"] == ("Asia/Tokyo", "profile one")
    assert _shown(bare, "--profile", "two")["zone"] == ("UTC", "profile two")
    told = bare.run("config", "show", "--profile", "two", "-o", "json")
    assert {each["origin"] for each in told.data if each["name"] == "zone"} == {"profile two"}


def test_another_settings_file_can_be_named(bare: Program) -> None:
    other = bare.home / "other.toml"
    other.write_text('zone = "UTC"\n')
    assert _shown(bare, PCLOUD_CONFIG=str(other))["zone"] == ("UTC", str(other))


def test_the_folders_follow_xdg(bare: Program) -> None:
    made = bare.run(
        "init",
        "--no-input",
        "--key-copy",
        "none",
        variables={
            "XDG_DATA_HOME": str(bare.home / "d"),
            "XDG_CONFIG_HOME": str(bare.home / "c"),
        },
    )
    assert made.code == 0, made.err
    assert (bare.home / "d/pcloud/pcloud.db").is_file()
    assert (bare.home / "c/pcloud/config.toml").is_file()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("zone = Asia/Shanghai\n", "config.toml"),
        ("# one\nzone = = 5\n", "2"),
        ('zone = "UTC', "TOML"),
        ('datbase = "sqlite:///x.db"\n', "datbase"),
        ('[profiles.one]\nzoen = "UTC"\n', "zoen"),
        ('output = "xml"\n', "output"),
        ('language = "klingon"\n', "language"),
        ("database = 5\n", "database"),
        ('production = "perhaps"\n', "production"),
        ('profile = "gone"\n', "gone"),
        ('profile = "one"\nprofiles = "one"\n', "one"),
        ("profile = 5\n", "5"),
        ('profile = ["one"]\n[profiles.one]\nzone = "UTC"\n', "one"),
    ],
)
@pytest.mark.parametrize("locale", ["C.UTF-8", "zh_CN.UTF-8"])
def test_a_broken_settings_file_is_told_with_what_to_mend(
    bare: Program, content: str, named: str, locale: str
) -> None:
    _write(bare, content)
    variables = {"LANG": locale, "PCLOUD_PROFILE": "one" if "zoen" in content else ""}
    told = bare.run("config", "show", variables=variables)
    assert (told.code, told.out) == (78, "")
    assert named in told.err
    assert ("怎么办" if locale.startswith("zh") else "What to do") in told.err
    assert not (locale.startswith("zh") and "Invalid" in told.err)
    assert "Traceback" not in told.err
    assert bare.run("--help", variables=variables).code == 0


def test_a_settings_file_that_is_no_text_is_told(bare: Program) -> None:
    _write(bare, "")
    bare.config.write_bytes(b"\xff\xfe\x00")
    told = bare.run("config", "show", "-o", "json")
    assert (told.code, told.error["code"]) == (78, "config")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://pcloud:Lake2026x@127.0.0.1:1/pcloud",
        "postgresql://pcloud@127.0.0.1:1/pcloud?password=Lake2026x",
        "postgresql://127.0.0.1:1/pcloud?user=pcloud&sslpassword=Lake2026x",
    ],
)
def test_a_password_in_a_database_url_is_shown_by_no_command(bare: Program, url: str) -> None:
    for words in (
        ["config", "show"],
        ["doctor"],
        ["db", "current"],
        ["community", "list"],
        ["init", "--no-input"],
    ):
        told = bare.run(*words, "-o", "json", variables={"PCLOUD_DATABASE": url})
        assert "Lake2026x" not in told.out + told.err + json.dumps(told.error), words


def test_what_production_is_asked_says_so(site: Program) -> None:
    site.config.write_text(
        site.config.read_text() + "[profiles.main]\nproduction = true\n", encoding="utf-8"
    )
    create = ("community", "create", "--dry-run")
    for profile, said in ((("--profile", "main"), True), ((), False)):
        asked = site.run(
            *create, *profile, terminal=True, stdin="明湖花园\nMH\n", by="R-SYSTEM-ADMIN"
        )
        assert asked.code == 0, asked.err
        assert ("[main] Name of the community:" in asked.err) is said
