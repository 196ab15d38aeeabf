"""What a message of the outbox is made of: its variables by kind, its texts in both languages.

A template declares of each variable what kind of thing it is. What goes to a group robot, or to
any other shared channel, may name only what belongs to no person; that is checked when the
program starts, not when a message is sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from string import Formatter
from zoneinfo import ZoneInfo

from pcloud_cli.i18n import in_chinese


class Kind(StrEnum):
    """What a variable holds. `PERSONAL` and `SECRET` never reach a shared channel."""

    TICKET = "ticket"
    """A repair ticket's number."""
    ANOMALY = "anomaly"
    """A login anomaly's number."""
    BUILDING = "building"
    """A community or a building, never a unit or a room."""
    COUNT = "count"
    """How many."""
    MOMENT = "moment"
    """A moment in ISO form with its offset; shown in the zone of the settings."""
    WORD = "word"
    """A message id of the catalogue, shown in the language of the message."""
    TALLY = "tally"
    """JSON, a list of [message id, how many, names]; the names are left out."""
    LISTED = "listed"
    """The same with its names, which tell of a person."""
    PERSONAL = "personal"
    """Whatever tells of a person: name, staff number, house, phone, free text."""
    SECRET = "secret"  # noqa: S105 - the name of a kind
    """A password or a code."""


NUMBERS = frozenset({Kind.TICKET, Kind.ANOMALY})
"""The kinds by which people call what a message is about; they stand beside it in lists."""

SHARED = NUMBERS | {Kind.BUILDING, Kind.COUNT, Kind.MOMENT, Kind.WORD, Kind.TALLY}
"""The kinds that belong to no person, and so may stand in a group's message."""

UNSHOWN = "–"
"""Stands in a group's message for a value that does not look like what it should be."""

_SHAPES = {
    **dict.fromkeys(NUMBERS, re.compile(r"[A-Za-z]{0,6}[-#]?[0-9]{1,20}(-[0-9]{1,8})?")),
    Kind.BUILDING: re.compile(r"\w[\w ·\-—#()（）]{0,39}"),
    Kind.COUNT: re.compile(r"[0-9]{1,9}"),
    Kind.MOMENT: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{5,15}(Z|[+-][0-9:]{4,6})"),
    Kind.WORD: re.compile(r"[^0-9@]{1,80}"),
}
_PERSON = re.compile(r"(?<!\d)(1[3-9]\d{9}|\d{17}[\dXx]|\d{15})(?!\d)|@")
"""A mobile, an ID number or a mail address, whatever it was declared to be."""


@dataclass(frozen=True)
class Said:
    """A text in both languages; ``{name}`` stands for a variable."""

    en: str
    zh: str

    def names(self) -> set[str]:
        """Return the variables in it; ValueError where the languages differ in them."""
        found = [
            {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}
            for text in (self.en, self.zh)
        ]
        if found[0] != found[1]:
            raise ValueError(f"the languages name different variables: {self}")
        return found[0]

    def render(self, language: str, values: Mapping[str, str]) -> str:
        """Return the text in `language` (``en`` or ``zh``) with `values` in place."""
        return (self.zh if language == "zh" else self.en).format(**values)


