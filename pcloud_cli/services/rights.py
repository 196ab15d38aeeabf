"""The rows that give rights, and their MACs: account, login session, role grant, region.

Each MAC covers every column that gives or takes a right. Whoever changes such a row in the
database without the key makes it worthless, and leaves evidence when it is next used.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pcloud_cli.db.types import moment_text
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account, LoginSession, PasswordHistory
from pcloud_cli.models.region import Region, RegionCommunity
from pcloud_cli.models.role import RoleGrant
from pcloud_cli.security.canonical import Field
from pcloud_cli.security.mac import check_row_mac, row_mac
from pcloud_cli.services import trail
from pcloud_cli.services.actor import Actor

if TYPE_CHECKING:
    # most commands need no second factor, and mapping its tables takes time
    from pcloud_cli.models.login import RecoveryCode, SecondFactor


def moment(value: datetime | None) -> str | None:
    """Return `value` in the one spelling that a MAC covers."""
    return None if value is None else moment_text(value)


def seal_account(work: Work, account: Account) -> None:
    """Set the MAC of `account` after a change."""
    account.mac = row_mac(work.keys, "account", covered(account))


def seal_session(work: Work, session: LoginSession) -> None:
    """Set the MAC of `session` after a change."""
    session.mac = row_mac(work.keys, "login_session", _session(session))


def seal_grant(work: Work, grant: RoleGrant, role_code: str) -> None:
    """Set the MAC of `grant` of the role `role_code` after a change."""
    grant.mac = row_mac(work.keys, "role_grant", _grant(grant, role_code))


def seal_region(work: Work, region: Region) -> None:
    """Set the MAC of `region` after a change."""
    region.mac = row_mac(work.keys, "region", _region(region))


def seal_member(work: Work, member: RegionCommunity) -> None:
    """Set the MAC of a community's place in a region after a change."""
    member.mac = row_mac(work.keys, "region_community", _member(member))


def account_holds(actor: Actor, work: Work, account: Account) -> bool:
    """Return whether `account` is as the program wrote it; evidence where it is not."""
    if account_whole(work, account):
        return True
    tampered(actor, work, "account", account.id)
    return False


def account_whole(work: Work, account: Account) -> bool:
    """Return whether `account` is as the program wrote it, leaving no evidence.

    Who registered it came under the MAC later than the rest: a row from before keeps its MAC until
    it is next written. No hand can turn a newer MAC into such an older one.
    """
    before = _account(account)
    return any(
        check_row_mac(work.keys, "account", fields, account.mac)
        for fields in ((*before, *_registered(account)), before)
    )


def require_account(actor: Actor, work: Work, account: Account) -> None:
    """Return where `account` is as the program wrote it; evidence and Conflict where it is not.

    To be asked before every change: sealing a row anew would make true what was forged in it.
    """
    if not account_holds(actor, work, account):
        raise Conflict(
            _("The account was changed outside the program; nothing was done."),
            hint=_("`pcloud audit list` shows what the program did to it."),
            code="tampered",
        )


def session_holds(actor: Actor, work: Work, session: LoginSession) -> bool:
    """Return whether `session` is as the program wrote it; evidence where it is not."""
    return _holds(actor, work, "login_session", _session(session), session.mac, session.id)


def grant_holds(actor: Actor, work: Work, grant: RoleGrant, role_code: str) -> bool:
    """Return whether `grant` is as the program wrote it; evidence where it is not."""
    return _holds(actor, work, "role_grant", _grant(grant, role_code), grant.mac, grant.id)


def seal_second_factor(work: Work, factor: SecondFactor) -> None:
    """Set the MAC of `factor` after a change."""
    factor.mac = row_mac(work.keys, "second_factor", _second_factor(factor))


def second_factor_holds(actor: Actor, work: Work, factor: SecondFactor) -> bool:
    """Return whether `factor` is as the program wrote it; evidence where it is not."""
    return _holds(
        actor, work, "second_factor", _second_factor(factor), factor.mac, factor.account_id
    )


def seal_recovery_code(work: Work, code: RecoveryCode) -> None:
    """Set the MAC of `code` after a change."""
    code.mac = row_mac(work.keys, "recovery_code", _recovery_code(code))


def recovery_code_holds(actor: Actor, work: Work, code: RecoveryCode) -> bool:
    """Return whether `code` is as the program wrote it; evidence where it is not."""
    return _holds(actor, work, "recovery_code", _recovery_code(code), code.mac, code.id)


def seal_former(work: Work, former: PasswordHistory) -> None:
    """Set the MAC of the former password `former`."""
    former.mac = row_mac(work.keys, "password_history", _former(former))


def former_holds(actor: Actor, work: Work, former: PasswordHistory) -> bool:
    """Return whether `former` is as the program wrote it; evidence where it is not."""
    return _holds(actor, work, "password_history", _former(former), former.mac, former.id)


def further(*columns: tuple[str, Field]) -> tuple[Field, ...]:
    """Return the fields of columns that a table got later, for the end of its rows' MACs.

    Only those that are set count, each behind its name: rows from before keep their MAC.
    """
    return tuple(part for column in columns if column[1] is not None for part in column)


