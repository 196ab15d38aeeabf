"""A file of regions and grants, as YAML: written by `role export`, read by `role apply`.

The spelling is one: what was exported, applied and exported again is the same, byte for byte.
Moments are in the zone of the settings; a day alone is the first or the last day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.moments import parse_moment
from pcloud_cli.reasons import reason_of

LARGEST = 8 << 20
"""More bytes than the grants of any company take."""

FORMAT = "pcloud-roles-1"
_GRANT = ("account", "role", "region", "community", "building", "from", "until", "reason")
_REGION = ("code", "name", "communities")
_NEEDED = ("account", "role", "reason")


@dataclass(frozen=True)
class RegionEntry:
    """A region of the file: its communities are codes or names."""

    code: str
    name: str
    communities: tuple[str, ...]


@dataclass(frozen=True)
class GrantEntry:
    """A grant of the file: places are codes or names, moments in UTC; None is not said."""

    account: str
    role: str
    reason: str
    region: str | None = None
    community: str | None = None
    building: str | None = None
    starts: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Document:
    """All that a file says."""

    regions: tuple[RegionEntry, ...]
    grants: tuple[GrantEntry, ...]


def write(document: Document, zone: str) -> str:
    """Return `document` in its one spelling."""
    import yaml

    content = {
        "format": FORMAT,
        "regions": [
            {"code": each.code, "name": each.name, "communities": list(each.communities)}
            for each in document.regions
        ],
        "grants": [_plain(each, zone) for each in document.grants],
    }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1 << 16)


def read(text: str, *, now: datetime, zone: str) -> Document:
    """Return what `text` says; UsageProblem names every entry that cannot be."""
    found = _parsed(text)
    if not isinstance(found, Mapping) or found.get("format") != FORMAT:
        raise _unreadable()
    problems: list[str] = [
        _("there is no part {name}").format(name=name)
        for name in found
        if name not in ("format", "regions", "grants")
    ]
    regions = [_region(*each, problems) for each in _entries(found, "regions", _REGION, problems)]
    grants = [
        _grant(*each, problems, now, zone) for each in _entries(found, "grants", _GRANT, problems)
    ]
    if problems:
        raise UsageProblem(
            _("This file of roles cannot be: {problems}.").format(problems="; ".join(problems)),
            hint=_("`pcloud role export` shows the form; put quotes around numbers like '001'."),
            code="bad_roles",
        )
    return Document(
        tuple(each for each in regions if each is not None),
        tuple(each for each in grants if each is not None),
    )


def read_from(path: Path, *, now: datetime, zone: str) -> Document:
    """Return the same of a file; UsageProblem where it cannot be read."""
    try:
        with path.open("rb") as stream:
            text = stream.read(LARGEST + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable() from None
    except OSError as error:
        raise UsageProblem(
            _("{path} cannot be read: {reason}").format(path=path, reason=reason_of(error)),
            hint=_("Give --file with a file of roles, or - for standard input."),
        ) from None
    return read(text, now=now, zone=zone)


def _parsed(text: str) -> Any:
    import yaml

    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise _unreadable()
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise _unreadable()  # a few lines of aliases would grow into gigabytes
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise _unreadable() from None


def _entries(
    found: Mapping[str, Any], part: str, keys: tuple[str, ...], problems: list[str]
) -> list[tuple[str, dict[str, Any]]]:
    """Return the entries of a part, each with what it is called in a problem."""
    listed = found.get(part) or []
    if not isinstance(listed, list):
        problems.append(_("{name} is no list").format(name=part))
        return []
    entries = []
    for number, entry in enumerate(listed, 1):
        called = f"{part} {number}"
        if not isinstance(entry, Mapping):
            problems.append(_("{name} is no entry").format(name=called))
            continue
        unknown = [str(key) for key in entry if key not in keys]
        if unknown:
            problems.append(_("{name} has no {keys}").format(name=called, keys=", ".join(unknown)))
        entries.append((called, dict(entry)))
    return entries


def _region(called: str, entry: dict[str, Any], problems: list[str]) -> RegionEntry | None:
    code, name = _text(called, entry, "code", problems), _text(called, entry, "name", problems)
    places = entry.get("communities") or []
    if not isinstance(places, list) or not all(isinstance(each, str) for each in places):
        problems.append(_("{name} is no list of texts").format(name=f"{called}.communities"))
        return None
    return RegionEntry(code or "", name or "", tuple(places)) if code and name else None


def _grant(
    called: str, entry: dict[str, Any], problems: list[str], now: datetime, zone: str
) -> GrantEntry | None:
    texts: dict[str, str | None] = {
        key: _text(called, entry, key, problems, needed=key in _NEEDED)
        for key in _GRANT
        if key not in ("from", "until")
    }
    moments: dict[str, datetime | None] = {}
    for key in ("from", "until"):
        try:
            moments[key] = _moment(entry.get(key), key, now, zone)
        except UsageProblem as error:
            problems.append(f"{called}: {error.message}")
    account, role, reason = (texts[key] for key in _NEEDED)
    if not account or not role or not reason or len(moments) < 2:
        return None
    return GrantEntry(
        account,
        role,
        reason,
        texts["region"],
        texts["community"],
        texts["building"],
        moments["from"],
        moments["until"],
    )


def _text(
    called: str, entry: dict[str, Any], key: str, problems: list[str], *, needed: bool = True
) -> str | None:
    value = entry.get(key)
    if value is None and not needed:
        return None
    if not isinstance(value, str) or not value.strip():
        problems.append(_("{name} is no text").format(name=f"{called}.{key}"))
        return None
    return value.strip()


def _moment(value: Any, key: str, now: datetime, zone: str) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    text = str(value)
    try:
        exact = datetime.fromisoformat(text)
    except ValueError:
        exact = None
    if exact is not None and exact.tzinfo is not None:
        return exact.astimezone(UTC)
    return parse_moment(text, now=now, zone=zone, option=key, end_of_day=key == "until")


def _plain(each: GrantEntry, zone: str) -> dict[str, str]:
    said = {
        "account": each.account,
        "role": each.role,
        "region": each.region,
        "community": each.community,
        "building": each.building,
        "from": _spelled(each.starts, zone, last=False),
        "until": _spelled(each.until, zone, last=True),
        "reason": each.reason,
    }
    return {key: value for key, value in said.items() if value is not None}


def _spelled(moment: datetime | None, zone: str, *, last: bool) -> str | None:
    """Return a day where `moment` is its edge, a minute where it is one, else all of it."""
    if moment is None:
        return None
    there = moment.astimezone(ZoneInfo(zone))
    if (there.hour, there.minute, there.second, there.microsecond) == (0, 0, 0, 0):
        return (there.date() - timedelta(days=1 if last else 0)).isoformat()
    if (there.second, there.microsecond) == (0, 0):
        return there.strftime("%Y-%m-%d %H:%M")
    return moment.astimezone(UTC).isoformat()


def _unreadable() -> UsageProblem:
    return UsageProblem(
        _("This is no file of roles."),
        hint=_("`pcloud role export` writes one; it begins with format: pcloud-roles-1."),
        code="bad_roles",
    )