@dataclass(frozen=True)
class Template:
    """One message: who may read it in full (`body`), and what a shared channel gets (`group`).

    Without a `group` it goes to the addressee's own mobile or mail and nowhere else. One for
    somebody `outside` the company goes to the mobile that stands in it alone. It is delivered
    within `lives` or not at all; where it says how many ``hours`` something is good for, within
    these.
    """

    name: str
    variables: Mapping[str, Kind]
    title: Said
    body: Said
    group: Said | None = None
    lives: timedelta = timedelta(days=7)
    outside: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError where a text names what it may not."""
        shared = {name for name, kind in self.variables.items() if kind in SHARED}
        if self.body.names() - set(self.variables):
            raise ValueError(f"{self.name} names a variable that it does not declare")
        if self.title.names():
            raise ValueError(f"the title of {self.name} names a variable: titles lie open")
        if self.group is not None and self.group.names() - shared:
            raise ValueError(f"{self.name} would tell a group of a person")
        if self.group is not None and self.outside:
            raise ValueError(f"{self.name} is for somebody outside, and goes to no group")

    def check(self, values: Mapping[str, str]) -> None:
        """Raise ValueError where `values` are not exactly the variables, each a text."""
        if set(values) != set(self.variables):
            raise ValueError(f"{self.name} takes {sorted(self.variables)}")
        if not all(isinstance(value, str) for value in values.values()):
            raise ValueError(f"{self.name} takes texts")

    def time_left(self, values: Mapping[str, str]) -> timedelta:
        """Return how long the message is worth delivering."""
        hours = values.get("hours", "")
        return min(self.lives, timedelta(hours=int(hours))) if hours.isdecimal() else self.lives

    def for_person(self, language: str, zone: str, values: Mapping[str, str]) -> str:
        """Return the text for the addressee's own eyes."""
        return self.body.render(language, self.shown(language, zone, values))

    def for_group(self, language: str, zone: str, values: Mapping[str, str]) -> str:
        """Return the text for a shared channel; ValueError where it may not go to one.

        A value that does not look like its kind, or looks like somebody's number, is left out.
        """
        if self.group is None:
            raise ValueError(f"{self.name} goes to no shared channel")
        fit = {
            name: value if fits(kind, value) else UNSHOWN
            for name, kind in self.variables.items()
            if kind in SHARED
            for value in [values[name]]
        }
        return self.group.render(language, self.shown(language, zone, fit))

    def shown(self, language: str, zone: str, values: Mapping[str, str]) -> dict[str, str]:
        """Return `values` as people read them: words translated, moments in their zone."""
        return {
            name: _shown(self.variables[name], value, language, zone)
            for name, value in values.items()
        }


def fits(kind: Kind, value: str) -> bool:
    """Return whether `value` looks like a thing of `kind`, and like no person's number."""
    if kind == Kind.TALLY:
        counted = _counted(value)
        return counted is not None and all(fits(Kind.WORD, word) for word, _many, _names in counted)
    shape = _SHAPES.get(kind)
    if shape is None or not shape.fullmatch(value):
        return False
    # a moment's digits are no phone; everything else must not hold one
    return kind == Kind.MOMENT or not _PERSON.search(value)


def _shown(kind: Kind, value: str, language: str, zone: str) -> str:
    if value == UNSHOWN:
        return value
    if kind == Kind.WORD:
        return in_chinese(value) if language == "zh" else value
    if kind in (Kind.TALLY, Kind.LISTED):
        return _tally(value, language, named=kind == Kind.LISTED)
    if kind == Kind.MOMENT:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        if moment.tzinfo is not None:
            return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    return value


def _counted(value: str) -> list[tuple[str, int, list[str]]] | None:
    """Return what a tally counts; None where it is none."""
    try:
        return [
            (str(word), int(many), [str(name) for name in names])
            for word, many, names in json.loads(value)
        ]
    except (ValueError, TypeError):
        return None


def _tally(value: str, language: str, *, named: bool) -> str:
    """Return a tally as people read it: ``workbooks to approve 2; tickets 7 (A-1, A-2, …)``."""
    counted = _counted(value)
    if counted is None:
        return UNSHOWN
    comma, semicolon, opened, closed = "、；（）" if language == "zh" else (", ", "; ", " (", ")")
    said = []
    for word, many, names in counted:
        text = f"{in_chinese(word) if language == 'zh' else word} {many}"
        if named and names:
            more = ["…"] if len(names) < many else []
            text += f"{opened}{comma.join([*names, *more])}{closed}"
        said.append(text)
    return semicolon.join(said)
