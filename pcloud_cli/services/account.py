"""Accounts of staff and of services (2.1.1): registering, listing, changing one's password."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import Account, AccountKind, PasswordState
from pcloud_cli.models.community import Community
from pcloud_cli.security.mask import mask_mail, mask_phone
from pcloud_cli.security.passwords import (
    STANDARD,
    Cost,
)
from pcloud_cli.services import community as communities
from pcloud_cli.services import (
    first_password,
    login,
    outbox,
    permission,
    rights,
    trail,
)
from pcloud_cli.services.account_password import change_password, compare_new, must_be_person
from pcloud_cli.services.account_state import STATES, state
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.first_password import Handing

__all__ = [
    "KINDS",
    "STATES",
    "Created",
    "change_password",
    "compare_new",
    "create",
    "find",
    "first_password_end",
    "list_all",
    "may_create",
    "must_be_person",
    "named",
    "show",
    "whose",
]

SERVICE_TOKEN = timedelta(days=365)
"""How long the token of a service account opens."""

_SLIP = Handing()

KINDS: dict[str, str] = {
    AccountKind.PERSON: N_("staff member"),
    AccountKind.SERVICE: N_("service account"),
}
"""What kind an account is, by code, translated where printed."""


@dataclass(frozen=True)
class Created:
    """A new account and the one secret that opens it, to be shown once and kept nowhere.

    A person gets a first password, which opens its own change until `first_until`, and is not
    here where the `way` to its holder is ``send``; a service gets a token.
    """

    id: bytes
    staff_number: str
    name: str
    kind: str
    password: str | None = field(repr=False)
    token: str | None = field(repr=False)
    token_until: datetime | None
    first_until: datetime | None = None
    way: str | None = None


def create(
    actor: Actor,
    work: Work,
    *,
    staff_number: str,
    name: str,
    department: str | None = None,
    position: str | None = None,
    contact: str | None = None,
    community: str | None = None,
    employer: str | None = None,
    ends_at: datetime | None = None,
    handing: Handing = _SLIP,
    kind: str = AccountKind.PERSON,
    random: Callable[[int], bytes] = os.urandom,
    cost: Cost = STANDARD,
) -> Created:
    """Register a new hire, or a service account, and return it with its first secret (2.1.1).

    `community` is where somebody works (code or name); whom an `employer` lends (外包) may
    act there only, and has an account until the contract ends at `ends_at`. The first password
    goes the way of `handing`. Raises Conflict where the staff number is taken, or a password
    cannot be sent. The account holds no role yet.
    """
    permission.require(actor, work, "account.create")
    number = login.staff_number(staff_number)
    name = unicodedata.normalize("NFC", name).strip()
    if not name:
        raise UsageProblem(_("An account needs a name."))
    if work.session.scalar(select(Account.id).where(Account.staff_number == number)):
        raise Conflict(
            _("There is already an account with staff number {number}.").format(number=number),
            hint=_("`pcloud account list` shows all."),
        )
    is_person = kind == AccountKind.PERSON
    employer = _clean(employer)
    if employer and ends_at is None:
        raise UsageProblem(
            _("Whom another firm lends has an account until the contract ends."),
            hint=_("Give --ends-at DAY."),
        )
    if employer and not community:
        raise UsageProblem(
            _("Whom another firm lends may act in one community only, so it must be known."),
            hint=_("Give --community."),
        )
    if ends_at is not None and ends_at <= work.now():
        raise UsageProblem(_("The account would have ended already."))
    place = communities.resolve(work, community) if community else None
    account_id = work.ids()
    account = Account(
        id=account_id,
        staff_number=number,
        name=name,
        department=_clean(department),
        position=_clean(position),
        contact_sealed=_sealed_contact(work, account_id, contact),
        kind=AccountKind(kind).value,
        password_hash=None,
        password_state=PasswordState.SET.value,
        community_id=place.id if place else None,
        employer=employer,
        ends_at=ends_at,
        failed_count=0,
        created_at=work.now(),
        created_by=actor.account_id,
    )
    password = first_password.put(work, account, random=random, cost=cost) if is_person else None
    rights.seal_account(work, account)
    work.session.add(account)
    work.session.flush()
    if password is not None:
        password = first_password.hand_over(
            actor, work, account, password, handing, template="first_password"
        )
    token, until = None, None
    if not is_person:
        until = work.now() + SERVICE_TOKEN
        token, _session = login.open_session(
            work, account, restricted=False, until=until, random=random
        )
    trail.changed(
        actor,
        work,
        "account.create",
        object_type="account",
        object_id=account.id,
        community_id=account.community_id,
        detail={"staff_number": number, "kind": account.kind, "until": rights.moment(ends_at)}
        | ({"way": handing.way} if is_person else {}),
    )
    return Created(
        account.id,
        number,
        name,
        account.kind,
        password,
        token,
        until,
        first_until=account.first_password_until,
        way=handing.way if is_person else None,
    )


def may_create(actor: Actor, work: Work) -> None:
    """Return where `actor` may register accounts; else as `permission.require`."""
    permission.require(actor, work, "account.create")


def list_all(
    actor: Actor,
    work: Work,
    *,
    community: str | None = None,
    department: str | None = None,
    in_state: str | None = None,
) -> list[dict[str, Any]]:
    """Return accounts by staff number, with department, position and state.

    Only those of a `community` (code or name), a `department` and in a state (a code of
    `STATES`) where these are given. Who may see those of some communities sees no others.
    """
    permission.require_somewhere(actor, work, "account.list")
    reach = permission.reach(actor, work, "account.list")
    query = (
        select(Account, Community.name)
        .outerjoin(Community, Community.id == Account.community_id)
        .order_by(Account.staff_number)
    )
    if not reach.everywhere:
        query = query.where(Account.community_id.in_(sorted(reach.communities)))
    if community is not None:
        place = communities.resolve(work, community)
        permission.require(actor, work, "account.list", community_id=place.id)
        query = query.where(Account.community_id == place.id)
    if department is not None:
        query = query.where(Account.department == _clean(department))
    now = work.now()
    return [
        {
            "id": row.id,
            "staff_number": row.staff_number,
            "name": row.name,
            "department": row.department,
            "position": row.position,
            "community": place_name,
            "employer": row.employer,
            "ends_at": row.ends_at,
            "kind": row.kind,
            "state": state(row, now),
            "created_at": row.created_at,
        }
        for row, place_name in work.session.execute(query)
        if in_state is None or state(row, now) == in_state
    ]


def show(actor: Actor, work: Work, number: str) -> dict[str, Any]:
    """Return one account: who, where, in which state and why, its contact masked.

    One's own needs a login only. The reading stands in the trail.
    """
    permission.require_login(actor, work)
    own = login.staff_number(number) == actor.staff_number
    if not own:
        permission.require_somewhere(actor, work, "account.list")
    row = find(work, number)
    if not own:
        permission.require(actor, work, "account.list", community_id=row.community_id)
    place = work.session.get(Community, row.community_id) if row.community_id else None
    stopper = work.session.get(Account, row.suspended_by) if row.suspended_by else None
    address = outbox.address_of(work, row.id)
    trail.witnessed(
        actor,
        work,
        "account.show",
        object_type="account",
        object_id=row.id,
        community_id=row.community_id,
    )
    return {
        "id": row.id,
        "staff_number": row.staff_number,
        "name": row.name,
        "department": row.department,
        "position": row.position,
        "community": place.name if place else None,
        "employer": row.employer,
        "ends_at": row.ends_at,
        "mobile": mask_phone(address.mobile) if address.mobile else None,
        "mail": mask_mail(address.mail) if address.mail else None,
        "kind": row.kind,
        "state": state(row, work.now()),
        "locked_until": row.locked_until,
        "first_password_until": row.first_password_until,
        "suspended_at": row.suspended_at,
        "suspended_by": stopper.staff_number if stopper else None,
        "suspended_why": row.suspended_why,
        "second_factor": row.second_factor_at is not None,
        "created_at": row.created_at,
    }


def first_password_end(work: Work) -> datetime:
    """Return until when a first password that is given now opens its own change."""
    return first_password.end(work)


def find(work: Work, number: str) -> Account:
    """Return the account of staff number `number`; NotFound where there is none.

    No permission is checked: whoever calls it checks the one of the work at hand.
    """
    spelled = login.staff_number(number)
    account = work.session.scalar(select(Account).where(Account.staff_number == spelled))
    if account is None:
        raise NotFound(
            _("There is no account with staff number {number}.").format(number=spelled),
            hint=_("`pcloud account list` shows all."),
        )
    return account


def whose(
    actor: Actor, work: Work, number: str | None, *, everybody: bool, need: str
) -> bytes | None:
    """Return the id of the account asked about: the actor's own without `number`.

    None stands for `everybody`. For any other the actor needs the permission `need`, so that
    nobody learns which staff numbers there are.
    """
    if everybody:
        permission.require(actor, work, need)
        return None
    permission.require_login(actor, work)
    if number is None or login.staff_number(number) == actor.staff_number:
        return actor.account_id
    permission.require(actor, work, need)
    return find(work, number).id


def is_own(actor: Actor, number: str) -> bool:
    """Return whether the staff number `number` is the actor's own."""
    return login.staff_number(number) == actor.staff_number


def named(actor: Actor, work: Work, number: str | None, *, need: str) -> Account:
    """Return the account `number` with the permission `need`, or the actor's own without both."""
    if actor.account_id is None:
        raise permission.not_logged_in(actor)
    if number is None:
        return work.session.get_one(Account, actor.account_id)
    if login.staff_number(number) != actor.staff_number:
        permission.require(actor, work, need)
    return find(work, number)


def _sealed_contact(work: Work, account_id: bytes, contact: str | None) -> bytes | None:
    text = _clean(contact)
    if text is None:
        return None
    return work.keys.field_cipher().seal("account", "contact_sealed", account_id, text)


def _clean(text: str | None) -> str | None:
    return (unicodedata.normalize("NFC", text).strip() or None) if text else None
