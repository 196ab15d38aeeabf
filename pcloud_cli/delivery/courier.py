"""One door for every way out: a channel, somebody's mail, somebody's mobile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pcloud_cli.clock import Clock
from pcloud_cli.delivery import destinations, secrets
from pcloud_cli.delivery.undelivered import Undelivered
from pcloud_cli.errors import ConfigProblem


@dataclass(frozen=True)
class Parcel:
    """What is carried: `id` stays the same when it is sent again, so a receiver can drop it."""

    id: str
    title: str
    text: str


class Courier:
    """Carries messages as the table ``outbox`` of the settings says.

    Whatever keeps a message from arriving is an `Undelivered`; a wrong setting too, because one
    broken channel must not stop the others.
    """

    def __init__(
        self,
        table: Mapping[str, Any],
        env: Mapping[str, str],
        clock: Clock,
        random: Callable[[int], bytes],
    ) -> None:
        self._table = table
        self._env = env
        self._clock = clock
        self._random = random

    @cached_property
    def destinations(self) -> destinations.Destinations:
        """The destinations of the settings; ConfigProblem where they are not whole."""
        return destinations.read(self._table)

    def check(self) -> int:
        """Return how many destinations there are; ConfigProblem where one lacks something.

        Settings are read and secrets looked for; nothing is sent.
        """
        known = self.destinations
        references = [ref for each in known.channels.values() for ref in (each.secret, each.sign)]
        references += [each.secret for each in (known.mail, known.sms) if each is not None]
        for reference in references:
            if reference is not None:
                secrets.secret(reference, self._env)
        return len(known.channels) + sum(each is not None for each in (known.mail, known.sms))

    def to_channel(self, name: str, parcel: Parcel) -> None:
        """Send to a channel of the settings."""
        channel = self.destinations.channels.get(name)
        if channel is None:
            raise Undelivered("no_channel")
        if channel.kind == "mail":
            self._mail(channel.to, parcel)
        else:
            from pcloud_cli.delivery import apprised

            apprised.channel(
                channel, self._secret(channel.secret), self._secret(channel.sign), parcel
            )

    def to_mail(self, address: str, parcel: Parcel) -> None:
        """Send to somebody's own mail address."""
        self._mail((address,), parcel)

    def _mail(self, to: Sequence[str], parcel: Parcel) -> None:
        sender = self.destinations.mail
        if sender is None:
            raise Undelivered("no_way")
        from pcloud_cli.delivery import apprised

        apprised.mail(sender, self._secret(sender.secret), to, parcel)

    def to_mobile(
        self, mobile: str, template: str, values: Mapping[str, str], parcel_id: str
    ) -> None:
        """Send an SMS by the provider's template for our `template`, with its variables."""
        gateway = self.destinations.sms
        approved = gateway.templates.get(template) if gateway else None
        if gateway is None or approved is None:
            raise Undelivered("no_way")
        missing = [name for name in approved.variables if name not in values]
        if missing:
            raise Undelivered("variables")
        from pcloud_cli.delivery import sms

        sms.send(
            gateway,
            self._secret(gateway.secret) or "",
            sms.Text(
                mobile=mobile,
                template_id=approved.id,
                variables=tuple((name, values[name]) for name in approved.variables),
                id=parcel_id,
            ),
            now=self._clock.now(),
            nonce=self._random(16).hex(),
        )

    def takes_mobile(self, template: str) -> bool:
        """Return whether an SMS can be sent for our `template`."""
        gateway = self.destinations.sms
        return gateway is not None and template in gateway.templates

    @property
    def takes_mail(self) -> bool:
        """Whether mail can be sent."""
        return self.destinations.mail is not None

    def _secret(self, reference: str | None) -> str | None:
        if reference is None:
            return None
        try:
            return secrets.secret(reference, self._env)
        except ConfigProblem:
            raise Undelivered("no_secret") from None
