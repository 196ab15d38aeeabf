"""What attachments belong to: the kinds say how it is found, and who may read and add there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pcloud_cli.db.work import Work
from pcloud_cli.services.actor import Actor


@dataclass(frozen=True)
class Subject:
    """One thing that files are attached to; `name` is what people call it by, no personal value."""

    kind: str
    id: bytes
    community_id: bytes
    name: str
    building_id: bytes | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of subject.

    `title` is a msgid; `stages` maps codes of points in its work to msgids, the usual one first.
    `find` returns the subject that people call so, or raises NotFound; it is asked only for who
    holds the permission on attachments somewhere. `of` returns the subject with that id, None where
    it is gone. `may_read` and `may_add` return where the actor may read the subject's attachments,
    or add to (and take back their own from) it as it stands, at the stage of that code; else they
    raise NotAllowed, or Conflict where its state forbids it.
    """

    title: str
    stages: Mapping[str, str]
    find: Callable[[Actor, Work, str], Subject]
    of: Callable[[Work, bytes, bytes], Subject | None]
    may_read: Callable[[Actor, Work, Subject], None]
    may_add: Callable[[Actor, Work, Subject, str], None]

    @property
    def usual_stage(self) -> str:
        """The stage that is meant where none is named."""
        return next(iter(self.stages))
