"""Firms that maintain by contract (第三方维保单位): entered, changed, given no more work.

They are the company's, not a community's: a lead of one community enters the firms that it has a
contract with, and changes those that they entered or changed last. Who manages firms everywhere
changes all, and what they have changed is theirs.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.maintenance_firm import MaintenanceFirm
from pcloud_cli.security.mask import mask_name, mask_numbers
from pcloud_cli.services import permission, trail, turns
from pcloud_cli.services.actor import Actor

READ, MANAGE = "firm.read", "firm.manage"
_LONGEST = 80
_LONGEST_CONTRACT = 2000


def list_all(actor: Actor, work: Work, *, retired: bool = False) -> list[dict[str, Any]]:
    """Return the firms by name as records without contacts; `retired` ones too where asked for."""
    permission.require_somewhere(actor, work, READ)
    query = select(MaintenanceFirm).order_by(MaintenanceFirm.name)
    if not retired:
        query = query.where(MaintenanceFirm.retired_at.is_(None))
    return [_record(one) for one in work.session.scalars(query)]


def show(actor: Actor, work: Work, name: str) -> dict[str, Any]:
    """Return a firm with its contact: in full to those who assign tickets, which is recorded.

    To everybody else who may see firms it is masked.
    """
    permission.require_somewhere(actor, work, READ)
    firm = find(work, name)
    full = "ticket.assign" in permission.granted_permissions(actor, work)
    contact = None
    if firm.contact_sealed is not None:
        contact = work.keys.open("maintenance_firm", "contact_sealed", firm.id, firm.contact_sealed)
        contact = contact if full else _masked(contact)
        trail.witnessed(
            actor,
            work,
            "firm.contact",
            object_type="firm",
            object_id=firm.id,
            detail={"full": full},
        )
    return {**_record(firm), "contact": contact}


def add(
    actor: Actor, work: Work, name: str, *, contract: str | None = None, contact: str | None = None
) -> dict[str, Any]:
    """Enter a firm and return it; Conflict where there is one of that name, retired or not."""
    permission.require_somewhere(actor, work, MANAGE)
    turns.with_numbers(work, "maintenance firms")
    called = _text(name, "NAME", _LONGEST)
    if not called:
        raise UsageProblem(_("A firm needs a name."), hint=_("Give its name."))
    if _known(work, called) is not None:
        raise Conflict(
            _("There is already a firm {name}.").format(name=called),
            hint=_("`pcloud firm list --retired` shows all."),
        )
    firm = MaintenanceFirm(id=work.ids(), name=called)
    work.session.add(firm)
    return _written(actor, work, "firm.add", firm, contract=contract, contact=contact)


def change(
    actor: Actor,
    work: Work,
    name: str,
    *,
    contract: str | None = None,
    contact: str | None = None,
) -> dict[str, Any]:
    """Change contract or contact of a firm; a retired one is given work again."""
    firm = _to_change(actor, work, name)
    firm.retired_at = None
    return _written(actor, work, "firm.change", firm, contract=contract, contact=contact)


def retire(actor: Actor, work: Work, name: str) -> dict[str, Any]:
    """Give a firm no more tickets; done twice, it changes nothing. It ends what it has."""
    firm = _to_change(actor, work, name)
    if firm.retired_at is not None:
        return {**_record(firm), "changed": False}
    firm.retired_at = work.now()
    return _written(actor, work, "firm.retire", firm)


def in_use(work: Work, name: str) -> MaintenanceFirm:
    """Return the firm of that name that tickets may be given to; NotFound, Conflict if retired."""
    firm = find(work, name)
    if firm.retired_at is not None:
        raise Conflict(
            _("The firm {name} is given no more tickets.").format(name=firm.name),
            hint=_("`pcloud firm list` shows those in use."),
            code="retired",
        )
    return firm


def find(work: Work, name: str) -> MaintenanceFirm:
    """Return the firm of that name, or the one whose name it is a part of; NotFound for none."""
    wanted = _text(name, "--firm", _LONGEST)
    known = _known(work, wanted)
    if known is not None:
        return known
    firms = work.session.scalars(select(MaintenanceFirm).order_by(MaintenanceFirm.name)).all()
    alike = [one for one in firms if wanted and wanted.casefold() in one.name.casefold()]
    if len(alike) == 1:
        return alike[0]
    raise NotFound(
        _("There is no firm {name}.").format(name=wanted)
        if not alike
        else _("Several firms are called like {name}.").format(name=wanted),
        hint=_("`pcloud firm list` shows the names."),
    )


def how_given(number: str, firm: str) -> str:
    """Return the command that gives the ticket `number` to the firm of that name."""
    name = f'"{firm}"' if " " in firm else firm
    return _(
        'pcloud ticket responsibility {number} --to third_party --firm {firm} --promised "18:00"'
    ).format(number=number, firm=name)


def _to_change(actor: Actor, work: Work, name: str) -> MaintenanceFirm:
    """Return the firm of that name where `actor` may change it; else evidence and NotAllowed."""
    permission.require_somewhere(actor, work, MANAGE)
    turns.with_numbers(work, "maintenance firms")
    firm = find(work, name)
    if firm.changed_by == actor.account_id or permission.allowed(actor, work, MANAGE):
        return firm
    trail.witnessed(
        actor,
        work,
        "permission.refused",
        object_type="firm",
        object_id=firm.id,
        detail={"permission": MANAGE},
    )
    raise NotAllowed(
        _("The firm {name} is somebody else's entry, and may work elsewhere too.").format(
            name=firm.name
        ),
        hint=_("Whoever holds {permission} for all communities changes it.").format(
            permission=MANAGE
        ),
        code="not_own",
    )


def _known(work: Work, name: str) -> MaintenanceFirm | None:
    return work.session.scalar(select(MaintenanceFirm).where(MaintenanceFirm.name == name))


def _written(
    actor: Actor,
    work: Work,
    action: str,
    firm: MaintenanceFirm,
    *,
    contract: str | None = None,
    contact: str | None = None,
) -> dict[str, Any]:
    if contract is not None:
        firm.contract = _text(contract, "--contract", _LONGEST_CONTRACT) or None
    if contact is not None:
        plain = _text(contact, "--contact", _LONGEST)
        sealed = work.keys.field_cipher().seal("maintenance_firm", "contact_sealed", firm.id, plain)
        firm.contact_sealed = sealed if plain else None
    firm.changed_at, firm.changed_by = work.now(), actor.account_id or b""
    work.session.flush()
    trail.changed(
        actor,
        work,
        action,
        object_type="firm",
        object_id=firm.id,
        detail={"contact": contact is not None, "contract": contract is not None},
    )
    return {**_record(firm), "changed": True}


def _text(text: str, option: str, most: int) -> str:
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if len(plain) > most:
        raise UsageProblem(
            _("{name} has more than {most} characters.").format(name=option, most=most),
            hint=_("Say it shorter."),
        )
    return plain


def _masked(contact: str) -> str:
    return " ".join(
        mask_name(word) if mask_numbers(word) == word else mask_numbers(word)
        for word in contact.split()
    )


def _record(firm: MaintenanceFirm) -> dict[str, Any]:
    return {
        "id": firm.id,
        "name": firm.name,
        "contract": firm.contract,
        "has_contact": firm.contact_sealed is not None,
        "retired_at": firm.retired_at,
    }
