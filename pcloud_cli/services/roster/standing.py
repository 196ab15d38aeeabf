"""What is said of a shift that no roster changes: whose it is now, and what to do instead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.roster import Shift

_MINUTE = timedelta(minutes=1)


def begun(work: Work, pieces: Sequence[Shift], zone: ZoneInfo) -> str:
    """Return what is said of a shift that has begun; `pieces` are its parts, in order."""
    shift, said = pieces[-1], _said(pieces, zone)
    who = _who(work, shift.account_id)
    if shift.ends_at <= work.now():
        if who is None:
            return _("{shift} is over and stays; nobody had it. Write it here again.").format(
                shift=said
            )
        return _("{shift} is over and stays; {who} had it. Write it here again.").format(
            shift=said, who=who
        )
    command = _command(work, shift, "…", zone)
    if who is None:
        return _(
            "{shift} has begun and stays; nobody has it since it was given back. Write it here "
            "again, and to give somebody the rest: {command}"
        ).format(shift=said, command=command)
    return _(
        "{shift} has begun and stays; {who} is entered for it. Write it here again; to let "
        "somebody else do the rest: {command}"
    ).format(shift=said, who=who, command=command)


def swapped(work: Work, pieces: Sequence[Shift], zone: ZoneInfo) -> str:
    """Return what is said of a shift that is ahead and was swapped."""
    shift = pieces[-1]
    return _("{shift} was swapped; {who} is entered for it. Swap it back first: {command}").format(
        shift=_said(pieces, zone),
        who=_who(work, shift.account_id),
        command=_command(work, shift, _number(work, shift.rostered_id), zone),
    )


def _said(pieces: Sequence[Shift], zone: ZoneInfo) -> str:
    begin, end = pieces[0].begins_at.astimezone(zone), pieces[-1].ends_at.astimezone(zone)
    return f"{pieces[0].word} {begin:%H:%M}–{end:%H:%M}"


def _who(work: Work, account_id: bytes | None) -> str | None:
    if account_id is None:
        return None
    one = work.session.get_one(Account, account_id)
    return _("{name} ({number})").format(name=one.name, number=one.staff_number)


def _number(work: Work, account_id: bytes) -> str:
    return work.session.get_one(Account, account_id).staff_number


def _command(work: Work, shift: Shift, to: str, zone: ZoneInfo) -> str:
    """Return the command by which a supervisor gives the shift, or its rest, to `to`."""
    of = _number(work, shift.account_id or shift.rostered_id)
    when = _whole(shift.begins_at).astimezone(zone)
    return f"pcloud roster swap '{when:%Y-%m-%d %H:%M}' --of {of} --to {to} --reason …"


def _whole(moment: datetime) -> datetime:
    """Return the first whole minute from `moment` on: commands are told no seconds."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + _MINUTE
