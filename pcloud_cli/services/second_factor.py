"""The second factor: one-time codes by time (TOTP, RFC 6238), and recovery codes (2.1.1).

A code opens once: the step of the last one used is remembered. A recovery code stands in for one
code, once; only its hash is kept. That an account has a second factor is under the account's own
MAC, so that taking the row away opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account, PasswordState
from pcloud_cli.models.login import RecoveryCode, SecondFactor
from pcloud_cli.services import permission, rights, trail
from pcloud_cli.services.actor import PERSON, Actor
from pcloud_cli.services.policy import current as policy_of
from pcloud_cli.services.policy_sections import LoginPolicy

CODES = 10
"""How many recovery codes there are at a time."""

_SECRET_BYTES = 20  # RFC 4226, section 4: as long as the digest
_CODE_BYTES = 10
_WINDOW = 1  # steps of 30 seconds that a clock may be off
_ISSUER = "pcloud"


@dataclass(frozen=True)
class Secret:
    """A new secret and the address that an authenticator app takes it from."""

    text: str
    uri: str


def new_secret(actor: Actor, random: Callable[[int], bytes] = os.urandom) -> Secret:
    """Return a secret for `actor`; nothing is kept until a code of it was given."""
    import pyotp

    text = base64.b32encode(random(_SECRET_BYTES)).decode()
    uri = pyotp.TOTP(text).provisioning_uri(name=actor.staff_number, issuer_name=_ISSUER)
    return Secret(text, uri)


def may_enable(actor: Actor, work: Work) -> Account:
    """Return the actor's account where a second factor can be set up on it.

    Raises Conflict where there is one, NotAllowed for services and first passwords.
    """
    account = _own(actor, work)
    if account.password_state == PasswordState.FIRST:
        permission.require_login(actor, work)  # says to change the first password before
    if account.second_factor_at is not None:
        raise Conflict(
            _("There is a second factor already."),
            hint=_("Take it off with `pcloud account second-factor disable`."),
        )
    return account


def enable(
    actor: Actor, work: Work, *, secret: str, code: str, random: Callable[[int], bytes]
) -> list[str]:
    """Put `secret` in force once `code` shows that the app has it; return recovery codes.

    Raises UsageProblem where the code is none of it.
    """
    account = may_enable(actor, work)
    step = _step(work, secret, code, after=-1)
    if step is None:
        raise UsageProblem(
            _("This is no code of that secret."),
            hint=_("Check the clock of the phone, and write the six digits it shows now."),
            code="wrong_code",
        )
    factor = SecondFactor(
        account_id=account.id,
        secret_sealed=work.keys.field_cipher().seal(
            "second_factor", "secret_sealed", account.id, secret
        ),
        enabled_at=work.now(),
        last_step=step,
    )
    rights.seal_second_factor(work, factor)
    work.session.add(factor)
    account.second_factor_at = work.now()
    rights.seal_account(work, account)
    work.session.flush()
    codes = _new_codes(work, account, random)
    _tell(actor, work, account, "account.second_factor_enable")
    return codes


def disable(actor: Actor, work: Work) -> None:
    """Take the actor's own second factor off; password and code were asked for before.

    Raises NotAllowed where policy demands one of the actor's roles.
    """
    account = may_disable(actor, work)
    _remove(work, account)
    _tell(actor, work, account, "account.second_factor_disable")


def must_have(actor: Actor, work: Work) -> Account:
    """Return the actor's account where it has a second factor; Conflict where it has none."""
    permission.require_login(actor, work)
    account = _own(actor, work)
    _must_have(account)
    return account


def may_disable(actor: Actor, work: Work) -> Account:
    """Return the actor's account where its second factor may be taken off, as `disable` says."""
    account = must_have(actor, work)
    if wanted(work, account):
        raise NotAllowed(
            _("One of your roles needs a second factor."),
            hint=_("Ask a system administrator to take it off if the phone is lost."),
            code="second_factor_needed",
        )
    return account


def take_off(actor: Actor, work: Work, account: Account, *, reason: str) -> None:
    """Take off somebody else's second factor: the phone and the recovery codes are lost.

    Raises NotAllowed for one's own, UsageProblem without a reason.
    """
    permission.require(actor, work, "account.factor")
    if account.id == actor.account_id:
        raise NotAllowed(_("Nobody takes off their own second factor this way."), code="own")
    if not reason.strip():
        raise UsageProblem(_("This needs a reason."), hint=_("Give --reason."))
    rights.require_account(actor, work, account)
    _must_have(account)
    _remove(work, account)
    _tell(actor, work, account, "account.second_factor_take_off", reason=reason.strip())


