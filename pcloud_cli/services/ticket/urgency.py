"""What a text tells of an emergency: proposed, never silently set (3.2.2)."""

from __future__ import annotations

import re
import unicodedata

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.services.policy_ticket import TicketPolicy

_ANY = ("urgent", "yes", "紧急", "加急", "是")
"""What says that it is urgent and not which emergency it is."""


def proposed(policy: TicketPolicy, content: str) -> str | None:
    """Return the kind of emergency that `content` sounds like, the most pressing; None for none."""
    text = plain(content)
    kinds = [
        kind for kind in policy.urgent().values() if any(says(text, word) for word in kind.words)
    ]
    return min(kinds, key=lambda kind: kind.minutes).name if kinds else None


def says(text: str, word: str) -> bool:
    """Say whether a `plain` text has a word of policy; of ``a+b`` it has both.

    A word of Latin letters stands by itself: gas is not in gasket. Chinese has no such borders.
    """
    return all(
        re.search(rf"\b{re.escape(part)}\b", text, re.ASCII) is not None
        if part.isascii()
        else part in text
        for part in plain(word).split("+")
    )


def plain(text: str) -> str:
    """Return a text as words are looked for in it."""
    return unicodedata.normalize("NFKC", text).casefold()


def meant(policy: TicketPolicy, given: str, content: str) -> str | None:
    """Return the kind of emergency that `given` means.

    Nothing, ``-``, ``urgent`` or 紧急 is the one that `content` sounds like, None where it sounds
    like none. Raises as `known`.
    """
    wanted = plain(given).strip()
    if wanted in ("", "-", *(word.casefold() for word in _ANY)):
        return proposed(policy, content)
    return known(policy, given)


def known(policy: TicketPolicy, name: str) -> str:
    """Return the kind of emergency that `name` names; UsageProblem with the choices."""
    wanted = name.strip()
    for kind in policy.urgent().values():
        if wanted.casefold() in (kind.name.casefold(), *(word.casefold() for word in kind.words)):
            return kind.name
    raise UsageProblem(
        _("Policy knows no emergency {name}.").format(name=wanted),
        hint=_("Choose one of: {choices}.").format(choices=", ".join(policy.urgent())),
    )
