"""Which password an account may have (2.1.1): strong, hard to guess, and not about its holder."""

from __future__ import annotations

from pcloud_cli.db.work import Work
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.security.common_passwords import is_common
from pcloud_cli.security.passwords import require_strong
from pcloud_cli.services import outbox
from pcloud_cli.services.policy import current as policy_of
from pcloud_cli.services.policy_sections import AccountPolicy

_DIGITS = 6
"""So many digits of a phone in a row give it away."""
_LETTERS = 3
"""A part of a name of fewer letters is in many words."""


def require(work: Work, account: Account, password: str) -> None:
    """Raise UsageProblem where `account` must not have `password`; return where it may."""
    least = policy_of(work, AccountPolicy).password_min_length
    require_strong(password, staff_number=account.staff_number, least=least)
    if _tells(password, account.name, outbox.address_of(work, account.id).mobile):
        raise UsageProblem(
            _("The password tells of its holder: it holds a name or a phone number."),
            hint=_("Choose one that has nothing to do with you."),
            code="personal_password",
        )
    if is_common(password):
        raise UsageProblem(
            _("The password is one of those that are tried first."),
            hint=_("Common words, years and rows of keys do not help: take several unusual words."),
            code="common_password",
        )


def _tells(password: str, name: str, mobile: str | None) -> bool:
    folded = password.casefold()
    parts = [name.casefold(), *name.casefold().split()]
    for part in parts:
        chinese = any(ord(sign) > 0x2E7F for sign in part)
        if len(part) >= (2 if chinese else _LETTERS) and part in folded:
            return True
    digits = mobile or ""
    return any(
        digits[start : start + _DIGITS] in password for start in range(len(digits) - _DIGITS + 1)
    )
