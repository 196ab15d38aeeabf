"""`pcloud boundary`: the files that make permission real across an account of its own."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("The account boundary: sudo rule, SSH forced command, their folders and timers."))

COLUMNS = (
    Column("kind", N_("File")),
    Column("place", N_("Goes to")),
    Column("purpose", N_("What it is")),
)


@app.verb("list", examples="pcloud boundary list")
def list_(run: Context) -> None:
    """List the files there are, and where each goes."""
    from pcloud_cli.services.boundary import KINDS

    rows = [
        {"kind": kind, "place": place, "purpose": _(purpose)}
        for kind, (place, purpose) in KINDS.items()
    ]
    run.out.rows(rows, COLUMNS)


@app.verb(
    "print",
    examples="pcloud boundary print sudoers\n"
    "pcloud boundary print sudoers --group property > /etc/sudoers.d/pcloud\n"
    "pcloud boundary print authorized-key --name KF001 < id_ed25519.pub",
)
def print_(
    run: Context,
    kind: Annotated[str, typer.Argument(help=N_("One of those that `boundary list` names."))],
    *,
    name: Annotated[
        str | None, typer.Option("--name", help=N_("Staff number of the person, for a key."))
    ] = None,
    account: Annotated[
        str, typer.Option("--account", help=N_("Account that owns key and database."))
    ] = "pcloud",
    group: Annotated[
        str, typer.Option("--group", help=N_("Group of the staff that may come in."))
    ] = "property",
    home: Annotated[
        str, typer.Option("--home", help=N_("Home of the account."))
    ] = "/var/lib/pcloud",
    python: Annotated[
        str | None,
        typer.Option("--python", help=N_("Python that has the program; that of this call.")),
    ] = None,
    evidence: Annotated[
        str, typer.Option("--evidence", help=N_("File that checkpoints are written to."))
    ] = "/var/log/pcloud-checkpoints.jsonl",
) -> None:
    """Print one of the files, to be put in its place by whoever looks after the machine."""
    from pcloud_cli.services import boundary

    place = boundary.Place(
        account=account,
        group=group,
        home=home,
        python=python or sys.executable,
        evidence=evidence,
    )
    key = run.stdin.read(20_000) if kind == "authorized-key" else None
    run.stdout.write(boundary.rendered(kind, place, name=name, key=key))
