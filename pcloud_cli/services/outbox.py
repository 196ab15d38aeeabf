"""The outbox: a message is written in the transaction of the change that causes it.

Either both are there or neither is. Delivering is another matter, in `outbox_delivery`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import N_, _, language
from pcloud_cli.models.account import Account
from pcloud_cli.models.outbox import (
    DEAD,
    OPEN,
    QUEUED,
    DeliveryState,
    OutboxDelivery,
    OutboxMessage,
)
from pcloud_cli.security.canonical import Field, canonical_json
from pcloud_cli.security.mac import row_mac
from pcloud_cli.services import outbox_about, permission
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.holders import who_holds
from pcloud_cli.services.outbox_about import Thing
from pcloud_cli.services.outbox_address import Address, read_address
from pcloud_cli.services.outbox_templates import TEMPLATES

STATES: dict[str, str] = {
    DeliveryState.QUEUED: N_("waiting"),
    DeliveryState.SENT: N_("sent"),
    DeliveryState.DEAD: N_("given up"),
    DeliveryState.DROPPED: N_("dropped"),
}
"""How far a delivery is, by code, translated where printed."""


_INDEXED = {"queued": QUEUED, "dead": DEAD}

REPORTER = "reporter"
"""What `list_all` calls somebody outside the company."""

WAYS = {
    "sms": N_("SMS"),
    "mail": N_("mail"),
    "channel": N_("channel"),
    "none": N_("none"),
}
"""How a delivery went out at its last attempt, by code, translated where printed."""

_PROBLEMS = {
    "account_closed": N_("the account is closed"),
    "expired": N_("its time is over"),
    "lost": N_("every deliverer that took it was stopped"),
    "no_channel": N_("the settings have no such channel"),
    "no_sms": N_("the settings have no SMS template for it"),
    "no_secret": N_("the secret of the destination is missing or open to others"),
    "no_template": N_("this version does not know the message"),
    "no_way": N_("no mobile, no mail and no fallback channel takes it"),
    "superseded": N_("a newer one took its place"),
    "tampered": N_("changed outside the program"),
    "timeout": N_("no answer in time"),
    "unreachable": N_("the receiver cannot be reached"),
    "unusable": N_("the destination's settings or secret are not usable"),
    "variables": N_("the SMS template names a variable that the message has not"),
    "http": N_("the receiver answered HTTP {answer}"),
    "refused": N_("the robot refused it: {answer}"),
    "sms": N_("the SMS provider refused it: {answer}"),
    "smtp": N_("the mail server refused it: {answer}"),
}


def problem_word(code: str | None) -> str | None:
    """Return what a person reads for the code of a problem."""
    if code is None:
        return None
    word, _colon, answer = code.partition(":")
    return _(_PROBLEMS[word]).format(answer=answer) if word in _PROBLEMS else code


@dataclass(frozen=True)
class Recipient:
    """Who a message is for. Make one with `account`, `role`, `channel`, `fallback`, `outside`."""

    kind: str
    account_id: bytes | None = None
    name: str | None = None
    community_id: bytes | None = None
    address: Address | None = None
    zone: str | None = None

    @classmethod
    def outside(cls, mobile: str, zone: str) -> Recipient:
        """Return somebody outside the company, by mobile, with whom times are those of `zone`.

        It stands sealed in the message, and nowhere else.
        """
        return cls("outside", address=Address(mobile, None), zone=zone)

    @classmethod
    def at(cls, account_id: bytes, address: Address) -> Recipient:
        """Return one person at `address`, whatever their contact is when it is delivered."""
        return cls("account", account_id=account_id, address=address)

    @classmethod
    def account(cls, account_id: bytes) -> Recipient:
        """Return one person: their own mobile or mail, else the fallback channel."""
        return cls("account", account_id=account_id)

    @classmethod
    def role(cls, code: str, community_id: bytes | None = None) -> Recipient:
        """Return everybody who holds the role `code` now, in a community or anywhere.

        Where nobody holds it, the message goes to the fallback channel.
        """
        return cls("role", name=code, community_id=community_id)

    @classmethod
    def channel(cls, name: str) -> Recipient:
        """Return a channel of the settings: a group robot, a mailing list, a webhook."""
        return cls("channel", name=name)

    @classmethod
    def fallback(cls) -> Recipient:
        """Return the fallback channel, where nobody is found whom a message concerns."""
        return cls("fallback")


def queue(
    work: Work,
    template: str,
    to: Recipient,
    values: Mapping[str, str],
    *,
    community_id: bytes | None = None,
    once: str | None = None,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    about: bytes | None = None,
    naming: Sequence[Thing] = (),
) -> bytes:
    """Write one message in this transaction and return its id.

    `values` are exactly the variables of the template of that name. `once` names an occasion by
    ids, never by anything personal: the same message is queued only once, and its first id
    returned. It is delivered from `not_before` on (`quiet_hours`), at once without one, and not
    from `not_after` on. `about` is the id of the thing that it tells of, by which what waits can be
    taken back (`outbox_waiting`); `naming` is what it names beside the numbers among its values, to
    be listed with it (`outbox_about`). Raises Conflict where a message that is for somebody's own
    eyes has no mobile and no mail to go to; KeyError and ValueError for a wrong template or wrong
    values.
    """
    kind = TEMPLATES[template]
    kind.check(values)
    if kind.group is None and to.kind in ("channel", "fallback"):
        raise ValueError(f"{template} goes to no shared channel")
    if kind.outside != (to.kind == "outside"):
        raise ValueError(f"{template} is not for {to.kind}")
    found = _known(work, once)
    if found is not None:
        return found
    addressees = _addressees(work, to)
    if kind.group is None:
        addressees = [
            each for each in addressees if to.address or (each[0] and reachable(work, each[0]))
        ]
        if not addressees:
            raise Conflict(
                _("There is no mobile and no mail address that this message could go to."),
                hint=_(
                    "Hand it over in person with --slip FILE; --contact is given at registering."
                ),
                code="no_address",
            )
    message_id, begins = work.ids(), max(work.now(), not_before or work.now())
    content: dict[str, Any] = {"template": template, "values": dict(values)}
    if to.address is not None:
        content["address"] = list(to.address)
    if to.zone is not None:
        content["zone"] = to.zone
    ends = begins + kind.time_left(values)
    row = {
        "id": message_id,
        "template": template,
        "community_id": community_id,
        "once_key": once,
        "about_id": about,
        "about": outbox_about.written([*outbox_about.of_values(kind, values), *naming]),
        "values_sealed": work.keys.field_cipher().seal(
            "outbox_message", "values_sealed", message_id, canonical_json(content).decode()
        ),
        "created_at": work.now(),
        "expires_at": min(ends, not_after or ends),
    }
    if not _insert(work, row):
        return _known(work, once) or message_id  # somebody else was faster
    for account_id, channel in addressees:
        delivery = OutboxDelivery(
            id=work.ids(),
            message_id=message_id,
            account_id=account_id,
            channel=channel,
            state=DeliveryState.QUEUED.value,
            attempts=0,
            due_at=begins,
        )
        delivery.mac = row_mac(work.keys, "outbox_delivery", covered(delivery))
        work.session.add(delivery)
    work.session.flush()
    return message_id


def reachable(work: Work, account_id: bytes) -> bool:
    """Return whether an account has a mobile or a mail address of its own."""
    address = address_of(work, account_id)
    return bool(address.mobile or address.mail)


def address_of(work: Work, account_id: bytes) -> Address:
    """Return the mobile and mail address in an account's contact, each None where missing."""
    sealed = work.session.scalar(select(Account.contact_sealed).where(Account.id == account_id))
    if sealed is None:
        return Address(None, None)
    return read_address(work.keys.open("account", "contact_sealed", account_id, sealed))


