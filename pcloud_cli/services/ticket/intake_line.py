"""One line that the backend of an app hands over: JSON, understood whole or refused (3.2.1).

A report has a `reference` of the backend's own and what is broken where; a line with ``confirm``,
``reopen``, ``urge`` or ``agree`` says what its owner thinks of one reported before, or its quote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.ticket import Channel, Reporter
from pcloud_cli.moments import parse_moment
from pcloud_cli.services.ticket.submit import Call

LONGEST = 64 * 1024
"""Characters of a line at most."""

_LONGEST_NAME = 100
_FEN = Decimal("0.01")
_TEXTS = ("community", "house", "public", "building", "contact", "phone", "content", "fault_type")
_REPORT = ("reference", "channel", "reporter", "urgent", "submitted_at", *_TEXTS)
_LATER: Mapping[str, tuple[str, ...]] = {
    "confirm": ("score", "note"),
    "reopen": ("reason",),
    "urge": ("note",),
    "agree": ("total", "quote"),
}
_AROUND = ("reference", "channel", "id", "at")


@dataclass(frozen=True)
class Said:
    """What the owner thinks of a repair: a code of `_LATER`, and what came with it.

    `occasion` is the same for the same line, and holds nothing personal. `total` is in yuan, as
    written, and `quote` the number of the quote that is agreed to.
    """

    kind: str
    occasion: str
    score: int | None = None
    text: str | None = None
    total: str | None = None
    quote: int | None = None


@dataclass(frozen=True)
class Line:
    """A line understood: a `call` or what was `said`, never both."""

    reference: str
    channel: str
    community: str | None = None
    call: Call | None = None
    said: Said | None = None


def parse(text: str, *, now: datetime, zone: str) -> Line:
    """Return what a line says; a moment without an offset is meant in `zone`.

    Raises UsageProblem for what is no such line, naming the field.
    """
    found = _object(text)
    kinds = [kind for kind in _LATER if kind in found]
    _only(found, (*_AROUND, *_LATER) if kinds else _REPORT)
    reference = _name(found, "reference")
    if reference is None:
        _refuse(_("The line has no reference."), _("Give the name that your side knows it by."))
    channel = found.get("channel", Channel.APP.value)
    if channel not in (Channel.APP, Channel.WECHAT):
        _refuse(_("A line's channel is app or wechat."))
    if len(kinds) > 1:
        _refuse(_("A line says one thing: {fields}.").format(fields=", ".join(kinds)))
    if kinds:
        return Line(reference, channel, said=_said(found, kinds[0]))
    return _report(found, reference, channel, now, zone)


def _report(found: dict[str, Any], reference: str, channel: str, now: datetime, zone: str) -> Line:
    texts = {name: _text(found, name) for name in _TEXTS}
    urgent = found.get("urgent")
    if not isinstance(urgent, (str, bool, type(None))):
        _refuse(_("{field} must be {what}.").format(field="urgent", what="true/false, text"))
    moment = _text(found, "submitted_at")
    call = Call(
        content=texts["content"] or "",
        channel=channel,
        reporter=_text(found, "reporter") or Reporter.OWNER.value,
        house=texts["house"],
        public=texts["public"],
        building=texts["building"],
        contact=texts["contact"],
        phone=texts["phone"],
        fault_type=texts["fault_type"],
        urgent=("-" if urgent else None) if isinstance(urgent, bool) else urgent,
        called_at=(
            None
            if moment is None
            else parse_moment(moment, now=now, zone=zone, option="submitted_at")
        ),
        reference=reference,
    )
    return Line(reference, channel, texts["community"], call=call)


def _said(found: dict[str, Any], kind: str) -> Said:
    body = found[kind]
    if body is True or body is None:
        body = {}
    if not isinstance(body, dict):
        _refuse(_("{field} must be {what}.").format(field=kind, what=_("an object {…}")))
    _only(body, _LATER[kind])
    score = body.get("score")
    if kind == "confirm" and (isinstance(score, bool) or score not in (1, 2, 3, 4, 5)):
        _refuse(_("A score is 1 to 5."))
    text = _text(body, "reason" if kind == "reopen" else "note")
    apart = _name(found, "id") or _name(found, "at") or ""
    total, quote = (_total(body), _quote(body)) if kind == "agree" else (None, None)
    parts = (kind, str(score or ""), total or "", "" if quote is None else f"#{quote}", apart)
    occasion = ":".join(each for each in parts if each)
    return Said(kind, occasion, score, text, total, quote)


def _total(body: Mapping[str, Any]) -> str:
    """Return the total that is agreed to, written one way: a text or a number of yuan."""
    value = body.get("total")
    try:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise InvalidOperation
        total = Decimal(str(value))
        if total != total.quantize(_FEN):
            raise InvalidOperation
        return str(total.quantize(_FEN))
    except InvalidOperation:
        _refuse(_("An agreement names the total of the quote in yuan."))


def _quote(body: Mapping[str, Any]) -> int | None:
    value = body.get("quote")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        _refuse(_("{field} must be {what}.").format(field="quote", what=_("a whole number")))
    return value


def _object(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        _refuse(_("The line is longer than {most} characters.").format(most=LONGEST))
    try:
        text.encode()
        found = json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_number)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        _refuse(_("The line is no JSON object in UTF-8."), _("Write one object a line."))
    return found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice")
    return found


def _no_number(_text: str) -> NoReturn:
    raise ValueError("no JSON number")


def _only(found: Mapping[str, Any], known: tuple[str, ...]) -> None:
    unknown = [name for name in found if name not in known]
    if unknown:
        _refuse(
            _("A line has no field {name}.").format(name=repr(unknown[0][:_LONGEST_NAME])),
            _("Choose one of: {choices}.").format(choices=", ".join(known)),
        )


def _text(found: Mapping[str, Any], name: str) -> str | None:
    value = found.get(name)
    if value is None or isinstance(value, str):
        return value or None
    _refuse(_("{field} must be {what}.").format(field=name, what=_("a text")))


def _name(found: Mapping[str, Any], name: str) -> str | None:
    """Return a short name: a text, or a whole number as one."""
    value = found.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_NAME:
        _refuse(
            _("{field} must be {what}.").format(
                field=name, what=_("a text of at most {most}").format(most=_LONGEST_NAME)
            )
        )
    return str(value).strip()


def _refuse(message: str, hint: str | None = None) -> NoReturn:
    raise UsageProblem(message, hint=hint, code="bad_line")
