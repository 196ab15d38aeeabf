"""Putting a new data key in use, and making everything anew with it while others work.

It goes in small transactions, and what is done is seen from the values themselves: each names its
key. So whatever ends it, run again it goes on with the key that was begun with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Protocol

from sqlalchemy import func, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Locked, SomeFailed, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.imports import BatchState, ImportBatch
from pcloud_cli.models.installation import DataKey, KeyPurpose, KeyState
from pcloud_cli.services import permission, trail, turns
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports import leftovers
from pcloud_cli.services.key import fields, indexes, lists, macs, places, staged, turn, wraps
from pcloud_cli.services.key.fields import Key, Part
from pcloud_cli.services.key.status import PURPOSES, counts, record

_MOST_PASSES = 5
LASTING = (KeyPurpose.TRAIL, KeyPurpose.SIGN)
"""Purposes of which nothing is made anew: old events, and papers kept elsewhere, name their key."""


class OpenWork(Protocol):
    """What opens a unit of work for the caller, committed at its end."""

    def __call__(self, *, write: bool = False) -> AbstractContextManager[tuple[Actor, Work]]:
        """Give the actor and the work."""
        ...


Progress = Callable[[int, int], None]


def rotate(
    open_work: OpenWork,
    purpose: str,
    *,
    another: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> dict[str, Any]:
    """Put a new data key in use for `purpose`, make all values anew with it, and return it.

    Where an earlier rotation did not come to its end, that is brought there instead, unless
    `another` key is asked for: ``continued`` is then true. ``anew`` counts values made anew,
    ``left`` those that still name an older key, because a workbook is being loaded just now,
    ``stuck`` those that do not open or whose row was changed outside the program. `progress` is
    told how many are done and how many there are. Old events of the trail keep the key they name.
    """
    with open_work(write=True) as (actor, work):
        row, continued, total = _begin(actor, work, purpose, another)
        rows = turn.rows(work)
        dry, left = work.dry_run, leftovers.found(actor, work)
    done = {**row, "continued": continued, "anew": 0, "left": 0, "stuck": 0}
    if dry:
        return done
    with open_work() as (_actor, work):
        work.keys.refresh(rows)
    if purpose in LASTING:
        return done
    leftovers.remove(open_work, left)
    for _pass in range(_MOST_PASSES):
        again = 0
        with open_work() as (_actor, work):
            # another key may have come into use meanwhile, and values name it
            work.keys.refresh(turn.rows(work))
            skipped = _loading(work)
        for part in _parts(open_work, purpose):
            again += part.anew
            done["anew"] += part.anew
            if part.anew:
                progress(min(done["anew"], total), total)
        with open_work(write=True) as (actor, work):
            named = counts(work, purpose)
            still = sum(count for key, count in named.items() if key != row["key"])
            loading = _loading(work)
            done["left"] = still
            if still and skipped and not loading:
                continue  # a load ended while this pass left it aside
            if not again or not still:
                if not loading:
                    done["left"], done["stuck"] = 0, still
                _end(actor, work, purpose, done)
                break
            done["left"] = still  # others write faster than this; so far it is the next run's
    return done


def _loading(work: Work) -> bool:
    """Return whether a workbook is being loaded, whose rows are left aside."""
    query = select(ImportBatch.id).where(ImportBatch.state == BatchState.LOADING).limit(1)
    return work.session.scalar(query) is not None


def must_be_through(done: dict[str, Any]) -> None:
    """Raise Locked or SomeFailed where values still name an older key, and say why."""
    if done["left"]:
        raise Locked(
            _("A workbook is being loaded; {count} values still name an older key.").format(
                count=done["left"]
            ),
            hint=_("Run it again once the load has ended."),
        )
    if done["stuck"]:
        raise SomeFailed(
            _("{count} values were left as they are: they do not prove whole.").format(
                count=done["stuck"]
            ),
            hint=_("They were changed outside the program: see `pcloud audit list`."),
        )


def _begin(
    actor: Actor, work: Work, purpose: str, another: bool
) -> tuple[dict[str, Any], bool, int]:
    """Return the key in use from now on, whether it was so before, and how many values to make
    anew."""
    permission.require(actor, work, "key.rotate")
    if purpose not in PURPOSES:
        raise UsageProblem(
            _("{purpose} is no purpose of a key.").format(purpose=purpose),
            hint=_("It must be one of: {choices}.").format(choices=", ".join(PURPOSES)),
        )
    turn.take(work)
    active = work.session.scalars(
        select(DataKey).where(DataKey.purpose == purpose, DataKey.state == KeyState.ACTIVE.value)
    ).one_or_none()
    named = {} if purpose in LASTING else counts(work, purpose)
    total = sum(named.values())
    if active is not None:
        older = total - named.get(active.id, 0)
        if older and not another:
            return record(active), True, older
        active.state, active.retired_at = KeyState.RETIRED.value, work.now()
        work.session.flush()  # the index allows one active key a purpose
    made = work.keys.next_row(purpose, work.now())
    row = DataKey(
        id=made.id,
        purpose=made.purpose,
        wrapped=made.wrapped,
        state=made.state,
        created_at=work.now(),
        master=work.session.scalar(select(func.max(DataKey.master))),
    )
    work.session.add(row)
    work.session.flush()
    trail.changed(
        actor,
        work,
        "key.rotate",
        object_type="data_key",
        detail={"key": made.id, "purpose": purpose, "retired": active.id if active else None},
    )
    return record(row), False, total


def _end(actor: Actor, work: Work, purpose: str, done: dict[str, Any]) -> None:
    trail.changed(
        actor,
        work,
        "key.remade",
        object_type="data_key",
        detail={
            "key": done["key"],
            "purpose": purpose,
            **{name: done[name] for name in ("anew", "left", "stuck")},
        },
    )


def _parts(open_work: OpenWork, purpose: str) -> Iterator[Part]:
    """Make all values of `purpose` anew, a transaction a part."""
    if purpose == KeyPurpose.MAC:
        for model in macs.COVERED:
            yield from _through(open_work, partial(macs.part, model=model))
        return
    if purpose == KeyPurpose.FILE:
        for table, name in places.columns_of(purpose):
            yield from _through(open_work, partial(wraps.part, table=table, name=name))
        return
    with open_work() as (_actor, work):
        people = lists.all_lists(work)
        batches, communities = staged.open_batches(work), indexes.communities(work)
    if purpose == KeyPurpose.INDEX:
        for community_id in communities:
            with open_work(write=True) as (actor, work):
                done = _community(actor, work, community_id)
            yield done
        return
    with_mac = {model.__table__: model for model in macs.COVERED}
    for one in fields.tables():
        part = partial(fields.part, places=one)
        if one.table in with_mac:
            part = partial(macs.sealed_part, model=with_mac[one.table])
        yield from _through(open_work, part)
    for list_id in people:
        yield from _through(open_work, partial(lists.part, list_id=list_id))
    for batch_id in batches:
        yield from _through(open_work, partial(staged.part, batch_id=batch_id, purpose=purpose))


def _through(
    open_work: OpenWork, part: Callable[[Actor, Work, Key | None], Part]
) -> Iterator[Part]:
    after: Key | None = None
    while True:
        with open_work(write=True) as (actor, work):
            permission.require(actor, work, "key.rotate")
            done = part(actor, work, after)
        yield done
        after = done.after
        if after is None:
            return


def _community(actor: Actor, work: Work, community_id: bytes | None) -> Part:
    """Make all indexes of one community anew in this work, its staged rows included."""
    permission.require(actor, work, "key.rotate")
    if community_id is not None:
        turns.with_houses(work, community_id)
    done = indexes.part(work, community_id)
    anew, stuck = done.anew, done.stuck
    for batch_id in staged.of_community(work, community_id):
        more: Key | None = ()
        while more is not None:
            one = staged.part(actor, work, None, batch_id=batch_id, purpose=KeyPurpose.INDEX)
            anew, stuck, more = anew + one.anew, stuck + one.stuck, one.after
    return Part(anew, stuck)