def covered(delivery: OutboxDelivery) -> tuple[Field, ...]:
    """Return what the MAC of a delivery covers: who gets which message.

    Without it, whoever writes to the database could send somebody's password to himself.
    """
    return (delivery.id, delivery.message_id, delivery.account_id, delivery.channel)


def list_all(
    actor: Actor, work: Work, *, state: str | None = None, limit: int = 200
) -> list[dict[str, Any]]:
    """Return deliveries, oldest first, without what they say: by default the unfinished ones.

    `state` is one of `STATES`, or ``all``. At most `limit`, the newest of them.
    """
    permission.require(actor, work, "outbox.read")
    query = (
        select(OutboxDelivery, OutboxMessage, Account.staff_number)
        .join(OutboxMessage, OutboxMessage.id == OutboxDelivery.message_id)
        .outerjoin(Account, Account.id == OutboxDelivery.account_id)
        .order_by(OutboxDelivery.id.desc())
        .limit(limit)
    )
    if state is None:
        query = query.where(OPEN)
    elif state in _INDEXED:
        query = query.where(_INDEXED[state])
    elif state != "all":
        query = query.where(OutboxDelivery.state == state)
    rows = work.session.execute(query).all()
    return [record(delivery, message, number) for delivery, message, number in reversed(rows)]


