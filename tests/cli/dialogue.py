"""What a question at a terminal is, and who is asked in the tests."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "Lake#2026x"
NEW = "Reed#2027y"
LOCKED = "Book#2026z"
FACTOR = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret of TF001's authenticator app, made up."""

CODE = "{code}"
"""Stands for the code that the app of TF001 shows now."""


@dataclass(frozen=True)
class Step:
    """One question: which one of the code, what stands on the screen, what is typed."""

    question: str
    expected: str
    typed: str


@dataclass(frozen=True)
class Dialogue:
    """One call at a terminal: its steps in turn, its exit code, what the screen shows at the end.

    `by` is who is logged in, None for nobody. `{home}` and the names that the company knows
    stand in the words. A `fresh` one has a machine where nothing is set up yet.
    """

    words: str
    steps: tuple[Step, ...]
    by: str | None = "KF001"
    code: int = 0
    says: str = ""
    fresh: bool = False


@dataclass(frozen=True)
class Refusal:
    """The same question without a terminal: the call that would ask it, and the option named."""

    words: str
    option: str
    by: str | None = "KF001"


ADMIN, LEAD, LEAD2 = "R-SYSTEM-ADMIN", "KF002", "R-CUSTOMER-SERVICE-LEAD"
HR, HR_CHECKER, SECURITY = "R-ADMINISTRATION", "R-PROJECT-MANAGER", "R-SECURITY-ADMIN"
_A = "accounts."
_R = "accounts.registering.create: "
_H = "accounts.handing.choose: "
_WHY = "ask Why"
_REASON = "ask Reason"
_AGREED = "second_check.agreed: confirm question"
_REJECTED = "second_check.reject: ask Why"
_MASTER = "recover._key: secret Master key, on one line with its checksum"
_JOIN = "confirm Shall {community} join the region {region}, for every grant in it?"
_CHANGES = "confirm Make these {count} changes?"
_FACTOR_PASSWORD = Step(_A + "second_factor._password: secret Password", "Password", PASSWORD)
