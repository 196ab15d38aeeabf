"""Permissions and the roles shipped with the program (2.1.2): least privilege, as data.

A permission is named noun.verb. A role is a set of them; a grant gives a role in a scope. The
roles below are the first content of the role table; an installation may make others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pcloud_cli.i18n import N_

PERMISSIONS: dict[str, str] = {
    "community.read": N_("see communities"),
    "community.write": N_("create and change communities"),
    "house.read": N_("see houses"),
    "house.renumber": N_("enter new house numbers, for a second person to approve"),
    "house.write": N_("change houses"),
    "owner.read": N_("see owners, private data masked"),
    "owner.find": N_("find owners by name, phone or ID number"),
    "owner.change_contact": N_("enter a change of how an owner is reached, for a second person"),
    "owner.change_identity": N_("enter a change of who an owner is, for a second person"),
    "owner.approve": N_("approve or reject a change of an owner of somebody else"),
    "owner.reveal": N_("see private data of owners in full, for a stated purpose"),
    "attachment.add": N_("attach photos, videos and PDFs to what one may work on"),
    "attachment.read": N_("see and fetch the attachments of what one may see"),
    "attachment.remove": N_("remove attachments of others"),
    "attachment.keep": N_("prove the store of attachments and clear what nobody needs"),
    "import.check": N_("check a workbook against the database"),
    "import.load": N_("load a workbook for approval"),
    "import.read": N_("see loaded workbooks"),
    "import.approve": N_("approve or reject a loaded workbook of somebody else"),
    "import.apply": N_("apply an approved workbook"),
    "report.owners": N_("see the owners report"),
    "report.tickets": N_("see the report of repair tickets"),
    "fault_type.read": N_("see the fault types"),
    "fault_type.manage": N_("add, change and retire fault types"),
    "roster.own": N_("go on shift: see one's own shifts, ask for swaps, hand over"),
    "roster.read": N_("see who is on shift"),
    "roster.manage": N_("import rosters, and agree to swaps of shifts"),
    "technician.own": N_("work as a technician; see one's own skills and limit"),
    "technician.read": N_("see technicians with their skills and limits"),
    "technician.manage": N_("say what technicians can do and how much they get"),
    "price.read": N_("see the price lists"),
    "price.enter": N_("enter a price list, for a second person to approve"),
    "price.approve": N_("approve or reject a price list of somebody else"),
    "firm.read": N_("see maintenance firms"),
    "firm.manage": N_("enter, change and retire maintenance firms"),
    "ticket.submit": N_("enter repair tickets"),
    "ticket.read": N_("see repair tickets, contacts masked"),
    "ticket.accept": N_("accept, reject, join or cancel repair tickets"),
    "ticket.assign": N_("assign repair tickets to technicians, and others to them"),
    "ticket.handle": N_("take repair tickets assigned to oneself, and work on them"),
    "ticket.intake": N_("hand over what owners report and confirm in the app"),
    "ticket.confirm": N_("record that the reporter is content or not, and urge"),
    "account.contact": N_("change the mobile and mail address that staff are reached by"),
    "account.create": N_("register staff accounts"),
    "account.import": N_("enter a list of new staff, for a second person to approve"),
    "account.import_approve": N_("approve or reject a list of new staff of somebody else"),
    "account.leave": N_("end the accounts of staff who leave"),
    "account.list": N_("see staff accounts"),
    "account.move": N_("move staff to another post, with their roles"),
    "account.suspend": N_("suspend and resume staff accounts"),
    "account.reset": N_("unlock accounts and give them new first passwords"),
    "account.token": N_("issue and revoke tokens of service accounts"),
    "account.factor": N_("take off a second factor that somebody lost"),
    "login.read": N_("see everybody's logins, sessions and anomalies"),
    "login.acknowledge": N_("acknowledge abnormal logins of others"),
    "login.end": N_("end others' sessions and report their accounts as compromised"),
    "role.read": N_("see roles and grants"),
    "role.grant": N_("grant and revoke roles"),
    "role.approve": N_("confirm or reject sensitive grants that somebody else gave"),
    "policy.read": N_("see policy and its changes"),
    "policy.propose": N_("propose a change of policy"),
    "policy.approve": N_("approve or reject a change of policy of somebody else"),
    "outbox.read": N_("see the messages of the outbox, without what they say"),
    "outbox.deliver": N_("deliver messages, try them again or drop them"),
    "sweep.run": N_("work off what has fallen due, and see what is next"),
    "audit.read": N_("read the trail"),
    "audit.verify": N_("verify the trail and write checkpoints"),
    "audit.export": N_("export events of the trail to a file"),
    "key.status": N_("see the state of the keys"),
    "key.rotate": N_("put a new data key in use"),
    "recovery.read": N_("see recoveries of administrators"),
    "recovery.acknowledge": N_("acknowledge the recovery of an administrator"),
}

APART: tuple[tuple[str, str], ...] = (
    ("account.create", "role.grant"),
    ("account.create", "role.approve"),
    ("role.grant", "role.approve"),
    ("account.reset", "role.grant"),
    ("account.reset", "role.approve"),
    ("account.reset", "account.factor"),
    ("account.token", "role.grant"),
    ("account.token", "role.approve"),
    ("account.create", "account.factor"),
    ("account.contact", "role.grant"),
    ("account.contact", "role.approve"),
    ("account.contact", "account.factor"),
    ("account.import_approve", "role.grant"),
    ("account.import_approve", "role.approve"),
)
"""Pairs that nobody may hold together: who registers people grants no rights, and who grants
them does not confirm them (2.1.2)."""

THREE: tuple[str, ...] = ("system_admin", "security_admin", "auditor")
"""Roles of which nobody holds two (三员分立): one grants, one confirms, one reads it all.

