"""What is said on stderr beside a step: kept in its transaction, told once it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pcloud_cli.context import Context
from pcloud_cli.i18n import _

if TYPE_CHECKING:
    from pcloud_cli.db.work import Work
    from pcloud_cli.services.ticket.besides import Besides


class Noted:
    """What is to be said of each ticket of one call."""

    def __init__(self) -> None:
        self._kept: dict[bytes, Besides] = {}

    def keep(self, work: Work, record: dict[str, Any], code: str) -> dict[str, Any]:
        """Keep what is to be said after the step `code`; returns the ticket's `record`."""
        from pcloud_cli.services.ticket import besides

        self._kept[record["id"]] = besides.of(work, record["id"], code)
        return record

    def tell(self, run: Context, record: dict[str, Any]) -> None:
        """Say what was kept of the ticket of `record`, now that it holds."""
        found = self._kept.get(record["id"])
        for text in () if found is None else _said(found, record):
            run.out.note(text)


def _said(found: Besides, record: dict[str, Any]) -> list[str]:
    from pcloud_cli.output.values import shown
    from pcloud_cli.services import maintenance_firm
    from pcloud_cli.services.ticket.words import RESPONSIBILITIES

    said, number = [], str(record["number"])
    if found.unskilled:
        text = _(
            "Nobody on shift can do {skills}; ticket {number} went to who is there. "
            "To give it to a firm: {command}"
        )
        skills = _(", ").join(_(each) for each in found.unskilled)
        command = maintenance_firm.how_given(number, "…")
        said.append(text.format(skills=skills, number=number, command=command))
    if found.arrival_limit is not None:
        text = _(
            "The firm's promise is later than somebody is due at this emergency: {limit}. "
            "That limit is passed over."
        )
        said.append(text.format(limit=shown(found.arrival_limit, record["zone"])))
    if found.unchecked:
        text = _(
            "Nobody has checked the entry yet; once you have looked: "
            "pcloud ticket complete {number} --checked"
        )
        said.append(text.format(number=number))
    if found.nobody_in:
        text = _(
            "Recorded that nobody got in; make another appointment: "
            "pcloud ticket appoint {number} --from … --until …"
        )
        said.append(text.format(number=number))
    if found.seems is not None:
        text = _(
            "It seems to be {whose}, and nobody has decided it: "
            "pcloud ticket responsibility {number}"
        )
        said.append(text.format(whose=_(RESPONSIBILITIES[found.seems]), number=number))
    if found.callers:
        text = _("Callers who wait to hear of it: {count}; pcloud ticket callers {number}")
        said.append(text.format(count=found.callers, number=number))
    return said
