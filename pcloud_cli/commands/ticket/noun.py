"""`pcloud ticket`: a repair, from the call to the rating."""

from __future__ import annotations

from pcloud_cli.commands.ticket import (
    assigning,
    attaching,
    ending,
    handling,
    intake,
    listing,
    quoting,
    responsibility,
    submitting,
    watching,
)
from pcloud_cli.i18n import N_
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Repair tickets (报修工单), from the call to the rating."))

app.take(submitting.verbs)
app.take(intake.verbs)
app.take(attaching.verbs)
app.take(listing.verbs)
app.take(watching.verbs)
app.take(handling.verbs)
app.take(assigning.verbs)
app.take(ending.verbs)
app.take(responsibility.verbs)
app.take(quoting.verbs)