def lost(actor: Actor, work: Work, account: Account) -> None:
    """Take off the second factor of an account that is recovered with the master key."""
    _must_have(account)
    _remove(work, account)
    _tell(actor, work, account, "account.second_factor_take_off", reason="recovery")


def new_codes(actor: Actor, work: Work, random: Callable[[int], bytes]) -> list[str]:
    """Return new recovery codes; the old ones end. Password and code were asked for before."""
    account = must_have(actor, work)
    codes = _new_codes(work, account, random)
    _tell(actor, work, account, "account.recovery_codes")
    return codes


def check(actor: Actor, work: Work, account: Account, code: str) -> bool:
    """Return whether `code` opens `account` now, and use it up.

    It is one of the app's, newer than the last one used, or an unused recovery code. Rows that
    were changed outside the program open nothing and leave evidence.
    """
    factor = work.session.get(SecondFactor, account.id, with_for_update=True)
    if factor is None:
        rights.tampered(actor, work, "second_factor", account.id)
        return False
    if not rights.second_factor_holds(actor, work, factor):
        return False
    typed = _typed(code)
    if typed.isdecimal():
        secret = work.keys.field_cipher().open(
            "second_factor", "secret_sealed", account.id, factor.secret_sealed
        )
        step = _step(work, secret, typed, after=factor.last_step)
        if step is None:
            return False
        factor.last_step = step
        rights.seal_second_factor(work, factor)
        return True
    return _use_recovery_code(actor, work, account, typed)


def codes_left(work: Work, account_id: bytes) -> int:
    """Return how many recovery codes of an account are unused."""
    query = select(func.count()).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return work.session.scalar(query) or 0


def wanted(work: Work, account: Account) -> bool:
    """Return whether policy demands a second factor of a role that `account` holds."""
    roles = policy_of(work, LoginPolicy).second_factor_roles
    if not roles or account.kind != PERSON:
        return False
    grants = permission.grants_of(Actor(account.kind, account.id), work, account.id)
    return any(grant.role in roles for grant in grants)


def _own(actor: Actor, work: Work) -> Account:
    if actor.account_id is None or actor.kind != PERSON:
        raise permission.not_logged_in(actor)
    query = select(Account).where(Account.id == actor.account_id)
    return work.session.scalars(query.with_for_update() if work.write else query).one()


def _must_have(account: Account) -> None:
    if account.second_factor_at is None:
        raise Conflict(
            _("There is no second factor."),
            hint=_("Set one up with `pcloud account second-factor enable`."),
            code="no_second_factor",
        )


def _remove(work: Work, account: Account) -> None:
    work.session.execute(delete(SecondFactor).where(SecondFactor.account_id == account.id))
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    account.second_factor_at = None
    rights.seal_account(work, account)
    work.session.flush()


def _step(work: Work, secret: str, code: str, *, after: int) -> int | None:
    """Return the step that `code` belongs to, None where it opens nothing or is an old one."""
    import pyotp
    from pyotp.exceptions import OTPVerificationError

    try:
        step = pyotp.TOTP(secret).verify_and_get_timecode(
            _typed(code), for_time=work.now(), valid_window=_WINDOW
        )
    except OTPVerificationError:
        return None
    return step if step > after else None


def _new_codes(work: Work, account: Account, random: Callable[[int], bytes]) -> list[str]:
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = []
    for _number in range(CODES):
        plain = base64.b32encode(random(_CODE_BYTES)).decode()
        row = RecoveryCode(
            id=work.ids(),
            account_id=account.id,
            code_hash=_hash(plain),
            created_at=work.now(),
            used_at=None,
        )
        rights.seal_recovery_code(work, row)
        work.session.add(row)
        codes.append("-".join(plain[at : at + 4] for at in range(0, len(plain), 4)))
    work.session.flush()
    return codes


def _use_recovery_code(actor: Actor, work: Work, account: Account, typed: str) -> bool:
    row = work.session.scalars(
        select(RecoveryCode)
        .where(RecoveryCode.account_id == account.id, RecoveryCode.code_hash == _hash(typed))
        .with_for_update()
    ).one_or_none()
    if row is None or not rights.recovery_code_holds(actor, work, row) or row.used_at is not None:
        return False
    row.used_at = work.now()
    rights.seal_recovery_code(work, row)
    _tell(actor, work, account, "login.recovery_code")
    return True


def _typed(code: str) -> str:
    return "".join(unicodedata.normalize("NFKC", code).upper().replace("-", " ").split())


def _hash(plain: str) -> bytes:
    # 80 random bits: a plain hash is not to be searched
    return hashlib.sha256(plain.encode()).digest()


def _tell(
    actor: Actor, work: Work, account: Account, action: str, *, reason: str | None = None
) -> None:
    trail.changed(actor, work, action, object_type="account", object_id=account.id, reason=reason)
