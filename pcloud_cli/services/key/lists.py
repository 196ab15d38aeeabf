"""Sealing the contacts on lists of new hires anew, and binding their approvals to that (2.3.1)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.hires import Hires
from pcloud_cli.services import approval, hires, rights
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.key.fields import Anew, Key, Part
from pcloud_cli.services.key.places import bound


def all_lists(work: Work) -> Sequence[bytes]:
    """Return all lists, oldest first."""
    return work.session.scalars(select(Hires.id).order_by(Hires.number)).all()


def part(actor: Actor, work: Work, _after: Key | None, *, list_id: bytes) -> Part:
    """Seal the contacts of one list anew, a season's at once.

    Where the list is not what its approval is bound to, nothing is done, and evidence is left.
    """
    made = work.session.scalars(select(Hires).where(Hires.id == list_id).with_for_update()).one()
    rows = hires.rows_of(work, made)
    anew = Anew(work)
    place = bound("hires_row", "contact_sealed")
    fresh = {}
    for row in rows:
        if row.contact_sealed is not None:
            blob = anew.seal(place.table, place.column, row.account_id, row.contact_sealed)
            if blob is not None:
                fresh[row.seq] = blob
    if not fresh:
        return Part(0, anew.stuck)
    asked = work.session.get(Approval, made.approval_id) if made.approval_id else None
    if asked is not None and asked.content_hash != hires.digest(rows):
        rights.tampered(actor, work, "hires", made.id)
        return Part(0, anew.stuck + len(fresh))
    for row in rows:
        row.contact_sealed = fresh.get(row.seq, row.contact_sealed)
    if asked is not None:
        approval.rebind(actor, work, asked, hires.digest(rows))
    work.session.flush()
    return Part(len(fresh), anew.stuck)
