"""Whether somebody may do something somewhere, and by which grants, or why not (2.1.2)."""

from __future__ import annotations

from dataclasses import dataclass

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotFound
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import PasswordState
from pcloud_cli.security.permissions import PERMISSIONS, ROLES
from pcloud_cli.services import account as accounts
from pcloud_cli.services import permission, rights, role_records
from pcloud_cli.services.account_state import why_closed
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.permission import Reason
from pcloud_cli.services.role_scope import Wanted, resolve

BLOCKS = {
    "disabled": N_("the account is disabled"),
    "ended": N_("the account has ended"),
    "suspended": N_("the account is suspended"),
    "compromised": N_("the account was reported as compromised and is locked"),
    "tampered": N_("the account was changed outside the program"),
    "first": N_("the account has yet to change its first password"),
}
"""Why an account can do nothing whatever it was granted, by code, translated where printed."""


@dataclass(frozen=True)
class Answer:
    """Yes or no, with the grants that decide.

    `reasons` are, for a yes, the grants that allow it; for a no, every grant of the account and
    why it does not; `places` names the place of each. `meaning` is a msgid. `block` is a code of
    `BLOCKS` where the account itself stands in the way, if only until its first password is
    changed. `roles` are the codes of roles that would allow it.
    """

    allowed: bool
    meaning: str
    reasons: list[Reason]
    places: dict[bytes, str | None]
    block: str | None
    roles: list[str]


def explain(
    actor: Actor,
    work: Work,
    staff_number: str,
    name: str,
    *,
    community: str | None = None,
    building: str | None = None,
    region: str | None = None,
) -> Answer:
    """Return whether an account may do `name`, and why, in one place or the whole installation.

    A region is answered for as for all of the installation: what holds in a part of it does not
    hold in the whole. Raises NotFound for an unknown permission, account or place.
    """
    permission.require_somewhere(actor, work, "role.read")
    if name not in PERMISSIONS:
        raise NotFound(
            _("There is no permission {name}.").format(name=name),
            hint=_("`pcloud role permissions` shows all."),
        )
    scope = resolve(work, Wanted(community, building, region))
    account = accounts.find(work, staff_number)
    found = permission.explain(
        actor,
        work,
        account.id,
        name,
        community_id=scope.community_id,
        building_id=scope.id if building is not None else None,
    )
    block = None
    if not rights.account_holds(actor, work, account):
        block = "tampered"
    elif why_closed(account, work.now()) is not None:
        block = why_closed(account, work.now())
    elif account.password_state == PasswordState.FIRST:
        block = "first"
    held = [reason for reason in found if reason.why == "held"]
    allowed = bool(held) and block in (None, "first")
    reasons = held or found
    return Answer(
        allowed,
        PERMISSIONS[name],
        reasons,
        {
            each.grant_id: role_records.place(work, each.scope_kind, each.scope_id)
            for each in reasons
        },
        block,
        [code for code, role in ROLES.items() if name in role.permissions],
    )
