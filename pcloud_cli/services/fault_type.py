"""Fault types (故障类型): what can be broken, and which skills its repair needs (3.2.2).

Those shipped stand here. An installation changes them, retires them, and adds its own; its rows
lie over what is shipped, so that a newer program brings new ones without touching the others.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, UsageProblem
from pcloud_cli.i18n import N_, _, in_chinese
from pcloud_cli.models.fault_type import FaultType, FaultTypeSkill
from pcloud_cli.services import permission, trail, turns
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.words import listed

_CACHE = "fault types"
_LONGEST = 40

SKILLS: Mapping[str, str] = {
    "plumbing": N_("water supply and drainage"),
    "wiring": N_("electrical wiring"),
    "weak_current": N_("low voltage and access control"),
    "lift": N_("lifts"),
    "gas": N_("gas"),
    "waterproofing": N_("waterproofing"),
    "carpentry": N_("doors, windows and locks"),
    "masonry": N_("masonry and tiles"),
    "fire": N_("fire safety"),
    "hvac": N_("heating and air conditioning"),
    "general": N_("general repairs"),
}
"""The skills that come with the program; a fault type of one's own may need others."""

TRADES: Mapping[str, tuple[str, ...]] = {
    "水电": ("plumbing", "wiring"),
    "水电工": ("plumbing", "wiring"),
    "水工": ("plumbing",),
    "水暖": ("plumbing",),
    "水暖工": ("plumbing",),
    "管道工": ("plumbing",),
    "电工": ("wiring",),
    "弱电工": ("weak_current",),
    "电梯工": ("lift",),
    "防水工": ("waterproofing",),
    "木工": ("carpentry",),
    "锁匠": ("carpentry",),
    "瓦工": ("masonry",),
    "泥瓦工": ("masonry",),
    "泥水工": ("masonry",),
    "空调": ("hvac",),
    "空调工": ("hvac",),
    "综合工": ("general",),
}
"""The skills that somebody of a trade has, by what the trade is called."""

PARTS: Mapping[str, str] = {
    "waterproofing": N_("waterproofing"),
    "plumbing": N_("pipes and drains"),
    "wiring": N_("electrical installation"),
    "heating": N_("heating and cooling system"),
    "finishing": N_("doors, windows, walls and floors"),
    "equipment": N_("equipment with a warranty of its own"),
}
"""The parts of a building that a warranty goes by."""


@dataclass(frozen=True)
class Fault:
    """A fault type: `name` is a msgid where it is shipped; `skills` are all needed.

    `part` is a code of `PARTS`, None where no warranty is proposed by it.
    """

    code: str
    name: str
    skills: tuple[str, ...]
    part: str | None = None
    shipped: bool = True
    retired_at: datetime | None = None


_ALL = (
    Fault("plumbing", N_("Water supply and drainage"), ("plumbing",), "plumbing"),
    Fault("wiring", N_("Electrical wiring"), ("wiring",), "wiring"),
    Fault("weak_current", N_("Low voltage and access control"), ("weak_current",), "wiring"),
    Fault("lift", N_("Lift"), ("lift",), "equipment"),
    Fault("gas", N_("Gas"), ("gas",)),
    Fault("waterproofing", N_("Waterproofing"), ("waterproofing",), "waterproofing"),
    Fault("openings", N_("Doors and windows"), ("carpentry",), "finishing"),
    Fault("masonry", N_("Walls and masonry"), ("masonry",), "finishing"),
    Fault("fire", N_("Fire safety"), ("fire",), "equipment"),
    Fault("hvac", N_("Heating and air conditioning"), ("hvac",), "heating"),
    Fault("public", N_("Public facilities"), ("general",)),
    Fault("other", N_("Other faults"), ("general",)),
)
SHIPPED: Mapping[str, Fault] = {fault.code: fault for fault in _ALL}
"""The fault types that come with the program, by code."""


