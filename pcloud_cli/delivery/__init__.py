"""Carrying a message out of the house: robots, mail and webhooks through Apprise, SMS by HTTP.

It knows settings and secrets, no database and no template: what it is given is text.
"""

from __future__ import annotations

from pcloud_cli.delivery.courier import Courier
from pcloud_cli.delivery.undelivered import Undelivered

__all__ = ["Courier", "Undelivered"]
