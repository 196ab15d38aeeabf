"""`pcloud audit checkpoint` and `public-key`: what is kept elsewhere, and what proves it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pcloud_cli.context import Context
from pcloud_cli.files import replacing
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.output.values import json_value
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()

CHECKPOINT = (
    Column("format", N_("Format"), detail=True),
    Column("seq", N_("Last number"), right=True),
    Column("hash", N_("Hash")),
    Column("at", N_("When")),
    Column("key", N_("Signed by key")),
    Column("signature", N_("Signature")),
)
PUBLIC_KEY = (
    Column("key", N_("Fingerprint")),
    Column("pem", N_("Public key")),
    Column("fingerprints", N_("All keys")),
)


@verbs.verb(
    "checkpoint",
    examples="pcloud audit checkpoint -o json\npcloud audit checkpoint --out /mnt/usb/pcloud.json",
)
def checkpoint(
    run: Context,
    out: Annotated[
        str | None, typer.Option("--out", help=N_("Write it to this file instead of the screen."))
    ] = None,
) -> None:
    """Give number and hash of the last event, signed, to be kept where nobody here can change it.

    `pcloud audit verify --checkpoint FILE` compares the trail with it later.
    """
    from pcloud_cli.services import acting, audit_papers

    with acting.at_desk(run) as desk:
        with desk.open() as (actor, work):
            able = audit_papers.has_key(actor, work)
        if not able:
            with desk.open(write=True) as (actor, work):
                audit_papers.make_key(actor, work)
        with desk.open() as (actor, work):
            paper = audit_papers.checkpoint(actor, work)
    if out is None:
        run.out.record(paper, CHECKPOINT)
        return
    with replacing(Path(out)) as stream:
        stream.write(json.dumps(json_value(paper)).encode() + b"\n")
    run.out.note(_("Written to {path}.").format(path=out))


@verbs.verb(
    "public-key",
    examples="pcloud audit public-key\npcloud audit public-key --out pcloud.pem",
)
def public_key(
    run: Context,
    out: Annotated[
        str | None, typer.Option("--out", help=N_("Write it to this file instead of the screen."))
    ] = None,
) -> None:
    """Give the public key (PEM) that proves checkpoints and exports without any secret.

    Hand it to the auditor once, by a way of its own; `pcloud audit check` needs nothing else.
    """
    from pcloud_cli.services import acting, audit_papers

    with acting.as_caller(run) as (actor, work):
        found = audit_papers.public_key(actor, work)
    if out is not None:
        with replacing(Path(out), mode=0o644) as stream:
            stream.write(found["pem"].encode())
        run.out.note(_("Written to {path}.").format(path=out))
    elif run.out.format == "table":
        for line in found["pem"].splitlines():
            run.out.line(line)
        run.out.note(_("Fingerprint: {key}").format(key=found["key"]))
    else:
        run.out.record(found, PUBLIC_KEY)
