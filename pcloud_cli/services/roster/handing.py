"""Handing a shift over (交接班): what the one who goes tells the one who comes, and that they know.

The note is free text and may name people: it is sealed, and only who hands over and who takes it
read it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Community
from pcloud_cli.models.roster import Shift, ShiftHandOver
from pcloud_cli.services import account as accounts
from pcloud_cli.services import open_work, permission, trail, turns
from pcloud_cli.services import sight as sights
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.roster.shifts import SERVES

LATE = timedelta(hours=4)
"""So long after its end a shift can still be handed over."""
LONGEST = 2_000


def hand_over(
    actor: Actor, work: Work, *, to: str | None = None, note: str | None = None
) -> dict[str, Any]:
    """Hand one's own shift over, to somebody or to whoever comes next, with a note; return it.

    It is the shift that runs or has just ended. Done twice before anybody took it, the note is
    replaced. Raises Conflict for who has had no shift just now.
    """
    permission.require_somewhere(actor, work, SERVES)
    assert actor.account_id is not None  # noqa: S101 - only people and services hold permissions
    if note is not None and len(note) > LONGEST:
        raise UsageProblem(_("A note has at most {most} characters.").format(most=LONGEST))
    shift = _just_now(work, actor.account_id)
    permission.require(actor, work, SERVES, community_id=shift.community_id)
    taker = accounts.find(work, to) if to else None
    if taker is not None and taker.id == actor.account_id:
        raise UsageProblem(_("Nobody hands over to themselves."), hint=_("Leave --to out."))
    number = turns.next_number(work, "hand-overs", ShiftHandOver.number)
    made = work.session.scalars(
        select(ShiftHandOver).where(
            ShiftHandOver.shift_id == shift.id,
            ShiftHandOver.from_id == actor.account_id,
            ShiftHandOver.taken_at.is_(None),
        )
    ).first()
    again = made is not None
    if made is None:
        made = ShiftHandOver(
            id=work.ids(),
            number=number,
            community_id=shift.community_id,
            shift_id=shift.id,
            from_id=actor.account_id,
        )
        work.session.add(made)
    made.to_id = taker.id if taker is not None else None
    made.at = work.now()
    text = (note or "").strip()
    if text or not again:
        made.note_sealed = (
            work.keys.field_cipher().seal("shift_hand_over", "note_sealed", made.id, text)
            if text
            else None
        )
    work.session.flush()
    _tell(actor, work, made, "roster.hand_over")
    return {
        **_record(work, made),
        "note": _note(work, made),
        "in_hand": [
            each for each in open_work.of(work, actor.account_id) if each["kind"] != "shift"
        ],
    }


def take_over(actor: Actor, work: Work, reference: str | None = None) -> list[dict[str, Any]]:
    """Take what was handed over to oneself or to whoever comes next; return it with its notes.

    One by its number, or all that wait; those taken by oneself already are only shown. Raises
    NotAllowed for what is meant for somebody else, Conflict for what another has taken.
    """
    permission.require_somewhere(actor, work, SERVES)
    if reference is not None:
        found = [_find(work, reference)]
        _is_mine(actor, work, found[0])
    else:
        query = select(ShiftHandOver).where(
            ShiftHandOver.taken_at.is_(None),
            ShiftHandOver.from_id != actor.account_id,
            or_(ShiftHandOver.to_id == actor.account_id, ShiftHandOver.to_id.is_(None)),
        )
        found = [
            made
            for made in work.session.scalars(query.order_by(ShiftHandOver.number).with_for_update())
            if permission.allowed(actor, work, SERVES, community_id=made.community_id)
        ]
    for made in found:
        if made.taken_at is None:
            made.taken_at, made.taken_by = work.now(), actor.account_id
            work.session.flush()
            _tell(actor, work, made, "roster.take_over")
        elif made.note_sealed is not None:
            trail.witnessed(
                actor,
                work,
                "roster.note",
                object_type="shift_hand_over",
                object_id=made.id,
                community_id=made.community_id,
            )
    return [{**_record(work, made), "note": _note(work, made)} for made in found]


def list_all(
    actor: Actor, work: Work, *, community: str | None = None, waiting: bool = False
) -> list[dict[str, Any]]:
    """Return the hand-overs that `actor` may see, newest first, without what the notes say."""
    seen = sights.of(actor, work, "roster.read", community)
    query = select(ShiftHandOver).where(seen.within(ShiftHandOver.community_id))
    if waiting:
        query = query.where(ShiftHandOver.taken_at.is_(None))
    query = query.order_by(ShiftHandOver.number.desc()).limit(500)
    return [_record(work, made) for made in work.session.scalars(query)]


def _just_now(work: Work, account_id: bytes) -> Shift:
    now = work.now()
    query = (
        select(Shift)
        .where(
            Shift.account_id == account_id,
            Shift.cancelled_at.is_(None),
            Shift.begins_at <= now,
            Shift.ends_at > now - LATE,
        )
        .order_by(Shift.begins_at.desc())
        .limit(1)
    )
    found = work.session.scalars(query).first()
    if found is None:
        raise Conflict(
            _("You have no shift now, nor had one just before."),
            hint=_("`pcloud roster list --mine` shows yours."),
            code="no_shift",
        )
    return found


def _is_mine(actor: Actor, work: Work, made: ShiftHandOver) -> None:
    permission.require(actor, work, SERVES, community_id=made.community_id)
    if made.from_id == actor.account_id:
        raise NotAllowed(
            _("Nobody takes over from themselves."),
            hint=_("Whoever comes next takes it."),
            code="own_entry",
        )
    if made.taken_by is not None and made.taken_by != actor.account_id:
        raise Conflict(_("Somebody has taken it already."), code="taken")
    if made.taken_by is None and made.to_id not in (None, actor.account_id):
        raise NotAllowed(
            _("It is meant for somebody else."),
            hint=_("Who hands over can change it: `pcloud roster hand-over --to`."),
            code="for_another",
        )


def _find(work: Work, reference: str) -> ShiftHandOver:
    text = reference.strip().lstrip("#")
    found = None
    if text.isdecimal() and len(text) < 10:
        query = select(ShiftHandOver).where(ShiftHandOver.number == int(text))
        found = work.session.scalar(query.with_for_update())
    if found is None:
        raise NotFound(
            _("There is no hand-over {number}.").format(number=reference),
            hint=_("`pcloud roster hand-overs` shows the numbers."),
        )
    return found


def _note(work: Work, made: ShiftHandOver) -> str | None:
    if made.note_sealed is None:
        return None
    return work.keys.open("shift_hand_over", "note_sealed", made.id, made.note_sealed)


def _record(work: Work, made: ShiftHandOver) -> dict[str, Any]:
    place = work.session.get_one(Community, made.community_id)

    def number(account_id: bytes | None) -> str | None:
        if account_id is None:
            return None
        return work.session.scalar(select(Account.staff_number).where(Account.id == account_id))

    return {
        "id": made.id,
        "number": made.number,
        "community": place.code,
        "zone": place.zone,
        "from": number(made.from_id),
        "to": number(made.to_id),
        "at": made.at,
        "has_note": made.note_sealed is not None,
        "taken_by": number(made.taken_by),
        "taken_at": made.taken_at,
    }


def _tell(actor: Actor, work: Work, made: ShiftHandOver, action: str) -> None:
    trail.changed(
        actor,
        work,
        action,
        object_type="shift_hand_over",
        object_id=made.id,
        community_id=made.community_id,
        detail={"number": made.number, "account": made.to_id.hex() if made.to_id else None},
    )
