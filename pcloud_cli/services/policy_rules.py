"""What a section of policy declares of each of its values: what it is, how far it may go."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from pcloud_cli.i18n import _

_LONGEST = 100
META = "rule"
"""Under which name a field of a section carries its `Rule`."""


@dataclass(frozen=True)
class Rule:
    """What one value means, and which values it may take; `meaning` is a msgid."""

    meaning: str
    kind: type
    least: int | None = None
    most: int | None = None
    words: Callable[[], Collection[str]] | None = None
    shape: Callable[[str], str | None] | None = None

    def problem(self, value: Any) -> str | None:
        """Return why `value` cannot be, None where it can."""
        if self.kind is tuple:
            return self._listed(value)
        if self.kind is bool:
            return None if isinstance(value, bool) else _("it must be true or false")
        if isinstance(value, bool) or not isinstance(value, int):
            return _("it must be a number")
        if self.least is not None and value < self.least:
            return _("it must be at least {least}").format(least=self.least)
        if self.most is not None and value > self.most:
            return _("it must be at most {most}").format(most=self.most)
        return None

    def _listed(self, value: Any) -> str | None:
        if not isinstance(value, (list, tuple)) or not all(
            isinstance(one, str) and one.strip() and len(one) <= _LONGEST for one in value
        ):
            return _("it must be a list of texts")
        if len(value) > _LONGEST:
            return _("it has too many entries")
        if self.shape is not None:
            return next((said for one in value if (said := self.shape(one)) is not None), None)
        known = self.words() if self.words is not None else value
        unknown = next((one for one in value if one not in known), None)
        if unknown is not None:
            return _("it knows no {value}; choose of: {choices}").format(
                value=unknown, choices=", ".join(known)
            )
        return None

    def limits(self) -> str | None:
        """Return in words how far the value may go, None where it may be anything."""
        if self.words is not None:
            return ", ".join(self.words())
        if self.least is not None and self.most is not None:
            return _("{least} to {most}").format(least=self.least, most=self.most)
        return None


def whole(default: int, meaning: str, *, least: int, most: int) -> Any:
    """Declare a whole number from `least` to `most`."""
    return field(default=default, metadata={META: Rule(meaning, int, least, most)})


def switch(default: bool, meaning: str) -> Any:
    """Declare a yes or no."""
    return field(default=default, metadata={META: Rule(meaning, bool)})


def texts(
    default: tuple[str, ...],
    meaning: str,
    words: Callable[[], Collection[str]] | None = None,
    *,
    shape: Callable[[str], str | None] | None = None,
) -> Any:
    """Declare a list of texts, of `words` alone where these are given.

    `shape` returns what is wrong with one of them, None where nothing is.
    """
    return field(default=default, metadata={META: Rule(meaning, tuple, words=words, shape=shape)})