def record(
    delivery: OutboxDelivery, message: OutboxMessage, staff_number: str | None
) -> dict[str, Any]:
    """Return a delivery as it is shown: never its values, never an address."""
    return {
        "id": delivery.id,
        "message_id": message.id,
        "template": message.template,
        "about": outbox_about.read(message.about),
        "to": staff_number or delivery.channel or (REPORTER if is_outside(message) else None),
        "state": delivery.state,
        "attempts": delivery.attempts,
        "way": delivery.way,
        "problem": delivery.problem,
        "created_at": message.created_at,
        "due_at": delivery.due_at if delivery.state == DeliveryState.QUEUED else None,
        "ended_at": delivery.ended_at,
    }


def in_words(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of `record` as people read it: the message's title, its problem in words."""
    template = TEMPLATES.get(row["template"])
    outside = template is not None and template.outside
    return {
        **row,
        "template": template.title.render(language(), {}) if template else row["template"],
        "about": outbox_about.said(row["about"]),
        "to": _("the reporter") if outside else row["to"] or _("the fallback channel"),
        "problem": problem_word(row["problem"]),
    }


def is_outside(message: OutboxMessage) -> bool:
    """Return whether a message is for somebody outside the company."""
    template = TEMPLATES.get(message.template)
    return template is not None and template.outside


def _known(work: Work, once: str | None) -> bytes | None:
    if once is None:
        return None
    return work.session.scalar(select(OutboxMessage.id).where(OutboxMessage.once_key == once))


def _insert(work: Work, row: dict[str, Any]) -> bool:
    """Insert a message; return whether it is new by its `once_key`."""
    if row["once_key"] is None:
        work.session.execute(insert(OutboxMessage).values(row))
        return True
    statement: Any
    if work.session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as on_server

        statement = on_server(OutboxMessage)
    else:
        from sqlalchemy.dialects.sqlite import insert as in_file

        statement = in_file(OutboxMessage)
    made = (
        statement.values(row)
        .on_conflict_do_nothing(index_elements=["once_key"])
        .returning(OutboxMessage.id)
    )
    return work.session.scalar(made) is not None


def _addressees(work: Work, to: Recipient) -> list[tuple[bytes | None, str | None]]:
    """Return (account, channel) of each addressee.

    (None, None) is the fallback channel, or, by the template, who is named in the message.
    """
    if to.kind == "account":
        return [(to.account_id, None)]
    if to.kind == "channel":
        return [(None, to.name)]
    if to.kind in ("fallback", "outside"):
        return [(None, None)]
    holders = who_holds(work, to.name or "", to.community_id)
    return [(account_id, None) for account_id in holders] or [(None, None)]
