"""`pcloud role`: what roles permit, who holds which, and how that is changed (2.1.2)."""

from __future__ import annotations

from pcloud_cli.commands.role import asking, files, granting, looking, unused
from pcloud_cli.i18n import N_
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Grant roles and see who has which."))
app.take(granting.verbs)
app.take(asking.verbs)
app.take(looking.verbs)
app.take(unused.verbs)
app.take(files.verbs)
