"""A file of policy: TOML or YAML, a table for each section, only the values that are to change."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.reasons import reason_of
from pcloud_cli.services.policy_sections import SECTIONS, rules

LARGEST = 64 * 1024
"""More bytes than any policy has."""


def read(text: str) -> dict[str, dict[str, Any]]:
    """Return the values of each section in `text`; UsageProblem names every wrong one."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise _unreadable()
    found = _parsed(text)
    if not isinstance(found, Mapping) or not found:
        raise _unreadable()
    problems = list(_problems(found))
    if problems:
        raise UsageProblem(
            _("This policy cannot be: {problems}.").format(problems="; ".join(problems)),
            hint=_("`pcloud policy show` names every value and how far it may go."),
            code="bad_policy",
        )
    return {str(name): dict(values) for name, values in found.items()}


def read_from(path: Path) -> dict[str, dict[str, Any]]:
    """Return the same of a file; UsageProblem where it cannot be read."""
    try:
        with path.open("rb") as stream:
            text = stream.read(LARGEST + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable() from None
    except OSError as error:
        raise UsageProblem(
            _("{path} cannot be read: {reason}").format(path=path, reason=reason_of(error)),
            hint=_("Give --file with a file of policy, or - for standard input."),
        ) from None
    return read(text)


def _parsed(text: str) -> Any:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        pass
    import yaml

    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise _unreadable()  # a few lines of aliases would grow into gigabytes
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise _unreadable() from None


def _problems(found: Mapping[Any, Any]) -> Any:
    for name, values in found.items():
        if name not in SECTIONS:
            yield _("there is no section {name}; there are {sections}").format(
                name=name, sections=", ".join(SECTIONS)
            )
        elif not isinstance(values, Mapping):
            yield _("the section {name} holds no values").format(name=name)
        else:
            known = rules(SECTIONS[name])
            for key, value in values.items():
                rule = known.get(key)
                why = _("there is no such value") if rule is None else rule.problem(value)
                if why is not None:
                    yield f"{name}.{key}: {why}"


def _unreadable() -> UsageProblem:
    return UsageProblem(
        _("The file is neither TOML nor YAML with a table for each section."),
        hint=_("Write for example: [account] and below it password_min_length = 10."),
    )
