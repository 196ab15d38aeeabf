"""Changing the mobile and the mail address that somebody is reached by (2.1.1, 2.1.3).

First and new passwords go there, so administration changes it for others and not for itself, and
never for an administrator or auditor: those change their own. The old and the new address are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account, AccountKind, PasswordState
from pcloud_cli.security.mask import mask_mail, mask_phone
from pcloud_cli.security.permissions import THREE
from pcloud_cli.services import account as accounts
from pcloud_cli.services import account_state, outbox, permission, rights, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.outbox_address import Address, read_address, with_mail, with_mobile
from pcloud_cli.services.role_separation import standing

NEED = "account.contact"


@dataclass(frozen=True)
class Wanted:
    """What shall be there afterwards: a new value, None for none, or what `kept` names stays."""

    mobile: str | None = None
    mail: str | None = None
    kept: frozenset[str] = frozenset()


def present(actor: Actor, work: Work, number: str) -> dict[str, str | None]:
    """Return the mobile and mail of an account, masked, where `actor` may change them.

    Raises as `change`.
    """
    account = _chosen(actor, work, number)
    return _masked(outbox.address_of(work, account.id))


def change(actor: Actor, work: Work, number: str, wanted: Wanted, *, reason: str) -> dict[str, Any]:
    """Change how an account is reached, tell its old and new address, and return it, masked.

    Whatever else stands in the contact stays. Done twice, it changes nothing. Raises NotAllowed
    for one's own and for an administrator's or auditor's by anybody else, Conflict for an account
    that ended, UsageProblem for what is no mobile or mail address.
    """
    account = _chosen(actor, work, number, lock=True)
    rights.require_account(actor, work, account)
    if account_state.why_closed(account, work.now()) in ("disabled", "ended"):
        raise Conflict(_("The account has ended."))
    if not reason.strip():
        raise UsageProblem(_("This needs a reason."), hint=_("Give --reason."))
    before = _contact(work, account)
    after = before
    if "mobile" not in wanted.kept:
        after = with_mobile(after, _mobile(wanted.mobile))
    if "mail" not in wanted.kept:
        after = with_mail(after, _mail(wanted.mail))
    old, new = read_address(before), read_address(after)
    if old != new:
        seal = work.keys.field_cipher().seal
        account.contact_sealed = (
            seal("account", "contact_sealed", account.id, after) if after else None
        )
        rights.seal_account(work, account)
        work.session.flush()
        told = _tell(work, account, old, new)
        _note(actor, work, account, before, after, reason.strip(), told=told)
    return {
        "id": account.id,
        "staff_number": account.staff_number,
        "name": account.name,
        **_masked(new),
        "already": old == new,
    }


def _tell(work: Work, account: Account, old: Address, new: Address) -> list[str]:
    """Queue the notice to both addresses and return which of them there are."""
    values = {"staff_number": account.staff_number, "at": work.now().isoformat()}
    there = {"old": old, "new": new}
    told = [name for name, address in there.items() if any(address)]
    for name in told:
        recipient = outbox.Recipient.at(account.id, there[name])
        outbox.queue(work, "contact_changed", recipient, values)
    return told


def _note(
    actor: Actor,
    work: Work,
    account: Account,
    before: str,
    after: str,
    why: str,
    *,
    told: list[str],
) -> None:
    digest = work.keys.blind_index().maker("account_contact")
    trail.changed(
        actor,
        work,
        "account.contact",
        object_type="account",
        object_id=account.id,
        community_id=account.community_id,
        reason=why,
        detail={"before": digest(before).hex(), "after": digest(after).hex(), "told": told},
    )


def _chosen(actor: Actor, work: Work, number: str, *, lock: bool = False) -> Account:
    """Return the account whose contact `actor` may change, locked where it is to be changed."""
    permission.require_login(actor, work)
    own = accounts.is_own(actor, number)
    if not own:
        permission.require_somewhere(actor, work, NEED)
    account = accounts.find(work, number)
    guarded = any(code in THREE for _row, code in standing(work, account.id))
    if own and not guarded:
        permission.require_somewhere(actor, work, NEED)
        raise NotAllowed(
            _("Nobody changes their own contact."),
            hint=_("Ask a colleague of administration."),
            code="own",
        )
    if not own:
        permission.require(actor, work, NEED, community_id=account.community_id)
        # before the holder has a password of their own there is nothing to take over
        if guarded and account.password_state != PasswordState.FIRST:
            raise NotAllowed(
                _("The contact of an administrator or auditor is changed by themselves only."),
                hint=_("Passwords go there: else whoever registers staff could take their rights."),
                code="administrator",
            )
    if account.kind != AccountKind.PERSON:
        raise Conflict(
            _("{number} is a service and has no contact.").format(number=account.staff_number)
        )
    if not lock:
        return account
    query = select(Account).where(Account.id == account.id).with_for_update()
    return work.session.scalars(query.execution_options(populate_existing=True)).one()


def _contact(work: Work, account: Account) -> str:
    if account.contact_sealed is None:
        return ""
    return work.keys.open("account", "contact_sealed", account.id, account.contact_sealed)


def _mobile(text: str | None) -> str | None:
    if text is None:
        return None
    found = read_address(text).mobile
    if found is None:
        raise UsageProblem(
            _("This is no mobile number of eleven digits."),
            hint=_("Give --phone, or - to type it."),
        )
    return found


def _mail(text: str | None) -> str | None:
    if text is None:
        return None
    found = read_address(text).mail
    if found is None:
        raise UsageProblem(_("This is no mail address."), hint=_("Give --mail, or - to type it."))
    return found


def _masked(address: Address) -> dict[str, str | None]:
    return {
        "mobile": mask_phone(address.mobile) if address.mobile else None,
        "mail": mask_mail(address.mail) if address.mail else None,
    }
