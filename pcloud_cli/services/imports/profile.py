"""Profiles: what a developer's headers mean, settled once and used for his next workbook (3.1.1).

A profile belongs to the developer, whatever community he builds; it holds headers and names of
fields only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.imports import ImportProfile
from pcloud_cli.security.canonical import canonical_json
from pcloud_cli.services import permission, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.sheets.characters import plain
from pcloud_cli.sheets.headers import MAPPABLE


def mapping_of(actor: Actor, work: Work, developer: str | None) -> dict[str, str]:
    """Return what is known of the headers of `developer` (header → field); empty for nobody."""
    if not developer:
        return {}
    permission.require_somewhere(actor, work, "import.check")
    found = _find(work, developer)
    return {} if found is None else _mapping(found)


def list_all(actor: Actor, work: Work) -> list[dict[str, Any]]:
    """Return all profiles as records, by developer."""
    permission.require_somewhere(actor, work, "import.read")
    rows = work.session.execute(_with_names().order_by(ImportProfile.key)).all()
    return [_record(profile, name) for profile, name in rows]


def show(actor: Actor, work: Work, developer: str) -> list[dict[str, Any]]:
    """Return the headers of one developer as records, each with its field; NotFound for none."""
    permission.require_somewhere(actor, work, "import.read")
    profile = _must_find(work, developer)
    return [
        {"header": header, "field": field or None}
        for header, field in sorted(_mapping(profile).items())
    ]


def remember(
    actor: Actor, work: Work, developer: str, mapping: Mapping[str, str]
) -> dict[str, Any]:
    """Keep `mapping` for `developer`, beside what is known already; return the profile.

    UsageProblem for a field that there is not.
    """
    permission.require_somewhere(actor, work, "import.load")
    for header, field in mapping.items():
        if field and field not in MAPPABLE:
            raise UsageProblem(
                _("There is no field “{field}” (for the header “{header}”).").format(
                    field=field, header=header
                ),
                hint=_("Fields: {fields}").format(fields=", ".join(MAPPABLE)),
            )
    name = " ".join(developer.split())
    if not key_of(name):
        raise UsageProblem(_("A developer needs a name."))
    assert actor.account_id is not None  # noqa: S101 - only people and services hold permissions
    profile = _find(work, name)
    known = {} if profile is None else _mapping(profile)
    wanted = {**known, **mapping}
    if profile is None:
        profile = ImportProfile(
            id=work.ids(),
            developer=name,
            key=key_of(name),
            mapping="{}",
            created_at=work.now(),
            updated_at=work.now(),
            updated_by=actor.account_id,
        )
        work.session.add(profile)
    elif wanted == known:
        return _record(profile, actor.name)
    profile.mapping = canonical_json(wanted).decode()
    profile.updated_at = work.now()
    profile.updated_by = actor.account_id
    work.session.flush()
    trail.changed(
        actor,
        work,
        "import.profile",
        object_type="import_profile",
        object_id=profile.id,
        detail={"headers": len(wanted)},
    )
    return _record(profile, actor.name)


def forget(actor: Actor, work: Work, developer: str) -> dict[str, Any]:
    """Forget what is known of the headers of `developer`; NotFound for none."""
    permission.require_somewhere(actor, work, "import.load")
    profile = _must_find(work, developer)
    record = _record(profile, actor.name)
    work.session.delete(profile)
    trail.changed(
        actor,
        work,
        "import.profile_forget",
        object_type="import_profile",
        object_id=profile.id,
        detail={"headers": record["headers"]},
    )
    return record


def key_of(developer: str) -> str:
    """Return a developer's name as look-ups compare it: NFKC, folded, no blanks."""
    return "".join(plain(developer).casefold().split())


def _find(work: Work, developer: str) -> ImportProfile | None:
    return work.session.scalar(select(ImportProfile).where(ImportProfile.key == key_of(developer)))


def _must_find(work: Work, developer: str) -> ImportProfile:
    found = _find(work, developer)
    if found is None:
        raise NotFound(
            _("Nothing is known of the headers of {developer}.").format(developer=developer),
            hint=_("`pcloud import profile list` shows whose are known."),
        )
    return found


def _with_names() -> Any:
    return select(ImportProfile, Account.name).join(Account, Account.id == ImportProfile.updated_by)


def _mapping(profile: ImportProfile) -> dict[str, str]:
    return {str(header): str(field) for header, field in json.loads(profile.mapping).items()}


def _record(profile: ImportProfile, by: str | None) -> dict[str, Any]:
    return {
        "id": profile.id,
        "developer": profile.developer,
        "headers": len(_mapping(profile)),
        "updated_by": by,
        "updated_at": profile.updated_at,
    }
