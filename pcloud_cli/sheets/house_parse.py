"""How a text that names houses is understood, as a record for people and programs (3.1.1)."""

from __future__ import annotations

from typing import Any

from pcloud_cli.sheets.address import Pair
from pcloud_cli.sheets.house import HouseRef, Refusal, parse_house
from pcloud_cli.sheets.problems import Problem, message

PIECES = HouseRef._fields


def parsed(text: str, *, pair: Pair = "") -> list[dict[str, Any]]:
    """Return a record for each house that `text` names, or one with the reason of the refusal.

    A record has `text`, the pieces of the address (None where absent) and `refused`: None, or
    ``{"code", "message"}`` in the user's language. What is refused for want of a room shows the
    pieces that are certain. `pair`: see `house.parse_house`.
    """
    found = parse_house(text, pair=pair)
    if isinstance(found, Refusal):
        reason = Problem("", 0, "", "address", found.code, "error", "", found.params)
        refused = {"code": found.code, "message": message(reason)}
        known = {name: found.params.get(name) for name in PIECES}
        return [{"text": text, **known, "refused": refused}]
    refs = [found] if isinstance(found, HouseRef) else found
    return [
        {
            "text": text,
            **{name: piece or None for name, piece in ref._asdict().items()},
            "refused": None,
        }
        for ref in refs
    ]