def every(work: Work) -> dict[str, Fault]:
    """Return all fault types by code, the retired ones too: shipped first, in the order above.

    No permission is needed: they are the words of every ticket. Asked again in one unit of work,
    it answers the same.
    """
    known: dict[str, Fault] | None = work.session.info.get(_CACHE)
    if known is None:
        known = dict(SHIPPED)
        skills: dict[bytes, list[str]] = {}
        for row in work.session.scalars(select(FaultTypeSkill).order_by(FaultTypeSkill.skill)):
            skills.setdefault(row.fault_type_id, []).append(row.skill)
        for own in work.session.scalars(select(FaultType).order_by(FaultType.code)):
            shipped = SHIPPED.get(own.code)
            known[own.code] = Fault(
                own.code,
                own.name or (shipped.name if shipped else own.code),
                tuple(skills.get(own.id, ())),
                own.part,
                shipped is not None,
                own.retired_at,
            )
        work.session.info[_CACHE] = known
    return known


def find(work: Work, text: str, *, retired: bool = False) -> Fault:
    """Return the fault type that `text` names: its code, or its name in either language.

    Raises UsageProblem with the choices where there is none; a retired one counts only where
    `retired` says so.
    """
    wanted = _plain(text)
    known = [one for one in every(work).values() if retired or one.retired_at is None]
    for one in known:
        if wanted in (one.code, *_called(one)):
            return one
    raise UsageProblem(
        _("There is no fault type {name}.").format(name=text),
        hint=_("Choose one of: {choices}.").format(choices=listed({o.code: o.name for o in known})),
    )


def choices(work: Work) -> list[tuple[str, str]]:
    """Return code and name of every fault type that a new ticket may have, to choose from."""
    return [(one.code, _(one.name)) for one in every(work).values() if one.retired_at is None]


def names(work: Work) -> dict[str, str]:
    """Return the name of every fault type by code, msgids where shipped, for output."""
    return {one.code: one.name for one in every(work).values()}


def skills(work: Work) -> dict[str, str]:
    """Return the name of every skill by code: those shipped, and what fault types need beside."""
    own = {skill: skill for one in every(work).values() for skill in one.skills}
    return {**own, **SKILLS}


def named_skills(work: Work, text: str) -> tuple[str, ...]:
    """Return the codes of the skills that `text` names: one skill, or those of a trade.

    Raises UsageProblem with the choices where it names none.
    """
    known = skills(work)
    found = skill_codes(text, known)
    if not found:
        raise UsageProblem(
            _("There is no skill {name}.").format(name=text),
            hint=_("Choose one of: {choices}.").format(choices=listed(known)),
        )
    return found


