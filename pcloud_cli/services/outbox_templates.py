"""What the outbox can say: every message by name, in both languages, with its variables.

A template declares of each variable what kind of thing it is. What goes to a group robot, or to
any other shared channel, may name only what belongs to no person; that is checked when the
program starts, not when a message is sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from string import Formatter
from zoneinfo import ZoneInfo

from pcloud_cli.i18n import in_chinese


class Kind(StrEnum):
    """What a variable holds. `PERSONAL` and `SECRET` never reach a shared channel."""

    NUMBER = "number"
    """A ticket's, a bill's, an anomaly's number."""
    BUILDING = "building"
    """A community or a building, never a unit or a room."""
    COUNT = "count"
    """How many."""
    MOMENT = "moment"
    """A moment in ISO form with its offset; shown in the zone of the settings."""
    WORD = "word"
    """A message id of the catalogue, shown in the language of the message."""
    TALLY = "tally"
    """JSON, a list of [message id, how many, names]; the names are left out."""
    LISTED = "listed"
    """The same with its names, which tell of a person."""
    PERSONAL = "personal"
    """Whatever tells of a person: name, staff number, house, phone, free text."""
    SECRET = "secret"  # noqa: S105 - the name of a kind
    """A password or a code."""


SHARED = frozenset({Kind.NUMBER, Kind.BUILDING, Kind.COUNT, Kind.MOMENT, Kind.WORD, Kind.TALLY})
"""The kinds that belong to no person, and so may stand in a group's message."""

UNSHOWN = "–"
"""Stands in a group's message for a value that does not look like what it should be."""

_SHAPES = {
    Kind.NUMBER: re.compile(r"[A-Za-z]{0,6}[-#]?[0-9]{1,20}(-[0-9]{1,8})?"),
    Kind.BUILDING: re.compile(r"\w[\w ·\-—#()（）]{0,39}"),
    Kind.COUNT: re.compile(r"[0-9]{1,9}"),
    Kind.MOMENT: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{5,15}(Z|[+-][0-9:]{4,6})"),
    Kind.WORD: re.compile(r"[^0-9@]{1,80}"),
}
_PERSON = re.compile(r"(?<!\d)(1[3-9]\d{9}|\d{17}[\dXx]|\d{15})(?!\d)|@")
"""A mobile, an ID number or a mail address, whatever it was declared to be."""


@dataclass(frozen=True)
class Said:
    """A text in both languages; ``{name}`` stands for a variable."""

    en: str
    zh: str

    def names(self) -> set[str]:
        """Return the variables in it; ValueError where the languages differ in them."""
        found = [
            {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}
            for text in (self.en, self.zh)
        ]
        if found[0] != found[1]:
            raise ValueError(f"the languages name different variables: {self}")
        return found[0]

    def render(self, language: str, values: Mapping[str, str]) -> str:
        """Return the text in `language` (``en`` or ``zh``) with `values` in place."""
        return (self.zh if language == "zh" else self.en).format(**values)


@dataclass(frozen=True)
class Template:
    """One message: who may read it in full (`body`), and what a shared channel gets (`group`).

    Without a `group` it goes to the addressee's own mobile or mail and nowhere else. It is
    delivered within `lives` or not at all; where it says how many ``hours`` something is good
    for, within these.
    """

    name: str
    variables: Mapping[str, Kind]
    title: Said
    body: Said
    group: Said | None = None
    lives: timedelta = timedelta(days=7)

    def __post_init__(self) -> None:
        """Raise ValueError where a text names what it may not."""
        shared = {name for name, kind in self.variables.items() if kind in SHARED}
        if self.body.names() - set(self.variables):
            raise ValueError(f"{self.name} names a variable that it does not declare")
        if self.title.names():
            raise ValueError(f"the title of {self.name} names a variable: titles lie open")
        if self.group is not None and self.group.names() - shared:
            raise ValueError(f"{self.name} would tell a group of a person")

    def check(self, values: Mapping[str, str]) -> None:
        """Raise ValueError where `values` are not exactly the variables, each a text."""
        if set(values) != set(self.variables):
            raise ValueError(f"{self.name} takes {sorted(self.variables)}")
        if not all(isinstance(value, str) for value in values.values()):
            raise ValueError(f"{self.name} takes texts")

    def time_left(self, values: Mapping[str, str]) -> timedelta:
        """Return how long the message is worth delivering."""
        hours = values.get("hours", "")
        return min(self.lives, timedelta(hours=int(hours))) if hours.isdecimal() else self.lives

    def for_person(self, language: str, zone: str, values: Mapping[str, str]) -> str:
        """Return the text for the addressee's own eyes."""
        return self.body.render(language, self.shown(language, zone, values))

    def for_group(self, language: str, zone: str, values: Mapping[str, str]) -> str:
        """Return the text for a shared channel; ValueError where it may not go to one.

        A value that does not look like its kind, or looks like somebody's number, is left out.
        """
        if self.group is None:
            raise ValueError(f"{self.name} goes to no shared channel")
        fit = {
            name: value if fits(kind, value) else UNSHOWN
            for name, kind in self.variables.items()
            if kind in SHARED
            for value in [values[name]]
        }
        return self.group.render(language, self.shown(language, zone, fit))

    def shown(self, language: str, zone: str, values: Mapping[str, str]) -> dict[str, str]:
        """Return `values` as people read them: words translated, moments in their zone."""
        return {
            name: _shown(self.variables[name], value, language, zone)
            for name, value in values.items()
        }


