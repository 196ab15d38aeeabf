"""What of an owner can be changed, field by field: read, judged, masked, written (2.1.2, 3.1.2).

Which permission a field needs is data: those of `CONTACT_FIELDS` are what customer service may
change within limits, the others say who the owner is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.base import Mark
from pcloud_cli.models.owner import Owner, OwnerKind, OwnerPhone
from pcloud_cli.models.resident import EmergencyContact
from pcloud_cli.security.mask import mask_id, mask_name, mask_phone
from pcloud_cli.services import edited, words
from pcloud_cli.services.policy_sections import CONTACT_FIELDS, OwnerPolicy
from pcloud_cli.sheets.characters import plain
from pcloud_cli.sheets.identity import judge_id
from pcloud_cli.sheets.phone import judge_phone
from pcloud_cli.sheets.values import judge_sex

FIELDS: Mapping[str, str] = {
    "phones": N_("phones"),
    "mailing_address": N_("mailing address"),
    "emergency": N_("emergency contacts"),
    "handler_name": N_("name of a company's handler"),
    "handler_phone": N_("phone of a company's handler"),
    "name": N_("name"),
    "id_number": N_("ID number"),
    "sex": N_("sex"),
    "number": N_("owner number"),
}
"""Every field that can be changed, and what people call it."""

CONTACT, IDENTITY = "owner.change_contact", "owner.change_identity"
_LONGEST = 200
_WITH_ID = ("birth_month", "sex")
_SEALED = {
    "mailing_address": "mailing_address_sealed",
    "handler_name": "handler_name_sealed",
    "handler_phone": "handler_phone_sealed",
}


def permission_of(work_policy: OwnerPolicy, field: str) -> str:
    """Return the permission that changing `field` needs."""
    limited = field in CONTACT_FIELDS and field in work_policy.contact_fields
    return CONTACT if limited else IDENTITY


def noted(fields: Iterable[str]) -> set[str]:
    """Return what `services.edited` is to note where `fields` were changed."""
    names = set(fields) & set(edited.OWNER)
    return names.union(_WITH_ID) if "id_number" in names else names


def present(work: Work, owner: Owner, field: str) -> Any:
    """Return what `field` of `owner` holds, in clear, as plain JSON."""
    if field == "phones":
        return [
            work.keys.open("owner_phone", "number_sealed", row.id, row.number_sealed)
            for row in _phones(work, owner)
        ]
    if field == "emergency":
        return [_contact(work, row) for row in _contacts(work, owner)]
    if field == "id_number":
        sealed = owner.id_number_sealed
        if sealed is None:
            return None
        number = work.keys.open("owner", "id_number_sealed", owner.id, sealed)
        return {"type": owner.id_type, "number": number}
    if field in _SEALED:
        sealed = getattr(owner, _SEALED[field])
        return None if sealed is None else work.keys.open("owner", _SEALED[field], owner.id, sealed)
    return getattr(owner, field)


def judged(owner: Owner, field: str, given: Any, before: Any) -> Any:
    """Return what `field` would hold after `given` was entered; UsageProblem where it cannot be."""
    if field == "phones":
        return list(dict.fromkeys(_phone(one, field) for one in given))
    if field == "emergency":
        return _with_contact(before, given)
    if field in ("handler_name", "handler_phone") and owner.kind != OwnerKind.COMPANY:
        raise UsageProblem(
            _("Only a company has a handler."), hint=_("A person's own phone is given by --phone.")
        )
    if field == "handler_phone":
        return _phone(given, field)
    if field == "id_number":
        return _id_number(given)
    if field == "sex":
        return words.understood(given, words.SEXES, "--sex", judge_sex)
    return _text(given, field)


def masked(field: str, value: Any) -> Any:
    """Return a value as it is shown: private data masked."""
    if value is None:
        return None
    if field == "phones":
        return [mask_phone(one) for one in value]
    if field == "emergency":
        return [_masked_contact(one) for one in value]
    if field == "handler_phone":
        return mask_phone(value)
    if field == "handler_name":
        return mask_name(value)
    if field == "id_number":
        return mask_id(value["number"])
    if field == "mailing_address":
        return f"{value[:6]}***" if len(value) > 6 else "***"
    return value


def write(work: Work, owner: Owner, field: str, after: Any) -> None:
    """Make `field` of `owner` hold `after`, what `judged` returned."""
    if field == "phones":
        _write_phones(work, owner, after)
    elif field == "emergency":
        _write_contacts(work, owner, after)
    elif field == "id_number":
        _write_id(work, owner, after)
    elif field in _SEALED:
        column = _SEALED[field]
        setattr(owner, column, work.keys.field_cipher().seal("owner", column, owner.id, after))
    else:
        setattr(owner, field, after)
        if field == "name":
            owner.name_key = "".join(plain(after).split()).casefold()


def _text(given: str, field: str) -> str:
    text = unicodedata.normalize("NFC", given).strip()
    if not text or len(text) > _LONGEST or any(ord(sign) < 32 for sign in text):
        raise UsageProblem(
            _("The {field} cannot be this.").format(field=_(FIELDS[field])),
            hint=_("Write one line of at most {most} characters.").format(most=_LONGEST),
        )
    return text


def _phone(given: str, field: str) -> str:
    found = judge_phone(given)
    if found.status != Mark.PRESENT.value:
        raise UsageProblem(
            _("The {field} cannot be this.").format(field=_(FIELDS[field])),
            hint=_("Write one whole number, with the area code of a landline."),
        )
    return found.canonical


def _id_number(given: str) -> dict[str, str]:
    found = judge_id(given)
    if found.status != Mark.PRESENT.value or not found.id_type:
        raise UsageProblem(
            _("The {field} cannot be this.").format(field=_(FIELDS["id_number"])),
            hint=_("Copy it from the document; its last sign is a check digit."),
        )
    return {"type": found.id_type, "number": found.canonical}


def _with_contact(before: list[dict[str, Any]], given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return `before` with the contact `given` in place of the one of that name, or added."""
    new: dict[str, Any] = {"name": _text(given.get("name") or "", "emergency")}
    old = next((one for one in before if one["name"] == new["name"]), {})
    phone, relation = given.get("phone"), given.get("relation")
    new["phone"] = _phone(phone, "emergency") if phone else old.get("phone")
    new["relation"] = _text(relation, "emergency") if relation else old.get("relation")
    if new["phone"] is None:
        raise UsageProblem(
            _("An emergency contact needs a phone."), hint=_("Give --emergency-phone.")
        )
    return [new if one is old else one for one in before] + ([] if old else [new])