def skill_codes(text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """Return the codes of the skills of `known` that `text` names; one, those of a trade, none."""
    wanted = _plain(text)
    for code, name in known.items():
        if wanted in map(_plain, (code, name, _(name), in_chinese(name))):
            return (code,)
    return TRADES.get(wanted, ())


def list_all(actor: Actor, work: Work, *, retired: bool = False) -> list[dict[str, Any]]:
    """Return the fault types as records; `retired` ones too where asked for."""
    permission.require_somewhere(actor, work, "fault_type.read")
    return [_record(one) for one in every(work).values() if retired or one.retired_at is None]


def add(
    actor: Actor,
    work: Work,
    code: str,
    *,
    name: str,
    skills: Collection[str],
    part: str | None = None,
) -> dict[str, Any]:
    """Add a fault type of the installation's own and return it.

    `code` is short ASCII, never to be changed; `skills` may be new ones. Raises Conflict where the
    code or the name is taken, also by a retired one.
    """
    permission.require(actor, work, "fault_type.manage")
    turns.with_numbers(work, "fault types")
    code = code.strip().lower()
    if not code.replace("_", "").isalnum() or not code.isascii() or len(code) > _LONGEST:
        raise UsageProblem(
            _("A code is of letters, digits and _, at most {most}.").format(most=_LONGEST)
        )
    _free(work, code, name)
    made = FaultType(
        id=work.ids(),
        code=code,
        name=_named(name),
        part=part,
        changed_at=work.now(),
        changed_by=actor.account_id,
    )
    work.session.add(made)
    work.session.flush()
    _put_skills(work, made.id, _chosen(work, skills))
    return _done(actor, work, "fault_type.add", made)


def change(
    actor: Actor,
    work: Work,
    reference: str,
    *,
    name: str | None = None,
    skills: Collection[str] | None = None,
    part: str | None = None,
    no_part: bool = False,
) -> dict[str, Any]:
    """Change what is given of a fault type and return it; ``changed`` says whether anything was.

    Open tickets of this type are assigned by the new skills from now on. A retired one comes back.
    """
    permission.require(actor, work, "fault_type.manage")
    turns.with_numbers(work, "fault types")
    before = find(work, reference, retired=True)
    same = name is None or _plain(name) in _called(before)
    if name is not None and not same:
        _free(work, None, name)
    wanted = Fault(
        before.code,
        before.name if name is None or same else _named(name),
        before.skills if skills is None else tuple(sorted(_chosen(work, skills))),
        None if no_part else (part or before.part),
        before.shipped,
        None,
    )
    if wanted == before:
        return {**_record(before), "changed": False}
    return {**_written(actor, work, "fault_type.change", wanted), "changed": True}


def retire(actor: Actor, work: Work, reference: str) -> dict[str, Any]:
    """Take a fault type from those that a new ticket may have; done twice, it changes nothing.

    Tickets that have it keep it. Raises Conflict for the last one that is left.
    """
    permission.require(actor, work, "fault_type.manage")
    turns.with_numbers(work, "fault types")
    before = find(work, reference, retired=True)
    if before.retired_at is not None:
        return {**_record(before), "changed": False}
    if sum(one.retired_at is None for one in every(work).values()) == 1:
        raise Conflict(_("It is the last fault type; a ticket needs one."))
    gone = Fault(before.code, before.name, before.skills, before.part, before.shipped, work.now())
    return {**_written(actor, work, "fault_type.retire", gone), "changed": True}


def _written(actor: Actor, work: Work, action: str, wanted: Fault) -> dict[str, Any]:
    shipped = SHIPPED.get(wanted.code)
    row = work.session.scalar(select(FaultType).where(FaultType.code == wanted.code))
    if row is None:
        row = FaultType(id=work.ids(), code=wanted.code)
        work.session.add(row)
    row.name = None if shipped is not None and shipped.name == wanted.name else wanted.name
    row.part = wanted.part
    row.retired_at = wanted.retired_at
    row.changed_at = work.now()
    row.changed_by = actor.account_id or b""
    work.session.flush()
    _put_skills(work, row.id, wanted.skills)
    return _done(actor, work, action, row)


def _put_skills(work: Work, fault_type_id: bytes, wanted: Collection[str]) -> None:
    work.session.execute(
        delete(FaultTypeSkill).where(FaultTypeSkill.fault_type_id == fault_type_id)
    )
    work.session.add_all(
        FaultTypeSkill(fault_type_id=fault_type_id, skill=skill) for skill in sorted(wanted)
    )
    work.session.flush()


def _done(actor: Actor, work: Work, action: str, row: FaultType) -> dict[str, Any]:
    work.session.info.pop(_CACHE, None)
    made = every(work)[row.code]
    trail.changed(
        actor,
        work,
        action,
        object_type="fault_type",
        object_id=row.id,
        detail={"code": made.code, "skills": list(made.skills), "part": made.part},
    )
    return _record(made)


def _chosen(work: Work, texts: Collection[str]) -> set[str]:
    """Return the codes of skills; a text that names no skill is a new one."""
    known = skills(work)
    found = {
        code
        for text in texts
        for code in skill_codes(text, known) or (_plain(text).replace(" ", "_"),)
    }
    if "" in found or any(len(one) > _LONGEST for one in found):
        raise UsageProblem(_("A skill has a name of at most {most}.").format(most=_LONGEST))
    if not found:
        raise UsageProblem(_("A fault type needs at least one skill."), hint=_("Give --skill."))
    return found


def _free(work: Work, code: str | None, name: str) -> None:
    for one in every(work).values():
        if code == one.code or _plain(name) in _called(one):
            raise Conflict(
                _("There is already a fault type {name} ({code}).").format(
                    name=_(one.name), code=one.code
                ),
                hint=_("`pcloud fault-type list --retired` shows all."),
            )


def _called(one: Fault) -> set[str]:
    return {_plain(name) for name in (one.name, _(one.name), in_chinese(one.name))}


def _named(name: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not text or len(text) > _LONGEST:
        raise UsageProblem(_("A fault type has a name of at most {most}.").format(most=_LONGEST))
    return text


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _record(one: Fault) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "skills": list(one.skills),
        "part": one.part,
        "shipped": one.shipped,
        "retired_at": one.retired_at,
    }
