"""Tokens of service accounts for cron: a scope, an end date, shown once, revocable (2.1.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.ids import parse_id
from pcloud_cli.models.account import Account, LoginSession
from pcloud_cli.models.community import Community
from pcloud_cli.security.canonical import canonical_json
from pcloud_cli.security.permissions import PERMISSIONS
from pcloud_cli.services import community as communities
from pcloud_cli.services import permission, rights, sessions, trail
from pcloud_cli.services.account_state import why_closed
from pcloud_cli.services.actor import SERVICE, Actor, nobody

LONGEST = timedelta(days=366)
"""How long a token opens at most."""

STATES = {
    "active": N_("in force"),
    "revoked": N_("revoked"),
    "expired": N_("expired"),
    "tampered": N_("changed outside the program, so worth nothing"),
}
"""What a token is worth, by code, translated where printed."""

_MOST_LABEL = 60


@dataclass(frozen=True)
class Issued:
    """A new token, to be shown once and kept nowhere."""

    id: bytes
    staff_number: str
    label: str
    token: str = field(repr=False)
    until: datetime
    permissions: list[str] | None
    communities: list[str] | None


def create(
    actor: Actor,
    work: Work,
    account: Account,
    *,
    label: str,
    until: datetime,
    permissions: Sequence[str] = (),
    places: Sequence[str] = (),
    random: Callable[[int], bytes],
) -> Issued:
    """Issue a token for a service account, which opens until `until`.

    It gives what the account may, cut down to `permissions` and to the communities `places`
    where these are given. Raises UsageProblem for an end that is past or too far away and for an
    unknown permission, Conflict for a person's account or a label that is in use.
    """
    permission.require(actor, work, "account.token")
    if account.kind != SERVICE:
        raise Conflict(
            _("{number} is a person; only service accounts have tokens.").format(
                number=account.staff_number
            ),
            hint=_("Make one with `pcloud account create NUMBER NAME --service`."),
        )
    if why_closed(account, work.now()):
        raise Conflict(_("The account is not in use; a token of it would open nothing."))
    name = _label(label)
    _check_end(work, until)
    unknown = [each for each in permissions if each not in PERMISSIONS]
    if unknown:
        raise UsageProblem(
            _("There is no permission {name}.").format(name=unknown[0]),
            hint=_("`pcloud role permissions` names them all."),
        )
    found = [communities.resolve(work, each) for each in dict.fromkeys(places)]
    if any(row.label == name and sessions.is_live(row, work.now()) for row in _of(work, account)):
        raise Conflict(
            _("{number} has a token {label} already.").format(
                number=account.staff_number, label=name
            ),
            hint=_("Give it another name, or revoke the old one first."),
        )
    scope: dict[str, list[str]] = {}
    if permissions:
        scope["permissions"] = sorted(set(permissions))
    if found:
        scope["communities"] = sorted(each.id.hex() for each in found)
    terms = sessions.Terms(
        until=until,
        label=name,
        scope=canonical_json(scope).decode() if scope else None,
    )
    token, session = sessions.open_on(work, account, terms, random=random)
    trail.changed(
        actor,
        work,
        "account.token_create",
        object_type="login_session",
        object_id=session.id,
        detail={"account": account.id.hex(), "until": until.isoformat(), "scope": scope},
    )
    return Issued(
        id=session.id,
        staff_number=account.staff_number,
        label=name,
        token=token,
        until=until,
        permissions=scope.get("permissions"),
        communities=sorted(each.code for each in found) or None,
    )


def list_all(
    actor: Actor, work: Work, account: Account | None, *, everything: bool = False
) -> list[dict[str, Any]]:
    """Return the tokens of a service account, or of all: those in force, or `everything`."""
    permission.require(actor, work, "account.token")
    places = work.session.execute(select(Community.id, Community.code))
    codes = {place: code for place, code in places}  # noqa: C416 - rows are no pairs to mypy
    query = (
        select(LoginSession, Account)
        .join(Account, Account.id == LoginSession.account_id)
        .where(Account.kind == SERVICE)
        .order_by(Account.staff_number, LoginSession.created_at)
    )
    if account is not None:
        query = query.where(Account.id == account.id)
    rows = [
        _record(work, session, holder, codes)
        for session, holder in work.session.execute(query).all()
    ]
    return [row for row in rows if everything or row["state"] == "active"]


def revoke(actor: Actor, work: Work, reference: str, *, reason: str) -> dict[str, Any]:
    """Revoke the token `reference` (an id) and return whose it was; done twice, nothing changes.

    Raises NotFound where it is none of a service account.
    """
    permission.require(actor, work, "account.token")
    session = work.session.get(LoginSession, parse_id(reference), with_for_update=True)
    account = work.session.get(Account, session.account_id) if session else None
    if session is None or account is None or account.kind != SERVICE:
        raise NotFound(
            _("There is no such token."), hint=_("`pcloud account token list` shows all.")
        )
    if not reason.strip():
        raise UsageProblem(_("This needs a reason."), hint=_("Give --reason."))
    already = session.revoked_at is not None
    if not already:
        sessions.close(work, session)
        trail.changed(
            actor,
            work,
            "account.token_revoke",
            object_type="login_session",
            object_id=session.id,
            reason=reason.strip(),
            detail={"account": account.id.hex()},
        )
    return {
        "id": session.id,
        "staff_number": account.staff_number,
        "label": session.label,
        "already": already,
    }


def _of(work: Work, account: Account) -> list[LoginSession]:
    query = select(LoginSession).where(LoginSession.account_id == account.id)
    return list(work.session.scalars(query))


def _label(text: str) -> str:
    label = " ".join(text.split())
    if not label or len(label) > _MOST_LABEL:
        raise UsageProblem(
            _("A token needs a name of at most 60 characters."),
            hint=_("Name what it is for, e.g. nightly-report."),
        )
    return label


def _check_end(work: Work, until: datetime) -> None:
    if until <= work.now():
        raise UsageProblem(_("The end lies in the past."), hint=_("Give a later day as --until."))
    if until > work.now() + LONGEST:
        raise UsageProblem(
            _("A token opens for a year at most."),
            hint=_("Issue a new one before the old one ends."),
        )


def _record(
    work: Work, session: LoginSession, account: Account, codes: dict[bytes, str]
) -> dict[str, Any]:
    scope = sessions.scope_of(session)
    names = scope.permissions if scope else None
    places = scope.communities if scope else None
    return {
        "id": session.id,
        "staff_number": account.staff_number,
        "label": session.label,
        "permissions": None if names is None else sorted(names),
        "communities": None if places is None else sorted(codes[each] for each in places),
        "created_at": session.created_at,
        "until": session.expires_at,
        "last_seen_at": session.last_seen_at,
        "state": _state(work, session),
    }


def _state(work: Work, session: LoginSession) -> str:
    if not rights.session_holds(nobody(), work, session):
        return "tampered"
    if session.revoked_at is not None:
        return "revoked"
    return "active" if work.now() < session.expires_at else "expired"