def _masked_contact(one: Mapping[str, Any]) -> str:
    parts = [mask_name(one["name"]), one["relation"], mask_phone(one["phone"] or "")]
    return " ".join(part for part in parts if part)


def _phones(work: Work, owner: Owner) -> list[OwnerPhone]:
    query = (
        select(OwnerPhone)
        .where(OwnerPhone.community_id == owner.community_id, OwnerPhone.owner_id == owner.id)
        .order_by(OwnerPhone.position, OwnerPhone.id)
    )
    return list(work.session.scalars(query))


def _write_phones(work: Work, owner: Owner, after: list[str]) -> None:
    cipher, index = work.keys.field_cipher(), work.keys.blind_index()
    left = {
        work.keys.open("owner_phone", "number_sealed", row.id, row.number_sealed): row
        for row in _phones(work, owner)
    }
    for position, number in enumerate(after):
        row = left.pop(number, None)
        if row is not None:
            row.position = position
            continue
        id_ = work.ids()
        work.session.add(
            OwnerPhone(
                id=id_,
                community_id=owner.community_id,
                owner_id=owner.id,
                position=position,
                number_sealed=cipher.seal("owner_phone", "number_sealed", id_, number),
                number_index=index.of("phone", number),
                status=Mark.PRESENT.value,
            )
        )
    for row in left.values():
        work.session.delete(row)


def _contacts(work: Work, owner: Owner) -> list[EmergencyContact]:
    query = (
        select(EmergencyContact)
        .where(
            EmergencyContact.community_id == owner.community_id,
            EmergencyContact.owner_id == owner.id,
        )
        .order_by(EmergencyContact.id)
    )
    return list(work.session.scalars(query))


def _contact(work: Work, row: EmergencyContact) -> dict[str, Any]:
    table, keys = "emergency_contact", work.keys
    phone = row.phone_sealed
    return {
        "name": keys.open(table, "name_sealed", row.id, row.name_sealed),
        "phone": None if phone is None else keys.open(table, "phone_sealed", row.id, phone),
        "relation": row.relation,
    }


def _write_contacts(work: Work, owner: Owner, after: list[dict[str, Any]]) -> None:
    table, cipher = "emergency_contact", work.keys.field_cipher()
    rows = {_contact(work, row)["name"]: row for row in _contacts(work, owner)}
    for wanted in after:
        row = rows.get(wanted["name"])
        if row is None:
            id_ = work.ids()
            row = EmergencyContact(
                id=id_,
                community_id=owner.community_id,
                owner_id=owner.id,
                name_sealed=cipher.seal(table, "name_sealed", id_, wanted["name"]),
                created_at=work.now(),
            )
            work.session.add(row)
        elif _contact(work, row) == wanted:
            continue
        row.relation = wanted["relation"]
        if wanted["phone"] is not None:
            row.phone_sealed = cipher.seal(table, "phone_sealed", row.id, wanted["phone"])
            row.phone_index = work.keys.blind_index().of("phone", wanted["phone"])


def _write_id(work: Work, owner: Owner, after: Mapping[str, str]) -> None:
    cipher, number = work.keys.field_cipher(), after["number"]
    owner.id_type = after["type"]
    owner.id_number_sealed = cipher.seal("owner", "id_number_sealed", owner.id, number)
    owner.id_number_index = work.keys.blind_index().of("id_number", number)
    owner.id_status = Mark.PRESENT.value
    found = judge_id(number)
    if found.birth:
        owner.birth_month = found.birth[:7]
        owner.birth_sealed = cipher.seal("owner", "birth_sealed", owner.id, found.birth)
    if found.sex:
        owner.sex = found.sex
