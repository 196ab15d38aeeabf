"""Every kind of thing that files can be attached to. A new one is one line here."""

from __future__ import annotations

from collections.abc import Mapping

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import _
from pcloud_cli.models.attachment import Attachment
from pcloud_cli.services import owner_change_papers, permission, words
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.attachment.subject import Kind, Subject
from pcloud_cli.services.ticket import attached as tickets

KINDS: Mapping[str, Kind] = {
    "ticket": tickets.KIND,
    "owner-change": owner_change_papers.KIND,
}
"""By the name that commands and the database use."""


def titles() -> dict[str, str]:
    """Return the msgid of each kind's title."""
    return {name: kind.title for name, kind in KINDS.items()}


def stages() -> dict[str, str]:
    """Return the msgid of each stage of every kind."""
    return {code: word for kind in KINDS.values() for code, word in kind.stages.items()}


def find(actor: Actor, work: Work, needed: str, kind: str, reference: str) -> tuple[Kind, Subject]:
    """Return the subject that people call so, where `actor` holds `needed` in its place.

    Raises UsageProblem for an unknown kind, NotFound, NotAllowed.
    """
    permission.require_somewhere(actor, work, needed)
    known = KINDS[words.understood(kind, titles(), "KIND")]
    subject = known.find(actor, work, reference)
    require(actor, work, needed, subject)
    return known, subject


def of(actor: Actor, work: Work, needed: str, row: Attachment) -> tuple[Kind, Subject]:
    """Return what `row` is attached to, where `actor` holds `needed` there."""
    known = KINDS.get(row.subject_kind)
    subject = known.of(work, row.community_id, row.subject_id) if known is not None else None
    if known is None or subject is None:
        permission.require(actor, work, needed, community_id=row.community_id)
        raise Conflict(
            _("What attachment {number} belongs to is here no more.").format(number=row.number),
            code="subject_gone",
        )
    require(actor, work, needed, subject)
    return known, subject


def require(actor: Actor, work: Work, needed: str, subject: Subject) -> None:
    """Return where `actor` holds `needed` where the subject is."""
    permission.require(
        actor,
        work,
        needed,
        community_id=subject.community_id,
        building_id=subject.building_id,
    )