def fits(kind: Kind, value: str) -> bool:
    """Return whether `value` looks like a thing of `kind`, and like no person's number."""
    if kind == Kind.TALLY:
        counted = _counted(value)
        return counted is not None and all(fits(Kind.WORD, word) for word, _many, _names in counted)
    shape = _SHAPES.get(kind)
    if shape is None or not shape.fullmatch(value):
        return False
    # a moment's digits are no phone; everything else must not hold one
    return kind == Kind.MOMENT or not _PERSON.search(value)


def _shown(kind: Kind, value: str, language: str, zone: str) -> str:
    if value == UNSHOWN:
        return value
    if kind == Kind.WORD:
        return in_chinese(value) if language == "zh" else value
    if kind in (Kind.TALLY, Kind.LISTED):
        return _tally(value, language, named=kind == Kind.LISTED)
    if kind == Kind.MOMENT:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        if moment.tzinfo is not None:
            return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    return value


def _counted(value: str) -> list[tuple[str, int, list[str]]] | None:
    """Return what a tally counts; None where it is none."""
    try:
        return [
            (str(word), int(many), [str(name) for name in names])
            for word, many, names in json.loads(value)
        ]
    except (ValueError, TypeError):
        return None


def _tally(value: str, language: str, *, named: bool) -> str:
    """Return a tally as people read it: ``workbooks to approve 2; tickets 7 (A-1, A-2, …)``."""
    counted = _counted(value)
    if counted is None:
        return UNSHOWN
    comma, semicolon, opened, closed = "、；（）" if language == "zh" else (", ", "; ", " (", ")")
    said = []
    for word, many, names in counted:
        text = f"{in_chinese(word) if language == 'zh' else word} {many}"
        if named and names:
            more = ["…"] if len(names) < many else []
            text += f"{opened}{comma.join([*names, *more])}{closed}"
        said.append(text)
    return semicolon.join(said)


_PASSWORD = {
    "staff_number": Kind.PERSONAL,
    "password": Kind.SECRET,
    "hours": Kind.COUNT,
}
_OF_TICKET = {
    "number": Kind.NUMBER,
    "community": Kind.BUILDING,
    "deadline": Kind.MOMENT,
}
_ABOUT_TICKET = {
    "number": Kind.NUMBER,
    "community": Kind.BUILDING,
    "urgency": Kind.WORD,
    "deadline": Kind.MOMENT,
}
_ABOUT_ACCOUNT = {"number": Kind.NUMBER, "kind": Kind.WORD, "staff_number": Kind.PERSONAL}