Their last holder everywhere is not lost by accident."""

ADMINISTRATORS: tuple[str, ...] = ("system_admin", "security_admin")
"""Roles that the master key gives back: without them nobody is granted anything any more."""

SENSITIVE: tuple[str, ...] = (
    "owner.reveal",
    "role.grant",
    "role.approve",
    "key.rotate",
    "audit.read",
    "audit.export",
    "policy.propose",
    "policy.approve",
)
"""Permissions, or whole nouns (``audit.*``), that make a role sensitive: who is granted one waits
until the security administrator has confirmed it."""


def is_sensitive(permissions: Iterable[str]) -> bool:
    """Return whether a role of `permissions` is granted only with a second person's yes."""
    return any(
        name in SENSITIVE or f"{name.partition('.')[0]}.*" in SENSITIVE for name in permissions
    )


@dataclass(frozen=True)
class ShippedRole:
    """A role that comes with the program: `code`, its name in both languages, what it holds."""

    code: str
    name: str
    name_zh: str
    permissions: frozenset[str]


_QUERY_HOUSES = ("community.read", "house.read")
_SUPERVISE = ("account.list", "account.suspend")
_ATTACH = ("attachment.add", "attachment.read")
_QUERY_OWNERS = (*_QUERY_HOUSES, "owner.read", "owner.find")
_PRICES = ("price.read", "price.enter", "price.approve")
_SEE_STAFF = ("fault_type.read", "technician.read", "roster.read", "firm.read", "price.read")
_DESK = (*_SEE_STAFF, "roster.own")
_SERVE = ("fault_type.read", "technician.own", "roster.own", "firm.read", "price.read")
_LEAD = (
    *_DESK,
    "fault_type.manage",
    "technician.own",
    "technician.manage",
    "roster.manage",
    "firm.manage",
)
_SEE_TICKETS = (*_QUERY_HOUSES, "ticket.read")
_WORK_TICKETS = (*_SEE_TICKETS, "ticket.handle")
_DESK_TICKETS = ("ticket.submit", "ticket.read", "ticket.accept", "ticket.assign", "ticket.confirm")

