"""What an event of the trail says, in words: who did what, on what, and what its details mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pcloud_cli.i18n import N_, _, language
from pcloud_cli.output.values import shown
from pcloud_cli.security.permissions import PERMISSIONS, ROLES
from pcloud_cli.services import outbox
from pcloud_cli.services.key.status import PURPOSES
from pcloud_cli.services.login_events import OUTCOMES
from pcloud_cli.services.login_rules import RULES
from pcloud_cli.services.ticket.flow import TITLES

ACTORS: Mapping[str, str] = {
    "person": N_("person"),
    "service": N_("service account"),
    "bootstrap": N_("the setting up"),
    "system": N_("the system, by policy"),
    "nobody": N_("nobody logged in"),
}

ACTIONS: Mapping[str, str] = {
    "account.create": N_("registered an account"),
    "account.first_again": N_("gave a first password anew"),
    "account.import": N_("entered a list of new staff"),
    "account.import_approve": N_("approved a list of new staff"),
    "account.import_reject": N_("rejected a list of new staff"),
    "account.leave": N_("entered that somebody leaves"),
    "account.contact": N_("changed how somebody is reached"),
    "account.move": N_("moved somebody to another post"),
    "account.passwd": N_("changed their own password"),
    "account.recovery_codes": N_("made new recovery codes"),
    "account.report_compromise": N_("reported an account as compromised"),
    "account.reset_password": N_("gave a new first password"),
    "account.resume": N_("let a suspended account go on"),
    "account.secret_shown": N_("had a first password shown on the screen"),
    "account.show": N_("looked at an account, contacts masked"),
    "account.suspend": N_("suspended an account"),
    "account.unlock": N_("unlocked an account"),
    "account.second_factor_disable": N_("took their own second factor off"),
    "account.second_factor_enable": N_("set up a second factor"),
    "account.second_factor_take_off": N_("took off a lost second factor"),
    "account.stay": N_("took back that somebody leaves"),
    "account.token_create": N_("issued a token of a service account"),
    "account.token_revoke": N_("revoked a token of a service account"),
    "approval.approved": N_("approved it as the second person"),
    "approval.own_entry": N_("tried to decide on their own entry"),
    "approval.propose": N_("asked for a second check"),
    "approval.rejected": N_("rejected it as the second person"),
    "approval.stale": N_("met an approval of what was changed since"),
    "approval.withdrawn": N_("withdrew the question"),
    "attachment.add": N_("attached a file"),
    "attachment.collect": N_("cleared a stored file that nothing needs"),
    "attachment.list": N_("listed attachments"),
    "attachment.read": N_("fetched an attachment"),
    "attachment.remove": N_("removed an attachment"),
    "audit.export": N_("exported events of the trail"),
    "community.create": N_("created a community"),
    "price.approve": N_("approved a price list"),
    "price.enter": N_("entered a price list"),
    "price.reject": N_("rejected a price list"),
    "firm.add": N_("entered a maintenance firm"),
    "firm.change": N_("changed a maintenance firm"),
    "firm.contact": N_("saw whom to call of a maintenance firm"),
    "firm.retire": N_("retired a maintenance firm"),
    "fault_type.add": N_("added a fault type"),
    "fault_type.change": N_("changed a fault type"),
    "fault_type.retire": N_("retired a fault type"),
    "house.renumber": N_("entered new house numbers"),
    "house.renumber_approve": N_("approved new house numbers"),
    "house.renumber_reject": N_("rejected new house numbers"),
    "house.show": N_("looked at the owners of a house, masked"),
    "import.apply": N_("applied a workbook"),
    "import.approve": N_("approved a workbook"),
    "import.begin": N_("began to load a workbook"),
    "import.changes": N_("looked at what a workbook changes, masked"),
    "import.check": N_("checked a workbook against the database"),
    "import.errors": N_("took the errors of a workbook away"),
    "import.fail": N_("gave up a load that was broken off"),
    "import.load": N_("loaded a workbook for approval"),
    "import.profile": N_("settled what a developer's headers mean"),
    "import.profile_forget": N_("forgot what a developer's headers mean"),
    "import.reject": N_("rejected a workbook"),
    "import.reveal": N_("looked at a workbook's rows in full"),
    "import.show": N_("looked at a workbook's rows, masked"),
    "import.show_undo": N_("looked at what taking a workbook back does"),
    "import.undo": N_("took a workbook back"),
    "import.undo_approve": N_("approved taking a workbook back"),
    "import.undo_propose": N_("asked to take a workbook back"),
    "import.undo_reject": N_("rejected taking a workbook back"),
    "import.undo_withdraw": N_("withdrew the question of taking a workbook back"),
    "installation.create": N_("set the installation up"),
    "key.create": N_("made a data key"),
    "key.drop": N_("removed a data key"),
    "key.remade": N_("made everything anew with a data key"),
    "key.reseal": N_("sealed the rows of a workbook anew"),
    "key.restore": N_("put the master key's copy in place"),
    "key.rewrap": N_("changed the master key"),
    "key.rotate": N_("put a new data key in use"),
    "login": N_("logged in"),
    "login.acknowledge": N_("acknowledged an abnormal login"),
    "login.anomaly": N_("logged in abnormally"),
    "login.elsewhere": N_("met a login at a terminal it is not bound to"),
    "login.end": N_("ended a login"),
    "login.expired": N_("noted that a login has ended"),
    "login.failed": N_("failed to log in"),
    "login.recovery_code": N_("used a recovery code"),
    "logout": N_("logged out"),
    "outbox.dead": N_("gave a message up"),
    "outbox.dropped": N_("dropped a message"),
    "outbox.failed": N_("could not deliver a message, and will try again"),
    "outbox.retry": N_("let a message be tried again"),
    "outbox.sent": N_("delivered a message"),
    "owner.change": N_("changed an owner"),
    "owner.change.enter": N_("entered a change of an owner"),
    "owner.change.show": N_("looked at a change of an owner"),
    "owner.changes": N_("listed changes of owners"),
    "owner.find": N_("searched for owners"),
    "owner.list": N_("listed owners, masked"),
    "owner.missing": N_("listed what is missing of owners"),
    "owner.show": N_("looked at an owner, masked"),
    "permission.refused": N_("was refused"),
    "policy.propose": N_("proposed a change of policy"),
    "recovery.acknowledge": N_("acknowledged a recovery"),
    "recovery.administrator": N_("recovered an administrator with the master key"),
    "region.add": N_("added a community to a region"),
    "region.approve": N_("confirmed a region's new community"),
    "region.ask": N_("asked to add a community to a region"),
    "region.create": N_("created a region"),
    "region.own_grant": N_("tried to widen a region of their own"),
    "region.reject": N_("rejected a region's new community"),
    "region.remove": N_("took a community out of a region"),
    "report.export": N_("exported a report"),
    "report.show": N_("looked at a report"),
    "role.approve": N_("confirmed a grant"),
    "role.ask": N_("asked for a sensitive grant"),
    "role.end": N_("ended the grants of somebody"),
    "account.ended": N_("noted that an account has ended"),
    "role.expired": N_("noted that a granted role has ended"),
    "role.first_security_admin": N_("granted the first security administrator"),
    "role.grant": N_("granted a role"),
    "role.own_approval": N_("tried to confirm their own grant"),
    "role.own_registration": N_("tried to grant a role to whom they registered"),
    "role.reject": N_("rejected a grant"),
    "role.revoke": N_("revoked a grant"),
    "role.self_grant": N_("tried to grant a role to themselves"),
    "role.shipped": N_("brought shipped roles up to date"),
    "technician.set": N_("set skills and limit of a technician"),
    "ticket.caller": N_("looked a caller up by their number"),
    "ticket.callers": N_("saw whom to call back"),
    "ticket.contact": N_("saw whom to call of a ticket"),
    "ticket.read": N_("looked at a ticket, contact masked"),
    "sweep.breach": N_("found something overdue"),
    "roster.agree": N_("agreed to a swap of shifts"),
    "roster.give_back": N_("gave the shift back of somebody who goes"),
    "roster.hand_over": N_("handed a shift over"),
    "roster.import": N_("took a roster in"),
    "roster.note": N_("read the note of a hand-over again"),
    "roster.refuse": N_("refused a swap of shifts"),
    "roster.swap": N_("asked for a swap of shifts"),
    "roster.take_over": N_("took a shift over"),
    "roster.withdraw": N_("withdrew a swap of shifts"),
    "ticket.breach": N_("found a limit of a ticket overrun"),
    "row.tampered": N_("met a row that was changed outside the program"),
}
"""What was done, after who did it. A test holds that every action of the program has its words."""

OBJECTS: Mapping[str, str] = {
    "account": N_("account"),
    "approval": N_("second check"),
    "attachment": N_("attachment"),
    "community": N_("community"),
    "data_key": N_("data key"),
    "fault_type": N_("fault type"),
    "firm": N_("maintenance firm"),
    "price.list": N_("price list"),
    "price_list": N_("price list"),
    "hires": N_("list of new staff"),
    "house": N_("house"),
    "house.renumber": N_("house numbers"),
    "house_renumbering": N_("house numbers"),
    "import.batch": N_("workbook"),
    "import.undo": N_("workbook"),
    "import_batch": N_("workbook"),
    "import_profile": N_("developer"),
    "installation": N_("installation"),
    "login": N_("login"),
    "login_anomaly": N_("abnormal login"),
    "login_session": N_("login"),
    "password_history": N_("former password"),
    "outbox_delivery": N_("message"),
    "owner": N_("owner"),
    "owner.contact": N_("owner"),
    "owner.identity": N_("owner"),
    "permission": N_("permission"),
    "policy": N_("policy"),
    "recovery": N_("recovery"),
    "policy.change": N_("policy"),
    "recovery_code": N_("recovery code"),
    "region": N_("region"),
    "region.add": N_("region"),
    "report": N_("report"),
    "role": N_("role"),
    "role.grant": N_("grant"),
    "role_grant": N_("grant"),
    "roster_import": N_("roster"),
    "second_factor": N_("second factor"),
    "shift": N_("shift"),
    "shift_hand_over": N_("hand-over of a shift"),
    "shift_swap": N_("swap of shifts"),
    "trail": N_("trail"),
    "ticket": N_("repair ticket"),
}

DETAILS: Mapping[str, str] = {
    "absent": N_("not named"),
    "account": N_("account"),
    "after": N_("after"),
    "agents": N_("agents"),
    "anew": N_("made anew: how many"),
    "approval": N_("second check"),
    "at": N_("at"),
    "at_once": N_("urgent, so at once"),
    "arrival_limit": N_("limit of arrival passed over"),
    "attempted": N_("staff number tried (hash)"),
    "attempts": N_("attempts"),
    "before": N_("before"),
    "begins": N_("begins"),
    "by": N_("asked by"),
    "by_holder": N_("by the holder"),
    "cancelled": N_("cancelled"),
    "changed": N_("changed"),
    "channel": N_("channel"),
    "clock": N_("clock"),
    "code": N_("code"),
    "conflicts": N_("conflicts"),
    "contact": N_("contact given"),
    "content": N_("content (hash)"),
    "contract": N_("contract given"),
    "cost": N_("cost in yuan"),
    "count": N_("how many"),
    "deadline": N_("limit"),
    "digest": N_("hash of the ids"),
    "due": N_("was due"),
    "emergency_contacts": N_("emergency contacts"),
    "ended": N_("ended"),
    "ends_at": N_("ends at"),
    "errors": N_("errors"),
    "events": N_("events"),
    "failed_count": N_("failures in a row"),
    "family_members": N_("family members"),
    "family_members_apart": N_("family members with rows of their own"),
    "fields": N_("fields"),
    "file_sha256": N_("file (SHA-256)"),
    "file_size": N_("size of the file"),
    "fingerprint": N_("fingerprint"),
    "firm": N_("maintenance firm (id)"),
    "first": N_("first event"),
    "for_firm": N_("entered for the firm"),
    "format": N_("format"),
    "former": N_("who had it"),
    "former_root": N_("former content (hash)"),
    "from": N_("former checksum"),
    "full": N_("shown in full"),
    "given": N_("given"),
    "given_back": N_("given back"),
    "grant": N_("grant"),
    "handler": N_("who has it"),
    "headers": N_("headers"),
    "helps": N_("what helps"),
    "hires": N_("list of new staff"),
    "house": N_("house"),
    "houses": N_("houses"),
    "houses_back": N_("houses put back"),
    "houses_before": N_("former houses kept"),
    "houses_changed": N_("houses changed"),
    "id": N_("number"),
    "ids": N_("ids"),
    "items": N_("items"),
    "joined": N_("joined tickets"),
    "kept": N_("what stays"),
    "key": N_("key"),
    "keys": N_("data keys"),
    "kind": N_("kind"),
    "last": N_("last event"),
    "late": N_("late"),
    "left": N_("left for later"),
    "level": N_("level"),
    "main": N_("joined to"),
    "master": N_("master key (checksum)"),
    "member": N_("member"),
    "merkle_root": N_("content (hash)"),
    "minutes": N_("minutes of work"),
    "more_phones": N_("further phones"),
    "moved": N_("moved"),
    "name": N_("name"),
    "new": N_("new"),
    "number": N_("number"),
    "numbers": N_("numbers of tickets"),
    "occupancies": N_("occupancies"),
    "occupancies_begun": N_("occupancies begun"),
    "occupancies_ended": N_("occupancies ended"),
    "open_limit": N_("open tickets at most"),
    "owners": N_("owners"),
    "owners_back": N_("owners put back"),
    "owners_before": N_("former owners kept"),
    "owners_changed": N_("owners changed"),
    "ownerships": N_("owners bound to houses"),
    "parking_rights": N_("parking spaces"),
    "part": N_("part under warranty"),
    "parts": N_("parts"),
    "people": N_("people"),
    "permission": N_("permission"),
    "permissions": N_("permissions"),
    "phone": N_("number given"),
    "phones": N_("phones"),
    "position": N_("step of the ticket"),
    "problem": N_("problem"),
    "promised": N_("promised until"),
    "proposed": N_("proposed"),
    "purpose": N_("purpose"),
    "quote": N_("quote"),
    "registered_by": N_("registered by"),
    "report": N_("report"),
    "reported": N_("had been reported"),
    "responsibility": N_("responsible"),
    "responsibility_before": N_("responsible before"),
    "restricted": N_("first password only"),
    "retired": N_("retired"),
    "role": N_("role"),
    "rows": N_("rows"),
    "rule": N_("rule"),
    "scope": N_("reach"),
    "scope_id": N_("place"),
    "score": N_("score"),
    "sessions_ended": N_("logins ended"),
    "shared": N_("shared computer"),
    "shift": N_("shift"),
    "signing": N_("signing key"),
    "skills": N_("skills"),
    "skipped": N_("left out"),
    "source": N_("source"),
    "staff_number": N_("staff number"),
    "stage": N_("stage"),
    "staged": N_("rows staged"),
    "starts": N_("starts"),
    "state": N_("state"),
    "step": N_("step"),
    "stuck": N_("not opened"),
    "subject": N_("attached to"),
    "tenants": N_("tenants"),
    "times": N_("times"),
    "to": N_("new checksum"),
    "told": N_("told"),
    "total": N_("total in yuan"),
    "unchanged": N_("unchanged"),
    "unskilled": N_("skills missing on shift"),
    "until": N_("until"),
    "urgency": N_("urgency"),
    "values": N_("values"),
    "vehicles": N_("vehicles"),
    "versions": N_("versions"),
    "warnings": N_("warnings"),
    "warranty": N_("state of the warranty"),
    "warranty_until": N_("warranty until"),
    "way": N_("way"),
    "why": N_("why"),
    "zone": N_("time zone"),
}


VALUES: Mapping[str, Mapping[str, str]] = {
    "purpose": PURPOSES,
    "rule": RULES,
    "way": outbox.WAYS,
    "why": OUTCOMES,
}
"""Which details hold codes of which words; `problem` is one of a message."""


def action(code: str) -> str:
    """Return what was done in words; the code itself where it has none."""
    noun, _dot, step = code.partition(".")
    if code not in ACTIONS and noun == "ticket" and step in TITLES:
        return _("handled a ticket: {step}").format(step=_(TITLES[step]))
    return _(ACTIONS.get(code, code))


def object_text(record: Mapping[str, Any]) -> str:
    """Return what an event was done on: its kind, and its name or id."""
    kind = _(OBJECTS.get(record["object_type"], record["object_type"]))
    named = record["object"] or shown(record["object_id"], "UTC")
    return f"{kind} {named}" if named else kind


def sentence(record: Mapping[str, Any], zone: str) -> str:
    """Return the event as one sentence in the language in force; the moment in `zone`."""
    at = record["at"]
    when = shown(at, zone) if isinstance(at, datetime) else str(at)
    who = record["actor"] or _(ACTORS.get(record["actor_kind"], record["actor_kind"]))
    said = _("{when}: {who} {did} ({what}), from {origin}.").format(
        when=when,
        who=who,
        did=action(record["action"]),
        what=object_text(record),
        origin=record["origin"],
    )
    if record["community"]:
        said += " " + _("Community: {community}.").format(community=record["community"])
    if record["reason"]:
        said += " " + _("Reason: {reason}").format(reason=record["reason"])
    return said


def details(record: Mapping[str, Any]) -> list[str]:
    """Return the details of an event, each named in words."""
    colon = "：" if language() == "zh" else ": "
    return [
        f"{_(DETAILS.get(name, name))}{colon}{_value(name, value)}"
        for name, value in record["detail"].items()
        if value is not None
    ]


def _value(name: str, value: Any) -> str:
    if name == "permission" and value in PERMISSIONS:
        return f"{value} ({_(PERMISSIONS[value])})"
    if name == "role" and value in ROLES:
        known = ROLES[value]
        return f"{value} ({known.name_zh if language() == 'zh' else known.name})"
    if isinstance(value, str) and value in VALUES.get(name, {}):
        return _(VALUES[name][value])
    if name == "problem" and isinstance(value, str):
        return shown(outbox.problem_word(value), "UTC")
    if isinstance(value, dict):
        return ", ".join(f"{key} {shown(one, 'UTC')}" for key, one in value.items())
    return shown(value, "UTC")
