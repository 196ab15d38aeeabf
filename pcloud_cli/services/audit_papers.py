"""Checkpoints of the trail (存证): signed papers that say where it stood, kept elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select

from pcloud_cli.db import trail as chain
from pcloud_cli.db.work import Work
from pcloud_cli.errors import ConfigProblem, Failed, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.installation import KeyPurpose
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.output.values import json_value
from pcloud_cli.security.signing import Signer, holds, public_key_of, public_pem
from pcloud_cli.services import permission
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.key import first

CHECKPOINT = "pcloud-checkpoint-2"
UNSIGNED = "pcloud-checkpoint-1"


class Checkpoint(NamedTuple):
    """Number and hash of an event, as a checkpoint says; `paper` is the whole where it is signed.

    A checkpoint of the first versions has no signature: it is worth as much as its keeping.
    """

    seq: int
    hash: bytes
    paper: Mapping[str, Any] | None = None


def has_key(actor: Actor, work: Work) -> bool:
    """Return whether the installation can sign; whoever may verify the trail may ask."""
    permission.require(actor, work, "audit.verify")
    return work.keys.signer() is not None


def make_key(actor: Actor, work: Work) -> None:
    """Make the installation's signing key where there is none: older installations have none."""
    permission.require(actor, work, "audit.verify")
    first.make(actor, work, KeyPurpose.SIGN, lambda: {"fingerprint": signer(work).fingerprint})


def signer(work: Work) -> Signer:
    """Return what signs; ConfigProblem where the installation has no key for it yet."""
    found = work.keys.signer()
    if found is None:
        raise ConfigProblem(
            _("The database lacks a data key for {purpose}.").format(purpose=KeyPurpose.SIGN.value),
            hint=_("`pcloud audit checkpoint` makes it."),
            code="key_missing",
        )
    return found


def checkpoint(actor: Actor, work: Work) -> dict[str, Any]:
    """Return the last event's number and hash, signed, to be kept where no hand of ours reaches."""
    permission.require(actor, work, "audit.verify")
    seq, digest = chain.checkpoint(work.session.connection())
    paper = {
        "format": CHECKPOINT,
        "seq": seq,
        "hash": digest.hex(),
        "at": json_value(work.now()),
    }
    return signer(work).signed(paper)


def public_key(actor: Actor, work: Work) -> dict[str, Any]:
    """Return the public key that proves what is signed now: fingerprint and PEM.

    Retired keys stay: `fingerprints` names all, newest first.
    """
    permission.require(actor, work, "audit.verify")
    now = signer(work)
    return {
        "key": now.fingerprint,
        "pem": public_pem(now.public),
        "fingerprints": [each.fingerprint for each in work.keys.signers()],
    }


def read_checkpoint(text: str) -> Checkpoint:
    """Return what a checkpoint's text says, as `checkpoint` gave it in JSON.

    Raises UsageProblem where it is none. The signature is judged by `faults`.
    """
    try:
        content = json.loads(text)
        seq, digest = content["seq"], bytes.fromhex(content["hash"])
        named = content.get("format", UNSIGNED)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        seq, digest, named, content = None, b"", None, {}
    known = named in (CHECKPOINT, UNSIGNED)
    if type(seq) is not int or seq < 0 or len(digest) != 32 or not known:
        raise UsageProblem(
            _("This is no checkpoint."),
            hint=_("`pcloud audit checkpoint -o json` writes one."),
        )
    return Checkpoint(seq, digest, content if named == CHECKPOINT else None)


def fault(work: Work, paper: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a paper's signature: a code of `PROBLEMS`, or None.

    A key that was retired since is as good as the one in use.
    """
    for each in work.keys.signers():
        if each.fingerprint == paper.get("key"):
            return None if holds(paper, each.public) else "signature"
    return "signer"


def owes_signature(work: Work, seq: int) -> bool:
    """Return whether a checkpoint at event `seq` must be signed: all are since there is a key.

    Else whoever can write the file could take the signature off. The trail says when the first
    key was made, also where its row was taken away since; where it says nothing and there is a
    key, there was one from the beginning.
    """
    made = or_(
        and_(
            TrailEvent.action == "installation.create",
            TrailEvent.detail.contains('"signing":', autoescape=True),
        ),
        and_(
            TrailEvent.action == "key.create",
            TrailEvent.detail.contains('"purpose":"sign"', autoescape=True),
        ),
        and_(
            TrailEvent.action == "key.rotate",
            TrailEvent.detail.contains('"purpose":"sign","retired":null', autoescape=True),
        ),
    )
    earliest = work.session.scalar(select(func.min(TrailEvent.seq)).where(made))
    if earliest is None:
        return work.keys.signer() is not None
    return seq >= earliest


def read_public_key(text: str) -> bytes:
    """Return the 32 bytes of the public key in `text` (PEM); Failed where it is none."""
    found = public_key_of(text)
    if found is None:
        raise Failed(
            _("This is no public key of an installation."),
            hint=_("`pcloud audit public-key --out FILE` writes one."),
            code="no_public_key",
        )
    return found
