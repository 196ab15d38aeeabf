"""The history of a ticket as people read it: each step in words, against its limit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pcloud_cli.i18n import _


def line(step: dict[str, Any], zone: str) -> dict[str, Any]:
    """Return a step of `showing.timeline` as people read it: a row of `columns.TIMELINE`.

    `zone` is where the ticket is; what it says of times is meant there.
    """
    late = step["late_seconds"]
    return {
        **step,
        "step": _title(step),
        "took": span(step["seconds"]),
        "limit": span(step["limit_seconds"]),
        "note": _noted(step, zone),
        "by": _by(step),
        "late": span(late) if late is not None and late > 0 else None,
    }


def _title(step: dict[str, Any]) -> str:
    from pcloud_cli.services.ticket.flow import TITLES

    code: str = step["step"]
    if code == "appoint" and step["detail"].get("moved"):
        return _("appointment moved")
    return _(TITLES[code]) if code in TITLES else code


def _by(step: dict[str, Any]) -> str:
    """Return who did a step, and that it was entered for a firm where it was."""
    from pcloud_cli.services.actor import SYSTEM

    who: str = _("the system, by policy") if step["by"] == SYSTEM else step["by"]
    return _("{who} (for the firm)").format(who=who) if step["detail"].get("for_firm") else who


def _noted(step: dict[str, Any], zone: str) -> str | None:
    """Return what a step decided, what was said at it, and what went into the repair."""
    from pcloud_cli.services import money

    said = [*_decided(step, zone), *([step["note"]] if step["note"] else [])]
    done = step["work"]
    if done is not None:
        said += [f"{one['name']}×{money.plain(one['quantity'])}" for one in done["parts"]]
        if done["cost"] is not None:
            said.append(_("{amount} yuan").format(amount=done["cost"]))
        if done["minutes"] is not None:
            said.append(_("{count} min of work").format(count=done["minutes"]))
    return " · ".join(said) or None


def _decided(step: dict[str, Any], zone: str) -> list[str]:
    """Return what the codes of a step's detail say, beside its title."""
    detail = step["detail"]
    match step["step"]:
        case "callback":
            return _called(detail)
        case "no_access":
            return _not_let_in(step, zone)
        case "appoint":
            times = _time(detail["begins"], zone), _time(detail["until"], zone)
            return [_("{begins} to {until}").format(begins=times[0], until=times[1])]
        case "pause":
            return [_("until {until}").format(until=_time(detail["until"], zone))]
        case "quote" | "agree" | "confirm" | "reopen":
            return _owners(step["step"], detail)
        case "urgent":
            return [detail["kind"]] if detail.get("kind") else []
        case "progress":
            return [_("looked at only")] if detail.get("inspection") else []
        case _:
            return [*_whose(detail, zone), *_fault(step), *_unskilled(detail)]


def _not_let_in(step: dict[str, Any], zone: str) -> list[str]:
    """Return why nobody got in, when that was unless it was then, and that no photo shows it."""
    from pcloud_cli.services.ticket.words import NO_ACCESS

    detail = step["detail"]
    said = [_(NO_ACCESS.get(detail["kind"], detail["kind"]))]
    if detail.get("at") and datetime.fromisoformat(detail["at"]) != step["at"]:
        said.append(_("at {when}").format(when=_time(detail["at"], zone)))
    if detail.get("without_photo"):
        said.append(_("no photo"))
    return said


def _owners(code: str, detail: dict[str, Any]) -> list[str]:
    """Return what the owner is asked to pay, agreed to, or thinks of it, and how that is known."""
    from pcloud_cli.services.ticket.words import AGREEMENTS, SOURCES

    words = SOURCES if code == "confirm" else AGREEMENTS
    said = []
    if detail.get("total") is not None:
        said.append(_("{amount} yuan").format(amount=detail["total"]))
    if detail.get("score") is not None:
        said.append(_("score {score}").format(score=detail["score"]))
    if detail.get("source") is not None:
        said.append(_(words.get(detail["source"], detail["source"])))
    return said


def _whose(detail: dict[str, Any], zone: str) -> list[str]:
    """Return whose matter a step decided it is, and until when a firm promised it."""
    from pcloud_cli.services.ticket.words import RESPONSIBILITIES

    code = detail.get("responsibility")
    said = [] if code is None else [_(RESPONSIBILITIES.get(code, code))]
    if detail.get("promised"):
        said.append(_("promised until {until}").format(until=_time(detail["promised"], zone)))
    return said


def _fault(step: dict[str, Any]) -> list[str]:
    """Return the fault type that a step set, and that the content chose it where nobody did."""
    name = step["fault_name"]
    if name is None:
        return []
    by_content = step["detail"].get("fault_by") == "content"
    text = _("fault type {name}, from the content") if by_content else _("fault type {name}")
    return [text.format(name=_(name))]


def _unskilled(detail: dict[str, Any]) -> list[str]:
    """Return that an emergency went to somebody who cannot do it all, as nobody on shift can."""
    from pcloud_cli.services import fault_type

    if not detail.get("unskilled"):
        return []
    names = _(", ").join(_(fault_type.SKILLS.get(each, each)) for each in detail["unskilled"])
    return [_("nobody on shift can do {skills}; whoever is there goes first").format(skills=names)]


def _time(moment: str, zone: str) -> str:
    from pcloud_cli.output import values

    return values.shown(datetime.fromisoformat(moment), zone)


def _called(detail: dict[str, Any]) -> list[str]:
    """Return what came of a call back: which try, whether somebody answered, how content."""
    text = _("reached (call {count} of {most})")
    if not detail["reached"]:
        text = _("not reached (call {count} of {most})")
    said = [text.format(count=detail["try"], most=detail["of"])]
    if detail["score"] is not None:
        said.append(_("score {score}").format(score=detail["score"]))
    return said


def span(seconds: int | None) -> str | None:
    """Return how long that is, in the two largest units that matter."""
    if seconds is None:
        return None
    minutes = seconds // 60
    if minutes < 1:
        return _("{count} s").format(count=seconds)
    if minutes < 60:
        return _("{count} min").format(count=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 48 and not minutes:
        return _("{hours} h").format(hours=hours)
    if hours < 48:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    days, hours = divmod(hours, 24)
    if not hours:
        return _("{days} d").format(days=days)
    return _("{days} d {hours} h").format(days=days, hours=hours)