_SHIPPED: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "system_admin",
        "System administrator",
        "系统管理员",
        (
            "community.read",
            "community.write",
            "fault_type.read",
            "fault_type.manage",
            "account.list",
            "account.factor",
            "account.move",
            "login.read",
            "login.acknowledge",
            "login.end",
            "role.read",
            "role.grant",
            "policy.read",
            "policy.propose",
            "outbox.read",
            "outbox.deliver",
            "sweep.run",
            "attachment.keep",
            "audit.verify",
            "key.status",
            "recovery.read",
            "key.rotate",
        ),
    ),
    (
        "administration",
        "Administration",
        "行政",
        (
            "account.contact",
            "account.create",
            "account.import",
            "account.import_approve",
            "account.leave",
            "account.list",
            "account.suspend",
            "account.reset",
            "account.token",
            "login.end",
        ),
    ),
    (
        "customer_service",
        "Customer service",
        "客服",
        (
            *_QUERY_OWNERS,
            *_DESK,
            *_DESK_TICKETS,
            *_ATTACH,
            "owner.change_contact",
            "house.renumber",
            "import.check",
            "import.load",
            "import.read",
        ),
    ),
    (
        "customer_service_lead",
        "Customer service lead",
        "客服主管",
        (
            *_QUERY_OWNERS,
            *_DESK,
            *_DESK_TICKETS,
            *_ATTACH,
            "attachment.remove",
            "owner.change_contact",
            "owner.change_identity",
            "owner.approve",
            "owner.reveal",
            "house.write",
            "import.check",
            "import.read",
            "import.approve",
            "import.apply",
            "report.owners",
            "report.tickets",
            "firm.manage",
            *_SUPERVISE,
        ),
    ),
    ("maintenance", "Maintenance", "维修", (*_WORK_TICKETS, *_ATTACH, "ticket.submit", *_SERVE)),
    (
        "maintenance_lead",
        "Maintenance lead",
        "维修主管",
        (
            "report.tickets",
            *_WORK_TICKETS,
            *_ATTACH,
            "attachment.remove",
            "ticket.submit",
            "ticket.assign",
            *_LEAD,
            *_SUPERVISE,
        ),
    ),
    ("finance", "Finance", "财务", (*_QUERY_HOUSES, *_PRICES, "owner.read", "report.owners")),
    (
        "management",
        "Management",
        "管理层",
        ("community.read", "report.owners", "report.tickets", "ticket.read"),
    ),
    (
        "auditor",
        "Auditor",
        "审计",
        (
            "community.read",
            "import.read",
            "account.list",
            "login.read",
            "role.read",
            "policy.read",
            "outbox.read",
            "audit.read",
            "audit.verify",
            "audit.export",
            "key.status",
            "recovery.read",
        ),
    ),
    (
        "security_admin",
        "Security administrator",
        "安全管理员",
        (
            "account.list",
            "login.read",
            "login.acknowledge",
            "login.end",
            "role.read",
            "role.approve",
            "policy.read",
            "policy.approve",
            "outbox.read",
            "audit.read",
            "audit.verify",
            "key.status",
            "recovery.read",
            "recovery.acknowledge",
        ),
    ),
    (
        "project_manager",
        "Project manager",
        "项目经理",
        (
            *_QUERY_OWNERS,
            *_SEE_STAFF,
            "ticket.read",
            "owner.approve",
            "price.approve",
            "attachment.read",
            "attachment.remove",
            "import.read",
            "report.owners",
            "report.tickets",
            "account.import_approve",
            *_SUPERVISE,
        ),
    ),
    (
        "regional_manager",
        "Regional manager",
        "区域经理",
        (*_SEE_TICKETS, "import.read", "report.owners", "report.tickets"),
    ),
    (
        "night_duty",
        "Night duty",
        "夜班值班",
        (*_QUERY_OWNERS, *_DESK_TICKETS, *_DESK, *_ATTACH),
    ),
    (
        "contractor_maintenance",
        "Contracted maintenance",
        "外包维修",
        (*_WORK_TICKETS, *_SERVE, *_ATTACH),
    ),
    (
        "sweeper",
        "Sweeper (service account)",
        "到期扫描（服务账号）",
        ("attachment.keep", "audit.verify", "sweep.run"),
    ),
    (
        "deliverer",
        "Deliverer (service account)",
        "消息投递（服务账号）",
        ("outbox.read", "outbox.deliver"),
    ),
    (
        "reporter",
        "Reporter (service account)",
        "定时报表（服务账号）",
        ("community.read", "report.owners", "report.tickets"),
    ),
    ("app_backend", "App backend (service account)", "业主端后台（服务账号）", ("ticket.intake",)),
)

ROLES: dict[str, ShippedRole] = {
    code: ShippedRole(code, name, name_zh, frozenset(permissions))
    for code, name, name_zh, permissions in _SHIPPED
}
