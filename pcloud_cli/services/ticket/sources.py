"""From where it is known what the owner says (确认来源): not everybody may name each source."""

from __future__ import annotations

from pcloud_cli.errors import NotAllowed
from pcloud_cli.i18n import _
from pcloud_cli.models.ticket import ConfirmSource
from pcloud_cli.services import permission
from pcloud_cli.services.ticket.steps import Change
from pcloud_cli.services.ticket.words import SOURCES
from pcloud_cli.services.words import Words, understood


def source_of(change: Change, words: Words = SOURCES) -> str:
    """Return the code of the source that came with a step, one of `words`.

    What is said in the app comes from its backend alone: NotAllowed where the desk names it.
    """
    source = understood(str(change.given.source), words, "--source")
    place = {
        "community_id": change.ticket.community_id,
        "building_id": change.ticket.building_id,
    }
    if source == ConfirmSource.APP and not permission.allowed(
        change.actor, change.work, "ticket.intake", **place
    ):
        raise NotAllowed(
            _("What is confirmed in the app comes from the app itself."),
            hint=_("Give --source signature or --source callback."),
            code="not_from_app",
        )
    return source