_ALL = (
    Template(
        "first_password",
        _PASSWORD,
        Said("Your account", "您的账号"),
        Said(
            "Account {staff_number}: the first password is {password} . It lives {hours} hours "
            "and only opens its own change. Tell nobody, not even us.",
            "账号 {staff_number}：初始密码为 {password} ，{hours} 小时内有效，"
            "登录后须先修改密码。请勿告诉任何人，包括本公司员工。",
        ),
        lives=timedelta(hours=72),
    ),
    Template(
        "password_reset",
        _PASSWORD,
        Said("Your password was reset", "您的密码已重置"),
        Said(
            "Account {staff_number}: the password was reset. The new first password is "
            "{password} and lives {hours} hours. If you did not ask for it, tell a system "
            "administrator.",
            "账号 {staff_number}：密码已重置，新的初始密码为 {password} ，"
            "{hours} 小时内有效。若非本人申请，请立即告知系统管理员。",
        ),
        lives=timedelta(hours=72),
    ),
    Template(
        "contact_changed",
        {"staff_number": Kind.PERSONAL, "at": Kind.MOMENT},
        Said("Your contact was changed", "您的联系方式已变更"),
        Said(
            "Account {staff_number}: at {at} the mobile or mail address that we reach you by was "
            "changed. If you do not know of it, tell a system administrator at once.",
            "账号 {staff_number}：联系方式（手机或邮箱）已于 {at} 变更。"
            "若非本人申请，请立即告知系统管理员。",
        ),
    ),
    Template(
        "anomaly",
        _ABOUT_ACCOUNT,
        Said("An unusual login", "登录异常"),
        Said(
            "Anomaly {number}: {kind}, account {staff_number}. Look with `pcloud account "
            "anomalies` and acknowledge it with a reason.",
            "登录异常 {number}：{kind}，账号 {staff_number}。"
            "请用 pcloud account anomalies 查看，并注明原因后确认。",
        ),
        group=Said(
            "Anomaly {number}: {kind}. Look with `pcloud account anomalies`.",
            "登录异常 {number}：{kind}。请用 pcloud account anomalies 查看。",
        ),
    ),
    Template(
        "compromised",
        {"number": Kind.NUMBER, "staff_number": Kind.PERSONAL},
        Said("An account may be in other hands", "账号疑似被盗用"),
        Said(
            "Account {staff_number} was reported as compromised and is locked (report {number}). "
            "Look at its logins before you open it again.",
            "账号 {staff_number} 已报告疑似被盗用并已锁定（编号 {number}）。"
            "恢复前请先核查其登录记录。",
        ),
        group=Said(
            "An account was reported as compromised and is locked (report {number}).",
            "有账号被报告疑似盗用并已锁定（编号 {number}）。",
        ),
    ),
    Template(
        "ticket_assigned",
        _ABOUT_TICKET,
        Said("A repair for you", "新工单"),
        Said(
            "Repair ticket {number} ({urgency}) in {community} is yours; take it until {deadline}. "
            "See `pcloud ticket show {number}`.",
            "工单 {number}（{urgency}，{community}）已派给您，请于 {deadline} 前接单。"
            "详见 pcloud ticket show {number}。",
        ),
        group=Said(
            "Repair ticket {number} ({urgency}) in {community} was assigned; it is to be taken "
            "until {deadline}.",
            "工单 {number}（{urgency}，{community}）已派出，请于 {deadline} 前接单。",
        ),
        lives=timedelta(days=1),
    ),
    Template(
        "ticket_marked_urgent",
        _ABOUT_TICKET,
        Said("A repair is urgent", "工单已转为紧急"),
        Said(
            "Repair ticket {number} in {community}, which you have, is now {urgency}; its limit is "
            "{deadline}.",
            "您手上的工单 {number}（{community}）已改为{urgency}，时限 {deadline}，请优先处理。",
        ),
        group=Said(
            "Repair ticket {number} in {community} is now {urgency}; its limit is {deadline}.",
            "工单 {number}（{community}）已改为{urgency}，时限 {deadline}。",
        ),
        lives=timedelta(days=1),
    ),
    Template(
        "ticket_emergency",
        _OF_TICKET,
        Said("Emergency", "紧急工单"),
        Said(
            "EMERGENCY: repair ticket {number} in {community}, next step until {deadline}. "
            "See `pcloud ticket show {number}`.",
            "【紧急】工单 {number}（{community}），时限 {deadline}，请立即响应。"
            "详见 pcloud ticket show {number}。",
        ),
        group=Said(
            "EMERGENCY: repair ticket {number} in {community}, next step until {deadline}.",
            "【紧急】工单 {number}（{community}），时限 {deadline}，请立即响应。",
        ),
        lives=timedelta(hours=4),
    ),
    Template(
        "ticket_unassigned",
        _OF_TICKET,
        Said("A repair that nobody can get", "工单无人可派"),
        Said(
            "Nobody on shift can get repair ticket {number} in {community}; its limit is "
            "{deadline}. `pcloud ticket assign {number} --auto --explain --dry-run` says why.",
            "工单 {number}（{community}）当前无人可派，时限 {deadline}。"
            "原因见 pcloud ticket assign {number} --auto --explain --dry-run。",
        ),
        group=Said(
            "Nobody on shift can get repair ticket {number} in {community}; its limit is "
            "{deadline}.",
            "工单 {number}（{community}）当前无人可派，时限 {deadline}。",
        ),
        lives=timedelta(hours=12),
    ),
    Template(
        "ticket_left_to_owner",
        {"number": Kind.NUMBER, "community": Kind.BUILDING},
        Said("A reporter to be told", "待告知报修人"),
        Said(
            "Repair ticket {number} in {community} is the owner's own; its reporter is to be "
            "told why. See `pcloud ticket show {number}`.",
            "工单 {number}（{community}）已认定为业主自理，请告知报修人原因。"
            "详见 pcloud ticket show {number}。",
        ),
        group=Said(
            "Repair ticket {number} in {community} is the owner's own; its reporter is to be told.",
            "工单 {number}（{community}）已认定为业主自理，请告知报修人。",
        ),
        lives=timedelta(days=3),
    ),
    Template(
        "ticket_callers",
        {"number": Kind.NUMBER, "community": Kind.BUILDING, "count": Kind.COUNT},
        Said("Callers to be told", "待回告来电人"),
        Said(
            "Repair ticket {number} in {community} is over; {count} more callers are to be told. "
            "See `pcloud ticket callers {number}`.",
            "工单 {number}（{community}）已有结果，另有 {count} 位来电人待回告。"
            "详见 pcloud ticket callers {number}。",
        ),
        group=Said(
            "Repair ticket {number} in {community} is over; {count} more callers are to be told.",
            "工单 {number}（{community}）已有结果，另有 {count} 位来电人待回告。",
        ),
        lives=timedelta(days=3),
    ),
    Template(
        "ticket_urged",
        _ABOUT_TICKET,
        Said("A repair is asked after", "工单催办"),
        Said(
            "Somebody asks after repair ticket {number} ({urgency}) in {community}; its limit is "
            "{deadline}.",
            "工单 {number}（{urgency}，{community}）被催办，时限 {deadline}。",
        ),
        group=Said(
            "Somebody asks after repair ticket {number} ({urgency}) in {community}; its limit is "
            "{deadline}.",
            "工单 {number}（{urgency}，{community}）被催办，时限 {deadline}。",
        ),
        lives=timedelta(days=1),
    ),
    Template(
        "ticket_taken_away",
        {"number": Kind.NUMBER, "community": Kind.BUILDING, "urgency": Kind.WORD},
        Said("A repair was given to somebody else", "工单已改派"),
        Said(
            "Repair ticket {number} ({urgency}) in {community} was given to somebody else.",
            "工单 {number}（{urgency}，{community}）已改派他人，您无需处理。",
        ),
        group=Said(
            "Repair ticket {number} ({urgency}) in {community} was given to somebody else.",
            "工单 {number}（{urgency}，{community}）已改派他人。",
        ),
        lives=timedelta(days=1),
    ),
    Template(
        "role_pending",
        {},
        Said("A sensitive grant waits", "有敏感授权待确认"),
        Said(
            "A sensitive grant waits for you. Look with `pcloud role pending`.",
            "有一项敏感授权等待您确认，请用 pcloud role pending 查看。",
        ),
        group=Said(
            "A sensitive grant waits. Look with `pcloud role pending`.",
            "有一项敏感授权等待确认，请用 pcloud role pending 查看。",
        ),
    ),
    Template(
        "overdue",
        {"count": Kind.COUNT, "what": Kind.LISTED, "kinds": Kind.TALLY},
        Said("Work waits too long", "有事项超时或即将超时"),
        Said(
            "{count} overdue or nearly so: {what}. Please see to it.",
            "您有 {count} 项已超时或即将超时：{what}。请尽快处理。",
        ),
        group=Said(
            "{count} overdue or nearly so: {kinds}. Nobody was found to be told of it.",
            "有 {count} 项已超时或即将超时：{kinds}。未找到应通知的人员，请安排处理。",
        ),
    ),
    Template(
        "first_security_admin",
        {"staff_number": Kind.PERSONAL, "at": Kind.MOMENT},
        Said("The first security administrator", "首位安全管理员"),
        Said(
            "At {at} account {staff_number} became the first security administrator, without a "
            "second person's yes. If you do not know of it, act at once.",
            "{at} 账号 {staff_number} 成为首位安全管理员，未经第二人确认。如您不知情，请立即处置。",
        ),
        group=Said(
            "At {at} the first security administrator was granted, without a second person's "
            "yes. If you do not know of it, act at once.",
            "{at} 授予了首位安全管理员，未经第二人确认。如您不知情，请立即处置。",
        ),
    ),
    Template(
        "recovered",
        {"staff_number": Kind.PERSONAL, "at": Kind.MOMENT},
        Said("Administration was recovered with the master key", "已使用主密钥恢复管理员"),
        Said(
            "At {at} the master key was used to make account {staff_number} an administrator. "
            "If you do not know of it, act at once.",
            "{at} 有人使用主密钥将账号 {staff_number} 恢复为系统管理员。如您不知情，请立即处置。",
        ),
        group=Said(
            "At {at} the master key was used to recover administration. If you do not know of "
            "it, act at once.",
            "{at} 有人使用主密钥恢复了系统管理员。如您不知情，请立即处置。",
        ),
    ),
)

TEMPLATES: dict[str, Template] = {template.name: template for template in _ALL}
