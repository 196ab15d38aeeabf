"""What a second person decides on, by its number (复核, 2.3.1): one way for every noun.

A noun says in a `SecondCheck` what is its own: what is shown, and what happens once it is approved.
Who may, whether it is whole and still waits, whether it is what was seen: all that is here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound
from pcloud_cli.i18n import _
from pcloud_cli.models.approval import ApprovalState
from pcloud_cli.services import approval, permission, turns
from pcloud_cli.services.actor import Actor

APPROVED, REJECTED, WITHDRAWN = (
    ApprovalState.APPROVED,
    ApprovalState.REJECTED,
    ApprovalState.WITHDRAWN,
)
_WAITS = "pending"
_DIGITS = 10

Entry = TypeVar("Entry")
"""What is decided on at once: one row, or all rows of one change."""


class Numbered(Protocol):
    """A row that waits under a number."""

    number: Any
    state: Any
    approval_id: Any


Row = TypeVar("Row", bound=Numbered)


class Shown(NamedTuple):
    """What the second person is shown, and the hash that their yes is then bound to, in hex."""

    content: Any
    seen: str


class SecondCheck(ABC, Generic[Entry]):
    """How the entries of one noun are decided on; `kinds` are its names in `approval.KINDS`.

    While an entry is decided on nobody else decides on one of the same `turn`, if it has one.
    """

    kinds: Sequence[str]
    turn = ""

    # --- what a noun says ------------------------------------------------------------------------

    @abstractmethod
    def find(self, work: Work, reference: str, *, lock: bool) -> Entry:
        """Return the entry that people call `reference`; NotFound for none."""

    @abstractmethod
    def asked(self, entry: Entry) -> bytes | None:
        """Return the id of the approval of an entry that waits, None where it was decided."""

    @abstractmethod
    def content_hash(self, work: Work, entry: Entry) -> bytes:
        """Return what the approval of an entry is bound to, as its content is now."""

    @abstractmethod
    def content(self, actor: Actor, work: Work, entry: Entry) -> Any:
        """Return what the second person is shown."""

    @abstractmethod
    def become(self, actor: Actor, work: Work, entry: Entry) -> None:
        """Make an approved entry live; Conflict where others overtook it."""

    @abstractmethod
    def settle(
        self, actor: Actor, work: Work, entry: Entry, state: ApprovalState, reason: str | None
    ) -> dict[str, Any]:
        """Note what was decided, tell the trail, and return the entry as a record."""

    def place(self, entry: Entry) -> bytes | None:  # noqa: ARG002 - most hold everywhere
        """Return the community that an entry belongs to, None for the company."""
        return None

    def must_hold(self, actor: Actor, work: Work, entry: Entry) -> None:
        """Return where an entry is as the program wrote it; else leave evidence, raise Conflict.

        A noun whose rows have no MAC leaves it to the content's hash.
        """

    def repeated(self, work: Work, entry: Entry, state: ApprovalState) -> dict[str, Any] | None:  # noqa: ARG002
        """Return the record where deciding so once more is no Conflict but done already."""
        return None

    # --- what is the same for all ----------------------------------------------------------------

    def may_decide(self, actor: Actor, work: Work, reference: str) -> Entry:
        """Return the entry where `actor` may check it: allowed to, and not who made it.

        Raises NotFound, NotAllowed, or Conflict where it is not whole or was decided.
        """
        entry = self._found(actor, work, reference)
        approval.refuse_maker(actor, work, self._pending(entry))
        return entry

    def may_reject(self, actor: Actor, work: Work, reference: str) -> None:
        """Return where `actor` may reject an entry, or it was rejected already; else raise."""
        entry = self._found(actor, work, reference)
        if self.repeated(work, entry, REJECTED) is None:
            approval.refuse_maker(actor, work, self._pending(entry))

    def look(self, actor: Actor, work: Work, reference: str) -> Shown:
        """Return what `actor`, who may check an entry, is shown before they approve it."""
        entry = self._found(actor, work, reference)
        if self.repeated(work, entry, APPROVED) is None:
            approval.refuse_maker(actor, work, self._pending(entry))
        return Shown(self.content(actor, work, entry), self.content_hash(work, entry).hex())

    def approve(
        self,
        actor: Actor,
        work: Work,
        reference: str,
        *,
        seen: str | None = None,
        reason: str | None = None,
    ) -> dict[str, Any]:
        """Make an entry of somebody else live and return it; `seen` is the hash of what was shown.

        Raises as `may_decide`, and Conflict where others overtook it or it is not what was seen.
        """
        entry = self._found(actor, work, reference)
        done = self.repeated(work, entry, APPROVED)
        if done is not None:
            return done
        asked = self._pending(entry)
        approval.refuse_maker(actor, work, asked)
        content = self.content_hash(work, entry)
        if seen is not None and seen != content.hex():
            raise approval.content_changed()
        approval.approve(actor, work, asked, expected_hash=content, reason=reason)
        self.become(actor, work, entry)
        return self.settle(actor, work, entry, APPROVED, reason)

    def reject(
        self, actor: Actor, work: Work, reference: str, *, reason: str | None
    ) -> dict[str, Any]:
        """Reject an entry of somebody else, with the reason that its maker reads; return it."""
        entry = self._found(actor, work, reference)
        done = self.repeated(work, entry, REJECTED)
        if done is not None:
            return done
        content = self.content_hash(work, entry)
        approval.reject(actor, work, self._pending(entry), expected_hash=content, reason=reason)
        return self.settle(actor, work, entry, REJECTED, reason)

    def withdraw(
        self, actor: Actor, work: Work, reference: str, *, reason: str | None = None
    ) -> dict[str, Any]:
        """Take back one's own entry that still waits and return it."""
        entering = [approval.KINDS[kind].propose for kind in self.kinds]
        permission.require_one_somewhere(actor, work, entering)
        entry = self.find(work, reference, lock=work.write)
        self.must_hold(actor, work, entry)
        approval.withdraw(actor, work, self._pending(entry), reason=reason)
        return self.settle(actor, work, entry, WITHDRAWN, reason)

    def _found(self, actor: Actor, work: Work, reference: str) -> Entry:
        check = approval.KINDS[self.kinds[0]].check
        permission.require_somewhere(actor, work, check)
        if self.turn and work.write:
            turns.with_numbers(work, self.turn)
        entry = self.find(work, reference, lock=work.write)
        permission.require(actor, work, check, community_id=self.place(entry))
        self.must_hold(actor, work, entry)
        return entry

    def _pending(self, entry: Entry) -> bytes:
        asked = self.asked(entry)
        if asked is None:
            raise Conflict(_("It has been decided already."), code="decided")
        return asked


class NumberedCheck(SecondCheck[Row]):
    """The check of entries that are one row each, of `model`.

    `unknown` says that there is none of a ``{number}``, `listed` where the numbers are shown.
    """

    model: type[Row]
    unknown: str
    listed: str

    def find(self, work: Work, reference: str, *, lock: bool = False) -> Row:
        """Return the row of a number, ``7`` or ``#7``; NotFound for none."""
        number = number_of(reference)
        found = None
        if number is not None:
            query = select(self.model).where(self.model.number == number)
            found = work.session.scalar(query.with_for_update() if lock else query)
        if found is None:
            raise NotFound(_(self.unknown).format(number=reference), hint=_(self.listed))
        return found

    def asked(self, entry: Row) -> bytes | None:
        """Return the id of its approval while it waits."""
        return entry.approval_id if entry.state == _WAITS else None


def number_of(reference: str) -> int | None:
    """Return the number that ``7`` or ``#7`` is, None for anything else."""
    text = reference.strip().lstrip("#")
    return int(text) if text.isdecimal() and len(text) < _DIGITS else None
