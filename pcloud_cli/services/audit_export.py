"""Events of the trail for others (JSON lines): a signed file that proves itself.

The first line names the format and the range, then comes one line an event, and the last line is
a signed paper with the SHA-256 of all bytes before it, so that whoever has the public key sees
that nothing was changed since. Whoever has the trail key can recompute each event as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from pcloud_cli.db import trail as chain
from pcloud_cli.db.trail import Progress
from pcloud_cli.db.work import Work
from pcloud_cli.errors import ConfigProblem, NotFound
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Community
from pcloud_cli.models.trail import EVENT_COLUMNS, TrailEvent
from pcloud_cli.output.values import json_value
from pcloud_cli.security.canonical import canonical_json
from pcloud_cli.security.signing import fingerprint, holds
from pcloud_cli.services import audit_papers, permission, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.audit import at_text

FORMAT = "pcloud-trail-1"
END = "pcloud-trail-end-1"
_LARGEST = 1 << 22  # bytes of one line; an event is some hundred
_COLUMNS = (*EVENT_COLUMNS, "prev_hash", "hash")

FAULTS = {
    "format": N_("This is no export of a trail."),
    "end": N_("The file ends before its end: it was cut."),
    "bytes": N_("The file was changed after it was signed."),
    "signature": N_("The signature does not hold."),
    "signer": N_("It was signed by no key of this installation."),
    "other_key": N_("It was signed by another key than the given one."),
    "link": N_("An event does not follow the one before it."),
    "content": N_("An event was changed."),
    "key": N_("An event names a key that does not exist."),
    "elsewhere": N_("The trail holds another event now, or none, where the file ends."),
}
"""What may be wrong with an export, by code; translated where it is printed."""


class Range(NamedTuple):
    """Numbers of the first and the last event, both included."""

    first: int
    last: int


@dataclass(frozen=True)
class Judged:
    """What looking at an export found: its range, and a code of `FAULTS` with the event's number.

    `fault` is None where all holds; `seq` is 0 where the fault is the file's and no event's.
    """

    events: int
    first: int
    last: int
    fault: str | None = None
    seq: int = 0


def begin(
    actor: Actor,
    work: Work,
    *,
    first: int | None = None,
    last: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Range:
    """Return the range that is asked for and leave evidence that it is exported.

    Moments stand for the first event from `since` on and the last one before `until`: a file has
    no holes. Raises NotFound where the range holds no event.
    """
    permission.require(actor, work, "audit.export")
    query = select(func.min(TrailEvent.seq), func.max(TrailEvent.seq))
    if first is not None:
        query = query.where(TrailEvent.seq >= first)
    if last is not None:
        query = query.where(TrailEvent.seq <= last)
    if since is not None:
        query = query.where(TrailEvent.at >= at_text(since))
    if until is not None:
        query = query.where(TrailEvent.at < at_text(until))
    lowest, highest = work.session.execute(query).one()
    if lowest is None:
        raise NotFound(
            _("The trail has no event in this range."),
            hint=_("`pcloud audit list` shows the newest."),
        )
    trail.witnessed(
        actor,
        work,
        "audit.export",
        object_type="trail",
        detail={"first": lowest, "last": highest},
    )
    return Range(lowest, highest)


def lines(
    actor: Actor, work: Work, wanted: Range, progress: Progress | None = None
) -> Iterator[bytes]:
    """Yield the lines of the export of `wanted`, each with its line feed; memory stays as it is.

    `begin` comes before it, in a work of its own: what is handed on is in the trail by then.
    """
    permission.require(actor, work, "audit.export")
    signer = audit_papers.signer(work)
    session = work.session
    staff = {row[0]: row[1] for row in session.execute(select(Account.id, Account.staff_number))}
    places = {row[0]: row[1] for row in session.execute(select(Community.id, Community.code))}
    digest = hashlib.sha256()
    header = {"format": FORMAT, "first": wanted.first, "last": wanted.last}
    line = _line(header)
    digest.update(line)
    yield line
    done, hashed = 0, b""
    for chunk in chain.event_rows(work.session.connection(), *wanted):
        for row in chunk:
            line = _line(_event(row, staff, places))
            digest.update(line)
            yield line
            hashed = row[13]
        done += len(chunk)
        if progress is not None:
            progress(done, wanted.last - wanted.first + 1)
    paper = {
        "format": END,
        "first": wanted.first,
        "last": wanted.last,
        "events": done,
        "hash": hashed.hex(),
        "sha256": digest.hexdigest(),
        "at": json_value(work.now()),
    }
    yield _line(signer.signed(paper))


def judge(file: Iterable[bytes], public: bytes) -> Judged:
    """Judge an export by nothing but the public key (32 bytes) that is said to have signed it.

    `file` gives its lines. It is read once, line by line.
    """
    reading = _Reading()
    for _row in reading.rows(file):
        pass
    fault = reading.fault
    if fault is None and reading.paper is not None:
        fault = signature_fault(reading.paper, public)
    return reading.judged(fault)


def signature_fault(paper: Mapping[str, Any], public: bytes) -> str | None:
    """Return what is wrong with the signature of `paper` by that key: a code of `FAULTS`."""
    if paper.get("key") != fingerprint(public):
        return "other_key"
    return None if holds(paper, public) else "signature"


def verify(
    actor: Actor, work: Work, file: Iterable[bytes], progress: Progress | None = None
) -> Judged:
    """Judge an export by the keys of this installation: signature, links and every content.

    The trail must still hold the event that the file ends with.
    """
    permission.require(actor, work, "audit.verify")
    reading = _Reading()
    hashers: dict[Any, Any] = {}
    wrong: tuple[str, int] | None = None
    for row in reading.rows(file):
        if wrong is None:
            code = _content(work, row, hashers)
            wrong = (code, row[0]) if code else None
        if progress is not None and row[0] % 1000 == 0:
            progress(row[0] - reading.first + 1, reading.announced)
    if reading.fault is not None:
        return reading.judged(reading.fault)
    if wrong is not None:
        return reading.judged(*wrong)
    if reading.paper is None:
        return reading.judged("end")
    fault = audit_papers.fault(work, reading.paper)
    if fault is None:
        query = select(TrailEvent.hash).where(TrailEvent.seq == reading.last)
        if work.session.scalar(query) != reading.hash:
            return reading.judged("elsewhere", reading.last)
    return reading.judged(fault)


class _Reading:
    """Reads an export once and remembers what is wrong with it."""

    def __init__(self) -> None:
        self.first = self.last = self.announced = self._count = self._at = 0
        self.hash = b""
        self.paper: dict[str, Any] | None = None
        self.fault: str | None = None

    def rows(self, file: Iterable[bytes]) -> Iterator[tuple[Any, ...]]:
        """Yield the events as rows of the trail; stop at the first line that is none."""
        digest = hashlib.sha256()
        begun = False
        for line in file:
            found = _parsed(line)
            if self.paper is not None or found is None:
                self.fault = "bytes" if begun else "format"
                return
            if not begun:
                if found.get("format") != FORMAT or not _numbers(found):
                    self.fault = "format"
                    return
                self.first, self.announced = found["first"], found["last"] - found["first"] + 1
                self.last, begun = self.first - 1, True
            elif found.get("format") == END:
                self.paper = found
                self._closed(found, digest.hexdigest())
                continue
            else:
                row = self._row(found)
                if row is None:
                    return
                yield row
            digest.update(line)
        if self.fault is None and self.paper is None:
            self.fault = "end" if begun else "format"

    def _row(self, found: dict[str, Any]) -> tuple[Any, ...] | None:
        row = _as_row(found)
        follows = row is not None and row[0] == self.last + 1
        if row is None or not follows or (self._count and row[12] != self.hash):
            self.fault = "content" if row is None else "link"
            self._at = self.last + 1
            return None
        self._count += 1
        self.last, self.hash = row[0], row[13]
        return row

    def _closed(self, paper: dict[str, Any], digest: str) -> None:
        said = (paper.get("first"), paper.get("last"), paper.get("events"), paper.get("hash"))
        if paper.get("sha256") != digest or said != (
            self.first,
            self.last,
            self._count,
            self.hash.hex(),
        ):
            self.fault = "bytes"

    def judged(self, fault: str | None, seq: int = 0) -> Judged:
        """Return what was found."""
        return Judged(self._count, self.first, self.last, fault, seq or self._at)


def _line(content: dict[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"


def _event(
    row: tuple[Any, ...], staff: dict[bytes, str], places: dict[bytes, str]
) -> dict[str, Any]:
    said = {
        name: value.hex() if isinstance(value, bytes) else value
        for name, value in zip(_COLUMNS, row, strict=True)
    }
    try:
        opened = json.loads(row[10])
        # an object where it spells the same again, else the text as it stands
        said["detail"] = opened if canonical_json(opened).decode() == row[10] else row[10]
    except (TypeError, ValueError):
        pass
    # beside what is hashed, for people: as they are called today
    return said | {"actor": staff.get(row[3]), "community": places.get(row[8])}


def _as_row(found: dict[str, Any]) -> tuple[Any, ...] | None:
    try:
        row = [found[name] for name in _COLUMNS]
        for at in (3, 7, 8, 12, 13):
            row[at] = None if row[at] is None else bytes.fromhex(row[at])
        if not isinstance(row[10], str):
            row[10] = canonical_json(row[10]).decode()
    except (KeyError, TypeError, ValueError):
        return None
    return tuple(row) if type(row[0]) is int and type(row[13]) is bytes else None


def _content(work: Work, row: tuple[Any, ...], hashers: dict[Any, Any]) -> str | None:
    key_id = row[11]
    if type(key_id) is not int:
        return "key"
    if key_id not in hashers:
        try:
            hashers[key_id] = chain.row_hasher(*work.keys.trail_key(key_id))
        except ConfigProblem:
            return "key"
    return None if hashers[key_id](row) == row[13] else "content"


def _parsed(line: bytes) -> dict[str, Any] | None:
    if len(line) > _LARGEST:
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _numbers(header: dict[str, Any]) -> bool:
    return type(header.get("first")) is int and type(header.get("last")) is int