def region_holds(actor: Actor, work: Work, region: Region) -> bool:
    """Return whether `region` is as the program wrote it; evidence where it is not."""
    return _holds(actor, work, "region", _region(region), region.mac, region.id)


def member_holds(actor: Actor, work: Work, member: RegionCommunity) -> bool:
    """Return whether `member` is as the program wrote it; evidence where it is not."""
    return _holds(actor, work, "region_community", _member(member), member.mac, member.id)


def _holds(
    actor: Actor, work: Work, kind: str, fields: tuple[Field, ...], mac: bytes, row_id: bytes
) -> bool:
    if check_row_mac(work.keys, kind, fields, mac):
        return True
    tampered(actor, work, kind, row_id)
    return False


def tampered(actor: Actor, work: Work, object_type: str, object_id: bytes) -> None:
    """Leave evidence that a row was changed outside the program."""
    trail.witnessed(actor, work, "row.tampered", object_type=object_type, object_id=object_id)


def _account(row: Account) -> tuple[Field, ...]:
    return (
        row.id,
        row.staff_number,
        row.kind,
        row.password_hash,
        row.password_state,
        moment(row.disabled_at),
        *further(
            ("second_factor_at", moment(row.second_factor_at)),
            ("compromised_at", moment(row.compromised_at)),
            ("community_id", row.community_id),
            ("employer", row.employer),
            ("ends_at", moment(row.ends_at)),
            ("first_password_until", moment(row.first_password_until)),
            ("suspended_at", moment(row.suspended_at)),
            ("suspended_by", row.suspended_by),
            ("suspended_why", row.suspended_why),
        ),
    )


def _registered(row: Account) -> tuple[Field, ...]:
    """Return the fields of who registered an account: whom one registered, one gives no rights."""
    return ("created_by", row.created_by or b"")


def _former(row: PasswordHistory) -> tuple[Field, ...]:
    return (row.id, row.account_id, row.password_hash, moment(row.replaced_at))


def _session(row: LoginSession) -> tuple[Field, ...]:
    return (
        row.id,
        row.account_id,
        row.token_hash,
        int(row.restricted),
        moment(row.created_at),
        moment(row.expires_at),
        moment(row.revoked_at),
        *further(
            ("idle_minutes", row.idle_minutes),
            ("terminal_digest", row.terminal_digest),
            ("label", row.label),
            ("scope", row.scope),
        ),
    )


def _second_factor(row: SecondFactor) -> tuple[Field, ...]:
    return (row.account_id, row.secret_sealed, moment(row.enabled_at), row.last_step)


def _recovery_code(row: RecoveryCode) -> tuple[Field, ...]:
    return (
        row.id,
        row.account_id,
        row.code_hash,
        moment(row.created_at),
        moment(row.used_at),
    )


def _grant(row: RoleGrant, role_code: str) -> tuple[Field, ...]:
    # the code too: swapping the codes of two roles must not turn one grant into another
    return (
        row.id,
        row.account_id,
        row.role_id,
        role_code,
        row.scope_kind,
        row.scope_id,
        row.granted_by,
        moment(row.granted_at),
        row.reason,
        moment(row.expires_at),
        moment(row.revoked_at),
        row.revoked_by,
        *further(
            ("starts_at", moment(row.starts_at)),
            ("approval_id", row.approval_id),
            ("confirmed_at", moment(row.confirmed_at)),
            ("confirmed_by", row.confirmed_by),
        ),
    )


def _region(row: Region) -> tuple[Field, ...]:
    return (row.id, row.code, row.name, moment(row.created_at), row.created_by)


def _member(row: RegionCommunity) -> tuple[Field, ...]:
    return (
        row.id,
        row.region_id,
        row.community_id,
        moment(row.added_at),
        row.added_by,
        row.reason,
        row.approval_id,
        moment(row.confirmed_at),
        row.confirmed_by,
        moment(row.removed_at),
        row.removed_by,
    )


def covered(row: Account | LoginSession | RoleGrant, role_code: str = "") -> tuple[Field, ...]:
    """Return what the MAC of `row` covers; of a grant, `role_code` is the code of its role."""
    if isinstance(row, Account):
        return (*_account(row), *_registered(row))
    return _session(row) if isinstance(row, LoginSession) else _grant(row, role_code)


def factor_covered(factor: SecondFactor) -> tuple[Field, ...]:
    """Return what the MAC of a second factor covers."""
    return _second_factor(factor)


def code_covered(code: RecoveryCode) -> tuple[Field, ...]:
    """Return what the MAC of a recovery code covers."""
    return _recovery_code(code)


def former_covered(former: PasswordHistory) -> tuple[Field, ...]:
    """Return what the MAC of a former password covers."""
    return _former(former)


def region_covered(region: Region) -> tuple[Field, ...]:
    """Return what the MAC of a region covers."""
    return _region(region)


def member_covered(member: RegionCommunity) -> tuple[Field, ...]:
    """Return what the MAC of a community's belonging to a region covers."""
    return _member(member)
