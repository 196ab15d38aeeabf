"""`pcloud doctor`: is this installation in order."""

from __future__ import annotations

from pcloud_cli.context import Context
from pcloud_cli.errors import ExitCode
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Check the installation; say what to mend."))

COLUMNS = (
    Column("check", N_("Check")),
    Column("status", N_("Status")),
    Column("message", N_("Found"), prose=True),
    Column("remedy", N_("What to do"), prose=True),
)


@app.verb("doctor", examples="pcloud doctor\npcloud doctor -o json")
def doctor(run: Context) -> int:
    """Check settings, database, key, clock and disk; each line says what to do about it.

    Exit 0 where nothing must be mended, 1 otherwise. It shows no data and needs no login.
    """
    from pcloud_cli.services import doctor as doctors

    findings = doctors.examine(run)
    rows = [finding._asdict() for finding in findings]
    if run.out.format in ("table", "csv"):
        for row in rows:
            row["status"] = _(doctors.STATUS_WORDS[row["status"]])
            row["check"] = _(doctors.CHECK_WORDS[row["check"]])
    run.out.rows(rows, COLUMNS)
    bad = any(finding.status == doctors.BAD for finding in findings)
    return ExitCode.FAILED if bad else ExitCode.DONE
