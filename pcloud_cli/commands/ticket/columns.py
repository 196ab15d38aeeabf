"""What is shown of a ticket, and its codes in words."""

from __future__ import annotations

from typing import Any

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column

TICKET = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Ticket number"), right=True),
    Column("urgency", N_("Urgency")),
    Column("urgent_kind", N_("Emergency"), detail=True),
    Column("proposed", N_("Sounds like"), detail=True),
    Column("state", N_("State")),
    Column("community", N_("Community"), detail=True),
    Column("place", N_("Place")),
    Column("fault_type", N_("Fault type")),
    Column("handler", N_("With")),
    Column("handler_name", N_("Name"), detail=True),
    Column("clock", N_("Waits"), detail=True),
    Column("deadline_at", N_("Due by")),
    Column("overdue", N_("Late")),
    Column("appointed_from", N_("Appointed from"), detail=True),
    Column("appointed_until", N_("Appointed until"), detail=True),
    Column("channel", N_("Channel"), detail=True),
    Column("reporter", N_("Reported by"), detail=True),
    Column("called_at", N_("Called at"), detail=True),
    Column("submitted_at", N_("Entered at"), detail=True),
    Column("entered_by", N_("Entered by"), detail=True),
    Column("late_entry", N_("Entered late"), detail=True),
    Column("accepted_by", N_("Accepted by"), detail=True),
    Column("completed_at", N_("Completed at"), detail=True),
    Column("ended_at", N_("Ended at"), detail=True),
    Column("score", N_("Score"), detail=True),
    Column("confirm_source", N_("How confirmed"), detail=True),
    Column("callbacks", N_("Calls back"), detail=True),
    Column("callback_ended_at", N_("Calls back until"), detail=True),
    Column("urged", N_("Urged"), detail=True),
    Column("main", N_("Joined to"), detail=True),
    Column("told_at", N_("Told at"), detail=True),
    Column("responsibility", N_("Responsible"), detail=True),
    Column("read_back", N_("Read back"), detail=True),
    Column("checked_by", N_("Checked by"), detail=True),
    Column("checked_how", N_("How checked"), detail=True),
    Column("firm", N_("Firm"), detail=True),
    Column("promised_at", N_("Promised until"), detail=True),
)
NEW = (
    Column("already", N_("Entered before"), detail=True),
    Column("proposed_fault", N_("Fault proposed"), detail=True),
    Column("alike", N_("Open there already"), detail=True),
)
PRIVATE = (
    Column("contact", N_("Contact person")),
    Column("phone", N_("Phone")),
    Column("content", N_("Content"), prose=True),
    Column("attachments", N_("Attachments"), prose=True),
)
JOINED = (
    Column("number", N_("Ticket number"), right=True),
    Column("called_at", N_("Called at")),
    Column("reporter", N_("Reported by")),
    Column("contact", N_("Contact person")),
    Column("phone", N_("Phone")),
    Column("told_at", N_("Told at")),
    Column("sms_at", N_("SMS sent")),
)
CALLERS = (
    Column("id", N_("Id"), detail=True),
    Column("number", N_("Ticket number"), right=True),
    Column("called_at", N_("Called at")),
    Column("place", N_("Place")),
    Column("contact", N_("Contact person")),
    Column("phone", N_("Phone")),
    Column("main", N_("Joined to"), right=True),
    Column("outcome", N_("Outcome")),
)
TIMELINE = (
    Column("at", N_("When")),
    Column("step", N_("Step")),
    Column("by", N_("By")),
    Column("handler", N_("With")),
    Column("took", N_("Took")),
    Column("limit", N_("Limit")),
    Column("late", N_("Too late by")),
    Column("note", N_("Note"), prose=True),
    Column("former", N_("Content before"), prose=True),
)


def spoken(run: Context, record: dict[str, Any]) -> dict[str, Any]:
    """Return a ticket as people read it: codes in words, moments in its community's zone.

    Structured formats get it as it is.
    """
    if run.out.format in ("json", "jsonl", "yaml"):
        return record
    from pcloud_cli.services import words
    from pcloud_cli.services.ticket import words as of_tickets

    shown = dict(record)
    if shown.get("fault_name") is not None:
        shown["fault_type"] = _(shown["fault_name"])
    if shown.get("proposed_fault_name") is not None:
        shown["proposed_fault"] = _(shown["proposed_fault_name"])
    for name, table in (
        ("state", of_tickets.STATES),
        ("urgency", of_tickets.URGENCIES),
        ("clock", of_tickets.CLOCKS),
        ("channel", of_tickets.CHANNELS),
        ("reporter", of_tickets.REPORTERS),
        ("confirm_source", of_tickets.SOURCES),
        ("responsibility", of_tickets.RESPONSIBILITIES),
        ("checked_how", of_tickets.CHECKS),
        ("outcome", of_tickets.STATES),
    ):
        if shown.get(name) is not None:
            shown[name] = words.word(shown[name], table)
    if record.get("proposed") is not None and record.get("state") == "submitted":
        shown["urgency"] = _("{kind}?").format(kind=record["proposed"])
    if run.out.format == "table" and shown.get("promised_at") and not shown.get("handler"):
        shown["handler"] = shown.get("firm")
    if shown.get("zone") == run.out.zone:
        shown["zone"] = None  # said only where it is another than everywhere here
    return local(run, shown, record.get("zone"))


def local(run: Context, record: dict[str, Any], zone: str | None) -> dict[str, Any]:
    """Return a record with its moments as text in `zone`, the community's, where ours is another.

    Structured formats have moments in UTC and stay as they are.
    """
    from datetime import datetime

    from pcloud_cli.output.values import shown

    if zone in (None, run.out.zone) or run.out.format in ("json", "jsonl", "yaml"):
        return record
    return {
        name: shown(value, str(zone)) if isinstance(value, datetime) else value
        for name, value in record.items()
    }


def sounds_urgent(run: Context, record: dict[str, Any]) -> None:
    """Say beside an open ticket that its content sounds urgent, and how it is marked so."""
    if record.get("proposed") is not None and record.get("deadline_at") is not None:
        run.out.note(
            _("That sounds urgent ({kind}): pcloud ticket urgent {number} --kind {kind}").format(
                kind=record["proposed"], number=record["number"]
            )
        )
