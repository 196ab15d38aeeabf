"""What the outbox can say: every message by name, in both languages, with its variables.

Those about repair tickets are in `outbox_templates_tickets`.
"""

from __future__ import annotations

from datetime import timedelta

from pcloud_cli.services.outbox_template import Kind, Said, Template
from pcloud_cli.services.outbox_templates_tickets import OF_TICKETS

_PASSWORD = {
    "staff_number": Kind.PERSONAL,
    "password": Kind.SECRET,
    "hours": Kind.COUNT,
}
_ABOUT_ACCOUNT = {"number": Kind.ANOMALY, "kind": Kind.WORD, "staff_number": Kind.PERSONAL}

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
        {"number": Kind.ANOMALY, "staff_number": Kind.PERSONAL},
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

TEMPLATES: dict[str, Template] = {template.name: template for template in (*_ALL, *OF_TICKETS)}
