"""Former passwords of an account, as hashes: none of the last ones is taken again (2.1.1)."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import delete, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account, PasswordHistory, PasswordState
from pcloud_cli.security.passwords import Cost, hash_password, verify_password
from pcloud_cli.services import rights
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy import current as policy_of
from pcloud_cli.services.policy_sections import AccountPolicy, rules

_MOST = rules(AccountPolicy)["password_history"].most or 0
"""How many are kept: as many as policy can ask for."""


@dataclass(frozen=True)
class Compared:
    """A password that was held against former ones before the transaction that writes.

    Hashing takes its time: done before, it keeps nobody waiting.
    """

    password: str = field(repr=False)
    formers: frozenset[bytes]
    known: bool


def keep(work: Work, account: Account) -> None:
    """Put the present password of `account` into its history, if its holder chose it."""
    if account.password_hash is None or account.password_state == PasswordState.FIRST:
        return
    former = PasswordHistory(
        id=work.ids(),
        account_id=account.id,
        password_hash=account.password_hash,
        replaced_at=work.now(),
        mac=b"",
    )
    rights.seal_former(work, former)
    work.session.add(former)
    work.session.flush()
    lasting = [row.id for row in _last(work, account, _MOST)]
    work.session.execute(
        delete(PasswordHistory).where(
            PasswordHistory.account_id == account.id, PasswordHistory.id.not_in(lasting)
        )
    )


def compare(actor: Actor, work: Work, account: Account, new: str, *, cost: Cost) -> Compared:
    """Return whether `new` is one of the last passwords, in as long as with a full history.

    A row that was changed outside the program counts as it is, and leaves evidence.
    """
    policy = policy_of(work, AccountPolicy)
    rows = _last(work, account, policy.password_history)
    known = False
    for row in rows:
        rights.former_holds(actor, work, row)
        known |= verify_password(row.password_hash, new)
    for _missing in range(policy.password_history - len(rows)):
        hash_password(new, cost)
    return Compared(new, frozenset(row.id for row in rows), known)


def require_new(
    actor: Actor,
    work: Work,
    account: Account,
    new: str,
    *,
    compared: Compared | None,
    cost: Cost,
) -> None:
    """Raise UsageProblem where `new` is one of the last passwords of `account`.

    `compared` spares the hashing where it is about the same password and the same history.
    """
    most = policy_of(work, AccountPolicy).password_history
    rows = frozenset(row.id for row in _last(work, account, most))
    if compared is None or compared.password != new or compared.formers != rows:
        compared = compare(actor, work, account, new, cost=cost)
    if compared.known:
        raise UsageProblem(
            _("The new password is one of your last ones."),
            hint=_("Choose one that you have not had here."),
            code="former_password",
        )


def _last(work: Work, account: Account, most: int) -> list[PasswordHistory]:
    query = (
        select(PasswordHistory)
        .where(PasswordHistory.account_id == account.id)
        .order_by(PasswordHistory.replaced_at.desc(), PasswordHistory.id.desc())
        .limit(most)
    )
    return list(work.session.scalars(query))
