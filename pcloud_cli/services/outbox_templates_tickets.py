"""What the outbox says about repair tickets: to staff, and to whoever reported the repair."""

from __future__ import annotations

from datetime import timedelta

from pcloud_cli.services.outbox_template import Kind, Said, Template

_OF_TICKET = {
    "number": Kind.TICKET,
    "community": Kind.BUILDING,
    "deadline": Kind.MOMENT,
}
_ABOUT_TICKET = {
    "number": Kind.TICKET,
    "community": Kind.BUILDING,
    "urgency": Kind.WORD,
    "deadline": Kind.MOMENT,
}
_OF_REPORT = {"number": Kind.TICKET, "community": Kind.BUILDING}
_UNTIL = {**_OF_REPORT, "until": Kind.MOMENT}
_REPORT = Said("Your repair", "您的报修")

_TO_STAFF = (
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
        {**_OF_TICKET, "kind": Kind.WORD, "place": Kind.BUILDING},
        Said("Emergency", "紧急工单"),
        Said(
            "EMERGENCY ({kind}): repair ticket {number}, {place}, next step until {deadline}. "
            "See `pcloud ticket show {number}`.",
            "【紧急·{kind}】工单 {number}（{place}），时限 {deadline}，请立即响应。"
            "详见 pcloud ticket show {number}。",
        ),
        group=Said(
            "EMERGENCY ({kind}): repair ticket {number}, {place}, next step until {deadline}.",
            "【紧急·{kind}】工单 {number}（{place}），时限 {deadline}，请立即响应。",
        ),
        lives=timedelta(hours=4),
    ),
    Template(
        "ticket_sounds_urgent",
        {**_OF_TICKET, "kind": Kind.WORD, "place": Kind.BUILDING},
        Said("A repair that sounds urgent", "疑似紧急工单"),
        Said(
            "Repair ticket {number}, {place}, sounds urgent ({kind}) and is not marked so; accept "
            "it until {deadline}. If it is: `pcloud ticket urgent {number} --kind {kind}`.",
            "工单 {number}（{place}）疑似紧急（{kind}），尚未标记，请于 {deadline} 前受理。"
            "如属实：pcloud ticket urgent {number} --kind {kind}。",
        ),
        group=Said(
            "Repair ticket {number}, {place}, sounds urgent ({kind}) and is not marked so; it is "
            "to be accepted until {deadline}.",
            "工单 {number}（{place}）疑似紧急（{kind}），尚未标记，请于 {deadline} 前受理。",
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
        "ticket_unskilled",
        _OF_TICKET,
        Said("An emergency without the skill", "紧急工单缺少对口人员"),
        Said(
            "Nobody on shift has the skill for the emergency {number} in {community}; somebody "
            "went, next step until {deadline}. Give it to a firm, or find somebody: "
            "`pcloud ticket show {number}`.",
            "紧急工单 {number}（{community}）在班无人具备所需技能，已先派人前往，时限 {deadline}。"
            "请联系维保单位或另派他人，详见 pcloud ticket show {number}。",
        ),
        group=Said(
            "Nobody on shift has the skill for the emergency {number} in {community}; somebody "
            "went, its limit is {deadline}.",
            "紧急工单 {number}（{community}）在班无人具备所需技能，已先派人前往，时限 {deadline}。",
        ),
        lives=timedelta(hours=4),
    ),
    Template(
        "ticket_left_to_owner",
        {"number": Kind.TICKET, "community": Kind.BUILDING},
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
        {"number": Kind.TICKET, "community": Kind.BUILDING, "count": Kind.COUNT},
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
        "ticket_dissatisfied",
        {"number": Kind.TICKET, "community": Kind.BUILDING, "score": Kind.COUNT},
        Said("Somebody is not content", "报修人不满意"),
        Said(
            "Whoever reported repair ticket {number} in {community} is not content: they gave it "
            "{score} of 5. See `pcloud ticket show {number}`.",
            "工单 {number}（{community}）报修人评价 {score} 分（满分 5 分），不满意，请跟进。"
            "详见 pcloud ticket show {number}。",
        ),
        group=Said(
            "Whoever reported repair ticket {number} in {community} is not content: they gave it "
            "{score} of 5.",
            "工单 {number}（{community}）报修人评价 {score} 分（满分 5 分），不满意，请跟进。",
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
        "ticket_to_assign",
        {**_ABOUT_TICKET, "step": Kind.WORD},
        Said("A repair to assign again", "工单待重新派单"),
        Said(
            "Repair ticket {number} ({urgency}) in {community} was {step}; it is to be assigned "
            "until {deadline}. See `pcloud ticket show {number}`.",
            "工单 {number}（{urgency}，{community}）已{step}，请于 {deadline} 前重新派单。"
            "详见 pcloud ticket show {number}。",
        ),
        group=Said(
            "Repair ticket {number} ({urgency}) in {community} was {step}; it is to be assigned "
            "until {deadline}.",
            "工单 {number}（{urgency}，{community}）已{step}，请于 {deadline} 前重新派单。",
        ),
        lives=timedelta(days=1),
    ),
    Template(
        "ticket_opened_again",
        {"number": Kind.TICKET, "community": Kind.BUILDING, "urgency": Kind.WORD},
        Said("A repair of yours was opened again", "您完成的工单已重新打开"),
        Said(
            "Repair ticket {number} ({urgency}) in {community}, which you completed, was opened "
            "again. See `pcloud ticket show {number}`.",
            "您完成的工单 {number}（{urgency}，{community}）已重新打开，将重新派单。"
            "详见 pcloud ticket show {number}。",
        ),
        group=Said(
            "Repair ticket {number} ({urgency}) in {community} was opened again.",
            "工单 {number}（{urgency}，{community}）已重新打开，将重新派单。",
        ),
        lives=timedelta(days=1),
    ),
    Template(
        "ticket_taken_away",
        {"number": Kind.TICKET, "community": Kind.BUILDING, "urgency": Kind.WORD},
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
)


def _report(name: str, variables: dict[str, Kind], en: str, zh: str, *, days: int = 2) -> Template:
    """Return what whoever reported a repair is told by SMS; `days` it is worth delivering."""
    return Template(
        f"reporter_{name}",
        variables,
        _REPORT,
        Said(
            f"[{{community}}] Your repair {{number}} {en}",
            f"【{{community}}】您的报修 {{number}} {zh}",
        ),
        lives=timedelta(days=days),
        outside=True,
    )


_TO_REPORTERS = (
    _report(
        "accepted",
        _OF_REPORT,
        "was accepted. We are arranging for somebody to come.",
        "已受理，我们将尽快安排维修人员，请保持电话畅通。",
        days=1,
    ),
    _report(
        "taken",
        _OF_REPORT,
        "was taken by a technician, who will come as soon as possible. Please keep your phone on.",
        "维修人员已接单，将尽快上门，请保持电话畅通。",
        days=1,
    ),
    _report(
        "appointed",
        {**_OF_REPORT, "begins": Kind.MOMENT, "until": Kind.MOMENT},
        "has an appointment: a technician comes between {begins} and {until}. If that does not "
        "suit you, please call customer service.",
        "已预约上门时间：{begins} 至 {until}，届时请您留人在家。如需改约，请致电物业客服。",
    ),
    _report(
        "visit_off",
        _OF_REPORT,
        "cannot be visited at the appointment: somebody else is being found, and we make another "
        "one with you. We are sorry.",
        "原预约的上门时间有变，我们正在重新安排，稍后与您另约时间，给您带来不便，敬请谅解。",
        days=1,
    ),
    _report(
        "no_access",
        _OF_REPORT,
        "could not be seen to: the technician came, and could not get in. Please call customer "
        "service for another appointment.",
        "维修人员已按时上门，未能入户。请致电物业客服重新预约上门时间，给您带来不便，敬请谅解。",
    ),
    _report(
        "paused",
        _UNTIL,
        "has to wait, at the latest until {until}; then it goes on. Customer service tells you "
        "more.",
        "因故暂缓处理，预计不晚于 {until} 恢复，敬请谅解。如需了解详情，请致电物业客服。",
    ),
    _report(
        "completed",
        _UNTIL,
        "is done. Please confirm and rate it (1 to 5) in the app or with customer service until "
        "{until}; if it is not in order, tell us and we come again.",
        "已完工，请于 {until} 前在业主 APP 或致电物业客服确认并评分（1–5 分）；"
        "如仍有问题，请告知我们，我们将再次上门。",
        days=3,
    ),
    _report(
        "done",
        _OF_REPORT,
        "is done. Thank you for telling us. If it is not in order, please call customer service.",
        "所反映的问题已处理完毕，感谢您的反馈。如仍有问题，请致电物业客服。",
        days=3,
    ),
    _report(
        "rejected",
        _OF_REPORT,
        "could not be accepted. Customer service tells you why, and where to turn to.",
        "经核实未能受理。如需了解原因或其他办理途径，请致电物业客服。",
        days=3,
    ),
    _report(
        "cancelled",
        _OF_REPORT,
        "was cancelled. If it is still needed, please report it anew, or call customer service.",
        "已取消。如仍需维修，请重新报修或致电物业客服。",
    ),
    _report(
        "reopened",
        _OF_REPORT,
        "was opened again. We are sorry, and arrange for somebody to come as soon as possible.",
        "已重新受理，我们将尽快再次安排上门，给您带来不便，敬请谅解。",
    ),
    _report(
        "closed",
        _OF_REPORT,
        "was closed, as we did not hear from you. If it is not in order, please call customer "
        "service.",
        "因未收到您的反馈，已自动结单。如仍有问题，请致电物业客服，我们将继续为您处理。",
        days=3,
    ),
    _report(
        "quoted",
        {**_OF_REPORT, "total": Kind.PERSONAL},
        "is quoted at {total} yuan. Work begins once you agree: please tell the technician or "
        "customer service.",
        "报价为 {total} 元，经您同意后方可施工。请告知维修人员或致电物业客服是否同意。",
        days=7,
    ),
)

_LISTS = (
    Template(
        "ticket_call_backs",
        {"community": Kind.BUILDING, "back": Kind.COUNT, "callers": Kind.COUNT},
        Said("Whom to call back", "今日回访清单"),
        Said(
            "{community}: {back} repairs to be called back about, {callers} more callers to be "
            "told. See `pcloud ticket list --to-call-back` and `pcloud ticket callers`.",
            "{community}：待回访工单 {back} 件，待回告来电人 {callers} 位。"
            "请用 pcloud ticket list --to-call-back 和 pcloud ticket callers 查看。",
        ),
        group=Said(
            "{community}: {back} repairs to be called back about, {callers} more callers to be "
            "told.",
            "{community}：待回访工单 {back} 件，待回告来电人 {callers} 位。",
        ),
        lives=timedelta(days=1),
    ),
)

OF_TICKETS = (*_TO_STAFF, *_LISTS, *_TO_REPORTERS)
"""Every message about repair tickets."""

TO_REPORTERS = frozenset(template.name for template in _TO_REPORTERS)
"""The names of those that whoever reported a repair is told."""
