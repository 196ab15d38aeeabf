"""What importing, swapping and giving back share: finding shifts, and no person twice at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Community
from pcloud_cli.models.roster import Shift, ShiftKind
from pcloud_cli.moments import parse_moment

SERVES = "roster.own"
"""The permission that lets somebody go on shift in a place."""

KINDS: dict[str, str] = {
    ShiftKind.DAY: N_("day shift"),
    ShiftKind.NIGHT: N_("night shift"),
    ShiftKind.STANDBY: N_("standby"),
}
"""What kind a shift is, by code, translated where printed."""

_CHUNK = 500


@dataclass(frozen=True)
class Times:
    """From when until when, in UTC."""

    begins_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, day: date, begin: int, end: int, zone: ZoneInfo) -> Times:
        """Return the times of a shift of a local `day`, given in minutes after its midnight.

        Where clocks change it is as long as the hands say: a night may have 11 or 13 hours.
        """
        return cls(_moment(day, begin, zone), _moment(day, end, zone))


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    days, rest = divmod(minutes, 24 * 60)
    hand = datetime.combine(day + timedelta(days=days), time(*divmod(rest, 60)), zone)
    return hand.astimezone(UTC)


def live(work: Work, account_ids: Iterable[bytes], begin: datetime, end: datetime) -> list[Shift]:
    """Return the shifts that these accounts really work between two moments, anywhere."""
    wanted = sorted(set(account_ids))
    found: list[Shift] = []
    for start in range(0, len(wanted), _CHUNK):
        query = select(Shift).where(
            Shift.account_id.in_(wanted[start : start + _CHUNK]),
            Shift.ends_at > begin,
            Shift.begins_at < end,
            Shift.cancelled_at.is_(None),
        )
        found += work.session.scalars(query.order_by(Shift.begins_at, Shift.id))
    return found


def refuse_overlap(
    work: Work, account_id: bytes, times: Times, *, without: Collection[bytes] = ()
) -> None:
    """Raise Conflict where an account has a shift already at some moment of `times`."""
    for shift in live(work, [account_id], times.begins_at, times.ends_at):
        if shift.id not in without:
            number = work.session.scalar(
                select(Account.staff_number).where(Account.id == account_id)
            )
            raise Conflict(
                _("{number} has a shift then already.").format(number=number),
                hint=_("`pcloud roster list` shows who is on shift when."),
                code="shift_overlaps",
            )


def named(work: Work, account_id: bytes, when: str, *, vacant: bool = False) -> Shift:
    """Return the one shift of an account that `when` names: a day, or a moment within it.

    With `vacant` also one that was given back and is rostered for them. Times are read in the zone
    of the shift's community. Raises NotFound for none, UsageProblem where a day has several.
    """
    own = Shift.account_id == account_id
    if vacant:
        own = or_(own, (Shift.rostered_id == account_id) & Shift.account_id.is_(None))
    zones = dict(work.session.execute(select(Community.id, Community.zone)).all())
    near = _near(work, when, zones)
    query = select(Shift).where(
        own, Shift.cancelled_at.is_(None), Shift.day >= near[0], Shift.day <= near[1]
    )
    found = [
        shift
        for shift in work.session.scalars(query.order_by(Shift.begins_at, Shift.id))
        if _is_at(work, shift, when, zones[shift.community_id])
    ]
    if not found:
        raise NotFound(
            _("There is no such shift at {when}.").format(when=when),
            hint=_("`pcloud roster list` shows who is on shift when."),
        )
    if len(found) > 1:
        raise UsageProblem(
            _("There are several shifts on {when}.").format(when=when),
            hint=_("Say a moment within the one that is meant: '{when} 21:00'.").format(when=when),
        )
    return found[0]


def _near(work: Work, when: str, zones: dict[bytes, str]) -> tuple[date, date]:
    days = [
        parse_moment(when, now=work.now(), zone=zone, option=_("the day")).date()
        for zone in {"Asia/Shanghai", *zones.values()}
    ]
    return min(days) - timedelta(days=2), max(days) + timedelta(days=2)


def _is_at(work: Work, shift: Shift, when: str, zone: str) -> bool:
    moment = parse_moment(when, now=work.now(), zone=zone, option=_("the day"))
    if ":" not in when and "：" not in when:
        return moment.astimezone(ZoneInfo(zone)).date() == shift.day
    return shift.begins_at <= moment < shift.ends_at


def rest_of(work: Work, shift: Shift) -> Shift:
    """Return what is still to come of a shift: itself, or once it has begun its rest, apart.

    The part that is over stays with whoever worked it.
    """
    now = work.now()
    if shift.begins_at >= now:
        return shift
    left = Shift(
        id=work.ids(),
        community_id=shift.community_id,
        roster_import_id=shift.roster_import_id,
        rostered_id=shift.rostered_id,
        account_id=shift.account_id,
        day=shift.day,
        kind=shift.kind,
        word=shift.word,
        begins_at=now,
        ends_at=shift.ends_at,
    )
    shift.ends_at = now
    work.session.add(left)
    work.session.flush()
    return left
